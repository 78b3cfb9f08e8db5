#include "src/config/settings.hpp"

#include <algorithm>

namespace tunnelscope::config {

const Setting* Section::find(std::string_view setting) const {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& one) { return one.name == setting; });
  return found == settings.end() || (found->value.text.empty() && !found->contested) ? nullptr : &*found;
}

const Section* Section::section(std::string_view wanted) const {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& one) { return one.name == wanted; });
  return found == sections.end() ? nullptr : &*found;
}

void wipe(Section& section) {
  for (Setting& setting : section.settings) model::wipe(setting.value.text);
  for (Section& inner : section.sections) wipe(inner);
}

void Reading::refuse_unknown(const std::vector<std::string_view>& known) const {
  for (const Setting& setting : section.settings)
    if (std::find(known.begin(), known.end(), setting.name) == known.end())
      report(problems, setting.where, "unknown keyword", nearest_of(setting.name, known));
}

}  // namespace tunnelscope::config
