// Tested by diag_intake_test.cpp.
#include "diag/tunnel_intake.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>

#include "diag/bytes.hpp"
#include "diag/identity_hash.hpp"
#include "diag/threads.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostInMemory = std::size_t{20} << 20;  // bytes of packed records of all threads before they go to the overflow
constexpr std::uint32_t kOwnBook = 0;
constexpr std::size_t kMostAlone = 64;  // records that are folded together

// The kinds of arrivals that have one.
class Kinds {
 public:
  // Both must outlive it.
  Kinds(const FoldRules& rules, const Phrases& phrases) : rules_(rules), phrases_(phrases), by_phrase_(phrases.size()) {}

  // nullptr: it has none.
  const Kind* of(const Arrival& a) {
    if (!a.settled || a.route != 0 || !phrases_.has_one_value(a.phrase) || a.values.size() > sizeof(KnownRecord::number)) return nullptr;
    std::vector<std::unique_ptr<const Kind>>& kinds = by_phrase_[a.phrase];
    const std::uint64_t states = states_of(a.event);
    for (const auto& kind : kinds)
      if (kind->states == states) return kind.get();
    auto kind = std::make_unique<Kind>(kind_of(a.event, a.phrase, phrases_));
    rules_.describe(*kind);
    return kinds.emplace_back(std::move(kind)).get();
  }

 private:
  const FoldRules& rules_;
  const Phrases& phrases_;
  std::vector<std::vector<std::unique_ptr<const Kind>>> by_phrase_;
};

KnownRecord known(const Arrival& a, const Kind& kind) {
  KnownRecord record{&kind, a.event.time, a.fine, second_of(a.event.time), 0, a.event.place.line(), a.position, a.event.place.input()};
  std::memcpy(&record.number, a.values.data(), a.values.size());
  return record;
}

}  // namespace

TunnelIntake::TunnelIntake(const Classifier& classifier, const std::vector<std::string>& paths, bool keep_everything, Overflow* overflow)
    : paths_(paths), keep_everything_(keep_everything), overflow_(overflow), no_room_outside_(overflow == nullptr),
      rules_(std::make_unique<FoldRules>(classifier, keep_everything)), phrases_(std::make_unique<Phrases>(classifier)),
      phrases_by_book_{phrases_.get()} {}

TunnelIntake::Gathering TunnelIntake::gathering(std::string id, std::string_view connection, std::string_view outside_ip,
                                                std::string_view stream, std::uint32_t input) {
  Gathering made{std::move(id), std::string(connection), std::string(outside_ip), std::string(stream), input, Arrivals(), kNoTime, nullptr, kOwnBook};
  if (!keep_everything_ && ++live_ <= kMostLive) made.live = std::make_unique<LiveFold>(*rules_, *phrases_, paths_);
  return made;
}

// Most records are about the tunnel of the record before them.
std::uint32_t TunnelIntake::tunnel_of(std::string_view connection, std::string_view outside_ip, std::string_view stream, std::uint32_t input) {
  const bool nameless = connection.empty() && outside_ip.empty() && stream.empty();
  if (!gatherings_.empty()) {
    const Gathering& last = gatherings_[current_];
    if (same_text(last.connection, connection) && same_text(last.outside_ip, outside_ip) && same_text(last.stream, stream) &&
        (!nameless || last.nameless_input == input))
      return current_;
  }
  if (nameless) {
    id_ = "\n" + std::to_string(input);
  } else {
    id_.assign(connection.empty() ? std::string_view("unknown") : connection);
    id_ += '/';
    id_ += !outside_ip.empty() ? outside_ip : !stream.empty() ? stream : std::string_view("unknown");
  }
  const auto [it, is_new] = by_id_.try_emplace(id_, static_cast<std::uint32_t>(gatherings_.size()));
  if (is_new) gatherings_.push_back(gathering(id_, connection, outside_ip, stream, input));
  return current_ = it->second;
}

std::size_t TunnelIntake::recognise(Dialect dialect, std::string_view text, char end) {
  const std::size_t length = phrases_->read_lately_met(dialect, text, end, recognised_);
  recognised_at_ = length > 0 ? text.data() : nullptr;
  recognised_size_ = length;
  return length;
}

bool TunnelIntake::is_recognised(const TunnelRecord& r) const {
  return recognised_at_ != nullptr && r.message.data() == recognised_at_ && r.message.size() == recognised_size_;
}

Arrival TunnelIntake::arrival_of(const TunnelRecord& r, const Reading& reading) const {
  Arrival arrival;
  arrival.route = r.route.empty() ? 0 : IdentityHash{}.add(r.route).value();
  arrival.phrase = reading.phrase;
  arrival.values = reading.values;
  arrival.settled = reading.settled;
  Event& event = arrival.event;
  event.time = r.time;
  event.number = reading.number;
  event.rule = reading.meaning.rule;
  event.signal = reading.meaning.signal;
  event.dialect = r.dialect;
  event.phase1 = r.phase1;
  event.phase2 = r.phase2;
  event.bgp = r.bgp != BgpState::Unknown ? r.bgp : rules_->facts(event.signal).bgp;
  event.dpd_enabled = r.dpd_enabled;
  event.nat_t = r.nat_t;
  return arrival;
}

void TunnelIntake::take(Gathering& gathering, const Arrival& arrival) {
  const bool continues = gathering.live && gathering.live_book == kOwnBook && gathering.live->add(arrival);
  if (!continues) gathering.live.reset();
  bytes_ += gathering.arrivals.add(arrival, kOwnBook);
  spill_when_much();
}

rules::Outcome TunnelIntake::add(const TunnelRecord& r, Place place, std::uint64_t position) {
  const Reading reading = is_recognised(r) ? recognised_ : phrases_->read(r.dialect, r.message);
  recognised_at_ = nullptr;
  Arrival arrival = arrival_of(r, reading);
  arrival.fine = fine_time(r.time, r.envelope_time);
  arrival.position = position;
  arrival.event.place = place;
  Gathering& gathering = gatherings_[tunnel_of(r.connection, r.outside_ip, r.stream, place.input)];
  if (arrival.event.bgp != BgpState::Unknown) {
    if (gathering.first_bgp == kNoTime || r.time < gathering.first_bgp) gathering.first_bgp = r.time;
    gathering.live.reset();
  }
  take(gathering, arrival);
  return reading.meaning.outcome;
}

std::optional<RecordKind> TunnelIntake::kind_of(const TunnelRecord& r) {
  if (!is_recognised(r) || !r.route.empty()) return {};
  const Arrival arrival = arrival_of(r, recognised_);
  if (arrival.event.bgp != BgpState::Unknown) return {};
  const auto [it, is_new] =
      kinds_by_states_.try_emplace({recognised_.phrase, states_of(arrival.event)}, static_cast<std::uint32_t>(kinds_.size()));
  if (is_new) {
    auto kind = std::make_unique<Kind>(diag::kind_of(arrival.event, recognised_.phrase, *phrases_));
    rules_->describe(*kind);
    kinds_.push_back(std::move(kind));
  }
  return RecordKind{kinds_[it->second].get(), it->second, recognised_.digits_from, recognised_.digits};
}

void TunnelIntake::add(std::uint32_t tunnel, const KnownRecords& records) {
  Gathering& gathering = gatherings_[tunnel];
  const bool continues = gathering.live && gathering.live_book == kOwnBook && gathering.live->add(records);
  if (!continues) gathering.live.reset();
  bytes_ += gathering.arrivals.add(records, kOwnBook);
  spill_when_much();
}

void TunnelIntake::spill_when_much() {
  if (bytes_ > kMostInMemory / threads_ && !no_room_outside_) spill_all();
}

// When there is no room outside either, all stays where it is.
void TunnelIntake::spill_all() {
  bytes_ = 0;
  for (Gathering& gathering : gatherings_) {
    gathering.arrivals.close();
    gathering.arrivals.spill(*overflow_);
    bytes_ += gathering.arrivals.bytes();
  }
  no_room_outside_ = bytes_ > 0;
}

void TunnelIntake::absorb(TunnelIntake&& other) {
  for (Gathering& gathering : other.gatherings_) gathering.arrivals.close();
  others_.push_back({std::move(other.rules_), std::move(other.phrases_)});
  phrases_by_book_.push_back(others_.back().phrases.get());
  const auto book = static_cast<std::uint32_t>(others_.size());
  for (Gathering& from : other.gatherings_) {
    if (from.live) from.live->close();  // before the paths of the other one go
    from.arrivals.set_book(book);
    from.live_book = book;
    const auto [it, is_new] = by_id_.try_emplace(from.id, static_cast<std::uint32_t>(gatherings_.size()));
    if (is_new) {
      gatherings_.push_back(std::move(from));
      continue;
    }
    Gathering& to = gatherings_[it->second];
    to.live.reset();
    to.arrivals.close();
    to.arrivals.absorb(std::move(from.arrivals));
    if (from.first_bgp != kNoTime && (to.first_bgp == kNoTime || from.first_bgp < to.first_bgp)) to.first_bgp = from.first_bgp;
  }
  other.gatherings_.clear();
}

// "unknown" when one input has records without identity, "unknown/<path>" when several have. Inputs of one path share.
void TunnelIntake::name_the_nameless() {
  std::sort(gatherings_.begin(), gatherings_.end(), [](const Gathering& a, const Gathering& b) {
    return a.nameless() != b.nameless() ? b.nameless() : a.nameless_input < b.nameless_input;
  });
  std::map<std::string, Gathering*> by_path;
  for (Gathering& gathering : gatherings_) {
    if (!gathering.nameless()) continue;
    const auto [it, is_new] = by_path.try_emplace(paths_[gathering.nameless_input], &gathering);
    if (is_new) continue;
    it->second->arrivals.absorb(std::move(gathering.arrivals));
    it->second->live.reset();
    gathering.id.clear();
  }
  for (const auto& [path, gathering] : by_path) gathering->id = by_path.size() > 1 ? "unknown/" + path : "unknown";
  std::erase_if(gatherings_, [](const Gathering& gathering) { return gathering.id.empty(); });
}

TunnelLog TunnelIntake::log_of(Gathering& gathering, const InputOrder& inputs) const {
  TunnelLog log;
  if (gathering.live && gathering.live->finish(inputs.newest_first)) {
    log = std::move(gathering.live->log());
    log.book = gathering.live_book;
  } else {
    fold_arrivals(gathering, inputs, log);
  }
  log.id = gathering.id;
  log.connection = gathering.connection;
  log.outside_ip = gathering.outside_ip;
  log.stream = gathering.stream;
  return log;
}

void TunnelIntake::fold_arrivals(const Gathering& gathering, const InputOrder& inputs, TunnelLog& log) const {
  const Time bgp_begins = gathering.first_bgp == kNoTime ? kNoTime : gathering.first_bgp - rules_->limits().bgp_settle;
  Fold fold(*rules_, *phrases_, paths_, bgp_begins, log);
  ArrivalReader reader(gathering.arrivals, books_, overflow_);
  Kinds kinds(*rules_, *phrases_);
  std::vector<Arrival> second;
  std::vector<KnownRecord> alone;  // in their seconds, and not folded yet
  const auto fold_alone = [&] {
    fold.add(alone);
    alone.clear();
  };
  while (reader.next(second)) {
    log.duplicates += put_in_order(second, *phrases_, inputs);
    const Kind* const kind = second.size() == 1 ? kinds.of(second.front()) : nullptr;
    if (kind != nullptr) {
      alone.push_back(known(second.front(), *kind));
      if (alone.size() == kMostAlone) fold_alone();
      continue;
    }
    fold_alone();
    for (Arrival& arrival : second) fold.add(arrival);
  }
  fold_alone();
  fold.finish();
}

void TunnelIntake::finish(const InputOrder& inputs, unsigned threads) {
  for (Gathering& gathering : gatherings_) gathering.arrivals.close();
  books_.push_back({phrases_.get(), std::vector<PhraseIndex>(phrases_->size())});
  std::iota(books_[0].numbers.begin(), books_[0].numbers.end(), PhraseIndex{0});
  for (const Other& other : others_) books_.push_back({other.phrases.get(), phrases_->absorb(*other.phrases)});
  name_the_nameless();
  std::sort(gatherings_.begin(), gatherings_.end(), [](const Gathering& a, const Gathering& b) { return a.id < b.id; });
  logs_.resize(gatherings_.size());
  on_threads(gatherings_.size(), threads, [&](std::size_t i) {
    logs_[i] = log_of(gatherings_[i], inputs);
    gatherings_[i].arrivals = Arrivals();
    gatherings_[i].live.reset();
  });
  gatherings_.clear();
}

void TunnelIntake::leave_out_foreign() {
  const auto states_nothing = [](const Event& e) {
    return e.phase1 == PhaseState::Unknown && e.phase2 == PhaseState::Unknown && e.bgp == BgpState::Unknown;
  };
  std::erase_if(logs_, [&](const TunnelLog& log) {
    return log.connection.empty() && log.outside_ip.empty() && log.recognised == 0 && std::all_of(log.events.begin(), log.events.end(), states_nothing);
  });
}

}  // namespace tunnelscope::diag
