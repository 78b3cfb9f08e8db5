#include "diag/tunnel_facts.hpp"

#include <algorithm>

namespace tunnelscope::diag {

const TunnelFacts* facts_about(const std::vector<TunnelFacts>& all, std::string_view connection, std::string_view outside_ip, bool only) {
  if (connection.empty() && outside_ip.empty()) return only && all.size() == 1 ? &all.front() : nullptr;
  const auto found = std::find_if(all.begin(), all.end(), [&](const TunnelFacts& one) {
    const bool same_connection = one.connection.empty() || connection.empty() || one.connection == connection;
    return same_connection && !outside_ip.empty() && one.outside_ip == outside_ip;
  });
  return found == all.end() ? nullptr : &*found;
}

TunnelFacts common(const std::vector<const TunnelFacts*>& some) {
  if (some.empty()) return {};
  TunnelFacts shared = *some.front();
  const auto keep = [](auto& value, const auto& other) {
    if (value != other) value.reset();
  };
  for (const TunnelFacts* other : some) {
    keep(shared.phase1_lifetime, other->phase1_lifetime);
    keep(shared.phase2_lifetime, other->phase2_lifetime);
    keep(shared.rekey_margin, other->rekey_margin);
    keep(shared.dpd_timeout, other->dpd_timeout);
    keep(shared.rekey_fuzz, other->rekey_fuzz);
    keep(shared.dpd_action, other->dpd_action);
    keep(shared.begins, other->begins);
    keep(shared.ikev1, other->ikev1);
    keep(shared.ikev2, other->ikev2);
    keep(shared.bgp, other->bgp);
  }
  return shared;
}

std::string_view name_of(GiveUp action) {
  static constexpr std::string_view kNames[] = {"none", "clear", "restart"};
  return kNames[static_cast<std::size_t>(action)];
}

}  // namespace tunnelscope::diag
