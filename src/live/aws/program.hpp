// Runs a program without a shell and takes what it writes. In: words, the first being the program as PATH finds it. Out: its standard output,
// or why there is none. Standard input is empty; the environment is this process's own.
#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "src/live/secret.hpp"

namespace tunnelscope::live {

struct ProgramFault {
  bool missing = false;  // there is no such program
  std::string reason;    // what it wrote to standard error last, or "did not end within 20 s"
  bool knows_not = false;  // it has no such command
};

// At most 64 KiB of output; more is a fault. When the time is over, or `stop` is set, the program and its children are killed.
tl::expected<Secret, ProgramFault> output_of(const std::vector<std::string>& words, std::chrono::milliseconds timeout,
                                             const std::atomic<bool>* stop);

}  // namespace tunnelscope::live
