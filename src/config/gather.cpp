#include "src/config/gather.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "src/config/byte_order_mark.hpp"
#include "src/config/readers.hpp"
#include "src/escape.hpp"
#include "src/secrets.hpp"

namespace tunnelscope::config {
namespace {

namespace fs = std::filesystem;
using app::UsageError;
using model::Configuration;
using model::Endpoint;
using model::Side;
using model::Where;

constexpr std::size_t kMostBytes = kMaxDocumentBytes + 1;  // one more, so that the reader sees that it is too large
constexpr std::size_t kMostEnds = 2000;                    // of one file
constexpr std::size_t kMostIncluded = 1000;                // files that one include names

std::string plain_reason(int error) {
  if (error == ENOENT) return "no such file";
  if (error == EACCES || error == EPERM) return "permission denied";
  return std::strerror(error);
}

// Whole, or its first kMostBytes; errno when it cannot be.
tl::expected<std::string, int> bytes_of(int fd) {
  std::string text;
  std::array<char, 1 << 16> part;
  while (text.size() < kMostBytes) {
    const ssize_t got = ::read(fd, part.data(), std::min(part.size(), kMostBytes - text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(errno);
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  explicit_bzero(part.data(), part.size());
  return text;
}

enum class Only { Anything, RegularFiles };

// The reason why it cannot be read is for people.
tl::expected<std::string, std::string> text_of(const std::string& path, Only only, const Texts& instead = {}) {
  if (const auto other = instead.find(path); other != instead.end()) return other->second;
  struct stat status {};
  if (path != "-" && ::stat(path.c_str(), &status) != 0) return tl::unexpected(plain_reason(errno));
  if (path != "-" && S_ISDIR(status.st_mode)) return tl::unexpected(std::string("it is a folder"));
  if (only == Only::RegularFiles && !S_ISREG(status.st_mode)) return tl::unexpected(std::string("it is no regular file"));
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(plain_reason(errno));
  auto bytes = bytes_of(fd);
  if (fd != STDIN_FILENO) ::close(fd);
  if (!bytes) return tl::unexpected(plain_reason(bytes.error()));
  return std::move(*bytes);
}

bool is_within(const fs::path& folder, const fs::path& file) {
  std::error_code error;
  // Absolute first: of a relative path that does not exist weakly_canonical() makes no absolute one.
  const auto whole = [&](const fs::path& path) { return fs::weakly_canonical(fs::absolute(path, error), error); };
  const fs::path inside = whole(file).lexically_relative(whole(folder));
  return !error && !inside.empty() && *inside.begin() != "..";
}

std::vector<std::string> matches_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

// Includes of one file named by the user, whose folder relative names must not lead out of.
tl::expected<std::vector<Source>, std::string> included(const fs::path& top, std::string_view name, const std::string& from,
                                                        const Texts& instead) {
  if (name.find('\0') != std::string_view::npos) return tl::unexpected(std::string("its name holds a NUL character"));
  const fs::path asked{std::string(name)};
  const fs::path full = asked.is_absolute() ? asked : (fs::path(from).parent_path() / asked).lexically_normal();
  const bool is_pattern = name.find_first_of("*?[") != std::string_view::npos;
  const std::vector<std::string> paths = is_pattern ? matches_of(full.string()) : std::vector{full.string()};
  if (paths.size() > kMostIncluded)
    return tl::unexpected(fmt::format("it names {} files, {} at most are read", paths.size(), kMostIncluded));
  std::vector<Source> sources;
  for (const std::string& path : paths) {
    if (!asked.is_absolute() && !is_within(top, path))
      return tl::unexpected(std::string("it leads out of the folder of the configuration"));
    auto text = text_of(path, Only::RegularFiles, instead);
    std::error_code error;
    if (!text && is_pattern && fs::is_directory(path, error)) continue;
    if (!text) return tl::unexpected(app::for_terminal(path) + ": " + text.error());
    sources.push_back({path, std::move(*text)});
  }
  return sources;
}

// One file under way; its text is wiped at the end.
struct File {
  Source source;
  std::optional<Side> told;
  std::unique_ptr<Content> content;  // refers to source
  const Kind* kind = nullptr;

  File(Source read, std::optional<Side> said) : source(std::move(read)), told(said), content(std::make_unique<Content>(source)) {
    kind = kind_of(*content);
  }
  ~File() { model::wipe(source.text); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Side side() const { return told.value_or(kind->side); }
};
using Files = std::vector<std::unique_ptr<File>>;

// A file that is given twice is read once, however its path is written.
std::vector<Given> each_once(const std::vector<Given>& given) {
  std::vector<Given> list;
  std::set<std::pair<std::optional<Side>, fs::path>> seen;
  std::error_code error;
  for (const Given& one : given)
    if (one.path == "-" || !fs::is_regular_file(one.path, error) || seen.emplace(one.side, fs::canonical(one.path, error)).second) list.push_back(one);
  return list;
}

Files opened(const std::vector<Given>& given, std::vector<Problem>& problems, const Texts& instead = {}) {
  Files files;
  for (const Given& one : each_once(given)) {
    auto text = text_of(one.path, Only::Anything, instead);
    if (!text) {
      const bool folder = text.error() == "it is a folder";
      problems.push_back({{one.path, 0, 0}, text.error(), folder ? "name the configuration files in it" : "", true});
      continue;
    }
    files.push_back(std::make_unique<File>(Source{one.path, std::move(*text)}, one.side));
    if (files.back()->kind) continue;
    problems.push_back(unrecognised(*files.back()->content));
    files.pop_back();
  }
  return files;
}

std::vector<Source> secrets_of(const Files& files, Side side) {
  std::vector<Source> secrets;
  for (const auto& file : files)
    if (file->kind->secrets_only && file->side() == side) secrets.push_back(file->source);
  return secrets;
}

std::vector<Configuration> read(const File& file, const Files& all, const Texts& instead = {}) {
  std::vector<Source> secrets = secrets_of(all, file.side());
  const fs::path top = fs::path(file.source.path).parent_path().empty() ? fs::path(".") : fs::path(file.source.path).parent_path();
  const Surroundings around{[&](std::string_view name, const std::string& from) { return included(top, name, from, instead); }, secrets};
  std::vector<Configuration> made = read_configuration(*file.content, around);
  for (Source& one : secrets) model::wipe(one.text);
  for (Configuration& one : made) {
    one.side = file.side();
    for (Endpoint& end : one.endpoints) end.side = file.side();
  }
  return made;
}

// Ends are compared with each other, so there must not be too many; what is left out is said.
void limit(Configuration& configuration) {
  if (configuration.endpoints.size() <= kMostEnds) return;
  configuration.problems.push_back({{configuration.path, 0, 0}, fmt::format("it has {} tunnels, of which {} were looked at",
                                    configuration.endpoints.size(), kMostEnds), "check its parts one by one", true});
  configuration.endpoints.resize(kMostEnds);
}

std::vector<Configuration> read(const Files& files, const Texts& instead = {}) {
  std::vector<Configuration> all;
  for (const auto& file : files)
    for (Configuration& one : read(*file, files, instead)) {
      limit(one);
      all.push_back(std::move(one));
    }
  return all;
}

tl::expected<void, UsageError> check_sides(const Files& files) {
  const File* untold = nullptr;
  std::size_t gateways = 0;
  bool any_cloud = false;
  for (const auto& file : files) {
    if (file->kind->side == Side::Cloud && file->side() == Side::Gateway)
      return tl::unexpected(UsageError{fmt::format("{} is the cloud's end ({})", app::for_terminal(file->source.path), file->kind->title),
                                       "give it as --cloud FILE, or without an option"});
    any_cloud |= file->side() == Side::Cloud;
    if (file->kind->secrets_only || file->side() == Side::Cloud) continue;
    ++gateways;
    if (!file->told) untold = file.get();
  }
  if (any_cloud || gateways < 2 || !untold) return {};
  return tl::unexpected(UsageError{fmt::format("which end {} is cannot be told: no file is clearly the cloud's",
                                               app::for_terminal(untold->source.path)),
                                   "say it: --cloud FILE --gateway FILE"});
}

bool is_same_tunnel(const Endpoint& a, const Endpoint& b) {
  return a.name == b.name || (a.local_addresses.known() && a.local_addresses->single() && a.local_addresses.same_as(b.local_addresses) &&
                              a.remote_addresses.same_as(b.remote_addresses));
}

std::optional<Side> side_of(const std::vector<Configuration>& earlier, const std::vector<Configuration>& now) {
  for (const Configuration& old : earlier)
    for (const Endpoint& end : old.endpoints)
      for (const Configuration& one : now)
        for (const Endpoint& candidate : one.endpoints)
          if (is_same_tunnel(end, candidate)) return one.side;
  return {};
}

}  // namespace

tl::expected<Gathered, UsageError> gather(const std::vector<Given>& given, const Texts& instead) {
  Gathered all;
  const Files files = opened(given, all.problems, instead);
  if (auto sides = check_sides(files); !sides) return tl::unexpected(sides.error());
  all.configurations = read(files, instead);
  return all;
}

Gathered gather_before(const std::vector<std::string>& paths, const std::vector<Configuration>& now) {
  Gathered all;
  std::vector<Given> given;
  for (const std::string& path : paths) given.push_back({path, {}});
  const Files files = opened(given, all.problems);
  for (const auto& file : files)
    if (file->kind->side == Side::Gateway && !file->kind->secrets_only) file->told = side_of(read(*file, files), now);
  all.configurations = read(files);
  return all;
}

std::string harmless_line(const Where& where, std::size_t most) {
  std::ifstream file;
  std::error_code error;
  if (where.line > 0 && where.path != "-" && fs::is_regular_file(where.path, error)) file.open(where.path, std::ios::binary);
  std::string line;
  for (std::size_t number = 0; number < where.line; ++number)
    if (!std::getline(file, line)) return {};
  if (where.line == 1) remove_byte_order_mark(line);
  if (line.ends_with('\r')) line.pop_back();
  if (is_harmless(line, most)) return line;
  model::wipe(line);
  return {};
}

bool is_harmless(const std::string& line, std::size_t most) {
  constexpr std::string_view kJunosMark = "SECRET-DATA";  // what `show` writes behind each line that holds a key
  return line.size() <= most && line.find(kJunosMark) == std::string::npos && app::without_keys(line) == line;
}

std::string text_of_file(const std::string& path) {
  constexpr std::size_t kLargest = 4u << 20;
  std::error_code error;
  if (path == "-" || !fs::is_regular_file(path, error) || fs::file_size(path, error) > kLargest) return {};
  return text_of(path, Only::RegularFiles).value_or(std::string());
}

}  // namespace tunnelscope::config
