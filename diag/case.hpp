// What a cause is judged on: one outage or interruption, trouble in a tunnel that stayed up, or a subject's whole
// history, with the signals seen around it. Detectors add signals and details; the judge (diag/judge.hpp) reads them.
#pragma once
#include <cstdint>
#include <vector>

#include "diag/event.hpp"
#include "diag/report.hpp"

namespace tunnelscope::diag {

inline constexpr std::size_t kNoEvent = static_cast<std::size_t>(-1);

// A signal at a time, with the state of the tunnel then. Detector signals name the record nearest to what they mean.
struct Occurrence {
  Time time = kNoTime;
  std::size_t event = kNoEvent;  // into the tunnel's log
  std::uint32_t times = 1;       // records that it stands for
  std::uint32_t subject = 0;     // of which tunnel's log `event` is, where a case is about several
  SignalIndex signal = kNoSignal;
  PhaseState phase1 = PhaseState::Unknown, phase2 = PhaseState::Unknown;
  bool child_was_up = false;
  bool from_detector = false;
};

enum class CaseKind : std::uint8_t {
  Outage,
  Interruption,  // shorter than the grace time
  Degraded,      // IKEv1: Phase 1 was gone over a live Phase 2
  Running,       // faults while the tunnel stayed up
  Stateless,     // faults in a log that states no phases: there is no onset to look at
  Whole,         // a subject's whole history
};

struct Case {
  CaseKind kind = CaseKind::Whole;
  Time start = kNoTime;         // of the outage
  Time end = kNoTime;           // its end, or now
  Time second_onset = kNoTime;  // when IPsec itself followed BGP down, or Phase 1 went before Phase 2; kNoTime: neither
  Time ipsec_again = kNoTime;   // since when only BGP was missing, IPsec having been down before; kNoTime: never
  Time neighbour_back = kNoTime;  // since when the gateway answers another tunnel again; kNoTime: not long before its end
  bool ongoing = false;
  bool left_up = false;
  std::size_t first_event = kNoEvent;  // the record with which the outage began
  std::vector<Occurrence> seen;        // in no particular order
  Details details;

  bool has_onset() const { return kind == CaseKind::Outage || kind == CaseKind::Interruption || kind == CaseKind::Degraded; }
  bool is_harmless() const { return kind == CaseKind::Running || kind == CaseKind::Degraded; }  // traffic went on
  bool has(SignalIndex signal) const {
    for (const Occurrence& o : seen)
      if (o.signal == signal && signal != kNoSignal) return true;
    return false;
  }
};

}  // namespace tunnelscope::diag
