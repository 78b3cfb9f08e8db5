#include "diag/config/model.hpp"

#include <algorithm>
#include <type_traits>

namespace tunnelscope::diag::config {
namespace {

template <class Enum, std::size_t N>
std::string_view pick(const std::string_view (&names)[N], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

std::string both(bool first, std::string_view first_name, bool second, std::string_view second_name) {
  if (first && second) return std::string(first_name) + ", " + std::string(second_name);
  return std::string(first ? first_name : second ? second_name : "none");
}

}  // namespace

RekeyWindow rekey_window(Seconds lifetime, Seconds margin, double fuzz_percent) {
  margin = std::clamp(margin, Seconds(0), std::max(Seconds(0), lifetime));
  const double most = std::clamp(1 + fuzz_percent / 100, 1.0, 100.0) * static_cast<double>(margin.count());
  const bool at_once = most >= static_cast<double>(lifetime.count());
  return {at_once ? Seconds(0) : lifetime - Seconds(static_cast<Seconds::rep>(most)), lifetime - margin};
}

bool bound(Endpoint& endpoint, const Bounds& bounds) {
  bool any = false;
  const auto cut = [&](auto& list, std::size_t most) {
    if (!list.known() || list->size() <= most) return;
    list = std::remove_reference_t<decltype(list)>::unknown("more than " + std::to_string(most) + " of them", list.where());
    any = true;
  };
  cut(endpoint.proposals, bounds.proposals);
  cut(endpoint.keys, bounds.keys);
  if (endpoint.children.size() > bounds.children) {
    endpoint.children.clear();
    any = true;
  }
  for (Child& child : endpoint.children) {
    cut(child.proposals, bounds.proposals);
    cut(child.local, bounds.selectors);
    cut(child.remote, bounds.selectors);
  }
  return any;
}

const Value<StartAction>& start_action(const Endpoint& endpoint, const Child& child) { return child.start ? *child.start : endpoint.start; }
const Value<DownAction>& dpd_action(const Endpoint& endpoint, const Child& child) { return child.dpd ? *child.dpd : endpoint.dpd.action; }
const Value<DownAction>& close_action(const Endpoint& endpoint, const Child& child) { return child.close ? *child.close : endpoint.close; }

std::string connection_key(const Endpoint& endpoint) {
  if (endpoint.connection.known()) return *endpoint.connection;
  return endpoint.resource.empty() ? std::string() : endpoint.where.path + "\n" + endpoint.resource;
}

std::string_view name(Side side) { return pick({"cloud", "gateway"}, side); }
std::string_view name(Vendor vendor) { return pick({"neutral", "aws", "strongswan", "libreswan", "cisco-ios", "juniper"}, vendor); }
std::string_view name(Authentication authentication) { return pick({"psk", "certificate", "eap", "other"}, authentication); }
std::string_view name(StartAction action) { return pick({"wait", "on-traffic", "start"}, action); }
std::string_view name(DownAction action) { return pick({"none", "clear", "on-traffic", "restart"}, action); }
std::string_view name(ChildMode mode) { return pick({"tunnel", "transport", "beet"}, mode); }
std::string_view name(SecurityProtocol protocol) { return pick({"esp", "ah"}, protocol); }

std::string text(Versions versions) { return both(versions.ikev1, "ikev1", versions.ikev2, "ikev2"); }
std::string text(Modes modes) { return both(modes.main, "main", modes.aggressive, "aggressive"); }

}  // namespace tunnelscope::diag::config
