// The episodes of one connection from the intervals in which its tunnels were down. Pure. In: when each tunnel was down, since when it was
// known. Out: from when to when something was wrong, and how grave it was when. All of it follows from the intervals before an instant, so
// it is the same for whoever asks at that instant or later.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "diag/alerts.hpp"

namespace tunnelscope::diag {

struct TunnelSpan {
  Time known = kNoTime;   // since when its states are known; kNoTime: never, so that it is not known to be up
  bool standby = false;   // may be down while another is up
};

struct DownTime {
  std::size_t tunnel = 0;   // index of a TunnelSpan
  Time start = kNoTime;
  std::optional<Time> end;  // empty: it lasts
};

struct SeverityStep {
  Time at = kNoTime;
  kb::Severity severity{};
};

struct OutageEpisode {
  Time start = kNoTime;
  std::optional<Time> recovered;    // when the last tunnel came up; empty: something is wrong still
  std::optional<Time> resolved;     // recovered and stable since; never later than `now`
  std::vector<SeverityStep> steps;  // the first opens it; none later than `now`
};

struct OutageEpisodes {
  std::vector<OutageEpisode> list;  // by start
  std::optional<Time> due;          // the next instant after `now` at which time alone may change something
};

// No tunnel up is critical, else it is a warning; a standby that is down while another is up is nothing. A state counts once it has lasted
// for the grace time, and a graver one is over when it has not come back for `stable`: so a gap shorter than that is bridged. Down times
// that last and are younger than the grace time open nothing yet, but nothing is over before it is known what becomes of them.
OutageEpisodes outage_episodes(const std::vector<TunnelSpan>& tunnels, std::vector<DownTime> down, Time now, const AlertOptions& options);

}  // namespace tunnelscope::diag
