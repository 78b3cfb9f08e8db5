// Configurations by which logs are judged: `diagnose --cloud`, and `check --logs`, which has read them already. In: files. Out: facts about
// tunnels, and what is wrong with the files. A file that cannot be used is a problem of the report; the logs are diagnosed all the same.
#pragma once
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/config/model.hpp"
#include "diag/report.hpp"
#include "diag/tunnel_facts.hpp"
#include "src/command.hpp"
#include "src/input/reader.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::commands {

struct Configured {
  std::vector<diag::config::Configuration> configurations;
  std::vector<diag::TunnelFacts> facts;
  std::vector<input::ReadProblem> problems;  // of files that could not be read, not to their end, or are no configuration
};

// Reads the files of --cloud. What is wrong inside a file that was read otherwise is said at once.
tl::expected<Configured, app::UsageError> read_configured(const app::Settings& settings, app::Console& console);

// Adds the problems of the files to the document, one for each that describes no tunnel of the logs, and a note on what was judged by them.
void note_configured(const Configured& configured, report::Document& document);

}  // namespace tunnelscope::commands
