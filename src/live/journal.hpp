// The text of the last hours, which a watch diagnoses again and again. In: lines as sources give them. Out: open inputs for the reader, one
// for each file they came from. Bounded by age and by bytes: what is beyond goes, the oldest records first. Kept in a database, where a restart finds it.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diag/time.hpp"
#include "src/input/reader.hpp"
#include "src/live/database.hpp"
#include "src/live/sources/source.hpp"

namespace tunnelscope::live {

struct JournalLimits {
  diag::Duration horizon = diag::kDay;
  std::uint64_t most_bytes = std::uint64_t{64} << 20;  // packed, as they are in memory and in the database
};

class Journal {
 public:
  Journal(Database& database, JournalLimits limits) : database_(database), limits_(limits) {}

  // Makes the table, or loads what it holds. Inside a transaction.
  void load();

  // Everything below happens in memory at once, and in the database with the next save().
  void begin_file(const std::string& source, const Lines& lines);  // before the first append of lines; does nothing unless they say so
  // `text`: whole lines, the first of that number. `newest`: the latest time of their records, kNoTime when they have none.
  void append(const std::string& source, std::string_view text, std::uint64_t first_line, diag::Time newest, std::uint64_t records);
  // Gives the number of records that went for want of room; what is older than the horizon goes without being counted.
  std::uint64_t trim(diag::Time now);
  void forget(const std::string& source);  // all of it
  void save();   // inside a transaction; again when that failed
  void saved();  // it was committed

  // Of all sources but `without`. Valid until the next append or trim.
  std::vector<input::OpenInput> inputs(const std::vector<std::string>& without = {}) const;
  std::vector<std::string> sources() const;  // of which there is something
  // The line, with its end, that heads the table which the source's present file is; empty: it is none.
  std::string header_of(const std::string& source) const;

 private:
  struct Piece {
    std::int64_t id = 0;
    std::string source;
    std::uint64_t first_line = 1;
    std::uint64_t records = 0;
    diag::Time newest = diag::kNoTime;
    bool new_file = false, packed = false, saved = false;
    std::string text;  // packed: one gzip member
    bool gone = false;
  };
  // Of one source and file, in the order of arrival, without a gap.
  struct Run {
    std::vector<const Piece*> pieces;
    const std::string* header = nullptr;
  };

  // The pieces of one source, the first of which may go.
  struct Queue {
    std::vector<Piece*> pieces;
    std::ptrdiff_t next = 0;
    bool empty() const { return next == std::ssize(pieces); }
    const Piece& first() const { return *pieces[static_cast<std::size_t>(next)]; }
    diag::Time age() const;  // of the first's records; of those that follow, when it has none; kNoTime: nor have those
  };

  std::vector<Queue> queues();
  void drop(Queue& queue);
  Piece* open_piece(const std::string& source);
  void pack(Piece& piece);
  std::vector<Run> runs() const;

  Database& database_;
  JournalLimits limits_;
  std::deque<Piece> pieces_;  // in the order of arrival
  std::vector<std::int64_t> dropped_;  // not yet from the database
  std::vector<std::string> new_files_;  // sources whose next lines are of another file
  std::vector<std::pair<std::string, std::string>> headers_;  // of sources whose file begins with a table's header: its line
  std::int64_t next_id_ = 1;
  std::uint64_t bytes_ = 0;
};

// Puts lines into a journal part by part.
class JournalWriter {
 public:
  JournalWriter(Journal& journal, const std::string& source, const Lines& lines)
      : journal_(journal), source_(source), lines_(lines), line_(lines.first_line) {}
  void saw(diag::Time time) {  // a record of the part that is not yet there
    newest_ = std::max(newest_, time);
    ++records_;
  }
  void up_to(std::uint64_t line);  // what stands before that line
  void rest() { append(lines_.text.size()); }

 private:
  void append(std::size_t end);

  Journal& journal_;
  const std::string& source_;
  const Lines& lines_;
  std::size_t from_ = 0;    // of what is not yet there
  std::uint64_t line_;
  diag::Time newest_ = diag::kNoTime;
  std::uint64_t records_ = 0;
};

}  // namespace tunnelscope::live
