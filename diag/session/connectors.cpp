// What Twingate connectors say of themselves, and how their connections get through.
#include <map>

#include "diag/session/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

// Down from the first line that says so until the connector says that it is online.
void states(const Scene& scene) {
  const SignalIndex up = scene.classifier.signal(kb::signal::kConnectorUp);
  const SignalIndex down = scene.classifier.signal(kb::signal::kConnectorDown);
  if (!scene.log.any(up) && !scene.log.any(down)) return;
  struct State {
    Time since = kNoTime;  // kNoTime: not down
    Duration in_all = 0;
    Case* seen = nullptr;
  };
  std::map<std::string, State> by_connector;
  for (std::size_t i = 0; i < scene.log.events.size(); ++i) {
    const SessionEvent& e = scene.log.events[i];
    if (e.signal != up && e.signal != down) continue;
    State& state = by_connector[name_of(kb::About::Connector, scene.log, e)];
    if (e.signal == down) {
      state.seen = &scene.of(kb::About::Connector, i);
      scene.found(*state.seen, kb::signal::kConnectorIsDown, i);
      if (state.since == kNoTime) state.since = e.time;
    } else if (state.since != kNoTime) {
      state.in_all += e.time - state.since;
      state.since = kNoTime;
    }
  }
  for (auto& [connector, state] : by_connector) {
    if (state.seen == nullptr) continue;
    state.seen->ongoing = state.since != kNoTime;
    if (state.since != kNoTime) state.in_all += scene.log.now - state.since;
    state.seen->details["gap"] = in_words(state.in_all);
    state.seen->details["gap_s"] = static_cast<double>(state.in_all) / kSecond;
  }
}

void relays(const Scene& scene) {
  if (!scene.log.any(System::Twingate)) return;
  struct Share {
    std::size_t all = 0;
    std::vector<std::size_t> relayed;
  };
  std::map<std::uint32_t, Share> by_connector;
  for (const Session& s : scene.log.sessions) {
    if (s.system != System::Twingate || !s.carried()) continue;
    Share& share = by_connector[scene.log.route(s).connector];
    ++share.all;
    if (s.relayed == Answer::Yes) share.relayed.push_back(s.last_event);
  }
  const auto& limits = scene.limits.sessions;
  for (const auto& [connector, share] : by_connector) {
    const double ratio = static_cast<double>(share.relayed.size()) / static_cast<double>(share.all);
    if (share.all < limits.relayed_connections || ratio < limits.relayed_share) continue;
    Case& c = scene.of(kb::About::Connector, share.relayed.front());
    c.details["share"] = static_cast<double>(static_cast<int>(ratio * 100 + 0.5));
    c.details["attempts"] = static_cast<double>(share.all);
    for (const std::size_t i : share.relayed) scene.found(c, kb::signal::kRelayedShare, i);
  }
}

}  // namespace

void detect_connectors(const Scene& scene) {
  states(scene);
  relays(scene);
}

}  // namespace tunnelscope::diag::session
