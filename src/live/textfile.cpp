#include "src/live/textfile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <utility>

#include "src/live/metrics.hpp"

namespace tunnelscope::live {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kAtLeastEvery{15'000};

// All of it to the disk; else the errno.
int put(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t some = ::write(file, text.data(), text.size());
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(some));
  }
  return 0;
}

}  // namespace

tl::expected<void, std::string> write_whole(const std::string& path, std::string_view text) {
  const std::string beside = path + ".tmp";  // not .prom: the collector reads no half of it
  const auto failed = [&](int error) {
    unlink(beside.c_str());
    return tl::unexpected(std::generic_category().message(error));
  };
  unlink(beside.c_str());
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0) return tl::unexpected(std::generic_category().message(errno));
  const int error = put(file, text);
  if (close(file) != 0 && error == 0) return failed(errno);
  if (error != 0) return failed(error);
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed(errno);
  return {};
}

Textfile::Textfile(std::string path, const Board& board, std::function<void(const std::string&)> complain)
    : path_(std::move(path)), board_(board), complain_(std::move(complain)), thread_([this] { run(); }) {}

Textfile::~Textfile() {
  stopping_ = true;
  thread_.join();
}

void Textfile::run() {
  std::uint64_t written = 0;
  Clock::time_point next{};
  bool last = false;
  while (!last) {
    last = stopping_ || board_.closed();
    const auto snapshot = board_.newer_than(written, std::chrono::milliseconds(500));
    if (!snapshot || (!last && snapshot->version == written && Clock::now() < next)) continue;
    write(*snapshot);
    written = snapshot->version;
    next = Clock::now() + kAtLeastEvery;
  }
}

void Textfile::write(const Snapshot& snapshot) {
  const auto done = write_whole(path_, to_metrics(snapshot));
  if (!done && !complained_) complain_(done.error());
  complained_ = !done;
}

}  // namespace tunnelscope::live
