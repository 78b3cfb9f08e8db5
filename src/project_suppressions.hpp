// `suppressions:` of .tunnelscope.yaml. In: the entry. Out: suppressions; what is wrong goes to the faults.
#pragma once
#include <vector>

#include "diag/suppression.hpp"
#include "src/project_faults.hpp"

namespace tunnelscope::app {

// A reason and an expiry date are demanded of each, and a cause or a fingerprint that says what it is about. Texts are freed of keys.
std::vector<diag::Suppression> read_suppressions(const config::Entry& entry, ProjectFaults& faults);

}  // namespace tunnelscope::app
