// Many patterns at once must give what trying them one by one would give.
#include <gtest/gtest.h>

#include <random>

#include "rules/rule_set.hpp"

namespace tunnelscope::rules {
namespace {

RuleSet compiled(const std::vector<std::string>& sources, Limits limits = {}) {
  auto set = RuleSet::compile(sources, limits);
  if (!set) throw std::runtime_error(set.error().error.reason);
  return std::move(*set);
}

const std::vector<std::string> kSources{
    "Peer is not responsive - Declaring peer dead",
    "No Proposal Match Found by AWS",
    R"(No Proposal Match Found\. Notifying with "No proposal chosen")",
    "received DELETE for Phase 2 SA with SPI: {spi:hex}",
    R"(processed request \(id={id:int}\) for CREATE_CHILD_SA)",
    R"((?:processed|is sending) (?:request|response) \(id={id:int}\) for {exchange:word})",
    "DPD|dead peer detection",
    "[a-z]+ing peer",
    "pre-shared key",
    "key ?id",
    "{n:int} x|y",
};

// The obvious way, with a bit at the side for limits.
SetMatch one_by_one(const RuleSet& set, std::string_view line) {
  SetMatch result;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Outcome outcome = set.at(i).match(line);
    if (outcome == Outcome::Match) return {outcome, i};
    if (outcome == Outcome::LimitHit) result.outcome = outcome;
  }
  return result;
}

void expect_equal(const RuleSet& set, const std::string& line) {
  const SetMatch expected = one_by_one(set, line), got = set.match(line);
  EXPECT_EQ(got.outcome, expected.outcome) << line;
  EXPECT_EQ(got.index, expected.outcome == Outcome::Match ? expected.index : 0) << line;
}

TEST(RulesRuleSet, FirstRuleInOrderWinsNotTheLeftmost) {
  const RuleSet set = compiled({"later words", "early"});
  EXPECT_EQ(set.match("early and later words").index, 0U);
  EXPECT_EQ(set.match("early words").index, 1U);
}

TEST(RulesRuleSet, CapturesComeFromTheRuleThatMatched) {
  const RuleSet set = compiled(kSources);
  std::vector<Capture> captures;
  const SetMatch match = set.match("AWS tunnel processed request (id=12) for CREATE_CHILD_SA", &captures);
  ASSERT_EQ(match.outcome, Outcome::Match);
  EXPECT_EQ(match.index, 4U);
  ASSERT_EQ(captures.size(), 1U);
  EXPECT_EQ(captures[0].number, 12);
}

TEST(RulesRuleSet, AgreesWithTryingOneByOne) {
  const RuleSet set = compiled(kSources);
  for (const char* line :
       {"", " ", "Peer  is\tnot responsive\xe2\x80\x93""Declaring peer dead", "peer is not responsive-declaring peer dead",
        "No Proposal Match Found  by\u00a0AWS", "NO PROPOSAL MATCH FOUND BY AWS", "no proposal match found. notifying with 'no proposal chosen'",
        "received DELETE for Phase 2 SA with SPI: xxxx", "is sending response (id=1) for X", "detecting peer", "5 x", "y", "Y.",
        "pre\u2011shared \u212aey", "pre-shared \u212aey", "keyid", "key id", "dead peer detection", "a\0b DPD", "\xff DPD"}) {
    expect_equal(set, line);
  }
}

TEST(RulesRuleSet, AgreesWithTryingOneByOneOnRandomLines) {
  const RuleSet set = compiled(kSources);
  const std::vector<std::string> pieces{"Peer", "is", "not responsive", " ", "  ", "\t", "-", " \u2022 ", "Declaring peer dead", "No Proposal",
                                        "Match Found", "by AWS", ".", "Notifying with", "\"No proposal chosen\"", "received DELETE for",
                                        "Phase 2 SA with SPI:", "c0ffee", "processed", "request", "(id=7)", "for CREATE_CHILD_SA", "DPD",
                                        "\xff", "\u017f", "pre-shared", "key", "id", "3", "x", "y", std::string(1, '\0')};
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string line;
    for (auto n = random() % 8; n > 0; --n) {
      line += pieces[random() % pieces.size()];
      if (random() % 2 == 0) line += ' ';
    }
    expect_equal(set, line);
  }
}

TEST(RulesRuleSet, ManyRulesKeepTheirIndices) {
  std::vector<std::string> sources;
  for (int i = 0; i < 500; ++i) sources.push_back("event number" + std::to_string(i) + " seen");
  const RuleSet set = compiled(sources);
  for (std::size_t i = 0; i < sources.size(); ++i) EXPECT_EQ(set.match("EVENT " + sources[i].substr(6)).index, i);
}

TEST(RulesRuleSet, ALimitThatOneRuleHitsDoesNotHideAnotherRule) {
  const RuleSet set = compiled({"(?:a+a+)+b", "the end"}, Limits{1000, 100, 100});
  const std::string hostile(60, 'a');
  EXPECT_EQ(set.match(hostile + "c b the end").index, 1U);
  EXPECT_EQ(set.match(hostile + "c b the end").outcome, Outcome::Match);
  EXPECT_EQ(set.match(hostile + "c b").outcome, Outcome::LimitHit);
}

TEST(RulesRuleSet, AnErrorNamesThePattern) {
  const auto set = RuleSet::compile({"fine", "not (fine"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().index, 1U);
  EXPECT_EQ(set.error().error.offset, 4U);
}

TEST(RulesRuleSet, TrustedSourcesGiveTheSame) {
  const RuleSet set = RuleSet::trust(kSources);
  EXPECT_EQ(set.size(), kSources.size());
  for (const char* line : {"", "peer is not responsive-declaring peer dead", "pre\u2011shared \u212aey", "detecting peer", "y"}) {
    expect_equal(set, line);
    EXPECT_EQ(set.match(line).index, compiled(kSources).match(line).index) << line;
  }
}

TEST(RulesRuleSet, TrustedSourcesCompileWhenALineMayMatchThem) {
  const RuleSet set = RuleSet::trust({"fine", "broken (?=[b-a])"});
  EXPECT_EQ(set.match("this is fine").index, 0U);
  EXPECT_THROW(set.match("this is broken now"), std::logic_error);
  EXPECT_THROW(set.at(1), std::logic_error);
  EXPECT_THROW(set.at(2), std::out_of_range);
}

TEST(RulesRuleSet, AnEmptySetMatchesNothing) {
  const RuleSet set = compiled({});
  EXPECT_EQ(set.size(), 0U);
  EXPECT_EQ(set.match("anything").outcome, Outcome::NoMatch);
}

}  // namespace
}  // namespace tunnelscope::rules
