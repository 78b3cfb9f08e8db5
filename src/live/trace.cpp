#include "src/live/trace.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

namespace tunnelscope::live {
namespace {

constexpr std::string_view kTarget = "watch-stale-since-";

// A power cut does not take it back.
void keep(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

std::optional<diag::Time> Trace::left() const {
  std::array<char, 64> target{};
  const ssize_t size = path_.empty() ? -1 : ::readlink(path_.c_str(), target.data(), target.size());
  if (size < 0) return std::nullopt;
  std::string_view text(target.data(), static_cast<std::size_t>(size));
  if (!text.starts_with(kTarget)) return std::nullopt;
  text.remove_prefix(kTarget.size());
  diag::Time start = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), start);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(start) : std::nullopt;
}

void Trace::leave(diag::Time start) const {
  if (path_.empty() || left()) return;
  if (::symlink((std::string(kTarget) + std::to_string(start)).c_str(), path_.c_str()) == 0) keep(path_);
}

void Trace::remove() const {
  if (left()) ::unlink(path_.c_str());
}

}  // namespace tunnelscope::live
