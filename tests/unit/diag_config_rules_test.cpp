// The rules of kb/config/ against endpoints: the examples of each rule in this tree, and what examples cannot say.
#include <gmock/gmock.h>

#include "diag/config/attribute_values.hpp"
#include "diag/config/attributes.hpp"
#include "diag/config/rule_examples.hpp"
#include "diag/config/rules.hpp"
#include "diag_config_ends.hpp"
#include "kb/loader.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::config::test {
namespace {

const kb::Knowledge& knowledge() {
  static const kb::Knowledge loaded = kb::load_folder(std::string(SOURCE_DIR) + "/kb").value();
  return loaded;
}

Endpoint aws() {
  Endpoint cloud = healthy().cloud;
  cloud.vendor = Vendor::Aws;
  cloud.start = stated(StartAction::Start);
  cloud.keys = stated(std::vector{key("Example_0.example")});
  return cloud;
}

std::vector<std::string> ids_of(const std::vector<ConfigIssue>& issues) {
  std::vector<std::string> ids;
  for (const ConfigIssue& issue : issues) ids.push_back(issue.rule->id);
  return ids;
}

kb::ConfigRule limit_rule() {
  kb::ConfigRule rule;
  rule.id = "config/limit";
  rule.all = {{"child-lifetime", {}, {}, {}, 900, 3600}};
  rule.examples = {{{{"cloud", {{"child-lifetime", "7200"}}}}}};
  rule.near_misses = {{{{"cloud", {{"child-lifetime", "3600"}}}}}};
  return rule;
}

std::string results_of(const kb::ConfigRule& rule) {
  kb::Knowledge one;
  one.config = {rule};
  std::string text;
  for (const kb::ExampleResult& result : run_config_examples(one)) text += result.passed ? "passed\n" : result.message + "\n";
  return text;
}

TEST(ConfigRules, EveryExampleOfThisTreePasses) {
  for (const kb::ExampleResult& result : run_config_examples(knowledge()))
    EXPECT_TRUE(result.passed) << result.rule << ": " << result.line << ": " << result.message;
  EXPECT_GE(knowledge().config.size(), 30u);
}

TEST(ConfigRules, EverySignalIsNamedByARule) {
  for (const kb::ConfigSignalInfo& info : kb::known_config_signals()) {
    const auto names_it = [&](const kb::ConfigRule& rule) { return rule.signal == info.name; };
    EXPECT_TRUE(std::any_of(knowledge().config.begin(), knowledge().config.end(), names_it)) << info.name;
  }
}

TEST(ConfigRules, KnowTheAttributesOfTheModelAndNoOthers) {
  std::vector<std::string> names;
  Endpoint endpoint = healthy().cloud;
  for_each_value(endpoint, endpoint, [&](const std::string& name, auto&, auto&) {
    if (name != "pre-shared-key") names.push_back(name);
  });
  EXPECT_THAT(kb::config_attributes(), ::testing::UnorderedElementsAreArray(names));
}

TEST(ConfigRules, AnExampleThatDoesNotHoldIsToldFromOneThatIsNotUnderstood) {
  kb::ConfigRule rule = limit_rule();
  EXPECT_EQ(results_of(rule), "passed\npassed\n");
  std::swap(rule.examples, rule.near_misses);
  EXPECT_EQ(results_of(rule), "the rule does not hold of this example\nthe rule holds of this near miss\n");
  rule.examples = {{{{"cloud", {{"child-lifetime", "long"}}}}}};
  rule.near_misses.clear();
  EXPECT_EQ(results_of(rule), "`long` is no value of `child-lifetime`\n");
}

TEST(ConfigRules, SayWhatStandsWhereAndWhatWouldBeRight) {
  Endpoint cloud = aws();
  cloud.children[0].lifetime.hard = stated(Seconds(7200), "vpn.json", 41);
  const auto issues = judge_endpoint(knowledge(), cloud);
  ASSERT_EQ(ids_of(issues), std::vector<std::string>{"config/aws-phase2-lifetime"});
  EXPECT_EQ(issues[0].places[0].where.text(), "vpn.json:41");
  EXPECT_EQ(issues[0].values, (std::map<std::string, std::string, std::less<>>{
                                  {"attribute", "child-lifetime"}, {"endpoint", "cloud"},
                                  {"limit", "900 to 3600 s"}, {"value", "7200 s"}}));
}

TEST(ConfigRules, NeverTellAKey) {
  Endpoint cloud = aws();
  cloud.keys = stated(std::vector{key("hunter-2-hunter")});
  for (const ConfigIssue& issue : judge_endpoint(knowledge(), cloud)) {
    for (const auto& [name, value] : issue.values) EXPECT_THAT(value, ::testing::Not(::testing::HasSubstr("hunter")));
    for (const IssuePlace& place : issue.places) EXPECT_EQ(place.value, "");
  }
  EXPECT_THAT(ids_of(judge_endpoint(knowledge(), cloud)), ::testing::ElementsAre("config/aws-key-syntax"));
}

TEST(ConfigRules, OfAnEndOfWhichNothingIsKnownSayNothing) {
  Endpoint nothing;
  nothing.children.emplace_back();
  for (const Side side : {Side::Cloud, Side::Gateway}) {
    nothing.side = side;
    nothing.vendor = side == Side::Cloud ? Vendor::Aws : Vendor::StrongSwan;
    EXPECT_EQ(ids_of(judge_endpoint(knowledge(), nothing)), std::vector<std::string>{});
    EXPECT_EQ(ids_of(judge_pair(knowledge(), nothing, nothing)), std::vector<std::string>{});
  }
}

TEST(ConfigRules, SeveralChildrenAreSeveralSelectors) {
  Ends ends = healthy();
  ends.cloud.single_child = stated(true);
  ends.gateway.children.push_back(ends.gateway.children[0]);
  const auto issues = judge_pair(knowledge(), ends.cloud, ends.gateway);
  EXPECT_THAT(ids_of(issues), ::testing::Contains("config/several-selectors"));
}

TEST(ConfigRules, AListThatAwsFillsUpIsADefaultBesideAStatedOne) {
  Endpoint cloud;
  cloud.vendor = Vendor::Aws;
  cloud.proposals = stated(proposals("aes256-sha1|sha256|sha384|sha512-modp2048"));
  for (const AttributeValue& value : attribute_values(cloud))
    for (const AttributeWord& word : value.words)
      EXPECT_EQ(word.origin, word.text.starts_with("sha") ? Origin::Default : Origin::Stated) << word.text;
}

TEST(ConfigRules, BothTunnelsOfOneConnectionAreToldOnce) {
  std::vector<Endpoint> before = {healthy().cloud, healthy().cloud};
  before[1].name = "second";
  for (Endpoint& one : before) one.connection = stated(std::string("vpn-1"));
  std::vector<Endpoint> after = before;
  for (Endpoint& one : after) one.dpd.timeout = stated(Seconds(60));
  const auto issues = judge_change(knowledge(), compare({&before[0], &before[1]}, {&after[0], &after[1]}));
  EXPECT_THAT(ids_of(issues), ::testing::ElementsAre("config/both-tunnels-bounce"));
  EXPECT_EQ(issues[0].places.size(), 2u);
}

}  // namespace
}  // namespace tunnelscope::diag::config::test
