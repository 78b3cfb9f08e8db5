// The session part of an Intake: what records of user sessions become, in order and each once.
// In: SessionRecords with their places, in any order; what inputs say of their completeness; in the end what became
// known of each input. Out: SessionEvents in order of time, duplicates removed, years filled in; caveats.
// Texts go into the TextPool of the Intake, which is given along.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diag/chunked.hpp"
#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/known_texts.hpp"
#include "diag/record.hpp"
#include "diag/session_event.hpp"
#include "diag/text_pool.hpp"
#include "diag/waiting_ids.hpp"

namespace tunnelscope::diag {

// What the order of sessions depends on, of one input as numbered by Place, when reading has ended.
struct InputFacts {
  std::string_view path;
  Time latest = kNoTime;     // of records that state a year
  Time year_hint = kNoTime;  // a time near which times without a year lie
};

class SessionIntake {
 public:
  explicit SessionIntake(const Classifier& classifier) : classifier_(classifier) {}

  // Classifies a record and keeps it. The outcome tells whether a pattern ran into its limit.
  rules::Outcome add(const SessionRecord& record, Place place, TextPool& texts);
  // No more is read into this pool: call it before another one absorbs this one.
  void end_reading(TextPool& texts);
  // Whether the documented fields of the next record would be kept: else nobody need put them together.
  bool wants_fields() const { return !fields_end_; }

  void caveat(Caveat caveat) { caveat_set_.insert(std::move(caveat)); }
  void page(System system, std::uint64_t offset, std::uint64_t rows, std::uint64_t total);

  // Joins what another one has taken from later inputs, as if this one had taken it itself: its inputs are numbered from
  // `first_input` on, `texts` takes its texts over into this one's pool.
  void absorb(SessionIntake&& later, std::uint32_t first_input, TextMap& texts);

  struct Finished {
    std::uint64_t duplicates = 0;
    std::vector<Place> without_year;  // of records dropped because nothing tells their year
  };
  // Ends taking in. Call once; then the accessors hold.
  Finished finish(const std::vector<InputFacts>& inputs, TextPool& texts);

  const Chunked<SessionEvent>& events() const { return events_; }
  const SessionNames& names() const { return names_; }
  const std::vector<Caveat>& caveats() const { return caveats_; }  // sorted, each once

 private:
  // A text of a field. Most say what they said last, and others what some field said a while ago.
  struct Last {
    std::string_view text;  // in the pool
    std::uint32_t index = 0;
  };
  static constexpr std::size_t kRecent = 4096;
  // Meanings of recent messages: the same text of a dialect always means the same.
  struct Meaning {
    std::uint32_t text = 0;  // 0: none yet
    Dialect dialect{};
    Classified classified;
  };
  static constexpr std::size_t kMeanings = 1024;

  // Pages of one listing: which rows of it were seen.
  struct Listing {
    std::map<std::uint64_t, std::uint64_t> rows;  // first row -> behind the last
    bool complete(std::uint64_t total) const;
    std::uint64_t count() const;
  };

  static std::size_t place_of(std::string_view text);
  const Last& kept(std::string_view text, TextPool& texts);
  // What is done when the number of an event's id is known.
  auto give_id() {
    return [this](std::size_t event, std::uint32_t id) { events_.writable(event).id = id; };
  }
  std::uint32_t party_of(const SessionRecord& record, TextPool& texts);
  std::uint32_t route_of(const SessionRecord& record, TextPool& texts);
  std::uint32_t message_of(const SessionRecord& record, TextPool& texts);
  const Classified& meaning_of(Dialect dialect, std::uint32_t index, std::string_view text);
  std::uint32_t keep_fields(std::string_view fields, std::uint32_t input, TextPool& texts);
  struct NameNumbers {
    std::vector<std::uint32_t> parties, routes;
  };
  NameNumbers take_over(const SessionNames& names, TextMap& texts);
  void share_fields(std::size_t own, TextMap& texts);
  std::vector<Place> fill_in_years(const std::vector<InputFacts>& inputs);
  std::uint64_t order(const std::vector<InputFacts>& inputs, const TextPool& texts);
  void judge_listings();

  const Classifier& classifier_;
  Chunked<SessionEvent> events_;
  std::vector<Time> times_as_said_;    // of the events, before years were filled in; none where all state theirs
  SessionNames names_;
  // Of the last record.
  std::array<Last, 8> route_texts_;
  Last message_;
  std::uint32_t route_ = 0;
  WaitingIds ids_;
  std::vector<Last> recent_ = std::vector<Last>(kRecent);  // by a few of its bytes
  KnownTexts known_parties_;
  std::vector<Meaning> meanings_;
  std::size_t field_bytes_ = 0;
  // The first event whose fields did not fit: its input and its place among all events, which tells those of one input apart.
  std::optional<std::pair<std::uint32_t, std::size_t>> fields_end_;
  bool any_yearless_ = false;
  std::set<Caveat> caveat_set_;
  std::vector<Caveat> caveats_;
  std::map<std::pair<System, std::uint64_t>, Listing> listings_;  // by their totals
};

}  // namespace tunnelscope::diag
