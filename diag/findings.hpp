// Ledger to findings: severity, texts with this case's numbers, evidence, links between them, order.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "diag/ledger.hpp"
#include "diag/report.hpp"
#include "diag/session/sessions.hpp"
#include "diag/tunnel/cases.hpp"

namespace tunnelscope::diag {

// 16 hex digits, the same for the same cause and subject everywhere.
std::string fingerprint(std::string_view cause, std::string_view subject);

using Values = std::map<std::string, std::string, std::less<>>;

// Fills "{name}" from `values`; a clause in square brackets goes when a value in it is missing. A missing value
// outside brackets gives "?". A value of 1 before what is counted is said as one: "{count} times" is "once".
std::string fill_in(std::string_view text, const Values& values);

// Severity as contract/causes.md has it: the cause's own while it lasts, critical when it keeps a tunnel down at the
// end, the recovered one once over. On a standby that waits a warning at most.
kb::Severity severity_of(const Entry& entry);

struct FindingSources {
  const Intake& intake;
  const Classifier& classifier;
  const std::vector<tunnel::Subject>& subjects;
  const session::Log& sessions;
};

std::vector<Finding> write_findings(const Ledger& ledger, const FindingSources& sources, unsigned threads);

}  // namespace tunnelscope::diag
