// A JSON object a change, one a line: for machines. docs/commands/watch.md lists the fields.
#include <optional>

#include <nlohmann/json.hpp>

#include "src/live/views/kinds.hpp"

namespace tunnelscope::live {
namespace {

using nlohmann::ordered_json;

ordered_json time_of(diag::Time time) { return time == diag::kNoTime ? ordered_json(nullptr) : ordered_json(diag::rfc3339(time)); }
ordered_json text_of(std::string_view text) { return text.empty() ? ordered_json(nullptr) : ordered_json(std::string(text)); }
ordered_json phase_of(diag::PhaseState state) {
  return state == diag::PhaseState::Unknown ? ordered_json(nullptr) : ordered_json(std::string(diag::name_of(state)));
}

std::string line_of(const ordered_json& object) { return object.dump(-1, ' ', true, ordered_json::error_handler_t::replace) + "\n"; }

class NdjsonView : public View {
 public:
  std::string show(const Snapshot& snapshot, const std::vector<diag::AlertChange>& changes) override {
    std::string text;
    for (const TunnelChange& change : changes_.of(snapshot)) text += line_of(tunnel(snapshot.now, *change.tunnel));
    for (const diag::AlertChange& change : changes) text += line_of(alert(change));
    if (snapshot.stale_kind != stale_kind_) {
      const bool live = snapshot.stale.empty();
      stale_kind_ = snapshot.stale_kind;
      text += line_of({{"type", "watch"}, {"time", time_of(snapshot.now)}, {"live", live}, {"stale", text_of(snapshot.stale)}});
    }
    return text;
  }

 private:
  static ordered_json tunnel(diag::Time now, const diag::TunnelReport& tunnel) {
    return {{"type", "tunnel"},
            {"time", time_of(now)},
            {"tunnel", text_of(tunnel.id)},
            {"connection", text_of(tunnel.connection)},
            {"status", tunnel.status},
            {"phase1", phase_of(tunnel.phase1)},
            {"phase2", phase_of(tunnel.phase2)},
            {"bgp", tunnel.bgp == diag::BgpState::Unknown ? ordered_json(nullptr) : ordered_json(tunnel.bgp == diag::BgpState::Up ? "up" : "down")},
            {"primary_cause", text_of(tunnel.primary_cause)}};
  }

  static ordered_json alert(const diag::AlertChange& change) {
    const diag::Episode& episode = change.episode;
    return {{"type", "alert"},
            {"time", time_of(change.at)},
            {"id", change.id},
            {"change", std::string(diag::name_of(change.kind))},
            {"key", episode.key},
            {"subject", text_of(episode.subject)},
            {"cause", text_of(episode.cause)},
            {"severity", std::string(kb::name_of(episode.severity))},
            {"start", time_of(episode.start)},
            {"recovered", time_of(episode.recovered)},
            {"title", text_of(episode.title)},
            {"summary", text_of(episode.summary)},
            {"first_step", text_of(episode.first_step)}};
  }

  TunnelChanges changes_;
  std::optional<std::string> stale_kind_;  // as told last
};

}  // namespace

std::unique_ptr<View> make_ndjson_view(const app::Screen&, int) { return std::make_unique<NdjsonView>(); }

}  // namespace tunnelscope::live
