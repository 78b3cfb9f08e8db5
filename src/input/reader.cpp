// Walks the inputs in name order and reads each to its end. A fault of one input is remembered and the others go on.
#include "src/input/reader.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "src/input/framing.hpp"
#include "src/input/unwrap.hpp"
#include "src/input/window.hpp"

namespace tunnelscope::input {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardInput = "-";
constexpr std::string_view kWriteTestName = "aws-logs-write-test";
constexpr std::uint64_t kProgressEvery = std::uint64_t{16} << 20;

struct Signature {
  std::string_view bytes, reason, hint;
  std::size_t at = 0;
};
constexpr std::string_view kDecompress = "decompress it first; plain text and gzip are read";
constexpr Signature kSignatures[] = {
    {"PK\x03\x04", "zip archive or spreadsheet", "unpack it, or export as CSV or JSON"},
    {"\x28\xb5\x2f\xfd", "zstd data", kDecompress},
    {"\xfd" "7zXZ", "xz data", kDecompress},
    {"BZh", "bzip2 data", kDecompress},
    {"PAR1", "parquet file", "export as JSON or text"},
    {"ustar", "tar archive", "unpack it, and give the folder", 257},  // POSIX, pax, "ustar Interchange Format"
};

const Signature* signature_of(std::string_view start) {
  for (const Signature& row : kSignatures)
    if (start.size() > row.at && start.substr(row.at).starts_with(row.bytes)) return &row;
  return nullptr;
}

// Text has next to no control characters; a few NUL bytes in a log do not make it binary.
bool is_binary(std::string_view start) {
  const auto controls = std::count_if(start.begin(), start.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\x1b' && c != '\f' && c != '\x1e' && c != '\0';
  });
  return static_cast<std::size_t>(controls) * 20 > start.size();
}

std::string plain_reason(int error) {
  switch (error) {
    case ENOENT: return "no such file or folder";
    case EACCES:
    case EPERM: return "permission denied";
    case ELOOP: return "symbolic links lead in a circle";
    default: return std::strerror(error);
  }
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// One input in the order of the report: a file to read, or a problem met on the way to files.
struct Item {
  std::string path;
  std::uint32_t number = 0;  // of files: for Place
  std::optional<ReadProblem> problem;
  std::optional<RemoteInput> remote;
};

// Paths to files, folders in name order.
class Walk {
 public:
  explicit Walk(const ReadOptions& options) : options_(options) {}

  std::vector<Item> of(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) add(path);
    return std::move(items_);
  }

 private:
  void fail(const std::string& path, std::string reason, std::string hint = {}) {
    items_.push_back({path, 0, ReadProblem{path, std::move(reason), std::move(hint)}, std::nullopt});
  }
  void file(const std::string& path) { items_.push_back({path, files_++, std::nullopt, std::nullopt}); }

  void add(const std::string& path) {
    if (path == kStandardInput) return file(path);
    if (auto remote = options_.remote ? options_.remote(path) : std::nullopt) {
      items_.push_back({remote->path, files_++, std::nullopt, std::move(remote)});
      return;
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(path, plain_reason(errno));
    if (!S_ISDIR(status.st_mode)) return file(path);
    const std::size_t items = items_.size();
    visited_.clear();
    add_folder(path);
    if (items == items_.size())
      fail(path, "no log files in it", "files whose names begin with a dot are not read");
  }

  // A folder is read once, however many links lead to it.
  void add_folder(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(path, plain_reason(errno));
    if (!visited_.emplace(status.st_dev, status.st_ino).second) return;
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      std::string name = entry->path().filename().string();
      if (name[0] != '.') names.push_back(std::move(name));
    }
    if (error) fail(path, plain_reason(error.value()));
    std::sort(names.begin(), names.end());
    const std::string base = path.back() == '/' ? path : path + "/";
    for (const std::string& name : names) add_entry(base + name);
  }

  void add_entry(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(path, plain_reason(errno));
    if (S_ISDIR(status.st_mode)) return add_folder(path);
    if (S_ISREG(status.st_mode)) file(path);
  }

  const ReadOptions& options_;
  std::vector<Item> items_;
  std::uint32_t files_ = 0;
  std::set<std::pair<dev_t, ino_t>> visited_;
};

// What the readers of several threads tell the user, one at a time.
class SharedProgress {
 public:
  explicit SharedProgress(const ReadOptions& options) : options_(options) {}

  void add(std::size_t count, const std::string& path) {
    if (!options_.progress) return;
    const std::lock_guard lock(mutex_);
    bytes_ += count;
    if (bytes_ < next_) return;
    next_ = bytes_ + kProgressEvery;
    options_.progress(bytes_, path);
  }

 private:
  const ReadOptions& options_;
  std::mutex mutex_;
  std::uint64_t bytes_ = 0, next_ = kProgressEvery;
};

// Reads inputs into one Intake, on one thread.
class Reader {
 public:
  Reader(const ReadOptions& options, SharedProgress& progress, diag::Intake& intake)
      : progress_(progress), intake_(intake), out_(intake, options), unwrap_(out_) {}

  std::optional<ReadProblem> read(const Item& item) {
    problem_.reset();
    if (item.remote) {
      read_remote(item);
    } else if (item.path == kStandardInput) {
      read_open(STDIN_FILENO, item);
    } else {
      read_file(item);
    }
    return std::move(problem_);
  }

  std::optional<ReadProblem> read(OpenInput& input, std::uint32_t number) {
    problem_.reset();
    out_.begin_input(input.path, number);
    if (input.year_hint != diag::kNoTime) intake_.year_hint(input.year_hint);
    read_text_of(*input.bytes, input.path, input.first_line);
    return std::move(problem_);
  }

 private:
  void fail(const std::string& path, std::string reason, std::string hint = {}) {
    if (!problem_) problem_ = {path, std::move(reason), std::move(hint)};
  }

  void read_file(const Item& item) {
    const Descriptor file(item.path);
    if (file.fd() >= 0) return read_open(file.fd(), item);
    const std::string reason = plain_reason(errno);
    out_.begin_input(item.path, item.number);
    intake_.note("cannot be read: " + reason, 1);
    fail(item.path, reason);
  }

  void read_remote(const Item& item) {
    out_.begin_input(item.path, item.number);
    out_.container(container::kFilterLogEvents);
    const auto source = item.remote->open();
    if (!source) {
      intake_.note("cannot be read: " + source.error().reason, 1);
      problem_ = source.error();
      return;
    }
    read_text_of(**source, item.path, 1);
    if (const std::string problem = (*source)->problem(); !problem.empty()) problem_ = {item.path, problem, (*source)->hint()};
  }

  void read_open(int descriptor, const Item& item) {
    const std::string& path = item.path;
    out_.begin_input(path, item.number);
    hint_year(descriptor);
    if (fs::path(path).filename() == kWriteTestName) return out_.container(container::kWriteTestMarker);
    const auto source = decoded(file_source(descriptor, [&](std::size_t count) { progress_.add(count, path); }));
    read_text_of(*source, path, 1);
  }

  void hint_year(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
    const auto modified = time_of(std::int64_t{status.st_mtime});
    if (modified.status == TimeStatus::Ok) intake_.year_hint(modified.time);
  }

  void read_text_of(ByteSource& source, const std::string& path, std::uint64_t first_line) {
    take_text_of(source, path, first_line);
    if (const auto problem = source.problem(); !problem.empty())
      fail(path, problem, "what could be read before that is in the report");
  }

  void take_text_of(ByteSource& source, const std::string& path, std::uint64_t first_line) {
    Window window(source);
    Context context;
    context.line = first_line;
    while (window.data().size() < 4096 && window.more()) {}
    const std::string_view start = window.data().substr(0, 4096);
    if (const Signature* known = signature_of(start)) {
      out_.skip("not a text file", context);
      return fail(path, std::string(known->reason) + " cannot be read", std::string(known->hint));
    }
    if (is_binary(start)) return out_.skip("binary file", context);
    Skeletons& skeletons = skeletons_[out_.names_tunnel(context) ? 1 : 0];
    skeletons.begin_input();
    Framing framing(window, skeletons, unwrap_, out_, context, 0, false);
    const bool any = framing.read();
    out_.end_input();
    const std::string problem = source.problem();
    if (any && problem.empty()) return;
    if (any) return intake_.note(problem, framing.line());  // a record cut off by it has been counted
    if (!problem.empty()) return out_.skip(problem, context);
    out_.container(container::kEmpty);
    out_.skip("empty file", context);
  }

  SharedProgress& progress_;
  diag::Intake& intake_;
  Recorder out_;
  Unwrap unwrap_;
  std::array<Skeletons, 2> skeletons_;  // of paths that name no tunnel, and of those that do: texts count for more there
  std::optional<ReadProblem> problem_;
};

// Takes the next item that nobody has taken, until there are none.
void read_items(std::vector<Item>& items, std::atomic<std::size_t>& next, const ReadOptions& options,
                SharedProgress& progress, diag::Intake& intake) {
  Reader reader(options, progress, intake);
  for (std::size_t i = next++; i < items.size(); i = next++)
    if (!items[i].problem) items[i].problem = reader.read(items[i]);
}

// Standard input named twice is at its end the second time: the order of reading would show.
unsigned threads_for(const std::vector<Item>& items, unsigned jobs) {
  const auto streams = std::count_if(items.begin(), items.end(), [](const Item& i) { return i.path == kStandardInput; });
  std::size_t files = streams > 1 ? 1 : items.size();
  struct rlimit descriptors {};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0)  // each thread has a file open, and the process some others
    files = std::min<std::size_t>(files, static_cast<std::size_t>(descriptors.rlim_cur) / 2);
  return static_cast<unsigned>(std::min<std::size_t>(std::max(1U, jobs), std::max<std::size_t>(1, files)));
}

}  // namespace

std::vector<ReadProblem> read_inputs(const std::vector<std::string>& paths, const ReadOptions& options,
                                     diag::Intake& intake) {
  std::vector<Item> items = Walk(options).of(paths);
  SharedProgress progress(options);
  std::atomic<std::size_t> next{0};
  std::vector<std::future<void>> others;
  std::vector<diag::Intake> intakes = intake.others(threads_for(items, options.jobs) - 1);
  try {
    for (diag::Intake& other : intakes)
      others.push_back(std::async(std::launch::async, [&] { read_items(items, next, options, progress, other); }));
  } catch (const std::system_error&) {
    // No more threads are to be had here: those that there are read everything.
  }
  read_items(items, next, options, progress, intake);
  for (std::future<void>& other : others) other.get();
  for (diag::Intake& other : intakes) intake.absorb(std::move(other));

  std::vector<ReadProblem> problems;
  for (Item& item : items)
    if (item.problem) problems.push_back(std::move(*item.problem));
  return problems;
}

std::vector<ReadProblem> read_open_inputs(std::vector<OpenInput> inputs, const ReadOptions& options, diag::Intake& intake) {
  SharedProgress progress(options);
  Reader reader(options, progress, intake);
  std::vector<ReadProblem> problems;
  std::uint32_t number = 0;
  for (OpenInput& input : inputs)
    if (auto problem = reader.read(input, number++)) problems.push_back(std::move(*problem));
  return problems;
}

}  // namespace tunnelscope::input
