// The table of options and what is made of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <set>

#include "src/command.hpp"
#include "src/help.hpp"

namespace tunnelscope::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

tl::expected<Settings, UsageError> parse(std::string_view command, std::vector<std::string> words) {
  return parse_options(*command_named(command), words);
}

TEST(CliOptions, DefaultsComeFromTheTable) {
  const auto settings = parse("diagnose", {"a.log"});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->format, "text");
  EXPECT_EQ(settings->fail_on, "warning");
  EXPECT_EQ(settings->color, "auto");
  EXPECT_THAT(settings->arguments, ElementsAre("a.log"));
}

TEST(CliOptions, ListOptionsDoNotSwallowInputs) {
  const auto settings = parse("diagnose", {"--maintenance", "m.json", "a.log", "--maintenance=n.ics", "b.log", "-"});
  ASSERT_TRUE(settings) << settings.error().reason;
  EXPECT_THAT(settings->maintenance, ElementsAre("m.json", "n.ics"));
  EXPECT_THAT(settings->arguments, ElementsAre("a.log", "b.log", "-"));
}

TEST(CliOptions, OptionsMayStandAnywhereAndTheLastOneWins) {
  const auto settings = parse("diagnose", {"--format", "json", "a", "--format=markdown", "--", "--odd"});
  ASSERT_TRUE(settings) << settings.error().reason;
  EXPECT_EQ(settings->format, "markdown");
  EXPECT_THAT(settings->arguments, ElementsAre("a", "--odd"));
}

TEST(CliOptions, MistakesAreNamedWithAWayOut) {
  struct Row {
    std::vector<std::string> words;
    const char* reason;
    const char* hint;
  };
  const Row rows[] = {
      {{"a", "--fromat", "json"}, "unknown option --fromat for diagnose", "did you mean --format?"},
      {{"a", "--samples", "x"}, "unknown option --samples for diagnose", "it belongs to other commands"},
      {{"a", "--format", "xml"}, "--format cannot be `xml`", "it is one of text, json, markdown"},
      {{"a", "--fail-on=never!"}, "--fail-on cannot be `never!`", "critical, warning, info, never"},
      {{"a", "--output"}, "--output needs a value", "--output FILE"},
  };
  for (const Row& row : rows) {
    const auto settings = parse("diagnose", row.words);
    ASSERT_FALSE(settings) << row.reason;
    EXPECT_EQ(settings.error().reason, row.reason);
    EXPECT_THAT(settings.error().hint, HasSubstr(row.hint));
  }
  EXPECT_EQ(parse("rules show", {}).error().reason, "rules show needs ID");
  EXPECT_EQ(parse("rules show", {"a", "b"}).error().reason, "unexpected argument `b`");
}

TEST(CliOptions, TheEnvironmentStandsInAndTheCommandLineWins) {
  setenv("TUNNELSCOPE_FORMAT", "json", 1);
  EXPECT_EQ(parse("diagnose", {"a"})->format, "json");
  EXPECT_EQ(parse("diagnose", {"a", "--format", "text"})->format, "text");
  setenv("TUNNELSCOPE_FORMAT", "nonsense", 1);
  EXPECT_EQ(parse("diagnose", {"a"}).error().reason, "TUNNELSCOPE_FORMAT cannot be `nonsense`");
  EXPECT_EQ(parse("diagnose", {"a", "--format", "odd"}).error().reason, "--format cannot be `odd`");
  setenv("TUNNELSCOPE_FORMAT", "markdown", 1);
  EXPECT_EQ(parse("explain", {"a"})->format, "text");
  EXPECT_FALSE(parse("explain", {"a", "--format", "markdown"}));
  unsetenv("TUNNELSCOPE_FORMAT");
}

TEST(CliOptions, HelpIsShorterThanFortyLinesAndFitsEightyColumns) {
  std::vector<std::string> texts{overview(), group_help("rules")};
  for (const Command& command : commands()) texts.push_back(help_for(command));
  for (const std::string& text : texts) {
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 40) << text;
    std::size_t start = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; start = end + 1, end = text.find('\n', start)) {
      EXPECT_LE(end - start, 80U) << text.substr(start, end - start);
    }
  }
}

TEST(CliOptions, EveryOptionStandsInHelpManPageAndCompletions) {
  const std::string man = man_page();
  for (const Command& command : commands()) {
    const std::string help = help_for(command);
    for (const Option* option : options_of(command.name)) {
      EXPECT_THAT(help, HasSubstr(std::string(option->name)));
      for (const char* const shell : {"bash", "zsh"}) EXPECT_THAT(completions_for(shell), HasSubstr(std::string(option->name)));
      EXPECT_THAT(completions_for("fish"), HasSubstr("-l " + std::string(option->name.substr(2))));
      std::string in_man(option->name);
      for (std::size_t at = 0; (at = in_man.find('-', at)) != std::string::npos; at += 2) in_man.insert(at, "\\");
      EXPECT_THAT(man, HasSubstr(in_man));
    }
  }
}

TEST(CliOptions, EveryCommandOfAnOptionExists) {
  for (const Option& option : options()) {
    for (const std::string_view name : option.commands) EXPECT_NE(command_named(name), nullptr) << name;
  }
}

struct Spoken {
  int status;
  std::string out, err;
};
Spoken speak(std::vector<std::string> words) {
  Spoken spoken{};
  Console console;
  console.out = [&](std::string_view text) { return spoken.out += text, 0; };
  console.err = [&](std::string_view text) { spoken.err += text; };
  console.environment = [](std::string_view) { return std::string(); };
  console.clock = [] { return std::int64_t{0}; };
  spoken.status = run(words, console);
  return spoken;
}

TEST(CliRun, MistakesInTheCommandLineAreStatusTwo) {
  const std::vector<std::vector<std::string>> rows = {
      {}, {"diagnos"}, {"rules"}, {"rules", "lst"}, {"--format", "json"}, {"diagnose"}, {"diagnose", "--jobs", "0", "x"},
      {"diagnose", "--now", "24h", "x"}, {"diagnose", "--until", "24h", "x"}, {"diagnose", "--since", "never", "x"},
      {"diagnose", "--tunnel", "nonsense", "x"}, {"diagnose", "--tunnel", "vpn-0123456789abcdef0", "x"},
      {"diagnose", "--tunnel", "vpn-0123456789abcdef0/203.0.113.999", "x"}, {"diagnose", "--maintenance", "/nonexistent", "x"},
      {"diagnose", "--output", "/nonexistent/report", "x"}, {"diagnose", "--kb", "/nonexistent", "x"},
      {"completions", "tcsh"}, {"explain"}, {"rules", "lint", "/nonexistent"}};
  for (const auto& words : rows) {
    const Spoken spoken = speak(words);
    EXPECT_EQ(spoken.status, 2) << ::testing::PrintToString(words);
    EXPECT_EQ(spoken.out, "") << ::testing::PrintToString(words);
    EXPECT_NE(spoken.err, "") << ::testing::PrintToString(words);
  }
  EXPECT_THAT(speak({"diagnos"}).err, HasSubstr("did you mean `diagnose`?"));
  EXPECT_THAT(speak({"rules", "lst"}).err, HasSubstr("did you mean `rules list`?"));
}

TEST(CliRun, HelpAndVersionAreStatusZeroOnStandardOutput) {
  const std::vector<std::vector<std::string>> rows = {
      {"--help"}, {"-h"}, {"help"}, {"--version"}, {"help", "diagnose"}, {"diagnose", "--help"}, {"diagnose", "-h"},
      {"rules", "--help"}, {"rules", "list", "--help"}, {"diagnose", "--version"}, {"man"}, {"completions", "bash"}};
  for (const auto& words : rows) {
    const Spoken spoken = speak(words);
    EXPECT_EQ(spoken.status, 0) << ::testing::PrintToString(words);
    EXPECT_NE(spoken.out, "") << ::testing::PrintToString(words);
    EXPECT_EQ(spoken.err, "") << ::testing::PrintToString(words);
  }
}

TEST(CliRun, AnIdIsFoundInAnyCaseAndByItsBeginning) {
  EXPECT_EQ(speak({"explain", "PSK-MISMATCH"}).status, 0);
  EXPECT_THAT(speak({"rules", "show", "psk"}).err, HasSubstr("did you mean `psk-mismatch`?"));
  EXPECT_THAT(speak({"rules", "show", "aws-s2s/ikev2/psk"}).err, HasSubstr("did you mean `aws-s2s/ikev2/psk-mismatch`?"));
}

TEST(CliRun, ABrokenPipeIsQuietAndAFullDiskIsNot) {
  for (const auto& [error, status] : {std::pair{EPIPE, 0}, std::pair{ENOSPC, 5}}) {
    std::string said;
    Console console;
    console.out = [error = error](std::string_view) { return error; };
    console.err = [&](std::string_view text) { said += text; };
    EXPECT_EQ(run({"--help"}, console), status);
    EXPECT_EQ(said.empty(), error == EPIPE);
  }
}

TEST(CliRun, AnExceptionIsAnInternalError) {
  std::string said;
  Console console;
  console.out = [](std::string_view) -> int { throw std::runtime_error("boom\x1b"); };
  console.err = [&](std::string_view text) { said += text; };
  EXPECT_EQ(run({"--help"}, console), 5);
  EXPECT_THAT(said, HasSubstr("internal error: boom\\x1b"));
}

}  // namespace
}  // namespace tunnelscope::app
