// What each detector sees, shown through the cause that rests on it; and what it must not see.
#include <gmock/gmock.h>

#include <chrono>

#include <fmt/format.h>

#include "diag/findings.hpp"
#include "diag_story.hpp"

namespace tunnelscope::diag::test {
namespace {

std::string at(int seconds, std::string_view rest) {
  return fmt::format("{}:{:02}:{:02} {}\n", seconds / 3600, seconds / 60 % 60, seconds % 60, rest);
}

// Down for `down` seconds every `period` seconds, without a word.
std::string silent_drops(int count, int period, int down) {
  std::string story = at(0, "ee up");
  for (int i = 1; i <= count; ++i) story += at(i * period, "ed down") + at(i * period + down, "ee up");
  return story + at((count + 1) * period, "ee routine");
}

bool has(const Report& report, std::string_view cause) { return finding(report, cause) != nullptr; }

TEST(Flapping, IsSeenAtTheThirdDropAMinute) {
  EXPECT_FALSE(has(Story(silent_drops(2, 60, 15)).tell(), "tunnel-flapping"));
  EXPECT_TRUE(has(Story(silent_drops(3, 60, 15)).tell(), "tunnel-flapping"));
}

TEST(Flapping, SlowerThanTheFastTrackIsSeenByTheSlowOne) {
  EXPECT_TRUE(has(Story(silent_drops(4, 53 * 60, 20)).tell(), "tunnel-flapping"));
  EXPECT_FALSE(has(Story(silent_drops(3, 8 * 3600, 20)).tell(), "tunnel-flapping"));
}

// Every `period` seconds a DELETE of the CHILD SA and, a second later, the next one. `states`: as the DELETE states them.
std::string replacements(int count, int period, std::string_view states, std::string_view after) {
  std::string story = at(0, std::string(after) + " AWS tunnel is sending response (id=1) for IKE_AUTH");
  for (int i = 1; i <= count; ++i)
    story += at(i * period, fmt::format("{} AWS tunnel received DELETE for Phase 2 SA with SPI: {:08x}", states, i)) +
             at(i * period + 1, fmt::format("{} AWS tunnel is sending response (id={}) for CREATE_CHILD_SA", after, i + 1));
  return story;
}

TEST(Churn, IsSeenWhereverPhase2IsForASecond) {
  EXPECT_TRUE(has(Story(replacements(12, 40, "ee", "ee")).tell(), "sa-churn"));
  EXPECT_TRUE(has(Story(replacements(12, 40, "ed", "ee")).tell(), "sa-churn"));
  EXPECT_TRUE(has(Story(replacements(12, 40, "--", "--")).tell(), "sa-churn"));
  EXPECT_FALSE(has(Story(replacements(12, 3000, "--", "--")).tell(), "sa-churn"));
}

TEST(Churn, IsNoSeriesOfRefusedSelectors) {
  std::string story = at(0, "ee AWS tunnel is sending response (id=1) for IKE_AUTH");
  for (int i = 1; i <= 12; ++i)
    story += at(i * 20, fmt::format("ee AWS tunnel is sending request (id={}) for CREATE_CHILD_SA", i)) +
             at(i * 20, "ee AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder");
  const Report report = Story(story).tell();
  EXPECT_FALSE(has(report, "sa-churn"));
  EXPECT_TRUE(has(report, "traffic-selector-mismatch"));
}

TEST(BgpFlapping, IsSeenWithinADayWhereIpsecStaysUp) {
  const auto drops = [](std::string_view ipsec) {
    std::string story = at(0, "ee up") + at(1, "bgp+ BGP session established");
    for (int i = 1; i <= 3; ++i)
      story += at(i * 7200, "bgp- AWS-side peer BGP session state has changed from Established to Idle with neighbor 169.254.1.1") + at(i * 7200 + 5, ipsec) +
               at(i * 7200 + 50, "ee up") + at(i * 7200 + 60, "bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.1.1");
    return story + at(4 * 7200, "ee routine");
  };
  EXPECT_TRUE(has(Story(drops("ee up")).tell(), "bgp-flapping"));
  EXPECT_FALSE(has(Story(drops("dd AWS tunnel DPD timed out after 3 retransmits")).tell(), "bgp-flapping"));
}

TEST(DpdTimeouts, OfASecondAreReportedAsInterruptions) {
  std::string story = at(0, "ee up");
  for (int i = 1; i <= 5; ++i) story += at(i * 1800, "dd AWS tunnel DPD timed out after 3 retransmits") + at(i * 1800 + 4, "ee up");
  const Report report = Story(story).tell();
  ASSERT_TRUE(has(report, "dpd-timeout"));
  EXPECT_THAT(finding(report, "dpd-timeout")->summary, ::testing::HasSubstr("interruptions: 5"));
}

TEST(GiveUps, OfNegotiationsAreNoDpdTimeouts) {
  std::string story;
  for (int i = 0; i < 5; ++i)
    story += at(i * 60, "nd AWS tunnel is sending request (id=0) for IKE_SA_INIT") + at(i * 60 + 30, "dd AWS tunnel DPD timed out after 3 retransmits");
  const Report never_up = Story(story).tell();
  EXPECT_EQ(never_up.tunnels[0].primary_cause, "peer-unreachable");
  EXPECT_FALSE(has(never_up, "dpd-timeout"));
  const Report was_up = Story(at(0, "ee up") + at(100, "dd AWS tunnel DPD timed out after 3 retransmits") + at(101, "dd routine")).tell();
  EXPECT_EQ(was_up.tunnels[0].primary_cause, "dpd-timeout");
}

TEST(Refusals, BetweenRekeysOfTheSameIkeSaAreAboutAnotherPairOfNetworks) {
  std::string story = at(0, "ee AWS tunnel is sending response (id=1) for IKE_AUTH");
  for (int i = 1; i <= 5; ++i)
    story += at(i * 3000, fmt::format("ee AWS tunnel is sending response (id={}) for CREATE_CHILD_SA", 3 * i)) +
             at(i * 3000 + 1000, "ee AWS tunnel Phase 2 was unable to establish while keeping Phase 1") +
             at(i * 3000 + 2000, "ee AWS tunnel Phase 2 was unable to establish while keeping Phase 1");
  EXPECT_FALSE(has(Story(story + at(18500, "ee AWS tunnel is sending response (id=90) for CREATE_CHILD_SA")).tell(), "pfs-mismatch"));
}

TEST(Phase2ThatOutlivesPhase1, IsIkeV1AndNoOutage) {
  std::string story = at(0, "ee up");
  for (int i = 1; i <= 20; ++i) story += at(i * 60, "de DPD");
  const Report report = Story(story).tell();
  EXPECT_TRUE(report.tunnels[0].outages.empty());
  EXPECT_EQ(report.tunnels[0].status, "degraded");
}

TEST(Bgp, IsNotDatedBackWhereIpsecHadLongBeenUp) {
  std::string story;
  for (int i = 0; i <= 20; ++i) story += at(i * 60, "ee AWS tunnel received DPD request (id=1)");
  const Report report = Story(story + at(1210, "bgp- AWS-side peer BGP session state has changed from Idle to Connect with neighbor 169.254.1.1")).tell();
  ASSERT_EQ(report.tunnels[0].outages.size(), 1u);
  EXPECT_THAT(tunnels_text(report), ::testing::HasSubstr("20:10-open"));
}

TEST(LogsThatFailForLong, AreDiagnosedInTimeThatGrowsWithThem) {
  std::string story;
  for (int i = 0; i < 40'000; ++i) story += at(3 * i, i % 2 == 0 ? "-- No Proposal Match Found by AWS" : "-- AWS tunnel Phase 2 was unable to establish while keeping Phase 1");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(has(Story(story).tell(), "child-proposal-mismatch"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));  // comparing all with all takes longer than that
}

TEST(Flapping, EndsWithHysteresis) {
  const std::string story = silent_drops(4, 60, 15);
  EXPECT_EQ(Story(story).tell().tunnels[0].status, "flapping");
  EXPECT_EQ(Story(story + at(5 * 3600, "ee routine")).tell().tunnels[0].status, "degraded");
}

TEST(Flapping, OfOutagesThatNothingExplainsIsTheRootCause) {
  const Report report = Story(silent_drops(5, 60, 15)).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "tunnel-flapping");
  EXPECT_EQ(finding(report, "unexplained-outage")->role, kb::Role::Symptom);
}

// DELETE after `quiet` seconds of silence, `work` seconds of records before it, back after `down` seconds.
std::string deletes(const std::vector<int>& work, int quiet, int down) {
  std::string story = at(0, "dd start");
  int t = 1;
  for (const int w : work) {
    story += at(t, "ee up");
    for (int s = 20; s <= w; s += 20) story += at(t + s, "ee AWS tunnel is doing routine things");
    t += w / 20 * 20 + quiet;
    story += at(t, "dd AWS tunnel received DELETE for IKE_SA from CGW");
    t += down;
  }
  return story + at(t, "ee up");
}

TEST(Deletes, AfterTheSameSilenceAtAnyAgeAreAnIdleTimeout) {
  const Report report = Story(deletes({400, 1000, 240, 700}, 600, 300)).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "idle-timeout");
  EXPECT_EQ(std::get<double>(finding(report, "idle-timeout")->details.at("quiet_s")), 600);
}

TEST(Deletes, TheFirstAfterTheSameSilenceIsOneOfThemThoughTheAgeOfItsSaIsNotKnown) {
  std::string story = at(0, "ee AWS tunnel is doing routine things");
  story += at(600, "dd AWS tunnel received DELETE for IKE_SA from CGW");
  int t = 900;
  for (const int work : {400, 1000, 240}) {
    story += at(t, "ee up");
    for (int s = 20; s <= work; s += 20) story += at(t + s, "ee AWS tunnel is doing routine things");
    story += at(t + work + 600, "dd AWS tunnel received DELETE for IKE_SA from CGW");
    t += work + 900;
  }
  const Report report = Story(story + at(t, "ee up")).tell();
  EXPECT_EQ(std::get<double>(finding(report, "idle-timeout")->details.at("deletes")), 4);
  EXPECT_FALSE(has(report, "peer-closed-ike-sa"));
}

TEST(Deletes, AfterAQuietSpellKeepItsLengthThoughNobodyInitiatesForLonger) {
  std::string story;
  int t = 0;
  for (const int work : {400, 1000, 240, 700}) {
    story += at(t, "ee up");
    for (int s = 20; s <= work; s += 20) story += at(t + s, "ee AWS tunnel is doing routine things");
    story += at(t + work + 600, "dd AWS tunnel received DELETE for IKE_SA from CGW");
    t += work + 600 + 3600;
  }
  story += at(t, "ee up");
  for (int s = 0; s <= t; s += 60) story += "2|" + at(s, "ee AWS tunnel is doing routine things");
  const Report report = Story(story).tell();
  EXPECT_EQ(std::get<double>(finding(report, "idle-timeout")->details.at("quiet_s")), 600);
  EXPECT_EQ(std::get<double>(finding(report, "nobody-initiates")->details.at("silence_s")), 3600);
}

TEST(NobodyInitiates, IsNotSeenWhereTheOtherTunnelWentQuietAsWell) {
  std::string story;
  for (int t = 0; t <= 600; t += 60) story += at(t, "ee AWS tunnel is doing routine things") + "2|" + at(t, "ee AWS tunnel is doing routine things");
  story += at(660, "dd AWS tunnel received DELETE for IKE_SA from CGW") + "2|" + at(1020, "dd AWS tunnel received DELETE for IKE_SA from CGW") +
           at(36000, "ee up") + "2|" + at(35990, "ee up");
  EXPECT_EQ(tunnels_text(Story(story).tell()), "1: degraded ee cause=peer-closed-ike-sa | 11:00-10:00:00 peer-closed-ike-sa\n"
                                               "2: degraded ee cause=peer-closed-ike-sa | 17:00-9:59:50 peer-closed-ike-sa\n");
}

TEST(Deletes, AtASteadyAgeAmidRecordsAreTheGatewaysClock) {
  const Report report = Story(deletes({1200, 1200, 1200, 1200}, 7, 300)).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "rekey-failure");
  EXPECT_EQ(std::get<std::string>(finding(report, "rekey-failure")->details.at("clock")), "gateway");
}

TEST(Deletes, WithNothingBetweenAndBackAtOnceAreTheGatewaysClock) {
  EXPECT_EQ(Story(deletes({0, 0, 0, 0}, 1800, 20)).tell().tunnels[0].primary_cause, "rekey-failure");
  EXPECT_EQ(Story(deletes({0, 0, 0, 0}, 1800, 900)).tell().tunnels[0].primary_cause, "idle-timeout");
}

// AWS asks each minute whether the gateway is there, idle or not: how long ago it last did so is steady as well.
TEST(Deletes, AtASteadierAgeThanSilenceAreTheGatewaysClock) {
  EXPECT_EQ(Story(deletes({1680, 1680, 1680, 1680}, 120, 25)).tell().tunnels[0].primary_cause, "rekey-failure");
  EXPECT_EQ(Story(deletes({3600, 3660, 3740, 3560}, 300, 25)).tell().tunnels[0].primary_cause, "idle-timeout");
}

TEST(Deletes, AtNoSteadyAgeOrSilenceAreJustDeletes) {
  EXPECT_EQ(Story(deletes({400, 2000, 240, 5000}, 7, 300)).tell().tunnels[0].primary_cause, "peer-closed-ike-sa");
}

TEST(Rekey, UnansweredByTheGatewayIsARekeyFailure) {
  const Report report = Story("00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
                              "54:00 er AWS tunnel is sending request (id=4) for CREATE_CHILD_SA\n"
                              "54:50 dd AWS tunnel DPD timed out after 5 retransmits\n")
                            .tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "rekey-failure");
  EXPECT_FALSE(has(report, "dpd-timeout"));
}

TEST(Rekey, UnansweredOnBothTunnelsAgainAndAgainIsNotTheGatewaysOutage) {
  std::string story;
  for (const std::string tunnel : {"", "2|"}) {
    const int later = tunnel.empty() ? 0 : 20;
    for (int t = later, id = 1; t < 5 * 3300; t += 3300, ++id)
      story += tunnel + at(t, "ee up") + tunnel + at(t + 3240, "er AWS tunnel is sending request (id=4) for CREATE_CHILD_SA") +
               tunnel + at(t + 3270, "dd AWS tunnel DPD timed out after 5 retransmits");
    story += tunnel + at(5 * 3300 + later, "ee up");
  }
  const Report report = Story(story).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "rekey-failure");
  EXPECT_EQ(report.tunnels[1].primary_cause, "rekey-failure");
  EXPECT_FALSE(has(report, "gateway-outage"));
}

TEST(Rekey, RefusedOnceAndThenDoneOnTheSameIkeSaIsNoMismatch) {
  const char* story = "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
                      "54:00 ee No Proposal Match Found by AWS\n"
                      "54:04 er AWS tunnel processed request (id=4) for CREATE_CHILD_SA\n"
                      "54:05 ee AWS tunnel is sending response (id=4) for CREATE_CHILD_SA\n"
                      "54:05 ee AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n"
                      "60:00 ee routine\n";
  EXPECT_FALSE(has(Story(story).tell(), "pfs-mismatch"));
}

TEST(GatewayOutage, IsNotWhereItsOtherConnectionStaysUp) {
  const std::string half_open = "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20";
  std::string story;
  for (const std::string tunnel : {"", "2|"})
    story += tunnel + at(0, "ee up") + tunnel + at(600, "dd AWS tunnel DPD timed out after 5 retransmits") + tunnel + at(660, "nd " + half_open) +
             tunnel + at(900, "ee up");
  EXPECT_TRUE(has(Story(story).tell(), "gateway-outage"));
  std::string other;
  for (int t = 0; t <= 1200; t += 60) other += "3|" + at(t, t == 0 ? "ee " + half_open : "ee AWS tunnel is doing routine things");
  const Report report = Story(story + other).tell();
  EXPECT_FALSE(has(report, "gateway-outage"));
  EXPECT_EQ(report.tunnels[0].primary_cause, "dpd-timeout");
}

TEST(Grace, IsGivenToTheOtherTunnelToo) {
  const std::string refused = "nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20";
  std::string story = "2|" + at(0, "nd state") + "2|" + at(3, "ee up") + "2|" + at(1800, "ee routine");
  for (int t = 0; t <= 1800; t += 30) story += at(t, refused);
  EXPECT_EQ(finding(Story(story).tell(), "psk-mismatch")->impact, kb::Impact::Redundancy);

  const std::string in_turn = at(0, "ee up") + "2|" + at(0, "ee up") + at(600, "dd AWS tunnel DPD timed out after 5 retransmits") + at(621, "ee up") +
                              "2|" + at(620, "dd AWS tunnel DPD timed out after 5 retransmits") + "2|" + at(641, "ee up");
  EXPECT_FALSE(has(Story(in_turn).tell(), "connection-outage"));
}

TEST(Rekey, AnsweredBeforeADpdTimeoutIsNotTheReason) {
  const Report report = Story("00:00 ee AWS tunnel is sending request (id=4) for CREATE_CHILD_SA\n"
                              "00:00 ee AWS tunnel processed response (id=4) for CREATE_CHILD_SA\n"
                              "00:50 dd AWS tunnel DPD timed out after 5 retransmits\n")
                            .tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "dpd-timeout");
}

TEST(Collision, WithoutConsequenceIsContext) {
  const Report report = Story("00:00 ee up\n"
                              "10:00 er AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE\n"
                              "10:01 ee AWS tunnel (CHILD_SA) redundant SA is being deleted due to detected collision\n")
                            .tell();
  EXPECT_EQ(finding(report, "rekey-collision")->severity, kb::Severity::Info);
  EXPECT_EQ(report.tunnels[0].primary_cause, "");
}

TEST(Collision, ThatTakesTheChildSaDownIsAWarning) {
  const Report report = Story("00:00 ee up\n"
                              "10:00 er AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE\n"
                              "10:03 ed AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n"
                              "10:30 ee up\n")
                            .tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "rekey-collision");
  EXPECT_EQ(finding(report, "rekey-collision")->severity, kb::Severity::Warning);
}

TEST(Replacement, IsASilentEndAndMessageIdsThatStartAgain) {
  const char* story = "00:00 ee AWS tunnel processed request (id=41) for CREATE_CHILD_SA\n"
                      "30:00 dd state\n"
                      "35:00 nd state\n"
                      "35:01 ee state\n"
                      "55:00 ee AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n";
  const Report report = Story(story).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "endpoint-replacement");
  EXPECT_EQ(finding(report, "endpoint-replacement")->severity, kb::Severity::Info);
  EXPECT_EQ(finding(report, "endpoint-replacement")->confidence, kb::Confidence::Possible);

  Story reported(story);
  reported.options.maintenance.push_back({1772325000000, 1772325000000, "vpn-0123456789abcdef0", "203.0.113.1", "", true});
  EXPECT_EQ(finding(reported.tell(), "endpoint-replacement")->confidence, kb::Confidence::Certain);
}

TEST(Replacement, IsNotWhatIdsThatGoOnShow) {
  const Report report = Story("00:00 ee AWS tunnel processed request (id=41) for CREATE_CHILD_SA\n"
                              "30:00 dd state\n35:01 ee state\n"
                              "55:00 ee AWS tunnel processed request (id=42) for CREATE_CHILD_SA\n")
                            .tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "unexplained-outage");
}

TEST(Replacement, IsNotWhereTheFirstIdAfterwardsIsFarFromZero) {
  const Report report = Story("00:00 ee state\n30:00 dd state\n45:00 ee state\n"
                              "55:00 ee AWS tunnel processed request (id=222) for CREATE_CHILD_SA\n")
                            .tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "unexplained-outage");
}

TEST(Replacement, OfBothTunnelsAtOnceIsSaidThoughOneIsNotBack) {
  const Report report = Story("00:00 ee state\n2|00:00 ee state\n30:00 dd state\n2|30:00 dd state\n35:00 ee state\n40:00 ee state\n").tell();
  EXPECT_EQ(std::get<std::string>(finding(report, "endpoint-replacement")->details.at("both_tunnels")), "yes");
}

TEST(Replacement, MayLieInAGapOfWhichOnlyTheNegotiationShows) {
  std::string story;
  for (int t = 0; t <= 3600; t += 60) story += at(t, "ee routine");
  const std::string after = at(7201, "ee AWS tunnel processed request (id=1) for IKE_AUTH") + at(7260, "ee routine");
  const std::string begins = "nd AWS tunnel processed request (id=0) for IKE_SA_INIT";
  const Report report = Story(story + at(7200, begins) + after).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "endpoint-replacement");
  EXPECT_EQ(finding(report, "endpoint-replacement")->severity, kb::Severity::Info);
  for (int t = 3660; t < 7200; t += 60) story += at(t, "ee routine");
  EXPECT_FALSE(has(Story(story + at(7200, begins) + after).tell(), "endpoint-replacement"));
}

TEST(GatewayRestart, IsAFreshInitOverALiveIkeSa) {
  const Report report = Story("00:00 ee AWS tunnel processed request (id=5) for CREATE_CHILD_SA\n"
                              "20:00 ee AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
                              "20:01 ee AWS tunnel processed request (id=1) for IKE_AUTH\n"
                              "30:00 ee routine\n")
                            .tell();
  EXPECT_EQ(finding(report, "gateway-restart")->severity, kb::Severity::Info);
}

TEST(GatewayRestart, IsNotAReauthentication) {
  const Report report = Story("00:00 ee AWS tunnel processed request (id=5) for CREATE_CHILD_SA\n"
                              "20:00 ee AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
                              "20:01 ee AWS tunnel received DELETE for IKE_SA from CGW\n"
                              "30:00 ee routine\n")
                            .tell();
  EXPECT_FALSE(has(report, "gateway-restart"));
}

TEST(Churn, IsPhase2ReplacedEveryFewSeconds) {
  std::string story = at(0, "ee up");
  for (int i = 1; i <= 12; ++i) story += at(i * 20, "ee AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4");
  EXPECT_EQ(Story(story).tell().tunnels[0].primary_cause, "sa-churn");
}

TEST(Churn, IsNoClockAndExplainsWhatItInterrupts) {
  std::string story = at(0, "ee up");
  for (int i = 1; i <= 60; ++i)
    story += at(i * 90, "ee AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4") + at(i * 90 + 2, "ed state") + at(i * 90 + 15, "ee state");
  const Report report = Story(story).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "sa-churn");
  EXPECT_FALSE(has(report, "rekey-failure"));
  EXPECT_EQ(finding(report, "tunnel-flapping")->role, kb::Role::Symptom);
  EXPECT_EQ(finding(report, "peer-closed-child-sa")->role, kb::Role::Symptom);
}

TEST(Interruptions, OfPhase1OverALivePhase2AreNoDrops) {
  std::string story = at(0, "ee up");
  for (int i = 1; i <= 9; ++i) story += at(i * 28200, "ne AWS tunnel processed request for Main Mode") + at(i * 28200 + 2, "ee state");
  const Report report = Story(story).tell();
  EXPECT_EQ(report.tunnels[0].interruptions, 9U);
  EXPECT_EQ(report.tunnels[0].primary_cause, "");
  EXPECT_FALSE(has(report, "rekey-failure") || has(report, "endpoint-replacement"));
}

TEST(DpdTimeout, OfBothTunnelsIsTheGatewaysHoweverSoonOneIsBack) {
  for (const int back : {6, 60}) {
    std::string story = at(0, "ee up") + "2|" + at(0, "ee up");
    story += at(3600, "dd AWS tunnel DPD timed out after 3 retransmits") + "2|" + at(3609, "dd AWS tunnel DPD timed out after 3 retransmits");
    story += at(3600 + back, "ee up") + "2|" + at(3609 + 2 * back, "ee up");
    EXPECT_TRUE(has(Story(story).tell(), "gateway-outage")) << back;
  }
}

TEST(Refusals, OfOnePairWhileAnotherIsRenewedAreOneCause) {
  std::string story = at(0, "ee AWS tunnel is sending response (id=1) for IKE_AUTH");
  for (int i = 1; i <= 6; ++i) {
    story += at(i * 3000, fmt::format("ee AWS tunnel is sending response (id={}) for CREATE_CHILD_SA", 3 * i));
    for (int j = 1; j <= 5; ++j)
      story += at(i * 3000 + j * 60, "ee No Proposal Match Found. Notifying with No proposal chosen") + at(i * 3000 + j * 60, "ee AWS tunnel Phase 2 was unable to establish while keeping Phase 1");
  }
  const Report report = Story(story + at(21500, "ee AWS tunnel is sending response (id=90) for CREATE_CHILD_SA")).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "traffic-selector-mismatch");
  EXPECT_FALSE(has(report, "child-proposal-mismatch"));
}

TEST(Deletes, OfAChildThatNothingReplacesMayComeLongBeforeTheStatesFollow) {
  for (const int lag : {1, 11, 45}) {
    const std::string story = at(0, "ee AWS tunnel is sending response (id=1) for IKE_AUTH") + at(7000, "ee AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4");
    EXPECT_EQ(Story(story + at(7000 + lag, "ed state") + at(7600, "ee up")).tell().tunnels[0].primary_cause, "peer-closed-child-sa") << lag;
  }
}

// Records behind --until were left out: that there are none does not say that the tunnel is silent.
TEST(Until, IsWhenSilenceIsJudged) {
  std::string text;
  for (int t = 0; t <= 3600; t += 60) text += at(t, "ee routine");
  Story story(text);
  const Report whole = story.tell();
  story.options.until = whole.tunnels[0].last + 30 * kSecond;
  story.options.now = whole.tunnels[0].last + 10 * 3600 * kSecond;
  EXPECT_EQ(story.tell().tunnels[0].status, "up");
}

// The record of the give-up itself may state what was before it, and until somebody negotiates anew nothing may be logged.
TEST(DpdTimeout, BeforeALongQuietIsWhyTheTunnelWasNegotiatedAnew) {
  for (const int quiet : {40, 300, 1800}) {
    const std::string gave_up = at(0, "ee up") + at(7200, "ee AWS tunnel DPD timed out after 3 retransmits");
    const std::string anew = at(7200 + quiet, "nd AWS tunnel processed request (id=0) for IKE_SA_INIT") + at(7201 + quiet, "ee up");
    EXPECT_EQ(Story(gave_up + anew).tell().tunnels[0].primary_cause, "dpd-timeout") << quiet;
    const std::string seen_down = at(7190 + quiet, "dd state");
    EXPECT_EQ(Story(gave_up + seen_down + anew).tell().tunnels[0].primary_cause, "dpd-timeout") << quiet;
  }
}

TEST(Gap, IsFarLongerThanTheUsualSpacing) {
  std::string story;
  for (int t = 0; t <= 3600; t += 60) story += at(t, "ee routine");
  for (int t = 4 * 3600; t <= 5 * 3600; t += 60) story += at(t, "ee routine");
  const Report report = Story(story).tell();
  EXPECT_EQ(std::get<double>(finding(report, "log-gap")->details.at("longest_gap_s")), 3 * 3600);

  std::string hourly;
  for (int t = 0; t <= 24 * 3600; t += 3300) hourly += at(t, "ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA");
  EXPECT_FALSE(has(Story(hourly).tell(), "log-gap"));
}

TEST(Silence, BeforeNowMakesATunnelUnknown) {
  Story story("00:00 ee routine\n01:00 ee routine\n02:00 ee routine\n");
  story.options.now = 1772323200000 + 10 * kMinute;
  EXPECT_EQ(story.tell().tunnels[0].status, "up");
  story.options.now = 1772323200000 + 20 * kMinute;
  EXPECT_EQ(story.tell().tunnels[0].status, "unknown");
}

TEST(Contradiction, OfMessageAndStatesIsAFindingOfItsOwn) {
  const Report report = Story("00:00 ee up\n10:00 ee AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
                              "20:00 ee routine\n")
                            .tell();
  EXPECT_EQ(finding(report, "contradictory-state")->role, kb::Role::Context);
  EXPECT_EQ(report.tunnels[0].status, "up");
}

TEST(Unrecognised, BeforeAnOutageThatNothingExplains) {
  const Report report = Story("00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
                              "09:30 ee the flux capacitor is discharging\n10:00 ed state\n12:00 ee state\n")
                            .tell();
  EXPECT_TRUE(has(report, "unrecognised-messages"));
  EXPECT_FALSE(has(Story("00:00 ee the flux capacitor is discharging\n09:30 ee routine\n").tell(), "unrecognised-messages"));
}

TEST(Maintenance, ExplainsOutagesThatFallIntoIt) {
  Story story("00:00 ee up\n10:00 dd AWS tunnel DPD timed out after 3 retransmits\n12:00 ee up\n");
  story.options.maintenance.push_back({1772323200000, 1772323200000 + kHour, "", "", "line works", false});
  const Report report = story.tell();
  EXPECT_EQ(tunnels_text(report), "1: up ee cause=planned-maintenance | 10:00-12:00 planned-maintenance\n");
  EXPECT_EQ(finding(report, "planned-maintenance")->severity, kb::Severity::Info);
}

TEST(Since, LeavesOutOutagesThatEndedBefore) {
  Story story("00:00 ee up\n10:00 dd AWS tunnel DPD timed out after 3 retransmits\n12:00 ee up\n60:00 ee routine\n");
  story.options.since = 1772323200000 + 30 * kMinute;
  EXPECT_EQ(tunnels_text(story.tell()), "1: up ee cause=none\n");
}

TEST(Commands, NameThisCasesConnectionAndTunnel) {
  const Report report = Story("00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n").tell();
  std::string commands;
  for (const Step& step : finding(report, "psk-mismatch")->steps) commands += step.command + "\n";
  EXPECT_THAT(commands, ::testing::HasSubstr("--vpn-connection-id vpn-0123456789abcdef0 "));
  EXPECT_THAT(commands, ::testing::Not(::testing::HasSubstr("TUNNEL_IP")));
}

TEST(Commands, LookAtTheTimeOfTheFindingAndNotAtNow) {
  const std::string psk = "nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n";
  struct Row {
    std::string story;
    const char* window;
  };
  const Row rows[] = {{"00:00 " + psk + "30:00 " + psk, "--since \"2026-02-28 23:50:00 UTC\" --until \"2026-03-01 00:40:00 UTC\""},
                      {"00:00 " + psk, "--since \"2026-02-28 23:50:00 UTC\" --until \"2026-03-01 00:10:00 UTC\""}};
  for (const Row& row : rows) {
    const Report report = Story(row.story).tell();
    std::string commands;
    for (const Step& step : finding(report, "psk-mismatch")->steps) commands += step.command + "\n";
    EXPECT_THAT(commands, ::testing::HasSubstr(row.window));
    EXPECT_THAT(commands, ::testing::Not(::testing::ContainsRegex("ago|START|END_")));
  }
}

TEST(Summaries, SayTheTimeOfOneRecordOnce) {
  const std::string psk = "nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n";
  EXPECT_THAT(finding(Story("00:00 " + psk).tell(), "psk-mismatch")->summary, ::testing::EndsWith("records that say so: 1, at 2026-03-01 00:00:00"));
  EXPECT_THAT(finding(Story("00:00 " + psk + "05:00 " + psk).tell(), "psk-mismatch")->summary,
              ::testing::EndsWith("records that say so: 2, 2026-03-01 00:00:00 to 2026-03-01 00:05:00"));
}

TEST(FillIn, LeavesOutClausesWithoutAValue) {
  const Values values{{"count", "3"}};
  EXPECT_EQ(fill_in("{count} refusals[ by {peer}][, {count} in all]", values), "3 refusals, 3 in all");
  EXPECT_EQ(fill_in("by {peer}", values), "by ?");
}

TEST(FillIn, SaysOneOfWhatIsCountedInTheSingular) {
  const auto said = [](const char* count, const char* text) { return fill_in(text, Values{{"count", count}}); };
  EXPECT_EQ(said("1", "paused {count} times, of {count} users"), "paused once, of 1 user");
  EXPECT_EQ(said("1", "{count} connections were refused"), "1 connection was refused");
  EXPECT_EQ(said("2", "{count} connections were refused {count} times"), "2 connections were refused 2 times");
  EXPECT_EQ(said("1", "count {count} timestamps, {count}"), "count 1 timestamps, 1");
}

}  // namespace
}  // namespace tunnelscope::diag::test
