// Pseudonyms: nothing that identifies a company stays, in no field; everything else does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "diag/classify.hpp"
#include "src/redact.hpp"
#include "tests/unit/report_builder.hpp"

namespace tunnelscope::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Redactor& redactor() {
  static const Redactor made("0123456789abcdef0123456789abcdef");
  return made;
}

TEST(CliRedact, IdentifiersAreReplacedWhereverTheyStand) {
  struct Row {
    const char* text;
    const char* secret;
    const char* prefix;
  };
  const Row rows[] = {
      {"mismatch with cgw: 198.51.100.20", "198.51.100.20", "ip-"},
      {"peer 198.51.100.20:4500.", "198.51.100.20", "ip-"},
      {"from 10.1.2.3/24", "10.1.2.3", "ip-"},
      {"cgw198.51.100.20", "198.51.100.20", "ip-"},
      {"host ip-198-51-100-20.eu-west-1", "198-51-100-20", "ip-"},
      {"peer 2001:db8::20 is dead", "2001:db8::20", "ip-"},
      {"[2001:DB8:0:0:0:0:0:20]:500", "2001:DB8", "ip-"},
      {"exports/vpn-0123456789abcdef0_203.0.113.17-IKE.log:5", "0123456789abcdef0", "vpn-x"},
      {"exports/vpn-0123456789abcdef0_203.0.113.17-IKE.log:5", "203.0.113.17", "ip-"},
      {"cgw-0a1b2c3d4e5f60718", "0a1b2c3d4e5f60718", "cgw-x"},
      {"cvpn-connection-0a1b2c3d4e5f60718", "0a1b2c3d4e5f60718", "cvpn-connection-x"},
      {"device 8EE244A8-90C8-5AFF-8F83-9B7E8290E4A5", "90C8-5AFF", "id-"},
      {"AWSLogs/123456789012/x", "123456789012", "account-"},
      {"Phase 2 SA with SPI: c1234567", "c1234567", "spi-"},
      {"SPI=0xc1234567", "c1234567", "spi-"},
      {"SPIs c1234567_i 0badcafe_o", "c1234567", "spi-"},
      {"SPIs c1234567_i 0badcafe_o", "0badcafe", "spi-"},
      {"user=joe.bloggs logged in", "joe.bloggs", "user-"},
      {"login by joe.bloggs@example.com.", "joe.bloggs", "user-"},
      {"identity 'C=US, O=Acme Inc, CN=gw1 acme'", "gw1 acme", "user-"},
      {"identity 'C=US, O=Acme Inc, CN=gw1 acme'", "Acme Inc", "user-"},
      {"logs/aws-export-123456789012-eu/a.log:1", "123456789012", "account-"},
      {"logs/123456789012_vpn/a.log", "123456789012", "account-"},
      {"login of username eve failed", "eve", "user-"},
      {"denied User Mallory access", "Mallory", "user-"},
      {"USER = \"mallory\"", "mallory", "user-"},
      {"user: mallory", "mallory", "user-"},
      {"/home/jbloggs/exports/a.log:3", "jbloggs", "user-"},
  };
  for (const Row& row : rows) {
    const std::string clean = redactor().text(row.text);
    EXPECT_THAT(clean, Not(HasSubstr(row.secret))) << row.text;
    EXPECT_THAT(clean, HasSubstr(row.prefix)) << row.text;
    EXPECT_EQ(redactor().text(clean), clean) << "a pseudonym is replaced again";
  }
}

TEST(CliRedact, HostNamesGoFromMessagesAndFileNamesStay) {
  EXPECT_THAT(redactor().message("no answer from gw1.acme.example"), Not(HasSubstr("acme")));
  EXPECT_EQ(redactor().text("exports/000000.gz:17"), "exports/000000.gz:17");
}

TEST(CliRedact, ShapesHideWhatTheirMasksLeave) {
  const char* const texts[] = {"SPIs c12abcdef_i 0badcafe12_o", "SPI 12abcdef_i", "mail to joe7@gw1.acme.example", "no answer from gw1.acme.example",
                               "user eve7 left"};
  for (const char* const text : texts) {
    const std::string shape = redactor().unknown_shape(diag::shape_of(text));
    for (const char* const secret : {"abcdef", "badcafe", "acme", "joe", "eve"}) EXPECT_THAT(shape, Not(HasSubstr(secret))) << text;
  }
  EXPECT_EQ(redactor().unknown_shape("did <n> changes in <n> s in phase<n>"), "did <n> changes in <n> s in phase<n>");
}

TEST(CliRedact, OfTextsThatNoRuleKnowsOnlyKnownWordsStay) {
  const char* const texts[] = {"something odd about MUC-HQ/FW7 serial FGT60FTK20012345", "lost via jump host jmp-prod-3",
                               "still waiting for fw-muc-core7 (site MUC-HQ)", "peer 10.1.2.3 at Munich", "serial 60020012345"};
  for (const char* const text : texts) {
    for (const std::string& clean : {redactor().unknown_message(text), redactor().unknown_shape(diag::shape_of(text))}) {
      for (const char* const secret : {"MUC", "HQ", "FW7", "FGT", "jmp", "prod", "muc", "core", "Munich", "60020012345", "10.1.2.3"}) {
        EXPECT_THAT(clean, Not(HasSubstr(secret))) << text;
      }
    }
  }
  const char* const plain[] = {"AWS tunnel sent 3 packets of AES256 in phase1 after 30s (id=1032)", "AWS tunnel processed request for CREATE_CHILD_SA",
                               "DPD timed out: no response from cgw [key removed]"};
  for (const char* const text : plain) EXPECT_EQ(redactor().unknown_message(text), text);
  EXPECT_EQ(redactor().unknown_message("SPI: c1234567"), redactor().message("SPI: c1234567"));
}

TEST(CliRedact, NoWordOfTheKnowledgeBaseIsTakenForAName) {
  const char* const texts[] = {"limit how many one user may connect", "see what the user username says", "login: once more", "cat /etc/resolv.conf"};
  for (const char* const text : texts) EXPECT_EQ(redactor().sentence(text, Redactor::Hosts::Stay), text);
  const std::string filled = redactor().sentence("one user of ana@acme.example may reach 10.1.2.3 at fw1.acme.example", Redactor::Hosts::Go);
  for (const char* const secret : {"ana", "acme", "10.1.2.3"}) EXPECT_THAT(filled, Not(HasSubstr(secret)));
}

TEST(CliRedact, DocumentedValuesOfRecordsStay) {
  const char* const texts[] = {"Security.Logins", "Windows 11 Pro 22H2", "Debian GNU/Linux 12 (bookworm)", "ended at 2026-04-13T22:05", "2026-04-13 22:05:10"};
  for (const char* const text : texts) EXPECT_EQ(redactor().unknown_message(text), text);
}

TEST(CliRedact, MaskedTextsAreEqualForOtherNames) {
  EXPECT_EQ(redactor().masked("peer 10.1.1.1 of user eve"), redactor().masked("peer 10.1.1.2 of user mallory"));
}

TEST(CliRedact, OrdinaryTextStays) {
  const char* const texts[] = {
      "AWS tunnel DPD timed out after 3 retransmits",
      "AWS tunnel processed request (id=1032) for CREATE_CHILD_SA",
      "selectors 0.0.0.0/0 === 0.0.0.0/0",
      "2026-03-01T00:00:00.000Z",
      "version 1.2.3.4.5",
      "from 12:30:15 to 13:00:00",
      "a user without a name",
      "the user is unknown, user authentication failed",
      "add the dead beef",
  };
  for (const char* const text : texts) EXPECT_EQ(redactor().text(text), text);
}

TEST(CliRedact, EqualValuesHaveEqualPseudonymsUnderOneKeyOnly) {
  EXPECT_EQ(redactor().text("2001:db8::20"), redactor().text("2001:DB8:0::20"));
  EXPECT_EQ(redactor().text("VPN-0123456789ABCDEF0"), redactor().text("vpn-0123456789abcdef0"));
  EXPECT_NE(redactor().text("10.0.0.1"), redactor().text("10.0.0.2"));
  EXPECT_NE(redactor().text("10.0.0.1"), Redactor("another key, long enough").text("10.0.0.1"));
  EXPECT_NE(redactor().fingerprint("5f2c9a1e77d0b34c"), "5f2c9a1e77d0b34c");
}

// Every text field of a document holds the same secrets; none may come out in any format.
TEST(CliRedact, NoFormatShowsAnIdentifier) {
  const std::string id = "vpn-0123456789abcdef0", ip = "203.0.113.17", peer = "198.51.100.20";
  test::ReportBuilder builder;
  builder.tunnel(id, ip, "down");
  builder.connection(id, 2, "none");
  auto& f = builder.finding("psk-mismatch", id + "/" + ip, kb::Severity::Critical);
  f.summary = "no key for " + peer;
  f.evidence[0].message = "pre-shared key mismatch with cgw: " + peer + ", psk: \"hunter2 hunter2\"";
  f.evidence[0].at = "export/" + id + "_" + ip + "-IKE.log:5";
  f.evidence[0].state = "peer " + peer;
  f.steps[0].command = "ping " + peer;
  f.steps[0].text = "ask " + peer;
  f.ruled_out = {{"peer-unreachable", peer + " answered"}};
  f.details["peer"] = peer;
  f.explains = {"a31b77c0c5e9d210"};
  builder.report().inputs[0].path = builder.report().paths[0] = "export/" + id + "_" + ip;
  builder.report().coverage.unrecognised_shapes = {{"hello " + peer, 1, {0, 3}}};
  builder.report().coverage.skipped_by_reason = {{"bad " + peer, 1, {0, 3}}};
  builder.report().coverage.notes_by_reason = {{"odd " + peer, 1, {0, 3}}};
  builder.report().tunnels[0].outages[0].evidence = {"export/" + id + ":3"};
  report::Document document = builder.document();
  document.problems = {{"export/" + ip, "permission denied for " + peer, "ask " + peer}};
  document.notes = {{"a note", {id + "/" + ip}, {}}};
  clean(document, &redactor());
  for (const report::Format& format : report::formats()) {
    const std::string text = test::written(format, document);
    for (const std::string& secret : {id, ip, peer, std::string("hunter2"), std::string("0123456789abcdef0")}) {
      EXPECT_THAT(text, Not(HasSubstr(secret))) << format.name;
    }
    EXPECT_THAT(text, Not(HasSubstr("a31b77c0c5e9d210"))) << format.name;
    EXPECT_THAT(text, HasSubstr("psk-mismatch")) << format.name;
  }
}

// Names that are mere words, numbers or addresses, in every field that a report on sessions has.
class RedactedSessions : public ::testing::Test {
 protected:
  RedactedSessions() {
    auto& g = builder_.sessions();
    g.caveats.push_back("joe's export is one page of many");
    g.reasons.push_back({"dial tcp 10.0.0.5:443: no route to intranet.acme.example for JOE", "", 1, "export/joe.log:1455"});
    g.list[0].user = "joe";
    g.list[0].id = "7f3a9c1144d0e2ab";
    g.list[0].resource = "10.0.0.5:443";
    g.list[0].reason = "user Ana Maria refused: posture of joe-laptop";
    g.list[0].fields = {{"sourceAddr", "198.51.100.77:51820"}, {"clientId", "1455"}, {"siteId", "12"}, {"duration", "5"},
                        {"parentEntityName", "Ana Maria"}, {"device-type", "win"}, {"timestamp", "2026-03-01T00:10:00Z"},
                        {"category", "Security.Logins"}, {"error_message", "no route to gw1.acme.example"},
                        {"clientUUID", "8EE244A8-90C8-5AFF-8F83-9B7E8290E4A5"}, {"protocol", "tcp"}, {"username", "NA"},
                        {"authorization-policy-evaluation.device-token-status.crowdstrike", "failed: token-malformed"},
                        {"location", "{\"geoip\":{\"city\":\"Evora\",\"lat\":38.571}}"}, {"service_account.key", "sk-verysecret"},
                        {"authorization-policy-evaluation",
                         "{\"result\":\"deny\",\"context\":{\"team\":\"finance\",\"reason\":\"vip\"},\"reason\":\"policy-deny\"}"}};
    auto& f = builder_.session_finding("authorization-handler-failing", "aws-client-vpn/cvpn-endpoint-0123456789abcdef0");
    f.title = "the handler of Lisbon office fails";
    f.summary = "joe, Ana Maria and 1455 failed at intranet.acme.example:443 through lisbon-connector";
    f.evidence[0].message = "failed_to_connect for joe to intranet.acme.example";
    f.evidence[0].fields["cloudId"] = "acmecorp";
    f.evidence[0].at = "CloudConnexa/acmecorp/x.jsonl:5";
    f.details["who"] = std::string("joe (3), Ana Maria, x, 12, and 4 more");
    f.details["resources"] = std::string("intranet.acme.example:443, payroll:22");
    f.details["connectors"] = std::string("lisbon-connector");
    f.details["addresses"] = std::string("198.51.100.20, 2001:db8::20");
    f.details["organisation"] = std::string("acmecorp");
    f.details["reasons"] = std::string("posture of joe-laptop");
    f.steps[0].command = "grep acmecorp /var/log/vpn";
    f.ruled_out = {{"dns-failure", "intranet.acme.example was resolved"}};
    builder_.session_finding("resource-unreachable", "twingate/payroll:22");
    builder_.session_finding("session-churn", "cloudconnexa/joe/joe-laptop");
    builder_.report().coverage.unrecognised_shapes = {{diag::shape_of("hello acmecorp and joe7"), 1, {0, 3}}};
    builder_.report().sessions[0].list[1].user = "joe7";
    builder_.report().sessions[0].list[1].device = "101";
    builder_.report().sessions[0].busiest.push_back({"joe7/101", 1, 0, 0, 0, std::nullopt, test::at(1)});
    builder_.report().sessions[0].busiest.push_back({"10.0.0.0/24", 1, 0, 0, 0, std::nullopt, test::at(1)});
    builder_.report().coverage.skipped_by_reason = {{"no time for joe", 1, {0, 3}}};
  }
  report::Document cleaned(const Redactor* redactor) {
    report::Document document = builder_.document();
    clean(document, redactor);
    return document;
  }
  test::ReportBuilder builder_;
};

TEST_F(RedactedSessions, NoFormatShowsAName) {
  const report::Document document = cleaned(&redactor());
  const char* const secrets[] = {
      "joe",     "JOE",      "ana",       "Ana",    "Maria",   "Lisbon",  "lisbon",   "acme",        "intranet",   "payroll",
      "gw-lis",  "198.51",   "2001:db8",  "10.0.0", "10.1.0",  "1455 ",   "\"1455\"", "8EE244A8",    "90C8",       "0123456789abcdef0",
      "Evora",   "38.571",   "finance",   "vip",    "7f3a9c1", "laptop ", "phone",    "0a1b2c3d4e5", "verysecret", "sk-", "/101"};
  for (const report::Format& format : report::formats()) {
    const std::string text = test::written(format, document);
    for (const char* const secret : secrets) {
      if (std::string_view(secret) == "ana") continue;  // "manager" and the like; its address is in the list
      EXPECT_THAT(text, Not(HasSubstr(secret))) << format.name;
    }
  }
}

TEST_F(RedactedSessions, WhatNamesNobodyStays) {
  const report::Document document = cleaned(&redactor());
  const auto& group = document.report.sessions[0];
  const auto& fields = group.list[0].fields;
  struct Row {
    const char* field;
    const char* value;
  };
  const Row rows[] = {{"duration", "5"}, {"device-type", "win"}, {"timestamp", "2026-03-01T00:10:00Z"}, {"protocol", "tcp"},
                      {"category", "Security.Logins"}, {"username", "NA"}, {"service_account.key", "[key removed]"},
                      {"authorization-policy-evaluation.device-token-status.crowdstrike", "failed: token-malformed"}};
  for (const Row& row : rows) EXPECT_EQ(fields.at(row.field), row.value) << row.field;
  EXPECT_THAT(fields.at("authorization-policy-evaluation"), HasSubstr("\"result\":\"deny\""));
  EXPECT_THAT(fields.at("authorization-policy-evaluation"), HasSubstr("\"reason\":\"policy-deny\""));
  EXPECT_EQ(group.reasons[0].text, "connection-attempt failed: client-connect-handler-timed-out");
  EXPECT_EQ(group.list[0].outcome, "failed");
  EXPECT_THAT(group.reasons[2].first, testing::EndsWith(".log:1455"));
  EXPECT_THAT(group.list[0].resource, testing::EndsWith(":443"));
  EXPECT_THAT(document.report.findings[0].subject, testing::StartsWith("aws-client-vpn/cvpn-endpoint-x"));
  EXPECT_EQ(document.report.findings[0].explanation, "the explanation of authorization-handler-failing");
  const auto& who = std::get<std::string>(document.report.findings[0].details.at("who"));
  EXPECT_THAT(who, testing::EndsWith(", and 4 more"));
  EXPECT_THAT(who, Not(HasSubstr(", x, 12,")));  // names of a letter or a number go from lists of names
}

TEST_F(RedactedSessions, ANameHasOnePseudonymWhereverItStands) {
  const report::Document document = cleaned(&redactor());
  const diag::Report& r = document.report;
  const std::string joe = r.sessions[0].list[0].user;
  EXPECT_THAT(joe, testing::StartsWith("user-"));
  EXPECT_EQ(r.sessions[0].busiest[1].who, joe);
  EXPECT_EQ(r.sessions[0].churning[0].who, joe + "/" + r.sessions[0].list[0].device);
  EXPECT_THAT(r.sessions[0].caveats[1], testing::StartsWith(joe + "'s"));
  for (const diag::Finding& f : r.findings) {
    if (f.cause == "session-churn") {
      EXPECT_EQ(f.subject, "cloudconnexa/" + joe + "/" + r.sessions[0].list[0].device);
    }
    if (f.cause != "authorization-handler-failing") continue;
    EXPECT_THAT(f.summary, testing::StartsWith(joe + ", "));
    EXPECT_THAT(f.evidence[0].message, HasSubstr("for " + joe + " to host-"));
    EXPECT_EQ(f.evidence[0].fields.at("username"), joe);
    EXPECT_THAT(std::get<std::string>(f.details.at("who")), testing::StartsWith(joe + " (3), "));
  }
  EXPECT_EQ(redactor().message("username joe"), "username " + joe);  // as in a text that does not know the name
}

TEST_F(RedactedSessions, KeysGoFromEveryFieldEvenWithoutRedaction) {
  auto& g = builder_.report().sessions[0];
  const std::string key = "psk: \"hunter2 hunter2\"";
  for (std::string* text : {&g.caveats[0], &g.reasons[0].text, &g.list[0].reason, &g.list[0].device, &g.busiest[0].who, &g.name,
                            &g.list[0].fields["reason"], &builder_.report().findings[0].evidence[0].fields["initiatorName"]}) {
    *text = key;
  }
  for (const report::Format& format : report::formats()) {
    const std::string text = test::written(format, cleaned(nullptr));
    EXPECT_THAT(text, Not(HasSubstr("hunter2"))) << format.name;
    EXPECT_THAT(text, Not(HasSubstr("verysecret"))) << format.name;
    EXPECT_THAT(text, HasSubstr("joe")) << format.name;
  }
}

TEST(CliRedact, KeysGoEvenWithoutRedaction) {
  test::ReportBuilder builder;
  builder.tunnel("vpn-0123456789abcdef0", "203.0.113.17", "down");
  auto& f = builder.finding("psk-mismatch", "vpn-0123456789abcdef0/203.0.113.17", kb::Severity::Critical);
  f.evidence[0].message = "psk: \"hunter2 hunter2\" for 198.51.100.20";
  report::Document document = builder.document();
  clean(document, nullptr);
  for (const report::Format& format : report::formats()) {
    const std::string text = test::written(format, document);
    EXPECT_THAT(text, Not(HasSubstr("hunter2"))) << format.name;
    const bool shows_evidence = format.name != "sarif" && format.name != "github" && format.name != "gitlab";
    if (shows_evidence) {
      EXPECT_THAT(text, HasSubstr("198.51.100.20")) << format.name;
    }
  }
}

TEST(CliRedact, RedactedTunnelsStandInTheOrderOfTheirNewNames) {
  test::ReportBuilder builder;
  for (int i = 0; i < 20; ++i) builder.tunnel("vpn-0123456789abcde" + std::to_string(10 + i), "203.0.113.17", "up");
  report::Document document = builder.document();
  clean(document, &redactor());
  const auto& tunnels = document.report.tunnels;
  EXPECT_TRUE(std::is_sorted(tunnels.begin(), tunnels.end(), [](auto& a, auto& b) { return a.id < b.id; }));
}

class KeyFolder : public ::testing::Test {
 protected:
  KeyFolder() {
    std::filesystem::remove_all(folder_);
    console_.environment = [this](std::string_view name) {
      return name == "XDG_STATE_HOME" ? folder_.string() : std::string();
    };
  }
  ~KeyFolder() override { std::filesystem::remove_all(folder_); }
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("tunnelscope-key-" + std::to_string(::getpid()));
  Console console_;
};

TEST_F(KeyFolder, TheKeyOfAnInstallationIsMadeOnceAndForItsUserAlone) {
  const auto first = redactor_for({}, console_), second = redactor_for({}, console_);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->text("10.0.0.1"), second->text("10.0.0.1"));
  struct stat info {};
  ASSERT_EQ(stat((folder_ / "tunnelscope/redact.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(KeyFolder, AShortOrMissingKeyIsRefusedWithAWayOut) {
  Settings settings;
  settings.redact_key = (folder_ / "none").string();
  EXPECT_THAT(redactor_for(settings, console_).error().reason, HasSubstr("cannot be read"));
  std::filesystem::create_directories(folder_);
  settings.redact_key = (folder_ / "short").string();
  std::ofstream(settings.redact_key) << "abc\n";
  const auto refused = redactor_for(settings, console_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().reason, HasSubstr("shorter than 16 bytes"));
  EXPECT_THAT(refused.error().hint, HasSubstr("openssl rand"));
}

}  // namespace
}  // namespace tunnelscope::app
