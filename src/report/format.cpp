// The table itself.
#include "src/report/format.hpp"

#include <algorithm>
#include <array>

namespace tunnelscope::report {

std::span<const Format> formats() {
  static constexpr std::array kFormats{Format{"text", to_text}, Format{"json", to_json},
                                       Format{"markdown", to_markdown}};
  return kFormats;
}

const Format* format_named(std::string_view name) {
  const auto all = formats();
  const auto found = std::find_if(all.begin(), all.end(), [name](const Format& f) { return f.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace tunnelscope::report
