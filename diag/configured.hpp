// Configurations to what logs are judged by. In: configurations of any side. Out: the facts of each tunnel of the cloud's, as things
// stand: of a plan what was there before it, for that is what the logs were written under. Pure.
#pragma once
#include <string>
#include <vector>

#include "diag/config/model.hpp"
#include "diag/tunnel_facts.hpp"

namespace tunnelscope::diag {

// One per tunnel whose outside address is known.
std::vector<TunnelFacts> facts_of(const std::vector<config::Configuration>& configurations);

// The cloud's ends of a configuration that have no outside address yet: a template, a plan that creates them.
std::size_t without_address(const config::Configuration& configuration);

}  // namespace tunnelscope::diag
