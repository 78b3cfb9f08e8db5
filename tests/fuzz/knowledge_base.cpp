// A hostile or broken YAML file in a user's knowledge-base folder, laid over a base of one rule and one cause.
// In: one byte that says which kind of file, then its bytes. Must hold: either errors, each of which can be shown
// on a terminal, or a knowledge base that survives its archive form and that lint can judge.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "kb/lint.hpp"
#include "kb/loader.hpp"

namespace {

namespace kb = tunnelscope::kb;
namespace fs = std::filesystem;

// Ids that exist in the base and ids that do not: overriding and adding take different ways.
constexpr std::string_view kFiles[] = {"messages/fuzz/topic/rule.yaml", "messages/aws-s2s/ikev2/psk-mismatch.yaml",
                                       "causes/fuzz-cause.yaml", "causes/psk-mismatch.yaml", "thresholds.yaml"};

// A folder of this process in memory, removed when it ends well.
class Folder {
 public:
  Folder() {
    std::string name = (fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / "fuzz-kb-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string path() const { return path_; }

  void hold_only(std::string_view file, std::string_view bytes) const {
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry);
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << bytes;
  }

 private:
  fs::path path_;
};

// Small, because lint runs every example of every rule.
kb::Knowledge make_base() {
  const kb::Knowledge& all = kb::built_in();
  kb::Knowledge base;
  base.version = all.version;
  base.messages = {*all.message("aws-s2s/ikev2/psk-mismatch")};
  base.causes = {*all.cause("psk-mismatch")};
  base.thresholds = all.thresholds;
  return base;
}

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_safe_to_print(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const Folder folder;
  static const kb::Knowledge base = make_base();
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  folder.hold_only(kFiles[data[0] % std::size(kFiles)], bytes);

  const auto knowledge = kb::overlay_folder(base, folder.path());
  if (!knowledge) {
    must(!knowledge.error().empty());
    for (const auto& error : knowledge.error()) must(is_safe_to_print(kb::to_text(error)));
    return 0;
  }
  must(kb::from_archive(kb::to_archive(*knowledge)) == *knowledge);
  for (const auto& error : kb::lint(*knowledge)) must(is_safe_to_print(kb::to_text(error)));
  return 0;
}
