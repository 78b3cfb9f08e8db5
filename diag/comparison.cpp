// Tested by diag_standing_test.cpp.
#include "diag/comparison.hpp"

#include <set>

namespace tunnelscope::diag {

std::string_view name_of(FindingChange change) {
  static constexpr std::string_view kNames[] = {"new", "fixed", "unchanged"};
  return kNames[static_cast<std::size_t>(change)];
}

std::vector<Finding> compare(const std::vector<Finding*>& now, const std::vector<Finding>& past, PastIs kind) {
  std::set<std::string> known, met;
  for (const Finding& one : past) known.insert(one.fingerprint);
  for (Finding* finding : now) {
    met.insert(finding->fingerprint);
    Standing& standing = finding->standing;
    if (standing.change == FindingChange::Fixed || standing.in_baseline) continue;
    const bool was_there = known.contains(finding->fingerprint);
    standing.in_baseline = kind == PastIs::Baseline && was_there;
    const bool decides = kind == PastIs::Report || was_there || !standing.change;
    if (decides) standing.change = was_there ? FindingChange::Unchanged : FindingChange::New;
  }
  std::vector<Finding> gone;
  for (const Finding& one : past) {
    if (!met.insert(one.fingerprint).second) continue;
    gone.push_back(one);
    gone.back().standing = {FindingChange::Fixed, {}, false};
  }
  return gone;
}

}  // namespace tunnelscope::diag
