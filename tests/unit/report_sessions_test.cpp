// What the three formats say of user sessions, over reports made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "src/report/sessions_text.hpp"
#include "src/report/words.hpp"
#include "tests/unit/report_builder.hpp"

namespace tunnelscope::report {
namespace {

using test::at;
using test::ReportBuilder;
using test::screen;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

constexpr const char* kEndpoint = "aws-client-vpn/cvpn-endpoint-0123456789abcdef0";
constexpr const char* kVpn = "vpn-0123456789abcdef0";
constexpr const char* kCause = "authorization-handler-failing";

ReportBuilder ill_sessions() {
  ReportBuilder builder;
  builder.sessions();
  builder.session_finding(kCause, kEndpoint);
  return builder;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; start = end + 1, end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
  }
  return lines;
}

std::string first_screen(const std::string& text) {
  const auto lines = lines_of(text);
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(lines.size(), 24); ++i) out += lines[i] + "\n";
  return out;
}

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

TEST(SessionsJson, KeysAreTheContractsThenOurs) {
  const Json json = Json::parse(to_json(ill_sessions().document(), screen()));
  const Json& group = json["sessions"][0];
  EXPECT_EQ(keys_of(group),
            (std::vector<std::string>{"system", "group", "connections", "failed", "users", "primary_cause", "name", "looks_failed", "denied", "open",
                                      "first", "last", "median_duration_s", "bytes_to_client", "bytes_from_client", "concurrency",
                                      "reasons", "busiest", "failing", "churning", "caveats", "list", "list_omitted"}));
  EXPECT_EQ(keys_of(group["concurrency"]), (std::vector<std::string>{"start", "step_s", "most", "peak", "peak_at"}));
  EXPECT_EQ(keys_of(group["reasons"][0]), (std::vector<std::string>{"text", "rule", "count", "first"}));
  EXPECT_EQ(keys_of(group["busiest"][0]), (std::vector<std::string>{"who", "connections", "failed", "short_sessions", "connected_s",
                                                                    "bytes", "last", "looks_failed"}));
  EXPECT_EQ(keys_of(group["list"][0]),
            (std::vector<std::string>{"id", "user", "device", "address", "resource", "connector", "gateway", "protocol", "start", "end",
                                      "duration_s", "bytes_to_client", "bytes_from_client", "outcome", "reason", "at", "fields"}));
}

TEST(SessionsJson, WhatIsNotKnownIsNull) {
  const Json group = Json::parse(to_json(ill_sessions().document(), screen()))["sessions"][0];
  EXPECT_TRUE(group["reasons"][1]["rule"].is_null());
  EXPECT_TRUE(group["busiest"][1]["bytes"].is_null());
  for (const char* const key : {"id", "address", "resource", "connector", "gateway", "protocol", "start", "end", "duration_s",
                                "bytes_to_client", "bytes_from_client"}) {
    EXPECT_TRUE(group["list"][0][key].is_null()) << key;
  }
  ReportBuilder bare;
  bare.report().sessions.push_back({});
  const Json empty = Json::parse(to_json(bare.document(), screen()))["sessions"][0];
  for (const char* const key : {"name", "primary_cause", "first", "last", "median_duration_s", "bytes_to_client", "bytes_from_client"}) {
    EXPECT_TRUE(empty[key].is_null()) << key;
  }
}

TEST(SessionsJson, OnlyEvidenceOfSessionsHasFields) {
  auto builder = ill_sessions();
  builder.finding("psk-mismatch", std::string(kVpn) + "/203.0.113.17", kb::Severity::Warning);
  const Json findings = Json::parse(to_json(builder.document(), screen()))["findings"];
  EXPECT_EQ(findings[0]["evidence"][0]["fields"]["username"], "joe");
  EXPECT_FALSE(findings[1]["evidence"][0].contains("fields"));
}

TEST(SessionsText, TheFirstScreenSaysWhichEndpointWhoSinceWhenWhyAndWhatFirst) {
  const std::string text = first_screen(to_text(ill_sessions().document(), screen()));
  for (const char* const wanted :
       {"user sessions: 12 connections, 5 failed (aws-client-vpn)", "cvpn-endpoint-0123456789abcdef0, Lisbon office",
        "12 connections, 5 failed, 2 denied, 4 users", "since 2026-03-01 00:10:00", "why    the title of authorization-handler-failing",
        "who    3 users: joe, ana@acme.example", "first  client-vpn: look at the handler's log"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
}

TEST(SessionsText, SessionsAloneSayNothingOfTunnels) {
  const std::string text = to_text(ill_sessions().document(), screen());
  EXPECT_THAT(text, Not(HasSubstr("tunnel:")));
  EXPECT_THAT(text, Not(HasSubstr("tunnels")));
  EXPECT_THAT(to_markdown(ill_sessions().document(), screen()), Not(HasSubstr("| tunnel |")));
}

TEST(SessionsText, TheSectionHasTableReasonsCurveAndCaveats) {
  const std::string text = to_text(ill_sessions().document(), screen());
  for (const char* const wanted :
       {"SESSIONS  aws-client-vpn cvpn-endpoint-0123456789abcdef0, Lisbon office", "3 without a logged end", "34.4 kB to clients", "Open at once",
        "\u2581\u2582\u2583\u2585\u2588\u2587\u2584\u2581\u2581\u2582\u2582\u2584", "2026-03-01 00:00:00 to 01:00:00 UTC, most: 8 at 00:22:00",
        "Busiest\n    ana@acme.example           7      1     0          2 h   65.4 kB", "Failing", "Churning", "joe-laptop",
        "     4  connection-attempt failed: client-connect-handler-timed-out\n", "moon-phase-wrong (not documented)", "            at export/a.log:9", "first at export/a.log:5",
        "- failed certificate logins are never logged"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
}

TEST(SessionsText, AsciiScreensGetAnAsciiCurve) {
  const std::string text = to_text(ill_sessions().document(), screen(80, false));
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
  EXPECT_THAT(text, HasSubstr("    _.:=#*-__..-\n"));
}

TEST(SessionsText, NoLineIsWiderThanTheScreen) {
  auto builder = ill_sessions();
  auto& g = builder.report().sessions[0];
  g.busiest.push_back({"averyveryverylonguser.name.without.any.blank.in.it@subsidiary.of.acme.example", 1, 2, 3, 1e11, 1'234'567'890'123, at(1)});
  g.failing.push_back({"\u4e2d\u6587\u4e2d\u6587 wide name \u4e2d\u6587", 1'000'000'000, 2, 3, 4, 5, at(1)});
  g.concurrency.most.assign(10'000, 3);
  for (int width = app::kNarrowest; width <= 130; ++width) {
    for (const std::string& line : lines_of(to_text(builder.document(), screen(width)))) {
      ASSERT_LE(app::columns_of(line), width) << line;
    }
  }
}

TEST(SessionsText, HostileNamesDoNotReachTheTerminal) {
  auto builder = ill_sessions();
  auto& g = builder.report().sessions[0];
  for (std::string* text : {&g.group, &g.name, &g.busiest[0].who, &g.reasons[0].text, &g.caveats[0]}) *text = "x\x1b[2J\xE2\x80\xAE";
  const std::string text = to_text(builder.document(), screen());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
}

TEST(SessionsText, HundredsOfGroupsStayReadable) {
  ReportBuilder builder;
  for (int i = 0; i < 300; ++i) builder.sessions(diag::System::Twingate, "network-" + std::to_string(i)).primary_cause = "";
  builder.sessions();
  builder.session_finding(kCause, kEndpoint);
  const std::string text = to_text(builder.document(), screen());
  EXPECT_LT(lines_of(text).size(), 200U);
  EXPECT_THAT(first_screen(text), HasSubstr("cvpn-endpoint-0123456789abcdef0"));
  EXPECT_THAT(text, HasSubstr("300 groups of sessions without trouble"));
  EXPECT_THAT(text, HasSubstr("and 296 more groups of sessions: --format json shows them all"));
}

// Of tunnels and sessions in one run the worse one is explained first, and the other is named.
TEST(SessionsText, TheWorstOfBothKindsIsExplainedFirst) {
  struct Row {
    const char* status;
    kb::Severity tunnel, sessions;
    const char* first;
    const char* other;
  };
  const Row rows[] = {
      {"down", kb::Severity::Critical, kb::Severity::Critical, "psk-mismatch", "also:  aws-client-vpn/cvpn-endpoint-0123456789abcdef0 authorization-handler-failing"},
      {"degraded", kb::Severity::Warning, kb::Severity::Critical, kCause, "203.0.113.17 psk-mismatch"},
      {"down", kb::Severity::Critical, kb::Severity::Warning, "psk-mismatch", "also:  aws-client-vpn/cvpn-endpoint-0123456789abcdef0 authorization-handler-failing"},
  };
  for (const Row& row : rows) {
    ReportBuilder builder;
    builder.tunnel(kVpn, "203.0.113.17", row.status);
    builder.sessions();
    builder.finding("psk-mismatch", std::string(kVpn) + "/203.0.113.17", row.tunnel);
    builder.session_finding(kCause, kEndpoint, row.sessions);
    const std::string text = to_text(builder.document(), screen(120));
    EXPECT_THAT(text, HasSubstr(std::string("why    the title of ") + row.first)) << row.first;
    EXPECT_THAT(text, HasSubstr(row.other)) << row.first;
    EXPECT_THAT(text, HasSubstr("1 tunnel: ")) << row.first;
  }
}

TEST(SessionsCurve, EveryShapeFitsAndShowsItsPeak) {
  struct Row {
    std::vector<std::uint32_t> most;
    int width;
    const char* curve;
  };
  const Row rows[] = {
      {{}, 10, ""},           {{0, 0}, 10, ""},        {{1}, 10, "#"},
      {{0, 1}, 10, "_#"},     {{0, 1, 7}, 10, "_.#"},  {{0, 1, 100}, 10, "_.#"},
      {{0, 0, 9, 0}, 2, "_#"}, {{4294967295U, 1}, 2, "#."}, {{3, 1, 2}, 1, "#"},
      {{1, 2}, 0, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(sparkline({at(0), 60, row.most, 0, at(0)}, row.width, false), row.curve);
}

TEST(SessionsMarkdown, HasTableListsAndInertNames) {
  auto builder = ill_sessions();
  builder.report().sessions[0].busiest[0].who = "a|b <img src=x> `c`";
  const std::string text = to_markdown(builder.document(), screen());
  for (const char* const wanted :
       {"# VPN session diagnosis\n", "| aws-client-vpn | `cvpn-endpoint-0123456789abcdef0` | 12 | 5 | 0 | 2 | 4 | `authorization-handler-failing` |",
        "**Affected**: 3 users: joe", "## Sessions of aws-client-vpn `cvpn-endpoint-0123456789abcdef0`, Lisbon office",
        "| churning | `joe/joe-laptop` | 3 | 2 | 12 |", "a\\|b", "- 1 time `connection-attempt failed: moon-phase-wrong`, not documented",
        "**Open at once**: `\u2581", "- failed certificate logins are never logged"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
}

TEST(SessionsWords, WhatHasNoLoggedEndIsNotSaidToGoOn) {
  auto builder = ill_sessions();
  builder.report().now = at(600);  // another log goes on for hours
  diag::Finding& f = builder.report().findings[0];
  const auto span = [&] { return span_in_words(f, builder.report()); };
  EXPECT_EQ(span(), "since 2026-03-01 00:10:00, last seen 2026-03-01 00:59:00, no end was logged");
  EXPECT_EQ(last_of_sessions(builder.report(), f), at(60));
  for (const std::string& text : {to_text(builder.document(), screen()), to_markdown(builder.document(), screen()), to_html(builder.document(), screen())})
    EXPECT_THAT(text, Not(HasSubstr("still going on")));
  f.last_seen = f.first_seen;
  EXPECT_EQ(span(), "since 2026-03-01 00:10:00, no end was logged");
  f.ongoing = false;
  EXPECT_EQ(span(), "at 2026-03-01 00:10:00");
  f.first_seen = diag::kNoTime, f.ongoing = true;
  EXPECT_EQ(span(), "no end was logged");
}

TEST(SessionsWords, ACurvesScaleEndsAtACountThatHasAHalf) {
  const std::pair<std::uint32_t, std::vector<std::uint32_t>> rows[] = {{1, {1, 0}}, {2, {2, 1, 0}}, {7, {8, 4, 0}}, {8, {8, 4, 0}}, {UINT32_MAX, {UINT32_MAX, UINT32_MAX / 2, 0}}};
  for (const auto& [highest, counts] : rows) EXPECT_EQ(counts_on(top_of_scale(highest)), counts) << highest;
}

TEST(SessionsWords, FailuresAreNamedByHowTheyAreKnown) {
  struct Row {
    std::uint64_t failed, looks_failed;
    bool logged;
    const char* text;
  };
  const Row rows[] = {{5, 0, true, "5 failed"}, {0, 0, true, "0 failed"}, {0, 24, false, "24 look failed"}, {0, 1, false, "1 looks failed"},
                      {0, 0, false, "none looks failed"}, {8, 2, false, "8 failed, 2 look failed"}, {8, 0, false, "8 failed"}, {0, 3, true, "0 failed, 3 look failed"}};
  for (const Row& row : rows) EXPECT_EQ(failures_in_words(row.failed, row.looks_failed, row.logged), row.text);
}

TEST(SessionsWords, EveryFormatNamesFlowsThatLookFailed) {
  ReportBuilder builder;
  auto& g = builder.sessions(diag::System::Pangolin, "4");
  g.failed = 0, g.looks_failed = 6;
  g.busiest = {{"usrbela", 7, 0, 0, 7200, std::nullopt, at(59), 6}};
  const std::string text = to_text(builder.document(), screen()), markdown = to_markdown(builder.document(), screen());
  EXPECT_THAT(text, HasSubstr("user sessions: 12 connections, 6 look failed (pangolin)"));
  EXPECT_THAT(text, HasSubstr("connections look failed short"));
  EXPECT_THAT(text, HasSubstr("usrbela                  7           6     0"));
  EXPECT_THAT(markdown, HasSubstr("| who | connections | look failed | short |"));
  EXPECT_THAT(markdown, HasSubstr("| `usrbela` | 7 | 6 | 0 |"));
  const Json group = Json::parse(to_json(builder.document(), screen()))["sessions"][0];
  EXPECT_EQ(group["failed"], 0);
  EXPECT_EQ(group["looks_failed"], 6);
  EXPECT_EQ(group["busiest"][0]["looks_failed"], 6);
}

TEST(SessionsWords, BytesAreWordedForPeople) {
  struct Row {
    std::int64_t bytes;
    const char* text;
  };
  const Row rows[] = {{-1, "0 bytes"}, {1, "1 byte"}, {999, "999 bytes"}, {1000, "1.0 kB"}, {999'949, "999.9 kB"}, {999'950, "1.0 MB"},
                      {std::numeric_limits<std::int64_t>::max(), "9223.4 PB"}};
  for (const Row& row : rows) EXPECT_EQ(bytes_in_words(row.bytes), row.text);
}

TEST(SessionsWords, NotesStandForTunnelsOnly) { EXPECT_TRUE(notes_on(ill_sessions().report()).empty()); }

}  // namespace
}  // namespace tunnelscope::report
