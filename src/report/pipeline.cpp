// Tested by tests/check/test_pipelines.py.
#include "src/report/pipeline.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "diag/findings.hpp"

namespace tunnelscope::report {
namespace {

// "path:line" as evidence has it.
void set_place(PipelineItem& item, const std::string& at) {
  const auto colon = at.rfind(':');
  item.path = at.substr(0, colon);
  if (colon != std::string::npos) std::from_chars(at.data() + colon + 1, at.data() + at.size(), item.line);
}

// `made`: files that a program made, which stand in no repository.
PipelineItem item_of(const diag::Finding& finding, const std::set<std::string>& made = {}) {
  PipelineItem item{&finding, {}, 0, finding.standing.change ? std::string(diag::name_of(*finding.standing.change)) : std::string()};
  for (const diag::Evidence& evidence : finding.evidence) {
    if (!item.path.empty() && !made.contains(item.path)) break;
    PipelineItem place;
    set_place(place, evidence.at);
    if (item.path.empty() || !made.contains(place.path)) item.path = place.path, item.line = place.line;
  }
  return item;
}

// Plans, states and descriptions: the reader of a change cannot open them, so a finding stands at the other end where it has a place there.
std::set<std::string> made_files(const CheckDocument& document) {
  std::set<std::string> paths;
  for (const ReadConfiguration& one : document.configurations)
    if (one.kind.starts_with("terraform-") || one.kind == "aws-describe") paths.insert(one.path);
  return paths;
}

void put_worst_first(std::vector<PipelineItem>& items) {
  std::stable_sort(items.begin(), items.end(), [](const PipelineItem& a, const PipelineItem& b) {
    return a.finding->severity > b.finding->severity;
  });
}

diag::Finding of_log(const diag::LoggedTunnel& tunnel, const std::string& cause, std::string title, std::string summary) {
  diag::Finding finding;
  finding.cause = cause;
  finding.subject = tunnel.tunnel.empty() ? tunnel.id : tunnel.tunnel;
  finding.fingerprint = diag::fingerprint("logs/" + cause, finding.subject);
  finding.severity = kb::Severity::Info;
  finding.title = std::move(title);
  finding.summary = std::move(summary);
  return finding;
}

// What the logs show, each with what in the configurations explains it, or that nothing does.
std::vector<diag::Finding> findings_of(const CheckedLogs& logs) {
  std::vector<diag::Finding> all;
  for (const diag::LoggedTunnel& tunnel : logs.tunnels) {
    for (const diag::Explanation& one : tunnel.explained_by)
      all.push_back(of_log(tunnel, one.shown, "the logs show " + one.shown, "the logs show " + in_words(one)));
    for (const diag::UnexplainedFinding& one : tunnel.unexplained)
      all.push_back(of_log(tunnel, one.cause, "the logs show " + one.cause, fmt::format("the logs show that {}, which no difference between the configurations explains", one.title)));
    for (const diag::NotShown& one : tunnel.not_shown)
      all.push_back(of_log(tunnel, one.fault.cause, "the logs do not show " + one.fault.cause,
                           fmt::format("the logs do not show {}: {}", in_words(one.fault), one.because)));
  }
  return all;
}

bool is_serious(const PipelineItem& item) { return item.finding->severity >= kb::Severity::Warning && !item.is_fixed(); }

template <class Subjects>
void note_passed(PipelineReport& report, const Subjects& subjects, std::set<std::string> failed) {
  for (const PipelineItem& item : report.items)
    if (is_serious(item)) failed.insert(item.finding->subject);
  for (const auto& subject : subjects)
    if (!failed.contains(subject.id)) report.passed.push_back(subject.id);
}

}  // namespace

std::string sentence_of(const diag::Finding& f) { return f.subject + ": " + (f.summary.empty() ? f.title : f.summary); }

PipelineReport pipeline_report(const Document& document) {
  PipelineReport report{"diagnose", {}, {}, {}, {}};
  for (const diag::Finding& finding : document.report.findings) report.items.push_back(item_of(finding));
  for (const diag::Finding& finding : document.background.gone) report.items.push_back(item_of(finding));
  put_worst_first(report.items);
  for (const input::ReadProblem& problem : document.problems) report.problems.push_back({problem.path, 0, problem.reason, 0});
  std::set<std::string> in_doubt;
  for (const diag::TunnelReport& tunnel : document.report.tunnels)
    if (tunnel.status == "unknown") in_doubt.insert(tunnel.id);
  note_passed(report, document.report.tunnels, std::move(in_doubt));
  return report;
}

PipelineReport pipeline_report(const CheckDocument& document) {
  PipelineReport report{"check", {}, {}, {}, {}};
  const std::set<std::string> made = made_files(document);
  for (const diag::CheckFinding& one : document.check.findings) report.items.push_back(item_of(one.finding, made));
  for (const diag::Finding& finding : document.background.gone) report.items.push_back(item_of(finding));
  if (document.logs) report.of_logs = findings_of(*document.logs);
  for (const diag::Finding& finding : report.of_logs) report.items.push_back(item_of(finding));
  put_worst_first(report.items);
  for (const diag::config::Problem& problem : document.problems)
    report.problems.push_back({problem.where.path, problem.where.line, problem.reason, problem.where.column});
  std::set<std::string> in_doubt;
  for (const diag::CheckedTunnel& tunnel : document.check.tunnels)
    if (tunnel.verdict.verdict != diag::config::Verdict::Agrees) in_doubt.insert(tunnel.id);
  note_passed(report, document.check.tunnels, std::move(in_doubt));
  return report;
}

}  // namespace tunnelscope::report
