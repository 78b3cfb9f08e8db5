// A finding of the logs is explained by what has its cause, else by what shows as its cause (`shows_as` of the knowledge base), else it may
// be by what could not be verified. Of several the first in the protocol's order: the negotiation ends there.
#include "diag/logged.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

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

// Findings about each tunnel or connection, so that nobody looks at all of them for each tunnel.
std::map<std::string_view, std::vector<const Finding*>> by_subject(const Report& report) {
  std::map<std::string_view, std::vector<const Finding*>> found;
  for (const Finding& finding : report.findings) found[finding.subject].push_back(&finding);
  return found;
}
std::map<std::string_view, std::vector<const CheckFinding*>> by_subject(const Check& check) {
  std::map<std::string_view, std::vector<const CheckFinding*>> found;
  for (const CheckFinding& one : check.findings) found[one.finding.subject].push_back(&one);
  return found;
}

// What may explain the logs of one tunnel: stages in the protocol's order, then settings.
class Faults {
 public:
  explicit Faults(const kb::Knowledge& knowledge) : knowledge_(knowledge) {}

  void add(const StageVerdict& stage) {
    if (stage.verdict == Verdict::Fails) failing_.push_back({stage.cause, stage.stage, stage.attribute, Verdict::Fails});
    if (stage.verdict != Verdict::Unverified) return;
    for (const StageCause& row : kStageCauses)
      if (row.stage == stage.stage) unverified_.push_back({std::string(row.cause), stage.stage, stage.attribute, Verdict::Unverified});
  }
  void add(const CheckFinding& one) {
    if (one.finding.standing.change == FindingChange::New || !one.finding.cause.starts_with(kConfigRule)) return;
    settings_.push_back({one.finding.cause, {}, {}, Verdict::Fails});
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

class Join {
 public:
  Join(const Report& report, const Check& check, const kb::Knowledge& knowledge)
      : report_(report), check_(check), knowledge_(knowledge), tunnels_(ran(check)), logged_(by_subject(report)), checked_(by_subject(check)) {
    for (const CheckedTunnel& one : tunnels_) by_address_[outside_address(one)].push_back(&one);
  }

  LoggedTunnel explained(const TunnelReport& tunnel) const {
    LoggedTunnel logged;
    logged.id = tunnel.id;
    logged.status = tunnel.status;
    logged.primary_cause = tunnel.primary_cause;
    const bool nameless = tunnel.connection.empty() && tunnel.outside_ip.empty();
    logged.assumed = nameless && report_.tunnels.size() == 1 && tunnels_.size() == 1;
    const auto ends = logged.assumed ? std::vector{&tunnels_.front()} : checked_as(tunnel);
    if (!ends.empty()) logged.tunnel = ends.front()->id;
    const Faults faults = faults_of(ends);
    const std::set<std::string> shown = add_findings(logged, findings_about(tunnel), faults);
    for (const ConfiguredFault& fault : faults.failing())
      if (!shown.contains(fault.cause)) logged.not_shown.push_back({fault, why_not_shown(fault, faults, logged)});
    return logged;
  }

 private:
  std::vector<const CheckedTunnel*> checked_as(const TunnelReport& tunnel) const {
    std::vector<const CheckedTunnel*> found;
    const auto at = by_address_.find(tunnel.outside_ip);
    if (tunnel.outside_ip.empty() || at == by_address_.end()) return found;
    for (const CheckedTunnel* one : at->second)
      if (one->connection.empty() || tunnel.connection.empty() || one->connection == tunnel.connection) found.push_back(one);
    return found;
  }

  Faults faults_of(const std::vector<const CheckedTunnel*>& ends) const {
    Faults faults(knowledge_);
    for (const CheckedTunnel* end : ends) {
      for (const StageVerdict& stage : end->verdict.stages) faults.add(stage);
      if (const auto found = checked_.find(end->id); found != checked_.end())
        for (const CheckFinding* one : found->second) faults.add(*one);
    }
    return faults;
  }

  std::vector<const Finding*> findings_about(const TunnelReport& tunnel) const {
    std::vector<const Finding*> all;
    for (const std::string* subject : {&tunnel.id, &tunnel.connection})
      if (const auto found = logged_.find(*subject); found != logged_.end() && !subject->empty())
        all.insert(all.end(), found->second.begin(), found->second.end());
    return all;
  }

  // Gives the causes in the configurations and in the logs that have shown.
  std::set<std::string> add_findings(LoggedTunnel& logged, const std::vector<const Finding*>& findings, const Faults& faults) const {
    std::set<std::string> shown;
    for (const Finding* finding : findings) {
      if (finding->role == kb::Role::Context) continue;
      shown.insert(finding->cause);
      if (finding->role != kb::Role::RootCause) continue;
      const std::vector<ConfiguredFault> by = faults.explaining(finding->cause);
      for (const ConfiguredFault& one : by) {
        logged.explained_by.push_back({finding->cause, one, {}});
        if (check_.before && one.verdict == Verdict::Fails) logged.explained_by.back().mended = !stays(one.cause, logged.tunnel);
        shown.insert(one.cause);
      }
      if (by.empty()) logged.unexplained.push_back({finding->cause, finding->title});
    }
    return shown;
  }

  // The configurations still have it after the change.
  bool stays(const std::string& cause, const std::string& tunnel) const {
    const auto found = checked_.find(tunnel);
    return found != checked_.end() && std::any_of(found->second.begin(), found->second.end(), [&](const CheckFinding* one) {
             return one->finding.standing.change != FindingChange::Fixed && one->finding.cause == cause;
           });
  }

  const Report& report_;
  const Check& check_;
  const kb::Knowledge& knowledge_;
  std::vector<CheckedTunnel> tunnels_;
  std::map<std::string_view, std::vector<const Finding*>> logged_;
  std::map<std::string_view, std::vector<const CheckFinding*>> checked_;
  std::map<std::string, std::vector<const CheckedTunnel*>> by_address_;
};

}  // namespace

std::vector<LoggedTunnel> explain(const Report& report, const Check& check, const kb::Knowledge& knowledge) {
  const Join join(report, check, knowledge);
  std::vector<LoggedTunnel> all;
  for (const TunnelReport& tunnel : report.tunnels) all.push_back(join.explained(tunnel));
  return all;
}

std::vector<std::string> without_log(const Check& check, const std::vector<LoggedTunnel>& logged) {
  std::set<std::string> seen;
  for (const LoggedTunnel& one : logged) seen.insert(one.tunnel);
  std::vector<std::string> ids;
  for (const CheckedTunnel& tunnel : check.tunnels)
    if (seen.insert(tunnel.id).second) ids.push_back(tunnel.id);
  return ids;
}

}  // namespace tunnelscope::diag
