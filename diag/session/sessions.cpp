#include "diag/session/sessions.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

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

// Gives an event another route, which only where it differs costs memory.
void change_route(Log& log, std::size_t event, const Route& route) {
  if (route == log.route(log.events[event])) return;
  log.events.writable(event).route = log.said->routes.intern(route);
}

// Service lines name neither connector nor group: the records beside them do, of the same host, else of the same input,
// else of the whole run when there is but one.
void fill_in_lines(Log& log) {
  OnlyValue connector_of_source, connector_of_input, connector_of_run, group_of_connector, group_of_input, group_of_run;
  for (const SessionEvent& e : log.events) {
    if (is_service_line(e)) continue;
    const System system = system_of(e.dialect);
    const Route& r = log.route(e);
    const auto input = e.place.input();
    if (r.source != 0) connector_of_source.see(system, r.source, r.connector);
    connector_of_input.see(system, input, r.connector);
    connector_of_run.see(system, 0, r.connector);
    group_of_connector.see(system, r.connector, r.group);
    group_of_input.see(system, input, r.group);
    group_of_run.see(system, 0, r.group);
  }
  const auto first_of = [](std::initializer_list<std::uint32_t> list) {
    const auto it = std::find_if(list.begin(), list.end(), [](std::uint32_t value) { return value != 0; });
    return it == list.end() ? 0 : *it;
  };
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (!is_service_line(e)) continue;
    const System system = system_of(e.dialect);
    const auto input = e.place.input();
    Route r = log.route(e);
    const std::uint32_t by_source = r.source == 0 ? 0 : connector_of_source.of(system, r.source);
    const std::uint32_t elsewhere = first_of({connector_of_input.of(system, input), connector_of_run.of(system, 0)});
    if (r.connector == 0 && system == System::Twingate) r.connector = first_of({by_source, r.source, elsewhere});
    const std::uint32_t by_connector = r.connector == 0 ? 0 : group_of_connector.of(system, r.connector);
    if (r.group == 0) r.group = first_of({by_connector, group_of_input.of(system, input), group_of_run.of(system, 0)});
    change_route(log, i, r);
  }
}

// Records about a session that is known, or of a user who is seen in one group only, belong to that group; what is about
// none of these belongs to the only group there is.
void fill_in_groups(Log& log) {
  OnlyValue of_session, of_user, of_device, of_run;
  for (const SessionEvent& e : log.events) {
    const System system = system_of(e.dialect);
    const Party& p = log.party(e);
    const std::uint32_t group = log.route(e).group;
    if (e.id != 0) of_session.see(system, e.id, group);
    if (p.user != 0) of_user.see(system, p.user, group);
    if (p.device != 0) of_device.see(system, p.device, group);
    of_run.see(system, 0, group);
  }
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (log.route(e).group != 0) continue;
    const System system = system_of(e.dialect);
    const Party& p = log.party(e);
    Route r = log.route(e);
    if (r.group == 0 && e.id != 0) r.group = of_session.of(system, e.id);
    if (r.group == 0 && p.user != 0) r.group = of_user.of(system, p.user);
    if (r.group == 0 && p.device != 0) r.group = of_device.of(system, p.device);
    if (r.group == 0 && !is_session_record(e)) r.group = of_run.of(system, 0);
    change_route(log, i, r);
  }
}

// What one look at all events tells.
struct Survey {
  std::size_t begin_one = 0;  // so many may be the first of a session
  bool any_without_group = false;
};

Survey look_at_all(Log& log) {
  Survey survey;
  for (const SessionEvent& e : log.events) {
    log.dialects[static_cast<std::size_t>(e.dialect)] = true;
    if (e.signal != kNoSignal) log.signals[e.signal] = true;
    survey.any_without_group = survey.any_without_group || log.route(e).group == 0;
    if (is_session_record(e) && e.happening != Happening::Ended && e.happening != Happening::HandedOver) ++survey.begin_one;
  }
  return survey;
}

// Most logs name all that is to be named.
void fill_in(Log& log, const Survey& survey) {
  const bool lines = log.any(Dialect::TwingateConnector) || log.any(Dialect::PangolinAgent);
  if (lines) fill_in_lines(log);
  if (lines || survey.any_without_group) fill_in_groups(log);
}

// A session that lasted and was used was no refused login, whatever words its end has for why.
void forget_late_refusals(Log& log, SignalIndex login_failed, const Limits& limits) {
  if (login_failed == kNoSignal || !log.any(login_failed)) return;
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (e.signal != login_failed || (e.happening != Happening::Ended && e.happening != Happening::Whole)) continue;
    const Closing& closing = log.closing(e);
    const Duration lasted = closing.duration >= 0 || closing.end == kNoTime || e.start == kNoTime ? closing.duration : closing.end - e.start;
    if (lasted > limits.sessions.short_session && (e.moved_bytes || !e.states_bytes)) log.events.writable(i).signal = kNoSignal;
  }
}

Time second_of(Time time) { return time == kNoTime ? kNoTime : time / kSecond; }

// Session ids of Pangolin are unique together with the start only.
Time second_of_key(const SessionEvent& e) { return system_of(e.dialect) == System::Pangolin ? second_of(e.start) : 0; }

// The start that records of one session state, in whole seconds or finer ones.
bool is_same_start(Time a, Time b) { return a == kNoTime || b == kNoTime || std::abs(a - b) <= kSecond; }

// Which session a record belongs to.
class SessionFinder {
 public:
  explicit SessionFinder(const Log& log) : log_(log), first_(log.texts->size(), kNone) {}

  // Either one of those in the log, or the next, which is not known yet.
  std::uint32_t find(const SessionEvent& e) {
    if (e.id == 0) return find_without_id(e);
    std::uint32_t& first = first_[e.id];
    if (first == kNone) return first = next();
    const Session& s = log_.sessions[first];
    if (!is_of(s, e)) return others_.try_emplace(std::tuple(system_of(e.dialect), e.id, second_of_key(e)), next()).first->second;
    if (is_same_start(s.start, e.start) && reused_.empty()) return first;
    return find_reused(first, e);
  }

 private:
  std::uint32_t next() const { return static_cast<std::uint32_t>(log_.sessions.size()); }

  bool is_of(const Session& s, const SessionEvent& e) const {
    return s.system == system_of(e.dialect) && second_of_key(log_.events[s.first_event]) == second_of_key(e);
  }

  bool is_other_client(const Session& s, const SessionEvent& e) const {
    const Party& known = log_.party(s);
    const Party& said = log_.party(e);
    const auto differ = [](std::uint32_t a, std::uint32_t b) { return a != 0 && b != 0 && a != b; };
    return differ(known.user, said.user) || differ(known.device, said.device);
  }

  // An id that several sessions have: one begins elsewhere or after another has ended, and a record belongs to that with its start.
  std::uint32_t find_reused(std::uint32_t first, const SessionEvent& e) {
    const auto found = reused_.find(first);
    const auto session = [&](std::uint32_t i) -> const Session& { return log_.sessions[i]; };
    const auto fits = [&](std::uint32_t i) { return is_same_start(session(i).start, e.start) && !is_other_client(session(i), e); };
    if (fits(first) && (found == reused_.end() || e.start != kNoTime)) return first;
    std::uint32_t latest = first;
    if (found != reused_.end()) {
      latest = found->second.back();
      const auto own = std::find_if(found->second.rbegin(), found->second.rend(), fits);
      if (own != found->second.rend()) return *own;
    }
    const bool has_ended = session(latest).outcome == Outcome::Ended && session(latest).end <= e.start;
    const bool begins = e.happening == Happening::Started && e.start != kNoTime && session(latest).start != kNoTime && has_ended;
    if (!begins && (is_same_start(session(latest).start, e.start) || !is_other_client(session(latest), e))) return latest;
    reused_[first].push_back(next());
    return next();
  }

  // Without ids, an end belongs to the session of its client that has its start and its target.
  std::uint32_t find_without_id(const SessionEvent& e) {
    const auto key = [&](Time second) { return std::tuple(system_of(e.dialect), log_.names.of(kb::About::Client, e), second); };
    if (e.happening == Happening::Started) open_without_id_.emplace(key(second_of(e.start == kNoTime ? e.time : e.start)), next());
    if (e.happening != Happening::Ended || e.start == kNoTime) return next();
    for (const Time second : {second_of(e.start), second_of(e.start) - 1, second_of(e.start) + 1}) {
      const auto [from, to] = open_without_id_.equal_range(key(second));
      const auto own = std::find_if(from, to, [&](const auto& open) {
        const Route& route = log_.route(log_.sessions[open.second]);
        return route.group == log_.route(e).group && route.resource == log_.route(e).resource;
      });
      if (own == to) continue;
      const std::uint32_t session = own->second;
      open_without_id_.erase(own);
      return session;
    }
    return next();
  }

  const Log& log_;
  std::vector<std::uint32_t> first_;  // by id: the first session that has it; as good as always the only one
  std::map<std::tuple<System, std::uint32_t, Time>, std::uint32_t> others_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> reused_;  // by the first session that has the id, all later ones
  std::multimap<std::tuple<System, std::uint32_t, Time>, std::uint32_t> open_without_id_;  // by client and second of their start
};

// CloudConnexa writes a refused login as a connection that ends at once.
Outcome outcome_of(const SessionEvent& e, const Closing& closing, SignalIndex login_failed) {
  if (e.happening == Happening::Ended && e.signal == login_failed && e.signal != kNoSignal) return Outcome::Failed;
  switch (e.happening) {
    case Happening::Started: return Outcome::Open;
    case Happening::Ended: return Outcome::Ended;
    case Happening::Whole: return closing.is_end() ? Outcome::Ended : Outcome::Open;
    case Happening::Failed: return Outcome::Failed;
    case Happening::Denied: return Outcome::Denied;
    case Happening::Waiting: return Outcome::Waiting;
    default: return Outcome::LoginStep;
  }
}

// What a session came to: an end is final, a start outweighs what failed before it.
int weight(const Log& log, const SessionEvent& e) {
  switch (e.happening) {
    case Happening::Waiting: return 1;
    case Happening::Failed:
    case Happening::Denied: return 2;
    case Happening::Started: return 3;
    case Happening::Whole: return log.closing(e).is_end() ? 4 : 3;
    case Happening::Ended: return 4;
    default: return 0;
  }
}

Party updated(Party kept, const Party& said) {
  for (const auto text : {&Party::user, &Party::device, &Party::address})
    if (said.*text != 0) kept.*text = said.*text;
  kept.is_connector |= said.is_connector;
  return kept;
}

Route updated(Route kept, const Route& said) {
  for (const auto text : {&Route::group, &Route::group_name, &Route::organisation, &Route::gateway, &Route::connector, &Route::source,
                          &Route::resource, &Route::protocol})
    if (said.*text != 0) kept.*text = said.*text;
  return kept;
}

// Records mostly say both or neither, and few sessions have two that do.
std::uint32_t updated_bytes(SessionNames& names, std::uint32_t kept, std::uint32_t said) {
  const Closing& now = names.closing(said);
  if (now.to_client < 0 && now.from_client < 0) return kept;
  if (kept == 0 || (now.to_client >= 0 && now.from_client >= 0)) return said;
  Closing both = names.closing(kept);
  (now.to_client >= 0 ? both.to_client : both.from_client) = std::max(now.to_client, now.from_client);
  return names.keep(both);
}

// A later record updates what it says and leaves the rest.
void update(Session& s, std::uint32_t event, Log& log, SignalIndex login_failed) {
  const SessionEvent& e = log.events[event];
  const Closing& closing = log.closing(e);
  const bool is_first = s.first_event == kNone;
  if (is_first) {
    s.system = system_of(e.dialect);
    s.first_event = event;
    s.party = e.party;
    s.route = e.route;
  }
  if (s.party != e.party) s.party = log.said->parties.intern(updated(log.party(s), log.party(e)));
  if (s.route != e.route) s.route = log.said->routes.intern(updated(log.route(s), log.route(e)));
  if (is_first || weight(log, e) >= weight(log, log.events[s.last_event])) {
    s.outcome = outcome_of(e, closing, login_failed);
    s.last_event = event;
    s.last_time = e.time;
    s.last_party = e.party == 0 ? s.party : e.party;
    s.last_route = e.route;
  }
  s.any_failure = s.any_failure || e.happening == Happening::Failed;
  if (e.start != kNoTime) s.start = s.start == kNoTime ? e.start : std::min(s.start, e.start);
  if (closing.end != kNoTime) s.end = std::max(s.end, closing.end);
  if (closing.duration >= 0) s.duration = closing.duration;
  if (e.closing != 0) s.bytes = updated_bytes(*log.said, s.bytes, e.closing);
  if (e.relayed != Answer::Unknown) s.relayed = e.relayed;
}

void complete(Session& s, const Chunked<SessionEvent>& events) {
  const SessionEvent& first = events[s.first_event];
  const SessionEvent& last = events[s.last_event];
  if (s.start == kNoTime && first.happening == Happening::Started) s.start = first.time;
  if (s.outcome == Outcome::Ended && s.end == kNoTime)
    s.end = last.happening == Happening::Ended ? last.time : s.start == kNoTime ? kNoTime : s.start + std::max<Duration>(s.duration, 0);
  if (s.start == kNoTime && s.end != kNoTime && s.duration >= 0) s.start = s.end - s.duration;
  if (s.duration < 0 && s.start != kNoTime && s.end >= s.start) s.duration = s.end - s.start;
  if (s.outcome == Outcome::Open) s.end = kNoTime;
  if (s.outcome != Outcome::Open && s.outcome != Outcome::Ended && s.start == kNoTime) s.start = last.time;
}

// Chains the events of each session; `session_of` each event, kNone: of none. The last ones first: each is followed by the one before.
void chain_events(Log& log, std::vector<std::uint32_t> session_of) {
  for (Session& s : log.sessions) s.first_event = kNone;
  for (std::size_t i = session_of.size(); i-- > 0;)
    if (std::uint32_t& of_event = session_of[i]; of_event != kNone)
      of_event = std::exchange(log.sessions[of_event].first_event, static_cast<std::uint32_t>(i));
  log.next_events = std::move(session_of);
}

void assemble_sessions(Log& log, const Survey& survey, SignalIndex login_failed) {
  std::vector<std::uint32_t> session_of(log.events.size(), kNone);
  log.sessions.reserve(survey.begin_one);  // as good as always enough, and what is not filled costs nothing
  SessionFinder finder(log);
  for (std::uint32_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (!is_session_record(e)) continue;
    const std::size_t at = finder.find(e);
    if (at == log.sessions.size()) log.sessions.emplace_back();
    update(log.sessions[at], i, log, login_failed);
    session_of[i] = static_cast<std::uint32_t>(at);
  }
  chain_events(log, std::move(session_of));
  for (Session& s : log.sessions) complete(s, log.events);
}

// Steps of one SAML login may have ids of their own: a wait that the same user's (or, without a name, the same
// address's) next step follows is part of that login.
void join_logins(Log& log, const Limits& limits) {
  if (std::none_of(log.sessions.begin(), log.sessions.end(), [](const Session& s) { return s.outcome == Outcome::Waiting; })) return;
  using Person = std::tuple<System, std::uint32_t, std::uint32_t, std::uint32_t>;  // group, user, address
  std::map<Person, std::vector<Time>> steps;
  const auto people = [&](const SessionEvent& e) {
    const System system = system_of(e.dialect);
    const Party& party = log.party(e);
    std::vector<Person> list;
    if (party.user != 0) list.push_back({system, log.route(e).group, party.user, 0});
    if (party.address != 0) list.push_back({system, log.route(e).group, 0, party.address});
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
      if (by_address && log.party(e).user != 0) continue;
      const std::vector<Time>& later = steps[p];
      const auto next = std::lower_bound(later.begin(), later.end(), e.time);
      if (next != later.end() && *next <= e.time + limits.sessions.login_wait) s.outcome = Outcome::LoginStep;
    }
    if (log.now - e.time < limits.sessions.login_wait) s.outcome = Outcome::LoginStep;
  }
}

}  // namespace

bool Log::any(System system) const {
  for (std::size_t d = 0; d < dialects.size(); ++d)
    if (dialects[d] && system_of(static_cast<Dialect>(d)) == system) return true;
  return false;
}

bool is_session_record(const SessionEvent& e) {
  if (e.happening == Happening::Message) return false;
  return e.happening != Happening::Denied || e.dialect != Dialect::CloudConnexa;
}

Log assemble(const Chunked<SessionEvent>& events, const SessionNames& said, const TextPool& texts, const Classifier& classifier,
             const Limits& limits, Time now, Time until) {
  Log log;
  log.texts = &texts;
  log.said = std::make_unique<SessionNames>(said);
  log.names = Names(texts, *log.said);
  log.events = events;
  if (until != kNoTime) {
    const auto late = std::find_if(events.begin(), events.end(), [&](const SessionEvent& e) { return e.time > until; });
    log.events.truncate(static_cast<std::size_t>(late - events.begin()));
  }
  log.signals.resize(classifier.signals().size());
  if (log.events.empty()) return log;
  log.first = log.events.front().time;
  log.last = log.events.back().time;
  log.now = now == kNoTime ? log.last : now;
  const Survey survey = look_at_all(log);
  fill_in(log, survey);
  const SignalIndex login_failed = classifier.signal(kb::signal::kLoginFailed);
  forget_late_refusals(log, login_failed, limits);
  assemble_sessions(log, survey, login_failed);
  join_logins(log, limits);
  judge_flows(log, classifier.signal(kb::signal::kResourceFailed), limits);
  return log;
}

Names::Names(const TextPool& texts, const SessionNames& said) : texts_(&texts), said_(&said), unknown_text_(texts.find("unknown")) {}

std::uint32_t Names::of(kb::About about, std::uint32_t party, std::uint32_t route) const {
  const Route& r = said_->routes[route];
  const auto first_of = [&](std::initializer_list<std::uint32_t> list) {
    const auto it = std::find_if(list.begin(), list.end(), [](std::uint32_t text) { return text != 0; });
    return it == list.end() ? kUnknown : of(*it);
  };
  switch (about) {
    case kb::About::Group: return first_of({r.group});
    case kb::About::Organisation: return first_of({r.organisation, r.group});
    case kb::About::Carrier: return first_of({r.gateway, r.connector, r.group});
    case kb::About::Connector: return first_of({r.connector, r.group});
    case kb::About::Client: return client(party);
    case kb::About::Resource: return r.resource;
    case kb::About::Address: return said_->parties[party].address;
  }
  return kUnknown;
}

std::uint32_t Names::client(std::uint32_t party) const {
  constexpr std::uint32_t kNotYet = 0xFFFFFFFF;
  if (party >= clients_.size()) clients_.resize(said_->parties.size(), kNotYet);
  if (clients_[party] == kNotYet) clients_[party] = client(said_->parties[party]);
  return clients_[party];
}

// As client_of() names them.
std::uint32_t Names::client(const Party& p) const {
  if (p.is_connector != 0 && p.device != 0) return of(p.device);
  if (p.user != 0 && p.device != 0 && p.device != p.user) return joined(p.user, p.device);
  return of(p.user != 0 ? p.user : p.device != 0 ? p.device : p.address);
}

std::uint32_t Names::joined(std::uint32_t user, std::uint32_t device) const {
  std::string name(texts_->at(user));
  name.append("/").append(texts_->at(device));
  if (const std::uint32_t text = texts_->find(name); text != 0) return of(text);
  const auto [named, is_new] = by_name_.try_emplace(std::move(name), static_cast<std::uint32_t>(texts_->size() + names_.size()));
  if (is_new) names_.push_back(named->first);
  return named->second;
}

std::string_view Names::text(std::uint32_t number) const {
  if (number == kUnknown) return "unknown";
  return number < texts_->size() ? texts_->at(number) : names_[number - texts_->size()];
}

std::string_view who(const Log& log, const SessionEvent& e) {
  const Party& p = log.party(e);
  for (const std::uint32_t index : {p.user, p.device, p.address})
    if (index != 0) return log.text(index);
  return "unknown";
}

std::string client_of(const Log& log, const SessionEvent& e) {
  const Party& p = log.party(e);
  if (p.is_connector != 0 && p.device != 0) return std::string(log.text(p.device));
  std::string client(who(log, e));
  if (p.user != 0 && p.device != 0 && p.device != p.user) client.append("/").append(log.text(p.device));
  return client;
}

std::string name_of(kb::About about, const Log& log, const SessionEvent& e) {
  const Route& r = log.route(e);
  const auto first_of = [&](std::initializer_list<std::uint32_t> list) {
    for (const std::uint32_t index : list)
      if (index != 0) return std::string(log.text(index));
    return std::string("unknown");
  };
  switch (about) {
    case kb::About::Group: return first_of({r.group});
    case kb::About::Organisation: return first_of({r.organisation, r.group});
    case kb::About::Carrier: return first_of({r.gateway, r.connector, r.group});
    case kb::About::Connector: return first_of({r.connector, r.group});
    case kb::About::Client: return client_of(log, e);
    case kb::About::Resource: return std::string(log.text(r.resource));
    case kb::About::Address: return std::string(log.text(log.party(e).address));
  }
  return {};
}

}  // namespace tunnelscope::diag::session
