// Which events of a log group have been given, and what is to be read next so that none is missed and none is given twice.
//
// Events reach the service late and out of order, so what was read is read again: the last minutes in every round (a near round), all of the
// horizon every ten minutes and after each start (a far round). What is in a round and was given before is told by
//   - its time of ingestion: what came in a quarter of an hour before a far round began was given by the end of that round, and
//   - its id: of everything that came in later, the ids are kept.
// So what has to be remembered depends on how much comes in, not on how far back is read. Events of a round come in the order of their time,
// so a round that a crash cut off goes on at the time of the last event given.
//
// So much may come in that the ids are too many: then those of what came in first are dropped, and it counts as given when the round ends.
//
// In: the clock, the stamps of events, the cursor of an earlier process. Out: ranges to read, whether an event is new, the cursor.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <tl/expected.hpp>

#include "diag/time.hpp"
#include "src/live/aws/log_events.hpp"

namespace tunnelscope::live {

class EventLedger {
 public:
  static constexpr diag::Duration kNear = 10 * diag::kMinute;         // how far back a near round reads
  static constexpr diag::Duration kFarEvery = 10 * diag::kMinute;
  static constexpr diag::Duration kUnsettled = 15 * diag::kMinute;    // two clocks' difference (AWS refuses more than 5 min), and delay until events show
  static constexpr std::size_t kMostIds = 100'000;

  // Nothing older than `from` is given; far rounds reach `horizon` back.
  EventLedger(diag::Time from, diag::Duration horizon) : from_(from), horizon_(horizon) {}
  // Empty: the cursor is damaged.
  static std::optional<EventLedger> from_cursor(std::string_view cursor, diag::Duration horizon);

  // Begins a round, or goes on with one; gives the time from which to read. Precondition: not in a round, unless from_cursor() left one.
  diag::Time begin(diag::Time now);
  bool is_new(const EventStamp& event) const;
  void give(const EventStamp& event);  // precondition: is_new, and in a round
  void end(diag::Time now);            // the round has been read to its end, and all that was new in it given

  bool in_round() const { return round_.has_value(); }
  bool has_read_all() const { return far_began_ != diag::kNoTime; }  // a far round has come to its end
  std::uint64_t given() const { return given_; }                     // events, since the first start
  diag::Time from() const { return from_; }
  std::string cursor() const;

 private:
  struct Round {
    bool far = false, resumed = false;
    diag::Time began = 0;                    // by this machine's clock
    diag::Time at = diag::kNoTime;           // of the last event given in it
    diag::Time forgotten = diag::kNoTime;    // ids of what came in up to here have been dropped: settled when the round ends
  };
  struct When {
    diag::Time time, ingested;
  };

  diag::Time reached_back(diag::Time now, diag::Duration distance) const;
  bool is_far_due(diag::Time now) const;
  diag::Time settled_by(const Round& round) const;
  void forget();
  void resume(const Round& round);

  diag::Time from_;
  diag::Duration horizon_;
  diag::Time newest_ = diag::kNoTime;     // time of the newest event given
  diag::Time newest_ingested_ = diag::kNoTime;
  diag::Time settled_ = diag::kNoTime;    // what came in up to here was given
  diag::Time far_began_ = diag::kNoTime;  // the last far round that ended
  bool far_since_start_ = false;          // one has ended in this process
  diag::Duration far_took_ = 0;           // the last one that began and ended in this process
  std::uint64_t given_ = 0;
  std::optional<Round> round_;
  std::unordered_map<std::uint64_t, When> ids_;
};

}  // namespace tunnelscope::live
