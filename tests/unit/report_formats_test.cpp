// The three formats of a report, each over reports made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include <nlohmann/json.hpp>

#include "src/report/timeline.hpp"
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

constexpr const char* kVpn = "vpn-0123456789abcdef0";

ReportBuilder ill_report() {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  builder.tunnel(kVpn, "203.0.113.18", "up");
  builder.connection(kVpn, 2, "one");
  auto& root = builder.finding("psk-mismatch", std::string(kVpn) + "/203.0.113.17", kb::Severity::Critical);
  root.explains = {"0000000000000011"};
  builder.finding("dpd-timeout", std::string(kVpn) + "/203.0.113.17", kb::Severity::Warning, kb::Role::Symptom);
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

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

void expect_first_keys(const Json& json, const std::vector<std::string>& expected) {
  std::vector<std::string> keys = keys_of(json);
  ASSERT_GE(keys.size(), expected.size());
  keys.resize(expected.size());
  EXPECT_EQ(keys, expected);
}

TEST(ReportJson, KeysStandInTheOrderOfTheContract) {
  const Json json = Json::parse(to_json(ill_report().document(), screen()));
  expect_first_keys(json, {"schema", "tool", "window", "inputs", "coverage", "tunnels", "connections", "sessions", "findings"});
  expect_first_keys(json["inputs"][0], {"path", "container", "dialects", "records", "skipped"});
  expect_first_keys(json["coverage"], {"records", "recognised", "unrecognised", "skipped", "duplicates",
                                       "skipped_by_reason", "unrecognised_shapes"});
  expect_first_keys(json["tunnels"][0], {"id", "connection", "outside_ip", "ike_version", "status", "phase1", "phase2", "bgp",
                                         "primary_cause", "availability", "outages", "interruptions", "events", "first", "last"});
  expect_first_keys(json["tunnels"][0]["availability"], {"up_s", "down_s", "unknown_s", "ratio", "outages", "mean_time_between_s",
                                                         "mean_time_to_recover_s", "longest_outage_s"});
  expect_first_keys(json["tunnels"][0]["outages"][0], {"start", "end", "cause", "blocked_by", "evidence"});
  expect_first_keys(json["connections"][0], {"id", "tunnels", "redundancy", "availability", "both_down"});
  expect_first_keys(json["findings"][0], {"cause", "fingerprint", "severity", "confidence", "role", "impact", "subject", "title",
                                          "summary", "explanation", "first_seen", "last_seen", "count", "ongoing", "explains",
                                          "evidence", "ruled_out", "steps", "verify", "references", "details"});
  expect_first_keys(json["findings"][0]["evidence"][0], {"at", "time", "rule", "message"});
  expect_first_keys(json["findings"][0]["steps"][0], {"who", "do", "command"});
}

TEST(ReportJson, WhatIsNotKnownIsNull) {
  ReportBuilder builder;
  auto& t = builder.tunnel("", "", "unknown");
  t.id = "unknown";
  t.ike_version = diag::IkeVersion::Unknown;
  t.phase1 = t.phase2 = diag::PhaseState::Unknown;
  t.primary_cause = "";
  builder.report().inputs[0].container = "";
  builder.finding("log-gap", "unknown", kb::Severity::Info, kb::Role::Context).steps[0].command = "";
  const Json json = Json::parse(to_json(builder.document(), screen()));
  for (const char* const key : {"connection", "outside_ip", "ike_version", "phase1", "phase2", "bgp", "primary_cause"}) {
    EXPECT_TRUE(json["tunnels"][0][key].is_null()) << key;
  }
  EXPECT_TRUE(json["tunnels"][0]["outages"][0]["end"].is_null());
  EXPECT_TRUE(json["inputs"][0]["container"].is_null());
  EXPECT_TRUE(json["findings"][0]["steps"][0]["command"].is_null());
  EXPECT_TRUE(json["findings"][0]["details"]["clock"].is_null());
}

TEST(ReportJson, NumbersArePlainAndTimesHaveMilliseconds) {
  const std::string text = to_json(ill_report().document(), screen());
  EXPECT_THAT(text, HasSubstr("\"down_s\": 3000,"));
  EXPECT_THAT(text, HasSubstr("\"ratio\": 0.1667"));
  EXPECT_THAT(text, HasSubstr("\"period_s\": 3180\n"));
  EXPECT_THAT(text, HasSubstr("\"first_seen\": \"2026-03-01T00:10:00.000Z\""));
  EXPECT_TRUE(text.starts_with("{\n  \"schema\": \"tunnelscope/report/1\",\n"));
}

TEST(ReportJson, GoesOutInPiecesThatTogetherAreTheWhole) {
  auto builder = ill_report();
  auto& findings = builder.report().findings;
  findings.resize(300, diag::Finding(findings.front()));
  std::vector<std::string> pieces;
  write_json(builder.document(), screen(), [&](std::string_view piece) { pieces.emplace_back(piece); });
  EXPECT_GT(pieces.size(), 3u);
  EXPECT_EQ(std::accumulate(pieces.begin(), pieces.end(), std::string()), to_json(builder.document(), screen()));
}

TEST(ReportJson, HostileTextStaysValidJsonWithoutRawControls) {
  auto builder = ill_report();
  builder.report().findings[0].evidence[0].message = "\xff\x1b[31m \xE2\x80\xAE \xC2\x9B \x7f </script>";
  const std::string text = to_json(builder.document(), screen());
  EXPECT_EQ(Json::parse(text)["findings"][0]["evidence"][0]["message"], "\xEF\xBF\xBD\x1b[31m \xE2\x80\xAE \xC2\x9B \x7f </script>");
  for (const char* const raw : {"\x1b", "\x7f", "\xE2\x80\xAE", "\xC2\x9B"}) EXPECT_THAT(text, Not(HasSubstr(raw)));
}

TEST(ReportText, TheFirstScreenSaysWhatSinceWhyAndWhatFirst) {
  const auto lines = lines_of(to_text(ill_report().document(), screen()));
  std::string first_screen;
  for (std::size_t i = 0; i < std::min<std::size_t>(lines.size(), 24); ++i) first_screen += lines[i] + "\n";
  for (const char* const wanted : {"2 tunnels: 1 down, 1 up", "DOWN", "203.0.113.17", "since 2026-03-01 00:10:00", "psk-mismatch",
                                   "the title of psk-mismatch", "look at the key of psk-mismatch", "swanctl --list-conns"}) {
    EXPECT_THAT(first_screen, HasSubstr(wanted));
  }
}

TEST(ReportText, AFindingHasEverythingItNeeds) {
  const std::string text = to_text(ill_report().document(), screen());
  for (const char* const wanted : {"CRITICAL", "What happened", "the explanation of psk-mismatch", "export/a.log:5",
                                   "2026-03-01 00:10:00", "a message about psk-mismatch", "1. gateway: look at the key",
                                   "strongSwan", "show vpn ipsec", "2. AWS: store the key again", "It worked when",
                                   "phase 1 becomes established", "https://docs.aws.amazon.com/vpn/", "Coverage"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
}

TEST(ReportText, SymptomsStandUnderTheirRootCauseOnly) {
  const std::string text = to_text(ill_report().document(), screen());
  EXPECT_THAT(text, HasSubstr("It explains\n    dpd-timeout: the summary of dpd-timeout"));
  EXPECT_THAT(text, Not(HasSubstr("the title of dpd-timeout")));
}

TEST(ReportText, TheWorstTunnelIsExplainedFirstAndOthersAreNamed) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "degraded").primary_cause = "clock-skew";
  auto& worst = builder.tunnel(kVpn, "203.0.113.18", "down");
  worst.outages.back().cause = "dpd-timeout";
  worst.outages.back().blocked_by = "psk-mismatch";
  builder.finding("clock-skew", std::string(kVpn) + "/203.0.113.17", kb::Severity::Critical);
  builder.finding("psk-mismatch", std::string(kVpn) + "/203.0.113.18", kb::Severity::Critical);
  const std::string text = to_text(builder.document(), screen(100));
  EXPECT_THAT(text, HasSubstr("why    the title of psk-mismatch"));
  EXPECT_THAT(text, HasSubstr("fell because dpd-timeout, stays down because the title of psk-mismatch"));
  EXPECT_THAT(text, HasSubstr(std::string("also:  ") + kVpn + "/203.0.113.17 clock-skew"));
  EXPECT_THAT(text, HasSubstr("details: peer 198.51.100.20, period_s 3180"));
}

TEST(ReportWords, ALogThatGoesOnAfterItsJudgementIsNoted) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  builder.report().now = at(30);
  ASSERT_EQ(notes_on(builder.report()).size(), 1U);
  EXPECT_THAT(notes_on(builder.report())[0].text, HasSubstr("the log goes on after 2026-03-01 00:30:00"));
}

TEST(ReportWords, ATunnelThatNoRecordNamesIsNotedForItMayBeSeveral) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  EXPECT_TRUE(notes_on(builder.report()).empty());
  diag::TunnelReport& tunnel = builder.report().tunnels.front();
  tunnel.id = "unknown";
  tunnel.connection = tunnel.outside_ip = "";
  ASSERT_EQ(notes_on(builder.report()).size(), 1U);
  EXPECT_THAT(notes_on(builder.report())[0].text, HasSubstr("no record says which tunnel it is of: all of them are taken as one"));
  EXPECT_THAT(notes_on(builder.report())[0].subjects, ::testing::ElementsAre("unknown"));
}

TEST(ReportWords, OnceIsNotReadAsAtLast) {
  EXPECT_EQ(without_any_tunnel(1), "for one time no tunnel was up");
  EXPECT_EQ(without_any_tunnel(3), "3 times no tunnel was up");
}

TEST(ReportText, ACauseIsExplainedOnce) {
  auto builder = ill_report();
  builder.finding("psk-mismatch", std::string(kVpn) + "/203.0.113.18", kb::Severity::Critical);
  const std::string text = to_text(builder.document(), screen());
  EXPECT_EQ(text.find("the explanation of psk-mismatch"), text.rfind("the explanation of psk-mismatch"));
  EXPECT_THAT(text, HasSubstr(std::string("as under ") + kVpn + "/203.0.113.17 above"));
}

TEST(ReportText, NoLineIsWiderThanTheScreenButCommands) {
  auto builder = ill_report();
  builder.report().findings[0].summary = "a summary with \u4e2d\u6587\u4e2d\u6587\u4e2d\u6587 wide text and averyveryverylongwordwithoutanyblank";
  for (int width = app::kNarrowest; width <= 130; ++width) {
    for (const std::string& line : lines_of(to_text(builder.document(), screen(width)))) {
      const bool command = line.find("swanctl") != std::string::npos || line.find("show vpn") != std::string::npos;
      ASSERT_TRUE(command || app::columns_of(line) <= width) << width << ": " << line;
    }
  }
}

TEST(ReportText, AsciiScreensGetAsciiAndPlainScreensNoColours) {
  auto builder = ill_report();
  builder.report().findings[0].explanation = "a dash \u2013 and \u4e2d";
  const std::string text = to_text(builder.document(), screen(80, false));
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
  EXPECT_THAT(text, HasSubstr("a dash - and \\u{4e2d}"));
  app::Screen coloured = screen();
  coloured.colour = true;
  EXPECT_THAT(to_text(builder.document(), coloured), HasSubstr("\x1b[1;31mDOWN"));
}

TEST(ReportText, HostileMessagesDoNotReachTheTerminal) {
  auto builder = ill_report();
  builder.report().findings[0].evidence[0].message = "x\x1b]0;owned\x07\xE2\x80\xAE\nnext";
  builder.report().tunnels[0].id = "vpn\x1b[2J";
  const std::string text = to_text(builder.document(), screen());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("x\\x1b]0;owned\\x07\\u{202e}\\nnext"));
}

TEST(ReportText, LongMessagesAreCutAndSaySo) {
  auto builder = ill_report();
  builder.report().findings[0].evidence[0].message = std::string(10'000'000, 'x');
  const std::string text = to_text(builder.document(), screen());
  EXPECT_LT(text.size(), 20'000U);
  EXPECT_THAT(text, HasSubstr("9999400 bytes"));
}

TEST(ReportText, HundredsOfHealthyTunnelsAreOneLine) {
  ReportBuilder builder;
  for (int i = 100; i < 400; ++i) builder.tunnel("vpn-0123456789abcd" + std::to_string(i), "203.0.113.17", "up");
  builder.tunnel("vpn-0123456789abcd999", "203.0.113.17", "down");
  const std::string text = to_text(builder.document(), screen());
  EXPECT_THAT(text, HasSubstr("300 other tunnels are up"));
  EXPECT_LT(lines_of(text).size(), 40U);
  EXPECT_LT(text.find("vpn-0123456789abcd999"), text.find("300 other"));
}

TEST(ReportText, AHealthyRunIsShortAndSaysWhatItCannotSee) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "up");
  Document document = builder.document();
  document.notes = notes_on(document.report);
  const std::string text = to_text(document, screen());
  EXPECT_LT(lines_of(text).size(), 30U);
  EXPECT_THAT(text, HasSubstr("the data path is not visible in these logs"));
  EXPECT_THAT(text, HasSubstr("swanctl --list-sas"));
}

TEST(ReportText, TheNoteIsNotMadeForIllTunnels) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  EXPECT_TRUE(notes_on(builder.report()).empty());
}

TEST(ReportText, UnreadableInputsAndUnknownShapesAreShown) {
  auto builder = ill_report();
  builder.report().coverage.unrecognised_shapes = {{"AWS tunnel is doing <n> things", 49, {0, 3}}};
  Document document = builder.document();
  document.problems = {{"b.gz", "gzip data ends early", ""}};
  const std::string text = to_text(document, screen());
  EXPECT_THAT(text, HasSubstr("49  AWS tunnel is doing <n> things"));
  EXPECT_THAT(text, HasSubstr("b.gz: gzip data ends early"));
}

TEST(ReportTimeline, LanesShowStatesOutageAndMarks) {
  ReportBuilder builder;
  const auto& tunnel = builder.tunnel(kVpn, "203.0.113.17", "down");
  const auto lines = draw_timeline(tunnel, screen(69, false));
  ASSERT_GE(lines.size(), 7U);
  EXPECT_EQ(lines[0], "Phase 1  " + std::string(10, '=') + std::string(50, 'x'));
  EXPECT_EQ(lines[2], "Outage   " + std::string(10, ' ') + std::string(50, '#'));
  EXPECT_EQ(lines[3], "Events   " + std::string(11, ' ') + "F" + std::string(48, ' '));
  EXPECT_THAT(lines[5], HasSubstr("00:00"));
  EXPECT_THAT(lines[5], HasSubstr("00:15"));
  EXPECT_THAT(lines[6], HasSubstr("= up"));
}

TEST(ReportTimeline, AShortOutageInALongLogIsStillSeen) {
  diag::TunnelReport tunnel;
  tunnel.timeline.start = at(0);
  tunnel.timeline.end = at(60 * 24 * 365);
  tunnel.timeline.phase1 = {{at(0), at(1000), diag::PhaseState::Established},
                            {at(1000), at(1001), diag::PhaseState::Down},
                            {at(1001), at(60 * 24 * 365), diag::PhaseState::Established}};
  EXPECT_THAT(draw_timeline(tunnel, screen(80, false))[0], HasSubstr("x"));
}

TEST(ReportTimeline, EveryWidthAndSpanIsDrawnWithinItsWidth) {
  for (const diag::Duration span : {diag::Duration{1}, diag::kSecond, diag::kHour, diag::kDay, 5000 * diag::kDay, 5'000'000 * diag::kDay}) {
    diag::TunnelReport tunnel;
    tunnel.timeline.start = -3 * diag::kDay;
    tunnel.timeline.end = tunnel.timeline.start + span;
    tunnel.timeline.phase2 = {{tunnel.timeline.start, tunnel.timeline.end, diag::PhaseState::Negotiating}};
    for (int width = 1; width < 140; ++width) {
      for (const std::string& line : draw_timeline(tunnel, screen(width))) EXPECT_LE(app::columns_of(line), width);
    }
  }
}

TEST(ReportMarkdown, LogTextsAreInertAndFencesHold) {
  auto builder = ill_report();
  builder.report().findings[0].evidence[0].message = "```\n<script>alert(1)</script> [x](http://evil.example)";
  builder.report().findings[0].summary = "peer <img src=x onerror=y> said [x](http://evil.example)";
  builder.report().tunnels[0].id = "vpn-1 | `x` <b>";
  const std::string text = to_markdown(builder.document(), screen());
  EXPECT_THAT(text, HasSubstr("\n````text\n"));
  EXPECT_THAT(text, HasSubstr("peer &lt;img src=x onerror=y&gt; said \\[x\\](http&#58;//evil.example)"));
  EXPECT_THAT(text, HasSubstr("``vpn-1 \\| `x` <b>``"));
  std::string outside;
  bool fenced = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("````")) fenced = !fenced;
    if (!fenced) outside += line + "\n";
  }
  EXPECT_FALSE(fenced);
  EXPECT_THAT(outside, Not(HasSubstr("<script")));
  EXPECT_THAT(outside, Not(HasSubstr("<img")));
}

TEST(ReportMarkdown, AFindingHasEverythingItNeeds) {
  const std::string text = to_markdown(ill_report().document(), screen());
  for (const char* const wanted : {"**down**", "## critical: the title of psk-mismatch", "`psk-mismatch`", "**To do**",
                                   "Fortinet: `show vpn ipsec phase1-interface`", "**It worked when**", "export/a.log:5",
                                   "**It explains**", "## Coverage", "<https://docs.aws.amazon.com/vpn/>"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
}

TEST(ReportWords, AvailabilityIsNeverRoundedUpToHealth) {
  EXPECT_EQ(percent(0.99999), "99.99%");
  EXPECT_EQ(percent(1.0), "100%");
  EXPECT_EQ(percent(std::nullopt), "unknown");
}

}  // namespace
}  // namespace tunnelscope::report
