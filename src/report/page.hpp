// A page of text for a terminal: indented, wrapped to its width, painted after measuring.
// In: raw texts, which are escaped here. Out: lines no wider than the screen, except verbatim ones, which are for copying.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "src/terminal.hpp"

namespace tunnelscope::report {

class Page {
 public:
  explicit Page(const app::Screen& screen);

  void blank();  // one empty line, however often it is called
  // `lead` stands at `indent`; the text follows it and continues under its own beginning.
  void item(int indent, std::string_view lead, std::string_view text, app::Style style = app::Style::Plain,
            app::Style lead_style = app::Style::Plain);
  void paragraph(int indent, std::string_view text, app::Style style = app::Style::Plain) { item(indent, "", text, style); }
  // Paragraphs of the knowledge base are separated by line breaks.
  void prose(int indent, std::string_view text);
  void verbatim(int indent, std::string_view lead, std::string_view text);
  // Lines that are escaped, fitted and painted already.
  void drawn(int indent, const std::vector<std::string>& lines);
  void heading(std::string_view text);  // with an empty line before it
  // Begins a finding or the like.
  void rule(std::string_view lead, app::Style style, std::string_view title);

  const app::Screen& screen() const { return screen_; }
  int width() const { return width_; }
  std::string take();

 private:
  const app::Screen screen_;
  const int width_;
  std::string text_;
};

}  // namespace tunnelscope::report
