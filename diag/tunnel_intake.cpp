// Tested by diag_intake_test.cpp.
#include "diag/tunnel_intake.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <numeric>
#include <system_error>
#include <thread>

#include "diag/bytes.hpp"
#include "diag/identity_hash.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostInMemory = std::size_t{16} << 20;  // bytes of packed records before they go to the overflow
constexpr std::uint32_t kOwnBook = 0;

Time fine_time(const TunnelRecord& r) {
  return r.time % kSecond != 0 || r.envelope_time == kNoTime ? r.time : r.envelope_time;
}

// Calls use(i) for each i below `count`, on so many threads; what one of them throws is thrown again.
template <class Use>
void on_threads(std::size_t count, unsigned threads, const Use& use) {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> errors(std::max(1U, threads));
  const auto work = [&](std::size_t worker) {
    try {
      for (std::size_t i = next++; i < count; i = next++) use(i);
    } catch (...) {
      errors[worker] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  try {
    for (std::size_t worker = 1; worker < errors.size() && worker < count; ++worker) others.emplace_back(work, worker);
  } catch (const std::system_error&) {
    // No more threads are to be had here: those that there are do everything.
  }
  work(0);
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace

TunnelIntake::TunnelIntake(const Classifier& classifier, Overflow* overflow)
    : classifier_(classifier), overflow_(overflow), no_room_outside_(overflow == nullptr), phrases_(classifier) {}

// Most records are about the tunnel of the record before them.
std::size_t TunnelIntake::gathering_for(const TunnelRecord& r, std::uint32_t input) {
  const bool nameless = r.connection.empty() && r.outside_ip.empty();
  if (!gatherings_.empty()) {
    const Gathering& last = gatherings_[current_];
    if (same_text(last.connection, r.connection) && same_text(last.outside_ip, r.outside_ip) &&
        (!nameless || last.nameless_input == input))
      return current_;
  }
  if (nameless) {
    id_ = "\n" + std::to_string(input);
  } else {
    id_.assign(r.connection.empty() ? std::string_view("unknown") : r.connection);
    id_ += '/';
    id_ += r.outside_ip.empty() ? std::string_view("unknown") : r.outside_ip;
  }
  const auto [it, is_new] = by_id_.try_emplace(id_, gatherings_.size());
  if (is_new)
    gatherings_.push_back({id_, std::string(r.connection), std::string(r.outside_ip), input, Arrivals(), kNoTime});
  return current_ = it->second;
}

std::size_t TunnelIntake::recognise(Dialect dialect, std::string_view text, char end) {
  const std::size_t length = phrases_.read_lately_met(dialect, text, end, recognised_);
  recognised_at_ = length > 0 ? text.data() : nullptr;
  return length;
}

rules::Outcome TunnelIntake::add(const TunnelRecord& r, Place place, std::uint64_t position) {
  const bool recognised = recognised_at_ != nullptr && r.message.data() == recognised_at_;
  const Reading reading = recognised ? recognised_ : phrases_.read(r.dialect, r.message);
  recognised_at_ = nullptr;
  Arrival arrival;
  arrival.fine = fine_time(r);
  arrival.position = position;
  arrival.route = r.route.empty() ? 0 : IdentityHash{}.add(r.route).value();
  arrival.phrase = reading.phrase;
  arrival.values = reading.values;
  arrival.settled = reading.settled;
  Event& event = arrival.event;
  event.time = r.time;
  event.number = reading.number;
  event.place = place;
  event.rule = reading.meaning.rule;
  event.signal = reading.meaning.signal;
  event.dialect = r.dialect;
  event.phase1 = r.phase1;
  event.phase2 = r.phase2;
  event.bgp = r.bgp;
  event.dpd_enabled = r.dpd_enabled;
  event.nat_t = r.nat_t;
  Gathering& gathering = gatherings_[gathering_for(r, place.input)];
  if (r.bgp != BgpState::Unknown && (gathering.first_bgp == kNoTime || r.time < gathering.first_bgp))
    gathering.first_bgp = r.time;
  bytes_ += gathering.arrivals.add(arrival, kOwnBook, phrases_);
  if (bytes_ > kMostInMemory && !no_room_outside_) spill_all();
  return reading.meaning.outcome;
}

// When there is no room outside either, all stays where it is.
void TunnelIntake::spill_all() {
  bytes_ = 0;
  for (Gathering& gathering : gatherings_) {
    gathering.arrivals.close(phrases_);
    gathering.arrivals.spill(*overflow_);
    bytes_ += gathering.arrivals.bytes();
  }
  no_room_outside_ = bytes_ > 0;
}

void TunnelIntake::absorb(TunnelIntake&& other) {
  for (Gathering& gathering : other.gatherings_) gathering.arrivals.close(other.phrases_);
  others_.push_back(std::make_unique<Phrases>(std::move(other.phrases_)));
  const auto book = static_cast<std::uint32_t>(others_.size());
  for (Gathering& from : other.gatherings_) {
    const auto [it, is_new] = by_id_.try_emplace(from.id, gatherings_.size());
    if (is_new)
      gatherings_.push_back({from.id, from.connection, from.outside_ip, from.nameless_input, Arrivals(), kNoTime});
    Gathering& to = gatherings_[it->second];
    to.arrivals.close(phrases_);
    from.arrivals.set_book(book);
    to.arrivals.absorb(std::move(from.arrivals));
    if (from.first_bgp != kNoTime && (to.first_bgp == kNoTime || from.first_bgp < to.first_bgp)) to.first_bgp = from.first_bgp;
  }
  other.gatherings_.clear();
}

// "unknown" when one input has records without identity, "unknown/<path>" when several have. Inputs of one path share.
void TunnelIntake::name_the_nameless(const std::vector<std::string>& paths) {
  std::sort(gatherings_.begin(), gatherings_.end(), [](const Gathering& a, const Gathering& b) {
    return a.nameless() != b.nameless() ? b.nameless() : a.nameless_input < b.nameless_input;
  });
  std::map<std::string, Gathering*> by_path;
  for (Gathering& gathering : gatherings_) {
    if (!gathering.nameless()) continue;
    const auto [it, is_new] = by_path.try_emplace(paths[gathering.nameless_input], &gathering);
    if (is_new) continue;
    it->second->arrivals.absorb(std::move(gathering.arrivals));
    gathering.id.clear();
  }
  for (const auto& [path, gathering] : by_path) gathering->id = by_path.size() > 1 ? "unknown/" + path : "unknown";
  std::erase_if(gatherings_, [](const Gathering& gathering) { return gathering.id.empty(); });
}

TunnelLog TunnelIntake::log_of(const Gathering& gathering, const FoldRules& rules, const InputOrder& inputs) const {
  TunnelLog log;
  log.id = gathering.id;
  log.connection = gathering.connection;
  log.outside_ip = gathering.outside_ip;
  const Time bgp_begins = gathering.first_bgp == kNoTime ? kNoTime : gathering.first_bgp - rules.limits().bgp_settle;
  Fold fold(rules, phrases_, inputs, bgp_begins, log);
  ArrivalReader reader(gathering.arrivals, books_, overflow_);
  std::vector<Arrival> second;
  while (reader.next(second)) {
    log.duplicates += put_in_order(second, phrases_, inputs);
    for (const Arrival& arrival : second) fold.add(arrival);
  }
  fold.finish();
  return log;
}

void TunnelIntake::finish(const std::vector<std::string>& paths, const InputOrder& inputs, bool keep_everything,
                          unsigned threads) {
  for (Gathering& gathering : gatherings_) gathering.arrivals.close(phrases_);
  books_.push_back({&phrases_, std::vector<PhraseIndex>(phrases_.size())});
  std::iota(books_[0].numbers.begin(), books_[0].numbers.end(), PhraseIndex{0});
  for (const auto& other : others_) books_.push_back({other.get(), phrases_.absorb(*other)});
  name_the_nameless(paths);
  std::sort(gatherings_.begin(), gatherings_.end(), [](const Gathering& a, const Gathering& b) { return a.id < b.id; });
  const FoldRules rules(classifier_, keep_everything);
  logs_.resize(gatherings_.size());
  on_threads(gatherings_.size(), threads, [&](std::size_t i) {
    logs_[i] = log_of(gatherings_[i], rules, inputs);
    gatherings_[i].arrivals = Arrivals();
  });
  gatherings_.clear();
}

}  // namespace tunnelscope::diag
