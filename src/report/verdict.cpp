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

// A cause that is no finding of this report is named by its id.
std::string title_of(const diag::Report& report, const std::string& cause) {
  const auto it = std::find_if(report.findings.begin(), report.findings.end(), [&](const Finding& f) { return f.cause == cause; });
  return it == report.findings.end() ? cause : it->title;
}

// Those that a finding is said to have begun or prolonged.
std::vector<const diag::Outage*> outages_of(const Finding& f, const TunnelReport& t) {
  std::vector<const diag::Outage*> all;
  for (const diag::Outage& o : t.outages)
    if (o.cause == f.cause || o.blocked_by == f.cause) all.push_back(&o);
  return all;
}

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
    const double ratio = i.tunnel == nullptr ? 1 : i.tunnel->availability.ratio.value_or(1);
    return std::make_tuple(!is_pressing(*i.finding), i.status_rank, -static_cast<int>(i.finding->severity), ratio);
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

std::string fell_and_stays(const diag::Report& report, const TunnelReport& t) {
  if (t.outages.empty()) return "";
  const diag::Outage& o = t.outages.back();
  const std::string& stays = !o.blocked_by.empty() ? o.blocked_by : o.end ? o.cause : t.primary_cause;
  if (o.cause.empty() || stays.empty() || o.cause == stays) return "";
  return fmt::format("fell because {}, {} down because {}", title_of(report, o.cause), o.end ? "stayed" : "stays", title_of(report, stays));
}

std::string when_in_words(const diag::Report& report, const Lead& lead) {
  const Finding& f = *lead.finding;
  const auto outages = lead.tunnel == nullptr || f.impact == kb::Impact::None ? std::vector<const diag::Outage*>() : outages_of(f, *lead.tunnel);
  if (outages.empty()) return span_in_words(f, report);
  const auto silent = silent_since(report, lead.tunnel->id);
  const diag::Time now = std::max(silent ? *silent : report.now, outages.back()->start);
  const diag::Outage& last = *outages.back();
  const std::string lasted = diag::in_words(last.end.value_or(now) - last.start);
  const std::string goes_on = silent ? "was still down " + last_heard(*silent) : "still down";
  const std::string latest = last.end ? fmt::format("from {} to {}, {}; service came back then", diag::date_and_clock(last.start), diag::date_and_clock(*last.end), lasted)
                                      : fmt::format("since {}, for {}, {}", diag::date_and_clock(last.start), lasted, goes_on);
  if (outages.size() == 1) return "down " + latest;
  diag::Duration total = 0;
  for (const diag::Outage* o : outages) total += o->end.value_or(now) - o->start;
  return fmt::format("{} from {} on, down for {} in all; the last one {}", counted(outages.size(), "outage"), diag::date_and_clock(outages.front()->start),
                     diag::in_words(total), latest);
}

std::string also_in_words(const Lead& lead, const std::vector<Ill>& ill) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> parts, others;
  std::size_t same = 0;
  for (const Ill& i : ill) {
    if (i.finding->cause != lead.finding->cause) others.push_back(i.name + " " + i.finding->cause);
    else if (i.finding != lead.finding) ++same;
  }
  if (same > 0) parts.push_back(counted(same, "other has the same cause", "others have the same cause"));
  const std::size_t more = others.size() > kMost ? others.size() - kMost : 0;
  others.resize(others.size() - more);
  parts.insert(parts.end(), others.begin(), others.end());
  if (more > 0) parts.push_back(fmt::format("and {} more", more));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string tunnel_in_words(const TunnelReport& t, diag::Time now) {
  std::vector<std::string> parts;
  if (!t.primary_cause.empty()) parts.push_back(t.primary_cause);
  const bool silent = t.status == "unknown" && t.last != diag::kNoTime;
  const bool is_out = !t.outages.empty() && !t.outages.back().end;
  if (is_out && silent) {
    parts.push_back(fmt::format("down since {}, was still down {}", diag::date_and_clock(t.outages.back().start), last_heard(t.last)));
  } else if (is_out) {
    const diag::Time start = t.outages.back().start;
    const diag::Duration lasted = now == diag::kNoTime || now < start ? 0 : now - start;
    parts.push_back(fmt::format("since {} ({})", diag::date_and_clock(start), diag::in_words(lasted)));
  }
  if (t.outages.size() > 1 || (!t.outages.empty() && t.outages.back().end)) {
    parts.push_back(counted(t.outages.size(), "outage"));
    parts.push_back("available " + percent(t.availability.ratio));
  }
  if (silent && !is_out) parts.push_back("last record " + diag::date_and_clock(t.last));
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
    const auto refused = j.group->failed + j.group->looks_failed + j.group->denied;
    const int severity = j.finding == nullptr ? -1 : static_cast<int>(j.finding->severity);
    return std::make_tuple(severity, j.finding != nullptr && j.finding->ongoing, refused);
  };
  std::stable_sort(all.begin(), all.end(), [&](const JudgedGroup& a, const JudgedGroup& b) { return key(a) > key(b); });
  return all;
}

}  // namespace tunnelscope::report
