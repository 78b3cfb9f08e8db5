// The table itself.
#include "src/report/format.hpp"

#include "src/report/pipeline.hpp"

#include <algorithm>
#include <array>

namespace tunnelscope::report {
namespace {

template <std::string (*Text)(const Document&, const app::Screen&)>
void whole(const Document& document, const app::Screen& screen, const app::Sink& to) {
  to(Text(document, screen));
}

template <std::string (*Text)(const PipelineReport&)>
void pipeline(const Document& document, const app::Screen&, const app::Sink& to) {
  to(Text(pipeline_report(document)));
}

constexpr std::size_t kMarkedRecords = 500;

}  // namespace

std::span<const Format> formats() {
  static constexpr std::array kFormats{Format{"text", whole<to_text>, true}, Format{"json", write_json},
                                       Format{"markdown", whole<to_markdown>}, Format{"sarif", pipeline<to_sarif>},
                                       Format{"junit", pipeline<to_junit>}, Format{"github", pipeline<to_github>},
                                       Format{"gitlab", pipeline<to_gitlab>}, Format{"html", whole<to_html>, true, kMarkedRecords}};
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
