// A classified record in compact form, and the log of one tunnel.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diag/chunked.hpp"
#include "diag/record.hpp"

namespace tunnelscope::diag {

using RuleIndex = std::uint16_t;    // into Knowledge::messages
using SignalIndex = std::uint16_t;  // into Classifier::signals()
inline constexpr RuleIndex kNoRule = 0xFFFF;
inline constexpr SignalIndex kNoSignal = 0xFFFF;

inline constexpr std::uint32_t kNoShape = 0xFFFFFFFF;

struct Event {
  Time time = kNoTime;        // the record's own time
  std::int64_t number = -1;   // the first Int capture (message id, retry count, prefixes), or -1
  PackedPlace place;
  std::uint32_t text = 0;     // the message: TunnelLog::messages at this place
  std::uint32_t shape = kNoShape;  // of a message that no rule knows: into TunnelLog::shapes
  std::uint32_t folded = 0;   // records of routine behind this one that are not in the log (diag/fold.hpp)
  RuleIndex rule = kNoRule;
  SignalIndex signal = kNoSignal;
  Dialect dialect = Dialect::AwsS2sIke;
  PhaseState phase1 = PhaseState::Unknown, phase2 = PhaseState::Unknown;
  BgpState bgp = BgpState::Unknown;
  Answer dpd_enabled = Answer::Unknown, nat_t = Answer::Unknown;
  bool child_completed = false;  // it says that a CHILD SA came up or was replaced, and nothing near it denies that
};

// Something that a report on this system must say about the log itself: facts/session-logs.md.
struct Caveat {
  System system{};
  std::string text;
  auto operator<=>(const Caveat&) const = default;
};

// How often each spacing between two records occurs: whole seconds and counts, in order.
using Spacings = std::vector<std::pair<Duration, std::uint64_t>>;

// A record of a streak. Containers may put many records into one line: the time tells those of one signal apart.
struct StreakRecord {
  PackedPlace place;
  Time time = kNoTime;
  bool is(const Event& e) const { return e.time == time && e.place == place; }
};

// Phase 2 SAs that replaced each other in quick succession: limits churn_spacing and churn_replacements.
struct Streak {
  SignalIndex signal = kNoSignal;
  std::vector<StreakRecord> records;  // some of its replacements, spread evenly, the first and the last among them
  std::uint64_t count = 0;  // replacements
  Duration spacing = 0;     // their median
};

// A message that no rule knows, with its variable parts masked.
struct UnknownShape {
  std::string shape;
  std::uint64_t count = 0;
  Place first;
};

// When the gateway asked for a CHILD SA, and its record.
struct RekeyRequest {
  Time time = kNoTime;
  PackedPlace place;
  std::uint32_t text = 0;  // the message: TunnelLog::messages at this place
};

using Events = Chunked<Event, 64>;

// The index of the first event that is not before `time`; how many there are: none. They are in the order of time.
std::size_t first_at_or_after(const Events& events, Time time);

struct TunnelLog {
  std::string id;          // "vpn-.../203.0.113.17", "unknown", "unknown/<path>" or "unknown/<stream>"
  std::string connection;  // empty: unknown
  std::string outside_ip;  // empty: unknown
  std::string stream;      // TunnelRecord::stream
  Events events;           // in order, duplicates removed; of routine, what diag/fold.hpp keeps
  std::uint64_t records = 0;  // with those that were folded
  std::uint64_t recognised = 0, duplicates = 0;
  IkeVersion version = IkeVersion::Unknown;  // that most records which only one version can write belong to
  Spacings spacings;          // of successive IKE records, from five seconds on
  Spacings spacings_while_up; // of those, where both state that Phase 2 is up and the second is no DELETE
  std::vector<Streak> streaks;
  std::vector<RekeyRequest> rekeys;  // thinned out evenly where there are many
  std::vector<UnknownShape> shapes;
  std::string messages;       // packed: Messages::text
  std::uint32_t book = 0;     // of the phrases that `messages` names
};

}  // namespace tunnelscope::diag
