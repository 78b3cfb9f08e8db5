// Healthy ends with one thing spoilt: the stage that fails, what it is called, both values, the direction. The rows marked "lab" are
// what two daemons did (facts/ike-faults.md 1 and 4).
#include <gmock/gmock.h>

#include "diag_config_ends.hpp"

namespace tunnelscope::diag::config::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Row {
  const char* name;
  Version version;
  void (*spoil)(Endpoint& cloud, Endpoint& gateway);
  const char* verdicts;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Negotiation : public ::testing::TestWithParam<Row> {};

TEST_P(Negotiation, FailsWhereTheProtocolDoes) {
  Ends ends = healthy(GetParam().version);
  GetParam().spoil(ends.cloud, ends.gateway);
  EXPECT_EQ(text_of(negotiate(ends.cloud, ends.gateway)), GetParam().verdicts);
}

Proposals& ike(Endpoint& end) { return end.proposals.edit(); }
Child& child(Endpoint& end) { return end.children.front(); }

void start(Endpoint& end, StartAction action) { end.start = stated(action); }

void dpd(Endpoint& end, DownAction action) {
  end.dpd.enabled = stated(true);
  end.dpd.timeout = stated(Seconds(30));
  end.dpd.action = stated(action);
}

void bgp(Endpoint& end, const char* inside, const char* neighbour, std::uint32_t own, std::uint32_t peers) {
  end.bgp.used = stated(true);
  end.bgp.local_asn = stated(own);
  end.bgp.remote_asn = stated(peers);
  end.bgp.neighbour = stated(address(neighbour));
  end.inside_local = stated(address(inside));
}

void bgp_on_both(Endpoint& cloud, Endpoint& gateway) {
  bgp(cloud, "169.254.10.1", "169.254.10.2", 64512, 65000);
  bgp(gateway, "169.254.10.2", "169.254.10.1", 65000, 64512);
  for (Endpoint* end : {&cloud, &gateway}) child(*end).local = child(*end).remote = stated(selectors("0.0.0.0/0"));
}

constexpr Version kV1 = Version::Ikev1, kV2 = Version::Ikev2;

const Row kRows[] = {
    {"HealthyEndsAgreeInIkev2", kV2, [](Endpoint&, Endpoint&) {}, "agrees\n"},
    {"HealthyEndsAgreeInIkev1", kV1, [](Endpoint&, Endpoint&) {}, "agrees\n"},

    {"TheCloudHasAnotherAddressForTheGateway_lab", kV2,
     [](Endpoint& cloud, Endpoint&) { cloud.remote_addresses = stated(addresses("198.51.100.99")); },
     "peer-address fails peer-address-mismatch outside-address 198.51.100.99 / 198.51.100.20 both\n"},
    {"APrivateAddressMeansANatWhoseAddressNobodySays_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.local_addresses = stated(addresses("10.99.0.2")); },
     "peer-address unverified outside-address 198.51.100.20 / 10.99.0.2\n"},
    {"AnAddressKnownOnlyAfterApplyCannotBeVerified", kV2,
     [](Endpoint& cloud, Endpoint&) { cloud.local_addresses = unknown<Addresses>("known only after apply"); },
     "peer-address unverified outside-address  / 203.0.113.10\n"},

    {"TheGatewaySpeaksIkev1Only_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.accepts = gateway.initiates = stated(Versions{true, false}); },
     "ike-version fails ike-version-mismatch ike-version ikev2 / ikev1 both\n"},
    {"AnEndOfBothVersionsInitiatesIkev2AloneAndFailsTowardsIkev1", kV1,
     [](Endpoint&, Endpoint& gateway) {
       gateway.accepts = stated(Versions{true, true});
       gateway.initiates = stated(Versions{false, true});
     },
     "ike-version fails ike-version-mismatch ike-version ikev1 / ikev2 gateway-initiates\n"},
    {"AnEndOfBothVersionsAnswersIkev1", kV1,
     [](Endpoint& cloud, Endpoint&) {
       cloud.accepts = stated(Versions{true, true});
       cloud.initiates = stated(Versions{false, true});
     },
     "agrees\n"},
    {"ThatFailsWhenTheCloudBegins", kV1,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.accepts = stated(Versions{true, true});
       cloud.initiates = stated(Versions{false, true});
       start(cloud, StartAction::Start);
       start(gateway, StartAction::Start);
     },
     "ike-version fails ike-version-mismatch ike-version ikev2 / ikev1 cloud-initiates\n"},

    {"TheGatewayBeginsInAggressiveMode_lab", kV1,
     [](Endpoint&, Endpoint& gateway) {
       gateway.initiates_modes = stated(Modes{false, true});
       gateway.accepts_modes = stated(Modes{});
     },
     "ike-mode fails ike-mode-mismatch ike-mode main / aggressive both\n"},
    {"AModeMeansNothingInIkev2", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.initiates_modes = stated(Modes{false, true}); }, "agrees\n"},

    {"ThePhase1GroupsDiffer_lab", kV2, [](Endpoint&, Endpoint& gateway) { ike(gateway) = proposals("aes256-sha256-modp1024"); },
     "ike-proposal fails ike-proposal-mismatch ike-group modp2048 / modp1024 both\nike-rekey unverified\n"},
    {"CipherAndHashDiffer_lab", kV1, [](Endpoint&, Endpoint& gateway) { ike(gateway) = proposals("3des-md5-modp2048"); },
     "ike-proposal fails ike-proposal-mismatch ike-encryption aes256 / 3des both\nike-rekey unverified\n"},
    {"TheNearestOfSeveralProposalsSaysWhatDiffers", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       ike(cloud) = proposals("aes256gcm16-prfsha384-ecp384, aes128-sha256-modp2048");
       ike(gateway) = proposals("3des-md5-modp1024, aes128-sha1-modp2048");
     },
     "ike-proposal fails ike-proposal-mismatch ike-integrity sha256 / sha1 both\nike-rekey unverified\n"},
    {"GcmForPhase1MatchesNothingInIkev1", kV1,
     [](Endpoint& cloud, Endpoint& gateway) { ike(cloud) = ike(gateway) = proposals("aes256gcm16-prfsha256-modp2048"); },
     "ike-proposal fails ike-proposal-mismatch ike-proposals aes256gcm16-prfsha256-modp2048 / aes256gcm16-prfsha256-modp2048 both\n"
     "ike-rekey unverified\n"},
    {"GcmForPhase1AgreesInIkev2", kV2,
     [](Endpoint& cloud, Endpoint& gateway) { ike(cloud) = ike(gateway) = proposals("aes256gcm16-prfsha256-modp2048"); }, "agrees\n"},
    {"AnIntegrityAlgorithmBesideGcmStandsForThePrf", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       ike(cloud) = proposals("aes256gcm16-prfsha256-modp2048");
       ike(gateway) = proposals("aes256gcm16-sha256-modp2048");
     },
     "agrees\n"},
    {"Ikev1OffersTheFirstOfEachTypeAlone", kV1,
     [](Endpoint&, Endpoint& gateway) { ike(gateway) = proposals("aes128|aes256-sha256-modp2048"); },
     "ike-proposal fails ike-proposal-mismatch ike-encryption aes256 / aes128 gateway-initiates\nike-rekey unverified\n"},
    {"Ikev2OffersAllOfThem", kV2, [](Endpoint&, Endpoint& gateway) { ike(gateway) = proposals("aes128|aes256-sha256-modp2048"); },
     "agrees\n"},
    {"AnUnrecognisedWordMayBeWhatTheyShare", kV2,
     [](Endpoint&, Endpoint& gateway) { ike(gateway) = proposals("aes256-sha256-newgroup"); },
     "ike-proposal unverified ike-proposals aes256-sha256-modp2048 / aes256-sha256-newgroup\n"
     "ike-rekey unverified ike-proposals aes256-sha256-modp2048 / aes256-sha256-newgroup\n"},

    {"TheGatewaySaysAnotherName_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.local_identity = stated(identity_of("fw1.branch.example")); },
     "identity fails identity-mismatch identity 198.51.100.20 / fw1.branch.example both\n"},
    {"TheGatewayExpectsAnotherName_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.remote_identity = stated(identity_of("203.0.113.99")); },
     "identity fails identity-mismatch identity 203.0.113.10 / 203.0.113.99 both\n"},
    {"NamesAreComparedWithoutCase", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.remote_identity = stated(identity_of("fw1.branch.example"));
       gateway.local_identity = stated(identity_of("FW1.Branch.Example"));
     },
     "agrees\n"},
    {"AnyNameWillDo", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.remote_identity = stated(Identity{});
       gateway.local_identity = unknown<Identity>("an include could not be read");
     },
     "agrees\n"},

    {"TheKeysDiffer_lab", kV2, [](Endpoint&, Endpoint& gateway) { gateway.keys = stated(std::vector{key("lab-psk-Zk3x9QmT7R")}); },
     "authentication fails psk-mismatch pre-shared-key set / set both\n"},
    {"AnEncryptedKeyCannotBeVerified", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.keys.edit().front().secret = unknown<Secret>("encrypted"); },
     "authentication unverified pre-shared-key set / set\n"},
    {"KeysThatWereNotGivenCannotBeVerified", kV2,
     [](Endpoint& cloud, Endpoint&) { cloud.keys = unknown<std::vector<Key>>("not given"); },
     "authentication unverified pre-shared-key  / set\n"},
    {"AKeyFiledUnderThePeerIsNotFoundWithoutARemoteIdentity", kV2,
     [](Endpoint&, Endpoint& gateway) {
       gateway.keys = stated(std::vector{key("lab-psk-Zk3x9QmT7r", {"203.0.113.10"})});
       gateway.remote_identity = stated(Identity{});
     },
     "authentication fails authentication-failed pre-shared-key set / none gateway-initiates\n"},
    {"TheKeyOfTheOtherTunnelIsNotTaken", kV2,
     [](Endpoint&, Endpoint& gateway) {
       gateway.keys = stated(std::vector{key("another-key-9", {"203.0.113.17"}), key("lab-psk-Zk3x9QmT7r", {"203.0.113.10"})});
     },
     "agrees\n"},
    {"Ikev1TakesAKeyFiledUnderAddresses", kV1,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.remote_identity = stated(identity_of("fw1.branch.example"));
       gateway.local_identity = stated(identity_of("fw1.branch.example"));
       gateway.remote_identity = stated(Identity{});
       gateway.keys = stated(std::vector{key("lab-psk-Zk3x9QmT7r", {"203.0.113.10"})});
     },
     "agrees\n"},
    {"CertificateAgainstKey", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.local_authentication = stated(Authentication::Certificate); },
     "authentication fails authentication-failed authentication psk / certificate both\n"},

    {"ThePhase2ProposalsDiffer_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { child(gateway).proposals = stated(proposals("3des-md5-modp2048")); },
     "child-proposal fails child-proposal-mismatch child-encryption aes256 / 3des both\nchild-rekey unverified\n"},
    {"PfsOffPassesIkeAuthAndFailsAtTheRekey_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { child(gateway).proposals = stated(proposals("aes256-sha256")); },
     "child-rekey fails pfs-mismatch pfs-group modp2048 / none both\n"},
    {"AnotherPfsGroupFailsAtTheRekeyToo_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { child(gateway).proposals = stated(proposals("aes256-sha256-modp4096")); },
     "child-rekey fails pfs-mismatch pfs-group modp2048 / modp4096 both\n"},
    {"PfsOffFailsAtOnceInIkev1_lab", kV1,
     [](Endpoint&, Endpoint& gateway) { child(gateway).proposals = stated(proposals("aes256-sha256")); },
     "child-proposal fails child-proposal-mismatch pfs-group modp2048 / none both\nchild-rekey unverified\n"},
    {"OneSharedProposalWithoutPfsSavesTheRekey", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       child(cloud).proposals = stated(proposals("aes256-sha256"));
       child(gateway).proposals = stated(proposals("aes256-sha256-modp2048, aes256-sha256"));
     },
     "agrees\n"},
    {"Ikev1OffersNoProposalOfAnotherPfsGroup", kV1,
     [](Endpoint& cloud, Endpoint& gateway) {
       child(cloud).proposals = stated(proposals("aes256-sha256"));
       child(gateway).proposals = stated(proposals("aes256-sha256-modp2048, aes256-sha256"));
     },
     "child-proposal fails child-proposal-mismatch pfs-group none / modp2048 gateway-initiates\nchild-rekey unverified\n"},
    {"InIkev1TheRekeyOfTheOtherEndCanFail", kV1,
     [](Endpoint& cloud, Endpoint& gateway) {
       child(cloud).proposals = stated(proposals("aes128-sha256-modp2048, aes256-sha256-modp3072"));
       child(gateway).proposals = stated(proposals("aes256-sha256-modp3072"));
       child(cloud).lifetime = lifetime(600, 3600);
     },
     "child-rekey fails rekey-failure child-encryption aes128 / aes256 cloud-initiates\n"},
    {"AnIntegrityAlgorithmBesideGcmIsDroppedForEsp", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       child(cloud).proposals = stated(proposals("aes128|aes256|aes256gcm16-sha1|sha256-modp2048"));
       child(gateway).proposals = stated(proposals("aes256gcm16-modp2048"));
     },
     "agrees\n"},

    {"TheSelectorsAreDisjoint_lab", kV2,
     [](Endpoint&, Endpoint& gateway) { child(gateway).remote = stated(selectors("10.20.0.0/16")); },
     "traffic-selectors fails traffic-selector-mismatch traffic-selectors 10.10.0.0/16 === 192.168.50.0/24 / "
     "10.20.0.0/16 === 192.168.50.0/24 both\n"},
    {"WiderSelectorsAreNarrowed_lab", kV2,
     [](Endpoint&, Endpoint& gateway) {
       child(gateway).local = stated(selectors("192.168.50.0/24, 192.168.60.0/24"));
       child(gateway).remote = stated(selectors("10.0.0.0/8"));
     },
     "agrees\n"},
    {"Ikev1SendsTheFirstSelectorAlone", kV1,
     [](Endpoint&, Endpoint& gateway) { child(gateway).local = stated(selectors("192.168.60.0/24, 192.168.50.0/24")); },
     "traffic-selectors fails traffic-selector-mismatch traffic-selectors 10.10.0.0/16 === 192.168.50.0/24 / "
     "10.10.0.0/16 === 192.168.60.0/24, 192.168.50.0/24 gateway-initiates\n"},
    {"SeveralPairsAgainstAnEndThatKeepsOne", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.single_child = stated(true);
       gateway.children.push_back(child(gateway));
       gateway.children.back().local = stated(selectors("192.168.60.0/24"));
     },
     "traffic-selectors fails sa-churn traffic-selectors 10.10.0.0/16 === 192.168.50.0/24 / "
     "10.10.0.0/16 === 192.168.50.0/24; 10.10.0.0/16 === 192.168.60.0/24 both\n"},

    {"TheGatewayLetsPhase2Expire_lab", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       child(gateway).lifetime = lifetime(0, 10);
       child(cloud).lifetime = lifetime(200, 300);
     },
     "child-rekey fails lifetime-without-rekey child-lifetime ends at 300 s, rekeyed by 200 s / ends at 10 s, never rekeyed both\n"},
    {"TheOtherEndRekeysInTime", kV2, [](Endpoint&, Endpoint& gateway) { child(gateway).lifetime = lifetime(0, 3600); }, "agrees\n"},
    {"LifetimesMayDiffer_lab", kV1, [](Endpoint& cloud, Endpoint& gateway) {
       child(gateway).lifetime = lifetime(6, 12);
       child(cloud).lifetime = lifetime(200, 300);
     },
     "agrees\n"},
    {"UnknownLifetimesCannotBeVerified", kV2, [](Endpoint&, Endpoint& gateway) { child(gateway).lifetime = {}; },
     "child-rekey unverified child-lifetime ends at 3600 s, rekeyed by 2520 s / \n"},
    {"TheGatewayReauthenticates_lab", kV2, [](Endpoint&, Endpoint& gateway) { gateway.reauthenticates = stated(true); },
     "ike-rekey fails reauthentication-gap reauthentication no / yes gateway-initiates\n"},
    {"ReauthenticationIsHowIkev1RenewsPhase1", kV1, [](Endpoint&, Endpoint& gateway) { gateway.reauthenticates = stated(true); },
     "agrees\n"},
    {"MakeBeforeBreakLeavesNoGap", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.reauthenticates = gateway.make_before_break = stated(true); }, "agrees\n"},

    {"BothNoticeAndNeitherBeginsAgain_lab", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       dpd(cloud, DownAction::Clear);
       dpd(gateway, DownAction::Clear);
     },
     "liveness fails nobody-initiates dpd-action DPD 30 s, then clear; start wait / DPD 30 s, then clear; start wait\n"},
    {"TheGatewayRestarts_lab", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       dpd(cloud, DownAction::Clear);
       dpd(gateway, DownAction::Restart);
     },
     "agrees\n"},
    {"TrafficBringsItBack", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       dpd(cloud, DownAction::Clear);
       dpd(gateway, DownAction::Clear);
       start(gateway, StartAction::OnTraffic);
     },
     "agrees\n"},
    {"OneClosesAndTheOtherBelievesItAlive", kV2, [](Endpoint& cloud, Endpoint&) { dpd(cloud, DownAction::Clear); },
     "liveness unverified dpd-action DPD 30 s, then clear; start wait / DPD off; start wait\n"},
    {"AwsClosesTunnelsForMaintenanceAsWell", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.vendor = Vendor::Aws;
       dpd(cloud, DownAction::Clear);
       start(gateway, StartAction::Start);
     },
     "liveness fails nobody-initiates dpd-action DPD 30 s, then clear; start wait / DPD off; start start\n"},
    {"AwsAndTheGatewayWaitForEachOther", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.vendor = Vendor::Aws;
       dpd(cloud, DownAction::Clear);
       dpd(gateway, DownAction::Restart);
     },
     "liveness fails nobody-initiates start-action DPD 30 s, then clear; start wait / DPD 30 s, then restart; start wait\n"},

    {"BgpAgrees", kV2, bgp_on_both, "agrees\n"},
    {"TheAsNumbersDiffer", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       gateway.bgp.local_asn = stated<std::uint32_t>(65001);
     },
     "bgp fails bgp-as-mismatch bgp-asn 65000 / 65001 both\n"},
    {"TheNeighbourIsNotTheInsideAddress", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       gateway.bgp.neighbour = stated(address("169.254.11.1"));
     },
     "bgp fails bgp-down bgp-neighbour 169.254.10.1 / 169.254.11.1 both\n"},
    {"OneRunsBgpAndTheOtherHasStaticRoutes", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       gateway.bgp.used = stated(false);
     },
     "bgp fails bgp-down routing bgp / static both\n"},
    {"AnIpsecConfigurationDoesNotSayWhatTheRoutingDaemonDoes", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       gateway.bgp = {};
     },
     "bgp unverified routing bgp / \n"},
    {"ThePacketsOfBgpAreOutsideTheSelectors", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       child(gateway).remote = stated(selectors("10.10.0.0/16"));
     },
     "bgp fails bgp-down traffic-selectors 0.0.0.0/0 === 0.0.0.0/0 / 10.10.0.0/16 === 0.0.0.0/0 both\n"},
    {"WhetherTheGatewayRunsBgpIsNotKnownButItsPacketsAreOutsideTheSelectors", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       gateway.bgp = {};
       child(gateway).remote = stated(selectors("10.10.0.0/16"));
     },
     "bgp unverified traffic-selectors 0.0.0.0/0 === 0.0.0.0/0 / 10.10.0.0/16 === 0.0.0.0/0\n"},
    {"TheSessionIsKeptDown", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       bgp_on_both(cloud, gateway);
       gateway.bgp.barred = "the neighbour is shut down";
     },
     "bgp fails bgp-down bgp-session bgp / the neighbour is shut down both\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Negotiation, ::testing::ValuesIn(kRows), [](const auto& row) { return std::string(row.param.name); });

TunnelVerdict spoilt(void (*spoil)(Endpoint& cloud, Endpoint& gateway), Version version, Ends& ends) {
  ends = healthy(version);
  spoil(ends.cloud, ends.gateway);
  return negotiate(ends.cloud, ends.gateway);
}

TEST(NegotiationVerdict, PointsAtBothValuesInTheirFiles) {
  Ends ends;
  const auto tunnel = spoilt(
      [](Endpoint& cloud, Endpoint& gateway) {
        child(cloud).proposals = stated(proposals("aes256-sha256-modp2048"), "vpn.json", 41);
        child(gateway).proposals = stated(proposals("aes256-sha256"), "swanctl.conf", 31);
      },
      kV2, ends);
  const StageVerdict& stage = stage_of(tunnel, Stage::ChildRekey);
  EXPECT_EQ(stage.cloud.where.text(), "vpn.json:41");
  EXPECT_EQ(stage.gateway.where.text(), "swanctl.conf:31");
  EXPECT_EQ(tunnel.primary_cause, "pfs-mismatch");
  EXPECT_EQ(tunnel_id(tunnel), "203.0.113.10/198.51.100.20");
}

struct LogRow {
  const char* name;
  Version version;
  StartAction cloud_starts;
  void (*spoil)(Endpoint& cloud, Endpoint& gateway);
  Stage stage;
  std::vector<std::string> messages;
};

void PrintTo(const LogRow& row, std::ostream* out) { *out << row.name; }

class LogMessages : public ::testing::TestWithParam<LogRow> {};

TEST_P(LogMessages, AreWhatTheCloudEndWouldLog) {
  Ends ends = healthy(GetParam().version);
  start(ends.cloud, GetParam().cloud_starts);
  GetParam().spoil(ends.cloud, ends.gateway);
  const auto tunnel = negotiate(ends.cloud, ends.gateway);
  EXPECT_EQ(stage_of(tunnel, GetParam().stage).log_messages, GetParam().messages);
}

void spoil_key(Endpoint&, Endpoint& gateway) { gateway.keys = stated(std::vector{key("lab-psk-Zk3x9QmT7R")}); }
void spoil_ike(Endpoint&, Endpoint& gateway) { ike(gateway) = proposals("3des-md5-modp2048"); }
void spoil_selectors(Endpoint&, Endpoint& gateway) { child(gateway).remote = stated(selectors("10.20.0.0/16")); }
void spoil_identity(Endpoint&, Endpoint& gateway) { gateway.local_identity = stated(identity_of("fw1.branch.example")); }

const std::string kKeeping = "AWS tunnel Phase 2 was unable to establish while keeping Phase 1";
const std::string kRefusing = "AWS tunnel is sending AUTHENTICATION_FAILED as the response";

const LogRow kLogs[] = {
    {"KeyInIkev2", kV2, StartAction::Wait, spoil_key, Stage::Authentication,
     {"AWS tunnel detected a pre-shared key mismatch with cgw: 198.51.100.20", kRefusing}},
    {"KeyInIkev1", kV1, StartAction::Wait, spoil_key, Stage::Authentication,
     {"AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key"}},
    {"WhoBeginsNeverSeesTheReason", kV2, StartAction::Start, spoil_key, Stage::Authentication, {}},
    {"Phase1Proposal", kV2, StartAction::Wait, spoil_ike, Stage::IkeProposal, {"No Proposal Match Found by AWS"}},
    {"SelectorsRefusedByTheCloud", kV2, StartAction::Wait, spoil_selectors, Stage::TrafficSelectors, {kKeeping}},
    {"SelectorsRefusedByTheGateway", kV2, StartAction::Start, spoil_selectors, Stage::TrafficSelectors,
     {"AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder"}},
    {"NoneIsDocumentedForSelectorsInIkev1", kV1, StartAction::Wait, spoil_selectors, Stage::TrafficSelectors, {}},
    {"Identity", kV2, StartAction::Wait, spoil_identity, Stage::Identity, {kRefusing}},
};

INSTANTIATE_TEST_SUITE_P(Rows, LogMessages, ::testing::ValuesIn(kLogs), [](const auto& row) { return std::string(row.param.name); });

struct RepairRow {
  const char* name;
  Version version;
  void (*spoil)(Endpoint& cloud, Endpoint& gateway);
  const char* changes;
};

void PrintTo(const RepairRow& row, std::ostream* out) { *out << row.name; }

class Repairs : public ::testing::TestWithParam<RepairRow> {};

TEST_P(Repairs, AreTheSmallestChangeOnEitherSide) {
  Ends ends;
  EXPECT_EQ(repair_of(spoilt(GetParam().spoil, GetParam().version, ends)), GetParam().changes);
}

const RepairRow kRepairs[] = {
    {"PfsIsSwitchedOnOrOff", kV2, [](Endpoint&, Endpoint& gateway) { child(gateway).proposals = stated(proposals("aes256-sha256")); },
     "cloud pfs-group: modp2048 -> none\ngateway pfs-group: none -> modp2048\n"},
    {"AwsCannotSwitchPfsOff", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.vendor = Vendor::Aws;
       child(gateway).proposals = stated(proposals("aes256-sha256"));
     },
     "gateway pfs-group: none -> modp2048\n"},
    {"AwsTakesAnotherGroupIntoItsList", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       cloud.vendor = Vendor::Aws;
       child(gateway).proposals = stated(proposals("aes256-sha256-ecp384"));
     },
     "cloud pfs-group: modp2048 -> modp2048|ecp384\ngateway pfs-group: ecp384 -> modp2048\n"},
    {"AWeakAlgorithmIsNotTakenToTheCloud", kV2, spoil_ike,
     "gateway ike-encryption: 3des -> aes256\ngateway ike-integrity: md5 -> sha256\n"},
    {"TheBestThatTheOtherHas", kV2,
     [](Endpoint& cloud, Endpoint& gateway) {
       ike(cloud) = proposals("aes256-sha1|sha256-modp1024|modp2048");
       ike(gateway) = proposals("aes256-sha384-modp1024");
     },
     "cloud ike-integrity: sha1|sha256 -> sha384\ngateway ike-integrity: sha384 -> sha256\n"},
    {"AKeyIsNeverSaid", kV2, spoil_key, "cloud pre-shared-key\ngateway pre-shared-key\n"},
    {"AnIdentityIsSaidOrExpected", kV2, spoil_identity,
     "cloud remote-identity: 198.51.100.20 -> fw1.branch.example\ngateway local-identity: fw1.branch.example -> 198.51.100.20\n"},
    {"ASelector", kV2, spoil_selectors,
     "cloud local-selectors: 10.10.0.0/16 -> 10.20.0.0/16\ngateway remote-selectors: 10.20.0.0/16 -> 10.10.0.0/16\n"},
    {"TheAddressWhereItIsWrong", kV2,
     [](Endpoint& cloud, Endpoint&) { cloud.remote_addresses = stated(addresses("198.51.100.99")); },
     "cloud outside-address: 198.51.100.99 -> 198.51.100.20\n"},
    {"TheVersion", kV2,
     [](Endpoint&, Endpoint& gateway) { gateway.accepts = gateway.initiates = stated(Versions{true, false}); },
     "cloud ike-version: ikev2 -> ikev1, ikev2\ngateway ike-version: ikev1 -> ikev2\n"},
    {"RekeyIsSwitchedOn", kV2, [](Endpoint&, Endpoint& gateway) { child(gateway).lifetime = lifetime(0, 10); },
     "gateway child-rekeys: no -> yes\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Repairs, ::testing::ValuesIn(kRepairs), [](const auto& row) { return std::string(row.param.name); });

TEST(NegotiationInitiator, IsWhoeverBeginsByItself) {
  Ends ends = healthy();
  EXPECT_EQ(negotiate(ends.cloud, ends.gateway).initiator, Initiator::Neither);
  start(ends.gateway, StartAction::OnTraffic);
  EXPECT_EQ(negotiate(ends.cloud, ends.gateway).initiator, Initiator::Gateway);
  start(ends.cloud, StartAction::Start);
  EXPECT_EQ(negotiate(ends.cloud, ends.gateway).initiator, Initiator::Both);
  ends.cloud.initiates = stated(Versions{});
  EXPECT_EQ(negotiate(ends.cloud, ends.gateway).initiator, Initiator::Gateway);
  ends.gateway.start = unknown<StartAction>("an include could not be read");
  EXPECT_EQ(negotiate(ends.cloud, ends.gateway).initiator, std::nullopt);
}

TEST(NegotiationNarrowing, SaysWhatDoesNotGoIntoTheTunnel) {
  Ends ends = healthy();
  child(ends.gateway).local = stated(selectors("192.168.50.0/24, 192.168.60.0/24"));
  const auto tunnel = negotiate(ends.cloud, ends.gateway);
  const StageVerdict& stage = stage_of(tunnel, Stage::TrafficSelectors);
  EXPECT_EQ(stage.agreed, "10.10.0.0/16 === 192.168.50.0/24");
  EXPECT_THAT(stage.reason, HasSubstr("the gateway's selectors are narrowed"));
}

TEST(NegotiationKeys, ThatDifferInANewlineAreSaidToDoSo) {
  Ends ends = healthy();
  ends.gateway.keys = stated(std::vector{key("lab-psk-Zk3x9QmT7r\n")});
  const auto tunnel = negotiate(ends.cloud, ends.gateway);
  EXPECT_EQ(stage_of(tunnel, Stage::Authentication).reason, "the keys differ in white space at the end alone");
}

// Whatever single value is not known, the verdict is never better than with any known value; and nothing that needs it agrees.
TEST(NegotiationUnknown, NeverAgrees) {
  const Ends untouched = healthy();
  const std::vector<std::function<void(Endpoint&)>> forget = {
      [](Endpoint& e) { e.local_addresses = {}; },  [](Endpoint& e) { e.remote_addresses = {}; },
      [](Endpoint& e) { e.accepts = e.initiates = {}; }, [](Endpoint& e) { e.proposals = {}; },
      [](Endpoint& e) { e.local_identity = {}; },   [](Endpoint& e) { e.remote_identity = {}; },
      [](Endpoint& e) { e.local_authentication = {}; }, [](Endpoint& e) { e.remote_authentication = {}; },
      [](Endpoint& e) { e.keys = {}; },             [](Endpoint& e) { e.lifetime.hard = {}; },
      [](Endpoint& e) { e.reauthenticates = {}; },  [](Endpoint& e) { e.children.clear(); },
      [](Endpoint& e) { e.children[0].proposals = {}; }, [](Endpoint& e) { e.children[0].local = {}; },
      [](Endpoint& e) { e.children[0].remote = {}; }, [](Endpoint& e) { e.children[0].lifetime.hard = {}; },
      [](Endpoint& e) { e.dpd.enabled = {}; },
  };
  for (std::size_t i = 0; i < forget.size(); ++i)
    for (const Side side : {Side::Cloud, Side::Gateway}) {
      Ends ends = untouched;
      forget[i](side == Side::Cloud ? ends.cloud : ends.gateway);
      EXPECT_EQ(negotiate(ends.cloud, ends.gateway).verdict, Verdict::Unverified) << "row " << i << " at the " << name(side);
    }
}

TEST(NegotiationUnknown, TwoEmptyEndsAreUnverifiedInAllThatMatters) {
  Endpoint cloud, gateway;
  cloud.side = Side::Cloud;
  const auto tunnel = negotiate(cloud, gateway);
  EXPECT_EQ(tunnel.verdict, Verdict::Unverified);
  EXPECT_EQ(tunnel.stages.size(), kStages);
  EXPECT_THAT(tunnel.primary_cause, IsEmpty());
}

}  // namespace
}  // namespace tunnelscope::diag::config::test
