// Episodes of inputs that are no longer named. Nothing that is read can end these, so they are over: at once, and saying why. Tested by
// diag_alerts_test.cpp.
#include <algorithm>

#include <fmt/format.h>

#include "diag/alert_teller.hpp"

namespace tunnelscope::diag {
namespace {

class Watched {
 public:
  Watched(const Report& report, const AlertOptions& options) : report_(report), options_(options) {}

  // The input that showed this of the episode, where neither it nor another that is named does any longer.
  const std::string* gone(const Episode& e, const std::string& what) const {
    const auto shown = e.shown_by.find(what);
    if (shown == e.shown_by.end() || is_named(shown->second) || is_reported(e, what)) return nullptr;
    return &shown->second;
  }

 private:
  bool is_named(const std::string& input) const {
    return options_.watched->contains(input) || std::find(report_.paths.begin(), report_.paths.end(), input) != report_.paths.end();
  }
  bool is_reported(const Episode& e, const std::string& what) const {
    if (e.kind == EpisodeKind::Finding)
      return std::any_of(report_.findings.begin(), report_.findings.end(), [&](const Finding& f) { return f.fingerprint == e.key; });
    return std::any_of(report_.tunnels.begin(), report_.tunnels.end(), [&](const TunnelReport& t) { return t.id == what; });
  }

  const Report& report_;
  const AlertOptions& options_;
};

}  // namespace

void end_unwatched(Episode episode, std::string_view input, Time now, Teller& teller) {
  if (episode.recovered == kNoTime) episode.recovered = std::max(episode.start, now);
  episode.summary = fmt::format("{} is no longer watched, so it is not known whether this is over.", input);
  teller.end(std::move(episode), now);
}

Told still_watched(const Told& before, const Report& report, Teller& teller) {
  if (!teller.options().watched) return before;
  const Watched watched(report, teller.options());
  Told left = before;
  left.open.clear();
  for (Episode e : before.open) {
    const std::string* input = nullptr;
    std::size_t gone = 0;
    std::erase_if(e.down, [&](const std::string& tunnel) { return watched.gone(e, tunnel) != nullptr; });
    for (const auto& [what, shown_by] : e.shown_by) {
      if (watched.gone(e, what) == nullptr) continue;
      input = &shown_by;
      ++gone;
    }
    if (gone > 0 && gone == e.shown_by.size()) {
      end_unwatched(e, *input, report.now, teller);
      continue;
    }
    if (gone > 0 && e.down.empty() && e.recovered == kNoTime) e.recovered = std::max(e.start, before.until);
    left.open.push_back(std::move(e));
  }
  return left;
}

}  // namespace tunnelscope::diag
