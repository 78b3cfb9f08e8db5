// How a finding stands: compared with an earlier report, and excused by its owner or not. It belongs to a report, not to a diagnosis.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunnelscope::diag {

// Compared with the state or the report before.
enum class FindingChange : std::uint8_t { New, Fixed, Unchanged };

std::string_view name_of(FindingChange change);  // "new", "fixed", "unchanged"

// By a suppression of the project's file.
struct Suppressed {
  std::string reason, owner;  // owner empty: not said
  std::string expires;        // the last day, "2026-12-31"; empty: never
};

struct Standing {
  std::optional<FindingChange> change;  // empty: there is nothing to compare with
  std::optional<Suppressed> suppressed;
  bool in_baseline = false;             // then `change` is Unchanged

  // Whether it may fail a run.
  bool counts() const { return !suppressed && !in_baseline && change != FindingChange::Fixed; }
};

}  // namespace tunnelscope::diag
