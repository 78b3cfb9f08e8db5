// The first three stages: whether the two know each other's addresses, speak the same IKE version, and for IKEv1 the same mode.
#include <algorithm>
#include <optional>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

std::string to_text(const Addresses& addresses) { return text(addresses); }

// Whether an end that is at `actual` is where, or comes from where, its peer has `expected` it.
Verdict meets(const Value<Addresses>& actual, const Value<Addresses>& expected) {
  if (!actual.known() || !expected.known()) return Verdict::Unverified;
  const auto address = actual->single();
  if (expected->any) return Verdict::Agrees;
  if (!address) return Verdict::Unverified;
  if (expected->accepts(*address)) return Verdict::Agrees;
  // Behind a NAT the peer sees another address, which neither end has in its configuration.
  const auto wanted = expected->single();
  const bool nat = is_private(*address) && (!wanted || !is_private(*wanted));
  return nat || !expected->names.empty() ? Verdict::Unverified : Verdict::Fails;
}

std::string why_unverified(const Value<Addresses>& actual, const Value<Addresses>& expected, const Endpoint& end) {
  for (const Value<Addresses>* value : {&actual, &expected})
    if (!value->known()) return "an outside address is not known: " + value->note();
  const auto address = actual->single();
  const char* off = end.nat_traversal.is(NatTraversal::Off) ? ", and its NAT traversal is off: few NATs let ESP pass without it" : "";
  if (address && is_private(*address))
    return whose(end.side) + " address is private: what a NAT makes of it is in neither configuration" + off;
  if (!address) return whose(end.side) + " own address is not one fixed address in its configuration";
  return "a name stands for " + whose(end.side) + " address";
}

// The address of `end`, and what `peer` has for it.
Outcome address_of(const Endpoint& end, const Endpoint& peer) {
  const Verdict verdict = meets(end.local_addresses, peer.remote_addresses);
  if (verdict == Verdict::Agrees) return agrees();
  Outcome outcome = verdict == Verdict::Unverified
                        ? unverified("outside-address", why_unverified(end.local_addresses, peer.remote_addresses, end))
                        : fails("peer-address-mismatch", "outside-address",
                                whose(end.side) + " address is not the one that its peer has for it");
  show(outcome, end, shown(end.local_addresses, to_text), shown(peer.remote_addresses, to_text));
  if (verdict == Verdict::Unverified) return outcome;
  const Change change{peer.side, peer.remote_addresses.where(), "outside-address", text(*peer.remote_addresses),
                      text(*end.local_addresses)};
  (peer.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  return outcome;
}

// "%any" is an address to accept, not one to call.
Outcome can_be_called(const Talk& talk) {
  const auto& called = talk.initiator.remote_addresses;
  if (!called.known() || called->single() || !called->names.empty()) return agrees();
  return unverified("outside-address", whose(talk.initiator.side) + " peer is not one fixed address: it can only be called");
}

std::string to_text_of(Versions versions) { return text(versions); }
std::string to_text_of_modes(Modes modes) { return text(modes); }

bool shares(Versions a, Versions b) { return (a.ikev1 && b.ikev1) || (a.ikev2 && b.ikev2); }

Versions only(Version version) { return {version == Version::Ikev1, version == Version::Ikev2}; }

// By its own doing, at the start or when its peer was found dead.
bool never_begins(const Endpoint& end) {
  const auto waits = [&](const Child& child) {
    const auto& start = start_action(end, child);
    const auto& down = dpd_action(end, child);
    return start.is(StartAction::Wait) && (down.is(DownAction::Clear) || down.is(DownAction::None));
  };
  return end.children.empty() ? waits({}) : std::all_of(end.children.begin(), end.children.end(), waits);
}

// Whoever answers one more version goes on to begin in the old one where it begins, too; then there must be that one version alone.
Versions to_be_answered(const Talk& talk, Versions sent) {
  const Versions answered = *talk.responder.accepts, begun = talk.responder.initiates.value_or({});
  const bool refused = begun != Versions{} && !never_begins(talk.responder) && talk.initiator.accepts.known() &&
                       !shares(begun, *talk.initiator.accepts);
  return refused ? sent : Versions{answered.ikev1 || sent.ikev1, answered.ikev2 || sent.ikev2};
}

// What one begins in; of an end that never begins what it would answer.
const Value<Versions>& spoken(const Endpoint& initiator) { return initiator.initiates.is(Versions{}) ? initiator.accepts : initiator.initiates; }

void add_version_repair(Outcome& outcome, const Talk& talk) {
  const Versions wanted = talk.responder.accepts->ikev2 ? only(Version::Ikev2) : *talk.responder.accepts;
  const Versions begun = spoken(talk.initiator).value_or({});
  const Versions sent = begun.ikev2 ? only(Version::Ikev2) : begun;
  const Change at_initiator{talk.initiator.side, talk.initiator.initiates.where(), "ike-version", text(*talk.initiator.initiates),
                            text(wanted)};
  const Change at_responder{talk.responder.side, talk.responder.accepts.where(), "ike-version", text(*talk.responder.accepts),
                            text(to_be_answered(talk, sent))};
  const auto repair = [&](const Change& change) {
    if (change.new_value != text(Versions{})) (change.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway) = {change};
  };
  repair(at_initiator);
  repair(at_responder);
}

}  // namespace

Outcome judge_peer_address(const Talk& talk) {
  const Outcome initiators = address_of(talk.initiator, talk.responder), responders = address_of(talk.responder, talk.initiator);
  if (initiators.verdict == Verdict::Fails) return initiators;
  if (responders.verdict == Verdict::Fails) return responders;
  if (initiators.verdict == Verdict::Unverified) return initiators;
  return responders.verdict == Verdict::Unverified ? responders : can_be_called(talk);
}

Outcome judge_ike_version(const Talk& talk) {
  const auto& sent = talk.initiator.initiates;
  const auto& accepted = talk.responder.accepts;
  Outcome outcome;
  if (!sent.known() || !accepted.known())
    outcome = unverified("ike-version", "an IKE version is not known: " + (sent.known() ? accepted : sent).note());
  else if (shares(*sent, *accepted))
    return agrees(text(sent->ikev2 && accepted->ikev2 ? only(Version::Ikev2) : only(Version::Ikev1)));
  else
    outcome = fails("ike-version-mismatch", "ike-version", whose(talk.initiator.side) + " IKE version is not one that its peer answers");
  show(outcome, talk.initiator, shown(spoken(talk.initiator), to_text_of), shown(accepted, to_text_of));
  if (outcome.verdict == Verdict::Fails) add_version_repair(outcome, talk);
  return outcome;
}

Outcome judge_ike_mode(const Talk& talk) {
  if (talk.version == Version::Ikev2) return agrees();
  const auto& sent = talk.initiator.initiates_modes;
  const auto& accepted = talk.responder.accepts_modes;
  Outcome outcome;
  if (!sent.known() || !accepted.known())
    outcome = unverified("ike-mode", "the mode of Phase 1 is not known: " + (sent.known() ? accepted : sent).note());
  else if ((sent->main && accepted->main) || (sent->aggressive && accepted->aggressive))
    return agrees(text(*sent));
  else
    outcome = fails("ike-mode-mismatch", "ike-mode", whose(talk.initiator.side) + " mode of Phase 1 is not one that its peer answers");
  show(outcome, talk.initiator, shown(sent, to_text_of_modes), shown(accepted, to_text_of_modes));
  if (outcome.verdict != Verdict::Fails) return outcome;
  // Main mode is what every peer has: whoever begins in another changes, or whoever does not answer it.
  const bool initiator_changes = accepted->main;
  const Endpoint& changing = initiator_changes ? talk.initiator : talk.responder;
  const Value<Modes>& own = initiator_changes ? sent : accepted;
  const std::string wanted = initiator_changes || sent->main ? "main" : text(*sent);
  const Change change{changing.side, own.where(), "ike-mode", text(*own), wanted};
  (changing.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  return outcome;
}

}  // namespace tunnelscope::diag::config
