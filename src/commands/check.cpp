// `check`: configurations of both ends to a report. What is wrong with the command line is said before anything is negotiated.
#include <algorithm>

#include <fmt/format.h>

#include "diag/check.hpp"
#include "src/commands/all.hpp"
#include "src/commands/background.hpp"
#include "src/commands/check_logs.hpp"
#include "src/commands/common.hpp"
#include "src/commands/repairs.hpp"
#include "src/config/gather.hpp"
#include "src/escape.hpp"
#include "src/hide_keys.hpp"
#include "src/project_file.hpp"
#include "src/report/check_format.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::commands {
namespace {

namespace model = diag::config;
using app::Console;
using app::Exit;
using app::Settings;
using app::UsageError;

constexpr std::size_t kLongestLine = 300;  // bytes of a line that a diff shows
constexpr std::size_t kMostLines = 200;    // lines that are looked up

std::vector<config::Given> files_of(const Settings& settings) {
  std::vector<config::Given> files;
  for (const std::string& path : settings.cloud) files.push_back({path, model::Side::Cloud});
  for (const std::string& path : settings.gateway) files.push_back({path, model::Side::Gateway});
  for (const std::string& path : settings.arguments) files.push_back({path, {}});
  return files;
}

tl::expected<std::vector<model::Stage>, UsageError> stages_of(const Settings& settings) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model::kStages; ++i) names.emplace_back(model::name(static_cast<model::Stage>(i)));
  std::vector<model::Stage> stages;
  for (const std::string& asked : settings.require_verified) {
    const auto found = std::find(names.begin(), names.end(), asked);
    if (found == names.end())
      return tl::unexpected(UsageError{fmt::format("{} cannot be `{}`", app::spelled(settings, "--require-verified"),
                                                   app::for_terminal(asked)),
                                       fmt::format("it is one of {}", fmt::join(names, ", "))});
    stages.push_back(static_cast<model::Stage>(found - names.begin()));
  }
  return stages;
}

struct Plan {
  diag::CheckInput input;
  std::vector<model::Problem> problems;  // of files and of configurations
  diag::Time present = diag::kNoTime;
};

// A document that breaks off, or that is more than is read, may have said more of each of its ends. The languages of lines tell themselves
// which ends a problem is of.
void doubt_ends_of_a_broken_document(model::Configuration& configuration) {
  const auto fatal = std::find_if(configuration.problems.begin(), configuration.problems.end(), [](const auto& one) { return one.fatal; });
  const bool of_lines = configuration.kind.starts_with("strongswan") || configuration.kind.starts_with("libreswan") ||
                        configuration.kind.starts_with("cisco") || configuration.kind.starts_with("juniper");
  if (of_lines || fatal == configuration.problems.end()) return;
  for (model::Endpoint& end : configuration.endpoints)
    if (end.doubt.empty()) end.doubt = fatal->where.precise_text() + ": " + fatal->reason;
}

// What was not understood is in the values and doubts of the ends by now, so that no other end of the file is in doubt for it.
void take(std::vector<model::Problem>& problems, std::vector<model::Configuration>& configurations) {
  for (model::Configuration& one : configurations) {
    doubt_ends_of_a_broken_document(one);
    for (model::Problem& problem : one.problems) {
      const auto is_same = [&](const model::Problem& other) { return other.where == problem.where && other.reason == problem.reason; };
      if (problems.size() > 1000 || std::none_of(problems.begin(), problems.end(), is_same)) problems.push_back(std::move(problem));
    }
    one.problems.clear();
  }
}

// A pair of the project's file that names no end of these configurations pairs nothing.
void look_at_pairs(const Settings& settings, const diag::CheckInput& input, std::vector<model::Problem>& problems) {
  const auto is_there = [&](const std::string& name, model::Side side) {
    for (const auto* all : {&input.configurations, &input.before})
      for (const model::Configuration& one : *all)
        for (const model::Endpoint& endpoint : one.endpoints)
          if (endpoint.side == side && model::is_called(endpoint, name)) return true;
    return false;
  };
  for (const model::ConfiguredPair& pair : settings.project->pairs)
    for (const auto& [name, side] : {std::pair(pair.cloud, model::Side::Cloud), std::pair(pair.gateway, model::Side::Gateway)})
      if (!is_there(name, side))
        problems.push_back({pair.where, fmt::format("no end of the {}'s in these files is called `{}`", model::name(side), name),
                            "a pair names an end as the report does: by its name, its outside address or its inside CIDR", false, true});
}

tl::expected<Plan, UsageError> plan_of(const Settings& settings, const Console& console) {
  Plan plan;
  const auto now = now_of(settings, console);
  if (!now) return tl::unexpected(now.error());
  plan.present = *now == diag::kNoTime ? console.clock() : *now;
  auto stages = stages_of(settings);
  if (!stages) return tl::unexpected(stages.error());
  const auto files = files_of(settings);
  if (files.empty())
    return tl::unexpected(UsageError{"no configuration was named",
                                     "name both ends: aws ec2 describe-vpn-connections > vpn.json; "
                                     "tunnelscope check vpn.json swanctl.conf"});
  auto gathered = config::gather(files);
  if (!gathered) return tl::unexpected(gathered.error());
  auto before = config::gather_before(settings.before, gathered->configurations);
  plan.problems = std::move(gathered->problems);
  plan.problems.insert(plan.problems.end(), before.problems.begin(), before.problems.end());
  take(plan.problems, gathered->configurations);
  take(plan.problems, before.configurations);
  plan.input = {std::move(gathered->configurations), std::move(before.configurations), settings.project->pairs, std::move(*stages)};
  look_at_pairs(settings, plan.input, plan.problems);
  return plan;
}

void list(std::vector<report::ReadConfiguration>& to, const std::vector<model::Configuration>& all, bool is_before) {
  for (const model::Configuration& one : all)
    to.push_back({one.path, one.kind, one.side, is_before ? model::Moment::Before : one.moment, one.endpoints.size()});
}

// The lines that a diff of the repairs would show.
std::map<model::Where, std::string> lines_of(const diag::Check& check) {
  std::map<model::Where, std::string> lines;
  const auto look_up = [&](const std::vector<model::Change>& changes) {
    for (const model::Change& change : changes)
      if (!change.secret && !change.beside_key && change.where.line > 0 && lines.size() < kMostLines && !lines.contains(change.where))
        lines[change.where] = config::harmless_line(change.where, kLongestLine);
  };
  for (const diag::CheckedTunnel& tunnel : check.tunnels)
    for (const model::StageVerdict& stage : tunnel.verdict.stages) look_up(stage.repair.at_gateway), look_up(stage.repair.at_cloud);
  std::erase_if(lines, [](const auto& line) { return line.second.empty(); });
  return lines;
}

std::vector<diag::Finding*> findings_in(diag::Check& check) {
  std::vector<diag::Finding*> list;
  for (diag::CheckFinding& one : check.findings) list.push_back(&one.finding);
  return list;
}

bool nothing_found(const diag::Check& check) { return check.now.cloud.empty() && check.now.gateway.empty(); }

}  // namespace

Exit check(const Settings& settings, Console& console) {
  auto plan = plan_of(settings, console);
  if (!plan) {
    app::complain(console, plan.error().reason, plan.error().hint);
    return Exit::Usage;
  }
  if (!check_tunnel(settings, console)) return Exit::Usage;
  const auto knowledge = knowledge_base(settings, console);
  if (!knowledge) return knowledge.error();
  const auto known = KnownFindings::of(settings, "check", knowledge->get(), false);
  if (!known) {
    app::complain(console, known.error().reason, known.error().hint);
    return Exit::Usage;
  }

  report::CheckDocument document;
  document.check = diag::check(plan->input, knowledge->get());
  say_how_to_mend(document.check);
  list(document.configurations, plan->input.configurations, false);
  list(document.configurations, plan->input.before, true);
  document.problems = std::move(plan->problems);
  document.lines = lines_of(document.check);
  for (const diag::CheckedTunnel& t : document.check.tunnels) {
    const bool is_pair = t.verdict.cloud != nullptr && t.verdict.gateway != nullptr;
    document.differences.push_back(is_pair ? model::differences(*t.verdict.cloud, *t.verdict.gateway) : std::vector<model::SettingDifference>{});
  }
  document.diffs = repairs_as_diffs(document.check, files_of(settings), settings.project->pairs, knowledge->get());
  known->settle(findings_in(document.check), plan->present, document.background);
  if (!settings.logs.empty())
    document.logs = check_logs(settings, plan->input, document.check, knowledge->get(), console, document.problems);

  app::hide_keys(document);
  for (const model::Problem& problem : document.problems) complain_of(problem, console);
  const bool nothing = nothing_found(document.check);
  if (nothing && document.problems.empty())
    app::complain(console, fmt::format("no tunnel was found in {}", report::counted(document.configurations.size(), "file")),
                  "expected is a configuration of an AWS Site-to-Site VPN connection or of a customer gateway");
  const bool unread = std::any_of(document.problems.begin(), document.problems.end(), [](const auto& one) { return !one.note; });
  complain_of_expired(document.background, console);
  const report::FindingList findings = report::findings_of(document.check);
  const Exit found = nothing || unread ? Exit::Input : fails(findings, settings.fail_on) ? Exit::Findings : Exit::Done;
  const Exit verdict = write_baseline(findings, "check", false, settings, console, found);
  const bool to_terminal = console.out_is_terminal && (settings.output.empty() || settings.output == "-");
  const app::Screen screen = app::screen_for(settings.color, to_terminal, console.window, console.environment);
  return app::deliver(report::check_format_named(settings.format)->write(document, screen), settings, console, verdict);
}

}  // namespace tunnelscope::commands
