// Times of the command line.
#include <gtest/gtest.h>

#include "src/moment.hpp"

namespace tunnelscope::app {
namespace {

TEST(CliMoment, InstantsAreReadInEveryForm) {
  constexpr diag::Time kMidnight = 1772323200000;
  const std::pair<const char*, diag::Time> rows[] = {
      {"2026-03-01", kMidnight},
      {"2026-03-01T04:00", kMidnight + 4 * diag::kHour},
      {"2026-03-01 04:00", kMidnight + 4 * diag::kHour},
      {"2026-03-01T04:00Z", kMidnight + 4 * diag::kHour},
      {"2026-03-01T04:00+01:00", kMidnight + 3 * diag::kHour},
      {"2026-03-01T04:00:05.250Z", kMidnight + 4 * diag::kHour + 5250},
      {"1772323200", kMidnight},
      {"1772323200000", kMidnight},
  };
  for (const auto& [text, time] : rows) {
    const auto moment = moment_of(text);
    ASSERT_TRUE(moment) << text;
    EXPECT_EQ(moment->kind, Moment::Kind::Instant) << text;
    EXPECT_EQ(moment->time, time) << text;
  }
}

TEST(CliMoment, DistancesAreSums) {
  const std::pair<const char*, diag::Duration> rows[] = {
      {"24h", diag::kDay}, {"90m", 90 * diag::kMinute}, {"1d12h", 36 * diag::kHour}, {"2w", 14 * diag::kDay}, {"30s", 30000}};
  for (const auto& [text, distance] : rows) {
    const auto moment = moment_of(text);
    ASSERT_TRUE(moment) << text;
    EXPECT_EQ(moment->kind, Moment::Kind::Before) << text;
    EXPECT_EQ(moment->distance, distance) << text;
  }
  EXPECT_EQ(moment_of("now")->kind, Moment::Kind::Now);
}

TEST(CliMoment, NonsenseIsRefused) {
  for (const char* const text : {"", "h", "24x", "yesterday", "99999999999h", "2026-13-01", "2026-03-01T25:00", "-1h"}) {
    EXPECT_FALSE(moment_of(text)) << text;
  }
}

}  // namespace
}  // namespace tunnelscope::app
