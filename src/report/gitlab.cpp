// GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality. A list of objects; each needs a place.
#include <fmt/format.h>

#include "diag/findings.hpp"
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

// A platform that shows nothing of what could not be read would show a clean check.
void problem(JsonWriter& to, const PipelineProblem& one) {
  const std::string path = one.path.empty() ? "-" : one.path;
  Object(to)
      .text("description", fmt::format("could not be read: {}", one.reason))
      .text("check_name", "not-read")
      .text("fingerprint", diag::fingerprint("not-read", fmt::format("{}:{}: {}", path, one.line, one.reason)))
      .text("severity", "major")
      .member("location", one, [&path](JsonWriter& inner, const PipelineProblem& place) {
        Object(inner).text("path", path).member("lines", place, [](JsonWriter& lines, const PipelineProblem& p) {
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
  for (const PipelineProblem& one : report.problems) problem(to, one);
  to.end_list();
  std::string text = to.take();
  text.push_back('\n');
  return text;
}

}  // namespace tunnelscope::report
