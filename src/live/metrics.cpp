#include "src/live/metrics.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "src/command.hpp"
#include "src/escape.hpp"

namespace tunnelscope::live {
namespace {

constexpr std::size_t kLongestLabel = 256;  // bytes

// Made visible, so that what stands in a dashboard is harmless, then escaped as the format asks.
std::string label_value(std::string_view raw) {
  const std::string visible = app::for_terminal(raw);
  std::string out;
  for (const char c : app::first_bytes(visible, kLongestLabel)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

struct Label {
  std::string_view name;
  std::string_view value;  // raw
};
using Labels = std::initializer_list<Label>;

// A text under way, one family after another.
class Exposition {
 public:
  // `name` without the prefix; ends in _total for counters alone.
  void gauge(std::string_view name, std::string_view help) { family(name, "gauge", help); }
  void counter(std::string_view name, std::string_view help) { family(name, "counter", help); }

  // Of the family begun last.
  void sample(const Labels& labels, double value) { add(labels, fmt::format("{}", value)); }
  void sample(const Labels& labels, std::uint64_t value) { add(labels, fmt::format("{}", value)); }
  void sample(const Labels& labels, bool value) { add(labels, value ? "1" : "0"); }
  void instant(const Labels& labels, diag::Time time) {
    if (time != diag::kNoTime) sample(labels, static_cast<double>(time) / diag::kSecond);
  }
  // One sample a value of a closed list, 1 for the one that holds.
  template <class Names>
  void one_of(const std::vector<Label>& labels, std::string_view name, const Names& values, std::string_view holds) {
    for (const std::string_view value : values) {
      std::vector<Label> all = labels;
      all.push_back({name, value});
      add(all, value == holds ? "1" : "0");
    }
  }

  std::string take() { return std::move(text_); }

 private:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = fmt::format("tunnelscope_{}", name);
    said_.clear();
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, type);
  }

  // Names that differ only beyond what a label shows are one: the first counts, for Prometheus refuses two.
  template <class List>
  void add(const List& labels, std::string_view value) {
    std::string series = name_;
    for (const Label& label : labels) {
      series += fmt::format("{}{}=\"{}\"", series.size() == name_.size() ? '{' : ',', label.name, label_value(label.value));
    }
    if (labels.size() > 0) series += '}';
    if (said_.insert(series).second) text_ += fmt::format("{} {}\n", series, value);
  }

  std::string name_, text_;
  std::unordered_set<std::string> said_;  // series of the family begun last
};

constexpr std::array<std::string_view, 5> kTunnelStatuses{"up", "degraded", "flapping", "down", "unknown"};
constexpr std::array<std::string_view, 4> kRedundancies{"both", "one", "none", "unknown"};

// The first of a list that is sorted by id.
template <class Item>
std::vector<const Item*> labelled(const std::vector<Item>& all) {
  std::vector<const Item*> some;
  for (const Item& item : all) {
    if (some.size() == kMostLabelled) break;
    some.push_back(&item);
  }
  return some;
}

template <class Item>
std::uint64_t omitted(const std::vector<Item>& all) {
  return all.size() - std::min(all.size(), kMostLabelled);
}

void program(Exposition& to, const Snapshot& s) {
  to.gauge("build_info", "The program and its knowledge base; always 1.");
  to.sample({{"version", app::version()}, {"knowledge_base", s.document->report.knowledge_version}}, std::uint64_t{1});
}

void watch(Exposition& to, const Snapshot& s) {
  to.gauge("watch_began_timestamp_seconds", "When the watch caught up first, by the log's clock.");
  to.instant({}, s.began);
  to.gauge("watch_now_timestamp_seconds", "The log's clock: the newest record, and the time that has passed since it came.");
  to.instant({}, s.now);
  to.gauge("watch_last_step_timestamp_seconds", "When the watch took its last step, by this machine's clock.");
  to.instant({}, s.machine_now);
  to.gauge("watch_lag_seconds", "How far the log's clock is behind this machine's: how late records come.");
  if (s.now != diag::kNoTime && s.machine_now != diag::kNoTime) {
    to.sample({}, static_cast<double>(s.machine_now - s.now) / diag::kSecond);
  }
  to.gauge("watch_stale", "1: something is wrong with the watch or its sources, and nothing here may be taken for the present.");
  to.sample({}, !s.stale.empty());
  to.gauge("watch_last_step_duration_seconds", "What the last step took.");
  to.sample({}, s.step_seconds);
  to.counter("watch_steps_total", "Diagnoses made.");
  to.sample({}, s.totals.steps);
}

void records(Exposition& to, const Totals& t) {
  to.counter("records_total", "Records read, since the state was first made.");
  to.sample({}, t.records);
  to.counter("records_unrecognised_total", "Records whose message no rule knows.");
  to.sample({}, t.unrecognised);
  to.counter("records_skipped_total", "Records that could not be read.");
  to.sample({}, t.skipped);
  to.counter("records_duplicate_total", "Records that had come before.");
  to.sample({}, t.duplicates);
  to.counter("records_late_total", "Records that came too late to be judged: from before the horizon.");
  to.sample({}, t.too_late);
  to.counter("records_dropped_total", "Records that were dropped for want of room, within the horizon.");
  to.sample({}, t.dropped);
}

void sources(Exposition& to, const std::vector<SourceStatus>& all) {
  const auto some = labelled(all);
  to.gauge("source_up", "1: the source can be read.");
  for (const auto* s : some) to.sample({{"source", s->name}}, !s->trouble);
  to.gauge("source_trouble", "Why a source cannot be read; always 1.");
  for (const auto* s : some) {
    if (s->trouble) to.sample({{"source", s->name}, {"kind", s->trouble->kind}}, true);
  }
  to.gauge("source_caught_up", "1: what the source held when the watch began has been read.");
  for (const auto* s : some) to.sample({{"source", s->name}}, s->past_backlog);
  to.gauge("source_ended", "1: nothing more will come of it.");
  for (const auto* s : some) to.sample({{"source", s->name}}, s->ended);
  to.counter("source_records_total", "Records read from the source, since the watch was started.");
  for (const auto* s : some) to.sample({{"source", s->name}}, s->records);
  to.gauge("source_newest_record_timestamp_seconds", "The time of the source's newest record.");
  for (const auto* s : some) to.instant({{"source", s->name}}, s->newest);
}

void tunnel_states(Exposition& to, const diag::Report& report, const std::vector<const diag::TunnelReport*>& some) {
  std::map<std::string_view, std::uint64_t> by_status;
  for (const diag::TunnelReport& t : report.tunnels) ++by_status[t.status];
  to.gauge("tunnels", "Tunnels by status.");
  for (const std::string_view status : kTunnelStatuses) to.sample({{"status", status}}, by_status[status]);
  to.gauge("tunnel_status", "1 for the status that the tunnel has, 0 for the others.");
  for (const auto* t : some) to.one_of({{"connection", t->connection}, {"tunnel", t->id}}, "status", kTunnelStatuses, t->status);
  to.gauge("tunnel_phase_state", "1 for the state that the phase is in, 0 for the others.");
  for (const auto* t : some) {
    for (const auto& [phase, state] : {std::pair("1", t->phase1), std::pair("2", t->phase2)}) {
      to.one_of({{"connection", t->connection}, {"tunnel", t->id}, {"phase", phase}}, "state", diag::kPhaseStateNames, diag::name_of(state));
    }
  }
  to.gauge("tunnel_bgp_up", "1: the tunnel's BGP session is up; no sample: it is not known.");
  for (const auto* t : some) {
    if (t->bgp != diag::BgpState::Unknown) to.sample({{"connection", t->connection}, {"tunnel", t->id}}, t->bgp == diag::BgpState::Up);
  }
}

// What is known of the times of each tunnel within the journal.
struct Measure {
  std::string_view name, help;
  double (*of)(const diag::TunnelReport& tunnel);
};
constexpr std::array kTunnelMeasures{
    Measure{"tunnel_outages", "Outages within the horizon.", [](const diag::TunnelReport& t) { return static_cast<double>(t.availability.outages); }},
    Measure{"tunnel_interruptions", "Interruptions, too short to be outages, within the horizon.",
            [](const diag::TunnelReport& t) { return static_cast<double>(t.interruptions); }},
    Measure{"tunnel_flapping_intervals", "Spells of flapping within the horizon.",
            [](const diag::TunnelReport& t) { return static_cast<double>(t.flapping.size()); }},
    Measure{"tunnel_uptime_seconds", "How long the tunnel was up within the horizon.", [](const diag::TunnelReport& t) { return t.availability.up_s; }},
    Measure{"tunnel_downtime_seconds", "How long the tunnel was down within the horizon.",
            [](const diag::TunnelReport& t) { return t.availability.down_s; }},
    Measure{"tunnel_unknown_seconds", "How long nothing was known of the tunnel within the horizon.",
            [](const diag::TunnelReport& t) { return t.availability.unknown_s; }},
};

void tunnel_times(Exposition& to, const std::vector<const diag::TunnelReport*>& some) {
  for (const Measure& measure : kTunnelMeasures) {
    to.gauge(measure.name, measure.help);
    for (const auto* t : some) to.sample({{"connection", t->connection}, {"tunnel", t->id}}, measure.of(*t));
  }
  to.gauge("tunnel_availability_ratio", "Time up of the time known, within the horizon.");
  for (const auto* t : some) {
    if (t->availability.ratio) to.sample({{"connection", t->connection}, {"tunnel", t->id}}, *t->availability.ratio);
  }
  to.gauge("tunnel_last_record_timestamp_seconds", "The time of the tunnel's newest record.");
  for (const auto* t : some) to.instant({{"connection", t->connection}, {"tunnel", t->id}}, t->last);
  to.gauge("tunnel_primary_cause", "The root cause that ranks highest, by its id; always 1, no sample: the tunnel is healthy.");
  for (const auto* t : some) {
    if (!t->primary_cause.empty()) to.sample({{"connection", t->connection}, {"tunnel", t->id}, {"cause", t->primary_cause}}, true);
  }
}

void connections(Exposition& to, const std::vector<diag::ConnectionReport>& all) {
  const auto some = labelled(all);
  to.gauge("connection_redundancy", "1 for how many of the connection's tunnels are up, 0 for the others.");
  for (const auto* c : some) to.one_of({{"connection", c->id}}, "redundancy", kRedundancies, c->redundancy);
  to.gauge("connection_downtime_seconds", "How long no tunnel of the connection was up, within the horizon.");
  for (const auto* c : some) to.sample({{"connection", c->id}}, c->availability.down_s);
  to.gauge("connection_availability_ratio", "Time with a tunnel up of the time known, within the horizon.");
  for (const auto* c : some) {
    if (c->availability.ratio) to.sample({{"connection", c->id}}, *c->availability.ratio);
  }
}

void sessions(Exposition& to, const std::vector<diag::SessionGroup>& all) {
  struct Count {
    std::string_view name, help;
    std::uint64_t diag::SessionGroup::*of;
  };
  constexpr std::array kCounts{
      Count{"sessions_open", "User sessions that have begun and whose end was not logged.", &diag::SessionGroup::open},
      Count{"session_connections", "Sessions and failed attempts within the horizon.", &diag::SessionGroup::connections},
      Count{"session_failures", "Attempts that failed within the horizon.", &diag::SessionGroup::failed},
      Count{"session_suspected_failures", "Sessions that look failed, where no record says whether they did, within the horizon.", &diag::SessionGroup::looks_failed},
      Count{"session_denials", "Attempts that were denied within the horizon.", &diag::SessionGroup::denied},
      Count{"session_users", "Users seen within the horizon.", &diag::SessionGroup::users},
  };
  const auto some = labelled(all);
  for (const Count& each : kCounts) {
    to.gauge(each.name, each.help);
    for (const auto* g : some) to.sample({{"system", diag::name_of(g->system)}, {"group", g->group}}, g->*each.of);
  }
}

// Causes, severities and roles are closed lists of the knowledge base.
void findings(Exposition& to, const std::vector<diag::Finding>& all) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view, bool>, std::uint64_t> count;
  for (const diag::Finding& f : all) {
    if (!f.standing.suppressed) ++count[{f.cause, kb::name_of(f.severity), kb::name_of(f.role), f.ongoing}];
  }
  to.gauge("findings", "Findings within the horizon by cause; suppressed ones do not count.");
  for (const auto& [kind, number] : count) {
    const auto& [cause, severity, role, ongoing] = kind;
    to.sample({{"cause", cause}, {"severity", severity}, {"role", role}, {"ongoing", ongoing ? "true" : "false"}}, number);
  }
}

void episodes(Exposition& to, const std::vector<diag::Episode>& open) {
  std::map<std::string_view, std::uint64_t> by_severity;
  for (const diag::Episode& e : open) ++by_severity[kb::name_of(e.severity)];
  to.gauge("episodes_open", "Episodes that last: each has one alert.");
  for (const kb::Severity s : {kb::Severity::Critical, kb::Severity::Warning, kb::Severity::Info}) {
    to.sample({{"severity", kb::name_of(s)}}, by_severity[kb::name_of(s)]);
  }
  to.gauge("episode_start_timestamp_seconds", "When an open episode began, by the log.");
  const auto some = labelled(open);
  for (const auto* e : some) {
    to.instant({{"episode", e->key}, {"subject", e->subject}, {"cause", e->cause}, {"severity", kb::name_of(e->severity)}}, e->start);
  }
}

void receivers(Exposition& to, const std::vector<ReceiverStatus>& all) {
  to.gauge("receiver_up", "1: the last delivery to the receiver went well, or there was none yet.");
  for (const auto& r : all) to.sample({{"receiver", r.name}}, r.trouble.empty());
  to.counter("deliveries_total", "Alerts that the receiver took.");
  for (const auto& r : all) to.sample({{"receiver", r.name}}, r.delivered);
  to.counter("delivery_failures_total", "Attempts to deliver an alert that failed; each is tried again.");
  for (const auto& r : all) to.sample({{"receiver", r.name}}, r.failed_attempts);
  to.counter("deliveries_refused_total", "Alerts that were given up, because the receiver will never take them.");
  for (const auto& r : all) to.sample({{"receiver", r.name}}, r.refused);
  to.gauge("deliveries_waiting", "Alerts that wait to be taken.");
  for (const auto& r : all) to.sample({{"receiver", r.name}}, r.waiting);
}

void omissions(Exposition& to, const Snapshot& s) {
  const diag::Report& report = s.document->report;
  to.gauge("series_omitted", "Things that have no samples of their own, because there are too many of their kind.");
  to.sample({{"kind", "connection"}}, omitted(report.connections));
  to.sample({{"kind", "episode"}}, omitted(s.open));
  to.sample({{"kind", "session_group"}}, omitted(report.sessions));
  to.sample({{"kind", "source"}}, omitted(s.sources));
  to.sample({{"kind", "tunnel"}}, omitted(report.tunnels));
}

}  // namespace

std::string to_metrics(const Snapshot& s) {
  const diag::Report& report = s.document->report;
  const auto tunnels = labelled(report.tunnels);
  Exposition to;
  program(to, s);
  watch(to, s);
  records(to, s.totals);
  sources(to, s.sources);
  tunnel_states(to, report, tunnels);
  tunnel_times(to, tunnels);
  connections(to, report.connections);
  sessions(to, report.sessions);
  findings(to, report.findings);
  episodes(to, s.open);
  receivers(to, s.receivers);
  omissions(to, s);
  return to.take();
}

}  // namespace tunnelscope::live
