// Tested by judge_test.cpp.
#include "diag/judge.hpp"

#include <algorithm>

#include "diag/time.hpp"

namespace tunnelscope::diag {
namespace {

bool phase_fits(kb::PhaseGuard guard, PhaseState state) {
  switch (guard) {
    case kb::PhaseGuard::Any: return true;
    case kb::PhaseGuard::Up: return is_up(state);
    case kb::PhaseGuard::NotUp: return !is_up(state);
  }
  return false;
}

bool child_fits(kb::ChildGuard guard, bool child_was_up) {
  switch (guard) {
    case kb::ChildGuard::Any: return true;
    case kb::ChildGuard::NeverUp: return !child_was_up;
    case kb::ChildGuard::WasUp: return child_was_up;
  }
  return false;
}

bool applies_to(const kb::Cause& cause, CaseKind kind) {
  switch (kind) {
    case CaseKind::Outage: return true;
    case CaseKind::Interruption: return cause.interruptions && !cause.fallback;
    case CaseKind::Degraded: return !cause.fallback;
    case CaseKind::Running: return !cause.fallback && cause.explains_part == kb::Explains::Both;
    case CaseKind::Stateless: return !cause.fallback;
    case CaseKind::Whole: return false;
  }
  return false;
}

void in_time_order(std::vector<Occurrence>& list) {
  const auto earlier = [](const Occurrence& a, const Occurrence& b) { return a.time < b.time; };
  if (!std::is_sorted(list.begin(), list.end(), earlier)) std::stable_sort(list.begin(), list.end(), earlier);
  list.erase(std::unique(list.begin(), list.end(),
                         [](const Occurrence& a, const Occurrence& b) {
                           return a.event == b.event && a.signal == b.signal && a.subject == b.subject;
                         }),
             list.end());
}

// The better explanation first: surer, graver, then by name so that the order is fixed.
bool better(const Match& a, const Match& b) {
  const auto sure = [](const Match& m) { return m.certain ? kb::Confidence::Certain : m.cause->confidence; };
  if (sure(a) != sure(b)) return sure(a) > sure(b);
  if (a.cause->severity != b.cause->severity) return a.cause->severity > b.cause->severity;
  return a.cause->id < b.cause->id;
}

Time began(const Match& m) { return m.evidence.front().time; }
Time ended(const Match& m) { return m.evidence.back().time; }
bool is_about_bgp(const Match& m) { return m.cause->id.starts_with("bgp-"); }
bool of_detector(const Match& m) {
  return std::any_of(m.evidence.begin(), m.evidence.end(), [](const Occurrence& o) { return o.from_detector; });
}

// A condition asks for Phase 1's state with each of its records, and none of them tells it.
bool presumes_phase1(const Match& m, const Classifier& classifier) {
  const auto is_asked = [&](const Occurrence& o) {
    const auto asks = [&](const kb::Condition& c) { return c.phase1 != kb::PhaseGuard::Any && classifier.signal(c.signal) == o.signal; };
    return std::any_of(m.cause->all.begin(), m.cause->all.end(), asks) || std::any_of(m.cause->any.begin(), m.cause->any.end(), asks);
  };
  return std::all_of(m.evidence.begin(), m.evidence.end(), [&](const Occurrence& o) { return o.phase1 == PhaseState::Unknown && is_asked(o); });
}

constexpr Duration kLull = 5 * kMinute;  // retries further apart than this are told apart by three of their own spacings

// How long after its last record a cause may still be at work.
Duration lull(const Match& m) {
  const auto count = static_cast<Duration>(m.evidence.size());
  return count < 2 ? kLull : std::max(kLull, 3 * (ended(m) - began(m)) / (count - 1));
}

// Where a cause outranks others, it speaks for the time in which it was seen, and for what led to it or followed from it without a
// lull: a fault that was mended before, or that came to light after, stands for itself. What a detector found holds for the whole
// case. That a cause came up after the fall says nothing about why the tunnel fell.
Match outside_of(const Match& outranking, Match m) {
  if (of_detector(outranking)) {
    m.evidence.clear();
    return m;
  }
  const bool came_later = outranking.cause->explains_part != kb::Explains::Fall || !outranking.at_onset;
  const bool fall_of_its_own = m.cause->explains_part == kb::Explains::Fall && came_later;
  const bool once = outranking.evidence.size() == 1;  // then nothing tells how often it is seen where it is at work
  Time first = began(outranking), last = ended(outranking);
  const Time earliest = once ? kNoTime : first - lull(outranking);
  for (auto o = m.evidence.rbegin(); o != m.evidence.rend() && !fall_of_its_own; ++o)
    if (o->time < first && o->time >= std::max(first - kLull, earliest)) first = o->time;
  for (const Occurrence& o : m.evidence)
    if (once && o.time > last && o.time <= last + kLull) last = o.time;
  const Time from = first - (fall_of_its_own ? 0 : kMinute), to = last + lull(outranking);
  std::erase_if(m.evidence, [&](const Occurrence& o) { return o.time >= from && o.time <= to; });
  return m;
}

// A cause whose own condition for certainty holds gives way to none but those that outrank everything.
bool outranks(const Match& a, const Match& b) {
  if (a.cause == b.cause || !Judge::names(a.cause->outranks, b.cause->id)) return false;
  return !b.certain || Judge::names(a.cause->outranks, "");
}

std::vector<Match> without_outranked(const std::vector<Match>& matches) {
  std::vector<Match> kept;
  for (Match m : matches) {
    for (const Match& other : matches)
      if (!m.evidence.empty() && outranks(other, m)) m = outside_of(other, std::move(m));
    if (!m.evidence.empty()) kept.push_back(std::move(m));
  }
  return kept;
}

// A cause that came in later, while the tunnel was down, says nothing about why it fell. What took IPsec down says nothing
// about what BGP is missing since IPsec is back, and a gateway that was silent nothing about the time since it is back.
bool may_explain(const Match& explaining, const Match& explained, const Case& c) {
  const bool since_ipsec_is_back = c.ipsec_again != kNoTime && ended(explained) >= c.ipsec_again;
  if (since_ipsec_is_back && is_about_bgp(explained) && !is_about_bgp(explaining)) return false;
  if (c.neighbour_back != kNoTime && ended(explained) >= c.neighbour_back) return false;
  return explaining.fall || !explained.fall;
}

// The gateway was heard in between, with another fault: the silence after it is another one.
bool interrupted(const Match& explaining, const Match& explained, const std::vector<Match>& found) {
  return std::any_of(found.begin(), found.end(), [&](const Match& m) {
    const bool between = began(m) > ended(explaining) && ended(m) < began(explained);
    return between && !of_detector(m) && m.cause != explained.cause && m.stay;
  });
}

// What is refused soon after the fall keeps the tunnel down; why it fell is what a message says took it down before that.
bool took_down_before(const Match& m, const Match& refused) {
  const bool takes_down = m.cause->explains_part == kb::Explains::Fall && refused.cause->explains_part == kb::Explains::Both;
  return takes_down && m.fall && !of_detector(m) && began(m) < began(refused);
}

}  // namespace

bool Judge::names(const std::vector<std::string>& patterns, std::string_view id) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    if (!pattern.ends_with('*')) return pattern == id;
    return id.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  });
}

Judge::Judge(const Classifier& classifier, const Limits& limits) : classifier_(classifier), limits_(limits) {
  for (const kb::Cause& cause : classifier.knowledge().causes) {
    if (cause.scope != kb::Scope::Outage) continue;
    Needs needs{&cause, {}, {}};
    for (const kb::Condition& condition : cause.all) needs.all.push_back(classifier.signal(condition.signal));
    for (const kb::Condition& condition : cause.any) needs.any.push_back(classifier.signal(condition.signal));
    needs_.push_back(std::move(needs));
  }
}

std::vector<const kb::Cause*> Judge::possible(const Case& c) const {
  std::vector<bool> seen(classifier_.signals().size());
  for (const Occurrence& o : c.seen)
    if (o.signal != kNoSignal) seen[o.signal] = true;
  const auto is_seen = [&seen](SignalIndex signal) { return signal != kNoSignal && seen[signal]; };
  std::vector<const kb::Cause*> causes;
  for (const Needs& needs : needs_) {
    const bool all = std::all_of(needs.all.begin(), needs.all.end(), is_seen);
    if (all && (needs.any.empty() || std::any_of(needs.any.begin(), needs.any.end(), is_seen))) causes.push_back(needs.cause);
  }
  return causes;
}

bool Judge::near_onset(const Case& c, Time time, Duration before) const {
  const auto near = [&](Time onset) {
    return onset != kNoTime && time >= onset - before && time <= onset + limits_.onset_after;
  };
  return near(c.start) || near(c.second_onset);
}

bool Judge::condition_holds(const kb::Condition& condition, const Case& c, std::vector<Occurrence>& evidence) const {
  const SignalIndex signal = classifier_.signal(condition.signal);
  if (signal == kNoSignal) return false;
  const bool at_onset = condition.window == kb::Window::Onset;
  if (at_onset && condition.within_s > 0 && !c.has_onset()) return false;
  const Duration before = condition.within_s > 0 ? static_cast<Duration>(condition.within_s * kSecond) : limits_.onset_before;
  const std::size_t before_it = evidence.size();
  for (const Occurrence& o : c.seen) {
    if (o.signal != signal) continue;
    if (at_onset && c.has_onset() && !near_onset(c, o.time, before)) continue;
    if (!phase_fits(condition.phase1, o.phase1) || !phase_fits(condition.phase2, o.phase2)) continue;
    if (!child_fits(condition.child, o.child_was_up)) continue;
    evidence.push_back(o);
  }
  if (evidence.size() - before_it >= static_cast<std::size_t>(std::max(1, condition.at_least))) return true;
  evidence.resize(before_it);
  return false;
}

bool Judge::all_hold(const std::vector<kb::Condition>& list, const Case& c, std::vector<Occurrence>& evidence) const {
  return std::all_of(list.begin(), list.end(),
                     [&](const kb::Condition& condition) { return condition_holds(condition, c, evidence); });
}

bool Judge::holds(const kb::Cause& cause, const Case& c, std::vector<Occurrence>& evidence) const {
  if (!all_hold(cause.all, c, evidence)) return false;
  if (!cause.any.empty()) {
    bool one = false;
    for (const kb::Condition& condition : cause.any) one = condition_holds(condition, c, evidence) || one;
    if (!one) return false;
  }
  std::vector<Occurrence> unused;
  if (std::any_of(cause.none.begin(), cause.none.end(),
                  [&](const kb::Condition& condition) { return condition_holds(condition, c, unused); }))
    return false;
  in_time_order(evidence);
  return !evidence.empty();
}

bool Judge::holds_milder(const kb::Cause& cause, const Case& whole, std::vector<Occurrence>& evidence) const {
  if (!all_hold(cause.milder->all, whole, evidence)) return false;
  in_time_order(evidence);
  return !evidence.empty();
}

bool Judge::certain(const kb::Cause& cause, const Case& c) const {
  std::vector<Occurrence> unused;
  return !cause.certain_when.empty() && all_hold(cause.certain_when, c, unused);
}

bool Judge::matches(const kb::Cause& cause, const Case& c, Match& match) const {
  if (!applies_to(cause, c.kind)) return false;
  match.cause = &cause;
  if (!holds(cause, c, match.evidence)) return false;
  match.certain = certain(cause, c);
  match.at_onset = near_onset(c, began(match), limits_.onset_before);
  match.presumes_phase1 = c.has_onset() && presumes_phase1(match, classifier_);
  return true;
}

// Which part of the outage each explains. In a tunnel that was never up, the first fault seen is why it was not. What
// takes a tunnel down, seen when it was down already, is a second fall: it explains why the tunnel stays down.
void Judge::tell_parts(std::vector<Match>& matches, const Case& c) const {
  const bool one_state = c.kind == CaseKind::Running || c.kind == CaseKind::Stateless;
  Time first = kNoTime;
  for (const Match& m : matches)
    if (first == kNoTime || began(m) < first) first = began(m);
  for (Match& m : matches) {
    const bool from_the_start = one_state || began(m) <= c.start + limits_.onset_after || (!c.left_up && began(m) == first);
    const bool takes_down = m.cause->explains_part == kb::Explains::Fall;
    m.fall = takes_down ? one_state || m.at_onset : m.cause->explains_part == kb::Explains::Both && from_the_start;
    m.stay = !takes_down || !near_onset(c, ended(m), limits_.onset_before);
    if (m.cause->on_connection && c.neighbour_back != kNoTime) m.stay = false;
  }
}

Verdict Judge::judge(const Case& c) const {
  std::vector<Match> found;
  for (const kb::Cause* cause : possible(c)) {
    Match match;
    if (matches(*cause, c, match)) found.push_back(std::move(match));
  }
  const bool any_precise = std::any_of(found.begin(), found.end(), [](const Match& m) { return !m.cause->fallback; });
  if (any_precise) std::erase_if(found, [](const Match& m) { return m.cause->fallback; });
  found = without_outranked(found);
  tell_parts(found, c);
  std::sort(found.begin(), found.end(), better);

  Verdict verdict;
  for (const Match& m : found) {
    const auto explains = std::find_if(found.begin(), found.end(), [&](const Match& other) {
      return other.cause != m.cause && names(other.cause->explains, m.cause->id) && may_explain(other, m, c) &&
             !interrupted(other, m, found);
    });
    if (explains == found.end()) {
      verdict.roots.push_back(m);
    } else {
      verdict.symptoms.push_back({m, explains->cause});
    }
  }
  choose(verdict, c);
  return verdict;
}

// Why it fell: the best of those seen at the onset. Why it stays down: the one that is seen to the last.
void Judge::choose(Verdict& verdict, const Case& c) {
  auto& roots = verdict.roots;
  if (roots.empty()) return;
  auto fell = std::find_if(roots.begin(), roots.end(), [](const Match& m) { return m.fall; });
  if (fell == roots.end())
    fell = std::find_if(roots.begin(), roots.end(), [](const Match& m) { return m.cause->explains_part != kb::Explains::Stay; });
  if (fell == roots.end()) {
    verdict.blocked_by = roots.front().cause;
    verdict.blocked_since = c.start;
    return;
  }
  const auto earlier = std::find_if(roots.begin(), roots.end(), [&](const Match& m) { return took_down_before(m, *fell); });
  if (earlier != roots.end()) fell = earlier;
  std::rotate(roots.begin(), fell, fell + 1);
  verdict.cause = roots.front().cause;
  const auto last = std::max_element(roots.begin() + 1, roots.end(), [](const Match& a, const Match& b) {
    if (a.stay != b.stay) return b.stay;
    return ended(a) < ended(b);
  });
  if (last == roots.end() || !last->stay) return;
  const bool fall_goes_on = roots.front().stay && ended(roots.front()) >= ended(*last);
  if (fall_goes_on) return;
  verdict.blocked_by = last->cause;
  verdict.blocked_since = std::max(began(*last), c.start);
  if (verdict.cause->on_connection && c.neighbour_back != kNoTime)
    verdict.blocked_since = std::max(verdict.blocked_since, c.neighbour_back);
  std::rotate(roots.begin() + 1, last, last + 1);
}

}  // namespace tunnelscope::diag
