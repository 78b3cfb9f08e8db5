// GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality. A list of objects; each needs a place.
#include "src/report/json_object.hpp"
#include "src/report/pipeline.hpp"

namespace tunnelscope::report {
namespace {

using json::Object;

std::string_view severity_of(kb::Severity severity) {
  switch (severity) {
    case kb::Severity::Critical: return "critical";
    case kb::Severity::Warning: return "major";
    default: return "info";
  }
}

void item(JsonWriter& to, const PipelineItem& one) {
  const diag::Finding& f = *one.finding;
  Object(to)
      .text("description", sentence_of(f))
      .text("check_name", f.cause)
      .text("fingerprint", f.fingerprint)
      .text("severity", severity_of(f.severity))
      .member("location", one, [](JsonWriter& inner, const PipelineItem& place) {
        Object(inner).text("path", place.path.empty() ? "-" : place.path).member("lines", place, [](JsonWriter& lines, const PipelineItem& p) {
          Object(lines).count("begin", p.line > 0 ? p.line : 1);
        });
      });
}

}  // namespace

std::string to_gitlab(const PipelineReport& report) {
  JsonWriter to;
  to.begin_list();
  for (const PipelineItem& one : report.items)
    if (!one.is_fixed() && !one.standing().suppressed) item(to, one);
  to.end_list();
  std::string text = to.take();
  text.push_back('\n');
  return text;
}

}  // namespace tunnelscope::report
