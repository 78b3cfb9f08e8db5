// kb/text: dates of the knowledge base.
#include "kb/text.hpp"

#include <gtest/gtest.h>

namespace tunnelscope::kb {
namespace {

TEST(KbText, only_a_day_of_these_centuries_is_an_iso_date) {
  for (const auto* day : {"2026-11-21", "1970-01-01", "2199-12-31"}) EXPECT_TRUE(is_iso_date(day)) << day;
  for (const auto* other : {"", "2026-11-2", "2026/11/21", "1969-12-31", "2200-01-01", "2026-13-01", "2026-00-10", "2026-01-32",
                            "-999-01-01", ";026-11-21", "2026-1x-01", "26-11-2021"})
    EXPECT_FALSE(is_iso_date(other)) << other;
}

}  // namespace
}  // namespace tunnelscope::kb
