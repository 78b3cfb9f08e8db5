// The HTML page, over reports made by hand: hostile text stays text, the policy allows what is embedded and nothing else,
// data fit the page.
// What a browser makes of it is tested in web/tests/page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "src/report/html_assets.hpp"
#include "src/report/html_parts.hpp"
#include "src/report/markup.hpp"
#include "tests/unit/report_builder.hpp"

namespace tunnelscope::report {
namespace {

using test::at;
using test::ReportBuilder;
using test::screen;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr const char* kVpn = "vpn-0123456789abcdef0";
const std::string kHostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\xE2\x80\xAE\xE2\x80\xA8\x01";

// Half a megabyte of page says nothing in the message of a failure.
bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

std::string page_of(ReportBuilder& builder) { return to_html(builder.document(), screen()); }

// What stands between two texts, from the first place of the first.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t start = text.find(from);
  if (start == std::string::npos) return "";
  const std::size_t end = text.find(to, start + from.size());
  return text.substr(start + from.size(), end - start - from.size());
}

Json data_of(ReportBuilder& builder) { return Json::parse(html::data(builder.document()), nullptr, false); }

std::string hash_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 100> base64{};
  EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(size));
  return "sha256-" + std::string(reinterpret_cast<const char*>(base64.data()));
}

ReportBuilder hostile_report() {
  ReportBuilder builder;
  auto& t = builder.tunnel(kVpn, "203.0.113.17", "down");
  t.id = t.connection = t.outside_ip = t.primary_cause = kHostile;
  t.outages[0].cause = kHostile;
  t.outages[0].evidence = {kHostile};
  t.timeline.records = {{{0, 5}, kHostile}};
  t.timeline.marks[1].record = 1;
  builder.connection(kHostile, 2, "none");
  auto& f = builder.finding(kHostile, kHostile, kb::Severity::Critical);
  f.title = f.summary = f.explanation = f.verify = f.owner = f.runbook_url = f.fingerprint = kHostile;
  f.evidence = {{kHostile, at(10), kHostile, kHostile, kHostile, {}}};
  f.steps = {{kHostile, kHostile, kHostile, kHostile}};
  f.ruled_out = {{kHostile, kHostile}};
  f.references = {{kHostile, "https://example.com/" + kHostile, kHostile}};
  f.details["peer"] = kHostile;
  builder.report().inputs[0].path = builder.report().paths[0] = builder.report().inputs[0].container = kHostile;
  builder.report().coverage.unrecognised_shapes = {{kHostile, 1, {0, 3}}};
  return builder;
}

TEST(ReportHtml, HostileTextIsTextWhereverItStands) {
  ReportBuilder builder = hostile_report();
  const std::string page = page_of(builder);
  EXPECT_FALSE(has(page, "<script>alert"));
  EXPECT_FALSE(has(page, "<img"));
  EXPECT_FALSE(has(page, "\xE2\x80\xAE")) << "a bidirectional override";
  EXPECT_FALSE(has(page, "\xE2\x80\xA8")) << "a line separator";
  EXPECT_FALSE(has(page, "href=\"https://example.com/")) << "what is no web address is no link";
  EXPECT_TRUE(has(page, "&lt;/script&gt;&lt;script&gt;alert(1)"));
}

TEST(ReportHtml, ElementsCloseInTheOrderInWhichTheyOpen) {
  ReportBuilder builder = hostile_report();
  const std::string page = page_of(builder);
  std::string body = page.substr(page.find("<body>"));
  body.resize(std::min(body.find("<script"), body.size()));  // a script's text has its own syntax
  std::vector<std::string> open;
  for (std::size_t i = body.find('<'); i != std::string::npos; i = body.find('<', i + 1)) {
    const bool closes = body[i + 1] == '/';
    const std::size_t start = i + (closes ? 2 : 1);
    const std::string tag = body.substr(start, body.find_first_of(" >", start) - start);
    if (tag == "input") continue;
    if (!closes) {
      open.push_back(tag);
    } else if (tag != "body") {
      ASSERT_FALSE(open.empty()) << tag;
      EXPECT_EQ(open.back(), tag);
      open.pop_back();
    }
  }
  EXPECT_LE(open.size(), 1U) << "the body closes behind the script";
}

TEST(ReportHtml, ThePolicyAllowsTheEmbeddedStyleAndScriptAndNothingElse) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  const std::string page = page_of(builder);
  const std::string policy = between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("style-src '" + hash_of(between(page, "<style>", "</style>")) + "'"));
  const std::string script = between(page, "<script>", "</script>");
  EXPECT_TRUE(script == html::script());
  EXPECT_EQ(has(page, "<script type=\"application/json\" id=\"data\">"), !script.empty());
  EXPECT_THAT(policy, HasSubstr(script.empty() ? "script-src 'none'" : "script-src '" + hash_of(script) + "'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_FALSE(has(page.substr(0, page.rfind("<script>")), " style="));
}

TEST(ReportHtml, DataCannotEndTheirElement) {
  ReportBuilder builder = hostile_report();
  const std::string data = json_in_html(html::data(builder.document()));
  EXPECT_EQ(data.find_first_of("<>&"), std::string::npos);
  EXPECT_FALSE(has(data, "\\u202e")) << "a script would turn it into the character";
  EXPECT_EQ(Json::parse(data)["families"][0]["tunnels"][0]["id"].get<std::string>().substr(0, 9), "</script>");
}

TEST(ReportHtml, DataForTheScriptHaveTimelinesMarksAndTheirRecords) {
  ReportBuilder builder;
  auto& t = builder.tunnel(kVpn, "203.0.113.17", "down");
  t.timeline.records = {{{0, 5}, "a message <b>"}};
  t.timeline.marks[1].record = 1;
  builder.finding("psk-mismatch", t.id, kb::Severity::Critical);
  const Json data = data_of(builder);
  const Json& tunnel = data["families"][0]["tunnels"][0];
  EXPECT_EQ(data["base"], at(0));
  EXPECT_EQ(tunnel["phase1"], Json::parse("[0,600000,1,600000,3600000,4]"));
  EXPECT_EQ(tunnel["outages"], Json::parse("[600000,3600000,0]"));
  EXPECT_EQ(tunnel["marks"], Json::parse("[660000,8,1,0,5]")) << "the outage's start is no mark of its own";
  EXPECT_EQ(data["texts"], Json::parse(R"(["psk-mismatch","a message <b>"])"));
  EXPECT_EQ(data["findings"][0]["span"], Json::parse("[600000,3600000]"));
  EXPECT_EQ(data["findings"][0]["evidence"], Json::parse("[600000]"));
}

TEST(ReportHtml, WhatWouldNotFitIsThinnedOutAndKeepsTheWorst) {
  ReportBuilder builder;
  auto& t = builder.tunnel(kVpn, "203.0.113.17", "up");
  t.timeline.phase1.clear();
  constexpr int kStretches = 200'000;
  for (int i = 0; i < kStretches; ++i) {
    const auto state = i == 100'001 ? diag::PhaseState::Down : diag::PhaseState::Established;
    t.timeline.phase1.push_back({at(0) + i * 10, at(0) + i * 10 + 10, state});
  }
  const Json data = data_of(builder);
  const Json& lane = data["families"][0]["tunnels"][0]["phase1"];
  EXPECT_LT(lane.size(), 70'000U);
  bool any_down = false;
  for (std::size_t i = 2; i < lane.size(); i += 3) any_down |= lane[i] == 4;
  EXPECT_TRUE(any_down);
}

TEST(ReportHtml, AMessageOfTenMegabytesIsCutWhereverItStands) {
  ReportBuilder builder;
  auto& t = builder.tunnel(kVpn, "203.0.113.17", "down");
  const std::string big = std::string(10'000'000, '<');
  t.timeline.records = {{{0, 5}, big}};
  t.timeline.marks[1].record = 1;
  auto& f = builder.finding("psk-mismatch", t.id, kb::Severity::Critical);
  f.summary = f.evidence[0].message = f.evidence[0].state = big;
  f.details["peer"] = big;
  builder.report().coverage.unrecognised_shapes = {{big, 1, {0, 3}}};
  EXPECT_LT(page_of(builder).size(), 1'000'000U);
}

TEST(ReportHtml, ACauseIsExplainedOnceAndOthersPointToIt) {
  ReportBuilder builder;
  builder.finding("psk-mismatch", "a", kb::Severity::Critical);
  builder.finding("psk-mismatch", "b", kb::Severity::Critical);
  const std::string page = page_of(builder);
  EXPECT_EQ(page.find("class=\"checklist\""), page.rfind("class=\"checklist\""));
  EXPECT_TRUE(has(page, "as under <a href=\"#f-0000000000000010\">a</a>"));
}

TEST(ReportHtml, TunnelsWithoutAConnectionAreFamiliesOfTheirOwn) {
  ReportBuilder builder;
  for (const char* id : {"unknown/a", "unknown/b"}) {
    auto& t = builder.tunnel("", "", "up");
    t.id = id;
  }
  const std::string page = page_of(builder);
  EXPECT_TRUE(has(page, "Tunnels of unknown/a"));
  EXPECT_TRUE(has(page, "Tunnels of unknown/b"));
}

TEST(ReportHtml, TheRedundancyLaneIsBlankWhereNothingIsKnownOfATunnel) {
  ReportBuilder builder;
  builder.connection(kVpn, 2, "both");
  builder.tunnel(kVpn, "203.0.113.17", "up");
  auto& late = builder.tunnel(kVpn, "203.0.113.98", "up");
  late.timeline.start = at(15);
  late.timeline.phase1 = {{at(15), at(30), diag::PhaseState::Unknown}, {at(30), at(45), diag::PhaseState::Established}};
  late.timeline.phase2 = {};
  const auto lane = [&] { return between(page_of(builder), ">Tunnels</span>", "</svg>"); };
  EXPECT_THAT(lane(), HasSubstr("<path class=\"cell-up\" d=\"M240 0h120v10h-120z\">"));  // minutes 30 to 45 of 60, in 480 columns
  late.timeline.phase1 = {{at(15), at(60), diag::PhaseState::Unknown}};
  EXPECT_THAT(lane(), Not(HasSubstr("cell-up")));
  EXPECT_TRUE(has(page_of(builder), "blank: not known"));
}

TEST(ReportHtml, TheCurveOfSessionsHasAScale) {
  ReportBuilder builder;
  auto& g = builder.sessions();
  g.concurrency = {at(0), 300, {0, 3, 7}, 7, at(10)};
  const std::string plot = between(page_of(builder), "<div class=\"plot\"", "</figure>");
  EXPECT_THAT(plot, HasSubstr("<span>8</span><span>4</span><span>0</span>"));
  EXPECT_THAT(plot, HasSubstr("d=\"M0 40V40.0h1V25.0h1V5.0h1V40z\""));  // 3 and 7 of 8
  EXPECT_THAT(plot, HasSubstr("<span>2026-03-01 00:00:00</span><span>2026-03-01 00:07:30</span><span>2026-03-01 00:15:00</span>"));
  EXPECT_TRUE(has(page_of(builder), "most: 7 at 00:10:00"));
}

TEST(Markup, AttributesAndTextsCannotEndWhatTheyStandIn) {
  Markup to;
  to.element("a", "<b>&\n", {{"href", "\"><script>"}, {"hidden", ""}});
  EXPECT_EQ(to.take(), "<a href=\"&quot;&gt;&lt;script&gt;\" hidden>&lt;b&gt;&amp;\\n</a>");
}

TEST(Markup, JsonInHtmlHasNothingThatCouldEndAScript) {
  EXPECT_EQ(json_in_html(R"({"a":"</script>&<!--"})"), R"({"a":"\u003c/script\u003e\u0026\u003c!--"})");
}

TEST(ReportHtml, ATunnelOfWhichNothingIsHeardAnyMoreSaysSinceWhen) {
  ReportBuilder builder;
  auto& t = builder.tunnel(kVpn, "203.0.113.17", "unknown");
  EXPECT_TRUE(has(page_of(builder), fmt::format("down since {}, was still down at the last record, {}; nothing heard since",
                                                diag::date_and_clock(at(10)), diag::date_and_clock(t.last))));
  t.outages.clear();
  const std::string since = "silent since " + diag::date_and_clock(t.last);
  EXPECT_TRUE(has(page_of(builder), since));
  t.phase1 = t.phase2 = diag::PhaseState::Unknown;  // nothing was ever said
  EXPECT_FALSE(has(page_of(builder), since));
}

TEST(ReportHtml, TheVerdictSaysWhenServiceWasOutAndNotWhenRecordsMatched) {
  struct Row {
    std::vector<diag::Outage> outages;
    const char* when;
  };
  const auto out = [](int from, std::optional<int> to) {
    return diag::Outage{at(from), to ? std::optional(at(*to)) : std::nullopt, "psk-mismatch", "", {}};
  };
  const Row rows[] = {
      {{out(10, 35)}, "down from 2026-03-01 00:10:00 to 2026-03-01 00:35:00, 25 min; service came back then"},
      {{out(10, {})}, "down since 2026-03-01 00:10:00, for 50 min, still down"},
      {{out(10, 20), out(50, 55)}, "2 outages from 2026-03-01 00:10:00 on, down for 15 min in all; the last one from 2026-03-01 00:50:00 to "
                                   "2026-03-01 00:55:00, 5 min; service came back then"},
      {{}, "since 2026-03-01 00:11:00"},
  };
  for (const Row& row : rows) {
    ReportBuilder builder;
    diag::TunnelReport& t = builder.tunnel(kVpn, "203.0.113.17", "down");
    t.outages = row.outages;
    diag::Finding& f = builder.finding("psk-mismatch", t.id, kb::Severity::Critical);
    f.first_seen = at(11);
    EXPECT_TRUE(has(page_of(builder), row.when)) << row.when;
  }
}

TEST(ReportHtml, OthersThatAreIllForTheSameReasonAreCountedAndTheRestIsNamed) {
  ReportBuilder builder;
  for (const char* const ip : {"203.0.113.17", "203.0.113.18", "203.0.113.19"}) {
    const std::string id = builder.tunnel(kVpn, ip, "down").id;
    builder.finding("psk-mismatch", id, kb::Severity::Critical);
  }
  diag::TunnelReport& other = builder.tunnel(kVpn, "203.0.113.20", "down");
  other.primary_cause = "dpd-timeout";
  const std::string id = other.id;
  builder.finding("dpd-timeout", id, kb::Severity::Warning);
  EXPECT_TRUE(has(page_of(builder), "2 others have the same cause, " + id + " dpd-timeout"));
}

TEST(ReportHtml, StillTimelinesShareOneAxis) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "up");
  diag::TunnelReport& late = builder.tunnel(kVpn, "203.0.113.18", "up");
  late.timeline.start = at(30);
  for (auto* states : {&late.timeline.phase1, &late.timeline.phase2}) *states = {{at(30), at(60), diag::PhaseState::Established}};
  const std::string page = page_of(builder);
  EXPECT_EQ(between(page, "class=\"axis\"", "</div>"), between(page.substr(page.rfind("class=\"axis\"")), "class=\"axis\"", "</div>"));
}

TEST(ReportHtml, TheLegendOfTheStillTimelinesStandsWithThem) {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  EXPECT_TRUE(has(page_of(builder), R"(<div class="still"><ul class="legend")"));
}

}  // namespace
}  // namespace tunnelscope::report
