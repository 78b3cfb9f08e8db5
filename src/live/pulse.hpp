// What happened in lines that have just come, before anything is diagnosed. In: lines of one source. Out: the instants of their records, in the
// order of the lines, and whether each may change a verdict: a watch steps where one does.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "diag/classify.hpp"
#include "diag/fold.hpp"
#include "src/live/sources/source.hpp"

namespace tunnelscope::live {

struct Moment {
  std::uint64_t line = 0;
  diag::Time time = diag::kNoTime;
  bool matters = false;  // not routine: a change of state, a fault, a session
};

struct Pulse {
  std::vector<Moment> moments;
  std::uint64_t records = 0, unrecognised = 0, skipped = 0, duplicates = 0;
  diag::Time newest = diag::kNoTime;
};

class PulseReader {
 public:
  // `classifier` must outlive it. `tunnel`: identity for lines that carry none.
  PulseReader(const diag::Classifier& classifier, std::string tunnel)
      : classifier_(classifier), rules_(classifier, false), tunnel_(std::move(tunnel)) {}

  // `header`: of the table that the lines are rows of; may be empty. `now`: near which times without a year lie.
  Pulse read(const std::string& source, const Lines& lines, const std::string& header, diag::Time now);

 private:
  struct States {
    diag::PhaseState phase1{}, phase2{};
    diag::BgpState bgp{};
    auto operator<=>(const States&) const = default;
  };
  bool matters(const std::string& tunnel, const diag::Event& event);

  const diag::Classifier& classifier_;
  diag::FoldRules rules_;
  std::string tunnel_;
  std::map<std::string, States, std::less<>> states_;  // last stated, by tunnel
};

}  // namespace tunnelscope::live
