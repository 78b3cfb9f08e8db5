// Collects records in any order and turns them into one ordered, duplicate-free log per tunnel, and one of all sessions.
// The definition is fold(sort(unique(records))): see docs/architecture.md, "Order".
#include "diag/intake.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unordered_map>

#include "diag/identity_hash.hpp"
#include "diag/session_intake.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostShapes = 5000;  // distinct shapes or reasons kept; the rest are counted together
constexpr std::ptrdiff_t kLargestTie = 2000;  // more records without any order than this are left in input order
constexpr std::uint32_t kNoInput = 0xFFFFFFFF;

std::int64_t second_of(Time time) {
  return time >= 0 ? time / kSecond : (time - kSecond + 1) / kSecond;
}
bool has_fraction(Time time) { return time % kSecond != 0; }

std::uint64_t identity_of(const TunnelRecord& r) {
  const auto byte = [](auto e) { return static_cast<std::uint64_t>(e); };
  return IdentityHash{}
      .add(static_cast<std::uint64_t>(second_of(r.time)))
      .add(byte(r.dialect) | byte(r.phase1) << 8 | byte(r.phase2) << 16 | byte(r.bgp) << 24 |
           byte(r.dpd_enabled) << 32 | byte(r.nat_t) << 40)
      .add(r.message)
      .add(r.route)
      .value();
}

Time fine_time(const TunnelRecord& r) {
  if (has_fraction(r.time) || r.envelope_time == kNoTime) return r.time;
  return r.envelope_time;
}

std::int64_t first_number(const std::vector<rules::Capture>& captures) {
  for (const auto& capture : captures)
    if (capture.type == rules::CaptureType::Int && capture.number) return *capture.number;
  return -1;
}

// Counts texts with their first place; "first" is by path and line, so the order of inputs does not show.
class Counter {
 public:
  template <class Earlier>
  void add(std::string_view what, Place place, const Earlier& earlier) {
    auto it = tallies_.find(what);
    if (it == tallies_.end()) {
      if (tallies_.size() >= kMostShapes) what = "(others)";
      it = tallies_.try_emplace(std::string(what), Tally{std::string(what), 0, place}).first;
    }
    ++it->second.count;
    if (earlier(place, it->second.first)) it->second.first = place;
  }
  std::vector<Tally> sorted() const {
    std::vector<Tally> list;
    for (const auto& [what, tally] : tallies_) list.push_back(tally);
    std::stable_sort(list.begin(), list.end(), [](const Tally& a, const Tally& b) { return a.count > b.count; });
    return list;
  }

 private:
  std::map<std::string, Tally, std::less<>> tallies_;
};

// Whether an input stands newest first: far more steps back in time than forward.
struct Direction {
  Time last = kNoTime;
  std::uint64_t forward = 0, backward = 0;
  void see(Time time) {
    if (last != kNoTime && time != last) ++(time > last ? forward : backward);
    last = time;
  }
  bool newest_first() const { return backward > 3 * forward; }
};

struct Input {
  InputSummary summary;
  std::array<bool, kDialectNames.size()> dialects{};
  Direction direction;
  std::uint64_t next_position = 0;
  std::uint32_t nameless_tunnel = kNoInput;  // the log of its records without identity
  Time latest = kNoTime;                     // of records that state a year
  Time year_hint = kNoTime;
};

}  // namespace

struct Intake::Impl {
  explicit Impl(const Classifier& c) : classifier(c), sessions(c) {}

  const Classifier& classifier;
  std::vector<Input> inputs;
  std::vector<InputSummary> summaries;  // sorted by path, after finish
  std::vector<std::string> paths;       // as Place numbers them
  std::vector<TunnelLog> logs;
  std::unordered_map<std::string, std::uint32_t> log_by_id;
  std::string id_buffer;
  TextPool texts;
  Coverage coverage;
  Counter skips, notes, shapes;
  std::vector<rules::Capture> captures;
  SessionIntake sessions;

  bool earlier(Place a, Place b) const {
    const std::string& pa = paths[a.input];
    const std::string& pb = paths[b.input];
    return pa != pb ? pa < pb : a.line < b.line;
  }
  auto by_place() const {
    return [this](Place a, Place b) { return earlier(a, b); };
  }
  Input& current() { return inputs.back(); }
  Place here(std::uint64_t line) const { return {static_cast<std::uint32_t>(inputs.size() - 1), line}; }

  TunnelLog& log_for(const TunnelRecord& record);
  void order(TunnelLog& log);
  void order_second(std::vector<Event>::iterator begin, std::vector<Event>::iterator end);
  void merge_ties(std::vector<Event>::iterator begin, std::vector<Event>::iterator end) const;
  template <class Events>
  void count(const Events& events);
  void name_the_nameless();
  void finish_sessions();
};

TunnelLog& Intake::Impl::log_for(const TunnelRecord& r) {
  if (r.connection.empty() && r.outside_ip.empty()) {
    Input& input = current();
    if (input.nameless_tunnel == kNoInput) {
      input.nameless_tunnel = static_cast<std::uint32_t>(logs.size());
      logs.push_back({"unknown", "", "", {}});
    }
    return logs[input.nameless_tunnel];
  }
  id_buffer.assign(r.connection.empty() ? std::string_view("unknown") : r.connection);
  id_buffer += '/';
  id_buffer += r.outside_ip.empty() ? std::string_view("unknown") : r.outside_ip;
  const auto [it, is_new] = log_by_id.try_emplace(id_buffer, static_cast<std::uint32_t>(logs.size()));
  if (is_new) logs.push_back({id_buffer, std::string(r.connection), std::string(r.outside_ip), {}});
  return logs[it->second];
}

// Events of tunnels or of sessions: both know their rule, text and place.
template <class Events>
void Intake::Impl::count(const Events& events) {
  for (const auto& event : events) {
    if (event.rule != kNoRule) {
      ++coverage.recognised;
    } else {
      ++coverage.unrecognised;
      shapes.add(shape_of(texts.at(event.text)), event.place, by_place());
    }
  }
}

Intake::Intake(const Classifier& classifier) : impl_(std::make_unique<Impl>(classifier)) {}
Intake::~Intake() = default;
Intake::Intake(Intake&&) noexcept = default;

std::uint32_t Intake::begin_input(std::string_view path) {
  Input input;
  input.summary.path = path;
  impl_->paths.emplace_back(path);
  impl_->inputs.push_back(std::move(input));
  return static_cast<std::uint32_t>(impl_->inputs.size() - 1);
}

void Intake::container(std::string_view name) { impl_->current().summary.container = name; }

void Intake::record(const TunnelRecord& r, std::uint64_t line) {
  Impl& d = *impl_;
  Input& input = d.current();
  ++input.summary.records;
  ++d.coverage.records;
  input.dialects[static_cast<std::size_t>(r.dialect)] = true;
  input.direction.see(r.envelope_time == kNoTime ? r.time : r.envelope_time);
  input.latest = std::max(input.latest, r.time);

  d.captures.clear();
  const Classified meaning = d.classifier.classify(r.dialect, r.message, &d.captures);
  if (meaning.outcome == rules::Outcome::LimitHit) ++d.coverage.limit_hits;

  Event event;
  event.time = r.time;
  event.fine = fine_time(r);
  event.position = input.next_position++;
  event.identity = identity_of(r);
  event.number = first_number(d.captures);
  event.place = d.here(line);
  event.text = d.texts.intern(r.message);
  event.rule = meaning.rule;
  event.signal = meaning.signal;
  event.dialect = r.dialect;
  event.phase1 = r.phase1;
  event.phase2 = r.phase2;
  event.bgp = r.bgp;
  event.dpd_enabled = r.dpd_enabled;
  event.nat_t = r.nat_t;
  d.log_for(r).events.push_back(event);
}

void Intake::session(const SessionRecord& r, std::uint64_t line) {
  Impl& d = *impl_;
  Input& input = d.current();
  ++input.summary.records;
  ++d.coverage.records;
  input.dialects[static_cast<std::size_t>(r.dialect)] = true;
  if (!r.yearless) {
    input.direction.see(r.time);
    input.latest = std::max(input.latest, r.time);
  }
  if (d.sessions.add(r, d.here(line), d.texts) == rules::Outcome::LimitHit) ++d.coverage.limit_hits;
}

bool Intake::wants_fields() const { return impl_->sessions.wants_fields(); }

void Intake::caveat(Caveat caveat) { impl_->sessions.caveat(std::move(caveat)); }

void Intake::page(System system, std::uint64_t offset, std::uint64_t rows, std::uint64_t total) {
  impl_->sessions.page(system, offset, rows, total);
}

void Intake::year_hint(Time time) { impl_->current().year_hint = time; }

void Intake::skip(std::string_view reason, std::uint64_t line) {
  Impl& d = *impl_;
  ++d.current().summary.records;
  ++d.current().summary.skipped;
  ++d.coverage.records;
  ++d.coverage.skipped;
  d.skips.add(reason, d.here(line), d.by_place());
}

void Intake::note(std::string_view reason, std::uint64_t line) {
  impl_->notes.add(reason, impl_->here(line), impl_->by_place());
}

void Intake::finish() {
  Impl& d = *impl_;
  d.finish_sessions();
  for (Input& input : d.inputs) {
    input.summary.newest_first = input.direction.newest_first();
    for (std::size_t i = 0; i < kDialectNames.size(); ++i)
      if (input.dialects[i]) input.summary.dialects.emplace_back(kDialectNames[i]);
    d.summaries.push_back(input.summary);
  }
  std::stable_sort(d.summaries.begin(), d.summaries.end(),
                   [](const InputSummary& a, const InputSummary& b) { return a.path < b.path; });
  d.name_the_nameless();
  for (TunnelLog& log : d.logs) {
    d.order(log);
    d.count(log.events);
  }
  std::sort(d.logs.begin(), d.logs.end(), [](const TunnelLog& a, const TunnelLog& b) { return a.id < b.id; });
  d.coverage.skipped_by_reason = d.skips.sorted();
  d.coverage.notes_by_reason = d.notes.sorted();
  d.coverage.unrecognised_shapes = d.shapes.sorted();
}

// "unknown" when one input has records without identity, "unknown/<path>" when several have. Inputs of one path share.
void Intake::Impl::name_the_nameless() {
  std::map<std::string, std::uint32_t> by_path;
  for (const Input& input : inputs) {
    if (input.nameless_tunnel == kNoInput) continue;
    const auto [it, is_new] = by_path.try_emplace(input.summary.path, input.nameless_tunnel);
    if (is_new) continue;
    auto& kept = logs[it->second].events;
    auto& more = logs[input.nameless_tunnel].events;
    kept.insert(kept.end(), more.begin(), more.end());
    more.clear();
  }
  if (by_path.size() > 1)
    for (const auto& [path, log] : by_path) logs[log].id = "unknown/" + path;
  std::erase_if(logs, [](const TunnelLog& log) { return log.events.empty(); });
}

void Intake::Impl::order(TunnelLog& log) {
  for (Event& event : log.events)
    if (inputs[event.place.input].summary.newest_first) event.position = ~event.position;
  std::sort(log.events.begin(), log.events.end(),
            [](const Event& a, const Event& b) { return second_of(a.time) < second_of(b.time); });
  auto kept = log.events.begin();
  for (auto begin = log.events.begin(); begin != log.events.end();) {
    const auto end = std::find_if(begin, log.events.end(), [second = second_of(begin->time)](const Event& e) {
      return second_of(e.time) != second;
    });
    order_second(begin, end);
    std::unordered_map<std::uint64_t, bool> seen;
    const bool single = end - begin == 1;
    for (auto it = begin; it != end; ++it) {
      if (!single && !seen.try_emplace(it->identity, true).second) continue;
      if (kept != it) *kept = *it;
      ++kept;
    }
    begin = end;
  }
  coverage.duplicates += static_cast<std::uint64_t>(log.events.end() - kept);
  log.events.erase(kept, log.events.end());
}

// Orders the events of one second: by the finest time that any copy of a record has, then as they stand in the inputs.
void Intake::Impl::order_second(std::vector<Event>::iterator begin, std::vector<Event>::iterator end) {
  if (end - begin < 2) return;
  std::unordered_map<std::uint64_t, Time> finest;
  for (auto it = begin; it != end; ++it) {
    const auto [entry, is_new] = finest.try_emplace(it->identity, it->fine);
    const bool better = has_fraction(it->fine) && (!has_fraction(entry->second) || it->fine < entry->second);
    if (!is_new && better) entry->second = it->fine;
  }
  for (auto it = begin; it != end; ++it) it->fine = finest[it->identity];
  std::sort(begin, end, [this](const Event& a, const Event& b) {
    if (a.fine != b.fine) return a.fine < b.fine;
    const std::string& pa = paths[a.place.input];
    const std::string& pb = paths[b.place.input];
    if (pa != pb) return pa < pb;
    if (a.place.input != b.place.input) return a.place.input < b.place.input;
    return a.position < b.position;
  });
  for (auto tie = begin; tie != end;) {
    const auto tie_end = std::find_if(tie, end, [fine = tie->fine](const Event& e) { return e.fine != fine; });
    merge_ties(tie, tie_end);
    tie = tie_end;
  }
}

// Events that no time tells apart, from several inputs: overlapping exports show the same sequence in parts, so
// the records that two inputs share fix where the others of the second input belong.
void Intake::Impl::merge_ties(std::vector<Event>::iterator begin, std::vector<Event>::iterator end) const {
  if (begin == end || begin->place.input == (end - 1)->place.input || end - begin > kLargestTie) return;
  std::vector<Event> merged, pending;
  const auto flush_at = [&](std::size_t at) {
    merged.insert(merged.begin() + static_cast<std::ptrdiff_t>(at), pending.begin(), pending.end());
    const std::size_t count = pending.size();
    pending.clear();
    return at + count;
  };
  std::size_t cursor = 0;
  std::uint32_t input = begin->place.input;
  for (auto it = begin; it != end; ++it) {
    if (it->place.input != input) {
      flush_at(cursor);
      input = it->place.input;
      cursor = 0;
    }
    const auto anchor = std::find_if(merged.begin() + static_cast<std::ptrdiff_t>(cursor), merged.end(),
                                     [&](const Event& e) { return e.identity == it->identity; });
    if (anchor == merged.end()) {
      pending.push_back(*it);
      if (merged.size() == cursor) cursor = flush_at(cursor);
      continue;
    }
    cursor = flush_at(static_cast<std::size_t>(anchor - merged.begin())) + 1;
    merged.insert(merged.begin() + static_cast<std::ptrdiff_t>(cursor), *it);  // its copy, dropped as a duplicate
    ++cursor;
  }
  flush_at(cursor);
  std::copy(merged.begin(), merged.end(), begin);
}

void Intake::Impl::finish_sessions() {
  std::vector<InputFacts> facts;
  for (const Input& input : inputs)
    facts.push_back({input.summary.path, input.latest, input.year_hint});
  const SessionIntake::Finished finished = sessions.finish(facts);
  coverage.duplicates += finished.duplicates;
  for (const Place place : finished.without_year) {
    ++inputs[place.input].summary.skipped;
    ++coverage.skipped;
    skips.add("time without a year", place, by_place());
  }
  count(sessions.events());
}

const std::vector<InputSummary>& Intake::inputs() const { return impl_->summaries; }
const std::vector<std::string>& Intake::paths() const { return impl_->paths; }
const Coverage& Intake::coverage() const { return impl_->coverage; }
const std::vector<TunnelLog>& Intake::tunnels() const { return impl_->logs; }
const std::vector<SessionEvent>& Intake::sessions() const { return impl_->sessions.events(); }
const std::vector<Caveat>& Intake::caveats() const { return impl_->sessions.caveats(); }
const TextPool& Intake::texts() const { return impl_->texts; }

std::string Intake::at(Place place) const {
  return impl_->paths[place.input] + ":" + std::to_string(place.line);
}

}  // namespace tunnelscope::diag
