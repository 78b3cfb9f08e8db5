// What a check of configurations comes to: tunnels with their ids and verdicts, findings, and how they differ from the state before.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "diag/check.hpp"
#include "diag_config_ends.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag::test {
namespace {

using config::Configuration;
using config::Moment;
using config::test::Ends;
using config::test::healthy;
using ::testing::HasSubstr;

constexpr const char* kTunnel = "203.0.113.10/198.51.100.20";

Configuration of_side(const config::Endpoint& end, Moment moment = Moment::Now) {
  return {std::string(config::name(end.side)) + ".conf", "test", end.side, moment, {end}, {}};
}
std::vector<Configuration> configurations(const Ends& ends) { return {of_side(ends.cloud), of_side(ends.gateway)}; }

Check checked(CheckInput input) { return check(input, kb::built_in()); }

void spoil_pfs(Ends& ends) { ends.gateway.children[0].proposals = config::test::stated(config::test::proposals("aes256-sha256")); }
void spoil_identity(Ends& ends) { ends.gateway.local_identity = config::test::stated(config::identity_of("10.0.0.1")); }
void hide_keys(Ends& ends) { ends.gateway.keys = config::test::unknown<std::vector<config::Key>>("no secrets were given"); }

// "fails pfs-mismatch" per tunnel and "critical pfs-mismatch new" per finding that no rule of settings gives.
std::string text_of(const Check& made) {
  std::string text;
  for (const CheckedTunnel& one : made.tunnels)
    text += fmt::format("{} {}{}{}\n", one.id, config::name(one.verdict.verdict), one.verdict.primary_cause.empty() ? "" : " ", one.verdict.primary_cause);
  for (const CheckFinding& one : made.findings)
    if (!one.finding.cause.starts_with(kConfigRule))
      text += fmt::format("{} {}{}{}\n", kb::name_of(one.finding.severity), one.finding.cause, one.finding.standing.change ? " " : "",
                          one.finding.standing.change ? name_of(*one.finding.standing.change) : "");
  return text;
}

struct Row {
  const char* name;
  void (*spoil)(Ends&);
  std::string expected;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class OneTunnel : public ::testing::TestWithParam<Row> {};

TEST_P(OneTunnel, ComesToThisVerdictAndTheseFindings) {
  Ends ends = healthy();
  if (GetParam().spoil) GetParam().spoil(ends);
  EXPECT_EQ(text_of(checked({configurations(ends), {}, {}, {}})), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Of, OneTunnel,
    ::testing::Values(Row{"AgreeingEnds", nullptr, std::string(kTunnel) + " agrees\n"},
                      Row{"ADifference", spoil_pfs, std::string(kTunnel) + " fails pfs-mismatch\ncritical pfs-mismatch\n"},
                      Row{"AnUnknownValue", hide_keys, std::string(kTunnel) + " unverified\ninfo not-verified\n"}),
    [](const auto& row) { return row.param.name; });

TEST(CheckFindings, HoldBothValuesTheirPlacesAndTheRepair) {
  Ends ends = healthy();
  spoil_pfs(ends);
  const Check made = checked({configurations(ends), {}, {}, {}});
  const auto found = std::find_if(made.findings.begin(), made.findings.end(), [](const auto& one) { return one.finding.cause == "pfs-mismatch"; });
  ASSERT_NE(found, made.findings.end());
  EXPECT_THAT(found->finding.summary, HasSubstr("child-rekey fails: pfs-group is modp2048 at the cloud's end and none at the gateway's"));
  ASSERT_EQ(found->finding.evidence.size(), 2U);
  EXPECT_EQ(found->finding.evidence[1].at, "gateway.conf:1");
  EXPECT_EQ(std::get<std::string>(found->finding.details.at("stage")), "child-rekey");
  EXPECT_FALSE(found->at_gateway.empty());
  EXPECT_FALSE(found->at_cloud.empty());
}

TEST(CheckFindings, OfAStageThatMustBeVerifiedAreCritical) {
  Ends ends = healthy();
  hide_keys(ends);
  EXPECT_THAT(text_of(checked({configurations(ends), {}, {}, {config::Stage::Authentication}})), HasSubstr("critical not-verified"));
  EXPECT_THAT(text_of(checked({configurations(ends), {}, {}, {config::Stage::IkeVersion}})), HasSubstr("info not-verified"));
}

TEST(CheckFindings, SayThatAnEndHasNoPartner) {
  const Check made = checked({{of_side(healthy().cloud)}, {}, {}, {}});
  EXPECT_THAT(text_of(made), HasSubstr(" unverified\ninfo no-partner\n"));
}

TEST(CheckFindings, DoubtWhatAFileWithAProblemSays) {
  std::vector<Configuration> read = configurations(healthy());
  read[1].problems.push_back({{"gateway.conf", 3, 1}, "an include could not be read", "", true});
  EXPECT_THAT(text_of(checked({read, {}, {}, {}})), HasSubstr(" unverified\n"));
}

TEST(CheckedTunnels, HaveTheirConnection) {
  Ends ends = healthy();
  ends.cloud.connection = config::test::stated(std::string("vpn-0123456789abcdef0"));
  EXPECT_EQ(checked({configurations(ends), {}, {}, {}}).tunnels.at(0).connection, "vpn-0123456789abcdef0");
}

struct Change {
  const char* name;
  void (*before)(Ends&);
  void (*after)(Ends&);
  std::string findings;
};
void PrintTo(const Change& row, std::ostream* out) { *out << row.name; }

class FindingsOfAChange : public ::testing::TestWithParam<Change> {};

TEST_P(FindingsOfAChange, MakeFindingsNewFixedOrUnchanged) {
  Ends before = healthy(), after = healthy();
  if (GetParam().before) GetParam().before(before);
  if (GetParam().after) GetParam().after(after);
  const std::string text = text_of(checked({configurations(after), {of_side(before.gateway)}, {}, {}}));
  EXPECT_EQ(text.substr(text.find('\n') + 1), GetParam().findings);
}

INSTANTIATE_TEST_SUITE_P(Of, FindingsOfAChange,
                         ::testing::Values(Change{"New", nullptr, spoil_pfs, "critical pfs-mismatch new\n"},
                                           Change{"Fixed", spoil_pfs, nullptr, "critical pfs-mismatch fixed\n"},
                                           Change{"Unchanged", spoil_pfs, spoil_pfs, "critical pfs-mismatch unchanged\n"},
                                           Change{"OneForAnother", spoil_pfs, spoil_identity,
                                                  "critical identity-mismatch new\ncritical pfs-mismatch fixed\n"}),
                         [](const auto& row) { return row.param.name; });

TEST(CheckOfAPlan, ChangesAreBetweenItsTwoStates) {
  Ends ends = healthy(), planned = healthy();
  planned.cloud.children[0].proposals = config::test::stated(config::test::proposals("aes256-sha256-modp1024"));
  const Check made = checked({{of_side(ends.cloud, Moment::Before), of_side(planned.cloud, Moment::After), of_side(ends.gateway)}, {}, {}, {}});
  EXPECT_THAT(text_of(made), HasSubstr("pfs-mismatch new"));
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0].after->side, config::Side::Cloud);
}

}  // namespace
}  // namespace tunnelscope::diag::test
