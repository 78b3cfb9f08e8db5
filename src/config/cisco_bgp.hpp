// The BGP session inside of a tunnel, in a running configuration of Cisco IOS. In: the commands, the tunnel's interface and the network inside
// of it. Out: what its endpoint says of BGP.
#pragma once
#include "src/config/cisco_words.hpp"

namespace tunnelscope::config {

// Words of `router bgp` and of its address families that are nearly those that count.
std::vector<UnknownLine> slips_of_bgp(const Command& root);

void read_cisco_bgp(const Command& root, const Command& interface, const model::AddressRange& inside, model::Endpoint& endpoint,
                    std::vector<Problem>& problems);

}  // namespace tunnelscope::config
