// BGP inside the tunnel: whether both ends use it, name each other's AS, and call each other's inside address.
#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

std::string of_bool(bool used) { return used ? "bgp" : "static"; }
std::string of_number(std::uint32_t number) { return std::to_string(number); }
std::string of_address(const IpAddress& address) { return text(address); }

// A configuration that says nothing on BGP at all has a place for it nowhere.
bool silent(const Endpoint& end) { return !end.bgp.used.known() && !end.bgp.used.where().known(); }

template <class T, class ToText>
Outcome same(const Endpoint& end, const Value<T>& actual, const Endpoint& peer, const Value<T>& expected, const char* attribute,
             const char* cause, ToText to_text) {
  Outcome outcome;
  if (actual.known() && expected.known() && *actual == *expected) return agrees();
  if (actual.known() && expected.known())
    outcome = fails(cause, attribute, whose(end.side) + " " + attribute + " is not the one that its peer has for it");
  else
    outcome = unverified(attribute, std::string(attribute) + " is not known: " + (actual.known() ? expected : actual).note());
  show(outcome, end, shown(actual, to_text), shown(expected, to_text));
  if (outcome.verdict != Verdict::Fails) return outcome;
  const Change change{peer.side, expected.where(), attribute, to_text(*expected), to_text(*actual)};
  (peer.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  return outcome;
}

Outcome numbers(const Endpoint& end, const Endpoint& peer) {
  return same(end, end.bgp.local_asn, peer, peer.bgp.remote_asn, "bgp-asn", "bgp-as-mismatch", of_number);
}

Outcome neighbours(const Endpoint& end, const Endpoint& peer) {
  const bool v6 = peer.bgp.neighbour.known() && peer.bgp.neighbour->v6;
  const auto& inside = v6 ? end.inside_local6 : end.inside_local;
  return same(end, inside, peer, peer.bgp.neighbour, "bgp-neighbour", "bgp-down", of_address);
}

Outcome only_one(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = fails("bgp-down", "routing", "one end runs BGP, the other has static routes");
  show(outcome, cloud, shown(cloud.bgp.used, of_bool), shown(gateway.bgp.used, of_bool));
  return outcome;
}

Outcome sessions(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = worst(numbers(cloud, gateway), numbers(gateway, cloud));
  outcome = worst(std::move(outcome), neighbours(cloud, gateway));
  return worst(std::move(outcome), neighbours(gateway, cloud));
}

Outcome not_known(const Endpoint& cloud, const Endpoint& gateway) {
  const Side silent_one = cloud.bgp.used.known() ? Side::Gateway : Side::Cloud;
  const Value<bool>& used = (silent_one == Side::Gateway ? gateway : cloud).bgp.used;
  Outcome outcome = unverified("routing", used.where().known() ? "whether " + whose(silent_one) + " end runs BGP is not known: " + used.note()
                                                               : whose(silent_one) + " configuration does not say whether it runs BGP");
  show(outcome, cloud, shown(cloud.bgp.used, of_bool), shown(gateway.bgp.used, of_bool));
  return outcome;
}

}  // namespace

Outcome judge_bgp(const Endpoint& cloud, const Endpoint& gateway) {
  const auto &at_cloud = cloud.bgp.used, &at_gateway = gateway.bgp.used;
  if (at_cloud.known() && at_gateway.known()) {
    if (*at_cloud != *at_gateway) return only_one(cloud, gateway);
    return *at_cloud ? sessions(cloud, gateway) : agrees("static");
  }
  if (silent(cloud) && silent(gateway)) return agrees({}, "neither configuration speaks of BGP");
  // Without a session at one end there is none.
  return at_cloud.is(false) || at_gateway.is(false) ? agrees("static") : not_known(cloud, gateway);
}

}  // namespace tunnelscope::diag::config
