#include "diag/config/merge.hpp"

#include <algorithm>

#include "diag/config/attributes.hpp"

namespace tunnelscope::diag::config {
namespace {

int certainty(Origin origin) { return origin == Origin::Stated ? 2 : origin == Origin::Default ? 1 : 0; }

bool same_tunnel(const Endpoint& a, const Endpoint& b) {
  const bool known = a.local_addresses.known() && b.local_addresses.known();
  return known && a.local_addresses->single() && a.local_addresses.same_as(b.local_addresses);
}

bool shares_ike_sa(const Endpoint& a, const Endpoint& b) {
  const bool known = a.remote_addresses.known() && a.remote_addresses->single() && a.local_addresses.known();
  return known && a.where.path == b.where.path && a.local_addresses.same_as(b.local_addresses) &&
         a.remote_addresses.same_as(b.remote_addresses) && a.local_identity.same_as(b.local_identity) &&
         a.remote_identity.same_as(b.remote_identity) && a.initiates.same_as(b.initiates);
}

bool is_the_same(const Endpoint& a, const Endpoint& b) {
  return a.side == b.side && (a.side == Side::Cloud ? same_tunnel(a, b) : shares_ike_sa(a, b));
}

void take_what_is_more_certain(Endpoint& one, const Endpoint& other) {
  for_each_value(one, other, [](const std::string&, auto& own, const auto& more) {
    if (certainty(more.origin()) > certainty(own.origin())) own = more;
  });
  if (one.children.empty()) one.children = other.children;
  one.replaced = one.replaced || other.replaced;
}

void join(Endpoint& one, Endpoint& other) {
  if (one.side == Side::Cloud) return take_what_is_more_certain(one, other);
  std::move(other.children.begin(), other.children.end(), std::back_inserter(one.children));
}

}  // namespace

std::vector<Endpoint> merged(std::vector<Endpoint> endpoints) {
  std::vector<Endpoint> kept;
  for (Endpoint& next : endpoints) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const Endpoint& one) { return is_the_same(one, next); });
    if (same == kept.end())
      kept.push_back(std::move(next));
    else
      join(*same, next);
  }
  for (Endpoint& one : kept) bound(one);
  return kept;
}

}  // namespace tunnelscope::diag::config
