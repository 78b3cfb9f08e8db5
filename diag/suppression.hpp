// Suppressions: findings that a project knows and excuses, with a reason and for a time. In: findings, suppressions, the present. Out: the
// findings with what excuses them, and for each suppression whether it still works and what it was good for. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"

namespace tunnelscope::diag {

struct Suppression {
  std::string cause, subject;  // patterns in which * stands for any characters and ? for one; empty: any
  std::string fingerprint;     // empty: any
  Suppressed why;
  Time ends = kNoTime;         // the first instant at which it no longer works; kNoTime: it works for ever
  std::string at;              // "path:line" where it is written
};

struct SuppressionUse {
  Suppression what;
  std::size_t matched = 0;  // findings that it excuses, or would if it had not expired
  bool expired = false;
  std::string hint;         // why it may have matched nothing; may be empty
};

// A finding that several fit is excused by the first; one that is fixed needs none.
std::vector<SuppressionUse> suppress(const std::vector<Finding*>& findings, const std::vector<Suppression>& suppressions, Time now);

bool fits(std::string_view pattern, std::string_view text);

}  // namespace tunnelscope::diag
