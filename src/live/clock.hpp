// The log's clock: the time of the newest record, and what a steady clock has counted since it came. In: times of records, a steady clock's
// readings. Out: now, which never goes back. A record from the future moves it no further than the machine's clock allows.
#pragma once
#include <algorithm>

#include "diag/time.hpp"

namespace tunnelscope::live {

class LogClock {
 public:
  static constexpr diag::Duration kAhead = 5 * diag::kMinute;  // clocks of two machines may differ by so much

  void see(diag::Time record, diag::Time machine_now, diag::Duration steady) {
    const diag::Time believed = std::min(record, machine_now + kAhead);
    if (believed <= newest_) return;
    newest_ = believed;
    seen_at_ = steady;
  }
  // Of the newest record; kNoTime: there was none.
  diag::Time newest() const { return newest_; }

  diag::Time now(diag::Duration steady) {
    if (newest_ == diag::kNoTime) return diag::kNoTime;
    return told_ = std::max(told_, newest_ + std::max<diag::Duration>(0, steady - seen_at_));
  }
  // What was told last: an instant of a step must not be before it.
  diag::Time told() const { return told_; }
  void tell(diag::Time time) { told_ = std::max(told_, time); }

  // As it stood when it was stored; `passed` since then.
  void restore(diag::Time newest, diag::Time told, diag::Duration passed, diag::Duration steady) {
    newest_ = newest;
    told_ = told;
    seen_at_ = steady - std::max<diag::Duration>(0, passed) - std::max<diag::Duration>(0, told - newest);
  }

 private:
  diag::Time newest_ = diag::kNoTime, told_ = diag::kNoTime;
  diag::Duration seen_at_ = 0;
};

}  // namespace tunnelscope::live
