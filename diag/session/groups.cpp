#include "diag/session/groups.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

#include "diag/fetch.hpp"
#include "diag/radix.hpp"
#include "diag/session/cases.hpp"
#include "diag/session/lists.hpp"
#include "diag/session_fields.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr std::size_t kRows = 5;
constexpr std::size_t kSteps = 60;
constexpr std::size_t kMostReasons = 50;

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::Open: return "open";
    case Outcome::Ended: return "ended";
    case Outcome::Failed: return "failed";
    case Outcome::Denied: return "denied";
    default: return "abandoned";
  }
}

// Counts what is different within one group: `seen` holds for each number the last group that it was counted for.
class Different {
 public:
  Different(std::vector<std::uint32_t>& seen, std::uint32_t group) : seen_(seen), group_(group) {}
  void see(std::uint32_t text) {
    if (text == 0) return;
    if (text >= seen_.size()) seen_.resize(text + std::size_t{1} + text / 2);
    if (seen_[text] != group_) ++count_;
    seen_[text] = group_;
  }
  std::size_t count() const { return count_; }

 private:
  std::vector<std::uint32_t>& seen_;
  std::uint32_t group_;
  std::size_t count_ = 0;
};

std::optional<std::int64_t> bytes(std::int64_t count) {
  return count < 0 ? std::nullopt : std::optional<std::int64_t>(count);
}

// Counters of records are whatever their writer put there: a sum stops at the most that it can say.
void add(std::optional<std::int64_t>& sum, std::int64_t count) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (count >= 0) sum = count > kMost - sum.value_or(0) ? kMost : sum.value_or(0) + count;
}

// How many sessions were open at once.
class OpenAtOnce {
 public:
  // A session that ends as soon as it begins is open in that moment.
  void see(Time start, Time end) {
    starts_.push_back(start);
    if (end >= start) ends_.push_back(std::max(end, start + 1));
  }

  // One sweep over starts and ends; an end comes before a start of the same moment.
  Concurrency written() {
    Concurrency c;
    if (starts_.empty()) return c;
    for (std::vector<Time>* times : {&starts_, &ends_}) sort_by_number(*times, [](Time time) { return time; });
    c.start = starts_.front();
    const Duration span = std::max(starts_.back(), ends_.empty() ? c.start : ends_.back()) - c.start;
    const Duration step = std::max<Duration>(kSecond, span / static_cast<Duration>(kSteps) + 1);
    c.step_s = static_cast<double>(step) / kSecond;
    c.most.assign(static_cast<std::size_t>(span / step) + 1, 0);
    std::uint32_t open = 0;
    std::size_t bucket = 0;
    Time bucket_end = c.start + step;
    const std::size_t steps = starts_.size() + ends_.size();
    for (std::vector<Time>* times : {&starts_, &ends_}) times->push_back(std::numeric_limits<Time>::max());
    for (std::size_t start = 0, end = 0; start + end < steps;) {
      const bool is_start = starts_[start] < ends_[end];  // nobody foresees which: no branch hangs on it
      const Time time = is_start ? starts_[start] : ends_[end];
      start += is_start ? 1 : 0;
      end += is_start ? 0 : 1;
      for (; time >= bucket_end; bucket_end += step) c.most[++bucket] = open;
      open = is_start ? open + 1 : open - std::min(open, 1U);
      c.most[bucket] = std::max(c.most[bucket], open);
      if (open > c.peak) c.peak = open, c.peak_at = time;
    }
    return c;
  }

 private:
  std::vector<Time> starts_, ends_;
};

// The sessions that a report lists: what was refused comes first, then the latest. Few more are kept than are listed.
class Listed {
  struct Row {
    std::uint32_t session;
    bool carried;
    Time time;
  };

  auto before() const {
    return [&](const Row& a, const Row& b) {
      if (a.carried != b.carried) return !a.carried;
      if (a.time != b.time) return a.time > b.time;
      const auto rank = [&](const Row& row) {
        const Session& s = log_->sessions[row.session];
        return std::tuple(s.start, s.duration, log_->text(log_->events[s.last_event].id), row.session);
      };
      return rank(a) < rank(b);
    };
  }

 public:
  Listed(const Log& log, std::size_t most) : log_(&log), most_(most) {}

  // Before the sessions are seen, the last of them from the last on: what comes before so many of these is not listed.
  void expect(const Session& s) {
    if (!s.carried() || expected_ == most_) return;
    earliest_ = expected_++ == 0 ? s.last_time : std::min(earliest_, s.last_time);
  }
  bool expects_more() const { return expected_ < most_; }

  void see(std::uint32_t session, const Session& s) {
    if (s.carried() && !expects_more() && s.last_time < earliest_) return;
    rows_.push_back({session, s.carried(), s.last_time});
    if (rows_.size() >= 4 * most_ + 1) keep_most();
  }
  // In order.
  std::vector<std::uint32_t> sessions() {
    keep_most();
    std::sort(rows_.begin(), rows_.end(), before());
    std::vector<std::uint32_t> list;
    for (const Row& row : rows_) list.push_back(row.session);
    return list;
  }

 private:
  void keep_most() {
    if (rows_.size() <= most_) return;
    std::nth_element(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(most_), rows_.end(), before());
    rows_.resize(most_);
  }

  const Log* log_;
  std::size_t most_, expected_ = 0;
  Time earliest_ = kNoTime;  // of those expected
  std::vector<Row> rows_;
};

// What the events of one group come to, while all events are looked at once.
struct Tally {
  SessionGroup group;
  std::vector<std::uint32_t> parties;  // that its records name, some several times
  std::uint32_t number = 0, name = 0;  // of the group among all names; a text
  std::vector<SessionReason> reasons;
};

// A value for each number that comes up in each group.
template <class Value>
class PerGroup {
 public:
  Value& operator()(std::uint32_t group, std::uint32_t number) {
    const std::uint32_t place = keys_.intern({group + 1, number});
    if (place > values_.size()) values_.emplace_back();
    return values_[place - 1];
  }
  // Calls use(group, value) for each.
  template <class Use>
  void for_each(const Use& use) {
    for (std::uint32_t i = 0; i < values_.size(); ++i) use(keys_[i + 1].group - 1, values_[i]);
  }

 private:
  struct Key {
    std::uint32_t group = 0, number = 0;  // groups from 1 on: no key says nothing
    bool operator==(const Key&) const = default;
  };
  Rows<Key> keys_;
  std::vector<Value> values_;
};

// What the formats themselves make necessary to say: facts/session-logs.md 1.1, 2.4, 3.1, 3.2, 4.1.
class Caveats {
 public:
  Caveats(const Log& log, const Intake& intake, const Classifier& classifier)
      : log_(log), stream_paused_(classifier.signal(kb::signal::kStreamPaused)), own_(intake.caveats()) {}

  // Every event, in order.
  void see(const SessionEvent& e) {
    Counters& c = counters_[static_cast<std::size_t>(system_of(e.dialect))];
    c.any = true;
    c.stated = c.stated || e.states_bytes;
    c.moved = c.moved || e.moved_bytes;
    if (e.text != last_text_ && e.dialect == Dialect::Pangolin && !c.bursts) c.bursts = log_.text(e.text).find("merged burst") != std::string_view::npos;
    last_text_ = e.text;
    if (e.signal == stream_paused_ && e.signal != kNoSignal && paused_.empty()) paused_ = date_and_clock(e.time);
  }

  bool counters_used(System system) const {
    const Counters& c = counters_[static_cast<std::size_t>(system)];
    return !c.any || system != System::Pangolin || c.moved;
  }

  std::vector<std::string> of(System system) const {
    std::vector<std::string> list;
    for (const Caveat& caveat : own_)
      if (caveat.system == system) list.push_back(caveat.text);
    const Counters& c = counters_[static_cast<std::size_t>(system)];
    if (system == System::AwsClientVpn)
      list.push_back("failed certificate logins are never logged by Client VPN: none here does not mean that there were none");
    if (system == System::CloudConnexa && !paused_.empty())
      list.push_back("log streaming was paused (" + paused_ + "): the events of that time are lost");
    if (system == System::Pangolin && c.any)
      list.push_back("a session is logged when it ends: long ones that are still open do not appear");
    if (system == System::Pangolin && c.stated && !c.moved)
      list.push_back("byte counters are not reported by this agent version: zero bytes mean nothing");
    if (system == System::Pangolin && c.bursts)
      list.push_back("rows without a source port are merged bursts: one row may be several connections");
    if (system == System::Twingate && c.any)
      list.push_back("only connections that reached a connector are logged: a client without access leaves no record");
    return list;
  }

 private:
  struct Counters {
    bool any = false, stated = false, moved = false, bursts = false;
  };
  const Log& log_;
  SignalIndex stream_paused_;
  std::array<Counters, kSystemNames.size()> counters_;
  std::uint32_t last_text_ = 0;
  std::vector<Caveat> own_;
  std::string paused_;
};

// The groups of a log, each counted in its Tally.
class Groups {
 public:
  Groups(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits)
      : log_(log), intake_(intake), classifier_(classifier), limits_(limits), last_group_(log.said->parties.size(), kNone) {
    for (const kb::MessageRule& rule : classifier.knowledge().messages) is_normal_.push_back(rule.level == "normal");
  }

  // Each event, in order.
  void see(std::uint32_t i, const SessionEvent& e) {
    const std::uint32_t group = group_of(system_of(e.dialect), log_.names.of(kb::About::Group, e));
    Tally& tally = tallies_[group];
    SessionGroup& g = tally.group;
    if (e.happening == Happening::Denied) ++g.denied;
    if (!log_.lone_errors.empty() && std::binary_search(log_.lone_errors.begin(), log_.lone_errors.end(), i)) ++g.connections, ++g.failed;
    if (e.happening != Happening::Message && last_group_[e.party] != group) {
      last_group_[e.party] = group;
      tally.parties.push_back(e.party);
    }
    if (const std::uint32_t said = log_.route(e).group_name; said != 0) tally.name = said;
    if (g.first == kNoTime || e.time < g.first) g.first = e.time;
    g.last = std::max(g.last, e.time);
    if (tells_why(e)) count(reasons_(group, e.text), e);
  }

  // A session that is open, with no event that has been seen.
  void see_open(const Session& s) {
    const std::uint32_t group = group_of(s.system, log_.names.of(log_.route(s).group));
    tallies_[group].parties.push_back(s.party);
  }

  // By system and name, when all events have been seen. `sessions`: those that count, by system and group.
  std::vector<SessionGroup> written(const Caveats& caveats, const Lists& sessions) {
    reasons_.for_each([&](std::uint32_t group, SessionReason& reason) { tallies_[group].reasons.push_back(std::move(reason)); });
    for (const Lists::List& list : sessions.all()) group_of(list.system, list.number);  // which no event may name
    const auto members_of = [&](std::uint32_t group) { return sessions.of(tallies_[group].group.system, tallies_[group].number); };
    std::vector<std::uint32_t> shown;
    for (std::uint32_t i = 0; i < tallies_.size(); ++i)
      if (!members_of(i).empty() || !is_left_out(tallies_[i])) shown.push_back(i);
    std::vector<SessionGroup> groups;
    for (const std::uint32_t i : shown) groups.push_back(written(i, members_of(i), caveats));
    for (const Caveat& caveat : intake_.caveats()) {
      if (std::any_of(groups.begin(), groups.end(), [&](const SessionGroup& g) { return g.system == caveat.system; })) continue;
      groups.emplace_back();
      groups.back().system = caveat.system;
      groups.back().group = "unknown";
      groups.back().caveats = caveats.of(caveat.system);
    }
    std::sort(groups.begin(), groups.end(), [](const SessionGroup& a, const SessionGroup& b) { return std::tie(a.system, a.group) < std::tie(b.system, b.group); });
    return groups;
  }

 private:
  std::uint32_t group_of(System system, std::uint32_t number) {
    const std::uint32_t group = numbers_.take(system, number);
    if (group == tallies_.size()) {
      tallies_.emplace_back();
      tallies_.back().number = number;
      tallies_.back().group.system = system;
      tallies_.back().group.group = log_.names.text(number);
    }
    return group;
  }

  // Lines that belong to no group in particular make none.
  bool is_left_out(const Tally& tally) const {
    if (tally.group.group != "unknown") return false;
    return std::any_of(tallies_.begin(), tallies_.end(), [&](const Tally& other) {
      return other.group.system == tally.group.system && other.group.group != tally.group.group;
    });
  }

  SessionGroup written(std::uint32_t group, std::span<const std::uint32_t> sessions, const Caveats& caveats) {
    Tally& tally = tallies_[group];
    SessionGroup& g = tally.group;
    Different users(seen_users_, group + 1), devices(seen_devices_, group + 1), addresses(seen_addresses_, group + 1);
    for (const std::uint32_t party : tally.parties)
      if (const Party& p = log_.said->parties[party]; p.is_connector == 0) users.see(p.user), devices.see(p.device), addresses.see(p.address);
    for (const Different* names : {&users, &devices, &addresses})  // where no record names a user, the next best
      if (g.users == 0) g.users = names->count();
    g.name = text(tally.name);
    g.reasons = most_frequent(std::move(tally.reasons));
    about_sessions(g, sessions, caveats.counters_used(g.system));
    g.caveats = caveats.of(g.system);
    return std::move(g);
  }

  std::string text(std::uint32_t index) const { return std::string(log_.text(index)); }
  const SessionEvent& last(const Session& s) const { return log_.events[s.last_event]; }

  void count(SessionGroup& g, const Session& s, bool counters_used) const {
    ++g.connections;
    if (s.failed()) ++g.failed;
    if (s.looks_failed()) ++g.looks_failed;
    if (s.outcome == Outcome::Open) ++g.open;
    if (!counters_used || s.bytes == 0) return;
    const Closing& said = log_.bytes_of(s);
    add(g.to_client, said.to_client), add(g.from_client, said.from_client);
  }

  void count(SessionRow& row, const Session& s, bool counters_used) const {
    ++row.connections;
    if (s.failed()) ++row.failed;
    if (s.looks_failed()) ++row.looks_failed;
    if (s.outcome == Outcome::Ended && s.duration > 0 && s.duration <= limits_.sessions.short_session) ++row.short_ones;
    if (s.duration > 0) row.connected_s += static_cast<double>(s.duration) / kSecond;
    row.last = std::max(row.last, s.last_time);
    if (!counters_used || s.bytes == 0) return;
    const Closing& said = log_.bytes_of(s);
    add(row.bytes, said.to_client), add(row.bytes, said.from_client);
  }

  // All in one go: sessions are many, and looking at them costs more than what is done with them.
  void about_sessions(SessionGroup& g, std::span<const std::uint32_t> sessions, bool counters_used) const {
    std::vector<Duration> durations;
    OpenAtOnce open;
    ByNumber<SessionRow> by_client;
    Listed listed(log_, limits_.sessions.list_most);
    for (std::size_t i = sessions.size(); i > 0 && listed.expects_more(); --i) listed.expect(log_.sessions[sessions[i - 1]]);
    for_each_fetched(sessions, [&](std::uint32_t i) -> const Session& { return log_.sessions[i]; }, [&](std::uint32_t i) {
      const Session& s = log_.sessions[i];
      count(g, s, counters_used);
      count(by_client(s.system, log_.names.of_last(kb::About::Client, s)), s, counters_used);
      if (s.outcome == Outcome::Ended && s.duration >= 0) durations.push_back(s.duration);
      if (s.carried() && s.start != kNoTime)
        open.see(s.start, s.outcome == Outcome::Ended ? s.end : std::min(log_.now, s.start + limits_.sessions.open_at_most));
      listed.see(i, s);
    });
    g.median_duration_s = median(durations);
    g.concurrency = open.written();
    rows(g, by_client);
    for (const std::uint32_t i : listed.sessions()) g.list.push_back(line(log_.sessions[i], counters_used));
    g.list_omitted = sessions.size() - g.list.size();
  }

  static std::optional<double> median(std::vector<Duration>& durations) {
    if (durations.empty()) return std::nullopt;
    const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
    std::nth_element(durations.begin(), middle, durations.end());
    return static_cast<double>(*middle) / kSecond;
  }

  // Failures, refusals, ends, lines of faults, and all that no document lists; not what is routine.
  bool tells_why(const SessionEvent& e) const {
    if (e.rule == kNoRule || e.happening == Happening::Failed || e.happening == Happening::Denied) return true;
    if (e.happening == Happening::Ended) return e.dialect == Dialect::AwsClientVpn || e.dialect == Dialect::CloudConnexa;
    return e.happening == Happening::Message && !is_normal_[e.rule];
  }

  void count(SessionReason& reason, const SessionEvent& e) const {
    if (reason.count++ > 0) return;
    reason.text = text(e.text);
    if (e.rule != kNoRule) reason.rule = classifier_.knowledge().messages[e.rule].id;
    reason.first = intake_.at(e.place);
  }

  static std::vector<SessionReason> most_frequent(std::vector<SessionReason> list) {
    std::sort(list.begin(), list.end(), [](const SessionReason& a, const SessionReason& b) {
      return a.count != b.count ? a.count > b.count : a.text < b.text;
    });
    if (list.size() > kMostReasons) list.resize(kMostReasons);
    return list;
  }

  void rows(SessionGroup& g, ByNumber<SessionRow>& by_client) const {
    std::vector<SessionRow> all;
    for (auto& entry : by_client.entries()) {
      entry.value.who = log_.names.text(entry.number);
      all.push_back(std::move(entry.value));
    }
    std::sort(all.begin(), all.end(), [](const SessionRow& a, const SessionRow& b) { return a.who < b.who; });
    const auto top = [&](auto rank) {
      std::vector<SessionRow> few;
      for (const SessionRow& row : all)
        if (rank(row) > 0) few.push_back(row);
      std::stable_sort(few.begin(), few.end(), [&](const SessionRow& a, const SessionRow& b) { return rank(a) > rank(b); });
      if (few.size() > kRows) few.resize(kRows);
      return few;
    };
    g.busiest = top([](const SessionRow& r) { return r.connections; });
    g.failing = top([](const SessionRow& r) { return r.failed + r.looks_failed; });
    const bool flows = g.system == System::Pangolin || g.system == System::Twingate;
    if (!flows) g.churning = top([](const SessionRow& r) { return r.short_ones; });
  }

  SessionLine line(const Session& s, bool counters_used) const {
    SessionLine l;
    const Party& party = log_.party(s);
    const Route& route = log_.route(s);
    l.id = text(last(s).id);
    l.user = text(party.user);
    l.device = text(party.device);
    l.address = text(party.address);
    l.resource = text(route.resource);
    l.connector = text(route.connector);
    l.gateway = text(route.gateway);
    l.protocol = text(route.protocol);
    l.start = s.start;
    l.end = s.end;
    if (s.duration >= 0 && s.outcome == Outcome::Ended) l.duration_s = static_cast<double>(s.duration) / kSecond;
    if (counters_used) {
      l.to_client = bytes(log_.bytes_of(s).to_client);
      l.from_client = bytes(log_.bytes_of(s).from_client);
    }
    l.outcome = word(s.outcome);
    l.looks_failed = s.told || s.looks_failed();
    if (s.outcome != Outcome::Open) l.reason = text(last(s).text);
    l.at = intake_.at(last(s).place);
    log_.for_each_event(s, [&](std::uint32_t i) {
      auto fields = fields_of(log_, log_.events[i]);
      fields.merge(l.fields);  // a later record updates what it says
      l.fields = std::move(fields);
    });
    return l;
  }

  const Log& log_;
  const Intake& intake_;
  const Classifier& classifier_;
  const Limits& limits_;
  std::vector<bool> is_normal_;  // by rule
  ByNumber<char> numbers_;       // of groups: their places among the tallies
  std::vector<Tally> tallies_;
  PerGroup<SessionReason> reasons_;             // by text
  std::vector<std::uint32_t> last_group_;       // by party
  std::vector<std::uint32_t> seen_users_, seen_devices_, seen_addresses_;
};

// A session without a logged end counts for so long as sessions may last.
bool is_over_by(Time time, const Session& s, const Limits& limits) {
  const bool is_open = s.outcome == Outcome::Open && s.when() != kNoTime && s.when() + limits.sessions.open_at_most >= time;
  return s.last_time < time && !is_open;
}

}  // namespace

std::map<std::string, std::string> fields_of(const Log& log, const SessionEvent& e) {
  std::map<std::string, std::string> fields;
  for_each_field(log.text(e.fields), [&](std::string_view name, std::string_view value) { fields.emplace(name, value); });
  return fields;
}

std::vector<SessionGroup> groups_of(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits,
                                    Time since) {
  Caveats caveats(log, intake, classifier);
  Groups groups(log, intake, classifier, limits);
  for (std::uint32_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    caveats.see(e);
    if (since == kNoTime || e.time >= since) groups.see(i, e);
  }
  const Lists sessions(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    if (since != kNoTime && s.last_time < since && !is_over_by(since, s, limits)) groups.see_open(s);
    if (s.outcome == Outcome::LoginStep || (since != kNoTime && is_over_by(since, s, limits))) return {};
    return std::pair(s.system, log.names.of(log.route(s).group));
  });
  return groups.written(caveats, sessions);
}

}  // namespace tunnelscope::diag::session
