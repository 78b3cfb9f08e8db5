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
  nobody_quiet = r.seconds("nobody.quiet_s", 300);
  nobody_recovered = r.seconds("nobody.recovered_quiet_s", 1800);
  bgp_settle = r.seconds("bgp.settle_s", 180);
  bgp_flap_window = r.seconds("bgp.flap_window_s", 3600);
  bgp_flaps = r.count("bgp.flap_min", 3);
  collision_drop = r.seconds("collision.drop_s", 10);
  unrecognised_before = r.seconds("unrecognised.before_s", 60);
  recent = r.seconds("recent.degraded_s", 86400);
  maintenance_slack = r.seconds("maintenance.slack_s", 300);
  restart_max_id = static_cast<std::int64_t>(r.number("negotiation.restart_max_id", 10));
}

}  // namespace tunnelscope::diag
