// Times on the command line: `2026-03-01T04:00`, `2026-03-01 04:00:00+01:00`, `1772337600`, `24h`, `now`.
// In: the text of --since, --until or --now. Out: an instant, or a distance back from an instant still to be known.
#pragma once
#include <optional>
#include <string_view>

#include "diag/time.hpp"

namespace tunnelscope::app {

struct Moment {
  enum class Kind { Instant, Before, Now } kind = Kind::Instant;
  diag::Time time = 0;          // Instant
  diag::Duration distance = 0;  // Before: how far back
};

// Empty: not a time. Relative forms are sums such as `90m`, `1d12h`, `2w`; units s m h d w.
std::optional<Moment> moment_of(std::string_view text);

}  // namespace tunnelscope::app
