// A finding of the logs is explained by what has its cause, else by what shows as its cause (`shows_as` of the knowledge base), else it may
// be by what could not be verified. Of several the first in the protocol's order: the negotiation ends there.
#include "diag/logged.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tunnelscope::diag {
namespace {

using config::Stage;
using config::StageVerdict;
using config::Verdict;

// What a stage that cannot be verified would be called if it failed.
struct StageCause {
  Stage stage;
  std::string_view cause;
};
constexpr std::array kStageCauses = {StageCause{Stage::PeerAddress, "peer-address-mismatch"},
                                     StageCause{Stage::IkeVersion, "ike-version-mismatch"},
                                     StageCause{Stage::IkeMode, "ike-mode-mismatch"},
                                     StageCause{Stage::IkeProposal, "ike-proposal-mismatch"},
                                     StageCause{Stage::Identity, "identity-mismatch"},
                                     StageCause{Stage::Authentication, "psk-mismatch"},
                                     StageCause{Stage::ChildProposal, "child-proposal-mismatch"},
                                     StageCause{Stage::TrafficSelectors, "traffic-selector-mismatch"},
                                     StageCause{Stage::ChildRekey, "pfs-mismatch"},
                                     StageCause{Stage::ChildRekey, "lifetime-without-rekey"},
                                     StageCause{Stage::IkeRekey, "lifetime-without-rekey"},
                                     StageCause{Stage::IkeRekey, "reauthentication-gap"},
                                     StageCause{Stage::Liveness, "nobody-initiates"},
                                     StageCause{Stage::Bgp, "bgp-as-mismatch"},
                                     StageCause{Stage::Bgp, "bgp-down"}};

bool contains(const std::vector<std::string>& all, const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

std::string outside_address(const CheckedTunnel& tunnel) {
  const auto& addresses = tunnel.verdict.cloud ? tunnel.verdict.cloud->local_addresses : tunnel.verdict.gateway->remote_addresses;
  const auto single = addresses.known() ? addresses->single() : std::nullopt;
  return single ? config::text(*single) : std::string();
}

bool is_same(const CheckedTunnel& tunnel, const TunnelReport& logged) {
  const bool same_connection = tunnel.connection.empty() || logged.connection.empty() || tunnel.connection == logged.connection;
  return same_connection && !logged.outside_ip.empty() && outside_address(tunnel) == logged.outside_ip;
}

bool is_about(const Finding& finding, const TunnelReport& tunnel) {
  return finding.subject == tunnel.id || (!tunnel.connection.empty() && finding.subject == tunnel.connection);
}

// What ran when the logs were written.
std::vector<CheckedTunnel> ran(const Check& check) {
  if (!check.before) return check.tunnels;
  std::vector<CheckedTunnel> tunnels;
  for (const config::TunnelVerdict& verdict : check.before->tunnels) {
    const bool named = verdict.cloud && verdict.cloud->connection.known();
    tunnels.push_back({verdict, config::tunnel_id(verdict), named ? *verdict.cloud->connection : std::string(), {}});
  }
  return tunnels;
}

bool has_finding(const Check& check, const std::string& cause, const std::string& subject) {
  return std::any_of(check.findings.begin(), check.findings.end(), [&](const CheckFinding& one) {
    return one.finding.standing.change != FindingChange::Fixed && one.finding.cause == cause && one.finding.subject == subject;
  });
}

// What may explain the logs of one tunnel: stages in the protocol's order, then settings.
class Faults {
 public:
  Faults(const std::vector<const CheckedTunnel*>& tunnels, const Check& check, const kb::Knowledge& knowledge) : knowledge_(knowledge) {
    for (const CheckedTunnel* tunnel : tunnels) {
      for (const StageVerdict& stage : tunnel->verdict.stages) add(stage);
      for (const CheckFinding& one : check.findings)
        if (one.finding.subject == tunnel->id && one.finding.standing.change != FindingChange::New && one.finding.cause.starts_with(kConfigRule))
          settings_.push_back({one.finding.cause, {}, {}, Verdict::Fails});
    }
  }

  const std::vector<ConfiguredFault>& failing() const { return failing_; }

  std::vector<ConfiguredFault> explaining(const std::string& shown) const {
    const auto named = [&](const ConfiguredFault& one) { return one.cause == shown; };
    const auto similar = [&](const ConfiguredFault& one) { return shows_as(one.cause, shown); };
    std::vector<ConfiguredFault> found;
    if (!take_first(found, failing_, named)) take_first(found, failing_, similar);
    for (const ConfiguredFault& one : settings_)
      if (similar(one)) found.push_back(one);
    if (!found.empty()) return found;
    std::copy_if(unverified_.begin(), unverified_.end(), std::back_inserter(found), named);
    if (found.empty()) std::copy_if(unverified_.begin(), unverified_.end(), std::back_inserter(found), similar);
    return found;
  }

  bool shows_as(const std::string& cause, const std::string& shown) const {
    if (const kb::Cause* known = knowledge_.cause(cause)) return contains(known->shows_as, shown);
    const kb::ConfigRule* rule = knowledge_.config_rule(cause);
    return rule != nullptr && contains(rule->shows_as, shown);
  }

 private:
  void add(const StageVerdict& stage) {
    if (stage.verdict == Verdict::Fails) failing_.push_back({stage.cause, stage.stage, stage.attribute, Verdict::Fails});
    if (stage.verdict != Verdict::Unverified) return;
    for (const StageCause& row : kStageCauses)
      if (row.stage == stage.stage) unverified_.push_back({std::string(row.cause), stage.stage, stage.attribute, Verdict::Unverified});
  }

  template <class Fits>
  static bool take_first(std::vector<ConfiguredFault>& to, const std::vector<ConfiguredFault>& from, Fits fits) {
    const auto first = std::find_if(from.begin(), from.end(), fits);
    if (first == from.end()) return false;
    to.push_back(*first);
    return true;
  }

  const kb::Knowledge& knowledge_;
  std::vector<ConfiguredFault> failing_, settings_, unverified_;
};

// Stages that a tunnel goes through only when it has come up.
bool is_later(Stage stage) { return stage >= Stage::ChildRekey; }

std::string why_not_shown(const ConfiguredFault& fault, const Faults& faults, const LoggedTunnel& logged) {
  const Stage first = *faults.failing().front().stage;
  if (first < *fault.stage && !is_later(first)) return "an earlier stage fails first";
  if (*fault.stage == Stage::ChildRekey || *fault.stage == Stage::IkeRekey) return "it shows only when an SA is due for renewal";
  if (*fault.stage == Stage::Liveness) return "it shows when the tunnel has gone down";
  if (*fault.stage == Stage::Bgp) return "it shows in the BGP log alone";
  if (logged.status == "up" || logged.status == "degraded")
    return "the tunnel is up: it shows at the next start, unless the files are not what runs";
  return "no message of it is in the logs";
}

LoggedTunnel explained(const TunnelReport& tunnel, const Report& report, const std::vector<CheckedTunnel>& tunnels, const Check& check,
                       const kb::Knowledge& knowledge) {
  LoggedTunnel logged;
  logged.id = tunnel.id;
  logged.status = tunnel.status;
  logged.primary_cause = tunnel.primary_cause;
  std::vector<const CheckedTunnel*> ends;
  for (const CheckedTunnel& one : tunnels)
    if (is_same(one, tunnel)) ends.push_back(&one);
  const bool nameless = tunnel.connection.empty() && tunnel.outside_ip.empty();
  logged.assumed = nameless && report.tunnels.size() == 1 && tunnels.size() == 1;
  if (logged.assumed) ends.push_back(&tunnels.front());
  if (!ends.empty()) logged.tunnel = ends.front()->id;

  const Faults faults(ends, check, knowledge);
  std::set<std::string> shown, used;
  for (const Finding& finding : report.findings) {
    if (!is_about(finding, tunnel) || finding.role == kb::Role::Context) continue;
    shown.insert(finding.cause);
    if (finding.role != kb::Role::RootCause) continue;
    const std::vector<ConfiguredFault> by = faults.explaining(finding.cause);
    for (const ConfiguredFault& one : by) {
      logged.explained_by.push_back({finding.cause, one, {}});
      if (check.before && one.verdict == Verdict::Fails) logged.explained_by.back().mended = !has_finding(check, one.cause, logged.tunnel);
      used.insert(one.cause);
    }
    if (by.empty()) logged.unexplained.push_back({finding.cause, finding.title});
  }
  for (const ConfiguredFault& fault : faults.failing())
    if (!used.contains(fault.cause) && !shown.contains(fault.cause))
      logged.not_shown.push_back({fault, why_not_shown(fault, faults, logged)});
  return logged;
}

}  // namespace

std::vector<LoggedTunnel> explain(const Report& report, const Check& check, const kb::Knowledge& knowledge) {
  std::vector<LoggedTunnel> all;
  const std::vector<CheckedTunnel> tunnels = ran(check);
  for (const TunnelReport& tunnel : report.tunnels) all.push_back(explained(tunnel, report, tunnels, check, knowledge));
  return all;
}

std::vector<std::string> without_log(const Check& check, const std::vector<LoggedTunnel>& logged) {
  std::vector<std::string> ids;
  for (const CheckedTunnel& tunnel : check.tunnels) {
    const bool has = std::any_of(logged.begin(), logged.end(), [&](const LoggedTunnel& one) { return one.tunnel == tunnel.id; });
    if (!has && !contains(ids, tunnel.id)) ids.push_back(tunnel.id);
  }
  return ids;
}

}  // namespace tunnelscope::diag
