// Announced maintenance: windows as JSON, an iCalendar file, or AWS's get-vpn-tunnel-replacement-status.
// In: the text of a file. Out: windows, or the first error with its line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "diag/diagnose.hpp"

namespace tunnelscope::app {

struct FileError {
  int line = 0;        // 1-based; 0: the file as a whole
  std::string reason;  // lower case, no full stop
  std::string hint;    // may be empty
};

struct Maintenance {
  std::vector<diag::MaintenanceWindow> windows;
  std::vector<std::string> warnings;  // what was read but not understood in full
};

tl::expected<Maintenance, FileError> read_maintenance(std::string_view text);

// The iCalendar form of it: VEVENTs with DTSTART and DTEND or DURATION. A VPN id and an address in the summary,
// location or description narrow the window to them; otherwise it concerns every tunnel.
tl::expected<Maintenance, FileError> read_icalendar(std::string_view text);

}  // namespace tunnelscope::app
