// Where the sections in braces of swanctl.conf and their settings stand in a text under change, however they share lines. In: the lines of
// a draft. Out: places to edit at, which hold until the next edit. A section that breaks off closes nowhere.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/config/draft.hpp"

namespace tunnelscope::config {

// A byte of a line: `line` as Draft counts, `at` from 0 in its present text.
struct Spot {
  std::size_t line = 0, at = 0;
  auto operator<=>(const Spot&) const = default;
};

struct BracedSetting {
  std::string name;
  Spot named, value;  // where either begins; without a value, where it would
};

struct BracedSection {
  std::string name;
  Spot named, open, close;                 // of the name and of both braces; `close.line` 0: the file ends before
  std::vector<BracedSetting> settings;     // directly in it
  std::optional<std::size_t> within = {};  // the section around it; empty: there is none
};

// In the order in which they open.
std::vector<BracedSection> braced_sections(const Draft& draft, const std::string& path);

}  // namespace tunnelscope::config
