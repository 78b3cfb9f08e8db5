// Which settings of two ends differ, each seen from one place.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "diag/config/attribute_values.hpp"
#include "diag/config/differences.hpp"

namespace tunnelscope::diag::config {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

Endpoint end(Side side, const Values& values) {
  Endpoint made;
  made.side = side;
  made.children.emplace_back();
  for (const auto& [name, text] : values) EXPECT_TRUE(set_attribute(made, name, text, {side == Side::Cloud ? "vpn.json" : "swanctl.conf", 7, 0})) << name;
  return made;
}

TEST(ConfigDifferences, AreThoseThatAreKnownAtBothEndsAndNotTheSame) {
  struct Row {
    const char* name;
    Values cloud, gateway;
    const char* expected;
  };
  const Row rows[] = {
      {"the same", {{"ike-lifetime", "28800"}, {"dpd-timeout", "30"}}, {{"ike-lifetime", "28800"}, {"dpd-timeout", "30"}}, ""},
      {"lifetimes", {{"ike-lifetime", "28800"}, {"child-lifetime", "3600"}}, {{"ike-lifetime", "14400"}, {"child-lifetime", "1200"}},
       "lifetime of the IKE SA: 28800 s, 14400 s; lifetime of Phase 2: 3600 s, 1200 s; "},
      {"one end does not say", {{"ike-lifetime", "28800"}}, {{"ike-lifetime", "unknown"}}, ""},
      {"dead peer detection", {{"dpd", "on"}, {"dpd-timeout", "30"}, {"dpd-action", "restart"}}, {{"dpd", "off"}, {"dpd-timeout", "150"}, {"dpd-action", "clear"}},
       "dead peer detection: on, off; timeout of DPD: 30 s, 150 s; action of DPD: restart, clear; "},
      {"what is local here is remote there", {{"local-identity", "203.0.113.10"}, {"remote-identity", "198.51.100.20"}},
       {{"local-identity", "198.51.100.20"}, {"remote-identity", "203.0.113.10"}}, ""},
      {"identities", {{"local-identity", "203.0.113.10"}, {"remote-identity", "198.51.100.20"}},
       {{"local-identity", "gw.example.net"}, {"remote-identity", "203.0.113.10"}}, "identity of the gateway: 198.51.100.20, gw.example.net; "},
      {"whoever it says it is", {{"remote-identity", "%any"}}, {{"local-identity", "gw.example.net"}}, ""},
      {"networks", {{"local-selectors", "10.0.0.0/16"}, {"remote-selectors", "0.0.0.0/0"}}, {{"local-selectors", "192.168.0.0/24"}, {"remote-selectors", "10.0.0.0/16"}},
       "networks behind the gateway: 0.0.0.0/0, 192.168.0.0/24; "},
  };
  for (const Row& row : rows) {
    std::string text;
    for (const SettingDifference& one : differences(end(Side::Cloud, row.cloud), end(Side::Gateway, row.gateway))) {
      text += fmt::format("{}: {}, {}; ", one.setting, one.cloud.value, one.gateway.value);
      EXPECT_EQ(one.cloud.where.text() + " " + one.gateway.where.text(), "vpn.json:7 swanctl.conf:7") << row.name;
    }
    EXPECT_EQ(text, row.expected) << row.name;
  }
}

}  // namespace
}  // namespace tunnelscope::diag::config
