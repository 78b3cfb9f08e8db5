#include "src/config/doubt.hpp"

#include <type_traits>

namespace tunnelscope::config {

using diag::config::Child;
using diag::config::Endpoint;
using diag::config::Key;
using diag::config::Proposal;
using diag::config::Value;

void forget_defaults(Endpoint& endpoint, const char* reason) {
  const auto forget = [&](auto&... values) {
    const auto one = [&](auto& value) {
      using Kind = std::remove_reference_t<decltype(value)>;
      if (value.origin() == diag::config::Origin::Default) value = Kind::unknown(reason, value.where());
    };
    (one(values), ...);
  };
  forget(endpoint.accepts, endpoint.initiates, endpoint.accepts_modes, endpoint.initiates_modes, endpoint.local_identity,
         endpoint.remote_identity, endpoint.lifetime.hard, endpoint.lifetime.rekeys, endpoint.dpd.enabled, endpoint.dpd.delay,
         endpoint.dpd.timeout, endpoint.dpd.action, endpoint.close, endpoint.start, endpoint.nat_traversal, endpoint.bgp.used,
             endpoint.bgp.hold_time);
  if (endpoint.keys.known() && endpoint.keys->empty()) endpoint.keys = Value<std::vector<Key>>::unknown(reason, endpoint.where);
  for (Child& child : endpoint.children) {
    forget(child.local, child.remote, child.lifetime.hard, child.lifetime.rekeys, child.protocol, child.mode);
    if (child.proposals.known())
      for (Proposal& one : child.proposals.edit())
        if (one.groups.empty()) one.unrecognised.push_back("group");
  }
}

diag::config::Reservation closed_when_idle(std::string_view setting, const diag::config::Where& where) {
  return {diag::config::Stage::Liveness, where.text() + ": " + std::string(setting) +
                                      " closes the tunnel when it has no traffic; whether an end then brings it back in time is not known"};
}

}  // namespace tunnelscope::config
