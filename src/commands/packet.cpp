// All files are written into a folder inside the packet's, on the same file system, and then moved to their places.
#include "src/commands/packet.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "src/escape.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
using app::UsageError;
namespace fs = std::filesystem;

// The nearest folder above that is there.
fs::path existing(fs::path path) {
  std::error_code error;
  while (!path.empty() && !fs::exists(path, error) && path.has_parent_path() && path.parent_path() != path) path = path.parent_path();
  return path.empty() || !fs::exists(path, error) ? fs::path(".") : path;
}

// What was written so far; taken away again unless it is kept.
class Draft {
 public:
  explicit Draft(const fs::path& folder) : folder_(folder) {
    std::error_code error;
    made_ = fs::create_directories(folder, error);
    std::string name = (folder / ".packet-XXXXXX").string();
    if (error || mkdtemp(name.data()) == nullptr) {
      failure_ = error ? error.message() : std::strerror(errno);
    } else {
      inner_ = name;
    }
  }
  ~Draft() {
    std::error_code error;
    if (!kept_)
      for (const fs::path& path : placed_) fs::remove(path, error);
    if (!inner_.empty()) fs::remove_all(inner_, error);
    if (!kept_ && made_) fs::remove(folder_, error);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  void write(const report::PacketFile& file) {
    if (!failure_.empty()) return;
    errno = 0;
    std::ofstream to(inner_ / file.name, std::ios::binary);
    to << file.text;
    to.close();
    if (!to) failure_ = std::strerror(errno == 0 ? EIO : errno);
  }
  void place(const report::PacketFile& file) {
    if (!failure_.empty()) return;
    std::error_code error;
    fs::rename(inner_ / file.name, folder_ / file.name, error);
    if (error) failure_ = error.message();
    else placed_.push_back(folder_ / file.name);
  }
  void keep() { kept_ = failure_.empty(); }
  const std::string& failure() const { return failure_; }

 private:
  const fs::path folder_;
  fs::path inner_;
  std::vector<fs::path> placed_;
  std::string failure_;  // empty: none yet
  bool made_ = false, kept_ = false;
};

}  // namespace

tl::expected<void, UsageError> check_packet_folder(const Settings& settings) {
  if (settings.packet.empty()) return {};
  const std::string what = fmt::format("{} {}", app::spelled(settings, "--packet"), app::for_terminal(settings.packet));
  const std::string hint = "name a folder that is empty or does not exist yet";
  const fs::path folder(settings.packet);
  std::error_code error;
  const fs::path there = existing(folder);
  if (!fs::is_directory(there, error))
    return tl::unexpected(UsageError{fmt::format("{}: {} is not a folder", what, app::for_terminal(there.string())), hint});
  if (access(there.c_str(), W_OK | X_OK) != 0)
    return tl::unexpected(UsageError{fmt::format("{} cannot be written: {}", what, std::strerror(errno)), ""});
  if (!fs::exists(folder, error)) return {};
  const bool empty = fs::is_empty(folder, error);
  if (error) return tl::unexpected(UsageError{fmt::format("{} cannot be read: {}", what, error.message()), ""});
  if (!empty) return tl::unexpected(UsageError{fmt::format("{} is not empty", what), hint});
  return {};
}

Exit write_packet(const std::vector<report::PacketFile>& files, const std::string& folder, Console& console, Exit when_written) {
  Draft draft{fs::path(folder)};
  for (const report::PacketFile& file : files) draft.write(file);
  for (const report::PacketFile& file : files) draft.place(file);
  draft.keep();
  if (draft.failure().empty()) return when_written;
  app::complain(console, fmt::format("the packet {} cannot be written: {}", app::for_terminal(folder), app::for_terminal(draft.failure())));
  return Exit::Internal;
}

}  // namespace tunnelscope::commands
