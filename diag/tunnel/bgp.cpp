// BGP that does not come up although IPsec has been up for the settling time (or IPsec is not in the log at all).
#include <algorithm>

#include "diag/tunnel/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

bool ipsec_may_be_up(const State& s) {
  const auto fits = [](PhaseState p) { return p == PhaseState::Unknown || is_up(p); };
  return fits(s.phase1) && fits(s.phase2);
}

}  // namespace

void detect_bgp(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  const SignalIndex signal = signals[kb::signal::kBgpDownOverIpsec];
  const History& h = s.history;
  if (!h.has_bgp || h.is_static()) return;
  for (std::size_t i = 0; i < h.spells.size(); ++i) {
    const Spell& spell = h.spells[i];
    Time since = kNoTime;
    Duration longest = 0;
    for (std::size_t e = spell.first_event; e <= std::min(spell.end_event, h.states.size() - 1); ++e) {
      const bool waiting = e < spell.end_event && h.states[e].bgp == BgpState::Down && ipsec_may_be_up(h.states[e]);
      if (since != kNoTime) longest = std::max(longest, h.log->events[e].time - since);
      if (!waiting) since = kNoTime;
      else if (since == kNoTime) since = h.log->events[e].time;
    }
    if (since != kNoTime) longest = std::max(longest, spell.end.value_or(h.now) - since);
    const bool alone = !h.has_ike && !spell.end;  // nothing else in this log can say more
    if (longest >= context.limits.bgp_settle || (alone && since != kNoTime))
      s.cases[i].seen.push_back(found(h, signal, spell.first_event));
  }
}

}  // namespace tunnelscope::diag::tunnel
