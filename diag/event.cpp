// Events by their time.
#include "diag/event.hpp"

#include <algorithm>

namespace tunnelscope::diag {

std::size_t first_at_or_after(const Events& events, Time time) {
  const auto it = std::lower_bound(events.begin(), events.end(), time, [](const Event& e, Time t) { return e.time < t; });
  return static_cast<std::size_t>(it - events.begin());
}

}  // namespace tunnelscope::diag
