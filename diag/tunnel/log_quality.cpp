// What is odd about the log itself: gaps, records that contradict their own states, shapes of unknown lines that occur
// in bad spells alone. Unknown routine lines are normal and give no signal.
#include <algorithm>
#include <map>

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

void detect_contradictions(Subject& s, const Context& context, const Signals& signals) {
  const auto& events = s.history.log->events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].rule == kNoRule) continue;
    const kb::MessageRule& rule = context.classifier.knowledge().messages[events[i].rule];
    if (contradicts_itself(rule, events[i]))
      s.whole.seen.push_back(found(s.history, signals[kContradiction], i));
  }
}

// Shapes seen only from shortly before an outage to its end, in a tunnel that has good times as well.
void detect_bad_shapes(Subject& s, const Context& context, const Signals& signals, const TextPool& texts) {
  struct Seen {
    std::vector<std::size_t> bad;
    bool good = false;
  };
  std::map<std::string, Seen> shapes;
  const auto& events = s.history.log->events;
  bool good_times = false;
  std::size_t next = 0;
  const auto& spells = s.history.spells;
  if (spells.empty()) return;
  for (std::size_t i = 0; i < events.size(); ++i) {
    while (next < spells.size() && spells[next].end && *spells[next].end < events[i].time) ++next;
    const bool bad = next < spells.size() &&
                     events[i].time >= spells[next].start - context.limits.unrecognised_before;
    if (!bad) good_times = true;
    if (events[i].rule != kNoRule) continue;
    Seen& seen = shapes[shape_of(texts.at(events[i].text))];
    if (bad) seen.bad.push_back(i);
    else seen.good = true;
  }
  if (!good_times) return;
  for (const auto& [shape, seen] : shapes) {
    if (seen.good || seen.bad.size() < kBadShape) continue;
    for (const std::size_t i : seen.bad) s.whole.seen.push_back(found(s.history, signals[kUnrecognisedInBadSpells], i));
    s.whole.details["shape"] = shape;
  }
}

}  // namespace

void detect_log_quality(Subject& s, const Context& context, const TextPool& texts) {
  const Signals signals(context.classifier);
  detect_gaps(s, context, signals);
  detect_contradictions(s, context, signals);
  detect_bad_shapes(s, context, signals, texts);
}

}  // namespace tunnelscope::diag::tunnel
