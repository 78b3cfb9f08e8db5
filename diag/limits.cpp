// Every key with its default; the defaults only serve a knowledge base without thresholds.yaml.
#include "diag/limits.hpp"

namespace tunnelscope::diag {
namespace {

class Reader {
 public:
  explicit Reader(const kb::Thresholds& t) : thresholds_(t) {}
  double number(const char* key, double otherwise) const {
    const auto it = thresholds_.find(key);
    return it == thresholds_.end() ? otherwise : it->second;
  }
  Duration seconds(const char* key, double otherwise) const {
    return static_cast<Duration>(number(key, otherwise) * kSecond);
  }
  std::size_t count(const char* key, double otherwise) const {
    const double value = number(key, otherwise);
    return value < 1 ? 1 : static_cast<std::size_t>(value);
  }

 private:
  const kb::Thresholds& thresholds_;
};

}  // namespace

Limits::Limits(const kb::Thresholds& thresholds) {
  const Reader r(thresholds);
  grace = r.seconds("outage.grace_s", 10);
  onset_before = r.seconds("onset.before_s", 60);
  onset_after = r.seconds("onset.after_s", 10);
  silence_floor = r.seconds("silence.floor_s", 900);
  silence_factor = r.number("silence.factor", 10);
  gap_floor = r.seconds("gap.floor_s", 900);
  gap_factor = r.number("gap.factor", 10);
  phase2_from = r.seconds("clocks.phase2_from_s", 2940);
  phase2_to = r.seconds("clocks.phase2_to_s", 3700);
  phase1_from = r.seconds("clocks.phase1_from_s", 28000);
  phase1_to = r.seconds("clocks.phase1_to_s", 29000);
  phase1_lifetime = r.seconds("clocks.phase1_lifetime_s", 28800);
  phase2_lifetime = r.seconds("clocks.phase2_lifetime_s", 3600);
  clock_slack = r.seconds("clocks.slack_s", 120);
  clock_onsets = r.count("clocks.min_onsets", 3);
  clock_spread = r.number("clocks.spread", 0.1);
  flap_penalty = r.number("flapping.penalty", 1000);
  fast = {r.seconds("flapping.fast_half_life_s", 900), r.number("flapping.fast_suppress", 2000),
          r.number("flapping.fast_reuse", 750), r.number("flapping.ceiling", 12000)};
  slow = {r.seconds("flapping.slow_half_life_s", 7200), r.number("flapping.slow_suppress", 2500),
          r.number("flapping.slow_reuse", 1000), r.number("flapping.ceiling", 12000)};
  idle_deletes = r.count("idle.min_deletes", 3);
  idle_spread = r.number("idle.spread", 0.1);
  renegotiate = r.seconds("idle.renegotiate_s", 60);
  churn_replacements = r.count("churn.min_replacements", 8);
  churn_spacing = r.seconds("churn.spacing_s", 300);
  gateway_window = r.seconds("gateway.window_s", 60);
  dpd_timeout = r.seconds("gateway.dpd_timeout_s", 30);
  nobody_quiet = r.seconds("nobody.quiet_s", 300);
  nobody_recovered = r.seconds("nobody.recovered_quiet_s", 1800);
  bgp_settle = r.seconds("bgp.settle_s", 180);
  bgp_flap_window = r.seconds("bgp.flap_window_s", 3600);
  bgp_flap_long_window = r.seconds("bgp.flap_long_window_s", 86400);
  bgp_flaps = r.count("bgp.flap_min", 3);
  collision_drop = r.seconds("collision.drop_s", 10);
  unrecognised_before = r.seconds("unrecognised.before_s", 60);
  recent = r.seconds("recent.degraded_s", 86400);
  maintenance_slack = r.seconds("maintenance.slack_s", 300);
  restart_max_id = static_cast<std::int64_t>(r.number("negotiation.restart_max_id", 10));

  Sessions& s = sessions;
  s.wide_users = r.count("sessions.wide_users", 3);
  s.wide_share = r.number("sessions.wide_share", 0.5);
  s.wide_window = r.seconds("sessions.wide_window_s", 600);
  s.recovered_quiet = r.seconds("sessions.recovered_quiet_s", 900);
  s.guessing_users = r.count("sessions.guessing_users", 5);
  s.login_wait = r.seconds("sessions.login_wait_s", 300);
  s.churn_window = r.seconds("sessions.churn_window_s", 86400);
  s.churn_events = r.count("sessions.churn_events", 40);
  s.churn_events_high = r.count("sessions.churn_events_high", 100);
  s.churn_short = r.count("sessions.churn_short", 10);
  s.churn_short_high = r.count("sessions.churn_short_high", 25);
  s.short_session = r.seconds("sessions.short_session_s", 60);
  s.shared_overlap = r.seconds("sessions.shared_overlap_s", 600);
  s.mass_sessions = r.count("sessions.mass_sessions", 10);
  s.mass_share = r.number("sessions.mass_share", 0.3);
  s.mass_window = r.seconds("sessions.mass_window_s", 60);
  s.bunch_sessions = r.count("sessions.bunch_sessions", 5);
  s.bunch_share = r.number("sessions.bunch_share", 0.3);
  s.bunch_width = r.seconds("sessions.bunch_width_s", 5);
  s.bunch_floor = r.seconds("sessions.bunch_floor_s", 600);
  s.unreachable_failures = r.count("sessions.unreachable_failures", 3);
  s.unreachable_share = r.number("sessions.unreachable_share", 0.5);
  s.unreachable_chance = r.number("sessions.unreachable_chance", 0.001);
  s.dial_timeout = r.seconds("sessions.dial_timeout_s", 5);
  s.restart_sessions = r.count("sessions.restart_sessions", 3);
  s.restart_silence = r.seconds("sessions.restart_silence_s", 10);
  s.restart_chance = r.number("sessions.restart_chance", 0.001);
  s.restart_reopened = r.seconds("sessions.restart_reopened_s", 120);
  s.relayed_share = r.number("sessions.relayed_share", 0.5);
  s.relayed_connections = r.count("sessions.relayed_connections", 10);
  s.one_way_sessions = r.count("sessions.one_way_sessions", 1);
  s.one_way_bytes = static_cast<std::int64_t>(r.number("sessions.one_way_bytes", 1000));
  s.open_at_most = r.seconds("sessions.open_at_most_s", 86400);
  s.together = r.seconds("sessions.together_s", 120);
  s.list_most = r.count("sessions.list_most", 1000);
}

}  // namespace tunnelscope::diag
