// A classified session record in compact form. Most records name whom and what earlier ones named: such names are kept once
// each, and a record says by number which they are.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "diag/chunked.hpp"
#include "diag/event.hpp"
#include "diag/hash.hpp"
#include "diag/record.hpp"

namespace tunnelscope::diag {

// Texts are indices into the TextPool; 0: not said.
struct Party {
  std::uint32_t user = 0, device = 0, address = 0;
  std::uint32_t is_connector = 0;  // 1: the client is a Connector that joins a site
  bool operator==(const Party&) const = default;
};
struct Route {
  std::uint32_t group = 0, group_name = 0, organisation = 0, gateway = 0, connector = 0, source = 0;
  std::uint32_t resource = 0, protocol = 0;
  bool operator==(const Route&) const = default;
};

// Rows kept once each, by number. Number 0 is the row that says nothing.
template <class Row>
class Rows {
 public:
  Rows() : rows_(1), slots_(kFirstSlots) {}
  std::uint32_t intern(const Row& row);
  const Row& operator[](std::uint32_t number) const { return rows_[number]; }
  std::size_t size() const { return rows_.size(); }

 private:
  static_assert(std::has_unique_object_representations_v<Row> && sizeof(Row) % sizeof(std::uint64_t) == 0);
  static constexpr std::size_t kFirstSlots = 64;
  static std::uint64_t hash_of(const Row& row);
  std::size_t slot_of(const Row& row) const;  // its own, or the free one where it belongs
  void grow();

  std::vector<Row> rows_;
  std::vector<std::uint32_t> slots_;  // numbers, 0: free; a power of two of them, at most half of them taken
};

template <class Row>
std::uint32_t Rows<Row>::intern(const Row& row) {
  if (row == rows_.front()) return 0;
  std::size_t at = slot_of(row);
  if (slots_[at] != 0) return slots_[at];
  if (2 * rows_.size() > slots_.size()) {
    grow();
    at = slot_of(row);
  }
  rows_.push_back(row);
  return slots_[at] = static_cast<std::uint32_t>(rows_.size() - 1);
}

template <class Row>
std::uint64_t Rows<Row>::hash_of(const Row& row) {
  Hash hash;
  std::uint64_t words[sizeof(Row) / sizeof(std::uint64_t)];
  std::memcpy(words, &row, sizeof row);
  for (const std::uint64_t word : words) hash.add(word);
  return hash.value();
}

template <class Row>
std::size_t Rows<Row>::slot_of(const Row& row) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash_of(row) & mask;
  while (slots_[at] != 0 && !(rows_[slots_[at]] == row)) at = (at + 1) & mask;
  return at;
}

template <class Row>
void Rows<Row>::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (std::uint32_t number = 1; number < rows_.size(); ++number) slots_[slot_of(rows_[number])] = number;
}

// What a record says of the end of a session, or of the whole of it.
struct Closing {
  Time end = kNoTime;
  Duration duration = -1;                          // -1: not said
  std::int64_t to_client = -1, from_client = -1;   // bytes; -1: not said
  bool is_end() const { return end != kNoTime || duration >= 0; }
  bool says_nothing() const { return !is_end() && to_client < 0 && from_client < 0; }
};

// Whom and what session records name, and what they say of ends, which many do not.
class SessionNames {
 public:
  Rows<Party> parties;
  Rows<Route> routes;

  // Number 0 is the closing that says nothing.
  const Closing& closing(std::uint32_t number) const { return number == 0 ? kNoClosing : closings_[number - 1]; }
  std::uint32_t keep(const Closing& closing) {
    if (closing.says_nothing()) return 0;
    closings_.push_back(closing);
    return static_cast<std::uint32_t>(closings_.size());
  }

 private:
  static constexpr Closing kNoClosing{};
  Chunked<Closing> closings_;
};

// What is asked of every event stands first, in one line of the cache as often as not.
struct SessionEvent {
  Time time = kNoTime;
  std::uint32_t party = 0, route = 0;              // in SessionNames
  RuleIndex rule = kNoRule;
  SignalIndex signal = kNoSignal;
  Dialect dialect = Dialect::AwsClientVpn;
  Happening happening = Happening::Message;
  Answer relayed = Answer::Unknown;
  bool yearless : 1 = false;
  bool states_bytes : 1 = false, moved_bytes : 1 = false;  // its closing says how many; and they are some
  std::uint32_t id = 0;
  std::uint32_t text = 0;                          // the message
  Time start = kNoTime;
  PackedPlace place;
  std::uint32_t fields = 0;                        // 0 too where there were too many to keep
  std::uint32_t closing = 0;                        // in SessionNames
};
static_assert(sizeof(SessionEvent) == 56);

}  // namespace tunnelscope::diag
