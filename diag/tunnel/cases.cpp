// Tested through judge_test.cpp and tunnel_cases_test.cpp.
#include "diag/tunnel/cases.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

constexpr std::size_t kContradictionsToBelieve = 3;
constexpr std::int64_t kCollisionResolution = 7;  // Cease 6/7 (RFC 4486): both ends had connected at once
constexpr Duration kSameRefusal = 2 * kSecond;    // records of one refusal
constexpr Duration kSameRenewal = 5 * kSecond;    // records of an SA that takes another's place
constexpr Duration kLongBringUp = 5 * kMinute;    // a log that begins with a tunnel down for longer begins in an outage
constexpr Duration kLastOfOldSa = 3 * kMinute;    // an IKE SA is given up 165 s after the first unanswered request (strongSwan) at the latest
constexpr Duration kReasonHolds = 15 * kMinute;   // failures without a reason of their own have the last one's

// The signals that cases are cut by, looked up once a tunnel.
struct Words {
  explicit Words(const Signals& signals)
      : ike_deleted(signals[kPeerDeletedIkeSa]), child_deleted(signals[kPeerDeletedChildSa]), no_proposal(signals[kNoProposal]),
        child_failed(signals[kChildFailed]), ts_unacceptable(signals[kTsUnacceptable]), left_up(signals[kLeftUp]),
        outage(signals[kOutage]), down_at_end(signals[kDownAtEnd]), gave_up(signals[kDpdTimeout]), half_open(signals[kHalfOpenTimeout]),
        successors{signals[kIkeInitRequestReceived], signals[kIkeInitRequestSent],   signals[kIkeInitResponseSent],
                   signals[kIkeInitResponseReceived], signals[kIkeAuthRequestReceived], signals[kIkeAuthRequestSent],
                   signals[kIkeAuthResponseSent],    signals[kIkeAuthResponseReceived], signals[kChildRequestReceived],
                   signals[kChildRequestSent],       signals[kChildResponseSent],    signals[kChildResponseReceived]},
        first_exchanges{successors.begin(), successors.begin() + 8}, cease{signals[kBgpCeaseReceived], signals[kBgpCeaseSent]}, phase2_refusals{no_proposal, child_failed, ts_unacceptable} {}
  SignalIndex ike_deleted, child_deleted, no_proposal, child_failed, ts_unacceptable, left_up, outage, down_at_end, gave_up, half_open;
  std::vector<SignalIndex> successors;  // exchanges by which another SA takes the place of the one that is deleted
  std::vector<SignalIndex> first_exchanges;  // those of an IKE SA that is being made
  std::vector<SignalIndex> cease;
  std::vector<SignalIndex> phase2_refusals;
};

bool says(SignalIndex signal, SignalIndex word) { return signal == word && signal != kNoSignal; }

bool has_successor(const History& h, Time time, const Words& words) {
  const auto& events = h.log->events;
  for (std::size_t i = first_at_or_after(events, time - kSameRenewal); i < events.size() && events[i].time <= time + kSameRenewal; ++i)
    if (contains(words.successors, events[i].signal)) return true;
  return false;
}

// A DELETE after which its phase is still up is part of a rekey and says nothing about an outage near it. The states may follow a DELETE
// late, where no other SA took the place of the one that went. (IKEv1 logs no exchange that would tell.)
bool is_housekeeping(const History& h, std::size_t i, const Words& words, const Limits& limits) {
  const auto& events = h.log->events;
  const bool of_ike_sa = events[i].signal == words.ike_deleted;
  if (!of_ike_sa && events[i].signal != words.child_deleted) return false;
  const bool may_lag = h.version == IkeVersion::V2 && !has_successor(h, events[i].time, words);
  const Time last = events[i].time + (may_lag ? limits.onset_before : limits.onset_after);
  for (std::size_t j = i; j < events.size() && events[j].time <= last; ++j) {
    const PhaseState phase = of_ike_sa ? h.states[j].phase1 : h.states[j].phase2;
    if (!is_up(phase)) return false;
  }
  return true;
}

// A session stood when both ends had settled which one it is, or there was no time for that yet.
bool resolves_collision(const History& h, std::size_t i, const Limits& limits) {
  const auto& events = h.log->events;
  if (events[i].number != kCollisionResolution) return false;
  const Time last = events[i].time + limits.bgp_settle;
  for (std::size_t j = i; j < events.size() && events[j].time <= last; ++j)
    if (h.states[j].bgp == BgpState::Up) return true;
  return h.now < last;
}

// Whether it is a new IKE SA that was given up: one was being made, and the old one had been gone for so long that this is not its end.
bool gives_up_negotiation(const History& h, std::size_t i, const Words& words) {
  const auto& events = h.log->events;
  bool negotiated = false;
  for (std::size_t j = i; j-- > 0 && events[j].time >= events[i].time - kLastOfOldSa;) {
    if (says(events[j].signal, words.ike_deleted)) break;
    if (h.states[j].phase1 == PhaseState::Unknown || is_up(h.states[j].phase1)) return false;
    negotiated = negotiated || h.states[j].phase1 == PhaseState::Negotiating || contains(words.first_exchanges, events[j].signal);
  }
  return negotiated;
}

// The message signal of one event, as its case makes it clear.
Occurrence seen_in_case(const History& h, std::size_t i, const Words& words) {
  Occurrence o = occurrence(h, i);
  if (says(o.signal, words.gave_up) && gives_up_negotiation(h, i, words)) o.signal = words.half_open;
  return o;
}

void see(Case& c, const History& h, Time from, const Words& words, const Limits& limits) {
  const auto& events = h.log->events;
  for (std::size_t i = first_at_or_after(events, from); i < events.size() && events[i].time <= c.end; ++i) {
    const bool is_harmless = contains(words.cease, events[i].signal) && resolves_collision(h, i, limits);
    if (events[i].signal == kNoSignal || is_harmless || is_housekeeping(h, i, words, limits)) continue;
    c.seen.push_back(seen_in_case(h, i, words));
  }
}

// A refused rekey brings the tunnel down only when the old CHILD SA expires: refusals on the same IKE SA belong to it.
void add_refused_rekeys(Case& c, const History& h, const Spell& spell, Time from, Time not_before, const Words& words,
                        const Limits& limits) {
  if (spell.first_event == 0) return;
  const std::uint32_t ike_sa = h.states[spell.first_event - 1].ike_sa;
  const Duration longer = h.facts != nullptr && h.facts->phase2_lifetime ? *h.facts->phase2_lifetime - limits.phase2_lifetime : 0;
  const Time earliest = std::max(not_before, spell.start - limits.phase2_to - longer);
  for (std::size_t i = first_at_or_after(h.log->events, from); i-- > 0 && h.log->events[i].time >= earliest;) {
    const SignalIndex signal = h.log->events[i].signal;
    if (contains(words.phase2_refusals, signal) && h.states[i].ike_sa == ike_sa && h.states[i].child_was_up)
      c.seen.push_back(occurrence(h, i));
  }
}

// "Phase 2 failed" says what, not why: where selectors were refused on the same IKE SA shortly before, it says no more. And no proposal
// while Phase 1 alone is being renewed is about Phase 1.
void name_refusals(Case& c, const History& h, const Words& words) {
  std::vector<Occurrence> reasons;
  for (Occurrence& o : c.seen) {
    const bool phase1_alone = o.phase1 == PhaseState::Rekeying && o.phase2 == PhaseState::Established;
    if (says(o.signal, words.no_proposal) && phase1_alone) o.phase1 = PhaseState::Negotiating;
    if (says(o.signal, words.ts_unacceptable) || says(o.signal, words.no_proposal)) reasons.push_back(o);
  }
  const auto earlier = [](const Occurrence& a, const Occurrence& b) { return std::tie(a.time, a.event) < std::tie(b.time, b.event); };
  std::sort(reasons.begin(), reasons.end(), earlier);
  std::erase_if(c.seen, [&](const Occurrence& o) {
    if (!says(o.signal, words.child_failed)) return false;
    const auto after = std::upper_bound(reasons.begin(), reasons.end(), o.time + kSameRefusal,
                                        [](Time time, const Occurrence& reason) { return time < reason.time; });
    if (after == reasons.begin()) return false;
    const Occurrence& reason = *std::prev(after);
    const bool is_recent = o.time - reason.time <= kReasonHolds;
    return is_recent && says(reason.signal, words.ts_unacceptable) && h.states[reason.event].ike_sa == h.states[o.event].ike_sa;
  });
}

// Phase 1 was away for seconds over a Phase 2 that lived all the while: nothing dropped, it was made anew.
bool is_renewal(const History& h, const Spell& spell) {
  if (spell.is_outage || !spell.phase1_left) return false;
  const auto from = h.states.begin() + static_cast<std::ptrdiff_t>(spell.first_event), to = h.states.begin() + static_cast<std::ptrdiff_t>(spell.end_event);
  return std::all_of(from, to, [](const State& state) { return is_up(state.phase2); });
}

// When AWS gave up, where that is the last that was logged before: the states of the record itself lag behind it, and until somebody
// negotiates anew nothing may be logged. kNoTime: it is not.
Time gave_up_before(const History& h, const Spell& spell, const Words& words) {
  if (spell.first_event == 0) return kNoTime;
  const std::size_t last = spell.first_event - 1;
  const bool gave_up = says(h.log->events[last].signal, words.gave_up) && !gives_up_negotiation(h, last, words);
  return gave_up ? h.log->events[last].time : kNoTime;
}

Case outage_case(const History& h, const Spell& spell, Time not_before, const Words& words, const Limits& limits) {
  Case c;
  c.kind = spell.is_outage ? CaseKind::Outage : CaseKind::Interruption;
  c.start = spell.start;
  c.end = spell.end.value_or(h.now);
  c.ongoing = !spell.end;
  c.left_up = spell.left_up && !is_renewal(h, spell);
  c.first_event = spell.first_event;
  const bool ipsec_followed = spell.ipsec_start != kNoTime && spell.ipsec_start > spell.start &&
                              spell.ipsec_start - spell.start <= limits.bgp_settle;
  if (ipsec_followed) c.second_onset = spell.ipsec_start;
  if (spell.ipsec_start != kNoTime) c.ipsec_again = spell.ipsec_end;

  Time from = std::max(spell.start - limits.onset_before, not_before);
  if (const Time gave_up = gave_up_before(h, spell, words); gave_up != kNoTime && gave_up >= not_before && gave_up < from) {
    if (c.second_onset == kNoTime) c.second_onset = gave_up;
    from = gave_up;
  }
  see(c, h, from, words, limits);
  add_refused_rekeys(c, h, spell, from, not_before, words, limits);
  name_refusals(c, h, words);
  if (c.left_up) c.seen.push_back(found(h, words.left_up, spell.first_event));
  const bool is_told = c.left_up || c.ongoing || c.end - c.start >= kLongBringUp;
  if (spell.is_outage && is_told) c.seen.push_back(found(h, words.outage, spell.first_event));
  if (c.ongoing) c.seen.push_back(found(h, words.down_at_end, spell.first_event));
  return c;
}

// The records from which on Phase 1 was gone over a live Phase 2 (IKEv1), and the first record after each such time.
struct Decline {
  std::size_t first = 0, end = 0;
};
std::vector<Decline> declines(const History& h) {
  std::vector<Decline> list;
  for (std::size_t i = 0; i < h.states.size(); ++i) {
    if (h.states[i].health != Health::Degraded) continue;
    if (list.empty() || list.back().end != i) list.push_back({i, i});
    list.back().end = i + 1;
  }
  return list;
}

// Phase 1 that went first is how the outage began to begin; else it is a case of its own, unless Phase 1 was merely
// renewed.
void add_declines(Subject& s, const Words& words, const Limits& limits, Time since) {
  const History& h = s.history;
  std::vector<Case> degraded;
  for (const Decline& d : declines(h)) {
    Case c;
    c.kind = CaseKind::Degraded;
    c.start = h.log->events[d.first].time;
    c.ongoing = d.end == h.states.size();
    c.end = c.ongoing ? h.now : h.log->events[d.end].time;
    c.left_up = d.first > 0;
    c.first_event = d.first;
    if (c.end < since || (c.end - c.start < limits.grace && !c.ongoing)) continue;
    const auto outage = std::find_if(s.cases.begin(), s.cases.end(), [&](const Case& o) { return o.first_event == d.end; });
    see(c, h, c.start - limits.onset_before, words, limits);
    if (outage == s.cases.end()) {
      degraded.push_back(std::move(c));
    } else {
      outage->second_onset = c.start;
      std::erase_if(c.seen, [&](const Occurrence& o) { return o.time >= outage->start - limits.onset_before; });
      outage->seen.insert(outage->seen.end(), c.seen.begin(), c.seen.end());
    }
  }
  s.cases.insert(s.cases.end(), degraded.begin(), degraded.end());
}

bool inside_a_case(const Subject& s, Time time, const Limits& limits) {
  return std::any_of(s.cases.begin(), s.cases.end(), [&](const Case& c) {
    const Time onset = c.second_onset != kNoTime ? std::min(c.start, c.second_onset) : c.start;
    return time >= onset - limits.onset_before && time <= c.end;
  });
}

// A few refusals of Phase 2 after which the same IKE SA renewed it: what was refused was another's, or both ends' settings do not differ.
void drop_disproved(Case& c, const History& h, const Words& words) {
  const auto is_refusal = [&](const Occurrence& o) { return contains(words.phase2_refusals, o.signal); };
  if (std::count_if(c.seen.begin(), c.seen.end(), is_refusal) >= static_cast<std::ptrdiff_t>(kContradictionsToBelieve)) return;
  std::erase_if(c.seen, [&](const Occurrence& o) {
    if (!is_refusal(o)) return false;
    for (std::size_t i = o.event + 1; i < h.states.size() && h.states[i].ike_sa == h.states[o.event].ike_sa; ++i)
      if (h.log->events[i].child_completed && carries_traffic(h.states[i].health)) return true;
    return false;
  });
}

// "No proposal" says no more where the same refusal is known to be of another pair of networks.
void drop_repeated_refusals(Case& c, const Words& words) {
  std::vector<Time> of_pairs;  // in order, as what was seen is
  for (const Occurrence& o : c.seen)
    if (says(o.signal, words.ts_unacceptable)) of_pairs.push_back(o.time);
  std::erase_if(c.seen, [&](const Occurrence& o) {
    const auto nearest = std::lower_bound(of_pairs.begin(), of_pairs.end(), o.time - kSameRefusal);
    return says(o.signal, words.no_proposal) && nearest != of_pairs.end() && *nearest <= o.time + kSameRefusal;
  });
}

// Refusals of Phase 2 after which the same IKE SA renewed it: both ends agree on that pair of networks, so another pair is refused.
void name_other_pairs(Case& c, const History& h, const Words& words) {
  std::map<std::uint32_t, std::size_t> last_renewal;  // event, by IKE SA
  for (std::size_t i = 0; i < h.states.size(); ++i)
    if (h.log->events[i].child_completed && carries_traffic(h.states[i].health)) last_renewal[h.states[i].ike_sa] = i;
  for (Occurrence& o : c.seen) {
    const auto renewal = last_renewal.find(h.states[o.event].ike_sa);
    if (!contains(words.phase2_refusals, o.signal) || renewal == last_renewal.end() || renewal->second <= o.event) continue;
    o.child_was_up = false;
    if (says(o.signal, words.child_failed)) o.signal = words.ts_unacceptable;
  }
  drop_repeated_refusals(c, words);
}

// Faults while the tunnel stayed up, outside all outages. Records that contradict their own states are believed
// only when they come again and again.
std::optional<Case> running_case(const Subject& s, const Classifier& classifier, const Signals& signals, const Words& words,
                                 const Limits& limits, Time since) {
  const History& h = s.history;
  const std::vector<SignalIndex> faults{signals[kPskMismatch], signals[kAuthenticationFailed], signals[kNoProposal],
                                        signals[kChildFailed], signals[kTsUnacceptable]};
  Case c;
  c.kind = CaseKind::Running;
  std::size_t contradicting = 0;
  for (std::size_t i = 0; i < h.log->events.size(); ++i) {
    const Event& event = h.log->events[i];
    if (!contains(faults, event.signal) || event.time < since) continue;
    if (!carries_traffic(h.states[i].health) || inside_a_case(s, event.time, limits)) continue;
    if (contradicts_itself(classifier.knowledge().messages[event.rule], event)) ++contradicting;
    c.seen.push_back(occurrence(h, i));
  }
  drop_disproved(c, h, words);
  if (c.seen.empty() || (c.seen.size() == contradicting && contradicting < kContradictionsToBelieve)) return {};
  name_refusals(c, h, words);
  name_other_pairs(c, h, words);
  c.start = c.seen.front().time;
  c.end = c.seen.back().time;
  c.first_event = c.seen.front().event;
  return c;
}

// "Phase 2 failed while keeping Phase 1" tells the state of Phase 1 for the refusal that came with it.
void believe_child_failures(Case& c, const Words& words) {
  std::vector<Time> failures;  // in order, as what was seen is
  for (const Occurrence& o : c.seen)
    if (says(o.signal, words.child_failed)) failures.push_back(o.time);
  for (Occurrence& o : c.seen) {
    if (!says(o.signal, words.no_proposal)) continue;
    const auto nearest = std::lower_bound(failures.begin(), failures.end(), o.time - kSameRefusal);
    if (nearest != failures.end() && *nearest <= o.time + kSameRefusal) o.phase1 = PhaseState::Established;
  }
}

// What the messages alone say of the SAs, where the records state no phases.
class SpokenState {
 public:
  explicit SpokenState(const Signals& signals)
      : authenticates_{signals[kIkeAuthRequestReceived], signals[kIkeAuthRequestSent]},
        completes_child_{signals[kIkeAuthResponseSent], signals[kIkeAuthResponseReceived], signals[kChildResponseSent],
                         signals[kChildResponseReceived], signals[kChildEstablished]},
        begins_again_{signals[kIkeInitRequestReceived], signals[kIkeInitRequestSent], signals[kIkeInitResponseSent],
                      signals[kIkeInitResponseReceived], signals[kPskMismatch], signals[kAuthenticationFailed],
                      signals[kHalfOpenTimeout], signals[kDpdTimeout], signals[kPeerDeletedIkeSa]},
        refusals_(handshake_refusals(signals)), ike_established_{signals[kIkeEstablished]} {}

  void observe(const History& h, std::size_t i) {
    const SignalIndex signal = h.log->events[i].signal;
    const bool completes = contains(completes_child_, signal), established = contains(ike_established_, signal);
    lives_ = (completes || established) && !is_refused(h, i);
    if (contains(begins_again_, signal)) proposal_agreed_ = child_was_up_ = false;
    if (completes || established || contains(authenticates_, signal)) proposal_agreed_ = true;
    if (completes && lives_) child_was_up_ = true;
  }

  bool proposal_agreed() const { return proposal_agreed_; }  // of Phase 1
  bool child_was_up() const { return child_was_up_; }        // on the present IKE SA
  bool lives() const { return lives_; }                      // only a live IKE SA gives the message seen last

 private:
  // An exchange ends with an answer even if what it asked for was refused.
  bool is_refused(const History& h, std::size_t i) const {
    const auto& events = h.log->events;
    const Time time = events[i].time;
    for (std::size_t j = first_at_or_after(events, time - kSameRefusal); j < events.size() && events[j].time <= time + kSameRefusal; ++j)
      if (contains(refusals_, events[j].signal)) return true;
    return false;
  }

  std::vector<SignalIndex> authenticates_, completes_child_, begins_again_, refusals_, ike_established_;
  bool proposal_agreed_ = false, child_was_up_ = false, lives_ = false;
};

Occurrence as_spoken(Occurrence o, const SpokenState& spoken) {
  if (o.phase1 == PhaseState::Unknown && spoken.proposal_agreed()) o.phase1 = PhaseState::Established;
  o.child_was_up = o.child_was_up || spoken.child_was_up();
  return o;
}

// Records that do not say whether the tunnel is up: from the first fault on, until a message that only a live IKE SA can give,
// or until its state is told.
std::optional<Case> stateless_case(const History& h, const Signals& signals, const Words& words, Time since) {
  std::vector<SignalIndex> faults = handshake_faults(signals);
  faults.push_back(signals[kDpdTimeout]);
  const auto is_fault = [&](std::size_t i) {
    const Event& event = h.log->events[i];
    return h.states[i].health == Health::Unknown && event.time >= since && contains(faults, event.signal);
  };
  Case c;
  c.kind = CaseKind::Stateless;
  c.first_event = 0;
  while (c.first_event < h.states.size() && !is_fault(c.first_event)) ++c.first_event;
  if (c.first_event == h.states.size()) return {};
  c.start = h.log->events[c.first_event].time;
  SpokenState spoken(signals);
  for (std::size_t i = 0; i < h.states.size(); ++i) {
    const Event& event = h.log->events[i];
    if (event.signal != kNoSignal) spoken.observe(h, i);
    if (i < c.first_event) continue;
    const bool is_told = h.states[i].health != Health::Unknown, lives = event.signal != kNoSignal && spoken.lives();
    if (is_fault(i)) c.ongoing = true;
    if (is_told || lives) c.ongoing = false;
    if (is_fault(i) || lives) c.end = event.time;
    if (!is_told && event.signal != kNoSignal) c.seen.push_back(as_spoken(occurrence(h, i), spoken));
  }
  if (c.ongoing) c.end = h.now;
  believe_child_failures(c, words);
  return c;
}

}  // namespace

Occurrence occurrence(const History& h, std::size_t i) {
  const State& s = h.states[i];
  const Event& e = h.log->events[i];
  return {.time = e.time, .event = i, .signal = e.signal, .phase1 = s.phase1, .phase2 = s.phase2, .child_was_up = s.child_was_up || is_up(s.phase2)};
}

Occurrence found(const History& h, SignalIndex signal, std::size_t i) {
  Occurrence o = occurrence(h, i);
  o.signal = signal;
  o.from_detector = true;
  return o;
}

bool contradicts_itself(const kb::MessageRule& rule, const Event& event) {
  if (rule.contradicts_phase1.empty() && rule.contradicts_phase2.empty()) return false;
  const auto lists = [](const std::vector<std::string>& names, PhaseState state) {
    return std::find(names.begin(), names.end(), name_of(state)) != names.end();
  };
  return lists(rule.contradicts_phase1, event.phase1) || lists(rule.contradicts_phase2, event.phase2);
}

void leave_out_before(Subject& s, Time since) {
  std::erase_if(s.whole.seen, [&](const Occurrence& o) { return o.time < since; });
}

std::vector<SignalIndex> handshake_faults(const Signals& signals) {
  return {signals[kPskMismatch],  signals[kAuthenticationFailed], signals[kNoProposal],
          signals[kChildFailed],  signals[kTsUnacceptable],       signals[kHalfOpenTimeout]};
}

std::vector<SignalIndex> handshake_refusals(const Signals& signals) {
  std::vector<SignalIndex> refusals = handshake_faults(signals);
  std::erase(refusals, signals[kHalfOpenTimeout]);
  return refusals;
}

std::vector<SignalIndex> words_of_a_fall(const Signals& signals) {
  std::vector<SignalIndex> words = handshake_faults(signals);
  words.insert(words.end(), {signals[kDpdTimeout], signals[kPeerDeletedIkeSa], signals[kPeerDeletedChildSa],
                             signals[kRekeyCollision], signals[kGatewayRestarted]});
  return words;
}

const Occurrence* first_of(const Case& c, const std::vector<SignalIndex>& signals) {
  const Occurrence* first = nullptr;
  for (const Occurrence& o : c.seen)
    if (contains(signals, o.signal) && (first == nullptr || o.time < first->time)) first = &o;
  return first;
}

bool at_onset(const Case& c, SignalIndex signal, Duration before, Duration after) {
  return std::any_of(c.seen.begin(), c.seen.end(), [&](const Occurrence& o) {
    return o.signal == signal && signal != kNoSignal && o.time >= c.start - before && o.time <= c.start + after;
  });
}

Subject make_subject(History history, const Classifier& classifier, const Limits& limits, Time since) {
  const Signals signals(classifier);
  const Words words(signals);
  Subject s;
  s.history = std::move(history);
  std::erase_if(s.history.spells, [&](const Spell& spell) { return spell.end && *spell.end < since; });
  const History& h = s.history;
  Time previous_end = h.first();
  for (const Spell& spell : h.spells) {
    s.cases.push_back(outage_case(h, spell, previous_end, words, limits));
    previous_end = spell.end.value_or(h.now);
  }
  add_declines(s, words, limits, since);
  s.whole.start = h.first();
  s.whole.end = h.now;
  s.whole.first_event = 0;
  for (std::size_t i = 0; i < h.log->events.size(); ++i) {
    const Event& e = h.log->events[i];
    if (e.signal != kNoSignal && e.time >= since && classifier.is_asked_for(e.signal)) s.whole.seen.push_back(occurrence(h, i));
  }
  if (auto running = running_case(s, classifier, signals, words, limits, since)) s.cases.push_back(std::move(*running));
  if (auto stateless = stateless_case(h, signals, words, since)) s.cases.push_back(std::move(*stateless));
  return s;
}

}  // namespace tunnelscope::diag::tunnel
