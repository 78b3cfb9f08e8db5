// The whole of a diagnosis in order: histories, detectors, a verdict per case, connections, findings, report.
// Tested by diagnose_test.cpp and the samples.
#include "diag/diagnose.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "diag/correlate.hpp"
#include "diag/findings.hpp"
#include "diag/judge.hpp"
#include "diag/ledger.hpp"
#include "diag/limits.hpp"
#include "diag/session/detectors.hpp"
#include "diag/session/groups.hpp"
#include "diag/session/judged.hpp"
#include "diag/threads.hpp"
#include "diag/tunnel/connection.hpp"
#include "diag/tunnel/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag {
namespace {

using tunnel::Connection;
using tunnel::Subject;

constexpr std::size_t kEvidenceOfAnOutage = 4;

// The root cause behind a symptom: what explains it may be a symptom itself.
const kb::Cause* root_of(const Symptom& symptom, const Verdict& verdict) {
  const kb::Cause* cause = symptom.explained_by;
  for (std::size_t steps = 0; steps < verdict.symptoms.size(); ++steps) {
    const auto above = std::find_if(verdict.symptoms.begin(), verdict.symptoms.end(),
                                    [&](const Symptom& s) { return s.match.cause == cause; });
    if (above == verdict.symptoms.end()) break;
    cause = above->explained_by;
  }
  return cause;
}

// What kept the tunnel down after what took it down and before what kept it down last, in the order in which it came up.
std::vector<const Match*> faults_between(const Verdict& verdict, const Case& c) {
  std::vector<const Match*> list;
  if (verdict.blocked_by == nullptr || verdict.cause == nullptr) return list;
  for (const Match& m : verdict.roots) {
    const Time began = m.evidence.front().time;
    const bool is_other = m.cause != verdict.cause && m.cause != verdict.blocked_by && m.stay;
    if (is_other && began > c.start && began < verdict.blocked_since) list.push_back(&m);
  }
  std::sort(list.begin(), list.end(), [](const Match* a, const Match* b) { return a->evidence.front().time < b->evidence.front().time; });
  return list;
}

std::size_t records_of(const Entry& entry) {
  std::size_t records = 0;
  for (const EvidenceRef& ref : entry.evidence) records += ref.times;
  return records;
}

class Diagnosis {
 public:
  Diagnosis(const Intake& intake, const Classifier& classifier, const Options& options)
      : intake_(intake), classifier_(classifier), options_(options), limits_(classifier.knowledge().thresholds),
        judge_(classifier, limits_) {}

  Report run() {
    find_window();
    track_tunnels();
    judge_all_outages();
    for (std::size_t i = 0; i < subjects_.size(); ++i) judge_whole(i);
    connections_ = tunnel::connections(subjects_, context_);
    for (const Connection& c : connections_) judge_connection(c);
    judge_sessions();
    return write();
  }

 private:
  void find_window();
  void track_tunnels();
  Subject tracked(const TunnelLog& log) const;
  void judge_all_outages();
  void book_outages(std::size_t subject, const std::vector<Verdict>& verdicts);
  void judge_whole(std::size_t subject);
  void judge_connection(const Connection& connection);
  void judge_sessions();
  std::vector<TunnelOutage> tunnel_outages() const;
  std::vector<SessionGroup> session_groups() const;
  Report write();

  Entry& book(const Match& match, std::size_t subject, const Case& c);
  void book_outage(std::size_t subject, const Case& c, const Verdict& verdict);
  void note_unrecognised(std::size_t subject, const Case& c);
  void book_whole(const kb::Cause& cause, std::size_t subject, const std::vector<Occurrence>& evidence, bool milder);
  void link_to_explaining(Entry& entry, std::size_t subject);
  void link_to_explained(const Entry& entry, std::size_t subject);
  kb::Impact impact_of(const kb::Cause& cause, std::size_t subject, const Case& c) const;
  bool another_is_up(std::size_t subject, const Case& c) const;
  bool goes_on(const Subject& s, const std::vector<Occurrence>& evidence) const;
  kb::Impact impact_of_all(const kb::Cause& cause, std::size_t subject) const;
  bool waits(std::size_t subject, const Case& c) const;
  const std::string& subject_name(const kb::Cause& cause, std::size_t subject) const;
  TunnelReport tunnel_report(std::size_t subject) const;
  std::string status_of(std::size_t subject) const;
  const Entry* primary(std::size_t subject) const;
  // Entries about a tunnel, in the order of their keys.
  void concern(Entry& entry, std::size_t subject);
  std::vector<Entry*> entries_of(std::size_t subject) const;

  const Intake& intake_;
  const Classifier& classifier_;
  const Options& options_;
  Limits limits_;
  Judge judge_;
  tunnel::Context context_{classifier_, limits_, options_};
  std::vector<Subject> subjects_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> of_connection_;  // subjects; "": those that name none
  std::vector<std::vector<Outage>> outages_;  // per subject
  std::vector<std::size_t> judged_spells_;    // per subject: outages and interruptions
  std::vector<std::vector<Entry*>> concerned_;  // per subject: the entries that it has downtime in, be it none
  std::vector<Connection> connections_;
  session::Log sessions_;
  Ledger ledger_;
  Time first_ = kNoTime, last_ = kNoTime, now_ = kNoTime;
};

void Diagnosis::find_window() {
  for (const TunnelLog& log : intake_.tunnels()) {
    if (first_ == kNoTime || log.events.front().time < first_) first_ = log.events.front().time;
    last_ = std::max(last_, log.events.back().time);
  }
  // A tunnel is silent or not among tunnel records: logs of other systems may end at any other time.
  now_ = options_.now == kNoTime ? last_ : options_.now;
  if (options_.until != kNoTime) now_ = std::min(now_, options_.until);  // what came later was left out
  if (first_ != kNoTime && options_.since != kNoTime) first_ = std::min(std::max(first_, options_.since), last_);
}

void Diagnosis::track_tunnels() {
  const std::vector<TunnelLog>& logs = intake_.tunnels();
  subjects_.resize(logs.size());
  on_threads(logs.size(), options_.threads, [&](std::size_t i) { subjects_[i] = tracked(logs[i]); });
  tunnel::detect_neighbours(subjects_, context_, intake_);
  for (std::size_t i = 0; i < logs.size(); ++i) of_connection_[logs[i].connection].push_back(i);
  outages_.resize(subjects_.size());
  judged_spells_.resize(subjects_.size());
  concerned_.resize(subjects_.size());
}

Subject Diagnosis::tracked(const TunnelLog& log) const {
  const TunnelFacts* facts = facts_about(options_.facts, log.connection, log.outside_ip, intake_.tunnels().size() == 1);
  Subject s = make_subject(tunnel::track(log, classifier_, limits_, now_, facts), classifier_, limits_, options_.since);
  tunnel::detect_maintenance(s, context_);
  tunnel::detect_clocks(s, context_);
  tunnel::detect_negotiation(s, context_);
  tunnel::detect_flapping(s, context_);
  tunnel::detect_churn(s, context_);
  tunnel::detect_bgp(s, context_);
  tunnel::detect_log_quality(s, context_);
  tunnel::leave_out_before(s, options_.since);
  return s;
}

void Diagnosis::concern(Entry& entry, std::size_t subject) {
  if (entry.downtime_by_tunnel.try_emplace(subject, 0).second) concerned_[subject].push_back(&entry);
}

std::vector<Entry*> Diagnosis::entries_of(std::size_t subject) const {
  std::vector<Entry*> entries = concerned_[subject];
  std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) {
    return std::tie(a->cause->id, a->subject) < std::tie(b->cause->id, b->subject);
  });
  return entries;
}

const std::string& Diagnosis::subject_name(const kb::Cause& cause, std::size_t subject) const {
  const TunnelLog& log = *subjects_[subject].history.log;
  return cause.on_connection && !log.connection.empty() ? log.connection : log.id;
}

// Nothing gets through, or the other tunnel of the connection carried the traffic all the while.
kb::Impact Diagnosis::impact_of(const kb::Cause& cause, std::size_t subject, const Case& c) const {
  if (cause.impact != kb::Impact::Outage) return cause.impact;
  if (c.is_harmless()) return kb::Impact::None;
  const bool is_alone = subjects_[subject].history.log->connection.empty();
  return !is_alone && another_is_up(subject, c) ? kb::Impact::Redundancy : kb::Impact::Outage;
}

// All the while, as far as the log shows it: another tunnel of the connection.
bool Diagnosis::another_is_up(std::size_t subject, const Case& c) const {
  const std::vector<std::size_t>& tunnels = of_connection_.at(subjects_[subject].history.log->connection);
  return std::any_of(tunnels.begin(), tunnels.end(), [&](std::size_t other) {
    return other != subject && tunnel::up_throughout(subjects_[other].history, c.start, c.end, limits_.grace);
  });
}

// Down, but declared a standby, and another tunnel of its connection was up as far as the log shows it.
bool Diagnosis::waits(std::size_t subject, const Case& c) const {
  return !c.is_harmless() && tunnel::is_standby(*subjects_[subject].history.log, options_) && another_is_up(subject, c);
}

// Of a pattern of outages: what the worst of them came to.
kb::Impact Diagnosis::impact_of_all(const kb::Cause& cause, std::size_t subject) const {
  if (cause.impact != kb::Impact::Outage) return cause.impact;
  if (outages_[subject].empty()) return impact_of(cause, subject, subjects_[subject].whole);
  kb::Impact worst = kb::Impact::None;
  for (const Case& c : subjects_[subject].cases)
    if (c.kind == CaseKind::Outage) worst = std::min(worst, impact_of(cause, subject, c));  // Outage sorts first
  return worst;
}

// A flapping interval is open, or the last of such events was a short while ago. Of other patterns no log tells.
bool Diagnosis::goes_on(const Subject& s, const std::vector<Occurrence>& evidence) const {
  using namespace kb::signal;
  const auto is = [&](SignalIndex signal, auto... names) { return ((signal == classifier_.signal(names)) || ...); };
  return std::any_of(evidence.begin(), evidence.end(), [&](const Occurrence& o) {
    if (is(o.signal, kFlappingFast, kFlappingSlow)) return s.whole.ongoing;
    return is(o.signal, kBgpFlapping, kChildChurn) && s.history.now - o.time <= limits_.fast.half_life;
  });
}

Entry& Diagnosis::book(const Match& match, std::size_t subject, const Case& c) {
  Entry& entry = ledger_.entry(*match.cause, subject_name(*match.cause, subject));
  int confidence = static_cast<int>(match.certain ? kb::Confidence::Certain : match.cause->confidence);
  if (c.kind == CaseKind::Stateless || c.kind == CaseKind::Running || match.presumes_phase1) confidence = std::max(0, confidence - 1);
  entry.confidence = std::max(entry.confidence, static_cast<kb::Confidence>(confidence));
  const kb::Impact impact = impact_of(*match.cause, subject, c);
  const bool first = entry.evidence.empty();
  entry.impact = first ? impact : std::min(entry.impact, impact);  // Outage sorts before Redundancy before None
  entry.waits = (first || entry.waits) && waits(subject, c);
  if (c.kind == CaseKind::Outage) ++entry.outages;
  if (c.kind == CaseKind::Interruption) ++entry.interruptions;
  concern(entry, subject);
  for (const Occurrence& o : match.evidence) {
    entry.evidence.insert({subject, o.event, subjects_[subject].history.log->events[o.event].time, o.from_detector, o.times});
    entry.see(o.time);
  }
  if (match.evidence.back().from_detector && !c.ongoing) entry.see(c.end);
  for (const auto& [key, value] : c.details) entry.details.insert_or_assign(key, value);
  return entry;
}

void Diagnosis::judge_all_outages() {
  std::vector<std::vector<Verdict>> verdicts(subjects_.size());  // by case
  on_threads(subjects_.size(), options_.threads, [&](std::size_t i) {
    for (const Case& c : subjects_[i].cases) verdicts[i].push_back(judge_.judge(c));
  });
  for (std::size_t i = 0; i < subjects_.size(); ++i) book_outages(i, verdicts[i]);
}

void Diagnosis::book_outages(std::size_t subject, const std::vector<Verdict>& verdicts) {
  Subject& s = subjects_[subject];
  for (std::size_t i = 0; i < s.cases.size(); ++i) {
    const Case& c = s.cases[i];
    const Verdict& verdict = verdicts[i];
    const kb::Cause* const present = verdict.blocked_by != nullptr ? verdict.blocked_by : verdict.cause;
    for (const Match& root : verdict.roots) {
      Entry& entry = book(root, subject, c);
      entry.root = true;
      entry.ongoing = entry.ongoing || (c.ongoing && root.cause == present);
      entry.present = entry.present || (c.ongoing && root.cause == present);
    }
    for (const Symptom& symptom : verdict.symptoms) {
      Entry& entry = book(symptom.match, subject, c);
      entry.ongoing = entry.ongoing || (c.ongoing && root_of(symptom, verdict) == present);
      entry.explained_by.insert({symptom.explained_by->id, subject_name(*symptom.explained_by, subject)});
    }
    if (c.kind == CaseKind::Outage || c.kind == CaseKind::Interruption) ++judged_spells_[subject];
    if (c.kind == CaseKind::Outage) book_outage(subject, c, verdict);
    if (c.kind == CaseKind::Outage && (verdict.cause == nullptr || verdict.cause->fallback))
      note_unrecognised(subject, c);
    if (c.kind == CaseKind::Stateless && c.ongoing && present != nullptr && !waits(subject, c))
      ledger_.entry(*present, subject_name(*present, subject)).brings_down = true;
  }
}

void Diagnosis::book_outage(std::size_t subject, const Case& c, const Verdict& verdict) {
  const Events& events = subjects_[subject].history.log->events;
  Outage outage;
  outage.start = c.start;
  if (!c.ongoing) outage.end = c.end;
  std::set<std::size_t> places{c.first_event};
  if (!verdict.roots.empty()) {
    const bool keeps_down = c.ongoing && !waits(subject, c);
    const std::vector<const Match*> between = faults_between(verdict, c);
    const Time blocked = verdict.blocked_by != nullptr ? std::clamp(verdict.blocked_since, c.start, c.end) : c.end;
    const Time turn = between.empty() ? blocked : between.front()->evidence.front().time;
    const auto charge = [&](const kb::Cause& cause, Duration downtime, bool to_the_end) {
      Entry& entry = ledger_.entry(cause, subject_name(cause, subject));
      entry.downtime += downtime;
      concern(entry, subject);
      entry.downtime_by_tunnel[subject] += downtime;
      entry.brings_down = entry.brings_down || (keeps_down && to_the_end);
    };
    if (verdict.cause != nullptr) {
      outage.cause = verdict.cause->id;
      charge(*verdict.cause, turn - c.start, verdict.blocked_by == nullptr);
    }
    for (std::size_t i = 0; i < between.size(); ++i) {
      const Time next = i + 1 < between.size() ? between[i + 1]->evidence.front().time : blocked;
      charge(*between[i]->cause, next - between[i]->evidence.front().time, false);
    }
    if (verdict.blocked_by != nullptr) {
      outage.blocked_by = verdict.blocked_by->id;
      charge(*verdict.blocked_by, c.end - blocked, true);
    }
    for (const Match& root : verdict.roots) {
      for (const Occurrence& o : root.evidence)
        if (places.size() < kEvidenceOfAnOutage) places.insert(o.event);
    }
  }
  for (const std::size_t event : places) outage.evidence.push_back(intake_.at(events[event].place));
  outages_[subject].push_back(std::move(outage));
}

// Unknown lines shortly before an outage that nothing explains may be the explanation: of each shape the last.
void Diagnosis::note_unrecognised(std::size_t subject, const Case& c) {
  Subject& s = subjects_[subject];
  const auto& events = s.history.log->events;
  const SignalIndex signal = classifier_.signal(kb::signal::kUnrecognisedBeforeOutage);
  const SignalIndex counted = classifier_.signal(kb::signal::kUnrecognisedInBadSpells);  // all records of those shapes
  std::set<std::uint32_t> shapes;
  for (const Occurrence& o : s.whole.seen)
    if (o.signal == counted) shapes.insert(events[o.event].shape);
  for (std::size_t i = c.first_event + 1; i-- > 0 && events[i].time >= c.start - limits_.unrecognised_before;)
    if (events[i].shape != kNoShape && shapes.insert(events[i].shape).second)
      s.whole.seen.push_back(tunnel::found(s.history, signal, i));
}

void Diagnosis::book_whole(const kb::Cause& cause, std::size_t subject, const std::vector<Occurrence>& evidence,
                           bool milder) {
  const Subject& s = subjects_[subject];
  Entry& entry = ledger_.entry(cause, subject_name(cause, subject));
  entry.milder = milder;
  entry.root = true;
  entry.confidence = cause.confidence;
  entry.impact = milder ? kb::Impact::None : impact_of_all(cause, subject);
  entry.ongoing = !milder && goes_on(s, evidence);
  concern(entry, subject);
  for (const Occurrence& o : evidence) {
    entry.evidence.insert({subject, o.event, o.time, o.from_detector, o.times});
    entry.see(o.time);
  }
  entry.details = s.whole.details;
  if (milder) return;
  link_to_explaining(entry, subject);
  if (entry.root) link_to_explained(entry, subject);
}

// A pattern of outages (flapping) is a symptom when other causes explain most of them.
void Diagnosis::link_to_explaining(Entry& entry, std::size_t subject) {
  std::vector<const Entry*> explaining;
  std::size_t explained = 0;
  for (const Entry* other : concerned_[subject]) {
    if (!other->root || other->milder || other->cause == entry.cause) continue;
    if (!Judge::names(other->cause->explains, entry.cause->id)) continue;
    explaining.push_back(other);
    explained += other->cause->scope == kb::Scope::Tunnel ? records_of(*other) : other->outages + other->interruptions;
  }
  if (2 * explained <= judged_spells_[subject]) return;
  for (const Entry* other : explaining) entry.explained_by.insert(other->key());
  entry.root = false;
}

// Outages that nothing else explains are symptoms of the pattern that they make, but for what keeps the tunnel down now.
void Diagnosis::link_to_explained(const Entry& entry, std::size_t subject) {
  for (Entry* other : concerned_[subject]) {
    if (other->present || !Judge::names(entry.cause->explains, other->cause->id)) continue;
    other->explained_by.insert(entry.key());
    other->root = false;
  }
}

void Diagnosis::judge_whole(std::size_t subject) {
  Subject& s = subjects_[subject];
  const bool all_explained = std::all_of(outages_[subject].begin(), outages_[subject].end(), [&](const Outage& o) {
    const kb::Cause* cause = classifier_.knowledge().cause(o.cause);
    return cause != nullptr && !cause->fallback;
  });
  if (all_explained)
    std::erase_if(s.whole.seen, [signal = classifier_.signal(kb::signal::kUnrecognisedInBadSpells)](const Occurrence& o) {
      return o.signal == signal;
    });
  for (const kb::Cause& cause : classifier_.knowledge().causes) {
    std::vector<Occurrence> evidence;
    if (cause.scope == kb::Scope::Tunnel && judge_.holds(cause, s.whole, evidence)) {
      book_whole(cause, subject, evidence, false);
    } else if (cause.milder && cause.scope != kb::Scope::Connection && cause.scope != kb::Scope::Sessions &&
               ledger_.find(cause.id, subject_name(cause, subject)) == nullptr) {
      evidence.clear();
      if (judge_.holds_milder(cause, s.whole, evidence)) book_whole(cause, subject, evidence, true);
    }
  }
}

void Diagnosis::judge_connection(const Connection& c) {
  for (const kb::Cause& cause : classifier_.knowledge().causes) {
    if (cause.scope != kb::Scope::Connection) continue;
    std::vector<Occurrence> evidence;
    bool milder = false;
    if (!judge_.holds(cause, c.whole, evidence)) {
      evidence.clear();
      if (!cause.milder || !judge_.holds_milder(cause, c.whole, evidence)) continue;
      milder = true;
    }
    Entry& entry = ledger_.entry(cause, c.report.id);
    entry.milder = milder;
    entry.confidence = cause.confidence;
    entry.impact = milder ? kb::Impact::None : cause.impact;
    entry.root = true;
    entry.details = c.whole.details;
    entry.outages = c.report.both_down.size();
    for (const Occurrence& o : evidence) {
      entry.evidence.insert({o.subject, o.event, o.time, true, o.times});
      entry.see(o.time);
      entry.ongoing = entry.ongoing || c.is_ongoing(o);
    }
    for (const Interval& i : c.report.both_down) {
      const Time end = i.end.value_or(now_);
      entry.downtime += end - i.start;
      entry.see(end);
    }
    if (milder) continue;
    for (const std::size_t tunnel : c.tunnels)
      for (const Entry* other : concerned_[tunnel]) {
        const bool explains = other->root && !other->milder && other->cause->scope == kb::Scope::Outage && other->outages > 0 &&
                              (!entry.ongoing || other->ongoing);
        if (!explains) continue;
        entry.explained_by.insert(other->key());
        entry.root = false;
      }
  }
}

void Diagnosis::judge_sessions() {
  sessions_ = session::assemble(intake_.sessions(), intake_.session_names(), intake_.texts(), classifier_, limits_, options_.now,
                                options_.until);
  session::Cases cases = session::cases_of(sessions_, classifier_, options_.since);
  const session::Scene scene{sessions_, classifier_, limits_, options_.since, cases};
  session::detect_failures(scene);
  session::detect_churn(scene);
  session::detect_ends(scene);
  session::detect_resources(scene);
  session::detect_connectors(scene);
  session::detect_traffic(scene);
  const std::vector<TunnelOutage> outages = tunnel_outages();
  session::book(scene, judge_, ledger_, outages.empty());
  if (correlate(outages, ledger_, scene)) session::book(scene, judge_, ledger_, true);
}

std::vector<TunnelOutage> Diagnosis::tunnel_outages() const {
  std::vector<TunnelOutage> list;
  for (std::size_t i = 0; i < subjects_.size(); ++i)
    for (const Outage& o : outages_[i]) list.push_back({subjects_[i].history.log->id, o.start, o.end.value_or(now_)});
  return list;
}

std::vector<SessionGroup> Diagnosis::session_groups() const {
  std::vector<SessionGroup> groups = session::groups_of(sessions_, intake_, classifier_, limits_, options_.since);
  for (SessionGroup& g : groups) {
    const Entry* best = nullptr;
    const auto rank = [](const Entry& e) { return std::tuple(severity_of(e), e.ongoing, e.confidence, e.evidence.size()); };
    for (const auto& [key, entry] : ledger_.all()) {
      const bool concerned = entry.groups.contains(std::string(name_of(g.system)) + '/' + g.group);
      if (!concerned || !entry.root || entry.role() != kb::Role::RootCause) continue;
      if (best == nullptr || rank(entry) > rank(*best)) best = &entry;
    }
    if (best != nullptr) g.primary_cause = best->cause->id;
  }
  return groups;
}

const Entry* Diagnosis::primary(std::size_t subject) const {
  const Entry* best = nullptr;
  const auto rank = [&](const Entry& e) {
    return std::tuple(e.present, e.ongoing, e.downtime_by_tunnel.at(subject), severity_of(e), e.confidence);
  };
  for (const Entry* entry : entries_of(subject)) {
    if (!entry->root || entry->role() != kb::Role::RootCause) continue;
    if (best == nullptr || rank(*entry) > rank(*best)) best = entry;
  }
  return best;
}

std::string Diagnosis::status_of(std::size_t subject) const {
  const Subject& s = subjects_[subject];
  const tunnel::History& h = s.history;
  const bool no_record = options_.since != kNoTime && h.last() < options_.since;
  if (h.silent || no_record || h.last_state().health == tunnel::Health::Unknown) return "unknown";
  if (h.last_state().health == tunnel::Health::NotUp) return "down";
  if (!s.flapping.empty() && s.whole.ongoing) return "flapping";
  if (h.last_state().health == tunnel::Health::Degraded) return "degraded";
  for (const Entry* entry : concerned_[subject]) {
    const bool recent = entry->last >= h.now - limits_.recent;
    if (entry->root && entry->role() == kb::Role::RootCause && recent && severity_of(*entry) != kb::Severity::Info)
      return "degraded";
  }
  return "up";
}

TunnelReport Diagnosis::tunnel_report(std::size_t subject) const {
  const Subject& s = subjects_[subject];
  const tunnel::History& h = s.history;
  TunnelReport t;
  t.id = h.log->id;
  t.connection = h.log->connection;
  t.outside_ip = h.log->outside_ip;
  t.stream = h.log->stream;
  t.ike_version = h.version;
  t.status = status_of(subject);
  t.phase1 = h.last_state().phase1;
  t.phase2 = h.last_state().phase2;
  t.bgp = h.last_state().bgp;
  if (const Entry* entry = primary(subject)) t.primary_cause = entry->cause->id;
  t.availability = tunnel::availability(h, options_.since);
  t.outages = outages_[subject];
  for (const tunnel::Spell& spell : h.spells)
    if (!spell.is_outage) ++t.interruptions;
  t.impossible_steps = h.impossible_steps;
  t.events = h.log->records;
  t.first = h.first();
  t.last = h.last();
  t.nat_t = h.nat_t;
  t.dpd_enabled = h.dpd_enabled;
  t.flapping = s.flapping;
  if (options_.timelines)
    t.timeline = tunnel::timeline(h, classifier_, options_.marked_records,
                                  [&](const Event& event) { return intake_.message(*h.log, event); });
  if (h.facts != nullptr) t.configured = *h.facts;
  t.standby = tunnel::is_standby(*h.log, options_);
  return t;
}

Report Diagnosis::write() {
  const kb::Knowledge& knowledge = classifier_.knowledge();
  Report report;
  report.knowledge_version = knowledge.version;
  report.message_rules = knowledge.messages.size();
  report.causes = knowledge.causes.size();
  const Time session_first = options_.since == kNoTime ? sessions_.first : std::max(sessions_.first, options_.since);
  const bool any_session = !sessions_.events.empty();
  report.first = any_session && (first_ == kNoTime || session_first < first_) ? std::min(session_first, sessions_.last) : first_;
  report.last = std::max(last_, sessions_.last);
  report.now = options_.now == kNoTime ? report.last : options_.now;
  report.inputs = intake_.inputs();
  report.paths = intake_.paths();
  report.coverage = intake_.coverage();
  for (std::size_t i = 0; i < subjects_.size(); ++i) report.tunnels.push_back(tunnel_report(i));
  for (const Connection& c : connections_) report.connections.push_back(c.report);
  report.sessions = session_groups();
  report.findings = write_findings(ledger_, {intake_, classifier_, subjects_, sessions_}, options_.threads);
  return report;
}

}  // namespace

Report diagnose(const Intake& intake, const Classifier& classifier, const Options& options) {
  return Diagnosis(intake, classifier, options).run();
}

}  // namespace tunnelscope::diag
