// User sessions in the Markdown report. In: the report. Out: Markdown, with everything from a log in code spans.
#pragma once
#include <string>

#include "diag/report.hpp"

namespace tunnelscope::report {

// A table of the groups; empty when there are none.
std::string session_table(const diag::Report& report);

// A section for each group: its clients, its reasons, how many sessions were open at once, and its caveats.
std::string session_details(const diag::Report& report);

}  // namespace tunnelscope::report
