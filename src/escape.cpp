// One decoder of UTF-8 and, per output, a table or rule for what must not appear raw there.
#include "src/escape.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <fmt/format.h>

namespace tunnelscope::app {
namespace {

struct Range {
  char32_t first, last;
};
constexpr std::array kUnsafe{
    Range{0x00, 0x1F},       Range{0x7F, 0x9F},     Range{0xAD, 0xAD},     Range{0x61C, 0x61C},
    Range{0x180E, 0x180E},   Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x206F},
    Range{0xFEFF, 0xFEFF},   Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE0FFF}};

std::string visible(CodePoint point, unsigned char byte) {
  if (!point.valid) return fmt::format("\\x{:02x}", byte);
  switch (point.value) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  return point.value < 0x80 ? fmt::format("\\x{:02x}", static_cast<unsigned>(point.value))
                            : fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(point.value));
}

// What is unsafe is made visible, but for what may stay.
template <class MayStay>
std::string harmless(std::string_view text, const MayStay& may_stay) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    if (point.valid && (!is_unsafe(point.value) || may_stay(point.value))) {
      out.append(text.substr(i, point.length));
    } else {
      out += visible(point, static_cast<unsigned char>(text[i]));
    }
    i += point.length;
  }
  return out;
}

// What ASCII readers expect instead of common punctuation.
constexpr std::array<std::pair<char32_t, std::string_view>, 12> kPlain{{{0x2010, "-"},
                                                                        {0x2011, "-"},
                                                                        {0x2012, "-"},
                                                                        {0x2013, "-"},
                                                                        {0x2014, "-"},
                                                                        {0x2018, "'"},
                                                                        {0x2019, "'"},
                                                                        {0x201C, "\""},
                                                                        {0x201D, "\""},
                                                                        {0x2022, "*"},
                                                                        {0x2026, "..."},
                                                                        {0x2192, "->"}}};

std::string backticks_for(std::string_view text, std::size_t at_least) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max(at_least, longest + 1), '`');
}

// How many of the first bytes of `text` may stand in a JSON string as they are: ASCII without controls, quotes and backslashes.
std::size_t plain_json_length(std::string_view text) {
  std::size_t at = 0;
#if defined(__SSE2__)
  const std::size_t last = text.size() < 16 ? 0 : text.size() - 16;  // the last block overlaps the one before
  while (text.size() >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7F));
    const __m128i outside = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));  // signed: above ASCII too
    const int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), _mm_or_si128(del, outside)));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(found)));
    if (at == last) return text.size();
    at = std::min(at + 16, last);
  }
#endif
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

// The bytes of a broken sequence that could still have begun a character, at least one; the next begins behind them.
std::size_t broken_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0xE0 || first > 0xF4 || text.size() < 2) return 1;
  const unsigned char lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < lowest || byte(1) > highest) return 1;
  return first >= 0xF0 && text.size() > 2 && (byte(2) & 0xC0) == 0x80 ? 3 : 2;
}

// "\u202e"; beyond 16 bits a surrogate pair.
void append_json_escape(std::string& out, char32_t value) {
  if (value < 0x10000) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(value));
  } else {
    const unsigned rest = static_cast<unsigned>(value) - 0x10000U;
    fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xD800U + (rest >> 10), 0xDC00U + (rest & 0x3FFU));
  }
}

void append_json_character(std::string& out, char32_t value, std::string_view bytes) {
  switch (value) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: is_unsafe(value) ? append_json_escape(out, value) : static_cast<void>(out.append(bytes));
  }
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || offset + length > text.size()) return {first, 1, false};
  char32_t value = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {first, 1, false};
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {first, 1, false};
  return {value, length, true};
}

bool is_unsafe(char32_t value) {
  return std::any_of(kUnsafe.begin(), kUnsafe.end(),
                     [value](Range r) { return value >= r.first && value <= r.last; });
}

std::string for_terminal(std::string_view text) {
  return harmless(text, [](char32_t) { return false; });
}

std::string for_copying(std::string_view line) {
  const bool has_return = line.ends_with('\r');
  if (has_return) line.remove_suffix(1);
  return harmless(line, [](char32_t value) { return value == '\t'; }) + (has_return ? "\r" : "");
}

std::string_view first_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t next = end + code_point_at(text, end).length;
    if (next > bytes) break;
    end = next;
  }
  return text.substr(0, end);
}

std::string to_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    i += point.length;
    if (point.valid && point.value < 0x80) {
      out.push_back(static_cast<char>(point.value));
      continue;
    }
    const auto plain = std::find_if(kPlain.begin(), kPlain.end(),
                                    [&](const auto& row) { return row.first == point.value; });
    out += plain != kPlain.end()
               ? std::string(plain->second)
               : visible(point, static_cast<unsigned char>(text[i - point.length]));
  }
  return out;
}

std::string for_markdown(std::string_view text) {
  const std::string shown = for_terminal(text);
  std::string out;
  out.reserve(shown.size() + 16);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '@': out += "&#64;"; break;
      case ':':  // "http:" alone would become a link
        out += i + 1 < shown.size() && shown[i + 1] == '/' ? "&#58;" : ":";
        break;
      case '.':  // and so would "www."
        out += i >= 3 && (shown[i - 1] | 0x20) == 'w' && (shown[i - 2] | 0x20) == 'w' ? "&#46;" : ".";
        break;
      case '\\': case '`': case '*': case '_': case '[': case ']': case '#': case '|': case '~': case '!':
      case '$': case '{': case '}':
        out.push_back('\\');
        out.push_back(c);
        break;
      case '-': case '+': case '=':  // special at the beginning of a line only
        if (i == 0) out.push_back('\\');
        out.push_back(c);
        break;
      default: out.push_back(c);
    }
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  const std::string shown = for_terminal(text);
  if (shown.empty()) return "";
  const std::string fence = backticks_for(shown, 1);
  const bool pad = shown.front() == '`' || shown.back() == '`' || shown.front() == ' ';
  const std::string_view blank = pad ? " " : "";
  return fmt::format("{}{}{}{}{}", fence, blank, shown, blank, fence);
}

std::string markdown_cell(std::string_view text) {
  std::string cell;
  for (const char c : markdown_code(text)) {
    if (c == '|') cell.push_back('\\');
    cell.push_back(c);
  }
  return cell;
}

std::string markdown_block(std::string_view text) {
  const std::string fence = backticks_for(text, 3);
  std::string out = fence + "text\n";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += for_copying(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out + fence + "\n";
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = plain_json_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const CodePoint point = code_point_at(text, 0);
    const std::size_t length = point.valid ? point.length : broken_length(text);
    if (point.valid) {
      append_json_character(out, point.value, text.substr(0, length));
    } else {
      out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

std::string for_json_document(std::string_view document) {
  std::string out;
  out.reserve(document.size());
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x7F; };
  for (std::size_t i = 0; i < document.size();) {
    if (is_plain(document[i])) {
      const std::size_t from = i;
      while (i < document.size() && is_plain(document[i])) ++i;
      out.append(document.substr(from, i - from));
      continue;
    }
    const CodePoint point = code_point_at(document, i);
    if (is_unsafe(point.value)) {
      append_json_escape(out, point.value);
    } else {
      out.append(document.substr(i, point.length));
    }
    i += point.length;
  }
  return out;
}

std::string for_xml(std::string_view text) {
  std::string out;
  for (const char c : for_terminal(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out.push_back(c);
    }
  }
  return out;
}

}  // namespace tunnelscope::app
