// Resources that cannot be reached. Twingate's connector says so; Pangolin's rows only look as if (flows.hpp).
#include <algorithm>
#include <set>

#include "diag/radix.hpp"
#include "diag/session/detectors.hpp"
#include "diag/session/flows.hpp"
#include "diag/session/lists.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr double kNearlyAll = 0.9;

struct Try {
  std::uint32_t event;
  bool failed;
  bool told = false;  // another record says that it failed
};
using Tries = std::vector<Try>;  // of one resource, in time order

// A time in which as good as nobody got through: failures with hardly a success between them.
struct Spell {
  std::size_t from = 0, to = 0;  // tries [from, to)
};

// Successes among failures of one of several connectors, or of one of several users, soon end a spell.
std::vector<Spell> spells_of_failure(const Tries& tries) {
  std::vector<Spell> spells;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    if (!tries[i].failed) continue;
    if (!spells.empty() && spells.back().to == i) spells.back().to = i + 1;
    else spells.push_back({i, i + 1});
  }
  return spells;
}

std::size_t users_of(const Scene& scene, const Tries& tries, const Spell& spell) {
  std::set<std::string_view> users;
  for (std::size_t i = spell.from; i < spell.to; ++i) users.insert(who(scene.log, scene.log.events[tries[i].event]));
  return users.size();
}

// In all the time of failures, hardly anybody else got through.
bool are_nearly_all(const Tries& tries) {
  const auto failed = [](const Try& t) { return t.failed; };
  const auto first = std::find_if(tries.begin(), tries.end(), failed);
  const auto last = std::find_if(tries.rbegin(), tries.rend(), failed).base();
  const auto failures = static_cast<double>(std::count_if(first, last, failed));
  return failures >= kNearlyAll * static_cast<double>(last - first);
}

// One or two failures among successes are a passing fault.
bool is_failing(const Scene& scene, const Tries& tries) {
  const auto failures = static_cast<std::size_t>(std::count_if(tries.begin(), tries.end(), [](const Try& t) { return t.failed; }));
  return failures > 0 && (failures >= scene.limits.sessions.unreachable_failures || tries.back().failed);
}

void judge(const Scene& scene, const Tries& tries) {
  if (!is_failing(scene, tries)) return;
  const bool nearly_all = are_nearly_all(tries);
  Case& c = scene.of(kb::About::Resource, tries.front().event);
  for (const Spell& spell : spells_of_failure(tries)) {
    const bool everyone = (nearly_all || spell.to - spell.from >= kNoChance) && users_of(scene, tries, spell) >= 2;
    for (std::size_t i = spell.from; i < spell.to; ++i) {
      if (!tries[i].told) scene.found(c, kb::signal::kResourceFailing, tries[i].event);
      if (everyone) scene.found(c, kb::signal::kResourceFailedForAll, tries[i].event);
    }
  }
}

void twingate(const Scene& scene, std::span<const std::uint32_t> sessions) {
  const SignalIndex failed = scene.classifier.signal(kb::signal::kResourceFailed);
  const auto shows_failure = [&](const Session& s) { return s.outcome == Outcome::Failed && scene.log.events[s.last_event].signal == failed; };
  if (std::none_of(sessions.begin(), sessions.end(), [&](std::uint32_t i) { return shows_failure(scene.log.sessions[i]); })) return;
  Tries tries;
  for (const std::uint32_t i : sessions) {
    const Session& s = scene.log.sessions[i];
    if (shows_failure(s)) tries.push_back({s.last_event, true});
    if (s.carried()) tries.push_back({s.first_event, false});
  }
  sort_by_number(tries, [](const Try& t) { return t.event; });
  judge(scene, tries);
}

// Flows that an agent's error tells of show no more than that error.
void pangolin(const Scene& scene, std::span<const std::uint32_t> sessions) {
  const auto session = [&](std::uint32_t i) -> const Session& { return scene.log.sessions[i]; };
  const auto looks = std::find_if(sessions.begin(), sessions.end(), [&](std::uint32_t i) { return session(i).ending != Ending::Ordinary; });
  if (looks == sessions.end()) return;
  Tries tries;
  for (const std::uint32_t i : sessions) {
    const bool failed = session(i).ending != Ending::Ordinary;
    tries.push_back({session(i).last_event, failed, failed && session(i).told});
  }
  sort_by_number(tries, [](const Try& t) { return t.event; });
  judge(scene, tries);
  scene.of(kb::About::Resource, tries.front().event).details["pattern"] =
      std::string(session(*looks).ending == Ending::TimedOut ? "timeout" : "closed at once");
}

void agent_errors(const Scene& scene) {
  for (const auto& [resource, events] : agent_errors_in(scene.log, scene.classifier.signal(kb::signal::kResourceFailed))) {
    for (const std::uint32_t event : events) {
      Case& c = scene.of(kb::About::Resource, event);
      scene.found(c, kb::signal::kResourceFailing, event);
      c.details["error"] = std::string(scene.log.text(scene.log.events[event].text));
    }
  }
}

}  // namespace

void detect_resources(const Scene& scene) {
  const Log& log = scene.log;
  const bool twingate_failed = log.any(System::Twingate) && log.any(scene.classifier.signal(kb::signal::kResourceFailed));
  if (!twingate_failed && !log.any_looks_failed) return agent_errors(scene);
  const std::uint32_t tcp = log.texts->find("tcp");
  const Lists by_resource(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    const Route& route = log.route(s);
    const bool is_flow = s.system == System::Twingate || (s.system == System::Pangolin && route.protocol == tcp && tcp != 0);
    if (!is_flow || route.resource == 0) return {};
    return std::pair(s.system, route.resource);
  });
  for (const Lists::List& list : by_resource.all()) {
    if (list.system == System::Twingate) twingate(scene, list.items);
    else pangolin(scene, list.items);
  }
  agent_errors(scene);
}

}  // namespace tunnelscope::diag::session
