// The vendor-neutral YAML: docs/gateway-yaml.md holds the document of the first test.
#include <fstream>
#include <sstream>

#include "config_world.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config::test {
namespace {

// The first block of YAML in the documentation.
std::string documented() {
  std::ostringstream all;
  all << std::ifstream(std::string(SOURCE_DIR) + "/docs/gateway-yaml.md").rdbuf();
  const std::string text = all.str();
  const std::size_t first = text.find("```yaml\n") + 8;
  return text.substr(first, text.find("```", first) - first);
}

TEST(NeutralYaml, TheDocumentedExampleIsReadInFull) {
  const auto all = read(kNeutralYaml, documented());
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  const auto& end = all.endpoints.front();
  EXPECT_EQ(end.name, "aws-1");
  EXPECT_EQ(text_of(end).find("unknown"), std::string::npos) << text_of(end);
  EXPECT_EQ(text_of(end).find(" by "), std::string::npos) << text_of(end);
  EXPECT_TRUE(value_of(end, "proposals").starts_with("not said"));
  EXPECT_TRUE(value_of(end, "ike-proposals").starts_with("aes256-sha256-modp2048, aes128gcm16-prfsha256-ecp256 at"));
  EXPECT_TRUE(value_of(end, "keys").starts_with("[address:203.0.113.10 16 bytes] at"));
  EXPECT_TRUE(value_of(end, "lan.local").starts_with("192.168.50.0/24 at"));
  EXPECT_TRUE(value_of(end, "bgp-hold").starts_with("30s at"));
}

TEST(NeutralYaml, WhatIsNotSaidIsUnknownAndUnknownKeysAreRefused) {
  const auto all = read(kNeutralYaml,
                        "tunnelscope-gateway: 1\ntunnels:\n  - name: a\n    mobik: true\n    accepts: [ikev3]\n    dpd:\n      enable: true\n"
                        "    keys:\n      - secrt: Zk3x9QmT7r\ntunnel: []\n");
  EXPECT_EQ(problems_of(all),
            "gateway.conf:5:14: its value cannot be read (write `ikev1`, `ikev2` or both)\n"
            "gateway.conf:9:9: unknown key (did you mean `secret`?)\n"
            "gateway.conf:7:7: unknown key (did you mean `enabled`?)\n"
            "gateway.conf:4:5: unknown key (did you mean `mobike`?)\n"
            "gateway.conf:10:1: unknown key (did you mean `tunnels`?)\n");
  const auto& end = all.endpoints.front();
  EXPECT_EQ(value_of(end, "accepts"), "unknown: its value cannot be read");
  EXPECT_EQ(value_of(end, "mobike"), "not said");
  EXPECT_EQ(value_of(end, "keys"), "[unknown: not stated] at 9");
}

TEST(NeutralYaml, WhatAKeySetsThatStandsTwiceIsNotKnown) {
  const auto all = read(kNeutralYaml,
                        "tunnelscope-gateway: 1\ntunnels:\n  - start: start\n    start: wait\n    mobike: true\n"
                        "    keys:\n      - secret: Zk3x9QmT7r\n    keys: []\n    dpd: {delay: 10}\n    dpd: {delay: 20}\n"
                        "    children:\n      - {mode: tunnel, mode: transport, protocol: esp}\n");
  const auto& end = all.endpoints.front();
  for (const char* name : {"start", "keys", "dpd-delay", ".mode"}) EXPECT_EQ(value_of(end, name), "unknown: its key stands twice") << name;
  EXPECT_EQ(value_of(end, "mobike"), "yes at 5");
  EXPECT_EQ(value_of(end, ".protocol"), "esp at 12");
  EXPECT_EQ(end.doubt, "gateway.conf:7: this key stands twice");
}

TEST(NeutralYaml, OfAnotherVersionNothingIsKnown) {
  const auto all = read(kNeutralYaml, "tunnelscope-gateway: 2\ntunnels:\n  - start: start\n");
  EXPECT_EQ(problems_of(all),
            "gateway.conf:1:22: another version of this format: what its tunnels say is not known (write `1`)\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "start"), "unknown: its file has another version of this format");
}

TEST(NeutralYaml, AFileWithoutATunnelIsNoConfiguration) {
  for (const char* text : {"tunnelscope-gateway: 1\ntunnels:\n", "tunnelscope-gateway: 1\ntunnels: []\n"}) {
    const auto all = read(kNeutralYaml, text);
    ASSERT_EQ(all.problems.size(), 1u) << text;
    EXPECT_TRUE(all.problems.front().fatal) << text;
  }
}

TEST(NeutralYaml, AnAddressThatIsNoneIsAProblemAndANameIsNot) {
  const auto of = [](const std::string& address) {
    return read(kNeutralYaml, "tunnelscope-gateway: 1\ntunnels:\n  - remote-addresses: [" + address + "]\n");
  };
  EXPECT_EQ(problems_of(of("203.0.113.999")), "gateway.conf:3:23: its value cannot be read (write addresses)\n");
  EXPECT_FALSE(of("203.0.113.0/33").endpoints.front().remote_addresses.known());
  EXPECT_EQ(problems_of(of("vpn1.example")), "");
}

}  // namespace
}  // namespace tunnelscope::config::test
