#include "src/report/lanes.hpp"

#include <algorithm>
#include <utility>

namespace tunnelscope::report {
namespace {

template <class State>
Lane states(std::string label, const std::vector<diag::Stretch<State>>& stretches, const Scale& scale) {
  Lane lane(std::move(label), scale);
  for (const auto& stretch : stretches) lane.fill(scale, stretch.start, stretch.end, cell_of(stretch.state));
  return lane;
}

Lane outages(const diag::TunnelReport& tunnel, const Scale& scale) {
  Lane lane("Outage", scale);
  for (const diag::Outage& o : tunnel.outages) lane.fill(scale, o.start, o.end.value_or(tunnel.timeline.end), Cell::Outage);
  return lane;
}

Lane marks(const diag::TunnelReport& tunnel, const Scale& scale) {
  Lane lane("Events", scale);
  for (const diag::Mark& mark : tunnel.timeline.marks) lane.fill(scale, mark.time, mark.time, cell_of(mark.kind));
  return lane;
}

}  // namespace

Cell cell_of(diag::PhaseState state) {
  switch (state) {
    case diag::PhaseState::Established: return Cell::Up;
    case diag::PhaseState::Rekeying: return Cell::Rekeying;
    case diag::PhaseState::Negotiating: return Cell::Negotiating;
    case diag::PhaseState::Down: return Cell::Down;
    case diag::PhaseState::Unknown: break;
  }
  return Cell::Empty;
}
Cell cell_of(diag::BgpState state) {
  return state == diag::BgpState::Up ? Cell::Up : state == diag::BgpState::Down ? Cell::Down : Cell::Empty;
}
Cell cell_of(diag::MarkKind kind) {
  switch (kind) {
    case diag::MarkKind::DpdTimeout: return Cell::Dpd;
    case diag::MarkKind::Delete: return Cell::Delete;
    case diag::MarkKind::Failure: return Cell::Failure;
    case diag::MarkKind::Collision: return Cell::Collision;
    case diag::MarkKind::Rekey: return Cell::Rekey;
    case diag::MarkKind::OutageStart:
    case diag::MarkKind::OutageEnd: break;
  }
  return Cell::Empty;
}

int Scale::column(diag::Time time) const {
  const double share = static_cast<double>(std::clamp(time, start, end) - start) / static_cast<double>(end - start);
  return std::min(columns - 1, static_cast<int>(share * columns));
}

Lane::Lane(std::string name, const Scale& scale)
    : label(std::move(name)), cells(static_cast<std::size_t>(scale.columns), Cell::Empty) {}

void Lane::fill(const Scale& scale, diag::Time from, diag::Time to, Cell cell) {
  if (cell == Cell::Empty || to < scale.start || from > scale.end) return;
  // A stretch ends where the next begins: its last column belongs to the next one unless it is its only one.
  const int first = scale.column(from);
  const int last = std::max(first, to >= scale.end ? scale.columns - 1 : scale.column(to - 1));
  for (int i = first; i <= last; ++i) {
    Cell& at = cells[static_cast<std::size_t>(i)];
    at = std::max(at, cell);
  }
  used = true;
}

std::vector<Lane> lanes_of(const diag::TunnelReport& tunnel, const Scale& scale) {
  const diag::Timeline& timeline = tunnel.timeline;
  std::vector<Lane> lanes;
  lanes.push_back(states("Phase 1", timeline.phase1, scale));
  lanes.push_back(states("Phase 2", timeline.phase2, scale));
  lanes.push_back(states("BGP", timeline.bgp, scale));
  lanes.push_back(outages(tunnel, scale));
  lanes.push_back(marks(tunnel, scale));
  lanes.erase(std::remove_if(lanes.begin(), lanes.end(), [](const Lane& lane) { return !lane.used; }), lanes.end());
  return lanes;
}

}  // namespace tunnelscope::report
