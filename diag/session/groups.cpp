#include "diag/session/groups.hpp"

#include <algorithm>
#include <array>
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

// All of one group.
struct Members {
  std::span<const std::uint32_t> sessions, events;
  std::uint32_t number = 0;  // of the group among all, from 1 on
};

// Counts what is different within one group: `seen` holds for each number the last group that it was counted for.
class Different {
 public:
  Different(std::vector<std::uint32_t>& seen, std::uint32_t group) : seen_(seen), group_(group) {}
  bool is_new(std::uint32_t number) {
    if (number >= seen_.size()) seen_.resize(number + std::size_t{1} + number / 2);
    if (seen_[number] == group_) return false;
    seen_[number] = group_;
    ++count_;
    return true;
  }
  void see(std::uint32_t text) {
    if (text != 0) is_new(text);
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

void add(std::optional<std::int64_t>& sum, std::int64_t count) {
  if (count >= 0) sum = sum.value_or(0) + count;
}

// How many sessions were open at once.
class OpenAtOnce {
 public:
  void see(Time start, Time end) {
    steps_.push_back(2 * start + 1);
    if (end >= start) steps_.push_back(2 * end);
  }

  // One sweep over starts and ends; an end comes before a start of the same moment.
  Concurrency written() {
    Concurrency c;
    if (steps_.empty()) return c;
    sort_by_number(steps_, [](std::int64_t step) { return step; });
    const auto time_of = [](std::int64_t step) { return step >> 1; };
    c.start = time_of(steps_.front());
    const Duration span = time_of(steps_.back()) - c.start;
    const Duration step = std::max<Duration>(kSecond, span / static_cast<Duration>(kSteps) + 1);
    c.step_s = static_cast<double>(step) / kSecond;
    c.most.assign(static_cast<std::size_t>(span / step) + 1, 0);
    std::uint32_t open = 0;
    std::size_t bucket = 0;
    Time bucket_end = c.start + step;
    for (const std::int64_t at : steps_) {
      const Time time = time_of(at);
      for (; time >= bucket_end; bucket_end += step) c.most[++bucket] = open;
      open = (at & 1) != 0 ? open + 1 : open - std::min(open, 1U);
      c.most[bucket] = std::max(c.most[bucket], open);
      if (open > c.peak) c.peak = open, c.peak_at = time;
    }
    return c;
  }

 private:
  std::vector<std::int64_t> steps_;  // twice the time, and one more for a start
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
        const Session& s = log_.sessions[row.session];
        return std::tuple(s.start, s.duration, log_.text(log_.events[s.last_event].id), row.session);
      };
      return rank(a) < rank(b);
    };
  }

 public:
  Listed(const Log& log, std::size_t most) : log_(log), most_(most) {}

  void see(std::uint32_t session, const Session& s) {
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

  const Log& log_;
  std::size_t most_;
  std::vector<Row> rows_;
};

class Writer {
 public:
  Writer(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits)
      : log_(log), intake_(intake), classifier_(classifier), limits_(limits), seen_parties_(log.said->parties.size()) {
    for (const kb::MessageRule& rule : classifier.knowledge().messages) is_normal_.push_back(rule.level == "normal");
  }

  SessionGroup write(System system, const std::string& name, const Members& members, bool counters_used) {
    SessionGroup g;
    g.system = system;
    g.group = name;
    about_sessions(g, members.sessions, counters_used);
    about_events(g, members);
    return g;
  }

 private:
  std::string text(std::uint32_t index) const { return std::string(log_.text(index)); }
  const SessionEvent& last(const Session& s) const { return log_.events[s.last_event]; }

  // All in one go: sessions are many, and looking at them costs more than what is done with them.
  void about_sessions(SessionGroup& g, std::span<const std::uint32_t> sessions, bool counters_used) const {
    std::vector<Duration> durations;
    OpenAtOnce open;
    ByNumber<SessionRow> by_client;
    Listed listed(log_, limits_.sessions.list_most);
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

  static std::optional<double> median(std::vector<Duration>& durations) {
    if (durations.empty()) return std::nullopt;
    const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
    std::nth_element(durations.begin(), middle, durations.end());
    return static_cast<double>(*middle) / kSecond;
  }

  // Likewise.
  void about_events(SessionGroup& g, const Members& members) {
    Different users(seen_users_, members.number), devices(seen_devices_, members.number), addresses(seen_addresses_, members.number);
    Different parties(seen_parties_, members.number);
    ByNumber<SessionReason> reasons;
    std::uint32_t name = 0;
    for_each_fetched(members.events, [&](std::uint32_t i) -> const SessionEvent& { return log_.events[i]; }, [&](std::uint32_t i) {
      const SessionEvent& e = log_.events[i];
      if (e.happening == Happening::Denied) ++g.denied;
      if (!log_.lone_errors.empty() && std::binary_search(log_.lone_errors.begin(), log_.lone_errors.end(), i)) ++g.connections, ++g.failed;
      if (e.happening != Happening::Message && parties.is_new(e.party)) {
        const Party& p = log_.party(e);
        if (p.is_connector == 0) users.see(p.user), devices.see(p.device), addresses.see(p.address);
      }
      if (const std::uint32_t said = log_.route(e).group_name; said != 0) name = said;
      if (g.first == kNoTime || e.time < g.first) g.first = e.time;
      g.last = std::max(g.last, e.time);
      if (tells_why(e)) count(reasons(system_of(e.dialect), e.text), e);
    });
    g.name = text(name);
    for (const Different* names : {&users, &devices, &addresses})  // where no record names a user, the next best
      if (g.users == 0) g.users = names->count();
    g.reasons = most_frequent(reasons);
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

  static std::vector<SessionReason> most_frequent(ByNumber<SessionReason>& by_text) {
    std::vector<SessionReason> list;
    for (auto& entry : by_text.entries()) list.push_back(std::move(entry.value));
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
    for (const std::uint32_t i : log_.events_of(s))
      for (auto& [name, value] : fields_of(log_, log_.events[i])) l.fields[name] = value;
    return l;
  }

  const Log& log_;
  const Intake& intake_;
  const Classifier& classifier_;
  const Limits& limits_;
  std::vector<bool> is_normal_;  // by rule
  std::vector<std::uint32_t> seen_parties_, seen_users_, seen_devices_, seen_addresses_;
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
    if (!c.moved && e.closing != 0) {
      const Closing& closing = log_.closing(e);
      c.stated = c.stated || closing.to_client >= 0 || closing.from_client >= 0;
      c.moved = closing.to_client > 0 || closing.from_client > 0;
    }
    if (e.text != last_text_) c.bursts = c.bursts || log_.text(e.text).find("merged burst") != std::string_view::npos;
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

}  // namespace

std::map<std::string, std::string> fields_of(const Log& log, const SessionEvent& e) {
  std::map<std::string, std::string> fields;
  for_each_field(log.text(e.fields), [&](std::string_view name, std::string_view value) { fields.emplace(name, value); });
  return fields;
}

std::vector<SessionGroup> groups_of(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits,
                                    Time since) {
  Caveats caveats(log, intake, classifier);
  const Lists events(log.events.size(), [&](std::uint32_t i) -> Lists::Owner {
    const SessionEvent& e = log.events[i];
    caveats.see(e);  // here, for each look at all events takes time
    if (since != kNoTime && e.time < since) return {};
    return std::pair(system_of(e.dialect), log.names.of(kb::About::Group, e));
  });
  const Lists sessions(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    if (s.outcome == Outcome::LoginStep || (since != kNoTime && s.last_time < since)) return {};
    return std::pair(s.system, log.names.of(log.route(s).group));
  });
  std::map<std::pair<System, std::string>, Members> by_group;
  const auto members_of = [&](const Lists::List& list) -> Members& {
    return by_group[{list.system, std::string(log.names.text(list.number))}];
  };
  for (const Lists::List& list : events.all()) members_of(list).events = list.items;
  for (const Lists::List& list : sessions.all()) members_of(list).sessions = list.items;
  std::uint32_t count = 0;
  for (auto& [key, members] : by_group) members.number = ++count;
  std::erase_if(by_group, [&](const auto& g) {  // lines that belong to no group in particular make none
    const auto& [key, members] = g;
    if (key.second != "unknown" || !members.sessions.empty()) return false;
    return std::any_of(by_group.begin(), by_group.end(), [&](const auto& other) {
      return other.first.first == key.first && other.first.second != key.second;
    });
  });
  for (const Caveat& caveat : intake.caveats()) {
    const bool none = std::none_of(by_group.begin(), by_group.end(), [&](const auto& g) { return g.first.first == caveat.system; });
    if (none) by_group[{caveat.system, "unknown"}];
  }
  Writer writer(log, intake, classifier, limits);
  std::vector<SessionGroup> groups;
  for (const auto& [key, members] : by_group) {
    groups.push_back(writer.write(key.first, key.second, members, caveats.counters_used(key.first)));
    groups.back().caveats = caveats.of(key.first);
  }
  return groups;
}

}  // namespace tunnelscope::diag::session
