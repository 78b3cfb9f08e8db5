#include "diag/config/rule_signals.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "diag/config/attribute_values.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::config {
namespace {

using Signs = std::vector<Sign>;
namespace signal = kb::signal;

std::string seconds(Seconds time) { return std::to_string(time.count()) + " s"; }

IssuePlace place(const Endpoint& endpoint, std::string attribute, const Value<Seconds>& value) {
  return {&endpoint, std::move(attribute), seconds(*value), value.where(), value.origin()};
}

// ---- one end ----

// Whether it is known when it ends.
bool ends(const Lifetime& lifetime) { return lifetime.hard.known() && lifetime.hard->count() > 0; }

void look_at_lifetime(const Endpoint& endpoint, const std::string& which, const Lifetime& lifetime, Signs& signs) {
  if (!ends(lifetime) || lifetime.rekeys.is(false)) return;
  const IssuePlace end = place(endpoint, which + "-lifetime", lifetime.hard);
  if (lifetime.margin.known() && lifetime.margin->count() > 0) {
    const double longest = static_cast<double>(lifetime.margin->count()) * (1 + lifetime.fuzz_percent.value_or(0) / 100);
    if (longest >= static_cast<double>(lifetime.hard->count()))
      return signs.push_back({signal::kMarginOverLifetime, &endpoint, nullptr,
                              {place(endpoint, which + "-rekey-margin", lifetime.margin), end},
                              "less than " + seconds(*lifetime.hard) + ", fuzz included"});
  }
  if (lifetime.rekeys.is(true) && lifetime.latest_rekey.known() && *lifetime.latest_rekey >= *lifetime.hard)
    signs.push_back({signal::kRekeyAfterExpiry, &endpoint, nullptr, {place(endpoint, which + "-latest-rekey", lifetime.latest_rekey), end},
                     "before " + seconds(*lifetime.hard)});
}

void look_at_child_lifetime(const Endpoint& endpoint, const Lifetime& child, Signs& signs) {
  if (!ends(child)) return;
  const IssuePlace end = place(endpoint, "child-lifetime", child.hard);
  if (ends(endpoint.lifetime) && *child.hard >= *endpoint.lifetime.hard)
    signs.push_back({signal::kPhase2NotBelowPhase1, &endpoint, nullptr, {end, place(endpoint, "ike-lifetime", endpoint.lifetime.hard)},
                     "less than " + seconds(*endpoint.lifetime.hard)});
  if (child.margin.known() && *child.margin > *child.hard / 2)
    signs.push_back({signal::kMarginOverHalf, &endpoint, nullptr, {place(endpoint, "child-rekey-margin", child.margin), end},
                     "at most " + seconds(*child.hard / 2)});
}

// What is wrong with a key for AWS, in words that tell nothing of the key; empty: nothing.
std::string key_fault(const Secret& key) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  };
  if (key.size() < 8) return "shorter than 8 characters";
  if (key.size() > 64) return "longer than 64 characters";
  if (key.starts_with('0')) return "begins with 0";
  return key.every_character(allowed) ? "" : "has a character that is not allowed";
}

void look_at_keys(const Endpoint& endpoint, Signs& signs) {
  if (!endpoint.keys.known()) return;
  for (const Key& key : *endpoint.keys) {
    const std::string fault = key.secret.known() ? key_fault(*key.secret) : "";
    const Where& where = key.where.known() ? key.where : key.secret.where();
    if (!fault.empty())
      return signs.push_back({signal::kAwsKeySyntax, &endpoint, nullptr,
                              {{&endpoint, "pre-shared-key", {}, where, key.secret.origin()}}, fault});
  }
}

constexpr std::array<std::string_view, 7> kReservedByAws = {"169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30",    "169.254.3.0/30",
                                                            "169.254.4.0/30", "169.254.5.0/30", "169.254.169.252/30"};

bool inside(const AddressRange& range, std::string_view network) { return parse_range(network)->contains(range); }

// What AWS asks of it; empty: it is fine.
std::string inside_cidr_limit(const AddressRange& range) {
  const std::string cidr = text(range);
  if (range.first.v6) return cidr.ends_with("/126") && inside(range, "fd00::/8") ? "" : "a /126 in fd00::/8";
  if (!cidr.ends_with("/30") || !inside(range, "169.254.0.0/16")) return "a /30 in 169.254.0.0/16";
  const bool reserved = std::find(kReservedByAws.begin(), kReservedByAws.end(), cidr) != kReservedByAws.end();
  return reserved ? "none of the seven that AWS keeps for itself" : "";
}

void look_at_inside_cidr(const Endpoint& endpoint, const char* attribute, const Value<AddressRange>& cidr, Signs& signs) {
  if (!cidr.known()) return;
  const std::string limit = inside_cidr_limit(*cidr);
  if (!limit.empty())
    signs.push_back({signal::kAwsInsideCidr, &endpoint, nullptr,
                     {{&endpoint, attribute, text(*cidr), cidr.where(), cidr.origin()}}, limit});
}

// ---- both ends ----

// The setting of all children is known and satisfies; without children the endpoint's own counts.
template <class Setting, class Holds>
bool surely(const Endpoint& end, Setting setting, Holds holds) {
  const auto satisfied = [&](const auto& value) { return value.known() && holds(*value); };
  if (end.children.empty()) return satisfied(setting(end, Child{}));
  return std::all_of(end.children.begin(), end.children.end(), [&](const Child& child) { return satisfied(setting(end, child)); });
}

bool leaves_down(DownAction action) { return action == DownAction::None || action == DownAction::Clear; }
bool waits(const Endpoint& end) {
  return surely(end, start_action, [](StartAction action) { return action == StartAction::Wait; });
}
bool leaves_dead_down(const Endpoint& end) { return end.dpd.enabled.is(false) || surely(end, dpd_action, leaves_down); }

// It never begins by itself.
bool passive(const Endpoint& gateway) { return waits(gateway) && leaves_dead_down(gateway) && surely(gateway, close_action, leaves_down); }

template <class T>
IssuePlace action_place(const Endpoint& end, const char* attribute, const Value<T>& (*setting)(const Endpoint&, const Child&)) {
  const Child none;
  const Value<T>& value = setting(end, end.children.empty() ? none : end.children.front());
  return {&end, attribute, value.known() ? std::string(name(*value)) : "", value.where(), value.origin()};
}

// StartupAction, DPDTimeoutAction and maintenance are AWS's.
void look_at_starting(const Endpoint& cloud, const Endpoint& gateway, Signs& signs) {
  if (cloud.vendor != Vendor::Aws || !passive(gateway)) return;
  const IssuePlace gateways = action_place(gateway, "start-action", start_action);
  if (waits(cloud))
    signs.push_back({signal::kNobodyStarts, &cloud, &gateway, {action_place(cloud, "start-action", start_action), gateways}, {}});
  if (surely(cloud, dpd_action, leaves_down))
    signs.push_back({signal::kNobodyRestarts, &cloud, &gateway, {action_place(cloud, "dpd-action", dpd_action), gateways}, {}});
}

// One end has always renewed before the other begins to.
bool always_earlier(const Lifetime& one, const Lifetime& other) {
  return one.latest_rekey.known() && other.earliest_rekey.known() && *one.latest_rekey < *other.earliest_rekey;
}

bool same_window(const Lifetime& a, const Lifetime& b) {
  if (!a.earliest_rekey.known() || !a.latest_rekey.known()) return false;
  return a.earliest_rekey.same_as(b.earliest_rekey) && a.latest_rekey.same_as(b.latest_rekey);
}

bool renewed_together(const Lifetime& a, const Lifetime& b) {
  if (!a.rekeys.is(true) || !b.rekeys.is(true) || !ends(a) || !ends(b)) return false;
  if (always_earlier(a, b) || always_earlier(b, a)) return false;
  return same_window(a, b) || *a.hard == *b.hard;
}

void look_at_renewals(const Endpoint& cloud, const Endpoint& gateway, Signs& signs) {
  const auto compare = [&](const std::string& attribute, const Lifetime& clouds, const Lifetime& gateways) {
    if (renewed_together(clouds, gateways))
      signs.push_back({signal::kEqualLifetimes, &cloud, &gateway,
                       {place(cloud, attribute, clouds.hard), place(gateway, attribute, gateways.hard)}, {}});
  };
  compare("ike-lifetime", cloud.lifetime, gateway.lifetime);
  if (!cloud.children.empty() && !gateway.children.empty())
    compare("child-lifetime", cloud.children.front().lifetime, gateway.children.front().lifetime);
}

void add_selectors(std::vector<IssuePlace>& places, const Endpoint& end, const char* attribute, const Value<Selectors>& value) {
  if (value.known()) places.push_back({&end, attribute, text(*value), value.where(), value.origin()});
}

bool has_family(const Value<Selectors>& selectors, bool v6) {
  return !selectors.known() || std::any_of(selectors->begin(), selectors->end(), [v6](const Selector& one) { return one.addresses.first.v6 == v6; });
}

// Of IPv4 and IPv6 only what the peer has, too, can ever be agreed on.
bool several(const Value<Selectors>& own, const Value<Selectors>& peers) {
  return own.known() && std::count_if(own->begin(), own->end(), [&](const Selector& one) { return has_family(peers, one.addresses.first.v6); }) > 1;
}

bool several(const Endpoint& end, const Endpoint& peer) {
  if (end.children.size() != 1) return end.children.size() > 1;
  const Child& child = end.children.front();
  static const Child kUnknown;
  const Child& peers = peer.children.size() == 1 ? peer.children.front() : kUnknown;
  return several(child.local, peers.remote) || several(child.remote, peers.local);
}

void look_at_selectors(const Endpoint& single, const Endpoint& other, Signs& signs) {
  if (!single.single_child.is(true) || !several(other, single)) return;
  Sign sign{signal::kSeveralSelectors, &other, &single, {}, "one selector on either side"};
  for (const Child& child : other.children) {
    add_selectors(sign.places, other, "local-selectors", child.local);
    add_selectors(sign.places, other, "remote-selectors", child.remote);
  }
  signs.push_back(std::move(sign));
}

// A network that an end states, of which its peer takes a part only. Everything (0.0.0.0/0) is meant to be narrowed.
void look_at_narrowing(const Value<Selectors>& own, const char* attribute, const Endpoint& end, const Value<Selectors>& peers,
                       const Endpoint& other, Signs& signs) {
  if (!own.known() || !peers.known() || own.origin() != Origin::Stated || own->size() != 1 || peers->size() != 1) return;
  if (own->front().addresses.everything() || !overlap(*own, *peers) || intersection(*own, *peers) == *own) return;
  signs.push_back({signal::kSelectorsNarrowed, &end, &other, {{&end, attribute, text(*own), own.where(), own.origin()}}, text(*peers)});
}

void look_at_narrowing(const Endpoint& end, const Endpoint& other, Signs& signs) {
  if (end.children.size() != 1 || other.children.size() != 1) return;
  const Child &own = end.children.front(), &peers = other.children.front();
  look_at_narrowing(own.local, "local-selectors", end, peers.remote, other, signs);
  look_at_narrowing(own.remote, "remote-selectors", end, peers.local, other, signs);
}

// ---- all tunnels ----

using Ends = std::vector<const Endpoint*>;

// By what they have in common; ends of which that is not known are left out.
using Groups = std::map<std::string, Ends>;

void add_to(Groups& groups, const std::string& common, const std::string& more, const Endpoint& end) {
  if (!common.empty()) groups[common + "\n" + more].push_back(&end);
}

// Tunnels of one connection, or of one gateway, that have the same inside CIDR: each but the first is told.
void look_for_twins(const Ends& all, const char* attribute, Value<AddressRange> Endpoint::*cidr, Signs& signs) {
  Groups of_connection, of_gateway;
  for (const Endpoint* one : all) {
    if (!(one->*cidr).known()) continue;
    Groups& groups = one->cloud.attachment.known() ? of_gateway : of_connection;
    add_to(groups, one->cloud.attachment.known() ? *one->cloud.attachment : connection_key(*one), text(*(one->*cidr)), *one);
  }
  const auto told = [&](const Endpoint& one) {
    return IssuePlace{&one, attribute, text(*(one.*cidr)), (one.*cidr).where(), (one.*cidr).origin()};
  };
  for (const Groups* groups : {&of_connection, &of_gateway})
    for (const auto& [common, ends] : *groups)
      for (std::size_t i = 1; i < ends.size(); ++i)
        signs.push_back({signal::kInsideCidrTwice, ends[i], ends[0], {told(*ends[i]), told(*ends[0])}, {}});
}

// An end of the gateway without a partner may be that of a tunnel: its peer is not known, a name, or one of several addresses.
bool may_be_partner(const Endpoint& gateway, const Endpoint& cloud) {
  const auto own = cloud.local_addresses.known() ? cloud.local_addresses->single() : std::nullopt;
  if (!own || !gateway.remote_addresses.known()) return true;
  const Addresses& peers = *gateway.remote_addresses;
  return !peers.names.empty() || peers.accepts(*own);
}

// Tunnels without a partner, of connections of which another tunnel has one. `left`: the gateway's ends without one.
void look_for_partners(const Ends& all, const std::set<const Endpoint*>& paired, const Ends& left, Signs& signs) {
  Groups connections;
  for (const Endpoint* one : all) add_to(connections, connection_key(*one), {}, *one);
  for (const auto& [connection, ends] : connections) {
    const auto first = std::find_if(ends.begin(), ends.end(), [&](const Endpoint* one) { return paired.count(one) > 0; });
    if (first == ends.end()) continue;
    for (const Endpoint* one : ends)
      if (paired.count(one) == 0 && std::none_of(left.begin(), left.end(), [&](const Endpoint* end) { return may_be_partner(*end, *one); }))
        signs.push_back({signal::kOneTunnelOfTwo, one, *first, {{one, "endpoint", {}, one->where, Origin::Stated}}, {}});
  }
}

// ---- a change ----

using Texts = std::map<std::string, std::string>;

// The first value of each attribute.
Texts texts_of(const Endpoint* endpoint) {
  Texts texts;
  if (!endpoint) return texts;
  for (const AttributeValue& value : attribute_values(*endpoint))
    texts.emplace(value.name, value.unit.empty() ? value.text : value.text + " " + std::string(value.unit));
  return texts;
}

// "40 s -> 60 s"; empty: one of them is not known, or a key.
std::string change_in_words(const Texts& before, const Texts& after, const std::string& attribute) {
  const auto old_value = before.find(attribute), new_value = after.find(attribute);
  const bool both = old_value != before.end() && new_value != after.end() && old_value->second != new_value->second;
  return both ? old_value->second + " -> " + new_value->second : std::string();
}

const Endpoint& subject_of(const EndpointChange& change) { return *(change.after ? change.after : change.before); }

bool of_one_connection(const EndpointChange& a, const EndpointChange& b) {
  const std::string connection = connection_key(subject_of(a));
  return !connection.empty() && connection == connection_key(subject_of(b));
}

void add_places(Sign& sign, const EndpointChange& change, ApplyEffect least) {
  const Texts before = texts_of(change.before), after = texts_of(change.after);
  for (const AttributeChange& one : change.attributes)
    if (one.effect >= least)
      sign.places.push_back({&subject_of(change), one.attribute, change_in_words(before, after, one.attribute),
                             one.after.known() ? one.after : one.before, Origin::Stated});
}

std::string_view signal_of(ApplyEffect effect, std::size_t tunnels, Side side) {
  if (side == Side::Gateway) return signal::kGatewayEndDeleted;
  if (effect == ApplyEffect::Deleted) return signal::kConnectionDeleted;
  if (effect == ApplyEffect::Replaced) return signal::kConnectionReplaced;
  if (effect == ApplyEffect::Connection) return signal::kConnectionBounces;
  return tunnels > 1 ? signal::kBothTunnelsBounce : signal::kTunnelBounces;
}

// The tunnels of one connection that the change interrupts in one way, told once.
Sign sign_of(const std::vector<const EndpointChange*>& tunnels) {
  const ApplyEffect effect = tunnels.front()->effect;
  Sign sign{signal_of(effect, tunnels.size(), subject_of(*tunnels.front()).side), &subject_of(*tunnels.front()), nullptr, {}, {}};
  if (tunnels.size() > 1) sign.other = &subject_of(*tunnels[1]);
  for (const EndpointChange* one : tunnels) add_places(sign, *one, effect >= ApplyEffect::Replaced ? ApplyEffect::None : effect);
  if (sign.places.empty()) sign.places.push_back({sign.subject, {}, {}, sign.subject->where, Origin::Stated});
  return sign;
}

}  // namespace

Signs signs_of_endpoint(const Endpoint& endpoint) {
  Signs signs;
  look_at_lifetime(endpoint, "ike", endpoint.lifetime, signs);
  for (const Child& child : endpoint.children) {
    look_at_lifetime(endpoint, "child", child.lifetime, signs);
    look_at_child_lifetime(endpoint, child.lifetime, signs);
  }
  look_at_keys(endpoint, signs);
  look_at_inside_cidr(endpoint, "inside-cidr", endpoint.inside_cidr, signs);
  look_at_inside_cidr(endpoint, "inside-cidr-v6", endpoint.inside_cidr6, signs);
  return signs;
}

Signs signs_of_pair(const Endpoint& cloud, const Endpoint& gateway) {
  Signs signs;
  look_at_starting(cloud, gateway, signs);
  look_at_renewals(cloud, gateway, signs);
  look_at_selectors(cloud, gateway, signs);
  look_at_selectors(gateway, cloud, signs);
  look_at_narrowing(cloud, gateway, signs);
  look_at_narrowing(gateway, cloud, signs);
  return signs;
}

Signs signs_of_configuration(const std::vector<TunnelVerdict>& tunnels) {
  Ends all, left;
  std::set<const Endpoint*> seen, paired;
  for (const TunnelVerdict& tunnel : tunnels) {
    if (tunnel.cloud && seen.insert(tunnel.cloud).second) all.push_back(tunnel.cloud);
    if (tunnel.cloud && tunnel.gateway) paired.insert(tunnel.cloud);
    if (tunnel.gateway && !tunnel.cloud) left.push_back(tunnel.gateway);
  }
  Signs signs;
  look_for_twins(all, "inside-cidr", &Endpoint::inside_cidr, signs);
  look_for_twins(all, "inside-cidr-v6", &Endpoint::inside_cidr6, signs);
  look_for_partners(all, paired, left, signs);
  return signs;
}

Signs signs_of_change(const std::vector<EndpointChange>& changes) {
  Signs signs;
  std::vector<const EndpointChange*> told;
  for (const EndpointChange& change : changes) {
    const bool interrupts = subject_of(change).side == Side::Cloud ? change.effect != ApplyEffect::None  // what is switched off is told as such
                                                                   : change.effect == ApplyEffect::Deleted;
    if (!interrupts || std::find(told.begin(), told.end(), &change) != told.end()) continue;
    std::vector<const EndpointChange*> tunnels{&change};
    for (const EndpointChange& other : changes)
      if (&other != &change && other.effect == change.effect && of_one_connection(change, other)) tunnels.push_back(&other);
    told.insert(told.end(), tunnels.begin(), tunnels.end());
    signs.push_back(sign_of(tunnels));
  }
  return signs;
}

}  // namespace tunnelscope::diag::config
