// Whether what is watched has been well for long enough to go home. Pure. In: a Report. Out: yes, or what is still missing.
#pragma once
#include <string>

#include "diag/report.hpp"

namespace tunnelscope::diag {

struct Health {
  bool healthy = false;
  std::string missing;  // one sentence without a full stop; empty when healthy. May hold ids from the log: escape it
};

// Every tunnel is up, but for a standby that waits, and has been for `stable`; where its last outage was one of a rekey, a rekey has passed since;
// no fault of user sessions goes on.
Health health_of(const Report& report, const kb::Knowledge& knowledge, Duration stable);

}  // namespace tunnelscope::diag
