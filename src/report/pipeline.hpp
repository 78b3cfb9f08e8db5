// Reports for pipelines: what each of their formats needs of a finding. In: a Document or a CheckDocument. Out: one text a format.
// Findings that are fixed are in SARIF alone, as absent ones. What is suppressed, or in a baseline, stays where a reader takes it for that
// (SARIF, JUnit's skipped cases), and is left out where every entry calls for somebody.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "diag/report.hpp"
#include "src/report/check_format.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::report {

// One finding at its first place. Raw texts.
struct PipelineItem {
  const diag::Finding* finding = nullptr;  // not owned
  std::string path;                        // empty: it stands nowhere
  std::uint64_t line = 0;                  // 1-based; 0: not known
  std::string change;                      // "new", "unchanged", "fixed"; empty: nothing to compare with
  std::uint64_t column = 0;                // 1-based, in characters; 0: not known

  bool is_fixed() const { return change == "fixed"; }
  const diag::Standing& standing() const { return finding->standing; }
};

// An input that could not be read, or not in full.
struct PipelineProblem {
  std::string path;
  std::uint64_t line = 0;  // 0: not known
  std::string reason;
  std::uint64_t column = 0;  // 1-based; 0: not known
};

struct PipelineReport {
  std::string_view command;         // "diagnose", "check", "rules lint", "rules test"
  std::vector<PipelineItem> items;  // worst first
  std::vector<std::string> passed;  // subjects that nothing at or above a warning is about, and that are not in doubt
  std::vector<PipelineProblem> problems;
  std::vector<diag::Finding> of_logs = {};  // what a check's logs show, as info: it decides nothing. Items refer to them
};
PipelineReport pipeline_report(const Document& document);
PipelineReport pipeline_report(const CheckDocument& document);

// "SUBJECT: what is the matter", in one line.
std::string sentence_of(const diag::Finding& finding);

// SARIF 2.1.0 (OASIS): one run, a rule a cause, a result a finding, a notification what could not be read.
std::string to_sarif(const PipelineReport& report);
// JUnit's XML as Jenkins and GitLab read it: a case a finding; info passes.
std::string to_junit(const PipelineReport& report);
// Workflow commands of GitHub Actions, as many of a kind as a step shows (facts/peers.md, section 6).
std::string to_github(const PipelineReport& report);
// GitLab's code quality report.
std::string to_gitlab(const PipelineReport& report);

}  // namespace tunnelscope::report
