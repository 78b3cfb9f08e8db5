#include "diag/health.hpp"

#include <algorithm>

namespace tunnelscope::diag {
namespace {

constexpr std::string_view kRekeyFaults = "rekey";  // a fault_class

bool is_up(const TunnelReport& tunnel) {
  return tunnel.status != "unknown" && is_up(tunnel.phase2) && is_up(tunnel.phase1) && tunnel.bgp != BgpState::Down;
}

bool waits(const TunnelReport& tunnel, const Report& report) {
  return std::any_of(report.connections.begin(), report.connections.end(),
                     [&](const ConnectionReport& c) { return c.id == tunnel.connection && c.standby_waits; });
}

bool is_about_rekeys(const std::string& cause, const kb::Knowledge& knowledge) {
  return std::any_of(knowledge.causes.begin(), knowledge.causes.end(),
                     [&](const kb::Cause& c) { return c.id == cause && c.fault_class == kRekeyFaults; });
}

// Either end asked for new keys, or the SA that was replaced was deleted. What failed by it would be an outage since then.
bool rekeyed_since(const TunnelReport& tunnel, Time time) {
  const auto& marks = tunnel.timeline.marks;
  const auto& phases = tunnel.timeline.phase2;
  return std::any_of(marks.begin(), marks.end(), [&](const Mark& m) { return (m.kind == MarkKind::Rekey || m.kind == MarkKind::Delete) && m.time > time; }) ||
         std::any_of(phases.begin(), phases.end(), [&](const auto& s) { return s.state == PhaseState::Rekeying && s.start > time && s.end < tunnel.last; });
}

// A rekey that failed is an outage or an interruption; a finding names both.
Time last_trouble(const TunnelReport& tunnel, const Report& report) {
  Time last = kNoTime;
  for (const Outage& outage : tunnel.outages) last = std::max(last, outage.end.value_or(report.now));
  return last;
}

const Finding* rekey_fault(const TunnelReport& tunnel, const Report& report, const kb::Knowledge& knowledge) {
  const auto found = std::find_if(report.findings.begin(), report.findings.end(), [&](const Finding& f) {
    return f.role == kb::Role::RootCause && (f.subject == tunnel.id || f.subject == tunnel.connection) && is_about_rekeys(f.cause, knowledge);
  });
  return found == report.findings.end() ? nullptr : &*found;
}

std::string missing_of(const TunnelReport& tunnel, const Report& report, const kb::Knowledge& knowledge, Duration stable) {
  if (!is_up(tunnel)) return waits(tunnel, report) ? "" : tunnel.id + (tunnel.status == "unknown" ? " says nothing of its state" : " is not up");
  if (const Finding* fault = rekey_fault(tunnel, report, knowledge)) {
    const Time since = std::max(fault->last_seen, last_trouble(tunnel, report));
    if (!rekeyed_since(tunnel, since)) return tunnel.id + " is up, and its next rekey, which has failed before, is yet to come";
  }
  const Time last = last_trouble(tunnel, report);
  if (last != kNoTime && report.now - last < stable) return tunnel.id + " has been up for " + in_words(report.now - last) + " only";
  if (report.now - tunnel.first < stable) return tunnel.id + " has been seen for " + in_words(report.now - tunnel.first) + " only";
  return "";
}

}  // namespace

Health health_of(const Report& report, const kb::Knowledge& knowledge, Duration stable) {
  if (report.tunnels.empty() && report.sessions.empty()) return {false, "no record of a tunnel has come yet"};
  for (const TunnelReport& tunnel : report.tunnels)
    if (std::string missing = missing_of(tunnel, report, knowledge, stable); !missing.empty()) return {false, std::move(missing)};
  for (const Finding& finding : report.findings) {
    const bool of_sessions = std::any_of(report.sessions.begin(), report.sessions.end(), [&](const SessionGroup& g) {
      return finding.subject.starts_with(std::string(name_of(g.system)) + "/");
    });
    if (of_sessions && finding.ongoing && finding.role == kb::Role::RootCause && finding.severity != kb::Severity::Info)
      return {false, finding.subject + ": " + finding.title};
  }
  return {true, ""};
}

}  // namespace tunnelscope::diag
