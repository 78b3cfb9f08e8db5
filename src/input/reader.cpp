// Walks the inputs in name order and reads each to its end. A fault of one input is remembered and the others go on.
#include "src/input/reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "src/input/bytes.hpp"
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
  std::string_view start, reason, hint;
};
constexpr std::string_view kDecompress = "decompress it first; plain text and gzip are read";
constexpr Signature kSignatures[] = {
    {"PK\x03\x04", "zip archive or spreadsheet", "unpack it, or export as CSV or JSON"},
    {"\x28\xb5\x2f\xfd", "zstd data", kDecompress},
    {"\xfd" "7zXZ", "xz data", kDecompress},
    {"BZh", "bzip2 data", kDecompress},
    {"PAR1", "parquet file", "export as JSON or text"},
};

const Signature* signature_of(std::string_view start) {
  for (const Signature& row : kSignatures)
    if (start.starts_with(row.start)) return &row;
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

class Reader {
 public:
  Reader(const ReadOptions& options, diag::Intake& intake)
      : options_(options), intake_(intake), out_(intake, options), unwrap_(out_) {}

  void read_path(const std::string& path) {
    if (path == kStandardInput) return read_open(STDIN_FILENO, path);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(path, plain_reason(errno));
    if (!S_ISDIR(status.st_mode)) return read_file(path);
    const std::size_t problems = problems_.size();
    visited_.clear();
    if (read_folder(path) == 0 && problems == problems_.size())
      fail(path, "no log files in it", "files whose names begin with a dot are not read");
  }

  std::vector<ReadProblem> take_problems() { return std::move(problems_); }

 private:
  void fail(const std::string& path, std::string reason, std::string hint = {}) {
    problems_.push_back({path, std::move(reason), std::move(hint)});
  }

  // Returns how many files there were. A folder is read once, however many links lead to it.
  std::size_t read_folder(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(path, plain_reason(errno)), 0;
    if (!visited_.emplace(status.st_dev, status.st_ino).second) return 0;
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      std::string name = entry->path().filename().string();
      if (name[0] != '.') names.push_back(std::move(name));
    }
    if (error) fail(path, plain_reason(error.value()));
    std::sort(names.begin(), names.end());
    std::size_t files = 0;
    const std::string base = path.back() == '/' ? path : path + "/";
    for (const std::string& name : names) files += read_entry(base + name);
    return files;
  }

  std::size_t read_entry(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(path, plain_reason(errno)), 1;
    if (S_ISDIR(status.st_mode)) return read_folder(path);
    if (!S_ISREG(status.st_mode)) return 0;
    read_file(path);
    return 1;
  }

  void read_file(const std::string& path) {
    const Descriptor file(path);
    if (file.fd() < 0) {
      const std::string reason = plain_reason(errno);
      out_.begin_input(path);
      intake_.note("cannot be read: " + reason, 1);
      return fail(path, reason);
    }
    read_open(file.fd(), path);
  }

  void read_open(int descriptor, const std::string& path) {
    out_.begin_input(path);
    hint_year(descriptor);
    if (fs::path(path).filename() == kWriteTestName) return out_.container(container::kWriteTestMarker);
    const auto source = decoded(file_source(descriptor, [&](std::size_t count) { progress(count, path); }));
    read_text_of(*source, path);
    if (const auto problem = source->problem(); !problem.empty())
      fail(path, problem, "what could be read before that is in the report");
  }

  void hint_year(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
    const auto modified = time_of(std::int64_t{status.st_mtime});
    if (modified.status == TimeStatus::Ok) intake_.year_hint(modified.time);
  }

  void read_text_of(ByteSource& source, const std::string& path) {
    Window window(source);
    Context context;
    context.line = 1;
    while (window.data().size() < 4096 && window.more()) {}
    const std::string_view start = window.data().substr(0, 4096);
    if (const Signature* known = signature_of(start)) {
      out_.skip("not a text file", context);
      return fail(path, std::string(known->reason) + " cannot be read", std::string(known->hint));
    }
    if (is_binary(start)) return out_.skip("binary file", context);
    Framing framing(window, unwrap_, out_, context, 0, false);
    const bool any = framing.read();
    const std::string problem = source.problem();
    if (any && problem.empty()) return;
    if (any) return intake_.note(problem, framing.line());  // a record cut off by it has been counted
    if (!problem.empty()) return out_.skip(problem, context);
    out_.container(container::kEmpty);
    out_.skip("empty file", context);
  }

  void progress(std::size_t count, const std::string& path) {
    bytes_ += count;
    if (!options_.progress || bytes_ < next_progress_) return;
    next_progress_ = bytes_ + kProgressEvery;
    options_.progress(bytes_, path);
  }

  const ReadOptions& options_;
  diag::Intake& intake_;
  Recorder out_;
  Unwrap unwrap_;
  std::vector<ReadProblem> problems_;
  std::set<std::pair<dev_t, ino_t>> visited_;
  std::uint64_t bytes_ = 0, next_progress_ = kProgressEvery;
};

}  // namespace

std::vector<ReadProblem> read_inputs(const std::vector<std::string>& paths, const ReadOptions& options,
                                     diag::Intake& intake) {
  Reader reader(options, intake);
  for (const std::string& path : paths) reader.read_path(path);
  return reader.take_problems();
}

}  // namespace tunnelscope::input
