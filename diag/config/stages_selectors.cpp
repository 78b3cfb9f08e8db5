// Traffic selectors: what of both ends' wishes is left. Shown from one point of view: the cloud's networks === the gateway's.
#include <algorithm>

#include "diag/config/stages.hpp"

namespace tunnelscope::diag::config {
namespace {

constexpr const char* kRefusedByGateway = "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder";
constexpr const char* kKeepingPhase1 = "AWS tunnel Phase 2 was unable to establish while keeping Phase 1";

const Value<Selectors>& of_cloud(const Endpoint& end, const Child& child) {
  return end.side == Side::Cloud ? child.local : child.remote;
}

const Value<Selectors>& of_gateway(const Endpoint& end, const Child& child) {
  return end.side == Side::Cloud ? child.remote : child.local;
}

std::string pair_text(const Selectors& cloud, const Selectors& gateway) { return text(cloud) + " === " + text(gateway); }

Shown shown_pair(const Endpoint& end, const Child& child) {
  const auto& cloud = of_cloud(end, child);
  const auto& gateway = of_gateway(end, child);
  const Value<Selectors>& telling = child.remote.known() ? child.local : child.remote;
  const bool known = cloud.known() && gateway.known();
  return {known ? pair_text(*cloud, *gateway) : "", telling.where(), telling.origin(), telling.note()};
}

void show_pair(Outcome& outcome, const Talk& talk, const Child& own, const Child& peers) {
  show(outcome, talk.initiator, shown_pair(talk.initiator, own), shown_pair(talk.responder, peers));
}

// IKEv1 carries one selector for each end.
Selectors sent(const Selectors& configured, Version version) {
  return version == Version::Ikev2 || configured.empty() ? configured : Selectors{configured.front()};
}

struct Narrowed {
  Selectors cloud, gateway;
  bool none() const { return cloud.empty() || gateway.empty(); }
  // A packet has one protocol, and must fit a selector of either end.
  bool some_packet_fits() const {
    return std::any_of(cloud.begin(), cloud.end(), [&](const Selector& a) {
      return std::any_of(gateway.begin(), gateway.end(),
                         [&](const Selector& b) { return a.protocol == 0 || b.protocol == 0 || a.protocol == b.protocol; });
    });
  }
};

Narrowed narrowed(const Talk& talk, const Child& own, const Child& peers) {
  return {intersection(sent(*of_cloud(talk.initiator, own), talk.version), *of_cloud(talk.responder, peers)),
          intersection(sent(*of_gateway(talk.initiator, own), talk.version), *of_gateway(talk.responder, peers))};
}

std::string remark(const Narrowed& left, const Talk& talk, const Child& own, const Child& peers) {
  std::string all;
  const auto add = [&](const Endpoint& end, const Child& child) {
    if (left.cloud == *of_cloud(end, child) && left.gateway == *of_gateway(end, child)) return;
    all += (all.empty() ? "" : "; ") + whose(end.side) + " selectors are narrowed: the rest of " +
           pair_text(*of_cloud(end, child), *of_gateway(end, child)) + " does not go into the tunnel";
  };
  add(talk.cloud(), talk.cloud_initiates() ? own : peers);
  add(talk.gateway(), talk.cloud_initiates() ? peers : own);
  return all;
}

// AWS has one network for each end, of the IP version of the tunnels inside.
void add_change(std::vector<Change>& changes, const Endpoint& end, const char* attribute, const Value<Selectors>& own,
                const Value<Selectors>& wanted) {
  if (wanted->empty()) return;
  const bool other_family = !own->empty() && own->front().addresses.first.v6 != wanted->front().addresses.first.v6;
  if (end.vendor == Vendor::Aws && other_family) return;
  const std::string one_of_them = text(Selectors{wanted->front()});
  const std::string wanted_here = end.vendor == Vendor::Aws ? one_of_them : text(*wanted);
  if (!overlap(*own, *wanted)) changes.push_back({end.side, own.where(), attribute, text(*own), wanted_here});
}

void add_repair(Outcome& outcome, const Talk& talk, const Child& own, const Child& peers) {
  const auto at = [](const Endpoint& end, const Child& child, const Child& other) {
    std::vector<Change> changes;
    add_change(changes, end, "local-selectors", child.local, other.remote);
    add_change(changes, end, "remote-selectors", child.remote, other.local);
    return changes;
  };
  const auto at_initiator = at(talk.initiator, own, peers), at_responder = at(talk.responder, peers, own);
  outcome.repair.at_cloud = talk.cloud_initiates() ? at_initiator : at_responder;
  outcome.repair.at_gateway = talk.cloud_initiates() ? at_responder : at_initiator;
}

// For an end that narrows nothing: what the other end has.
void add_equal_selectors(Outcome& outcome, const Talk& talk, const Child& own, const Child& peers) {
  const auto at = [](const Endpoint& end, const Child& child, const Child& other) {
    std::vector<Change> changes;
    if (*child.local != *other.remote)
      changes.push_back({end.side, child.local.where(), "local-selectors", text(*child.local), text(*other.remote)});
    if (*child.remote != *other.local)
      changes.push_back({end.side, child.remote.where(), "remote-selectors", text(*child.remote), text(*other.local)});
    return changes;
  };
  (talk.initiator.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway) = at(talk.initiator, own, peers);
  (talk.responder.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway) = at(talk.responder, peers, own);
}

Outcome unknown_pair(const Talk& talk, const Child& own, const Child& peers) {
  Outcome outcome = unverified("traffic-selectors", "traffic selectors are not known");
  for (const Value<Selectors>* value : {&own.local, &own.remote, &peers.local, &peers.remote})
    if (!value->known()) {
      outcome.reason += ": " + value->note();
      break;
    }
  show_pair(outcome, talk, own, peers);
  return outcome;
}

// The SA pair comes up, and carries nothing.
Outcome nothing_fits(const Talk& talk, const Child& own, const Child& peers) {
  Outcome outcome = fails("traffic-selector-mismatch", "traffic-selectors",
                          "no packet fits what is left of the selectors: its protocol would have to be two at once");
  show_pair(outcome, talk, own, peers);
  add_equal_selectors(outcome, talk, own, peers);
  return outcome;
}

Outcome judge_pair(const Talk& talk, const Child& own, const Child& peers) {
  for (const Value<Selectors>* value : {&own.local, &own.remote, &peers.local, &peers.remote})
    if (!value->known()) return unknown_pair(talk, own, peers);
  const Narrowed left = narrowed(talk, own, peers);
  if (!left.none() && !left.some_packet_fits()) return nothing_fits(talk, own, peers);
  if (!left.none()) return agrees(pair_text(left.cloud, left.gateway), remark(left, talk, own, peers));
  Outcome outcome = fails("traffic-selector-mismatch", "traffic-selectors", "the selectors have nothing in common");
  show_pair(outcome, talk, own, peers);
  if (talk.version == Version::Ikev2) outcome.log_messages = {talk.cloud_initiates() ? kRefusedByGateway : kKeepingPhase1};
  add_repair(outcome, talk, own, peers);
  return outcome;
}

bool may_overlap(const Value<Selectors>& a, const Value<Selectors>& b) { return !a.known() || !b.known() || overlap(*a, *b); }

// Whether some SA pair can come up at all.
bool some_meet(const Endpoint& one, const Endpoint& other) {
  if (one.children.empty()) return true;
  return std::any_of(one.children.begin(), one.children.end(), [&](const Child& a) {
    return std::any_of(other.children.begin(), other.children.end(),
                       [&](const Child& b) { return may_overlap(a.local, b.remote) && may_overlap(a.remote, b.local); });
  });
}

// Against an end that keeps one SA pair, each further pair of the other end takes the place of the one before.
Outcome replacing_each_other(const Endpoint& single, const Endpoint& several) {
  Outcome outcome = fails("sa-churn", "traffic-selectors", whose(several.side) + " end has " + std::to_string(several.children.size()) +
                          " SA pairs and its peer keeps one: each takes the place of the one before");
  const auto first = [](const Endpoint& end) { return end.children.empty() ? Shown{} : shown_pair(end, end.children.front()); };
  Shown all;
  for (const Child& child : several.children) {
    const Shown pair = shown_pair(several, child);
    all.value += (all.value.empty() ? "" : "; ") + pair.value;
    if (!all.where.known()) all = {all.value, pair.where, pair.origin, pair.note};
  }
  show(outcome, single, first(single), all);
  const Change change{several.side, all.where, "traffic-selectors", all.value, "one pair alone, " + first(single).value};
  (several.side == Side::Cloud ? outcome.repair.at_cloud : outcome.repair.at_gateway).push_back(change);
  return outcome;
}

// What an end that does not narrow refuses: another offer than its own selectors, or less than it has offered.
bool refuses_to_narrow(const Talk& talk, const Child& own, const Child& peers) {
  if (talk.version != Version::Ikev2) return false;
  const bool as_offered = *own.local == *peers.remote && *own.remote == *peers.local;
  const Narrowed left = narrowed(talk, own, peers);
  const bool all_is_left = left.cloud == *of_cloud(talk.initiator, own) && left.gateway == *of_gateway(talk.initiator, own);
  return (peers.narrows.is(false) && !as_offered) || (own.narrows.is(false) && !all_is_left);
}

Outcome judge_narrowing(const Talk& talk, const Child& own, const Child& peers) {
  const Outcome met = judge_pair(talk, own, peers);
  if (met.verdict != Verdict::Agrees || !refuses_to_narrow(talk, own, peers)) return met;
  const bool is_responder = peers.narrows.is(false);
  const Endpoint& strict = is_responder ? talk.responder : talk.initiator;
  if ((is_responder ? peers : own).narrows.origin() != Origin::Stated)  // a default that no document of the lab or of a vendor proves
    return unverified("traffic-selectors", "the selectors differ, and " + whose(strict.side) + " end may not narrow them: narrowing is not stated");
  Outcome outcome = fails("traffic-selector-mismatch", "traffic-selectors",
                          "the selectors differ, and " + whose(strict.side) + " end does not narrow them (narrowing=no)");
  show_pair(outcome, talk, own, peers);
  outcome.log_messages = {talk.cloud_initiates() ? kRefusedByGateway : kKeepingPhase1};
  add_equal_selectors(outcome, talk, own, peers);
  return outcome;
}

Outcome no_child() { return unverified("traffic-selectors", "one end has no CHILD SA that could be read"); }

}  // namespace

Outcome judge_traffic_selectors(const Talk& talk) {
  for (const Endpoint* end : {&talk.initiator, &talk.responder}) {
    const Endpoint& other = end == &talk.initiator ? talk.responder : talk.initiator;
    if (end->single_child.is(true) && other.children.size() > 1 && some_meet(*end, other)) return replacing_each_other(*end, other);
  }
  if (talk.initiator.children.empty() || talk.responder.children.empty()) return no_child();
  Outcome outcome = judge_narrowing(talk, talk.initiator.children.front(), *counterpart(talk.responder, talk.initiator.children.front()));
  for (std::size_t i = 1; i < talk.initiator.children.size(); ++i) {
    const Child& own = talk.initiator.children[i];
    outcome = worst(std::move(outcome), judge_narrowing(talk, own, *counterpart(talk.responder, own)));
  }
  return outcome;
}

}  // namespace tunnelscope::diag::config
