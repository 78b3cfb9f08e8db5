// The thresholds of kb/thresholds.yaml as typed values, read once per run.
#pragma once
#include <cstdint>

#include "diag/time.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

struct Limits {
  explicit Limits(const kb::Thresholds& thresholds);

  Duration grace;                       // shorter times not-up are interruptions
  Duration onset_before, onset_after;   // what counts as "at the onset" of an outage
  Duration silence_floor;               // no record for so long before "now": unknown
  double silence_factor;                // ... or so many times the usual spacing
  Duration gap_floor;
  double gap_factor;
  Duration phase2_from, phase2_to;      // ages of a CHILD SA at which AWS's rekey falls due
  Duration phase1_from, phase1_to;      // the same for the IKE SA
  Duration phase1_lifetime, phase2_lifetime;  // AWS's defaults, which these ages are of
  Duration clock_slack;                 // before AWS may begin a rekey by its margin
  std::size_t clock_onsets;             // so many onsets make a clock
  double clock_spread;                  // median absolute deviation / median at most
  double flap_penalty;
  struct Track {
    Duration half_life;
    double suppress, reuse, ceiling;
  };
  Track fast, slow;
  std::size_t idle_deletes;
  double idle_spread;
  Duration renegotiate;                 // back faster than this after a DELETE: the peer renegotiated by itself
  std::size_t churn_replacements;
  Duration churn_spacing;
  Duration gateway_window;              // both tunnels silent within this: one cause
  Duration dpd_timeout;                 // AWS's default
  Duration nobody_quiet;                // silence that says that nobody initiates
  Duration nobody_recovered;            // the same when the tunnel came back: shorter silence is the outage itself
  Duration bgp_settle, bgp_flap_window, bgp_flap_long_window;
  std::size_t bgp_flaps;
  Duration collision_drop;
  Duration unrecognised_before;
  Duration recent;                      // a root cause so long ago still makes a tunnel degraded
  Duration maintenance_slack;
  std::int64_t restart_max_id;          // message ids of a new IKE SA are at most this

  // User sessions; each is explained where it stands in kb/thresholds.yaml, under the same name.
  struct Sessions {
    std::size_t wide_users, guessing_users, churn_events, churn_events_high, churn_short, churn_short_high, mass_sessions;
    std::size_t bunch_sessions, unreachable_failures, restart_sessions, relayed_connections, one_way_sessions, list_most;
    double wide_share, mass_share, bunch_share, unreachable_share, unreachable_chance, restart_chance, relayed_share;
    Duration wide_window, recovered_quiet, login_wait, churn_window, short_session, shared_overlap, mass_window;
    Duration bunch_width, bunch_floor, dial_timeout, restart_silence, restart_reopened, open_at_most, together;
    std::int64_t one_way_bytes;
  } sessions;
};

}  // namespace tunnelscope::diag
