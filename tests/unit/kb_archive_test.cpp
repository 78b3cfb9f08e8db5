// What the build compiled in equals the YAML, and bytes give back every field.
#include <gtest/gtest.h>

#include "kb/loader.hpp"

namespace tunnelscope::kb {
namespace {

Knowledge full() {
  Knowledge k;
  k.version = "2026-11-22";
  MessageRule rule;
  rule.id = "a/b";
  rule.dialect = "aws-s2s-ike";
  rule.pattern = std::string("with \0 NUL", 10);
  rule.contradicts_phase1 = {"established", ""};
  rule.contradicts_phase2 = {"down"};
  rule.inferred = true;
  rule.examples = {{"line", {{"a", "1"}, {"b", "2"}}}, {"", {}}};
  rule.near_misses = {"x"};
  rule.references = {{"t", "u", "d"}};
  rule.owner = "o";
  rule.runbook_url = "r";
  k.messages = {rule, MessageRule{}};
  Cause cause;
  cause.id = "c";
  cause.severity = Severity::Critical;
  cause.recovered_severity = Severity::Info;
  cause.confidence = Confidence::Certain;
  cause.role = Role::Context;
  cause.impact = Impact::None;
  cause.scope = Scope::Connection;
  cause.explains_part = Explains::Stay;
  cause.on_connection = cause.fallback = cause.interruptions = cause.inferred = true;
  cause.all = {{"s", 3, Window::Onset, 0.1, PhaseGuard::Up, PhaseGuard::NotUp, ChildGuard::WasUp}};
  cause.milder = Milder{{{"m"}}, Severity::Warning, Role::Symptom, "t", "s"};
  cause.rules_out = {{"x", "y", {"z"}}};
  cause.checks = {{"a", "b", "c", "d"}};
  k.causes = {Cause{}, cause};
  ConfigRule config;
  config.id = "config/c";
  config.severity = Severity::Critical;
  config.confidence = Confidence::Possible;
  config.impact = Impact::Outage;
  config.scope = ConfigScope::Change;
  config.origin = ConfigOrigin::Any;
  config.side = "cloud";
  config.vendor = "aws";
  config.signal = "s";
  config.all = {{"a", {"b"}, {"c"}, {"d"}, 1.5, std::nullopt}};
  config.any = {{"a", {}, {}, {}, std::nullopt, 0.0}};
  config.fix = {{"a", "b", "c", "d"}};
  config.examples = {{{{"cloud", {{"x", "y"}}}, {"gateway", {}}}}};
  config.near_misses = {{}};
  config.inferred = true;
  k.config = {ConfigRule{}, config};
  k.thresholds = {{"a.b", 1.5}, {"c.d", -0.0}};
  return k;
}

TEST(KbArchive, GivesBackEveryField) {
  const Knowledge knowledge = full();
  EXPECT_EQ(from_archive(to_archive(knowledge)), knowledge);
  EXPECT_EQ(from_archive(to_archive(Knowledge{})), Knowledge{});
}

TEST(KbArchive, EqualKnowledgeGivesEqualBytes) { EXPECT_EQ(to_archive(full()), to_archive(full())); }

TEST(KbArchive, BuiltInEqualsTheYaml) {
  const auto yaml = load_folder(std::string(SOURCE_DIR) + "/kb");
  ASSERT_TRUE(yaml) << to_text(yaml.error().at(0));
  for (const auto& rule : yaml->messages) {
    const MessageRule* compiled = built_in().message(rule.id);
    EXPECT_TRUE(compiled != nullptr && *compiled == rule) << rule.id;
  }
  for (const auto& cause : yaml->causes) {
    const Cause* compiled = built_in().cause(cause.id);
    EXPECT_TRUE(compiled != nullptr && *compiled == cause) << cause.id;
  }
  for (const auto& rule : yaml->config) {
    const ConfigRule* compiled = built_in().config_rule(rule.id);
    EXPECT_TRUE(compiled != nullptr && *compiled == rule) << rule.id;
  }
  EXPECT_TRUE(built_in() == *yaml);
  EXPECT_FALSE(built_in().messages.empty());
  EXPECT_FALSE(built_in().causes.empty());
  EXPECT_FALSE(built_in().config.empty());
}

}  // namespace
}  // namespace tunnelscope::kb
