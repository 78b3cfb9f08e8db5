// Applies the causes' conditions to a case. In: a cause or all causes, a case with its signals. Out: which hold, on
// which occurrences; and for an outage: why it began, why it lasted, what is only a symptom.
#pragma once
#include <string>
#include <vector>

#include "diag/case.hpp"
#include "diag/classify.hpp"
#include "diag/limits.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

struct Match {
  const kb::Cause* cause = nullptr;
  std::vector<Occurrence> evidence;  // what its conditions rest on, in time order
  bool certain = false;              // its certain_when holds
  bool at_onset = false;             // some of it was seen when the outage began
  bool presumes_phase1 = false;      // conditions ask for Phase 1's state with each of its records, and none tells it
  bool fall = false, stay = false;   // which part of the outage it explains here
};

// A symptom and the match (by cause) that explains it in the same case.
struct Symptom {
  Match match;
  const kb::Cause* explained_by = nullptr;
};

struct Verdict {
  std::vector<Match> roots;        // `cause` first, if any says why it began, then `blocked_by`, then others
  std::vector<Symptom> symptoms;
  const kb::Cause* cause = nullptr;       // why it began; nullptr: nothing says
  const kb::Cause* blocked_by = nullptr;  // why it lasted, when that is something else
  Time blocked_since = kNoTime;
};

class Judge {
 public:
  // Both must outlive the Judge.
  Judge(const Classifier& classifier, const Limits& limits);

  // Causes of scope outage, on an outage, interruption, running or stateless case.
  Verdict judge(const Case& c) const;

  // A cause's main conditions on a whole history.
  bool holds(const kb::Cause& cause, const Case& whole, std::vector<Occurrence>& evidence) const;
  // Its milder form. Precondition: it has one.
  bool holds_milder(const kb::Cause& cause, const Case& whole, std::vector<Occurrence>& evidence) const;

  // Whether its certain_when holds as well. Precondition: holds().
  bool certain(const kb::Cause& cause, const Case& whole) const;

  // Whether one of `patterns` ("bgp-*", "*", an id) names `id`.
  static bool names(const std::vector<std::string>& patterns, std::string_view id);

 private:
  // The signals that a cause cannot do without, so that most causes are passed over for a case at a glance.
  struct Needs {
    const kb::Cause* cause;
    std::vector<SignalIndex> all, any;
  };
  std::vector<const kb::Cause*> possible(const Case& c) const;  // of scope outage, in the order of the causes

  bool all_hold(const std::vector<kb::Condition>& list, const Case& c, std::vector<Occurrence>& evidence) const;
  bool matches(const kb::Cause& cause, const Case& c, Match& match) const;
  void tell_parts(std::vector<Match>& matches, const Case& c) const;
  static void choose(Verdict& verdict, const Case& c);
  bool near_onset(const Case& c, Time time, Duration before) const;
  bool condition_holds(const kb::Condition& condition, const Case& c, std::vector<Occurrence>& evidence) const;

  const Classifier& classifier_;
  const Limits& limits_;
  std::vector<Needs> needs_;
};

}  // namespace tunnelscope::diag
