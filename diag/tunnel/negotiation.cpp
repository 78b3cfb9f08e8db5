// What the handshakes around an outage say: was the tunnel negotiated afresh after a silent end, did the gateway start
// over, did a collision take the CHILD SA, does the rekey fail again and again, how far did half-open attempts get.
#include <algorithm>
#include <optional>

#include "diag/tunnel/detectors.hpp"
#include "diag/tunnel/spacing.hpp"
#include "diag/tunnel/statistics.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

constexpr Duration kSameMoment = 5 * kSecond;
constexpr Duration kReauthentication = 30 * kSecond;
constexpr std::ptrdiff_t kMostReplacementsADay = 2;  // a tunnel that does this more often is not being replaced

std::vector<SignalIndex> exchange_lines(const Signals& signals) {
  return {signals[kChildRequestReceived],    signals[kChildResponseSent],  signals[kChildRequestSent],
          signals[kChildResponseReceived],   signals[kIkeInitRequestReceived], signals[kIkeInitRequestSent],
          signals[kIkeInitResponseSent],     signals[kIkeInitResponseReceived], signals[kIkeAuthRequestReceived],
          signals[kIkeAuthResponseSent],     signals[kIkeAuthRequestSent], signals[kIkeAuthResponseReceived]};
}

std::optional<std::int64_t> last_id_before(const History& h, std::size_t event, const std::vector<SignalIndex>& lines) {
  for (std::size_t i = event; i-- > 0;)
    if (contains(lines, h.log->events[i].signal) && h.log->events[i].number >= 0) return h.log->events[i].number;
  return {};
}

std::optional<std::int64_t> first_id_from(const History& h, std::size_t event, const std::vector<SignalIndex>& lines) {
  for (std::size_t i = event; i < h.log->events.size(); ++i)
    if (contains(lines, h.log->events[i].signal) && h.log->events[i].number >= 0) return h.log->events[i].number;
  return {};
}

// Went down without a word and came back on a new IKE SA whose message ids start again. For an outage the new IKE SA is
// enough when no ids are logged; a mere interruption needs ids that start again, or the gap of the log in which the outage lies.
void detect_fresh_negotiation(Subject& s, const Context& context, const Signals& signals) {
  const Limits& limits = context.limits;
  const std::vector<SignalIndex> words = words_of_a_fall(signals);
  const std::vector<SignalIndex> refusals = handshake_refusals(signals);
  const std::vector<SignalIndex> lines = exchange_lines(signals);
  const std::vector<Gap> silences = gaps(s.history.log->events, s.history.usual_spacing, limits);

  std::vector<std::size_t> fresh;
  for (std::size_t i = 0; i < s.history.spells.size(); ++i) {
    const Spell& spell = s.history.spells[i];
    const Case& c = s.cases[i];
    if (!c.left_up || !spell.phase1_left || !spell.end) continue;
    const bool spoken = std::any_of(words.begin(), words.end(), [&](SignalIndex word) {
      return at_onset(c, word, limits.collision_drop, limits.onset_after);
    });
    if (spoken || c.has(signals[kDpdTimeout]) || first_of(c, refusals) != nullptr) continue;
    const auto before = last_id_before(s.history, spell.first_event, lines);
    const auto after = first_id_from(s.history, spell.first_event, lines);
    const bool known = before && after;
    const bool lower = known && *after < *before;
    if (after && !lower && *after > limits.restart_max_id) continue;
    const bool ends_silence = std::any_of(silences.begin(), silences.end(), [&](const Gap& gap) { return gap.end == spell.start; });
    if (!spell.is_outage && !lower && !(after && ends_silence)) continue;
    fresh.push_back(i);
  }
  for (const std::size_t i : fresh) {
    const Time day_ago = s.cases[i].start - kDay, day_later = s.cases[i].start + kDay;
    const auto near = std::count_if(fresh.begin(), fresh.end(), [&](std::size_t j) {
      return s.cases[j].start > day_ago && s.cases[j].start < day_later;
    });
    if (near <= kMostReplacementsADay)
      s.cases[i].seen.push_back(found(s.history, signals[kFreshNegotiation], s.cases[i].first_event));
  }
}

bool event_within(const History& h, SignalIndex signal, Time from, Time to) {
  const auto& events = h.log->events;
  for (std::size_t i = first_at_or_after(events, from); i < events.size() && events[i].time <= to; ++i)
    if (events[i].signal == signal && signal != kNoSignal) return true;
  return false;
}

// IKE_SA_INIT from the gateway over a live IKE SA, without DELETE or DPD, and neither a reauthentication (the old SA is
// deleted right after, or it comes on a clock; in IKEv1 a new main mode is how an IKE SA is rekeyed) nor both sides
// initiating at once.
void detect_gateway_restart(Subject& s, const Context& context, const Signals& signals) {
  const History& h = s.history;
  const Limits& limits = context.limits;
  if (h.version == IkeVersion::V1) return;
  std::vector<std::size_t> restarts;
  const SignalIndex init = signals[kIkeInitRequestReceived], own_init = signals[kIkeInitRequestSent];
  const SignalIndex deleted = signals[kPeerDeletedIkeSa], gave_up = signals[kDpdTimeout];
  for (std::size_t i = 1; i < h.states.size(); ++i) {
    const Event& event = h.log->events[i];
    if (event.signal != init || event.signal == kNoSignal) continue;
    if (!is_up(h.states[i - 1].phase1) || !is_up(h.states[i].phase1)) continue;
    const bool announced =
        event_within(h, deleted, event.time - limits.onset_before, event.time + kReauthentication) ||
        event_within(h, gave_up, event.time - limits.onset_before, event.time);
    const bool both = event_within(h, own_init, event.time - kSameMoment, event.time + kSameMoment);
    if (!announced && !both) restarts.push_back(i);
  }
  std::vector<Duration> spacings;
  for (std::size_t i = 1; i < restarts.size(); ++i)
    spacings.push_back(h.log->events[restarts[i]].time - h.log->events[restarts[i - 1]].time);
  if (restarts.size() >= limits.clock_onsets && steady(spacings, limits.clock_spread, limits.clock_onsets - 1)) return;
  for (const std::size_t i : restarts) {
    s.whole.seen.push_back(found(h, signals[kGatewayRestarted], i));
    for (Case& c : s.outages())
      if (h.log->events[i].time >= c.start - limits.onset_before && h.log->events[i].time <= c.end)
        c.seen.push_back(found(h, signals[kGatewayRestarted], i));
  }
}

void detect_collision_drop(Subject& s, const Context& context, const Signals& signals) {
  const SignalIndex collided = signals[kRekeyCollision], surplus = signals[kRedundantSaDeleted];
  for (Case& c : s.outages()) {
    const bool collision = at_onset(c, collided, context.limits.collision_drop, 0) || at_onset(c, surplus, context.limits.collision_drop, 0);
    if (!collision || !c.left_up || is_up(s.history.states[c.first_event].phase2)) continue;
    c.seen.push_back(found(s.history, signals[kCollisionDroppedChild], c.first_event));
    s.whole.seen.push_back(c.seen.back());
  }
}

// A rekey was refused, a fresh IKE SA brought the tunnel back, and the next rekey was refused again.
void detect_repeated_rekey_failure(Subject& s, const Signals& signals) {
  const SignalIndex no_proposal = signals[kNoProposal], child_failed = signals[kChildFailed];
  const auto refused = [&](const Case& c) {
    return std::any_of(c.seen.begin(), c.seen.end(), [&](const Occurrence& o) {
      const bool refusal = o.signal == no_proposal || o.signal == child_failed;
      return refusal && o.signal != kNoSignal && is_up(o.phase1) && o.child_was_up;
    });
  };
  std::vector<std::size_t> failures;
  for (std::size_t i = 0; i < s.history.spells.size(); ++i)
    if (refused(s.cases[i])) failures.push_back(i);
  const bool restored_in_between = std::any_of(failures.begin(), failures.end(), [&](std::size_t i) {
    return i != failures.back() && s.history.spells[i].phase1_left && s.history.spells[i].end;
  });
  if (!restored_in_between) return;
  for (const std::size_t i : failures)
    s.cases[i].seen.push_back(found(s.history, signals[kRekeyFailsAgain], s.cases[i].first_event));
}

// The handshake that brought the tunnel back after the last attempt that timed out is not counted.
void detect_heard(Subject& s, const Signals& signals) {
  const std::vector<SignalIndex> first_exchange{
      signals[kIkeInitRequestReceived], signals[kIkeInitResponseSent],     signals[kIkeInitResponseReceived],
      signals[kIkeAuthRequestReceived], signals[kIkeAuthResponseReceived], signals[kIkeAuthRequestSent]};
  const SignalIndex half_open = signals[kHalfOpenTimeout];
  for (Case& c : s.cases) {
    Time last_timeout = kNoTime;
    for (const Occurrence& o : c.seen)
      if (o.signal == half_open && o.signal != kNoSignal) last_timeout = std::max(last_timeout, o.time);
    if (last_timeout == kNoTime) continue;
    const Occurrence* answer = first_of(c, first_exchange);
    const char* heard = answer != nullptr && answer->time <= last_timeout ? "first-exchange"
                        : c.has(signals[kIkeInitRequestSent]) || c.has(signals[kRetransmit]) ? "none"
                                                                                             : "unknown";
    c.details["heard"] = heard;
  }
}

}  // namespace

void detect_negotiation(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  detect_gateway_restart(s, context, signals);
  detect_fresh_negotiation(s, context, signals);
  detect_collision_drop(s, context, signals);
  detect_repeated_rekey_failure(s, signals);
  detect_heard(s, signals);
}

}  // namespace tunnelscope::diag::tunnel
