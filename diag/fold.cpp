// One pass over a tunnel's records. Sums are taken of every record; then the record is kept, or held in the present run
// of routine, which is thinned out to its landmarks whenever it has grown and when it ends.
#include "diag/fold.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "diag/bytes.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag {
namespace {

using namespace kb::signal;

constexpr std::size_t kFirstOfShape = 3;         // unknown messages of one shape kept at a run's beginning
constexpr std::size_t kMostShapes = 5000;        // of one tunnel; the rest counts as one
constexpr std::size_t kMostOfStreak = 20;        // replacements that can be shown
constexpr std::size_t kMostAtOnce = 64;          // records whose landmarks are found together
constexpr std::size_t kMostRekeys = 512;         // marks of one tunnel
constexpr Duration kFewestApart = 5 * kSecond;   // closer records are parts of one exchange
constexpr Duration kDenied = 2 * kSecond;        // a fault so near to an exchange says that it failed
constexpr Duration kSameReplacement = kSecond;   // the lines of one exchange

// Signals that tell what goes on in a tunnel that works. Whatever a detector asks of them, landmarks and sums answer.
constexpr std::array kPassing{kRoutine,           kDpdExchange,      kNatDetected,          kChildRequestReceived,
                              kChildResponseSent, kChildRequestSent, kChildResponseReceived};

void put_number(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7) out += static_cast<char>(n | 0x80);
  out += static_cast<char>(n);
}

std::uint64_t take_number(std::string_view& bytes) {
  std::uint64_t n = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    n |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return n;
  }
}

void take_every_second(std::vector<StreakRecord>& records) {
  for (std::size_t i = 0; 2 * i < records.size(); ++i) records[i] = records[2 * i];
  records.resize((records.size() + 1) / 2);
}

// Why a record of a run stays, as far as the record itself tells.
enum : std::uint8_t { kHasId = 1, kAsked = 2, kAnswered = 4, kReplaces = 8, kShown = 16, kStays = 32, kMayReplace = 64 };

std::uint8_t marks_of(const FoldRules::SignalFacts& signal, bool has_number) {
  const auto mark = [](bool is_so, int bit) { return is_so ? bit : 0; };
  return static_cast<std::uint8_t>(mark(signal.exchange && has_number, kHasId) | mark(signal.child_asked, kAsked) |
                                   mark(signal.child_answered, kAnswered) | mark(signal.replaces >= 0, kMayReplace));
}

// Towards IKEv2 when it is positive.
int weight_of(IkeVersion version) {
  static_assert(IkeVersion::Unknown == IkeVersion{0} && IkeVersion::V1 == IkeVersion{1} && IkeVersion::V2 == IkeVersion{2});
  constexpr std::array kWeights{0, -1, 1};
  return kWeights[static_cast<std::size_t>(version)];
}

std::uint8_t states_named(const std::vector<std::string>& names) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < kPhaseStateNames.size(); ++i)
    if (std::find(names.begin(), names.end(), kPhaseStateNames[i]) != names.end()) bits |= 1U << i;
  return static_cast<std::uint8_t>(bits);
}

}  // namespace

Duration median(const Spacings& spacings) {
  std::uint64_t count = 0, seen = 0;
  for (const auto& [spacing, times] : spacings) count += times;
  for (const auto& [spacing, times] : spacings)
    if (2 * (seen += times) >= count) return spacing;
  return 0;
}

void SpacingCounts::add(Duration spacing) {
  const Duration seconds = spacing / kSecond;
  if (seconds >= static_cast<Duration>(kSmall)) {
    ++large_[seconds * kSecond];
    return;
  }
  const auto at = static_cast<std::size_t>(seconds);
  if (at >= small_.size()) small_.resize(at + 1);
  ++small_[at];
}

void SpacingCounts::clear() {
  small_.clear();
  large_.clear();
}

Spacings SpacingCounts::sorted() const {
  Spacings list;
  for (std::size_t i = 0; i < small_.size(); ++i)
    if (small_[i] > 0) list.emplace_back(static_cast<Duration>(i) * kSecond, small_[i]);
  list.insert(list.end(), large_.begin(), large_.end());
  return list;
}

FoldRules::FoldRules(const Classifier& classifier, bool keep_everything)
    : limits_(classifier.knowledge().thresholds) {
  longest_step_ = std::min({limits_.gap_floor, limits_.nobody_quiet, limits_.nobody_recovered});
  facts_.resize(classifier.signals().size());
  const auto mark = [&](bool SignalFacts::*fact, std::initializer_list<std::string_view> signals) {
    for (const std::string_view name : signals)
      if (const SignalIndex signal = classifier.signal(name); signal != kNoSignal) facts_[signal].*fact = true;
  };
  none_.signal.passes = !keep_everything;
  for (const std::string_view name : kPassing)
    if (const SignalIndex signal = classifier.signal(name); !keep_everything && signal != kNoSignal && !classifier.is_asked_for(signal))
      facts_[signal].passes = true;
  mark(&SignalFacts::exchange,
       {kChildRequestReceived, kChildResponseSent, kChildRequestSent, kChildResponseReceived, kIkeInitRequestReceived,
        kIkeInitRequestSent, kIkeInitResponseSent, kIkeInitResponseReceived, kIkeAuthRequestReceived, kIkeAuthResponseSent,
        kIkeAuthRequestSent, kIkeAuthResponseReceived});
  mark(&SignalFacts::child_asked, {kChildRequestSent, kChildResponseReceived});
  mark(&SignalFacts::child_answered, {kChildResponseSent, kChildResponseReceived});
  mark(&SignalFacts::child_established, {kChildEstablished});
  mark(&SignalFacts::child_requested, {kChildRequestReceived});
  replacements_ = {classifier.signal(kPeerDeletedChildSa), classifier.signal(kChildRequestReceived),
                   classifier.signal(kChildRequestSent)};
  for (std::size_t i = 0; i < kReplacements; ++i)
    if (replacements_[i] != kNoSignal) facts_[replacements_[i]].replaces = static_cast<std::int8_t>(i);
  mark(&SignalFacts::refuses, {kNoProposal, kChildFailed, kTsUnacceptable});
  mark(&SignalFacts::peer_delete, {kPeerDeletedChildSa, kPeerDeletedIkeSa});
  mark(&SignalFacts::handshake_fault,
       {kPskMismatch, kAuthenticationFailed, kNoProposal, kChildFailed, kTsUnacceptable, kHalfOpenTimeout});
  const auto tell_bgp = [&](BgpState state, std::initializer_list<std::string_view> signals) {
    for (const std::string_view name : signals)
      if (const SignalIndex signal = classifier.signal(name); signal != kNoSignal) facts_[signal].bgp = state;
  };
  tell_bgp(BgpState::Up, {kBgpEstablished});
  tell_bgp(BgpState::Down,
           {kBgpLeftEstablished, kBgpConnecting, kBgpActive, kBgpHoldTimerExpired, kBgpBadOpen, kBgpPrefixExceeded});
  for (SignalFacts& f : facts_)
    f.is_plain = !f.exchange && !f.child_asked && !f.child_answered && !f.child_established && !f.child_requested && f.replaces < 0 &&
                 !f.refuses && !f.handshake_fault && !f.peer_delete;
  for (const kb::MessageRule& rule : classifier.knowledge().messages) {
    RuleFacts facts;
    facts.signal = this->facts(classifier.signal(rule.signal));
    facts.version = rule.ike_version == "ikev1" ? IkeVersion::V1 : rule.ike_version == "ikev2" ? IkeVersion::V2 : IkeVersion::Unknown;
    facts.contradicted1 = states_named(rule.contradicts_phase1);
    facts.contradicted2 = states_named(rule.contradicts_phase2);
    by_rule_.push_back(facts);
  }
}

void FoldRules::describe(Kind& kind) const {
  const RuleFacts& facts = of(kind.event.rule);
  const SignalFacts& signal = facts.signal;
  kind.passes = kind.event.rule != kNoRule && facts.passes(kind.event);
  kind.requests_child = signal.child_requested;
  kind.marks = marks_of(signal, kind.gives_value || kind.event.number >= 0);
  kind.replaces = signal.replaces;
  kind.version = facts.version;
  kind.weight = static_cast<std::int8_t>(weight_of(facts.version));
}

Fold::Fold(const FoldRules& rules, const Phrases& phrases, const std::vector<std::string>& paths, Time bgp_begins, TunnelLog& log)
    : rules_(rules), phrases_(phrases), paths_(paths), bgp_begins_(bgp_begins), log_(log) {}

void Fold::add(Arrival& arrival) {
  Event& event = arrival.event;
  const FoldRules::RuleFacts& facts = rules_.of(event.rule);
  if (event.rule == kNoRule) set_shape(event, arrival.phrase, arrival.values);
  ++log_.records;
  if (event.rule != kNoRule) ++log_.recognised;
  count_version(facts.version);
  if (event.dialect == Dialect::AwsS2sIke) space(event.time, is_up(event.phase2), facts.signal.peer_delete);
  if (facts.signal.child_requested && wants_rekey(event.time)) note_rekey(event, arrival.phrase, arrival.values);
  if (fallen_) follow_fallen(event);
  const std::uint8_t marks = facts.signal.is_plain ? 0 : follow_handshake(event, facts.signal);
  if (continues_run(event, facts)) {
    hold(event, arrival.phrase, arrival.values, marks);
  } else {
    flush(event.time);
    keep(event, arrival.phrase, arrival.values);
  }
  carry(event);
}

std::uint8_t Fold::follow_handshake(Event& event, const SignalFacts& facts) {
  std::uint8_t marks = marks_of(facts, event.number >= 0);
  if (facts.refuses)
    for (OpenStreak& streak : streaks_) streak.refused_since = true;
  if (facts.handshake_fault) {
    deny_completions(event.time);
    last_fault_ = event.time;
  }
  const PhaseState phase2 = event.phase2 == PhaseState::Unknown ? phase2_ : event.phase2;
  if (facts.peer_delete && facts.replaces >= 0 && !is_up(phase2)) note_delete(event, facts, phase2);
  if (!is_up(phase2)) return marks;
  if (facts.replaces >= 0) marks |= add_to_streak(static_cast<std::size_t>(facts.replaces), {event.place, event.time});
  if (facts.child_answered || facts.child_established) event.child_completed = is_completion(event.time);
  return marks;
}

// A DELETE of a CHILD SA says that there was one. Where no record states Phase 2 that is all there is to know; where it went down
// with it, that is a replacement only if it is up again at once.
void Fold::note_delete(const Event& event, const SignalFacts& facts, PhaseState phase2) {
  const auto which = static_cast<std::size_t>(facts.replaces);
  const StreakRecord record{event.place, event.time};
  if (phase2 == PhaseState::Unknown) add_to_streak(which, record);
  else if (!fallen_) fallen_ = {which, record};
}

void Fold::follow_fallen(const Event& event) {
  const bool at_once = event.time - fallen_->record.time < rules_.limits().grace;
  if (at_once && !is_up(event.phase2)) return;
  if (at_once) add_to_streak(fallen_->which, fallen_->record);
  fallen_.reset();
}

void Fold::add(std::span<const KnownRecord> arrivals) {
  while (!arrivals.empty()) {
    std::size_t done = hold_landmarks(arrivals.first(continuing(arrivals)));
    if (done == 0) {
      Arrival arrival = arrival_of(arrivals.front());
      add(arrival);
      done = 1;
    }
    arrivals = arrivals.subspan(done);
  }
}

// How many of them certainly continue the run; no more than hold_landmarks takes.
std::size_t Fold::continuing(std::span<const KnownRecord> arrivals) const {
  if (last_ == kNoTime || (bgp_begins_ != kNoTime && last_ < bgp_begins_)) return 0;
  const Duration longest = rules_.longest_step();
  const std::size_t most = std::min(arrivals.size(), kMostAtOnce);
  Time last = last_;
  std::size_t count = 0;
  for (; count < most; ++count) {
    const KnownRecord& a = arrivals[count];
    if (!a.kind->passes || a.kind->states != last_states_ || a.time - last > longest) break;
    last = a.time;
  }
  return count;
}

// What of records that may be landmarks is found together. What is random from record to record (their kinds) is asked in bits, one a
// record, for a processor guesses wrong at branches on it.
struct Fold::Together {
  std::array<std::uint8_t, kMostAtOnce> marks{}, classes;  // of one class the last may be a landmark
  std::uint64_t with_id, answering, replacing;
  std::uint64_t completed = 0, held = 0;

  explicit Together(std::span<const KnownRecord> arrivals) {
    for (std::size_t i = 0; i < arrivals.size(); ++i) marks[i] = arrivals[i].kind->marks;
    with_id = those_with(kHasId);
    answering = those_with(kAnswered);
    replacing = those_with(kMayReplace);
    classes = marks;
    for (std::uint8_t& c : classes) c &= kReplaces - 1;
  }
  static std::uint64_t bit(bool is_so, std::size_t i) { return std::uint64_t{is_so} << i; }

  // A bit for each record that has the mark: eight marks at a time, whose bits a product brings together.
  std::uint64_t those_with(std::uint8_t mark) const {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < marks.size(); i += 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, marks.data() + i, sizeof eight);
      const std::uint64_t lowest = eight >> std::countr_zero(mark) & 0x0101010101010101ULL;
      bits |= (lowest * 0x0102040810204080ULL >> 56) << i;
    }
    return bits;
  }

  void hold_last_of_classes(std::size_t count) {
    std::array<std::uint8_t, kReplaces * (1 + FoldRules::kReplacements)> last{};  // counted from 1
    for (std::size_t i = 0; i < count; ++i) last[classes[i]] = static_cast<std::uint8_t>(i + 1);
    for (const std::uint8_t place : last)  // the very last is one of them
      if (place > 0) held |= bit(true, place - 1U);
  }
};

// Does with records that continue the run what add() does with each, but holds only those that may be landmarks. Returns how many
// it took: it stops at one that ends a streak.
std::size_t Fold::hold_landmarks(std::span<const KnownRecord> arrivals) {
  if (arrivals.empty()) return 0;
  Together together(arrivals);
  const PhaseState stated = arrivals.front().kind->event.phase2;
  const bool up = is_up(stated == PhaseState::Unknown ? phase2_ : stated);
  const std::size_t count = follow_replacements(arrivals, up, together);
  if (count == 0) return 0;
  const std::uint64_t taken = ~std::uint64_t{0} >> (kMostAtOnce - count);
  for (std::uint64_t bits = up ? together.answering & taken : 0; bits != 0; bits &= bits - 1)
    if (is_completion(arrivals[static_cast<std::size_t>(std::countr_zero(bits))].time)) together.completed |= bits & -bits;
  together.held |= together.completed;
  if (!run_has_id_) together.held |= together.with_id & -together.with_id & taken;
  together.hold_last_of_classes(count);
  sum_up(arrivals.first(count));
  std::size_t next = 0;
  for (std::uint64_t bits = together.held; bits != 0; bits &= bits - 1) {
    const auto at = static_cast<std::size_t>(std::countr_zero(bits));
    (run_.empty() ? log_.events.writable_back() : run_.back().event).folded += static_cast<std::uint32_t>(at - next);
    Event event = event_of(arrivals[at]);
    event.child_completed = (together.completed >> at & 1) != 0;
    hold(event, arrivals[at].kind->phrase, diag::values_of(arrivals[at]), together.marks[at]);
    next = at + 1;
  }
  return count;
}

// How many there are before the first that ends a streak. `up`: with all of them Phase 2 is.
std::size_t Fold::follow_replacements(std::span<const KnownRecord> arrivals, bool up, Together& together) {
  for (std::uint64_t bits = together.replacing; bits != 0; bits &= bits - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(bits));
    const KnownRecord& a = arrivals[i];
    const auto which = static_cast<std::size_t>(a.kind->replaces);
    if (ends_streak(which, a.time)) return i;
    if (a.kind->requests_child && wants_rekey(a.time)) note_rekey(event_of(a), a.kind->phrase, diag::values_of(a));
    if (!up) continue;
    const std::uint8_t marks = add_to_streak(which, {Place{a.input, a.line}, a.time});
    together.marks[i] |= marks;
    if (marks != 0) together.classes[i] += static_cast<std::uint8_t>(kReplaces * (1 + which));
    together.held |= Together::bit((marks & kShown) != 0, i);
  }
  return arrivals.size();
}

void Fold::sum_up(std::span<const KnownRecord> arrivals) {
  log_.records += arrivals.size();
  log_.recognised += arrivals.size();
  const bool up = is_up(arrivals.front().kind->event.phase2);
  bool far = false;  // one from the one before
  for (Time last = last_ike_; const KnownRecord& a : arrivals) {
    far |= a.time - last >= kFewestApart;
    version_balance_ += a.kind->weight;
    last = a.time;
  }
  if (far)
    for (const KnownRecord& a : arrivals) space(a.time, up, false);
  last_ike_ = arrivals.back().time;
  last_up_ = up;
  const auto known = std::find_if(arrivals.rbegin(), arrivals.rend(), [](const KnownRecord& a) { return a.kind->version != IkeVersion::Unknown; });
  if (known != arrivals.rend()) log_.version = known->kind->version;
  last_ = last_ike_;
}

inline void Fold::count_version(IkeVersion version) {
  if (version == IkeVersion::Unknown) return;
  version_balance_ += weight_of(version);
  log_.version = version;  // the latest, in case of a tie
}

// Of an IKE record.
inline void Fold::space(Time time, bool up, bool is_delete) {
  if (last_ike_ != kNoTime && time - last_ike_ >= kFewestApart) {
    spacings_.add(time - last_ike_);
    if (up && last_up_ && !is_delete) spacings_while_up_.add(time - last_ike_);
  }
  last_ike_ = time;
  last_up_ = up;
}

// Whether nothing about the tunnel changes with the record, and it comes soon enough.
bool Fold::continues_run(const Event& e, const FoldRules::RuleFacts& facts) const {
  if (!facts.passes(e) || last_ == kNoTime || last_dialect_ != e.dialect) return false;
  if (e.time - last_ > rules_.longest_step()) return false;
  if (bgp_begins_ != kNoTime && last_ < bgp_begins_ && e.time >= bgp_begins_) return false;
  if (states_of(e) == last_states_) return true;
  const auto repeats = [](auto stated, auto known) { return static_cast<int>(stated) == 0 || stated == known; };
  return repeats(e.phase1, phase1_) && repeats(e.phase2, phase2_) && repeats(e.dpd_enabled, dpd_enabled_) &&
         repeats(e.nat_t, nat_t_) && e.bgp == BgpState::Unknown;
}

void Fold::carry(const Event& e) {
  last_ = e.time;
  if (states_of(e) == last_states_) return;
  last_states_ = states_of(e);
  if (e.phase1 != PhaseState::Unknown) phase1_ = e.phase1;
  if (e.phase2 != PhaseState::Unknown) phase2_ = e.phase2;
  if (e.dpd_enabled != Answer::Unknown) dpd_enabled_ = e.dpd_enabled;
  if (e.nat_t != Answer::Unknown) nat_t_ = e.nat_t;
  last_dialect_ = e.dialect;
}

// Whether so much time has passed since the last replacement that another streak begins.
bool Fold::ends_streak(std::size_t which, Time time) const {
  const OpenStreak& streak = streaks_[which];
  return streak.count > 0 && time - streak.last.time > rules_.limits().churn_spacing;
}

// Phase 2 is up.
std::uint8_t Fold::add_to_streak(std::size_t which, const StreakRecord& record) {
  OpenStreak& streak = streaks_[which];
  const Duration spacing = streak.count > 0 ? record.time - streak.last.time : 0;
  if (streak.count > 0 && spacing <= kSameReplacement) return 0;
  if (ends_streak(which, record.time)) end_streak(which);
  if (streak.count > 0) {
    streak.spacings.add(spacing);
    streak.refused = streak.refused || streak.refused_since;
  }
  const bool shown = streak.count++ % streak.stride == 0;
  streak.refused_since = false;
  streak.last = record;
  if (shown) streak.records.push_back(streak.last);
  if (streak.records.size() == kMostOfStreak) take_every_second(streak.records), streak.stride *= 2;
  return shown ? kReplaces | kShown : kReplaces;
}

void Fold::end_streak(std::size_t which) {
  OpenStreak& streak = streaks_[which];
  if (streak.count >= rules_.limits().churn_replacements && !streak.refused) {
    if (streak.records.back().time != streak.last.time) streak.records.push_back(streak.last);
    for (const StreakRecord& record : streak.records) pin(record);
    log_.streaks.push_back(
        {rules_.replacement(which), std::move(streak.records), streak.count, median(streak.spacings.sorted())});
  }
  streak.clear();
}

void Fold::OpenStreak::clear() {
  count = 0;
  stride = 1;
  refused = refused_since = false;
  records.clear();
  spacings.clear();
}

void Fold::pin(const StreakRecord& record) {
  for (Pending& held : run_) {
    if ((held.marks & kReplaces) == 0 || !record.is(held.event)) continue;
    held.marks |= kShown;
    pinned_.push_back(record);
  }
}

bool Fold::is_pinned(const Event& event) const {
  const auto here = [&](const StreakRecord& record) { return record.is(event); };
  return std::any_of(pinned_.begin(), pinned_.end(), here) ||
         std::any_of(streaks_.begin(), streaks_.end(), [&](const OpenStreak& streak) {
           return std::any_of(streak.records.begin(), streak.records.end(), here);
         });
}

// Whether an answer to an exchange for a CHILD SA, of a tunnel that is up, completes it. Where such exchanges follow each
// other closely, one within the time of an onset stands for all.
bool Fold::is_completion(Time time) {
  if (last_fault_ != kNoTime && time - last_fault_ <= kDenied) return false;
  if (last_completion_ != kNoTime && time - last_completion_ < rules_.limits().onset_before) return false;
  last_completion_ = time;
  return true;
}

void Fold::deny_completions(Time time) {
  const auto deny = [&](Event& e) {
    if (time - e.time > kDenied) return false;
    if (e.child_completed) last_completion_ = kNoTime;
    e.child_completed = false;
    return true;
  };
  for (auto it = run_.rbegin(); it != run_.rend(); ++it)
    if (!deny(it->event)) return;
  for (std::size_t i = log_.events.size(); i-- > 0;)
    if (!deny(log_.events.writable(i))) return;
}

bool Fold::wants_rekey(Time time) const { return log_.rekeys.empty() || time - log_.rekeys.back().time >= rekeys_apart_; }

// Keeps marks evenly: when there are too many, every second one goes, and later ones must be further apart.
void Fold::note_rekey(const Event& event, PhraseIndex phrase, std::string_view values) {
  log_.rekeys.push_back({event.time, event.place, pack(phrase, values)});
  if (log_.rekeys.size() < kMostRekeys) return;
  const Duration span = log_.rekeys.back().time - log_.rekeys.front().time;
  rekeys_apart_ = std::max(2 * rekeys_apart_, 2 * span / static_cast<Duration>(kMostRekeys));
  Time last = kNoTime;
  std::erase_if(log_.rekeys, [&](const RekeyRequest& request) {
    if (last != kNoTime && request.time - last < rekeys_apart_) return true;
    last = request.time;
    return false;
  });
}

void Fold::set_shape(Event& e, PhraseIndex phrase, std::string_view values) {
  const bool remembered = phrases_.has_one_shape(phrase);
  if (remembered && phrase >= shape_of_phrase_.size()) shape_of_phrase_.resize(phrase + 1, kNoShape);
  if (remembered) e.shape = shape_of_phrase_[phrase];
  if (e.shape == kNoShape) {
    std::string shape = shape_of(phrases_.text(phrase, values));
    auto it = shapes_.find(shape);
    if (it == shapes_.end()) {
      if (shapes_.size() >= kMostShapes) shape = "(others)";
      it = shapes_.try_emplace(shape, static_cast<std::uint32_t>(log_.shapes.size())).first;
      if (it->second == log_.shapes.size()) log_.shapes.push_back({shape, 0, e.place});
    }
    e.shape = it->second;
    if (remembered) shape_of_phrase_[phrase] = e.shape;
  }
  UnknownShape& seen = log_.shapes[e.shape];
  ++seen.count;
  if (earlier(e.place, seen.first)) seen.first = e.place;
}

bool Fold::earlier(Place a, Place b) const {
  if (a.input == b.input) return a.line < b.line;
  const int order = paths_[a.input].compare(paths_[b.input]);
  return order != 0 ? order < 0 : a.input < b.input;
}

void Fold::hold(const Event& event, PhraseIndex phrase, std::string_view values, std::uint8_t marks) {
  run_.push_back({event, phrase, marks, static_cast<std::uint32_t>(values.size()), 0, {}});
  Pending& held = run_.back();
  if (values.size() <= held.few.size()) {
    copy_short(held.few.data(), values);
  } else {
    held.values_from = values_.size();
    values_ += values;
  }
  run_has_id_ = run_has_id_ || (marks & kHasId) != 0;
  if (run_.size() < thin_at_) return;
  thin(kNoTime);
  thin_at_ = std::max(kLongestRun, 2 * run_.size());  // where much stays, thinning must not cost its square
}

void Fold::keep(const Event& event, PhraseIndex phrase, std::string_view values) {
  log_.events.push_back(event);
  log_.events.writable_back().text = pack(phrase, values);
}

std::uint32_t Fold::pack(PhraseIndex phrase, std::string_view values) {
  const auto place = static_cast<std::uint32_t>(log_.messages.size());
  put_number(log_.messages, phrase);
  put_number(log_.messages, values.size());
  log_.messages += values;
  return place;
}

// Drops what nobody will ask for and counts it with the record before. `next`: the time of what follows the run;
// kNoTime: not known yet. What stays:
//   the first and the last line with a message id                 fresh_negotiation
//   the last request for a CHILD SA or answer to one              unanswered_child_request
//   the last answer to a CHILD SA exchange                        logs without states: the IKE SA lives
//   the last replacement of a CHILD SA of each kind           child_churn
//   the last two completions                                      the age of a CHILD SA at an onset
//   the last record, and the last of an earlier time              silence, gaps, quiet deletes
//   some records of streaks                                          child_churn
//   of each unknown shape the first three and the last            unrecognised messages around outages
void Fold::thin(Time next) {
  mark_landmarks(next);
  drop_unmarked();
}

void Fold::mark_landmarks(Time next) {
  const auto keep_last = [&](std::size_t count, const auto& wanted) {
    for (std::size_t i = run_.size(); i-- > 0 && count > 0;)
      if (wanted(run_[i])) run_[i].marks |= kStays, --count;
  };
  const auto marked = [](std::uint8_t mark) { return [mark](const Pending& p) { return (p.marks & mark) != 0; }; };
  keep_last(1, marked(kHasId));
  keep_last(1, marked(kAsked));
  keep_last(1, marked(kAnswered));
  keep_last(next == kNoTime ? 3 : 2, [](const Pending& p) { return p.event.child_completed; });  // the last may still be denied
  for (std::size_t which = 0; which < FoldRules::kReplacements; ++which)
    keep_last(1, [&](const Pending& p) {
      return (p.marks & kReplaces) != 0 && p.event.signal == rules_.replacement(which);
    });
  const Time end = next == kNoTime ? run_.back().event.time : next;
  run_.back().marks |= kStays;
  keep_last(1, [&](const Pending& p) { return p.event.time < end; });
  const auto first_id = std::find_if(run_.begin(), run_.end(), marked(kHasId));
  if (first_id != run_.end()) first_id->marks |= kStays;
  std::map<std::uint32_t, std::pair<std::size_t, Pending*>> shapes;  // how often, and the last
  for (Pending& p : run_) {
    if ((p.marks & kShown) != 0 && is_pinned(p.event)) p.marks |= kStays;
    if (p.event.shape == kNoShape) continue;
    auto& [count, last] = shapes[p.event.shape];
    if (count++ < kFirstOfShape) p.marks |= kStays;
    last = &p;
  }
  for (auto& [shape, seen] : shapes) seen.second->marks |= kStays;
}

void Fold::drop_unmarked() {
  std::size_t kept = 0, values = 0;
  for (std::size_t i = 0; i < run_.size(); ++i) {
    Pending& p = run_[i];
    if ((p.marks & kStays) == 0) {
      (kept > 0 ? run_[kept - 1].event : log_.events.writable_back()).folded += 1 + p.event.folded;
      continue;
    }
    p.marks &= static_cast<std::uint8_t>(~kStays);
    if (p.values_size > p.few.size()) {
      std::memmove(values_.data() + values, values_.data() + p.values_from, p.values_size);
      p.values_from = values;
      values += p.values_size;
    }
    if (kept != i) run_[kept] = p;
    ++kept;
  }
  run_.resize(kept);
  values_.resize(values);
}

std::string_view Fold::values_of(const Pending& held) const {
  if (held.values_size <= held.few.size()) return {held.few.data(), held.values_size};
  return std::string_view(values_).substr(held.values_from, held.values_size);
}

void Fold::flush(Time next) {
  if (run_.empty()) return;
  thin(next);
  for (const Pending& p : run_) keep(p.event, p.phrase, values_of(p));
  run_.clear();
  run_has_id_ = false;
  values_.clear();
  pinned_.clear();
  thin_at_ = kLongestRun;
}

void Fold::finish() {
  flush(kNoTime);
  for (std::size_t which = 0; which < streaks_.size(); ++which) end_streak(which);
  std::stable_sort(log_.streaks.begin(), log_.streaks.end(), [&](const Streak& a, const Streak& b) {
    return rules_.facts(a.signal).replaces < rules_.facts(b.signal).replaces;
  });
  if (version_balance_ != 0) log_.version = version_balance_ > 0 ? IkeVersion::V2 : IkeVersion::V1;
  log_.spacings = spacings_.sorted();
  log_.spacings_while_up = spacings_while_up_.sorted();
  log_.messages.shrink_to_fit();
}

std::string Messages::text(const TunnelLog& log, const Event& event) const {
  std::string_view packed = std::string_view(log.messages).substr(event.text);
  const auto phrase = static_cast<PhraseIndex>(take_number(packed));
  const std::uint64_t size = take_number(packed);
  return books_[log.book]->text(phrase, packed.substr(0, size));
}

}  // namespace tunnelscope::diag
