// How often a tunnel's IKE log usually has a record, and where it is silent for far longer.
// In: spacings, ordered events. Out: the usual spacing; gaps. A BGP log is silent while all is well, so only IKE records count.
#pragma once
#include <vector>

#include "diag/event.hpp"
#include "diag/limits.hpp"

namespace tunnelscope::diag::tunnel {

struct Gap {
  Time start = kNoTime, end = kNoTime;
  std::size_t before = 0, after = 0;  // the events around it
};

// The median of the spacings of five seconds or more (shorter ones are parts of one exchange); or, when most of the
// observed time lies in spacings of one larger size that occurs at least three times (a log of hourly rekeys), that size.
Duration usual_spacing(const Spacings& spacings);

// Records further apart than this leave a gap between them.
Duration longest_usual(Duration usual, const Limits& limits);

std::vector<Gap> gaps(const Events& events, Duration usual, const Limits& limits);

}  // namespace tunnelscope::diag::tunnel
