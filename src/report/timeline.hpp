// A tunnel's history drawn with characters: a lane for each phase and for BGP, marks, and a time axis.
// In: the tunnel's report and a width. Out: lines no wider than that. One column stands for a slice of time and shows
// the worst state within it, so that a short outage does not vanish in a long log.
#pragma once
#include <string>
#include <vector>

#include "diag/report.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::report {

// Empty when there is nothing to draw or less than a few columns to draw it in.
std::vector<std::string> draw_timeline(const diag::TunnelReport& tunnel, const app::Screen& screen);

}  // namespace tunnelscope::report
