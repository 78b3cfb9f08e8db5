#include "diag/session/groups.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "diag/radix.hpp"
#include "diag/session/cases.hpp"
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

bool carried(const Session& s) { return s.outcome == Outcome::Open || s.outcome == Outcome::Ended; }

// All of one group.
struct Members {
  std::vector<const Session*> sessions;
  std::vector<std::uint32_t> events;
  std::uint32_t number = 0;  // of the group among all, from 1 on
};

// Counts different texts of one group: `seen` holds for each text the last group that it was counted for.
class Different {
 public:
  Different(std::vector<std::uint32_t>& seen, std::uint32_t group) : seen_(seen), group_(group) {}
  void see(std::uint32_t text) {
    if (text == 0 || seen_[text] == group_) return;
    seen_[text] = group_;
    ++count_;
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

class Writer {
 public:
  Writer(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits)
      : log_(log), intake_(intake), classifier_(classifier), limits_(limits), seen_users_(log.texts->size()),
        seen_devices_(log.texts->size()), seen_addresses_(log.texts->size()) {}

  SessionGroup write(System system, const std::string& name, const Members& members, bool counters_used) {
    SessionGroup g;
    g.system = system;
    g.group = name;
    counts(g, members);
    if (!counters_used) g.to_client = g.from_client = std::nullopt;
    g.concurrency = concurrency(members.sessions);
    g.reasons = reasons(members.events);
    rows(g, members.sessions, counters_used);
    list(g, members.sessions, counters_used);
    return g;
  }

 private:
  std::string text(std::uint32_t index) const { return std::string(log_.text(index)); }
  const SessionEvent& last(const Session& s) const { return log_.events[s.last_event]; }

  void counts(SessionGroup& g, const Members& members) {
    Different users(seen_users_, members.number), devices(seen_devices_, members.number), addresses(seen_addresses_, members.number);
    std::vector<Duration> durations;
    for (const Session* s : members.sessions) {
      ++g.connections;
      if (s->failed()) ++g.failed;
      if (s->looks_failed()) ++g.looks_failed;
      if (s->outcome == Outcome::Open) ++g.open;
      if (s->outcome == Outcome::Ended && s->duration >= 0) durations.push_back(s->duration);
      add(g.to_client, s->to_client);
      add(g.from_client, s->from_client);
    }
    for (const std::size_t i : members.events) {
      const SessionEvent& e = log_.events[i];
      if (e.happening == Happening::Denied) ++g.denied;
      if (std::binary_search(log_.lone_errors.begin(), log_.lone_errors.end(), i)) ++g.connections, ++g.failed;
      if (e.happening != Happening::Message && !e.is_connector) {
        users.see(e.user);
        devices.see(e.device);
        addresses.see(e.address);
      }
      if (e.group_name != 0) g.name = text(e.group_name);
      if (g.first == kNoTime || e.time < g.first) g.first = e.time;
      g.last = std::max(g.last, e.time);
    }
    for (const Different* names : {&users, &devices, &addresses})  // where no record names a user, the next best
      if (g.users == 0) g.users = names->count();
    if (durations.empty()) return;
    const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
    std::nth_element(durations.begin(), middle, durations.end());
    g.median_duration_s = static_cast<double>(*middle) / kSecond;
  }

  // One sweep over starts and ends; an end comes before a start of the same moment.
  Concurrency concurrency(const std::vector<const Session*>& sessions) const {
    struct Step {
      Time time;
      bool begins;
    };
    std::vector<Step> steps;
    for (const Session* s : sessions) {
      if (!carried(*s) || s->start == kNoTime) continue;
      steps.push_back({s->start, true});
      const Time end = s->outcome == Outcome::Ended ? s->end : std::min(log_.now, s->start + limits_.sessions.open_at_most);
      if (end >= s->start) steps.push_back({end, false});
    }
    Concurrency c;
    if (steps.empty()) return c;
    sort_by_number(steps, [](const Step& s) { return 2 * s.time + (s.begins ? 1 : 0); });
    c.start = steps.front().time;
    const Duration span = steps.back().time - c.start;
    const Duration step = std::max<Duration>(kSecond, span / static_cast<Duration>(kSteps) + 1);
    c.step_s = static_cast<double>(step) / kSecond;
    c.most.assign(static_cast<std::size_t>(span / step) + 1, 0);
    std::uint32_t open = 0;
    std::size_t bucket = 0;
    for (const auto& [time, begins] : steps) {
      const auto here = static_cast<std::size_t>((time - c.start) / step);
      for (; bucket < here; c.most[++bucket] = open) {}
      open = begins ? open + 1 : open - std::min(open, 1U);
      c.most[here] = std::max(c.most[here], open);
      if (open > c.peak) c.peak = open, c.peak_at = time;
    }
    return c;
  }

  // Failures, refusals, ends, lines of faults, and all that no document lists; not what is routine.
  bool tells_why(const SessionEvent& e) const {
    if (e.rule == kNoRule || e.happening == Happening::Failed || e.happening == Happening::Denied) return true;
    if (e.happening == Happening::Ended) return e.dialect == Dialect::AwsClientVpn || e.dialect == Dialect::CloudConnexa;
    return e.happening == Happening::Message && classifier_.knowledge().messages[e.rule].level != "normal";
  }

  std::vector<SessionReason> reasons(const std::vector<std::uint32_t>& events) const {
    ByNumber<SessionReason> by_text;
    for (const std::size_t i : events) {
      const SessionEvent& e = log_.events[i];
      if (!tells_why(e)) continue;
      SessionReason& reason = by_text(system_of(e.dialect), e.text);
      if (reason.count++ > 0) continue;
      reason.text = text(e.text);
      if (e.rule != kNoRule) reason.rule = classifier_.knowledge().messages[e.rule].id;
      reason.first = intake_.at(e.place);
    }
    std::vector<SessionReason> list;
    for (auto& entry : by_text.entries()) list.push_back(std::move(entry.value));
    std::sort(list.begin(), list.end(), [](const SessionReason& a, const SessionReason& b) {
      return a.count != b.count ? a.count > b.count : a.text < b.text;
    });
    if (list.size() > kMostReasons) list.resize(kMostReasons);
    return list;
  }

  void rows(SessionGroup& g, const std::vector<const Session*>& sessions, bool counters_used) const {
    ByNumber<SessionRow> by_client;
    for (const Session* s : sessions) {
      SessionRow& row = by_client(s->system, log_.names.of(kb::About::Client, last(*s)));
      ++row.connections;
      if (s->failed()) ++row.failed;
      if (s->looks_failed()) ++row.looks_failed;
      if (s->outcome == Outcome::Ended && s->duration > 0 && s->duration <= limits_.sessions.short_session) ++row.short_ones;
      if (s->duration > 0) row.connected_s += static_cast<double>(s->duration) / kSecond;
      if (counters_used) add(row.bytes, s->to_client), add(row.bytes, s->from_client);
      row.last = std::max(row.last, last(*s).time);
    }
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
    l.id = text(s.id);
    l.user = text(s.user);
    l.device = text(s.device);
    l.address = text(s.address);
    l.resource = text(s.resource);
    l.connector = text(s.connector);
    l.gateway = text(s.gateway);
    l.protocol = text(s.protocol);
    l.start = s.start;
    l.end = s.end;
    if (s.duration >= 0 && s.outcome == Outcome::Ended) l.duration_s = static_cast<double>(s.duration) / kSecond;
    if (counters_used) {
      l.to_client = bytes(s.to_client);
      l.from_client = bytes(s.from_client);
    }
    l.outcome = word(s.outcome);
    l.looks_failed = s.told || s.looks_failed();
    if (s.outcome != Outcome::Open) l.reason = text(last(s).text);
    l.at = intake_.at(last(s).place);
    for (const std::size_t i : s.events)
      for (auto& [name, value] : fields_of(log_, log_.events[i])) l.fields[name] = value;
    return l;
  }

  // What was refused comes first, then the latest. Only as many are put in order as are shown.
  void list(SessionGroup& g, const std::vector<const Session*>& sessions, bool counters_used) const {
    struct Row {
      const Session* session;
      Time time;
      std::size_t place;  // among `sessions`, for those that nothing tells apart
      bool carried;
    };
    std::vector<Row> rows;
    rows.reserve(sessions.size());
    for (const Session* s : sessions) rows.push_back({s, last(*s).time, rows.size(), carried(*s)});
    const std::size_t most = std::min(rows.size(), limits_.sessions.list_most);
    const auto before = [&](const Row& a, const Row& b) {
      if (a.carried != b.carried) return !a.carried;
      if (a.time != b.time) return a.time > b.time;
      const auto rank = [&](const Row& row) { return std::tuple(row.session->start, row.session->duration, log_.text(row.session->id), row.place); };
      return rank(a) < rank(b);
    };
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(most);
    std::nth_element(rows.begin(), end, rows.end(), before);
    std::sort(rows.begin(), end, before);
    for (auto row = rows.begin(); row != end; ++row) g.list.push_back(line(*row->session, counters_used));
    g.list_omitted = sessions.size() - most;
  }

  const Log& log_;
  const Intake& intake_;
  const Classifier& classifier_;
  const Limits& limits_;
  std::vector<std::uint32_t> seen_users_, seen_devices_, seen_addresses_;
};

// What the formats themselves make necessary to say: facts/session-logs.md 1.1, 2.4, 3.1, 3.2, 4.1.
class Caveats {
 public:
  Caveats(const Log& log, const Intake& intake, const Classifier& classifier) {
    const SignalIndex paused = classifier.signal(kb::signal::kStreamPaused);
    for (const SessionEvent& e : log.events) {
      Counters& c = counters_[static_cast<std::size_t>(system_of(e.dialect))];
      c.any = true;
      c.stated = c.stated || e.to_client >= 0 || e.from_client >= 0;
      c.moved = c.moved || e.to_client > 0 || e.from_client > 0;
      c.bursts = c.bursts || (system_of(e.dialect) == System::Pangolin && log.text(e.text).find("merged burst") != std::string_view::npos);
      if (e.signal == paused && e.signal != kNoSignal && paused_.empty()) paused_ = date_and_clock(e.time);
    }
    own_ = intake.caveats();
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
  std::array<Counters, kSystemNames.size()> counters_;
  std::vector<Caveat> own_;
  std::string paused_;
};

}  // namespace

std::map<std::string, std::string> fields_of(const Log& log, const SessionEvent& e) {
  std::map<std::string, std::string> fields;
  for (std::string_view rest = log.text(e.fields); !rest.empty();) {
    const auto end = std::min(rest.find('\x1e'), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto split = field.find('\x1f');
    if (split != std::string_view::npos) fields.emplace(field.substr(0, split), field.substr(split + 1));
  }
  return fields;
}

std::vector<SessionGroup> groups_of(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits,
                                    Time since) {
  ByNumber<Members> by_number;
  for (std::uint32_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (since == kNoTime || e.time >= since) by_number(system_of(e.dialect), log.names.of(kb::About::Group, e)).events.push_back(i);
  }
  for (const Session& s : log.sessions) {
    const bool counted = s.outcome != Outcome::LoginStep && (since == kNoTime || log.events[s.last_event].time >= since);
    if (counted) by_number(s.system, log.names.of(s.group)).sessions.push_back(&s);
  }
  std::map<std::pair<System, std::string>, Members> by_group;
  for (auto& entry : by_number.entries()) {
    entry.value.number = static_cast<std::uint32_t>(by_group.size() + 1);
    by_group.emplace(std::pair(entry.system, std::string(log.names.text(entry.number))), std::move(entry.value));
  }
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
  const Caveats caveats(log, intake, classifier);
  Writer writer(log, intake, classifier, limits);
  std::vector<SessionGroup> groups;
  for (const auto& [key, members] : by_group) {
    groups.push_back(writer.write(key.first, key.second, members, caveats.counters_used(key.first)));
    groups.back().caveats = caveats.of(key.first);
  }
  return groups;
}

}  // namespace tunnelscope::diag::session
