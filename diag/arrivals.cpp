// One record: a byte of flags, then only what differs from the record before it. Numbers are varints, differences
// zigzag. Records that differ in time and message only stand in blocks, column by column, which takes a fraction of the
// steps. Tested by diag_arrivals_test.cpp.
#include "diag/arrivals.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

#include "diag/bytes.hpp"

namespace tunnelscope::diag {
namespace {

enum : std::uint8_t {
  kNextLine = 1,      // line and position are one more
  kFraction = 2,      // the time has milliseconds
  kFine = 4,          // another time orders it within its second
  kOtherStates = 8,
  kUnsettled = 16,    // rule, signal and number are written out
  kRoute = 32,
  kBlock = 64,        // no record, but a block of them
};

std::uint64_t zigzag(std::int64_t n) { return static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63); }
std::int64_t unzigzag(std::uint64_t n) { return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1); }

constexpr std::size_t kMostWritten = 128;  // flags and eleven numbers of ten bytes

// Writes where there is room for kMostWritten bytes.
class Pen {
 public:
  explicit Pen(char* at) : at_(at) {}
  void byte(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  void number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) byte(static_cast<std::uint8_t>(n | 0x80));
    byte(static_cast<std::uint8_t>(n));
  }
  void difference(std::int64_t n) { number(zigzag(n)); }
  char* at() const { return at_; }

 private:
  char* at_;
};

// Reads what a Pen wrote.
class Eye {
 public:
  explicit Eye(const char* at) : at_(at) {}
  std::uint8_t byte() { return static_cast<std::uint8_t>(*at_++); }
  std::uint64_t number() {
    std::uint64_t n = byte();
    if (n < 0x80) return n;
    n &= 0x7F;
    for (int shift = 7;; shift += 7) {
      const std::uint64_t next = byte();
      n |= (next & 0x7F) << shift;
      if (next < 0x80) return n;
    }
  }
  std::int64_t difference() { return unzigzag(number()); }
  std::string_view bytes(std::size_t size) {
    at_ += size;
    return {at_ - size, size};
  }
  const char* at() const { return at_; }

 private:
  const char* at_;
};

// What states_of() made of them.
void set_states(Event& e, std::uint64_t states) {
  const auto part = [&](int byte) { return static_cast<std::uint8_t>(states >> 8 * byte); };
  e.dialect = static_cast<Dialect>(part(0));
  e.phase1 = static_cast<PhaseState>(part(1));
  e.phase2 = static_cast<PhaseState>(part(2));
  e.bgp = static_cast<BgpState>(part(3));
  e.dpd_enabled = static_cast<Answer>(part(4));
  e.nat_t = static_cast<Answer>(part(5));
}

// Flags, the number of records, how wide each column is; then the columns, one behind the other. Each record stands behind the one
// before in its input, and has its states.
class Block {
 public:
  explicit Block(const char* bytes) : bytes_(bytes) {}
  static constexpr std::size_t kMost = 64;  // records
  enum Column : std::size_t {
    kSecond,  // since the record before
    kFine,    // milliseconds from the record's time to what orders it within its second
    kPhrase,
    kValue,   // as packed
    kColumns
  };
  static constexpr std::size_t kHead = 2 + kColumns;  // bytes
  static constexpr std::size_t kMostBytes = kHead + kMost * (3 * sizeof(std::uint16_t) + sizeof(std::uint64_t));

  std::size_t count() const { return byte(1); }
  std::int64_t second(std::size_t i) const { return number(kSecond, i); }
  Time fine(std::size_t i) const { return static_cast<std::int16_t>(number(kFine, i)); }
  PhraseIndex phrase(std::size_t i) const { return number(kPhrase, i); }
  const char* value(std::size_t i) const { return at(kValue, i); }
  const char* end() const { return at(kValue, count()); }

 private:
  std::uint8_t byte(std::size_t i) const { return static_cast<std::uint8_t>(bytes_[i]); }
  std::size_t width(std::size_t column) const { return byte(2 + column); }
  const char* at(std::size_t column, std::size_t i) const {
    std::size_t before = 0;  // bytes of one record in the columns before
    for (std::size_t c = 0; c < column; ++c) before += width(c);
    return bytes_ + kHead + before * count() + width(column) * i;
  }
  std::uint16_t number(Column column, std::size_t i) const {
    std::uint16_t number = 0;
    std::memcpy(&number, at(column, i), width(column));
    return number;
  }
  const char* bytes_;
};

// Writes a block whose columns are as narrow as they can be. Numbers beyond `count` are not written.
class BlockPen {
 public:
  using Numbers = std::array<std::uint16_t, Block::kMost>;

  // Where there is room for Block::kMostBytes.
  BlockPen(char* at, std::size_t count) : head_(at), at_(at + Block::kHead), count_(count) {
    *head_++ = kBlock;
    *head_++ = static_cast<char>(count);
  }
  void wide(const Numbers& numbers) { put(numbers.data(), sizeof numbers[0]); }
  void narrow(const Numbers& numbers, std::uint16_t largest) {
    if (largest > std::numeric_limits<std::uint8_t>::max()) return wide(numbers);
    std::array<std::uint8_t, Block::kMost> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(numbers[i]);
    put(bytes.data(), 1);
  }
  void values(const std::array<std::uint64_t, Block::kMost>& values, std::size_t width) {
    *head_++ = static_cast<char>(width);
    for (std::size_t i = 0; i < count_; ++i, at_ += width) std::memcpy(at_, &values[i], sizeof values[i]);
  }
  const char* end() const { return at_; }

 private:
  void put(const void* numbers, std::size_t width) {
    *head_++ = static_cast<char>(width);
    std::memcpy(at_, numbers, width * count_);
    at_ += width * count_;
  }
  char *head_, *at_;
  std::size_t count_;
};

}  // namespace

Kind kind_of(const Event& event, PhraseIndex phrase, const Phrases& phrases) {
  Kind kind;
  kind.event = event;
  kind.phrase = phrase;
  kind.states = states_of(event);
  kind.value_size = static_cast<std::uint8_t>(phrases.size_of_values(phrase));
  kind.gives_value = phrases.gives_value(phrase);
  return kind;
}

void ByteBuffer::grow(std::size_t bytes) {
  const std::size_t capacity = std::max(size_ + bytes, 2 * capacity_);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

void ByteBuffer::free() {
  bytes_.reset();
  size_ = capacity_ = 0;
}

// Writes the first of adjacent records as a block. Returns how many: 0 when they do not follow the last record.
std::size_t Arrivals::append_block(Chunk& chunk, std::span<const KnownRecord> arrivals) {
  const KnownRecord& first = arrivals.front();
  const bool follows = first.line == last_.line + 1 && first.position == last_.position + 1 && first.second >= last_.second;
  constexpr std::int64_t kLargest = std::numeric_limits<std::uint16_t>::max();
  if (!follows || chunk.count == 0 || arrivals.back().second - last_.second > kLargest) return 0;
  BlockPen::Numbers seconds{}, fines{}, phrases{};
  std::array<std::uint64_t, Block::kMost> values;
  std::int64_t second = last_.second;
  std::uint16_t all_seconds = 0, all_phrases = 0;
  std::size_t width = 0, count = 0;
  for (const std::size_t most = std::min(arrivals.size(), Block::kMost); count < most; ++count) {
    const KnownRecord& a = arrivals[count];
    const Time fine = a.envelope_time == kNoTime ? 0 : a.envelope_time - a.time;
    if (a.kind->states != last_.states || fine != static_cast<std::int16_t>(fine) || a.kind->phrase > kLargest) break;
    all_seconds |= seconds[count] = static_cast<std::uint16_t>(a.second - second);
    all_phrases |= phrases[count] = static_cast<std::uint16_t>(a.kind->phrase);
    fines[count] = static_cast<std::uint16_t>(fine);
    values[count] = a.number;
    width = std::max<std::size_t>(width, a.kind->value_size);
    second = a.second;
  }
  if (count == 0) return 0;
  BlockPen pen(chunk.bytes.room(Block::kMostBytes), count);
  pen.narrow(seconds, all_seconds);
  pen.wide(fines);
  pen.narrow(phrases, all_phrases);
  pen.values(values, width);
  chunk.bytes.grown_to(pen.end());
  chunk.last = std::max(chunk.last, second);
  chunk.count += static_cast<std::uint32_t>(count);
  last_ = {second, arrivals[count - 1].line, arrivals[count - 1].position, last_.states, 0};
  return count;
}

void Arrivals::encode(ByteBuffer& out, Last& last, const Arrival& a) {
  const Event& e = a.event;
  const std::int64_t second = second_of(e.time);
  const Time fraction = e.time - second * kSecond;
  const std::uint64_t states = states_of(e);
  std::uint8_t flags = 0;
  if (e.place.line() == last.line + 1 && a.position == last.position + 1) flags |= kNextLine;
  if (fraction != 0) flags |= kFraction;
  if (a.fine != e.time) flags |= kFine;
  if (states != last.states) flags |= kOtherStates;
  if (!a.settled) flags |= kUnsettled;
  if (a.route != 0) flags |= kRoute;
  Pen pen(out.room(kMostWritten + a.values.size()));
  pen.byte(flags);
  pen.difference(second - last.second);
  if ((flags & kNextLine) == 0) {
    pen.difference(static_cast<std::int64_t>(e.place.line() - last.line));
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
    pen.number(a.values.size());
  }
  copy_short(pen.at(), a.values);
  out.grown_to(pen.at() + a.values.size());
  last = {second, e.place.line(), a.position, states, 0};
}

std::int64_t Arrivals::second_after(const char* bytes, const Last& last) {
  return last.second + (*bytes == kBlock ? Block(bytes).second(last.of_block) : Eye(bytes + 1).difference());
}

const char* Arrivals::decode_block(const char* bytes, Last& last, const Phrases& phrases, Arrival& a) {
  const Block block(bytes);
  const std::size_t i = last.of_block;
  last.second += block.second(i);
  ++last.line;
  ++last.position;
  last.of_block = i + 1 == block.count() ? 0 : last.of_block + 1;
  a.event.time = last.second * kSecond;
  a.fine = a.event.time + block.fine(i);
  a.route = 0;
  a.phrase = block.phrase(i);
  a.settled = true;
  a.values = {block.value(i), phrases.size_of_values(a.phrase)};
  return last.of_block == 0 ? block.end() : bytes;
}

const char* Arrivals::decode_one(const char* bytes, Last& last, const Phrases& phrases, Arrival& a) {
  Eye eye(bytes);
  Event& e = a.event;
  const std::uint8_t flags = eye.byte();
  last.second += eye.difference();
  if ((flags & kNextLine) != 0) {
    ++last.line;
    ++last.position;
  } else {
    last.line += static_cast<std::uint64_t>(eye.difference());
    last.position += static_cast<std::uint64_t>(eye.difference());
  }
  e.time = last.second * kSecond;
  if ((flags & kFraction) != 0) e.time += static_cast<Time>(eye.number());
  a.fine = e.time;
  if ((flags & kFine) != 0) a.fine += eye.difference();
  if ((flags & kOtherStates) != 0) last.states = eye.number();
  a.route = (flags & kRoute) != 0 ? eye.number() : 0;
  a.phrase = static_cast<PhraseIndex>(eye.number());
  a.settled = (flags & kUnsettled) == 0;
  if (a.settled) {
    a.values = eye.bytes(phrases.size_of_values(a.phrase));
  } else {
    e.rule = static_cast<RuleIndex>(eye.number());
    e.signal = static_cast<SignalIndex>(eye.number());
    e.number = eye.difference();
    a.values = eye.bytes(eye.number());
  }
  return eye.at();
}

const char* Arrivals::decode(const char* bytes, Last& last, std::uint32_t input, const Phrases& phrases, Arrival& a) {
  const char* const next = *bytes == kBlock ? decode_block(bytes, last, phrases, a) : decode_one(bytes, last, phrases, a);
  Event& e = a.event;
  set_states(e, last.states);
  if (a.settled) {
    const Reading reading = phrases.settled(a.phrase, a.values);
    e.rule = reading.meaning.rule;
    e.signal = reading.meaning.signal;
    e.number = reading.number;
  }
  e.place = Place{input, last.line};
  a.position = last.position;
  return next;
}

// The open chunk, if it is this input's and has room; else a new one. Where one has been filled, the next is likely to be: it gets
// its room at once and need not be copied while it grows.
Arrivals::Chunk& Arrivals::chunk_for(std::uint32_t input, std::uint32_t book) {
  constexpr std::size_t kBatch = 2048;  // bytes that records may be written into together
  const bool goes_on = open_ && chunks_.back().input == input;
  if (goes_on && chunks_.back().bytes.size() < kLargestChunk) return chunks_.back();
  chunks_.emplace_back();
  if (goes_on) chunks_.back().bytes.room(kLargestChunk + kBatch);
  chunks_.back().input = input;
  chunks_.back().book = book;
  last_ = {};
  open_ = true;
  return chunks_.back();
}

void Arrivals::append(Chunk& chunk, const Arrival& a) {
  const std::int64_t earlier = last_.second;
  encode(chunk.bytes, last_, a);
  if (chunk.count++ == 0) {
    chunk.first = chunk.last = last_.second;
  } else {
    if (last_.second < earlier) chunk.in_order = false;
    chunk.first = std::min(chunk.first, last_.second);
    chunk.last = std::max(chunk.last, last_.second);
  }
}

std::size_t Arrivals::add(const Arrival& a, std::uint32_t book) {
  Chunk& chunk = chunk_for(a.event.place.input(), book);
  const std::size_t before = chunk.bytes.size();
  append(chunk, a);
  const std::size_t added = chunk.bytes.size() - before;
  bytes_ += added;
  return added;
}

// The first of a chunk, and of records that state something else, stands alone.
std::size_t Arrivals::add(const KnownRecords& arrivals, std::uint32_t book) {
  std::size_t added = 0;
  for (std::span<const KnownRecord> rest = arrivals.list; !rest.empty();) {
    Chunk& chunk = chunk_for(rest.front().input, book);
    const std::size_t before = chunk.bytes.size();
    std::size_t done = arrivals.adjacent ? append_block(chunk, rest) : 0;
    if (done == 0) append(chunk, arrival_of(rest[done++]));
    added += chunk.bytes.size() - before;
    rest = rest.subspan(done);
  }
  bytes_ += added;
  return added;
}

// The chunk's records, which stand in `bytes`, in order of seconds.
ByteBuffer Arrivals::sorted(const Chunk& chunk, std::string_view bytes, const Phrases& phrases) {
  std::vector<Arrival> list(chunk.count);
  std::vector<Numbered<std::uint64_t>> order(list.size());  // seconds from the first on
  Last last;
  const char* at = bytes.data();
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    at = decode(at, last, chunk.input, phrases, list[i]);
    order[i] = {static_cast<std::uint64_t>(last.second - chunk.first), i};
  }
  sort_numbered(order, static_cast<std::uint64_t>(chunk.last - chunk.first));
  last = {};
  ByteBuffer in_order;
  for (const auto& [second, i] : order) encode(in_order, last, list[i]);
  return in_order;
}

void Arrivals::spill(Overflow& overflow) {
  for (Chunk& chunk : chunks_) {
    if (chunk.spilled || chunk.bytes.size() == 0) continue;
    const auto offset = overflow.put(chunk.bytes.view());
    if (!offset) return;
    chunk.spilled = true;
    chunk.offset = *offset;
    chunk.size = chunk.bytes.size();
    bytes_ -= chunk.bytes.size();
    chunk.bytes.free();
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
  constexpr std::size_t kFewRecords = std::size_t{1} << 15, kFewBytes = std::size_t{1} << 20;
  std::size_t records = 0, bytes = 0;
  for (const auto& chunk : arrivals.chunks_) {
    waiting_.push_back(&chunk);
    records += chunk.count;
    bytes += chunk.spilled ? chunk.size : chunk.bytes.size();
  }
  if (records <= kFewRecords && bytes <= kFewBytes) take_together();
  std::stable_sort(waiting_.begin(), waiting_.end(), [](const auto* a, const auto* b) { return a->first > b->first; });
}

ArrivalReader::Cursor ArrivalReader::opened(const Arrivals::Chunk& chunk) const {
  Cursor cursor;
  cursor.chunk = &chunk;
  cursor.book = &books_[chunk.book];
  std::string_view bytes = chunk.bytes.view();
  if (chunk.spilled) {
    char* const room = cursor.loaded.room(chunk.size);
    overflow_->get(chunk.offset, room, chunk.size);
    cursor.loaded.grown_to(room + chunk.size);
    bytes = cursor.loaded.view();
  }
  cursor.at = bytes.data();
  cursor.end = bytes.data() + bytes.size();
  return cursor;
}

// Opens the chunks that begin no later than what is open.
void ArrivalReader::activate() {
  while (!waiting_.empty() && (active_.empty() || waiting_.back()->first <= active_.front().second)) {
    Cursor cursor = opened(*waiting_.back());
    waiting_.pop_back();
    if (!cursor.chunk->in_order) {
      const std::string_view unsorted(cursor.at, static_cast<std::size_t>(cursor.end - cursor.at));
      cursor.loaded = Arrivals::sorted(*cursor.chunk, unsorted, *cursor.book->phrases);
      cursor.at = cursor.loaded.view().data();
      cursor.end = cursor.at + cursor.loaded.size();
    }
    cursor.second = Arrivals::second_after(cursor.at, cursor.last);
    active_.push_back(std::move(cursor));
    std::push_heap(active_.begin(), active_.end(), later);
  }
}

void ArrivalReader::take(Cursor& cursor, Arrival& arrival) {
  cursor.at = Arrivals::decode(cursor.at, cursor.last, cursor.chunk->input, *cursor.book->phrases, arrival);
  arrival.phrase = cursor.book->numbers[arrival.phrase];
}

// All records of the cursor's second.
void ArrivalReader::take_second(Cursor& cursor, std::vector<Arrival>& second) {
  const std::int64_t wanted = cursor.second;
  do {
    take(cursor, second.emplace_back());
    if (cursor.at == cursor.end) return;
    cursor.second = Arrivals::second_after(cursor.at, cursor.last);
  } while (cursor.second == wanted);
}

void ArrivalReader::take_together() {
  std::int64_t first = 0, last = 0;
  for (const Arrivals::Chunk* chunk : waiting_) {
    const bool is_first = together_.empty();
    first = is_first ? chunk->first : std::min(first, chunk->first);
    last = is_first ? chunk->last : std::max(last, chunk->last);
    for (Cursor& cursor = read_.emplace_back(opened(*chunk)); cursor.at != cursor.end;) take(cursor, together_.emplace_back());
  }
  waiting_.clear();
  order_.resize(together_.size());
  for (std::size_t i = 0; i < order_.size(); ++i)
    order_[i] = {static_cast<std::uint64_t>(second_of(together_[i].event.time) - first), static_cast<std::uint32_t>(i)};
  sort_numbered(order_, static_cast<std::uint64_t>(last - first));
}

bool ArrivalReader::next(std::vector<Arrival>& second) {
  second.clear();
  return together_.empty() ? next_merged(second) : next_together(second);
}

bool ArrivalReader::next_together(std::vector<Arrival>& second) {
  if (next_ == order_.size()) return false;
  const std::uint64_t number = order_[next_].number;
  for (; next_ < order_.size() && order_[next_].number == number; ++next_) second.push_back(together_[order_[next_].place]);
  return true;
}

bool ArrivalReader::next_merged(std::vector<Arrival>& second) {
  read_.clear();
  activate();
  if (active_.empty()) return false;
  const std::int64_t earliest = active_.front().second;
  while (!active_.empty() && active_.front().second == earliest) {
    if (active_.size() > 1) std::pop_heap(active_.begin(), active_.end(), later);
    Cursor& cursor = active_.back();
    take_second(cursor, second);
    if (cursor.at == cursor.end) {
      read_.push_back(std::move(cursor));
      active_.pop_back();
    } else if (active_.size() > 1) {
      std::push_heap(active_.begin(), active_.end(), later);
    }
  }
  return true;
}

}  // namespace tunnelscope::diag
