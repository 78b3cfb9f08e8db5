// What session causes are judged on: everything seen about one endpoint, organisation, carrier, connector, client,
// resource or address. In: a Log. Out: a Case per such thing, with the message rules' signals; detectors add theirs.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "diag/case.hpp"
#include "diag/session/sessions.hpp"

namespace tunnelscope::diag::session {

struct SubjectKey {
  kb::About about{};
  System system{};
  std::string name;
  auto operator<=>(const SubjectKey&) const = default;
};
using Cases = std::map<SubjectKey, Case>;

// A Case for every thing that a cause with a fitting `about` could be judged on. Records before `since` give none.
Cases cases_of(const Log& log, const Classifier& classifier, Time since);

// What the detectors work on.
struct Scene {
  const Log& log;
  const Classifier& classifier;
  const Limits& limits;
  Time since;
  Cases& cases;

  // The case of what the event belongs to; made when there is none.
  Case& of(kb::About about, std::size_t event) const;
  // Adds a detector's signal at an event to a case, unless the event lies before `since`.
  void found(Case& c, SignalIndex signal, std::size_t event) const;
  void found(Case& c, std::string_view signal, std::size_t event) const { found(c, classifier.signal(signal), event); }
};

}  // namespace tunnelscope::diag::session
