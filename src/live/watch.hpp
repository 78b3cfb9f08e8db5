// The engine of `watch` and `serve`: takes what sources give, keeps it, asks for a diagnosis whenever something happened, and tells what changed.
// In: sources, a database, a way to a verdict. Out: Snapshots on a Board, changes of episodes to an Outbox. One thread runs it and owns the
// database; what each step makes is stored in one transaction, and delivered only after that.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diag/alerts.hpp"
#include "src/live/board.hpp"
#include "src/live/clock.hpp"
#include "src/live/courier.hpp"
#include "src/live/database.hpp"
#include "src/live/feeds.hpp"
#include "src/live/journal.hpp"
#include "src/live/outbox.hpp"
#include "src/live/pulse.hpp"
#include "src/live/trace.hpp"

namespace tunnelscope::live {

struct WatchOptions {
  JournalLimits journal;
  diag::Duration stable = 5 * diag::kMinute;        // as AlertOptions::stable
  diag::Duration stale_after = 15 * diag::kMinute;  // without a record, or so far behind the machine's clock
  diag::Duration routine_every = diag::kMinute;     // routine changes counts and times, which are seen again so often
  bool wants_health = false;                        // somebody waits for the tunnels to have been well for long enough: time alone counts as routine
  std::string tunnel;                               // --tunnel
};

// What the watch asks of the world and of the way to a verdict.
struct WatchDoors {
  // What diagnose says of these inputs at that instant, ready to be shown.
  std::function<std::shared_ptr<const report::Document>(std::vector<input::OpenInput> inputs, diag::Time now)> diagnose;
  std::function<diag::Time()> machine_clock;
  std::function<diag::Duration()> steady_clock;  // counts on, whatever happens to the machine's clock
};

class Watch {
 public:
  // All references must outlive it. `names`: of the sources as the user gave them, under which cursors and lines are kept.
  Watch(const std::vector<std::string>& names, std::vector<std::unique_ptr<Source>> sources, Database& database, const diag::Classifier& classifier, WatchOptions options,
        WatchDoors doors, std::vector<std::shared_ptr<const Receiver>> receivers, CourierOptions courier, Board& board);
  ~Watch();

  // The cursor that a source of this name had when the database was last written; empty: none. Makes the tables.
  static tl::expected<std::map<std::string, std::string>, DatabaseFault> cursors(Database& database);

  // Takes what has come, waiting at most so long for it, and does what follows from it. False: all sources are at their end, and all is done.
  bool round(std::chrono::milliseconds wait);

  // Changes of episodes since the last call.
  std::vector<diag::AlertChange> take_changes() { return std::exchange(changes_, {}); }

  // Stores what there is, and tries what waits for receivers, again and again, for so long. Out: the receivers that did not take all.
  std::vector<ReceiverStatus> stop(std::chrono::milliseconds limit);

 private:
  struct Feed {
    SourceStatus status;
    std::string cursor;
    diag::Duration last_news = 0;  // by the steady clock
    diag::Time began = diag::kNoTime;  // when what it held first had been read; kNoTime: it has not been
  };

  void load();
  void load_feed(Feed& feed, diag::Time machine);
  void forget_unnamed();
  void take(Arrival arrival);
  void take_lines(Feed& feed, const Lines& lines);
  bool all_ended() const;
  bool may_step() const;
  void tick();
  bool catch_up();
  bool has_begun() const;
  std::vector<std::string> unread() const;
  bool is_new(const Feed& feed) const { return feed.began == diag::kNoTime; }
  diag::AlertOptions asked() const;
  void step(diag::Time now);
  void take(diag::Alerts alerts);
  void settle_and_store();
  void settle_unstored();
  std::vector<ReceiverStatus> undelivered();
  void show_what_was_kept();
  void tell_state_trouble();
  std::vector<diag::StaleSource> stale_sources() const;
  bool store();
  void deliver();
  void publish();

  Database& database_;
  WatchOptions options_;
  WatchDoors doors_;
  std::vector<std::shared_ptr<const Receiver>> receivers_;
  std::vector<const Receiver*> told_receivers_;  // the same
  Board& board_;
  PulseReader pulses_;
  Journal journal_;
  Outbox outbox_;
  std::vector<Feed> feeds_status_;
  LogClock clock_;
  Totals totals_;
  diag::Time began_ = diag::kNoTime;     // the first of the feeds; kNoTime: the backlog is being read
  diag::Told told_;
  diag::Time due_ = diag::kNoTime;       // when to step though nothing happened
  bool dirty_ = false;                   // something happened since the last step
  bool unseen_ = false;                  // lines came since then
  bool unstored_ = false;
  std::vector<diag::Alerts> to_store_;
  std::vector<Attempt> attempts_;
  std::vector<diag::AlertChange> changes_;
  std::shared_ptr<const report::Document> document_;
  Trace trace_;
  std::optional<diag::Time> owed_;       // since when, as told from memory before a crash: the outbox does not know of it yet
  std::string state_trouble_;            // why the database cannot be written; empty: it can
  diag::Duration troubled_since_ = 0;    // by the steady clock
  diag::Time stored_until_ = diag::kNoTime;  // told_.until as it was stored last
  struct Unstored {
    Due due;
    diag::Time next_try = 0;
    bool given_out = false;
  };
  std::vector<Unstored> unstored_dues_;  // that the state cannot be written, for receivers; the outbox gets them when it can
  std::uint64_t version_ = 0;
  diag::Duration step_took_ = 0, stepped_at_ = 0, published_at_ = 0;
  std::vector<std::string> was_stale_;
  std::unique_ptr<Courier> courier_;
  std::unique_ptr<Feeds> feeds_;         // last: its threads end first
};

}  // namespace tunnelscope::live
