// Times in every form that logs write.
#include "src/input/timestamps.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <limits>
#include <random>
#include <string>
#include <tuple>

#include "diag/time.hpp"

namespace tunnelscope::input {
namespace {

std::string shown(const ParsedTime& parsed) {
  switch (parsed.status) {
    case TimeStatus::Ok: return diag::rfc3339(parsed.time);
    case TimeStatus::Unreadable: return "unreadable";
    case TimeStatus::Before1970: return "before 1970";
    case TimeStatus::After2100: return "after 2100";
  }
  return "?";
}

TEST(InputTimestamps, TextsAreReadInEveryForm) {
  struct Case {
    const char *text, *expected;
  };
  for (const auto& c : {Case{"1673252138", "2023-01-09T08:15:38.000Z"},
                        {"1673252138.25", "2023-01-09T08:15:38.250Z"},
                        {"1.673252138e9", "2023-01-09T08:15:38.000Z"},
                        {" 1673252138 ", "2023-01-09T08:15:38.000Z"},
                        {"1673252138123", "2023-01-09T08:15:38.123Z"},
                        {"253402300799000", "after 2100"},
                        {"1673252138123456789", "after 2100"},
                        {"0", "1970-01-01T00:00:00.000Z"},
                        {"-1", "before 1970"},
                        {"-99999999999999999999999", "before 1970"},
                        {"99999999999999999999999", "after 2100"},
                        {"4133980799", "2100-12-31T23:59:59.000Z"},
                        {"4133980800", "after 2100"},
                        {"2023-01-09T08:15:38Z", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09T08:15:38", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09 08:15:38", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09t08:15:38z", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09 08:15", "2023-01-09T08:15:00.000Z"},
                        {"2025-11-08 05:40:29.641Z", "2025-11-08T05:40:29.641Z"},
                        {"2023-01-09T08:15:38.1Z", "2023-01-09T08:15:38.100Z"},
                        {"2023-01-09T08:15:38,12Z", "2023-01-09T08:15:38.120Z"},
                        {"2023-01-09T08:15:38.Z", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09T08:15:38.123456789Z", "2023-01-09T08:15:38.123Z"},
                        {"2023-01-09T08:15:38.1234567890Z", "unreadable"},
                        {"2023-01-09T08:15:38.000000+00:00", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09T17:15:38+09:00", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09T17:15:38+0900", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09T17:15:38+09", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09 17:15:38 +0900", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09T02:45:38-05:30", "2023-01-09T08:15:38.000Z"},
                        {"2023-01-09 08:15:38 UTC", "2023-01-09T08:15:38.000Z"},
                        {"2023/01/09 08:15:38", "2023-01-09T08:15:38.000Z"},
                        {"20230109T081538Z", "2023-01-09T08:15:38.000Z"},
                        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
                        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
                        {"2023-02-29T00:00:00Z", "unreadable"},
                        {"2023-13-01T00:00:00Z", "unreadable"},
                        {"2023-01-09T24:00:00Z", "unreadable"},
                        {"2023-01-09T08:61:00Z", "unreadable"},
                        {"2023-01-09T08:15:61Z", "unreadable"},
                        {"2023-01-09T08:15:38Zjunk", "unreadable"},
                        {"1969-12-31T23:59:59Z", "before 1970"},
                        {"1970-01-01T00:00:00+01:00", "before 1970"},
                        {"2101-01-01T00:00:00Z", "after 2100"},
                        {"9999-12-31T23:59:59Z", "after 2100"},
                        {"Mon Jan 9 08:15:38 UTC 2023", "2023-01-09T08:15:38.000Z"},
                        {"Mon, 09 Jan 2023 08:15:38 GMT", "2023-01-09T08:15:38.000Z"},
                        {"09 January 2023 17:15:38 +0900", "2023-01-09T08:15:38.000Z"},
                        {"Jan 9, 2023 08:15:38", "2023-01-09T08:15:38.000Z"},
                        {"09/Jan/2023", "unreadable"},
                        {"", "unreadable"},
                        {"yesterday", "unreadable"},
                        {"nan", "unreadable"},
                        {"inf", "unreadable"},
                        {"2023", "1970-01-01T00:33:43.000Z"}}) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(shown(time_of(std::string_view(c.text))), c.expected);
  }
}

TEST(InputTimestamps, NumbersAreToldApartByMagnitude) {
  EXPECT_EQ(shown(time_of(std::int64_t{99'999'999'999})), "after 2100");
  EXPECT_EQ(shown(time_of(std::int64_t{100'000'000'000})), "1973-03-03T09:46:40.000Z");
  EXPECT_EQ(shown(time_of(1673252138.5)), "2023-01-09T08:15:38.500Z");
  EXPECT_EQ(shown(time_of(1673252138500.0)), "2023-01-09T08:15:38.500Z");
  EXPECT_EQ(shown(time_of(1e300)), "after 2100");
  EXPECT_EQ(shown(time_of(-0.5)), "before 1970");
  EXPECT_EQ(shown(time_of(std::numeric_limits<double>::quiet_NaN())), "unreadable");
  EXPECT_EQ(shown(time_of(std::numeric_limits<std::int64_t>::min())), "before 1970");
}

TEST(InputTimestamps, PrefixesEndWhereTheTimeEnds) {
  struct Case {
    const char* text;
    std::size_t length;
  };
  for (const auto& c : {Case{"2023-01-09T08:15:38.000Z {", 24},
                        {"2023-01-09T08:15:38 {", 19},
                        {"2023-01-09T08:15:38.000000+00:00 vpn", 32},
                        {"2023-01-09 08:15:38 +0900 x", 25},
                        {"1705574400000 {", 13},
                        {"1673252138.123 x", 14},
                        {"123456789 x", 0},
                        {"1234567890abc", 0},
                        {"12345678901234567890", 0},
                        {"2023-01-09", 0},
                        {"x", 0}}) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(leading_time(c.text).length, c.length);
  }
}

// The usual layout is read at fixed places; a blank in front, or "t" or "_" between date and clock, sends a text the
// long way.
TEST(InputTimestamps, TheUsualLayoutIsReadAsAnyOther) {
  std::mt19937 random(17);
  const std::string letters = "0123456789012345678901234567890123456789-/:.,TZ +UG_x";
  for (int i = 0; i < 200'000; ++i) {
    std::string text = i % 2 == 0 ? "2026-04-13 07:10:39" : "2024/02/29T23:59:60";
    text += std::array{"", "Z", ".000000Z", ".25", ".123456789Z", ",5Z", " UTC", " +0130", "-05:00", " ACCESS START", ".1234567890"}[random() % 11];
    for (auto changes = random() % 3; changes > 0; --changes) text[random() % text.size()] = letters[random() % letters.size()];
    EXPECT_EQ(shown(time_of(text)), shown(time_of(" " + text))) << text;
    if (text[10] != 'T' && text[10] != ' ') continue;
    std::string other = text;
    other[10] = text[10] == 'T' ? 't' : '_';
    const LeadingTime fast = leading_time(text), slow = leading_time(other);
    EXPECT_EQ(shown(fast.parsed), shown(slow.parsed)) << text;
    EXPECT_EQ(std::tuple(fast.length, fast.iso, fast.zone, fast.zulu), std::tuple(slow.length, slow.iso, slow.zone, slow.zulu)) << text;
  }
}

TEST(InputTimestamps, EveryDayOfTheCalendarIsCounted) {
  const auto text = [](int year, unsigned month, unsigned day) {
    const auto two = [](unsigned n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(year) + "-" + two(month) + "-" + two(day) + "T00:00:00Z";
  };
  for (int year = 1970; year <= 2100; ++year)
    for (unsigned month = 0; month <= 13; ++month)
      for (unsigned day = 0; day <= 32; ++day) {
        const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
        const diag::Time wanted = date.ok() ? std::chrono::sys_days{date}.time_since_epoch().count() * diag::kDay : diag::kNoTime;
        EXPECT_EQ(time_of(text(year, month, day)).time, wanted) << text(year, month, day);
        EXPECT_EQ(zulu_time(text(year, month, day)), wanted) << text(year, month, day);
      }
}

TEST(InputTimestamps, AreTheSameWhereMinutesAreRemembered) {
  std::mt19937 random(5);
  const auto any = [&](std::size_t limit) { return random() % limit; };
  TimeMemory memory;
  std::size_t times = 0;
  for (int i = 0; i < 50'000; ++i) {
    char text[] = "2026-03-01T00:00:00.000000000Z";
    for (const std::size_t digit : {3U, 6U, 9U, 12U, 15U, 18U, 20U, 24U})
      if (any(3) == 0) text[digit] = static_cast<char>('0' + any(10));
    for (std::size_t odd = any(3); odd > 0; --odd) text[any(sizeof text - 1)] = "0123456789-/T Z:.,x+"[any(20)];
    std::string time(text, any(4) == 0 ? any(sizeof text) : any(2) == 0 ? 19 : sizeof text - 1);
    if (any(4) == 0) time += 'Z';
    times += time_of(time).status == TimeStatus::Ok ? 1U : 0U;
    EXPECT_EQ(shown(memory.time_of(time)), shown(time_of(time))) << time;
    EXPECT_EQ(memory.zulu_time(time), zulu_time(time)) << time;
  }
  EXPECT_GT(times, 15'000U);
}

TEST(InputTimestamps, OnlyOneFormIsAZuluTime) {
  const std::string time = "2026-03-01T00:00:00";
  for (const char* const end : {"Z", ".5Z", ".123456789Z"}) EXPECT_NE(zulu_time(time + end), diag::kNoTime) << end;
  for (const char* const end : {"", ".5", ".Z", ".1234567890Z", "z", " Z", ",5Z", "+00:00", "ZZ"}) EXPECT_EQ(zulu_time(time + end), diag::kNoTime) << end;
  for (const char* const other : {"2026-03-01 00:00:00Z", "2026/03/01T00:00:00Z", "2026-03-01T24:00:00Z", "2101-01-01T00:00:00Z", "1969-12-31T23:59:59Z"})
    EXPECT_EQ(zulu_time(other), diag::kNoTime) << other;
}

}  // namespace
}  // namespace tunnelscope::input
