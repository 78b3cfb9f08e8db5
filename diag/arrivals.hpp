// The records of one tunnel as they arrive, in a dozen bytes each, until all inputs have been read.
// In: events in any order. Out: the same, second by second.
// Records stand in chunks. Each chunk belongs to one input and is in order of seconds when it is read; chunks that
// overlap in time are merged. Closed chunks may lie in an Overflow.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diag/event.hpp"
#include "diag/overflow.hpp"
#include "diag/phrases.hpp"

namespace tunnelscope::diag {

// A record on its way to its place in a log.
struct Arrival {
  Event event;                  // without what the log adds: text, shape, what was folded
  Time fine = kNoTime;          // order within one second: own sub-second time, else the envelope's time
  std::uint64_t position = 0;   // order within its input
  std::uint64_t identity = 0;   // equal for records that are the same record; second.cpp sets it
  std::uint64_t route = 0;      // hash of what else makes the record the same record; 0: nothing
  PhraseIndex phrase = kWholeText;
  std::size_t values_from = 0, values_size = 0;  // into the buffer beside it
  bool settled = false;

  std::string_view values(std::string_view buffer) const { return buffer.substr(values_from, values_size); }
};

std::int64_t second_of(Time time);

class Arrivals {
 public:
  static constexpr std::size_t kLargestChunk = std::size_t{1} << 16;  // bytes; a single record may be larger

  // Returns how many bytes it added. `book`: whose phrase numbers these are.
  std::size_t add(const Arrival& arrival, std::string_view values, std::uint32_t book, const Phrases& phrases);

  void close(const Phrases& phrases);  // the open chunk; call before spill() and merging
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
    std::string bytes;                   // in memory
  };
  // What the next record of a chunk is told apart from.
  struct Last {
    std::int64_t second = 0;
    std::uint64_t line = 0, position = 0;
    std::uint32_t states = 0;
  };
  static void encode(std::string& out, Last& last, const Arrival& arrival, std::string_view values);
  static bool decode(std::string_view& bytes, Last& last, const Phrases& phrases, Arrival& arrival, std::string& values);
  void begin(std::uint32_t input, std::uint32_t book);
  void sort(Chunk& chunk, const Phrases& phrases);

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

  // The records of the next second with their values, phrases in common numbers; within it by chunk, then as they
  // arrived. False: there are no more.
  bool next(std::vector<Arrival>& second, std::string& values);

 private:
  struct Cursor {
    const Arrivals::Chunk* chunk = nullptr;
    std::unique_ptr<char[]> loaded;  // what was spilled
    std::string_view rest;
    Arrivals::Last last;
    Arrival head;
    std::string head_values;
  };
  bool advance(Cursor& cursor);
  void activate();

  const std::vector<Book>& books_;
  Overflow* overflow_;
  std::vector<const Arrivals::Chunk*> waiting_;  // latest first
  std::vector<Cursor> active_;
};

}  // namespace tunnelscope::diag
