// User sessions in the text report: a line for each group on the first screen, and below a section with its table, its
// reasons, how many sessions were open at once, and what its log cannot show.
// In: the report and a page. Out: lines on that page.
#pragma once
#include <string>
#include <vector>

#include "diag/report.hpp"
#include "src/report/page.hpp"

namespace tunnelscope::report {

// "12 connections, 5 failed (aws-client-vpn, twingate)": all groups together.
std::string sessions_in_short(const diag::Report& report);

// Groups with trouble first, the worst at the top; the healthy ones in a line when there are many.
void session_lines(Page& page, const diag::Report& report);

// Sections of the groups with trouble and of the first few others.
void session_sections(Page& page, const diag::Report& report);

// The curve of `most`, no wider than `width` columns; a column that stands for several steps shows the most of them.
// Zero has a mark of its own, so that one open session is never drawn as none. Empty: nothing was counted.
std::string sparkline(const diag::Concurrency& concurrency, int width, bool unicode);

}  // namespace tunnelscope::report
