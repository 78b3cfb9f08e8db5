// Resources that cannot be reached. Twingate's connector says so; Pangolin's rows only look as if (flows.hpp).
#include <algorithm>
#include <map>
#include <set>

#include "diag/radix.hpp"
#include "diag/session/detectors.hpp"
#include "diag/session/flows.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr double kNearlyAll = 0.9;

struct Try {
  std::size_t event;
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
  constexpr std::size_t kNoChance = 10;  // failures in a row that are more than chance
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

void twingate(const Scene& scene, const std::vector<const Session*>& sessions) {
  const SignalIndex failed = scene.classifier.signal(kb::signal::kResourceFailed);
  Tries tries;
  for (const Session* s : sessions) {
    const SessionEvent& e = scene.log.events[s->last_event];
    if (s->outcome == Outcome::Failed && e.signal == failed) tries.push_back({s->last_event, true});
    if (s->outcome == Outcome::Open || s->outcome == Outcome::Ended) tries.push_back({s->events.front(), false});
  }
  sort_by_number(tries, [](const Try& t) { return t.event; });
  if (!tries.empty()) judge(scene, tries);
}

// Flows that an agent's error tells of show no more than that error.
void pangolin(const Scene& scene, const std::vector<const Session*>& sessions) {
  const auto looks = std::find_if(sessions.begin(), sessions.end(), [](const Session* s) { return s->ending != Ending::Ordinary; });
  if (looks == sessions.end()) return;
  Tries tries;
  for (const Session* s : sessions) {
    const bool failed = s->ending != Ending::Ordinary;
    tries.push_back({s->last_event, failed, failed && s->told});
  }
  sort_by_number(tries, [](const Try& t) { return t.event; });
  judge(scene, tries);
  scene.of(kb::About::Resource, tries.front().event).details["pattern"] =
      std::string((*looks)->ending == Ending::TimedOut ? "timeout" : "closed at once");
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
  ByNumber<std::vector<const Session*>> by_resource;
  const std::uint32_t tcp = scene.log.texts->find("tcp");
  for (const Session& s : scene.log.sessions) {
    const bool is_flow = s.system == System::Twingate || (s.system == System::Pangolin && s.protocol == tcp && tcp != 0);
    if (is_flow && s.resource != 0) by_resource(s.system, s.resource).push_back(&s);
  }
  for (const auto& [system, resource, sessions] : by_resource.entries()) {
    if (system == System::Twingate) twingate(scene, sessions);
    else pangolin(scene, sessions);
  }
  agent_errors(scene);
}

}  // namespace tunnelscope::diag::session
