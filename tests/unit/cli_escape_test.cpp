// Hostile texts come out harmless, and stay visible.
#include <gtest/gtest.h>

#include "src/escape.hpp"

namespace tunnelscope::app {
namespace {

struct Row {
  const char* in;
  const char* out;
};

TEST(CliEscape, TerminalShowsWhatWouldActOnIt) {
  const Row rows[] = {
      {"plain text", "plain text"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {"a\nb\tc\r", "a\\nb\\tc\\r"},
      {"\x7f", "\\x7f"},
      {"\xC2\x9B" "31m", "\\u{009b}31m"},
      {"\xE2\x80\xAE" "evil", "\\u{202e}evil"},
      {"\xE2\x81\xA6", "\\u{2066}"},
      {"\xE2\x80\x8B", "\\u{200b}"},
      {"\xFF\xC3", "\\xff\\xc3"},
      {"\xC0\xAF", "\\xc0\\xaf"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
  };
  for (const Row& row : rows) EXPECT_EQ(for_terminal(row.in), row.out);
  EXPECT_EQ(for_terminal(std::string_view("\0", 1)), "\\x00");
}

TEST(CliEscape, ALineForCopyingKeepsItsTabsAndItsEnd) {
  const Row rows[] = {
      {"\tike=aes256", "\tike=aes256"},
      {"a\tb\r", "a\tb\r"},
      {"a\rb\x1b[31m", "a\\rb\\x1b[31m"},
  };
  for (const Row& row : rows) EXPECT_EQ(for_copying(row.in), row.out);
  EXPECT_EQ(markdown_block("\ta"), "```text\n\ta\n```\n");
}

TEST(CliEscape, MarkdownCannotBeStartedByText) {
  EXPECT_EQ(for_markdown("<img src=x>"), "&lt;img src=x&gt;");
  EXPECT_EQ(for_markdown("[a](http://x)"), "\\[a\\](http&#58;//x)");
  EXPECT_EQ(for_markdown("www.evil.example"), "www&#46;evil.example");
  EXPECT_EQ(for_markdown("@team `code` | *b*"), "&#64;team \\`code\\` \\| \\*b\\*");
  EXPECT_EQ(for_markdown("- not a list"), "\\- not a list");
}

TEST(CliEscape, MarkdownFencesAreLongerThanAnyRunOfBackticks) {
  EXPECT_EQ(markdown_code("a`b"), "``a`b``");
  EXPECT_EQ(markdown_code("`"), "`` ` ``");
  EXPECT_EQ(markdown_code("a|b"), "`a|b`");
  EXPECT_EQ(markdown_cell("a|b"), "`a\\|b`");
  EXPECT_EQ(markdown_block("x\n````\ny"), "`````text\nx\n````\ny\n`````\n");
}

TEST(CliEscape, JsonDocumentsHoldNoRawControls) {
  EXPECT_EQ(for_json_document("\"\x7f\""), "\"\\u007f\"");
  EXPECT_EQ(for_json_document("\"\xC2\x9B\""), "\"\\u009b\"");
  EXPECT_EQ(for_json_document("\"\xE2\x80\xAE\""), "\"\\u202e\"");
  EXPECT_EQ(for_json_document("\"\xF3\xA0\x81\x81\""), "\"\\udb40\\udc41\"");
  EXPECT_EQ(for_json_document("{\n  \"a\": 1\n}"), "{\n  \"a\": 1\n}");
}

TEST(CliEscape, XmlAttributesStayClosed) {
  EXPECT_EQ(for_xml("a\"<b>&\x01"), "a&quot;&lt;b&gt;&amp;\\x01");
}

TEST(CliEscape, CutsBetweenCodePoints) {
  EXPECT_EQ(first_bytes("a\xC3\xBC", 2), "a");
  EXPECT_EQ(first_bytes("abc", 3), "abc");
}

}  // namespace
}  // namespace tunnelscope::app
