// What a story of records comes to: state, outages, their causes, the findings. Message texts are the AWS guide's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "diag_story.hpp"

namespace tunnelscope::diag::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  const char* name;
  const char* story;
  const char* tunnels;
  const char* findings;
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Outages : public ::testing::TestWithParam<Row> {};

TEST_P(Outages, ComeToTheseTunnelsAndFindings) {
  const Report report = Story(GetParam().story).tell();
  EXPECT_EQ(tunnels_text(report), GetParam().tunnels);
  EXPECT_EQ(findings_text(report), GetParam().findings);
}

constexpr const char* kMissing = "info context redundancy-lost connection x1\n";

const Row kRows[] = {
    {"PskMismatchFromTheBeginning",
     "00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "00:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "00:30 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "00:30 dd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n",
     "1: down dd cause=psk-mismatch | 00:00-open psk-mismatch\n", "critical root-cause psk-mismatch 1 x2\n"},
    {"AuthenticationFailureWithoutAKeyMessage",
     "00:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "00:30 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n",
     "1: down nd cause=authentication-failed | 00:00-open authentication-failed\n",
     "critical root-cause authentication-failed 1 x2\n"},
    {"NoProposalBeforePhase1IsUpIsPhase1",
     "00:00 nd No Proposal Match Found. Notifying with \"No proposal chosen\"\n"
     "00:20 nd No Proposal Match Found. Notifying with \"No proposal chosen\"\n",
     "1: down nd cause=ike-proposal-mismatch | 00:00-open ike-proposal-mismatch\n",
     "critical root-cause ike-proposal-mismatch 1 x2\n"},
    {"NoProposalWithPhase1UpAndNoChildBeforeIsPhase2",
     "00:00 en No Proposal Match Found by AWS\n"
     "00:20 en AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: down en cause=child-proposal-mismatch | 00:00-open child-proposal-mismatch\n",
     "critical root-cause child-proposal-mismatch 1 x2\n"},
    {"DpdTimeoutThatRecovered",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "12:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
     "13:00 ee AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n",
     "1: degraded ee cause=dpd-timeout | 10:00-12:00 dpd-timeout\n",
     "warning root-cause dpd-timeout 1 x1\ninfo context redundancy-lost connection x1\n"},
    {"DeleteOfTheIkeSaIsAnOutageOnlyWhenPhase1GoesDown",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel received DELETE for IKE_SA from CGW\n",
     "1: down dd cause=peer-closed-ike-sa | 10:00-open peer-closed-ike-sa\n",
     "critical root-cause peer-closed-ike-sa 1 x1\n"},
    {"DeleteDuringRekeyIsHousekeeping",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 er AWS tunnel processed request (id=4) for CREATE_CHILD_SA\n"
     "10:00 er AWS tunnel is sending response (id=4) for CREATE_CHILD_SA\n"
     "10:00 ee AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n",
     "1: up ee cause=none\n", kMissing},
    {"PlannedDeleteWithinTheGraceTimeIsAnInterruption",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel received DELETE for IKE_SA from CGW\n"
     "10:06 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n",
     "1: up ee cause=none interruptions=1\n", kMissing},
    {"WhyItFellAndWhyItStaysDownAreTwoThings",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "15:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "55:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n",
     "1: down nd cause=psk-mismatch | 10:00-open dpd-timeout/psk-mismatch\n",
     "critical root-cause psk-mismatch 1 x2\nwarning root-cause dpd-timeout 1 x1\n"},
    {"ASecondFallLaterExplainsWhyItStaysDown",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 ed AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n"
     "43:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "44:00 dd routine\n",
     "1: down dd cause=dpd-timeout | 10:00-open peer-closed-child-sa/dpd-timeout\n",
     "critical root-cause dpd-timeout 1 x1\nwarning root-cause peer-closed-child-sa 1 x1\n"},
    {"DpdLineThatComesLateIsStillTheCause",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd something\n"
     "10:20 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "20:00 nd AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "20:01 ee AWS tunnel processed request (id=1) for IKE_AUTH\n"
     "21:00 ee routine\n",
     "1: degraded ee cause=dpd-timeout | 10:00-20:01 dpd-timeout\n",
     "warning root-cause dpd-timeout 1 x1\ninfo context redundancy-lost connection x1\n"},
    {"PfsMismatchShowsAtTheFirstRekey",
     "00:00 nd IKE negotiation begins\n"
     "00:01 ee tunnel comes up\n"
     "54:00 er AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n"
     "54:00 er No Proposal Match Found. Notifying with \"No proposal chosen\"\n"
     "54:00 er AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "59:00 ed AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n"
     "59:07 ed AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "1:05:00 ed AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: down ed cause=pfs-mismatch | 59:00-open pfs-mismatch\n", "critical root-cause pfs-mismatch 1 x4\n"},
    {"BothTunnelsSilentAtOncePointToTheGateway",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "2|00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "2|10:20 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "12:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
     "2|12:10 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n",
     "1: degraded ee cause=gateway-outage | 10:00-12:00 gateway-outage\n"
     "2: degraded ee cause=gateway-outage | 10:20-12:10 gateway-outage\n",
     "warning root-cause gateway-outage connection x2\n"
     "warning symptom connection-outage connection x1\n"
     "warning symptom dpd-timeout 1 x1\nwarning symptom dpd-timeout 2 x1\n"},
    {"SilenceAfterTheFallWhileTheOtherTunnelGoesOn",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "2|00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "2|12:00 ee routine\n2|16:00 ee routine\n2|20:00 ee routine\n",
     "1: down dd cause=nobody-initiates | 10:00-open dpd-timeout/nobody-initiates\n2: up ee cause=none\n",
     "critical root-cause nobody-initiates 1 x1\nwarning root-cause dpd-timeout 1 x1\n"
     "warning symptom redundancy-lost connection x1\n"},
    {"SilenceWithoutAWordIsNotWhyItFell",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "2|00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel is sending DPD request (id=9)\n"
     "2|12:00 ee routine\n2|16:00 ee routine\n2|20:00 ee routine\n",
     "1: down dd cause=nobody-initiates | 10:00-open none/nobody-initiates\n2: up ee cause=none\n",
     "critical root-cause nobody-initiates 1 x1\nwarning symptom redundancy-lost connection x1\n"},
    {"GatewayThatCameBackWithAnotherKey",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "2|00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "2|10:20 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "16:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
     "2|15:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "2|40:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n",
     "1: degraded ee cause=gateway-outage | 10:00-16:00 gateway-outage\n"
     "2: down nd cause=psk-mismatch | 10:20-open gateway-outage/psk-mismatch\n",
     "critical root-cause psk-mismatch 2 x2\nwarning root-cause gateway-outage connection x2\n"
     "warning symptom connection-outage connection x1\n"
     "warning symptom redundancy-lost connection x1\n"
     "warning symptom dpd-timeout 1 x1\nwarning symptom dpd-timeout 2 x1\n"},
    {"GatewayThatAnswersOneTunnelAgainIsNotGone",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "2|00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "2|10:20 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "16:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
     "2|15:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n"
     "2|20:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n"
     "2|25:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n"
     "28:00 ee routine\n"
     "2|30:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n",
     "1: degraded ee cause=gateway-outage | 10:00-16:00 gateway-outage\n"
     "2: down dd cause=peer-unreachable | 10:20-open gateway-outage/peer-unreachable\n",
     "critical root-cause peer-unreachable 2 x4\nwarning root-cause gateway-outage connection x2\n"
     "warning symptom connection-outage connection x1\n"
     "warning symptom redundancy-lost connection x1\n"
     "warning symptom dpd-timeout 1 x1\nwarning symptom dpd-timeout 2 x1\n"},
    {"AuthenticationThatFailsOnAfterTheKeyWasMended",
     "00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "01:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "10:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "40:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n",
     "1: down nd cause=authentication-failed | 00:00-open psk-mismatch/authentication-failed\n",
     "critical root-cause authentication-failed 1 x2\nwarning root-cause psk-mismatch 1 x1\n"},
    {"TheKeyNamedOnceSpeaksForTheFailuresAroundIt",
     "00:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "04:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "08:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "08:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "12:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n"
     "16:00 nd AWS tunnel is sending AUTHENTICATION_FAILED as the response\n",
     "1: down nd cause=psk-mismatch | 00:00-open psk-mismatch\n", "critical root-cause psk-mismatch 1 x1\n"},
    {"OfSeveralFaultsInTurnTheLongestIsThePrimaryCause",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel received DELETE for IKE_SA from CGW\n"
     "12:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "16:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "28:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "38:00 ed AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder\n"
     "40:00 ee up\n",
     "1: degraded ee cause=psk-mismatch | 10:00-40:00 peer-closed-ike-sa/traffic-selector-mismatch\n",
     "warning root-cause peer-closed-ike-sa 1 x1\nwarning root-cause psk-mismatch 1 x3\n"
     "warning root-cause traffic-selector-mismatch 1 x1\ninfo context redundancy-lost connection x1\n"},
    {"ALogThatBeginsWithTheTunnelDownForLongBeginsInAnOutage",
     "00:00 dd state\n20:00 ee up\n25:00 ee routine\n",
     "1: degraded ee cause=unexplained-outage | 00:00-20:00 unexplained-outage\n",
     "warning root-cause unexplained-outage 1 x1\ninfo context redundancy-lost connection x1\ninfo context unrecognised-messages 1 x1\n"},
    {"SilenceAfterAnotherFaultIsAnotherSilence",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "10:30 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "12:30 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "20:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n"
     "50:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n",
     "1: down dd cause=peer-unreachable | 10:00-open dpd-timeout/peer-unreachable\n",
     "critical root-cause peer-unreachable 1 x2\nwarning root-cause dpd-timeout 1 x1\n"
     "warning root-cause psk-mismatch 1 x2\n"},
    {"Phase1GoneOverALivePhase2IsAWarning",
     "00:00 ee routine\n"
     "10:00 de Peer is not responsive - Declaring peer dead\n"
     "20:00 de routine\n",
     "1: degraded de cause=dpd-timeout\n",
     "warning root-cause dpd-timeout 1 x1\ninfo context redundancy-lost connection x1\n"},
    {"Phase1ThatWentFirstIsWhyPhase2Went",
     "00:00 ee routine\n"
     "10:00 de AWS tunnel received DELETE for IKE_SA from CGW\n"
     "11:00 de Peer is not responsive - Declaring peer dead\n"
     "26:40 dd routine\n",
     "1: down dd cause=dpd-timeout | 26:40-open peer-closed-ike-sa/dpd-timeout\n",
     "critical root-cause dpd-timeout 1 x1\nwarning root-cause peer-closed-ike-sa 1 x1\n"},
    {"SelectorsRefusedAtARekeyAreNoPfsMismatch",
     "00:00 nd IKE negotiation begins\n"
     "00:01 ee tunnel comes up\n"
     "54:00 er AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder\n"
     "54:01 er AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "1:04:00 ed AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: down ed cause=traffic-selector-mismatch | 1:04:00-open traffic-selector-mismatch\n",
     "critical root-cause traffic-selector-mismatch 1 x1\n"},
    {"Phase2ThatFailsOnLongAfterTheSelectorsWereMended",
     "00:00 ed AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder\n"
     "20:00 ed AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "50:00 ed AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: down ed cause=child-proposal-mismatch | 00:00-open traffic-selector-mismatch/child-proposal-mismatch\n",
     "critical root-cause child-proposal-mismatch 1 x2\nwarning root-cause traffic-selector-mismatch 1 x1\n"},
    {"NoProposalWhilePhase1AloneIsRenewedIsPhase1",
     "00:00 nd IKE negotiation begins\n"
     "00:01 ee tunnel comes up\n"
     "54:00 re No Proposal Match Found by AWS\n"
     "59:00 nd No Proposal Match Found by AWS\n",
     "1: down nd cause=ike-proposal-mismatch | 59:00-open ike-proposal-mismatch\n",
     "critical root-cause ike-proposal-mismatch 1 x2\n"},
    {"HoldTimerBeforeDpdIsItsSymptom",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer BGP session state has changed from Established to Idle with neighbor 169.254.50.85\n"
     "10:25 dd AWS tunnel DPD timed out after 3 retransmits\n",
     "1: down dd cause=dpd-timeout | 10:00-open dpd-timeout\n",
     "critical root-cause dpd-timeout 1 x1\ncritical symptom bgp-hold-timer-expired 1 x1\n"},
    {"HoldTimerAMinuteBeforeDpdIsItsSymptom",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "11:05 dd AWS tunnel DPD timed out after 3 retransmits\n",
     "1: down dd cause=dpd-timeout | 10:00-open dpd-timeout\n",
     "critical root-cause dpd-timeout 1 x1\ncritical symptom bgp-hold-timer-expired 1 x1\n"},
    {"IpsecCameBackAndBgpDidNot",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "10:20 bgp- AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "15:00 ee routine\n25:00 ee routine\n",
     "1: down ee cause=bgp-down | 10:00-open dpd-timeout/bgp-down\n",
     "critical root-cause bgp-down 1 x1\nwarning root-cause dpd-timeout 1 x1\n"},
    {"IpsecCameBackAndBgpIsRefused",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "10:20 bgp- AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "15:00 ee routine\n"
     "16:42 bgp- AWS-side peer sent a notification 2/2 (OPEN Message Error/Bad Peer AS) to neighbor 169.254.50.85\n"
     "17:42 bgp- AWS-side peer sent a notification 2/2 (OPEN Message Error/Bad Peer AS) to neighbor 169.254.50.85\n"
     "25:00 ee routine\n",
     "1: down ee cause=bgp-as-mismatch | 10:00-open dpd-timeout/bgp-as-mismatch\n",
     "critical root-cause bgp-as-mismatch 1 x2\nwarning root-cause dpd-timeout 1 x1\n"},
    {"AKeyThatWasMendedIsNotWhyBgpIsMissing",
     "00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "10:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "11:00 ee routine\n"
     "11:01 bgp- routine\n"
     "1:11:00 ee routine\n",
     "1: down ee cause=bgp-down | 00:00-open psk-mismatch/bgp-down\n",
     "critical root-cause bgp-down 1 x1\nwarning root-cause psk-mismatch 1 x2\n"},
    {"CeaseAgainAndAgainIsThePeersRefusal",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:20 bgp- AWS-side peer received notification 6/5 (Cease/Connection Rejected) from neighbor 169.254.50.85\n"
     "01:20 bgp- AWS-side peer received notification 6/5 (Cease/Connection Rejected) from neighbor 169.254.50.85\n"
     "12:20 bgp- AWS-side peer received notification 6/5 (Cease/Connection Rejected) from neighbor 169.254.50.85\n",
     "1: down ee cause=bgp-closed-by-peer | 00:00-open bgp-closed-by-peer\n",
     "critical root-cause bgp-closed-by-peer 1 x3\n"},
    {"CeaseThatOnlyResolvesACollisionIsNoReason",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "10:20 bgp- AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "15:00 ee routine\n"
     "15:20 bgp- AWS-side peer received notification 6/7 (Cease/Connection Collision Resolution) from neighbor 169.254.50.85\n"
     "15:30 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "16:00 ee routine\n",
     "1: degraded ee cause=dpd-timeout | 10:00-15:30 dpd-timeout\n",
     "warning root-cause dpd-timeout 1 x1\n"
     "info context redundancy-lost connection x1\n"},
    {"HoldTimerOverLiveIpsecIsTheCause",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer BGP session state has changed from Established to Idle with neighbor 169.254.50.85\n"
     "14:00 ee routine\n",
     "1: down ee cause=bgp-hold-timer-expired | 10:00-open bgp-hold-timer-expired\n",
     "critical root-cause bgp-hold-timer-expired 1 x1\n"},
    {"BgpRecordsWithoutAStatusTellItByTheirText",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp? AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 bgp? AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.50.85\n"
     "10:00 bgp? AWS-side peer BGP session state has changed from Established to Idle with neighbor 169.254.50.85\n"
     "14:00 ee routine\n",
     "1: down ee cause=bgp-hold-timer-expired | 10:00-open bgp-hold-timer-expired\n",
     "critical root-cause bgp-hold-timer-expired 1 x1\n"},
    {"BgpOpensOfTheWrongAsWithoutAStatus",
     "00:00 bgp? AWS-side peer BGP session state has changed from Idle to Connect with neighbor 169.254.50.85\n"
     "00:01 bgp? AWS-side peer detected a bad OPEN message from neighbor 169.254.50.85 - remote AS is 65001, expected 65000\n"
     "02:01 bgp? AWS-side peer detected a bad OPEN message from neighbor 169.254.50.85 - remote AS is 65001, expected 65000\n",
     "1: down -- cause=bgp-as-mismatch | 00:00-open bgp-as-mismatch\n", "critical root-cause bgp-as-mismatch 1 x2\n"},
    {"CeaseThatSettlesNothingIsTheReason",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "00:01 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer received notification 6/7 (Cease/Connection Collision Resolution) from neighbor 169.254.50.85\n"
     "10:00 bgp- AWS-side peer BGP session state has changed from Established to Idle with neighbor 169.254.50.85\n"
     "20:00 ee routine\n",
     "1: down ee cause=bgp-closed-by-peer | 10:00-open bgp-closed-by-peer\n", "critical root-cause bgp-closed-by-peer 1 x1\n"},
    {"Phase1AloneStatedAndPhase2Fails",
     "00:00 e- AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "01:00 e- AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: unknown e- cause=child-proposal-mismatch\n", "critical root-cause child-proposal-mismatch 1 x2\n"},
    {"Phase1AloneStatedAfterANegotiationAndPhase2Fails",
     "00:00 n- AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "00:01 e- AWS tunnel is sending response (id=1) for IKE_AUTH\n"
     "54:00 e- AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "55:00 e- AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: unknown e- cause=pfs-mismatch\n", "critical root-cause pfs-mismatch 1 x2\n"},
    {"ALogThatBeginsWithARefusedRekey",
     "00:00 ee AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "33:00 ed AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n"
     "33:00 ed AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: down ed cause=pfs-mismatch | 33:00-open pfs-mismatch\n", "critical root-cause pfs-mismatch 1 x2\n"},
    {"Phase1AloneStatedEndsTheOutageThatItBegan",
     "00:00 e- routine\n10:00 d- AWS tunnel DPD timed out after 3 retransmits\n20:00 e- routine\n21:00 e- routine\n",
     "1: unknown e- cause=dpd-timeout | 10:00-20:00 dpd-timeout\n", "warning root-cause dpd-timeout 1 x1\n"},
    {"Phase1AloneStatedUpAndNoProposal",
     "00:00 e- No Proposal Match Found. Notifying with \"No proposal chosen\"\n"
     "01:00 e- No Proposal Match Found. Notifying with \"No proposal chosen\"\n",
     "1: unknown e- cause=child-proposal-mismatch\n", "critical root-cause child-proposal-mismatch 1 x2\n"},
    {"WithoutStatesAnAnsweredIkeAuthIsARecovery",
     "00:00 -- AWS tunnel DPD timed out after 3 retransmits\n"
     "10:00 -- AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "10:01 -- AWS tunnel processed request (id=1) for IKE_AUTH\n"
     "10:01 -- AWS tunnel is sending response (id=1) for IKE_AUTH\n"
     "11:00 -- AWS tunnel processed response (id=2) for INFORMATIONAL\n",
     "1: unknown -- cause=dpd-timeout\n", "warning root-cause dpd-timeout 1 x1\n"},
    {"WithoutStatesAnIkeAuthThatIsRefusedIsNoRecovery",
     "00:00 -- AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "00:00 -- AWS tunnel is sending response (id=1) for IKE_AUTH\n"
     "01:00 -- AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
     "01:01 -- AWS tunnel is sending response (id=1) for IKE_AUTH\n",
     "1: unknown -- cause=psk-mismatch\n", "critical root-cause psk-mismatch 1 x2\n"},
    {"WithoutStatesNoProposalOnALiveIkeSaIsPhase2",
     "00:00 -- AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "00:01 -- AWS tunnel is sending response (id=1) for IKE_AUTH\n"
     "54:00 -- No Proposal Match Found. Notifying with \"No proposal chosen\"\n"
     "55:00 -- AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n",
     "1: unknown -- cause=pfs-mismatch\n", "critical root-cause pfs-mismatch 1 x2\n"},
    {"WithoutStatesNoProposalAfterAnotherBeginningIsPhase1",
     "00:00 -- AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "00:01 -- AWS tunnel is sending response (id=1) for IKE_AUTH\n"
     "54:00 -- AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "54:00 -- No Proposal Match Found. Notifying with \"No proposal chosen\"\n"
     "55:00 -- No Proposal Match Found. Notifying with \"No proposal chosen\"\n",
     "1: unknown -- cause=ike-proposal-mismatch\n", "critical root-cause ike-proposal-mismatch 1 x2\n"},
    {"WithoutStatesNoProposalOnAnIkeSaWithoutAChildIsPhase2",
     "00:00 -- AWS tunnel IKE_SA[1] established between 203.0.113.10[203.0.113.10]...198.51.100.20[198.51.100.20]\n"
     "00:05 -- No Proposal Match Found. Notifying with \"No proposal chosen\"\n"
     "00:30 -- No Proposal Match Found. Notifying with \"No proposal chosen\"\n",
     "1: unknown -- cause=child-proposal-mismatch\n", "critical root-cause child-proposal-mismatch 1 x2\n"},
    {"GivingUpOnAPeerThatTheRecordSaysIsThereContradictsItself",
     "00:00 ee routine\n10:00 ee AWS tunnel DPD timed out after 3 retransmits\n"
     "20:00 ee AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n30:00 ee routine\n",
     "1: up ee cause=none\n", "info context redundancy-lost connection x1\ninfo context contradictory-state 1 x2\n"},
    {"StatesThatFollowADpdTimeoutContradictNothing",
     "00:00 ee routine\n10:00 ee AWS tunnel DPD timed out after 3 retransmits\n10:30 dd routine\n",
     "1: down dd cause=dpd-timeout | 10:30-open dpd-timeout\n", "critical root-cause dpd-timeout 1 x1\n"},
    {"ARekeyThatIsRefusedWhileTheOldSaLivesContradictsNothing",
     "00:00 nd IKE negotiation begins\n"
     "00:01 ee tunnel comes up\n"
     "54:00 ee AWS tunnel Phase 2 was unable to establish while keeping Phase 1\n"
     "56:00 ee routine\n",
     "1: degraded ee cause=pfs-mismatch\n", "warning root-cause pfs-mismatch 1 x1\ninfo context redundancy-lost connection x1\n"},
    {"WhatTheGatewayClosedFellByThatThoughItsProposalIsRefusedSoonAfter",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel received DELETE for IKE_SA from CGW\n"
     "10:10 nd No Proposal Match Found by AWS\n"
     "10:40 nd No Proposal Match Found by AWS\n",
     "1: down nd cause=ike-proposal-mismatch | 10:00-open peer-closed-ike-sa/ike-proposal-mismatch\n",
     "critical root-cause ike-proposal-mismatch 1 x2\nwarning root-cause peer-closed-ike-sa 1 x1\n"},
    {"ADpdTimeoutBeforeARefusalOfPhase2IsWhyItFell",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 dd AWS tunnel DPD timed out after 3 retransmits\n"
     "10:02 ed No Proposal Match Found by AWS\n"
     "10:40 ed No Proposal Match Found by AWS\n",
     "1: down ed cause=child-proposal-mismatch | 10:00-open dpd-timeout/child-proposal-mismatch\n",
     "critical root-cause child-proposal-mismatch 1 x2\nwarning root-cause dpd-timeout 1 x1\n"},
    {"StatesThatFollowADeleteLate",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 ee AWS tunnel received DELETE for IKE_SA from CGW\n"
     "10:25 dd routine\n"
     "13:00 nd AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "13:01 ee AWS tunnel processed request (id=1) for IKE_AUTH\n",
     "1: degraded ee cause=peer-closed-ike-sa | 10:25-13:01 peer-closed-ike-sa\n",
     "warning root-cause peer-closed-ike-sa 1 x1\ninfo context redundancy-lost connection x1\n"},
    {"ADeleteOfAnIkeSaThatHasASuccessorIsNotWhyItFell",
     "00:00 ee AWS tunnel processed request (id=3) for CREATE_CHILD_SA\n"
     "10:00 re AWS tunnel processed request (id=4) for CREATE_CHILD_SA\n"
     "10:00 ee AWS tunnel received DELETE for IKE_SA from CGW\n"
     "10:25 dd routine\n"
     "13:00 nd AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
     "13:01 ee AWS tunnel processed request (id=1) for IKE_AUTH\n",
     "1: up ee cause=endpoint-replacement | 10:25-13:01 endpoint-replacement\n",
     "info root-cause endpoint-replacement 1 x1\ninfo context redundancy-lost connection x1\n"},
};

INSTANTIATE_TEST_SUITE_P(Stories, Outages, ::testing::ValuesIn(kRows), [](const auto& row) { return row.param.name; });

TEST(Impact, IsOnRedundancyWhenThePartnersLogOnlyBeginsLater) {
  const Report report = Story("00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
                              "2|00:20 ee routine\n"
                              "05:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
                              "2|05:20 ee routine\n")
                            .tell();
  ASSERT_NE(finding(report, "psk-mismatch"), nullptr);
  EXPECT_EQ(finding(report, "psk-mismatch")->impact, kb::Impact::Redundancy);
}

TEST(FirstSeen, IsTheFirstRecordThatSaysSo) {
  const Report report = Story("00:00 ee routine\n"
                              "10:00 nd AWS tunnel processed request (id=0) for IKE_SA_INIT\n"
                              "10:07 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n")
                            .tell();
  ASSERT_NE(finding(report, "psk-mismatch"), nullptr);
  EXPECT_EQ(finding(report, "psk-mismatch")->first_seen - report.first, 10 * kMinute + 7 * kSecond);
}

TEST(Heard, IsWhatCameBeforeTheLastTimeoutNotTheHandshakeThatEndedTheOutage) {
  const Report report = Story("00:00 nd AWS tunnel is sending request (id=0) for IKE_SA_INIT\n"
                              "00:10 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n"
                              "05:30 nd AWS tunnel is sending request (id=0) for IKE_SA_INIT\n"
                              "05:30 nd AWS tunnel processed response (id=0) for IKE_SA_INIT\n"
                              "05:31 ee AWS tunnel processed response (id=1) for IKE_AUTH\n")
                            .tell();
  ASSERT_NE(finding(report, "peer-unreachable"), nullptr);
  EXPECT_EQ(std::get<std::string>(finding(report, "peer-unreachable")->details.at("heard")), "none");
}

TEST(IkeVersion, IsNotToldByAHalfOpenTimeout) {
  const Report report = Story("00:00 dd Peer is not responsive - Declaring peer dead\n"
                              "01:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n"
                              "02:00 dd AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 198.51.100.20\n")
                            .tell();
  EXPECT_EQ(report.tunnels.front().ike_version, IkeVersion::V1);
}

TEST(Faults, WithoutAnyStateAreFoundButTheTunnelIsUnknown) {
  const Report report = Story("00:00 -- AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
                              "00:30 -- AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n")
                            .tell();
  EXPECT_EQ(tunnels_text(report), "1: unknown -- cause=psk-mismatch\n");
  EXPECT_EQ(findings_text(report), "critical root-cause psk-mismatch 1 x2\n");
}

TEST(Phase1Proposal, IsLikelyWhereNoRecordTellsPhase1) {
  const Report report = Story("00:00 -d No Proposal Match Found by AWS\n00:30 -d No Proposal Match Found by AWS\n").tell();
  ASSERT_NE(finding(report, "ike-proposal-mismatch"), nullptr);
  EXPECT_EQ(finding(report, "ike-proposal-mismatch")->confidence, kb::Confidence::Likely);
}

TEST(RecoveredFinding, IsAtMostAWarning) {
  const Report report = Story("00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
                              "05:00 ee tunnel comes up\n06:00 ee routine\n")
                            .tell();
  ASSERT_NE(finding(report, "psk-mismatch"), nullptr);
  EXPECT_EQ(finding(report, "psk-mismatch")->severity, kb::Severity::Warning);
  EXPECT_FALSE(finding(report, "psk-mismatch")->ongoing);
}

// A drop each 53 minutes for 20 s: too slow for the usual detectors (facts/peers.md, section 5).
TEST(HourlyDrop, IsNamedAfterThePhase2ClockByTheFourthOutage) {
  std::string story = "00:00 dd start\n00:01 ee up\n";
  for (int i = 1; i <= 4; ++i) {
    const int t = i * 53 * 60;
    const auto line = [&](int second, const char* rest) {
      story += std::to_string((t + second) / 60) + ":" + std::to_string((t + second) % 60) + " " + rest + "\n";
    };
    line(0, "dd AWS tunnel received DELETE for IKE_SA from CGW");
    line(20, "ee up again");
  }
  const Report report = Story(story).tell();
  EXPECT_EQ(report.tunnels[0].primary_cause, "rekey-failure");
  const Finding* f = finding(report, "rekey-failure");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(std::get<std::string>(f->details.at("clock")), "phase2");
  EXPECT_NEAR(std::get<double>(f->details.at("period_s")), 53 * 60 - 20, 30);
  ASSERT_NE(finding(report, "tunnel-flapping"), nullptr);
  EXPECT_EQ(finding(report, "tunnel-flapping")->role, kb::Role::Symptom);
}

TEST(HourlyRekeys, OfACleanDayAreSilent) {
  std::string story = "00:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n";
  for (int i = 1; i <= 24; ++i) {
    const std::string at = std::to_string(i * 54) + ":";
    const std::string id = std::to_string(i + 1);
    story += at + "00 er AWS tunnel processed request (id=" + id + ") for CREATE_CHILD_SA\n";
    story += at + "00 er AWS tunnel is sending response (id=" + id + ") for CREATE_CHILD_SA\n";
    story += at + "01 ee AWS tunnel received DELETE for Phase 2 SA with SPI: c3a1b2d4\n";
  }
  const Report report = Story(story).tell();
  EXPECT_EQ(tunnels_text(report), "1: up ee cause=none\n");
  EXPECT_EQ(findings_text(report), kMissing);
}

TEST(Timelines, SayNothingOfBgpBeforeItsFirstRecord) {
  const Report report = Story("00:00 ee up\n00:30 ee routine\n01:00 bgp+ AWS-side peer BGP session state has changed from OpenConfirm to Established with neighbor "
                              "169.254.50.85\n05:00 ee routine\n").tell();
  std::string lane;
  for (const auto& s : report.tunnels[0].timeline.bgp)
    lane += fmt::format("{}-{} {}; ", clock_only(s.start), clock_only(s.end), s.state == BgpState::Up ? "up" : s.state == BgpState::Down ? "down" : "unknown");
  EXPECT_EQ(lane, "00:00:00-00:01:00 unknown; 00:01:00-00:05:00 up; ");
}

TEST(Timeline, KeepsTheRecordsOfTheLatestMarksWhenAskedFor) {
  Story story("00:00 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20\n"
              "00:30 nd AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.21\n");
  EXPECT_THAT(story.tell().tunnels[0].timeline.records, ::testing::IsEmpty());
  story.options.marked_records = 1;
  const diag::Timeline timeline = story.tell().tunnels[0].timeline;
  ASSERT_EQ(timeline.records.size(), 1U);
  EXPECT_THAT(timeline.records[0].message, HasSubstr("198.51.100.21"));
  std::vector<std::uint32_t> records;
  for (const Mark& mark : timeline.marks) {
    if (mark.kind == MarkKind::Failure) records.push_back(mark.record);
  }
  EXPECT_THAT(records, ::testing::ElementsAre(0, 1));
}

TEST(Timeline, GivesRekeysTheirRecordsWhereThereIsRoom) {
  Story story("00:00 ee AWS tunnel processed request (id=1) for CREATE_CHILD_SA\n"
              "00:01 ee AWS tunnel is sending response (id=1) for CREATE_CHILD_SA\n"
              "50:00 ee AWS tunnel processed request (id=2) for CREATE_CHILD_SA\n"
              "50:01 ee AWS tunnel is sending response (id=2) for CREATE_CHILD_SA\n");
  for (const std::size_t room : {0U, 1U, 5U}) {
    story.options.marked_records = room;
    const diag::Timeline timeline = story.tell().tunnels[0].timeline;
    std::vector<std::string> said;
    for (const Mark& mark : timeline.marks)
      if (mark.kind == MarkKind::Rekey) said.push_back(mark.record == 0 ? "" : timeline.records[mark.record - 1].message);
    ASSERT_EQ(said.size(), 2U);
    EXPECT_THAT(said[0], room < 2 ? testing::Matcher<std::string>(testing::IsEmpty()) : testing::Matcher<std::string>(HasSubstr("id=1")));
    EXPECT_THAT(said[1], room < 1 ? testing::Matcher<std::string>(testing::IsEmpty()) : testing::Matcher<std::string>(HasSubstr("id=2")));
  }
}

}  // namespace
}  // namespace tunnelscope::diag::test
