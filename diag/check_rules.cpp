// Tested by tests/check.
#include "diag/check_rules.hpp"

#include <array>

#include <fmt/format.h>

#include "diag/config/rules.hpp"
#include "diag/findings.hpp"

namespace tunnelscope::diag {
namespace {

using config::ConfigIssue;
using config::Endpoint;
using config::IssuePlace;

constexpr std::size_t kMostEvidence = 10;

// Rules that say less than a cause about the same tunnel does.
struct Overlap {
  std::string_view rule, cause;
};
constexpr std::array kOverlaps{Overlap{"config/several-selectors", "sa-churn"},
                               Overlap{"config/dpd-leaves-it-down", "nobody-initiates"},
                               Overlap{"config/nobody-starts-after-maintenance", "nobody-initiates"},
                               Overlap{"config/rekey-after-expiry", "lifetime-without-rekey"},
                               Overlap{"config/rekey-off", "lifetime-without-rekey"}};

class RuleFindings {
 public:
  RuleFindings(const EndpointSubjects& subjects, const KnownFindings& known) : subjects_(subjects), known_(known) {}

  void add(const std::vector<ConfigIssue>& issues) {
    for (const ConfigIssue& issue : issues) add(issue);
  }
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::string subject_of(const ConfigIssue& issue) const {
    if (issue.subject == nullptr) return "configuration";
    const auto found = subjects_.find(issue.subject);
    return found != subjects_.end() ? found->second : issue.subject->name;
  }

  bool is_said(const std::string& rule, const std::string& subject) const {
    for (const Overlap& overlap : kOverlaps)
      if (overlap.rule == rule && known_.contains({subject, std::string(overlap.cause)})) return true;
    return false;
  }

  // A rule that holds twice of one subject, of both its ends say, is one finding.
  void add(const ConfigIssue& issue) {
    const std::string subject = subject_of(issue);
    if (is_said(issue.rule->id, subject)) return;
    const std::string print = fingerprint(issue.rule->id, subject);
    const auto [known, is_new] = by_fingerprint_.try_emplace(print, findings_.size());
    if (is_new) findings_.push_back(described(issue, subject, print));
    Finding& f = findings_[known->second];
    ++f.count;
    const std::string sentence = fill_in(issue.rule->summary, issue.values);
    if (f.summary.empty()) f.summary = sentence;
    else if (f.summary.find(sentence) == std::string::npos) f.summary += "; " + sentence;
    for (const IssuePlace& place : issue.places) add_evidence(f, place);
  }

  static Finding described(const ConfigIssue& issue, const std::string& subject, const std::string& print) {
    const kb::ConfigRule& rule = *issue.rule;
    Finding f;
    f.cause = rule.id;
    f.fingerprint = print;
    f.subject = subject;
    f.severity = rule.severity;
    f.confidence = rule.confidence;
    f.role = rule.severity == kb::Severity::Info ? kb::Role::Context : kb::Role::RootCause;
    f.impact = rule.impact;
    f.ongoing = true;
    f.title = rule.title;
    f.explanation = rule.explanation;
    for (const kb::Step& step : rule.fix)
      if (concerns(step, issue)) f.steps.push_back({step.who, step.vendor, step.text, step.command});
    f.references = rule.references;
    f.owner = rule.owner;
    f.runbook_url = rule.runbook_url;
    for (const auto& [name, value] : issue.values) f.details[name] = value;
    return f;
  }

  static bool concerns(const kb::Step& step, const ConfigIssue& issue) {
    const auto is_of = [&](const Endpoint* end) { return end != nullptr && step.vendor.starts_with(config::name(end->vendor)); };
    return step.vendor.empty() || is_of(issue.subject) || is_of(issue.other);
  }

  static void add_evidence(Finding& f, const IssuePlace& place) {
    if (!place.where.known() || f.evidence.size() >= kMostEvidence) return;
    Evidence e;
    e.at = place.where.text();
    e.message = place.attribute;
    if (place.endpoint != nullptr) e.message = fmt::format("{}: {}", config::name(place.endpoint->side), place.attribute);
    if (!place.value.empty()) e.message += " " + place.value;
    f.evidence.push_back(std::move(e));
  }

  const EndpointSubjects& subjects_;
  const KnownFindings& known_;
  std::vector<Finding> findings_;
  std::map<std::string, std::size_t> by_fingerprint_;
};

}  // namespace

std::vector<Finding> findings_by_rule(const kb::Knowledge& knowledge, const std::vector<config::TunnelVerdict>& tunnels,
                                      const EndpointSubjects& subjects, const KnownFindings& known) {
  RuleFindings findings(subjects, known);
  for (const config::TunnelVerdict& tunnel : tunnels) {
    for (const Endpoint* end : {tunnel.cloud, tunnel.gateway})
      if (end != nullptr) findings.add(config::judge_endpoint(knowledge, *end));
    if (tunnel.paired_by) findings.add(config::judge_pair(knowledge, *tunnel.cloud, *tunnel.gateway));
  }
  findings.add(config::judge_configuration(knowledge, tunnels));
  return findings.take();
}

std::vector<Finding> findings_by_rule(const kb::Knowledge& knowledge, const std::vector<config::EndpointChange>& changes,
                                      const EndpointSubjects& subjects) {
  const KnownFindings none;
  RuleFindings findings(subjects, none);
  findings.add(config::judge_change(knowledge, changes));
  return findings.take();
}

}  // namespace tunnelscope::diag
