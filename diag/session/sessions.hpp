// From records to sessions: which records belong to one session, and what became of it.
// In: the events of all session systems, in order. Out: a Log with one Session per session, attempt or refusal, following
// each system's own lifecycle: a missing close is no failure, a SAML hand-over no end, repeated records update.
// Source: facts/session-logs.md, sections 1.3, 2.2, 3.2, 4.1.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/limits.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag::session {

enum class Outcome : std::uint8_t {
  Open,       // started, and no record of its end
  Ended,
  Failed,     // an attempt that did not become a session
  Denied,
  Waiting,    // for the identity provider, and nothing followed
  LoginStep,  // part of a login that another record completes: not counted
};

// How a flow ended of which no record says whether it failed: flows.hpp.
enum class Ending : std::uint8_t { Ordinary, TimedOut, ClosedAtOnce };

// Texts are indices into the TextPool, as in SessionEvent.
struct Session {
  System system{};
  Outcome outcome = Outcome::Open;
  std::size_t last_event = 0;       // the record that says the outcome
  std::uint32_t id = 0, group = 0, group_name = 0, gateway = 0, connector = 0;
  std::uint32_t user = 0, device = 0, address = 0, resource = 0, protocol = 0;
  Time start = kNoTime, end = kNoTime;
  Duration duration = -1;
  std::int64_t to_client = -1, from_client = -1;
  Answer relayed = Answer::Unknown;
  bool is_connector = false;
  bool told = false;                // another record says that it failed
  Ending ending = Ending::Ordinary; // not ordinary: it looks as if it had failed
  std::span<const std::uint32_t> events;  // in time order; they stand in the Log

  bool failed() const { return outcome == Outcome::Failed || told; }
  bool looks_failed() const { return !failed() && ending != Ending::Ordinary; }
  Time when() const { return start != kNoTime ? start : end; }
};

// What records belong to, by number instead of by name, which is what many records can afford. Two records have the same
// number where they have the same name; numbers of texts are those of the TextPool, others lie above.
class Names {
 public:
  static constexpr std::uint32_t kUnknown = 0;

  Names() = default;
  explicit Names(const TextPool& texts);
  std::uint32_t of(kb::About about, const SessionEvent& event) const;
  std::uint32_t of(std::uint32_t text) const { return text == unknown_text_ ? kUnknown : text; }
  std::string_view text(std::uint32_t number) const;  // kUnknown: "unknown"

 private:
  std::uint32_t client(const SessionEvent& event) const;
  std::uint32_t joined(std::uint32_t user, std::uint32_t device) const;

  const TextPool* texts_ = nullptr;
  std::uint32_t unknown_text_ = 0;  // a text that says "unknown"
  // Remembered as they come up: clients that are named by user and device.
  mutable std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
  mutable std::map<std::string, std::uint32_t, std::less<>> by_name_;
  mutable std::vector<std::string_view> names_;
};

// A value for each number that comes up, per system.
template <class Value>
class ByNumber {
 public:
  Value& operator()(System system, std::uint32_t number) {
    std::vector<std::uint32_t>& places = places_[static_cast<std::size_t>(system)];
    if (number >= places.size()) places.resize(std::size_t{number} + number / 2 + 64);
    if (places[number] == 0) {
      entries_.push_back({system, number, {}});
      places[number] = static_cast<std::uint32_t>(entries_.size());
    }
    return entries_[places[number] - 1].value;
  }
  const Value* find(System system, std::uint32_t number) const {
    const std::vector<std::uint32_t>& places = places_[static_cast<std::size_t>(system)];
    return number >= places.size() || places[number] == 0 ? nullptr : &entries_[places[number] - 1].value;
  }
  struct Entry {
    System system;
    std::uint32_t number;
    Value value;
  };
  std::vector<Entry>& entries() { return entries_; }  // in the order in which they came up

 private:
  std::array<std::vector<std::uint32_t>, kSystemNames.size()> places_;  // of entries, from 1 on
  std::vector<Entry> entries_;
};

struct Log {
  Log() = default;
  Log(Log&&) = default;
  Log& operator=(Log&&) = default;

  std::span<const SessionEvent> events;  // in time order; groups and connectors filled in where they can be told
  std::vector<SessionEvent> filled_in;   // where that was necessary: what `events` shows
  const TextPool* texts = nullptr;
  std::vector<Session> sessions;     // in order of their first record
  std::vector<std::uint32_t> session_events;  // those of each session in a row
  std::vector<std::uint32_t> lone_errors;     // events: failed attempts that no session shows
  Names names;
  Time first = kNoTime, last = kNoTime, now = kNoTime;

  std::string_view text(std::uint32_t index) const { return texts->at(index); }
};

// `now`: kNoTime: the last record's time. Records after `until` (kNoTime: none) are left out. `events` must outlive the Log.
Log assemble(std::span<const SessionEvent> events, const TextPool& texts, const Classifier& classifier, const Limits& limits,
             Time now, Time until);

// A failed record is an attempt; a refusal of CloudConnexa's is about a flow within a session, not a session.
bool is_session_record(const SessionEvent& event);

// Whom a record is about: the user, else the device, else the address; "unknown" when it says none.
std::string_view who(const Log& log, const SessionEvent& event);
// The client of a session: user and device, or the Connector.
std::string client_of(const Log& log, const SessionEvent& event);

// What the record belongs to, by name; empty: it does not say. Group and carrier are "unknown" then.
std::string name_of(kb::About about, const Log& log, const SessionEvent& event);

}  // namespace tunnelscope::diag::session
