// What the report shows of each endpoint, gateway region, site or remote network, apart from findings.
// In: a Log and the caveats that inputs gave. Out: SessionGroups by system and name; their primary causes are set later.
#pragma once
#include <vector>

#include "diag/intake.hpp"
#include "diag/report.hpp"
#include "diag/session/sessions.hpp"

namespace tunnelscope::diag::session {

std::vector<SessionGroup> groups_of(const Log& log, const Intake& intake, const Classifier& classifier, const Limits& limits,
                                    Time since);

// The documented fields that a record came with, by their own names.
std::map<std::string, std::string> fields_of(const Log& log, const SessionEvent& event);

}  // namespace tunnelscope::diag::session
