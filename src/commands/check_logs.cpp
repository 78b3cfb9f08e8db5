#include "src/commands/check_logs.hpp"

#include <algorithm>

#include "diag/configured.hpp"
#include "diag/diagnose.hpp"
#include "diag/logged.hpp"
#include "src/commands/common.hpp"
#include "src/project_file.hpp"
#include "src/redact.hpp"
#include "src/spill.hpp"

namespace tunnelscope::commands {
namespace {

namespace model = diag::config;

bool says_nothing(const diag::Report& report) {
  return report.coverage.recognised == 0 && std::none_of(report.tunnels.begin(), report.tunnels.end(), states_something);
}

// The logs were written under what stood there before a change.
std::vector<diag::TunnelFacts> facts_of(const diag::CheckInput& input) {
  const bool cloud_changes = std::any_of(input.before.begin(), input.before.end(),
                                         [](const model::Configuration& one) { return one.side == model::Side::Cloud; });
  return diag::facts_of(cloud_changes ? input.before : input.configurations);
}

model::Problem nothing_in(const std::string& path, const diag::Report& report) {
  return {{path, 0, 0},
          report.tunnels.empty() ? "no log record of a tunnel is in it" : "none of its messages is known, and none states a phase",
          "expected is an export of AWS Site-to-Site VPN logs; tunnelscope diagnose says more of it", true};
}

}  // namespace

report::CheckedLogs check_logs(const app::Settings& settings, const diag::CheckInput& checked, const diag::Check& check,
                               const kb::Knowledge& knowledge, app::Console& console, std::vector<model::Problem>& problems) {
  const diag::Classifier classifier(knowledge);
  app::Spill spill;
  diag::Intake intake(classifier, {false, &spill});
  report::Document document;
  document.problems = read(settings.logs, settings, diag::kNoTime, console, intake);
  intake.finish(jobs_of(settings));
  diag::Options options;
  if (settings.project != nullptr) options.standby = settings.project->standby;
  options.facts = facts_of(checked);
  options.threads = jobs_of(settings);
  document.report = diag::diagnose(intake, classifier, options);
  app::clean(document, nullptr);

  for (const input::ReadProblem& problem : document.problems)
    problems.push_back({{problem.path, 0, 0}, problem.reason, problem.hint, true});
  if (document.problems.empty() && (document.report.tunnels.empty() || says_nothing(document.report)))
    problems.push_back(nothing_in(settings.logs.front(), document.report));
  report::CheckedLogs logs;
  for (const diag::InputSummary& input : document.report.inputs) logs.inputs.push_back(input.path);
  logs.tunnels = diag::explain(document.report, check, knowledge);
  logs.without_log = diag::without_log(check, logs.tunnels);
  return logs;
}

}  // namespace tunnelscope::commands
