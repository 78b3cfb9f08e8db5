// Tested by tunnel_spacing_test.cpp.
#include "diag/tunnel/spacing.hpp"

#include <algorithm>
#include <numeric>

namespace tunnelscope::diag::tunnel {
namespace {

constexpr Duration kOneExchange = 5 * kSecond;
constexpr std::ptrdiff_t kRecurring = 3;

std::vector<Duration> spacings(const std::vector<Event>& events) {
  std::vector<Duration> result;
  Time last = kNoTime;
  for (const Event& event : events) {
    if (event.dialect != Dialect::AwsS2sIke) continue;
    if (last != kNoTime && event.time - last >= kOneExchange) result.push_back(event.time - last);
    last = event.time;
  }
  std::sort(result.begin(), result.end());
  return result;
}

// The spacing in which a random instant lies, in the median.
Duration median_by_time(const std::vector<Duration>& sorted) {
  const Duration half = std::accumulate(sorted.begin(), sorted.end(), Duration{0}) / 2;
  Duration sum = 0;
  for (const Duration spacing : sorted)
    if ((sum += spacing) >= half) return spacing;
  return sorted.back();
}

}  // namespace

Duration usual_spacing(const std::vector<Event>& events) {
  const std::vector<Duration> sorted = spacings(events);
  if (sorted.empty()) return 0;
  const Duration median = sorted[sorted.size() / 2];
  const Duration large = median_by_time(sorted);
  const auto as_large = std::lower_bound(sorted.begin(), sorted.end(), large / 2);
  return sorted.end() - as_large >= kRecurring ? std::max(median, large) : median;
}

std::vector<Gap> gaps(const std::vector<Event>& events, Duration usual, const Limits& limits) {
  const Duration longest = std::max(limits.gap_floor, static_cast<Duration>(limits.gap_factor * static_cast<double>(usual)));
  std::vector<Gap> result;
  std::size_t before = events.size();
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].dialect != Dialect::AwsS2sIke) continue;
    if (before < events.size() && events[i].time - events[before].time > longest)
      result.push_back({events[before].time, events[i].time, before, i});
    before = i;
  }
  return result;
}

}  // namespace tunnelscope::diag::tunnel
