// Workflow commands of GitHub Actions: a line each. A step shows ten of each kind, so the worst come first, and the last says how many
// more there are.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/pipeline.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

constexpr std::size_t kMost = 10, kMostProblems = 3;

struct Kind {
  std::string_view command;
  kb::Severity severity;
};
constexpr std::array kKinds{Kind{"error", kb::Severity::Critical}, Kind{"warning", kb::Severity::Warning}, Kind{"notice", kb::Severity::Info}};

// A runner takes "%25", "%0D" and "%0A" back; in a property ":" and "," as well. Control characters are words already.
std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : app::for_terminal(text)) {
    if (c == '%') out += "%25";
    else if (is_property && c == ':') out += "%3A";
    else if (is_property && c == ',') out += "%2C";
    else out += c;
  }
  return out;
}

std::string line_of(std::string_view command, const PipelineItem& item) {
  const diag::Finding& f = *item.finding;
  std::string place;
  if (!item.path.empty() && item.path != "-") place = fmt::format("file={},", escaped(item.path, true));
  if (!place.empty() && item.line > 0) place += fmt::format("line={},", item.line);
  if (!place.empty() && item.line > 0 && item.column > 0) place += fmt::format("col={},", item.column);
  return fmt::format("::{} {}title={}::{}\n", command, place, escaped(f.title + " (" + f.cause + ")", true),
                     escaped(sentence_of(f), false));
}

std::string line_of(const PipelineProblem& problem) {
  std::string line = problem.line > 0 ? fmt::format("line={},", problem.line) : std::string();
  if (!line.empty() && problem.column > 0) line += fmt::format("col={},", problem.column);
  return fmt::format("::error file={},{}title=could not be read::{}\n", escaped(problem.path, true), line, escaped(problem.reason, false));
}

}  // namespace

std::string to_github(const PipelineReport& report) {
  std::string text;
  for (std::size_t i = 0; i < std::min(report.problems.size(), kMostProblems); ++i) text += line_of(report.problems[i]);
  for (const Kind& kind : kKinds) {
    std::vector<const PipelineItem*> items;
    for (const PipelineItem& item : report.items)
      if (item.finding->severity == kind.severity && item.standing().counts()) items.push_back(&item);
    const std::size_t room = kind.severity == kb::Severity::Critical ? kMost - std::min(report.problems.size(), kMostProblems) : kMost;
    const std::size_t shown = items.size() <= room ? items.size() : room - 1;
    for (std::size_t i = 0; i < shown; ++i) text += line_of(kind.command, *items[i]);
    if (shown < items.size())
      text += fmt::format("::{}::{} more: `tunnelscope {} --format markdown` shows all\n", kind.command, items.size() - shown, report.command);
  }
  return text;
}

}  // namespace tunnelscope::report
