// What a watch knows, for those who show it: terminal, metrics, live page. In: a Snapshot a step. Out: the newest one, to any number of
// threads, none of which makes the watch wait.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "diag/alerts.hpp"
#include "src/live/sources/source.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::live {

struct SourceStatus {
  std::string name;
  std::optional<Trouble> trouble;
  std::uint64_t records = 0;           // read since the watch began
  diag::Time newest = diag::kNoTime;   // of its records
  bool past_backlog = false, ended = false;
};

// How many deliveries there were to a receiver.
struct ReceiverStatus {
  std::string name;                    // as given, without secrets
  std::uint64_t delivered = 0, failed_attempts = 0, waiting = 0;
  std::uint64_t refused = 0;           // given up: the receiver will never take them
  std::string trouble;                 // of the last attempt; empty: it went well
};

// Counted since the state was first made; they never fall.
struct Totals {
  std::uint64_t records = 0, unrecognised = 0, skipped = 0, duplicates = 0, too_late = 0, dropped = 0;
  std::uint64_t steps = 0;
};

// Does not change once it is on the board.
struct Snapshot {
  std::uint64_t version = 0;           // rises with each that differs
  diag::Time now = diag::kNoTime;      // the log's clock
  diag::Time machine_now = diag::kNoTime;
  diag::Time began = diag::kNoTime;
  std::shared_ptr<const report::Document> document;  // cleaned; never null
  std::vector<SourceStatus> sources;
  std::vector<diag::Episode> open;     // episodes that last
  std::vector<ReceiverStatus> receivers;
  Totals totals;
  std::string stale;                   // why nothing here may be taken for the present; empty: it may
  std::string stale_kind;              // the same in a word or two that change only with the reason: "late", "state", a trouble's kind
  double step_seconds = 0;             // what the last step took
};

class Board {
 public:
  void publish(std::shared_ptr<const Snapshot> snapshot);
  std::shared_ptr<const Snapshot> newest() const;  // null before the first
  // Waits until there is one newer than `version`, or the time is over, or close() was called: then the newest all the same.
  std::shared_ptr<const Snapshot> newer_than(std::uint64_t version, std::chrono::milliseconds wait) const;
  void close();  // nobody waits any longer
  bool closed() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::shared_ptr<const Snapshot> newest_;
  bool closed_ = false;
};

}  // namespace tunnelscope::live
