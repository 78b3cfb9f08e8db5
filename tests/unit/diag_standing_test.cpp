// How findings stand: excused by suppressions, compared with an earlier report and with a baseline.
#include <gmock/gmock.h>

#include "diag/comparison.hpp"
#include "diag/suppression.hpp"

namespace tunnelscope::diag {
namespace {

using ::testing::ElementsAre;

constexpr Time kToday = 100 * kDay;

Finding finding(std::string cause, std::string subject, std::string fingerprint) {
  Finding f;
  f.cause = std::move(cause);
  f.subject = std::move(subject);
  f.fingerprint = std::move(fingerprint);
  return f;
}

std::vector<Finding> three() {
  return {finding("psk-mismatch", "vpn-1/203.0.113.1", "a"), finding("dpd-timeout", "vpn-1/203.0.113.2", "b"),
          finding("config/log-off", "vpn-2", "c")};
}

std::vector<Finding*> pointers(std::vector<Finding>& findings) {
  std::vector<Finding*> list;
  for (Finding& f : findings) list.push_back(&f);
  return list;
}

// "a=new b=unchanged* c": a star for what is in the baseline, an exclamation mark for what is suppressed.
std::string standing_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings) {
    text += (text.empty() ? "" : " ") + f.fingerprint;
    if (f.standing.change) text += "=" + std::string(name_of(*f.standing.change));
    text += std::string(f.standing.in_baseline ? "*" : "") + (f.standing.suppressed ? "!" : "");
  }
  return text;
}

struct Pattern {
  const char* pattern;
  const char* text;
  bool fits;
};
void PrintTo(const Pattern& row, std::ostream* out) { *out << row.pattern << " on " << row.text; }

class Patterns : public ::testing::TestWithParam<Pattern> {};

TEST_P(Patterns, FitWholeTexts) { EXPECT_EQ(fits(GetParam().pattern, GetParam().text), GetParam().fits); }

INSTANTIATE_TEST_SUITE_P(Table, Patterns, ::testing::Values(
    Pattern{"psk-mismatch", "psk-mismatch", true}, Pattern{"psk", "psk-mismatch", false}, Pattern{"psk*", "psk-mismatch", true},
    Pattern{"*mismatch", "psk-mismatch", true}, Pattern{"*-*-*", "psk-mismatch", false}, Pattern{"p?k-*", "psk-mismatch", true},
    Pattern{"*", "", true}, Pattern{"?", "", false}, Pattern{"vpn-1/*", "vpn-1/203.0.113.1", true}, Pattern{"*a*b", "aXbXab", true},
    Pattern{"*a*b", "aXbXa", false}, Pattern{"**", "x", true}));

TEST(Pattern, OfManyStarsEndsSoon) {
  std::string stars;
  for (int i = 0; i < 250; ++i) stars += "a*";
  EXPECT_FALSE(fits(stars + "b", std::string(100'000, 'a')));
}

struct Row {
  const char* name;
  Suppression suppression;
  const char* standing;
  std::size_t matched;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

Suppression of(std::string cause, std::string subject = {}, std::string fingerprint = {}, Time ends = kNoTime) {
  return {std::move(cause), std::move(subject), std::move(fingerprint), {"known", "", ""}, ends, "file:1"};
}

class Suppressions : public ::testing::TestWithParam<Row> {};

TEST_P(Suppressions, ExcuseWhatTheyFit) {
  std::vector<Finding> findings = three();
  const auto uses = suppress(pointers(findings), {GetParam().suppression}, kToday);
  EXPECT_EQ(standing_text(findings), GetParam().standing);
  EXPECT_EQ(uses.at(0).matched, GetParam().matched);
  for (const Finding& f : findings) EXPECT_EQ(f.standing.counts(), !f.standing.suppressed);
}

INSTANTIATE_TEST_SUITE_P(Table, Suppressions, ::testing::Values(
    Row{"ACause", of("dpd-timeout"), "a b! c", 1}, Row{"APattern", of("config/*"), "a b c!", 1},
    Row{"ACauseOfASubject", of("*", "vpn-1/*"), "a! b! c", 2}, Row{"ACauseOfAnotherSubject", of("psk-mismatch", "vpn-2"), "a b c", 0},
    Row{"AFingerprint", of("", "", "b"), "a b! c", 1}, Row{"AFingerprintOfAnotherCause", of("psk-*", "", "b"), "a b c", 0},
    Row{"OneThatEndsLater", of("dpd-timeout", "", "", kToday + 1), "a b! c", 1},
    Row{"OneThatHasEnded", of("dpd-timeout", "", "", kToday), "a b c", 1}),
    [](const auto& row) { return row.param.name; });

TEST(Suppressions, TheFirstThatFitsGivesTheReason) {
  std::vector<Finding> findings = three();
  std::vector<Suppression> both{of("psk-*"), of("*")};
  both[1].why.reason = "all of it";
  const auto uses = suppress(pointers(findings), both, kToday);
  EXPECT_EQ(findings[0].standing.suppressed->reason, "known");
  EXPECT_EQ(findings[1].standing.suppressed->reason, "all of it");
  EXPECT_EQ(uses[1].matched, 3u);
}

TEST(Comparison, MarksNewAndUnchangedAndGivesWhatIsFixedOnce) {
  std::vector<Finding> findings = three();
  const auto gone = compare(pointers(findings), {finding("x", "s", "b"), finding("x", "s", "z"), finding("x", "s", "z")}, PastIs::Report);
  EXPECT_EQ(standing_text(findings), "a=new b=unchanged c=new");
  EXPECT_EQ(standing_text(gone), "z=fixed");
  EXPECT_TRUE(findings[1].standing.counts()) << "what was there before still fails a run";
  EXPECT_FALSE(gone[0].standing.counts());
}

TEST(Comparison, ABaselineOutweighsAReportInEitherOrder) {
  for (const bool baseline_first : {true, false}) {
    std::vector<Finding> findings = three();
    const std::vector<Finding> report{finding("x", "s", "b")}, baseline{finding("x", "s", "a")};
    if (!baseline_first) compare(pointers(findings), report, PastIs::Report);
    compare(pointers(findings), baseline, PastIs::Baseline);
    if (baseline_first) compare(pointers(findings), report, PastIs::Report);
    EXPECT_EQ(standing_text(findings), "a=unchanged* b=unchanged c=new");
    EXPECT_FALSE(findings[0].standing.counts());
  }
}

TEST(Comparison, WhatAChangeFixedIsNotMarkedAgain) {
  std::vector<Finding> findings = three();
  findings[0].standing.change = FindingChange::Fixed;
  EXPECT_TRUE(compare(pointers(findings), {finding("x", "s", "a")}, PastIs::Baseline).empty());
  EXPECT_EQ(standing_text(findings), "a=fixed b=new c=new");
}

}  // namespace
}  // namespace tunnelscope::diag
