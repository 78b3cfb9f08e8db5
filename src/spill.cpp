// Tested by cli_spill_test.cpp.
#include "src/spill.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace tunnelscope::app {
namespace {

// Nobody else can open it, and nothing is left of it whatever happens to us.
int nameless_file() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) return -1;
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  std::string name = (folder / "tunnelscope-XXXXXX").string();  // file systems without O_TMPFILE
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Spill::~Spill() {
  if (file_ >= 0) ::close(file_);
}

int Spill::file() {
  std::call_once(made_, [&] { file_ = nameless_file(); });
  return file_;
}

std::optional<std::uint64_t> Spill::put(std::string_view bytes) {
  if (file() < 0) return {};
  const std::uint64_t offset = end_.fetch_add(bytes.size());
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    done += static_cast<std::size_t>(count);
  }
  return offset;
}

void Spill::get(std::uint64_t offset, char* to, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = ::pread(file_, to + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      throw std::runtime_error(std::string("the temporary file cannot be read back: ") +
                               (count < 0 ? std::strerror(errno) : "it is shorter than what was written"));
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace tunnelscope::app
