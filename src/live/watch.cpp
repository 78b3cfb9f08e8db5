#include "src/live/watch.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace tunnelscope::live {
namespace {

constexpr diag::Duration kCheapStep = 20;               // ms; steps that cost more come less often while much is to be read
constexpr diag::Duration kAtLeastEvery = diag::kHour;   // by the log's clock, for what time alone brings about
constexpr diag::Duration kPresent = 30 * diag::kSecond;  // a record so young is no backlog, whatever its source says
constexpr diag::Duration kPublishEvery = diag::kSecond;
constexpr diag::Duration kTryAgain = diag::kSecond;     // the database
constexpr std::chrono::milliseconds kLastLook{20};      // at the end, for what became of deliveries
constexpr diag::Duration kTroubleLasts = 10 * diag::kSecond;  // from then on receivers are told that it cannot be written
constexpr const char* kState = "--state";               // as a source of watch-stale
constexpr std::string_view kMetaTables =
    "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS cursor(source TEXT PRIMARY KEY, value TEXT NOT NULL, newest INTEGER NOT NULL, news INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS began(source TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT;";

diag::Time second_of(diag::Time time) { return time - ((time % diag::kSecond) + diag::kSecond) % diag::kSecond; }

class Meta {
 public:
  explicit Meta(Database& database) : database_(database) {}
  std::int64_t get(std::string_view name, std::int64_t otherwise) {
    Statement row = database_.prepare("SELECT value FROM meta WHERE name = ?");
    return row.bind(name).step() ? row.integer(0) : otherwise;
  }
  void set(std::string_view name, std::int64_t value) {
    database_.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)").bind(name).bind(value).run();
  }

 private:
  Database& database_;
};

struct Counted {
  std::string_view name;
  std::uint64_t Totals::*value;
};
constexpr Counted kCounted[] = {
    {"records", &Totals::records},       {"unrecognised", &Totals::unrecognised}, {"skipped", &Totals::skipped},
    {"duplicates", &Totals::duplicates}, {"too-late", &Totals::too_late},         {"dropped", &Totals::dropped},
    {"steps", &Totals::steps},
};

std::vector<std::string> names_of(const std::vector<diag::StaleSource>& stale) {
  std::vector<std::string> names;
  for (const diag::StaleSource& one : stale) names.push_back(one.name);
  return names;
}

std::string joined(const std::vector<diag::StaleSource>& stale) {
  std::string text;
  for (const diag::StaleSource& one : stale) text += (text.empty() ? "" : "; ") + one.reason;
  return text;
}

}  // namespace

tl::expected<std::map<std::string, std::string>, DatabaseFault> Watch::cursors(Database& database) {
  std::map<std::string, std::string> found;
  database.begin();
  database.run(kMetaTables);
  {
    Statement rows = database.prepare("SELECT source, value FROM cursor");
    while (rows.step()) found.emplace(rows.text(0), rows.text(1));
  }
  if (auto made = database.commit(); !made) return tl::unexpected(made.error());
  return found;
}

Watch::Watch(const std::vector<std::string>& names, std::vector<std::unique_ptr<Source>> sources, Database& database,
             const diag::Classifier& classifier, WatchOptions options, WatchDoors doors, std::vector<std::shared_ptr<const Receiver>> receivers, CourierOptions courier, Board& board)
    : database_(database), options_(std::move(options)), doors_(std::move(doors)), receivers_(std::move(receivers)), board_(board),
      pulses_(classifier, options_.tunnel), journal_(database, options_.journal), outbox_(database), trace_(database.path()), owed_(trace_.left()) {
  for (const auto& receiver : receivers_) told_receivers_.push_back(receiver.get());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    Feed feed;
    feed.status.name = names[i];
    feed.cursor = sources[i]->cursor();
    feed.last_news = doors_.steady_clock();
    feeds_status_.push_back(std::move(feed));
  }
  load();
  unstored_ = true;
  store();  // where the sources' backlog ends, before anything is read
  feeds_ = std::make_unique<Feeds>(std::move(sources));
  courier_ = std::make_unique<Courier>(receivers_, std::move(courier), [this] { feeds_->wake(); });
}

Watch::~Watch() {
  courier_.reset();
  feeds_.reset();
}

void Watch::load() {
  database_.begin();
  database_.run(kMetaTables);
  journal_.load();
  told_ = outbox_.told();
  stored_until_ = told_.until;
  Meta meta(database_);
  began_ = meta.get("began", diag::kNoTime);
  const diag::Time newest = meta.get("newest", diag::kNoTime);
  const diag::Time machine = doors_.machine_clock();
  if (newest != diag::kNoTime)
    clock_.restore(newest, meta.get("told", newest), machine - meta.get("stored", machine), doors_.steady_clock());
  for (const Counted& one : kCounted) totals_.*one.value = static_cast<std::uint64_t>(meta.get(one.name, 0));
  for (Feed& feed : feeds_status_) load_feed(feed, machine);
  forget_unnamed();
  if (auto loaded = database_.commit(); !loaded) {
    state_trouble_ = loaded.error().reason;
    troubled_since_ = doors_.steady_clock();
  }
  dirty_ = unseen_ = began_ != diag::kNoTime;
}

void Watch::load_feed(Feed& feed, diag::Time machine) {
  Statement row = database_.prepare("SELECT newest, news FROM cursor WHERE source = ?");
  if (!row.bind(std::string_view(feed.status.name)).step()) return;
  feed.status.newest = row.integer(0);  // a source that was silent is silent still
  feed.last_news = doors_.steady_clock() - std::max<diag::Duration>(0, machine - row.integer(1));
  Statement began = database_.prepare("SELECT time FROM began WHERE source = ?");
  feed.began = began.bind(std::string_view(feed.status.name)).step() ? began.integer(0) : began_;
}

// An input that is named no longer is not watched: nothing of it is kept. What it showed is told as over by the next step.
void Watch::forget_unnamed() {
  const auto is_named = [&](const std::string& source) {
    return std::any_of(feeds_status_.begin(), feeds_status_.end(), [&](const Feed& feed) { return feed.status.name == source; });
  };
  std::vector<std::string> sources = journal_.sources();
  for (Statement rows = database_.prepare("SELECT source FROM cursor"); rows.step();) sources.push_back(rows.text(0));
  for (const std::string& source : sources) {
    if (is_named(source)) continue;
    journal_.forget(source);
    for (const std::string_view sql : {"DELETE FROM cursor WHERE source = ?", "DELETE FROM began WHERE source = ?"})
      database_.prepare(sql).bind(std::string_view(source)).run();
  }
}

bool Watch::round(std::chrono::milliseconds wait) {
  if (!state_trouble_.empty() && !store()) {  // nothing more is taken before what there is has been kept
    settle_unstored();
    if (document_ == nullptr) show_what_was_kept();
    tell_state_trouble();
    deliver();
    publish();
    std::this_thread::sleep_for(std::min(wait, std::chrono::milliseconds(kTryAgain)));
    return true;
  }
  auto arrival = feeds_->next(wait);
  if (arrival) take(std::move(*arrival));
  tick();
  settle_and_store();
  deliver();
  publish();
  return !all_ended() || feeds_->more_waits();
}

void Watch::take(Arrival arrival) {
  Feed& feed = feeds_status_[arrival.source];
  feed.status.trouble = arrival.poll.trouble;
  feed.status.past_backlog = feed.status.past_backlog || arrival.past_backlog;
  feed.status.ended = arrival.poll.ended;
  for (const Lines& lines : arrival.poll.lines) take_lines(feed, lines);
  if (feed.status.newest != diag::kNoTime && doors_.machine_clock() - feed.status.newest < kPresent) feed.status.past_backlog = true;
  feed.cursor = std::move(arrival.cursor);
  unstored_ = true;
}

// Lines go into the journal up to the first that begins a new second after something happened: then the second that is over is diagnosed.
void Watch::take_lines(Feed& feed, const Lines& lines) {
  const diag::Time machine = doors_.machine_clock();
  const diag::Duration steady = doors_.steady_clock();
  journal_.begin_file(feed.status.name, lines);
  const Pulse pulse = pulses_.read(feed.status.name, lines, lines.new_file ? std::string() : journal_.header_of(feed.status.name), machine);
  feed.status.records += pulse.records;
  feed.status.newest = std::max(feed.status.newest, pulse.newest);
  if (pulse.newest != diag::kNoTime) feed.last_news = steady;
  totals_.records += pulse.records;
  totals_.unrecognised += pulse.unrecognised;
  totals_.skipped += pulse.skipped;
  totals_.duplicates += pulse.duplicates;

  JournalWriter writer(journal_, feed.status.name, lines);
  const Moment* before = nullptr;
  for (const Moment& moment : pulse.moments) {
    const bool begins_line = before == nullptr || before->line != moment.line;  // a line may hold many records, and is written as a whole
    before = &moment;
    if (begins_line && has_begun() && dirty_ && second_of(moment.time) > second_of(clock_.newest()) && may_step()) {
      writer.up_to(moment.line);
      step(clock_.newest());
    }
    if (!is_new(feed) && clock_.newest() != diag::kNoTime && moment.time < clock_.newest() - options_.journal.horizon) ++totals_.too_late;
    clock_.see(moment.time, machine, steady);
    dirty_ = dirty_ || moment.matters;
    writer.saw(moment.time);
  }
  if (pulse.moments.empty()) dirty_ = true;  // what these lines are only shows with those around them
  writer.rest();
  unseen_ = true;
  if (clock_.newest() != diag::kNoTime) totals_.dropped += journal_.trim(clock_.newest());
}

bool Watch::all_ended() const {
  return std::all_of(feeds_status_.begin(), feeds_status_.end(), [](const Feed& f) { return f.status.ended; });
}

bool Watch::may_step() const {
  return step_took_ <= kCheapStep || doors_.steady_clock() - stepped_at_ >= 4 * step_took_;
}

// What time alone brings about, and the last second of what has come.
void Watch::tick() {
  if (catch_up() || !has_begun() || feeds_->more_waits()) return;
  const diag::Time now = std::max(clock_.now(doors_.steady_clock()), began_);
  const bool second_over = second_of(now) > second_of(clock_.newest());
  const bool is_due = (due_ != diag::kNoTime && now >= due_) || now >= told_.until + (unseen_ || options_.wants_health ? options_.routine_every : kAtLeastEvery);
  if ((dirty_ && second_over && may_step()) || (unseen_ && all_ended()) || ((is_due || names_of(stale_sources()) != was_stale_) && may_step())) step(now);
}

bool Watch::has_begun() const {
  return std::any_of(feeds_status_.begin(), feeds_status_.end(), [&](const Feed& feed) { return !is_new(feed); });
}

// The watch begins when all feeds have given what they held; a feed that is added later joins it when it has. True: one did, and a step was taken.
bool Watch::catch_up() {
  std::vector<Feed*> past;
  std::size_t waiting = 0;
  for (Feed& feed : feeds_status_) {
    if (!is_new(feed)) continue;
    const bool is_past = feed.status.past_backlog || feed.status.ended || feed.status.trouble;
    is_past ? past.push_back(&feed) : void(++waiting);
  }
  if (past.empty() || (!has_begun() && waiting > 0)) return false;
  const diag::Time newest = clock_.now(doors_.steady_clock());
  const diag::Time now = newest == diag::kNoTime ? doors_.machine_clock() : newest;
  if (began_ == diag::kNoTime) began_ = now;
  for (Feed* feed : past) feed->began = std::max(now, began_);
  step(std::max(now, began_));
  return true;
}

diag::AlertOptions Watch::asked() const {
  diag::AlertOptions options;
  options.began = began_;
  options.stable = options_.stable;
  std::set<std::string, std::less<>> named{kState};
  bool all_read = true;
  for (const Feed& feed : feeds_status_) {
    named.insert(feed.status.name);
    all_read = all_read && !is_new(feed);
    if (!is_new(feed) && feed.began != began_) options.began_of[feed.status.name] = feed.began;
  }
  if (all_read) options.watched = std::move(named);  // until then a new one may yet show what one that is gone has shown
  return options;
}

std::vector<std::string> Watch::unread() const {
  std::vector<std::string> names;
  for (const Feed& feed : feeds_status_)
    if (is_new(feed)) names.push_back(feed.status.name);
  return names;
}

void Watch::step(diag::Time now) {
  const diag::Duration before = doors_.steady_clock();
  clock_.tell(std::max(clock_.newest(), second_of(now)));  // whole seconds, so that the same records give the same report
  now = std::max(clock_.told(), began_);
  document_ = doors_.diagnose(journal_.inputs(unread()), now);
  const diag::AlertOptions options = asked();
  diag::Alerts alerts = diag::alerts_of(document_->report, told_, options);
  auto stale = stale_sources();
  if (owed_)
    stale.push_back({kState, *std::exchange(owed_, std::nullopt), "the state could not be written until the watch was started again", "see that there is room for it"});
  diag::tell_stale(alerts, stale, options);
  was_stale_ = names_of(stale);
  due_ = alerts.due;
  take(std::move(alerts));
  dirty_ = unseen_ = false;
  ++totals_.steps;
  ++version_;
  stepped_at_ = doors_.steady_clock();
  step_took_ = stepped_at_ - before;
  published_at_ = 0;
}

void Watch::take(diag::Alerts alerts) {
  told_ = alerts.told;
  changes_.insert(changes_.end(), alerts.changes.begin(), alerts.changes.end());
  to_store_.push_back(std::move(alerts));
  unstored_ = true;
}

// After a start that finds no room: the report as it stood last. Nothing is told by it.
void Watch::show_what_was_kept() {
  document_ = doors_.diagnose(journal_.inputs(unread()), clock_.told() == diag::kNoTime ? doors_.machine_clock() : std::max(clock_.told(), began_));
  ++version_;
}

// The state cannot be written, which no outbox can tell: receivers are told from memory. The id is made of what was stored last, and the
// outbox has the same delivery when the state can be written again: after a crash by the trace that is left first.
void Watch::tell_state_trouble() {
  const auto stale = stale_sources();
  const std::vector<std::string> names = names_of(stale);
  if (names == was_stale_ || names.empty() || names.back() != kState) return;
  diag::Alerts alerts;
  alerts.told = told_;
  diag::tell_stale(alerts, stale, asked());
  was_stale_ = names;
  for (const diag::AlertChange& change : alerts.changes) {
    if (change.episode.subject != fmt::format("watch/{}", kState)) continue;  // what else is stale waits for room
    trace_.leave(change.episode.start);
    for (const Receiver* receiver : told_receivers_)
      unstored_dues_.push_back({{receiver->name(), {delivery_id(change.id, receiver->name()), change, false}, 0}});
  }
  take(std::move(alerts));
}

// What became of deliveries while the state cannot be written: the outbox hears of it later, and of repeated ones not at all.
void Watch::settle_unstored() {
  for (Attempt& attempt : courier_->attempts()) {
    if (attempt.repeated) continue;
    const auto told = std::find_if(unstored_dues_.begin(), unstored_dues_.end(), [&](const Unstored& u) { return u.due.delivery.id == attempt.delivery_id; });
    if (told != unstored_dues_.end() && attempt.outcome == Outcome::Failed) {
      ++told->due.attempts;
      told->next_try = attempt.next_try;
      told->given_out = false;
    }
    attempts_.push_back(std::move(attempt));
  }
}

// The state, where it cannot be written, comes last.
std::vector<diag::StaleSource> Watch::stale_sources() const {
  std::vector<diag::StaleSource> stale;
  if (!has_begun()) return stale;
  const diag::Time machine = doors_.machine_clock();
  for (const Feed& feed : feeds_status_) {
    const diag::Duration silent = doors_.steady_clock() - feed.last_news;
    const diag::Duration behind = feed.status.newest == diag::kNoTime ? silent : machine - feed.status.newest;
    diag::StaleSource one{feed.status.name, feed.status.newest, {}, {}};
    if (feed.status.trouble) {
      one.reason = feed.status.trouble->reason;
      one.hint = feed.status.trouble->hint;
    } else if (std::max(silent, behind) > options_.stale_after) {
      one.reason = feed.status.newest == diag::kNoTime
                       ? fmt::format("{}: no record has come", feed.status.name)
                       : fmt::format("{}: the newest record is of {}", feed.status.name, diag::date_and_clock(feed.status.newest));
      one.hint = "see whether the log is still written, and whether it reaches this machine";
    } else {
      continue;
    }
    stale.push_back(std::move(one));
  }
  if (!state_trouble_.empty() && doors_.steady_clock() - troubled_since_ >= kTroubleLasts) {
    stale.push_back({kState, owed_.value_or(stored_until_), fmt::format("the state cannot be written: {}", state_trouble_),
                     "make room: nothing more is read before it can be kept, and nothing is lost that the sources still have"});
  }
  return stale;
}

bool Watch::store() {
  const diag::Time machine = doors_.machine_clock();
  const diag::Duration steady = doors_.steady_clock();
  database_.begin();
  journal_.save();
  for (const diag::Alerts& alerts : to_store_) outbox_.put(alerts, told_receivers_);
  outbox_.settle(attempts_, machine);
  for (const Feed& feed : feeds_status_)
    database_.prepare("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?)")
        .bind(std::string_view(feed.status.name)).bind(std::string_view(feed.cursor)).bind(feed.status.newest).bind(machine - (steady - feed.last_news))
        .run();
  for (const Feed& feed : feeds_status_)
    database_.prepare("INSERT OR REPLACE INTO began VALUES (?, ?)").bind(std::string_view(feed.status.name)).bind(feed.began).run();
  Meta meta(database_);
  if (began_ != diag::kNoTime) meta.set("began", began_);
  if (clock_.newest() != diag::kNoTime) {
    meta.set("newest", clock_.newest());
    meta.set("told", std::max(clock_.told(), clock_.newest()));
  }
  meta.set("stored", machine);
  for (const Counted& one : kCounted) meta.set(one.name, static_cast<std::int64_t>(totals_.*one.value));
  if (auto stored = database_.commit(); !stored) {
    if (state_trouble_.empty()) troubled_since_ = steady;
    state_trouble_ = stored.error().reason;
    return false;
  }
  if (!owed_) trace_.remove();
  journal_.saved();
  to_store_.clear();
  attempts_.clear();
  unstored_dues_.clear();
  stored_until_ = told_.until;
  state_trouble_.clear();
  unstored_ = false;
  return true;
}

void Watch::deliver() {
  const diag::Time machine = doors_.machine_clock();
  for (Unstored& one : unstored_dues_) {
    if (one.given_out || one.next_try > machine) continue;
    one.given_out = true;
    courier_->send({one.due});
  }
  if (state_trouble_.empty()) {
    if (auto due = outbox_.take(machine); !due.empty()) courier_->send(std::move(due));
  }
  if (auto again = outbox_.repeats(told_, told_receivers_, machine); !again.empty()) courier_->send(std::move(again));
}

void Watch::publish() {
  const diag::Duration steady = doors_.steady_clock();
  if (document_ == nullptr || (published_at_ != 0 && steady - published_at_ < kPublishEvery)) return;
  published_at_ = steady;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = version_;
  snapshot->now = std::max(clock_.now(steady), began_);
  snapshot->machine_now = doors_.machine_clock();
  snapshot->began = began_;
  snapshot->document = document_;
  for (const Feed& feed : feeds_status_) snapshot->sources.push_back(feed.status);
  snapshot->open = told_.open;
  snapshot->receivers = outbox_.status(told_receivers_);
  snapshot->totals = totals_;
  snapshot->stale = state_trouble_.empty() ? joined(stale_sources()) : fmt::format("the state cannot be written: {}", state_trouble_);
  for (const Feed& feed : feeds_status_)
    if (feed.status.trouble) snapshot->stale_kind += feed.status.trouble->kind + " ";
  if (!state_trouble_.empty()) snapshot->stale_kind += "state";
  if (snapshot->stale_kind.empty() && !snapshot->stale.empty()) snapshot->stale_kind = "late";
  snapshot->step_seconds = static_cast<double>(step_took_) / diag::kSecond;
  courier_->set_alive(snapshot->stale.empty());
  board_.publish(std::move(snapshot));
}

std::vector<ReceiverStatus> Watch::stop(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::vector<ReceiverStatus> left;
  while (settle_and_store(), left = undelivered(), !left.empty() && std::chrono::steady_clock::now() < end) {
    deliver();
    std::this_thread::sleep_for(kLastLook);
  }
  courier_->stop(std::chrono::milliseconds(0));
  settle_and_store();
  return left;
}

void Watch::settle_and_store() {
  if (!state_trouble_.empty() && !store()) return settle_unstored();
  for (Attempt& attempt : courier_->attempts()) {
    attempts_.push_back(std::move(attempt));
    unstored_ = true;
  }
  if (unstored_) store();
}

std::vector<ReceiverStatus> Watch::undelivered() {
  std::vector<ReceiverStatus> all = outbox_.status(told_receivers_);
  std::erase_if(all, [](const ReceiverStatus& one) { return one.waiting == 0; });
  return all;
}

}  // namespace tunnelscope::live
