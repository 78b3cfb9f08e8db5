// Records of user sessions: what each format's records become, in one canonical line; see line_of in input_world.hpp.
// Then the containers: each must give what the bare record gives.
#include <gmock/gmock.h>
#include <sys/time.h>

#include <fmt/format.h>

#include <functional>
#include <ostream>
#include <random>

#include "input_world.hpp"

namespace tunnelscope::input::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

struct Case {
  const char* name;
  std::string bytes;
  Lines sessions;
  Lines skipped, notes;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class Sessions : public World, public ::testing::WithParamInterface<Case> {};

TEST_P(Sessions, AreReadAsTheyAreDocumented) {
  const Reading reading = read_bytes(GetParam().bytes);
  EXPECT_EQ(reading.sessions, GetParam().sessions);
  EXPECT_EQ(reading.skipped, GetParam().skipped);
  EXPECT_EQ(reading.notes, GetParam().notes);
  EXPECT_THAT(reading.events, IsEmpty());
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

// AWS Client VPN

const std::string kClientVpnGuide = R"({
    "connection-log-type": "connection-attempt",
    "connection-attempt-status": "successful",
    "connection-reset-status": "NA",
    "connection-attempt-failure-reason": "NA",
    "connection-id": "cvpn-connection-abc123abc123abc12",
    "client-vpn-endpoint-id": "cvpn-endpoint-aaa111bbb222ccc33",
    "transport-protocol": "udp",
    "connection-start-time": "2020-03-26 20:37:15",
    "connection-last-update-time": "2020-03-26 20:37:15",
    "client-ip": "10.0.1.2",
    "common-name": "client1",
    "device-type": "mac",
    "device-ip": "98.247.202.82",
    "port": "50096",
    "ingress-bytes": "0",
    "egress-bytes": "0",
    "ingress-packets": "0",
    "egress-packets": "0",
    "connection-end-time": "NA",
    "username": "joe"
    }
)";
const std::string kClientVpnGuideLine =
    "aws-client-vpn started 2020-03-26T20:37:15.000Z id=cvpn-connection-abc123abc123abc12 "
    "group=cvpn-endpoint-aaa111bbb222ccc33 user=joe device=client1 address=98.247.202.82 protocol=udp "
    "start=2020-03-26T20:37:15.000Z | connection-attempt successful";

std::string client_vpn(const std::string& members) {
  return R"({"client-vpn-endpoint-id":"cvpn-endpoint-1","connection-id":"cvpn-connection-1",)"
         R"("connection-last-update-time":"2026-09-01 08:00:00","username":"ann","device-ip":"203.0.113.9",)" +
         members + "}\n";
}
std::string client_vpn_line(const std::string& happening, const std::string& more, const std::string& message) {
  return "aws-client-vpn " + happening +
         " 2026-09-01T08:00:00.000Z id=cvpn-connection-1 group=cvpn-endpoint-1 user=ann" + more + " | " + message;
}
const std::string kAttempt = R"("connection-log-type":"connection-attempt","connection-attempt-status":)";
const std::string kReset =
    R"("connection-log-type":"connection-reset","connection-attempt-status":"NA","connection-start-time":"2026-09-01 )"
    R"(07:54:42","connection-end-time":"2026-09-01 08:00:00","ingress-bytes":"1200","egress-bytes":"3400",)";
const std::string kResetTimes = " address=203.0.113.9 start=2026-09-01T07:54:42.000Z end=2026-09-01T08:00:00.000Z ms=318000"
                                " to_client=3400 from_client=1200";

INSTANTIATE_TEST_SUITE_P(
    ClientVpn, Sessions,
    ::testing::Values(
        Case{"Guide", kClientVpnGuide, {kClientVpnGuideLine}, {}, {}},
        Case{"WaitingIsNoFailure", client_vpn(kAttempt + R"("waiting-for-assertion")"),
             {client_vpn_line("waiting", " address=203.0.113.9", "connection-attempt waiting-for-assertion")}, {}, {}},
        Case{"Failed",
             client_vpn(kAttempt + R"("failed","connection-attempt-failure-reason":"client-connect-handler-timed-out",)"
                                   R"("connection-start-time":"NA","client-ip":"NA","connection-duration-seconds":"NA")"),
             {client_vpn_line("failed", " address=203.0.113.9",
                              "connection-attempt failed: client-connect-handler-timed-out")}, {}, {}},
        Case{"PolicyErrorWithDeviceToken",
             client_vpn(kAttempt + R"("failed","connection-attempt-failure-reason":"authorization-policy-deny",)"
                                   R"("authorization-policy-evaluation":{"result":"error","evaluation-type":)"
                                   R"("connection-attempt","shadow-mode":"disabled","device-token-status":)"
                                   R"({"crowdstrike":{"status":"failed","reason":"token-malformed"}}})"),
             {client_vpn_line("failed", " address=203.0.113.9",
                              "connection-attempt failed: authorization-policy-deny, policy error (connection-attempt, "
                              "shadow-mode disabled), crowdstrike device token failed: token-malformed")}, {}, {}},
        Case{"ShadowPolicy",
             client_vpn(kAttempt + R"("successful","authorization-policy-evaluation":{"result":"deny",)"
                                   R"("evaluation-type":"connection-attempt","shadow-mode":"enabled","reason":"policy-deny"})"),
             {client_vpn_line("started", " address=203.0.113.9",
                              "connection-attempt successful, policy deny (connection-attempt, shadow-mode enabled, "
                              "reason policy-deny)")}, {}, {}},
        Case{"PolicyAsText",
             client_vpn(kAttempt + R"("successful","authorization-policy-evaluation":"{\"result\":\"deny\",)"
                                   R"(\"evaluation-type\":\"periodic\",\"device-token-status\":{\"okta\":{\"status\":\"failed\"}}}")"),
             {client_vpn_line("started", " address=203.0.113.9",
                              "connection-attempt successful, policy deny (periodic), okta device token failed")}, {}, {}},
        Case{"PermittingPolicyIsLeftOut",
             client_vpn(kAttempt + R"("successful","authorization-policy-evaluation":{"result":"permit",)"
                                   R"("evaluation-type":"connection-attempt","shadow-mode":"disabled"})"),
             {client_vpn_line("started", " address=203.0.113.9", "connection-attempt successful")}, {}, {}},
        Case{"PostureAsArray",
             client_vpn(kAttempt + R"("failed","connection-attempt-failure-reason":"client-connect-failed",)"
                                   R"("posture-compliance-statuses":["quarantined","unknown"])"),
             {client_vpn_line("failed", " address=203.0.113.9",
                              "connection-attempt failed: client-connect-failed, posture quarantined, unknown")}, {}, {}},
        Case{"PostureAsText",
             client_vpn(kAttempt + R"("failed","connection-attempt-failure-reason":"client-connect-failed",)"
                                   R"("posture-compliance-statuses":"quarantined")"),
             {client_vpn_line("failed", " address=203.0.113.9",
                              "connection-attempt failed: client-connect-failed, posture quarantined")}, {}, {}},
        Case{"ResetEnds", client_vpn(kReset + R"("connection-duration-seconds":"318","connection-reset-status":"NA")"),
             {client_vpn_line("ended", kResetTimes, "connection-reset")}, {}, {}},
        Case{"ResetWithoutAnEndUpdates",
             client_vpn(R"("connection-log-type":"connection-reset","connection-reset-status":"NA","connection-start-time":"2026-09-01 07:54:42",)"
                        R"("connection-end-time":"NA","connection-duration-seconds":"NA","ingress-bytes":"1200","egress-bytes":"3400")"),
             {client_vpn_line("started", " address=203.0.113.9 start=2026-09-01T07:54:42.000Z to_client=3400 from_client=1200", "connection-reset")}, {}, {}},
        Case{"OldResetWithoutStatusAndDuration", client_vpn(kReset + R"("transport-protocol":"TCP")"),
             {client_vpn_line("ended", " address=203.0.113.9 protocol=tcp" + kResetTimes.substr(20), "connection-reset")},
             {}, {}},
        Case{"AssertionIsNoEnd", client_vpn(kReset + R"("connection-reset-status":"assertion-received")"),
             {client_vpn_line("handed-over", " address=203.0.113.9 start=2026-09-01T07:54:42.000Z",
                              "connection-reset assertion-received")}, {}, {}},
        Case{"PeriodicKill",
             client_vpn(kReset + R"("connection-duration-seconds":"318","authorization-policy-evaluation":)"
                                 R"({"result":"deny","evaluation-type":"periodic","shadow-mode":"disabled","reason":"policy-deny"})"),
             {client_vpn_line("ended", kResetTimes,
                              "connection-reset, policy deny (periodic, shadow-mode disabled, reason policy-deny)")}, {}, {}},
        Case{"CertificateUser",
             R"({"client-vpn-endpoint-id":"e","connection-log-type":"connection-attempt","connection-attempt-status":)"
             R"("successful","connection-start-time":"2026-09-01 08:00:00","common-name":"laptop","device-type":"win"})",
             {"aws-client-vpn started 2026-09-01T08:00:00.000Z group=e user=laptop device=laptop "
              "start=2026-09-01T08:00:00.000Z | connection-attempt successful"}, {}, {}},
        Case{"UnknownType", client_vpn(R"("connection-log-type":"connection-renewal")"), {},
             {"unknown connection-log-type x1 at log:1"}, {}},
        Case{"UnreadableNumbers", client_vpn(kReset + R"("connection-duration-seconds":"long","connection-reset-status":"NA")"),
             {client_vpn_line("ended", kResetTimes, "connection-reset")}, {},
             {"unreadable connection-duration-seconds x1 at log:1"}},
        Case{"NoTime", R"({"client-vpn-endpoint-id":"e","connection-log-type":"connection-attempt",)"
                       R"("connection-attempt-status":"failed","connection-last-update-time":"NA"})",
             {}, {"no time x1 at log:1"}, {}},
        Case{"TimeBefore1970", R"({"client-vpn-endpoint-id":"e","connection-log-type":"connection-attempt",)"
                               R"("connection-attempt-status":"failed","connection-last-update-time":"1066-10-14 09:00:00"})",
             {}, {"time before 1970 x1 at log:1"}, {}}),
    case_name);

TEST_F(Sessions, OfTheGuideKeepAllDocumentedFields) {
  const Reading reading = read_bytes(kClientVpnGuide);
  ASSERT_EQ(reading.fields.size(), 1u);
  EXPECT_THAT(reading.fields[0],
              ::testing::UnorderedElementsAre(
                  "connection-log-type=connection-attempt", "connection-attempt-status=successful",
                  "connection-id=cvpn-connection-abc123abc123abc12", "client-vpn-endpoint-id=cvpn-endpoint-aaa111bbb222ccc33",
                  "transport-protocol=udp", "connection-start-time=2020-03-26 20:37:15",
                  "connection-last-update-time=2020-03-26 20:37:15", "client-ip=10.0.1.2", "common-name=client1",
                  "device-type=mac", "device-ip=98.247.202.82", "port=50096", "ingress-bytes=0", "egress-bytes=0",
                  "ingress-packets=0", "egress-packets=0", "username=joe"));
}

TEST_F(Sessions, FieldsTellTheDeviceTokenOfEachProvider) {
  const Reading reading = read_bytes(client_vpn(
      kAttempt + R"("failed","authorization-policy-evaluation":{"result":"error","device-token-status":)"
                 R"({"crowdstrike":{"status":"failed","reason":"token-expired"},"jamf":{"status":"validated"}},)"
                 R"("context":{"secret":"s3cr3t"}})"));
  ASSERT_EQ(reading.fields.size(), 1u);
  const std::string tokens = "authorization-policy-evaluation.device-token-status.";
  EXPECT_THAT(reading.fields[0],
              IsSupersetOf({"authorization-policy-evaluation.result=error", (tokens + "crowdstrike.status=failed").c_str(),
                            (tokens + "crowdstrike.reason=token-expired").c_str(), (tokens + "jamf.status=validated").c_str()}));
  EXPECT_THAT(reading.fields[0], Not(Contains(HasSubstr("s3cr3t"))));
}

TEST_F(Sessions, LongFieldsAreCutAndLongListsEnd) {
  const std::string umlauts = [] {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "\xc3\xbc";
    return "x" + text;
  }();
  std::string members = kAttempt + R"("failed")";
  for (const char* name : {"common-name", "device-type", "client-ip", "client-ip-v6", "port", "ingress-bytes", "egress-bytes",
                           "ingress-packets", "egress-packets", "connection-end-time"})
    members += std::string(",\"") + name + "\":\"" + umlauts + "\"";
  const Reading reading = read_bytes(client_vpn(members));
  ASSERT_EQ(reading.fields.size(), 1u);
  std::size_t total = 0;
  for (const std::string& field : reading.fields[0]) {
    EXPECT_TRUE(field.back() != '\xc3') << "cut inside a character";
    EXPECT_LE(field.size(), 1024u + 64);
    total += field.size() + 1;
  }
  EXPECT_GT(total, 6u * 1024);
  EXPECT_LE(total, 8u * 1024);
}

// CloudConnexa

const std::string kCloudConnexaGuide =
    R"x({ "CloudConnexaLogVersion": 1, "timestamp": "2023-12-20T10:45:14.000000Z", "cloudId": "test", "service": "CloudConnexa", "traceId": "693bbbde-626d-4940-ac2b-4e75efb49bf7", "clientPublicIp": "178.136.162.32", "initiator": "5d34eabe-f88d-4570-9954-818c03b90b4b", "initiatorType": "Device", "initiatorName": "My Device", "parentEntity": "new@gmail.com", "parentEntityType": "User", "parentEntityName": "My User", "category": "Security.Logins", "eventName": "client-disconnected", "log": { "sessionBytesIn": 34409, "sessionBytesOut": 30971, "clientUUID": "8EE244A8-90C8-5AFF-8F83-9B7E8290E4A5", "sessionDisconnectReason": "User Disconnected", "clientOsType": "macOS", "clientOsVersion": "Ventura (13.3.1)", "sessionProtocol": "UDP", "clientPublicIp": "178.136.162.32", "sessionDurationSeconds": 4, "sessionEndTime": "2023-12-20T10:45:14.000000Z", "sessionStartTime": "2023-12-20T10:45:10.000000Z", "clientTunnelIpV4": "100.96.1.34", "clientTunnelIpV6": "fd:0:0:8102::2", "clientSessionId": "6582c5be4203d502df029d4a", "gatewayRegionName": "San Jose (CA)", "gatewayRegion": "us-dev-1", "gatewayId": "us-ord-dc1-g1", "sessionTunnelProtocol": "OpenVPN", "sessionDisconnectReasonDescription": "null" } })x"
    "\n";
const std::string kCloudConnexaGuideLine =
    "cloudconnexa ended 2023-12-20T10:45:14.000Z id=6582c5be4203d502df029d4a group=us-dev-1 group_name=San Jose (CA) "
    "organisation=test gateway=us-ord-dc1-g1 user=My User device=My Device address=178.136.162.32 protocol=udp "
    "start=2023-12-20T10:45:10.000Z end=2023-12-20T10:45:14.000Z ms=4000 to_client=34409 from_client=30971 | "
    "client-disconnected: User Disconnected";

std::string cloudconnexa(const std::string& event, const std::string& header, const std::string& log) {
  return R"({"CloudConnexaLogVersion":1,"timestamp":"2026-03-01T10:00:00.500000Z","cloudId":"acme","eventName":")" + event +
         "\"" + header + (log.empty() ? "" : ",\"log\":{" + log + "}") + "}\n";
}

INSTANTIATE_TEST_SUITE_P(
    CloudConnexa, Sessions,
    ::testing::Values(
        Case{"Guide", kCloudConnexaGuide, {kCloudConnexaGuideLine}, {}, {}},
        Case{"ConnectedDeviceOverIpv6",
             cloudconnexa("client-connected",
                          R"(,"publicIp":"2a02:2378:11c4:ee42:6092:782:5f1f:997c","initiatorType":"Device","initiatorName":"Phone",)"
                          R"("parentEntity":"ann@acme.example","parentEntityType":"User","parentEntityName":null)",
                          R"("sessionStartTime":"2026-03-01T10:00:00.000000Z","gatewayRegion":"eu","sessionProtocol":"TCP",)"
                          R"("clientTunnelIpV6":"null","clientSessionId":"s1")"),
             {"cloudconnexa started 2026-03-01T10:00:00.500Z id=s1 group=eu organisation=acme user=Phone device=Phone "
              "address=2a02:2378:11c4:ee42:6092:782:5f1f:997c protocol=tcp start=2026-03-01T10:00:00.000Z | client-connected"},
             {}, {}},
        Case{"ConnectorOfANetwork",
             cloudconnexa("client-disconnected",
                          R"(,"initiatorPublicIp":"203.0.113.5","initiatorType":"Connector","initiatorName":"lisbon-1",)"
                          R"("parentEntityType":"NetworkOrHost","parentEntityName":"Lisbon")",
                          R"("sessionDurationSeconds":"60","sessionBytesIn":"1","sessionBytesOut":"2",)"
                          R"("sessionDisconnectReason":"Timeout","sessionDisconnectReasonDescription":"no answer")"),
             {"cloudconnexa ended 2026-03-01T10:00:00.500Z organisation=acme user=Lisbon device=lisbon-1 address=203.0.113.5 "
              "ms=60000 to_client=1 from_client=2 is_connector | client-disconnected: Timeout (no answer)"},
             {}, {}},
        Case{"UserFromTheLogObject",
             cloudconnexa("client-connected", R"(,"initiator":"ann@acme.example","parentEntityName":"")",
                          R"("parentEntityName":"Ann","clientUUID":"U-1","clientPublicIp":"203.0.113.6")"),
             {"cloudconnexa started 2026-03-01T10:00:00.500Z organisation=acme user=Ann device=U-1 address=203.0.113.6 | "
              "client-connected"},
             {}, {}},
        Case{"InitiatorAsLastResort", cloudconnexa("client-connected", R"(,"initiator":"ann@acme.example")", R"("x":1)"),
             {"cloudconnexa started 2026-03-01T10:00:00.500Z organisation=acme user=ann@acme.example | client-connected"}, {}, {}},
        Case{"FlowDenied",
             cloudconnexa("flow-established", R"(,"parentEntityName":"Ann")",
                          R"("allowed":false,"sourceGatewayRegion":"eu","sourceGatewayRegionName":"Lisbon",)"
                          R"("destinationEntityName":"db","destinationPort":5432,"protocol":"6")"),
             {"cloudconnexa denied 2026-03-01T10:00:00.500Z group=eu group_name=Lisbon organisation=acme user=Ann "
              "resource=db:5432 protocol=tcp | flow-established denied"},
             {}, {}},
        Case{"FlowAllowedToAnIpv6Address",
             cloudconnexa("flow-established", "", R"("allowed":"true","destinationEntityIp":"2001:db8::5","destinationPort":"443")"),
             {"cloudconnexa message 2026-03-01T10:00:00.500Z organisation=acme resource=[2001:db8::5]:443 | "
              "flow-established allowed"},
             {}, {}},
        Case{"TrafficBlockedHasAnotherEventNameInside",
             cloudconnexa("traffic-blocked", "",
                          R"("priority":1,"eventName":"ET MALWARE beacon","protocol":"TCP","destinationIp":"198.51.100.7","destinationPort":443)"),
             {"cloudconnexa denied 2026-03-01T10:00:00.500Z organisation=acme resource=198.51.100.7:443 protocol=tcp | "
              "traffic-blocked priority 1: ET MALWARE beacon"},
             {}, {}},
        Case{"DomainBlocked", cloudconnexa("domain-blocked", "", R"("domain":"bad.example","category":"Phishing","protocol":"UDP")"),
             {"cloudconnexa denied 2026-03-01T10:00:00.500Z organisation=acme resource=bad.example protocol=udp | "
              "domain-blocked: bad.example (Phishing)"},
             {}, {}},
        Case{"StreamPaused", cloudconnexa("log-stream-paused", "", R"("aws-s3-bucket":"b")"),
             {"cloudconnexa message 2026-03-01T10:00:00.500Z organisation=acme | log-stream-paused"}, {}, {}},
        Case{"TestMessageHasNoLog", cloudconnexa("test-message", "", ""),
             {"cloudconnexa message 2026-03-01T10:00:00.500Z organisation=acme | test-message"}, {}, {}},
        Case{"AuditEvent", cloudconnexa("user-updated", "", R"("operation":"UPDATE")"), {},
             {"CloudConnexa event of no interest here x1 at log:1"}, {}},
        Case{"OtherVersion", R"({"CloudConnexaLogVersion":"2","timestamp":"2026-03-01T10:00:00Z","eventName":"test-message"})",
             {"cloudconnexa message 2026-03-01T10:00:00.000Z | test-message"}, {},
             {"unknown CloudConnexaLogVersion x1 at log:1"}},
        Case{"ApiSessions",
             R"({"sessions":[{"id":"a","userName":"ann","deviceName":"Phone","region":"eu","status":"completed","disconnectReason":)"
             R"("User Disconnected","disconnectReasonDescription":"null","bytesIn":5,"bytesOut":6,"protocol":"UDP","publicIp":)"
             R"("203.0.113.5","sessionStartTime":"2026-03-01T10:00:00Z","sessionEndTime":"2026-03-01T10:01:00Z",)"
             R"("sessionDurationSeconds":60},{"id":"b","connectorName":"lisbon-1","networkName":"Lisbon","region":"eu","status":)"
             R"("ACTIVE","sessionStartTime":"2026-03-01T10:02:00Z"},{"id":"c","userName":"bob","region":"eu","status":"FAILED",)"
             R"("disconnectReason":"Subscription Limit Exceeded","sessionStartTime":"2026-03-01T10:03:00Z",)"
             R"("sessionDurationSeconds":0}],"nextCursor":"x"})",
             {"cloudconnexa whole 2026-03-01T10:01:00.000Z id=a group=eu user=ann device=Phone address=203.0.113.5 protocol=udp "
              "start=2026-03-01T10:00:00.000Z end=2026-03-01T10:01:00.000Z ms=60000 to_client=5 from_client=6 | "
              "session COMPLETED: User Disconnected",
              "cloudconnexa whole 2026-03-01T10:02:00.000Z id=b group=eu user=Lisbon device=lisbon-1 "
              "start=2026-03-01T10:02:00.000Z is_connector | session ACTIVE",
              "cloudconnexa failed 2026-03-01T10:03:00.000Z id=c group=eu user=bob start=2026-03-01T10:03:00.000Z ms=0 | "
              "session FAILED: Subscription Limit Exceeded"},
             {}, {}}),
    case_name);

TEST_F(Sessions, OfCloudConnexasGuideKeepAllDocumentedFields) {
  const Reading reading = read_bytes(kCloudConnexaGuide);
  ASSERT_EQ(reading.fields.size(), 1u);
  EXPECT_THAT(
      reading.fields[0],
      ::testing::UnorderedElementsAre(
          "CloudConnexaLogVersion=1", "timestamp=2023-12-20T10:45:14.000000Z", "cloudId=test", "service=CloudConnexa",
          "traceId=693bbbde-626d-4940-ac2b-4e75efb49bf7", "clientPublicIp=178.136.162.32",
          "initiator=5d34eabe-f88d-4570-9954-818c03b90b4b", "initiatorType=Device", "initiatorName=My Device",
          "parentEntity=new@gmail.com", "parentEntityType=User", "parentEntityName=My User", "category=Security.Logins",
          "eventName=client-disconnected", "log.sessionBytesIn=34409", "log.sessionBytesOut=30971",
          "log.clientUUID=8EE244A8-90C8-5AFF-8F83-9B7E8290E4A5", "log.sessionDisconnectReason=User Disconnected",
          "log.clientOsType=macOS", "log.clientOsVersion=Ventura (13.3.1)", "log.sessionProtocol=UDP",
          "log.clientPublicIp=178.136.162.32", "log.sessionDurationSeconds=4",
          "log.sessionEndTime=2023-12-20T10:45:14.000000Z", "log.sessionStartTime=2023-12-20T10:45:10.000000Z",
          "log.clientTunnelIpV4=100.96.1.34", "log.clientTunnelIpV6=fd:0:0:8102::2",
          "log.clientSessionId=6582c5be4203d502df029d4a", "log.gatewayRegionName=San Jose (CA)",
          "log.gatewayRegion=us-dev-1", "log.gatewayId=us-ord-dc1-g1", "log.sessionTunnelProtocol=OpenVPN"));
}

// Pangolin

const std::string kExportHeader =
    "sessionId,siteResourceId,orgId,siteId,clientId,clientEndpoint,userId,sourceAddr,destAddr,protocol,startedAt,endedAt,"
    "bytesTx,bytesRx\n";
const std::string kExportRow =
    "0123456789abcdef,3,acme,7,11,123.123.123.123:12345,u1,100.90.128.3:51820,10.0.0.5:443,tcp,1775210400,1775210405,0,0";
const std::string kExportLine =
    "pangolin whole 2026-04-03T10:00:05.000Z id=0123456789abcdef group=7 organisation=acme user=u1 device=11 "
    "address=123.123.123.123 resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z "
    "end=2026-04-03T10:00:05.000Z ms=5000 to_client=0 from_client=0 | tcp session ended";
const std::string kRowJson =
    R"({"sessionId":"0123456789abcdef","siteResourceId":3,"orgId":"acme","siteId":7,"clientId":11,"clientEndpoint":)"
    R"("123.123.123.123:12345","userId":"u1","sourceAddr":"100.90.128.3:51820","destAddr":"10.0.0.5:443","protocol":"tcp",)"
    R"("startedAt":1775210400,"endedAt":1775210405,"bytesTx":0,"bytesRx":0)";

std::string pangolin(const std::string& members) {
  return R"({"sessionId":"s","orgId":"acme","siteId":7,"destAddr":"10.0.0.5:443",)" + members + "}\n";
}
std::string pangolin_line(const std::string& happening, const std::string& more, const std::string& message) {
  return "pangolin " + happening + " id=s group=7 organisation=acme" + more + " | " + message;
}
const std::string kOpen = "whole 2026-04-03T10:00:00.000Z";
const std::string kSource = R"("sourceAddr":"100.90.128.3:51820","protocol":"tcp",)";

INSTANTIATE_TEST_SUITE_P(
    Pangolin, Sessions,
    ::testing::Values(
        Case{"ExportWithoutLastLineEnd", kExportHeader + kExportRow, {kExportLine}, {}, {}},
        Case{"OlderExport",
             "sessionId,siteResourceId,orgId,siteId,clientId,userId,sourceAddr,destAddr,protocol,startedAt,endedAt,bytesTx,bytesRx\n"
             "s,3,acme,7,,,100.90.128.3:51820,10.0.0.5:443,tcp,1775210400,,,\n",
             {pangolin_line(kOpen, " device=100.90.128.3 resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z", "tcp session open")},
             {}, {}},
        Case{"ColumnsInAnyOrderQuotesAndLineBreaks",
             "destAddr,protocol,sourceAddr,userId,orgId,sessionId,siteId,startedAt\n"
             "10.0.0.5:443,tcp,100.90.128.3:51820,\"a \"\"b\"\",\nc\",acme,s,7,1775210400\n",
             {pangolin_line(kOpen, " user=a \"b\",\nc resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z",
                            "tcp session open")},
             {}, {}},
        Case{"BrokenQuoteCostsItsRow",
             kExportHeader + "bad,3,\"ac\"me,7,,,,100.90.128.3:1,10.0.0.5:443,tcp,1775210400,,,\n" + kExportRow + "\n",
             {kExportLine}, {"malformed CSV row x1 at log:2"}, {}},
        Case{"ConcatenatedExportsOfTwoVersions",
             "sessionId,orgId,siteId,sourceAddr,destAddr,protocol,startedAt\ns,acme,7,100.90.128.3:1,10.0.0.5:443,tcp,1775210400\n" +
                 kExportHeader + kExportRow,
             {pangolin_line(kOpen, " device=100.90.128.3 resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z", "tcp session open"),
              kExportLine},
             {}, {}},
        Case{"ApostrophesAndZeroTime",
             "sessionId,orgId,siteId,userId,sourceAddr,destAddr,protocol,startedAt,endedAt\n"
             "s,acme,7,'=ann,100.90.128.3:1,10.0.0.5:443,tcp,'-62135596800,1775210400\n"
             "s,acme,7,'tis,100.90.128.3:1,10.0.0.5:443,tcp,1775210400,\n",
             {pangolin_line(kOpen, " user==ann resource=10.0.0.5:443 protocol=tcp end=2026-04-03T10:00:00.000Z",
                            "tcp session ended"),
              pangolin_line(kOpen, " user='tis resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z",
                            "tcp session open")},
             {}, {}},
        Case{"NamesOfTheApi",
             pangolin(kSource + R"("userEmail":"ann@acme.example","userId":"u1","clientName":"Laptop","clientId":4,)"
                                R"("siteName":"Lisbon","startedAt":"1775210400","endedAt":null)"),
             {"pangolin " + kOpen + " id=s group=7 group_name=Lisbon organisation=acme user=ann@acme.example "
              "device=Laptop resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z | tcp session open"},
             {}, {}},
        Case{"MergedBurst", pangolin(R"("sourceAddr":"100.90.128.3","protocol":"UDP","startedAt":1775210400,"endedAt":1775210400)"),
             {pangolin_line(kOpen, " device=100.90.128.3 resource=10.0.0.5:443 protocol=udp start=2026-04-03T10:00:00.000Z "
                                   "end=2026-04-03T10:00:00.000Z ms=0", "udp session ended, merged burst")}, {}, {}},
        Case{"Ipv6WithoutBrackets",
             pangolin(R"("sourceAddr":"fd00::5:51820","clientEndpoint":"2001:db8::9:51820","protocol":"tcp","startedAt":1775210400)"),
             {pangolin_line(kOpen, " device=fd00::5 address=2001:db8::9 resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z",
                            "tcp session open")}, {}, {}},
        Case{"Ipv6WithoutPortIsABurst", pangolin(R"("sourceAddr":"fd00::5","protocol":"tcp","startedAt":1775210400)"),
             {pangolin_line(kOpen, " device=fd00::5 resource=10.0.0.5:443 protocol=tcp start=2026-04-03T10:00:00.000Z",
                            "tcp session open, merged burst")}, {}, {}},
        Case{"EndsBeforeItStarts", pangolin(kSource + R"("startedAt":1775210405,"endedAt":1775210400)"),
             {pangolin_line(kOpen, " device=100.90.128.3 resource=10.0.0.5:443 protocol=tcp end=2026-04-03T10:00:00.000Z", "tcp session ended")},
             {}, {"session ends before it starts x1 at log:1"}},
        Case{"DocumentedTable",
             R"({"timestamp":1775210400,"protocol":"tcp","siteResourceId":3,"clientId":11,"clientEndpoint":"123.123.123.123:12345",)"
             R"("userId":"u1","sourceAddr":"100.90.128.3:51820","destAddr":"10.0.0.5:443","duration":5,"bytesTx":10,"bytesRx":20})",
             {"pangolin whole 2026-04-03T10:00:05.000Z user=u1 device=11 address=123.123.123.123 resource=10.0.0.5:443 "
              "protocol=tcp start=2026-04-03T10:00:00.000Z end=2026-04-03T10:00:05.000Z ms=5000 to_client=20 from_client=10 | "
              "tcp session ended"},
             {}, {}},
        Case{"OtherEventsOfAStream",
             R"([{"event":"request","timestamp":"2026-04-03T10:00:00Z","data":{"method":"GET"}},)"
             R"({"type":"action","ts":"2026-04-03T10:00:00Z","payload":{"action":"x"}},)"
             R"({"source":"pangolin","time":"2026-04-03T10:00:00Z","event":{"action":"x"}}])",
             {}, {"Pangolin event of another kind x3 at log:1"}, {}},
        Case{"OtherTableOfAStream", "event,timestamp,id,orgId,method\nrequest,2026-04-03T10:00:00Z,1,acme,GET\n", {},
             {"Pangolin event of another kind x1 at log:2"}, {}},
        Case{"ExportRefused",
             R"({"data":null,"success":false,"error":true,"message":"Export limit exceeded. Narrow the range.","status":400})", {},
             {"Pangolin refused the export: it holds more rows than its limit, so choose a shorter time range x1 at log:1"}, {}}),
    case_name);

TEST_F(Sessions, AnEmptyPangolinExportIsSaidToBeEmpty) {
  const Reading reading = read_bytes("orgId,action,actorType,timestamp,actor\n");
  EXPECT_EQ(reading.records + reading.skipped_count, 0u);
  EXPECT_THAT(reading.containers, ElementsAre("pangolin-empty-export"));
  EXPECT_THAT(reading.caveats, ElementsAre(HasSubstr("pangolin: empty Pangolin export: ")));
}

TEST_F(Sessions, AnExportOfAnotherPangolinLogIsNotEmpty) {
  const Reading reading = read_bytes("orgId,action,actorType,timestamp,actor\nacme,login,user,1775210400,ann\n");
  EXPECT_THAT(reading.skipped, ElementsAre("Pangolin event of another kind x1 at log:2"));
  EXPECT_THAT(reading.caveats, IsEmpty());
}

TEST_F(Sessions, APageOfManyIsSaidToBeOne) {
  const auto page = [](const std::string& total) {
    return R"({"data":{"log":[)" + kRowJson + R"(}],"pagination":{"total":)" + total +
           R"(,"limit":1,"offset":"0"},"filterAttributes":{"protocols":["tcp"],"clients":[{"id":1,"name":"x"}]}},"success":true,)"
           R"("error":false,"message":"Connection audit logs retrieved successfully","status":200})";
  };
  const Reading one = read_bytes(page("\"57\""));
  EXPECT_THAT(one.sessions, ElementsAre(kExportLine));
  EXPECT_THAT(one.skipped, IsEmpty());
  EXPECT_THAT(one.containers, ElementsAre("pangolin-api"));
  EXPECT_THAT(one.caveats, ElementsAre(HasSubstr("1 of 57 rows")));
  EXPECT_THAT(read_bytes(page("1")).caveats, IsEmpty());
}

// Pangolin's agent

INSTANTIATE_TEST_SUITE_P(
    PangolinAgent, Sessions,
    ::testing::Values(
        Case{"InnerTimesWin",
             "INFO: 2026/04/03 12:00:00 ACCESS START session=0123456789abcdef resource=12 proto=tcp src=100.90.128.3:51820 "
             "dst=10.0.0.5:443 time=2026-04-03T10:00:00Z\n"
             "INFO: 2026/04/03 12:01:05 ACCESS END session=0123456789abcdef resource=12 proto=tcp dst=10.0.0.5:443 "
             "started=2026-04-03T10:00:00Z ended=2026-04-03T10:01:05.2Z duration=1m5.2s\n",
             {"pangolin-agent started 2026-04-03T10:00:00.000Z id=0123456789abcdef device=100.90.128.3 resource=10.0.0.5:443 protocol=tcp "
              "start=2026-04-03T10:00:00.000Z | ACCESS START session=0123456789abcdef resource=12 proto=tcp "
              "src=100.90.128.3:51820 dst=10.0.0.5:443 time=2026-04-03T10:00:00Z",
              "pangolin-agent ended 2026-04-03T10:01:05.200Z id=0123456789abcdef resource=10.0.0.5:443 protocol=tcp "
              "start=2026-04-03T10:00:00.000Z end=2026-04-03T10:01:05.200Z ms=65200 | ACCESS END session=0123456789abcdef "
              "resource=12 proto=tcp dst=10.0.0.5:443 started=2026-04-03T10:00:00Z ended=2026-04-03T10:01:05.2Z duration=1m5.2s"},
             {}, {}},
        Case{"ReapedAfterMilliseconds",
             "INFO: 2026/04/03 12:01:05 ACCESS END (reaped) session=s started=0001-01-01T00:00:00Z ended=2026-04-03T10:01:05Z "
             "duration=150ms\n",
             {"pangolin-agent ended 2026-04-03T10:01:05.000Z id=s end=2026-04-03T10:01:05.000Z ms=150 | ACCESS END (reaped) "
              "session=s started=0001-01-01T00:00:00Z ended=2026-04-03T10:01:05Z duration=150ms"},
             {}, {}},
        Case{"FailedDial",
             "ERROR: 2026/04/03 10:00:05 TCP Forwarder: Failed to connect to 10.0.0.5:443: dial tcp 10.0.0.5:443: i/o timeout\n",
             {"pangolin-agent message 2026-04-03T10:00:05.000Z resource=10.0.0.5:443 | TCP Forwarder: Failed to connect to "
              "10.0.0.5:443: dial tcp 10.0.0.5:443: i/o timeout"},
             {}, {}},
        Case{"OtherLines", "WARN: 2026/04/03 10:00:05 Ping failed: timeout\n",
             {"pangolin-agent message 2026-04-03T10:00:05.000Z | Ping failed: timeout"}, {}, {}},
        Case{"ContainersTimeWinsOverTheLocalOne",
             "2026-04-03T08:00:05.123456789Z WARN: 2026/04/03 10:00:05 Ping failed: timeout\n",
             {"pangolin-agent message 2026-04-03T08:00:05.000Z | Ping failed: timeout"}, {}, {}},
        Case{"WithoutPrefix", "ACCESS START session=s proto=udp dst=10.0.0.5:53 time=2026-04-03T10:00:00+02:00\n",
             {"pangolin-agent started 2026-04-03T08:00:00.000Z id=s resource=10.0.0.5:53 protocol=udp "
              "start=2026-04-03T08:00:00.000Z | ACCESS START session=s proto=udp dst=10.0.0.5:53 time=2026-04-03T10:00:00+02:00"},
             {}, {}},
        Case{"NoTimeAtAll", "Failed to connect to 10.0.0.5:443: i/o timeout\n", {}, {"no time x1 at log:1"}, {}}),
    case_name);

// Twingate

const std::string kTwingateGuide =
    "ANALYTICS "
    R"({"connection":{"client_ip":"124.214.168.162","id":"27a35374-343eb9ce-b-3000003-60c16b09-9cca1","protocol":"tcp","resource_ip":"192.168.5.1","resource_port":80},"connector":{"id":"108","name":"AWS-instance-1208"},"device":{"id":"AFCDBA53-CC2F-48D8-8EFC-EE26E7F8EF9C"},"event_type":"established_connection","relays":[{"ip":"32.127.13.179","name":"relaybalancer+https:\/\/relays.twingate.com","port":30000}],"remote_network":{"id":"535","name":"AWS VPC"},"resource":{"address":"host.autoco.internal","applied_rule":"192.168.5.0/24","id":"1171"},"timestamp":1623288585643,"user":{"email":"[email)"
    "\xc2\xa0"
    R"(protected]","id":"1455"}})"
    "\n";
const std::string kTwingateGuideLine =
    "twingate started 2021-06-10T01:29:45.643Z id=27a35374-343eb9ce-b-3000003-60c16b09-9cca1 group=AWS VPC "
    "connector=AWS-instance-1208 user=1455 device=AFCDBA53-CC2F-48D8-8EFC-EE26E7F8EF9C address=124.214.168.162 "
    "resource=host.autoco.internal:80 protocol=tcp start=2021-06-10T01:29:45.000Z relayed=yes | established_connection";

std::string twingate(const std::string& connection, const std::string& more) {
  return R"(ANALYTICS {"connection":{"id":"e755ba99988db558-24","protocol":"tcp",)" + connection +
         R"(},"connector":{"id":"1","name":"c1"},"remote_network":{"id":"2","name":"Lisbon"},)" + more +
         R"("timestamp":1775210430124})" + "\n";
}
std::string twingate_line(const std::string& happening, const std::string& more, const std::string& message) {
  return "twingate " + happening + " 2026-04-03T10:00:30.124Z id=e755ba99988db558-24 group=Lisbon connector=c1" + more + " | " +
         message;
}
const std::string kReportHeader =
    "start_time,end_time,user,user_id,device_id,client_ip,connector,connector_id,resource_ip,resource_port,resource_domain,"
    "resource_id,protocol,status,bytes_transferred,bytes_received,remote_network,remote_network_id,relays,relay_ips,relay_ports\n";

INSTANTIATE_TEST_SUITE_P(
    Twingate, Sessions,
    ::testing::Values(
        Case{"Guide", kTwingateGuide, {kTwingateGuideLine}, {}, {}},
        Case{"ClosedDirectConnection",
             twingate(R"("client_ip":"203.0.113.7:40000","resource_ip":"10.0.0.5","resource_port":"443","duration":"30124","rx":10,)"
                      R"("tx":"20","tunnel_path":"direct","cbct_freshness":-97)",
                      R"("event_type":"closed_connection","relays":[],"user":{"id":"7","email":"ann@acme.example"},)"),
             {twingate_line("ended", " user=ann@acme.example address=203.0.113.7 resource=10.0.0.5:443 protocol=tcp "
                                     "start=2026-04-03T10:00:00.000Z end=2026-04-03T10:00:30.124Z ms=30124 to_client=10 "
                                     "from_client=20 relayed=no", "closed_connection")}, {}, {}},
        Case{"RelayedServiceAccount",
             twingate(R"("client_ip":"xxx.xxx.xxx.xxx","resource_ip":"10.0.0.5","tunnel_path":"relay")",
                      R"("event_type":"established_connection","service_account":{"id":"9","name":"backup","key":"s3cr3t","key_id":"k"},)"
                      R"("resource":{"address":"db.internal"},)"),
             {twingate_line("started", " user=backup resource=db.internal protocol=tcp start=2026-04-03T10:00:30.124Z relayed=yes",
                            "established_connection")}, {}, {}},
        Case{"NoAddressResolved",
             twingate(R"("client_ip":"","resource_ip":"","error_message":"DNS lookup error","resource_port":443)",
                      R"("event_type":"failed_to_connect","user":{"id":"7","email":"xxx@xxx.com"},"resource":{"address":"db.internal"},)"),
             {twingate_line("failed", " user=7 resource=db.internal:443 protocol=tcp relayed=no",
                            "failed_to_connect: DNS lookup error (no resource address)")}, {}, {}},
        Case{"Denied", twingate(R"("client_ip":"2001:db8::1","resource_ip":"10.0.0.5")", R"("event_type":"denied_access",)"),
             {twingate_line("denied", " address=2001:db8::1 resource=10.0.0.5 protocol=tcp relayed=no", "denied_access")}, {}, {}},
        Case{"UnknownEvent", twingate(R"("client_ip":"")", R"("event_type":"renamed_connection",)"), {},
             {"Twingate event of another kind x1 at log:1"}, {}},
        Case{"MalformedAnalyticsCostsItsLine",
             "ANALYTICS {\"connection\":{\"client_ip\":,\n" + kTwingateGuide + "ANALYTICS {\"connection\":{\"id\":\"1\n" +
                 "ANALYTICS connection\nANALYTICS\n" + kTwingateGuide.substr(0, kTwingateGuide.size() - 3) + kTwingateGuide,
             {kTwingateGuideLine},
             {"truncated JSON after ANALYTICS x3 at log:3", "malformed JSON after ANALYTICS x2 at log:1"}, {}},
        Case{"ConsoleReport",
             kReportHeader +
                 "2026-04-03 10:00:00.000000 UTC,2026-04-03 10:00:30.500000 UTC,ann@acme.example,7,d,203.0.113.7,c1,1,10.0.0.5,443,"
                 "db.internal,3,tcp,NORMAL,20,10,Lisbon,2,relay-1,198.51.100.1,30000\n"
                 "2026-04-03 10:01:00.000000 UTC,,ann@acme.example,7,d,203.0.113.7,c1,1,,443,no.internal,3,tcp,DNS_ERROR,0,0,Lisbon,2,,,\n",
             {"twingate whole 2026-04-03T10:00:30.500Z group=Lisbon connector=c1 user=ann@acme.example device=d address=203.0.113.7 "
              "resource=db.internal:443 protocol=tcp start=2026-04-03T10:00:00.000Z end=2026-04-03T10:00:30.500Z ms=30500 "
              "to_client=10 from_client=20 relayed=yes | closed_connection",
              "twingate failed 2026-04-03T10:01:00.000Z group=Lisbon connector=c1 user=ann@acme.example device=d address=203.0.113.7 "
              "resource=no.internal:443 protocol=tcp start=2026-04-03T10:01:00.000Z | failed_to_connect: DNS_ERROR"},
             {}, {}},
        Case{"ConsoleReportAsJson",
             R"({"start_time":"2026-04-03 10:00:00.000000 UTC","end_time":"","user":"ann@acme.example","connector":"c1",)"
             R"("remote_network":"Lisbon","resource_ip":"10.0.0.5","resource_port":443,"status":"CONNECTION_FAILED",)"
             R"("bytes_transferred":0,"bytes_received":0})",
             {"twingate failed 2026-04-03T10:00:00.000Z group=Lisbon connector=c1 user=ann@acme.example resource=10.0.0.5:443 "
              "start=2026-04-03T10:00:00.000Z | failed_to_connect: CONNECTION_FAILED"},
             {}, {}},
        Case{"OtherEventsOfTheSync",
             R"({"event_type":"audit_log","event":{"action":"x"}})" "\n" R"({"event_type":"dns_filtering","event":{"domain":"x"}})" "\n",
             {}, {"Twingate event of another kind x2 at log:1"}, {}}),
    case_name);

TEST_F(Sessions, OfTwingatesGuideKeepAllDocumentedFields) {
  const Reading reading = read_bytes(kTwingateGuide);
  ASSERT_EQ(reading.fields.size(), 1u);
  EXPECT_THAT(reading.fields[0],
              ::testing::UnorderedElementsAre(
                  "connection.client_ip=124.214.168.162", "connection.id=27a35374-343eb9ce-b-3000003-60c16b09-9cca1",
                  "connection.protocol=tcp", "connection.resource_ip=192.168.5.1", "connection.resource_port=80",
                  "connector.id=108", "connector.name=AWS-instance-1208", "device.id=AFCDBA53-CC2F-48D8-8EFC-EE26E7F8EF9C",
                  "event_type=established_connection", "relays.ip=32.127.13.179",
                  "relays.name=relaybalancer+https://relays.twingate.com", "relays.port=30000", "remote_network.id=535",
                  "remote_network.name=AWS VPC", "resource.address=host.autoco.internal", "resource.applied_rule=192.168.5.0/24",
                  "resource.id=1171", "timestamp=1623288585643", "user.email=[email\xc2\xa0protected]", "user.id=1455"));
}

TEST_F(Sessions, TwingatesLocationIsReadAndItsKeysAreNot) {
  const Reading reading = read_bytes(
      twingate(R"("client_ip":"")", R"("event_type":"established_connection","service_account":{"id":"9","name":"backup",)"
                                    R"("key":"s3cr3t","key_id":"k1"},"location":"{\"geoip\":{\"city\":\"Porto\",\"lat\":41.1}}",)"));
  ASSERT_EQ(reading.fields.size(), 1u);
  EXPECT_THAT(reading.fields[0], IsSupersetOf({"location.geoip.city=Porto", "location.geoip.lat=41.1", "service_account.key_id=k1"}));
  EXPECT_THAT(reading.fields[0], Not(Contains(HasSubstr("s3cr3t"))));
}

// Twingate's connector

INSTANTIATE_TEST_SUITE_P(
    TwingateConnector, Sessions,
    ::testing::Values(
        Case{"KnownByItsWords",
             "2021-06-26T21:39:49Z State: Offline\n2021-06-26T21:39:50Z failed to get an access token: Invalid token\n"
             "2021-06-26T21:39:51Z Too many open files (os error 24)\n"
             "2021-06-26T21:39:52Z relay 198.51.100.1 is not available, disconnect\n2021-06-26T21:39:53Z State of mind\n",
             {"twingate-connector message 2021-06-26T21:39:49.000Z | State: Offline",
              "twingate-connector message 2021-06-26T21:39:50.000Z | failed to get an access token: Invalid token",
              "twingate-connector message 2021-06-26T21:39:51.000Z | Too many open files (os error 24)",
              "twingate-connector message 2021-06-26T21:39:52.000Z | relay 198.51.100.1 is not available, disconnect"},
             {"not a VPN log record x1 at log:5"}, {}},
        Case{"KnownByItsProgram",
             "2021-06-26T21:39:49+0000 web-1 twingate-connector[369075]: Something new\n"
             "2021-06-26T21:39:50+0000 web-1 sshd[1]: Something new\n",
             {"twingate-connector message 2021-06-26T21:39:49.000Z source=web-1 | Something new"},
             {"not a VPN log record x1 at log:2"}, {}},
        Case{"AnswerOfTheAccessManager",
             "2021-06-26T21:39:49Z {\"error\": true, \"status\": 403, \"service\": \"Access Manager\", \"message\": \"Token is expired.\"}\n",
             {"twingate-connector message 2021-06-26T21:39:49.000Z | "
              R"({"error":true,"status":403,"service":"Access Manager","message":"Token is expired."})"},
             {}, {}},
        Case{"WithoutAnyTime", "State: Offline\n", {}, {"no time x1 at log:1"}, {}}),
    case_name);

TEST_F(Sessions, ATimeWithoutYearTakesItFromTheFile) {
  const std::string log = write("log", "Feb 29 23:39:49 web-1 twingate-connector[369075]: State: Offline\n");
  const timeval modified[2] = {{1709300000, 0}, {1709300000, 0}};  // 2024-03-01
  ASSERT_EQ(utimes(log.c_str(), modified), 0);
  EXPECT_THAT(read({log}).sessions,
              ElementsAre("twingate-connector message 2024-02-29T23:39:49.000Z yearless source=web-1 | State: Offline"));
}

TEST_F(Sessions, LinesThatStateBothTimesTellTheZoneOfTheOthers) {
  const std::string newt =
      "INFO: 2026/03/01 01:59:00 newt started\n"
      "INFO: 2026/03/01 02:00:00 ACCESS START session=a resource=9 proto=tcp src=100.90.1.2:50000 dst=10.1.1.99:22 time=2026-03-01T00:00:00Z\n"
      "newt-1  | ERROR: 2026/03/01 02:00:05 TCP Forwarder: Failed to connect to 10.1.1.99:22: dial tcp 10.1.1.99:22: i/o timeout\n"
      "INFO: 2026/03/01 05:31:40 ACCESS END session=b resource=9 proto=tcp started=2026-03-01T00:00:00Z ended=2026-03-01T00:00:05Z duration=5s\n"
      "INFO: 2026/03/01 02:00:09 newt stopped\n";
  EXPECT_THAT(read_bytes(newt, "newt.log").sessions,
              ElementsAre("pangolin-agent message 2026-02-28T23:59:00.000Z | newt started", HasSubstr("2026-03-01T00:00:00.000Z id=a"),
                          HasSubstr("2026-03-01T00:00:05.000Z source=newt-1 resource=10.1.1.99:22"), HasSubstr("2026-03-01T00:00:05.000Z id=b"),
                          HasSubstr("2026-03-01T00:00:09.000Z")));
  const std::string journal =
      "Mar 01 01:30:00 host1 twingate-connector[3]: State: Online\n"
      "Mar 01 02:00:00 host1 twingate-connector[3]: ANALYTICS {\"event_type\":\"established_connection\",\"timestamp\":1772323200000,"
      "\"connection\":{\"id\":\"8f4d3e27dda1494c-60\"},\"connector\":{\"name\":\"c\"},\"remote_network\":{\"name\":\"n\"}}\n"
      "Mar 01 04:30:00 host1 twingate-connector[3]: State: Offline\n";
  EXPECT_THAT(read_bytes(journal, "journal.log").sessions,
              ElementsAre("twingate-connector message 2026-02-28T23:30:00.000Z source=host1 | State: Online", HasSubstr("2026-03-01T00:00:00.000Z"),
                          "twingate-connector message 2026-03-01T02:30:00.000Z source=host1 | State: Offline"));
}

TEST_F(Sessions, RecordsAfterUntilAreLeftOut) {
  ReadOptions options;
  options.until = 1623288585000;
  const std::string log = write("log", kTwingateGuide);
  EXPECT_THAT(read({log}, options).sessions, IsEmpty());
  options.until = 1623288586000;
  EXPECT_THAT(read({log}, options).sessions, ElementsAre(kTwingateGuideLine));
}

// Containers

struct Wrapped {
  const char* name;
  std::function<std::string(const std::string& record)> wrap;
  std::string container;
};
std::ostream& operator<<(std::ostream& out, const Wrapped& w) { return out << w.name; }

// One line of JSON of each system.
std::string on_one_line(const std::string& json) {
  std::string line;
  for (const char c : json)
    if (c != '\n') line += c;
  return line;
}
struct Record {
  std::string json, line;
};
const std::vector<Record> kRecords{{on_one_line(kClientVpnGuide), kClientVpnGuideLine},
                                   {on_one_line(kCloudConnexaGuide), kCloudConnexaGuideLine},
                                   {kRowJson + "}", kExportLine},
                                   {on_one_line(kTwingateGuide).substr(10), kTwingateGuideLine}};

std::string wrapper_name(const ::testing::TestParamInfo<Wrapped>& info) { return info.param.name; }

class SessionContainers : public World, public ::testing::WithParamInterface<Wrapped> {};

TEST_P(SessionContainers, GiveTheSameSession) {
  for (const Record& record : kRecords) {
    const Reading reading = read_bytes(GetParam().wrap(record.json));
    ASSERT_EQ(reading.sessions.size(), 1u) << record.json;
    std::string line = reading.sessions[0];
    if (const auto source = line.find(" source=web-1"); source != std::string::npos) line.erase(source, 13);
    EXPECT_EQ(line, record.line);
    EXPECT_THAT(reading.skipped, IsEmpty());
    EXPECT_THAT(reading.containers, ElementsAre(GetParam().container));
  }
}

std::string prefixed(const std::string& prefix, const std::string& record) { return prefix + record + "\n"; }
std::string event(const std::string& record) {
  return R"({"id":"1","timestamp":1775210400000,"message":)" + json_string(record) + "}";
}
std::string in_pieces(const std::string& record) {
  const std::string time = "2021-06-26T21:39:49.123456789Z";
  const std::size_t half = record.size() / 2;
  return time + " stderr P " + record.substr(0, half) + "\n" + time + " stdout F unrelated\n" + time + " stderr P " +
         record.substr(half, 5) + "\n" + time + " stderr F " + record.substr(half + 5) + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Json, SessionContainers,
    ::testing::Values(
        Wrapped{"Bare", [](const std::string& r) { return r + "\n"; }, "ndjson"},
        Wrapped{"Array", [](const std::string& r) { return "[" + r + "]"; }, "json-array"},
        Wrapped{"Gzip", [](const std::string& r) { return gzip(r + "\n"); }, "ndjson"},
        Wrapped{"GetLogEvents", [](const std::string& r) { return R"({"events":[)" + event(r) + "]}"; }, "get-log-events"},
        Wrapped{"Subscription",
                [](const std::string& r) {
                  return R"({"messageType":"DATA_MESSAGE","logGroup":"g","logStream":"s","logEvents":[)" + event(r) + "]}";
                }, "subscription"},
        Wrapped{"S3Export", [](const std::string& r) { return prefixed("2026-04-03T10:00:00.000Z ", r); }, "cloudwatch-s3-export"},
        Wrapped{"TailWithStream", [](const std::string& r) { return prefixed("2026-04-03T10:00:00.000000+00:00 some-stream ", r); },
                "aws-logs-tail-detailed"},
        Wrapped{"InsightsCsv",
                [](const std::string& r) {
                  std::string quoted;
                  for (const char c : r) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
                  return "@timestamp,@message\n2026-04-03 10:00:00.000,\"" + quoted + "\"\n";
                }, "insights-csv"},
        Wrapped{"JournaldShort", [](const std::string& r) { return prefixed("Jun 26 21:39:49 web-1 agent[1]: ", r); }, "journald"},
        Wrapped{"JournaldIso", [](const std::string& r) { return prefixed("2021-06-26T21:39:49+0000 web-1 agent[1]: ", r); },
                "journald"},
        Wrapped{"JournaldFull", [](const std::string& r) { return prefixed("Sat 2021-06-26 21:39:49 UTC web-1 agent[1]: ", r); },
                "journald"},
        Wrapped{"JournaldUnix", [](const std::string& r) { return prefixed("1624743589.123456 web-1 agent[1]: ", r); }, "journald"},
        Wrapped{"JournaldJson",
                [](const std::string& r) {
                  return R"({"MESSAGE":)" + json_string(r) + R"(,"__REALTIME_TIMESTAMP":"1624743589123456","_HOSTNAME":"web-1"})";
                }, "journald-json"},
        Wrapped{"JournaldJsonBytes",
                [](const std::string& r) {
                  std::string bytes;
                  for (const char c : r) bytes += (bytes.empty() ? "" : ",") + std::to_string(static_cast<unsigned char>(c));
                  return R"({"__REALTIME_TIMESTAMP":"1624743589123456","_HOSTNAME":"web-1","MESSAGE":[)" + bytes + "]}";
                }, "journald-json"},
        Wrapped{"Rfc3164", [](const std::string& r) { return prefixed("<34>Jun 26 21:39:49 web-1 agent: ", r); }, "syslog"},
        Wrapped{"Rfc5424",
                [](const std::string& r) {
                  return prefixed(R"(<34>1 2021-06-26T21:39:49.003Z web-1 agent 1 ID47 [x@1 a="]" b="\""][y@1] )", r);
                }, "syslog"},
        Wrapped{"Rfc5424WithoutData", [](const std::string& r) { return prefixed("<34>1 - - agent - - - ", r); }, "syslog"},
        Wrapped{"DockerLogs", [](const std::string& r) { return prefixed("2021-06-26T21:39:49.123456789Z ", r); },
                "docker-logs"},
        Wrapped{"DockerJson",
                [](const std::string& r) {
                  return R"({"log":)" + json_string(r + "\n") + R"(,"stream":"stdout","time":"2021-06-26T21:39:49.123456789Z"})";
                }, "docker-json"},
        Wrapped{"Cri", [](const std::string& r) { return prefixed("2021-06-26T21:39:49.123456789Z stderr F ", r); }, "cri"},
        Wrapped{"CriInPieces",
                [](const std::string& r) {
                  const std::string lines = in_pieces(r);
                  const auto from = lines.find("2021", 1 + lines.find('\n')), to = lines.find('\n', from);
                  return lines.substr(0, from) + lines.substr(to + 1);
                }, "cri"},
        Wrapped{"Vector",
                [](const std::string& r) {
                  return R"({"file":"/var/log/x","kubernetes":{"pod_name":"web-1","container_name":"agent"},"message":)" + r +
                         R"(,"source_type":"kubernetes_logs","stream":"stderr","timestamp":"2021-06-26T21:39:49Z"})";
                }, "ndjson"}),
    wrapper_name);

class AnalyticsContainers : public World, public ::testing::WithParamInterface<Wrapped> {};

TEST_P(AnalyticsContainers, GiveTheSameConnection) {
  const Reading reading = read_bytes(GetParam().wrap(on_one_line(kTwingateGuide)));
  ASSERT_EQ(reading.sessions.size(), 1u);
  std::string line = reading.sessions[0];
  if (const auto source = line.find(" source=web-1"); source != std::string::npos) line.erase(source, 13);
  EXPECT_EQ(line, kTwingateGuideLine);
  EXPECT_THAT(reading.skipped, IsEmpty());
  EXPECT_THAT(reading.containers, ElementsAre(GetParam().container));
}

INSTANTIATE_TEST_SUITE_P(
    Twingate, AnalyticsContainers,
    ::testing::Values(
        Wrapped{"Bare", [](const std::string& r) { return r + "\r\n"; }, "text"},
        Wrapped{"JournaldShort",
                [](const std::string& r) { return prefixed("Jun 26 21:39:49 web-1 twingate-connector[369075]: ", r); }, "journald"},
        Wrapped{"JournaldPrecise",
                [](const std::string& r) { return prefixed("Jun 26 21:39:49.123456 web-1 twingate-connector[369075]: ", r); },
                "journald"},
        Wrapped{"DockerLogs", [](const std::string& r) { return prefixed("2021-06-26T21:39:49.123456789Z ", r); }, "docker-logs"},
        Wrapped{"DockerJson",
                [](const std::string& r) {
                  return R"({"log":)" + json_string(r + "\n") + R"(,"stream":"stdout","time":"2021-06-26T21:39:49.123456789Z"})";
                }, "docker-json"},
        Wrapped{"Cri", [](const std::string& r) { return prefixed("2021-06-26T21:39:49.123456789Z stderr F ", r); }, "cri"},
        Wrapped{"Ecs", [](const std::string& r) { return R"({"events":[)" + event(r) + "]}"; }, "get-log-events"},
        Wrapped{"JournaldJson",
                [](const std::string& r) {
                  return R"({"SYSLOG_IDENTIFIER":"twingate-connector","MESSAGE":)" + json_string(r) +
                         R"(,"__REALTIME_TIMESTAMP":"1624743589123456","_HOSTNAME":"web-1"})";
                }, "journald-json"},
        Wrapped{"Syslog",
                [](const std::string& r) { return prefixed("<30>1 2021-06-26T21:39:49Z web-1 twingate-connector 1 - - ", r); },
                "syslog"}),
    wrapper_name);

TEST_F(Sessions, PiecesOfTwoStreamsDoNotMix) {
  const Reading reading = read_bytes(in_pieces(on_one_line(kTwingateGuide)));
  EXPECT_THAT(reading.sessions, ElementsAre(kTwingateGuideLine));
  EXPECT_THAT(reading.session_places, ElementsAre("log:1"));
  EXPECT_THAT(reading.skipped, ElementsAre("not a VPN log record x1 at log:2"));
}

TEST_F(Sessions, APieceWithoutItsRestIsTruncated) {
  const Reading reading = read_bytes("2021-06-26T21:39:49Z stderr P ANALYTICS {\"connection\":\n");
  EXPECT_THAT(reading.skipped, ElementsAre("truncated JSON after ANALYTICS x1 at log:1"));
}

TEST_F(Sessions, EachFormOfAPangolinStreamGivesTheRow) {
  const std::string row = kRowJson + R"(,"id":5})";
  for (const std::string& bytes :
       {R"([{"event":"connection","timestamp":"2026-04-03T10:00:05Z","data":)" + row + "}]",
        R"({"event":"connection","timestamp":"2026-04-03T10:00:05Z","data":)" + row + "}\n",
        R"({"type":"connection","ts":"2026-04-03T10:00:05Z","payload":)" + row + "}\n",
        R"({"source":"pangolin","time":"2026-04-03T10:00:05Z","event":)" + row + "}\n",
        "event,timestamp,id," + kExportHeader + "connection,2026-04-03T10:00:05Z,5," + kExportRow + "\r\n"}) {
    const Reading reading = read_bytes(bytes);
    EXPECT_THAT(reading.sessions, ElementsAre(kExportLine)) << bytes;
    EXPECT_THAT(reading.skipped, IsEmpty()) << bytes;
  }
}

TEST_F(Sessions, TheSyncsWrapperGivesTheConnection) {
  const Reading reading = read_bytes(R"({"event_type":"network_access","event":)" + kRecords[3].json + "}\n");
  EXPECT_THAT(reading.sessions, ElementsAre(kTwingateGuideLine));
  EXPECT_THAT(reading.containers, ElementsAre("twingate-s3-sync"));
}

TEST_F(Sessions, OfAllSystemsStandBesideTunnels) {
  std::string bytes = R"({"event_timestamp":1673252138,"details":"AWS tunnel is up","ike_phase1_state":"established"})" "\n";
  for (const Record& record : kRecords) bytes += record.json + "\n";
  const Reading reading = read_bytes(bytes + kTwingateGuide);
  EXPECT_EQ(reading.sessions.size(), 4u);
  EXPECT_EQ(reading.events.size(), 1u);
  EXPECT_EQ(reading.records, 6u);
  EXPECT_THAT(reading.skipped, IsEmpty());
}

// Who and what was named before is known by the fields; a record that is read alone has nobody before it.
TEST_F(World, WhomARecordNamesDoesNotDependOnTheRecordsBeforeIt) {
  std::mt19937 random(23);
  const Lines values{R"("a")", R"(" a ")", R"("'=a")", "7", R"("7")", "null", "true", R"("")", "1.5", R"("null")", R"("NA")", "[1]",
                     "\"" + std::string(150, 'x') + "\"", R"("198.51.100.7:51820")", R"("UDP")", R"("udp")"};
  const auto members = [&](std::initializer_list<const char*> names) {
    std::string out;
    for (const char* const name : names)
      if (random() % 6 != 0) out += fmt::format(R"("{}":{},)", name, values[random() % 3 == 0 ? random() % values.size() : 0]);
    return out;
  };
  std::string together;
  Lines alone;
  for (int i = 0; i < 400; ++i) {
    const int second = 1772438400 + i;
    const std::string pangolin = fmt::format(R"({{{}"sourceAddr":"100.90.1.1:999","destAddr":{},"startedAt":{},"endedAt":{},"sessionId":"s{}"}})",
        members({"siteId", "siteName", "orgId", "userEmail", "userId", "clientName", "clientId", "clientEndpoint", "protocol"}),
        random() % 2 == 0 ? R"("10.0.0.5:443")" : R"("10.0.0.6:443")", second - 5, second, i);
    const std::string twingate = fmt::format(R"({{"event_type":"established_connection","timestamp":{}000,"connection":{{{}"id":"s{}"}},)"
        R"("connector":{{{}"x":1}},"remote_network":{{{}"x":1}},"resource":{{{}"x":1}},"user":{{{}"x":1}},"device":{{{}"x":1}}}})",
        second, members({"client_ip", "resource_ip", "resource_port", "protocol"}), i, members({"name", "id"}), members({"name", "id"}),
        members({"address"}), members({"email", "id"}), members({"id"}));
    const std::string line = (i % 2 == 0 ? pangolin : twingate) + "\n";
    together += line;
    const Reading reading = read_bytes(line);
    ASSERT_EQ(reading.sessions.size(), 1u) << line;
    alone.push_back(reading.sessions[0]);
  }
  EXPECT_EQ(read_bytes(together).sessions, alone);
}

}  // namespace
}  // namespace tunnelscope::input::testing
