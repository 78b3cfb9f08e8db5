#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {
namespace {

template <class Enum, std::size_t N>
std::string_view pick(const std::string_view (&names)[N], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

std::string outside(const Value<Addresses>& addresses) {
  const auto one = addresses.known() ? addresses->single() : std::nullopt;
  return one ? text(*one) : "";
}

std::string label(const Endpoint& endpoint) {
  if (const std::string address = outside(endpoint.local_addresses); !address.empty()) return address;
  return endpoint.inside_cidr.known() ? text(*endpoint.inside_cidr) : endpoint.name;
}

}  // namespace

std::string tunnel_id(const TunnelVerdict& tunnel) {
  if (!tunnel.gateway) return label(*tunnel.cloud);
  if (!tunnel.cloud) return label(*tunnel.gateway);
  return label(*tunnel.cloud) + "/" + label(*tunnel.gateway);
}

std::string_view name(Stage stage) {
  return pick({"peer-address", "ike-version", "ike-mode", "ike-proposal", "identity", "authentication", "child-proposal",
               "traffic-selectors", "child-rekey", "ike-rekey", "liveness", "bgp"}, stage);
}
std::string_view name(Verdict verdict) { return pick({"agrees", "unverified", "fails"}, verdict); }
std::string_view name(Direction direction) { return pick({"both", "cloud-initiates", "gateway-initiates"}, direction); }
std::string_view name(Initiator initiator) { return pick({"cloud", "gateway", "both", "neither"}, initiator); }

}  // namespace tunnelscope::diag::config
