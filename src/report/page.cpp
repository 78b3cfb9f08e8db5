// Indentation gives way before the text does: on a narrow screen it is a quarter of the width at most.
#include "src/report/page.hpp"

#include <algorithm>

#include "src/escape.hpp"

namespace tunnelscope::report {
namespace {

using app::Style;

constexpr int kWidest = 100;   // prose in longer lines is hard to read
constexpr int kLeastText = 12; // narrower than this, the text goes below its lead

std::string spaces(int count) { return std::string(static_cast<std::size_t>(std::max(0, count)), ' '); }

// ASCII but for line breaks and our own colours, which stay.
std::string ascii(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\x1b\n", i), text.size());
    out += app::to_ascii(text.substr(i, end - i));
    if (end < text.size()) out += text[end];
    i = end + 1;
  }
  return out;
}

}  // namespace

Page::Page(const app::Screen& screen) : screen_(screen), width_(std::min(screen.width, kWidest)) {}

void Page::blank() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
}

void Page::item(int indent, std::string_view lead, std::string_view text, Style style, Style lead_style) {
  indent = std::min(indent, width_ / 4);
  int hanging = indent + app::columns_of(lead);
  const std::string first = spaces(indent) + painted(screen_, lead_style, lead);
  const bool own_line = hanging > std::max(indent, width_ - kLeastText);
  if (own_line) {
    for (const std::string& line : app::wrap(lead, width_ - indent)) {
      text_ += spaces(indent) + painted(screen_, lead_style, line) + "\n";
    }
    hanging = std::min(indent + 2, width_ / 4);
  }
  bool is_first = !own_line;
  for (const std::string& line : app::wrap(app::for_terminal(text), width_ - hanging)) {
    std::string all = (is_first ? first : spaces(hanging)) + painted(screen_, style, line);
    all.erase(all.find_last_not_of(' ') + 1);
    text_ += all + "\n";
    is_first = false;
  }
}

void Page::prose(int indent, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) paragraph(indent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (end > 0 && !text.empty()) blank();
  }
}

void Page::verbatim(int indent, std::string_view lead, std::string_view text) {
  text_ += spaces(std::min(indent, width_ / 4)) + painted(screen_, Style::Dim, lead) + app::for_copying(text) + "\n";
}

void Page::drawn(int indent, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) text_ += spaces(indent) + line + "\n";
}

void Page::heading(std::string_view text) {
  blank();
  paragraph(2, text, Style::Bold);
}

void Page::rule(std::string_view lead, Style style, std::string_view title) {
  blank();
  item(0, std::string(lead) + "  ", title, Style::Bold, style);
}

std::string Page::take() { return screen_.unicode ? std::move(text_) : ascii(text_); }

}  // namespace tunnelscope::report
