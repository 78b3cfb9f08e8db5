// `aws ec2 describe-vpn-connections`: every field of a realistic answer, its other shapes, and what is wrong or missing in it.
#include <gmock/gmock.h>

#include "config_text.hpp"

namespace tunnelscope::config::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The XML names the tunnels the other way round: they are joined by address.
constexpr const char* kAnswer = R"json(
{"VpnConnections": [{
  "CustomerGatewayConfiguration": "<vpn_connection id=\"vpn-1122334455aabbccd\"><ipsec_tunnel><customer_gateway><tunnel_outside_address><ip_address>198.51.100.20</ip_address></tunnel_outside_address><tunnel_inside_address><ip_address>169.254.13.2</ip_address><network_cidr>30</network_cidr></tunnel_inside_address><bgp><asn>65010</asn><hold_time>30</hold_time></bgp></customer_gateway><vpn_gateway><tunnel_outside_address><ip_address>203.0.113.99</ip_address></tunnel_outside_address><tunnel_inside_address><ip_address>169.254.13.1</ip_address><network_cidr>30</network_cidr></tunnel_inside_address><bgp><asn>64512</asn><hold_time>30</hold_time></bgp></vpn_gateway><ike><authentication_protocol>sha1</authentication_protocol><encryption_protocol>aes-128-cbc</encryption_protocol><lifetime>1111</lifetime><pre_shared_key>Second.Key_2</pre_shared_key></ike></ipsec_tunnel><ipsec_tunnel><customer_gateway><tunnel_outside_address><ip_address>198.51.100.20</ip_address></tunnel_outside_address><tunnel_inside_address><ip_address>169.254.12.2</ip_address><network_cidr>30</network_cidr></tunnel_inside_address><bgp><asn>65010</asn><hold_time>30</hold_time></bgp></customer_gateway><vpn_gateway><tunnel_outside_address><ip_address>203.0.113.17</ip_address></tunnel_outside_address><tunnel_inside_address><ip_address>169.254.12.1</ip_address><network_cidr>30</network_cidr></tunnel_inside_address><bgp><asn>64512</asn><hold_time>30</hold_time></bgp></vpn_gateway><ike><pre_shared_key>First.Key_1</pre_shared_key></ike></ipsec_tunnel></vpn_connection>",
  "CustomerGatewayId": "cgw-01234567abcde1234",
  "Type": "ipsec.1",
  "VpnConnectionId": "vpn-1122334455aabbccd",
  "TransitGatewayId": "tgw-0123456789abcdef0",
  "Options": {
    "EnableAcceleration": true,
    "StaticRoutesOnly": false,
    "LocalIpv4NetworkCidr": "192.168.50.0/24",
    "RemoteIpv4NetworkCidr": "10.10.0.0/16",
    "OutsideIpAddressType": "PublicIpv4",
    "TunnelBandwidth": "large",
    "TunnelOptions": [{
      "OutsideIpAddress": "203.0.113.17",
      "TunnelInsideCidr": "169.254.12.0/30",
      "PreSharedKey": "First.Key_1",
      "Phase1LifetimeSeconds": 14400,
      "Phase2LifetimeSeconds": 3000,
      "RekeyMarginTimeSeconds": 270,
      "RekeyFuzzPercentage": 50,
      "ReplayWindowSize": 2048,
      "DpdTimeoutSeconds": 45,
      "DpdTimeoutAction": "restart",
      "Phase1EncryptionAlgorithms": [{"Value": "AES256"}, {"Value": "AES256-GCM-16"}],
      "Phase2EncryptionAlgorithms": [{"Value": "AES128"}],
      "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}],
      "Phase2IntegrityAlgorithms": [{"Value": "SHA2-512"}],
      "Phase1DHGroupNumbers": [{"Value": 14}, {"Value": 20}],
      "Phase2DHGroupNumbers": [{"Value": 19}],
      "IkeVersions": [{"Value": "ikev2"}],
      "StartupAction": "start",
      "LogOptions": {"CloudWatchLogOptions": {
        "LogEnabled": true, "LogGroupArn": "arn:aws:logs:eu-west-1:1:log-group:vpn", "LogOutputFormat": "text",
        "BgpLogEnabled": true, "BgpLogGroupArn": "arn:aws:logs:eu-west-1:1:log-group:bgp", "BgpLogOutputFormat": "json"}},
      "EnableTunnelLifecycleControl": true},
     {"OutsideIpAddress": "203.0.113.99"}]},
  "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "Source": "Static", "State": "available"}]}]}
)json";

constexpr const char* kFirstTunnel = R"(cloud aws vpn-1122334455aabbccd tunnel 1
connection: vpn-1122334455aabbccd @6
disabled: no *
local: 203.0.113.17 @16
remote: 198.51.100.20 @3
inside-cidr: 169.254.12.0/30 @17
inside-local: 169.254.12.1 @3
inside-remote: 169.254.12.2 @3
accepts: ikev2 @32
initiates: ikev2 *
accepts-modes: main *
initiates-modes: main *
proposals: aes256|aes256gcm16-sha256-modp2048|ecp384 @26
local-auth: psk *
remote-auth: psk *
local-id: address 203.0.113.17 *
remote-id: address 198.51.100.20 *
keys: set @18 @18
lifetime.rekeys: yes *
lifetime.hard: 14400 s @19
lifetime.earliest: 13995 s *
lifetime.latest: ? AWS does not say when within the margin it rekeys @21
lifetime.margin: 270 s @21
lifetime.fuzz: 50 % @22
lifetime.bytes: 0 *
reauth: no *
dpd: yes *
dpd.delay: 10 s *
dpd.timeout: 45 s @24
dpd.action: restart @25
start: start @33
nat-t: auto *
route-based: yes *
single-child: yes *
child phase 2
child.protocol: esp *
child.mode: tunnel *
child.proposals: aes128-sha512-ecp256 @27
child.local: 10.10.0.0/16 @12
child.remote: 192.168.50.0/24 @11
child.lifetime.rekeys: yes *
child.lifetime.hard: 3000 s @20
child.lifetime.earliest: 2595 s *
child.lifetime.latest: ? AWS does not say when within the margin it rekeys @21
child.lifetime.margin: 270 s @21
child.lifetime.fuzz: 50 % @22
child.lifetime.bytes: 0 *
child.replay-window: 2048 @23
bgp: yes @10
bgp.local-as: 64512 @3
bgp.remote-as: 65010 @3
bgp.neighbour: 169.254.12.2 @3
bgp.hold: 30 s @3
routes: 10.0.0.0/16 @39
log: yes @35
log.format: text @35
log.group: arn:aws:logs:eu-west-1:1:log-group:vpn @35
bgp-log: yes @36
bgp-log.format: json @36
bgp-log.group: arn:aws:logs:eu-west-1:1:log-group:bgp @36
lifecycle-control: yes @37
acceleration: yes @9
bandwidth: large @14
address-type: PublicIpv4 @13
key-storage: Standard *
attachment: tgw-0123456789abcdef0 @7
)";

constexpr const char* kSecondTunnel = R"(cloud aws vpn-1122334455aabbccd tunnel 2
connection: vpn-1122334455aabbccd @6
disabled: no *
local: 203.0.113.99 @38
remote: 198.51.100.20 @3
inside-cidr: 169.254.13.0/30 @3
inside-local: 169.254.13.1 @3
inside-remote: 169.254.13.2 @3
accepts: ikev1, ikev2 *
initiates: ikev2 *
accepts-modes: main *
initiates-modes: main *
proposals: aes128|aes256|aes128gcm16|aes256gcm16-sha1|sha256|sha384|sha512-modp1024|modp2048|modp3072|modp4096|modp6144|modp8192|ecp256|ecp384|ecp521|modp1024s160|modp2048s224|modp2048s256 *
local-auth: psk *
remote-auth: psk *
local-id: address 203.0.113.99 *
remote-id: address 198.51.100.20 *
keys: set @3 @3
lifetime.rekeys: yes *
lifetime.hard: 28800 s *
lifetime.earliest: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @38
lifetime.latest: ? AWS does not say when within the margin it rekeys @38
lifetime.margin: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @38
lifetime.fuzz: 100 % *
lifetime.bytes: 0 *
reauth: no *
dpd: yes *
dpd.delay: 10 s *
dpd.timeout: ? not stated; as its default AWS's documents give both 30 s and 40 s @38
dpd.action: clear *
start: wait *
nat-t: auto *
route-based: yes *
single-child: yes *
child phase 2
child.protocol: esp *
child.mode: tunnel *
child.proposals: aes128|aes256|aes128gcm16|aes256gcm16-sha1|sha256|sha384|sha512-modp1024|modp1536|modp2048|modp3072|modp4096|modp6144|modp8192|ecp256|ecp384|ecp521|modp1024s160|modp2048s224|modp2048s256 *
child.local: 10.10.0.0/16 @12
child.remote: 192.168.50.0/24 @11
child.lifetime.rekeys: yes *
child.lifetime.hard: 3600 s *
child.lifetime.earliest: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @38
child.lifetime.latest: ? AWS does not say when within the margin it rekeys @38
child.lifetime.margin: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @38
child.lifetime.fuzz: 100 % *
child.lifetime.bytes: 0 *
child.replay-window: 1024 *
bgp: yes @10
bgp.local-as: 64512 @3
bgp.remote-as: 65010 @3
bgp.neighbour: 169.254.13.2 @3
bgp.hold: 30 s @3
routes: 10.0.0.0/16 @39
log: no *
log.format: json *
bgp-log: no *
bgp-log.format: json *
lifecycle-control: no *
acceleration: yes @9
bandwidth: large @14
address-type: PublicIpv4 @13
key-storage: Standard *
attachment: tgw-0123456789abcdef0 @7
)";

model::Secret key(std::string bytes) { return model::Secret(std::move(bytes)); }

TEST(ConfigAwsDescribe, HasEveryFieldOfATunnelAndTheDefaultsOfAnother) {
  const auto read = configuration(kAnswer);
  EXPECT_EQ(read.kind, "aws-describe");
  EXPECT_EQ(text_of(read.problems), "");
  ASSERT_EQ(read.endpoints.size(), 2u);
  EXPECT_EQ(text_of(read.endpoints[0]), kFirstTunnel);
  EXPECT_EQ(text_of(read.endpoints[1]), kSecondTunnel);
  EXPECT_TRUE(read.endpoints[0].keys->front().secret.is(key("First.Key_1")));
  EXPECT_TRUE(read.endpoints[1].keys->front().secret.is(key("Second.Key_2")));
}

// An answer with one tunnel and one option.
model::Endpoint with_option(const std::string& option) {
  const auto read = configuration(R"({"VpnConnections":[{"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{"OutsideIpAddress":"203.0.113.1",)" + option + "}]}}]}");
  EXPECT_EQ(read.endpoints.size(), 1u);
  return read.endpoints.empty() ? model::Endpoint{} : read.endpoints.front();
}

struct OptionRow {
  const char* option;
  const char* field;
  const char* line;
};

TEST(ConfigAwsDescribe, TakesNullZeroEmptyAndAbsentForTheDefault) {
  const OptionRow rows[] = {
      {R"("Phase1LifetimeSeconds":null)", "lifetime.hard", "28800 s *"},
      {R"("Phase1LifetimeSeconds":0)", "lifetime.hard", "28800 s *"},
      {R"("Phase1LifetimeSeconds":"")", "lifetime.hard", "28800 s *"},
      {R"("Phase2LifetimeSeconds":0)", "child.lifetime.hard", "3600 s *"},
      {R"("DpdTimeoutAction":"")", "dpd.action", "clear *"},
      {R"("IkeVersions":[])", "accepts", "ikev1, ikev2 *"},
      {R"("Phase2DHGroupNumbers":null,"Phase2EncryptionAlgorithms":[{"Value":"AES128"}],"Phase2IntegrityAlgorithms":[{"Value":"SHA1"}])", "child.proposals",
       "aes128-sha1-modp1024|modp1536|modp2048|modp3072|modp4096|modp6144|modp8192|ecp256|ecp384|ecp521|modp1024s160|modp2048s224|modp2048s256 @1"},
      {R"("DpdTimeoutSeconds":0)", "dpd.timeout", "? not stated; as its default AWS's documents give both 30 s and 40 s @1"},
      {R"("RekeyFuzzPercentage":0)", "lifetime.fuzz", "? 0 may mean no fuzz, or AWS's default of 100 @1"},
      {R"("PreSharedKey":"")", "keys", "? not in this document: AWS makes one up where none is given @1 @1"},
      {R"("PreSharedKeyArn":"arn:aws:secretsmanager:x")", "keys", "? kept in a secrets manager @1 @1"},
  };
  for (const OptionRow& row : rows) EXPECT_EQ(line_of(with_option(row.option), row.field), row.line) << row.option;
}

TEST(ConfigAwsDescribe, TakesRequestSpellingsToo) {
  const OptionRow rows[] = {
      {R"("DPDTimeoutSeconds":60)", "dpd.timeout", "60 s @1"},
      {R"("DPDTimeoutAction":"none")", "dpd.action", "none @1"},
      {R"("IKEVersions":[{"Value":"ikev1"}])", "accepts", "ikev1 @1"},
      {R"("IKEVersions":["ikev1"])", "initiates", "none *"},
      {R"("LogOptions":{"CloudwatchLogOptions":{"LogEnabled":true}})", "log", "yes @1"},
  };
  for (const OptionRow& row : rows) EXPECT_EQ(line_of(with_option(row.option), row.field), row.line) << row.option;
}

TEST(ConfigAwsDescribe, SaysWhichValueHasAWrongTypeAndKnowsItNoMore) {
  const OptionRow rows[] = {
      {R"("Phase1LifetimeSeconds":"soon")", "lifetime.hard", "`Phase1LifetimeSeconds` is not a number of seconds"},
      {R"("Phase1LifetimeSeconds":{"a":1})", "lifetime.hard", "`Phase1LifetimeSeconds` is not a number of seconds"},
      {R"("Phase1LifetimeSeconds":-1)", "lifetime.hard", "`Phase1LifetimeSeconds` is not a number of seconds"},
      {R"("Phase1LifetimeSeconds":99999999999999999999)", "lifetime.hard", "`Phase1LifetimeSeconds` is not a number of seconds"},
      {R"("IkeVersions":[{"Value":"ikev3"}])", "accepts", "`IkeVersions` is not a list of ikev1 and ikev2"},
      {R"("DpdTimeoutAction":"reboot")", "dpd.action", "`DpdTimeoutAction` is not clear, none or restart"},
      {R"("StartupAction":true)", "start", "`StartupAction` is not add or start"},
      {R"("TunnelInsideCidr":"169.254.1")", "inside-cidr", "`TunnelInsideCidr` is not a network"},
      {R"("Phase1DHGroupNumbers":14)", "proposals", "`Phase1DHGroupNumbers` holds what is no algorithm"},
      {R"("Phase1DHGroupNumbers":[[]])", "proposals", "`Phase1DHGroupNumbers` holds what is no algorithm"},
      {R"("PreSharedKey":["Some.Key_1"])", "keys", "`PreSharedKey` is not a text"},
      {R"("EnableTunnelLifecycleControl":"maybe")", "lifecycle-control", "`EnableTunnelLifecycleControl` is not true or false"},
  };
  for (const OptionRow& row : rows) {
    const std::string text = R"([{"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{"OutsideIpAddress":"203.0.113.1",)" + std::string(row.option) + "}]}}]";
    const auto read = configuration(text);
    ASSERT_EQ(read.endpoints.size(), 1u) << row.option;
    EXPECT_TRUE(line_of(read.endpoints[0], row.field).starts_with("? ")) << row.option << ": " << line_of(read.endpoints[0], row.field);
    EXPECT_THAT(text_of(read.problems), HasSubstr(row.line)) << row.option;
  }
}

TEST(ConfigAwsDescribe, KeepsAnAlgorithmThatNobodyKnowsAsSuch) {
  const auto end = with_option(R"("Phase1EncryptionAlgorithms":[{"Value":"AES512"},{"Value":"AES256"}])");
  EXPECT_EQ(end.proposals->front().unrecognised, std::vector<std::string>{"AES512"});
  EXPECT_EQ(text(end.proposals->front().encryption), "aes256");
}

TEST(ConfigAwsDescribe, HasManyShapes) {
  const std::pair<const char*, const char*> rows[] = {  // and the outside addresses of its tunnels
      {R"({"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{"OutsideIpAddress":"203.0.113.1"},{"OutsideIpAddress":"203.0.113.2"}]}})", "203.0.113.1 203.0.113.2 "},
      {R"({"VpnConnection":{"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{"OutsideIpAddress":"203.0.113.1"}]}}})", "203.0.113.1 "},
      {R"([{"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{"OutsideIpAddress":"203.0.113.1"}]}}])", "203.0.113.1 "},
      {R"({"VpnConnections":[{"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{},{}]},"VgwTelemetry":[{"OutsideIpAddress":"203.0.113.1"},{"OutsideIpAddress":"203.0.113.2"}]}]})",
       "203.0.113.1 203.0.113.2 "},
      {R"({"VpnConnections":[{"VpnConnectionId":"vpn-1","VgwTelemetry":[{"OutsideIpAddress":"203.0.113.1"}]}]})", "203.0.113.1 "},
      {"VpnConnections:\n- VpnConnectionId: vpn-1\n  Options:\n    TunnelOptions:\n    - OutsideIpAddress: 203.0.113.1\n", "203.0.113.1 "},
      {R"({"CustomerGatewayId":"cgw-1","Type":"ipsec.1","Options":{"TunnelOptions":[{"DPDTimeoutSeconds":60}]}})", "? "},
  };
  for (const auto& [written, addresses] : rows) {
    const auto read = configuration(written);
    std::string all;
    for (const auto& end : read.endpoints) all += (end.local_addresses.known() ? text(*end.local_addresses) : "?") + " ";
    EXPECT_EQ(all, addresses) << written << text_of(read.problems);
    EXPECT_EQ(text_of(read.problems), "") << written;
  }
}

TEST(ConfigAwsDescribe, OfACertificateHasNoKey) {
  const auto read = configuration(R"({"VpnConnections":[{"VpnConnectionId":"vpn-1","VgwTelemetry":[{"OutsideIpAddress":"203.0.113.1","CertificateArn":"arn:aws:acm:x"}]}]})");
  EXPECT_EQ(line_of(read.endpoints.at(0), "local-auth"), "certificate @1");
  EXPECT_EQ(line_of(read.endpoints.at(0), "keys"), "none *");
}

TEST(ConfigAwsDescribe, WithoutAnyConnectionSaysSo) {
  EXPECT_EQ(text_of(configuration(R"({"VpnConnections":[]})").problems),
            "!input:1:1: no VPN connection is in this list (the account or region may be another one)\n");
}

// Wherever it is cut off, nothing after the cut is taken for a default, and no message holds a key.
TEST(ConfigAwsDescribe, CutOffAnywhereNeverStatesOrAssumesWhatTheWholeDoesNot) {
  const std::string whole = kAnswer;
  const auto complete = configuration(whole);
  for (std::size_t length = 1; length + 3 < whole.size(); length += 13) {
    const auto read = configurations(std::string_view(whole).substr(0, length));
    for (const auto& one : read) {
      EXPECT_THAT(text_of(one.problems), Not(HasSubstr("Key_"))) << length;
      for (const auto& end : one.endpoints) {
        if (end.tunnel == 0 || end.tunnel > 2) continue;
        for (const char* field : {"lifetime.hard", "dpd.action", "start", "accepts", "proposals", "child.proposals", "child.lifetime.hard"}) {
          const std::string found = line_of(end, field);
          if (found.starts_with("? ")) continue;
          EXPECT_EQ(found, line_of(complete.endpoints.at(end.tunnel - 1), field)) << length << " " << field;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tunnelscope::config::test
