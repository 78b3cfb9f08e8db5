// Hostile text made harmless: log texts, paths and ids on their way to a terminal, a ticket, JSON or XML.
// In: bytes as read, in any state. Out: valid UTF-8 without control, bidirectional or invisible characters.
// Such characters are shown as \n, \x1b or \u{202e} rather than dropped, so that the reader sees that they were there.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tunnelscope::app {

// One code point of UTF-8. An invalid byte gives valid == false and length 1.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
  bool valid = false;
};
CodePoint code_point_at(std::string_view text, std::size_t offset);  // precondition: offset < text.size()

// C0, DEL, C1, bidirectional controls, line separators and invisible format characters.
bool is_unsafe(char32_t value);

// One line: line breaks and tabs become \n, \r and \t.
std::string for_terminal(std::string_view text);
// A line that is to be copied, as of a patch: its tabs stay, and so does the carriage return that a file may end its lines with.
std::string for_copying(std::string_view line);

// At most `bytes` bytes of `text`, cut between code points.
std::string_view first_bytes(std::string_view text, std::size_t bytes);

// Pure ASCII for terminals whose locale is not UTF-8: common punctuation is transliterated, the rest shown as \u{...}.
// Line breaks and terminal colours stay.
std::string to_ascii(std::string_view text);

// Text between Markdown's own characters: nothing in it can start a link, a tag, a mention or formatting.
std::string for_markdown(std::string_view text);
// The same as a code span. In a table cell a bar must be escaped even there, and nowhere else may it be.
std::string markdown_code(std::string_view text);
std::string markdown_cell(std::string_view text);
// Lines for copying as a fenced block; the fence is longer than any run of backticks in `text`.
std::string markdown_block(std::string_view text);

// Appends `text` as a JSON string with its quotes. Broken UTF-8 becomes U+FFFD, one for as many bytes as could still
// have begun a character; DEL, C1 and bidirectional controls are \u-escaped.
void append_json_string(std::string& out, std::string_view text);
// A finished JSON document whose strings may still hold raw DEL, C1 or bidirectional controls: \u-escaped.
std::string for_json_document(std::string_view document);

// XML text or attribute value.
std::string for_xml(std::string_view text);

}  // namespace tunnelscope::app
