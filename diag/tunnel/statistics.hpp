// Median and relative spread of a few durations.
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

// Median absolute deviation over median: 0 for equal values. Precondition: not empty, median above zero.
inline double relative_spread(const std::vector<Duration>& values) {
  const Duration centre = median(values);
  std::vector<Duration> deviations;
  for (const Duration value : values) deviations.push_back(value > centre ? value - centre : centre - value);
  return static_cast<double>(median(std::move(deviations))) / static_cast<double>(centre);
}

}  // namespace tunnelscope::diag::tunnel
