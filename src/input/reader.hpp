// Inputs to records: files, folders and standard input, plain or gzip, in any container, pushed into an Intake.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "diag/intake.hpp"

namespace tunnelscope::input {

struct ReadOptions {
  std::string tunnel;               // --tunnel VPN_ID/OUTSIDE_IP: identity for inputs that carry none; may be empty
  diag::Time until = diag::kNoTime; // records after it are left out (not counted at all)
  unsigned jobs = 1;                // threads; the result is the same
  std::function<void(std::uint64_t bytes_read, const std::string& path)> progress;  // may be empty; called rarely
};

// One input that could not be read, or not to its end. Reading goes on with the others.
struct ReadProblem {
  std::string path;
  std::string reason;  // "no such file", "permission denied", "gzip data ends early", ...
  std::string hint;    // may be empty
};

// `paths` are files, folders (walked in name order) or "-". Returns the problems; everything else is in `intake`.
// Does not call intake.finish().
std::vector<ReadProblem> read_inputs(const std::vector<std::string>& paths, const ReadOptions& options,
                                     diag::Intake& intake);

}  // namespace tunnelscope::input
