// The pattern language: what a source stands for, what it tolerates, captures, refusals, limits, hostile bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "rules/pattern.hpp"

namespace tunnelscope::rules {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

Pattern compiled(std::string_view source, Limits limits = {}) {
  auto pattern = Pattern::compile(source, limits);
  if (!pattern) throw std::runtime_error(std::string(source) + ": " + pattern.error().reason);
  return std::move(*pattern);
}

bool matches(std::string_view source, std::string_view line) {
  return compiled(source).match(line) == Outcome::Match;
}

// "name=text" or, with a number, "name=text(number)"; several separated by a blank.
std::string captures(std::string_view source, std::string_view line) {
  const Pattern pattern = compiled(source);
  std::vector<Capture> found;
  if (pattern.match(line, &found) != Outcome::Match) return "no match";
  std::string text;
  for (const Capture& c : found) {
    if (!text.empty()) text += ' ';
    text += std::string(c.name) + '=' + std::string(c.text);
    if (c.number) text += '(' + std::to_string(*c.number) + ')';
  }
  return text;
}

std::string refusal(std::string_view source) {
  const auto pattern = Pattern::compile(source);
  return pattern ? "accepted" : std::to_string(pattern.error().offset) + ": " + pattern.error().reason;
}

TEST(RulesPattern, ExpansionTable) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"a b", R"((?<!\w)(?:a\s+b)(?!\w))"},
      {"a   b", R"((?<!\w)(?:a\s+b)(?!\w))"},
      {"a ?b", R"((?<!\w)(?:a\s*b)(?!\w))"},
      {"a *b", R"((?<!\w)(?:a\s*b)(?!\w))"},
      {"a|b", R"((?<!\w)(?:a|b)(?!\w))"},
      {R"(\(id\))", R"((?<!\w)(?:\(id\))(?!\w))"},
      {R"(a\ b)", R"((?<!\w)(?:a\ b)(?!\w))"},
      {"[a b-c] x{2,3}", R"((?<!\w)(?:[a b-c]\s+x{2,3})(?!\w))"},
      {"{w:word}", R"((?<!\w)(?:(?<w>\S+))(?!\w))"},
      {"{t:text} end", R"((?<!\w)(?:(?<t>.+?)\s+end)(?!\w))"},
      {"path (?:is {t:text})?", R"((?<!\w)(?:path\s+(?:is\s+(?<t>.+))?)(?!\w))"},
  };
  for (const auto& [source, expected] : table) {
    const auto expansion = expand(source);
    ASSERT_TRUE(expansion) << source;
    EXPECT_EQ(expansion->pcre2, expected) << source;
  }
}

TEST(RulesPattern, FieldsAreListedOnceInOrder) {
  const auto expansion = expand("{b:int} of {a:word}|{b:int}");
  ASSERT_TRUE(expansion);
  ASSERT_EQ(expansion->fields.size(), 2U);
  EXPECT_EQ(expansion->fields[0].name, "b");
  EXPECT_EQ(expansion->fields[0].type, CaptureType::Int);
  EXPECT_EQ(expansion->fields[1].name, "a");
}

TEST(RulesPattern, CaptureTypeNamesRoundTrip) {
  for (const auto type : {CaptureType::Int, CaptureType::Hex, CaptureType::Address, CaptureType::Quoted,
                          CaptureType::Word, CaptureType::Text}) {
    EXPECT_EQ(capture_type_named(name_of(type)), type);
  }
  EXPECT_FALSE(capture_type_named("number"));
}

TEST(RulesPattern, DashTakesEveryDashBulletAndColon) {
  const std::string source = "Peer is not responsive - Declaring peer dead";
  for (const char* dash : {"-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\u2022", "\u00b7",
                           "\u2023", "\u25cf", "\u25e6", "\u2043", "\ufe63", "\uff0d", ":", "\uff1a", "*", "--"}) {
    for (const char* blank : {" ", "", "  ", "\t", "\u00a0", "\u202f", "\n"}) {
      const std::string line = "Peer is not responsive"s + blank + dash + blank + "Declaring peer dead";
      EXPECT_TRUE(matches(source, line)) << line;
    }
  }
  EXPECT_FALSE(matches(source, "Peer is not responsive Declaring peer dead"));
  EXPECT_FALSE(matches(source, "Peer is not responsive, Declaring peer dead"));
  EXPECT_FALSE(matches(source, "Peer is not responsive - - x - Declaring peer dead"));
}

TEST(RulesPattern, HyphenInsideAWordTakesEveryHyphen) {
  for (const char* hyphen : {"-", "\u2010", "\u2011", "\u2013", "\u00ad"}) {
    EXPECT_TRUE(matches("pre-shared key", "a pre"s + hyphen + "shared key")) << hyphen;
  }
  EXPECT_FALSE(matches("pre-shared key", "preshared key"));
  EXPECT_FALSE(matches("pre\\-shared", "pre\u2011shared"));
}

TEST(RulesPattern, QuotationMarksOfEveryKind) {
  const std::string source = R"(Notifying with "No proposal chosen")";
  for (const char* line : {R"(Notifying with "No proposal chosen")", R"(Notifying with \"No proposal chosen\")",
                           R"(Notifying with ""No proposal chosen"")", "Notifying with “No proposal chosen”",
                           "Notifying with 'No proposal chosen'", "Notifying with ‘No proposal chosen’."}) {
    EXPECT_TRUE(matches(source, line)) << line;
  }
  EXPECT_FALSE(matches(source, "Notifying with No proposal chosen"));
}

TEST(RulesPattern, CaseAndWhiteSpaceAreTolerated) {
  const std::string source = "AWS tunnel DPD timed out";
  for (const char* line : {"aws TUNNEL dpd Timed OUT", "AWS  tunnel\tDPD\r\n timed\u00a0out", "AWS\u2003tunnel DPD timed out.",
                           "[x] AWS tunnel DPD timed out", "\"AWS tunnel DPD timed out\"", "AWS tunnel DPD timed out\r\n"}) {
    EXPECT_TRUE(matches(source, line)) << line;
  }
  EXPECT_FALSE(matches(source, "AWStunnel DPD timed out"));
}

TEST(RulesPattern, NeedsNonWordCharactersOnBothSides) {
  EXPECT_TRUE(matches("peer dead", "(peer dead)"));
  EXPECT_FALSE(matches("peer dead", "peer deadline"));
  EXPECT_FALSE(matches("peer dead", "a_peer dead"));
  EXPECT_FALSE(matches("peer dead", "überpeer dead"));
  EXPECT_FALSE(matches("peer dead|gone", "forgone"));
}

TEST(RulesPattern, CaptureTable) {
  const std::vector<std::array<std::string, 3>> table{
      {"after {n:int} retransmits", "after 3 retransmits", "n=3(3)"},
      {"after {n:int} retransmits", "after {retry_count} retransmits", "n={retry_count}"},
      {"after {n:int} retransmits", "after <n> retransmits", "n=<n>"},
      {"after {n:int} retransmits", "after xxx retransmits", "n=xxx"},
      {"after {n:int} retransmits", "after XXXX retransmits", "n=XXXX"},
      {"after {n:int} retransmits", "after n retransmits", "n=n"},
      {"after {n:int} retransmits", "after many retransmits", "no match"},
      {"after {n:int} retransmits", "after 99999999999999999999 retransmits", "n=99999999999999999999"},
      {"after {n:int} retransmits", "after 3x retransmits", "no match"},
      {"in {n:int}s", "in 30s", "n=30(30)"},
      {"SPI: {spi:hex}", "SPI: c9a4f012", "spi=c9a4f012(3383029778)"},
      {"SPI: {spi:hex}", "SPI: 0xC9A4F012,", "spi=0xC9A4F012(3383029778)"},
      {"SPI: {spi:hex}", "SPI: xxxx", "spi=xxxx"},
      {"SPI: {spi:hex}", "SPI: 0xXXXXXXXX", "spi=0xXXXXXXXX"},
      {"SPI: {spi:hex}", "SPI: 11112222333344445555666677778888", "spi=11112222333344445555666677778888"},
      {"SPI: {spi:hex}", "SPI: c9a4g012", "no match"},
      {"cgw: {peer:address}", "cgw: 198.51.100.20", "peer=198.51.100.20"},
      {"cgw: {peer:address}", "cgw: 198.51.100.20.", "peer=198.51.100.20"},
      {"cgw: {peer:address}", "cgw: 198.51.100.20[4500]", "peer=198.51.100.20"},
      {"cgw: {peer:address}", "cgw: 198.51.100.20:4500", "peer=198.51.100.20"},
      {"cgw: {peer:address}", "cgw: 2001:db8::20", "peer=2001:db8::20"},
      {"cgw: {peer:address}", "cgw: 2001:db8:0:1:2:3:4:20", "peer=2001:db8:0:1:2:3:4:20"},
      {"cgw: {peer:address}", "cgw: ::1", "peer=::1"},
      {"cgw: {peer:address}", "cgw: fe80::1%eth0", "peer=fe80::1%eth0"},
      {"cgw: {peer:address}", "cgw: ::ffff:198.51.100.20", "peer=::ffff:198.51.100.20"},
      {"cgw: {peer:address}", "cgw: xxxx", "peer=xxxx"},
      {"cgw: {peer:address}", "cgw: {ip}", "peer={ip}"},
      {"cgw: {peer:address}", "cgw: <ip>", "peer=<ip>"},
      {"cgw: {peer:address}", "cgw: gateway", "no match"},
      {"{peer:address}: refused", "2001:db8::20: refused", "peer=2001:db8::20"},
      {"neighbor {peer:address} - limit is {n:int}", "neighbor 169.254.50.85 \u2022 limit is 100", "peer=169.254.50.85 n=100(100)"},
      {"user {u:quoted} left", "user \"a b\" left", "u=a b"},
      {"user {u:quoted} left", "user “a b” left", "u=a b"},
      {"user {u:quoted} left", "user \\\"a b\\\" left", "u=a b"},
      {"user {u:quoted} left", "user \"it's\" left", "u=it's"},
      {"from {a:word} to {b:word} with", "from Established to Idle with", "a=Established b=Idle"},
      {"path: {p:text}", "path: 64512 64513", "p=64512 64513"},
      {"because {r:text} from {peer:address}", "because of this and that from 10.0.0.1", "r=of this and that peer=10.0.0.1"},
      {"(?:after {n:int} tries|{n:int} times)", "gave up 4 times", "n=4(4)"},
      {"closed(?: by {peer:address})?", "closed", ""},
  };
  for (const auto& [source, line, expected] : table) EXPECT_EQ(captures(source, line), expected) << source << " | " << line;
}

TEST(RulesPattern, CapturesAreClearedOnMatchAndUntouchedOtherwise) {
  const Pattern pattern = compiled("a {n:int}");
  std::vector<Capture> found;
  ASSERT_EQ(pattern.match("a 1", &found), Outcome::Match);
  ASSERT_EQ(pattern.match("a 2", &found), Outcome::Match);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text, "2");
  EXPECT_EQ(pattern.match("b", &found), Outcome::NoMatch);
  EXPECT_EQ(found.size(), 1U);
}

TEST(RulesPattern, RefusalsNameThePlaceInTheSource) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "0: the pattern is empty"},
      {" a", "0: a pattern cannot begin with a blank"},
      {"a\n", "1: a pattern cannot end with a blank"},
      {"abc(def", "3: missing closing parenthesis"},
      {"abc)", "3: unmatched closing parenthesis"},
      {"a [bc", "2: missing closing bracket"},
      {"*a", "0: quantifier does not follow a repeatable item"},
      {"a {peer}", "2: the capture `peer` has no type: int, hex, address, quoted, word or text"},
      {"a {peer:adress}", "8: unknown capture type `adress`: it is int, hex, address, quoted, word or text"},
      {"a {Peer:int}", "2: a capture is written {name:type}, its name in lower case; a literal brace is written \\{"},
      {"a {peer:int", "2: missing closing brace; a literal brace is written \\{"},
      {"{a:int} {a:hex}", "8: the capture `a` is used with two types"},
      {"a(*LIMIT_MATCH=9)", "1: verbs such as (*LIMIT) are not part of the pattern language"},
      {"(?<n>a)", "0: this kind of group is not part of the pattern language; captures are written {name:type}"},
      {"(?R)a", "0: this kind of group is not part of the pattern language; captures are written {name:type}"},
      {"(?x)a b", "0: this kind of group is not part of the pattern language; captures are written {name:type}"},
      {"(a) \\1", "4: \\1 is not part of the pattern language"},
      {"a\\Kb", "1: \\K is not part of the pattern language"},
      {"a\\", "1: a backslash at the end"},
      {"(?:abc)?", "0: the pattern matches an empty text"},
      {"x [b-a]", "5: range out of order in character class"},
      {"a\xff", "1: UTF-8 error: illegal byte (0xfe or 0xff)"},
  };
  for (const auto& [source, expected] : table) EXPECT_EQ(refusal(source), expected) << source;
  EXPECT_THAT(refusal(std::string(5000, 'a')), HasSubstr("longer than"));
  EXPECT_THAT(refusal(std::string(100, '(') + "a" + std::string(100, ')')), HasSubstr("nested too deeply"));
  EXPECT_THAT(refusal("(?:(?:(?:a{1,200}){1,200}){1,200}){1,200}"), HasSubstr("too large"));
}

TEST(RulesPattern, LimitHitIsNotNoMatch) {
  const Pattern slow = compiled("(?:a+a+)+b", Limits{1000, 100, 100});
  EXPECT_EQ(slow.match(std::string(60, 'a') + "c, b"), Outcome::LimitHit);
  EXPECT_EQ(slow.match("aab"), Outcome::Match);
  EXPECT_EQ(slow.match("c"), Outcome::NoMatch);
}

TEST(RulesPattern, DefaultLimitsStopHostileLinesAndLetOrdinaryOnesPass) {
  const Pattern pattern = compiled("(?:\\w+\\s?)+ finished");
  EXPECT_EQ(pattern.match(std::string(5000, 'a') + "! finished"), Outcome::LimitHit);
  EXPECT_EQ(pattern.match("all is well and finished"), Outcome::Match);
}

TEST(RulesPattern, InvalidUtf8SpoilsOnlyItself) {
  const std::string source = "DPD timed out after {n:int} retransmits";
  EXPECT_EQ(captures(source, "\xff\xfe\x80 DPD timed out after 3 retransmits \xc3"), "n=3(3)");
  EXPECT_EQ(captures(source, "caf\xe9 DPD timed out after 3 retransmits"), "n=3(3)");
  EXPECT_EQ(captures(source, "DPD timed\xff out after 3 retransmits"), "no match");
  EXPECT_EQ(captures(source, "\xed\xa0\x80 DPD timed out after 3 retransmits"), "n=3(3)");
}

TEST(RulesPattern, NulIsAByteLikeAnother) {
  EXPECT_TRUE(matches("peer dead", "a\0peer dead\0b"s));
  EXPECT_FALSE(matches("peer dead", "peer\0dead"s));
  EXPECT_EQ(captures("is {t:text} end", "is a\0b end"s), "t=a\0b"s);
}

TEST(RulesPattern, EmptyAndHugeLines) {
  EXPECT_FALSE(matches("peer dead", ""));
  const std::string huge(8U << 20U, ' ');
  EXPECT_TRUE(matches("peer dead", huge + "peer dead" + huge));
}

TEST(RulesPattern, ReachEndsWhereTheLineLeavesThePattern) {
  const Pattern pattern = compiled("AWS tunnel DPD timed out after {n:int} retransmits");
  const auto reached = [&](const std::string& line) { return line.substr(0, pattern.matched_up_to(line)); };
  EXPECT_EQ(reached("AWS tunnel DPD timed out after 3 retries"), "AWS tunnel DPD timed out after 3 retr");
  EXPECT_EQ(reached("AWS tunnel DPD timed out after many"), "AWS tunnel DPD timed out after ");
  EXPECT_EQ(reached("AWS tunnel DPD timed out after 3 retransmits"), "AWS tunnel DPD timed out after 3 retransmits");
  EXPECT_EQ(reached("nothing in common"), "");
  EXPECT_EQ(reached(""), "");
  EXPECT_EQ(pattern.reach("x: AWS tunnel is up"), (Reach{3, 14}));
}

TEST(RulesPattern, ReachOfTextCapturesDoesNotRunToTheEnd) {
  const Pattern pattern = compiled("AWS tunnel {what:text} was closed");
  EXPECT_LT(pattern.reach("AWS tunnel is open and nothing else").length(), 20U);
}

TEST(RulesPattern, ReachIsTheBestOfAllBranches) {
  const Pattern pattern = compiled("peer is gone|neighbor is not reachable|^start");
  const std::string line = "neighbor is not here";
  EXPECT_EQ(line.substr(0, pattern.matched_up_to(line)), "neighbor is not ");
}

TEST(RulesPattern, OnePatternServesSeveralThreads) {
  const Pattern pattern = compiled("id={id:int} for {x:word}");
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string line = "id=" + std::to_string(t) + " for thread" + std::to_string(t);
      std::vector<Capture> found;
      for (int i = 0; i < 2000; ++i) {
        if (pattern.match(line, &found) != Outcome::Match || found.size() != 2 || found[0].number != t) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace tunnelscope::rules
