// Several descriptions of one thing made into one. In: endpoints of one side and moment, from any number of files. Out: one
// endpoint per tunnel.
#pragma once
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::diag::config {

// Before that, of the descriptions of one moment: where two of one cloud endpoint give different keys, neither is known.
void doubt_different_keys(std::vector<Endpoint>& endpoints);
// The reason: both places, no key.
std::string different_keys(const Where& one, const Where& other);

// - Cloud endpoints of one outside address are one tunnel described twice (a plan and the downloaded XML): what the earlier one does
//   not know is taken from the later; what is stated outweighs a default.
// - Gateway endpoints of one file with the same outside addresses, identities and IKE versions share an IKE SA: their children are
//   put together.
// In the order of each one's first appearance, and bound().
std::vector<Endpoint> merged(std::vector<Endpoint> endpoints);

}  // namespace tunnelscope::diag::config
