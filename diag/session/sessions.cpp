#include "diag/session/sessions.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr std::uint32_t kSeveral = 0xFFFFFFFF;

// The one value that all records with the same key have; kSeveral when they differ.
class OnlyValue {
 public:
  void see(std::uint64_t key, std::uint32_t value) {
    if (value == 0) return;
    const auto [it, is_new] = values_.try_emplace(key, value);
    if (!is_new && it->second != value) it->second = kSeveral;
  }
  std::uint32_t of(std::uint64_t key) const {
    const auto it = values_.find(key);
    return it == values_.end() || it->second == kSeveral ? 0 : it->second;
  }

 private:
  std::map<std::uint64_t, std::uint32_t> values_;
};

std::uint64_t key(System system, std::uint32_t number) { return static_cast<std::uint64_t>(system) << 32 | number; }
bool is_service_line(const SessionEvent& e) { return e.dialect == Dialect::TwingateConnector || e.dialect == Dialect::PangolinAgent; }

// Service lines name neither connector nor group: the records beside them do, of the same host, else of the same input,
// else of the whole run when there is but one.
void fill_in_lines(std::vector<SessionEvent>& events) {
  OnlyValue connector_of_source, connector_of_input, connector_of_run, group_of_connector, group_of_input, group_of_run;
  for (const SessionEvent& e : events) {
    if (is_service_line(e)) continue;
    const System system = system_of(e.dialect);
    if (e.source != 0) connector_of_source.see(key(system, e.source), e.connector);
    connector_of_input.see(key(system, e.place.input), e.connector);
    connector_of_run.see(key(system, 0), e.connector);
    group_of_connector.see(key(system, e.connector), e.group);
    group_of_input.see(key(system, e.place.input), e.group);
    group_of_run.see(key(system, 0), e.group);
  }
  const auto first_of = [](std::initializer_list<std::uint32_t> list) {
    const auto it = std::find_if(list.begin(), list.end(), [](std::uint32_t value) { return value != 0; });
    return it == list.end() ? 0 : *it;
  };
  for (SessionEvent& e : events) {
    if (!is_service_line(e)) continue;
    const System system = system_of(e.dialect);
    const std::uint32_t by_source = e.source == 0 ? 0 : connector_of_source.of(key(system, e.source));
    const std::uint32_t elsewhere = first_of({connector_of_input.of(key(system, e.place.input)), connector_of_run.of(key(system, 0))});
    if (e.connector == 0 && system == System::Twingate) e.connector = first_of({by_source, e.source, elsewhere});
    const std::uint32_t by_connector = e.connector == 0 ? 0 : group_of_connector.of(key(system, e.connector));
    if (e.group == 0)
      e.group = first_of({by_connector, group_of_input.of(key(system, e.place.input)), group_of_run.of(key(system, 0))});
  }
}

// Records about a session that is known, or of a user who is seen in one group only, belong to that group; what is about
// none of these belongs to the only group there is.
void fill_in_groups(std::vector<SessionEvent>& events) {
  OnlyValue of_session, of_user, of_device, of_run;
  for (const SessionEvent& e : events) {
    const System system = system_of(e.dialect);
    if (e.id != 0) of_session.see(key(system, e.id), e.group);
    if (e.user != 0) of_user.see(key(system, e.user), e.group);
    if (e.device != 0) of_device.see(key(system, e.device), e.group);
    of_run.see(key(system, 0), e.group);
  }
  for (SessionEvent& e : events) {
    const System system = system_of(e.dialect);
    if (e.group == 0 && e.id != 0) e.group = of_session.of(key(system, e.id));
    if (e.group == 0 && e.user != 0) e.group = of_user.of(key(system, e.user));
    if (e.group == 0 && e.device != 0) e.group = of_device.of(key(system, e.device));
    if (e.group == 0 && !is_session_record(e)) e.group = of_run.of(key(system, 0));
  }
}

Time second_of(Time time) { return time == kNoTime ? kNoTime : time / kSecond; }

// Session ids of Pangolin are unique together with the start only.
using SessionKey = std::tuple<System, std::uint32_t, Time>;
SessionKey session_key(const SessionEvent& e) {
  const System system = system_of(e.dialect);
  return {system, e.id, system == System::Pangolin ? second_of(e.start) : 0};
}

// CloudConnexa writes a refused login as a connection that ends at once.
Outcome outcome_of(const SessionEvent& e, SignalIndex login_failed) {
  if (e.happening == Happening::Ended && e.signal == login_failed && e.signal != kNoSignal) return Outcome::Failed;
  switch (e.happening) {
    case Happening::Started: return Outcome::Open;
    case Happening::Ended: return Outcome::Ended;
    case Happening::Whole: return e.end != kNoTime || e.duration >= 0 ? Outcome::Ended : Outcome::Open;
    case Happening::Failed: return Outcome::Failed;
    case Happening::Denied: return Outcome::Denied;
    case Happening::Waiting: return Outcome::Waiting;
    default: return Outcome::LoginStep;
  }
}

// What a session came to: an end is final, a start outweighs what failed before it.
int weight(const SessionEvent& e) {
  switch (e.happening) {
    case Happening::Waiting: return 1;
    case Happening::Failed:
    case Happening::Denied: return 2;
    case Happening::Started: return 3;
    case Happening::Whole: return e.end == kNoTime && e.duration < 0 ? 3 : 4;
    case Happening::Ended: return 4;
    default: return 0;
  }
}

// A later record updates what it says and leaves the rest.
void update(Session& s, const std::vector<SessionEvent>& events, std::size_t event, SignalIndex login_failed) {
  const SessionEvent& e = events[event];
  for (const auto& [kept, said] :
       {std::pair{&s.id, e.id}, {&s.group, e.group}, {&s.group_name, e.group_name}, {&s.gateway, e.gateway},
        {&s.connector, e.connector}, {&s.user, e.user}, {&s.device, e.device}, {&s.address, e.address},
        {&s.resource, e.resource}, {&s.protocol, e.protocol}})
    if (said != 0) *kept = said;
  if (s.events.empty() || weight(e) >= weight(events[s.last_event])) {
    s.outcome = outcome_of(e, login_failed);
    s.last_event = event;
  }
  if (e.start != kNoTime) s.start = s.start == kNoTime ? e.start : std::min(s.start, e.start);
  if (e.end != kNoTime) s.end = std::max(s.end, e.end);
  if (e.duration >= 0) s.duration = e.duration;
  if (e.to_client >= 0) s.to_client = e.to_client;
  if (e.from_client >= 0) s.from_client = e.from_client;
  if (e.relayed != Answer::Unknown) s.relayed = e.relayed;
  s.is_connector = s.is_connector || e.is_connector;
  s.events.push_back(event);
}

void complete(Session& s, const std::vector<SessionEvent>& events) {
  const SessionEvent& first = events[s.events.front()];
  const SessionEvent& last = events[s.last_event];
  if (s.start == kNoTime && first.happening == Happening::Started) s.start = first.time;
  if (s.outcome == Outcome::Ended && s.end == kNoTime)
    s.end = last.happening == Happening::Ended ? last.time : s.start == kNoTime ? kNoTime : s.start + std::max<Duration>(s.duration, 0);
  if (s.start == kNoTime && s.end != kNoTime && s.duration >= 0) s.start = s.end - s.duration;
  if (s.duration < 0 && s.start != kNoTime && s.end >= s.start) s.duration = s.end - s.start;
  if (s.outcome == Outcome::Open) s.end = kNoTime;
  if (s.outcome != Outcome::Open && s.outcome != Outcome::Ended && s.start == kNoTime) s.start = last.time;
}

std::vector<Session> assemble_sessions(const std::vector<SessionEvent>& events, SignalIndex login_failed) {
  std::vector<Session> sessions;
  std::map<SessionKey, std::size_t> by_key;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const SessionEvent& e = events[i];
    if (!is_session_record(e)) continue;
    std::size_t at = sessions.size();
    if (e.id != 0) at = by_key.try_emplace(session_key(e), at).first->second;
    if (at == sessions.size()) sessions.emplace_back().system = system_of(e.dialect);
    update(sessions[at], events, i, login_failed);
  }
  for (Session& s : sessions) complete(s, events);
  return sessions;
}

// Steps of one SAML login may have ids of their own: a wait that the same user's (or, without a name, the same
// address's) next step follows is part of that login.
void join_logins(Log& log, const Limits& limits) {
  using Person = std::tuple<System, std::uint32_t, std::uint32_t, std::uint32_t>;  // group, user, address
  std::map<Person, std::vector<Time>> steps;
  const auto people = [](const SessionEvent& e) {
    const System system = system_of(e.dialect);
    std::vector<Person> list;
    if (e.user != 0) list.push_back({system, e.group, e.user, 0});
    if (e.address != 0) list.push_back({system, e.group, 0, e.address});
    return list;
  };
  for (const SessionEvent& e : log.events)
    if (e.happening == Happening::Started || e.happening == Happening::HandedOver || e.happening == Happening::Failed)
      for (const Person& p : people(e)) steps[p].push_back(e.time);
  for (Session& s : log.sessions) {
    if (s.outcome != Outcome::Waiting) continue;
    const SessionEvent& e = log.events[s.last_event];
    for (const Person& p : people(e)) {
      const bool by_address = std::get<2>(p) == 0;
      if (by_address && e.user != 0) continue;
      const std::vector<Time>& later = steps[p];
      const auto next = std::lower_bound(later.begin(), later.end(), e.time);
      if (next != later.end() && *next <= e.time + limits.sessions.login_wait) s.outcome = Outcome::LoginStep;
    }
    if (log.now - e.time < limits.sessions.login_wait) s.outcome = Outcome::LoginStep;
  }
}

}  // namespace

bool is_session_record(const SessionEvent& e) {
  if (e.happening == Happening::Message) return false;
  return e.happening != Happening::Denied || e.dialect != Dialect::CloudConnexa;
}

Log assemble(const std::vector<SessionEvent>& events, const TextPool& texts, const Classifier& classifier, const Limits& limits,
             Time now, Time until) {
  Log log;
  log.texts = &texts;
  for (const SessionEvent& e : events)
    if (until == kNoTime || e.time <= until) log.events.push_back(e);
  if (log.events.empty()) return log;
  log.first = log.events.front().time;
  log.last = log.events.back().time;
  log.now = now == kNoTime ? log.last : now;
  fill_in_lines(log.events);
  fill_in_groups(log.events);
  log.sessions = assemble_sessions(log.events, classifier.signal(kb::signal::kLoginFailed));
  join_logins(log, limits);
  return log;
}

std::string_view who(const Log& log, const SessionEvent& e) {
  for (const std::uint32_t index : {e.user, e.device, e.address})
    if (index != 0) return log.text(index);
  return "unknown";
}

std::string client_of(const Log& log, const SessionEvent& e) {
  if (e.is_connector && e.device != 0) return std::string(log.text(e.device));
  std::string client(who(log, e));
  if (e.user != 0 && e.device != 0 && e.device != e.user) client.append("/").append(log.text(e.device));
  return client;
}

std::string name_of(kb::About about, const Log& log, const SessionEvent& e) {
  const auto first_of = [&](std::initializer_list<std::uint32_t> list) {
    for (const std::uint32_t index : list)
      if (index != 0) return std::string(log.text(index));
    return std::string("unknown");
  };
  switch (about) {
    case kb::About::Group: return first_of({e.group});
    case kb::About::Organisation: return first_of({e.organisation, e.group});
    case kb::About::Carrier: return first_of({e.gateway, e.connector, e.group});
    case kb::About::Connector: return first_of({e.connector, e.group});
    case kb::About::Client: return client_of(log, e);
    case kb::About::Resource: return std::string(log.text(e.resource));
    case kb::About::Address: return std::string(log.text(e.address));
  }
  return {};
}

}  // namespace tunnelscope::diag::session
