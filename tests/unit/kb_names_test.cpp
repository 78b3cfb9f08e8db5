// Names of closed sets go there and back; near words are found, far ones are not.
#include <gtest/gtest.h>

#include <set>

#include "kb/loader.hpp"
#include "kb/names.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::kb {
namespace {

template <class E>
class KbNames : public testing::Test {};

using Enums = testing::Types<Severity, Confidence, Role, Impact, Scope, Explains, Window, PhaseGuard, ChildGuard>;
TYPED_TEST_SUITE(KbNames, Enums);

TYPED_TEST(KbNames, RoundTripInTheOrderOfTheEnumeration) {
  std::set<std::string_view> seen;
  int next = 0;
  for (const auto& row : names(TypeParam{})) {
    EXPECT_EQ(static_cast<int>(row.value), next++);
    EXPECT_EQ(name_of(row.value), row.name);
    EXPECT_EQ(value_named<TypeParam>(row.name), row.value);
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
  }
  EXPECT_GE(next, 2);
  EXPECT_EQ(name_of(static_cast<TypeParam>(next)), "");
  EXPECT_FALSE(value_named<TypeParam>("nonsense"));
}

TEST(KbFamilies, DialectsOfOneProductShareOne) {
  EXPECT_EQ(family_of("aws-s2s-ike"), "aws-s2s");
  EXPECT_EQ(family_of("aws-s2s-bgp"), "aws-s2s");
  EXPECT_EQ(family_of("twingate-connector"), "twingate");
  EXPECT_EQ(family_of("twingate"), "twingate");
  EXPECT_EQ(family_of("aws-client-vpn"), "aws-client-vpn");
}

TEST(KbSignals, NamesAreUniqueAndExplained) {
  std::set<std::string_view> seen;
  for (const auto& info : known_signals()) {
    EXPECT_TRUE(seen.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.meaning.empty()) << info.name;
  }
  EXPECT_TRUE(seen.count(signal::kBgpFlapping));
  EXPECT_TRUE(seen.count(signal::kDpdTimeout));
}

TEST(KbNearest, Table) {
  const std::vector<std::string> words{"signal", "level", "pattern", "examples", "near_misses", "dpd_timeout"};
  const std::vector<std::pair<std::string, std::string>> table{
      {"signall", "signal"}, {"patern", "pattern"},        {"Pattern", "pattern"},        {"near-misses", "near_misses"},
      {"lvel", "level"},     {"dpd_timoeut", "dpd_timeout"}, {"dpdtimeout", "dpd_timeout"}, {"example", "examples"},
      {"zebra", ""},         {"", ""},                     {std::string(500, 'a'), ""},   {"xy", ""},
  };
  for (const auto& [word, expected] : table) EXPECT_EQ(nearest(word, words), expected) << word;
  EXPECT_EQ(nearest("word", {}), "");
}

}  // namespace
}  // namespace tunnelscope::kb
