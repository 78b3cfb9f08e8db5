// Negotiates two ends with each other as the protocol does, whichever of them begins. In: the endpoints of both sides. Out: a
// verdict per tunnel. A value that is not known never makes a stage agree.
#pragma once
#include <string>
#include <vector>

#include "diag/config/pairing.hpp"
#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {

// All stages of one tunnel, in order. Refers to both endpoints. A stage fails when it fails in a direction in which it is
// gone through: the ends that begin by their start and DPD actions, and at a rekey whoever is first to. When neither begins by itself,
// the gateway is taken to be started by hand.
TunnelVerdict negotiate(const Endpoint& cloud, const Endpoint& gateway, PairedBy paired_by = PairedBy::OutsideAddress);

// Pairs and negotiates: pairs in the order of the gateway's endpoints, then the cloud's ends without a partner, then the
// gateway's. Refers to the endpoints, which must outlive the result.
std::vector<TunnelVerdict> negotiate(const std::vector<const Endpoint*>& cloud, const std::vector<const Endpoint*>& gateway,
                                     const std::vector<ConfiguredPair>& configured);

// Both sides of these configurations. Precondition: all of one moment.
std::vector<TunnelVerdict> negotiate(const std::vector<Configuration>& configurations, const std::vector<ConfiguredPair>& configured);

}  // namespace tunnelscope::diag::config
