// The sources of a watch, each followed on a thread of its own, so that a slow one holds up no other. In: sources. Out: what came, in the order
// of arrival, with the cursor behind it. A source whose arrivals are not taken is not asked on: memory is bounded.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "src/live/sources/source.hpp"

namespace tunnelscope::live {

struct Arrival {
  std::size_t source = 0;  // index
  Poll poll;
  std::string cursor;      // behind poll.lines
  bool past_backlog = false;
};

class Feeds {
 public:
  explicit Feeds(std::vector<std::unique_ptr<Source>> sources);
  ~Feeds();  // waits until no source is being asked any more

  // The next arrival; none within `wait`, or wake() was called.
  std::optional<Arrival> next(std::chrono::milliseconds wait);
  void wake();  // from any thread
  bool more_waits() const;  // something has come that was not taken

 private:
  void follow(std::size_t index);
  bool put(Arrival arrival);

  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::size_t> waiting_;  // arrivals of each source in the queue
  std::deque<Arrival> queue_;
  mutable std::mutex mutex_;
  std::condition_variable came_, taken_;
  bool woken_ = false, stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tunnelscope::live
