#include "src/report/verdict.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using diag::Finding;
using diag::TunnelReport;

constexpr int kDown = 0, kDegraded = 2;  // ranks of groups of sessions, as of tunnels

bool is_pressing(const Finding& f) { return f.ongoing && f.severity == kb::Severity::Critical; }

}  // namespace

int rank_of(const TunnelReport& tunnel) {
  constexpr std::array<std::string_view, 4> kIllFirst{"down", "flapping", "degraded", "unknown"};
  return static_cast<int>(std::find(kIllFirst.begin(), kIllFirst.end(), tunnel.status) - kIllFirst.begin());
}

const Finding* finding_of(const diag::Report& report, const TunnelReport& t) {
  const Finding* elsewhere = nullptr;
  for (const Finding& f : report.findings) {
    if (t.primary_cause.empty() || f.cause != t.primary_cause) continue;
    if (f.subject == t.id) return &f;
    if (!t.connection.empty() && f.subject == t.connection && elsewhere == nullptr) elsewhere = &f;
  }
  return elsewhere;
}

std::vector<Ill> ill_with_cause(const diag::Report& report) {
  std::vector<Ill> all;
  for (const TunnelReport& t : report.tunnels) {
    const Finding* f = t.status == "up" ? nullptr : finding_of(report, t);
    const bool waits = t.status == "down" && f != nullptr && f->severity == kb::Severity::Info;  // a standby
    if (f != nullptr && !waits && !f->standing.suppressed) all.push_back({&t, f, t.id, rank_of(t)});
  }
  for (const diag::SessionGroup& g : report.sessions) {
    const Finding* f = finding_of(report, g);
    if (f == nullptr || f->severity == kb::Severity::Info || f->standing.suppressed) continue;
    all.push_back({nullptr, f, f->subject, is_pressing(*f) ? kDown : kDegraded});
  }
  const auto key = [](const Ill& i) {
    return std::make_tuple(i.status_rank, !is_pressing(*i.finding), -static_cast<int>(i.finding->severity));
  };
  std::stable_sort(all.begin(), all.end(), [&](const Ill& a, const Ill& b) { return key(a) < key(b); });
  return all;
}

Lead lead_of(const diag::Report& report, const std::vector<Ill>& ill) {
  if (!ill.empty()) return {ill.front().finding, ill.front().tunnel};
  const auto first = std::find_if(report.findings.begin(), report.findings.end(), [](const Finding& f) { return !f.standing.suppressed; });
  if (first == report.findings.end()) return {};
  const Finding& top = *first;
  if (top.role == kb::Role::RootCause && top.severity != kb::Severity::Info) return {&top, nullptr};
  return {};
}

std::string fell_and_stays(const TunnelReport& t) {
  if (t.outages.empty()) return "";
  const diag::Outage& o = t.outages.back();
  const std::string& stays = !o.blocked_by.empty() ? o.blocked_by : o.end ? o.cause : t.primary_cause;
  if (o.cause.empty() || stays.empty() || o.cause == stays) return "";
  return fmt::format("fell because: {}, {} down because: {}", o.cause, o.end ? "stayed" : "stays", stays);
}

std::string tunnel_in_words(const TunnelReport& t, diag::Time now) {
  std::vector<std::string> parts;
  if (!t.primary_cause.empty()) parts.push_back(t.primary_cause);
  if (!t.outages.empty() && !t.outages.back().end) {
    const diag::Time start = t.outages.back().start;
    const diag::Duration lasted = now == diag::kNoTime || now < start ? 0 : now - start;
    parts.push_back(fmt::format("since {} ({})", diag::date_and_clock(start), diag::in_words(lasted)));
  }
  if (t.outages.size() > 1 || (!t.outages.empty() && t.outages.back().end)) {
    parts.push_back(counted(t.outages.size(), "outage"));
    parts.push_back("available " + percent(t.availability.ratio));
  }
  if (t.status == "unknown" && t.last != diag::kNoTime) parts.push_back("last record " + diag::date_and_clock(t.last));
  if (t.interruptions > 0) parts.push_back(counted(t.interruptions, "short interruption"));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Redundancy redundancy_in_words(const diag::ConnectionReport& c) {
  Redundancy r{"redundancy unknown", Tone::Plain};
  if (c.redundancy == "both") r = {"both tunnels are up", Tone::Good};
  if (c.redundancy == "one") r = {"one tunnel of two is up, no redundancy", Tone::Warn};
  if (c.standby_waits) r = {"one tunnel is up, the other is a standby", Tone::Good};
  if (c.redundancy == "none") r = {"NO TUNNEL IS UP", Tone::Bad};
  if (c.redundancy == "unknown" && c.tunnels < 2) r.text = "one tunnel in the log, redundancy unknown";
  if (!c.both_down.empty() && c.redundancy != "none") r.text += "; " + without_any_tunnel(c.both_down.size());
  if (c.availability.ratio) r.text += fmt::format(", available {}", percent(c.availability.ratio));
  return r;
}

std::vector<JudgedGroup> judged_groups(const diag::Report& report) {
  std::vector<JudgedGroup> all;
  for (const diag::SessionGroup& g : report.sessions) all.push_back({&g, finding_of(report, g)});
  const auto key = [](const JudgedGroup& j) {
    const auto refused = j.group->failed + j.group->denied;
    const int severity = j.finding == nullptr ? -1 : static_cast<int>(j.finding->severity);
    return std::make_tuple(severity, j.finding != nullptr && j.finding->ongoing, refused);
  };
  std::stable_sort(all.begin(), all.end(), [&](const JudgedGroup& a, const JudgedGroup& b) { return key(a) > key(b); });
  return all;
}

}  // namespace tunnelscope::report
