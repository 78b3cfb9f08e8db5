// Median and steadiness of a few durations.
#pragma once
#include <algorithm>
#include <vector>

#include "diag/time.hpp"

namespace tunnelscope::diag::tunnel {

// The lower of the two middle values for an even count. Precondition: not empty.
inline Duration median(std::vector<Duration> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Whether at least four in five values lie within `tolerance` (a share) of the median. Three values alone must lie
// three times as close, since three numbers agree by chance too easily.
inline bool steady(const std::vector<Duration>& values, double tolerance, std::size_t least) {
  if (values.size() < least || median(values) <= 0) return false;
  const auto centre = static_cast<double>(median(values));
  const double reach = centre * (values.size() <= 3 ? tolerance / 3 : tolerance);
  const auto close = std::count_if(values.begin(), values.end(), [&](Duration value) {
    const double distance = static_cast<double>(value) - centre;
    return distance <= reach && -distance <= reach;
  });
  return 5 * static_cast<std::size_t>(close) >= 4 * values.size();
}

}  // namespace tunnelscope::diag::tunnel
