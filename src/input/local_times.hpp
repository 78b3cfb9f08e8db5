// Records of sessions whose only time is that of a clock on the wall ("2026/03/01 02:00:05", "Mar 01 02:30:00").
// In: such records; and, of the same input, pairs of what that clock showed and the instant it was, as records tell that state
// both. Out: the records with their instants. Those that come before the first pair wait for it; without any, or when too many
// wait, the clock is taken to show UTC.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "diag/record.hpp"

namespace tunnelscope::input {

class LocalTimes {
 public:
  struct Waiting {
    diag::SessionRecord record;  // its views are into `texts`
    std::string texts;
    std::uint64_t line = 0;
  };

  void begin_input();
  void see(diag::Time local, bool yearless, diag::Time instant);  // passed over when the two differ as no zone does
  bool knows() const { return near_ != diag::kNoTime; }
  bool may_wait() const { return !knows() && !full_; }  // false once too many waited: order stays that of the input

  // Gives the time of the record, which is local, its zone and year. Precondition: knows().
  void settle(diag::SessionRecord& record) const;
  void wait(const diag::SessionRecord& record, std::uint64_t line);
  // Those that have waited, in their order; settled when that is possible now.
  std::deque<Waiting> release();

 private:
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20;

  diag::Duration ahead_ = 0;         // of UTC, as seen last
  diag::Duration to_year_ = 0;       // what leads from the year 2000 to that of the last time without a year
  diag::Time near_ = diag::kNoTime;  // when that was
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace tunnelscope::input
