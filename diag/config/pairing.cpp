#include "diag/config/pairing.hpp"

#include <algorithm>
#include <optional>

namespace tunnelscope::diag::config {
namespace {

using Endpoints = std::vector<const Endpoint*>;

std::optional<IpAddress> single(const Value<Addresses>& addresses) { return addresses.known() ? addresses->single() : std::nullopt; }

bool same(const std::optional<IpAddress>& a, const std::optional<IpAddress>& b) { return a && b && *a == *b; }

// The gateway calls the cloud's address, which one tunnel alone has; or accepts it among others.
bool gateway_names_cloud(const Endpoint& cloud, const Endpoint& gateway) {
  return same(single(cloud.local_addresses), single(gateway.remote_addresses));
}

// Of several own addresses of the gateway any may be the one.
bool cloud_names_gateway(const Endpoint& cloud, const Endpoint& gateway) {
  const auto address = single(cloud.remote_addresses);
  const auto& own = gateway.local_addresses;
  return address && own.known() && !own->any && own->accepts(*address);
}

bool gateway_accepts_cloud(const Endpoint& cloud, const Endpoint& gateway) {
  const auto address = single(cloud.local_addresses);
  return address && gateway.remote_addresses.known() && gateway.remote_addresses->accepts(*address);
}

// The cloud's own address tells its tunnels apart; the gateway's is the same for all of them and can only tell between equals.
int outside_score(const Endpoint& cloud, const Endpoint& gateway) {
  const int named = cloud_names_gateway(cloud, gateway) ? 1 : 0;
  if (gateway_names_cloud(cloud, gateway)) return 4 + named;
  return gateway_accepts_cloud(cloud, gateway) && named ? 2 : 0;
}

bool within(const Value<AddressRange>& cidr, const Value<IpAddress>& inside) {
  return cidr.known() && inside.known() && cidr->contains(*inside);
}

bool same_inside(const Endpoint& cloud, const Endpoint& gateway) {
  const auto equal = [](const Value<AddressRange>& a, const Value<AddressRange>& b) { return a.known() && b.known() && *a == *b; };
  return equal(cloud.inside_cidr, gateway.inside_cidr) || equal(cloud.inside_cidr6, gateway.inside_cidr6) ||
         within(cloud.inside_cidr, gateway.inside_local) || within(cloud.inside_cidr6, gateway.inside_local6) ||
         within(gateway.inside_cidr, cloud.inside_local) || within(gateway.inside_cidr6, cloud.inside_local6);
}

int inside_score(const Endpoint& cloud, const Endpoint& gateway) { return same_inside(cloud, gateway) ? 1 : 0; }

// Those with the highest score above 0.
template <class Score>
Endpoints best(const Endpoints& cloud, const Endpoint& gateway, Score score) {
  Endpoints equals;
  int highest = 1;
  for (const Endpoint* one : cloud) {
    const int own = score(*one, gateway);
    if (own > highest) equals.clear();
    highest = std::max(highest, own);
    if (own == highest) equals.push_back(one);
  }
  return equals;
}

const Endpoint* configured_partner(const Endpoints& cloud, const Endpoint& gateway, const std::vector<ConfiguredPair>& configured) {
  for (const ConfiguredPair& pair : configured)
    if (is_called(gateway, pair.gateway))
      for (const Endpoint* one : cloud)
        if (is_called(*one, pair.cloud)) return one;
  return nullptr;
}

constexpr const char* kNoPartner = "no endpoint of the other side has its outside addresses or its inside CIDR";
constexpr const char* kAmbiguous = "several endpoints of the other side fit equally well";

Pairing partner_of(const Endpoint& gateway, const Endpoints& cloud, const std::vector<ConfiguredPair>& configured) {
  const Endpoints outside = best(cloud, gateway, outside_score);
  if (outside.size() == 1) return {outside.front(), &gateway, PairedBy::OutsideAddress, {}};
  const Endpoints inside = best(outside.empty() ? cloud : outside, gateway, inside_score);
  if (inside.size() == 1) return {inside.front(), &gateway, PairedBy::InsideCidr, {}};
  if (const Endpoint* one = configured_partner(cloud, gateway, configured)) return {one, &gateway, PairedBy::Configured, {}};
  return {nullptr, &gateway, {}, outside.empty() && inside.empty() ? kNoPartner : kAmbiguous};
}

}  // namespace

bool is_called(const Endpoint& endpoint, const std::string& name) {
  if (name == endpoint.name) return true;
  if (const auto address = parse_address(name)) return same(single(endpoint.local_addresses), address);
  const auto range = parse_range(name);
  return range && (endpoint.inside_cidr.is(*range) || endpoint.inside_cidr6.is(*range));
}

std::vector<Pairing> pair_up(const Endpoints& cloud, const Endpoints& gateway, const std::vector<ConfiguredPair>& configured) {
  std::vector<Pairing> pairs, alone;
  for (const Endpoint* one : gateway) {
    Pairing pairing = partner_of(*one, cloud, configured);
    (pairing.cloud ? pairs : alone).push_back(std::move(pairing));
  }
  std::vector<Pairing> unpaired;
  for (const Endpoint* one : cloud)
    if (std::none_of(pairs.begin(), pairs.end(), [&](const Pairing& pairing) { return pairing.cloud == one; }))
      unpaired.push_back({one, nullptr, {}, kNoPartner});
  pairs.insert(pairs.end(), unpaired.begin(), unpaired.end());
  pairs.insert(pairs.end(), alone.begin(), alone.end());
  return pairs;
}

}  // namespace tunnelscope::diag::config
