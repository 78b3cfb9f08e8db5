// The configuration file of a project, .tunnelscope.yaml. In: a path. Out: what it sets, or what is wrong with it and where.
#pragma once
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/config/pairing.hpp"
#include "src/options.hpp"

namespace tunnelscope::app {

struct ProjectFile {
  std::vector<diag::config::ConfiguredPair> pairs;
};

// `asked` is what --config says; empty: ./.tunnelscope.yaml, or nothing where there is none. Keys that nobody knows are errors.
tl::expected<ProjectFile, UsageError> project_file(const std::string& asked);

}  // namespace tunnelscope::app
