// `explain` on what people paste of session logs: records, agents' lines, and bare reasons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "src/command.hpp"

namespace tunnelscope::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Answer {
  int status = 0;
  std::string out, err;
};

Answer explained(const std::string& text, const std::string& format = "text") {
  Answer answer;
  Console console;
  console.out = [&](std::string_view part) { return answer.out += part, 0; };
  console.err = [&](std::string_view part) { answer.err += part; };
  console.environment = [](std::string_view) { return std::string(); };
  console.clock = [] { return std::int64_t{1772323200000}; };
  answer.status = run({"explain", "--format", format, text}, console);
  return answer;
}

const std::string kAttempt =
    R"({"connection-log-type":"connection-attempt","connection-attempt-status":"failed",)"
    R"("connection-attempt-failure-reason":"client-connect-handler-timed-out","connection-id":"cvpn-connection-0a1b2c3d4e5f60718",)"
    R"("client-vpn-endpoint-id":"cvpn-endpoint-0123456789abcdef0","connection-last-update-time":"2026-03-01 00:10:00",)"
    R"("username":"joe","device-ip":"198.51.100.20","transport-protocol":"udp"})";
const std::string kFlow =
    R"(ANALYTICS {"connection":{"client_ip":"198.51.100.20","id":"27a35374-343eb9ce-b-3000003-60c16b09-9cca1","protocol":"tcp",)"
    R"("resource_ip":"","resource_port":443,"error_message":"DNS_ERROR"},"connector":{"id":"1","name":"lisbon"},)"
    R"("event_type":"failed_to_connect","remote_network":{"id":"5","name":"Office"},"resource":{"address":"intranet.example","id":"7"},)"
    R"("timestamp":1772323800000,"service_account":{"id":"9","name":"robot","key":"sk-verysecret"}})";

TEST(ExplainSessions, SaysWhatAPastedTextMeansAndWhomItConcerns) {
  struct Row {
    std::string text;
    std::vector<const char*> wanted;
  };
  const Row rows[] = {
      {kAttempt, {"connection-attempt failed: client-connect-handler-timed-out\n2026-03-01T00:10:00.000Z\n", "user     joe", "signal   handler_failed",
                  "group    cvpn-endpoint-0123456789abcdef0", "authorization-handler-failing: "}},
      {kFlow, {"failed_to_connect: DNS_ERROR", "user     robot", "connector lisbon", "resource intranet.example:443", "signal   dns_failed"}},
      {"INFO: 2026/04/03 10:00:00 TCP Forwarder: Failed to connect to 10.0.0.5:443: dial tcp 10.0.0.5:443: i/o timeout",
       {"system   pangolin", "resource 10.0.0.5:443", "signal   resource_failed"}},
      {"Jun 26 21:39:49 host twingate-connector[369075]: State: Offline", {"State: Offline\n  system   twingate", "signal   connector_down"}},
      {"client-connect-handler-timed-out", {"taken as connection-attempt failed: client-connect-handler-timed-out", "signal   handler_failed"}},
      {"User Disconnected", {"taken as client-disconnected: User Disconnected", "weight   normal"}},
      {"DNS_ERROR", {"taken as failed_to_connect: DNS_ERROR", "dns-failure: "}},
      {"failed_to_connect: DNS_ERROR", {"failed_to_connect: DNS_ERROR\n  rule", "signal   dns_failed"}},
  };
  for (const Row& row : rows) {
    const Answer answer = explained(row.text);
    EXPECT_EQ(answer.status, 0) << row.text;
    for (const char* const wanted : row.wanted) EXPECT_THAT(answer.out, HasSubstr(wanted)) << row.text;
    EXPECT_THAT(answer.out, Not(HasSubstr("verysecret")));
  }
}

TEST(ExplainSessions, AReasonThatNoRuleKnowsIsNotMadeUp) {
  const Answer sentence = explained("the moon phase is wrong");
  EXPECT_EQ(sentence.status, 4);
  EXPECT_THAT(sentence.out, HasSubstr("no message rule matches this line"));
  const Answer word = explained("moon-phase-wrong");
  EXPECT_EQ(word.status, 4);
  EXPECT_THAT(word.err, HasSubstr("no cause and no rule is called `moon-phase-wrong`"));
}

TEST(ExplainSessions, JsonNamesTheSameThings) {
  const auto json = nlohmann::json::parse(explained(kAttempt, "json").out);
  EXPECT_EQ(json["about"]["system"], "aws-client-vpn");
  EXPECT_EQ(json["about"]["user"], "joe");
  EXPECT_EQ(json["signal"], "handler_failed");
  EXPECT_FALSE(json.contains("taken_as"));
  const auto reason = nlohmann::json::parse(explained("client-connect-handler-throttled", "json").out);
  EXPECT_EQ(reason["message"], "client-connect-handler-throttled");
  EXPECT_EQ(reason["taken_as"], "connection-attempt failed: client-connect-handler-throttled");
  EXPECT_FALSE(reason.contains("about"));
}

TEST(ExplainSessions, TunnelsAreExplainedAsBefore) {
  EXPECT_THAT(explained("AWS tunnel DPD timed out after 3 retransmits").out,
              AllOf(StartsWith("AWS tunnel DPD timed out after 3 retransmits\n  rule     aws-s2s/"), Not(HasSubstr("taken as"))));
}

TEST(Explain, AKeyShowsNowhereInTheAnswer) {
  const char* const lines[] = {
      "set security ike pre-shared-key ascii-text Tr0ub4dorSecretJJ", "AWS tunnel negotiated pre-shared key: Tr0ub4dorSecretJJ",
      "PreSharedKey Tr0ub4dorSecretJJ",                               "AWS tunnel psk = \"Tr0ub4dorSecretJJ\" detected, psk is Tr0ub4dorSecretJJ",
      "AWS tunnel PSK: Tr0ub4dorSecretJJ",                            "AWS tunnel received DELETE pre-shared key Tr0ub4dorSecretJJ again"};
  for (const std::string line : lines)
    for (const char* const format : {"text", "json"}) {
      const Answer answer = explained(line, format);
      EXPECT_EQ(answer.status, 4) << line;
      EXPECT_THAT(answer.out + answer.err, AllOf(HasSubstr("[key removed]"), Not(HasSubstr("0ub4")), Not(HasSubstr("Secret")))) << line;
    }
}

TEST(Explain, TheCaretStandsUnderTheSameWordsWhenAKeyIsRemoved) {
  const auto caret = [](const std::string& line) {
    const std::string out = explained(line).out;
    const std::size_t end = out.find("^ matched up to here");
    EXPECT_NE(end, std::string::npos) << out;
    return end - out.rfind('\n', end);
  };
  EXPECT_EQ(caret("AWS tunnel received DELETE for nothing, psk: abcdefghijk"), caret("AWS tunnel received DELETE for nothing, psk: mnopq"));
}

}  // namespace
}  // namespace tunnelscope::app
