// The state tracker: what the records of one tunnel say of Phase 1, Phase 2 and BGP over time.
// In: the tunnel's ordered events. Out: state after each record, spells of not being up, steps that cannot be.
// It observes and does not simulate: a record's own state fields give the new state, an impossible step is kept
// and counted. What up, down and degraded mean is in contract/causes.md.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/limits.hpp"
#include "diag/report.hpp"
#include "diag/tunnel_facts.hpp"

namespace tunnelscope::diag::tunnel {

// Degraded: IKEv1 with Phase 1 down over a live Phase 2; traffic still flows, so it counts as up.
enum class Health : std::uint8_t { Unknown, Up, Degraded, NotUp };
inline bool carries_traffic(Health h) { return h == Health::Up || h == Health::Degraded; }

// The tunnel as it stood with one record. `child_was_up` is of the time before the record.
struct State {
  PhaseState phase1 = PhaseState::Unknown, phase2 = PhaseState::Unknown;
  BgpState bgp = BgpState::Unknown;
  Health health = Health::Unknown;
  bool child_was_up = false;  // a CHILD SA had been up on the present IKE SA
  std::uint32_t ike_sa = 0;   // counts IKE SAs: a Phase 1 that left up and came back is a new one
};

// One unbroken time of not being up. An outage when it lasted the grace time or has not ended, else an interruption.
struct Spell {
  Time start = kNoTime;
  std::optional<Time> end;
  std::size_t first_event = 0;     // the record with which it began
  std::size_t end_event = 0;       // the record with which it ended; the number of events when it has not
  bool left_up = false;            // the tunnel was up just before
  Time ipsec_start = kNoTime;      // when IPsec itself was first seen not up in it; kNoTime: never
  Time ipsec_end = kNoTime;        // since when IPsec was up again in it; kNoTime: never
  bool phase1_left = false;        // Phase 1 was not up at some time in it
  bool is_outage = false;
};

struct History {
  const TunnelLog* log = nullptr;
  const TunnelFacts* facts = nullptr;  // of its configuration; nullptr: none are known
  IkeVersion version = IkeVersion::Unknown;
  bool has_ike = false, has_bgp = false;
  std::vector<State> states;       // one per event: the state with it
  std::vector<Spell> spells;       // in time order
  std::uint64_t impossible_steps = 0;
  Time now = kNoTime;              // the end of what is judged
  Duration usual_spacing = 0;      // of IKE records
  bool silent = false;             // no IKE record for too long before now
  Answer nat_t = Answer::Unknown, dpd_enabled = Answer::Unknown;  // last stated

  Time first() const { return log->events.front().time; }
  Time last() const { return log->events.back().time; }
  const State& last_state() const { return states.back(); }
  std::string_view subject() const { return log->id; }
  // By its configuration routes are static: a BGP session is not missed.
  bool is_static() const { return facts != nullptr && facts->bgp == false; }
};

// `log` must have an event; it and `facts` must outlive the History. `now` is at least the last record's time.
History track(const TunnelLog& log, const Classifier& classifier, const Limits& limits, Time now, const TunnelFacts* facts = nullptr);

// Times in which the tunnel surely was up, from `from` to `to`, and the three sums of it.
struct Accounts {
  Duration up = 0, down = 0, unknown = 0;
};
Accounts accounts(const History& history, Time from);
Availability availability(const History& history, Time from);

// Lanes and marks for reports.
// What the record of an event says; asked of at most `marked_records` events, the latest that have marks.
using MessageOf = std::function<std::string(const Event&)>;
Timeline timeline(const History& history, const Classifier& classifier, std::size_t marked_records, const MessageOf& message_of);

}  // namespace tunnelscope::diag::tunnel
