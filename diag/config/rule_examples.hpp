// Runs the examples of configuration rules: behind `rules test` and the build's own test. In: the knowledge base. Out: each example
// and near miss, and whether its rule holds of it.
#pragma once
#include <vector>

#include "kb/knowledge.hpp"
#include "kb/lint.hpp"

namespace tunnelscope::diag::config {

// In the order of the rules; `line` is the example in one line.
std::vector<kb::ExampleResult> run_config_examples(const kb::Knowledge& knowledge);

}  // namespace tunnelscope::diag::config
