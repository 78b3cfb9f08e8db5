// Column arithmetic is signed and clamped: a width of ten, or of one, gives an ugly report and never a wrap-around.
#include "src/terminal.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "src/escape.hpp"

namespace tunnelscope::app {
namespace {

struct Range {
  char32_t first, last;
};
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},
                           Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                           Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1FAFF},
                           Range{0x20000, 0x3FFFD}};
constexpr std::array kZero{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                           Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
                           Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

template <class Table>
bool in(const Table& table, char32_t value) {
  return std::any_of(table.begin(), table.end(),
                     [value](Range r) { return value >= r.first && value <= r.last; });
}

int columns_of(CodePoint point) {
  if (!point.valid || point.value < 0x300) return 1;
  return in(kZero, point.value) ? 0 : in(kWide, point.value) ? 2 : 1;
}

// How many bytes of `text` fit into `width` columns.
std::size_t bytes_within(std::string_view text, int width) {
  std::size_t end = 0;
  while (end < text.size()) {
    const CodePoint point = code_point_at(text, end);
    width -= columns_of(point);
    if (width < 0) break;
    end += point.length;
  }
  return end;
}

constexpr std::array<std::string_view, 7> kCodes{"", "1", "2", "1;31", "1;33", "32", "36"};

bool is_utf8(const Environment& environment) {
  for (const std::string_view name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = environment(name);
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

int width_from(const Environment& environment, int window) {
  const std::string columns = environment("COLUMNS");
  int width = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  const bool given = error == std::errc{} && end == columns.data() + columns.size() && width > 0;
  if (!given) width = window > 0 ? window : 80;
  return std::clamp(width, kNarrowest, 500);
}

}  // namespace

Screen screen_for(std::string_view choice, bool is_terminal, int window, const Environment& environment) {
  Screen screen;
  screen.width = width_from(environment, window);
  screen.unicode = is_utf8(environment);
  const bool wanted = is_terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  screen.colour = choice == "always" || (choice == "auto" && wanted);
  return screen;
}

int columns_of(std::string_view text) {
  int columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    columns += columns_of(point);
    i += point.length;
  }
  return columns;
}

std::string cut(std::string_view text, int width, bool unicode) {
  if (width <= 0) return "";
  if (columns_of(text) <= width) return std::string(text);
  const std::string_view dots = unicode ? "\u2026" : "...";
  const int room = width - columns_of(dots);
  if (room <= 0) return std::string(text.substr(0, bytes_within(text, width)));
  return std::string(text.substr(0, bytes_within(text, room))) + std::string(dots);
}

std::vector<std::string> wrap(std::string_view text, int width) {
  width = std::max(width, 1);
  std::vector<std::string> lines;
  std::string line;
  int used = 0;
  const auto flush = [&] {
    lines.push_back(std::move(line));
    line.clear();
    used = 0;
  };
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '\n') {
      text.remove_prefix(1);
      continue;
    }
    std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    const int columns = columns_of(word);
    if (used > 0 && used + 1 + columns > width) flush();
    if (used > 0) {
      line += ' ';
      ++used;
    }
    while (columns_of(word) > width - used) {
      const std::size_t fits = std::max(bytes_within(word, width - used), code_point_at(word, 0).length);
      line += word.substr(0, fits);
      word.remove_prefix(fits);
      flush();
      if (word.empty()) break;
    }
    line += word;
    used += columns_of(word);
  }
  if (used > 0 || lines.empty()) flush();
  return lines;
}

std::string padded(std::string_view text, int width) {
  const int missing = std::max(0, width - columns_of(text));
  return std::string(text) + std::string(static_cast<std::size_t>(missing), ' ');
}

std::string painted(const Screen& screen, Style style, std::string_view text) {
  const std::string_view code = kCodes[static_cast<std::size_t>(style)];
  if (!screen.colour || code.empty() || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace tunnelscope::app
