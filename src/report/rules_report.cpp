// A fault is shown as a critical finding about its entry; ids that begin with knowledge-base/ say what kind of fault it is.
#include "src/report/rules_report.hpp"

#include <array>
#include <set>

#include <fmt/format.h>

#include "diag/findings.hpp"
#include "src/escape.hpp"
#include "src/report/pipeline.hpp"

namespace tunnelscope::report {
namespace {

using Kind = RuleFault::Kind;

constexpr std::size_t kListed = 500;

struct KindText {
  std::string_view id, title, explanation;
};

const KindText& text_of(Kind kind) {
  static constexpr std::array<KindText, 3> kTexts{
      KindText{"knowledge-base/fault", "the knowledge base is not sound",
               "A rule, a cause or a configuration rule breaks what `rules lint` proves."},
      KindText{"knowledge-base/example", "an example does not show its rule", "A rule must match its own examples, and no other rule may."},
      KindText{"knowledge-base/near-miss", "a near miss is matched", "No rule of its dialect may match a near miss."}};
  return kTexts[static_cast<std::size_t>(kind)];
}

std::string place_of(const kb::Error& error) {
  std::string place = error.file;
  if (error.line > 0) place += fmt::format(":{}", error.line);
  if (error.line > 0 && error.column > 0) place += fmt::format(":{}", error.column);
  return place;
}

diag::Finding finding_of(const RuleFault& fault) {
  const KindText& text = text_of(fault.kind);
  diag::Finding finding;
  finding.cause = text.id;
  finding.severity = kb::Severity::Critical;
  finding.confidence = kb::Confidence::Certain;
  finding.subject = fault.rule.empty() ? fault.error.file : fault.rule;
  finding.title = text.title;
  finding.explanation = text.explanation;
  finding.summary = fault.error.reason;
  finding.count = 1;
  diag::Evidence& evidence = finding.evidence.emplace_back();
  evidence.at = place_of(fault.error);
  evidence.message = fault.error.source_line;
  if (!fault.error.hint.empty()) finding.steps.push_back({"any", {}, fault.error.hint, {}});
  return finding;
}

// Of two faults that read alike the later one has another number in its fingerprint: places move with every edit.
class Fingerprints {
 public:
  std::string of(const diag::Finding& finding) {
    const std::string said = finding.subject + "\n" + finding.summary + "\n" + finding.evidence.front().message;
    for (std::size_t same = 0;; ++same) {
      std::string print = diag::fingerprint(finding.cause, fmt::format("{}\n{}", said, same));
      if (taken_.insert(print).second) return print;
    }
  }

 private:
  std::set<std::string> taken_;
};

std::vector<diag::Finding> findings_of(const RulesDocument& document) {
  Fingerprints fingerprints;
  std::vector<diag::Finding> findings;
  for (const RuleFault& fault : document.faults) {
    diag::Finding& finding = findings.emplace_back(finding_of(fault));
    finding.fingerprint = fingerprints.of(finding);
  }
  return findings;
}

std::string to_rules_markdown(const RulesDocument& document) {
  std::string text = fmt::format("# {}\n\n{}\n", document.command, app::for_markdown(document.summary));
  if (!document.faults.empty()) text += "\n| place | rule | what is wrong |\n|---|---|---|\n";
  for (std::size_t i = 0; i < document.faults.size() && i < kListed; ++i) {
    const RuleFault& fault = document.faults[i];
    const std::string hint = fault.error.hint.empty() ? "" : ": " + app::for_markdown(fault.error.hint);
    text += fmt::format("| {} | {} | {}{} |\n", app::markdown_cell(place_of(fault.error)), app::markdown_cell(fault.rule),
                        app::for_markdown(fault.error.reason), hint);
  }
  if (document.faults.size() > kListed) text += fmt::format("\nand {} more\n", document.faults.size() - kListed);
  return text;
}

}  // namespace

std::string rule_of_file(std::string_view file) {
  const std::string path = "/" + std::string(file.substr(0, file.rfind(".yaml")));
  for (const std::string_view folder : {"/messages/", "/causes/"})
    if (const auto at = path.rfind(folder); at != std::string::npos) return path.substr(at + folder.size());
  const auto at = path.rfind("/config/");
  return at == std::string::npos ? "" : path.substr(at + 1);
}

std::string rules_report(const RulesDocument& document, std::string_view format) {
  if (format == "markdown") return to_rules_markdown(document);
  const std::vector<diag::Finding> findings = findings_of(document);
  PipelineReport report{document.command, {}, document.passed, {}, {}};
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const kb::Error& error = document.faults[i].error;
    const auto line = static_cast<std::uint64_t>(error.line), column = static_cast<std::uint64_t>(error.column);
    report.items.push_back({&findings[i], error.file, line, {}, column});
  }
  if (format == "sarif") return to_sarif(report);
  if (format == "junit") return to_junit(report);
  return format == "github" ? to_github(report) : to_gitlab(report);
}

}  // namespace tunnelscope::report
