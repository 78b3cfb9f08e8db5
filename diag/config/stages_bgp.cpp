// BGP inside the tunnel: whether both ends use it, name each other's AS, call each other's inside address, and let its packets in.
#include <algorithm>

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
  const auto repair_at = [&](const Endpoint& one) -> std::vector<Change>& {
    return one.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway;
  };
  // AWS's own AS is what it is, and both inside addresses are of its inside CIDR.
  const bool can_follow = peer.vendor != Vendor::Aws || std::string_view(attribute) == "bgp-asn";
  if (can_follow) repair_at(peer).push_back({peer.side, expected.where(), attribute, to_text(*expected), to_text(*actual)});
  if (end.vendor != Vendor::Aws) repair_at(end).push_back({end.side, actual.where(), attribute, to_text(*actual), to_text(*expected)});
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

// "bgp with neighbour 169.254.12.1 in AS 64512 from AS 65010"; "bgp" where what belongs to it is not known.
std::string session_with(const Endpoint& peer) {
  const Bgp& bgp = peer.bgp;
  if (!peer.inside_local.known() || !bgp.local_asn.known() || !bgp.remote_asn.known()) return of_bool(true);
  return of_bool(true) + " with neighbour " + of_address(*peer.inside_local) + " in AS " + of_number(*bgp.local_asn) + " from AS " +
         of_number(*bgp.remote_asn);
}

Change change_of_routing(const Endpoint& end, const Endpoint& peer) {
  const Where& where = end.bgp.used.where().known() ? end.bgp.used.where() : end.where;
  return {end.side, where, "routing", of_bool(*end.bgp.used), *peer.bgp.used ? session_with(peer) : of_bool(false)};
}

Outcome only_one(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = fails("bgp-down", "routing", "one end runs BGP, the other does not");
  show(outcome, cloud, shown(cloud.bgp.used, of_bool), shown(gateway.bgp.used, of_bool));
  outcome.repair.at_cloud.push_back(change_of_routing(cloud, gateway));
  outcome.repair.at_gateway.push_back(change_of_routing(gateway, cloud));
  return outcome;
}

// Whoever connects has a port of its own choice, and its peer 179.
bool takes_bgp(const Selectors& all, const IpAddress& address) {
  constexpr std::uint8_t kTcp = 6;
  constexpr std::uint16_t kBgp = 179, kFirstChosen = 1024;
  return std::any_of(all.begin(), all.end(), [&](const Selector& one) {
    const bool port = (one.first_port <= kBgp && kBgp <= one.last_port) || one.last_port >= kFirstChosen;
    return one.addresses.contains(address) && (one.protocol == 0 || one.protocol == kTcp) && port;
  });
}

Likelihood lets_bgp_in(const Child& clouds, const Child& gateways, const IpAddress& at_cloud, const IpAddress& at_gateway) {
  for (const Value<Selectors>* value : {&clouds.local, &clouds.remote, &gateways.local, &gateways.remote})
    if (!value->known()) return Likelihood::Maybe;
  const bool fit = takes_bgp(intersection(*clouds.local, *gateways.remote), at_cloud) &&
                   takes_bgp(intersection(*clouds.remote, *gateways.local), at_gateway);
  return fit ? Likelihood::Yes : Likelihood::No;
}

// Between which addresses it is spoken: the cloud's, and the gateway's.
std::pair<Value<IpAddress>, Value<IpAddress>> insides(const Endpoint& cloud, const Endpoint& gateway) {
  const bool v6 = cloud.bgp.neighbour.known() && cloud.bgp.neighbour->v6;
  const auto& own = v6 ? gateway.inside_local6 : gateway.inside_local;
  return {v6 ? cloud.inside_local6 : cloud.inside_local, own.known() ? own : cloud.bgp.neighbour};
}

// Whether some pair of SAs carries the session.
Likelihood carried(const Endpoint& cloud, const Endpoint& gateway) {
  const auto [at_cloud, at_gateway] = insides(cloud, gateway);
  if (!at_cloud.known() || !at_gateway.known() || cloud.children.empty() || gateway.children.empty()) return Likelihood::Maybe;
  Likelihood most = Likelihood::No;
  for (const Child& clouds : cloud.children)
    for (const Child& gateways : gateway.children) most = std::max(most, lets_bgp_in(clouds, gateways, *at_cloud, *at_gateway));
  return most;
}

Shown shown_pair(const Endpoint& end) {
  const Child& child = end.children.front();
  const auto& clouds = end.side == Side::Cloud ? child.local : child.remote;
  const auto& gateways = end.side == Side::Cloud ? child.remote : child.local;
  return {text(*clouds) + " === " + text(*gateways), child.local.where(), child.local.origin(), child.local.note()};
}

// Where one end alone leaves the session out, it takes everything.
std::vector<Change> wider(const Endpoint& end, const Endpoint& peer, const IpAddress& own, const IpAddress& peers) {
  const Child &child = end.children.front(), &other = peer.children.front();
  if (end.children.size() > 1 || !takes_bgp(*other.local, peers) || !takes_bgp(*other.remote, own)) return {};
  std::vector<Change> all;
  const auto widen = [&](const char* attribute, const Value<Selectors>& selectors, const IpAddress& address) {
    const std::string everything = address.v6 ? "::/0" : "0.0.0.0/0";
    if (!takes_bgp(*selectors, address)) all.push_back({end.side, selectors.where(), attribute, text(*selectors), everything});
  };
  widen("local-selectors", child.local, own);
  widen("remote-selectors", child.remote, peers);
  return all;
}

Outcome outside_the_selectors(const Endpoint& cloud, const Endpoint& gateway) {
  constexpr const char* kReason = "the packets of BGP do not fit what both ends have in common of the selectors: the inside addresses are not in them";
  Outcome outcome = gateway.bgp.used.is(true) ? fails("bgp-down", "traffic-selectors", kReason) : unverified("traffic-selectors", kReason);
  show(outcome, cloud, shown_pair(cloud), shown_pair(gateway));
  if (outcome.verdict != Verdict::Fails) return outcome;
  const auto [at_cloud, at_gateway] = insides(cloud, gateway);
  outcome.repair.at_cloud = wider(cloud, gateway, *at_cloud, *at_gateway);
  outcome.repair.at_gateway = wider(gateway, cloud, *at_gateway, *at_cloud);
  return outcome;
}

// A session that the configuration itself keeps down.
Outcome barred(const Endpoint& end, const Endpoint& peer) {
  Outcome outcome = fails("bgp-down", "bgp-session", whose(end.side) + " end has a session that cannot come up: " + end.bgp.barred);
  show(outcome, end, {end.bgp.barred, end.bgp.barred_at, Origin::Stated, {}}, shown(peer.bgp.used, of_bool));
  Change change{end.side, end.bgp.barred_at, "bgp-session", end.bgp.barred, "without this line"};
  change.beside_key = end.bgp.barred_by_key;
  (end.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  return outcome;
}

Outcome sessions(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = worst(numbers(cloud, gateway), numbers(gateway, cloud));
  outcome = worst(std::move(outcome), neighbours(gateway, cloud));  // an address inside that is wrong makes its neighbour wrong, too
  outcome = worst(std::move(outcome), neighbours(cloud, gateway));
  return carried(cloud, gateway) == Likelihood::No ? worst(std::move(outcome), outside_the_selectors(cloud, gateway)) : outcome;
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
  if (at_cloud.is(true) && !gateway.bgp.barred.empty()) return barred(gateway, cloud);
  if (at_cloud.known() && at_gateway.known()) {
    if (*at_cloud != *at_gateway) return only_one(cloud, gateway);
    return *at_cloud ? sessions(cloud, gateway) : agrees("static");
  }
  if (silent(cloud) && silent(gateway)) return agrees({}, "neither configuration speaks of BGP");
  // Without a session at one end there is none.
  if (at_cloud.is(false) || at_gateway.is(false)) return agrees("static");
  return at_cloud.is(true) && carried(cloud, gateway) == Likelihood::No ? outside_the_selectors(cloud, gateway) : not_known(cloud, gateway);
}

}  // namespace tunnelscope::diag::config
