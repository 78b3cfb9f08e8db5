#include "src/commands/configured.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "diag/configured.hpp"
#include "src/commands/common.hpp"
#include "src/config/gather.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::commands {
namespace {

namespace model = diag::config;
using input::ReadProblem;

constexpr std::size_t kNamed = 4;  // tunnels that a hint names

ReadProblem problem_of(const model::Problem& problem) { return {problem.where.text(), problem.reason, problem.hint}; }

std::string named(const std::vector<std::string>& tunnels) {
  const std::size_t shown = std::min(tunnels.size(), kNamed);
  std::string text = fmt::format("{}", fmt::join(tunnels.begin(), tunnels.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < tunnels.size()) text += fmt::format(" and {} more", tunnels.size() - shown);
  return text;
}

std::string id_of(const diag::TunnelFacts& facts) {
  return facts.connection.empty() ? facts.outside_ip : facts.connection + "/" + facts.outside_ip;
}

bool describes_any(const std::vector<diag::TunnelFacts>& facts, const diag::Report& report) {
  return std::any_of(report.tunnels.begin(), report.tunnels.end(), [&](const diag::TunnelReport& t) {
    return diag::facts_about(facts, t.connection, t.outside_ip, report.tunnels.size() == 1) != nullptr;
  });
}

// Why a file that was read is of no use for these logs.
ReadProblem useless(const std::string& path, const std::vector<model::Configuration>& of_file, const diag::Report& report) {
  const std::vector<diag::TunnelFacts> facts = diag::facts_of(of_file);
  std::size_t unnamed = 0;
  for (const model::Configuration& one : of_file) unnamed = std::max(unnamed, diag::without_address(one));
  if (facts.empty() && unnamed > 0)
    return {path, "its tunnels have no outside address yet, so none of them can be found in the logs",
            "aws ec2 describe-vpn-connections, or the state after the apply, has the addresses"};
  if (facts.empty()) return {path, "no tunnel of the cloud's end is in it", "give what describes the VPN connection, not the gateway"};
  std::vector<std::string> here, there;
  for (const diag::TunnelFacts& one : facts) here.push_back(id_of(one));
  for (const diag::TunnelReport& one : report.tunnels) there.push_back(one.id);
  return {path, "it describes no tunnel of the logs",
          fmt::format("it has {}; the logs have {}", named(here), there.empty() ? "no tunnel" : named(there))};
}

}  // namespace

tl::expected<Configured, app::UsageError> read_configured(const app::Settings& settings, app::Console& console) {
  std::vector<config::Given> files;
  for (const std::string& path : settings.cloud) files.push_back({path, model::Side::Cloud});
  auto gathered = config::gather(files);
  if (!gathered) return tl::unexpected(gathered.error());
  Configured configured;
  for (const model::Problem& problem : gathered->problems) configured.problems.push_back(problem_of(problem));
  for (const model::Configuration& one : gathered->configurations)
    for (const model::Problem& problem : one.problems)
      !problem.note ? configured.problems.push_back(problem_of(problem)) : complain_of(problem, console);
  configured.facts = diag::facts_of(gathered->configurations);
  configured.configurations = std::move(gathered->configurations);
  return configured;
}

void note_configured(const Configured& configured, report::Document& document) {
  document.problems.insert(document.problems.end(), configured.problems.begin(), configured.problems.end());
  std::map<std::string, std::vector<model::Configuration>> by_path;
  for (const model::Configuration& one : configured.configurations)
    if (one.side == model::Side::Cloud) by_path[one.path].push_back(one);
  for (const auto& [path, of_file] : by_path)
    if (!describes_any(diag::facts_of(of_file), document.report)) document.problems.push_back(useless(path, of_file, document.report));
  report::Note judged;
  report::Note assumed{"the logs do not say which tunnel they are of: it was taken to be the only one of the configuration", {}, {}};
  for (const diag::TunnelReport& tunnel : document.report.tunnels) {
    if (!tunnel.configured) continue;
    judged.subjects.push_back(tunnel.id);
    if (tunnel.connection.empty() && tunnel.outside_ip.empty()) assumed.subjects.push_back(tunnel.id);
  }
  judged.text = fmt::format("lifetimes, DPD, startup action and routing are those of the configuration, not AWS's defaults, for {} of {}",
                            judged.subjects.size(), report::counted(document.report.tunnels.size(), "tunnel"));
  for (report::Note* note : {&judged, &assumed})
    if (!note->subjects.empty()) document.notes.push_back(std::move(*note));
}

}  // namespace tunnelscope::commands
