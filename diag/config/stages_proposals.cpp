// Proposals of the IKE SA and of the CHILD SA, at first and at a rekey. What differs is told by the two proposals that come nearest.
#include <algorithm>
#include <array>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

constexpr const char* kNoProposalByAws = "No Proposal Match Found by AWS";
constexpr const char* kNoProposalChosen = "No Proposal Match Found. Notifying with \"No proposal chosen\"";
constexpr const char* kKeepingPhase1 = "AWS tunnel Phase 2 was unable to establish while keeping Phase 1";

// What is compared, and what it is called when it fails.
struct Subject {
  const Value<Proposals>& initiators;
  const Value<Proposals>& responders;
  Where initiators_where, responders_where;  // where the lists would stand if nothing says them
  Exchange exchange{};
  std::string cause;
};

bool is_ike(const Subject& subject) { return subject.exchange == Exchange::Ike; }

std::string attribute_of(TransformType type, bool ike) {
  switch (type) {
    case TransformType::Group: return ike ? "ike-group" : "pfs-group";
    case TransformType::SequenceNumbers: return "sequence-numbers";
    default: return (ike ? "ike-" : "child-") + std::string(name(type));
  }
}

std::string or_none(std::string text) { return text.empty() ? "none" : text; }

const Where& first_known(const Where& a, const Where& b, const Where& c) { return a.known() ? a : b.known() ? b : c; }

const Where& where_of(const Proposal& proposal, TransformType type, const Where& list) {
  return first_known(proposal[type].where, proposal.where, list);
}

Shown shown_set(const Proposal& proposal, TransformType type, const Value<Proposals>& list) {
  return {or_none(text(proposal[type])), where_of(proposal, type, list.where()), list.origin(), list.note()};
}

// What AWS lets one choose (facts/aws-site-to-site-vpn.md 6.1, 2025-11).
bool aws_offers(AlgorithmRef algorithm, bool ike) {
  static constexpr std::array<std::string_view, 8> kNames = {"aes128", "aes256", "aes128gcm16", "aes256gcm16",
                                                             "sha1",   "sha256", "sha384",      "sha512"};
  const auto number = algorithm->number;
  if (algorithm->type == TransformType::Group) return number == 2 || (number == 5 && !ike) || (number >= 14 && number <= 24);
  return std::find(kNames.begin(), kNames.end(), algorithm->id) != kNames.end();
}

// The best of what the other end has: the first that is not weak, else the first. nullptr: it has none of this type.
AlgorithmRef best(const TransformSet& set) {
  const auto good = std::find_if(set.algorithms.begin(), set.algorithms.end(),
                                 [](AlgorithmRef one) { return one->strength == Strength::Good; });
  if (good != set.algorithms.end()) return *good;
  return set.empty() ? nullptr : set.algorithms.front();
}

// One algorithm of each type.
Proposal simplest(const Proposal& proposal) {
  Proposal one = proposal;
  for (const TransformType type : {TransformType::Encryption, TransformType::Integrity, TransformType::Group})
    if (const AlgorithmRef kept = best(proposal[type])) one[type].algorithms = {kept};
  return one;
}

bool can_be_set(const Endpoint& end, AlgorithmRef algorithm, bool ike) {
  if (end.side == Side::Gateway) return true;
  if (algorithm && algorithm->strength == Strength::Weak) return false;
  return end.vendor != Vendor::Aws || (algorithm && aws_offers(algorithm, ike));
}

bool is_option(TransformType type) {
  return type == TransformType::Encryption || type == TransformType::Integrity || type == TransformType::Group;
}

// What is left of a list when AWS has taken out what it does not take.
TransformSet possible(const Endpoint& end, TransformSet set, bool ike) {
  if (end.vendor == Vendor::Aws)
    std::erase_if(set.algorithms, [&](AlgorithmRef one) { return is_option(one->type) && !aws_offers(one, ike); });
  return set;
}

// AWS has lists that are added to; elsewhere one value takes the place of the other.
std::string new_value(const Endpoint& end, const TransformSet& old_set, AlgorithmRef added, bool ike) {
  const std::string id = added ? std::string(added->id) : "none";
  const TransformSet left = possible(end, old_set, ike);
  return end.vendor == Vendor::Aws && !left.empty() ? text(left) + "|" + id : id;
}

// The PRF follows from the integrity algorithm: where that changes, so does it.
bool follows_by_itself(TransformType type, const std::vector<TransformType>& different) {
  return type == TransformType::Prf && std::find(different.begin(), different.end(), TransformType::Integrity) != different.end();
}

// As its list has it: the first CHILD SA is negotiated without groups.
Proposal as_written(const Proposal& own, const Proposals& list, bool ike) {
  const auto is_own = [&](const Proposal& one) {
    return one.where == own.where && std::all_of(own.encryption.algorithms.begin(), own.encryption.algorithms.end(),
                                                 [&](AlgorithmRef cipher) { return one.encryption.has(cipher); });
  };
  const auto found = ike ? list.end() : std::find_if(list.begin(), list.end(), is_own);
  Proposal whole = own;
  if (found != list.end() && whole.groups.empty()) whole.groups = found->groups;
  return whole;
}

// A default is all that a vendor has. Written out, one algorithm of each type that the other end has too is enough.
void keep_one_in_common(Proposal& proposal, const Proposal& other) {
  for (const TransformType type : {TransformType::Encryption, TransformType::Integrity, TransformType::Group}) {
    TransformSet common;
    for (const AlgorithmRef one : proposal[type].algorithms)
      if (other[type].has(one)) common.algorithms.push_back(one);
    if (const AlgorithmRef kept = best(common)) proposal[type].algorithms = {kept};
  }
}

// One end of a comparison: its nearest proposal, its list, and where that would stand.
struct Half {
  const Endpoint& end;
  const Proposal& nearest;
  const Value<Proposals>& written;
  const Where& list;
};

// What is compared may lack the groups of the first rekey, which is to agree as well once this is mended.
std::vector<TransformType> to_be_mended(const Half& own, const Half& other, bool ike) {
  auto different = differences(own.nearest, other.nearest);
  if (ike || std::find(different.begin(), different.end(), TransformType::Group) != different.end()) return different;
  const auto groups = [](const Half& half) {
    const Proposals all = completed({as_written(half.nearest, *half.written, false)}, Protocol::Esp);
    return all.empty() ? TransformSet{} : all.front().groups;
  };
  Proposal ours, theirs;
  ours.groups = groups(own), theirs.groups = groups(other);
  const auto at_rekey = differences(ours, theirs);
  different.insert(different.end(), at_rekey.begin(), at_rekey.end());
  return different;
}

// The changes that make `own` agree with `other`; none when this end cannot.
std::vector<Change> changes(const Half& own, const Half& other, bool ike) {
  std::vector<Change> all;
  const Proposal written = as_written(own.nearest, *own.written, ike);
  Proposal mended = written;
  const Proposal others = as_written(other.nearest, *other.written, ike);
  if (!own.written.stated()) keep_one_in_common(mended, others);
  const auto different = to_be_mended(own, other, ike);
  for (const TransformType type : different) {
    const AlgorithmRef wanted = best(possible(other.end, others[type], ike));
    if (!wanted && !others[type].empty()) return {};  // nothing of it will ever be there
    const TransformSet& before = own.nearest[type].empty() ? written[type] : own.nearest[type];
    mended[type].algorithms = wanted ? std::vector{wanted} : std::vector<AlgorithmRef>{};
    if (follows_by_itself(type, different)) continue;
    if (!can_be_set(own.end, wanted, ike)) return {};
    all.push_back({own.end.side, where_of(own.nearest, type, own.list), attribute_of(type, ike), or_none(text(before)),
                   new_value(own.end, before, wanted, ike)});
  }
  for (Change& change : all) change.proposal = text(mended);
  return all;
}

void add_repair(Outcome& outcome, const Talk& talk, const Subject& subject, const Selection& selection) {
  const Half initiators{talk.initiator, *selection.initiators, subject.initiators, subject.initiators_where};
  const Half responders{talk.responder, *selection.responders, subject.responders, subject.responders_where};
  auto at_initiator = changes(initiators, responders, is_ike(subject)), at_responder = changes(responders, initiators, is_ike(subject));
  outcome.repair.at_cloud = talk.cloud_initiates() ? at_initiator : at_responder;
  outcome.repair.at_gateway = talk.cloud_initiates() ? at_responder : at_initiator;
}

std::string in_words(const std::vector<TransformType>& types) {
  std::string all;
  for (const TransformType type : types) all += (all.empty() ? "" : ", ") + std::string(name(type));
  return all;
}

// Only who answers says why it refuses.
std::vector<std::string> log_messages(const Talk& talk, const Subject& subject) {
  if (is_ike(subject)) return talk.cloud_initiates() ? std::vector<std::string>{} : std::vector<std::string>{kNoProposalByAws};
  if (talk.version == Version::Ikev1) return {kNoProposalChosen};
  if (talk.cloud_initiates()) return {kKeepingPhase1};
  return {kNoProposalChosen, kKeepingPhase1};
}

Shown shown_list(const Value<Proposals>& list) {
  return shown(list, [](const Proposals& proposals) { return text(proposals); });
}

Outcome without_nearest(const Talk& talk, const Subject& subject, Verdict verdict) {
  const std::string attribute = is_ike(subject) ? "ike-proposals" : "child-proposals";
  Outcome outcome = verdict == Verdict::Unverified ? unverified(attribute, "a proposal names what is not known here")
                                                   : fails(subject.cause, attribute, "one end has nothing that it could propose or accept");
  show(outcome, talk.initiator, shown_list(subject.initiators), shown_list(subject.responders));
  if (outcome.verdict == Verdict::Unverified) return outcome;
  const auto repair = [&](const Endpoint& end, const Value<Proposals>& own, const Value<Proposals>& others, const Where& where) {
    if (!own->empty() || others->empty()) return;
    const Change change{end.side, own.where().known() ? own.where() : where, attribute, "none", text(simplest(others->front()))};
    (end.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  };
  repair(talk.initiator, subject.initiators, subject.responders, subject.initiators_where);
  repair(talk.responder, subject.responders, subject.initiators, subject.responders_where);
  return outcome;
}

// What nothing says of AWS is not known of it.
Outcome sequence_numbers_open(const Talk& talk, const Subject& subject, const Selection& selection) {
  Outcome outcome = unverified("sequence-numbers", "one end wants extended sequence numbers; whether AWS has them is not known");
  show(outcome, talk.initiator, shown_set(*selection.initiators, TransformType::SequenceNumbers, subject.initiators),
       shown_set(*selection.responders, TransformType::SequenceNumbers, subject.responders));
  return outcome;
}

Outcome refused(const Talk& talk, const Subject& subject, const Selection& selection) {
  const auto different = differences(*selection.initiators, *selection.responders);
  const bool with_aws = talk.initiator.vendor == Vendor::Aws || talk.responder.vendor == Vendor::Aws;
  if (with_aws && different == std::vector{TransformType::SequenceNumbers}) return sequence_numbers_open(talk, subject, selection);
  Outcome outcome = fails(subject.cause, attribute_of(different.front(), is_ike(subject)), "nothing in common: " + in_words(different));
  show(outcome, talk.initiator, shown_set(*selection.initiators, different.front(), subject.initiators),
       shown_set(*selection.responders, different.front(), subject.responders));
  outcome.log_messages = log_messages(talk, subject);
  add_repair(outcome, talk, subject, selection);
  return outcome;
}

Outcome judge(const Talk& talk, const Subject& subject) {
  const bool ike = is_ike(subject);
  if (!subject.initiators.known() || !subject.responders.known()) {
    const auto& missing = subject.initiators.known() ? subject.responders : subject.initiators;
    Outcome outcome = unverified(ike ? "ike-proposals" : "child-proposals", "proposals are not known: " + missing.note());
    show(outcome, talk.initiator, shown_list(subject.initiators), shown_list(subject.responders));
    return outcome;
  }
  const Selection selection = select(*subject.initiators, *subject.responders, subject.exchange, talk.version);
  if (selection.verdict == Verdict::Agrees) return agrees(text(*selection.chosen));
  if (selection.verdict == Verdict::Unverified || !selection.initiators) return without_nearest(talk, subject, selection.verdict);
  return refused(talk, subject, selection);
}

template <class T>
bool both_known_and_differ(const Value<T>& a, const Value<T>& b) {
  return a.known() && b.known() && *a != *b;
}

template <class T>
Outcome differing(const Talk& talk, const char* attribute, const Value<T>& own, const Value<T>& peers) {
  const auto to_text = [](T value) { return name(value); };
  Outcome outcome = fails("child-proposal-mismatch", attribute, "the two differ");
  show(outcome, talk.initiator, shown(own, to_text), shown(peers, to_text));
  const auto change = [&](const Endpoint& end, const Value<T>& from, const Value<T>& to) {
    if (end.vendor == Vendor::Aws) return;  // has no such option
    auto& changes = end.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway;
    const Where& where = from.where().known() ? from.where() : end.where;
    changes.push_back({end.side, where, attribute, std::string(name(*from)), std::string(name(*to))});
  };
  change(talk.initiator, own, peers);
  change(talk.responder, peers, own);
  return outcome;
}

// Whoever is to use ESP needs a cipher, too.
Outcome protocols_differ(const Talk& talk, const Child& own, const Child& peers) {
  Outcome outcome = differing(talk, "child-protocol", own.protocol, peers.protocol);
  const Child& with_esp = own.protocol.is(SecurityProtocol::Esp) ? own : peers;
  if (!with_esp.proposals.known() || with_esp.proposals->empty()) return outcome;
  for (std::vector<Change>* changes : {&outcome.repair.at_cloud, &outcome.repair.at_gateway})
    for (Change& change : *changes)
      if (change.new_value == name(SecurityProtocol::Esp)) change.proposal = text(simplest(with_esp.proposals->front()));
  return outcome;
}

// In IKEv1 the mode is part of the proposal; in IKEv2 one asks for another than tunnel mode, and the peer may leave that out.
Outcome mode_is_open(const Talk& talk, const Child& own, const Child& peers) {
  const Endpoint& asking = own.mode.is(ChildMode::Tunnel) ? talk.responder : talk.initiator;
  const Child& askings = own.mode.is(ChildMode::Tunnel) ? peers : own;
  const auto to_text = [](ChildMode mode) { return name(mode); };
  Outcome outcome = unverified("child-mode", whose(asking.side) + " end is set to " + std::string(name(*askings.mode)) +
                                             " mode, which its peer does not use: it falls back to the peer's mode, or refuses");
  show(outcome, talk.initiator, shown(own.mode, to_text), shown(peers.mode, to_text));
  return outcome;
}

bool meet(const Value<Selectors>& a, const Value<Selectors>& b) {
  return a.known() && b.known() && overlap(*a, *b);
}

Outcome no_child(const Talk& talk, const Endpoint& without) {
  Outcome outcome = unverified("child-proposals", whose(without.side) + " configuration has no CHILD SA that could be read");
  show(outcome, talk.initiator, {}, {});
  return outcome;
}

Subject subject_of(const Child& own, const Child& peers, Exchange exchange, const char* cause) {
  return {own.proposals, peers.proposals, own.where, peers.where, exchange, cause};
}

// Said, and not understood. What nobody speaks of is ESP in tunnel mode everywhere.
template <class T>
bool is_open(const Value<T>& value) {
  return !value.known() && value.where().known();
}

template <class T>
Outcome open_value(const Talk& talk, const char* attribute, const Value<T>& own, const Value<T>& peers) {
  const auto to_text = [](T value) { return name(value); };
  Outcome outcome = unverified(attribute, std::string(attribute) + " is not known: " + (is_open(own) ? own : peers).note());
  show(outcome, talk.initiator, shown(own, to_text), shown(peers, to_text));
  return outcome;
}

Outcome first_child(const Talk& talk, const Child& own) {
  const Child& peers = *counterpart(talk.responder, own);
  Outcome sure = agrees();
  if (is_open(own.protocol) || is_open(peers.protocol)) sure = open_value(talk, "child-protocol", own.protocol, peers.protocol);
  else if (is_open(own.mode) || is_open(peers.mode)) sure = open_value(talk, "child-mode", own.mode, peers.mode);
  if (both_known_and_differ(own.protocol, peers.protocol)) return protocols_differ(talk, own, peers);
  const bool modes_differ = both_known_and_differ(own.mode, peers.mode);
  if (modes_differ && talk.version == Version::Ikev1) return differing(talk, "child-mode", own.mode, peers.mode);
  Outcome proposals = judge(talk, subject_of(own, peers, Exchange::FirstChild, "child-proposal-mismatch"));
  if (sure.verdict == Verdict::Unverified) return worst(std::move(sure), std::move(proposals));
  return modes_differ ? worst(mode_is_open(talk, own, peers), std::move(proposals)) : proposals;
}

}  // namespace

const Child* counterpart(const Endpoint& responder, const Child& initiators) {
  for (const Child& own : responder.children)
    if (meet(own.local, initiators.remote) && meet(own.remote, initiators.local)) return &own;
  return responder.children.empty() ? nullptr : &responder.children.front();
}

Outcome judge_ike_proposal(const Talk& talk) {
  return judge(talk, {talk.initiator.proposals, talk.responder.proposals, talk.initiator.where, talk.responder.where, Exchange::Ike,
                      "ike-proposal-mismatch"});
}

Outcome judge_child_proposal(const Talk& talk) {
  for (const Endpoint* end : {&talk.initiator, &talk.responder})
    if (end->children.empty()) return no_child(talk, *end);
  Outcome outcome = first_child(talk, talk.initiator.children.front());
  for (std::size_t i = 1; i < talk.initiator.children.size(); ++i)
    outcome = worst(std::move(outcome), first_child(talk, talk.initiator.children[i]));
  return outcome;
}

Outcome judge_rekey_proposal(const Talk& talk) {
  Outcome outcome = agrees();
  for (const Child& own : talk.initiator.children) {
    const Child* peers = counterpart(talk.responder, own);
    if (!peers) return no_child(talk, talk.responder);
    if (own.lifetime.rekeys.is(false) && peers->lifetime.rekeys.is(false)) continue;
    outcome = worst(std::move(outcome), judge(talk, subject_of(own, *peers, Exchange::ChildRekey, "rekey-failure")));
  }
  if (outcome.attribute == "pfs-group" && outcome.verdict == Verdict::Fails) outcome.cause = "pfs-mismatch";
  return outcome;
}

}  // namespace tunnelscope::diag::config
