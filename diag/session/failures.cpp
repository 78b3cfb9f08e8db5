// Failed attempts seen together: how many people they meet, and whether one address tries many names.
#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "diag/radix.hpp"
#include "diag/session/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

// Attempts of one group: sessions that began and attempts that failed.
struct Attempts {
  std::size_t count = 0;
  std::vector<std::uint32_t> handler_failed, login_failed;  // in time order
  std::vector<Time> successes;  // in order; where logins failed
};

// Calls use(event) for each attempt of a session.
template <class Use>
void for_each_attempt(const Log& log, const Session& s, const Use& use) {
  if (!s.carried() && s.outcome != Outcome::Failed) return;
  if (s.any_failure || s.outcome == Outcome::Failed)
    log.for_each_event(s, [&](std::uint32_t i) {
      if (log.events[i].happening == Happening::Failed || (s.outcome == Outcome::Failed && i == s.last_event)) use(i);
    });
  if (s.carried()) use(s.first_event);
}

void put_in_order(std::vector<std::uint32_t>& events) {
  sort_by_number(events, [](std::uint32_t event) { return event; });
}

// Of groups in order.
std::vector<Attempts> attempts_by_group(const Scene& scene) {
  const Log& log = scene.log;
  const SignalIndex handler = scene.classifier.signal(kb::signal::kHandlerFailed);
  const SignalIndex login = scene.classifier.signal(kb::signal::kLoginFailed);
  if (!log.any(handler) && !log.any(login)) return {};
  ByNumber<Attempts> by;
  const auto of_group = [&](const Session& s) -> Attempts& { return by(s.system, log.route(s).group); };
  bool any_login = false;
  for (const Session& s : log.sessions)
    for_each_attempt(log, s, [&](std::uint32_t i) {
      Attempts& attempts = of_group(s);
      const SignalIndex signal = log.events[i].signal;
      ++attempts.count;
      if (signal == handler) attempts.handler_failed.push_back(i);
      if (signal == login) attempts.login_failed.push_back(i);
      any_login = any_login || signal == login;
    });
  for (const Session& s : log.sessions)
    if (any_login && s.carried())
      if (Attempts& attempts = of_group(s); !attempts.login_failed.empty()) attempts.successes.push_back(log.events[s.first_event].time);

  auto& entries = by.entries();
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return std::tie(a.system, a.number) < std::tie(b.system, b.number); });
  std::vector<Attempts> list;
  for (auto& entry : entries) {
    put_in_order(entry.value.handler_failed);
    put_in_order(entry.value.login_failed);
    sort_by_number(entry.value.successes, [](Time time) { return time; });
    list.push_back(std::move(entry.value));
  }
  return list;
}

// Different people among records that come and go: by name, or by address where there is none.
class People {
 public:
  explicit People(const Log& log) : log_(log) {}
  void add(std::uint32_t event) { ++records_[who(log_, log_.events[event])]; }
  void remove(std::uint32_t event) {
    const auto known = records_.find(who(log_, log_.events[event]));
    if (--known->second == 0) records_.erase(known);
  }
  std::size_t count() const { return records_.size(); }

 private:
  const Log& log_;
  std::unordered_map<std::string_view, std::size_t> records_;
};

std::size_t people(const Log& log, const std::vector<std::uint32_t>& events) {
  People people(log);
  for (const std::uint32_t i : events) people.add(i);
  return people.count();
}

void handler(const Scene& scene, const Attempts& attempts) {
  const std::vector<std::uint32_t>& failed = attempts.handler_failed;
  if (failed.empty()) return;
  Case& c = scene.of(kb::About::Group, failed.front());
  c.details["attempts"] = static_cast<double>(attempts.count);
  const double share = static_cast<double>(failed.size()) / static_cast<double>(attempts.count);
  const bool widely = people(scene.log, failed) >= scene.limits.sessions.wide_users ||
                      share >= scene.limits.sessions.wide_share;
  if (!widely) return;
  for (const std::uint32_t i : failed) scene.found(c, kb::signal::kHandlerFailedWidely, i);
}

// Many users within minutes, and hardly anybody else gets in: not each of them mistyped a password.
void logins(const Scene& scene, const Attempts& attempts, const std::set<std::uint32_t>& guesses) {
  std::vector<std::uint32_t> failed = attempts.login_failed;
  std::erase_if(failed, [&](std::uint32_t i) { return guesses.contains(i); });
  if (failed.empty()) return;
  const auto& events = scene.log.events;
  const auto& limits = scene.limits.sessions;
  Case& c = scene.of(kb::About::Group, failed.front());
  c.details["attempts"] = static_cast<double>(attempts.count);
  std::vector<std::uint32_t> wide;
  People people(scene.log);
  auto wide_end = failed.begin();  // what lies before has been looked at
  for (auto from = failed.begin(), to = failed.begin(); from != failed.end(); people.remove(*from++)) {
    for (; to != failed.end() && events[*to].time <= events[*from].time + limits.wide_window; ++to) people.add(*to);
    if (people.count() < limits.wide_users) continue;
    const auto successes =
        std::upper_bound(attempts.successes.begin(), attempts.successes.end(), events[*(to - 1)].time) -
        std::lower_bound(attempts.successes.begin(), attempts.successes.end(), events[*from].time);
    const auto failures = static_cast<double>(to - from);
    if (failures / (failures + static_cast<double>(successes)) < limits.wide_share) continue;
    wide.insert(wide.end(), std::max(from, wide_end), to);
    wide_end = to;
  }
  for (const std::uint32_t i : wide) scene.found(c, kb::signal::kLoginFailedWidely, i);
}

// One address, many names, no success among them. An office behind one address has successes.
std::set<std::uint32_t> guessing(const Scene& scene) {
  const Log& log = scene.log;
  const SignalIndex login = scene.classifier.signal(kb::signal::kLoginFailed);
  if (!log.any(login)) return {};
  ByNumber<std::vector<std::uint32_t>> failed_by_address;
  for (const Session& s : log.sessions)
    for_each_attempt(log, s, [&](std::uint32_t i) {
      const std::uint32_t address = log.party(s).address;
      if (address != 0 && log.events[i].signal == login) failed_by_address(s.system, address).push_back(i);
    });
  if (failed_by_address.entries().empty()) return {};
  ByNumber<bool> succeeded;
  for (const Session& s : log.sessions)
    if (s.carried()) succeeded(s.system, log.party(s).address) = true;

  std::set<std::uint32_t> guesses;
  for (auto& [system, address, failed] : failed_by_address.entries()) {
    if (succeeded.find(system, address) != nullptr) continue;
    put_in_order(failed);
    if (people(log, failed) < scene.limits.sessions.guessing_users) continue;
    Case& c = scene.of(kb::About::Address, failed.front());
    for (const std::uint32_t i : failed) scene.found(c, kb::signal::kGuessing, i);
    guesses.insert(failed.begin(), failed.end());
  }
  return guesses;
}

// They say nothing of those who may log in.
void leave_out_guesses(const Scene& scene, const std::set<std::uint32_t>& guesses) {
  const SignalIndex login = scene.classifier.signal(kb::signal::kLoginFailed);
  std::set<Case*> groups;
  for (const std::uint32_t i : guesses) groups.insert(&scene.of(kb::About::Group, i));
  for (Case* c : groups)
    std::erase_if(c->seen, [&](const Occurrence& o) { return o.signal == login && guesses.contains(static_cast<std::uint32_t>(o.event)); });
}

}  // namespace

void detect_failures(const Scene& scene) {
  const std::set<std::uint32_t> guesses = guessing(scene);
  leave_out_guesses(scene, guesses);
  for (const Attempts& attempts : attempts_by_group(scene)) {
    handler(scene, attempts);
    logins(scene, attempts, guesses);
  }
  for (const Session& s : scene.log.sessions) {
    const std::size_t last = s.last_event;
    if (s.outcome == Outcome::Waiting) scene.found(scene.of(kb::About::Group, last), kb::signal::kLoginAbandoned, last);
    if (s.outcome == Outcome::Failed && scene.log.events[last].rule == kNoRule)
      scene.found(scene.of(kb::About::Group, last), kb::signal::kUnlistedFailure, last);
  }
}

}  // namespace tunnelscope::diag::session
