// Tested by diag_episodes_test.cpp.
#include "diag/episodes.hpp"

#include <algorithm>
#include <span>

namespace tunnelscope::diag {
namespace {

enum class Level : std::uint8_t { Well, Warning, Critical };

// From `start` to `end` of one level; an empty end: to now and on.
struct Run {
  Time start = kNoTime;
  std::optional<Time> end;
};

// How many tunnels are up and down, as time goes on.
class Sweep {
 public:
  Sweep(const std::vector<TunnelSpan>& tunnels, const std::vector<DownTime>& down) : tunnels_(tunnels), states_(tunnels.size()) {
    for (const DownTime& d : down) {
      edges_.push_back({d.start, d.tunnel, +1});
      if (d.end) edges_.push_back({*d.end, d.tunnel, -1});
    }
    for (std::size_t i = 0; i < tunnels.size(); ++i)
      if (tunnels[i].known != kNoTime) edges_.push_back({tunnels[i].known, i, 0});
    std::sort(edges_.begin(), edges_.end(), [](const Edge& a, const Edge& b) { return a.time < b.time; });
  }

  // Calls `see(instant, level)` at each instant at which the level may change, in order.
  template <class See>
  void run(See see) {
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      pass(edges_[i]);
      if (i + 1 == edges_.size() || edges_[i + 1].time != edges_[i].time) see(edges_[i].time, level());
    }
  }

 private:
  struct Edge {
    Time time;
    std::size_t tunnel;
    int down;  // more down times from here on; 0: the tunnel's states are known from here on
  };
  struct State {
    int down = 0;
    bool known = false;
  };

  void pass(const Edge& edge) {
    State& state = states_[edge.tunnel];
    count(edge.tunnel, state, -1);
    state.down += edge.down;
    state.known = state.known || edge.down == 0;
    count(edge.tunnel, state, +1);
  }

  void count(std::size_t tunnel, const State& state, int by) {
    if (state.down > 0) (tunnels_[tunnel].standby ? standbys_down_ : others_down_) += by;
    if (state.down == 0 && state.known) up_ += by;
  }

  Level level() const {
    if (others_down_ + standbys_down_ == 0 || (others_down_ == 0 && up_ > 0)) return Level::Well;
    return up_ > 0 ? Level::Warning : Level::Critical;
  }

  const std::vector<TunnelSpan>& tunnels_;
  std::vector<State> states_;
  std::vector<Edge> edges_;
  int up_ = 0, standbys_down_ = 0, others_down_ = 0;
};

// The unbroken times of at least one level.
class Runs {
 public:
  explicit Runs(Level least) : least_(least) {}
  void see(Time time, Level level) {
    const bool holds = level >= least_;
    if (holds && !in_run_) list.push_back({time, {}});
    if (!holds && in_run_) list.back().end = time;
    in_run_ = holds;
  }
  std::vector<Run> list;

 private:
  Level least_;
  bool in_run_ = false;
};

void drop_short(std::vector<Run>& runs, const AlertOptions& options) {
  std::erase_if(runs, [&](const Run& run) { return run.end && *run.end - run.start < options.grace; });
}

// Joined over gaps shorter than `stable`.
std::vector<Run> bridged(const std::vector<Run>& runs, const AlertOptions& options) {
  std::vector<Run> joined;
  for (const Run& run : runs) {
    if (!joined.empty() && run.start - *joined.back().end < options.stable) {
      joined.back().end = run.end;
    } else {
      joined.push_back(run);
    }
  }
  return joined;
}

class Writer {
 public:
  // `undecided`: since when a tunnel is down for less than the grace time.
  Writer(Time now, std::optional<Time> undecided, const AlertOptions& options) : now_(now), undecided_(undecided), options_(options) {
    if (undecided) expect(*undecided + options.grace);
  }

  // `wrong` and `criticals` are bridged, `parts` are not: the times within `wrong` in which something was wrong.
  OutageEpisode write(const Run& wrong, std::span<const Run> criticals, std::span<const Run> parts) {
    OutageEpisode e;
    e.start = wrong.start;
    e.recovered = wrong.end;
    const bool at_once = !criticals.empty() && criticals.front().start == wrong.start;
    e.steps.push_back({wrong.start + options_.grace, at_once ? kb::Severity::Critical : kb::Severity::Warning});
    for (std::size_t i = 0; i < criticals.size(); ++i) {
      const Run& critical = criticals[i];
      if (critical.start != wrong.start) e.steps.push_back({critical.start + options_.grace, kb::Severity::Critical});
      if (!critical.end || !has_settled(*critical.end)) continue;
      const auto less = wrong_since(parts, *critical.end + options_.stable);
      const bool critical_again = less && i + 1 < criticals.size() && *less >= criticals[i + 1].start + options_.grace;
      if (less && !critical_again) e.steps.push_back({*less, kb::Severity::Warning});
    }
    if (wrong.end && has_settled(*wrong.end)) e.resolved = *wrong.end + options_.stable;
    return e;
  }

  std::optional<Time> due() const { return due_; }

 private:
  // Whether it is certain that it stayed well after `end` for long enough.
  bool has_settled(Time end) {
    const Time at = end + options_.stable;
    expect(at);
    return now_ >= at && (!undecided_ || *undecided_ >= at);
  }

  // The first instant from `from` on at which something that counts was wrong: while all is well, nothing gets less grave.
  std::optional<Time> wrong_since(std::span<const Run> parts, Time from) const {
    for (const Run& part : parts)
      if (!part.end || *part.end > from) return std::max(from, part.start + options_.grace);
    return std::nullopt;
  }

  void expect(Time time) {
    if (time > now_ && (!due_ || time < *due_)) due_ = time;
  }

  Time now_;
  std::optional<Time> undecided_;
  const AlertOptions& options_;
  std::optional<Time> due_;
};

// The first ones of `left`, up to those that begin after `whole`.
std::span<const Run> take_within(const Run& whole, std::span<const Run>& left) {
  const auto end = std::find_if(left.begin(), left.end(), [&](const Run& run) { return whole.end && run.start >= *whole.end; });
  const auto count = static_cast<std::size_t>(end - left.begin());
  const auto taken = left.first(count);
  left = left.subspan(count);
  return taken;
}

// Takes those that last and are younger than the grace time out of `down`: the start of the first of them.
std::optional<Time> take_undecided(std::vector<DownTime>& down, Time now, const AlertOptions& options) {
  std::optional<Time> first;
  std::erase_if(down, [&](const DownTime& d) {
    const bool young = !d.end && now - d.start < options.grace;
    if (young && (!first || d.start < *first)) first = d.start;
    return young;
  });
  return first;
}

}  // namespace

OutageEpisodes outage_episodes(const std::vector<TunnelSpan>& tunnels, std::vector<DownTime> down, Time now, const AlertOptions& options) {
  const std::optional<Time> undecided = take_undecided(down, now, options);
  Runs wrong_runs(Level::Warning), critical_runs(Level::Critical);
  Sweep(tunnels, down).run([&](Time time, Level level) {
    wrong_runs.see(time, level);
    critical_runs.see(time, level);
  });
  drop_short(wrong_runs.list, options);
  drop_short(critical_runs.list, options);
  const std::vector<Run> criticals = bridged(critical_runs.list, options);
  Writer writer(now, undecided, options);
  OutageEpisodes episodes;
  std::span<const Run> criticals_left(criticals), parts_left(wrong_runs.list);
  for (const Run& wrong : bridged(wrong_runs.list, options))
    episodes.list.push_back(writer.write(wrong, take_within(wrong, criticals_left), take_within(wrong, parts_left)));
  episodes.due = writer.due();
  return episodes;
}

}  // namespace tunnelscope::diag
