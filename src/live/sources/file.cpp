// A growing file. In: a path. Out: its lines as they are written, over renaming with a new file behind (logrotate `create`) and over
// truncation (`copytruncate`). The cursor names the file by device, inode and first bytes, so that it is found again under another name.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "diag/hash.hpp"
#include "src/live/sources/kinds.hpp"

namespace tunnelscope::live {
namespace {

using nlohmann::json;

constexpr std::size_t kHead = 1024;  // bytes that tell a file from another one with its inode
constexpr auto kBetweenLooks = std::chrono::milliseconds(100);
constexpr auto kLinger = std::chrono::seconds(5);    // a writer may go on with a file that was renamed, until it is told
constexpr auto kHalfLine = std::chrono::seconds(2);  // the end of a document may have no line end

struct FileId {
  std::uint64_t device = 0, inode = 0;
  auto operator<=>(const FileId&) const = default;
};

FileId id_of(const struct stat& status) { return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)}; }

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

Descriptor opened(const std::string& path) { return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); }

class FileSource : public Source {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}

  // Begins where the cursor stands, or, where it is none, at the file's beginning: then all it holds now is the backlog.
  void begin(const std::string& cursor) {
    if (take(cursor)) return resume();
    if (!open_current()) return;
    backlog_end_ = size();
  }

  const std::string& name() const override { return path_; }

  Poll poll(std::chrono::milliseconds wait, std::size_t most) override {
    const auto until = std::chrono::steady_clock::now() + wait;
    for (;;) {
      Poll found = look(most);
      const auto now = std::chrono::steady_clock::now();
      if (!found.lines.empty() || now >= until) return found;
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(until - now, kBetweenLooks));
    }
  }

  std::string cursor() const override {
    return json{{"device", id_.device}, {"inode", id_.inode}, {"offset", offset_}, {"line", line_},
                {"head", head_}, {"head_size", head_size_}, {"backlog", past_ ? -1 : static_cast<std::int64_t>(backlog_end_)}}
        .dump();
  }

  bool past_backlog() const override { return past_; }

 private:
  // False, and nothing taken: it is damaged or empty.
  bool take(const std::string& cursor) {
    const json stored = json::parse(cursor, nullptr, false);
    if (!stored.is_object() || !stored.contains("inode")) return false;
    try {
      const FileId id{stored.value("device", std::uint64_t{0}), stored.value("inode", std::uint64_t{0})};
      const auto offset = stored.value("offset", std::uint64_t{0}), line = stored.value("line", std::uint64_t{1});
      const auto head = stored.value("head", std::string());
      const auto head_size = stored.value("head_size", std::uint64_t{0});
      const auto backlog = stored.value("backlog", std::int64_t{-1});
      std::tie(id_, offset_, line_, head_, head_size_) = std::tie(id, offset, line, head, head_size);
      past_ = backlog < 0;
      backlog_end_ = past_ ? 0 : static_cast<std::uint64_t>(backlog);
      return true;
    } catch (const json::exception&) {  // a value is not of its type
      return false;
    }
  }

  void resume() {
    file_ = find_again();
    if (file_) return;
    if (id_.inode != 0 && offset_ > 0)
      note({"rotated", fmt::format("{} was replaced while nobody watched, and the file that it was is not beside it", path_),
            "what was written to it since is missing: keep the last rotated file uncompressed (logrotate: delaycompress)"});
    start_over();
    open_current();
  }

  // The file of the cursor: at its path, or beside it under the name of a rotated one.
  Descriptor find_again() const {
    if (Descriptor file = opened(path_); file && is_same(file)) return file;
    for (const std::string& path : rotated()) {
      struct stat status {};
      if (::stat(path.c_str(), &status) != 0 || static_cast<std::uint64_t>(status.st_ino) != id_.inode) continue;
      if (Descriptor file = opened(path); file && is_same(file)) return file;
    }
    return {};
  }

  // Files beside it whose names say that they are rotated ones of it: its own with a number or a date behind.
  std::vector<std::string> rotated() const {
    const auto slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? std::string() : path_.substr(0, slash + 1);
    const std::string base = path_.substr(folder.size());
    std::vector<std::string> found;
    DIR* const entries = ::opendir(folder.empty() ? "." : folder.c_str());
    if (entries == nullptr) return found;
    while (const dirent* entry = ::readdir(entries)) {
      const std::string_view name = entry->d_name;
      if (!name.starts_with(base) || name.size() < base.size() + 2) continue;
      const std::string_view behind = name.substr(base.size());
      const bool is_rotated = (behind[0] == '.' || behind[0] == '-') && behind[1] >= '0' && behind[1] <= '9' &&
                              behind.find_first_not_of("0123456789.-_T") == std::string_view::npos;
      if (is_rotated) found.push_back(folder + std::string(name));
    }
    ::closedir(entries);
    return found;
  }

  // Goes on with the file that was written after this one: mostly the one at the path; another one, when it was rotated again meanwhile.
  bool open_next() {
    const timespec last = changed(file_);
    Descriptor next;
    timespec of_next{};
    for (const std::string& path : rotated()) {
      Descriptor file = opened(path);
      if (!file || id(file) == id_ || !is_before(last, changed(file)) || (next && is_before(of_next, changed(file)))) continue;
      next = std::move(file);
      of_next = changed(next);
    }
    start_over();
    if (!next) return open_current();
    take_over(std::move(next));
    return true;
  }

  static FileId id(const Descriptor& file) {
    struct stat status {};
    return ::fstat(file.get(), &status) == 0 ? id_of(status) : FileId{};
  }
  static timespec changed(const Descriptor& file) {
    struct stat status {};
    return ::fstat(file.get(), &status) == 0 ? status.st_mtim : timespec{};
  }
  static bool is_before(const timespec& a, const timespec& b) { return std::pair(a.tv_sec, a.tv_nsec) < std::pair(b.tv_sec, b.tv_nsec); }

  bool is_same(const Descriptor& file) const {
    struct stat status {};
    return ::fstat(file.get(), &status) == 0 && id_of(status) == id_ && static_cast<std::uint64_t>(status.st_size) >= offset_ &&
           head_of(file, head_size_) == head_;
  }

  static std::string head_of(const Descriptor& file, std::uint64_t size) {
    std::array<char, kHead> bytes;
    const ssize_t got = ::pread(file.get(), bytes.data(), std::min<std::size_t>(size, kHead), 0);
    return fmt::format("{:016x}", diag::Hash{}.add(std::string_view(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0)).value());
  }

  bool open_current() {
    file_ = opened(path_);
    struct stat status {};
    if (!file_ || ::fstat(file_.get(), &status) != 0) {
      trouble_ = Trouble{"unreadable", fmt::format("{}: {}", path_, std::strerror(errno)), "the watch goes on when it can be read"};
      file_ = {};
      return false;
    }
    if (S_ISDIR(status.st_mode)) {
      trouble_ = Trouble{"unreadable", fmt::format("{} is a folder", path_), "name the files in it"};
      file_ = {};
      return false;
    }
    take_over(std::move(file_));
    return true;
  }

  void take_over(Descriptor file) {
    file_ = std::move(file);
    id_ = id(file_);
    head_size_ = 0;
    head_ = head_of(file_, 0);
  }

  std::uint64_t size() const {
    struct stat status {};
    return ::fstat(file_.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

  void start_over() {
    offset_ = 0;
    line_ = 1;
    held_.clear();
    new_file_ = true;
    past_ = past_ || backlog_end_ > 0;  // what a new file holds was written under the watch's eyes
  }

  void note(Trouble trouble) { passing_ = std::move(trouble); }

  Poll look(std::size_t most) {
    trouble_.reset();
    Poll poll;
    if (file_ || open_current()) {
      if (was_truncated()) start_truncated();
      read(poll, most);
      if (poll.lines.empty() && held_is_whole()) take_held(poll);
      if (poll.lines.empty() && was_replaced() && quiet_for(kLinger)) {
        take_held(poll);
        if (open_next()) read(poll, most);
      }
    }
    poll.trouble = passing_ ? std::exchange(passing_, std::nullopt) : trouble_;
    poll.caught_up = poll.lines.empty();
    if (poll.caught_up || offset_ >= backlog_end_) past_ = true;
    return poll;
  }

  bool was_truncated() const { return size() < offset_ + held_.size() || head_of(file_, head_size_) != head_; }

  void start_truncated() {
    note({"truncated", fmt::format("{} was truncated", path_), "what was written between the last look and that is missing"});
    start_over();
    head_size_ = 0;
    head_ = head_of(file_, 0);
  }

  bool was_replaced() const {
    struct stat status {};
    return ::stat(path_.c_str(), &status) == 0 && id_of(status) != id_;
  }

  // Lines from offset_ on; the beginning of one without its end is held back.
  void read(Poll& poll, std::size_t most) {
    std::string text = held_;
    const std::size_t before = text.size();
    text.resize(std::max(most, before + 1));
    const ssize_t got = ::pread(file_.get(), text.data() + before, text.size() - before, static_cast<off_t>(offset_ + before));
    if (got < 0) {
      trouble_ = Trouble{"unreadable", fmt::format("{}: {}", path_, std::strerror(errno)), ""};
      return;
    }
    text.resize(before + static_cast<std::size_t>(got));
    if (got > 0) grown_ = std::chrono::steady_clock::now();
    const std::size_t end = text.rfind('\n');
    const std::size_t whole = end != std::string::npos ? end + 1 : text.size() >= most ? text.size() : 0;
    held_ = text.substr(whole);
    text.resize(whole);
    give(poll, std::move(text));
  }

  bool quiet_for(std::chrono::steady_clock::duration span) const { return std::chrono::steady_clock::now() - grown_ >= span; }

  // JSON whose last line has no end, as programs write that make a file at once.
  bool held_is_whole() const { return !held_.empty() && (held_.back() == '}' || held_.back() == ']') && quiet_for(kHalfLine); }

  // Of a file that is over: its last line may have no end.
  void take_held(Poll& poll) { give(poll, std::exchange(held_, {})); }

  void give(Poll& poll, std::string text) {
    if (text.empty()) return;
    const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    offset_ += text.size();
    if (head_size_ < kHead) {
      head_size_ = std::min<std::uint64_t>(offset_, kHead);
      head_ = head_of(file_, head_size_);
    }
    poll.lines.push_back({std::move(text), line_, std::exchange(new_file_, false)});
    line_ += lines;
  }

  std::string path_;
  Descriptor file_;
  FileId id_;
  std::uint64_t offset_ = 0, line_ = 1;  // of what was not given yet
  std::string held_;                     // read from offset_ on, not given
  std::string head_;                     // hash of the first head_size_ bytes
  std::uint64_t head_size_ = 0;
  std::chrono::steady_clock::time_point grown_ = std::chrono::steady_clock::now();  // when something was read last
  std::uint64_t backlog_end_ = 0;
  bool past_ = false;
  bool new_file_ = true;
  std::optional<Trouble> trouble_, passing_;  // while it lasts; to be told once
};

}  // namespace

std::unique_ptr<Source> make_file_source(const std::string& path, const std::string& cursor) {
  auto source = std::make_unique<FileSource>(path);
  source->begin(cursor);
  return source;
}

}  // namespace tunnelscope::live
