// Inputs to records: files, folders and standard input, plain or gzip, in any container, pushed into an Intake.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/intake.hpp"
#include "src/input/bytes.hpp"

namespace tunnelscope::input {

// One input that could not be read, or not to its end. Reading goes on with the others.
struct ReadProblem {
  std::string path;
  std::string reason;  // "no such file", "permission denied", "gzip data ends early", ...
  std::string hint;    // may be empty
};

// An input that is no file, and how it is opened.
struct RemoteInput {
  std::string path;  // what the report calls it
  std::function<tl::expected<std::unique_ptr<ByteSource>, ReadProblem>()> open;  // on the thread that reads it
};

struct ReadOptions {
  std::string tunnel;               // --tunnel VPN_ID/OUTSIDE_IP: identity for inputs that carry none; may be empty
  diag::Time until = diag::kNoTime; // records after it are left out (not counted at all)
  unsigned jobs = 1;                // threads; the result is the same
  std::function<void(std::uint64_t bytes_read, const std::string& path)> progress;  // may be empty; called rarely
  std::function<std::optional<RemoteInput>(const std::string& name)> remote;        // nothing: the name is a file's; may be empty
};

// `paths` are files, folders (walked in name order), "-", or what options.remote knows. Returns the problems; everything else is in `intake`.
// Does not call intake.finish().
std::vector<ReadProblem> read_inputs(const std::vector<std::string>& paths, const ReadOptions& options,
                                     diag::Intake& intake);

// An input that somebody else has opened.
struct OpenInput {
  std::string path;                        // its name in the report; several may have the same
  std::uint64_t first_line = 1;            // the number of the first line that `bytes` gives
  diag::Time year_hint = diag::kNoTime;    // as Intake::year_hint
  std::unique_ptr<ByteSource> bytes;
};

// The same for open inputs, on this thread; options.jobs and progress are not looked at.
std::vector<ReadProblem> read_open_inputs(std::vector<OpenInput> inputs, const ReadOptions& options, diag::Intake& intake);

}  // namespace tunnelscope::input
