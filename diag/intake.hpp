// The door from reading to diagnosing: src/input/ pushes records and oddities in, diagnose() takes the logs out.
// In: TunnelRecords and SessionRecords with their places, in any order. Out: coverage, per tunnel its events in time
// order, unique, and the events of all session systems likewise.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/chunked.hpp"
#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/overflow.hpp"
#include "diag/record.hpp"

namespace tunnelscope::diag {

struct SessionEvent;
class SessionNames;
class TextPool;

// Something counted, with the first place at which it was seen.
struct Tally {
  std::string what;   // a reason or a shape
  std::uint64_t count = 0;
  Place first;
};

struct InputSummary {
  std::string path;                   // as given on the command line or found in a folder; "-" is standard input
  std::string container;              // name of the row in src/input/containers, empty when nothing was recognised
  std::vector<std::string> dialects;  // in the order of the Dialect table
  std::uint64_t records = 0;
  std::uint64_t skipped = 0;
  bool newest_first = false;          // its records stood newest first and were turned round
};

struct Coverage {
  std::uint64_t records = 0, recognised = 0, unrecognised = 0, skipped = 0, duplicates = 0;
  std::uint64_t limit_hits = 0;                // lines on which a pattern ran into its match limit (unrecognised)
  std::vector<Tally> skipped_by_reason;        // most frequent first, then by name
  std::vector<Tally> unrecognised_shapes;      // the same
  std::vector<Tally> notes_by_reason;          // records used although a field was unreadable
};

struct IntakeOptions {
  // Tools that look at every record ask for all; a diagnosis needs what diag/fold.hpp keeps.
  bool keep_everything = true;
  Overflow* overflow = nullptr;  // where records wait when there are many; must outlive the Intake
};

class Intake {
 public:
  // `classifier` must outlive the Intake.
  explicit Intake(const Classifier& classifier, IntakeOptions options = {});
  ~Intake();
  Intake(Intake&&) noexcept;

  // Starts an input; everything until the next begin_input belongs to it. `number` is the input's for Place: inputs
  // that several Intakes read for one report are numbered in common, each read by one of them, in rising order.
  void begin_input(std::string_view path, std::uint32_t number);
  void begin_input(std::string_view path);  // the next number
  void container(std::string_view name);  // of the current input

  // The length of the message that begins at `text` and ends before `end`, when it is of a kind met lately; else 0. The
  // next record, if it has this very message, is then taken faster.
  std::size_t recognise(Dialect dialect, std::string_view text, char end);

  // Of a record whose message recognise() has just found: its kind, for any input; none: such records have no kind.
  std::optional<RecordKind> kind_of(const TunnelRecord& record);
  // The tunnel that records of this dialect and identity belong to, in the current input.
  std::uint32_t tunnel_of(Dialect dialect, std::string_view connection, std::string_view outside_ip, std::string_view stream);
  // Records of that tunnel, as they stand in the current input.
  void records(std::uint32_t tunnel, std::span<KnownRecord> records);

  // Copies what it keeps: views need not outlive the call.
  void record(const TunnelRecord& record, std::uint64_t line);
  void session(const SessionRecord& record, std::uint64_t line);
  // False: no more SessionRecord::fields are kept, and nobody need put them together.
  bool wants_fields() const;

  // What an input says about its own completeness.
  void caveat(Caveat caveat);
  // Rows [offset, offset + rows) of `total`: a report needs all pages. Only Pangolin's API pages say this.
  void page(System system, std::uint64_t offset, std::uint64_t rows, std::uint64_t total);
  // A time near which times without a year lie, for inputs that have none of their own (a file's modification).
  void year_hint(Time time);

  // A record (or what should have been one) that could not be used: counted, nothing else lost.
  void skip(std::string_view reason, std::uint64_t line);

  // A record that is used although a field of it could not be read.
  void note(std::string_view reason, std::uint64_t line);

  // So many empty ones with the same classifier and options, each for another thread. All share the memory that records take.
  std::vector<Intake> others(unsigned count);
  // Joins what another Intake has read from other inputs. The result is the same as if this one had read them.
  void absorb(Intake&& other);

  // Ends reading, on so many threads. Call once; then the accessors hold.
  void finish(unsigned threads = 1);

  const std::vector<InputSummary>& inputs() const;  // sorted by path
  const std::vector<std::string>& paths() const;    // of inputs as Place numbers them
  const Coverage& coverage() const;
  const std::vector<TunnelLog>& tunnels() const;  // sorted by id
  const Chunked<SessionEvent>& sessions() const;  // in order of time, duplicates removed, years filled in
  const SessionNames& session_names() const;      // whom and what they name, and what they say of ends
  const std::vector<Caveat>& caveats() const;         // sorted, each once
  std::string message(const TunnelLog& log, const Event& event) const;
  const TextPool& texts() const;  // of sessions
  std::string at(Place place) const;              // "path:line"

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tunnelscope::diag
