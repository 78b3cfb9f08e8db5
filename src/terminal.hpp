// What the place that the report goes to can show, and text fitted into it: width, colour, Unicode.
// In: escaped text (src/escape.hpp). Out: lines no wider than asked, measured in columns and not in bytes.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::app {

enum class Style { Plain, Bold, Dim, Bad, Warn, Good, Note };

struct Screen {
  int width = 80;       // at least kNarrowest
  bool colour = false;
  bool unicode = true;  // the locale is UTF-8
};
inline constexpr int kNarrowest = 10;

using Environment = std::function<std::string(std::string_view name)>;  // "" when not set

// `choice` is auto, always or never; `window` is the terminal's own width, 0 when there is none.
Screen screen_for(std::string_view choice, bool is_terminal, int window, const Environment& environment);

int columns_of(std::string_view text);

// Cut to `width` columns, ending in an ellipsis when something was cut; never wider, whatever the width.
std::string cut(std::string_view text, int width, bool unicode);

// Broken at blanks, long words anywhere; at least one line. Never wider than max(width, 1) columns,
// a single wide character in one column excepted.
std::vector<std::string> wrap(std::string_view text, int width);

std::string padded(std::string_view text, int width);  // blanks on the right

std::string painted(const Screen& screen, Style style, std::string_view text);

}  // namespace tunnelscope::app
