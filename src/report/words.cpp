// Wording only: no format, no colour, no escaping.
#include "src/report/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace tunnelscope::report {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kVendors{
    {{"strongswan", "strongSwan"},
     {"cisco-ios-xe", "Cisco IOS-XE"},
     {"palo-alto", "Palo Alto"},
     {"fortinet", "Fortinet"},
     {"juniper", "Juniper"},
     {"aws-cli", "AWS CLI"}}};

// A tunnel that a reader will take for healthy: no root cause above info is about it or its connection now.
bool looks_healthy(const diag::Report& report, const diag::TunnelReport& tunnel) {
  if (tunnel.status != "up") return false;
  return std::none_of(report.findings.begin(), report.findings.end(), [&](const diag::Finding& f) {
    return f.subject == tunnel.id && f.ongoing && f.severity != kb::Severity::Info;
  });
}

std::vector<diag::Step> data_path_checks() {
  return {
      {"gateway", "strongswan", "send traffic through the tunnel and see whether both ESP counters grow",
       "swanctl --list-sas"},
      {"gateway", "cisco-ios-xe", "send traffic through the tunnel and see whether both ESP counters grow",
       "show crypto ipsec sa | include pkts"},
      {"aws", "aws-cli",
       "compare TunnelDataIn and TunnelDataOut of both tunnels: bytes one way, or in on one tunnel and out on the "
       "other, mean blocked ESP or asymmetric routes",
       "aws cloudwatch get-metric-statistics --namespace AWS/VPN --metric-name TunnelDataIn --dimensions "
       "Name=TunnelIpAddress,Value=OUTSIDE_IP --period 300 --statistics Sum --start-time START --end-time END"},
      {"gateway", "", "find the largest packet that passes unfragmented; small pings alone do not show an MTU fault",
       "ping -M do -s 1350 HOST_BEHIND_THE_TUNNEL"},
  };
}

}  // namespace

std::string_view ike_version(diag::IkeVersion version) {
  switch (version) {
    case diag::IkeVersion::V1: return "ikev1";
    case diag::IkeVersion::V2: return "ikev2";
    case diag::IkeVersion::Unknown: break;
  }
  return "";
}

std::string_view vendor_name(std::string_view vendor) {
  const auto row = std::find_if(kVendors.begin(), kVendors.end(), [&](const auto& v) { return v.first == vendor; });
  return row == kVendors.end() ? vendor : row->second;
}

std::string reference(const kb::Reference& r) {
  std::string text = r.title;
  if (!r.url.empty()) text += (text.empty() ? "" : ", ") + r.url;
  if (!r.date.empty()) text += ", read " + r.date;
  return text;
}

std::optional<diag::Time> silent_since(const diag::Report& report, std::string_view subject) {
  diag::Time last = diag::kNoTime;
  for (const diag::TunnelReport& t : report.tunnels) {
    if (t.id != subject && (t.connection.empty() || t.connection != subject)) continue;
    if (t.status != "unknown" || t.last == diag::kNoTime) return std::nullopt;
    last = std::max(last, t.last);
  }
  return last == diag::kNoTime ? std::nullopt : std::optional(last);
}

std::string last_heard(diag::Time last) { return fmt::format("at the last record, {}; nothing heard since", diag::date_and_clock(last)); }

std::optional<diag::Time> last_of_sessions(const diag::Report& report, const diag::Finding& f) {
  if (!is_about_sessions(f)) return std::nullopt;
  diag::Time last = f.last_seen;
  for (const diag::SessionGroup& g : report.sessions)
    if (f.subject.starts_with(std::string(diag::name_of(g.system)) + '/')) last = std::max(last, g.last);
  return last;
}

namespace {

// Nobody states how sessions are now: that a fault goes on is no more than that no end of it was logged.
std::string open_span_of_sessions(const diag::Finding& f) {
  if (f.first_seen == diag::kNoTime) return "no end was logged";
  const std::string first = diag::date_and_clock(f.first_seen), last = diag::date_and_clock(f.last_seen);
  return fmt::format("since {}{}, no end was logged", first, last == first ? "" : ", last seen " + last);
}

}  // namespace

std::string span_in_words(const diag::Finding& f, const diag::Report& report) {
  if (f.ongoing && is_about_sessions(f)) return open_span_of_sessions(f);
  const auto silent = f.ongoing ? silent_since(report, f.subject) : std::nullopt;
  const std::string goes_on = silent ? "was still going on " + last_heard(*silent) : "still going on";
  if (f.first_seen == diag::kNoTime) return f.ongoing ? goes_on : "";
  const diag::Time now = silent ? *silent : report.now;
  const diag::Time end = f.ongoing && now != diag::kNoTime ? now : f.last_seen;
  const std::string lasted = end > f.first_seen ? diag::in_words(end - f.first_seen) : "";
  if (f.ongoing) return fmt::format("since {}{}, {}", diag::date_and_clock(f.first_seen), lasted.empty() ? "" : ", for " + lasted, goes_on);
  if (lasted.empty()) return fmt::format("at {}", diag::date_and_clock(f.first_seen));
  return fmt::format("records from {} to {}, {}", diag::date_and_clock(f.first_seen), diag::date_and_clock(f.last_seen), lasted);
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

std::string bytes_in_words(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return counted(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)), "byte");
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

bool is_about_sessions(const diag::Finding& finding) {
  return std::any_of(diag::kSystemNames.begin(), diag::kSystemNames.end(), [&](std::string_view system) {
    return finding.subject.starts_with(system) && finding.subject.substr(system.size()).starts_with('/');
  });
}

const diag::Finding* finding_of(const diag::Report& report, const diag::SessionGroup& group) {
  const std::string system = std::string(diag::name_of(group.system)) + "/";
  const diag::Finding* elsewhere = nullptr;
  for (const diag::Finding& f : report.findings) {
    if (group.primary_cause.empty() || f.cause != group.primary_cause) continue;
    if (f.subject == system + group.group) return &f;
    if (elsewhere == nullptr && f.subject.starts_with(system)) elsewhere = &f;
  }
  return elsewhere;
}

std::string group_in_words(const diag::SessionGroup& group) {
  return fmt::format("{} {}{}", diag::name_of(group.system), group.group,
                     group.name.empty() || group.name == group.group ? "" : ", " + group.name);
}

std::string failures_in_words(std::uint64_t failed, std::uint64_t looks_failed, bool failures_are_logged) {
  std::string text;
  if (failed > 0 || failures_are_logged) text = fmt::format("{} failed", failed);
  if (looks_failed == 0 && !text.empty()) return text;
  if (!text.empty()) text += ", ";
  if (looks_failed == 1) return text + "1 looks failed";
  return text + (looks_failed == 0 ? std::string("none looks failed") : fmt::format("{} look failed", looks_failed));
}

std::string_view failed_title(const diag::SessionGroup& group) { return group.looks_failed > 0 ? "look failed" : "failed"; }

std::string counts_in_words(const diag::SessionGroup& group) {
  return fmt::format("{}, {}{}, {}", counted(group.connections, "connection"), failures_in_words(group.failed, group.looks_failed, group.system != diag::System::Pangolin),
                     group.denied > 0 ? fmt::format(", {} denied", group.denied) : "", counted(group.users, "user"));
}

std::string facts_in_words(const diag::SessionGroup& g) {
  std::string text = counts_in_words(g);
  if (g.open > 0) text += fmt::format(", {} without a logged end", g.open);
  if (g.median_duration_s) {
    text += fmt::format(", half of the sessions last {} or less",
                        diag::in_words(static_cast<diag::Duration>(*g.median_duration_s * diag::kSecond)));
  }
  if (g.to_client) text += fmt::format(", {} to clients", bytes_in_words(*g.to_client));
  if (g.from_client) text += fmt::format(", {} from clients", bytes_in_words(*g.from_client));
  return text;
}

std::uint32_t top_of_scale(std::uint32_t highest) { return highest == 1 || highest == UINT32_MAX ? highest : highest + highest % 2; }

std::vector<std::uint32_t> counts_on(std::uint32_t top) {
  return top == 1 ? std::vector<std::uint32_t>{1, 0} : std::vector<std::uint32_t>{top, top / 2, 0};
}

std::string span_in_words(const diag::Concurrency& c) {
  const diag::Time end = c.start + static_cast<diag::Duration>(c.step_s * static_cast<double>(c.most.size() * diag::kSecond));
  const std::string start = diag::date_and_clock(c.start);
  const bool one_day = start.substr(0, 10) == diag::date_and_clock(end).substr(0, 10);
  const auto moment = [one_day](diag::Time time) { return one_day ? diag::clock_only(time) : diag::date_and_clock(time); };
  return fmt::format("{} to {} UTC, most: {}{}", start, moment(end), c.peak,
                     c.peak_at == diag::kNoTime ? "" : " at " + moment(c.peak_at));
}

std::string affected_in_words(const diag::Finding& finding) {
  const auto detail = [&finding](const char* name) {
    const auto found = finding.details.find(name);
    return found == finding.details.end() ? diag::Detail{} : found->second;
  };
  const diag::Detail users = detail("users"), who = detail("who");
  const auto* count = std::get_if<double>(&users);
  const auto* names = std::get_if<std::string>(&who);
  std::string text = count == nullptr || *count < 1 ? "" : counted(static_cast<std::uint64_t>(*count), "user");
  if (names != nullptr && !names->empty()) text += (text.empty() ? "" : ": ") + *names;
  return text;
}

std::string without_any_tunnel(std::size_t count) {
  return count == 1 ? "for one time no tunnel was up" : fmt::format("{} times no tunnel was up", count);
}

std::string actor(std::string_view who) {
  if (who.empty() || who == "any") return "";
  return fmt::format("{}: ", who == "aws" ? "AWS" : who);
}

std::string percent(const std::optional<double>& ratio) {
  if (!ratio) return "unknown";
  return *ratio >= 1 ? "100%" : fmt::format("{:.2f}%", std::floor(*ratio * 10000) / 100);
}

std::string_view path_of(std::string_view at) { return at.substr(0, at.rfind(':')); }

std::vector<FoldedStep> folded(const std::vector<diag::Step>& steps) {
  std::vector<FoldedStep> out;
  for (const diag::Step& step : steps) {
    const bool same = !out.empty() && out.back().text == step.text && out.back().who == step.who;
    if (!same) out.push_back({step.who, step.text, {}});
    if (!step.vendor.empty() || !step.command.empty()) out.back().commands.push_back({step.vendor, step.command});
  }
  return out;
}

std::vector<Note> notes_on(const diag::Report& report) {
  std::vector<std::string> healthy, nameless, by_stream;
  for (const diag::TunnelReport& tunnel : report.tunnels) {
    if (looks_healthy(report, tunnel)) healthy.push_back(tunnel.id);
    if (!tunnel.stream.empty()) by_stream.push_back(tunnel.id);
    else if (tunnel.connection.empty() && tunnel.outside_ip.empty()) nameless.push_back(tunnel.id);
  }
  std::vector<Note> notes;
  if (!nameless.empty()) {
    notes.push_back({fmt::format("no record says which tunnel it is of: {} taken as one, and two tunnels in one would look like one that flaps; "
                                 "export the stream name as well (@logStream), or one tunnel at a time and name it with --tunnel",
                                 nameless.size() == 1 ? "all of them are" : "those of each input are"),
                     std::move(nameless), {}});
  }
  if (!by_stream.empty()) {
    notes.push_back({"the name of the log stream does not say the outside address: each such stream is taken as a tunnel of its own, and as none of "
                     "those that a configuration describes; export one at a time and name it with --tunnel",
                     std::move(by_stream), {}});
  }
  if (!healthy.empty()) {
    notes.push_back({fmt::format("the data path is not visible in {} logs: blocked ESP, a wrong MTU or asymmetric routes leave "
                                 "no line here while both phases stay up",
                                 report.sessions.empty() ? "these" : "the tunnels'"),
                     std::move(healthy), data_path_checks()});
  }
  if (report.now != diag::kNoTime && report.last != diag::kNoTime && report.now < report.last) {
    notes.push_back({fmt::format("the log goes on after {}, the time at which it is judged: its last record is of {}; "
                                 "--until leaves later records out, and without --now the last one is the present",
                                 diag::date_and_clock(report.now), diag::date_and_clock(report.last)), {}, {}});
  }
  return notes;
}

}  // namespace tunnelscope::report
