// From records to sessions: which records belong to one session, and what became of it.
// In: the events of all session systems, in order. Out: a Log with one Session per session, attempt or refusal, following
// each system's own lifecycle: a missing close is no failure, a SAML hand-over no end, repeated records update.
// Source: facts/session-logs.md, sections 1.3, 2.2, 3.2, 4.1.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diag/chunked.hpp"
#include "diag/classify.hpp"
#include "diag/event.hpp"
#include "diag/limits.hpp"
#include "diag/session_event.hpp"
#include "diag/text_pool.hpp"
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

// Instead of the number of an event: there is none.
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

// There may be as many as records, and each detector looks at all of them: what few ask for stands elsewhere, and each stands in one
// line of the cache.
struct alignas(64) Session {
  Time start = kNoTime, end = kNoTime;
  Duration duration = -1;
  Time last_time = kNoTime;         // of the last event, as are these two; a party that it does not say is the session's
  std::uint32_t last_party = 0, last_route = 0;
  std::uint32_t first_event = kNone;
  std::uint32_t last_event = kNone; // the record that says the outcome
  std::uint32_t party = 0, route = 0;            // in Log::said
  std::uint32_t bytes = 0;          // Log::bytes_of
  System system{};
  Outcome outcome = Outcome::Open;
  Answer relayed = Answer::Unknown;
  bool told : 1 = false;                // another record says that it failed
  bool any_failure : 1 = false;         // a record of it tells of a failed attempt
  Ending ending : 2 = Ending::Ordinary; // not ordinary: it looks as if it had failed

  bool failed() const { return outcome == Outcome::Failed || told; }
  bool carried() const { return outcome == Outcome::Open || outcome == Outcome::Ended; }
  bool looks_failed() const { return !failed() && ending != Ending::Ordinary; }
  Time when() const { return start != kNoTime ? start : end; }
};
static_assert(sizeof(Session) == 64);

// What records belong to, by number instead of by name, which is what many records can afford. Two records have the same
// number where they have the same name; numbers of texts are those of the TextPool, others lie above.
class Names {
 public:
  static constexpr std::uint32_t kUnknown = 0;

  Names() = default;
  // Both must outlive the Names; `said` may grow.
  Names(const TextPool& texts, const SessionNames& said);
  // Of an event, or of a session by all that its records said.
  template <class Record>
  std::uint32_t of(kb::About about, const Record& record) const {
    return of(about, record.party, record.route);
  }
  // By the record that says a session's outcome alone.
  std::uint32_t of_last(kb::About about, const Session& session) const {
    return of(about, session.last_party, session.last_route);
  }
  std::uint32_t of(std::uint32_t text) const { return text == unknown_text_ ? kUnknown : text; }
  std::string_view text(std::uint32_t number) const;  // kUnknown: "unknown"

 private:
  std::uint32_t of(kb::About about, std::uint32_t party, std::uint32_t route) const;
  std::uint32_t client(std::uint32_t party) const;
  std::uint32_t client(const Party& party) const;
  std::uint32_t joined(std::uint32_t user, std::uint32_t device) const;

  const TextPool* texts_ = nullptr;
  const SessionNames* said_ = nullptr;
  std::uint32_t unknown_text_ = 0;  // a text that says "unknown"
  // Remembered as they come up: of parties, and clients that are named by user and device.
  mutable std::vector<std::uint32_t> clients_;
  mutable std::map<std::string, std::uint32_t, std::less<>> by_name_;
  mutable std::vector<std::string_view> names_;
};

// A value for each number that comes up, per system.
template <class Value>
class ByNumber {
 public:
  Value& operator()(System system, std::uint32_t number) { return entries_[take(system, number)].value; }
  // Its place among the entries, where it comes up if it has not.
  std::uint32_t take(System system, std::uint32_t number) {
    std::uint32_t& place = place_of(system, number);
    if (place == 0) {
      entries_.push_back({system, number, {}});
      place = static_cast<std::uint32_t>(entries_.size());
    }
    return place - 1;
  }
  const Value* find(System system, std::uint32_t number) const {
    const auto& pages = pages_[static_cast<std::size_t>(system)];
    if (number / kPage >= pages.size() || pages[number / kPage] == nullptr) return nullptr;
    const std::uint32_t place = (*pages[number / kPage])[number % kPage];
    return place == 0 ? nullptr : &entries_[place - 1].value;
  }
  // Among the entries, of a number that came up.
  std::uint32_t place(System system, std::uint32_t number) const {
    return (*pages_[static_cast<std::size_t>(system)][number / kPage])[number % kPage] - 1;
  }
  struct Entry {
    System system;
    std::uint32_t number;
    Value value;
  };
  std::vector<Entry>& entries() { return entries_; }  // in the order in which they came up

 private:
  static constexpr std::size_t kPage = 1024;
  using Page = std::array<std::uint32_t, kPage>;

  std::uint32_t& place_of(System system, std::uint32_t number) {
    auto& pages = pages_[static_cast<std::size_t>(system)];
    if (number / kPage >= pages.size()) pages.resize(number / kPage + 1);
    std::unique_ptr<Page>& page = pages[number / kPage];
    if (page == nullptr) page = std::make_unique<Page>();
    return (*page)[number % kPage];
  }

  // Places of entries, from 1 on. Few of the numbers that there are come up: pages of others are not there.
  std::array<std::vector<std::unique_ptr<Page>>, kSystemNames.size()> pages_;
  std::vector<Entry> entries_;
};

struct Log {
  Chunked<SessionEvent> events;      // in time order; groups and connectors filled in where they can be told
  const TextPool* texts = nullptr;
  std::unique_ptr<SessionNames> said;         // whom and what events and sessions name
  std::vector<Session> sessions;     // in order of their first record
  std::vector<std::uint32_t> next_events;     // by event: the next one of its session, kNone: there is none
  std::vector<std::uint32_t> lone_errors;     // events: failed attempts that no session shows
  Names names;
  Time first = kNoTime, last = kNoTime, now = kNoTime;
  // What there is of in the log: most have few dialects and few signals, and nothing that looks as if it had failed.
  std::array<bool, kDialectNames.size()> dialects{};
  std::vector<bool> signals;
  bool any_looks_failed = false;

  bool any(Dialect dialect) const { return dialects[static_cast<std::size_t>(dialect)]; }
  bool any(System system) const;
  bool any(SignalIndex signal) const { return signal == kNoSignal || signals[signal]; }
  std::string_view text(std::uint32_t index) const { return texts->at(index); }
  // Calls use(event) for each event of the session, in order of time.
  template <class Use>
  void for_each_event(const Session& s, const Use& use) const {
    for (std::uint32_t i = s.first_event; i != kNone; i = next_events[i]) use(i);
  }
  // Of a SessionEvent or a Session.
  template <class Record>
  const Party& party(const Record& record) const {
    return said->parties[record.party];
  }
  template <class Record>
  const Route& route(const Record& record) const {
    return said->routes[record.route];
  }
  const Closing& closing(const SessionEvent& event) const { return said->closing(event.closing); }
  // to_client and from_client of a session; nothing else of it.
  const Closing& bytes_of(const Session& session) const { return said->closing(session.bytes); }
};

// `now`: kNoTime: the last record's time. Records after `until` (kNoTime: none) are left out. `texts` must outlive the Log.
Log assemble(const Chunked<SessionEvent>& events, const SessionNames& said, const TextPool& texts, const Classifier& classifier,
             const Limits& limits, Time now, Time until);

// A failed record is an attempt; a refusal of CloudConnexa's is about a flow within a session, not a session.
bool is_session_record(const SessionEvent& event);

// Whom a record is about: the user, else the device, else the address; "unknown" when it says none.
std::string_view who(const Log& log, const SessionEvent& event);
// The client of a session: user and device, or the Connector.
std::string client_of(const Log& log, const SessionEvent& event);

// What the record belongs to, by name; empty: it does not say. Group and carrier are "unknown" then.
std::string name_of(kb::About about, const Log& log, const SessionEvent& event);

}  // namespace tunnelscope::diag::session
