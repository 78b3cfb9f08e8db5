// Which episodes a person is to be told of. Pure. In: a Report at its `now`, and what had been told before. Out: what lasts now, and what
// changed: each change happens once, whenever and how often this is asked.
//
// An outage's episode is made of the report's intervals alone (diag/episodes.hpp), so its ids, instants and severities do not depend on
// when this is asked, and an outage that began and ended between two asks is told as well. What a finding says has no such intervals: its
// episode begins when it is seen to last, and is over when it has not been for `stable`.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"

namespace tunnelscope::diag {

enum class EpisodeKind : std::uint8_t { Outage, Finding, Stale };
inline constexpr std::array<std::string_view, 3> kEpisodeKindNames{"outage", "finding", "watch-stale"};
inline std::string_view name_of(EpisodeKind k) { return kEpisodeKindNames[static_cast<std::size_t>(k)]; }

// Something that is wrong from one instant to another, of which there is one alert. Outages of the tunnels of one connection are one
// episode.
struct Episode {
  std::string key;           // what receivers know it by: the fingerprint of the finding, or of the connection's outage. 16 hex digits
  EpisodeKind kind = EpisodeKind::Outage;
  std::string subject;       // a connection, a tunnel, <system>/<what it concerns>, or watch/<source>
  std::string connection;    // that the subject is or belongs to; empty: none
  std::string cause;         // of the finding that explains it best at present; may change; empty: none does
  std::string fingerprint;   // of that finding; may change
  kb::Severity severity = kb::Severity::Warning;
  kb::Impact impact = kb::Impact::None;
  std::string title, summary, first_step, runbook_url, owner;  // at present. Raw text may be in summary: escape it
  std::vector<std::string> down;  // of an outage: the tunnels that are down
  // The input whose records said so last, of each tunnel that has been down in it; of a finding, of its subject. Not for receivers.
  std::map<std::string, std::string> shown_by;
  Time start = kNoTime;      // when it began, by the log
  Time recovered = kNoTime;  // since when all is well again; kNoTime: it is not
  auto operator<=>(const Episode&) const = default;
};

enum class ChangeKind : std::uint8_t { Opened, SeverityChanged, Resolved };
inline constexpr std::array<std::string_view, 3> kChangeKindNames{"opened", "severity-changed", "resolved"};
inline std::string_view name_of(ChangeKind k) { return kChangeKindNames[static_cast<std::size_t>(k)]; }

struct AlertChange {
  std::string id;            // constant: made of the episode's key and start, the kind, and `at` of a changed severity. 16 hex digits
  ChangeKind kind{};
  Time at = kNoTime;         // when it took effect, by the log: `grace` after an outage began, `stable` after it ended
  Episode episode;           // as it stands with the change
};

// An episode that is over, as long as the report may still show what it was about.
struct PastEpisode {
  std::string key;
  Time start = kNoTime, recovered = kNoTime;
  auto operator<=>(const PastEpisode&) const = default;
};

// What a watch remembers of what it has told: kept with its state, and given back at the next ask.
struct Told {
  Time until = kNoTime;            // `now` of the report that was asked last; kNoTime: none was
  std::vector<Episode> open;       // those that last, by key
  std::vector<PastEpisode> over;   // by key and start
  auto operator<=>(const Told&) const = default;
};

struct AlertOptions {
  Time began = kNoTime;              // what had ended by then is history
  std::map<std::string, Time, std::less<>> began_of;  // the same for what only these inputs show, which were added later
  // The inputs that are named. What only others showed is no longer watched: its episodes are over. Empty: nothing is known of that yet.
  std::optional<std::set<std::string, std::less<>>> watched;
  Duration stable = 5 * kMinute;     // so long all must be well for an episode to be over, or less grave
  Duration grace = 10 * kSecond;     // what lasts shorter is an interruption
  kb::Severity least = kb::Severity::Warning;  // of findings without outage that open an episode
};

struct Alerts {
  Told told;
  std::vector<AlertChange> changes;  // in order of `at`
  Time due = kNoTime;                // when to ask again though no record came; kNoTime: only a record can change anything
};

// `report.now` must not be before `before.until`.
Alerts alerts_of(const Report& report, const Told& before, const AlertOptions& options);

// A source of the watch from which nothing comes although it should.
struct StaleSource {
  std::string name;
  Time newest = kNoTime;       // of its records, by the log; kNoTime: there was none
  std::string reason, hint;    // for people; without secrets
};

// Adds the episodes of sources that are stale and ends those of sources that have not been for a minute; `alerts` are those of the same
// instant. They are warnings, and never resolve anything else.
void tell_stale(Alerts& alerts, const std::vector<StaleSource>& stale, const AlertOptions& options);

// Of the change of `kind` in the episode of `key` that began at `start`. `at` counts for a changed severity alone.
std::string change_id(std::string_view key, Time start, ChangeKind kind, Time at);

}  // namespace tunnelscope::diag
