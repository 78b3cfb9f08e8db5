// What the parts of diag/alerts.cpp share: who fails as one, and the collecting of what is told at one instant.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "diag/alerts.hpp"

namespace tunnelscope::diag {

// What lasts of that key; nullptr: nothing.
const Episode* open_of(const Told& told, std::string_view key);

// Those of that key that are over.
std::vector<PastEpisode> over_of(const Told& told, std::string_view key);

// The input of a "path:line".
std::string_view input_of(std::string_view at);

// Cause, title, first step and so on.
void copy_texts(Episode& episode, const Finding& f);

// Collects what is told at one instant.
class Teller {
 public:
  Teller(Alerts& alerts, const AlertOptions& options) : alerts_(alerts), options_(options) {}

  void change(ChangeKind kind, Time at, const Episode& episode) {
    alerts_.changes.push_back({change_id(episode.key, episode.start, kind, at), kind, at, episode});
  }
  void keep(Episode episode) { alerts_.told.open.push_back(std::move(episode)); }
  void forget(PastEpisode past) { alerts_.told.over.push_back(std::move(past)); }
  void end(Episode episode, Time at) {
    forget({episode.key, episode.start, episode.recovered});
    episode.down.clear();
    change(ChangeKind::Resolved, at, episode);
  }
  // It is well since episode.recovered: over once that has been so for `stable`.
  void end_when_stable(Episode episode, Duration stable) {
    const Time at = episode.recovered + stable;
    if (alerts_.told.until >= at) return end(std::move(episode), at);
    expect(at);
    keep(std::move(episode));
  }
  void expect(Time due) {
    if (alerts_.due == kNoTime || due < alerts_.due) alerts_.due = due;
  }
  const AlertOptions& options() const { return options_; }

 private:
  Alerts& alerts_;
  const AlertOptions& options_;
};

// What fails as one: the tunnels of a connection, or a tunnel of none.
struct Unit {
  std::string subject, connection;
  std::vector<const TunnelReport*> tunnels;

  bool has(std::string_view id) const {
    return id == subject || std::any_of(tunnels.begin(), tunnels.end(), [&](const TunnelReport* t) { return t->id == id; });
  }
};

std::vector<Unit> units_of(const Report& report);
std::string key_of_outages(const std::string& subject);

// Whether any record said in what state the tunnel is.
bool states_known(const TunnelReport& t);

// alert_watched.cpp: what had been told, without what no input that is named can end any more; that is told as resolved.
Told still_watched(const Told& before, const Report& report, Teller& teller);

// Ends the episode because `input` is no longer named, not because anything has recovered.
void end_unwatched(Episode episode, std::string_view input, Time now, Teller& teller);

// alert_outages.cpp: the outages of a unit against what was told of them.
void tell_outages(const Unit& unit, const Report& report, const Told& before, Teller& teller);

// alert_findings.cpp: the findings that no outage shows: faults of a tunnel that is up, of a log without states, of user sessions. `now` is
// what lasts of outages.
void tell_findings(const Report& report, const std::vector<Unit>& units, const Told& before, const Told& now, Teller& teller);

}  // namespace tunnelscope::diag
