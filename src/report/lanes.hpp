// Timelines cut into slices: a lane is a row of cells, and a cell shows the worst that happened within its slice of time,
// so that a short outage does not vanish in a long log. In: a tunnel's report and a number of cells. Out: its lanes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"

namespace tunnelscope::report {

// In order of importance: where several fall into one cell, the last one is shown.
enum class Cell : std::uint8_t { Empty, Up, Rekeying, Negotiating, Down, Outage, Rekey, Collision, Failure, Delete, Dpd };
inline constexpr std::size_t kCells = 11;
inline constexpr std::string_view kBlank = "blank: not known";  // of Empty in a legend

Cell cell_of(diag::PhaseState state);
Cell cell_of(diag::BgpState state);
Cell cell_of(diag::MarkKind kind);  // Empty: an outage's start or end, which its lane shows

// Precondition of `column`: start < end, columns > 0. Times outside are taken for its ends.
struct Scale {
  diag::Time start = 0, end = 0;
  int columns = 0;
  int column(diag::Time time) const;
};

struct Lane {
  std::string label;
  std::vector<Cell> cells;  // as many as the scale has columns
  bool used = false;        // something was filled in

  Lane(std::string name, const Scale& scale);
  void fill(const Scale& scale, diag::Time from, diag::Time to, Cell cell);
};

// Phase 1, Phase 2, BGP, outages and events, those that have something to show.
std::vector<Lane> lanes_of(const diag::TunnelReport& tunnel, const Scale& scale);

}  // namespace tunnelscope::report
