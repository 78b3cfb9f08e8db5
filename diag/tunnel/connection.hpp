// A VPN connection: two tunnels that stand in for each other. In: the tunnels' histories. Out: redundancy, the times
// in which no tunnel was up, and a case with the signals that its causes are judged on.
#pragma once
#include <string>
#include <vector>

#include "diag/tunnel/detectors.hpp"

namespace tunnelscope::diag::tunnel {

struct Connection {
  ConnectionReport report;
  std::vector<std::size_t> tunnels;  // indexes of its subjects
  Case whole;                        // its occurrences say of which subject they are
  std::vector<Occurrence> lasting;   // those of whole.seen that still hold at the end

  bool is_ongoing(const Occurrence& o) const;
};

std::vector<Connection> connections(const std::vector<Subject>& subjects, const Context& context);

// Declared to wait while the other tunnel of its connection is up.
bool is_standby(const TunnelLog& log, const Options& options);

// Whether `h` carried traffic throughout [from, to], but for less than `grace` in which it came up or was back at once.
bool up_throughout(const History& h, Time from, Time to, Duration grace);

}  // namespace tunnelscope::diag::tunnel
