// CloudFormation templates, and the CustomerGatewayConfiguration: what they state, and what they cannot.
#include <gmock/gmock.h>

#include "config_text.hpp"

namespace tunnelscope::config::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTemplate = R"(AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Lifetime: {Type: Number, Default: 28800}
  Psk: {Type: String, Default: Hidden.Key_1}
Resources:
  Gateway:
    Type: AWS::EC2::CustomerGateway
    Properties: {Type: ipsec.1, BgpAsn: 65010, IpAddress: 198.51.100.20}
  Vpn:
    Type: AWS::EC2::VPNConnection
    Properties:
      Type: ipsec.1
      StaticRoutesOnly: true
      CustomerGatewayId: !Ref Gateway
      TransitGatewayId: !ImportValue hub
      RemoteIpv4NetworkCidr: 10.10.0.0/16
      VpnTunnelOptionsSpecifications:
        - TunnelInsideCidr: 169.254.12.0/30
          PreSharedKey: !Ref Psk
          IKEVersions: [{Value: ikev2}]
          Phase1LifetimeSeconds: !Ref Lifetime
          Phase2LifetimeSeconds: 1800
          Phase1DHGroupNumbers: [{Value: 14}]
          Phase2DHGroupNumbers:
            - Value: !If [Strong, 20, 14]
          DPDTimeoutSeconds: 60
          DPDTimeoutAction: restart
          StartupAction: !Sub "${Action}"
          LogOptions: {CloudwatchLogOptions: {LogEnabled: true, LogGroupArn: !GetAtt Logs.Arn}}
  Route:
    Type: AWS::EC2::VPNConnectionRoute
    Properties: {DestinationCidrBlock: 192.168.50.0/24, VpnConnectionId: !Ref Vpn}
)";

constexpr const char* kFirstTunnel = R"(cloud aws Vpn tunnel 1
connection: ? a template has no ids yet @9
disabled: no *
local: ? a template has no outside addresses @18
remote: 198.51.100.20 @8
inside-cidr: 169.254.12.0/30 @18
inside-local: 169.254.12.1 *
inside-remote: 169.254.12.2 *
accepts: ikev2 @20
initiates: ikev2 *
accepts-modes: main *
initiates-modes: main *
proposals: aes128|aes256|aes128gcm16|aes256gcm16-sha1|sha256|sha384|sha512-modp2048 @23
local-auth: psk *
remote-auth: psk *
local-id: ? its outside address is not known: a template has no outside addresses @18
remote-id: address 198.51.100.20 *
keys: ? the parameter `Psk` @19 @19
lifetime.rekeys: yes *
lifetime.hard: ? the parameter `Lifetime`, whose default is 28800 @21
lifetime.earliest: ? the parameter `Lifetime`, whose default is 28800 @18
lifetime.latest: ? AWS does not say when within the margin it rekeys @18
lifetime.margin: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @18
lifetime.fuzz: 100 % *
lifetime.bytes: 0 *
reauth: no *
dpd: yes *
dpd.delay: 10 s *
dpd.timeout: 60 s @26
dpd.action: restart @27
start: ? what Fn::Sub gives is known to CloudFormation alone @28
nat-t: auto *
route-based: yes *
single-child: yes *
child phase 2
child.protocol: esp *
child.mode: tunnel *
child.proposals: ? what Fn::If gives is known to CloudFormation alone @24
child.local: 10.10.0.0/16 @16
child.remote: 0.0.0.0/0 *
child.lifetime.rekeys: yes *
child.lifetime.hard: 1800 s @22
child.lifetime.earliest: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @18
child.lifetime.latest: ? AWS does not say when within the margin it rekeys @18
child.lifetime.margin: ? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @18
child.lifetime.fuzz: 100 % *
child.lifetime.bytes: 0 *
child.replay-window: 1024 *
bgp: no @13
routes: 192.168.50.0/24 @9
log: yes @29
log.format: json *
log.group: ? a reference to `Logs`, known to CloudFormation alone @29
bgp-log: no *
bgp-log.format: json *
lifecycle-control: no *
acceleration: no *
bandwidth: standard *
address-type: PublicIpv4 *
key-storage: Standard *
attachment: ? what Fn::ImportValue gives is known to CloudFormation alone @15
)";

TEST(ConfigCloudFormation, StatesWhatIsPlainAndKnowsNoFunction) {
  const auto read = configuration(kTemplate);
  EXPECT_EQ(read.kind, "cloudformation");
  EXPECT_EQ(text_of(read.problems), "");
  ASSERT_EQ(read.endpoints.size(), 2u);
  EXPECT_EQ(text_of(read.endpoints[0]), kFirstTunnel);
  EXPECT_EQ(line_of(read.endpoints[1], "lifetime.hard"), "28800 s *");
  EXPECT_EQ(line_of(read.endpoints[1], "local"), "? a template has no outside addresses @17");
}

model::Endpoint of_json(const std::string& properties) {
  const auto read = configuration(R"({"Resources":{"Vpn":{"Type":"AWS::EC2::VPNConnection","Properties":{)" + properties + R"(}}},"Parameters":{"Key":{"Default":"Plain.Key_1"},"N":{"Default":"900","NoEcho":true}}})");
  EXPECT_EQ(text_of(read.problems), "");
  return read.endpoints.at(0);
}

TEST(ConfigCloudFormation, InJsonHasItsFunctionsInLongForm) {
  const struct {
    const char *properties, *field, *line;
  } rows[] = {
      {R"("StaticRoutesOnly":"true")", "bgp", "no @1"},
      {R"("StaticRoutesOnly":{"Fn::If":["a",true,false]})", "bgp", "? what Fn::If gives is known to CloudFormation alone @1"},
      {R"("VpnTunnelOptionsSpecifications":{"Fn::If":["a",[],[]]})", "accepts", "? what Fn::If gives is known to CloudFormation alone @1"},
      {R"("VpnTunnelOptionsSpecifications":[{"Fn::If":["a",{},{}]}])", "accepts", "? what Fn::If gives is known to CloudFormation alone @1"},
      {R"("VpnTunnelOptionsSpecifications":[{"PreSharedKey":{"Ref":"Key"}}])", "keys", "? the parameter `Key` @1 @1"},
      {R"("VpnTunnelOptionsSpecifications":[{"DPDTimeoutSeconds":{"Ref":"Key"}}])", "dpd.timeout", "? the parameter `Key` @1"},
      {R"("VpnTunnelOptionsSpecifications":[{"DPDTimeoutSeconds":{"Ref":"N"}}])", "dpd.timeout", "? the parameter `N` @1"},
      {R"("VpnTunnelOptionsSpecifications":[{"PreSharedKey":"{{resolve:secretsmanager:vpn:SecretString:psk}}"}])", "keys",
       "? a dynamic reference, resolved by CloudFormation alone @1 @1"},
      {R"("CustomerGatewayId":"cgw-1")", "remote", "? its customer gateway is not in this template @1"},
      {R"("PreSharedKeyStorage":"SecretsManager")", "keys", "? kept in a secrets manager @1 @1"},
  };
  for (const auto& row : rows) EXPECT_EQ(line_of(of_json(row.properties), row.field), row.line) << row.properties;
}

TEST(ConfigCloudFormation, UnderAConditionMayNotBeMade) {
  const auto read = configuration("Resources:\n  V:\n    Type: AWS::EC2::VPNConnection\n    Condition: Wanted\n");
  EXPECT_EQ(line_of(read.endpoints.at(0), "disabled"), "? it is made under a condition @2");
}

TEST(ConfigCloudFormation, WithoutAVpnConnectionSaysSo) {
  const char* const said = "!input: no AWS::EC2::VPNConnection is in this template (give the template that makes the VPN connection)\n";
  EXPECT_EQ(text_of(configuration("Resources:\n  B:\n    Type: AWS::S3::Bucket\n").problems), said);
  EXPECT_EQ(text_of(configuration(R"({"AWSTemplateFormatVersion":"2010-09-09","Resources":[]})").problems), said);
}

TEST(ConfigCloudFormation, BrokenSaysWhereAndKeepsWhatStoodBefore) {
  const std::string text = std::string(kTemplate) + "  Broken: [\n";
  const auto read = configuration(text);
  EXPECT_THAT(text_of(read.problems), HasSubstr("!input:34:1: not valid YAML"));
  ASSERT_EQ(read.endpoints.size(), 2u);
  EXPECT_EQ(line_of(read.endpoints[0], "dpd.action"), "restart @27");
  EXPECT_EQ(line_of(read.endpoints[0], "routes"), "? the document breaks off before its value @9");
}

constexpr const char* kXml = R"(<?xml version="1.0" encoding="UTF-8"?>
<vpn_connection id="vpn-11111111">
  <customer_gateway_id>cgw-1</customer_gateway_id>
  <vpn_gateway_id>vgw-1</vpn_gateway_id>
  <ipsec_tunnel>
    <customer_gateway>
      <tunnel_outside_address><ip_address>198.51.100.20</ip_address></tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>169.254.80.146</ip_address>
        <network_mask>255.255.255.252</network_mask>
        <network_cidr>30</network_cidr>
      </tunnel_inside_address>
      <bgp><asn>65000</asn><hold_time>30</hold_time></bgp>
    </customer_gateway>
    <vpn_gateway>
      <tunnel_outside_address><ip_address>203.0.113.17</ip_address></tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>169.254.80.145</ip_address>
        <network_mask>255.255.255.252</network_mask>
        <network_cidr>30</network_cidr>
      </tunnel_inside_address>
      <bgp><asn>64512</asn><hold_time>30</hold_time></bgp>
    </vpn_gateway>
    <ike><authentication_protocol>sha1</authentication_protocol><encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>28800</lifetime><perfect_forward_secrecy>group2</perfect_forward_secrecy><mode>main</mode>
      <pre_shared_key>Xml.Key_1</pre_shared_key></ike>
    <ipsec><protocol>esp</protocol><lifetime>3600</lifetime><perfect_forward_secrecy>group2</perfect_forward_secrecy></ipsec>
  </ipsec_tunnel>
</vpn_connection>
)";

TEST(ConfigCustomerGatewayXml, HasAddressesKeysAndBgpAndNoAlgorithm) {
  const auto read = configuration(kXml);
  EXPECT_EQ(read.kind, "aws-customer-gateway-xml");
  EXPECT_EQ(text_of(read.problems), "");
  ASSERT_EQ(read.endpoints.size(), 1u);
  const char* const unknown = "? a CustomerGatewayConfiguration does not say which options AWS has @5";
  const struct {
    const char *field, *line;
  } rows[] = {
      {"connection", "vpn-11111111 @2"}, {"local", "203.0.113.17 @16"}, {"remote", "198.51.100.20 @7"}, {"inside-cidr", "169.254.80.144/30 @17"},
      {"inside-local", "169.254.80.145 @18"}, {"inside-remote", "169.254.80.146 @9"}, {"local-id", "address 203.0.113.17 *"},
      {"remote-id", "address 198.51.100.20 *"}, {"local-auth", "psk @26"}, {"keys", "set @26 @26"}, {"bgp", "yes @22"}, {"bgp.local-as", "64512 @22"},
      {"bgp.remote-as", "65000 @13"}, {"bgp.neighbour", "169.254.80.146 @9"}, {"bgp.hold", "30 s @22"}, {"attachment", "vgw-1 @4"},
      {"proposals", unknown}, {"child.proposals", unknown}, {"lifetime.hard", unknown}, {"child.lifetime.hard", unknown}, {"accepts", unknown},
      {"dpd.timeout", unknown}, {"start", unknown}, {"child.local", unknown}, {"log", unknown},
  };
  for (const auto& row : rows) EXPECT_EQ(line_of(read.endpoints[0], row.field), row.line) << row.field;
  EXPECT_TRUE(read.endpoints[0].keys->front().secret.is(model::Secret("Xml.Key_1")));
}

TEST(ConfigCustomerGatewayXml, OfAStaticConnectionHasNoBgp) {
  const auto read = configuration(R"(<vpn_connection id="vpn-1"><vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes><ipsec_tunnel>
<ike><pre_shared_key>Some.Key_1</pre_shared_key></ike></ipsec_tunnel></vpn_connection>)");
  EXPECT_EQ(line_of(read.endpoints.at(0), "bgp"), "no @1");
}

TEST(ConfigCustomerGatewayXml, CutOffAnywhereIsFatalAndQuotesNoKey) {
  const std::string whole = kXml;
  for (std::size_t length = 90; length + 20 < whole.size(); length += 5) {
    const auto read = configurations(std::string_view(whole).substr(0, length));
    for (const auto& one : read) EXPECT_THAT(text_of(one.problems), ::testing::AllOf(HasSubstr("!input:"), Not(HasSubstr("Key_")))) << length;
  }
}

}  // namespace
}  // namespace tunnelscope::config::test
