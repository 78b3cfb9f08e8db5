// A snapshot of a watch with something in every field, made by hand: one tunnel down, one up, a receiver in trouble.
#pragma once
#include <memory>

#include "src/live/board.hpp"
#include "tests/unit/report_builder.hpp"

namespace tunnelscope::test {

inline constexpr const char* kVpn = "vpn-0123456789abcdef0";

inline ReportBuilder ill_builder() {
  ReportBuilder builder;
  builder.tunnel(kVpn, "203.0.113.17", "down");
  builder.tunnel(kVpn, "203.0.113.18", "up").bgp = diag::BgpState::Up;
  builder.connection(kVpn, 2, "one").availability.ratio = 0.75;
  builder.sessions();
  builder.finding("psk-mismatch", std::string(kVpn) + "/203.0.113.17", kb::Severity::Critical);
  return builder;
}

inline live::Snapshot snapshot_of(const ReportBuilder& builder, std::uint64_t version = 7) {
  live::Snapshot s;
  s.version = version;
  s.began = at(0);
  s.now = at(60);
  s.machine_now = at(60) + 90 * diag::kSecond;
  s.document = std::make_shared<const report::Document>(builder.document());
  s.sources = {{"ike.log", std::nullopt, 1200, at(60), true, false},
               {"cloudwatch:vpn?region=eu-west-1", live::Trouble{"token-expired", "the token has expired", "log in again"}, 3, at(40), false, false}};
  diag::Episode episode;
  episode.key = "5f2c9a1e77d0b34c";
  episode.subject = kVpn;
  episode.cause = "psk-mismatch";
  episode.severity = kb::Severity::Critical;
  episode.start = at(10);
  s.open = {episode};
  s.receivers = {{"alertmanager", 4, 1, 0, 0, ""}, {"slack", 2, 9, 3, 1, "connection refused"}};
  s.totals = {1203, 40, 3, 2, 1, 5, 17};
  s.step_seconds = 0.125;
  return s;
}

inline std::shared_ptr<const live::Snapshot> ill_snapshot(std::uint64_t version = 7) {
  return std::make_shared<const live::Snapshot>(snapshot_of(ill_builder(), version));
}

}  // namespace tunnelscope::test
