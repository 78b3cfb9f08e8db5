// The records of one tunnel as they arrive, in a dozen bytes each, until all inputs have been read.
// In: events in any order. Out: the same, second by second.
// Records stand in chunks. Each chunk belongs to one input. They are put in order when they are read: few all together; of many
// each chunk, and chunks that overlap in time are merged. Closed chunks may lie in an Overflow.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/event.hpp"
#include "diag/overflow.hpp"
#include "diag/phrases.hpp"
#include "diag/radix.hpp"

namespace tunnelscope::diag {

// A record on its way to its place in a log.
struct Arrival {
  Event event;                  // without what the log adds: text, shape, what was folded
  Time fine = kNoTime;          // order within one second: own sub-second time, else the envelope's time
  std::uint64_t position = 0;   // order within its input
  std::uint64_t identity = 0;   // equal for records that are the same record; second.cpp sets it
  std::uint64_t route = 0;      // hash of what else makes the record the same record; 0: nothing
  std::string_view values;      // of the phrase, packed
  PhraseIndex phrase = kWholeText;
  bool settled = false;
};

// Settled records that differ in their time, their place and one number at most, and in nothing else.
struct Kind {
  Event event;                   // without these
  PhraseIndex phrase = kWholeText;
  std::uint64_t states = 0;      // states_of(event)
  std::uint8_t value_size = 0;   // of the packed number
  bool gives_value = false;      // the number is the event's
  // What a fold makes of all of them: FoldRules::describe.
  bool passes = false;           // they may continue a run
  bool requests_child = false;
  std::uint8_t marks = 0;        // as far as that does not depend on other records
  std::int8_t replaces = -1;
  std::int8_t weight = 0;        // towards IKEv2 when it is positive
  IkeVersion version = IkeVersion::Unknown;
};

// A kind of these: `event` without number, time and place.
Kind kind_of(const Event& event, PhraseIndex phrase, const Phrases& phrases);

// Of a record of a kind.
inline Event event_of(const KnownRecord& record) {
  Event event = record.kind->event;
  event.time = record.time;
  event.place = Place{record.input, record.line};
  if (record.kind->gives_value) event.number = static_cast<std::int64_t>(record.number);
  return event;
}
inline std::string_view values_of(const KnownRecord& record) {  // they are the record's own
  return {reinterpret_cast<const char*>(&record.number), record.kind->value_size};
}
inline Time fine_time(Time time, Time envelope_time) { return time % kSecond != 0 || envelope_time == kNoTime ? time : envelope_time; }
inline Arrival arrival_of(const KnownRecord& r) {
  return {event_of(r), fine_time(r.time, r.envelope_time), r.position, 0, 0, values_of(r), r.kind->phrase, true};
}

// Some of one input, one position after the other, and what is known of all of them so that nobody need look again.
struct KnownRecords {
  std::span<const KnownRecord> list;
  bool apart = false;     // each in a later second than the one before
  bool adjacent = false;  // on whole seconds that never fall, and in lines one after the other
};

// Bytes that grow at their end. A string would fill what is about to be written.
class ByteBuffer {
 public:
  // Room for so many bytes more, to be written at the returned place; grown_to() says how far they were.
  char* room(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
    return bytes_.get() + size_;
  }
  void grown_to(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }
  std::string_view view() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }
  void free();

 private:
  void grow(std::size_t bytes);
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0, capacity_ = 0;
};

// All states that a record states, with its dialect, in one word.
// A byte each, in the order in which they stand in an Event: that is two loads.
inline std::uint64_t states_of(const Event& e) {
  const auto bits = [](auto state) { return static_cast<std::uint32_t>(state); };
  const std::uint32_t first = bits(e.dialect) | bits(e.phase1) << 8 | bits(e.phase2) << 16 | bits(e.bgp) << 24;
  return first | static_cast<std::uint64_t>(bits(e.dpd_enabled) | bits(e.nat_t) << 8) << 32;
}

class Arrivals {
 public:
  static constexpr std::size_t kLargestChunk = std::size_t{1} << 14;  // bytes; a single record may be larger

  // Returns how many bytes it added. `book`: whose phrase numbers these are.
  std::size_t add(const Arrival& arrival, std::uint32_t book);
  std::size_t add(const KnownRecords& arrivals, std::uint32_t book);

  void close() { open_ = false; }      // the open chunk; call before spill() and merging
  void spill(Overflow& overflow);      // moves what is in memory out, as long as there is room
  std::size_t bytes() const { return bytes_; }  // in memory
  void absorb(Arrivals&& other);
  void set_book(std::uint32_t book);  // whose phrase numbers all chunks have

 private:
  friend class ArrivalReader;
  struct Chunk {
    std::uint32_t input = 0, book = 0, count = 0;
    std::int64_t first = 0, last = 0;  // seconds
    bool in_order = true;
    bool spilled = false;
    std::uint64_t offset = 0, size = 0;  // in the overflow
    ByteBuffer bytes;                    // in memory
  };
  // What the next record of a chunk is told apart from.
  struct Last {
    std::int64_t second = 0;
    std::uint64_t line = 0, position = 0;
    std::uint64_t states = 0;
    std::uint32_t of_block = 0;  // so many records have been read of the block that is being read
  };
  static void encode(ByteBuffer& out, Last& last, const Arrival& arrival);
  std::size_t append_block(Chunk& chunk, std::span<const KnownRecord> arrivals);
  // Returns where the next record is to be read: the block, as long as it has more. The arrival's values point into `bytes`.
  static const char* decode(const char* bytes, Last& last, std::uint32_t input, const Phrases& phrases, Arrival& arrival);
  static const char* decode_one(const char* bytes, Last& last, const Phrases& phrases, Arrival& arrival);
  static const char* decode_block(const char* bytes, Last& last, const Phrases& phrases, Arrival& arrival);
  static std::int64_t second_after(const char* bytes, const Last& last);
  Chunk& chunk_for(std::uint32_t input, std::uint32_t book);
  void append(Chunk& chunk, const Arrival& arrival);
  static ByteBuffer sorted(const Chunk& chunk, std::string_view bytes, const Phrases& phrases);

  std::vector<Chunk> chunks_;
  bool open_ = false;
  Last last_;
  std::size_t bytes_ = 0;
};

// What chunks of several books have in common.
struct Book {
  const Phrases* phrases;
  std::vector<PhraseIndex> numbers;  // in the common list
};

// Reads closed Arrivals second by second. They and the books must outlive it.
class ArrivalReader {
 public:
  ArrivalReader(const Arrivals& arrivals, const std::vector<Book>& books, Overflow* overflow);

  // The records of the next second, phrases in common numbers; within it in no order but that of each chunk. Their values
  // are valid until the next call. False: there are no more.
  bool next(std::vector<Arrival>& second);

 private:
  struct Cursor {
    const Arrivals::Chunk* chunk = nullptr;
    const Book* book = nullptr;
    ByteBuffer loaded;  // what was spilled or had to be sorted
    const char *at = nullptr, *end = nullptr;
    Arrivals::Last last;
    std::int64_t second = 0;  // of the record at `at`
  };
  static bool later(const Cursor& a, const Cursor& b) { return a.second > b.second; }
  Cursor opened(const Arrivals::Chunk& chunk) const;
  void activate();
  static void take(Cursor& cursor, Arrival& arrival);
  static void take_second(Cursor& cursor, std::vector<Arrival>& second);
  void take_together();
  bool next_merged(std::vector<Arrival>& second);
  bool next_together(std::vector<Arrival>& second);

  const std::vector<Book>& books_;
  Overflow* overflow_;
  // Few records: all of them, in the order of order_ from next_ on.
  std::vector<Arrival> together_;
  std::vector<Numbered<std::uint64_t>> order_;  // seconds from the first on
  std::size_t next_ = 0;
  // Many: by chunks.
  std::vector<const Arrivals::Chunk*> waiting_;  // latest first
  std::vector<Cursor> active_;  // a heap, the earliest in front
  std::vector<Cursor> read_;    // at their ends; the values of the last second may be theirs
};

}  // namespace tunnelscope::diag
