// Which thresholds of kb/thresholds.yaml decide whether a detector gives its signal: what a proof names as the finding's limits.
// A detector that looks at another limit gets a row here.
#pragma once
#include <string_view>
#include <vector>

namespace tunnelscope::kb {

// Where `detail` is not empty, the limit was looked at only in cases whose detail has this value, or has any where `value` is empty.
struct SignalLimit {
  std::string_view signal, limit;
  std::string_view detail = {}, value = {};
};

const std::vector<SignalLimit>& signal_limits();

}  // namespace tunnelscope::kb
