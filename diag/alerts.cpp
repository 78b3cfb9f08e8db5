// Tested by diag_alerts_test.cpp.
#include "diag/alerts.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "diag/alert_teller.hpp"
#include "diag/findings.hpp"

namespace tunnelscope::diag {
namespace {

const std::string kStaleSubject = "watch/";
constexpr Duration kStaleClears = kMinute;  // a source must have been well for so long

void finish(Alerts& alerts) {
  std::sort(alerts.told.open.begin(), alerts.told.open.end(), [](const Episode& a, const Episode& b) { return a.key < b.key; });
  std::sort(alerts.told.over.begin(), alerts.told.over.end());
  std::stable_sort(alerts.changes.begin(), alerts.changes.end(), [](const AlertChange& a, const AlertChange& b) { return a.at < b.at; });
}

}  // namespace

const Episode* open_of(const Told& told, std::string_view key) {
  const auto it = std::find_if(told.open.begin(), told.open.end(), [&](const Episode& e) { return e.key == key; });
  return it == told.open.end() ? nullptr : &*it;
}

std::vector<PastEpisode> over_of(const Told& told, std::string_view key) {
  std::vector<PastEpisode> list;
  std::copy_if(told.over.begin(), told.over.end(), std::back_inserter(list), [&](const PastEpisode& p) { return p.key == key; });
  return list;
}

std::string_view input_of(std::string_view at) { return at.substr(0, at.rfind(':')); }

void copy_texts(Episode& episode, const Finding& f) {
  episode.cause = f.cause;
  episode.fingerprint = f.fingerprint;
  episode.title = f.title;
  episode.summary = f.summary;
  episode.first_step = f.steps.empty() ? std::string() : f.steps.front().text;
  episode.runbook_url = f.runbook_url;
  episode.owner = f.owner;
}

std::vector<Unit> units_of(const Report& report) {
  std::map<std::string, Unit> by_subject;
  for (const TunnelReport& t : report.tunnels) {
    Unit& unit = by_subject[t.connection.empty() ? t.id : t.connection];
    unit.subject = t.connection.empty() ? t.id : t.connection;
    unit.connection = t.connection;
    unit.tunnels.push_back(&t);
  }
  std::vector<Unit> units;
  for (auto& [subject, unit] : by_subject) units.push_back(std::move(unit));
  return units;
}

bool states_known(const TunnelReport& t) {
  return t.phase1 != PhaseState::Unknown || t.phase2 != PhaseState::Unknown || t.bgp != BgpState::Unknown || !t.outages.empty();
}

std::string key_of_outages(const std::string& subject) { return fingerprint("outage", subject); }

std::string change_id(std::string_view key, Time start, ChangeKind kind, Time at) {
  std::string what(name_of(kind));
  what += ' ' + std::to_string(start);
  if (kind == ChangeKind::SeverityChanged) what += ' ' + std::to_string(at);
  return fingerprint(what, key);
}

Alerts alerts_of(const Report& report, const Told& told, const AlertOptions& options) {
  Alerts alerts;
  alerts.told.until = report.now;
  Teller teller(alerts, options);
  const Told before = still_watched(told, report, teller);
  for (const PastEpisode& p : before.over)
    if (report.first == kNoTime || p.recovered >= report.first) alerts.told.over.push_back(p);
  const std::vector<Unit> units = units_of(report);
  std::set<std::string> keys;
  for (const Unit& unit : units) {
    keys.insert(key_of_outages(unit.subject));
    tell_outages(unit, report, before, teller);
  }
  for (const Episode& e : before.open)
    if (e.kind == EpisodeKind::Stale || (e.kind == EpisodeKind::Outage && !keys.contains(e.key))) teller.keep(e);
  tell_findings(report, units, before, alerts.told, teller);
  finish(alerts);
  return alerts;
}

void tell_stale(Alerts& alerts, const std::vector<StaleSource>& stale, const AlertOptions& options) {
  Told& told = alerts.told;
  Teller teller(alerts, options);
  std::vector<Episode> before;
  for (const Episode& e : told.open)
    if (e.kind == EpisodeKind::Stale) before.push_back(e);
  std::erase_if(told.open, [](const Episode& e) { return e.kind == EpisodeKind::Stale; });
  std::set<std::string> keys;
  for (const StaleSource& source : stale) {
    Episode e;
    e.kind = EpisodeKind::Stale;
    e.subject = kStaleSubject + source.name;
    e.key = fingerprint("watch-stale", e.subject);
    keys.insert(e.key);
    const auto known = std::find_if(before.begin(), before.end(), [&](const Episode& b) { return b.key == e.key; });
    Time over = kNoTime;
    for (const PastEpisode& p : over_of(told, e.key)) over = std::max(over, p.recovered);
    const auto added = options.began_of.find(source.name);
    const Time since = source.newest != kNoTime ? source.newest : added != options.began_of.end() ? added->second : options.began;
    e.start = known != before.end() ? known->start : since > over ? since : over + 1;
    e.cause = "watch-stale";
    e.title = "The watch does not know the present state";
    e.summary = source.reason;
    e.first_step = source.hint;
    if (known == before.end()) teller.change(ChangeKind::Opened, std::max(e.start, told.until), e);
    teller.keep(std::move(e));
  }
  for (Episode& e : before) {
    if (keys.contains(e.key)) continue;
    if (const std::string source = e.subject.substr(kStaleSubject.size()); options.watched && !options.watched->contains(source)) {
      end_unwatched(std::move(e), source, told.until, teller);
      continue;
    }
    if (e.recovered == kNoTime) e.recovered = std::max(e.start, told.until);
    teller.end_when_stable(std::move(e), kStaleClears);
  }
  finish(alerts);
}

}  // namespace tunnelscope::diag
