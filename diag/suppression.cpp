// Tested by diag_standing_test.cpp.
#include "diag/suppression.hpp"

namespace tunnelscope::diag {
namespace {

bool fits_all(std::string_view pattern, std::string_view text) { return pattern.empty() || fits(pattern, text); }

bool covers(const Suppression& s, const Finding& f) {
  return fits_all(s.cause, f.cause) && fits_all(s.subject, f.subject) && (s.fingerprint.empty() || s.fingerprint == f.fingerprint);
}

}  // namespace

// Only the last star may have to take more than it took: what stands before it has found its first place.
bool fits(std::string_view pattern, std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0, t = 0, star = kNone, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != kNone) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == kNone;
}

std::vector<SuppressionUse> suppress(const std::vector<Finding*>& findings, const std::vector<Suppression>& suppressions, Time now) {
  std::vector<SuppressionUse> uses;
  for (const Suppression& one : suppressions) {
    SuppressionUse use{one, 0, one.ends != kNoTime && now >= one.ends, {}};
    for (Finding* finding : findings) {
      if (finding->standing.change == FindingChange::Fixed || !covers(one, *finding)) continue;
      ++use.matched;
      if (!use.expired && !finding->standing.suppressed) finding->standing.suppressed = one.why;
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace tunnelscope::diag
