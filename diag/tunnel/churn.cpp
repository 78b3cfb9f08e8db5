// Phase 2 SAs that replace each other far faster than any lifetime while the tunnel stays up.
#include <algorithm>

#include "diag/tunnel/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

std::size_t event_of(const TunnelLog& log, const Streak& streak, const StreakRecord& record) {
  const Events& events = log.events;
  for (std::size_t i = first_at_or_after(events, record.time); i < events.size() && events[i].time == record.time; ++i)
    if (events[i].signal == streak.signal && record.is(events[i])) return i;
  return kNoEvent;
}

}  // namespace

void detect_churn(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  const TunnelLog& log = *s.history.log;
  const auto longest = std::max_element(log.streaks.begin(), log.streaks.end(),
                                        [](const Streak& a, const Streak& b) { return a.count < b.count; });
  if (longest == log.streaks.end()) return;
  std::uint64_t shown = 0;
  for (const StreakRecord& record : longest->records) {
    const std::size_t event = event_of(log, *longest, record);
    if (event == kNoEvent) continue;
    s.whole.seen.push_back(found(s.history, signals[kChildChurn], event));
    ++shown;
  }
  if (shown == 0) return;
  s.whole.seen.back().times = static_cast<std::uint32_t>(longest->count - shown + 1);
  s.whole.details["replacements"] = static_cast<double>(longest->count);
  s.whole.details["spacing_s"] = static_cast<double>(longest->spacing) / kSecond;
  s.whole.details["spacing"] = in_words(longest->spacing);
}

}  // namespace tunnelscope::diag::tunnel
