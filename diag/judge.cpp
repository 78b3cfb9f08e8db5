// Tested by judge_test.cpp.
#include "diag/judge.hpp"

#include <algorithm>

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
    case CaseKind::Running:
    case CaseKind::Stateless: return !cause.fallback && cause.explains_part == kb::Explains::Both;
    case CaseKind::Whole: return false;
  }
  return false;
}

void in_time_order(std::vector<Occurrence>& list) {
  std::stable_sort(list.begin(), list.end(), [](const Occurrence& a, const Occurrence& b) { return a.time < b.time; });
  list.erase(std::unique(list.begin(), list.end(),
                         [](const Occurrence& a, const Occurrence& b) {
                           return a.event == b.event && a.signal == b.signal;
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

Duration span(const Match& m) { return m.evidence.back().time - m.evidence.front().time; }

// A cause that came in later, while the tunnel was down, says nothing about why it fell.
bool may_judge(const Match& judging, const Match& judged) { return judging.fall || !judged.fall; }

std::vector<Match> without_outranked(const std::vector<Match>& matches) {
  std::vector<Match> kept;
  for (const Match& m : matches) {
    const bool outranked = std::any_of(matches.begin(), matches.end(), [&](const Match& other) {
      return other.cause != m.cause && may_judge(other, m) && Judge::names(other.cause->outranks, m.cause->id);
    });
    if (!outranked) kept.push_back(m);
  }
  return kept;
}

}  // namespace

bool Judge::names(const std::vector<std::string>& patterns, std::string_view id) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    if (!pattern.ends_with('*')) return pattern == id;
    return id.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  });
}

Judge::Judge(const Classifier& classifier, const Limits& limits) : classifier_(classifier), limits_(limits) {}

bool Judge::condition_holds(const kb::Condition& condition, const Case& c, std::vector<Occurrence>& evidence) const {
  const SignalIndex signal = classifier_.signal(condition.signal);
  if (signal == kNoSignal) return false;
  const bool has_onset = c.kind == CaseKind::Outage || c.kind == CaseKind::Interruption;
  const bool at_onset = condition.window == kb::Window::Onset;
  if (at_onset && condition.within_s > 0 && !has_onset) return false;
  const Duration before = condition.within_s > 0 ? static_cast<Duration>(condition.within_s * kSecond) : limits_.onset_before;
  const auto near = [&](Time onset, Time time) {
    return onset != kNoTime && time >= onset - before && time <= onset + limits_.onset_after;
  };
  std::vector<Occurrence> fitting;
  for (const Occurrence& o : c.seen) {
    if (o.signal != signal) continue;
    if (at_onset && has_onset && !near(c.start, o.time) && !near(c.second_onset, o.time)) continue;
    if (!phase_fits(condition.phase1, o.phase1) || !phase_fits(condition.phase2, o.phase2)) continue;
    if (!child_fits(condition.child, o.child_was_up)) continue;
    fitting.push_back(o);
  }
  if (fitting.size() < static_cast<std::size_t>(std::max(1, condition.at_least))) return false;
  evidence.insert(evidence.end(), fitting.begin(), fitting.end());
  return true;
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

bool Judge::matches(const kb::Cause& cause, const Case& c, Match& match) const {
  if (cause.scope != kb::Scope::Outage || !applies_to(cause, c.kind)) return false;
  match.cause = &cause;
  if (!holds(cause, c, match.evidence)) return false;
  std::vector<Occurrence> unused;
  match.certain = !cause.certain_when.empty() && all_hold(cause.certain_when, c, unused);
  const bool from_the_start = c.kind == CaseKind::Running || c.kind == CaseKind::Stateless || !c.left_up ||
                              match.evidence.front().time <= c.start + limits_.onset_after;
  match.fall = cause.explains_part == kb::Explains::Fall || (cause.explains_part == kb::Explains::Both && from_the_start);
  match.stay = cause.explains_part != kb::Explains::Fall;
  return true;
}

Verdict Judge::judge(const Case& c) const {
  std::vector<Match> found;
  for (const kb::Cause& cause : classifier_.knowledge().causes) {
    Match match;
    if (matches(cause, c, match)) found.push_back(std::move(match));
  }
  const bool any_precise = std::any_of(found.begin(), found.end(), [](const Match& m) { return !m.cause->fallback; });
  if (any_precise) std::erase_if(found, [](const Match& m) { return m.cause->fallback; });
  found = without_outranked(found);
  std::sort(found.begin(), found.end(), better);

  Verdict verdict;
  for (const Match& m : found) {
    const auto explains = std::find_if(found.begin(), found.end(), [&](const Match& other) {
      return other.cause != m.cause && may_judge(other, m) && names(other.cause->explains, m.cause->id);
    });
    if (explains == found.end()) {
      verdict.roots.push_back(m);
    } else {
      verdict.symptoms.push_back({m, explains->cause});
    }
  }
  auto& roots = verdict.roots;
  const auto fell = std::find_if(roots.begin(), roots.end(), [](const Match& m) { return m.fall; });
  const auto first = fell != roots.end() ? fell : roots.begin();
  if (first == roots.end()) return verdict;
  verdict.cause = first->cause;
  std::rotate(roots.begin(), first, first + 1);
  const auto stays = std::max_element(roots.begin() + 1, roots.end(), [](const Match& a, const Match& b) {
    if (a.stay != b.stay) return b.stay;
    return span(a) < span(b);
  });
  if (stays != roots.end() && stays->stay) {
    verdict.blocked_by = stays->cause;
    verdict.blocked_since = std::max(stays->evidence.front().time, c.start);
    std::rotate(roots.begin() + 1, stays, stays + 1);
  }
  return verdict;
}

}  // namespace tunnelscope::diag
