#include "diag/session/cases.hpp"

#include <set>
#include <vector>

namespace tunnelscope::diag::session {
namespace {

// Per signal: whose cases need it. Signals are many on a bad day; cases that nobody judges are not filled.
std::vector<std::set<kb::About>> wanted(const Classifier& classifier) {
  std::vector<std::set<kb::About>> abouts(classifier.signals().size());
  const auto add = [&](const kb::Cause& cause, const std::vector<kb::Condition>& list) {
    for (const kb::Condition& condition : list)
      if (const SignalIndex signal = classifier.signal(condition.signal); signal != kNoSignal)
        abouts[signal].insert(cause.about);
  };
  for (const kb::Cause& cause : classifier.knowledge().causes) {
    if (cause.scope != kb::Scope::Sessions) continue;
    for (const auto* list : {&cause.all, &cause.any, &cause.none, &cause.certain_when}) add(cause, *list);
    if (cause.milder) add(cause, cause.milder->all);
  }
  return abouts;
}

Occurrence occurrence(const Log& log, SignalIndex signal, std::size_t event) {
  Occurrence o;
  o.signal = signal;
  o.time = log.events[event].time;
  o.event = event;
  return o;
}

}  // namespace

Cases cases_of(const Log& log, const Classifier& classifier, Time since) {
  Cases cases;
  const auto abouts = wanted(classifier);
  bool any = false;
  for (SignalIndex signal = 0; signal < abouts.size(); ++signal) any = any || (log.any(signal) && !abouts[signal].empty());
  if (!any) return cases;
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (e.signal == kNoSignal || (since != kNoTime && e.time < since)) continue;
    for (const kb::About about : abouts[e.signal]) {
      std::string name = name_of(about, log, e);
      if (name.empty()) continue;
      cases[{about, system_of(e.dialect), std::move(name)}].seen.push_back(occurrence(log, e.signal, i));
    }
  }
  return cases;
}

Case& Scene::of(kb::About about, std::size_t event) const {
  const SessionEvent& e = log.events[event];
  return cases[{about, system_of(e.dialect), name_of(about, log, e)}];
}

void Scene::found(Case& c, SignalIndex signal, std::size_t event) const {
  if (since != kNoTime && log.events[event].time < since) return;
  Occurrence o = occurrence(log, signal, event);
  o.from_detector = true;
  c.seen.push_back(o);
}

}  // namespace tunnelscope::diag::session
