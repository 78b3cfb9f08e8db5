// Endpoints before and after a change, and several descriptions of one tunnel made into one.
#include <gmock/gmock.h>

#include "diag/config/change.hpp"
#include "diag/config/merge.hpp"
#include "diag_config_ends.hpp"

namespace tunnelscope::diag::config::test {
namespace {

// A cloud connection with two tunnels.
std::vector<Endpoint> two_tunnels() {
  Endpoint first = healthy().cloud, second = healthy().cloud;
  first.name = "main tunnel 1";
  second.name = "main tunnel 2";
  second.local_addresses = stated(addresses("203.0.113.17"));
  for (Endpoint* one : {&first, &second}) one->connection = stated(std::string("vpn-0123456789abcdef0"));
  return {first, second};
}

std::vector<const Endpoint*> refer(const std::vector<Endpoint>& endpoints) {
  std::vector<const Endpoint*> all;
  for (const Endpoint& one : endpoints) all.push_back(&one);
  return all;
}

// "main tunnel 1 tunnel: dpd-timeout"
std::string lines_of(const std::vector<EndpointChange>& changes) {
  std::string lines;
  for (const EndpointChange& change : changes) {
    lines += (change.after ? change.after : change.before)->name + " " + std::string(name(change.effect)) + ":";
    for (const AttributeChange& one : change.attributes) lines += " " + one.attribute;
    lines += "\n";
  }
  return lines;
}

struct Row {
  const char* name;
  void (*change)(std::vector<Endpoint>& after);
  const char* effects;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Changes : public ::testing::TestWithParam<Row> {};

TEST_P(Changes, SayWhatApplyingThemInterrupts) {
  const std::vector<Endpoint> before = two_tunnels();
  std::vector<Endpoint> after = before;
  GetParam().change(after);
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), GetParam().effects);
}

const Row kRows[] = {
    {"Nothing", [](std::vector<Endpoint>&) {}, "main tunnel 1 none:\nmain tunnel 2 none:\n"},
    {"AnotherPlaceIsNoChange",
     [](std::vector<Endpoint>& after) { after[0].proposals = stated(proposals("aes256-sha256-modp2048"), "after.json", 99); },
     "main tunnel 1 none:\nmain tunnel 2 none:\n"},
    {"ATunnelOptionReplacesThatEndpoint", [](std::vector<Endpoint>& after) { after[1].dpd.timeout = stated(Seconds(60)); },
     "main tunnel 1 none:\nmain tunnel 2 tunnel: dpd-timeout\n"},
    {"EnablingLogsDoesToo", [](std::vector<Endpoint>& after) { after[0].cloud.log_enabled = stated(true); },
     "main tunnel 1 tunnel: log-enabled\nmain tunnel 2 none:\n"},
    {"AConnectionOptionBringsDownBoth",
     [](std::vector<Endpoint>& after) { after[0].children[0].remote = stated(selectors("192.168.0.0/16")); },
     "main tunnel 1 connection: remote-selectors\nmain tunnel 2 connection:\n"},
    {"AnotherCustomerGatewayDoesToo", [](std::vector<Endpoint>& after) { after[0].cloud.customer_gateway = stated(std::string("cgw-2")); },
     "main tunnel 1 connection: customer-gateway\nmain tunnel 2 connection:\n"},
    {"AStaticRouteInterruptsNothing",
     [](std::vector<Endpoint>& after) { after[0].static_routes = stated(std::vector{range("10.0.0.0/8")}); },
     "main tunnel 1 none: static-routes\nmain tunnel 2 none:\n"},
    {"AReplacementHasNewAddresses",
     [](std::vector<Endpoint>& after) {
       for (Endpoint& one : after) {
         one.replaced = true;
         one.local_addresses = unknown<Addresses>("known only after apply");
       }
     },
     "main tunnel 1 replaced: local-address\nmain tunnel 2 replaced: local-address\n"},
    {"ATunnelThatGoes", [](std::vector<Endpoint>& after) { after.pop_back(); }, "main tunnel 1 none:\nmain tunnel 2 deleted: endpoint\n"},
    {"OneStatementIsOneChange",
     [](std::vector<Endpoint>& after) { after[0].children[0].lifetime = lifetime(600, 900); },
     "main tunnel 1 tunnel: child-lifetime\nmain tunnel 2 none:\n"},
    {"AnotherKey", [](std::vector<Endpoint>& after) { after[0].keys = stated(std::vector{key("another-key")}); },
     "main tunnel 1 tunnel: pre-shared-key\nmain tunnel 2 none:\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Changes, ::testing::ValuesIn(kRows), [](const auto& row) { return std::string(row.param.name); });

TEST(ChangesOfAws, MatchTunnelsByTheirAddressWhateverTheirNumber) {
  std::vector<Endpoint> before = two_tunnels();
  for (Endpoint& one : before) one.vendor = Vendor::Aws;
  std::vector<Endpoint> after = {before[1], before[0]};
  std::swap(after[0].name, after[1].name);
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 none:\nmain tunnel 2 none:\n");
  after[0].local_addresses = unknown<Addresses>("known only after apply");
  after[1].local_addresses = unknown<Addresses>("known only after apply");
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 tunnel: local-address\nmain tunnel 2 tunnel: local-address\n");
}

TEST(ChangesOfAws, TakeNoNoteOfTheOrderOfAlternatives) {
  std::vector<Endpoint> before = two_tunnels();
  for (Endpoint& one : before) one.vendor = Vendor::Aws;
  before[0].proposals = stated(proposals("aes128-aes256-sha256-modp2048-ecp256, aes128gcm16-prfsha256-modp2048"));
  std::vector<Endpoint> after = before;
  after[0].proposals = stated(proposals("aes128gcm16-prfsha256-modp2048, aes256-aes128-sha256-ecp256-modp2048"));
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 none:\nmain tunnel 2 none:\n");
  after[0].proposals = stated(proposals("aes128gcm16-prfsha256-modp2048, aes256-sha256-ecp256-modp2048"));
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 tunnel: ike-proposals\nmain tunnel 2 none:\n");
  before[0].vendor = after[0].vendor = Vendor::StrongSwan;
  after[0].proposals = stated(proposals("aes128gcm16-prfsha256-modp2048, aes128-aes256-sha256-modp2048-ecp256"));
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 tunnel: ike-proposals\nmain tunnel 2 none:\n");
}

TEST(ChangesOfAws, ConcernBothTunnelsOfAResourceThatHasNoIdYet) {
  std::vector<Endpoint> before = two_tunnels();
  for (Endpoint& one : before) one.connection = unknown<std::string>("a template has no ids yet"), one.resource = "main";
  std::vector<Endpoint> after = before;
  after[0].cloud.acceleration = stated(true);
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 connection: acceleration\nmain tunnel 2 connection:\n");
  after[1].resource = "other";
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "main tunnel 1 connection: acceleration\nmain tunnel 2 none:\n");
}

TEST(ChangesOfAGateway, InterruptNothingByThemselves) {
  const std::vector<Endpoint> before = {healthy().gateway};
  std::vector<Endpoint> after = before;
  after[0].proposals = stated(proposals("aes128-sha1-modp2048"));
  EXPECT_EQ(lines_of(compare(refer(before), refer(after))), "gateway none: ike-proposals\n");
}

TEST(MergedCloudEndpoints, TakeWhatTheFirstDoesNotKnowFromTheSecond) {
  Endpoint plan = healthy().cloud, xml = healthy().cloud;
  plan.keys = unknown<std::vector<Key>>("known only after apply");
  plan.dpd.timeout = Value<Seconds>::by_default(Seconds(30), {}, "AWS tunnel options, 2025-11");
  xml.dpd.timeout = stated(Seconds(40));
  const auto one = merged({plan, xml});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_TRUE(one[0].keys.known());
  EXPECT_TRUE(one[0].dpd.timeout.is(Seconds(40)));
  EXPECT_EQ(text(*one[0].proposals), "aes256-sha256-modp2048");
}

TEST(MergedCloudEndpoints, DoNotKnowWhatTheyStateDifferentlyInWhateverOrder) {
  Endpoint one = healthy().cloud, other = healthy().cloud;
  other.proposals = stated(proposals("aes128-sha1-modp1024"));
  for (const auto& both : {merged({one, other}), merged({other, one})}) {
    ASSERT_EQ(both.size(), 1u);
    EXPECT_FALSE(both[0].proposals.known());
    EXPECT_THAT(both[0].proposals.note(), ::testing::HasSubstr("two descriptions of the tunnel differ"));
  }
}

TEST(MergedCloudEndpoints, TakeTheirKeyFromWhereverItIsKnown) {
  Endpoint bare = healthy().cloud, keyed = healthy().cloud;
  bare.keys = stated(std::vector<Key>{{unknown<Secret>("not in this document"), {}, {}}});
  for (const auto& both : {merged({bare, keyed}), merged({keyed, bare})}) EXPECT_TRUE(both[0].keys->front().secret.known());
}

TEST(MergedCloudEndpoints, OfOtherOrUnknownAddressesStayApart) {
  std::vector<Endpoint> tunnels = two_tunnels();
  EXPECT_EQ(merged(tunnels).size(), 2u);
  for (Endpoint& one : tunnels) one.local_addresses = unknown<Addresses>("known only after apply");
  EXPECT_EQ(merged(tunnels).size(), 2u);
}

TEST(MergedGatewayEndpoints, AreBoundedAndWhatIsTooLongIsUnknown) {
  Endpoint hostile = healthy().gateway;
  hostile.children[0].local = stated(Selectors(33, {range("192.168.50.0/24"), 0, 0, 65535}));
  const auto one = merged({hostile});
  EXPECT_EQ(one[0].children[0].local.note(), "more than 32 of them");
  EXPECT_FALSE(bound(hostile = healthy().gateway));
}

TEST(MergedGatewayEndpoints, ThatShareAnIkeSaAreOneWithSeveralChildren) {
  Ends ends = healthy();
  ends.cloud.single_child = stated(true);
  Endpoint second = ends.gateway;
  second.name = "aws-tunnel1-lan2";
  second.children[0].local = stated(selectors("192.168.60.0/24"));
  const auto one = merged({ends.gateway, second});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(negotiate(ends.cloud, one[0]).primary_cause, "sa-churn");
}

}  // namespace
}  // namespace tunnelscope::diag::config::test
