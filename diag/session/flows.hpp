// Pangolin states of no flow whether it failed: a flow whose target drops packets ends after the dial timeout, one that is refused
// ends at once (facts/session-logs.md 3.2). Where most flows to a resource end so, or more of several clients one after the other than
// chance explains, these look failed; what the site agent's own error says of a flow is sure. In: the sessions of a Log. Out: `ending` and `told` of each, and the errors that no flow shows.
#pragma once
#include <map>
#include <vector>

#include "diag/session/sessions.hpp"

namespace tunnelscope::diag::session {

inline constexpr std::size_t kNoChance = 10;  // failures in a row that are more than chance

// The site agent's own words, by resource: the only place where the real error stands. Events, in time order.
using AgentErrors = std::map<std::uint32_t, std::vector<std::uint32_t>>;
AgentErrors agent_errors_in(const Log& log, SignalIndex resource_failed);

void judge_flows(Log& log, SignalIndex resource_failed, const Limits& limits);

}  // namespace tunnelscope::diag::session
