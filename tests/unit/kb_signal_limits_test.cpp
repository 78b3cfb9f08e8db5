// The table of limits speaks of signals and thresholds that exist, and leaves no detector's threshold out.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "kb/loader.hpp"
#include "kb/signal_limits.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::kb {
namespace {

TEST(KbSignalLimits, EveryRowNamesADetectorsSignalAndAThreshold) {
  for (const SignalLimit& row : signal_limits()) {
    const auto& signals = known_signals();
    const bool known = std::any_of(signals.begin(), signals.end(), [&](const SignalInfo& s) { return s.name == row.signal && s.source == SignalSource::Detector; });
    EXPECT_TRUE(known) << row.signal;
    EXPECT_TRUE(built_in().thresholds.contains(std::string(row.limit))) << row.limit;
    const auto& details = known_details();
    const bool detail = row.detail.empty() || std::any_of(details.begin(), details.end(), [&](const DetailInfo& d) { return d.name == row.detail; });
    EXPECT_TRUE(detail) << row.detail;
  }
}

// Those that no single signal rests on: windows of evidence, states of tunnels, lists of a report, clocks that are given by a lifetime.
TEST(KbSignalLimits, EveryOtherThresholdIsOneOfMany) {
  const std::set<std::string> general{"clocks.phase1_lifetime_s", "clocks.phase2_lifetime_s", "clocks.slack_s", "recent.degraded_s", "regular.min_outages",
                                      "bgp.hold_s", "silence.factor", "silence.floor_s", "sessions.list_most", "sessions.open_at_most_s",
                                      "sessions.recovered_quiet_s", "sessions.shared_overlap_s"};
  std::set<std::string> named = general;
  for (const SignalLimit& row : signal_limits()) named.insert(std::string(row.limit));
  for (const auto& [key, value] : built_in().thresholds) EXPECT_TRUE(named.contains(key)) << key;
}

}  // namespace
}  // namespace tunnelscope::kb
