// Clients that connect and disconnect too often, or whose sessions are too short to be of use.
// Only where a record is a session of a person or a site; Pangolin's and Twingate's are flows, where short is normal.
#include <algorithm>
#include <tuple>

#include "diag/session/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

struct Step {
  Time time;
  std::size_t event;
  bool short_end;  // the end of a short session
};

struct Window {
  std::size_t from = 0, to = 0, short_ones = 0;  // steps [from, to)
  std::size_t events() const { return to - from; }
};

bool counts(const Session& s) {
  const bool of_clients = s.system == System::AwsClientVpn || s.system == System::CloudConnexa;
  return of_clients && (s.outcome == Outcome::Open || s.outcome == Outcome::Ended);
}

ByNumber<std::vector<Step>> steps_by_client(const Scene& scene) {
  ByNumber<std::vector<Step>> by;
  for (const Session& s : scene.log.sessions) {
    if (!counts(s)) continue;
    const SessionEvent& last = scene.log.events[s.last_event];
    std::vector<Step>& steps = by(s.system, scene.log.names.of(kb::About::Client, last));
    if (s.start != kNoTime) steps.push_back({s.start, s.events.front(), false});
    const bool is_short = s.duration > 0 && s.duration <= scene.limits.sessions.short_session;
    if (s.outcome == Outcome::Ended) steps.push_back({s.end, s.last_event, is_short});
  }
  for (auto& entry : by.entries())
    std::sort(entry.value.begin(), entry.value.end(),
              [](const Step& a, const Step& b) { return std::tie(a.time, a.event) < std::tie(b.time, b.event); });
  return by;
}

// The window with the most short sessions, else with the most events, among those that are too much.
Window worst(const std::vector<Step>& steps, const Limits::Sessions& limits) {
  Window worst, w;
  for (w.to = 1; w.to <= steps.size(); ++w.to) {
    if (steps[w.to - 1].short_end) ++w.short_ones;
    for (; steps[w.to - 1].time - steps[w.from].time > limits.churn_window; ++w.from)
      if (steps[w.from].short_end) --w.short_ones;
    const bool too_much = w.events() >= limits.churn_events || w.short_ones >= limits.churn_short;
    if (too_much && std::pair(w.short_ones, w.events()) > std::pair(worst.short_ones, worst.events())) worst = w;
  }
  return worst;
}

}  // namespace

void detect_churn(const Scene& scene) {
  const auto& limits = scene.limits.sessions;
  auto by_client = steps_by_client(scene);
  for (const auto& [system, client, steps] : by_client.entries()) {
    const Window w = worst(steps, limits);
    if (w.events() == 0) continue;
    Case& c = scene.of(kb::About::Client, steps[w.from].event);
    const bool high = w.events() >= limits.churn_events_high || w.short_ones >= limits.churn_short_high;
    c.details["level"] = std::string(high ? "high" : "elevated");
    c.details["short_sessions"] = static_cast<double>(w.short_ones);
    for (std::size_t i = w.from; i < w.to; ++i) scene.found(c, kb::signal::kSessionChurn, steps[i].event);
  }
}

}  // namespace tunnelscope::diag::session
