// Flap detection on event time with hysteresis: a penalty for each outage that decays; above one level the tunnel is
// flapping, below another it is calm again. Two tracks, because the classic VPN flap (a drop at each hourly rekey) is
// too slow for the usual half-life (facts/peers.md, section 5).
#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "diag/tunnel/detectors.hpp"
#include "diag/tunnel/statistics.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

struct Calm {
  Stretch<std::monostate> interval;
  bool open = false;
};

double decayed(double penalty, Duration passed, Duration half_life) {
  return penalty * std::exp2(-static_cast<double>(passed) / static_cast<double>(half_life));
}

Duration time_to_decay(double penalty, double to, Duration half_life) {
  return static_cast<Duration>(std::log2(penalty / to) * static_cast<double>(half_life));
}

// `flaps` are the onsets of outages that ended.
std::vector<Calm> intervals(const std::vector<Time>& flaps, const Limits::Track& track, double unit, Time now) {
  std::vector<Calm> result;
  double penalty = 0;
  Time last = kNoTime, first = kNoTime;
  bool suppressed = false;
  for (const Time flap : flaps) {
    if (last != kNoTime) {
      const double before = penalty;
      penalty = decayed(penalty, flap - last, track.half_life);
      if (penalty < track.reuse) {
        if (suppressed)
          result.push_back({{first, last + time_to_decay(before, track.reuse, track.half_life), {}}, false});
        suppressed = false;
        first = flap;
      }
    } else {
      first = flap;
    }
    penalty = std::min(penalty + unit, track.ceiling);
    last = flap;
    suppressed = suppressed || penalty > track.suppress;
  }
  if (suppressed) {
    const Time calm = last + time_to_decay(penalty, track.reuse, track.half_life);
    result.push_back({{first, std::min(calm, now), {}}, calm > now});
  }
  return result;
}

// A burst is the fast track's; for the slow one it is one event.
std::vector<Time> one_of_each_burst(const std::vector<Time>& flaps, Duration burst) {
  std::vector<Time> firsts;
  for (const Time flap : flaps)
    if (firsts.empty() || flap - firsts.back() >= burst) firsts.push_back(flap);
  return firsts;
}

void add_intervals(Subject& s, const std::vector<Calm>& found_intervals, SignalIndex signal) {
  for (const Calm& calm : found_intervals) {
    for (const Spell& spell : s.history.spells)
      if (spell.is_outage && spell.end && spell.start >= calm.interval.start && spell.start <= calm.interval.end)
        s.whole.seen.push_back(found(s.history, signal, spell.first_event));
    s.flapping.push_back(calm.interval);
    if (calm.open) s.whole.ongoing = true;
  }
}

void merge(std::vector<Stretch<std::monostate>>& list) {
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  std::vector<Stretch<std::monostate>> merged;
  for (const auto& stretch : list) {
    if (!merged.empty() && stretch.start <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, stretch.end);
    } else {
      merged.push_back(stretch);
    }
  }
  list = std::move(merged);
}

// Whether IPsec was not up either, at some time before the tunnel was up again.
bool falls_with_ipsec(const History& h, Time time) {
  const auto later = std::upper_bound(h.spells.begin(), h.spells.end(), time, [](Time at, const Spell& spell) { return at < spell.start; });
  if (later == h.spells.begin()) return false;
  const Spell& spell = *std::prev(later);
  return time <= spell.end.value_or(h.now) && spell.ipsec_start != kNoTime;
}

// Those events of which so many lie within a span.
void add_crowded(std::set<std::size_t>& crowded, const History& h, const std::vector<std::size_t>& events, std::size_t least, Duration span) {
  const auto time = [&](std::size_t i) { return h.log->events[events[i]].time; };
  for (std::size_t i = 0; i + least <= events.size(); ++i)
    if (time(i + least - 1) - time(i) <= span) crowded.insert(events.begin() + static_cast<std::ptrdiff_t>(i), events.begin() + static_cast<std::ptrdiff_t>(i + least));
}

// Several drops within the short window, or within the long one where IPsec stayed up.
void detect_bgp_flapping(Subject& s, const Context& context, const Signals& signals) {
  const History& h = s.history;
  const SignalIndex left = signals[kBgpLeftEstablished];
  std::vector<std::size_t> drops, of_bgp_alone;
  for (std::size_t i = 0; i < h.log->events.size(); ++i) {
    if (h.log->events[i].signal != left || left == kNoSignal) continue;
    drops.push_back(i);
    if (!falls_with_ipsec(h, h.log->events[i].time)) of_bgp_alone.push_back(i);
  }
  std::set<std::size_t> flaps;
  add_crowded(flaps, h, drops, context.limits.bgp_flaps, context.limits.bgp_flap_window);
  add_crowded(flaps, h, of_bgp_alone, context.limits.bgp_flaps, context.limits.bgp_flap_long_window);
  for (const std::size_t event : flaps) s.whole.seen.push_back(found(h, signals[kBgpFlapping], event));
  if (!flaps.empty()) s.whole.details["bgp_flaps"] = static_cast<double>(flaps.size());
}

}  // namespace

void detect_flapping(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  std::vector<Time> flaps;
  for (const Spell& spell : s.history.spells)
    if (spell.is_outage && spell.end && spell.left_up) flaps.push_back(spell.start);
  const Limits& limits = context.limits;
  add_intervals(s, intervals(flaps, limits.fast, limits.flap_penalty, s.history.now), signals[kFlappingFast]);
  add_intervals(s, intervals(one_of_each_burst(flaps, limits.fast.half_life), limits.slow, limits.flap_penalty, s.history.now),
                signals[kFlappingSlow]);
  merge(s.flapping);
  if (!s.flapping.empty()) {
    const auto inside = std::count_if(flaps.begin(), flaps.end(), [&](Time t) {
      return std::any_of(s.flapping.begin(), s.flapping.end(),
                         [&](const auto& i) { return t >= i.start && t <= i.end; });
    });
    s.whole.details["flaps"] = static_cast<double>(inside);
    s.whole.details["intervals"] = static_cast<double>(s.flapping.size());
  }
  if (flaps.size() >= 4) {
    std::vector<Duration> spacings;
    for (std::size_t i = 1; i < flaps.size(); ++i) spacings.push_back(flaps[i] - flaps[i - 1]);
    if (steady(spacings, limits.clock_spread, limits.clock_onsets)) {
      s.whole.details["period_s"] = static_cast<double>(median(spacings)) / kSecond;
      s.whole.details["period"] = in_words(median(spacings));
    }
  }
  detect_bgp_flapping(s, context, signals);
}

}  // namespace tunnelscope::diag::tunnel
