// The exit statuses of every command; contract with scripts and CI.
#pragma once

namespace tunnelscope::app {

enum class Exit : int {
  Done = 0,
  Findings = 1,         // at least one finding at or above --fail-on
  Usage = 2,            // the command line or a file named on it (other than an input) is wrong
  KnowledgeBase = 3,    // a rule or cause is wrong
  Input = 4,            // an input could not be read, or nothing was recognised
  Internal = 5,
};
inline int status(Exit exit) { return static_cast<int>(exit); }

}  // namespace tunnelscope::app
