// Outages that begin on a clock. In: the onsets of a tunnel and the ages of its SAs at them. Out: on_rekey_clock at each
// onset that fits AWS's Phase 2 or Phase 1 rekey or another steady age; quiet_delete where DELETEs come after a steady
// quiet spell instead; unanswered_child_request where the endpoint gave up on a rekey.
#include <algorithm>
#include <optional>

#include "diag/fold.hpp"
#include "diag/tunnel/detectors.hpp"
#include "diag/tunnel/statistics.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

constexpr double kShareOnClock = 0.8;               // of the onsets with a known age
constexpr Duration kLongestRetransmission = 180 * kSecond;  // stock charon gives up after 165 s
constexpr Duration kDeleteWindow = 10 * kSecond;
constexpr Duration kYoungestSteadyAge = kMinute;

// When SAs came up. Births shortly before an onset belong to the rekey that failed.
struct Births {
  std::vector<Time> child, ike;
};

Births births(const History& h) {
  Births b;
  for (std::size_t i = 0; i < h.states.size(); ++i) {
    const Event& event = h.log->events[i];
    const bool had_child = i > 0 && is_up(h.states[i - 1].phase2);
    const bool had_ike = i > 0 && is_up(h.states[i - 1].phase1);
    const bool seen_before = i > 0;
    const bool child_up = is_up(h.states[i].phase2);
    if (child_up && !had_child && seen_before && h.states[i - 1].phase2 != PhaseState::Unknown) {
      b.child.push_back(event.time);
    } else if (child_up && event.child_completed) {
      b.child.push_back(event.time);
    }
    if (is_up(h.states[i].phase1) && !had_ike && seen_before && h.states[i - 1].phase1 != PhaseState::Unknown)
      b.ike.push_back(event.time);
  }
  return b;
}

std::optional<Duration> age(const std::vector<Time>& births, Time onset, Duration before) {
  auto it = std::upper_bound(births.begin(), births.end(), onset - before);
  if (it == births.begin()) {
    it = std::lower_bound(births.begin(), births.end(), onset);
    if (it == births.begin()) return {};
  }
  return onset - *std::prev(it);
}

struct Onset {
  std::size_t index;  // of the case
  std::optional<Duration> child_age, ike_age;
  bool by_delete = false, ike_deleted = false;
  std::optional<Duration> recovery;
};

std::vector<Onset> onsets(Subject& s, const Context& context, const Signals& signals) {
  const Births b = births(s.history);
  std::vector<Onset> list;
  const auto outages = s.outages();
  for (std::size_t i = 0; i < outages.size(); ++i) {
    const Case& c = outages[i];
    if (!c.left_up) continue;
    Onset o{i, age(b.child, c.start, context.limits.onset_before), age(b.ike, c.start, context.limits.onset_before),
            false, false, {}};
    o.ike_deleted = at_onset(c, signals[kPeerDeletedIkeSa], kDeleteWindow, kDeleteWindow);
    o.by_delete = o.ike_deleted || at_onset(c, signals[kPeerDeletedChildSa], kDeleteWindow, kDeleteWindow);
    if (!c.ongoing) o.recovery = c.end - c.start;
    list.push_back(o);
  }
  return list;
}

// The ages of an SA at which AWS rekeys it.
struct Ages {
  Duration from, to;
};

// The default's ages moved to a configured lifetime. A configured margin may let AWS begin earlier; that half of the lifetime is the
// earliest keeps an age from saying nothing.
Ages ages_of(Ages standard, Duration standard_lifetime, const std::optional<Duration>& lifetime, const TunnelFacts& facts, Duration slack) {
  const Duration moved = lifetime.value_or(standard_lifetime) - standard_lifetime;
  const Duration end = standard_lifetime + moved;
  Ages ages{standard.from + moved, standard.to + moved};
  if (facts.rekey_margin) {
    const double most = static_cast<double>(*facts.rekey_margin) * (1 + facts.rekey_fuzz.value_or(100) / 100);
    ages.from = std::min(ages.from, end - static_cast<Duration>(most) - slack);
  }
  ages.from = std::max(ages.from, end / 2);
  return ages;
}
Ages phase1_ages(const Limits& limits, const TunnelFacts& facts) {
  return ages_of({limits.phase1_from, limits.phase1_to}, limits.phase1_lifetime, facts.phase1_lifetime, facts, limits.clock_slack);
}
Ages phase2_ages(const Limits& limits, const TunnelFacts& facts) {
  return ages_of({limits.phase2_from, limits.phase2_to}, limits.phase2_lifetime, facts.phase2_lifetime, facts, limits.clock_slack);
}

struct Clock {
  std::string name;
  std::vector<std::size_t> members;  // cases
  Duration period = 0;
};

void put_on_clock(Subject& s, const Clock& clock, const Signals& signals) {
  for (const std::size_t i : clock.members) {
    Case& c = s.cases[i];
    c.seen.push_back(found(s.history, signals[kOnRekeyClock], c.first_event));
    c.details["clock"] = clock.name;
    c.details["period_s"] = static_cast<double>(clock.period) / kSecond;
    c.details["period"] = in_words(clock.period);
  }
}

// One of AWS's own clocks: most onsets with a known age fall into its window. An onset whose SA came up before the log
// began has no age and goes with the others.
std::optional<Clock> aws_clock(const std::vector<Onset>& list, std::string name, std::optional<Duration> Onset::*which,
                               Ages ages, const Limits& limits) {
  std::vector<Duration> fits;
  std::size_t known = 0;
  Clock clock{std::move(name), {}, 0};
  for (const Onset& o : list) {
    const auto& a = o.*which;
    if (a) ++known;
    if (a && (*a < ages.from || *a > ages.to)) continue;
    if (a) fits.push_back(*a);
    clock.members.push_back(o.index);
  }
  const bool enough = clock.members.size() >= limits.clock_onsets && fits.size() + 1 >= limits.clock_onsets;
  if (!enough || static_cast<double>(fits.size()) < kShareOnClock * static_cast<double>(known)) return {};
  clock.period = median(fits);
  return clock;
}

// DELETEs on no clock of AWS's, with the SA's age and the quiet before each.
struct Deletes {
  std::vector<const Onset*> onsets;
  const Onset* first = nullptr;      // the first of all, of an SA that came up before the log began; nullptr: there is none
  std::vector<Duration> ages;        // of the SA that was deleted
  std::vector<Duration> silences;    // since the last record of any kind
  std::vector<Duration> recoveries;
};

// Since the last IKE record before the outage, or since `from`.
Duration silence_before(const Subject& s, const Case& c, Time from) {
  for (std::size_t i = c.first_event; i-- > 0 && s.history.log->events[i].time >= from;) {
    const Event& event = s.history.log->events[i];
    if (event.dialect == Dialect::AwsS2sIke && event.time < c.start) return c.start - event.time;
  }
  return c.start - from;
}

Deletes deletes_of(const Subject& s, const std::vector<Onset>& list) {
  Deletes d;
  for (const Onset& o : list) {
    const auto& sa_age = o.ike_deleted ? o.ike_age : o.child_age;
    if (o.by_delete && !sa_age && &o == &list.front()) d.first = &o;
    if (!o.by_delete || !sa_age || *sa_age < kYoungestSteadyAge) continue;
    const Case& c = s.cases[o.index];
    d.onsets.push_back(&o);
    d.ages.push_back(*sa_age);
    d.silences.push_back(silence_before(s, c, c.start - *sa_age));
    if (o.recovery) d.recoveries.push_back(*o.recovery);
  }
  return d;
}

void put_as_idle(Subject& s, const Deletes& deletes, Duration quiet, const Signals& signals) {
  for (const Onset* o : deletes.onsets) {
    Case& c = s.cases[o->index];
    c.seen.push_back(found(s.history, signals[kQuietDelete], c.first_event));
    c.details["quiet_s"] = static_cast<double>(quiet) / kSecond;
    c.details["quiet"] = in_words(quiet);
    c.details["deletes"] = static_cast<double>(deletes.onsets.size());
  }
}

// SAs that replace each other all the time have no lifetime that a clock could be of.
bool is_churn(const Subject& s, Duration age_at_death, const Limits& limits) {
  return !s.history.log->streaks.empty() && age_at_death <= limits.churn_spacing;
}

// The gateway closes by its own lifetime and renegotiates, or it closes idle tunnels. A steady age of the SA speaks for
// the first, a steady silence for the second. Where nothing was logged between, both are the same length: then coming
// back at once speaks for the first.
void detect_gateway_clock(Subject& s, const std::vector<Onset>& list, const Context& context, const Signals& signals) {
  const Limits& limits = context.limits;
  Deletes d = deletes_of(s, list);
  if (d.onsets.empty() || is_churn(s, median(d.ages), limits)) return;
  const bool steady_age = steady(d.ages, limits.clock_spread, limits.clock_onsets);
  const bool steady_silence = steady(d.silences, limits.idle_spread, limits.idle_deletes);
  const Duration silence = median(d.silences), age_at_death = median(d.ages);
  const bool nothing_between = age_at_death - silence <= kMinute;
  const bool at_once = !d.recoveries.empty() && median(d.recoveries) <= limits.renegotiate;
  const bool silence_stands_out = silence >= kMinute && silence >= 2 * diag::median(s.history.log->spacings_while_up);
  const bool silence_is_steadier = steady_silence && silence_stands_out && deviation(d.silences) < deviation(d.ages);

  if (steady_age && (nothing_between ? at_once : !silence_is_steadier)) {
    Clock clock{"gateway", {}, age_at_death};
    if (d.first != nullptr) clock.members.push_back(d.first->index);
    for (const Onset* o : d.onsets) clock.members.push_back(o->index);
    put_on_clock(s, clock, signals);
  } else if (steady_silence && silence_stands_out) {
    if (d.first != nullptr && is_near(silence_before(s, s.cases[d.first->index], s.history.first()), silence, limits.idle_spread))
      d.onsets.insert(d.onsets.begin(), d.first);
    put_as_idle(s, d, silence, signals);
  }
}

// A CREATE_CHILD_SA of the endpoint that was never answered before it gave up.
void detect_unanswered(Subject& s, const Context& context, const Signals& signals) {
  const auto& events = s.history.log->events;
  const SignalIndex answered = signals[kChildResponseReceived], asked = signals[kChildRequestSent];
  const Duration configured = s.history.facts != nullptr ? s.history.facts->dpd_timeout.value_or(0) : 0;
  const Duration longest = std::max(kLongestRetransmission, configured);
  for (Case& c : s.outages()) {
    if (!c.left_up || !at_onset(c, signals[kDpdTimeout], context.limits.onset_before, context.limits.onset_after))
      continue;
    for (std::size_t i = c.first_event; i-- > 0 && events[i].time >= c.start - longest;) {
      if (events[i].signal == answered) break;
      if (events[i].signal != asked) continue;
      c.seen.push_back(found(s.history, signals[kUnansweredChildRequest], i));
      c.seen.back().time = c.start;
      c.details["unanswered_request"] = "CREATE_CHILD_SA";
      break;
    }
  }
}

}  // namespace

void detect_clocks(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  detect_unanswered(s, context, signals);
  const std::vector<Onset> list = onsets(s, context, signals);
  const Limits& limits = context.limits;
  const TunnelFacts facts = s.history.facts != nullptr ? *s.history.facts : TunnelFacts{};
  const auto phase1 = aws_clock(list, "phase1", &Onset::ike_age, phase1_ages(limits, facts), limits);
  const auto phase2 = aws_clock(list, "phase2", &Onset::child_age, phase2_ages(limits, facts), limits);
  if (phase1 && (!phase2 || phase1->members.size() >= phase2->members.size())) {
    put_on_clock(s, *phase1, signals);
  } else if (phase2) {
    put_on_clock(s, *phase2, signals);
  } else {
    detect_gateway_clock(s, list, context, signals);
  }
}

}  // namespace tunnelscope::diag::tunnel
