// The alerts of outages: what diag/episodes.hpp makes of a report's intervals, against what was told before. Tested by
// diag_alerts_test.cpp.
#include <algorithm>
#include <set>

#include "diag/alert_teller.hpp"
#include "diag/episodes.hpp"

namespace tunnelscope::diag {
namespace {

class OutageTeller {
 public:
  OutageTeller(const Unit& unit, const Report& report, const Told& before, Teller& teller)
      : unit_(unit), report_(report), until_(before.until), key_(key_of_outages(unit.subject)), open_(open_of(before, key_)),
        over_(over_of(before, key_)), teller_(teller) {}

  void tell() {
    gather();
    add_unseen();
    const OutageEpisodes episodes = outage_episodes(spans_, down_, report_.now, teller_.options());
    if (episodes.due) teller_.expect(*episodes.due);
    for (const OutageEpisode& e : episodes.list) tell(e, &e == &episodes.list.back());
    if (open_ != nullptr && !continued_) end_unexplained();
  }

 private:
  struct Named {
    std::string id;
    DownTime time;
    const Outage* outage;  // nullptr: the report no longer shows it
  };

  // All that has not been told as over, and is not history.
  void gather() {
    for (const TunnelReport* t : unit_.tunnels) {
      spans_.push_back({states_known(*t) ? t->first : kNoTime, t->standby});
      for (const Outage& o : t->outages)
        if (!is_told(o)) add(t->id, spans_.size() - 1, o.start, o.end, &o);
    }
  }

  void add(const std::string& id, std::size_t span, Time start, std::optional<Time> end, const Outage* outage) {
    down_.push_back({span, start, end});
    named_.push_back({id, down_.back(), outage});
  }

  bool is_of_open(const Outage& o) const { return open_ != nullptr && o.start <= until_ && (!o.end || *o.end >= open_->start); }

  // When the watch began with the first of the inputs that show it.
  Time began_of(const Outage& o) const {
    const AlertOptions& options = teller_.options();
    std::optional<Time> first;
    for (const std::string& at : o.evidence) {
      const auto added = options.began_of.find(input_of(at));
      const Time began = added == options.began_of.end() ? options.began : added->second;
      first = std::min(first.value_or(began), began);
    }
    return first.value_or(options.began);
  }

  // A part of one that is over, however late the record came that says so.
  bool is_told(const Outage& o) const {
    if (!o.end) return false;
    if (*o.end <= began_of(o)) return true;
    if (is_of_open(o)) return false;
    return is_over(o.start, *o.end);
  }

  // Within an episode that was told as over, or near enough to have been bridged.
  bool is_over(Time start, Time end) const {
    const Duration near = std::max<Duration>(teller_.options().stable, 1);
    return std::any_of(over_.begin(), over_.end(), [&](const PastEpisode& p) {
      return start <= p.recovered && end >= p.start && end < p.recovered + near;
    });
  }

  // What was down when last told, and of which the report shows no outage any longer: it lasts until the tunnel is known again.
  void add_unseen() {
    if (open_ == nullptr) return;
    const auto shown = [&](std::string_view id) {
      return std::any_of(named_.begin(), named_.end(), [&](const Named& n) {
        return n.outage != nullptr && is_of_open(*n.outage) && (id.empty() || n.id == id);
      });
    };
    for (const std::string& id : open_->down) {
      if (shown(id)) continue;
      const auto it = std::find_if(unit_.tunnels.begin(), unit_.tunnels.end(), [&](const TunnelReport* t) { return t->id == id; });
      const bool seen = it != unit_.tunnels.end() && states_known(**it);
      add_of_open(id, seen ? std::optional<Time>(std::max((*it)->first, open_->start)) : std::nullopt);
    }
    if (open_->down.empty() && !shown("")) add_of_open({}, std::max(open_->recovered, open_->start));
  }

  void add_of_open(const std::string& id, std::optional<Time> end) {
    spans_.push_back({});
    add(id, spans_.size() - 1, open_->start, end, nullptr);
    unseen_ = true;
  }

  bool continues_open(const OutageEpisode& e) const {
    return open_ != nullptr && !continued_ && (!e.recovered || *e.recovered >= open_->start);
  }

  void tell(const OutageEpisode& e, bool is_last) {
    const bool continues = continues_open(e);
    if (!continues && e.recovered && is_over(e.start, *e.recovered)) return;
    if (!continues && is_excused(e)) {
      if (e.resolved) teller_.forget({key_, e.start, *e.recovered});
      return;
    }
    Episode episode = continues ? *open_ : Episode{};
    if (!continues) begin(episode, e);
    describe(episode, e);
    if (continues) {
      continued_ = true;
      change_severity(episode, unseen_steps(e));
    } else {
      open(episode, e);
    }
    episode.down = down_at(report_.now);
    note_inputs(episode, e);
    episode.recovered = e.recovered.value_or(kNoTime);
    if (e.resolved && !(is_last && is_silent_after(*e.resolved))) return teller_.end(std::move(episode), *e.resolved);
    teller_.keep(std::move(episode));
  }

  // Late records, or a standby declared since, leave nothing of what was told.
  void end_unexplained() {
    Episode episode = *open_;
    const bool undecided = std::any_of(down_.begin(), down_.end(), [&](const DownTime& d) {
      return !d.end && report_.now - d.start < teller_.options().grace;
    });
    if (undecided) return teller_.keep(std::move(episode));
    if (episode.recovered == kNoTime) episode.recovered = until_;
    teller_.end_when_stable(std::move(episode), teller_.options().stable);
  }

  void begin(Episode& episode, const OutageEpisode& e) const {
    episode.key = key_;
    episode.subject = unit_.subject;
    episode.connection = unit_.connection;
    episode.start = e.start;
    // One that began then was told as over while it lasted, as its input was not watched for a while: this is another.
    for (const PastEpisode& p : over_)
      if (p.start == episode.start) episode.start = p.recovered + 1;
  }

  void note_inputs(Episode& episode, const OutageEpisode& e) const {
    for (const Named& n : named_) {
      const bool within = (!n.time.end || *n.time.end >= e.start) && (!e.recovered || n.time.start <= *e.recovered);
      if (within && n.outage != nullptr && !n.outage->evidence.empty()) episode.shown_by[n.id] = input_of(n.outage->evidence.back());
    }
  }

  void open(Episode& episode, const OutageEpisode& e) {
    auto first = e.steps.begin();
    while (std::next(first) != e.steps.end() && std::next(first)->at <= episode.start) ++first;
    const Time at = std::max(first->at, episode.start);
    set_severity(episode, first->severity);
    episode.down = down_at(at);
    teller_.change(ChangeKind::Opened, at, episode);
    change_severity(episode, {first + 1, e.steps.end()});
  }

  void change_severity(Episode& episode, const std::vector<SeverityStep>& steps) {
    for (const SeverityStep& step : steps) {
      if (step.severity == episode.severity) continue;
      set_severity(episode, step.severity);
      episode.down = down_at(step.at);
      teller_.change(ChangeKind::SeverityChanged, step.at, episode);
    }
  }

  static void set_severity(Episode& episode, kb::Severity severity) {
    episode.severity = severity;
    episode.impact = severity == kb::Severity::Critical ? kb::Impact::Outage : kb::Impact::Redundancy;
  }

  // Those since the last ask, and the last one before it: late records may have changed it, or it may have been undecided then. Where the
  // report no longer shows the episode from its beginning, what was told long ago stands.
  std::vector<SeverityStep> unseen_steps(const OutageEpisode& e) const {
    auto from = std::find_if(e.steps.begin(), e.steps.end(), [&](const SeverityStep& s) { return s.at > until_; });
    const bool whole = !unseen_ && e.start < open_->start + teller_.options().stable;
    if (from != e.steps.begin() && (whole || std::prev(from)->at > until_ - teller_.options().grace)) --from;
    return {from, e.steps.end()};
  }

  // A tunnel that was silent before it had been up for long enough is not known to have stayed up.
  bool is_silent_after(Time resolved) const {
    return std::any_of(unit_.tunnels.begin(), unit_.tunnels.end(), [&](const TunnelReport* t) {
      return t->status == "unknown" && states_known(*t) && t->last < resolved &&
             std::any_of(named_.begin(), named_.end(), [&](const Named& n) { return n.id == t->id; });
    });
  }

  // Those whose outage counts at that instant.
  std::vector<std::string> down_at(Time time) const {
    std::set<std::string> ids;
    for (const Named& n : named_)
      if (!n.id.empty() && n.time.start + teller_.options().grace <= time && (!n.time.end || *n.time.end > time)) ids.insert(n.id);
    return {ids.begin(), ids.end()};
  }

  // The causes that the report gives for the outages of `e`; what keeps a tunnel down comes before why it fell.
  std::vector<std::string_view> causes_of(const OutageEpisode& e) const {
    std::vector<std::string_view> causes;
    for (const bool stays : {true, false})
      for (const Named& n : named_) {
        if (n.outage == nullptr) continue;
        const bool within = (!n.time.end || *n.time.end >= e.start) && (!e.recovered || n.time.start <= *e.recovered);
        const std::string& cause = stays ? n.outage->blocked_by : n.outage->cause;
        if (within && !cause.empty()) causes.push_back(cause);
      }
    return causes;
  }

  // Of the root causes of the unit: one of the connection where several tunnels are concerned, one that the outages name, one that lasts,
  // the first of the report. nullptr: there is none.
  const Finding* explanation(const OutageEpisode& e) const {
    const std::vector<std::string_view> causes = causes_of(e);
    const Finding* best = nullptr;
    int most = -1;
    for (const Finding& f : report_.findings) {
      if (f.role != kb::Role::RootCause || !unit_.has(f.subject)) continue;
      const bool at_that_time = f.last_seen >= e.start - kHour && (!e.recovered || f.first_seen <= *e.recovered);
      if (!f.ongoing && !at_that_time) continue;
      const bool named = std::find(causes.begin(), causes.end(), f.cause) != causes.end();
      if (!named && f.impact == kb::Impact::None) continue;
      const bool of_all = named && unit_.tunnels.size() > 1 && f.subject == unit_.subject;
      const int points = 4 * of_all + 2 * named + (f.ongoing && !e.recovered);
      if (points > most) best = &f;
      most = std::max(most, points);
    }
    return best;
  }

  bool is_excused(const OutageEpisode& e) const {
    const Finding* const f = explanation(e);
    return f != nullptr && !f->standing.counts();
  }

  void describe(Episode& episode, const OutageEpisode& e) const {
    if (const Finding* f = explanation(e)) {
      copy_texts(episode, *f);
    } else if (episode.title.empty()) {
      episode.title = unit_.connection.empty() ? "The tunnel is down" : "Tunnels of the connection are down";
    }
  }

  const Unit& unit_;
  const Report& report_;
  const Time until_;  // of what was told
  const std::string key_;
  const Episode* const open_;
  const std::vector<PastEpisode> over_;
  Teller& teller_;
  std::vector<TunnelSpan> spans_;
  std::vector<DownTime> down_;
  std::vector<Named> named_;
  bool unseen_ = false, continued_ = false;
};

}  // namespace

void tell_outages(const Unit& unit, const Report& report, const Told& before, Teller& teller) {
  OutageTeller(unit, report, before, teller).tell();
}

}  // namespace tunnelscope::diag
