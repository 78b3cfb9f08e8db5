// An error as the user sees it. Long lines are cut to a window around the caret; hostile bytes are escaped.
#include <algorithm>

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

constexpr std::size_t kWindow = 100;  // characters of the source line
constexpr std::size_t kBefore = 60;   // of these, at most so many before the caret

struct Shown {
  std::string text;
  std::size_t caret = 0;  // characters before it
};

std::size_t byte_of(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  for (; character > 0 && at < text.size(); --character) at += std::max<std::size_t>(1, utf8_length(text, at));
  return at;
}

Shown window(std::string_view line, std::size_t column) {
  const std::size_t length = characters(line, line.size());
  const std::size_t from = length > kWindow && column > kBefore ? column - kBefore : 0;
  const std::size_t begin = byte_of(line, from), at = byte_of(line, column), end = byte_of(line, from + kWindow);
  std::string before = printable(line.substr(begin, at - begin));
  std::string after = printable(line.substr(at, end - at));
  if (from > 0) before.insert(0, "...");
  if (end < line.size()) after += "...";
  return {before + after, characters(before, before.size())};
}

}  // namespace

std::string to_text(const Error& error) {
  std::string text = printable(error.file);
  if (error.line > 0) text += fmt::format(":{}:{}", error.line, error.column);
  text += ": " + printable(error.reason);
  if (error.line > 0 && !error.source_line.empty()) {
    const Shown shown = window(error.source_line, static_cast<std::size_t>(std::max(error.column, 1) - 1));
    text += "\n  " + shown.text + "\n  " + std::string(shown.caret, ' ') + "^";
  }
  if (!error.hint.empty()) text += "\n  " + printable(error.hint);
  return text;
}

}  // namespace tunnelscope::kb
