// JUnit's XML: a case a finding, which fails from a warning on, a case for each subject that nothing serious is about, an error for
// what could not be read.
#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/pipeline.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

// Why it is no failure however severe it is; empty: it is one.
std::string skipped(const PipelineItem& item) {
  const diag::Standing& standing = item.standing();
  if (standing.suppressed) return "suppressed " + in_words(*standing.suppressed);
  return standing.counts() ? "" : change_in_words(standing);
}

bool fails(const PipelineItem& item) { return item.finding->severity >= kb::Severity::Warning && skipped(item).empty(); }

std::string text_of(const PipelineItem& item) {
  const diag::Finding& f = *item.finding;
  std::string text = f.summary;
  for (const diag::Evidence& e : f.evidence) text += fmt::format("\n{}: {}", e.at, e.message);
  for (const FoldedStep& step : folded(f.steps)) {
    text += fmt::format("\n- {}: {}", step.who, step.text);
    for (const FoldedStep::Command& c : step.commands)
      if (!c.command.empty()) text += fmt::format("\n    {}{}", c.vendor.empty() ? "" : std::string(vendor_name(c.vendor)) + ": ", c.command);
  }
  return text;
}

// Lines stay lines.
std::string xml_lines(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (!out.empty()) out += '\n';
    out += app::for_xml(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string case_of(const PipelineItem& item) {
  const diag::Finding& f = *item.finding;
  const std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n", app::for_xml(f.subject), app::for_xml(f.cause));
  const std::string why_not = skipped(item);
  if (!why_not.empty()) return head + fmt::format("      <skipped message=\"{}\"/>\n    </testcase>\n", app::for_xml(why_not));
  const std::string body = fails(item) ? fmt::format("      <failure message=\"{}\" type=\"{}\">{}</failure>\n", app::for_xml(f.title),
                                                     kb::name_of(f.severity), xml_lines(text_of(item)))
                                       : fmt::format("      <system-out>{}</system-out>\n", xml_lines(text_of(item)));
  return head + body + "    </testcase>\n";
}

}  // namespace

std::string to_junit(const PipelineReport& report) {
  std::string cases;
  std::size_t tests = report.passed.size(), failures = 0, left_out = 0;
  for (const std::string& subject : report.passed)
    cases += fmt::format("    <testcase classname=\"{}\" name=\"no serious finding\" time=\"0\"/>\n", app::for_xml(subject));
  for (const PipelineItem& item : report.items) {
    if (item.is_fixed()) continue;
    ++tests;
    left_out += skipped(item).empty() ? 0 : 1;
    failures += fails(item) ? 1 : 0;
    cases += case_of(item);
  }
  for (const PipelineProblem& problem : report.problems)
    cases += fmt::format("    <testcase classname=\"{}\" name=\"reading\" time=\"0\">\n      <error message=\"{}\" type=\"input\"/>\n    </testcase>\n",
                         app::for_xml(problem.path), app::for_xml(problem.line > 0 ? fmt::format("line {}: {}", problem.line, problem.reason) : problem.reason));
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"tunnelscope {}\" tests=\"{}\" failures=\"{}\" "
                     "errors=\"{}\" skipped=\"{}\" time=\"0\">\n{}  </testsuite>\n</testsuites>\n",
                     report.command, tests + report.problems.size(), failures, report.problems.size(), left_out, cases);
}

}  // namespace tunnelscope::report
