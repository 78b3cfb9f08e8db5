// Cuts a tunnel's history into cases and gives each the message signals around it.
#pragma once
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "diag/case.hpp"
#include "diag/tunnel/history.hpp"

namespace tunnelscope::diag::tunnel {

// Signal names resolved to indexes, for the detectors.
class Signals {
 public:
  explicit Signals(const Classifier& classifier) : classifier_(classifier) {}
  SignalIndex operator[](std::string_view name) const { return classifier_.signal(name); }

 private:
  const Classifier& classifier_;
};

// A tunnel with all that detectors find in it.
struct Subject {
  History history;
  std::vector<Case> cases;   // cases[i] belongs to history.spells[i]; then Degraded, Running or Stateless, if any
  Case whole;                // the whole history
  std::vector<Stretch<std::monostate>> flapping;

  std::span<Case> outages() { return {cases.data(), history.spells.size()}; }
};

// Spells that ended before `since` give no case (kNoTime: all do).
Subject make_subject(History history, const Classifier& classifier, const Limits& limits, Time since);

// The message signal of one event as an occurrence.
Occurrence occurrence(const History& history, std::size_t event);

// A detector's signal at an event.
Occurrence found(const History& history, SignalIndex signal, std::size_t event);

// Drops what lies before `since` from the whole history: it sets the state, but no finding is about it alone.
void leave_out_before(Subject& subject, Time since);

// Whether the record's own state fields do not fit its message.
bool contradicts_itself(const kb::MessageRule& rule, const Event& event);

// Signals that say "this handshake failed", "the peer is gone".
std::vector<SignalIndex> handshake_faults(const Signals& signals);
// Those of them that the peer was heard with.
std::vector<SignalIndex> handshake_refusals(const Signals& signals);
// Signals of messages that say why a tunnel fell.
std::vector<SignalIndex> words_of_a_fall(const Signals& signals);
inline bool contains(const std::vector<SignalIndex>& list, SignalIndex signal) {
  bool found = false;  // the lists are short
  for (const SignalIndex one : list) found = found || one == signal;
  return found && signal != kNoSignal;
}

// First occurrence of any of `signals` in `c`, in time, or nullptr.
const Occurrence* first_of(const Case& c, const std::vector<SignalIndex>& signals);

// Whether `signal` occurs in `c` within `before` before its onset and `after` after it.
bool at_onset(const Case& c, SignalIndex signal, Duration before, Duration after);

}  // namespace tunnelscope::diag::tunnel
