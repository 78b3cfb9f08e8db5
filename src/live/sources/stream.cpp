// Standard input, a pipe mostly. In: a descriptor. Out: its lines as they come. Nothing of it can be read again: after a restart it goes on with
// what comes then, and records that come twice are known as such by the diagnosis.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "src/live/sources/kinds.hpp"

namespace tunnelscope::live {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBacklogPause = std::chrono::seconds(1);
constexpr auto kLongestBacklog = std::chrono::seconds(10);  // of a log that never pauses

class StreamSource : public Source {
 public:
  explicit StreamSource(int descriptor) : descriptor_(descriptor) {}

  const std::string& name() const override { return name_; }

  Poll poll(std::chrono::milliseconds wait, std::size_t most) override {
    Poll poll;
    if (ended_) {
      poll.ended = poll.caught_up = true;
      return poll;
    }
    if (held_.size() < most && is_readable(wait)) read(poll, most);
    give_lines(poll, most);
    if (!poll.lines.empty()) last_ = Clock::now();
    poll.caught_up = poll.lines.empty();
    poll.ended = ended_;
    const auto now = Clock::now();
    if (ended_ || now - last_ >= kBacklogPause || now - begun_ >= kLongestBacklog) past_ = true;
    return poll;
  }

  std::string cursor() const override { return past_ ? R"({"past":true})" : "{}"; }
  bool past_backlog() const override { return past_; }

 private:
  bool is_readable(std::chrono::milliseconds wait) const {
    struct pollfd waiting {descriptor_, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(wait.count())) > 0;
  }

  void read(Poll& poll, std::size_t most) {
    const std::size_t before = held_.size();
    held_.resize(most);
    ssize_t got = 0;
    do {
      got = ::read(descriptor_, held_.data() + before, most - before);
    } while (got < 0 && errno == EINTR);
    held_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got > 0 || (got < 0 && errno == EAGAIN)) return;
    ended_ = true;
    if (got < 0) poll.trouble = Trouble{"unreadable", fmt::format("standard input: {}", std::strerror(errno)), ""};
  }

  void give_lines(Poll& poll, std::size_t most) {
    const std::size_t end = held_.rfind('\n');
    const std::size_t whole = ended_ || (end == std::string::npos && held_.size() >= most) ? held_.size() : end + 1;
    if (whole == 0) return;
    std::string text = held_.substr(0, whole);
    held_.erase(0, whole);
    const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    poll.lines.push_back({std::move(text), line_, std::exchange(new_file_, false)});
    line_ += lines;
  }

  std::string name_ = "-";
  int descriptor_;
  std::string held_;  // the beginning of a line whose end has not come
  std::uint64_t line_ = 1;
  bool new_file_ = true, ended_ = false, past_ = false;
  Clock::time_point last_ = Clock::now();  // when lines came last
  const Clock::time_point begun_ = Clock::now();
};

}  // namespace

std::unique_ptr<Source> make_stream_source(int descriptor) { return std::make_unique<StreamSource>(descriptor); }

}  // namespace tunnelscope::live
