// Failed attempts seen together: how many people they meet, and whether one address tries many names.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "diag/radix.hpp"
#include "diag/session/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

using Place = std::pair<System, std::uint32_t>;  // group or address

// Attempts of one group or from one address, in time order: sessions that began and attempts that failed.
struct Attempts {
  std::vector<std::size_t> events;
  std::vector<Time> successes;
};

bool is_success(const Session& s) { return s.outcome == Outcome::Open || s.outcome == Outcome::Ended; }

template <class KeyOf>
std::map<Place, Attempts> attempts_by(const Log& log, KeyOf key_of) {
  ByNumber<Attempts> by;
  for (const Session& s : log.sessions) {
    if (!is_success(s) && s.outcome != Outcome::Failed) continue;
    Attempts& attempts = by(s.system, key_of(s));
    for (const std::size_t i : s.events)
      if (log.events[i].happening == Happening::Failed || (s.outcome == Outcome::Failed && i == s.last_event))
        attempts.events.push_back(i);
    if (!is_success(s)) continue;
    attempts.events.push_back(s.events.front());
    attempts.successes.push_back(log.events[s.events.front()].time);
  }
  std::map<Place, Attempts> in_order;
  for (auto& entry : by.entries()) {
    sort_by_number(entry.value.events, [](std::size_t event) { return event; });
    sort_by_number(entry.value.successes, [](Time time) { return time; });
    in_order.emplace(Place{entry.system, entry.number}, std::move(entry.value));
  }
  return in_order;
}

std::vector<std::size_t> with_signal(const Scene& scene, const Attempts& attempts, std::string_view name) {
  const SignalIndex signal = scene.classifier.signal(name);
  std::vector<std::size_t> events;
  for (const std::size_t i : attempts.events)
    if (scene.log.events[i].signal == signal) events.push_back(i);
  return events;
}

// Different people among the records: by name, or by address where there is none.
template <class Iterator>
std::size_t people(const Log& log, Iterator from, Iterator to) {
  std::set<std::string_view> names;
  for (; from != to; ++from) names.insert(who(log, log.events[*from]));
  return names.size();
}

void handler(const Scene& scene, const Attempts& attempts) {
  const std::vector<std::size_t> failed = with_signal(scene, attempts, kb::signal::kHandlerFailed);
  if (failed.empty()) return;
  Case& c = scene.of(kb::About::Group, failed.front());
  c.details["attempts"] = static_cast<double>(attempts.events.size());
  const double share = static_cast<double>(failed.size()) / static_cast<double>(attempts.events.size());
  const bool widely = people(scene.log, failed.begin(), failed.end()) >= scene.limits.sessions.wide_users ||
                      share >= scene.limits.sessions.wide_share;
  if (!widely) return;
  for (const std::size_t i : failed) scene.found(c, kb::signal::kHandlerFailedWidely, i);
}

// Many users within minutes, and hardly anybody else gets in: not each of them mistyped a password.
void logins(const Scene& scene, const Attempts& attempts, const std::set<std::size_t>& guesses) {
  std::vector<std::size_t> failed = with_signal(scene, attempts, kb::signal::kLoginFailed);
  std::erase_if(failed, [&](std::size_t i) { return guesses.contains(i); });
  if (failed.empty()) return;
  const auto& events = scene.log.events;
  const auto& limits = scene.limits.sessions;
  Case& c = scene.of(kb::About::Group, failed.front());
  c.details["attempts"] = static_cast<double>(attempts.events.size());
  std::set<std::size_t> wide;
  for (auto from = failed.begin(), to = failed.begin(); from != failed.end(); ++from) {
    while (to != failed.end() && events[*to].time <= events[*from].time + limits.wide_window) ++to;
    if (people(scene.log, from, to) < limits.wide_users) continue;
    const auto successes =
        std::upper_bound(attempts.successes.begin(), attempts.successes.end(), events[*(to - 1)].time) -
        std::lower_bound(attempts.successes.begin(), attempts.successes.end(), events[*from].time);
    const auto failures = static_cast<double>(to - from);
    if (failures / (failures + static_cast<double>(successes)) >= limits.wide_share) wide.insert(from, to);
  }
  for (const std::size_t i : wide) scene.found(c, kb::signal::kLoginFailedWidely, i);
}

// One address, many names, no success among them. An office behind one address has successes.
std::set<std::size_t> guessing(const Scene& scene) {
  std::set<std::size_t> guesses;
  for (const auto& [place, attempts] : attempts_by(scene.log, [](const Session& s) { return s.address; })) {
    if (place.second == 0 || !attempts.successes.empty()) continue;
    const std::vector<std::size_t> failed = with_signal(scene, attempts, kb::signal::kLoginFailed);
    if (people(scene.log, failed.begin(), failed.end()) < scene.limits.sessions.guessing_users) continue;
    Case& c = scene.of(kb::About::Address, failed.front());
    for (const std::size_t i : failed) scene.found(c, kb::signal::kGuessing, i);
    guesses.insert(failed.begin(), failed.end());
  }
  return guesses;
}

}  // namespace

void detect_failures(const Scene& scene) {
  const std::set<std::size_t> guesses = guessing(scene);
  for (const auto& [place, attempts] : attempts_by(scene.log, [](const Session& s) { return s.group; })) {
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
