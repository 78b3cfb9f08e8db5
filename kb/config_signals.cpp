// The vocabulary between configuration rules and diag/config/.
#include "kb/signals.hpp"

namespace tunnelscope::kb {

const std::vector<ConfigSignalInfo>& known_config_signals() {
  using enum ConfigScope;
  static const std::vector<ConfigSignalInfo> signals{
      {signal::kPhase2NotBelowPhase1, Endpoint, "a CHILD SA would live as long as the IKE SA or longer"},
      {signal::kMarginOverHalf, Endpoint, "the rekey margin is more than half of the CHILD SA's lifetime"},
      {signal::kMarginOverLifetime, Endpoint, "the rekey margin is not less than the lifetime"},
      {signal::kRekeyAfterExpiry, Endpoint, "the rekey would begin when the lifetime is over"},
      {signal::kAwsKeySyntax, Endpoint, "a pre-shared key that AWS does not take"},
      {signal::kAwsInsideCidr, Endpoint, "an inside CIDR that AWS does not take"},
      {signal::kEqualLifetimes, Pair, "both ends renew an SA at the same age"},
      {signal::kSeveralSelectors, Pair, "one end has several selectors, the other keeps one SA pair"},
      {signal::kSelectorsNarrowed, Pair, "one end states a network of which the other takes a part"},
      {signal::kNobodyStarts, Pair, "neither end starts the tunnel by itself"},
      {signal::kNobodyRestarts, Pair, "neither end starts the tunnel again when its peer was found dead"},
      {signal::kInsideCidrTwice, Configuration, "two tunnels of one gateway have the same inside CIDR"},
      {signal::kOneTunnelOfTwo, Configuration, "the gateway knows one tunnel of a connection and not the other"},
      {signal::kTunnelBounces, Change, "applying the change takes one tunnel down"},
      {signal::kBothTunnelsBounce, Change, "applying the change takes both tunnels down, each for its own options"},
      {signal::kConnectionBounces, Change, "applying the change takes both tunnels down at once"},
      {signal::kConnectionReplaced, Change, "applying the change makes a new connection"},
      {signal::kConnectionDeleted, Change, "applying the change deletes a connection or a tunnel of it"},
      {signal::kGatewayEndDeleted, Change, "applying the change deletes the gateway's end of a tunnel"},
  };
  return signals;
}

const Words& config_attributes() {
  static const Words names{
      "acceleration", "attachment", "bgp-hold-time", "bgp-keepalive", "bgp-local-asn", "bgp-log-enabled", "bgp-log-format",
      "bgp-log-group", "bgp-neighbour", "bgp-remote-asn", "child-earliest-rekey", "child-latest-rekey", "child-lifetime",
      "child-lifetime-bytes", "child-mode", "child-proposals", "child-protocol", "child-rekey-fuzz", "child-rekey-margin",
      "child-rekeys", "close-action", "connection", "customer-gateway", "disabled", "dpd", "dpd-action", "dpd-delay", "dpd-timeout",
      "fragmentation",
      "ike-earliest-rekey", "ike-latest-rekey", "ike-lifetime", "ike-lifetime-bytes", "ike-mode", "ike-mode-initiated",
      "ike-proposals", "ike-rekey-fuzz", "ike-rekey-margin", "ike-rekeys", "ike-version", "ike-version-initiated", "inside-cidr",
      "inside-cidr-v6", "inside-local", "inside-local-v6", "inside-remote", "inside-remote-v6", "key-storage", "lifecycle-control",
      "local-address", "local-authentication", "local-identity", "local-selectors", "log-enabled", "log-format", "log-group",
      "make-before-break", "mobike", "nat-traversal", "outside-address-type", "reauthentication", "remote-address",
      "remote-authentication", "remote-identity", "remote-selectors", "replay-window", "route-based", "routing", "single-child",
      "start-action", "static-routes", "tunnel-bandwidth",
  };
  return names;
}

const Words& config_placeholders() {
  static const Words names{"attribute", "endpoint", "limit", "other", "value"};
  return names;
}

}  // namespace tunnelscope::kb
