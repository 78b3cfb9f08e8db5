// What receivers are named, and what each is sent. Payloads are files in tests/live/payloads/, one a kind and change; BLESS=1 rewrites
// them.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "src/live/receivers/receiver.hpp"

namespace tunnelscope::live {
namespace {

const Environment kEnvironment = [](const std::string& name) -> std::optional<std::string> {
  if (name == "KEY") return "R0UT1NGKEY";
  if (name == "HOOK") return "https://hooks.slack.com/services/T0/B0/s3cr3t";
  if (name == "NO_URL") return "s3cr3t";
  return std::nullopt;
};

std::string secret_file(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/tunnelscope-receiver-secret-" + std::to_string(getpid());
  std::ofstream(path) << text;
  return path;
}

struct Naming {
  const char* text;
  const char* error;  // empty: it is a receiver
};
void PrintTo(const Naming& n, std::ostream* out) { *out << n.text; }

const Naming kNamings[] = {
    {"alertmanager:http://127.0.0.1:9093", ""},
    {"webhook:https://alerts.example.net/tunnels?team=network", ""},
    {"webhook:http://127.0.0.1:8080/TunnelscopeAlertsForTheNetworkTeam/2026-03-01", ""},
    {"webhook:https://alerts.example.net/hooks/tunnelscope-production-eu-central-1?team=on-call-network-2", ""},
    {"slack:$HOOK", ""},
    {"pagerduty:$KEY", ""},
    {"pagerduty:$KEY,url=http://127.0.0.1:8080/", ""},
    {"webhook:$HOOK", ""},
    {"mail:me@example.net", "this names no kind of receiver"},
    {"webhook", "this names no kind of receiver"},
    {"webhook:", "webhook: this is no http or https URL"},
    {"webhook:ftp://example.net/", "webhook: this is no http or https URL"},
    {"webhook:file:///etc/passwd", "webhook: this is no http or https URL"},
    {"webhook:https://user:s3cr3t@example.net/", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/?token=s3cr3t", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://hooks.slack.com/services/T0/B0/s3cr3t", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://hc-ping.com/550e8400-e29b-41d4-a716-446655440000", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in/9f86d081884c7d659a2feaa0c55ad015", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/bot123456789:AAHk3vXq8ZrT1yWm5pLdE0/send", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in?id=tGzv3JOkF0XG5Qx2TlKWIA", "webhook: this URL is a secret, and other users see a command line"},
    {"alertmanager:https://ops:s3cr3t@example.net", "alertmanager: this URL is a secret, and other users see a command line"},
    {"slack:https://chat.example.net/hooks/s3cr3t", "slack: this URL is a secret, and other users see a command line"},
    {"webhook:https://9f86d081884c7d65.webhook.example/", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://550e8400-e29b-41d4-a716-446655440000.webhook.example/", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://k7qzt4mfx2p9w3vd8hrb6n5c1jys0gla.lambda-url.eu-central-1.on.aws/", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://qzxkjvwpmtrbnhgd.webhook.example/", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in/qzxkjvwpmtrbnhgdlcfw", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in/QZXKJVWPMTRBNHGDLCFW", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/hooks/qzxkjvwpmtrbnhgd/send", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in/8392017465039182", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in?room=839201746503918274650391", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/in/kqZvJwXpMtRbNhGdLcFw", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:https://example.net/room-xkqzjvwpmtrbnhgdlcfw", "webhook: this URL is a secret, and other users see a command line"},
    {"webhook:http://127.0.0.1:8080/hooks/vpn-0a1b2c3d4e5f60718?design=a&monkey=1", ""},
    {"webhook:https://alerts.example.net/tunnelscopealertsforthenetworkteam", ""},
    {"webhook:https://alerts.example.net/benachrichtigungen/netzwerkueberwachung?kanal=stoerungsmeldungen", ""},
    {"webhook:https://alertmanager-operated.monitoring.svc.cluster.local:9093/", ""},
    {"webhook:https://prometheuswebhooksnmp.example.net/kubernetesalertreceiver", ""},
    {"webhook:https://alerts.example.net/TUNNELNOTIFICATIONSPRODUCTION", ""},
    {"webhook:https://alerts.example.net/123456789012/20260301120000/1772438400000", ""},
    {"webhook:https://ip-10-20-30-40.eu-central-1.compute.internal/", ""},
    {"webhook:https://vpn-203-0-113-17.example.net/", ""},
    {"webhook:https://internal-k8s-alerting-receiver-1a2b3c4d5e-1234567890.eu-central-1.elb.amazonaws.com/", ""},
    {"webhook:http://[2001:db8:1a2b:3c4d:5e6f:7081:92a3:b4c5]:8080/", ""},
    {"webhook:https://alerts.example.net/tgw-0a1b2c3d4e5f60718", ""},
    {"slack:$NO_URL", "slack: this is no http or https URL"},
    {"slack:$MISSING", "slack: the environment variable MISSING is not set"},
    {"slack:@/nonexistent/slack", "slack: cannot read /nonexistent/slack"},
    {"pagerduty:s3cr3t", "pagerduty: a key on the command line can be seen by other users"},
    {"pagerduty:$KEY,url=gopher://x", "pagerduty: this is no http or https URL"},
};

class ReceiverName : public ::testing::TestWithParam<Naming> {};
TEST_P(ReceiverName, IsAReceiverOrAnErrorThatHoldsNoSecret) {
  const auto receiver = receiver_named(GetParam().text, kEnvironment);
  EXPECT_EQ(receiver ? "" : receiver.error().reason, GetParam().error);
  if (receiver) {
    EXPECT_EQ((*receiver)->name(), GetParam().text);
  } else {
    EXPECT_THAT(receiver.error().reason + receiver.error().hint, ::testing::Not(::testing::HasSubstr("s3cr3t")));
    EXPECT_FALSE(receiver.error().hint.empty());
  }
}
INSTANTIATE_TEST_SUITE_P(Namings, ReceiverName, ::testing::ValuesIn(kNamings));

TEST(ReceiverRate, OfEachKindIsBounded) {
  for (const auto& [text, a_minute] : {std::pair{"alertmanager:http://127.0.0.1:9093", 600}, {"pagerduty:$KEY", 60}, {"slack:$HOOK", 50}, {"webhook:http://127.0.0.1/", 600}})
    EXPECT_EQ((*receiver_named(text, kEnvironment))->most_a_minute(), a_minute) << text;
}

TEST(ReceiverSecret, OfAFileIsTakenWithoutItsLineEnd) {
  const auto receiver = receiver_named("pagerduty:@" + secret_file("R0UT1NGKEY\r\n"), kEnvironment);
  ASSERT_TRUE(receiver);
  const Delivery delivery{};
  EXPECT_EQ(nlohmann::json::parse((*receiver)->request({&delivery, 1}, 0).body).at("routing_key"), "R0UT1NGKEY");
}

TEST(ReceiverSecret, OfAFileWithSeveralLinesIsRefused) {
  const auto receiver = receiver_named("pagerduty:@" + secret_file("one\ntwo\n"), kEnvironment);
  ASSERT_FALSE(receiver);
  EXPECT_THAT(receiver.error().reason, ::testing::EndsWith("holds more than one line"));
}

// A gateway outage with whatever a hostile log may put into it.
Delivery delivery(diag::ChangeKind kind) {
  diag::Episode e;
  e.key = "5f2c9a1e77d0b34c";
  e.subject = e.connection = "vpn-0123456789abcdef0";
  e.cause = "gateway-outage";
  e.fingerprint = "a31b77c0c5e9d210";
  e.severity = kb::Severity::Critical;
  e.impact = kb::Impact::Outage;
  e.title = "The gateway stopped answering";
  e.summary = "Both tunnels fell silent: <!channel> \"*bold*\" & \x1b[31m\xe2\x80\xae\xff.";
  e.first_step = "Look whether the gateway and its internet line are up.";
  e.runbook_url = "https://runbooks.example.net/gateway";
  e.owner = "network";
  e.down = {"vpn-0123456789abcdef0/203.0.113.17", "vpn-0123456789abcdef0/203.0.113.18"};
  e.start = 1'772'323'200'000;
  diag::Time at = e.start + 10'000;
  if (kind == diag::ChangeKind::Resolved) {
    e.down.clear();
    e.recovered = e.start + 600'000;
    at = e.start + 900'000;
  }
  return {"00000000000000d1", {"00000000000000c1", kind, at, e}, false};
}

struct Payload {
  const char* receiver;
  diag::ChangeKind kind;
};
void PrintTo(const Payload& p, std::ostream* out) { *out << p.receiver << " " << name_of(p.kind); }

class ReceiverPayload : public ::testing::TestWithParam<Payload> {};
TEST_P(ReceiverPayload, IsAsRecorded) {
  const auto receiver = receiver_named(GetParam().receiver, kEnvironment);
  ASSERT_TRUE(receiver) << receiver.error().reason;
  const Delivery d = delivery(GetParam().kind);
  const Request request = (*receiver)->request({&d, 1}, 1'772'330'000'000);
  std::string text = "POST " + request.url + "\n";
  for (const std::string& header : request.headers) text += header + "\n";
  text += "\n" + nlohmann::ordered_json::parse(request.body).dump(2, ' ', true) + "\n";

  const std::string kind = std::string(GetParam().receiver).substr(0, std::string(GetParam().receiver).find(':'));
  const std::string path = std::string(SOURCE_DIR "/tests/live/payloads/") + kind + "-" + std::string(name_of(GetParam().kind)) + ".txt";
  if (std::getenv("BLESS") != nullptr) std::ofstream(path) << text;
  std::ostringstream recorded;
  recorded << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, recorded.str()) << path;
}
const Payload kPayloads[] = {
    {"alertmanager:http://127.0.0.1:9093", diag::ChangeKind::Opened},
    {"alertmanager:http://127.0.0.1:9093", diag::ChangeKind::SeverityChanged},
    {"alertmanager:http://127.0.0.1:9093", diag::ChangeKind::Resolved}, {"pagerduty:$KEY", diag::ChangeKind::Opened},
    {"pagerduty:$KEY", diag::ChangeKind::Resolved},                     {"slack:$HOOK", diag::ChangeKind::Opened},
    {"slack:$HOOK", diag::ChangeKind::Resolved},                        {"webhook:https://alerts.example.net/", diag::ChangeKind::Opened},
    {"webhook:https://alerts.example.net/", diag::ChangeKind::Resolved},
};
INSTANTIATE_TEST_SUITE_P(Payloads, ReceiverPayload, ::testing::ValuesIn(kPayloads));

}  // namespace
}  // namespace tunnelscope::live
