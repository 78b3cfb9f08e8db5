// One record: a byte of flags, then only what differs from the record before it. Numbers are varints, differences
// zigzag. Tested by diag_arrivals_test.cpp.
#include "diag/arrivals.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace tunnelscope::diag {
namespace {

enum : std::uint8_t {
  kNextLine = 1,      // line and position are one more
  kFraction = 2,      // the time has milliseconds
  kFine = 4,          // another time orders it within its second
  kOtherStates = 8,
  kUnsettled = 16,    // rule, signal and number are written out
  kRoute = 32,
};

std::uint64_t zigzag(std::int64_t n) { return static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63); }
std::int64_t unzigzag(std::uint64_t n) { return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1); }

// Writes at the end of a text that has grown for it beforehand.
class Pen {
 public:
  Pen(std::string& out, std::size_t more) : out_(out), from_(out.size()) {
    out_.resize(from_ + kMost + more);
    at_ = out_.data() + from_;
  }
  ~Pen() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }
  Pen(const Pen&) = delete;
  Pen& operator=(const Pen&) = delete;
  void byte(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  void number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) byte(static_cast<std::uint8_t>(n | 0x80));
    byte(static_cast<std::uint8_t>(n));
  }
  void difference(std::int64_t n) { number(zigzag(n)); }
  void bytes(std::string_view text) {
    for (const char c : text.substr(0, 16)) *at_++ = c;
    if (text.size() <= 16) return;
    std::memcpy(at_, text.data() + 16, text.size() - 16);
    at_ += text.size() - 16;
  }

 private:
  static constexpr std::size_t kMost = 128;  // flags and eleven numbers of ten bytes
  std::string& out_;
  std::size_t from_;
  char* at_;
};

// Reads what a Pen wrote.
std::uint64_t number(std::string_view& bytes) {
  std::uint64_t n = 0;
  std::size_t at = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    n |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  bytes.remove_prefix(at);
  return n;
}
std::int64_t difference(std::string_view& bytes) { return unzigzag(number(bytes)); }

std::uint32_t states_of(const Event& e) {
  const auto bits = [](auto state) { return static_cast<std::uint32_t>(state); };
  return bits(e.dialect) | bits(e.phase1) << 4 | bits(e.phase2) << 8 | bits(e.bgp) << 12 | bits(e.dpd_enabled) << 16 |
         bits(e.nat_t) << 20;
}

void set_states(Event& e, std::uint32_t states) {
  const auto part = [&](int shift) { return states >> shift & 0xFU; };
  e.dialect = static_cast<Dialect>(part(0));
  e.phase1 = static_cast<PhaseState>(part(4));
  e.phase2 = static_cast<PhaseState>(part(8));
  e.bgp = static_cast<BgpState>(part(12));
  e.dpd_enabled = static_cast<Answer>(part(16));
  e.nat_t = static_cast<Answer>(part(20));
}

}  // namespace

std::int64_t second_of(Time time) { return time >= 0 ? time / kSecond : (time - kSecond + 1) / kSecond; }

void Arrivals::encode(std::string& out, Last& last, const Arrival& a, std::string_view values) {
  const Event& e = a.event;
  const std::int64_t second = second_of(e.time);
  const Time fraction = e.time - second * kSecond;
  const std::uint32_t states = states_of(e);
  std::uint8_t flags = 0;
  if (e.place.line == last.line + 1 && a.position == last.position + 1) flags |= kNextLine;
  if (fraction != 0) flags |= kFraction;
  if (a.fine != e.time) flags |= kFine;
  if (states != last.states) flags |= kOtherStates;
  if (!a.settled) flags |= kUnsettled;
  if (a.route != 0) flags |= kRoute;
  Pen pen(out, values.size());
  pen.byte(flags);
  pen.difference(second - last.second);
  if ((flags & kNextLine) == 0) {
    pen.difference(static_cast<std::int64_t>(e.place.line - last.line));
    pen.difference(static_cast<std::int64_t>(a.position - last.position));
  }
  if (fraction != 0) pen.number(static_cast<std::uint64_t>(fraction));
  if (a.fine != e.time) pen.difference(a.fine - e.time);
  if (states != last.states) pen.number(states);
  if (a.route != 0) pen.number(a.route);
  pen.number(a.phrase);
  if (!a.settled) {
    pen.number(e.rule);
    pen.number(e.signal);
    pen.difference(e.number);
    pen.number(values.size());
  }
  pen.bytes(values);
  last = {second, e.place.line, a.position, states};
}

// False: there are no more. Adds the values behind `values`.
bool Arrivals::decode(std::string_view& bytes, Last& last, const Phrases& phrases, Arrival& a, std::string& values) {
  if (bytes.empty()) return false;
  Event& e = a.event;
  const auto flags = static_cast<std::uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  last.second += difference(bytes);
  if ((flags & kNextLine) != 0) {
    ++last.line;
    ++last.position;
  } else {
    last.line += static_cast<std::uint64_t>(difference(bytes));
    last.position += static_cast<std::uint64_t>(difference(bytes));
  }
  e.time = last.second * kSecond;
  if ((flags & kFraction) != 0) e.time += static_cast<Time>(number(bytes));
  a.fine = e.time;
  if ((flags & kFine) != 0) a.fine += difference(bytes);
  if ((flags & kOtherStates) != 0) last.states = static_cast<std::uint32_t>(number(bytes));
  set_states(e, last.states);
  a.route = (flags & kRoute) != 0 ? number(bytes) : 0;
  a.phrase = static_cast<PhraseIndex>(number(bytes));
  a.settled = (flags & kUnsettled) == 0;
  if (a.settled) {
    a.values_size = phrases.size_of_values(a.phrase);
    const Reading reading = phrases.settled(a.phrase, bytes.substr(0, a.values_size));
    e.rule = reading.meaning.rule;
    e.signal = reading.meaning.signal;
    e.number = reading.number;
  } else {
    e.rule = static_cast<RuleIndex>(number(bytes));
    e.signal = static_cast<SignalIndex>(number(bytes));
    e.number = difference(bytes);
    a.values_size = number(bytes);
  }
  a.values_from = values.size();
  values += bytes.substr(0, a.values_size);
  bytes.remove_prefix(a.values_size);
  e.place.line = last.line;
  a.position = last.position;
  return true;
}

void Arrivals::begin(std::uint32_t input, std::uint32_t book) {
  chunks_.emplace_back();
  chunks_.back().input = input;
  chunks_.back().book = book;
  last_ = {};
  open_ = true;
}

std::size_t Arrivals::add(const Arrival& a, std::string_view values, std::uint32_t book, const Phrases& phrases) {
  if (open_ && (chunks_.back().input != a.event.place.input || chunks_.back().bytes.size() >= kLargestChunk)) close(phrases);
  if (!open_) begin(a.event.place.input, book);
  Chunk& chunk = chunks_.back();
  const std::size_t before = chunk.bytes.size();
  const std::int64_t earlier = last_.second;
  encode(chunk.bytes, last_, a, values);
  if (chunk.count++ == 0) chunk.first = chunk.last = last_.second;
  else if (last_.second < earlier) chunk.in_order = false;
  chunk.first = std::min(chunk.first, last_.second);
  chunk.last = std::max(chunk.last, last_.second);
  const std::size_t added = chunk.bytes.size() - before;
  bytes_ += added;
  return added;
}

void Arrivals::close(const Phrases& phrases) {
  if (!open_) return;
  open_ = false;
  if (!chunks_.back().in_order) sort(chunks_.back(), phrases);
}

void Arrivals::sort(Chunk& chunk, const Phrases& phrases) {
  std::vector<Arrival> list(chunk.count);
  std::string values;
  Last last;
  std::string_view rest = chunk.bytes;
  for (Arrival& a : list) decode(rest, last, phrases, a, values);
  std::vector<std::pair<std::int64_t, std::uint32_t>> order(list.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = {second_of(list[i].event.time), i};
  std::sort(order.begin(), order.end());
  bytes_ -= chunk.bytes.size();
  chunk.bytes.clear();
  last = {};
  for (const auto& [second, i] : order) encode(chunk.bytes, last, list[i], list[i].values(values));
  chunk.in_order = true;
  bytes_ += chunk.bytes.size();
}

void Arrivals::spill(Overflow& overflow) {
  for (Chunk& chunk : chunks_) {
    if (chunk.spilled || chunk.bytes.empty()) continue;
    const auto offset = overflow.put(chunk.bytes);
    if (!offset) return;
    chunk.spilled = true;
    chunk.offset = *offset;
    chunk.size = chunk.bytes.size();
    bytes_ -= chunk.bytes.size();
    std::string().swap(chunk.bytes);
  }
}

void Arrivals::absorb(Arrivals&& other) {
  std::move(other.chunks_.begin(), other.chunks_.end(), std::back_inserter(chunks_));
  bytes_ += other.bytes_;
  other = Arrivals();
}

void Arrivals::set_book(std::uint32_t book) {
  for (Chunk& chunk : chunks_) chunk.book = book;
}

ArrivalReader::ArrivalReader(const Arrivals& arrivals, const std::vector<Book>& books, Overflow* overflow)
    : books_(books), overflow_(overflow) {
  for (const auto& chunk : arrivals.chunks_) waiting_.push_back(&chunk);
  std::stable_sort(waiting_.begin(), waiting_.end(), [](const auto* a, const auto* b) { return a->first > b->first; });
}

bool ArrivalReader::advance(Cursor& cursor) {
  cursor.head_values.clear();
  const Book& book = books_[cursor.chunk->book];
  if (!Arrivals::decode(cursor.rest, cursor.last, *book.phrases, cursor.head, cursor.head_values)) return false;
  cursor.head.event.place.input = cursor.chunk->input;
  cursor.head.phrase = book.numbers[cursor.head.phrase];
  return true;
}

// Opens the chunks that begin no later than what is open.
void ArrivalReader::activate() {
  if (waiting_.empty()) return;
  std::int64_t earliest = 0;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const std::int64_t second = second_of(active_[i].head.event.time);
    if (i == 0 || second < earliest) earliest = second;
  }
  while (!waiting_.empty() && (active_.empty() || waiting_.back()->first <= earliest)) {
    Cursor cursor;
    cursor.chunk = waiting_.back();
    waiting_.pop_back();
    if (active_.empty()) earliest = cursor.chunk->first;
    cursor.rest = cursor.chunk->bytes;
    if (cursor.chunk->spilled) {
      cursor.loaded = std::make_unique_for_overwrite<char[]>(cursor.chunk->size);
      overflow_->get(cursor.chunk->offset, cursor.loaded.get(), cursor.chunk->size);
      cursor.rest = {cursor.loaded.get(), cursor.chunk->size};
    }
    advance(cursor);
    active_.push_back(std::move(cursor));
  }
}

bool ArrivalReader::next(std::vector<Arrival>& second, std::string& values) {
  second.clear();
  values.clear();
  activate();
  if (active_.empty()) return false;
  std::int64_t earliest = second_of(active_[0].head.event.time);
  for (const Cursor& cursor : active_) earliest = std::min(earliest, second_of(cursor.head.event.time));
  for (std::size_t i = 0; i < active_.size();) {
    Cursor& cursor = active_[i];
    bool more = true;
    while (more && second_of(cursor.head.event.time) == earliest) {
      second.push_back(cursor.head);
      second.back().values_from = values.size();
      values += cursor.head_values;
      more = advance(cursor);
    }
    if (more) ++i;
    else active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return true;
}

}  // namespace tunnelscope::diag
