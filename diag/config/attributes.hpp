// Every value of an endpoint under one name, for whatever looks at all of them. In: two endpoints. Out: calls of `visit(name, a, b)`.
#pragma once
#include <algorithm>

#include "diag/config/model.hpp"

namespace tunnelscope::diag::config {

template <class LifetimeA, class LifetimeB, class Visit>
void for_each_lifetime_value(const char* which, LifetimeA& a, LifetimeB& b, Visit visit) {
  const std::string prefix = which;
  visit(prefix + "-rekeys", a.rekeys, b.rekeys);
  visit(prefix + "-lifetime", a.hard, b.hard);
  visit(prefix + "-earliest-rekey", a.earliest_rekey, b.earliest_rekey);
  visit(prefix + "-latest-rekey", a.latest_rekey, b.latest_rekey);
  visit(prefix + "-rekey-margin", a.margin, b.margin);
  visit(prefix + "-rekey-fuzz", a.fuzz_percent, b.fuzz_percent);
  visit(prefix + "-lifetime-bytes", a.bytes, b.bytes);
}

template <class ChildA, class ChildB, class Visit>
void for_each_child_value(ChildA& a, ChildB& b, Visit visit) {
  visit(std::string("child-protocol"), a.protocol, b.protocol);
  visit(std::string("child-mode"), a.mode, b.mode);
  visit(std::string("child-proposals"), a.proposals, b.proposals);
  visit(std::string("local-selectors"), a.local, b.local);
  visit(std::string("remote-selectors"), a.remote, b.remote);
  visit(std::string("replay-window"), a.replay_window, b.replay_window);
  for_each_lifetime_value("child", a.lifetime, b.lifetime, visit);
}

template <class CloudA, class CloudB, class Visit>
void for_each_cloud_value(CloudA& a, CloudB& b, Visit visit) {
  visit(std::string("log-enabled"), a.log_enabled, b.log_enabled);
  visit(std::string("log-format"), a.log_format, b.log_format);
  visit(std::string("log-group"), a.log_group, b.log_group);
  visit(std::string("bgp-log-enabled"), a.bgp_log_enabled, b.bgp_log_enabled);
  visit(std::string("bgp-log-format"), a.bgp_log_format, b.bgp_log_format);
  visit(std::string("bgp-log-group"), a.bgp_log_group, b.bgp_log_group);
  visit(std::string("lifecycle-control"), a.lifecycle_control, b.lifecycle_control);
  visit(std::string("acceleration"), a.acceleration, b.acceleration);
  visit(std::string("tunnel-bandwidth"), a.tunnel_bandwidth, b.tunnel_bandwidth);
  visit(std::string("outside-address-type"), a.outside_address_type, b.outside_address_type);
  visit(std::string("key-storage"), a.key_storage, b.key_storage);
  visit(std::string("attachment"), a.attachment, b.attachment);
  visit(std::string("customer-gateway"), a.customer_gateway, b.customer_gateway);
}

template <class BgpA, class BgpB, class Visit>
void for_each_bgp_value(BgpA& a, BgpB& b, Visit visit) {
  visit(std::string("routing"), a.used, b.used);
  visit(std::string("bgp-local-asn"), a.local_asn, b.local_asn);
  visit(std::string("bgp-remote-asn"), a.remote_asn, b.remote_asn);
  visit(std::string("bgp-neighbour"), a.neighbour, b.neighbour);
  visit(std::string("bgp-hold-time"), a.hold_time, b.hold_time);
  visit(std::string("bgp-keepalive"), a.keepalive, b.keepalive);
}

// All but the children.
template <class EndpointA, class EndpointB, class Visit>
void for_each_own_value(EndpointA& a, EndpointB& b, Visit visit) {
  visit(std::string("connection"), a.connection, b.connection);
  visit(std::string("disabled"), a.disabled, b.disabled);
  visit(std::string("local-address"), a.local_addresses, b.local_addresses);
  visit(std::string("remote-address"), a.remote_addresses, b.remote_addresses);
  visit(std::string("inside-cidr"), a.inside_cidr, b.inside_cidr);
  visit(std::string("inside-cidr-v6"), a.inside_cidr6, b.inside_cidr6);
  visit(std::string("inside-local"), a.inside_local, b.inside_local);
  visit(std::string("inside-remote"), a.inside_remote, b.inside_remote);
  visit(std::string("inside-local-v6"), a.inside_local6, b.inside_local6);
  visit(std::string("inside-remote-v6"), a.inside_remote6, b.inside_remote6);
  visit(std::string("ike-version"), a.accepts, b.accepts);
  visit(std::string("ike-version-initiated"), a.initiates, b.initiates);
  visit(std::string("ike-mode"), a.accepts_modes, b.accepts_modes);
  visit(std::string("ike-mode-initiated"), a.initiates_modes, b.initiates_modes);
  visit(std::string("ike-proposals"), a.proposals, b.proposals);
  visit(std::string("local-authentication"), a.local_authentication, b.local_authentication);
  visit(std::string("remote-authentication"), a.remote_authentication, b.remote_authentication);
  visit(std::string("local-identity"), a.local_identity, b.local_identity);
  visit(std::string("remote-identity"), a.remote_identity, b.remote_identity);
  visit(std::string("pre-shared-key"), a.keys, b.keys);
  for_each_lifetime_value("ike", a.lifetime, b.lifetime, visit);
  visit(std::string("reauthentication"), a.reauthenticates, b.reauthenticates);
  visit(std::string("make-before-break"), a.make_before_break, b.make_before_break);
  visit(std::string("dpd"), a.dpd.enabled, b.dpd.enabled);
  visit(std::string("dpd-delay"), a.dpd.delay, b.dpd.delay);
  visit(std::string("dpd-timeout"), a.dpd.timeout, b.dpd.timeout);
  visit(std::string("dpd-action"), a.dpd.action, b.dpd.action);
  visit(std::string("start-action"), a.start, b.start);
  visit(std::string("close-action"), a.close, b.close);
  visit(std::string("nat-traversal"), a.nat_traversal, b.nat_traversal);
  visit(std::string("mobike"), a.mobike, b.mobike);
  visit(std::string("fragmentation"), a.fragmentation, b.fragmentation);
  visit(std::string("route-based"), a.route_based, b.route_based);
  visit(std::string("single-child"), a.single_child, b.single_child);
  visit(std::string("static-routes"), a.static_routes, b.static_routes);
  for_each_bgp_value(a.bgp, b.bgp, visit);
  for_each_cloud_value(a.cloud, b.cloud, visit);
}

// The children too, pair by pair as far as both have them.
template <class EndpointA, class EndpointB, class Visit>
void for_each_value(EndpointA& a, EndpointB& b, Visit visit) {
  for_each_own_value(a, b, visit);
  const std::size_t both = std::min(a.children.size(), b.children.size());
  for (std::size_t i = 0; i < both; ++i) for_each_child_value(a.children[i], b.children[i], visit);
}

}  // namespace tunnelscope::diag::config
