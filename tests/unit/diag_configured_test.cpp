// Logs that are judged by a configuration: what is known of a tunnel outweighs AWS's defaults, and findings say so.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "config_world.hpp"
#include "diag/configured.hpp"
#include "diag/configured_text.hpp"
#include "diag_story.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::diag::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace readers = tunnelscope::config;

constexpr const char* kDpd = "AWS tunnel DPD timed out after 3 retransmits";

TunnelFacts facts(std::string outside_ip = "203.0.113.1") {
  TunnelFacts made;
  made.connection = "vpn-0123456789abcdef0";
  made.outside_ip = std::move(outside_ip);
  made.at = "vpn.json:7";
  return made;
}

TunnelFacts lifetimes(int phase1_s, int phase2_s) {
  TunnelFacts made = facts();
  made.phase1_lifetime = phase1_s * kSecond;
  made.phase2_lifetime = phase2_s * kSecond;
  return made;
}

std::string clock_text(int seconds) { return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60); }

// The tunnel falls by DPD every `period` seconds and is back 20 seconds later, five times.
std::string falls_every(int period) {
  std::string story = "00:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n";
  for (int i = 1; i <= 5; ++i)
    story += fmt::format("{} dd {}\n{} ee AWS tunnel processed request (id=1) for IKE_AUTH\n", clock_text(i * period), kDpd, clock_text(i * period + 20));
  return story;
}

std::string cause_and_clock(const Report& report) {
  const std::string cause = report.tunnels.at(0).primary_cause;
  const Finding* rekey = finding(report, "rekey-failure");
  if (rekey == nullptr) return cause;
  const auto* clock = std::get_if<std::string>(&rekey->details.at("clock"));
  return cause + " " + (clock ? *clock : "none");
}

struct Clock {
  const char* name;
  int period;
  std::optional<TunnelFacts> facts;
  const char* expected;
};
void PrintTo(const Clock& row, std::ostream* out) { *out << row.name; }

class Clocks : public ::testing::TestWithParam<Clock> {};

TEST_P(Clocks, AreThoseOfTheConfiguration) {
  Story story(falls_every(GetParam().period));
  if (GetParam().facts) story.options.facts = {*GetParam().facts};
  EXPECT_EQ(cause_and_clock(story.tell()), GetParam().expected);
}

TunnelFacts of_another_tunnel() {
  TunnelFacts other = lifetimes(7200, 1800);
  other.outside_ip = "203.0.113.99";
  return other;
}
TunnelFacts wide_margin() {
  TunnelFacts made = lifetimes(28800, 3600);
  made.rekey_margin = 900 * kSecond;
  made.rekey_fuzz = 50;
  return made;
}

INSTANTIATE_TEST_SUITE_P(Of, Clocks,
                         ::testing::Values(Clock{"AnHourIsPhase2ByDefault", 3600, {}, "rekey-failure phase2"},
                                           Clock{"TwoHoursAreNoClockByDefault", 7200, {}, "dpd-timeout"},
                                           Clock{"TwoHoursArePhase1WhenThatIsItsLifetime", 7200, lifetimes(7200, 1800), "rekey-failure phase1"},
                                           Clock{"AnHourIsNoClockWhenPhase2LastsHalfAnHour", 3600, lifetimes(7200, 1800), "dpd-timeout"},
                                           Clock{"FactsOfAnotherTunnelChangeNothing", 3600, of_another_tunnel(), "rekey-failure phase2"},
                                           Clock{"AWideMarginBeginsEarlier", 2300, wide_margin(), "rekey-failure phase2"},
                                           Clock{"WithoutItThatIsNoClock", 2300, lifetimes(28800, 3600), "dpd-timeout"}),
                         [](const auto& row) { return row.param.name; });

TEST(ConfiguredFindings, SayWithWhichFiguresTheyWereJudgedAndAdviseByThem) {
  Story story(falls_every(7200));
  story.options.facts = {lifetimes(7200, 1800)};
  const Report report = story.tell();
  const Finding* rekey = finding(report, "rekey-failure");
  ASSERT_NE(rekey, nullptr);
  EXPECT_THAT(rekey->explanation, HasSubstr("judged by vpn.json:7: AWS keeps Phase 1 for 7200 s and Phase 2 for 1800 s."));
  std::string steps;
  for (const Step& step : rekey->steps) steps += step.text + "\n" + step.command + "\n";
  EXPECT_THAT(steps, HasSubstr("Phase 1 6400 s and Phase 2 1200 s"));
  EXPECT_THAT(steps, HasSubstr("rekey_time = 6400"));
  EXPECT_THAT(steps, Not(HasSubstr("28000")));
}

TEST(ConfiguredFindings, StayAsTheyAreWhereNothingIsKnown) {
  Story known(falls_every(3600)), unknown(falls_every(3600));
  known.options.facts = {facts()};
  const Report with = known.tell(), without = unknown.tell();
  EXPECT_EQ(finding(with, "rekey-failure")->explanation, finding(without, "rekey-failure")->explanation);
  EXPECT_FALSE(without.tunnels[0].configured);
}

struct Advice {
  const char* name;
  GiveUp action;
  const char* says;
  bool asks_for_restart;
};
void PrintTo(const Advice& row, std::ostream* out) { *out << row.name; }

class DpdAdvice : public ::testing::TestWithParam<Advice> {};

TEST_P(DpdAdvice, FollowsFromTheConfiguredAction) {
  Story story(std::string("00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n10:00 dd ") + kDpd + "\n10:30 dd " + kDpd + "\n");
  TunnelFacts known = facts();
  known.dpd_action = GetParam().action;
  story.options.facts = {known};
  const Report report = story.tell();
  const Finding* dpd = finding(report, "dpd-timeout");
  ASSERT_NE(dpd, nullptr);
  EXPECT_THAT(dpd->explanation, HasSubstr(GetParam().says));
  const bool asks = std::any_of(dpd->steps.begin(), dpd->steps.end(),
                                [](const Step& step) { return step.command.find("\"DPDTimeoutAction\":\"restart\"") != std::string::npos; });
  EXPECT_EQ(asks, GetParam().asks_for_restart);
}

INSTANTIATE_TEST_SUITE_P(Of, DpdAdvice,
                         ::testing::Values(Advice{"Clear", GiveUp::Clear, "AWS clears the tunnel", true},
                                           Advice{"None", GiveUp::None, "AWS does nothing", true},
                                           Advice{"Restart", GiveUp::Restart, "AWS begins again by itself", false}),
                         [](const auto& row) { return row.param.name; });

constexpr const char* kBgpMissing =
    "00:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
    "00:10 bgp- AWS-side peer BGP session state has changed from Idle to Connect with neighbor 169.254.50.85\n"
    "10:00 ee AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n";

TEST(StaticRouting, MissesNoBgp) {
  Story dynamic(kBgpMissing), fixed(kBgpMissing);
  EXPECT_EQ(dynamic.tell().tunnels[0].primary_cause, "bgp-down");
  TunnelFacts known = facts();
  known.bgp = false;
  fixed.options.facts = {known};
  const Report report = fixed.tell();
  EXPECT_EQ(report.tunnels[0].status, "up");
  EXPECT_EQ(finding(report, "bgp-down"), nullptr);
}

TEST(IkeVersion, IsTheOnlyOneThatIsConfiguredWhereTheLogDoesNotTell) {
  constexpr const char* kNoVersion = "00:00 ee something that no rule knows\n01:00 de something that no rule knows\n";
  Story untold(kNoVersion), configured(kNoVersion);
  EXPECT_EQ(untold.tell().tunnels[0].status, "down");
  TunnelFacts known = facts();
  known.ikev1 = true;
  known.ikev2 = false;
  configured.options.facts = {known};
  EXPECT_EQ(configured.tell().tunnels[0].status, "degraded") << "Phase 1 of IKEv1 may be down over a live Phase 2";
}

TEST(GatewayOutage, WaitsAsLongAsTheDpdTimeoutsDiffer) {
  const std::string story = std::string("00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n") +
                            "2|00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n10:00 dd " + kDpd + "\n2|13:00 dd " + kDpd + "\n";
  Story apart(story), configured(story);
  EXPECT_EQ(finding(apart.tell(), "gateway-outage"), nullptr);
  TunnelFacts quick = facts(), slow = facts("203.0.113.2");
  quick.dpd_timeout = 30 * kSecond;
  slow.dpd_timeout = 240 * kSecond;
  configured.options.facts = {quick, slow};
  EXPECT_NE(finding(configured.tell(), "gateway-outage"), nullptr);
}

TEST(FactsAboutATunnel, GoByOutsideAddressAndVpnId) {
  const std::vector<TunnelFacts> all{facts(), facts("203.0.113.2")};
  EXPECT_EQ(facts_about(all, "vpn-0123456789abcdef0", "203.0.113.2", false), &all[1]);
  EXPECT_EQ(facts_about(all, "vpn-0fedcba9876543210", "203.0.113.2", false), nullptr);
  EXPECT_EQ(facts_about(all, "vpn-0123456789abcdef0", "203.0.113.3", true), nullptr);
  EXPECT_EQ(facts_about(all, "", "", true), nullptr) << "it could be either";
  EXPECT_EQ(facts_about({all[0]}, "", "", false), nullptr) << "the log has several";
  const std::vector<TunnelFacts> one{all[0]};
  EXPECT_EQ(facts_about(one, "", "", true), &one[0]);
}

TEST(FactsAboutSeveralTunnels, AreThoseThatTheyShare) {
  TunnelFacts a = lifetimes(28800, 3600), b = lifetimes(28800, 1800);
  a.begins = b.begins = true;
  const TunnelFacts both = common({&a, &b});
  EXPECT_EQ(both.phase1_lifetime, 28800 * kSecond);
  EXPECT_EQ(both.phase2_lifetime, std::nullopt);
  EXPECT_EQ(both.begins, true);
}

constexpr const char* kDescribed = R"({"VpnConnections":[{"VpnConnectionId":"vpn-0123456789abcdef0","Options":{"StaticRoutesOnly":true,"TunnelOptions":[
{"OutsideIpAddress":"203.0.113.17","Phase1LifetimeSeconds":7200,"RekeyMarginTimeSeconds":300,"RekeyFuzzPercentage":50,"DpdTimeoutSeconds":45,
"DpdTimeoutAction":"restart","StartupAction":"start","IkeVersions":[{"Value":"ikev2"}]},{"OutsideIpAddress":"203.0.113.18"}]}}]})";

TEST(FactsOfAConfiguration, AreWhatItStatesAndItsVendorsDefaults) {
  const auto all = facts_of({readers::test::read(readers::kAwsDescribe, "vpn.json", {{"vpn.json", kDescribed}})});
  ASSERT_EQ(all.size(), 2U);
  const TunnelFacts& stated = all[0];
  EXPECT_EQ(stated.connection + "/" + stated.outside_ip + " " + stated.at, "vpn-0123456789abcdef0/203.0.113.17 vpn.json:2");
  EXPECT_EQ(stated.phase1_lifetime, 7200 * kSecond);
  EXPECT_EQ(stated.phase2_lifetime, 3600 * kSecond);
  EXPECT_EQ(stated.rekey_margin, 300 * kSecond);
  EXPECT_EQ(stated.rekey_fuzz, 50);
  EXPECT_EQ(stated.dpd_timeout, 45 * kSecond);
  EXPECT_EQ(stated.dpd_action, GiveUp::Restart);
  EXPECT_EQ(stated.begins, true);
  EXPECT_EQ(stated.ikev1, false);
  EXPECT_EQ(stated.bgp, false);
  EXPECT_EQ(all[1].dpd_action, GiveUp::Clear);
  EXPECT_EQ(all[1].rekey_margin, std::nullopt) << "AWS's documents disagree about the default";
  EXPECT_EQ(all[1].dpd_timeout, std::nullopt);
}

// What is planned was not yet so when the log was written.
TEST(FactsOfAPlan, AreThoseBeforeIt) {
  config::Configuration before = readers::test::read(readers::kAwsDescribe, "vpn.json", {{"vpn.json", kDescribed}}), after = before;
  before.moment = config::Moment::Before;
  after.moment = config::Moment::After;
  after.endpoints[0].lifetime.hard = config::Value<config::Seconds>::stated(config::Seconds(900), {"vpn.json", 1, 1});
  EXPECT_EQ(facts_of({after, before}).at(0).phase1_lifetime, 7200 * kSecond);
  EXPECT_TRUE(facts_of({after}).empty());
}

TEST(Figures, AreReplacedAsWholeWordsAndOnce) {
  kb::Step step;
  step.figures = {{"28000", "phase1_lead"}, {"3000", "phase2_lead"}};
  const ConfiguredText text(lifetimes(3600, 1800));
  EXPECT_EQ(text.with_figures(step, "lifetime 28000; not 13000, 3000"), "lifetime 2800; not 13000, 1200");
  EXPECT_EQ(ConfiguredText().with_figures(step, "lifetime 28000"), "lifetime 28000");
}

}  // namespace
}  // namespace tunnelscope::diag::test
