// Instants and durations, both in milliseconds; instants count from 1970-01-01T00:00:00Z.
#pragma once
#include <cstdint>
#include <limits>
#include <string>

namespace tunnelscope::diag {

using Time = std::int64_t;
using Duration = std::int64_t;

inline constexpr Time kNoTime = std::numeric_limits<Time>::min();
inline constexpr Duration kSecond = 1000;
inline constexpr Duration kMinute = 60 * kSecond;
inline constexpr Duration kHour = 60 * kMinute;
inline constexpr Duration kDay = 24 * kHour;

// Whole seconds, rounded down.
inline std::int64_t second_of(Time time) {
  constexpr std::uint64_t kUnsigned = kSecond;  // by which a processor divides faster
  return time >= 0 ? static_cast<std::int64_t>(static_cast<std::uint64_t>(time) / kUnsigned) : (time - kSecond + 1) / kSecond;
}

// "2026-03-01T00:00:00.000Z". kNoTime gives "".
std::string rfc3339(Time time);

// "2026-03-01 00:00:00" and "00:00:00": for people, UTC.
std::string date_and_clock(Time time);
std::string clock_only(Time time);

// "53 min 20 s", "8 h 2 min", "2 d 4 h", "12 s": at most two units, for people.
std::string in_words(Duration duration);

// The same month, day and clock in the year that brings it nearest to `near`.
Time with_year_near(Time time, Time near);

}  // namespace tunnelscope::diag
