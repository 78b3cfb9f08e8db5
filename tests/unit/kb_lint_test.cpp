// The knowledge base in this tree is sound, and lint speaks up when it is not (single faults: tests/broken-kb).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kb/lint.hpp"
#include "kb/signals.hpp"
#include "kb_folder.hpp"

namespace tunnelscope::kb {
namespace {

std::string as_text(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += to_text(error) + "\n";
  return text;
}

Knowledge small() {
  KbFolder folder;
  folder.write("version", "2026-11-22").write("messages/aws-s2s/gone.yaml", message_yaml()).write("causes/gone.yaml", cause_yaml());
  const auto knowledge = load_folder(folder.str());
  if (!knowledge) throw std::runtime_error(errors_of(knowledge, folder));
  return *knowledge;
}

TEST(KbLint, TheKnowledgeBaseOfThisTreeIsSound) {
  SourceMap sources;
  const auto knowledge = load_folder(std::string(SOURCE_DIR) + "/kb", &sources);
  ASSERT_TRUE(knowledge) << as_text(knowledge.error());
  LintContext context;
  context.sources = &sources;
  EXPECT_EQ(as_text(lint(*knowledge, context)), "");
}

TEST(KbLint, EveryExampleOfThisTreePasses) {
  std::size_t examples = 0, near_misses = 0;
  for (const ExampleResult& result : run_examples(built_in())) {
    EXPECT_TRUE(result.passed) << result.rule << ": " << result.line << ": " << result.message;
    ++(result.near_miss ? near_misses : examples);
  }
  EXPECT_GE(examples, 2 * built_in().messages.size());
  EXPECT_GE(near_misses, 2 * built_in().messages.size());
}

TEST(KbLint, TheSmallestBaseIsSound) { EXPECT_EQ(as_text(lint(small())), ""); }

TEST(KbLint, WithoutSourcesTheFileIsNamed) {
  Knowledge knowledge = small();
  knowledge.messages[0].near_misses.clear();
  knowledge.causes[0].title = "Gone.";
  EXPECT_EQ(as_text(lint(knowledge)),
            "kb/causes/gone.yaml: the text of `title` must begin in lower case\n"
            "kb/causes/gone.yaml: the text of `title` must not end with a full stop\n"
            "kb/messages/aws-s2s/gone.yaml: a message rule needs two near misses or more\n");
}

TEST(KbLint, ACauseNeedsASampleWhenSamplesAreGiven) {
  LintContext context;
  context.shown_causes = {"other"};
  EXPECT_EQ(as_text(lint(small(), context)), "kb/causes/gone.yaml: no sample shows the cause `gone`\n");
  context.shown_causes = {"gone"};
  EXPECT_EQ(as_text(lint(small(), context)), "");
}

TEST(KbLint, APatternThatDoesNotCompileIsReportedOnce) {
  Knowledge knowledge = small();
  knowledge.messages[0].pattern = "(peer";
  EXPECT_EQ(as_text(lint(knowledge)), "kb/messages/aws-s2s/gone.yaml: pattern: missing closing parenthesis\n");
}

TEST(KbLint, RulesOfAnotherProductMayMatchTheSameLine) {
  Knowledge knowledge = small();
  MessageRule other = knowledge.messages[0];
  other.id = "twingate/gone";
  other.dialect = "twingate";
  knowledge.messages.push_back(other);
  EXPECT_EQ(as_text(lint(knowledge)), "");
  knowledge.messages[1].dialect = "aws-s2s-bgp";
  EXPECT_THAT(as_text(lint(knowledge)), testing::HasSubstr("`twingate/gone` matches as well"));
}

TEST(KbLint, CapitalsStayWhereTheyBelong) {
  for (const char* title : {"BGP is down", "AWS's end is silent", "IKEv2 fails", "Phase 2 fails", "Site-to-Site tunnel fails"}) {
    Knowledge knowledge = small();
    knowledge.causes[0].title = title;
    EXPECT_EQ(as_text(lint(knowledge)), "") << title;
  }
}

TEST(KbLint, CommandsDoNotTakeSecrets) {
  const std::vector<std::pair<std::string, bool>> table{
      {"swanctl --list-conns", false},
      {"show crypto ikev2 sa detailed", false},
      {"set vpn psk <psk>", true},
      {"aws ec2 modify-vpn-tunnel-options --tunnel-options PreSharedKey=$NEW_PSK", true},
      {"set password {admin-password}", true},
      {"set security ike policy AWS pre-shared-key ascii-text SECRET", true},
      {"aws secretsmanager describe-secret --secret-id NAME", false},
      {"show running-config | include PSK", true},
  };
  for (const auto& [command, refused] : table) {
    Knowledge knowledge = small();
    knowledge.causes[0].checks[0].command = command;
    EXPECT_EQ(as_text(lint(knowledge)).empty(), !refused) << command;
  }
}

TEST(KbLint, OnlyWebAddressesAreLinkedTo) {
  const std::vector<std::pair<std::string, bool>> table{
      {"https://wiki.example/psk?page=1#top", false}, {"HTTP://wiki.example", false}, {"http://[2001:db8::1]/", false},
      {"javascript:alert(1)", true}, {"JavaScript://wiki.example/%0aalert(1)", true}, {"data:text/html,x", true}, {"file:///etc/passwd", true},
      {"//wiki.example/psk", true}, {"runbooks/psk.md", true}, {"https:", true}, {"https://", true}, {"https:///psk", true},
      {"https://wiki.example/a b", true}, {"https://wiki.example/\n", true}, {"vbscript:x", true}, {" https://wiki.example", true},
  };
  for (const auto& [url, refused] : table) {
    Knowledge knowledge = small();
    knowledge.causes[0].runbook_url = knowledge.messages[0].runbook_url = url;
    const std::string why = "`runbook_url` is no web address: only http and https may be linked to\n  write it in full, for example https://wiki.example/psk\n";
    EXPECT_EQ(as_text(lint(knowledge)), refused ? "kb/causes/gone.yaml: " + why + "kb/messages/aws-s2s/gone.yaml: " + why : "") << url;
  }
  Knowledge knowledge = small();
  knowledge.causes[0].references[0].url = "javascript:alert(1)";
  EXPECT_THAT(as_text(lint(knowledge)), testing::HasSubstr("`references/0/url` is no web address"));
}

TEST(KbLint, PlaceholdersComeFromFactsDetailsAndCaptures) {
  for (const char* summary : {"{count} records[, {peer} is gone]", "{subject} since {first_seen} until {last_seen}", "{outages} {interruptions} {downtime}",
                              "every {period_s} s on {clock}"}) {
    Knowledge knowledge = small();
    knowledge.causes[0].summary = summary;
    EXPECT_EQ(as_text(lint(knowledge)), "") << summary;
  }
  for (const char* summary : {"{pear}", "{count", "[a", "a]", "[a [b]]", "{}"}) {
    Knowledge knowledge = small();
    knowledge.causes[0].summary = summary;
    EXPECT_NE(as_text(lint(knowledge)), "") << summary;
  }
}

std::string lint_over_built_in(const KbFolder& folder) {
  SourceMap sources;
  const auto knowledge = overlay_folder(built_in(), folder.str(), &sources);
  if (!knowledge) return errors_of(knowledge, folder);
  LintContext context;
  context.sources = &sources;
  std::string text;
  for (Error error : lint(*knowledge, context)) {
    if (error.file.starts_with(folder.str())) error.file.erase(0, folder.str().size() + 1);
    text += to_text(error) + "\n";
  }
  return text;
}

TEST(KbLintOfAnOverlay, EveryEntryMayBeDisabledAlone) {
  for (const Cause& cause : built_in().causes) {
    KbFolder folder;
    EXPECT_EQ(lint_over_built_in(folder.write("causes/" + cause.id + ".yaml", "disabled: true\n")), "") << cause.id;
  }
  KbFolder rules;
  for (const MessageRule& rule : built_in().messages) rules.write("messages/" + rule.id + ".yaml", "disabled: true\n");
  rules.write("causes/psk-mismatch.yaml", "override: true\nseverity: warning\n");
  EXPECT_EQ(lint_over_built_in(rules), "");
}

TEST(KbLintOfAnOverlay, FaultsStandWhereTheUserWroteThem) {
  KbFolder folder;
  folder.write("causes/psk-mismatch.yaml", "override: true\nseverity: info\noutranks: [nobody-at-all]\n");
  EXPECT_THAT(lint_over_built_in(folder), testing::StartsWith("causes/psk-mismatch.yaml:3:12: there is no cause `nobody-at-all`\n"));
}

TEST(KbLintOfAnOverlay, APatternThatTakesABuiltInExampleIsNamed) {
  KbFolder folder;
  const MessageRule& rule = built_in().messages[0];
  std::string yaml = message_yaml("'" + std::string("peer {peer:address} is gone|{any:text}") + "'");
  folder.write("messages/aws-s2s/gone.yaml", yaml.replace(yaml.find("aws-s2s-ike"), 11, rule.dialect));
  const std::string text = lint_over_built_in(folder);
  EXPECT_THAT(text, testing::HasSubstr("messages/aws-s2s/gone.yaml:5:10: example `"));
  EXPECT_THAT(text, testing::HasSubstr("but `aws-s2s/gone` matches as well"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("kb/messages")));
}

TEST(KbExamples, SayWhatWasExpectedAndWhatCame) {
  Knowledge knowledge = small();
  MessageRule& rule = knowledge.messages[0];
  rule.examples = {{"peer 10.0.0.1 is gone", {{"peer", "10.0.0.2"}}}, {"peer \x1b[31m is gone", {}}};
  rule.near_misses = {"peer 10.0.0.3 is gone", "fine"};
  const auto results = run_examples(knowledge);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].message, "expected the capture `peer` to be `10.0.0.2`, got `10.0.0.1`");
  EXPECT_EQ(results[1].message, "expected a match, but no rule matches");
  EXPECT_EQ(results[2].message, "expected no rule to match, but `aws-s2s/gone` matches");
  EXPECT_TRUE(results[3].passed);
  EXPECT_TRUE(results[3].near_miss);
  EXPECT_EQ(results[3].message, "");
}

TEST(KbExamples, AHitLimitIsNamed) {
  Knowledge knowledge = small();
  knowledge.messages[0].pattern = "(?:a+a+)+b";
  knowledge.messages[0].examples = {{std::string(60, 'a') + "c b", {}}};
  EXPECT_EQ(run_examples(knowledge).at(0).message, "expected a match, but the pattern's match limit was hit");
}

TEST(KbSignals, EveryDetailThatADetectorWritesIsKnown) {
  std::set<std::string> known;
  for (const auto& info : known_details()) known.insert(std::string(info.name));
  std::size_t written = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(SOURCE_DIR) + "/diag")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream stream(entry.path());
    for (std::string line; std::getline(stream, line);) {
      const std::size_t begin = line.find("details[\"");
      if (begin == std::string::npos) continue;
      const std::string key = line.substr(begin + 9, line.find('"', begin + 9) - begin - 9);
      EXPECT_TRUE(known.count(key)) << entry.path() << ": " << key;
      ++written;
    }
  }
  EXPECT_GT(written, 10U);
}

}  // namespace
}  // namespace tunnelscope::kb
