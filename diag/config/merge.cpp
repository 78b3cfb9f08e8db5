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

// What two descriptions state differently is not known, whichever was read first.
template <class T>
void join_value(Value<T>& own, const Value<T>& more) {
  if (own.stated() && more.stated() && own.known() && more.known() && !own.same_as(more))
    own = Value<T>::unknown("two descriptions of the tunnel differ, at " + own.where().text() + " and at " + more.where().text(), own.where());
  else if (certainty(more.origin()) > certainty(own.origin()))
    own = more;
}

bool has_secret(const Endpoint& end) {
  return end.keys.known() && std::any_of(end.keys->begin(), end.keys->end(), [](const Key& key) { return key.secret.known(); });
}

void take_what_is_more_certain(Endpoint& one, const Endpoint& other) {
  const Value<std::vector<Key>> keys = has_secret(one) || !has_secret(other) ? one.keys : other.keys;
  for_each_value(one, other, [](const std::string&, auto& own, const auto& more) { join_value(own, more); });
  one.keys = keys;
  if (one.children.empty()) one.children = other.children;
  one.replaced = one.replaced || other.replaced;
}

void take_doubts(Endpoint& one, const Endpoint& other) {
  if (one.doubt.empty()) one.doubt = other.doubt;
  one.reservations.insert(one.reservations.end(), other.reservations.begin(), other.reservations.end());
}

// A child at the same place is the same child: its file was given twice.
void join(Endpoint& one, Endpoint& other) {
  take_doubts(one, other);
  if (one.side == Side::Cloud) return take_what_is_more_certain(one, other);
  for (Child& child : other.children) {
    const auto is_here = [&](const Child& own) {
      return own.where.known() && own.where == child.where && own.name == child.name && own.local.same_as(child.local) &&
             own.remote.same_as(child.remote);
    };
    if (std::none_of(one.children.begin(), one.children.end(), is_here)) one.children.push_back(std::move(child));
  }
}

const Key* only_key(const Endpoint& end) {
  return end.keys.known() && end.keys->size() == 1 && end.keys->front().secret.known() ? &end.keys->front() : nullptr;
}

}  // namespace

std::string different_keys(const Where& one, const Where& other) {
  return "two descriptions of the tunnel give it different keys, at " + one.text() + " and at " + other.text();
}

void doubt_different_keys(std::vector<Endpoint>& endpoints) {
  for (std::size_t i = 0; i < endpoints.size(); ++i)
    for (std::size_t j = i + 1; j < endpoints.size(); ++j) {
      Endpoint &one = endpoints[i], &other = endpoints[j];
      if (one.side != Side::Cloud || other.side != Side::Cloud || !same_tunnel(one, other)) continue;
      const Key *first = only_key(one), *second = only_key(other);
      if (!first || !second || first->secret.same_as(second->secret)) continue;
      const Where where = first->secret.where(), there = second->secret.where();
      one.keys = other.keys = Value<std::vector<Key>>::unknown(different_keys(where, there), where);
    }
}

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
