// The alerts of findings that no outage shows. Tested by diag_alerts_test.cpp.
#include <algorithm>
#include <map>
#include <set>

#include "diag/alert_teller.hpp"

namespace tunnelscope::diag {
namespace {

class FindingTeller {
 public:
  FindingTeller(const Report& report, const std::vector<Unit>& units, const Told& before, const Told& now, Teller& teller)
      : report_(report), before_(before), teller_(teller) {
    for (const Unit& unit : units)
      for (const TunnelReport* t : unit.tunnels) {
        tunnels_[t->id] = t;
        if (any_down(*t) || open_of(now, key_of_outages(unit.subject)) != nullptr) down_units_.insert(unit.subject);
      }
  }

  void tell() {
    std::set<std::string_view> seen;
    for (const Finding& f : report_.findings) {
      if (!lasts(f)) continue;
      const Episode* const open = open_of(before_, f.fingerprint);
      if (open == nullptr && (is_shown_by_outages(f) || !f.standing.counts())) continue;
      seen.insert(f.fingerprint);
      open == nullptr ? open_new(f) : go_on(*open, f);
    }
    for (const Episode& e : before_.open)
      if (e.kind == EpisodeKind::Finding && !seen.contains(e.key)) recover(e);
  }

 private:
  bool lasts(const Finding& f) const {
    return f.role == kb::Role::RootCause && f.ongoing && f.severity >= teller_.options().least;
  }

  static bool any_down(const TunnelReport& t) {
    return !t.standby && std::any_of(t.outages.begin(), t.outages.end(), [](const Outage& o) { return !o.end; });
  }

  // Whether an outage's episode covers it, or would if there were something to tell.
  bool is_shown_by_outages(const Finding& f) const {
    if (down_units_.contains(f.subject)) return true;
    const auto it = tunnels_.find(f.subject);
    if (it == tunnels_.end()) return f.impact != kb::Impact::None && is_connection(f.subject);
    const TunnelReport& t = *it->second;
    if (down_units_.contains(t.connection)) return true;
    return f.impact != kb::Impact::None && states_known(t) && !t.standby;
  }

  bool is_connection(std::string_view subject) const {
    return std::any_of(report_.connections.begin(), report_.connections.end(), [&](const ConnectionReport& c) { return c.id == subject; });
  }

  void open_new(const Finding& f) {
    Episode e;
    e.kind = EpisodeKind::Finding;
    e.key = f.fingerprint;
    e.subject = f.subject;
    const auto it = tunnels_.find(f.subject);
    e.connection = it != tunnels_.end() ? it->second->connection : is_connection(f.subject) ? f.subject : std::string();
    e.start = start_of(f);
    update(e, f);
    teller_.change(ChangeKind::Opened, std::max(e.start, f.last_seen), e);
    teller_.keep(std::move(e));
  }

  // A finding is one for all times that the report shows: what was told as over is behind this episode.
  Time start_of(const Finding& f) const {
    Time over = kNoTime;
    for (const PastEpisode& p : over_of(before_, f.fingerprint)) over = std::max(over, p.recovered);
    if (f.first_seen > over) return f.first_seen;
    Time start = std::max(f.last_seen, over + 1);
    for (const Evidence& evidence : f.evidence)
      if (evidence.time > over) start = std::min(start, evidence.time);
    return start;
  }

  void go_on(Episode e, const Finding& f) {
    const kb::Severity before = e.severity;
    update(e, f);
    e.recovered = kNoTime;
    if (e.severity != before) teller_.change(ChangeKind::SeverityChanged, std::max(e.start, f.last_seen), e);
    teller_.keep(std::move(e));
  }

  static void update(Episode& e, const Finding& f) {
    copy_texts(e, f);
    e.impact = f.impact;
    e.severity = f.severity;
    if (!f.evidence.empty()) e.shown_by[f.subject] = input_of(f.evidence.back().at);
  }

  void recover(Episode e) {
    if (e.recovered == kNoTime) e.recovered = std::max(e.start, report_.last);
    teller_.end_when_stable(std::move(e), teller_.options().stable);
  }

  const Report& report_;
  const Told& before_;
  Teller& teller_;
  std::map<std::string, const TunnelReport*, std::less<>> tunnels_;
  std::set<std::string, std::less<>> down_units_;
};

}  // namespace

void tell_findings(const Report& report, const std::vector<Unit>& units, const Told& before, const Told& now, Teller& teller) {
  FindingTeller(report, units, before, now, teller).tell();
}

}  // namespace tunnelscope::diag
