// The detectors of session logs: each looks at one kind of pattern and adds signals and details to the cases.
// In: a Scene with the message signals. Out: the same with detector signals; never a cause. One file a topic.
#pragma once
#include "diag/session/cases.hpp"

namespace tunnelscope::diag::session {

// failures.cpp: handler_failed_widely, login_failed_widely, guessing, login_abandoned, unlisted_failure; detail attempts.
void detect_failures(const Scene& scene);

// churn.cpp: session_churn; details level, short_sessions, sessions.
void detect_churn(const Scene& scene);

// ends.cpp: timeout_bunch, mass_disconnect, agent_restarted; details value, value_s, minute, open_sessions, share, minutes, worst, gap, gap_s,
// restarts.
void detect_ends(const Scene& scene);

// resources.cpp: resource_failing, resource_failed_for_all; details pattern, error.
void detect_resources(const Scene& scene);

// connectors.cpp: connector_is_down, relayed_share; details gap, gap_s, share.
void detect_connectors(const Scene& scene);

// traffic.cpp: one_way.
void detect_traffic(const Scene& scene);

}  // namespace tunnelscope::diag::session
