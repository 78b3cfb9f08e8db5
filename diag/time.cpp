// Calendar text for instants and durations. Dates by std::chrono's proleptic Gregorian calendar, always UTC.
#include "diag/time.hpp"

#include <chrono>
#include <cstdlib>

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

// Writes `value` with leading zeros so that it ends before `end`.
void put_digits(std::string& text, std::size_t end, int digits, std::int64_t value) {
  for (; digits > 0; --digits, value /= 10) text[--end] = static_cast<char>('0' + value % 10);
}

// "2026-03-01 00:00:00" with `between` for the blank. By hand: reports have tens of thousands of them.
std::string date_and_clock(const Calendar& c, char between) {
  if (c.year < 0 || c.year > 9999)
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", c.year, c.month, c.day, between, c.hour, c.minute, c.second);
  std::string text = "0000-00-00 00:00:00";
  put_digits(text, 4, 4, c.year);
  put_digits(text, 7, 2, c.month);
  put_digits(text, 10, 2, c.day);
  text[10] = between;
  put_digits(text, 13, 2, c.hour);
  put_digits(text, 16, 2, c.minute);
  put_digits(text, 19, 2, c.second);
  return text;
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
  std::string text = date_and_clock(c, 'T');
  text += ".000Z";
  put_digits(text, text.size() - 1, 3, c.millisecond);
  return text;
}

std::string date_and_clock(Time time) { return time == kNoTime ? std::string() : date_and_clock(calendar(time), ' '); }

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
