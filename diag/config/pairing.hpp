// Which endpoint of the cloud and which of the gateway are the two ends of one tunnel: told by outside addresses, then by the inside
// CIDR, then by what the user says. Never by position; what could be two is left unpaired.
#pragma once
#include <string>
#include <vector>

#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {

// `pairs:` of .tunnelscope.yaml. An endpoint is named by its name, its outside address or its inside CIDR.
struct ConfiguredPair {
  std::string cloud, gateway;
  Where where{};  // in the file
};

// Not owned; one of both is nullptr for an endpoint without a partner. Several gateway endpoints may have the same cloud endpoint.
struct Pairing {
  const Endpoint* cloud = nullptr;
  const Endpoint* gateway = nullptr;
  PairedBy by{};
  std::string unpaired_because;
};

// Whether this is how a pair names the endpoint.
bool is_called(const Endpoint& endpoint, const std::string& name);

std::vector<Pairing> pair_up(const std::vector<const Endpoint*>& cloud, const std::vector<const Endpoint*>& gateway,
                             const std::vector<ConfiguredPair>& configured);

}  // namespace tunnelscope::diag::config
