#include "src/live/pulse.hpp"

#include <algorithm>
#include <utility>

#include "diag/session_event.hpp"
#include "src/input/reader.hpp"

namespace tunnelscope::live {
namespace {

constexpr std::size_t kMostTunnels = 100'000;  // whose states are remembered; beyond, all are forgotten and every record counts once more

std::vector<input::OpenInput> opened(const std::string& source, const std::string& text, std::uint64_t first_line, diag::Time now) {
  std::vector<input::OpenInput> inputs;
  inputs.push_back({source, first_line, now, input::memory_source(text)});
  return inputs;
}

}  // namespace

bool PulseReader::matters(const std::string& tunnel, const diag::Event& event) {
  if (states_.size() >= kMostTunnels && !states_.contains(tunnel)) states_.clear();
  States& known = states_[tunnel];
  const States before = known;
  if (event.phase1 != diag::PhaseState::Unknown) known.phase1 = event.phase1;
  if (event.phase2 != diag::PhaseState::Unknown) known.phase2 = event.phase2;
  if (event.bgp != diag::BgpState::Unknown) known.bgp = event.bgp;
  return known != before || !rules_.of(event.rule).passes(event);
}

Pulse PulseReader::read(const std::string& source, const Lines& lines, const std::string& header, diag::Time now) {
  diag::Intake intake(classifier_);
  input::ReadOptions options;
  options.tunnel = tunnel_;
  const std::string text = header + lines.text;
  const std::uint64_t first_line = lines.first_line - (header.empty() ? 0 : 1);
  input::read_open_inputs(opened(source, text, first_line, now), options, intake);
  intake.finish();

  Pulse pulse;
  const diag::Coverage& coverage = intake.coverage();
  pulse.records = coverage.records;
  pulse.unrecognised = coverage.unrecognised;
  pulse.skipped = coverage.skipped;
  pulse.duplicates = coverage.duplicates;
  for (const diag::TunnelLog& log : intake.tunnels())
    for (const diag::Event& event : log.events) pulse.moments.push_back({event.place.line(), event.time, matters(log.id, event)});
  for (const diag::SessionEvent& event : intake.sessions()) pulse.moments.push_back({event.place.line(), event.time, true});
  std::stable_sort(pulse.moments.begin(), pulse.moments.end(), [](const Moment& a, const Moment& b) { return a.line < b.line; });
  for (const Moment& moment : pulse.moments) pulse.newest = std::max(pulse.newest, moment.time);
  return pulse;
}

}  // namespace tunnelscope::live
