// The first rekey of the CHILD SAs and of the IKE SA: whether somebody renews in time, whether what they then propose agrees, and
// whether an IKE SA is torn down to be renewed.
#include <algorithm>
#include <array>
#include <limits>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

constexpr Seconds kNever{std::numeric_limits<Seconds::rep>::max()};

// Its age when the end closes it. Precondition: known.
Seconds closes_at(const Lifetime& lifetime) { return lifetime.hard->count() == 0 ? kNever : *lifetime.hard; }

Seconds first_end(const Lifetime& a, const Lifetime& b) {
  Seconds first = kNever;
  for (const Lifetime* one : {&a, &b})
    if (one->hard.known()) first = std::min(first, closes_at(*one));
  return first;
}

bool renews_before(const Lifetime& lifetime, Seconds end) {
  if (!lifetime.rekeys.is(true)) return false;
  const bool by_itself = lifetime.renews_in_time && lifetime.hard.known() && closes_at(lifetime) <= end;
  return by_itself || (lifetime.latest_rekey.known() && *lifetime.latest_rekey < end);
}

// Where the latest age is not known, the earliest is enough when even that is too late.
bool surely_does_not(const Lifetime& lifetime, Seconds end) {
  const auto too_late = [end](const Value<Seconds>& age) { return age.known() && *age >= end; };
  return lifetime.rekeys.is(false) || (lifetime.rekeys.is(true) && (too_late(lifetime.latest_rekey) || too_late(lifetime.earliest_rekey)));
}

std::string seconds(Seconds time) { return std::to_string(time.count()) + " s"; }

std::string in_words(const Lifetime& lifetime) {
  if (!lifetime.hard.known() && !lifetime.rekeys.known()) return {};
  std::string all = lifetime.hard.known() ? lifetime.hard->count() == 0 ? "no end" : "ends at " + seconds(*lifetime.hard) : "end unknown";
  if (lifetime.rekeys.is(false)) return all + ", never rekeyed";
  if (lifetime.latest_rekey.known()) return all + ", rekeyed by " + seconds(*lifetime.latest_rekey);
  if (lifetime.earliest_rekey.known()) return all + ", not rekeyed before " + seconds(*lifetime.earliest_rekey);
  return all;
}

Shown shown_lifetime(const Lifetime& lifetime) {
  const Where& where = lifetime.rekeys.is(false) && lifetime.rekeys.where().known() ? lifetime.rekeys.where() : lifetime.hard.where();
  return {in_words(lifetime), where, lifetime.hard.origin(), lifetime.hard.note()};
}

struct Lifetimes {
  const Lifetime& cloud;
  const Lifetime& gateway;
};

Change change_of(Side side, const Lifetime& lifetime, const char* rekeys, const char* hard) {
  if (lifetime.rekeys.is(false)) return {side, lifetime.rekeys.where(), rekeys, "no", "yes"};
  const Value<Seconds>& rekey = lifetime.latest_rekey.known() ? lifetime.latest_rekey : lifetime.earliest_rekey;
  return {side, lifetime.hard.where(), hard, seconds(*lifetime.hard), "more than " + seconds(*rekey)};
}

Outcome expires(const RenewalOutlook& seen, const Lifetimes& both, const char* attribute, const char* rekeys) {
  Outcome outcome = fails("lifetime-without-rekey", attribute,
                          whose(seen.expires_at_cloud ? Side::Cloud : Side::Gateway) + " lifetime ends before either end has rekeyed");
  outcome.cloud = shown_lifetime(both.cloud);
  outcome.gateway = shown_lifetime(both.gateway);
  if (seen.expires_at_cloud)
    outcome.repair.at_cloud = {change_of(Side::Cloud, both.cloud, rekeys, attribute)};
  else
    outcome.repair.at_gateway = {change_of(Side::Gateway, both.gateway, rekeys, attribute)};
  return outcome;
}

Outcome unknown_lifetimes(const Lifetimes& both, const char* attribute) {
  const auto complete = [](const Lifetime& one) { return one.hard.known() && one.rekeys.known() && one.latest_rekey.known(); };
  const bool ends_known = both.cloud.hard.known() && both.cloud.rekeys.known() && both.gateway.hard.known() && both.gateway.rekeys.known();
  const Lifetime& missing = (ends_known ? !complete(both.gateway) : both.cloud.hard.known() && both.cloud.rekeys.known()) ? both.gateway
                                                                                                                            : both.cloud;
  const std::string& note = !missing.hard.known()     ? missing.hard.note()
                            : !missing.rekeys.known() ? missing.rekeys.note()
                                                      : missing.latest_rekey.note();
  Outcome outcome = unverified(attribute, "when it is renewed is not known" + (note.empty() ? "" : ": " + note));
  outcome.cloud = shown_lifetime(both.cloud);
  outcome.gateway = shown_lifetime(both.gateway);
  return outcome;
}

Outcome judge_lifetimes(const Lifetimes& both, const char* attribute, const char* rekeys) {
  const RenewalOutlook seen = outlook(both.cloud, both.gateway);
  if (seen.renewal == Renewal::Expires) return expires(seen, both, attribute, rekeys);
  return seen.renewal == Renewal::InTime ? agrees() : unknown_lifetimes(both, attribute);
}

Outcome judge_child_lifetimes(const Talk& talk) {
  Outcome outcome = agrees();
  for (const Child& own : talk.initiator.children) {
    const Child* peers = counterpart(talk.responder, own);
    if (!peers) break;
    const Lifetimes both = talk.cloud_initiates() ? Lifetimes{own.lifetime, peers->lifetime} : Lifetimes{peers->lifetime, own.lifetime};
    outcome = worst(std::move(outcome), judge_lifetimes(both, "child-lifetime", "child-rekeys"));
  }
  return outcome;
}

// IKEv1 has no other way to renew Phase 1, and keeps Phase 2 meanwhile.
Outcome judge_reauthentication(const Talk& talk) {
  const Endpoint& end = talk.initiator;
  if (talk.version == Version::Ikev1 || end.reauthenticates.is(false) || end.make_before_break.is(true)) return agrees();
  const bool certain = end.reauthenticates.known() && end.make_before_break.known();
  const std::string gap = whose(end.side) + " end closes the IKE SA with its CHILD SAs before it has made a new one";
  const std::string unknown = "whether " + whose(end.side) + " end reauthenticates, and in which order, is not known";
  Outcome outcome = certain ? fails("reauthentication-gap", "reauthentication", gap) : unverified("reauthentication", unknown);
  const auto to_text = [](bool yes) { return yes ? "yes" : "no"; };
  show(outcome, end, shown(end.reauthenticates, to_text), shown(talk.responder.reauthenticates, to_text));
  if (!certain) return outcome;
  outcome.log_messages = {"AWS tunnel received DELETE for IKE_SA from CGW"};
  if (end.side == Side::Cloud) outcome.log_messages.clear();
  const Change change{end.side, end.reauthenticates.where(), "reauthentication", "yes", "no"};
  (end.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  return outcome;
}

Outcome judge_ike_rekey_proposal(const Talk& talk) {
  Outcome outcome = judge_ike_proposal(talk);
  if (outcome.verdict == Verdict::Fails) outcome.cause = "rekey-failure";
  return outcome;
}

}  // namespace

RenewalOutlook outlook(const Lifetime& cloud, const Lifetime& gateway) {
  const Seconds end = first_end(cloud, gateway);
  const bool at_cloud = cloud.hard.known() && closes_at(cloud) == end;
  const bool both_ends_known = cloud.hard.known() && gateway.hard.known();
  if (both_ends_known && (end == kNever || renews_before(cloud, end) || renews_before(gateway, end))) return {Renewal::InTime, false};
  const bool nobody = surely_does_not(cloud, end) && surely_does_not(gateway, end);
  return {nobody && end != kNever ? Renewal::Expires : Renewal::Unknown, at_cloud};
}

Likelihood rekeys_first(const Lifetime& own, const Lifetime& peer) {
  if (own.rekeys.is(false)) return Likelihood::No;
  if (!own.rekeys.known()) return Likelihood::Maybe;
  if (peer.rekeys.is(false)) return Likelihood::Yes;
  const bool known = peer.rekeys.known() && own.earliest_rekey.known() && own.latest_rekey.known() && peer.earliest_rekey.known() &&
                     peer.latest_rekey.known();
  if (!known) return Likelihood::Maybe;
  return *peer.latest_rekey < *own.earliest_rekey ? Likelihood::No : Likelihood::Yes;
}

Outcome judge_child_rekey(const Talk& talk) {
  Outcome lifetimes = judge_child_lifetimes(talk);
  if (lifetimes.verdict == Verdict::Fails) return lifetimes;
  return worst(judge_rekey_proposal(talk), std::move(lifetimes));
}

Outcome judge_child_rekey_without_proposal(const Talk& talk) { return judge_child_lifetimes(talk); }

Outcome judge_ike_rekey_without_proposal(const Talk& talk) {
  Outcome lifetimes = judge_lifetimes({talk.cloud().lifetime, talk.gateway().lifetime}, "ike-lifetime", "ike-rekeys");
  return worst(judge_reauthentication(talk), std::move(lifetimes));
}

Outcome judge_ike_rekey(const Talk& talk) {
  Outcome lifetimes = judge_lifetimes({talk.cloud().lifetime, talk.gateway().lifetime}, "ike-lifetime", "ike-rekeys");
  Outcome renewal = worst(judge_reauthentication(talk), judge_ike_rekey_proposal(talk));
  return worst(std::move(renewal), std::move(lifetimes));
}

}  // namespace tunnelscope::diag::config
