// What is odd about the log itself: gaps, records that contradict their own states, shapes of unknown lines that occur
// in bad spells alone. Unknown routine lines are normal and give no signal.
#include <algorithm>

#include "diag/tunnel/detectors.hpp"
#include "diag/tunnel/spacing.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

constexpr std::size_t kBadShape = 3;  // so often in bad spells, and never else

void detect_gaps(Subject& s, const Context& context, const Signals& signals) {
  Duration longest = 0;
  std::vector<Gap> list = gaps(s.history.log->events, s.history.usual_spacing, context.limits);
  const std::size_t end = s.history.states.size() - 1;
  if (s.history.silent && carries_traffic(s.history.last_state().health))
    list.push_back({s.history.last(), s.history.now, end, end});
  for (const Gap& gap : list) {
    s.whole.seen.push_back(found(s.history, signals[kLogGap], gap.before));
    s.whole.seen.push_back(found(s.history, signals[kLogGap], gap.after));
    longest = std::max(longest, gap.end - gap.start);
  }
  if (list.empty()) return;
  s.whole.details["gaps"] = static_cast<double>(list.size());
  s.whole.details["longest_gap_s"] = static_cast<double>(longest) / kSecond;
  s.whole.details["longest_gap"] = in_words(longest);
  s.whole.details["usual_spacing_s"] = static_cast<double>(s.history.usual_spacing) / kSecond;
  s.whole.details["usual_spacing"] = in_words(s.history.usual_spacing);
}

// Phase 1 went down soon after: the states merely followed the message.
bool states_follow(const History& h, std::size_t i, const Limits& limits) {
  const auto& events = h.log->events;
  for (std::size_t j = i + 1; j < events.size() && events[j].time <= events[i].time + limits.onset_before; ++j)
    if (!is_up(h.states[j].phase1)) return true;
  return false;
}

void detect_contradictions(Subject& s, const Context& context, const Signals& signals) {
  const auto& events = s.history.log->events;
  const std::vector<kb::MessageRule>& rules = context.classifier.knowledge().messages;
  const SignalIndex contradiction = signals[kContradiction], gave_up = signals[kDpdTimeout];
  const auto is_like = [](const Event& a, const Event& b) { return a.rule == b.rule && a.phase1 == b.phase1 && a.phase2 == b.phase2; };
  std::vector<const Event*> plain(rules.size(), nullptr);  // by rule: the last record that fits its states
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    if (event.rule == kNoRule || (plain[event.rule] != nullptr && is_like(*plain[event.rule], event))) continue;
    if (contradicts_itself(rules[event.rule], event)) {
      if (event.signal == gave_up && states_follow(s.history, i, context.limits)) continue;
      s.whole.seen.push_back(found(s.history, contradiction, i));
    } else {
      plain[event.rule] = &event;
    }
  }
}

// Shapes seen only from shortly before an outage to its end, in a tunnel that has good times as well.
void detect_bad_shapes(Subject& s, const Context& context, const Signals& signals) {
  struct Seen {
    std::vector<std::size_t> bad;  // the first of them
    std::size_t last = 0;
    bool good = false;
  };
  const TunnelLog& log = *s.history.log;
  const auto& spells = s.history.spells;
  if (spells.empty() || log.shapes.empty()) return;
  std::vector<Seen> shapes(log.shapes.size());
  bool good_times = false;
  std::size_t next = 0;
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    const Event& event = log.events[i];
    while (next < spells.size() && spells[next].end && *spells[next].end < event.time) ++next;
    const bool bad = next < spells.size() && event.time >= spells[next].start - context.limits.unrecognised_before;
    if (!bad) good_times = true;
    if (event.shape == kNoShape) continue;
    Seen& seen = shapes[event.shape];
    if (!bad) seen.good = true;
    else if (seen.bad.size() < kBadShape) seen.bad.push_back(i);
    seen.last = i;
  }
  if (!good_times) return;
  const std::string* shown = nullptr;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    Seen& seen = shapes[i];
    if (seen.good || seen.bad.size() < kBadShape) continue;
    if (seen.last != seen.bad.back()) seen.bad.push_back(seen.last);
    for (const std::size_t event : seen.bad)
      s.whole.seen.push_back(found(s.history, signals[kUnrecognisedInBadSpells], event));
    s.whole.seen.back().times = static_cast<std::uint32_t>(log.shapes[i].count - seen.bad.size() + 1);
    if (shown == nullptr || *shown < log.shapes[i].shape) shown = &log.shapes[i].shape;
  }
  if (shown != nullptr) s.whole.details["shape"] = *shown;
}

}  // namespace

void detect_log_quality(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  detect_gaps(s, context, signals);
  detect_contradictions(s, context, signals);
  detect_bad_shapes(s, context, signals);
}

}  // namespace tunnelscope::diag::tunnel
