// Metrics over snapshots made by hand. That Prometheus itself reads them is shown in tests/live/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "src/live/metrics.hpp"
#include "tests/unit/live_snapshot.hpp"

namespace tunnelscope::live {
namespace {

using test::ReportBuilder;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ill() { return to_metrics(*test::ill_snapshot()); }

struct Line {
  const char* what;
  const char* line;
};
void PrintTo(const Line& line, std::ostream* out) { *out << line.what; }

class MetricsSay : public ::testing::TestWithParam<Line> {};
TEST_P(MetricsSay, TheLine) { EXPECT_THAT("\n" + ill(), HasSubstr("\n" + std::string(GetParam().line) + "\n")); }

#define TUNNEL "connection=\"vpn-0123456789abcdef0\",tunnel=\"vpn-0123456789abcdef0/203.0.113.17\""
INSTANTIATE_TEST_SUITE_P(
    OfAnIllConnection, MetricsSay,
    ::testing::Values(
        Line{"help", "# HELP tunnelscope_records_total Records read, since the state was first made."},
        Line{"type", "# TYPE tunnelscope_records_total counter"},
        Line{"count", "tunnelscope_records_total 1203"},
        Line{"what no rule knows", "tunnelscope_records_unrecognised_total 40"},
        Line{"lag", "tunnelscope_watch_lag_seconds 90"},
        Line{"fresh", "tunnelscope_watch_stale 0"},
        Line{"step", "tunnelscope_watch_last_step_duration_seconds 0.125"},
        Line{"status that holds", "tunnelscope_tunnel_status{" TUNNEL ",status=\"down\"} 1"},
        Line{"status that does not", "tunnelscope_tunnel_status{" TUNNEL ",status=\"up\"} 0"},
        Line{"phase", "tunnelscope_tunnel_phase_state{" TUNNEL ",phase=\"2\",state=\"down\"} 1"},
        Line{"downtime", "tunnelscope_tunnel_downtime_seconds{" TUNNEL "} 3000"},
        Line{"cause", "tunnelscope_tunnel_primary_cause{" TUNNEL ",cause=\"psk-mismatch\"} 1"},
        Line{"redundancy", "tunnelscope_connection_redundancy{connection=\"vpn-0123456789abcdef0\",redundancy=\"one\"} 1"},
        Line{"source in trouble", "tunnelscope_source_trouble{source=\"cloudwatch:vpn?region=eu-west-1\",kind=\"token-expired\"} 1"},
        Line{"finding", "tunnelscope_findings{cause=\"psk-mismatch\",severity=\"critical\",role=\"root-cause\",ongoing=\"true\"} 1"},
        Line{"episodes", "tunnelscope_episodes_open{severity=\"critical\"} 1"},
        Line{"no episodes", "tunnelscope_episodes_open{severity=\"warning\"} 0"},
        Line{"beginning", "tunnelscope_episode_start_timestamp_seconds{episode=\"5f2c9a1e77d0b34c\",subject=\"vpn-0123456789abcdef0\","
                          "cause=\"psk-mismatch\",severity=\"critical\"} 1772323800"},
        Line{"deliveries", "tunnelscope_deliveries_total{receiver=\"slack\"} 2"},
        Line{"what was given up", "tunnelscope_deliveries_refused_total{receiver=\"slack\"} 1"},
        Line{"receiver that refuses", "tunnelscope_receiver_up{receiver=\"slack\"} 0"},
        Line{"sessions", "tunnelscope_sessions_open{system=\"aws-client-vpn\",group=\"cvpn-endpoint-0123456789abcdef0\"} 3"}));
#undef TUNNEL

TEST(Metrics, WhatIsNotKnownHasNoSample) {
  EXPECT_THAT(ill(), HasSubstr("tunnelscope_tunnel_bgp_up{connection=\"vpn-0123456789abcdef0\",tunnel=\"vpn-0123456789abcdef0/203.0.113.18\"} 1"));
  EXPECT_THAT(ill(), Not(HasSubstr("tunnelscope_tunnel_bgp_up{connection=\"vpn-0123456789abcdef0\",tunnel=\"vpn-0123456789abcdef0/203.0.113.17\"")));
}

TEST(Metrics, AStaleWatchSaysSo) {
  Snapshot snapshot = *test::ill_snapshot();
  snapshot.stale = "nothing has come for an hour";
  EXPECT_THAT(to_metrics(snapshot), HasSubstr("\ntunnelscope_watch_stale 1\n"));
}

TEST(Metrics, ASuppressedFindingDoesNotCount) {
  ReportBuilder builder;
  builder.finding("psk-mismatch", "t", kb::Severity::Critical).standing.suppressed = diag::Suppressed{};
  EXPECT_THAT(to_metrics(test::snapshot_of(builder)), Not(HasSubstr("tunnelscope_findings{")));
}

TEST(Metrics, NamesFromLogsCannotBreakOutOfTheirLabel) {
  ReportBuilder builder;
  builder.tunnel("vpn\"\\\n\x1b\xff", "ip", "up");
  EXPECT_THAT(to_metrics(test::snapshot_of(builder)),
              HasSubstr("tunnelscope_tunnel_uptime_seconds{connection=\"vpn\\\"\\\\\\\\n\\\\x1b\\\\xff\",tunnel="));
}

TEST(Metrics, NoSeriesStandsTwice) {
  ReportBuilder builder;
  builder.tunnel(std::string(300, 'a') + "1", "ip", "up");
  builder.tunnel(std::string(300, 'a') + "2", "ip", "down");
  std::istringstream lines(to_metrics(test::snapshot_of(builder)));
  std::set<std::string> series;
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second || line[0] == '#') << line;
}

TEST(Metrics, ALogThatInventsTunnelsGetsNoMoreSeries) {
  ReportBuilder builder;
  for (std::size_t i = 0; i < kMostLabelled + 30; ++i) builder.tunnel("vpn-" + std::to_string(i), "ip", "up");
  const std::string text = to_metrics(test::snapshot_of(builder));
  EXPECT_THAT(text, HasSubstr("tunnelscope_series_omitted{kind=\"tunnel\"} 30"));
  EXPECT_THAT(text, HasSubstr("tunnelscope_tunnels{status=\"up\"} 530"));
  EXPECT_LT(text.size(), 4'000'000u);
}

}  // namespace
}  // namespace tunnelscope::live
