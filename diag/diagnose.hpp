// Logs to report: history per tunnel, causes per outage, connections, findings in order.
// Pure: the same Intake, knowledge and options give the same Report, byte for byte.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "diag/intake.hpp"
#include "diag/report.hpp"
#include "diag/tunnel_facts.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

// A time in which outages are expected. Times are inclusive.
struct MaintenanceWindow {
  Time start = kNoTime, end = kNoTime;
  std::string connection;   // empty: every connection
  std::string outside_ip;   // empty: every tunnel of it
  std::string title;
  bool replacement = false; // AWS says that the tunnel endpoint was replaced at `start`
};

// A tunnel that waits on purpose while the other tunnel of its connection carries the traffic.
struct StandbyTunnel {
  std::string connection;
  std::string outside_ip;   // empty: whichever tunnel of the connection is down while another is up
};

struct Options {
  Time since = kNoTime, until = kNoTime;  // kNoTime: open. `until` must already have been applied to tunnels by the reader
  Time now = kNoTime;                     // kNoTime: the last record's time
  std::vector<MaintenanceWindow> maintenance;
  std::vector<StandbyTunnel> standby;
  std::vector<TunnelFacts> facts;         // of configurations; what is known of a tunnel outweighs the thresholds' defaults
  bool timelines = true;                  // false: nobody asks for them, and they are left empty
  std::size_t marked_records = 0;         // so many records of a tunnel's timeline are kept with their marks, the latest
  unsigned threads = 1;                   // the result is the same
};

Report diagnose(const Intake& intake, const Classifier& classifier, const Options& options);

}  // namespace tunnelscope::diag
