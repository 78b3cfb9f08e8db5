// Keys that configurations hold, taken out of what a check says. Fields that are read as keys are never shown anyway; this is for a key
// that was pasted where something else belongs: an identity, a name, a proposal.
// In: a document, complete. Out: the same, every known key in its texts replaced by "[key]".
#pragma once
#include "src/report/check_format.hpp"

namespace tunnelscope::app {

void hide_keys(report::CheckDocument& document);

}  // namespace tunnelscope::app
