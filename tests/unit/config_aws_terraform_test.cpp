// `terraform show -json`: plans before and after the apply, states, nested modules, and what is known only after apply.
#include <gmock/gmock.h>

#include "config_text.hpp"

namespace tunnelscope::config::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// An update in a nested module: the second tunnel has what the provider writes for options that are not set.
constexpr const char* kUpdate = R"json({"format_version":"1.2","terraform_version":"1.9.5","planned_values":{"root_module":{}},
"resource_changes":[
 {"address":"module.site[0].module.vpn.aws_vpn_connection.main","module_address":"module.site[0].module.vpn","mode":"managed","type":"aws_vpn_connection","name":"main",
  "change":{"actions":["update"],
   "before":{"id":"vpn-0123456789abcdef0","customer_gateway_id":"cgw-1","transit_gateway_id":"tgw-1","vpn_gateway_id":"","static_routes_only":true,
    "local_ipv4_network_cidr":"192.168.50.0/24","remote_ipv4_network_cidr":"10.10.0.0/16","tunnel_inside_ip_version":"ipv4","enable_acceleration":false,
    "routes":[{"destination_cidr_block":"10.9.0.0/16","source":"Static","state":"available"}],
    "tunnel1_address":"203.0.113.17","tunnel1_inside_cidr":"169.254.12.0/30","tunnel1_preshared_key":"First.Key_1","tunnel1_phase2_dh_group_numbers":[14],"tunnel1_phase2_lifetime_seconds":3600,
    "tunnel1_cgw_inside_address":"169.254.12.2","tunnel1_vgw_inside_address":"169.254.12.1","tunnel1_bgp_asn":"64512","tunnel1_bgp_holdtime":30,
    "tunnel2_address":"203.0.113.99"},
   "after":{"id":"vpn-0123456789abcdef0","customer_gateway_id":"cgw-1","transit_gateway_id":"tgw-1","vpn_gateway_id":"","static_routes_only":true,
    "local_ipv4_network_cidr":"192.168.50.0/24","remote_ipv4_network_cidr":"10.10.0.0/16","tunnel_inside_ip_version":"ipv4","enable_acceleration":false,
    "routes":[{"destination_cidr_block":"10.9.0.0/16","source":"Static","state":"available"}],
    "tunnel1_address":"203.0.113.17","tunnel1_inside_cidr":"169.254.12.0/30","tunnel1_preshared_key":"First.Key_1",
    "tunnel1_phase1_encryption_algorithms":["AES256"],"tunnel1_phase1_integrity_algorithms":["SHA2-256"],"tunnel1_phase1_dh_group_numbers":[20],
    "tunnel1_phase2_encryption_algorithms":["AES256-GCM-16"],"tunnel1_phase2_integrity_algorithms":[],"tunnel1_phase2_dh_group_numbers":[20],
    "tunnel1_phase1_lifetime_seconds":14400,"tunnel1_phase2_lifetime_seconds":1800,"tunnel1_rekey_margin_time_seconds":540,"tunnel1_rekey_fuzz_percentage":0,
    "tunnel1_replay_window_size":64,"tunnel1_ike_versions":["ikev2"],"tunnel1_startup_action":"start","tunnel1_dpd_timeout_seconds":30,"tunnel1_dpd_timeout_action":"restart",
    "tunnel1_enable_tunnel_lifecycle_control":true,
    "tunnel1_log_options":[{"cloudwatch_log_options":[{"log_enabled":true,"log_group_arn":"arn:aws:logs:eu-west-1:1:log-group:vpn","log_output_format":"json","bgp_log_enabled":false}]}],
    "tunnel1_cgw_inside_address":"169.254.12.2","tunnel1_vgw_inside_address":"169.254.12.1","tunnel1_bgp_asn":"64512","tunnel1_bgp_holdtime":30,
    "tunnel2_address":"203.0.113.99","tunnel2_inside_cidr":"","tunnel2_preshared_key":"","tunnel2_phase1_dh_group_numbers":[],"tunnel2_phase2_dh_group_numbers":null,
    "tunnel2_phase1_lifetime_seconds":0,"tunnel2_dpd_timeout_seconds":0,"tunnel2_dpd_timeout_action":"","tunnel2_rekey_margin_time_seconds":0,"tunnel2_ike_versions":[],"tunnel2_log_options":[]},
   "after_unknown":{"tunnel1_phase2_dh_group_numbers":[false],"vgw_telemetry":true,"tags":{}},
   "before_sensitive":{"tunnel1_preshared_key":true},"after_sensitive":{"tunnel1_preshared_key":true}}},
 {"address":"module.site[0].module.vpn.aws_customer_gateway.other","module_address":"module.site[0].module.vpn","mode":"managed","type":"aws_customer_gateway","name":"other",
  "change":{"actions":["no-op"],"before":{"id":"cgw-2","ip_address":"198.51.100.99","bgp_asn":"1","certificate_arn":null},"after":{"id":"cgw-2","ip_address":"198.51.100.99","bgp_asn":"1","certificate_arn":null},"after_unknown":{}}},
 {"address":"aws_customer_gateway.main","mode":"managed","type":"aws_customer_gateway","name":"main",
  "change":{"actions":["no-op"],"before":{"id":"cgw-1","ip_address":"198.51.100.20","bgp_asn":"65010","certificate_arn":null},"after":{"id":"cgw-1","ip_address":"198.51.100.20","bgp_asn":"65010","certificate_arn":""},"after_unknown":{}}},
 {"address":"aws_vpn_connection_route.office","mode":"managed","type":"aws_vpn_connection_route","name":"office",
  "change":{"actions":["create"],"before":null,"after":{"destination_cidr_block":"192.168.50.0/24","vpn_connection_id":"vpn-0123456789abcdef0"},"after_unknown":{"id":true}}}
]}
)json";

constexpr const char* kAfter = R"(cloud aws module.site[0].module.vpn.aws_vpn_connection.main tunnel 1
connection: vpn-0123456789abcdef0 @11
disabled: no *
local: 203.0.113.17 @14
remote: 198.51.100.20 @29
inside-cidr: 169.254.12.0/30 @14
inside-local: 169.254.12.1 @21
inside-remote: 169.254.12.2 @21
accepts: ikev2 @18
initiates: ikev2 *
accepts-modes: main *
initiates-modes: main *
proposals: aes256-sha256-ecp384 @15
local-auth: psk *
remote-auth: psk *
local-id: address 203.0.113.17 *
remote-id: address 198.51.100.20 *
keys: set @14 @14
lifetime.rekeys: yes *
lifetime.hard: 14400 s @17
lifetime.earliest: 13320 s *
lifetime.latest: ? AWS does not say when within the margin it rekeys @17
lifetime.margin: 540 s @17
lifetime.fuzz: 100 % *
lifetime.bytes: 0 *
reauth: no *
dpd: yes *
dpd.delay: 10 s *
dpd.timeout: 30 s @18
dpd.action: restart @18
start: start @18
nat-t: auto *
route-based: yes *
single-child: yes *
child phase 2
child.protocol: esp *
child.mode: tunnel *
child.proposals: aes256gcm16-sha1|sha256|sha384|sha512-ecp384 @16
child.local: 10.10.0.0/16 @12
child.remote: 192.168.50.0/24 @12
child.lifetime.rekeys: yes *
child.lifetime.hard: 1800 s @17
child.lifetime.earliest: 720 s *
child.lifetime.latest: ? AWS does not say when within the margin it rekeys @17
child.lifetime.margin: 540 s @17
child.lifetime.fuzz: 100 % *
child.lifetime.bytes: 0 *
child.replay-window: 64 @18
bgp: no @11
routes: 10.9.0.0/16, 192.168.50.0/24 @11
log: yes @20
log.format: json @20
log.group: arn:aws:logs:eu-west-1:1:log-group:vpn @20
bgp-log: no @20
bgp-log.format: json *
lifecycle-control: yes @19
acceleration: no @12
bandwidth: standard *
address-type: PublicIpv4 *
key-storage: Standard *
attachment: tgw-1 @11
)";

TEST(ConfigTerraform, PlanOfAnUpdateIsTwoConfigurations) {
  const auto read = configurations(kUpdate);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].kind + " " + read[1].kind, "terraform-plan terraform-plan");
  EXPECT_EQ(read[0].moment, model::Moment::Before);
  EXPECT_EQ(read[1].moment, model::Moment::After);
  EXPECT_EQ(text_of(read[0].problems) + text_of(read[1].problems), "");
  ASSERT_EQ(read[0].endpoints.size(), 2u);
  ASSERT_EQ(read[1].endpoints.size(), 2u);
  EXPECT_EQ(line_of(read[0].endpoints[0], "child.lifetime.hard"), "3600 s @8");
  EXPECT_EQ(line_of(read[0].endpoints[0], "routes"), "10.9.0.0/16 @5");
  EXPECT_EQ(text_of(read[1].endpoints[0]), kAfter);
  EXPECT_TRUE(read[1].endpoints[0].keys->front().secret.is(model::Secret("First.Key_1")));
}

struct Row {
  const char* field;
  const char* line;
};

TEST(ConfigTerraform, TakesNullZeroEmptyAndAbsentForTheDefault) {
  const auto read = configurations(kUpdate);
  const Row rows[] = {
      {"local", "203.0.113.99 @22"},
      {"lifetime.hard", "28800 s *"},
      {"child.lifetime.hard", "3600 s *"},
      {"accepts", "ikev1, ikev2 *"},
      {"dpd.action", "clear *"},
      {"dpd.timeout", "? not stated; as its default AWS's documents give both 30 s and 40 s @23"},
      {"lifetime.margin", "? not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s @23"},
      {"start", "wait *"},
      {"log", "no *"},
      {"keys", "? not in this document: AWS makes one up where none is given @22 @22"},
  };
  for (const Row& row : rows) EXPECT_EQ(line_of(read[1].endpoints[1], row.field), row.line);
  EXPECT_TRUE(line_of(read[1].endpoints[1], "child.proposals").ends_with("modp2048s256 *"));
}

// Joined by reference, in the module, with the same index: ids come only after the apply.
constexpr const char* kCreate = R"json({"format_version":"1.2","terraform_version":"1.9.5",
"resource_changes":[
 {"address":"module.vpn.aws_vpn_connection.main[0]","module_address":"module.vpn","mode":"managed","type":"aws_vpn_connection","name":"main","index":0,
  "change":{"actions":["create"],"before":null,"after":{"static_routes_only":null,"tunnel1_inside_cidr":"169.254.12.0/30","tunnel1_startup_action":"start","tunnel1_log_options":[{"cloudwatch_log_options":[{"log_enabled":true}]}],"tunnel2_dpd_timeout_action":null},
  "after_unknown":{"id":true,"customer_gateway_id":true,"transit_gateway_id":true,"tunnel1_address":true,"tunnel2_address":true,"tunnel1_preshared_key":true,"tunnel1_phase2_dh_group_numbers":true,
   "tunnel1_bgp_asn":true,"tunnel1_log_options":[{"cloudwatch_log_options":[{"log_group_arn":true}]}]}}},
 {"address":"module.vpn.aws_customer_gateway.main[1]","module_address":"module.vpn","mode":"managed","type":"aws_customer_gateway","name":"main","index":1,
  "change":{"actions":["create"],"before":null,"after":{"ip_address":"198.51.100.21","bgp_asn":"65011"},"after_unknown":{"id":true}}},
 {"address":"module.vpn.aws_customer_gateway.main[0]","module_address":"module.vpn","mode":"managed","type":"aws_customer_gateway","name":"main","index":0,
  "change":{"actions":["create"],"before":null,"after":{"ip_address":"198.51.100.20","bgp_asn":"65010"},"after_unknown":{"id":true}}}],
"configuration":{"root_module":{"module_calls":{"vpn":{"module":{"resources":[
 {"address":"aws_vpn_connection.main","expressions":{"customer_gateway_id":{"references":["aws_customer_gateway.main[0].id","aws_customer_gateway.main"]}}}]}}}}}}
)json";

TEST(ConfigTerraform, PlanOfACreationKnowsWhatIsKnownOnlyAfterApply) {
  const auto read = configurations(kCreate);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].endpoints.size(), 0u);
  ASSERT_EQ(read[1].endpoints.size(), 2u);
  const Row rows[] = {
      {"connection", "? known only after apply @4"},
      {"local", "? known only after apply @4"},
      {"remote", "198.51.100.20 @10"},
      {"local-id", "? its outside address is not known: known only after apply @4"},
      {"inside-cidr", "169.254.12.0/30 @4"},
      {"keys", "? known only after apply @4 @4"},
      {"child.proposals", "? known only after apply @4"},
      {"proposals", "aes128|aes256|aes128gcm16|aes256gcm16-sha1|sha256|sha384|sha512-modp1024|modp2048|modp3072|modp4096|modp6144|modp8192|ecp256|ecp384|ecp521|"
                    "modp1024s160|modp2048s224|modp2048s256 *"},
      {"start", "start @4"},
      {"bgp", "yes *"},
      {"bgp.local-as", "? known only after apply @4"},
      {"bgp.remote-as", "65010 @10"},
      {"bgp.neighbour", "169.254.12.2 *"},
      {"log", "yes @4"},
      {"log.group", "? known only after apply @4"},
      {"attachment", "? known only after apply @4"},
  };
  for (const Row& row : rows) EXPECT_EQ(line_of(read[1].endpoints[0], row.field), row.line) << row.field;
  EXPECT_EQ(line_of(read[1].endpoints[1], "dpd.action"), "clear *");
}

std::string plan(const std::string& actions, const std::string& before, const std::string& after) {
  return R"({"terraform_version":"1","resource_changes":[{"address":"aws_vpn_connection.a","mode":"managed","type":"aws_vpn_connection","name":"a","change":{"actions":)" + actions +
         R"(,"before":)" + before + R"(,"after":)" + after + R"(,"after_unknown":{}}}]})";
}

TEST(ConfigTerraform, PlanKnowsWhatIsReplacedAndWhatIsRemoved) {
  const auto replaced = configurations(plan(R"(["delete","create"])", R"({"id":"vpn-1"})", "{}"));
  EXPECT_EQ(replaced[0].endpoints.size(), 2u);
  EXPECT_TRUE(replaced[1].endpoints.at(0).replaced);
  const auto removed = configurations(plan(R"(["delete"])", R"({"id":"vpn-1"})", "null"));
  EXPECT_EQ(removed[0].endpoints.size(), 2u);
  EXPECT_EQ(removed[1].endpoints.size(), 0u);
  EXPECT_EQ(text_of(removed[0].problems) + text_of(removed[1].problems), "");
}

TEST(ConfigTerraform, StateHasNestedModulesAndTheEmbeddedXml) {
  const auto read = configuration(R"json({"format_version":"1.0","terraform_version":"1.9.5","values":{"root_module":{
"resources":[{"address":"data.aws_vpn_connection.x","mode":"data","type":"aws_vpn_connection","name":"x","values":{}}],
"child_modules":[{"address":"module.vpn","resources":[
 {"address":"module.vpn.aws_vpn_connection.main","mode":"managed","type":"aws_vpn_connection","name":"main","values":{"id":"vpn-1","customer_gateway_id":"cgw-1","tunnel1_address":"203.0.113.17","tunnel2_address":"203.0.113.99",
  "customer_gateway_configuration":"<vpn_connection id=\"vpn-1\"><ipsec_tunnel><customer_gateway><tunnel_outside_address><ip_address>198.51.100.20</ip_address></tunnel_outside_address><bgp><asn>65010</asn></bgp></customer_gateway><vpn_gateway><tunnel_outside_address><ip_address>203.0.113.99</ip_address></tunnel_outside_address></vpn_gateway><ike><pre_shared_key>Xml.Key_2</pre_shared_key></ike></ipsec_tunnel></vpn_connection>"}}]}]}}}
)json");
  EXPECT_EQ(read.kind, "terraform-state");
  EXPECT_EQ(text_of(read.problems), "");
  ASSERT_EQ(read.endpoints.size(), 2u);
  EXPECT_EQ(read.endpoints[0].name, "module.vpn.aws_vpn_connection.main tunnel 1");
  EXPECT_EQ(line_of(read.endpoints[0], "remote"), "? its aws_customer_gateway is not in this document @4");
  EXPECT_EQ(line_of(read.endpoints[1], "remote"), "198.51.100.20 @5");
  EXPECT_EQ(line_of(read.endpoints[1], "bgp.remote-as"), "65010 @5");
  EXPECT_TRUE(read.endpoints[1].keys->front().secret.is(model::Secret("Xml.Key_2")));
}

TEST(ConfigTerraform, PlanWithoutResourceChangesTakesPlannedValuesAndTrustsNoGapInThem) {
  const auto read = configurations(R"json({"terraform_version":"1","planned_values":{"root_module":{"resources":[
 {"address":"aws_vpn_connection.a","mode":"managed","type":"aws_vpn_connection","name":"a","values":{"tunnel1_phase1_lifetime_seconds":null,"tunnel1_startup_action":"start"}}]}}})json");
  ASSERT_EQ(read.at(1).endpoints.size(), 2u);
  EXPECT_EQ(line_of(read[1].endpoints[0], "lifetime.hard"), "28800 s *");
  EXPECT_EQ(line_of(read[1].endpoints[0], "start"), "start @2");
  EXPECT_EQ(line_of(read[1].endpoints[0], "accepts"), "? known only after apply, or not stated @2");
}

TEST(ConfigTerraform, WithoutAVpnConnectionSaysSo) {
  const char* const said = "!input: no aws_vpn_connection is in this document (give the plan or state that holds the VPN connection)\n";
  EXPECT_EQ(text_of(configurations(R"({"terraform_version":"1","resource_changes":[]})").at(0).problems), said);
  EXPECT_EQ(text_of(configuration(R"({"terraform_version":"1","format_version":"1.0"})").problems), said);
  EXPECT_EQ(text_of(configuration(R"({"version":4,"terraform_version":"1","lineage":"x","resources":[]})").problems),
            "!input:1:1: a state file as Terraform keeps it (give the output of `terraform show -json`)\n");
}

TEST(ConfigTerraform, CutOffAnywhereIsFatalAndQuotesNoKey) {
  const std::string whole = kUpdate;
  for (std::size_t length = 120; length + 3 < whole.size(); length += 37) {
    const auto read = configurations(std::string_view(whole).substr(0, length));
    std::string said;
    for (const auto& one : read) said += text_of(one.problems);
    EXPECT_THAT(said, HasSubstr("the document ends here, before it is closed")) << length;
    EXPECT_THAT(said, Not(HasSubstr("Key_"))) << length;
  }
}

}  // namespace
}  // namespace tunnelscope::config::test
