// Clients that connect and disconnect too often, or whose sessions are too short to be of use.
// Only where a record is a session of a person or a site; Pangolin's and Twingate's are flows, where short is normal.
#include <algorithm>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "diag/fetch.hpp"
#include "diag/session/detectors.hpp"
#include "diag/session/lists.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

struct Step {
  Time time;
  std::uint32_t event;
  bool short_end;  // the end of a short session
};

struct Window {
  std::size_t from = 0, to = 0, short_ones = 0;  // steps [from, to)
  std::size_t events() const { return to - from; }
};

bool counts(const Session& s) {
  const bool of_clients = s.system == System::AwsClientVpn || s.system == System::CloudConnexa;
  return of_clients && s.carried();
}

Lists sessions_by_client(const Log& log) {
  return Lists(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    if (!counts(s)) return {};
    return std::pair(s.system, log.names.of_last(kb::About::Client, s));
  });
}

// Of one client, in order.
void steps_of(const Scene& scene, std::span<const std::uint32_t> sessions, std::vector<Step>& steps) {
  steps.clear();
  const auto session = [&](std::uint32_t i) -> const Session& { return scene.log.sessions[i]; };
  for_each_fetched(sessions, session, [&](std::uint32_t i) {
    const Session& s = session(i);
    if (s.start != kNoTime) steps.push_back({s.start, s.first_event, false});
    const bool is_short = s.duration > 0 && s.duration <= scene.limits.sessions.short_session;
    if (s.outcome == Outcome::Ended) steps.push_back({s.end, s.last_event, is_short});
  });
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return std::tie(a.time, a.event) < std::tie(b.time, b.event); });
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

// Sessions of one name that stay open at once from two addresses are of several devices: a certificate that many share, say.
bool are_of_several(const Scene& scene, std::span<const std::uint32_t> sessions) {
  std::vector<const Session*> by_start;
  for (const std::uint32_t i : sessions)
    if (const Session& s = scene.log.sessions[i]; s.start != kNoTime && s.outcome == Outcome::Ended) by_start.push_back(&s);
  const auto earlier = [](const Session* a, const Session* b) { return a->start < b->start; };
  if (!std::is_sorted(by_start.begin(), by_start.end(), earlier)) std::sort(by_start.begin(), by_start.end(), earlier);
  const auto address = [&](const Session* s) { return scene.log.party(*s).address; };
  const Session* longest = nullptr;  // of those before, the one that ends last
  for (const Session* s : by_start) {
    const Time both_open = longest == nullptr ? 0 : std::min(s->end, longest->end) - s->start;
    if (both_open > scene.limits.sessions.shared_overlap && address(s) != address(longest)) return true;
    if (longest == nullptr || s->end > longest->end) longest = s;
  }
  return false;
}

void report(const Scene& scene, const std::vector<Step>& steps, const Window& w) {
  const auto& limits = scene.limits.sessions;
  Case& c = scene.of(kb::About::Client, steps[w.from].event);
  const bool high = w.events() >= limits.churn_events_high || w.short_ones >= limits.churn_short_high;
  c.details["level"] = std::string(high ? "high" : "elevated");
  c.details["short_sessions"] = static_cast<double>(w.short_ones);
  c.seen.reserve(c.seen.size() + w.events());
  const SignalIndex churn = scene.classifier.signal(kb::signal::kSessionChurn);
  const auto event = [&](const Step& step) -> const SessionEvent& { return scene.log.events[step.event]; };
  const std::span<const Step> found = std::span(steps).subspan(w.from, w.events());
  for_each_fetched(found, event, [&](const Step& step) { scene.found(c, churn, step.event); });
}

// Of sessions of several devices, those from the address whose worst window is the worst.
template <class WorstOf>
std::vector<std::uint32_t> of_worst_address(const Scene& scene, std::span<const std::uint32_t> sessions, const WorstOf& worst_of) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_address;
  for (const std::uint32_t i : sessions) by_address[scene.log.party(scene.log.sessions[i]).address].push_back(i);
  const auto how_bad = [&](const auto& of_address) {
    const Window w = worst_of(of_address.second);
    return std::pair(w.short_ones, w.events());
  };
  return std::max_element(by_address.begin(), by_address.end(), [&](const auto& a, const auto& b) { return how_bad(a) < how_bad(b); })->second;
}

}  // namespace

void detect_churn(const Scene& scene) {
  if (!scene.log.any(System::AwsClientVpn) && !scene.log.any(System::CloudConnexa)) return;
  const Lists clients = sessions_by_client(scene.log);
  std::vector<Step> steps;
  const auto worst_of = [&](std::span<const std::uint32_t> sessions) {
    steps_of(scene, sessions, steps);
    return worst(steps, scene.limits.sessions);
  };
  for (const Lists::List& client : clients.all()) {
    Window w = worst_of(client.items);
    if (w.events() != 0 && are_of_several(scene, client.items)) w = worst_of(of_worst_address(scene, client.items, worst_of));
    if (w.events() != 0) report(scene, steps, w);
  }
}

}  // namespace tunnelscope::diag::session
