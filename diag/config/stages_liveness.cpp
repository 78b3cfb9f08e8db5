// Who begins the tunnel, who notices that the peer is gone, and who then brings it back.
#include <algorithm>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

// Whether some child of the end satisfies `holds`; Maybe when that is not known. Without children the endpoint's own setting counts.
template <class Setting, class Holds>
Likelihood any_child(const Endpoint& end, Setting setting, Holds holds) {
  Likelihood most = Likelihood::No;
  const auto take = [&](const auto& value) {
    most = std::max(most, !value.known() ? Likelihood::Maybe : holds(*value) ? Likelihood::Yes : Likelihood::No);
  };
  for (const Child& child : end.children) take(setting(end, child));
  if (end.children.empty()) take(setting(end, Child{}));
  return most;
}

Likelihood begins_on_traffic(const Endpoint& end) {
  return any_child(end, start_action, [](StartAction action) { return action == StartAction::OnTraffic; });
}

Likelihood begins_after_dpd(const Endpoint& end) {
  return any_child(end, dpd_action, [](DownAction action) { return action == DownAction::Restart || action == DownAction::OnTraffic; });
}

Likelihood both(Likelihood a, Likelihood b) { return std::min(a, b); }
Likelihood either(Likelihood a, Likelihood b) { return std::max(a, b); }

Likelihood notices(const Endpoint& end) {
  return !end.dpd.enabled.known() ? Likelihood::Maybe : *end.dpd.enabled ? Likelihood::Yes : Likelihood::No;
}

Likelihood can_initiate(const Endpoint& end) {
  return !end.initiates.known() ? Likelihood::Maybe : *end.initiates == Versions{} ? Likelihood::No : Likelihood::Yes;
}

// By itself, without an SA having been there before.
Likelihood starts(const Endpoint& end) {
  return both(can_initiate(end), any_child(end, start_action, [](StartAction action) { return action != StartAction::Wait; }));
}

// IOS and Junos make a new SA whenever there is none, and have no word for what follows a dead peer.
bool decides_itself(Vendor vendor) { return vendor == Vendor::CiscoIos || vendor == Vendor::Juniper; }

// Who does not notice that the peer is gone goes on with the dead SA; a new one is begun when the peer has closed it, or at its
// lifetime's end.
Likelihood once_let_go(const Endpoint& end) {
  const Likelihood begins = any_child(end, start_action, [&](StartAction action) {
    return action == StartAction::OnTraffic || (action == StartAction::Start && decides_itself(end.vendor));
  });
  return both(begins, Likelihood::Maybe);
}

Likelihood brings_back(const Endpoint& end) {
  const Likelihood noticed = both(notices(end), either(begins_after_dpd(end), begins_on_traffic(end)));
  return both(can_initiate(end), either(noticed, once_let_go(end)));
}

// "DPD 30 s, then clear; start wait".
Shown in_words(const Endpoint& end) {
  std::string all = !end.dpd.enabled.known() ? "DPD not known" : *end.dpd.enabled ? "DPD" : "DPD off";
  if (end.dpd.enabled.is(true) && end.dpd.timeout.known()) all += " " + std::to_string(end.dpd.timeout->count()) + " s";
  const Child none;
  const Child& child = end.children.empty() ? none : end.children.front();
  const auto& then = dpd_action(end, child);
  const auto& start = start_action(end, child);
  if (end.dpd.enabled.is(true)) all += ", then " + (then.known() ? std::string(name(*then)) : "not known");
  all += "; start " + (start.known() ? std::string(name(*start)) : "not known");
  const Where& where = then.where().known() ? then.where() : start.where();
  return {all, where, then.origin(), then.note()};
}

void show_both(Outcome& outcome, const Endpoint& cloud, const Endpoint& gateway) {
  show(outcome, cloud, in_words(cloud), in_words(gateway));
}

template <class Action>
Change change_of(const Endpoint& end, const char* attribute, const Value<Action>& action, const char* wanted) {
  return {end.side, action.where(), attribute, action.known() ? std::string(name(*action)) : "", wanted};
}

std::vector<Change> restarts(const Endpoint& end) {
  const Child none;
  const Child& child = end.children.empty() ? none : end.children.front();
  std::vector<Change> changes{decides_itself(end.vendor) ? change_of(end, "start-action", start_action(end, child), "start")
                                                         : change_of(end, "dpd-action", dpd_action(end, child), "restart")};
  if (!end.dpd.enabled.is(true)) changes.insert(changes.begin(), {end.side, end.dpd.enabled.where(), "dpd", "off", "on"});
  return changes;
}

Outcome nobody_initiates(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = fails("nobody-initiates", "dpd-action", "when the tunnel has gone down, neither end brings it back");
  show_both(outcome, cloud, gateway);
  if (can_initiate(cloud) != Likelihood::No) outcome.repair.at_cloud = restarts(cloud);
  if (can_initiate(gateway) != Likelihood::No) outcome.repair.at_gateway = restarts(gateway);
  return outcome;
}

// A VPN program in the cloud's place is started by hand or by a script; a service of the cloud is not.
bool has_no_operator(const Endpoint& cloud) { return cloud.vendor == Vendor::Aws || cloud.vendor == Vendor::Neutral; }

// At first, and again where the other end does not do that.
std::vector<Change> starts(const Endpoint& end, bool and_restarts) {
  if (and_restarts && decides_itself(end.vendor)) return restarts(end);
  const Child none;
  const Child& child = end.children.empty() ? none : end.children.front();
  std::vector<Change> changes{change_of(end, "start-action", start_action(end, child), "start")};
  const std::vector<Change> more = and_restarts ? restarts(end) : std::vector<Change>{};
  changes.insert(changes.end(), more.begin(), more.end());
  return changes;
}

Outcome nobody_starts(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = fails("nobody-initiates", "start-action", "neither end begins the tunnel: each waits for the other");
  show_both(outcome, cloud, gateway);
  const bool and_restarts = either(brings_back(cloud), brings_back(gateway)) != Likelihood::Yes;
  if (can_initiate(cloud) != Likelihood::No) outcome.repair.at_cloud = starts(cloud, and_restarts);
  if (can_initiate(gateway) != Likelihood::No) outcome.repair.at_gateway = starts(gateway, and_restarts);
  return outcome;
}

Outcome beginning_unknown(const Endpoint& cloud, const Endpoint& gateway) {
  Outcome outcome = unverified("start-action", "who begins the tunnel is not known");
  show_both(outcome, cloud, gateway);
  return outcome;
}

// Both ends tear down what they find dead, or the cloud end does, as AWS also does for maintenance.
bool surely_goes_down(const Endpoint& cloud, const Endpoint& gateway) {
  return notices(cloud) == Likelihood::Yes && (notices(gateway) == Likelihood::Yes || cloud.vendor == Vendor::Aws);
}

}  // namespace

Outcome judge_liveness(const Endpoint& cloud, const Endpoint& gateway) {
  const Likelihood begun = has_no_operator(cloud) ? either(starts(cloud), starts(gateway)) : Likelihood::Yes;
  if (begun == Likelihood::No) return nobody_starts(cloud, gateway);
  const Likelihood back = either(brings_back(cloud), brings_back(gateway));
  if (back == Likelihood::Yes) return begun == Likelihood::Yes ? agrees() : beginning_unknown(cloud, gateway);
  if (notices(cloud) == Likelihood::No && notices(gateway) == Likelihood::No)
    return agrees({}, "neither end looks whether its peer is alive: an outage is noticed at the next rekey");
  if (back == Likelihood::No && surely_goes_down(cloud, gateway)) return nobody_initiates(cloud, gateway);
  const bool known = back != Likelihood::Maybe;
  const bool by_itself = either(once_let_go(cloud), once_let_go(gateway)) == Likelihood::Maybe &&
                          notices(cloud) != Likelihood::Maybe && notices(gateway) != Likelihood::Maybe;
  const char* const reason = known       ? "one end closes what the other takes for alive, and neither begins anew"
                             : by_itself ? "an end begins the tunnel anew once it has let go of the old SA, but does not look whether its "
                                           "peer is alive: when that is, is not known"
                                         : "who brings the tunnel back after an outage is not known";
  Outcome outcome = unverified("dpd-action", reason);
  show_both(outcome, cloud, gateway);
  return outcome;
}

}  // namespace tunnelscope::diag::config
