#include "diag/session/sessions.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "diag/session/flows.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr std::uint32_t kSeveral = 0xFFFFFFFF;

// The one value that all records with the same number have; kSeveral when they differ.
class OnlyValue {
 public:
  void see(System system, std::uint32_t number, std::uint32_t value) {
    if (value == 0) return;
    std::uint32_t& kept = values_(system, number);
    if (kept == 0) kept = value;
    else if (kept != value) kept = kSeveral;
  }
  std::uint32_t of(System system, std::uint32_t number) const {
    const std::uint32_t* const kept = values_.find(system, number);
    return kept == nullptr || *kept == kSeveral ? 0 : *kept;
  }

 private:
  ByNumber<std::uint32_t> values_;
};

bool is_service_line(const SessionEvent& e) { return e.dialect == Dialect::TwingateConnector || e.dialect == Dialect::PangolinAgent; }

// Service lines name neither connector nor group: the records beside them do, of the same host, else of the same input,
// else of the whole run when there is but one.
void fill_in_lines(std::vector<SessionEvent>& events) {
  OnlyValue connector_of_source, connector_of_input, connector_of_run, group_of_connector, group_of_input, group_of_run;
  for (const SessionEvent& e : events) {
    if (is_service_line(e)) continue;
    const System system = system_of(e.dialect);
    if (e.source != 0) connector_of_source.see(system, e.source, e.connector);
    connector_of_input.see(system, e.place.input, e.connector);
    connector_of_run.see(system, 0, e.connector);
    group_of_connector.see(system, e.connector, e.group);
    group_of_input.see(system, e.place.input, e.group);
    group_of_run.see(system, 0, e.group);
  }
  const auto first_of = [](std::initializer_list<std::uint32_t> list) {
    const auto it = std::find_if(list.begin(), list.end(), [](std::uint32_t value) { return value != 0; });
    return it == list.end() ? 0 : *it;
  };
  for (SessionEvent& e : events) {
    if (!is_service_line(e)) continue;
    const System system = system_of(e.dialect);
    const std::uint32_t by_source = e.source == 0 ? 0 : connector_of_source.of(system, e.source);
    const std::uint32_t elsewhere = first_of({connector_of_input.of(system, e.place.input), connector_of_run.of(system, 0)});
    if (e.connector == 0 && system == System::Twingate) e.connector = first_of({by_source, e.source, elsewhere});
    const std::uint32_t by_connector = e.connector == 0 ? 0 : group_of_connector.of(system, e.connector);
    if (e.group == 0)
      e.group = first_of({by_connector, group_of_input.of(system, e.place.input), group_of_run.of(system, 0)});
  }
}

// Records about a session that is known, or of a user who is seen in one group only, belong to that group; what is about
// none of these belongs to the only group there is.
void fill_in_groups(std::vector<SessionEvent>& events) {
  OnlyValue of_session, of_user, of_device, of_run;
  for (const SessionEvent& e : events) {
    const System system = system_of(e.dialect);
    if (e.id != 0) of_session.see(system, e.id, e.group);
    if (e.user != 0) of_user.see(system, e.user, e.group);
    if (e.device != 0) of_device.see(system, e.device, e.group);
    of_run.see(system, 0, e.group);
  }
  for (SessionEvent& e : events) {
    const System system = system_of(e.dialect);
    if (e.group == 0 && e.id != 0) e.group = of_session.of(system, e.id);
    if (e.group == 0 && e.user != 0) e.group = of_user.of(system, e.user);
    if (e.group == 0 && e.device != 0) e.group = of_device.of(system, e.device);
    if (e.group == 0 && !is_session_record(e)) e.group = of_run.of(system, 0);
  }
}

// Most logs name all that is to be named, and are not copied.
void fill_in(Log& log) {
  const auto any = [&](auto is) { return std::any_of(log.events.begin(), log.events.end(), is); };
  const bool lines = any(is_service_line);
  if (!lines && !any([](const SessionEvent& e) { return e.group == 0; })) return;
  log.filled_in.assign(log.events.begin(), log.events.end());
  if (lines) fill_in_lines(log.filled_in);
  fill_in_groups(log.filled_in);
  log.events = log.filled_in;
}

Time second_of(Time time) { return time == kNoTime ? kNoTime : time / kSecond; }

// Session ids of Pangolin are unique together with the start only.
Time second_of_key(const SessionEvent& e) { return system_of(e.dialect) == System::Pangolin ? second_of(e.start) : 0; }

// Which session a record with an id belongs to.
class SessionFinder {
 public:
  // `next`: the number that a session gets which is not known yet.
  std::size_t find(const SessionEvent& e, std::size_t next) {
    const System system = system_of(e.dialect);
    const Time second = second_of_key(e);
    First& first = first_(system, e.id);
    if (!first.known) first = {next, second, true};
    if (first.second == second) return first.session;
    return others_.try_emplace(std::tuple(system, e.id, second), next).first->second;
  }

 private:
  struct First {
    std::size_t session = 0;
    Time second = kNoTime;
    bool known = false;
  };
  ByNumber<First> first_;  // the first session with an id; as good as always the only one
  std::map<std::tuple<System, std::uint32_t, Time>, std::size_t> others_;
};

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
void update(Session& s, std::span<const SessionEvent> events, std::size_t event, bool is_first, SignalIndex login_failed) {
  const SessionEvent& e = events[event];
  for (const auto& [kept, said] :
       {std::pair{&s.id, e.id}, {&s.group, e.group}, {&s.group_name, e.group_name}, {&s.gateway, e.gateway},
        {&s.connector, e.connector}, {&s.user, e.user}, {&s.device, e.device}, {&s.address, e.address},
        {&s.resource, e.resource}, {&s.protocol, e.protocol}})
    if (said != 0) *kept = said;
  if (is_first || weight(e) >= weight(events[s.last_event])) {
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
}

void complete(Session& s, std::span<const SessionEvent> events) {
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

void assemble_sessions(Log& log, SignalIndex login_failed) {
  const std::span<const SessionEvent> events = log.events;
  std::vector<Session>& sessions = log.sessions;
  constexpr std::uint32_t kNone = 0xFFFFFFFF;
  std::vector<std::uint32_t> session_of(events.size(), kNone), counts;
  const auto begin_one = std::count_if(events.begin(), events.end(), [](const SessionEvent& e) {
    return is_session_record(e) && e.happening != Happening::Ended && e.happening != Happening::HandedOver;
  });
  sessions.reserve(static_cast<std::size_t>(begin_one));  // as good as always enough, and what is not filled costs nothing
  SessionFinder finder;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const SessionEvent& e = events[i];
    if (!is_session_record(e)) continue;
    const std::size_t at = e.id == 0 ? sessions.size() : finder.find(e, sessions.size());
    const bool is_first = at == sessions.size();
    if (is_first) {
      sessions.emplace_back().system = system_of(e.dialect);
      counts.push_back(0);
    }
    update(sessions[at], events, i, is_first, login_failed);
    session_of[i] = static_cast<std::uint32_t>(at);
    ++counts[at];
  }
  std::vector<std::size_t> places(sessions.size() + 1, 0);
  for (std::size_t s = 0; s < sessions.size(); ++s) places[s + 1] = places[s] + counts[s];
  log.session_events.resize(places.back());
  for (std::size_t s = 0; s < sessions.size(); ++s)
    sessions[s].events = std::span(log.session_events).subspan(places[s], counts[s]);
  for (std::size_t i = 0; i < events.size(); ++i)
    if (session_of[i] != kNone) log.session_events[places[session_of[i]]++] = static_cast<std::uint32_t>(i);
  for (Session& s : sessions) complete(s, events);
}

// Steps of one SAML login may have ids of their own: a wait that the same user's (or, without a name, the same
// address's) next step follows is part of that login.
void join_logins(Log& log, const Limits& limits) {
  if (std::none_of(log.sessions.begin(), log.sessions.end(), [](const Session& s) { return s.outcome == Outcome::Waiting; })) return;
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

Log assemble(std::span<const SessionEvent> events, const TextPool& texts, const Classifier& classifier, const Limits& limits,
             Time now, Time until) {
  Log log;
  log.texts = &texts;
  log.names = Names(texts);
  const auto end = until == kNoTime ? events.end() : std::find_if(events.begin(), events.end(), [&](const SessionEvent& e) { return e.time > until; });
  log.events = events.first(static_cast<std::size_t>(end - events.begin()));
  if (log.events.empty()) return log;
  log.first = log.events.front().time;
  log.last = log.events.back().time;
  log.now = now == kNoTime ? log.last : now;
  fill_in(log);
  assemble_sessions(log, classifier.signal(kb::signal::kLoginFailed));
  join_logins(log, limits);
  judge_flows(log, classifier.signal(kb::signal::kResourceFailed), limits);
  return log;
}

Names::Names(const TextPool& texts) : texts_(&texts), unknown_text_(texts.find("unknown")) {}

std::uint32_t Names::of(kb::About about, const SessionEvent& e) const {
  const auto first_of = [&](std::initializer_list<std::uint32_t> list) {
    const auto it = std::find_if(list.begin(), list.end(), [](std::uint32_t text) { return text != 0; });
    return it == list.end() ? kUnknown : of(*it);
  };
  switch (about) {
    case kb::About::Group: return first_of({e.group});
    case kb::About::Organisation: return first_of({e.organisation, e.group});
    case kb::About::Carrier: return first_of({e.gateway, e.connector, e.group});
    case kb::About::Connector: return first_of({e.connector, e.group});
    case kb::About::Client: return client(e);
    case kb::About::Resource: return e.resource;
    case kb::About::Address: return e.address;
  }
  return kUnknown;
}

// As client_of() names them.
std::uint32_t Names::client(const SessionEvent& e) const {
  if (e.is_connector && e.device != 0) return of(e.device);
  if (e.user != 0 && e.device != 0 && e.device != e.user) return joined(e.user, e.device);
  return of(e.user != 0 ? e.user : e.device != 0 ? e.device : e.address);
}

std::uint32_t Names::joined(std::uint32_t user, std::uint32_t device) const {
  const auto [it, is_new] = numbers_.try_emplace(std::uint64_t{user} << 32 | device, 0);
  if (!is_new) return it->second;
  std::string name(texts_->at(user));
  name.append("/").append(texts_->at(device));
  if (const std::uint32_t text = texts_->find(name); text != 0) return it->second = of(text);
  const auto [named, is_new_name] = by_name_.try_emplace(std::move(name), static_cast<std::uint32_t>(texts_->size() + names_.size()));
  if (is_new_name) names_.push_back(named->first);
  return it->second = named->second;
}

std::string_view Names::text(std::uint32_t number) const {
  if (number == kUnknown) return "unknown";
  return number < texts_->size() ? texts_->at(number) : names_[number - texts_->size()];
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
