// Junos configurations in set form.
#include "config_world.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config::test {
namespace {

// As AWS gives it out for an SRX, with IKEv2.
constexpr const char* kSrx = R"(set version 22.4R1
set system host-name branch
set security ike proposal ike-prop-1 authentication-method pre-shared-keys
set security ike proposal ike-prop-1 authentication-algorithm sha-256
set security ike proposal ike-prop-1 encryption-algorithm aes-256-cbc
set security ike proposal ike-prop-1 lifetime-seconds 28800
set security ike proposal ike-prop-1 dh-group group14
set security ike policy ike-pol-1 mode main
set security ike policy ike-pol-1 proposals ike-prop-1
set security ike policy ike-pol-1 pre-shared-key ascii-text "lab key 1"
set security ike gateway gw-1 ike-policy ike-pol-1
set security ike gateway gw-1 external-interface ge-0/0/0.0
set security ike gateway gw-1 address 203.0.113.10
set security ike gateway gw-1 version v2-only
set security ike gateway gw-1 dead-peer-detection interval 10
set security ike gateway gw-1 dead-peer-detection threshold 3
set security ipsec proposal ipsec-prop-1 protocol esp
set security ipsec proposal ipsec-prop-1 encryption-algorithm aes-256-gcm
set security ipsec policy ipsec-pol-1 perfect-forward-secrecy keys group14
set security ipsec policy ipsec-pol-1 proposals ipsec-prop-1
set security ipsec vpn vpn-1 ike gateway gw-1
set security ipsec vpn vpn-1 ike ipsec-policy ipsec-pol-1
set security ipsec vpn vpn-1 bind-interface st0.1
set security ipsec vpn vpn-1 establish-tunnels immediately
set interfaces ge-0/0/0 unit 0 family inet address 198.51.100.20/24
set interfaces st0 unit 1 family inet address 169.254.12.2/30
set routing-options static route 10.10.0.0/16 next-hop st0.1
set routing-options autonomous-system 65000
set protocols bgp group aws type external
set protocols bgp group aws peer-as 64512
set protocols bgp group aws neighbor 169.254.12.1 hold-time 30
)";

TEST(Juniper, ARouteBasedVpn) {
  const auto all = read(kJuniper, kSrx);
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  EXPECT_EQ(text_of(all.endpoints.front()), R"(disabled no by Junos 22.4, 2022-12
local-addresses 198.51.100.20 at 25
remote-addresses 203.0.113.10 at 13
accepts ikev2 at 14
initiates ikev2 at 14
accepts-modes main at 8
initiates-modes main at 8
ike-proposals aes256-sha256-modp2048 at 9
local-authentication psk at 3
remote-authentication psk at 3
local-identity address:198.51.100.20 by Junos 22.4, 2022-12
remote-identity address:203.0.113.10 by Junos 22.4, 2022-12
keys [9 bytes] at 10
ike-rekeys yes by Junos 22.4, 2022-12
ike-hard 28800s at 6
reauthenticates no by Junos 22.4, 2022-12
dpd yes at 15
dpd-delay 10s at 15
dpd-timeout 30s at 15
dpd-action restart at 24
start start at 24
close restart at 24
nat-traversal auto by Junos 22.4, 2022-12
mobike no by Junos 22.4, 2022-12
route-based yes at 23
inside-cidr 169.254.12.0/30 at 26
inside-local 169.254.12.2 at 26
inside-remote 169.254.12.1 at 31
bgp yes at 31
bgp-local-asn 65000 at 28
bgp-remote-asn 64512 at 30
bgp-neighbour 169.254.12.1 at 31
bgp-hold 30s at 31
static-routes 10.10.0.0/16 at 27
vpn-1.protocol esp at 17
vpn-1.mode tunnel by Junos 22.4, 2022-12
vpn-1.proposals aes256gcm16-modp2048 at 20
vpn-1.local 0.0.0.0/0 by Junos 22.4, 2022-12
vpn-1.remote 0.0.0.0/0 by Junos 22.4, 2022-12
vpn-1.rekeys yes by Junos 22.4, 2022-12
vpn-1.hard 3600s by Junos 22.4, 2022-12
vpn-1.replay 64 by Junos 22.4, 2022-12
)");
}

TEST(Juniper, ObscuredKeysGroupsAndMissingNamesAreUnknown) {
  const auto all = read(kJuniper,
                        "set apply-groups site\n"
                        "set security ike policy p proposals aws-prop\n"
                        "set security ike policy p pre-shared-key ascii-text \"$9$Zk3x9QmT7r\"\n"
                        "set security ike proposal aws-prob encryption-algorithm aes-256-cbd\n"
                        "set security ike gateway g ike-policy p\n"
                        "set security ike gateway g address 203.0.113.10\n"
                        "set security ipsec vpn v ike gateway g\n"
                        "set security ipsec vpn v traffic-selector a local-ip 192.168.50.0/24\n"
                        "set security ipsec vpn v traffic-selector a remote-ip 10.0.0.0/16\n"
                        "set security ipsec vpn off ike gateway g\n"
                        "deactivate security ipsec vpn off\n");
  EXPECT_EQ(problems_of(all),
            "gateway.conf:1:1: groups are applied, and what they add is not read "
            "(write `show configuration | display inheritance | display set`)\n"
            "gateway.conf:2:37: there is no `ike proposal` of this name (did you mean `aws-prob`?)\n");
  ASSERT_EQ(all.endpoints.size(), 1u);
  const auto& end = all.endpoints.front();
  EXPECT_EQ(value_of(end, "ike-proposals"), "unknown: a proposal is not in the configuration");
  EXPECT_EQ(value_of(end, "accepts"), "unknown: groups are applied that are not read");
  EXPECT_EQ(value_of(end, "a.local"), "192.168.50.0/24 at 8");
}

TEST(Juniper, AnObscuredKeyIsNotKnown) {
  const auto all = read(kJuniper,
                        "set security ike proposal q authentication-method pre-shared-keys\n"
                        "set security ike policy p proposals q\n"
                        "set security ike policy p pre-shared-key ascii-text \"$9$Zk3x9QmT7r\"\n"
                        "set security ike gateway g ike-policy p\n"
                        "set security ipsec vpn v ike gateway g\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "keys"), "[unknown: encrypted] at 3");
}

TEST(Juniper, WhatIsDeletedOrDeactivatedDoesNotHold) {
  const auto pfs = [](const std::string& line) { return value_of(read(kJuniper, kSrx + line).endpoints.front(), "vpn-1.proposals"); };
  EXPECT_EQ(pfs(""), "aes256gcm16-modp2048 at 20");
  EXPECT_EQ(pfs("delete security ipsec policy ipsec-pol-1 perfect-forward-secrecy\n"), "aes256gcm16 at 20");
  EXPECT_EQ(pfs("deactivate security ipsec policy ipsec-pol-1 perfect-forward-secrecy\n"), "aes256gcm16 at 20");
  EXPECT_EQ(pfs("delete security ipsec policy ipsec-pol-1 perfect-forward-secrecy\n"
                "set security ipsec policy ipsec-pol-1 perfect-forward-secrecy keys group19\n"), "aes256gcm16-ecp256 at 20");
  EXPECT_EQ(pfs("deactivate security ipsec policy ipsec-pol-1\nactivate security ipsec policy ipsec-pol-1\n"), pfs(""));
  EXPECT_EQ(pfs("delete system host-name\n"), pfs(""));
}

TEST(Juniper, WhatChangesAConfigurationOtherwiseIsToldAndDoubted) {
  const auto all = read(kJuniper, std::string(kSrx) + "rename security ike gateway gw-1 to gateway gw-2\n");
  EXPECT_EQ(problems_of(all), "gateway.conf:32:1: this statement is not understood (write `show configuration | display set`)\n");
  EXPECT_EQ(all.endpoints.front().doubt, "gateway.conf:32: this statement is not understood");
}

TEST(Juniper, AStatementThatIsNotUnderstoodIsToldWhereItIsUsedAndWhatItMaySayIsUnknown) {
  const std::string text(kSrx);
  const auto used = read(kJuniper, text + "set security ike gateway gw-1 no-nat-traversl\n");
  EXPECT_EQ(problems_of(used), "gateway.conf:32:31: this statement is not understood (did you mean `no-nat-traversal`?)\n");
  EXPECT_EQ(used.endpoints.front().doubt, "gateway.conf:32: this statement is not understood");
  EXPECT_EQ(value_of(used.endpoints.front(), "nat-traversal"), "unknown: a statement that may say it is not understood");
  const auto unused = read(kJuniper, text + "set security ike gateway gw-9 no-nat-traversl\nset security policies whatever\n");
  EXPECT_EQ(problems_of(unused), "");
  EXPECT_EQ(unused.endpoints.front().doubt, "");
}

TEST(Juniper, OneLineMaySetSeveralLeaves) {
  const auto all = read(kJuniper,
                        "set security ike proposal p dh-group group14 authentication-algorithm sha-256 encryption-algorithm aes-256-cbc\n"
                        "set security ike policy p proposals [ p ] mode main\n"
                        "set security ike gateway g ike-policy p address 203.0.113.10 dead-peer-detection interval 10 threshold 3\n"
                        "set security ipsec vpn v traffic-selector a local-ip 192.168.50.0/24 remote-ip 10.0.0.0/16\n"
                        "set security ipsec vpn v bind-interface st0.1 ike gateway g\n"
                        "set interfaces st0.1 family inet address 169.254.12.2/30\n");
  EXPECT_EQ(problems_of(all), "");
  const auto& end = all.endpoints.front();
  EXPECT_EQ(value_of(end, "ike-proposals"), "aes256-sha256-modp2048 at 2");
  EXPECT_EQ(value_of(end, "dpd-timeout"), "30s at 3");
  EXPECT_EQ(value_of(end, "a.remote"), "10.0.0.0/16 at 4");
  EXPECT_EQ(value_of(end, "inside-local"), "169.254.12.2 at 6");
}

TEST(Juniper, BgpIsReadWhereTheUnitStandsInTheNameOfTheInterface) {
  const auto end = read(kJuniper,
                        "set security ipsec vpn v bind-interface st0.1\nset interfaces st0.1 family inet address 169.254.12.2/30\n"
                        "set routing-options autonomous-system 65000\nset protocols bgp group aws local-as 65001\n"
                        "set protocols bgp group aws neighbor 169.254.12.1 peer-as 64512 hold-time 30\n").endpoints.front();
  EXPECT_EQ(value_of(end, "bgp-local-asn"), "65001 at 4");
  EXPECT_EQ(value_of(end, "bgp-remote-asn"), "64512 at 5");
  EXPECT_EQ(value_of(end, "bgp-hold"), "30s at 5");
}

}  // namespace
}  // namespace tunnelscope::config::test
