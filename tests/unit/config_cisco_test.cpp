// Running configurations of Cisco IOS and IOS-XE: tunnel interfaces and crypto maps, IKEv1 and IKEv2.
#include "config_world.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config::test {
namespace {

// As AWS gives it out for a router with IKEv1.
constexpr const char* kIkev1 = R"(version 15.4
hostname branch
!
crypto isakmp policy 200
 encr aes
 authentication pre-share
 group 2
 lifetime 28800
crypto isakmp key 0 lab.key.1 address 203.0.113.10
crypto isakmp key 6 ABCDEFencrypted address 203.0.113.17
crypto isakmp keepalive 10 10
crypto isakmp profile isakmp-vpn-0
   vrf BLUE
   match identity address 203.0.113.10 255.255.255.255
   local-address 198.51.100.20
crypto ipsec transform-set ipsec-prop-vpn-0 esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile ipsec-vpn-0
 set transform-set ipsec-prop-vpn-0
 set pfs group14
 set security-association lifetime seconds 3000
!
interface GigabitEthernet1
 ip address 198.51.100.20 255.255.255.0
interface Tunnel1
 ip address 169.254.12.2 255.255.255.252
 ip virtual-reassembly
 tunnel source GigabitEthernet1
 tunnel destination 203.0.113.10
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile ipsec-vpn-0
 ip tcp adjust-mss 1379
!
router bgp 65000
 neighbor 169.254.12.1 remote-as 64512
 neighbor 169.254.12.1 timers 10 30 30
 neighbor 10.0.0.1 remote-as 65010
ip route 10.10.0.0 255.255.0.0 Tunnel1
end
)";

TEST(CiscoIos, ATunnelInterfaceWithIkev1) {
  const auto all = read(kCiscoIos, kIkev1);
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  EXPECT_EQ(text_of(all.endpoints.front()), R"(disabled no by Cisco IOS XE 17, 2023-03
local-addresses 198.51.100.20 at 24
remote-addresses 203.0.113.10 at 29
accepts ikev1 by Cisco IOS XE 17, 2023-03
initiates ikev1 by Cisco IOS XE 17, 2023-03
accepts-modes main, aggressive by Cisco IOS XE 17, 2023-03
initiates-modes main by Cisco IOS XE 17, 2023-03
ike-proposals aes128-sha1-modp1024 at 4
local-authentication psk at 4
remote-authentication psk at 4
local-identity address:198.51.100.20 by Cisco IOS XE 17, 2023-03
remote-identity any:%any by Cisco IOS XE 17, 2023-03
keys [address:203.0.113.10 9 bytes] [address:203.0.113.17 unknown: encrypted] at 9
ike-rekeys yes by Cisco IOS XE 17, 2023-03
ike-hard 28800s at 8
reauthenticates no by Cisco IOS XE 17, 2023-03
dpd yes at 11
dpd-delay 10s at 11
dpd-timeout 60s at 11
dpd-action restart by Cisco IOS XE 17, 2023-03
start start by Cisco IOS XE 17, 2023-03
close none by Cisco IOS XE 17, 2023-03
nat-traversal auto by Cisco IOS XE 17, 2023-03
mobike no by Cisco IOS XE 17, 2023-03
route-based yes at 31
inside-cidr 169.254.12.0/30 at 26
inside-local 169.254.12.2 at 26
inside-remote 169.254.12.1 at 35
bgp yes at 35
bgp-local-asn 65000 at 34
bgp-remote-asn 64512 at 35
bgp-neighbour 169.254.12.1 at 35
bgp-hold 30s at 36
bgp-keepalive 10s at 36
static-routes 10.10.0.0/16 at 38
Tunnel1.protocol esp by Cisco IOS XE 17, 2023-03
Tunnel1.mode tunnel at 17
Tunnel1.proposals aes256-sha256-modp2048 at 19
Tunnel1.local 0.0.0.0/0 by Cisco IOS XE 17, 2023-03
Tunnel1.remote 0.0.0.0/0 by Cisco IOS XE 17, 2023-03
Tunnel1.rekeys yes by Cisco IOS XE 17, 2023-03
Tunnel1.hard 3000s at 21
Tunnel1.earliest 2970s by Cisco IOS XE 17, 2023-03
Tunnel1.latest 2970s by Cisco IOS XE 17, 2023-03
Tunnel1.replay 64 by Cisco IOS XE 17, 2023-03
)");
}

constexpr const char* kIkev2 = R"(crypto ikev2 proposal AWS
 encryption aes-cbc-256 aes-cbc-128
 integrity sha384 sha256
 group 14 20
crypto ikev2 policy AWS
 match fvrf any
 proposal AWS
crypto ikev2 keyring AWS
 peer tunnel1
  address 203.0.113.10
  pre-shared-key lab.key.1
 peer tunnel2
  address 203.0.113.17
  pre-shared-key local one
  pre-shared-key remote two
crypto ikev2 profile AWS
 match identity remote address 203.0.113.10 255.255.255.255
 identity local fqdn fw1.branch.example
 authentication remote pre-share
 authentication local pre-share
 keyring local AWS
 lifetime 28800
 dpd 10 2 periodic
crypto ipsec transform-set GCM esp-gcm 256
crypto map VPN 10 ipsec-isakmp
 set peer 203.0.113.10
 set transform-set GCM
 set ikev2-profile AWS
 match address 110
interface GigabitEthernet1
 ip address dhcp
 crypto map VPN
access-list 110 permit ip 192.168.50.0 0.0.0.255 10.10.0.0 0.0.255.255
access-list 110 permit tcp host 192.168.60.1 any
access-list 110 deny ip any any
)";

TEST(CiscoIos, ACryptoMapWithIkev2) {
  const auto all = read(kCiscoIos, kIkev2);
  EXPECT_EQ(problems_of(all), "");
  ASSERT_EQ(all.endpoints.size(), 1u);
  const auto& end = all.endpoints.front();
  EXPECT_EQ(end.name, "VPN 10");
  EXPECT_FALSE(end.local_addresses.known());
  EXPECT_EQ(value_of(end, "accepts"), "ikev2 at 16");
  EXPECT_EQ(value_of(end, "ike-proposals"), "aes256|aes128-sha384|sha256-modp2048|ecp384 at 1");
  EXPECT_EQ(value_of(end, "local-identity"), "fqdn:fw1.branch.example at 18");
  EXPECT_EQ(value_of(end, "remote-identity"), "address:203.0.113.10 at 17");
  EXPECT_EQ(value_of(end, "keys"),
            "[address:203.0.113.10 9 bytes] "
            "[address:203.0.113.17 3 bytes] "  // one for each direction
            "[address:203.0.113.17 3 bytes] at 21");
  EXPECT_EQ(value_of(end, "start"), "on-traffic by Cisco IOS XE 17, 2023-03");
  EXPECT_EQ(value_of(end, "dpd-timeout"), "20s at 23");
  ASSERT_EQ(end.children.size(), 2u);
  EXPECT_EQ(value_of(end, "110 1.proposals"), "aes256gcm16 at 27");
  EXPECT_EQ(value_of(end, "110 1.local"), "192.168.50.0/24 at 33");
  EXPECT_EQ(value_of(end, "110 1.remote"), "10.10.0.0/16 at 33");
  EXPECT_EQ(value_of(end, "110 1.hard"), "3600s by Cisco IOS XE 17, 2023-03");
  EXPECT_EQ(value_of(end, "110 2.local"), "unknown: its access list says more than networks");
}

TEST(CiscoIos, WhatIsReferredToAndMissingIsToldAndUnknown) {
  const auto all = read(kCiscoIos, "crypto isakmp policy 10\n authentication pre-share\n hash sha257\ncrypto ipsec transform-set TS1 esp-aes\n"
                                   "crypto map M 10 ipsec-isakmp\n set peer 203.0.113.10\n set transform-set TS2\n match address NETS\n");
  EXPECT_EQ(problems_of(all),
            "gateway.conf:3:7: this is no algorithm of a proposal\n"
            "gateway.conf:7:20: there is no `crypto ipsec transform-set` of this name (did you mean `TS1`?)\n"
            "gateway.conf:8:16: there is no access list of this name\n");
  EXPECT_EQ(value_of(all.endpoints.front(), "NETS.proposals"), "unknown: a transform set is not in the configuration");
  EXPECT_EQ(value_of(all.endpoints.front(), "keys"), "none at 5");
}

TEST(CiscoIos, OfTheKeysForAPeersAddressTheMostSpecificCountsWhateverTheOrder) {
  const std::string any = "crypto isakmp key anyones.key address 0.0.0.0\n", host = "crypto isakmp key own.key address 203.0.113.10\n",
                    network = "crypto isakmp key networks.key address 203.0.113.0 255.255.255.0\n",
                    map = "crypto isakmp policy 1\n authentication pre-share\ncrypto map M 1 ipsec-isakmp\n set peer 203.0.113.10\n";
  EXPECT_EQ(value_of(read(kCiscoIos, any + host + map).endpoints.front(), "keys"), "[address:203.0.113.10 7 bytes] at 1");
  EXPECT_EQ(value_of(read(kCiscoIos, host + network + map).endpoints.front(), "keys"), "[address:203.0.113.10 7 bytes] at 1");
  EXPECT_EQ(value_of(read(kCiscoIos, any + network + map).endpoints.front(), "keys"), "[address:203.0.113.10 12 bytes] at 1");
  EXPECT_EQ(value_of(read(kCiscoIos, any + map).endpoints.front(), "keys"), "[11 bytes] at 1");
  const std::string masked = "crypto isakmp key some.key address 203.0.113.9 255.255.255.255\n";
  EXPECT_EQ(value_of(read(kCiscoIos, masked + map).endpoints.front(), "keys"), "[address:203.0.113.9 8 bytes] at 1");
}

TEST(CiscoIos, AKeyInHexadecimalIsTheBytesThatItStandsFor) {
  const auto of = [](const std::string& key) {
    return read(kCiscoIos, "crypto ikev2 keyring K\n peer a\n  address 203.0.113.10\n  pre-shared-key " + key +
                               "\ncrypto ikev2 profile P\n keyring local K\ncrypto map M 1 ipsec-isakmp\n set peer 203.0.113.10\n"
                               " set ikev2-profile P\n").endpoints.front();
  };
  EXPECT_TRUE(*of("hex 6C61622e6b6579").keys->front().secret == *of("lab.key").keys->front().secret);
  EXPECT_EQ(value_of(of("hex 6c6"), "keys"), "[address:203.0.113.10 unknown: its hexadecimal digits cannot be read] at 6");
  EXPECT_EQ(value_of(of("local lab.key\n  pre-shared-key remote 6 Xyz"), "keys"), "[address:203.0.113.10 7 bytes] [address:203.0.113.10 unknown: encrypted] at 7");
}

// The text with one line of it changed.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? "no such line" : text.replace(at, from.size(), to);
}

TEST(CiscoIos, ALineThatIsNotUnderstoodIsToldAndWhatItMaySayIsUnknown) {
  const auto policy = read(kCiscoIos, with(kIkev1, " encr aes\n", " encrytion aes 256\n"));
  EXPECT_EQ(problems_of(policy), "gateway.conf:5:2: this line is not understood (did you mean `encryption`?)\n");
  EXPECT_EQ(policy.endpoints.front().doubt, "gateway.conf:5: this line is not understood");
  EXPECT_TRUE(policy.endpoints.front().proposals->front().encryption.empty());
  EXPECT_FALSE(policy.endpoints.front().proposals->front().unrecognised.empty());
  const auto pfs = read(kCiscoIos, with(kIkev1, "pfs group14", "pfs groop14"));
  EXPECT_EQ(problems_of(pfs), "gateway.conf:20:10: this is no algorithm of a proposal\n");
  EXPECT_TRUE(pfs.endpoints.front().children.front().proposals->front().groups.empty());
  const auto method = read(kCiscoIos, with(kIkev1, "authentication pre-share", "authentication pre-shared"));
  EXPECT_EQ(problems_of(method), "gateway.conf:6:17: this is no method of authentication (did you mean `pre-share`?)\n");
  EXPECT_EQ(value_of(method.endpoints.front(), "local-authentication"), "unknown: its method is not known");
  const auto unused = read(kCiscoIos, std::string(kIkev1) + "crypto ipsec profile other\n sett pfs\n");
  EXPECT_EQ(problems_of(unused), "");
}

std::string tunnel_of(const std::string& policy, const std::string& profile, const std::string& ipsec = "") {
  return "crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 14\ncrypto ikev2 policy P\n" + policy +
         " proposal P\ncrypto ikev2 profile P\n" + profile + " authentication local pre-share\n authentication remote pre-share\n"
         "crypto ipsec profile I\n set ikev2-profile P\n" + ipsec + "interface Tunnel1\n tunnel source 198.51.100.20\n"
         " tunnel destination 203.0.113.10\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile I\n";
}

TEST(CiscoIos, AnIkev2PolicyOrProfileOfAnotherAddressOrVrfIsNotTheTunnels) {
  const auto proposals = [](const std::string& match) {
    return value_of(read(kCiscoIos, tunnel_of(match, "")).endpoints.front(), "ike-proposals");
  };
  EXPECT_EQ(proposals(" match address local 198.51.100.20\n match fvrf any\n"), "aes256-sha256-modp2048 at 1");
  EXPECT_EQ(proposals(" match address local 192.0.2.1\n match address local 198.51.100.20\n"), "aes256-sha256-modp2048 at 1");
  for (const char* match : {" match address local 192.0.2.1\n", " match fvrf BLUE\n"})
    EXPECT_EQ(proposals(match), "unknown: no IKEv2 policy is for its address or VRF, and the default differs between releases") << match;
  EXPECT_EQ(proposals(" match address local interface Dialer1\n"),
            "unknown: whether its IKEv2 policy is for this address or VRF is not known");
  const auto method = [](const std::string& match) {
    return value_of(read(kCiscoIos, tunnel_of("", match)).endpoints.front(), "local-authentication");
  };
  EXPECT_EQ(method(" match address local 198.51.100.20\n"), "psk at 9");
  EXPECT_EQ(method(" match fvrf BLUE\n"), "unknown: its IKEv2 profile is for another local address or VRF");
}

TEST(CiscoIos, WhomAProfileExpectsIsAllThatItsLinesSay) {
  const auto expected = [](const std::string& match) { return read(kCiscoIos, tunnel_of("", match)).endpoints.front().remote_identity; };
  const std::string match = " match identity remote ";
  struct Row {
    std::string lines, text;
    bool takes;  // the address 203.0.113.10
  };
  const Row rows[] = {
      {match + "address 203.0.113.10\n", "203.0.113.10", true},
      {match + "address 0.0.0.0\n", "%any", true},
      {match + "address 0.0.0.0 0.0.0.0\n", "%any", true},
      {match + "any\n", "%any", true},
      {match + "address 203.0.113.0 255.255.255.0\n", "203.0.113.0/24", true},
      {match + "address 203.0.113.64 255.255.255.192\n", "203.0.113.64/26", false},
      {match + "address 203.0.113.9\n" + match + "address 203.0.113.10 255.255.255.255\n", "203.0.113.9, 203.0.113.10", true},
      {match + "address 203.0.113.9\n" + match + "fqdn fw\n", "203.0.113.9, fw", false},
      {match + "address 203.0.113.9\n" + match + "any\n", "%any", true},
      {match + "address 2001:db8::/64\n", "2001:db8::/64", false},
      {match + "fqdn domain branch.example\n", "*.branch.example", false},
  };
  for (const Row& row : rows) {
    const auto identity = expected(row.lines);
    ASSERT_TRUE(identity.known()) << row.lines;
    EXPECT_EQ(text(*identity), row.text);
    EXPECT_EQ(identity->accepts(model::identity_of("203.0.113.10")), row.takes) << row.lines;
  }
  EXPECT_TRUE(expected(match + "address 203.0.113.9 255.0.255.0\n")->has_wildcard());
  EXPECT_FALSE(expected("").known());
}

TEST(CiscoIos, TheKeyringDefaultHoldsTheKeysThatStandInNone) {
  const std::string keys = "crypto isakmp key lab.key address 203.0.113.10\ncrypto keyring other\n pre-shared-key address 203.0.113.10 key longer.key\n",
                    tunnel = "crypto isakmp policy 1\n authentication pre-share\ncrypto isakmp profile P\n keyring default\n"
                             " match identity address 203.0.113.10\ncrypto map M 1 ipsec-isakmp\n set peer 203.0.113.10\n set isakmp-profile P\n";
  const auto all = read(kCiscoIos, keys + tunnel);
  EXPECT_EQ(problems_of(all), "");
  EXPECT_EQ(value_of(all.endpoints.front(), "keys"), "[address:203.0.113.10 7 bytes] at 7");
}

TEST(CiscoIos, AResponderDoesNotInitiate) {
  const auto end = read(kCiscoIos, tunnel_of("", "", " responder-only\n")).endpoints.front();
  EXPECT_EQ(value_of(end, "start"), "wait at 12");
  EXPECT_EQ(value_of(end, "dpd-action"), "clear at 12");
}

TEST(CiscoIos, AnIsakmpProfileGivesTheIdentityAndOneThatNobodyNamesLeavesItOpen) {
  const std::string profile = "crypto isakmp policy 1\n authentication pre-share\ncrypto isakmp profile P\n"
                              " match identity address 203.0.113.0 255.255.255.0\n self-identity fqdn\n initiate mode aggressive\n",
                    map = "crypto map M 1 ipsec-isakmp\n set peer 203.0.113.10\n", name = " set isakmp-profile P\n";
  const auto end = [](const std::string& text) { return read(kCiscoIos, text).endpoints.front(); };
  EXPECT_EQ(value_of(end(profile + map + name), "local-identity"), "unknown: it is the name of the router");
  EXPECT_EQ(value_of(end("hostname fw\nip domain name branch.example\n" + profile + map + name), "local-identity"),
            "fqdn:fw.branch.example at 7");
  EXPECT_EQ(value_of(end(profile + map + name), "initiates-modes"), "aggressive by Cisco IOS XE 17, 2023-03");
  EXPECT_TRUE(value_of(end(profile + map), "local-identity").starts_with("unknown: a profile that matches its peer"));
  EXPECT_TRUE(value_of(end(profile + map), "initiates-modes").starts_with("unknown: a profile that matches its peer"));
  EXPECT_EQ(value_of(end(profile + "crypto map M 1 ipsec-isakmp\n set peer 192.0.2.1\n"), "initiates-modes"),
            "main by Cisco IOS XE 17, 2023-03");
}

TEST(CiscoIos, ANeighbourOfBgpTakesWhatItsGroupSays) {
  const auto all = read(kCiscoIos, with(kIkev1, " neighbor 169.254.12.1 remote-as 64512\n",
                                        " neighbor AWS peer-group\n neighbor AWS remote-as 64512\n neighbor 169.254.12.1 peer-group AWS\n"));
  const auto& end = all.endpoints.front();
  EXPECT_EQ(value_of(end, "bgp"), "yes at 36");
  EXPECT_EQ(value_of(end, "bgp-remote-asn"), "64512 at 36");
  EXPECT_EQ(value_of(end, "bgp-neighbour"), "169.254.12.1 at 36");
  const auto stray = read(kCiscoIos, with(kIkev1, "ip address 169.254.12.2", "ip address 169.254.99.2"));
  EXPECT_EQ(value_of(stray.endpoints.front(), "bgp"), "yes at 35");
}

TEST(CiscoIos, IsToldFromAnAsa) {
  const Source ios{"r", kIkev1}, asa{"a", "ASA Version 9.8\ncrypto ikev2 policy 1\n"};
  EXPECT_TRUE(kCiscoIos.recognises(Content(ios)));
  EXPECT_FALSE(kCiscoIos.recognises(Content(asa)));
}

}  // namespace
}  // namespace tunnelscope::config::test
