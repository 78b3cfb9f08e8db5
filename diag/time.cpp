// Calendar text for instants and durations. Dates by std::chrono's proleptic Gregorian calendar, always UTC.
#include "diag/time.hpp"

#include <chrono>
#include <cstdlib>

#include <fmt/compile.h>
#include <fmt/format.h>

namespace tunnelscope::diag {
namespace {

struct Calendar {
  int year;
  unsigned month, day;
  std::int64_t hour, minute, second, millisecond;
};

Calendar calendar(Time time) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds{time}};
  const auto midnight = floor<days>(instant);
  const year_month_day date{midnight};
  const std::int64_t ms = (instant - midnight).count();
  return {int{date.year()},      unsigned{date.month()},        unsigned{date.day()},    ms / kHour,
          ms % kHour / kMinute, ms % kMinute / kSecond, ms % kSecond};
}

}  // namespace

Time with_year_near(Time time, Time near) {
  using namespace std::chrono;
  const Calendar c = calendar(time);
  const Time clock = time - floor<days>(sys_time<milliseconds>{milliseconds{time}}).time_since_epoch().count() * kDay;
  Time best = time;
  for (int year = calendar(near).year - 1; year <= calendar(near).year + 1; ++year) {
    const sys_days day{std::chrono::year{year} / static_cast<int>(c.month) / static_cast<int>(c.day)};
    const Time candidate = day.time_since_epoch().count() * kDay + clock;
    if (best == time || std::abs(candidate - near) < std::abs(best - near)) best = candidate;
  }
  return best;
}

std::string rfc3339(Time time) {
  if (time == kNoTime) return {};
  const Calendar c = calendar(time);
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"), c.year, c.month, c.day, c.hour, c.minute,
                     c.second, c.millisecond);
}

std::string date_and_clock(Time time) {
  if (time == kNoTime) return {};
  const Calendar c = calendar(time);
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02} {:02}:{:02}:{:02}"), c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string clock_only(Time time) {
  if (time == kNoTime) return {};
  const Calendar c = calendar(time);
  return fmt::format("{:02}:{:02}:{:02}", c.hour, c.minute, c.second);
}

std::string in_words(Duration duration) {
  const std::int64_t s = duration / kSecond;
  const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
    return small == 0 ? fmt::format("{} {}", big, big_unit)
                      : fmt::format("{} {} {} {}", big, big_unit, small, small_unit);
  };
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return two(s / 60, "min", s % 60, "s");
  if (s < 86400) return two(s / 3600, "h", s % 3600 / 60, "min");
  return two(s / 86400, "d", s % 86400 / 3600, "h");
}

}  // namespace tunnelscope::diag
