// Tested by tunnel_history_test.cpp.
#include "diag/tunnel/history.hpp"

#include <algorithm>
#include <array>

#include "diag/tunnel/spacing.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

// Steps that a single SA cannot take: records are missing in between (facts/style.md, legal SA steps).
bool is_impossible(PhaseState from, PhaseState to) {
  struct Step {
    PhaseState from, to;
  };
  static constexpr std::array<Step, 5> kImpossible{{
      {PhaseState::Negotiating, PhaseState::Rekeying},
      {PhaseState::Established, PhaseState::Negotiating},
      {PhaseState::Rekeying, PhaseState::Negotiating},
      {PhaseState::Down, PhaseState::Established},
      {PhaseState::Down, PhaseState::Rekeying},
  }};
  return std::any_of(kImpossible.begin(), kImpossible.end(),
                     [&](const Step& s) { return s.from == from && s.to == to && from != to; });
}

Health ipsec_health(PhaseState phase1, PhaseState phase2, IkeVersion version) {
  const bool known1 = phase1 != PhaseState::Unknown, known2 = phase2 != PhaseState::Unknown;
  if (known2 && !is_up(phase2)) return Health::NotUp;
  if (known1 && !is_up(phase1)) {
    return known2 && version == IkeVersion::V1 ? Health::Degraded : Health::NotUp;
  }
  return known2 ? Health::Up : Health::Unknown;
}

Health health_of(const State& s, IkeVersion version, bool is_static) {
  const Health ipsec = ipsec_health(s.phase1, s.phase2, version);
  if (ipsec == Health::NotUp || is_static) return ipsec;
  if (s.bgp == BgpState::Down) return Health::NotUp;
  if (ipsec == Health::Unknown && s.bgp == BgpState::Up && s.phase1 == PhaseState::Unknown) return Health::Up;
  return ipsec;
}

// Before its first record, BGP was what the record's own transition says it came from.
struct FirstBgp {
  Time time = kNoTime;
  BgpState before = BgpState::Unknown;
};
FirstBgp first_bgp(const TunnelLog& log, const Classifier& classifier) {
  const SignalIndex established = classifier.signal(kb::signal::kBgpEstablished);
  const SignalIndex left = classifier.signal(kb::signal::kBgpLeftEstablished);
  for (const Event& event : log.events) {
    if (event.bgp == BgpState::Unknown) continue;
    if (event.signal == established) return {event.time, BgpState::Down};
    if (event.signal == left) return {event.time, BgpState::Up};
    return {event.time, event.bgp};
  }
  return {};
}

class Tracker {
 public:
  Tracker(History& history, const Classifier& classifier, const Limits& limits)
      : h_(history), limits_(limits), first_bgp_(first_bgp(*history.log, classifier)), routine_(classifier.signal(kb::signal::kRoutine)) {}

  void run() {
    for (std::size_t i = 0; i < h_.log->events.size(); ++i) {
      observe(h_.log->events[i]);
      h_.states.push_back(state_);
      if (is_up(state_.phase2)) child_up_ = true;
      spell(i);
    }
    if (open_) close(h_.log->events.size(), std::nullopt);
  }

 private:
  void observe(const Event& event) {
    state_.child_was_up = child_up_;
    if (event.dialect == Dialect::AwsS2sIke) h_.has_ike = true;
    if (event.dialect == Dialect::AwsS2sBgp) h_.has_bgp = true;
    if (event.nat_t != Answer::Unknown) h_.nat_t = event.nat_t;
    if (event.dpd_enabled != Answer::Unknown) h_.dpd_enabled = event.dpd_enabled;
    step_phase1(event.phase1);
    step(state_.phase2, event.phase2);
    note_ipsec_up(event.time);
    state_.bgp = stated_bgp(event);
    state_.health = health_of(state_, h_.version, h_.is_static());
  }

  void note_ipsec_up(Time time) {
    const bool up = is_up(state_.phase1) && is_up(state_.phase2);
    if (!up) ipsec_up_ = kNoTime;
    else if (ipsec_up_ == kNoTime) ipsec_up_ = time;
  }

  void step(PhaseState& state, PhaseState next) {
    if (next == PhaseState::Unknown) return;
    if (is_impossible(state, next)) ++h_.impossible_steps;
    state = next;
  }

  void step_phase1(PhaseState next) {
    if (next == PhaseState::Unknown) return;
    const bool was_up = is_up(state_.phase1);
    step(state_.phase1, next);
    if (was_up && !is_up(next)) child_up_ = false;
    if (!was_up && is_up(next)) {
      ++state_.ike_sa;
      child_up_ = false;
    }
    state_.child_was_up = child_up_;
  }

  // The status of an informational line repeats the session's state: it tells an unknown one and changes no known one.
  BgpState stated_bgp(const Event& event) const {
    if (event.bgp == BgpState::Unknown) return bgp_before(event.time);
    return event.signal == routine_ && state_.bgp != BgpState::Unknown ? state_.bgp : event.bgp;
  }

  // Where IPsec has been up for longer, BGP had its time: what its log says first is not known to have been so before.
  BgpState bgp_before(Time time) const {
    if (state_.bgp != BgpState::Unknown || first_bgp_.time == kNoTime) return state_.bgp;
    const bool just_came_up = ipsec_up_ == kNoTime || first_bgp_.time - ipsec_up_ <= limits_.bgp_settle;
    if (first_bgp_.before == BgpState::Down && !just_came_up) return BgpState::Unknown;
    return first_bgp_.time - time <= limits_.bgp_settle ? first_bgp_.before : BgpState::Unknown;
  }

  void spell(std::size_t i) {
    const Event& event = h_.log->events[i];
    if (state_.health == Health::NotUp) {
      if (!open_) {
        open_ = Spell{};
        open_->start = event.time;
        open_->first_event = i;
        open_->left_up = been_up_;
      }
      note_ipsec(event.time);
    } else {
      if (open_) close(i, event.time);
      been_up_ = been_up_ || carries_traffic(state_.health);
    }
  }

  void note_ipsec(Time time) {
    const bool ipsec_down = ipsec_health(state_.phase1, state_.phase2, h_.version) == Health::NotUp;
    if (ipsec_down && open_->ipsec_start == kNoTime) open_->ipsec_start = time;
    if (ipsec_down) open_->ipsec_end = kNoTime;
    if (!ipsec_down && open_->ipsec_end == kNoTime) open_->ipsec_end = time;
    if (state_.phase1 != PhaseState::Unknown && !is_up(state_.phase1)) open_->phase1_left = true;
  }

  void close(std::size_t end_event, std::optional<Time> end) {
    open_->end = end;
    open_->end_event = end_event;
    open_->is_outage = !end || *end - open_->start >= limits_.grace;
    if (is_first_bring_up(end)) open_->is_outage = false;
    if (open_->is_outage || open_->left_up) h_.spells.push_back(*open_);
    open_.reset();
  }

  // The log begins with the tunnel coming up, and BGP follows IPsec within its settling time.
  bool is_first_bring_up(std::optional<Time> end) const {
    if (open_->left_up || !end || open_->ipsec_end == kNoTime) return false;
    return open_->ipsec_end - open_->start < limits_.grace && *end - open_->ipsec_end <= limits_.bgp_settle;
  }

  History& h_;
  const Limits& limits_;
  FirstBgp first_bgp_;
  SignalIndex routine_;
  State state_;
  bool child_up_ = false, been_up_ = false;
  Time ipsec_up_ = kNoTime;  // since when IPsec is; kNoTime: it is not, or not known to be
  std::optional<Spell> open_;
};

bool is_silent(const History& h, const Limits& limits) {
  if (!h.has_ike) return false;
  const Duration longest = std::max(
      limits.silence_floor, static_cast<Duration>(limits.silence_factor * static_cast<double>(h.usual_spacing)));
  const auto& events = h.log->events;
  const auto last = std::find_if(events.rbegin(), events.rend(),
                                 [](const Event& e) { return e.dialect == Dialect::AwsS2sIke; });
  return h.now - last->time > longest;
}

template <class State>
void extend(std::vector<Stretch<State>>& lane, Time time, State state) {
  if (!lane.empty()) {
    lane.back().end = time;
    if (lane.back().state == state) return;
  }
  lane.push_back({time, time, state});
}

// Records stated for the grace time that Phase 2 outlived Phase 1. In IKEv2 a CHILD SA ends with its IKE SA (RFC 7296, section 2.8).
bool phase2_outlives_phase1(const Events& events, Duration grace) {
  Time since = kNoTime;
  for (const Event& event : events) {
    const bool alone = is_up(event.phase2) && event.phase1 == PhaseState::Down;
    const bool other = event.phase1 != PhaseState::Unknown && event.phase2 != PhaseState::Unknown && !alone;
    if (other) since = kNoTime;
    if (!alone) continue;
    if (since == kNoTime) since = event.time;
    if (event.time - since >= grace) return true;
  }
  return false;
}

// What the log's messages say, else the only one that the configuration allows, else what its states prove.
IkeVersion version_of(const TunnelLog& log, const TunnelFacts* facts, const Limits& limits) {
  if (log.version != IkeVersion::Unknown) return log.version;
  if (facts != nullptr && facts->ikev1 && facts->ikev2 && *facts->ikev1 != *facts->ikev2)
    return *facts->ikev1 ? IkeVersion::V1 : IkeVersion::V2;
  return phase2_outlives_phase1(log.events, limits.grace) ? IkeVersion::V1 : IkeVersion::Unknown;
}

}  // namespace

History track(const TunnelLog& log, const Classifier& classifier, const Limits& limits, Time now, const TunnelFacts* facts) {
  History h;
  h.log = &log;
  h.facts = facts;
  h.now = std::max(now, log.events.back().time);
  h.version = version_of(log, facts, limits);
  h.states.reserve(log.events.size());
  Tracker(h, classifier, limits).run();
  h.usual_spacing = usual_spacing(log.spacings);
  h.silent = is_silent(h, limits);
  return h;
}

Accounts accounts(const History& h, Time from) {
  Accounts sum;
  Time since = std::max(from, h.first());
  Health health = Health::Unknown;
  const auto book = [&](Time until) {
    if (until <= since) return;
    const Duration span = until - since;
    (carries_traffic(health) ? sum.up : health == Health::NotUp ? sum.down : sum.unknown) += span;
    since = until;
  };
  for (std::size_t i = 0; i < h.states.size(); ++i) {
    book(h.log->events[i].time);
    health = h.states[i].health;
  }
  if (h.silent && health != Health::NotUp) health = Health::Unknown;
  book(h.now);
  return sum;
}

Availability availability(const History& h, Time from) {
  const auto seconds = [](Duration d) { return static_cast<double>(d) / kSecond; };
  const Accounts sum = accounts(h, from);
  Availability a;
  a.up_s = seconds(sum.up);
  a.down_s = seconds(sum.down);
  a.unknown_s = seconds(sum.unknown);
  if (sum.up + sum.down > 0) a.ratio = a.up_s / (a.up_s + a.down_s);
  Duration recovery = 0, longest = 0;
  std::uint64_t recovered = 0;
  for (const Spell& spell : h.spells) {
    if (!spell.is_outage) continue;
    ++a.outages;
    const Duration length = spell.end.value_or(h.now) - std::max(spell.start, from);
    longest = std::max(longest, length);
    if (spell.end) {
      recovery += length;
      ++recovered;
    }
  }
  if (a.outages > 0) a.longest_outage_s = seconds(longest);
  if (recovered > 0) a.mean_time_to_recover_s = seconds(recovery) / static_cast<double>(recovered);
  if (a.outages > 0 && sum.up > 0) a.mean_time_between_s = a.up_s / static_cast<double>(a.outages);
  return a;
}

namespace {

void add_record(Timeline& t, Mark& mark, const Event& event, const MessageOf& message_of) {
  t.records.push_back({event.place, message_of(event)});
  mark.record = static_cast<std::uint32_t>(t.records.size());
}

// The latest marks are given their records; `event_of` has the event of each mark.
void add_records(Timeline& t, const std::vector<std::size_t>& event_of, const History& h, std::size_t most, const MessageOf& message_of) {
  for (std::size_t i = event_of.size() - std::min(most, event_of.size()); i < event_of.size(); ++i)
    add_record(t, t.marks[i], h.log->events[event_of[i]], message_of);
}

// Of the rekeys the latest too, as far as there is room left.
void add_rekeys(Timeline& t, const std::vector<RekeyRequest>& rekeys, std::size_t most, const MessageOf& message_of) {
  const std::size_t room = std::min(most - std::min(most, t.records.size()), rekeys.size());
  for (std::size_t i = 0; i < rekeys.size(); ++i) {
    t.marks.push_back({rekeys[i].time, MarkKind::Rekey});
    if (i < rekeys.size() - room) continue;
    Event event;
    event.time = rekeys[i].time, event.place = rekeys[i].place, event.text = rekeys[i].text;
    add_record(t, t.marks.back(), event, message_of);
  }
}

}  // namespace

Timeline timeline(const History& h, const Classifier& classifier, std::size_t marked_records, const MessageOf& message_of) {
  using namespace kb::signal;
  struct Row {
    std::string_view signal;
    MarkKind kind;
  };
  static constexpr std::array<Row, 13> kMarks{{
      {kDpdTimeout, MarkKind::DpdTimeout},
      {kPeerDeletedIkeSa, MarkKind::Delete},
      {kPeerDeletedChildSa, MarkKind::Delete},
      {kPskMismatch, MarkKind::Failure},
      {kAuthenticationFailed, MarkKind::Failure},
      {kNoProposal, MarkKind::Failure},
      {kChildFailed, MarkKind::Failure},
      {kTsUnacceptable, MarkKind::Failure},
      {kHalfOpenTimeout, MarkKind::Failure},
      {kBgpHoldTimerExpired, MarkKind::Failure},
      {kBgpBadOpen, MarkKind::Failure},
      {kBgpPrefixExceeded, MarkKind::Failure},
      {kRekeyCollision, MarkKind::Collision},
  }};
  std::vector<std::optional<MarkKind>> kinds(classifier.signals().size());  // by signal
  for (const Row& row : kMarks)
    if (const SignalIndex signal = classifier.signal(row.signal); signal != kNoSignal) kinds[signal] = row.kind;

  Timeline t;
  std::vector<std::size_t> event_of;  // of each mark
  t.start = h.first();
  t.end = h.now;
  bool bgp_stated = false;  // what the first statement lets one conclude of the time before it is judged by, not shown
  for (std::size_t i = 0; i < h.states.size(); ++i) {
    const Event& event = h.log->events[i];
    bgp_stated = bgp_stated || event.bgp != BgpState::Unknown;
    extend(t.phase1, event.time, h.states[i].phase1);
    extend(t.phase2, event.time, h.states[i].phase2);
    if (h.has_bgp) extend(t.bgp, event.time, bgp_stated ? h.states[i].bgp : BgpState::Unknown);
    if (event.signal == kNoSignal || !kinds[event.signal]) continue;
    t.marks.push_back({event.time, *kinds[event.signal]});
    event_of.push_back(i);
  }
  add_records(t, event_of, h, marked_records, message_of);
  add_rekeys(t, h.log->rekeys, marked_records, message_of);
  const auto finish = [&](auto& lane) {
    if (!lane.empty() && !h.silent) lane.back().end = h.now;
  };
  finish(t.phase1);
  finish(t.phase2);
  finish(t.bgp);
  for (const Spell& spell : h.spells) {
    if (!spell.is_outage) continue;
    t.marks.push_back({spell.start, MarkKind::OutageStart});
    if (spell.end) t.marks.push_back({*spell.end, MarkKind::OutageEnd});
  }
  std::stable_sort(t.marks.begin(), t.marks.end(), [](const Mark& a, const Mark& b) { return a.time < b.time; });
  return t;
}

}  // namespace tunnelscope::diag::tunnel
