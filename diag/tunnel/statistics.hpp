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

// How far the values lie from their median, in the median. Precondition: not empty.
inline Duration deviation(std::vector<Duration> values) {
  const Duration centre = median(values);
  for (Duration& value : values) value = value < centre ? centre - value : value - centre;
  return median(std::move(values));
}

// Whether `value` lies within `tolerance` (a share) of `centre`.
inline bool is_near(Duration value, Duration centre, double tolerance) {
  const double distance = static_cast<double>(value - centre), reach = tolerance * static_cast<double>(centre);
  return distance <= reach && -distance <= reach;
}

// Whether at least four in five values lie within `tolerance` (a share) of the median. Three values alone must lie
// three times as close, since three numbers agree by chance too easily.
inline bool steady(const std::vector<Duration>& values, double tolerance, std::size_t least) {
  if (values.size() < least || median(values) <= 0) return false;
  const Duration centre = median(values);
  const double share = values.size() <= 3 ? tolerance / 3 : tolerance;
  const auto close = std::count_if(values.begin(), values.end(), [&](Duration value) { return is_near(value, centre, share); });
  return 5 * static_cast<std::size_t>(close) >= 4 * values.size();
}

}  // namespace tunnelscope::diag::tunnel
