// The table itself.
#include "src/report/format.hpp"

#include "src/report/pipeline.hpp"

#include <algorithm>
#include <array>

namespace tunnelscope::report {
namespace {

template <std::string (*Write)(const PipelineReport&)>
std::string to_pipeline(const Document& document, const app::Screen&) {
  return Write(pipeline_report(document));
}

constexpr std::size_t kMarkedRecords = 500;

}  // namespace

std::span<const Format> formats() {
  static constexpr std::array kFormats{Format{"text", to_text}, Format{"json", to_json},
                                       Format{"markdown", to_markdown}, Format{"sarif", to_pipeline<to_sarif>},
                                       Format{"junit", to_pipeline<to_junit>}, Format{"github", to_pipeline<to_github>},
                                       Format{"gitlab", to_pipeline<to_gitlab>}, Format{"html", to_html, kMarkedRecords}};
  return kFormats;
}

FindingList findings_of(const diag::Report& report) {
  FindingList list;
  for (const diag::Finding& f : report.findings) list.push_back(&f);
  return list;
}

const Format* format_named(std::string_view name) {
  const auto all = formats();
  const auto found = std::find_if(all.begin(), all.end(), [name](const Format& f) { return f.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace tunnelscope::report
