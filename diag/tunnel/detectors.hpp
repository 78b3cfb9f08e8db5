// The detectors: each looks at one kind of pattern in a tunnel's history and adds signals and details to its cases.
// In: a Subject with its message signals. Out: the same with detector signals; never a cause. One file a topic.
#pragma once
#include <vector>

#include "diag/diagnose.hpp"
#include "diag/tunnel/cases.hpp"

namespace tunnelscope::diag::tunnel {

struct Context {
  const Classifier& classifier;
  const Limits& limits;
  const Options& options;
};

// clocks.cpp: on_rekey_clock, quiet_delete, unanswered_child_request; details clock, period_s, quiet_s, deletes.
void detect_clocks(Subject& subject, const Context& context);

// negotiation.cpp: fresh_negotiation, gateway_restarted, collision_dropped_child, rekey_fails_again; detail heard.
void detect_negotiation(Subject& subject, const Context& context);

// maintenance.cpp: in_maintenance, replacement_reported; detail maintenance.
void detect_maintenance(Subject& subject, const Context& context);

// flapping.cpp: flapping_fast, flapping_slow, bgp_flapping; details flaps, intervals, period_s.
void detect_flapping(Subject& subject, const Context& context);

// churn.cpp: child_churn; details replacements, spacing_s.
void detect_churn(Subject& subject, const Context& context);

// bgp.cpp: bgp_down_over_ipsec.
void detect_bgp(Subject& subject, const Context& context);

// log_quality.cpp: log_gap, contradiction, unrecognised_in_bad_spells; details longest_gap_s, gaps, ...
void detect_log_quality(Subject& subject, const Context& context);

// neighbours.cpp: what only several tunnels together show: both_tunnels_silent, nobody_initiates; detail both_tunnels.
// log_quality must have run before: silence that this explains is no log gap.
void detect_neighbours(std::vector<Subject>& subjects, const Context& context, const Intake& intake);

}  // namespace tunnelscope::diag::tunnel
