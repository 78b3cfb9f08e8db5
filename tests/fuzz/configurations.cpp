// Hostile or broken configurations, read by every reader and by the step that gathers files.
// In: one byte that says by which reader, then the bytes of a file, and behind a line of three percent signs those of a second one that
// the first may include or take its keys from. Must hold: the reader ends, and reads the same the second time; gathered with a healthy
// other end the files give a check that every format can show.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "diag/check.hpp"
#include "kb/loader.hpp"
#include "src/config/gather.hpp"
#include "src/config/readers.hpp"
#include "src/report/check_format.hpp"

namespace {

namespace config = tunnelscope::config;
namespace diag = tunnelscope::diag;
namespace model = tunnelscope::diag::config;
namespace report = tunnelscope::report;
namespace fs = std::filesystem;

constexpr std::string_view kSeparator = "\n%%%\n";
constexpr std::string_view kFirst = "first", kSecond = "second", kCloud = "cloud";
constexpr std::string_view kCloudText = R"({"VpnConnections": [{"VpnConnectionId": "vpn-1", "Options": {"TunnelOptions": [
  {"OutsideIpAddress": "203.0.113.10", "TunnelInsideCidr": "169.254.12.0/30", "PreSharedKey": "healthy.key"}]}}]})";

void must(bool holds) {
  if (!holds) std::abort();
}

// A folder of this process in memory, removed when it ends well.
class Folder {
 public:
  Folder() {
    std::string name = (fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / "fuzz-config-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    write(kCloud, kCloudText);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(std::string_view name) const { return path_ / name; }
  void write(std::string_view name, std::string_view bytes) const { std::ofstream(path_ / name, std::ios::binary) << bytes; }

 private:
  fs::path path_;
};

struct Texts {
  std::string_view first, second;
};

Texts split(std::string_view bytes) {
  const std::size_t at = bytes.find(kSeparator);
  if (at == std::string_view::npos) return {bytes, {}};
  return {bytes.substr(0, at), bytes.substr(at + kSeparator.size())};
}

// What is told of configurations without their keys.
std::string told(const std::vector<model::Configuration>& all) {
  std::string text;
  for (const model::Configuration& one : all) {
    text += one.kind + "\n";
    for (const model::Endpoint& end : one.endpoints)
      text += end.name + " " + end.where.text() + " " + std::to_string(end.children.size()) + "\n";
    for (const model::Problem& problem : one.problems) text += problem.where.text() + ": " + problem.reason + "\n";
  }
  return text;
}

std::string read_by(const config::Kind& kind, const Texts& texts) {
  const config::Source source{"first", std::string(texts.first)};
  const std::vector<config::Source> secrets{{"second", std::string(texts.second)}};
  const config::Include include = [&](std::string_view name, const std::string&) -> tl::expected<std::vector<config::Source>, std::string> {
    if (name == "first") return std::vector<config::Source>{source};
    if (name == "second") return std::vector<config::Source>{{"second", std::string(texts.second)}};
    return tl::unexpected(std::string("no such file"));
  };
  const config::Content content(source);
  (void)kind.recognises(content);
  if (!kind.read) return {};
  return told(kind.read(content, config::Surroundings{include, secrets}));
}

void check(const std::vector<config::Given>& files) {
  auto gathered = config::gather(files);
  if (!gathered) return;
  diag::CheckInput input;
  input.configurations = std::move(gathered->configurations);
  report::CheckDocument document;
  document.check = diag::check(input, tunnelscope::kb::built_in());
  document.problems = std::move(gathered->problems);
  for (const report::CheckFormat& format : report::check_formats()) must(!format.write(document, {}).empty() || format.name == "github");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const Folder folder;
  const Texts texts = split({reinterpret_cast<const char*>(data) + 1, size - 1});
  const auto kinds = config::kinds();
  const config::Kind& kind = kinds[data[0] % kinds.size()];
  must(read_by(kind, texts) == read_by(kind, texts));
  folder.write(kFirst, texts.first);
  folder.write(kSecond, texts.second);
  check({{folder.file(kFirst), {}}, {folder.file(kSecond), {}}, {folder.file(kCloud), {}}});
  check({{folder.file(kFirst), model::Side::Cloud}, {folder.file(kSecond), model::Side::Gateway}});
  return 0;
}
