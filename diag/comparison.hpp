// Findings of now against findings of before: of an earlier report, or of a baseline, which lists what is known. In: both. Out: new and
// unchanged marked, and what is gone. Findings are the same when their fingerprints are. Pure.
#pragma once
#include <cstdint>
#include <vector>

#include "diag/report.hpp"

namespace tunnelscope::diag {

enum class PastIs : std::uint8_t { Report, Baseline };

// Marks `now`; gives those of `past` that are not in it, as fixed, each once. May be called for a report and for a baseline, in either
// order: what is in the baseline is unchanged whatever the report says, and what is not is what the report says, or else new.
std::vector<Finding> compare(const std::vector<Finding*>& now, const std::vector<Finding>& past, PastIs kind);

}  // namespace tunnelscope::diag
