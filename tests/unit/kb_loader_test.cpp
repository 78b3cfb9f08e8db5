// From folders of YAML to Knowledge: fields, defaults, order, overlays, and files that are no files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "kb_folder.hpp"

namespace tunnelscope::kb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Knowledge loaded(const KbFolder& folder) {
  const auto knowledge = load_folder(folder.str());
  if (!knowledge) throw std::runtime_error(errors_of(knowledge, folder));
  return *knowledge;
}

KbFolder& base(KbFolder& folder) {
  return folder.write("version", "2026-11-22\n")
      .write("messages/aws-s2s/gone.yaml", message_yaml())
      .write("causes/gone.yaml", cause_yaml())
      .write("thresholds.yaml", "outage:\n  grace_s: {value: 10, unit: s, source: causes.md}\n  long_s: {value: 2.5e3, unit: s, source: x, inferred: true}\n");
}

TEST(KbLoader, ReadsEveryKeyOfAMessageRule) {
  KbFolder folder;
  folder.write("version", "2026-11-22").write("messages/a/b/c-1.yaml", R"(id: a/b/c-1
dialect: aws-s2s-bgp
signal: some_signal
level: by-state
fault_while: phase 2 is down
normal_while: phase 2 is up
ike_version: ikev2
explanation: >
  Two lines
  of prose.
pattern: 'it''s {n:int} - {t:text}'
contradicted_by: {phase1: [established, rekeying], phase2: [down]}
examples:
  - line: "it's 3 \u2022 x"
    captures: {n: 3, t: 'x'}
  - it's 4 - y
near_misses: ['it is 3', "its"]
references: [{title: t, url: 'https://x', date: 2026-11-21}]
inferred: true
owner: network team
runbook_url: https://wiki
)");
  MessageRule expected;
  expected.id = "a/b/c-1";
  expected.dialect = "aws-s2s-bgp";
  expected.signal = "some_signal";
  expected.level = "by-state";
  expected.fault_while = "phase 2 is down";
  expected.normal_while = "phase 2 is up";
  expected.ike_version = "ikev2";
  expected.explanation = "Two lines of prose.";
  expected.pattern = "it's {n:int} - {t:text}";
  expected.contradicts_phase1 = {"established", "rekeying"};
  expected.contradicts_phase2 = {"down"};
  expected.examples = {{"it's 3 \u2022 x", {{"n", "3"}, {"t", "x"}}}, {"it's 4 - y", {}}};
  expected.near_misses = {"it is 3", "its"};
  expected.references = {{"t", "https://x", "2026-11-21"}};
  expected.inferred = true;
  expected.owner = "network team";
  expected.runbook_url = "https://wiki";
  EXPECT_EQ(loaded(folder).messages, std::vector{expected});
}

TEST(KbLoader, ReadsEveryKeyOfACause) {
  KbFolder folder;
  folder.write("version", "2026-11-22").write("causes/c.yaml", R"(title: t
severity: critical
recovered: info
confidence: certain
role: symptom
impact: redundancy
fault_class: psk
owner: aws
scope: outage
subject: connection
fallback: true
explains_part: stay
interruptions: true
when:
  all:
    - signal: a
      at_least: 2
      window: onset
      within: 12.5
      while: {phase1: up, phase2: not-up, child: was-up}
  any: [{signal: b}]
  none: [{signal: c, while: {child: never-up}}]
certain_when: [{signal: d}]
milder: {all: [{signal: e}], severity: info, role: symptom, title: mt, summary: ms}
outranks: [x, 'y-*']
explains: [z]
details: [clock]
rules_out: [{cause: r, because: b, unless: [u]}]
summary: s
what: w
why: y
checks: [{who: gateway, vendor: juniper, do: d, command: 'show'}]
fix: [{who: network, do: f}]
verify: v
references: [{title: t, date: 2026-11-21}]
inferred: true
runbook_url: https://wiki
)");
  Cause e;
  e.id = "c";
  e.title = "t";
  e.severity = Severity::Critical;
  e.recovered_severity = Severity::Info;
  e.confidence = Confidence::Certain;
  e.role = Role::Symptom;
  e.impact = Impact::Redundancy;
  e.fault_class = "psk";
  e.owner = "aws";
  e.on_connection = true;
  e.fallback = true;
  e.explains_part = Explains::Stay;
  e.interruptions = true;
  e.all = {{"a", 2, Window::Onset, 12.5, PhaseGuard::Up, PhaseGuard::NotUp, ChildGuard::WasUp}};
  e.any = {{"b"}};
  e.none = {{"c", 1, Window::Case, 0, PhaseGuard::Any, PhaseGuard::Any, ChildGuard::NeverUp}};
  e.certain_when = {{"d"}};
  e.milder = Milder{{{"e"}}, Severity::Info, Role::Symptom, "mt", "ms"};
  e.outranks = {"x", "y-*"};
  e.explains = {"z"};
  e.details = {"clock"};
  e.rules_out = {{"r", "b", {"u"}}};
  e.summary = "s";
  e.what = "w";
  e.why = "y";
  e.checks = {{"gateway", "juniper", "d", "show"}};
  e.fix = {{"network", "", "f", ""}};
  e.verify = "v";
  e.references = {{"t", "", "2026-11-21"}};
  e.inferred = true;
  e.runbook_url = "https://wiki";
  EXPECT_EQ(loaded(folder).causes, std::vector{e});
}

TEST(KbLoader, RecoveredSeverityIsTheLowerOfSeverityAndWarning) {
  KbFolder folder;
  std::string info = cause_yaml();
  info.replace(info.find("critical"), 8, "info");
  folder.write("version", "2026-11-22").write("causes/a.yaml", cause_yaml()).write("causes/b.yaml", info);
  const Knowledge knowledge = loaded(folder);
  EXPECT_EQ(knowledge.cause("a")->recovered_severity, Severity::Warning);
  EXPECT_EQ(knowledge.cause("b")->recovered_severity, Severity::Info);
}

TEST(KbLoader, ScopeConnectionNamesTheConnection) {
  KbFolder folder;
  std::string yaml = cause_yaml();
  yaml.replace(yaml.find("scope: outage"), 13, "scope: connection");
  folder.write("version", "2026-11-22").write("causes/a.yaml", yaml).write("causes/b.yaml", yaml + "subject: tunnel\n");
  EXPECT_TRUE(loaded(folder).cause("a")->on_connection);
  EXPECT_FALSE(loaded(folder).cause("b")->on_connection);
}

TEST(KbLoader, EntriesAreSortedAndFoundById) {
  KbFolder folder;
  base(folder).write("messages/a.yaml", message_yaml("other")).write("messages/aws-s2s/a.yaml", message_yaml("third")).write("messages/README.md", "x");
  const Knowledge knowledge = loaded(folder);
  std::vector<std::string> ids;
  for (const auto& rule : knowledge.messages) ids.push_back(rule.id);
  EXPECT_THAT(ids, ElementsAre("a", "aws-s2s/a", "aws-s2s/gone"));
  EXPECT_EQ(knowledge.message("aws-s2s/gone")->signal, "dpd_timeout");
  EXPECT_EQ(knowledge.message("aws-s2s"), nullptr);
  EXPECT_EQ(knowledge.cause("zebra"), nullptr);
  EXPECT_EQ(knowledge.version, "2026-11-22");
  EXPECT_EQ(knowledge.thresholds, (Thresholds{{"outage.grace_s", 10}, {"outage.long_s", 2500}}));
}

TEST(KbLoader, ByteOrderMarkAndCrLfAreTolerated) {
  KbFolder folder;
  std::string yaml = "\xef\xbb\xbf" + message_yaml();
  for (std::size_t at = 0; (at = yaml.find('\n', at)) != std::string::npos; at += 2) yaml.replace(at, 1, "\r\n");
  folder.write("version", "2026-11-22\r\n").write("messages/x.yaml", yaml);
  EXPECT_EQ(loaded(folder).messages.at(0).explanation, "The peer is gone.");
}

TEST(KbLoader, SourcesNameThePlaceOfEveryValue) {
  KbFolder folder;
  base(folder);
  SourceMap sources;
  ASSERT_TRUE(load_folder(folder.str(), &sources));
  const Position& example = sources.at("message:aws-s2s/gone#examples/1");
  EXPECT_EQ(example.line, 8);
  EXPECT_EQ(example.column, 5);
  EXPECT_EQ(example.source_line, "  - Peer xxxx is gone");
  EXPECT_EQ(sources.at("cause:gone#when/all/0/signal").line, 10);
  EXPECT_EQ(sources.at("thresholds#outage/grace_s/value").line, 2);
}

TEST(KbLoader, MissingFolderAndFileInItsPlace) {
  const auto missing = load_folder("/nonexistent/kb");
  ASSERT_FALSE(missing);
  EXPECT_EQ(to_text(missing.error().at(0)), "/nonexistent/kb: no such folder");
  const auto file = load_folder("/etc/hostname");
  ASSERT_FALSE(file);
  EXPECT_EQ(to_text(file.error().at(0)), "/etc/hostname: no such folder");
}

TEST(KbLoader, AFileLargerThanAnyEntryIsRefused) {
  KbFolder folder;
  base(folder).write("causes/huge.yaml", cause_yaml() + "# " + std::string(300'000, 'x') + "\n");
  EXPECT_EQ(errors_of(load_folder(folder.str()), folder), "causes/huge.yaml: larger than 256 KiB, which no entry needs\n");
}

TEST(KbLoader, FifoDanglingLinkAndLinkCycleDoNotHangIt) {
  KbFolder folder;
  base(folder);
  ASSERT_EQ(mkfifo((folder.path() / "causes/fifo.yaml").c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere.yaml", folder.path() / "causes/dangling.yaml");
  std::filesystem::create_directory_symlink("..", folder.path() / "causes/up");
  EXPECT_EQ(errors_of(load_folder(folder.str()), folder),
            "causes/dangling.yaml: cannot be read: No such file or directory\n"
            "causes/fifo.yaml: not a regular file\n"
            "causes/up: not an entry: its name must end in .yaml\n");
}

TEST(KbLoader, HostileYamlIsRefusedQuickly) {
  const std::string deep_lists(100'000, '[');
  std::string deep_blocks;
  for (int i = 0; i < 500; ++i) deep_blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  std::string aliases = "a: &a [x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c) aliases += std::string(1, c) + ": &" + c + " [*" + std::string(1, static_cast<char>(c - 1)) + "]\n";
  for (const std::string& yaml : {deep_lists, deep_blocks, aliases, std::string("{{{{{{{{{{"), std::string("? [a, b]\n: c\n"),
                                  std::string("%YAML 9.9\n---\na: b"), std::string("- - - - - - - - - - - - - - - - x"),
                                  std::string("\t"), std::string("!"), std::string("&"), std::string("*"), std::string("a: *b"),
                                  std::string("<<: {a: b}"), std::string("\"\\x00\": 1")}) {
    KbFolder folder;
    folder.write("version", "2026-11-22").write("causes/a.yaml", yaml);
    EXPECT_NE(errors_of(load_folder(folder.str()), folder), "no errors") << yaml.substr(0, 80);
  }
}

TEST(KbOverlay, AddsAnEntry) {
  KbFolder low, high;
  high.write("causes/new.yaml", cause_yaml());
  const auto result = overlay_folder(loaded(base(low)), high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  EXPECT_EQ(result->causes.size(), 2U);
  EXPECT_NE(result->cause("new"), nullptr);
  EXPECT_EQ(result->messages.size(), 1U);
}

TEST(KbOverlay, OverridesTheKeysThatItNamesAndNoOthers) {
  KbFolder low, high;
  high.write("version", "2026-12-24\n")
      .write("causes/gone.yaml", "override: true\nseverity: info\nowner: night shift\nrunbook_url: https://wiki/gone\n")
      .write("messages/aws-s2s/gone.yaml", "override: true\nowner: network team\n");
  const Knowledge before = loaded(base(low));
  const auto result = overlay_folder(before, high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  Cause cause = *before.cause("gone");
  cause.severity = cause.recovered_severity = Severity::Info;
  cause.owner = "night shift";
  cause.runbook_url = "https://wiki/gone";
  EXPECT_EQ(*result->cause("gone"), cause);
  MessageRule rule = before.messages[0];
  rule.owner = "network team";
  EXPECT_EQ(result->messages, std::vector{rule});
  EXPECT_EQ(result->version, "2026-11-22+2026-12-24");
}

TEST(KbOverlay, ReplacesListsAndConditionsAsAWhole) {
  KbFolder low, high;
  high.write("causes/gone.yaml", "override: true\nwhen: {any: [{signal: outage}]}\nfix:\n  - {who: aws, do: call}\n");
  const auto result = overlay_folder(loaded(base(low)), high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  EXPECT_TRUE(result->cause("gone")->all.empty());
  EXPECT_EQ(result->cause("gone")->any.at(0).signal, "outage");
  EXPECT_EQ(result->cause("gone")->fix, (std::vector<Step>{{"aws", "", "call", ""}}));
}

TEST(KbOverlay, DisablesEntries) {
  KbFolder low, high;
  high.write("causes/gone.yaml", "disabled: true\n").write("messages/aws-s2s/gone.yaml", "disabled: true\n");
  const auto result = overlay_folder(loaded(base(low)), high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  EXPECT_TRUE(result->causes.empty());
  EXPECT_TRUE(result->messages.empty());
}

TEST(KbOverlay, AddsOverridesAndDisablesConfigurationRules) {
  KbFolder low, high;
  const auto when = [](double above) { return std::vector<ConfigCondition>{{"child-lifetime", {}, {}, {}, std::nullopt, above}}; };
  base(low).write("config/long.yaml", config_yaml()).write("config/gone.yaml", config_yaml());
  high.write("config/new.yaml", config_yaml("1800"))
      .write("config/long.yaml", "override: true\nseverity: info\nowner: night shift\n")
      .write("config/gone.yaml", "disabled: true\n");
  const auto result = overlay_folder(loaded(low), high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  ASSERT_EQ(result->config.size(), 2U);
  EXPECT_EQ(result->config_rule("config/new")->all, when(1800));
  EXPECT_EQ(result->config_rule("config/long")->all, when(3600));
  EXPECT_EQ(result->config_rule("config/long")->severity, Severity::Info);
  EXPECT_EQ(result->config_rule("config/long")->owner, "night shift");
}

TEST(KbOverlay, ChangesThresholds) {
  KbFolder low, high;
  high.write("thresholds.yaml", "outage:\n  grace_s: {value: 30}\n");
  const auto result = overlay_folder(loaded(base(low)), high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  EXPECT_EQ(result->thresholds, (Thresholds{{"outage.grace_s", 30}, {"outage.long_s", 2500}}));
}

TEST(KbOverlay, FaultsAreNamedAllAtOnce) {
  KbFolder low, high;
  high.write("causes/gone.yaml", cause_yaml())
      .write("causes/gon.yaml", "override: true\nseverity: info\n")
      .write("causes/other.yaml", "disabled: true\n")
      .write("messages/aws-s2s/gone.yaml", "override: true\nowner:\nexamples: []\nwhen: x\n")
      .write("thresholds.yaml", "outage:\n  grce_s: {value: 30}\n");
  const auto result = overlay_folder(loaded(base(low)), high.str());
  EXPECT_EQ(errors_of(result, high),
            "causes/gon.yaml:1:1: there is no entry `gon` to override or disable\n"
            "  override: true\n"
            "  ^\n"
            "  did you mean `gone`?\n"
            "causes/gone.yaml:1:1: the entry `gone` exists already\n"
            "  title: the peer is gone\n"
            "  ^\n"
            "  add `override: true` to change it or `disabled: true` to remove it\n"
            "causes/other.yaml:1:1: there is no entry `other` to override or disable\n"
            "  disabled: true\n"
            "  ^\n"
            "messages/aws-s2s/gone.yaml:2:1: `owner` has no value\n"
            "  owner:\n"
            "  ^\n"
            "  give it one or remove the key\n"
            "messages/aws-s2s/gone.yaml:3:11: `examples` is empty\n"
            "  examples: []\n"
            "            ^\n"
            "messages/aws-s2s/gone.yaml:4:1: unknown key `when` in a message rule\n"
            "  when: x\n"
            "  ^\n"
            "thresholds.yaml:2:3: there is no threshold `outage.grce_s`\n"
            "    grce_s: {value: 30}\n"
            "    ^\n"
            "  did you mean `outage.grace_s`?\n");
}

TEST(KbOverlay, OtherCausesForgetADisabledOne) {
  KbFolder low, high;
  base(low).write("causes/bgp-down.yaml", cause_yaml())
      .write("causes/other.yaml", cause_yaml("outranks: [gone, bgp-*]\nexplains: [gone]\nrules_out:\n  - {cause: gone, because: it is here}\n"));
  high.write("causes/gone.yaml", "disabled: true\n");
  const auto result = overlay_folder(loaded(low), high.str());
  ASSERT_TRUE(result) << errors_of(result, high);
  const Cause& other = *result->cause("other");
  EXPECT_EQ(other.outranks, (std::vector<std::string>{"bgp-*"}));
  EXPECT_TRUE(other.explains.empty());
  EXPECT_TRUE(other.rules_out.empty());
}

TEST(KbOverlay, ASignalOfACauseMustBeGivenBySomething) {
  KbFolder low, high, fewer;
  high.write("causes/gone.yaml", "override: true\nwhen:\n  all:\n    - signal: dpd_timeot\n");
  EXPECT_EQ(errors_of(overlay_folder(loaded(base(low)), high.str()), high),
            "causes/gone.yaml:4:15: no message rule and no detector gives the signal `dpd_timeot`\n"
            "      - signal: dpd_timeot\n"
            "                ^\n"
            "  did you mean `dpd_timeout`?\n");
  fewer.write("messages/aws-s2s/gone.yaml", "disabled: true\n");
  EXPECT_EQ(errors_of(overlay_folder(loaded(low), fewer.str()), fewer), "no errors");
}

TEST(KbOverlay, AFolderThatRepeatsEntriesStandsAlone) {
  KbFolder low, adds, changes, unversioned;
  const Knowledge built = loaded(base(low));
  EXPECT_TRUE(stands_alone(low.str(), built));
  adds.write("version", "2026-12-24").write("causes/new.yaml", cause_yaml());
  EXPECT_FALSE(stands_alone(adds.str(), built));
  changes.write("version", "2026-12-24").write("causes/gone.yaml", "override: true\nseverity: info\n");
  EXPECT_FALSE(stands_alone(changes.str(), built));
  unversioned.write("causes/gone.yaml", cause_yaml());
  EXPECT_FALSE(stands_alone(unversioned.str(), built));
}

TEST(KbOverlay, AnEmptyFolderIsNoKnowledgeBase) {
  KbFolder low, high;
  const auto result = overlay_folder(loaded(base(low)), high.str());
  EXPECT_THAT(errors_of(result, high), HasSubstr("not a knowledge base"));
}

TEST(KbLoader, OverrideInABaseFolderIsAnUnknownKey) {
  KbFolder folder;
  base(folder).write("causes/gone.yaml", cause_yaml("override: true\n"));
  EXPECT_THAT(errors_of(load_folder(folder.str()), folder), HasSubstr("unknown key `override` in a cause"));
}

}  // namespace
}  // namespace tunnelscope::kb
