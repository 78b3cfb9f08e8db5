// BGP that does not come up although IPsec has been up for the settling time (or IPsec is not in the log at all), and
// no message says why.
#include <algorithm>

#include "diag/tunnel/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

bool ipsec_may_be_up(const State& s) {
  const auto fits = [](PhaseState p) { return p == PhaseState::Unknown || is_up(p); };
  return fits(s.phase1) && fits(s.phase2);
}

// Only BGP is missing.
struct Wait {
  std::size_t first = 0;  // its first event
  Time start = kNoTime, end = kNoTime;
};

std::vector<Wait> waits_in(const History& h, const Spell& spell) {
  std::vector<Wait> waits;
  bool waiting = false;
  for (std::size_t e = spell.first_event; e <= std::min(spell.end_event, h.states.size() - 1); ++e) {
    const Time time = h.log->events[e].time;
    if (waiting) waits.back().end = time;
    const bool was_waiting = waiting;
    waiting = e < spell.end_event && h.states[e].bgp == BgpState::Down && ipsec_may_be_up(h.states[e]);
    if (waiting && !was_waiting) waits.push_back({e, time, time});
  }
  if (waiting) waits.back().end = spell.end.value_or(h.now);
  return waits;
}

// A message names the reason before the settling time is over.
bool is_explained(const Case& c, const Wait& wait, const Signals& signals, const Limits& limits) {
  const std::vector<SignalIndex> reasons{signals[kBgpBadOpen], signals[kBgpCeaseReceived], signals[kBgpPrefixExceeded],
                                         signals[kBgpHoldTimerExpired]};
  return std::any_of(c.seen.begin(), c.seen.end(), [&](const Occurrence& o) {
    return contains(reasons, o.signal) && o.time >= wait.start && o.time <= wait.start + limits.bgp_settle;
  });
}

}  // namespace

void detect_bgp(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  const History& h = s.history;
  if (!h.has_bgp || h.is_static()) return;
  for (std::size_t i = 0; i < h.spells.size(); ++i) {
    const bool alone = !h.has_ike && !h.spells[i].end;  // nothing else in this log can say more
    for (const Wait& wait : waits_in(h, h.spells[i])) {
      const bool settled = wait.end - wait.start >= context.limits.bgp_settle || alone;
      if (settled && !is_explained(s.cases[i], wait, signals, context.limits))
        s.cases[i].seen.push_back(found(h, signals[kBgpDownOverIpsec], wait.first));
    }
  }
}

}  // namespace tunnelscope::diag::tunnel
