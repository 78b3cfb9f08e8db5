// Which two endpoints are one tunnel.
#include <gmock/gmock.h>

#include "diag_config_ends.hpp"

namespace tunnelscope::diag::config::test {
namespace {

// "c1" -> its own address, its peer's, its inside CIDR; "" is not known.
struct EndText {
  const char* name;
  const char* own;
  const char* peer;
  const char* inside;
};

Endpoint endpoint(Side side, const EndText& written) {
  Endpoint made;
  made.name = written.name;
  made.side = side;
  if (*written.own) made.local_addresses = stated(addresses(written.own));
  if (*written.peer) made.remote_addresses = stated(addresses(written.peer));
  if (*written.inside) made.inside_cidr = stated(range(written.inside));
  return made;
}

struct Row {
  const char* name;
  std::vector<EndText> cloud, gateway;
  std::vector<ConfiguredPair> configured;
  const char* pairs;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Pairs : public ::testing::TestWithParam<Row> {};

std::string line_of(const Pairing& pairing) {
  static constexpr const char* kBy[] = {"outside", "inside", "configured"};
  if (!pairing.gateway) return pairing.cloud->name + " alone\n";
  if (!pairing.cloud) return pairing.gateway->name + (pairing.unpaired_because.starts_with("several") ? " ambiguous\n" : " alone\n");
  return pairing.cloud->name + "=" + pairing.gateway->name + " " + kBy[static_cast<std::size_t>(pairing.by)] + "\n";
}

TEST_P(Pairs, AreToldByAddressesAndNeverByPosition) {
  std::vector<Endpoint> cloud, gateway;
  for (const EndText& one : GetParam().cloud) cloud.push_back(endpoint(Side::Cloud, one));
  for (const EndText& one : GetParam().gateway) gateway.push_back(endpoint(Side::Gateway, one));
  std::vector<const Endpoint*> clouds, gateways;
  for (const Endpoint& one : cloud) clouds.push_back(&one);
  for (const Endpoint& one : gateway) gateways.push_back(&one);
  std::string lines;
  for (const Pairing& pairing : pair_up(clouds, gateways, GetParam().configured)) lines += line_of(pairing);
  EXPECT_EQ(lines, GetParam().pairs);
}

const std::vector<EndText> kTwoTunnels = {{"c1", "203.0.113.10", "198.51.100.20", "169.254.10.0/30"},
                                          {"c2", "203.0.113.17", "198.51.100.20", "169.254.11.0/30"}};
const std::vector<EndText> kCreatePlan = {{"c1", "", "198.51.100.20", "169.254.10.0/30"}, {"c2", "", "198.51.100.20", ""}};

const Row kRows[] = {
    {"ByTheCloudsAddressInWhateverOrder", kTwoTunnels,
     {{"g2", "198.51.100.20", "203.0.113.17", ""}, {"g1", "198.51.100.20", "203.0.113.10", ""}}, {}, "c2=g2 outside\nc1=g1 outside\n"},
    {"AlsoWhenTheCloudHasAnotherAddressForTheGateway", kTwoTunnels, {{"g1", "198.51.100.99", "203.0.113.10", ""}}, {},
     "c1=g1 outside\nc2 alone\n"},
    {"ByTheGatewaysAddressBetweenEqualsOnly",
     {{"c1", "203.0.113.10", "198.51.100.20", ""}, {"c2", "203.0.113.10", "198.51.100.21", ""}},
     {{"g", "198.51.100.21", "203.0.113.10", ""}}, {}, "c2=g outside\nc1 alone\n"},
    {"NotByTheGatewaysAddressAlone", kTwoTunnels, {{"g", "198.51.100.20", "192.0.2.1", ""}}, {}, "c1 alone\nc2 alone\ng alone\n"},
    {"ByTheInsideCidrOfACreatePlan", kCreatePlan, {{"g1", "198.51.100.20", "203.0.113.10", "169.254.10.0/30"}}, {},
     "c1=g1 inside\nc2 alone\n"},
    {"ByConfiguredNamesOrAddressesAtLast", kCreatePlan,
     {{"g1", "198.51.100.20", "203.0.113.10", "169.254.10.0/30"}, {"g2", "198.51.100.21", "203.0.113.17", ""}},
     {{"c2", "198.51.100.21"}}, "c1=g1 inside\nc2=g2 configured\n"},
    {"WhatCouldBeTwoIsLeftAlone", kTwoTunnels, {{"g", "198.51.100.20", "%any", ""}}, {}, "c1 alone\nc2 alone\ng ambiguous\n"},
    {"TheInsideCidrDecidesBetweenEquals", kTwoTunnels, {{"g", "198.51.100.20", "%any", "169.254.11.0/30"}}, {},
     "c2=g inside\nc1 alone\n"},
    {"OneCloudEndpointMayHaveSeveralPartners", {{"c", "203.0.113.10", "198.51.100.20", ""}},
     {{"g1", "198.51.100.20", "203.0.113.10", ""}, {"g2", "198.51.100.20", "203.0.113.10", ""}}, {}, "c=g1 outside\nc=g2 outside\n"},
    {"OneOfEachWithoutAddressesIsNoPair", {{"c", "", "", ""}}, {{"g", "", "", ""}}, {}, "c alone\ng alone\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Pairs, ::testing::ValuesIn(kRows), [](const auto& row) { return std::string(row.param.name); });

TEST(PairsWithoutPartner, AreUnverifiedAndSaidToHaveNone) {
  const Ends ends = healthy();
  const auto tunnels = negotiate({&ends.cloud}, {}, {});
  ASSERT_EQ(tunnels.size(), 1u);
  EXPECT_EQ(tunnels[0].verdict, Verdict::Unverified);
  EXPECT_FALSE(tunnels[0].unpaired_because.empty());
  EXPECT_EQ(tunnel_id(tunnels[0]), "203.0.113.10");
}

}  // namespace
}  // namespace tunnelscope::diag::config::test
