// Tested by live_outbox_test.cpp.
#include "src/live/outbox.hpp"

#include <algorithm>
#include <limits>

#include "diag/findings.hpp"
#include "src/live/alert_document.hpp"

namespace tunnelscope::live {
namespace {

using diag::Time;

// `done_at`: when the receiver took it, or it was given up; null: it waits. What is done keeps its id, so that it is not sent anew.
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS told (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS episode (key TEXT PRIMARY KEY, stored TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS past_episode (key TEXT, start INTEGER, recovered INTEGER NOT NULL, PRIMARY KEY (key, start)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS delivery (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, receiver TEXT NOT NULL,"
    " key TEXT NOT NULL, change TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL DEFAULT 0, done_at INTEGER);"
    "CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (receiver, key, seq) WHERE done_at IS NULL;"
    "CREATE TABLE IF NOT EXISTS receiver (name TEXT PRIMARY KEY, delivered INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,"
    " refused INTEGER NOT NULL DEFAULT 0, trouble TEXT NOT NULL DEFAULT '') WITHOUT ROWID;";

constexpr const char* kDropOldest =
    "DELETE FROM delivery WHERE done_at IS NOT NULL AND seq <= (SELECT max(seq) FROM delivery) - 20000;";

}  // namespace

std::string delivery_id(std::string_view change_id, std::string_view receiver) { return diag::fingerprint(change_id, receiver); }

Outbox::Outbox(Database& database) : database_(database) {
  database_.begin();
  database_.run(kTables);
  database_.run("UPDATE delivery SET next_try = 0 WHERE done_at IS NULL;");
  static_cast<void>(database_.commit());  // on a full disk what waits keeps its time
}

// The machine's clock, as if it had never been set back: nobody waits longer for that.
Time Outbox::forward(Time now) {
  if (last_now_ != diag::kNoTime && now < last_now_) set_back_ += last_now_ - now;
  last_now_ = now;
  return now + set_back_;
}

diag::Told Outbox::told() {
  diag::Told told;
  for (Statement s = database_.prepare("SELECT until FROM told"); s.step();) told.until = s.integer(0);
  for (Statement s = database_.prepare("SELECT stored FROM episode ORDER BY key"); s.step();)
    if (auto episode = stored_episode(s.text(0))) told.open.push_back(std::move(*episode));
  for (Statement s = database_.prepare("SELECT key, start, recovered FROM past_episode ORDER BY key, start"); s.step();)
    told.over.push_back({s.text(0), s.integer(1), s.integer(2)});
  return told;
}

void Outbox::put(const diag::Alerts& alerts, const std::vector<const Receiver*>& receivers) {
  keep(alerts.told);
  if (!alerts.changes.empty()) quiet_until_ = diag::kNoTime;
  for (const diag::AlertChange& change : alerts.changes)
    for (const Receiver* receiver : receivers) add(change, *receiver);
}

void Outbox::keep(const diag::Told& now) {
  const diag::Told before = told();
  database_.prepare("INSERT INTO told VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET until = excluded.until").bind(now.until).run();
  if (before.open != now.open) {
    database_.run("DELETE FROM episode;");
    for (const diag::Episode& e : now.open) database_.prepare("INSERT INTO episode VALUES (?, ?)").bind(e.key).bind(stored(e)).run();
  }
  if (before.over != now.over) {
    database_.run("DELETE FROM past_episode;");
    for (const diag::PastEpisode& p : now.over)
      database_.prepare("INSERT OR REPLACE INTO past_episode VALUES (?, ?, ?)").bind(p.key).bind(p.start).bind(p.recovered).run();
  }
}

void Outbox::add(const diag::AlertChange& change, const Receiver& receiver) {
  database_.prepare("INSERT OR IGNORE INTO delivery (id, receiver, key, change) VALUES (?, ?, ?, ?)")
      .bind(delivery_id(change.id, receiver.name()))
      .bind(receiver.name())
      .bind(change.episode.key)
      .bind(stored(change))
      .run();
}

std::vector<Due> Outbox::take(Time machine_now, std::size_t most) {
  std::vector<Due> list;
  const Time now = forward(machine_now);
  if (now < quiet_until_) return list;
  quiet_until_ = std::numeric_limits<Time>::max();
  std::map<std::string, std::size_t> given;  // by receiver
  Statement s = database_.prepare(
      "SELECT min(seq), id, receiver, change, attempts, next_try FROM delivery WHERE done_at IS NULL GROUP BY receiver, key ORDER BY 1");
  while (s.step()) {
    if (given_out_.contains(s.text(1))) continue;
    const bool is_due = s.integer(5) <= now;
    if (!is_due || given[s.text(2)] >= most) {
      quiet_until_ = std::min(quiet_until_, is_due ? now : s.integer(5));
      continue;
    }
    auto change = stored_change(s.text(3));
    if (!change) continue;
    ++given[s.text(2)];
    list.push_back({s.text(2), {s.text(1), std::move(*change), false}, static_cast<std::uint32_t>(s.integer(4))});
    given_out_.insert(s.text(1));
  }
  return list;
}

std::vector<Due> Outbox::repeats(const diag::Told& told, const std::vector<const Receiver*>& receivers, Time machine_now) {
  std::vector<Due> list;
  const Time now = forward(machine_now);
  if (now < next_repeat_) return list;
  next_repeat_ = diag::kNoTime;
  for (const Receiver* receiver : receivers) {
    if (!receiver->repeat()) continue;
    const diag::Duration every = std::chrono::milliseconds(*receiver->repeat()).count();
    for (const diag::Episode& e : told.open) {
      Statement waiting = database_.prepare("SELECT 1 FROM delivery WHERE done_at IS NULL AND receiver = ? AND key = ? LIMIT 1");
      if (waiting.bind(receiver->name()).bind(e.key).step()) continue;
      const auto [last, is_new] = last_repeat_.try_emplace({receiver->name(), e.key}, now - every);
      if (now - last->second >= every) {
        last->second = now;
        constexpr auto kOpened = diag::ChangeKind::Opened;
        const diag::AlertChange change{diag::change_id(e.key, e.start, kOpened, e.start), kOpened, e.start, e};
        list.push_back({receiver->name(), {delivery_id(change.id, receiver->name()), change, true}, 0});
      }
      if (const Time next = last->second + every; next_repeat_ == diag::kNoTime || next < next_repeat_) next_repeat_ = next;
    }
  }
  std::erase_if(last_repeat_, [&](const auto& entry) {
    return std::none_of(told.open.begin(), told.open.end(), [&](const diag::Episode& e) { return e.key == entry.first.second; });
  });
  return list;
}

void Outbox::settle(const std::vector<Attempt>& attempts, Time now) {
  if (!attempts.empty()) quiet_until_ = diag::kNoTime;
  for (const Attempt& a : attempts) {
    count(a);
    if (a.repeated) continue;
    given_out_.erase(a.delivery_id);
    if (a.outcome == Outcome::Failed) {
      database_.prepare("UPDATE delivery SET attempts = attempts + 1, next_try = ? WHERE id = ?")
          .bind(a.next_try)
          .bind(a.delivery_id)
          .run();
    } else {
      database_.prepare("UPDATE delivery SET attempts = attempts + 1, done_at = ?, change = '' WHERE id = ?")
          .bind(now)
          .bind(a.delivery_id)
          .run();
    }
  }
  if (!attempts.empty()) database_.run(kDropOldest);
}

void Outbox::count(const Attempt& a) {
  database_.prepare("INSERT OR IGNORE INTO receiver (name) VALUES (?)").bind(a.receiver).run();
  database_.prepare("UPDATE receiver SET delivered = delivered + ?, failed = failed + ?, refused = refused + ?, trouble = ? WHERE name = ?")
      .bind(std::int64_t{a.outcome == Outcome::Delivered && !a.repeated})
      .bind(std::int64_t{a.outcome != Outcome::Delivered})
      .bind(std::int64_t{a.outcome == Outcome::Refused && !a.repeated})
      .bind(a.reason)
      .bind(a.receiver)
      .run();
}

Time Outbox::next_due(Time machine_now) {
  const Time now = forward(machine_now);
  Time next = next_repeat_;
  Statement s = database_.prepare("SELECT min(seq), id, next_try FROM delivery WHERE done_at IS NULL GROUP BY receiver, key");
  while (s.step())
    if (!given_out_.contains(s.text(1)) && (next == diag::kNoTime || s.integer(2) < next)) next = s.integer(2);
  return next == diag::kNoTime ? next : std::max(next, now) - set_back_;
}

std::vector<ReceiverStatus> Outbox::status(const std::vector<const Receiver*>& receivers) {
  std::vector<ReceiverStatus> list;
  for (const Receiver* receiver : receivers) {
    ReceiverStatus status;
    status.name = receiver->name();
    Statement counts = database_.prepare("SELECT delivered, failed, refused, trouble FROM receiver WHERE name = ?");
    if (counts.bind(receiver->name()).step()) {
      status.delivered = static_cast<std::uint64_t>(counts.integer(0));
      status.failed_attempts = static_cast<std::uint64_t>(counts.integer(1));
      status.refused = static_cast<std::uint64_t>(counts.integer(2));
      status.trouble = counts.text(3);
    }
    Statement waiting = database_.prepare("SELECT count(*) FROM delivery WHERE done_at IS NULL AND receiver = ?");
    if (waiting.bind(receiver->name()).step()) status.waiting = static_cast<std::uint64_t>(waiting.integer(0));
    list.push_back(std::move(status));
  }
  return list;
}

}  // namespace tunnelscope::live
