// Work on things that have nothing to do with each other, on several threads.
#pragma once
#include <atomic>
#include <cstddef>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace tunnelscope::diag {

// Calls use(i) for each i below `count`, on so many threads; what one of them throws is thrown again.
template <class Use>
void on_threads(std::size_t count, unsigned threads, const Use& use) {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> errors(std::max(1U, threads));
  const auto work = [&](std::size_t worker) {
    try {
      for (std::size_t i = next++; i < count; i = next++) use(i);
    } catch (...) {
      errors[worker] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  try {
    for (std::size_t worker = 1; worker < errors.size() && worker < count; ++worker) others.emplace_back(work, worker);
  } catch (const std::system_error&) {
    // No more threads are to be had here: those that there are do everything.
  }
  work(0);
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace tunnelscope::diag
