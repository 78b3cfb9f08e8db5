// Classifier: several threads ask at once, from the first record on, and get what one thread gets.
#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <thread>

#include "diag/classify.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag {
namespace {

struct Question {
  Dialect dialect;
  std::string text;
};

// Every example of the built-in knowledge base.
std::vector<Question> questions() {
  std::vector<Question> all;
  for (const auto& rule : kb::built_in().messages) {
    const auto name = std::find(kDialectNames.begin(), kDialectNames.end(), rule.dialect);
    const auto dialect = static_cast<Dialect>(name - kDialectNames.begin());
    for (const auto& example : rule.examples) all.push_back({dialect, example.line});
  }
  return all;
}

// kNoRule also where a dialect is said to be blind to digits and is not, or the other way round.
std::vector<RuleIndex> answers(const Classifier& classifier, const std::vector<Question>& asked) {
  std::vector<RuleIndex> rules;
  for (const auto& [dialect, text] : asked) {
    std::vector<rules::Capture> captures;
    rules.push_back(classifier.classify(dialect, text, &captures).rule);
    if (classifier.blind_to_digits(dialect) != (kDialectNames[static_cast<std::size_t>(dialect)] != "twingate-connector")) {
      rules.back() = kNoRule;
    }
  }
  return rules;
}

TEST(DiagClassify, TheNearestRuleIsTheOneThatSaysTheseWords) {
  const Classifier classifier(kb::built_in());
  const auto nearest = [&](std::string_view text) { return classifier.knowledge().messages[classifier.nearest(text).rule].id; };
  EXPECT_EQ(nearest("hold timer expired"), "aws-s2s/bgp/hold-timer-expired");
  EXPECT_EQ(nearest("NO_PROPOSAL_CHOSEN"), "aws-s2s/ike/no-proposal-notify");
  EXPECT_EQ(nearest("CHILD_REKEY collision"), "aws-s2s/ikev2/child-rekey-collision");
}

TEST(DiagClassify, SeveralThreadsGetWhatOneGets) {
  const std::vector<Question> asked = questions();
  const std::vector<RuleIndex> expected = answers(Classifier(kb::built_in()), asked);
  ASSERT_EQ(std::count(expected.begin(), expected.end(), kNoRule), 0);

  constexpr int kThreads = 4;
  for (int round = 0; round < 10; ++round) {
    const Classifier classifier(kb::built_in());  // nothing is compiled yet
    std::barrier start(kThreads);
    std::vector<std::vector<RuleIndex>> got(kThreads);
    std::vector<std::thread> threads;
    for (auto& answer : got) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        answer = answers(classifier, asked);
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& answer : got) EXPECT_EQ(answer, expected);
  }
}

TEST(DiagClassify, KnowsWhichDialectsAreBlindToDigits) {
  const Classifier classifier(kb::built_in());
  for (std::size_t d = 0; d < kDialectNames.size(); ++d) {
    EXPECT_EQ(classifier.blind_to_digits(static_cast<Dialect>(d)), kDialectNames[d] != "twingate-connector") << kDialectNames[d];
  }
}

}  // namespace
}  // namespace tunnelscope::diag
