// `check --logs`: the logs of the tunnels that are checked, diagnosed by the configurations' own figures and laid beside the verdicts.
#pragma once
#include <vector>

#include "diag/check.hpp"
#include "kb/knowledge.hpp"
#include "src/command.hpp"
#include "src/report/check_format.hpp"

namespace tunnelscope::commands {

// Precondition: --logs was given. What could not be read of the logs is added to `problems`, fatal.
report::CheckedLogs check_logs(const app::Settings& settings, const diag::CheckInput& checked, const diag::Check& check,
                               const kb::Knowledge& knowledge, app::Console& console, std::vector<diag::config::Problem>& problems);

}  // namespace tunnelscope::commands
