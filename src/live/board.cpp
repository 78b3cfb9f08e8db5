#include "src/live/board.hpp"

#include <utility>

namespace tunnelscope::live {

void Board::publish(std::shared_ptr<const Snapshot> snapshot) {
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::move(snapshot);
  }
  changed_.notify_all();
}

std::shared_ptr<const Snapshot> Board::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::shared_ptr<const Snapshot> Board::newer_than(std::uint64_t version, std::chrono::milliseconds wait) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [&] { return closed_ || (newest_ && newest_->version > version); });
  return newest_;
}

void Board::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool Board::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace tunnelscope::live
