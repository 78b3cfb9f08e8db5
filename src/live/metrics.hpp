// The watch as metrics, in Prometheus's text format (version 0.0.4). Pure. In: a Snapshot. Out: its exposition, families in a fixed order.
// What is counted since the state was first made is a counter and never falls; what is said of the journal's window may fall and is a gauge.
// Knowledge that is absent has no sample. docs/metrics.md lists the names.
#pragma once
#include <string>

#include "src/live/board.hpp"

namespace tunnelscope::live {

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// Labels come from logs, which may invent tunnels without end: of each kind so many have samples of their own, the first by id, and
// tunnelscope_series_omitted counts the others.
inline constexpr std::size_t kMostLabelled = 500;

std::string to_metrics(const Snapshot& snapshot);

}  // namespace tunnelscope::live
