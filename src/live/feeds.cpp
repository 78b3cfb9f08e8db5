#include "src/live/feeds.hpp"

#include <utility>

namespace tunnelscope::live {
namespace {

constexpr std::size_t kMostWaiting = 2;             // arrivals of one source
constexpr std::size_t kMostAtOnce = std::size_t{1} << 20;  // bytes of one arrival
constexpr auto kWait = std::chrono::milliseconds(200);

}  // namespace

Feeds::Feeds(std::vector<std::unique_ptr<Source>> sources) : sources_(std::move(sources)), waiting_(sources_.size()) {
  for (std::size_t i = 0; i < sources_.size(); ++i) threads_.emplace_back([this, i] { follow(i); });
}

Feeds::~Feeds() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  taken_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

// Tells what changed: lines, a trouble that came or went, the end of the backlog or of the source.
void Feeds::follow(std::size_t index) {
  Source& source = *sources_[index];
  bool past_backlog = false;
  std::string trouble;
  for (bool first = true;; first = false) {
    Poll poll = source.poll(kWait, kMostAtOnce);
    const std::string now_in_trouble = poll.trouble ? poll.trouble->reason : std::string();
    const bool news = first || !poll.lines.empty() || poll.ended || now_in_trouble != trouble || source.past_backlog() != past_backlog;
    trouble = now_in_trouble;
    past_backlog = source.past_backlog();
    const bool ended = poll.ended;
    if (news && !put({index, std::move(poll), source.cursor(), past_backlog})) return;
    if (ended) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

bool Feeds::put(Arrival arrival) {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [&] { return stopping_ || waiting_[arrival.source] < kMostWaiting; });
  if (stopping_) return false;
  ++waiting_[arrival.source];
  queue_.push_back(std::move(arrival));
  came_.notify_all();
  return true;
}

std::optional<Arrival> Feeds::next(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, wait, [&] { return woken_ || !queue_.empty(); });
  woken_ = false;
  if (queue_.empty()) return std::nullopt;
  Arrival arrival = std::move(queue_.front());
  queue_.pop_front();
  --waiting_[arrival.source];
  taken_.notify_all();
  return arrival;
}

void Feeds::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  came_.notify_all();
}

bool Feeds::more_waits() const {
  const std::lock_guard lock(mutex_);
  return !queue_.empty();
}

}  // namespace tunnelscope::live
