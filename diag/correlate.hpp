// What only tunnels and sessions together show: user sessions that fail in the minutes in which a Site-to-Site tunnel
// goes down. In: the outages of the tunnels, the ledger with session findings. Out: a signal per group; context, not a cause.
#pragma once
#include <vector>

#include "diag/ledger.hpp"
#include "diag/session/cases.hpp"

namespace tunnelscope::diag {

struct TunnelOutage {
  std::string tunnel;
  Time start = kNoTime, end = kNoTime;  // end: or now
};

// Adds with_tunnel_outage, and the detail tunnel, to the cases of the groups concerned. False: there were none.
bool correlate(const std::vector<TunnelOutage>& outages, const Ledger& ledger, const session::Scene& scene);

}  // namespace tunnelscope::diag
