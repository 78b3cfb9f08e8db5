// Each stage is judged for every direction, and for every version that the initiator may speak; what comes out is put together here.
#include "diag/config/negotiation.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

// One end beginning: how likely that is, and in which versions.
struct Course {
  const Endpoint* initiator;
  const Endpoint* responder;
  Likelihood likelihood;
  std::vector<Version> versions;  // one when known
};

std::vector<Version> listed(Versions versions) {
  std::vector<Version> all;
  if (versions.ikev2) all.push_back(Version::Ikev2);
  if (versions.ikev1) all.push_back(Version::Ikev1);
  return all;
}

// What the initiator speaks; where that fails or is not known, what the responder answers, for the stages after.
std::vector<Version> versions_of(const Endpoint& initiator, const Endpoint& responder) {
  const Versions sent = initiator.initiates.value_or({true, true}), answered = responder.accepts.value_or({true, true});
  const Versions shared{sent.ikev1 && answered.ikev1, sent.ikev2 && answered.ikev2};
  std::vector<Version> all = listed(shared == Versions{} ? answered == Versions{} ? Versions{true, true} : answered : shared);
  if (initiator.initiates.known() && responder.accepts.known()) all.resize(1);
  return all;
}

Likelihood of_action(const Value<DownAction>& action) {
  if (!action.known()) return Likelihood::No;  // the start action decides
  return *action == DownAction::Restart || *action == DownAction::OnTraffic ? Likelihood::Yes : Likelihood::No;
}

Likelihood of_action(const Value<StartAction>& action) {
  return !action.known() ? Likelihood::Maybe : *action == StartAction::Wait ? Likelihood::No : Likelihood::Yes;
}

Likelihood starts_by(const Endpoint& end, const Child& child) { return of_action(start_action(end, child)); }

Likelihood begins_by(const Endpoint& end, const Child& child) {
  return std::max({starts_by(end, child), of_action(dpd_action(end, child)), of_action(close_action(end, child))});
}

Likelihood over_children(const Endpoint& end, Likelihood (*by)(const Endpoint&, const Child&)) {
  if (end.initiates.is(Versions{})) return Likelihood::No;
  Likelihood most = end.children.empty() ? by(end, Child{}) : Likelihood::No;
  for (const Child& child : end.children) most = std::max(most, by(end, child));
  return end.initiates.known() ? most : std::min(most, Likelihood::Maybe);
}

// At some time: at the start, or again after the peer was found dead or has closed.
Likelihood begins(const Endpoint& end) { return over_children(end, begins_by); }
// Without anything having been there before.
Likelihood starts(const Endpoint& end) { return over_children(end, starts_by); }

std::vector<Course> courses(const Endpoint& cloud, const Endpoint& gateway) {
  Likelihood from_cloud = begins(cloud), from_gateway = begins(gateway);
  if (from_cloud == Likelihood::No && from_gateway == Likelihood::No)
    (gateway.initiates.is(Versions{}) ? from_cloud : from_gateway) = Likelihood::Yes;
  return {{&gateway, &cloud, from_gateway, versions_of(gateway, cloud)}, {&cloud, &gateway, from_cloud, versions_of(cloud, gateway)}};
}

std::optional<Initiator> initiator_of(const Endpoint& cloud, const Endpoint& gateway) {
  const Likelihood from_cloud = starts(cloud), from_gateway = starts(gateway);
  if (from_cloud == Likelihood::Maybe || from_gateway == Likelihood::Maybe) return std::nullopt;
  if (from_cloud == Likelihood::Yes) return from_gateway == Likelihood::Yes ? Initiator::Both : Initiator::Cloud;
  return from_gateway == Likelihood::Yes ? Initiator::Gateway : Initiator::Neither;
}

using Judge = std::function<Outcome(const Talk&)>;

Outcome uncertain(Outcome outcome, const std::string& why) {
  outcome.verdict = Verdict::Unverified;
  outcome.cause.clear();
  outcome.agreed.clear();
  outcome.log_messages.clear();
  outcome.repair = {};
  if (outcome.attribute.empty()) outcome.attribute = "ike-version";
  outcome.reason = why + (outcome.reason.empty() ? "" : "; " + outcome.reason);
  return outcome;
}

// Of all versions that it may be: their verdict where they are of one mind.
Outcome over_versions(const Course& course, const Judge& judge) {
  Outcome gravest;
  bool first = true, unanimous = true;
  for (const Version version : course.versions) {
    Outcome outcome = judge({*course.initiator, *course.responder, version});
    unanimous = unanimous && (first || outcome.verdict == gravest.verdict);
    gravest = first ? std::move(outcome) : worst(std::move(gravest), std::move(outcome));
    first = false;
  }
  return unanimous ? gravest : uncertain(std::move(gravest), "it depends on the IKE version, which is not known");
}

Direction direction_of(const Course& course) {
  return course.initiator->side == Side::Cloud ? Direction::CloudInitiates : Direction::GatewayInitiates;
}

struct Judged {
  Outcome outcome;
  Likelihood likelihood;
  Direction direction;
};

StageVerdict failing(const std::vector<Judged>& all, const Judged& telling) {
  StageVerdict verdict = telling.outcome;
  const auto also_fails = [](const Judged& one) { return one.outcome.verdict == Verdict::Fails; };
  const bool everywhere = std::all_of(all.begin(), all.end(), also_fails);
  verdict.direction = everywhere ? Direction::Both : telling.direction;
  return verdict;
}

// Certain failure in a course that is taken, or in every course that may be, fails; then what is not known counts.
StageVerdict put_together(const std::vector<Judged>& all) {
  std::array<const Judged*, 3> first{};  // by verdict
  for (const Judged& one : all) {
    if (one.likelihood == Likelihood::No) continue;
    if (one.outcome.verdict == Verdict::Fails && one.likelihood == Likelihood::Yes) return failing(all, one);
    if (const Judged*& seen = first[static_cast<std::size_t>(one.outcome.verdict)]; !seen) seen = &one;
  }
  const auto [agreeing, unknown, perhaps_failing] = first;
  if (perhaps_failing && !agreeing && !unknown) return failing(all, *perhaps_failing);
  if (perhaps_failing) return uncertain(perhaps_failing->outcome, "it depends on which end begins, which is not known");
  if (unknown || agreeing) return (unknown ? unknown : agreeing)->outcome;
  return all.front().outcome.verdict == Verdict::Fails ? failing(all, all.front()) : all.front().outcome;
}

StageVerdict establishing(const std::vector<Course>& both, const Judge& judge) {
  std::vector<Judged> all;
  for (const Course& course : both) all.push_back({over_versions(course, judge), course.likelihood, direction_of(course)});
  return put_together(all);
}

// Who begins a rekey has nothing to do with who began the tunnel; but the version has.
StageVerdict renewing(const std::vector<Course>& both, const Judge& judge, const std::function<Likelihood(const Talk&)>& begins_rekey) {
  const auto less_likely = [](const Course& a, const Course& b) { return a.likelihood < b.likelihood; };
  const auto established = std::max_element(both.begin(), both.end(), less_likely);
  std::vector<Judged> all;
  for (Course course : both) {
    course.versions = established->versions;
    const Talk talk{*course.initiator, *course.responder, course.versions.front()};
    all.push_back({over_versions(course, judge), begins_rekey(talk), direction_of(course)});
  }
  return put_together(all);
}

Likelihood rekeys_children(const Talk& talk) {
  Likelihood most = Likelihood::No;
  for (const Child& own : talk.initiator.children)
    if (const Child* peers = counterpart(talk.responder, own)) most = std::max(most, rekeys_first(own.lifetime, peers->lifetime));
  return most;
}

Likelihood renews_ike_sa(const Talk& talk) {
  if (talk.initiator.reauthenticates.is(true)) return Likelihood::Yes;
  return rekeys_first(talk.initiator.lifetime, talk.responder.lifetime);
}

// There is no SA to rekey. What fails even so is said already, for it is to be mended too.
StageVerdict not_reached(const char* what, StageVerdict even_so) {
  return even_so.verdict == Verdict::Fails ? even_so : unverified("", std::string("there is no ") + what + " to rekey");
}

bool failed(const std::vector<StageVerdict>& stages, Stage stage) {
  return stages[static_cast<std::size_t>(stage)].verdict == Verdict::Fails;
}

std::vector<StageVerdict> judge_stages(const Endpoint& cloud, const Endpoint& gateway) {
  const std::vector<Course> both = courses(cloud, gateway);
  std::vector<StageVerdict> stages;
  for (Outcome (*judge)(const Talk&) : {judge_peer_address, judge_ike_version, judge_ike_mode, judge_ike_proposal, judge_identity,
                                        judge_authentication, judge_child_proposal, judge_traffic_selectors})
    stages.push_back(establishing(both, judge));
  const bool no_child = failed(stages, Stage::ChildProposal), no_ike_sa = failed(stages, Stage::IkeProposal);
  stages.push_back(no_child ? not_reached("CHILD SA", renewing(both, judge_child_rekey_without_proposal, rekeys_children))
                            : renewing(both, judge_child_rekey, rekeys_children));
  stages.push_back(no_ike_sa ? not_reached("IKE SA", renewing(both, judge_ike_rekey_without_proposal, renews_ike_sa))
                             : renewing(both, judge_ike_rekey, renews_ike_sa));
  stages.push_back(judge_liveness(cloud, gateway));
  stages.push_back(judge_bgp(cloud, gateway));
  for (std::size_t i = 0; i < stages.size(); ++i) stages[i].stage = static_cast<Stage>(i);
  if (failed(stages, Stage::Bgp)) stages[static_cast<std::size_t>(Stage::Bgp)].direction = Direction::Both;  // liveness: nobody begins
  return stages;
}

// What agreed does so no longer for sure.
void put_in_doubt(StageVerdict& stage, const char* attribute, const std::string& reason) {
  if (stage.verdict != Verdict::Agrees) return;
  StageVerdict doubted = unverified(attribute, reason);
  doubted.stage = stage.stage;
  doubted.agreed = std::move(stage.agreed);
  stage = std::move(doubted);
}

// An end that is switched off, or that was not read in full, agrees on nothing for sure: what was not read may be of any stage.
void heed_doubts(const Endpoint& end, std::vector<StageVerdict>& stages) {
  StageVerdict& first = stages.front();
  if (end.disabled.is(true) && first.verdict != Verdict::Fails) {
    first = unverified("disabled", "`" + end.name + "` is switched off");
    (end.side == Side::Cloud ? first.cloud : first.gateway) = {"on", end.disabled.where(), end.disabled.origin(), ""};
  }
  for (const Reservation& one : end.reservations) put_in_doubt(stages[static_cast<std::size_t>(one.stage)], "configuration", one.reason);
  if (end.doubt.empty()) return;
  for (StageVerdict& stage : stages) put_in_doubt(stage, "configuration", "not all of it could be read: " + end.doubt);
}

// Where two programs would read an end's file differently, a stage is sure only if it comes to the same with both.
void heed_other_reading(const Endpoint& end, const Endpoint& peer, std::vector<StageVerdict>& stages) {
  if (!end.otherwise) return;
  Endpoint other = *end.otherwise;
  other.side = end.side;
  const bool cloud = end.side == Side::Cloud;
  const std::vector<StageVerdict> others = judge_stages(cloud ? other : peer, cloud ? peer : other);
  const auto with = [](const Endpoint& one, const StageVerdict& stage) {
    const std::string said = stage.verdict == Verdict::Fails ? "fails" : stage.verdict == Verdict::Agrees ? "agrees" : "cannot be verified";
    const std::string why = stage.verdict == Verdict::Agrees || stage.reason.empty() ? "" : " (" + stage.reason + ")";
    return (one.vendor == Vendor::Libreswan ? "with Libreswan it " : "with strongSwan it ") + said + why;
  };
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].verdict == others[i].verdict) continue;
    StageVerdict doubted = unverified("configuration", "which program reads " + end.where.path + " is not known: " + with(end, stages[i]) +
                                                           ", " + with(other, others[i]));
    doubted.stage = stages[i].stage;
    stages[i] = std::move(doubted);
  }
}

void conclude(TunnelVerdict& tunnel) {
  tunnel.verdict = Verdict::Agrees;
  for (const StageVerdict& stage : tunnel.stages) {
    tunnel.verdict = std::max(tunnel.verdict, stage.verdict);
    if (stage.verdict == Verdict::Fails && tunnel.primary_cause.empty()) tunnel.primary_cause = stage.cause;
  }
}

TunnelVerdict alone(const Pairing& pairing) {
  TunnelVerdict tunnel;
  tunnel.cloud = pairing.cloud;
  tunnel.gateway = pairing.gateway;
  tunnel.unpaired_because = pairing.unpaired_because;
  return tunnel;
}

}  // namespace

TunnelVerdict negotiate(const Endpoint& cloud, const Endpoint& gateway, PairedBy paired_by) {
  TunnelVerdict tunnel;
  tunnel.cloud = &cloud;
  tunnel.gateway = &gateway;
  tunnel.paired_by = paired_by;
  tunnel.stages = judge_stages(cloud, gateway);
  heed_other_reading(cloud, gateway, tunnel.stages);
  heed_other_reading(gateway, cloud, tunnel.stages);
  for (const Endpoint* end : {&cloud, &gateway}) heed_doubts(*end, tunnel.stages);
  tunnel.initiator = initiator_of(cloud, gateway);
  conclude(tunnel);
  return tunnel;
}

std::vector<TunnelVerdict> negotiate(const std::vector<const Endpoint*>& cloud, const std::vector<const Endpoint*>& gateway,
                                     const std::vector<ConfiguredPair>& configured) {
  std::vector<TunnelVerdict> tunnels;
  for (const Pairing& pairing : pair_up(cloud, gateway, configured))
    tunnels.push_back(pairing.cloud && pairing.gateway ? negotiate(*pairing.cloud, *pairing.gateway, pairing.by) : alone(pairing));
  return tunnels;
}

std::vector<TunnelVerdict> negotiate(const std::vector<Configuration>& configurations, const std::vector<ConfiguredPair>& configured) {
  std::vector<const Endpoint*> cloud, gateway;
  for (const Configuration& configuration : configurations)
    for (const Endpoint& endpoint : configuration.endpoints) (endpoint.side == Side::Cloud ? cloud : gateway).push_back(&endpoint);
  return negotiate(cloud, gateway, configured);
}

}  // namespace tunnelscope::diag::config
