// What is left of an alert that was told from memory, as its state could not be written: a symbolic link beside the state, whose target is no
// file but says since when. A link takes no room on a disk that is full. In: the episode's beginning. Out: the same, after a crash.
#pragma once
#include <optional>
#include <string>

#include "diag/time.hpp"

namespace tunnelscope::live {

class Trace {
 public:
  // `state`: the database's file; empty: it goes with the process, and leaves no trace.
  explicit Trace(const std::string& state) : path_(state.empty() ? "" : state + "-told") {}

  std::optional<diag::Time> left() const;
  void leave(diag::Time start) const;  // where the file system has no links, or no room for one, nothing is left
  void remove() const;

 private:
  std::string path_;
};

}  // namespace tunnelscope::live
