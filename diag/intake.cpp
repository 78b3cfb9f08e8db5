// Collects records in any order and turns them into one ordered, duplicate-free log per tunnel, and one of all sessions.
// The definition is fold(sort(unique(records))): see docs/architecture.md, "Order".
#include "diag/intake.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>

#include "diag/session_intake.hpp"
#include "diag/tunnel_intake.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostShapes = 5000;  // distinct shapes or reasons kept; the rest are counted together

// Counts texts with their first place; "first" is by path and line, so the order of inputs does not show.
class Counter {
 public:
  template <class Earlier>
  void add(std::string_view what, Place place, const Earlier& earlier, std::uint64_t count = 1) {
    auto it = tallies_.find(what);
    if (it == tallies_.end()) {
      if (tallies_.size() >= kMostShapes) what = "(others)";
      it = tallies_.try_emplace(std::string(what), Tally{std::string(what), 0, place}).first;
    }
    it->second.count += count;
    if (earlier(place, it->second.first)) it->second.first = place;
  }
  template <class Earlier>
  void add(const Counter& other, const Earlier& earlier) {
    for (const auto& [what, tally] : other.tallies_) add(what, tally.first, earlier, tally.count);
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
  // Each of so many is later than the one before, from `first` to `final`.
  void see_rising(Time first, Time final, std::uint64_t steps) {
    see(first);
    forward += steps;
    last = final;
  }
  bool newest_first() const { return backward > 3 * forward; }
};

struct Input {
  InputSummary summary;
  std::array<bool, kDialectNames.size()> dialects{};
  Direction direction;
  bool begun = false;  // else another Intake reads it
  std::uint64_t next_position = 0;
  Time latest = kNoTime;                     // of records that state a year
  Time year_hint = kNoTime;

  void see(Time time, Time envelope_time) {
    direction.see(envelope_time == kNoTime ? time : envelope_time);
    latest = std::max(latest, time);
  }

  // `rise`: each time is later than the one before.
  void see(std::span<const KnownRecord> records, bool rise) {
    if (!rise) {
      for (const KnownRecord& r : records) see(r.time, r.envelope_time);
      return;
    }
    direction.see_rising(records.front().envelope_time, records.back().envelope_time, records.size() - 1);
    latest = std::max(latest, records.back().time);
  }
};

}  // namespace

struct Intake::Impl {
  Impl(const Classifier& c, IntakeOptions o)
      : classifier(c), options(o), tunnels(c, paths, o.keep_everything, o.overflow), sessions(c), messages(tunnels.messages()) {}

  const Classifier& classifier;
  IntakeOptions options;
  std::vector<Input> inputs;
  std::size_t current_input = 0;
  std::vector<InputSummary> summaries;  // sorted by path, after finish
  std::vector<std::string> paths;       // as Place numbers them
  TextPool texts;
  Coverage coverage;
  Counter skips, notes, shapes;
  TunnelIntake tunnels;
  SessionIntake sessions;
  Messages messages;

  bool earlier(Place a, Place b) const {
    const std::string& pa = paths[a.input];
    const std::string& pb = paths[b.input];
    return pa != pb ? pa < pb : a.line < b.line;
  }
  auto by_place() const {
    return [this](Place a, Place b) { return earlier(a, b); };
  }
  Input& current() { return inputs[current_input]; }
  Place here(std::uint64_t line) const { return {static_cast<std::uint32_t>(current_input), line}; }

  void finish_sessions();
  void finish_tunnels(unsigned threads);
};

Intake::Intake(const Classifier& classifier, IntakeOptions options)
    : impl_(std::make_unique<Impl>(classifier, options)) {}
Intake::~Intake() = default;
Intake::Intake(Intake&&) noexcept = default;

void Intake::begin_input(std::string_view path) {
  begin_input(path, static_cast<std::uint32_t>(impl_->inputs.size()));
}

void Intake::begin_input(std::string_view path, std::uint32_t number) {
  Impl& d = *impl_;
  d.inputs.resize(number + 1);
  d.paths.resize(number + 1);
  d.current_input = number;
  d.current().summary.path = path;
  d.current().begun = true;
  d.paths[number] = path;
}

void Intake::container(std::string_view name) { impl_->current().summary.container = name; }

std::size_t Intake::recognise(Dialect dialect, std::string_view text, char end) {
  return impl_->tunnels.recognise(dialect, text, end);
}

std::optional<RecordKind> Intake::kind_of(const TunnelRecord& record) { return impl_->tunnels.kind_of(record); }

std::uint32_t Intake::tunnel_of(Dialect dialect, std::string_view connection, std::string_view outside_ip, std::string_view stream) {
  impl_->current().dialects[static_cast<std::size_t>(dialect)] = true;
  return impl_->tunnels.tunnel_of(connection, outside_ip, stream, static_cast<std::uint32_t>(impl_->current_input));
}

void Intake::records(std::uint32_t tunnel, std::span<KnownRecord> records) {
  if (records.empty()) return;
  Impl& d = *impl_;
  Input& input = d.current();
  bool rise = true, apart = true, adjacent = true;
  Time time = kNoTime, envelope_time = kNoTime;  // of the record before
  std::int64_t second = std::numeric_limits<std::int64_t>::min();
  std::uint64_t line = records.front().line;
  for (KnownRecord& r : records) {
    r.position = input.next_position++;
    r.input = static_cast<std::uint32_t>(d.current_input);
    rise &= (r.envelope_time > envelope_time) & (r.time >= time);
    apart &= r.second > second;
    adjacent &= (r.second >= second) & (r.line == line++) & (r.time == r.second * kSecond);
    time = r.time;
    envelope_time = r.envelope_time;
    second = r.second;
  }
  input.summary.records += records.size();
  d.coverage.records += records.size();
  input.see(records, rise);
  d.tunnels.add(tunnel, {records, apart, adjacent});
}

void Intake::record(const TunnelRecord& r, std::uint64_t line) {
  Impl& d = *impl_;
  Input& input = d.current();
  input.dialects[static_cast<std::size_t>(r.dialect)] = true;
  ++input.summary.records;
  ++d.coverage.records;
  input.see(r.time, r.envelope_time);
  if (d.tunnels.add(r, d.here(line), input.next_position++) == rules::Outcome::LimitHit) ++d.coverage.limit_hits;
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

std::vector<Intake> Intake::others(unsigned count) {
  std::vector<Intake> list;
  for (unsigned i = 0; i < count; ++i) list.emplace_back(impl_->classifier, impl_->options);
  impl_->tunnels.share_memory(count + 1);
  for (Intake& other : list) other.impl_->tunnels.share_memory(count + 1);
  return list;
}

void Intake::absorb(Intake&& other) {
  Impl& d = *impl_;
  Impl& o = *other.impl_;
  d.tunnels.absorb(std::move(o.tunnels));  // while its paths are there
  d.inputs.resize(std::max(d.inputs.size(), o.inputs.size()));
  d.paths.resize(d.inputs.size());
  for (std::size_t i = 0; i < o.inputs.size(); ++i) {
    if (!o.inputs[i].begun) continue;
    d.inputs[i] = std::move(o.inputs[i]);
    d.paths[i] = std::move(o.paths[i]);
  }
  d.coverage.records += o.coverage.records;
  d.coverage.skipped += o.coverage.skipped;
  d.coverage.limit_hits += o.coverage.limit_hits;
  d.skips.add(o.skips, d.by_place());
  d.notes.add(o.notes, d.by_place());
  o.sessions.end_reading(o.texts);
  TextMap texts(o.texts, d.texts);
  d.sessions.absorb(std::move(o.sessions), 0, texts);
}

void Intake::finish(unsigned threads) {
  Impl& d = *impl_;
  d.finish_sessions();
  for (Input& input : d.inputs) {
    input.summary.newest_first = input.direction.newest_first();
    for (std::size_t i = 0; i < kDialectNames.size(); ++i)
      if (input.dialects[i]) input.summary.dialects.emplace_back(kDialectNames[i]);
    d.summaries.push_back(input.summary);
  }
  d.finish_tunnels(threads);
  std::stable_sort(d.summaries.begin(), d.summaries.end(),
                   [](const InputSummary& a, const InputSummary& b) { return a.path < b.path; });
  d.coverage.skipped_by_reason = d.skips.sorted();
  d.coverage.notes_by_reason = d.notes.sorted();
  d.coverage.unrecognised_shapes = d.shapes.sorted();
}

void Intake::Impl::finish_tunnels(unsigned threads) {
  InputOrder order;
  for (const Input& input : inputs) order.newest_first.push_back(input.summary.newest_first);
  std::vector<std::uint32_t> by_path(inputs.size());
  std::iota(by_path.begin(), by_path.end(), 0U);
  std::stable_sort(by_path.begin(), by_path.end(), [&](auto a, auto b) { return paths[a] < paths[b]; });
  order.rank.resize(inputs.size());
  for (std::uint32_t rank = 0; rank < by_path.size(); ++rank) order.rank[by_path[rank]] = rank;
  tunnels.finish(order, threads);
  for (const TunnelLog& log : tunnels.logs()) {
    coverage.duplicates += log.duplicates;
    coverage.recognised += log.recognised;
    coverage.unrecognised += log.records - log.recognised;
    for (const UnknownShape& shape : log.shapes) shapes.add(shape.shape, shape.first, by_place(), shape.count);
  }
  if (coverage.recognised > 0) tunnels.leave_out_foreign();
}

void Intake::Impl::finish_sessions() {
  std::vector<InputFacts> facts;
  for (const Input& input : inputs)
    facts.push_back({input.summary.path, input.latest, input.year_hint});
  const SessionIntake::Finished finished = sessions.finish(facts, texts);
  coverage.duplicates += finished.duplicates;
  for (const Place place : finished.without_year) {
    ++inputs[place.input].summary.skipped;
    ++coverage.skipped;
    skips.add("time without a year", place, by_place());
  }
  constexpr std::size_t kMostTexts = 4096;  // with shapes that are remembered
  std::unordered_map<std::uint32_t, std::string> shape_by_text;
  for (const SessionEvent& event : sessions.events()) {
    if (event.rule != kNoRule) {
      ++coverage.recognised;
      continue;
    }
    ++coverage.unrecognised;
    if (shape_by_text.size() >= kMostTexts) shape_by_text.clear();
    const auto [shape, is_new] = shape_by_text.try_emplace(event.text);
    if (is_new) shape->second = shape_of(texts.at(event.text));
    shapes.add(shape->second, event.place, by_place());
  }
}

const std::vector<InputSummary>& Intake::inputs() const { return impl_->summaries; }
const std::vector<std::string>& Intake::paths() const { return impl_->paths; }
const Coverage& Intake::coverage() const { return impl_->coverage; }
const std::vector<TunnelLog>& Intake::tunnels() const { return impl_->tunnels.logs(); }
const Chunked<SessionEvent>& Intake::sessions() const { return impl_->sessions.events(); }
const SessionNames& Intake::session_names() const { return impl_->sessions.names(); }
const std::vector<Caveat>& Intake::caveats() const { return impl_->sessions.caveats(); }
const TextPool& Intake::texts() const { return impl_->texts; }

std::string Intake::message(const TunnelLog& log, const Event& event) const { return impl_->messages.text(log, event); }

std::string Intake::at(Place place) const {
  return impl_->paths[place.input] + ":" + std::to_string(place.line);
}

}  // namespace tunnelscope::diag
