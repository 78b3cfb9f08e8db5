// Tested by tunnel_spacing_test.cpp.
#include "diag/tunnel/spacing.hpp"

#include <algorithm>

namespace tunnelscope::diag::tunnel {
namespace {

constexpr std::uint64_t kRecurring = 3;

std::uint64_t count_of(const Spacings& spacings) {
  std::uint64_t count = 0;
  for (const auto& [spacing, times] : spacings) count += times;
  return count;
}

// The spacing in which a random instant lies, in the median.
Duration median_by_time(const Spacings& spacings) {
  Duration whole = 0, sum = 0;
  for (const auto& [spacing, times] : spacings) whole += spacing * static_cast<Duration>(times);
  for (const auto& [spacing, times] : spacings)
    if ((sum += spacing * static_cast<Duration>(times)) >= whole / 2) return spacing;
  return spacings.back().first;
}

// The upper of the two middle ones for an even count.
Duration upper_median(const Spacings& spacings) {
  const std::uint64_t count = count_of(spacings);
  std::uint64_t seen = 0;
  for (const auto& [spacing, times] : spacings)
    if ((seen += times) > count / 2) return spacing;
  return 0;
}

}  // namespace

Duration usual_spacing(const Spacings& spacings) {
  if (spacings.empty()) return 0;
  const Duration large = median_by_time(spacings);
  std::uint64_t as_large = 0;
  for (const auto& [spacing, times] : spacings)
    if (spacing >= large / 2) as_large += times;
  return as_large >= kRecurring ? std::max(upper_median(spacings), large) : upper_median(spacings);
}

Duration longest_usual(Duration usual, const Limits& limits) {
  return std::max(limits.gap_floor, static_cast<Duration>(limits.gap_factor * static_cast<double>(usual)));
}

std::vector<Gap> gaps(const Events& events, Duration usual, const Limits& limits) {
  const Duration longest = longest_usual(usual, limits);
  std::vector<Gap> result;
  std::size_t before = events.size();
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].dialect != Dialect::AwsS2sIke) continue;
    if (before < events.size() && events[before].folded == 0 && events[i].time - events[before].time > longest)
      result.push_back({events[before].time, events[i].time, before, i});
    before = i;
  }
  return result;
}

}  // namespace tunnelscope::diag::tunnel
