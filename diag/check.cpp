// Two states are negotiated and their findings compared by fingerprint.
#include "diag/check.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "diag/check_rules.hpp"
#include "diag/config/merge.hpp"
#include "diag/findings.hpp"

namespace tunnelscope::diag {
namespace {

using config::Configuration;
using config::Endpoint;
using config::Moment;
using config::Side;
using config::Stage;
using config::StageVerdict;
using config::TunnelVerdict;
using config::Verdict;

constexpr std::size_t kMostEvidence = 10;

bool has_side(const std::vector<Configuration>& all, Side side, bool (*wanted)(Moment)) {
  return std::any_of(all.begin(), all.end(), [&](const Configuration& one) { return one.side == side && wanted(one.moment); });
}

void append(std::vector<Endpoint>& to, const std::vector<Configuration>& all, Side side, Moment moment) {
  std::vector<Endpoint> found;
  for (const Configuration& one : all)
    if (one.side == side && one.moment == moment)
      for (const Endpoint& endpoint : one.endpoints) {
        found.push_back(endpoint);
        if (!one.problems.empty()) found.back().doubt = one.problems.front().where.text() + ": " + one.problems.front().reason;
      }
  config::doubt_different_keys(found);
  std::move(found.begin(), found.end(), std::back_inserter(to));
}

// A plan knows what it sets and not the addresses that a description has, so one fills the other's gaps.
std::vector<Endpoint> endpoints_now(const std::vector<Configuration>& all, Side side) {
  std::vector<Endpoint> found;
  append(found, all, side, Moment::After);
  append(found, all, side, Moment::Now);
  return config::merged(std::move(found));
}

std::vector<Endpoint> endpoints_before(const CheckInput& input, Side side) {
  const auto any_but_before = [](Moment moment) { return moment != Moment::Before; };
  if (has_side(input.before, side, any_but_before)) return endpoints_now(input.before, side);
  if (!has_side(input.configurations, side, [](Moment moment) { return moment == Moment::Before; }))
    return endpoints_now(input.configurations, side);
  std::vector<Endpoint> found;
  append(found, input.configurations, side, Moment::Before);
  append(found, input.configurations, side, Moment::Now);
  return config::merged(std::move(found));
}

std::vector<const Endpoint*> pointers(const std::vector<Endpoint>& endpoints) {
  std::vector<const Endpoint*> all;
  for (const Endpoint& one : endpoints) all.push_back(&one);
  return all;
}

NegotiatedState negotiated(std::vector<Endpoint> cloud, std::vector<Endpoint> gateway, const std::vector<config::ConfiguredPair>& pairs) {
  NegotiatedState state;
  state.cloud = std::move(cloud);
  state.gateway = std::move(gateway);
  state.tunnels = config::negotiate(pointers(state.cloud), pointers(state.gateway), pairs);
  return state;
}

bool has_before(const CheckInput& input) {
  return !input.before.empty() || std::any_of(input.configurations.begin(), input.configurations.end(),
                                              [](const Configuration& one) { return one.moment == Moment::Before; });
}

// A gateway's end without a partner still knows whom it calls; its own address is the same for all its tunnels.
std::string id_of(const TunnelVerdict& tunnel) {
  const std::string id = config::tunnel_id(tunnel);
  if (tunnel.cloud || !tunnel.gateway->remote_addresses.known()) return id;
  const auto called = tunnel.gateway->remote_addresses->single();
  return called ? config::text(*called) + "/" + id : id;
}

EndpointSubjects subjects_of(const std::vector<TunnelVerdict>& tunnels) {
  EndpointSubjects subjects;
  for (const TunnelVerdict& tunnel : tunnels)
    for (const Endpoint* end : {tunnel.cloud, tunnel.gateway})
      if (end != nullptr) subjects[end] = id_of(tunnel);
  return subjects;
}

// Findings of one state.
class Writer {
 public:
  Writer(const kb::Knowledge& knowledge, const std::vector<Stage>& must_be_verified)
      : knowledge_(knowledge), must_be_verified_(must_be_verified) {}

  std::vector<CheckFinding> write(const std::vector<TunnelVerdict>& tunnels) {
    for (const TunnelVerdict& tunnel : tunnels) {
      if (!tunnel.paired_by) no_partner(tunnel);
      for (const StageVerdict& stage : tunnel.stages)
        if (stage.verdict == Verdict::Fails) failing(tunnel, stage);
      if (tunnel.paired_by) not_verified(tunnel);
    }
    by_rule(tunnels);
    return std::move(findings_);
  }

 private:
  // A stage of the same cause at the same tunnel adds its evidence.
  CheckFinding& finding(std::string_view cause, const TunnelVerdict& tunnel) { return finding(cause, tunnel, id_of(tunnel)); }

  // `known_by`: what its fingerprint is made of, beside the cause.
  CheckFinding& finding(std::string_view cause, const TunnelVerdict& tunnel, const std::string& known_by) {
    const std::string subject = id_of(tunnel);
    const std::string print = fingerprint(cause, known_by);
    const auto [known, is_new] = by_fingerprint_.try_emplace(print, findings_.size());
    if (!is_new) return findings_[known->second];
    Finding f;
    f.cause = cause;
    f.title = cause;
    f.fingerprint = print;
    f.subject = subject;
    f.confidence = kb::Confidence::Certain;
    f.ongoing = true;
    if (const kb::Cause* entry = knowledge_.cause(cause)) describe(f, *entry, tunnel);
    findings_.push_back({std::move(f), {}, {}});
    return findings_.back();
  }

  static void describe(Finding& f, const kb::Cause& cause, const TunnelVerdict& tunnel) {
    f.severity = cause.severity;
    f.role = cause.role;
    f.impact = cause.impact;
    f.title = cause.title;
    f.explanation = cause.why.empty() ? cause.what : cause.what + "\n\n" + cause.why;
    for (const kb::Step& step : cause.fix)
      if (concerns(step, tunnel)) f.steps.push_back({step.who, step.vendor, step.text, step.command});
    f.verify = cause.verify;
    f.references = cause.references;
    f.owner = cause.owner;
    f.runbook_url = cause.runbook_url;
  }

  static bool concerns(const kb::Step& step, const TunnelVerdict& tunnel) {
    if (step.vendor.empty()) return true;
    if (step.vendor == "aws-cli") return tunnel.cloud && tunnel.cloud->vendor == config::Vendor::Aws;
    return tunnel.gateway && step.vendor.starts_with(config::name(tunnel.gateway->vendor));
  }

  void failing(const TunnelVerdict& tunnel, const StageVerdict& stage) {
    CheckFinding& made = finding(stage.cause, tunnel);
    Finding& f = made.finding;
    f.role = kb::Role::RootCause;
    const bool first = f.count == 0;
    ++f.count;
    const std::string sentence = sentence_of(stage);
    f.summary += (first ? "" : "; ") + sentence;
    add_evidence(f, stage);
    if (!first) return;
    made.at_cloud = stage.repair.at_cloud;
    made.at_gateway = stage.repair.at_gateway;
    if (std::vector<Step> steps = steps_of(tunnel, stage.repair); !steps.empty()) f.steps = std::move(steps);
    f.details["stage"] = std::string(config::name(stage.stage));
    f.details["attribute"] = stage.attribute;
    f.details["log_message"] = stage.log_messages.empty() ? Detail{} : Detail{stage.log_messages.front()};
  }

  // What mends this very case, where that is known: the cause's own steps speak of cases of its kind.
  static std::vector<Step> steps_of(const TunnelVerdict& tunnel, const config::Repair& repair) {
    std::vector<Step> steps;
    const bool aws = tunnel.cloud && tunnel.cloud->vendor == config::Vendor::Aws;
    for (const config::Change& change : repair.at_gateway) steps.push_back({"gateway", "", in_words(change), ""});
    for (const config::Change& change : repair.at_cloud) {
      const bool is_other_way = &change == &repair.at_cloud.front() && !steps.empty();
      steps.push_back({aws ? "aws" : "any", "", (is_other_way ? "or at the cloud's end, " : "at the cloud's end, ") + in_words(change), ""});
    }
    return steps;
  }

  static std::string sentence_of(const StageVerdict& stage) {
    const auto value = [](const config::Shown& shown) { return shown.value.empty() ? std::string("not known") : shown.value; };
    return fmt::format("{} fails: {} is {} at the cloud's end and {} at the gateway's; {}", config::name(stage.stage), stage.attribute,
                       value(stage.cloud), value(stage.gateway), stage.reason);
  }

  static void add_evidence(Finding& f, const StageVerdict& stage) {
    add_evidence(f, Side::Cloud, stage, stage.cloud);
    add_evidence(f, Side::Gateway, stage, stage.gateway);
  }
  static void add_evidence(Finding& f, Side side, const StageVerdict& stage, const config::Shown& shown) {
    if (!shown.where.known() || f.evidence.size() >= kMostEvidence) return;
    Evidence e;
    e.at = shown.where.text();
    e.message = fmt::format("{}: {} {}", config::name(side), stage.attribute, shown.value.empty() ? "not known" : shown.value);
    if (!shown.note.empty()) e.message += " (" + shown.note + ")";
    f.evidence.push_back(std::move(e));
  }

  void not_verified(const TunnelVerdict& tunnel) {
    std::vector<std::pair<std::string, std::string>> stages_by_reason;  // one that holds for several is said once
    for (const StageVerdict& stage : tunnel.stages) {
      if (stage.verdict != Verdict::Unverified) continue;
      if (is_required(stage.stage)) {
        required_but_not_verified(tunnel, stage);
        continue;
      }
      Finding& f = finding(kNotVerified, tunnel).finding;
      const auto said = std::find_if(stages_by_reason.begin(), stages_by_reason.end(), [&](const auto& one) { return one.second == stage.reason; });
      if (said == stages_by_reason.end()) stages_by_reason.emplace_back(config::name(stage.stage), stage.reason);
      else said->first += ", " + std::string(config::name(stage.stage));
      ++f.count;
      add_evidence(f, stage);
    }
    for (const auto& [stages, reason] : stages_by_reason) {
      Finding& f = finding(kNotVerified, tunnel).finding;
      f.summary += fmt::format("{}{}: {}", f.summary.empty() ? "" : "; ", stages, reason);
    }
  }

  // By itself: who knows that other stages of the tunnel are not verified does not know this one.
  void required_but_not_verified(const TunnelVerdict& tunnel, const StageVerdict& stage) {
    const std::string name(config::name(stage.stage));
    Finding& f = finding(kNotVerified, tunnel, id_of(tunnel) + " " + name).finding;
    f.severity = kb::Severity::Critical;
    f.summary = fmt::format("{}: {}", name, stage.reason);
    f.count = 1;
    f.details["stage"] = name;
    add_evidence(f, stage);
  }

  void no_partner(const TunnelVerdict& tunnel) {
    Finding& f = finding(kNoPartner, tunnel).finding;
    const Endpoint& end = tunnel.cloud ? *tunnel.cloud : *tunnel.gateway;
    f.summary += fmt::format("{}the {}'s end `{}` was not negotiated with anything: {}", f.count == 0 ? "" : "; ", config::name(end.side), end.name,
                             tunnel.unpaired_because);
    ++f.count;
    if (end.where.known() && f.evidence.size() < kMostEvidence) {
      Evidence e;
      e.at = end.where.text();
      e.message = fmt::format("{}: {}", config::name(end.side), end.name);
      f.evidence.push_back(std::move(e));
    }
    if (!must_be_verified_.empty()) f.severity = kb::Severity::Critical;
  }

  void by_rule(const std::vector<TunnelVerdict>& tunnels) {
    KnownFindings known;
    for (const CheckFinding& one : findings_) known.emplace(one.finding.subject, one.finding.cause);
    for (Finding& f : findings_by_rule(knowledge_, tunnels, subjects_of(tunnels), known)) findings_.push_back({std::move(f), {}, {}});
  }

  bool is_required(Stage stage) const {
    return std::find(must_be_verified_.begin(), must_be_verified_.end(), stage) != must_be_verified_.end();
  }

  const kb::Knowledge& knowledge_;
  const std::vector<Stage>& must_be_verified_;
  std::vector<CheckFinding> findings_;
  std::map<std::string, std::size_t> by_fingerprint_;
};

std::set<std::string> fingerprints_of(const std::vector<CheckFinding>& findings) {
  std::set<std::string> all;
  for (const CheckFinding& one : findings) all.insert(one.finding.fingerprint);
  return all;
}

// Marks what is new and unchanged; what was there before and is not now is added as fixed.
void compare_findings(std::vector<CheckFinding>& now, std::vector<CheckFinding> before) {
  const std::set<std::string> earlier = fingerprints_of(before), present = fingerprints_of(now);
  for (CheckFinding& one : now)
    one.finding.standing.change = earlier.contains(one.finding.fingerprint) ? FindingChange::Unchanged : FindingChange::New;
  std::vector<CheckFinding> fixed;
  for (CheckFinding& one : before)
    if (!present.contains(one.finding.fingerprint)) fixed.push_back(std::move(one));
  for (CheckFinding& one : fixed) {
    one.finding.standing.change = FindingChange::Fixed;
    one.finding.ongoing = false;
    now.push_back(std::move(one));
  }
}

auto order_of(const CheckFinding& one) {
  const Finding& f = one.finding;
  return std::tuple(one.finding.standing.change == FindingChange::Fixed, f.role, -static_cast<int>(f.severity), std::string_view(f.subject),
                    std::string_view(f.cause));
}

std::vector<config::EndpointChange> differing(std::vector<config::EndpointChange> changes) {
  std::erase_if(changes, [](const config::EndpointChange& one) {
    return one.attributes.empty() && one.effect == config::ApplyEffect::None;
  });
  return changes;
}

// What had no tunnel takes none with it.
void interrupt_nothing_without_partner(std::vector<config::EndpointChange>& gateways, const NegotiatedState& before) {
  std::set<const Endpoint*> alone;
  for (const TunnelVerdict& tunnel : before.tunnels)
    if (!tunnel.paired_by && tunnel.gateway && !before.cloud.empty()) alone.insert(tunnel.gateway);
  for (config::EndpointChange& one : gateways) {
    if (one.effect == config::ApplyEffect::None || !alone.contains(one.before)) continue;
    one.effect = config::ApplyEffect::None;
    for (config::AttributeChange& attribute : one.attributes) attribute.effect = config::ApplyEffect::None;
  }
}

void compare_endpoints(Check& made) {
  made.changes = differing(config::compare(pointers(made.before->cloud), pointers(made.now.cloud)));
  auto gateways = differing(config::compare(pointers(made.before->gateway), pointers(made.now.gateway)));
  interrupt_nothing_without_partner(gateways, *made.before);
  made.changes.insert(made.changes.end(), gateways.begin(), gateways.end());
}

std::set<std::string> deleted_tunnels(const Check& made) {
  std::set<const Endpoint*> ends;
  for (const config::EndpointChange& one : made.changes)
    if (one.effect == config::ApplyEffect::Deleted) ends.insert(one.before);
  std::set<std::string> ids;
  for (const TunnelVerdict& tunnel : made.before->tunnels)
    if (ends.contains(tunnel.cloud) || ends.contains(tunnel.gateway)) ids.insert(id_of(tunnel));
  return ids;
}

// What is no longer found of a deleted tunnel is not mended.
void mark_deleted(Check& made) {
  const std::set<std::string> deleted = deleted_tunnels(made);
  for (CheckFinding& one : made.findings) {
    if (one.finding.standing.change != FindingChange::Fixed || !deleted.contains(one.finding.subject)) continue;
    one.deleted = true;
    one.finding.summary = "the tunnel is deleted; until then: " + one.finding.summary;
  }
}

std::vector<CheckedTunnel> checked(const Check& made) {
  std::map<const Endpoint*, config::ApplyEffect> effects;
  for (const config::EndpointChange& one : made.changes) effects[one.after] = one.effect;
  effects.erase(nullptr);
  std::vector<CheckedTunnel> tunnels;
  for (const TunnelVerdict& verdict : made.now.tunnels) {
    CheckedTunnel one{verdict, id_of(verdict), {}, {}};
    for (const Endpoint* end : {verdict.cloud, verdict.gateway})
      if (const auto found = effects.find(end); found != effects.end()) one.effect = std::max(one.effect, found->second);
    if (verdict.cloud && verdict.cloud->connection.known()) one.connection = *verdict.cloud->connection;
    tunnels.push_back(std::move(one));
  }
  std::stable_sort(tunnels.begin(), tunnels.end(), [](const CheckedTunnel& a, const CheckedTunnel& b) { return a.id < b.id; });
  return tunnels;
}

}  // namespace

Check check(const CheckInput& input, const kb::Knowledge& knowledge) {
  Check made;
  made.knowledge_version = knowledge.version;
  made.message_rules = knowledge.messages.size();
  made.causes = knowledge.causes.size();
  made.now = negotiated(endpoints_now(input.configurations, Side::Cloud), endpoints_now(input.configurations, Side::Gateway), input.pairs);
  made.findings = Writer(knowledge, input.must_be_verified).write(made.now.tunnels);
  if (has_before(input)) {
    made.before = negotiated(endpoints_before(input, Side::Cloud), endpoints_before(input, Side::Gateway), input.pairs);
    compare_findings(made.findings, Writer(knowledge, input.must_be_verified).write(made.before->tunnels));
    compare_endpoints(made);
    mark_deleted(made);
    for (Finding& f : findings_by_rule(knowledge, made.changes, subjects_of(made.now.tunnels))) {
      f.standing.change = FindingChange::New;
      made.findings.push_back({std::move(f), {}, {}});
    }
  }
  std::stable_sort(made.findings.begin(), made.findings.end(),
                   [](const CheckFinding& a, const CheckFinding& b) { return order_of(a) < order_of(b); });
  made.tunnels = checked(made);
  return made;
}

}  // namespace tunnelscope::diag
