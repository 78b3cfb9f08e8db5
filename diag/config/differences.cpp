#include "diag/config/differences.hpp"

#include <algorithm>
#include <array>

#include "diag/config/attribute_values.hpp"

namespace tunnelscope::diag::config {
namespace {

constexpr std::string_view kWhoever = "%any";

struct Setting {
  std::string_view words, of_cloud, of_gateway;  // names of attributes.hpp
};
constexpr std::array<Setting, 11> kSettings{{{"identity of the cloud's end", "local-identity", "remote-identity"},
                                             {"identity of the gateway", "remote-identity", "local-identity"},
                                             {"networks behind the cloud's end", "local-selectors", "remote-selectors"},
                                             {"networks behind the gateway", "remote-selectors", "local-selectors"},
                                             {"lifetime of the IKE SA", "ike-lifetime", "ike-lifetime"},
                                             {"lifetime of Phase 2", "child-lifetime", "child-lifetime"},
                                             {"dead peer detection", "dpd", "dpd"},
                                             {"delay of DPD", "dpd-delay", "dpd-delay"},
                                             {"timeout of DPD", "dpd-timeout", "dpd-timeout"},
                                             {"action of DPD", "dpd-action", "dpd-action"},
                                             {"replay window", "replay-window", "replay-window"}}};

// Of all children, each value once.
Shown shown(const std::vector<AttributeValue>& values, std::string_view name) {
  Shown shown;
  std::vector<std::string> texts;
  for (const AttributeValue& v : values) {
    const std::string text = v.unit.empty() ? v.text : v.text + " " + std::string(v.unit);
    if (v.name != name || std::find(texts.begin(), texts.end(), text) != texts.end()) continue;
    if (texts.empty()) shown.where = v.where, shown.origin = v.origin;
    texts.push_back(text);
    shown.value += (shown.value.empty() ? "" : "; ") + text;
  }
  return shown;
}

// Of whom the peer expects there may be several.
bool is_taken(const Setting& setting, const Endpoint& cloud, const Endpoint& gateway) {
  const auto takes = [](const Value<Identity>& expected, const Value<Identity>& presented) {
    return expected.known() && presented.known() && expected->accepts(*presented);
  };
  if (setting.of_gateway == "remote-identity") return takes(gateway.remote_identity, cloud.local_identity);
  return setting.of_cloud == "remote-identity" && takes(cloud.remote_identity, gateway.local_identity);
}

}  // namespace

std::vector<SettingDifference> differences(const Endpoint& cloud, const Endpoint& gateway) {
  const std::vector<AttributeValue> of_cloud = attribute_values(cloud), of_gateway = attribute_values(gateway);
  std::vector<SettingDifference> all;
  for (const Setting& s : kSettings) {
    SettingDifference one{s.words, shown(of_cloud, s.of_cloud), shown(of_gateway, s.of_gateway)};
    const bool known = !one.cloud.value.empty() && !one.gateway.value.empty();
    const bool taken = one.cloud.value == one.gateway.value || one.cloud.value == kWhoever || one.gateway.value == kWhoever ||
                       is_taken(s, cloud, gateway);
    if (known && !taken) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace tunnelscope::diag::config
