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

void Section::doubt(const std::string& reason) {
  if (reason.empty()) return;
  if (incomplete.empty()) incomplete = reason;
  for (Section& inner : sections) inner.doubt(incomplete);
}

std::string Section::first_doubt() const {
  if (!incomplete.empty()) return incomplete;
  for (const Section& inner : sections)
    if (std::string found = inner.first_doubt(); !found.empty()) return found;
  return {};
}

void refuse_unknown(Section& section, const std::vector<std::string_view>& known, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  for (const Setting& setting : section.settings)
    if (std::find(known.begin(), known.end(), setting.name) == known.end())
      report_unknown_keyword(problems, setting.where, setting.name, known);
  section.doubt(doubt_since(problems, before));
}

}  // namespace tunnelscope::config
