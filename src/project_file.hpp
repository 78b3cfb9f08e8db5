// The configuration file of a project, .tunnelscope.yaml (docs/configuration-file.md). In: where to look. Out: what it sets, or what is
// wrong with it and where.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/config/pairing.hpp"
#include "diag/diagnose.hpp"
#include "diag/suppression.hpp"
#include "src/options.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::app {

// An option that the file sets, for one command or group of commands, or for all that have it.
struct ProjectSetting {
  std::string section;              // "diagnose", "rules"; empty: all
  std::string option;               // "--fail-on"
  std::vector<std::string> values;  // one, but for options that may be repeated; paths are relative to the working folder
  std::string place;                // "path:line:column", for the terminal
};

struct ProjectFile {
  std::vector<ProjectSetting> settings;
  std::vector<diag::config::ConfiguredPair> pairs;
  std::vector<diag::StandbyTunnel> standby;
  std::vector<diag::Suppression> suppressions;
};

// `asked` is what --config says: a path, or "none" for no file. Empty: the first that there is of .tunnelscope.yaml in the working folder
// and in those above it, up to the first that holds .git or is the user's home (where neither is above, the working folder alone), and
// tunnelscope/config.yaml below $XDG_CONFIG_HOME or ~/.config. Without any nothing is set. Keys that nobody knows are errors.
tl::expected<ProjectFile, UsageError> project_file(const std::string& asked, const Environment& environment);

// Gives the settings what the file says for this command, where neither the command line nor the environment says it.
void apply(std::shared_ptr<const ProjectFile> file, const Command& command, Settings& settings);

}  // namespace tunnelscope::app
