// Widths, wrapping and cutting, down to screens on which nothing fits.
#include <gtest/gtest.h>

#include <map>

#include "src/terminal.hpp"

namespace tunnelscope::app {
namespace {

Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](std::string_view name) {
    const auto found = values.find(std::string(name));
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(CliTerminal, ColumnsComeBeforeTheWindowAndGarbageIsIgnored) {
  EXPECT_EQ(screen_for("auto", true, 120, environment({{"COLUMNS", "90"}})).width, 90);
  EXPECT_EQ(screen_for("auto", true, 120, environment({{"COLUMNS", "x"}})).width, 120);
  EXPECT_EQ(screen_for("auto", false, 0, environment({})).width, 80);
  EXPECT_EQ(screen_for("auto", false, 0, environment({{"COLUMNS", "1"}})).width, kNarrowest);
  EXPECT_EQ(screen_for("auto", false, 0, environment({{"COLUMNS", "99999999999999"}})).width, 80);
}

TEST(CliTerminal, ColourNeedsATerminalAndNoNoColor) {
  EXPECT_TRUE(screen_for("auto", true, 80, environment({})).colour);
  EXPECT_FALSE(screen_for("auto", false, 80, environment({})).colour);
  EXPECT_FALSE(screen_for("auto", true, 80, environment({{"NO_COLOR", "1"}})).colour);
  EXPECT_FALSE(screen_for("auto", true, 80, environment({{"TERM", "dumb"}})).colour);
  EXPECT_TRUE(screen_for("always", false, 80, environment({{"NO_COLOR", "1"}})).colour);
  EXPECT_FALSE(screen_for("never", true, 80, environment({})).colour);
}

TEST(CliTerminal, UnicodeFollowsTheFirstLocaleVariableThatIsSet) {
  EXPECT_TRUE(screen_for("auto", true, 80, environment({{"LANG", "de_DE.UTF-8"}})).unicode);
  EXPECT_FALSE(screen_for("auto", true, 80, environment({{"LC_ALL", "C"}, {"LANG", "de_DE.UTF-8"}})).unicode);
  EXPECT_FALSE(screen_for("auto", true, 80, environment({})).unicode);
}

TEST(CliTerminal, WideAndCombiningCharactersAreMeasured) {
  EXPECT_EQ(columns_of("abc"), 3);
  EXPECT_EQ(columns_of("\u4e2d\u6587"), 4);
  EXPECT_EQ(columns_of("e\u0301"), 1);
}

TEST(CliTerminal, CutNeverExceedsTheWidth) {
  for (int width = -3; width < 12; ++width) {
    for (const bool unicode : {true, false}) {
      EXPECT_LE(columns_of(cut("abcdefgh\u4e2d\u6587", width, unicode)), std::max(width, 0));
    }
  }
  EXPECT_EQ(cut("abcdef", 4, false), "a...");
  EXPECT_EQ(cut("abcdef", 4, true), "abc\u2026");
  EXPECT_EQ(cut("abcd", 4, true), "abcd");
}

TEST(CliTerminal, WrapKeepsEveryWordAndTheWidth) {
  const std::string text = "one two three-and-a-very-long-word-that-fits-nowhere four";
  for (int width = 1; width < 30; ++width) {
    std::string joined;
    for (const std::string& line : wrap(text, width)) {
      EXPECT_LE(columns_of(line), width);
      joined += line;
    }
    std::erase(joined, ' ');
    EXPECT_EQ(joined, "onetwothree-and-a-very-long-word-that-fits-nowherefour");
  }
  EXPECT_EQ(wrap("", 5).size(), 1U);
}

}  // namespace
}  // namespace tunnelscope::app
