// What an error looks like: place, line, caret, hint; long lines cut, hostile bytes escaped.
#include <gtest/gtest.h>

#include "kb/loader.hpp"

namespace tunnelscope::kb {
namespace {

TEST(KbError, ShowsPlaceLineCaretAndHint) {
  EXPECT_EQ(to_text({"kb/x.yaml", 6, 3, "a: patern: b", "unknown key `patern`", "did you mean `pattern`?"}),
            "kb/x.yaml:6:3: unknown key `patern`\n"
            "  a: patern: b\n"
            "    ^\n"
            "  did you mean `pattern`?");
}

TEST(KbError, ConcernsAWholeFileWithoutLine) {
  EXPECT_EQ(to_text({"kb/version", 0, 0, "", "missing", ""}), "kb/version: missing");
}

TEST(KbError, CaretCountsCharactersNotBytes) {
  EXPECT_EQ(to_text({"x", 1, 5, "äöü = 1", "odd", ""}), "x:1:5: odd\n  äöü = 1\n      ^");
}

TEST(KbError, EscapesHostileBytesAndKeepsTheCaretInPlace) {
  EXPECT_EQ(to_text({"a\x1b[31m", 1, 3, "\x1b\xe2\x80\xae" "c", "bad \x07", "\x9b"}),
            "a\\x1b[31m:1:3: bad \\x07\n"
            "  \\x1b\\u202ec\n"
            "            ^\n"
            "  \\x9b");
}

TEST(KbError, CutsLongLinesAroundTheCaret) {
  const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
  EXPECT_EQ(to_text({"f", 1, 501, line, "here", ""}),
            "f:1:501: here\n  ..." + std::string(60, 'a') + "X" + std::string(39, 'b') + "...\n  " + std::string(63, ' ') + "^");
  EXPECT_EQ(to_text({"f", 1, 1, line, "here", ""}), "f:1:1: here\n  " + std::string(100, 'a') + "...\n  ^");
}

TEST(KbError, CaretBeyondTheLineStandsAtItsEnd) {
  EXPECT_EQ(to_text({"f", 1, 40, "abc", "here", ""}), "f:1:40: here\n  abc\n     ^");
}

}  // namespace
}  // namespace tunnelscope::kb
