#include "diag/config/change.hpp"

#include <algorithm>
#include <array>

#include "diag/config/attributes.hpp"

namespace tunnelscope::diag::config {
namespace {

using Endpoints = std::vector<const Endpoint*>;

// Options of the whole connection (AWS ModifyVpnConnection, ModifyVpnConnectionOptions): facts/aws-site-to-site-vpn.md 7.
constexpr std::array<std::string_view, 9> kOfConnection = {"remote-address", "local-selectors",  "remote-selectors", "bgp-remote-asn",
                                                           "attachment",     "acceleration", "outside-address-type", "tunnel-bandwidth",
                                                           "customer-gateway"};
// What follows from others, or is no option of the tunnel.
constexpr std::array<std::string_view, 5> kWithoutEffect = {"connection", "static-routes", "disabled", "inside-local", "inside-remote"};

template <class Names>
bool has(const Names& names, const typename Names::value_type& wanted) {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

// Several attributes that follow from one statement (a lifetime and its rekey window) are one change.
bool said_already(const EndpointChange& change, const Where& before, const Where& after) {
  const auto same = [&](const AttributeChange& one) { return one.before == before && one.after == after; };
  return (before.known() || after.known()) && std::any_of(change.attributes.begin(), change.attributes.end(), same);
}

ApplyEffect effect_of(const std::string& attribute, const Endpoint& end) {
  if (end.side == Side::Gateway) return attribute == "disabled" && end.disabled.is(true) ? ApplyEffect::Tunnel : ApplyEffect::None;
  if (has(kWithoutEffect, attribute)) return ApplyEffect::None;
  return has(kOfConnection, attribute) ? ApplyEffect::Connection : ApplyEffect::Tunnel;
}

void add(EndpointChange& change, std::string attribute, const Where& before, const Where& after) {
  const ApplyEffect effect = effect_of(attribute, *change.after);
  change.effect = std::max(change.effect, effect);
  if (said_already(change, before, after)) return;
  change.attributes.push_back({std::move(attribute), before, after, effect});
}

// "aes128,aes256 sha256 ...", a text for each proposal, whatever the order.
std::vector<std::string> as_sets(const Proposals& proposals) {
  std::vector<std::string> texts;
  for (const Proposal& proposal : proposals) {
    std::string& text = texts.emplace_back();
    for (const TransformSet* set : {&proposal.encryption, &proposal.integrity, &proposal.prf, &proposal.groups, &proposal.sequence_numbers}) {
      std::vector<std::string> names;
      for (const AlgorithmRef algorithm : set->algorithms) names.emplace_back(algorithm->id);
      std::sort(names.begin(), names.end());
      for (const std::string& name : names) text += name + ",";
      text += " ";
    }
    for (const std::string& word : proposal.unrecognised) text += word + ",";
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

template <class T>
bool is_the_same(const Value<T>& before, const Value<T>& after, Vendor) {
  return before.same_as(after);
}
// AWS takes its options as sets: their order says nothing, and no API promises one.
bool is_the_same(const Value<Proposals>& before, const Value<Proposals>& after, Vendor vendor) {
  if (before.same_as(after)) return true;
  return vendor == Vendor::Aws && before.known() && after.known() && as_sets(*before) == as_sets(*after);
}

EndpointChange difference(const Endpoint& before, const Endpoint& after) {
  EndpointChange change{&before, &after, {}, ApplyEffect::None};
  for_each_value(before, after, [&](std::string attribute, const auto& old_value, const auto& new_value) {
    if (!is_the_same(old_value, new_value, after.vendor)) add(change, std::move(attribute), old_value.where(), new_value.where());
  });
  if (before.children.size() != after.children.size()) add(change, "children", before.where, after.where);
  if (after.replaced) change.effect = ApplyEffect::Replaced;
  return change;
}

// A gateway has one address for all its tunnels, and calls another one in each.
bool same_address(const Endpoint& a, const Endpoint& b) {
  const auto same = [](const Value<Addresses>& x, const Value<Addresses>& y) { return x.known() && x->single() && x.same_as(y); };
  return a.side == Side::Cloud ? same(a.local_addresses, b.local_addresses) : same(a.remote_addresses, b.remote_addresses);
}

// AWS names its tunnels by their place in a list, which changes; no two of them have one address.
const Endpoint* earlier(const Endpoint& after, const Endpoints& before) {
  const auto first = [&](auto fits) {
    const auto found = std::find_if(before.begin(), before.end(), [&](const Endpoint* one) { return fits(*one); });
    return found == before.end() ? nullptr : *found;
  };
  const auto by_address = [&](const Endpoint& one) { return same_address(one, after); };
  const auto by_name = [&](const Endpoint& one) { return one.name == after.name; };
  const bool of_aws = after.vendor == Vendor::Aws;
  const Endpoint* found = of_aws ? first(by_address) : first(by_name);
  return found ? found : of_aws ? first(by_name) : first(by_address);
}

EndpointChange appeared(const Endpoint& after) {
  return {nullptr, &after, {{"endpoint", {}, after.where, ApplyEffect::None}}, ApplyEffect::None};
}

EndpointChange gone(const Endpoint& before) {
  return {&before, nullptr, {{"endpoint", before.where, {}, ApplyEffect::Deleted}}, ApplyEffect::Deleted};
}

bool of_one_connection(const EndpointChange& a, const EndpointChange& b) {
  if (!a.after || !b.after) return false;
  const std::string connection = connection_key(*a.after);
  return !connection.empty() && connection == connection_key(*b.after);
}

// What brings down a connection brings down both its tunnels.
void spread(std::vector<EndpointChange>& changes) {
  for (const EndpointChange& cause : changes) {
    if (cause.effect != ApplyEffect::Connection) continue;
    for (EndpointChange& other : changes)
      if (of_one_connection(cause, other)) other.effect = std::max(other.effect, ApplyEffect::Connection);
  }
}

}  // namespace

std::vector<EndpointChange> compare(const Endpoints& before, const Endpoints& after) {
  std::vector<EndpointChange> changes;
  Endpoints seen;
  for (const Endpoint* one : after) {
    const Endpoint* old = earlier(*one, before);
    if (old) seen.push_back(old);
    changes.push_back(old ? difference(*old, *one) : appeared(*one));
  }
  for (const Endpoint* one : before)
    if (!has(seen, one)) changes.push_back(gone(*one));
  spread(changes);
  return changes;
}

std::string_view name(ApplyEffect effect) {
  static constexpr std::string_view kNames[] = {"none", "tunnel", "connection", "replaced", "deleted"};
  return kNames[static_cast<std::size_t>(effect)];
}

}  // namespace tunnelscope::diag::config
