#include <algorithm>

#include "src/live/views/kinds.hpp"

namespace tunnelscope::live {
namespace {

constexpr ViewKind kKinds[] = {
    {"screen", make_screen_view},
    {"lines", make_lines_view},
    {"ndjson", make_ndjson_view},
};

}  // namespace

std::span<const ViewKind> view_kinds() { return kKinds; }

std::string states_in_words(const diag::TunnelReport& tunnel) {
  std::string text = tunnel.status;
  const auto phase = [&](std::string_view name, diag::PhaseState state) {
    if (state != diag::PhaseState::Unknown) text += std::string(", ") + std::string(name) + " " + std::string(diag::name_of(state));
  };
  phase("phase 1", tunnel.phase1);
  phase("phase 2", tunnel.phase2);
  if (tunnel.bgp != diag::BgpState::Unknown) text += tunnel.bgp == diag::BgpState::Up ? ", bgp up" : ", bgp down";
  return text;
}

std::vector<TunnelChange> TunnelChanges::of(const Snapshot& snapshot) {
  std::vector<TunnelChange> changes;
  std::vector<std::pair<std::string, std::string>> states;
  auto known = states_.begin();  // tunnels are sorted by id in every report
  for (const diag::TunnelReport& tunnel : snapshot.document->report.tunnels) {
    known = std::find_if(known, states_.end(), [&](const auto& one) { return one.first >= tunnel.id; });
    const bool is_known = known != states_.end() && known->first == tunnel.id;
    std::string now = states_in_words(tunnel);
    if (!is_known || known->second != now) changes.push_back({&tunnel, is_known ? known->second : "", now});
    states.emplace_back(tunnel.id, std::move(now));
  }
  states_ = std::move(states);
  return changes;
}

}  // namespace tunnelscope::live
