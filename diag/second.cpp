// Tested by diag_intake_test.cpp.
#include "diag/second.hpp"

#include <algorithm>

#include "diag/identity_hash.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::ptrdiff_t kLargestTie = 2000;  // more records without any order than this are left in input order

bool has_fraction(Time time) { return time % kSecond != 0; }

// Equal for records that are the same record.
std::uint64_t identity_of(const Arrival& a, const Phrases& phrases, std::string& text) {
  const Event& e = a.event;
  const auto byte = [](auto state) { return static_cast<std::uint64_t>(state); };
  text.clear();
  phrases.append_text(a.phrase, a.values, text);
  return IdentityHash{}
      .add(byte(e.dialect) | byte(e.phase1) << 8 | byte(e.phase2) << 16 | byte(e.bgp) << 24 | byte(e.dpd_enabled) << 32 |
           byte(e.nat_t) << 40)
      .add(a.route)
      .add(text)
      .value();
}

// Pairs of identity and index, equal ones together in the order of their indices.
using Identities = std::vector<std::pair<std::uint64_t, std::size_t>>;
Identities by_identity(const std::vector<Arrival>& second) {
  Identities list(second.size());
  for (std::size_t i = 0; i < second.size(); ++i) list[i] = {second[i].identity, i};
  std::sort(list.begin(), list.end());
  return list;
}

template <class Use>
void for_each_record(const Identities& list, const Use& use) {
  for (auto begin = list.begin(); begin != list.end();) {
    const auto end = std::find_if(begin, list.end(), [&](const auto& other) { return other.first != begin->first; });
    use(begin, end);
    begin = end;
  }
}

void share_finest_times(std::vector<Arrival>& second) {
  const Identities list = by_identity(second);
  for_each_record(list, [&](auto begin, auto end) {
    Time finest = second[begin->second].fine;
    for (auto it = begin; it != end; ++it) {
      const Time fine = second[it->second].fine;
      if (has_fraction(fine) && (!has_fraction(finest) || fine < finest)) finest = fine;
    }
    for (auto it = begin; it != end; ++it) second[it->second].fine = finest;
  });
}

// Records that no time tells apart, from several inputs: overlapping exports show the same sequence in parts, so
// the records that two inputs share fix where the others of the second input belong. Inputs that share none follow each other.
void merge_ties(std::vector<Arrival>::iterator begin, std::vector<Arrival>::iterator end) {
  if (begin->event.place.input() == (end - 1)->event.place.input() || end - begin > kLargestTie) return;
  std::vector<Arrival> merged, pending;
  const auto flush_at = [&](std::size_t at) {
    merged.insert(merged.begin() + static_cast<std::ptrdiff_t>(at), pending.begin(), pending.end());
    const std::size_t count = pending.size();
    pending.clear();
    return at + count;
  };
  std::size_t cursor = 0;
  bool anchored = false;  // this input shares a record with an earlier one
  const auto flush = [&] { return flush_at(anchored ? cursor : merged.size()); };
  std::uint32_t input = begin->event.place.input();
  for (auto it = begin; it != end; ++it) {
    if (it->event.place.input() != input) {
      flush();
      input = it->event.place.input();
      cursor = 0;
      anchored = false;
    }
    const auto anchor = std::find_if(merged.begin() + static_cast<std::ptrdiff_t>(cursor), merged.end(),
                                     [&](const Arrival& a) { return a.identity == it->identity; });
    if (anchor == merged.end()) {
      pending.push_back(*it);
      if (merged.size() == cursor) cursor = flush_at(cursor);
      continue;
    }
    anchored = true;
    cursor = flush_at(static_cast<std::size_t>(anchor - merged.begin())) + 1;
    merged.insert(merged.begin() + static_cast<std::ptrdiff_t>(cursor), *it);  // its copy, dropped as a duplicate
    ++cursor;
  }
  flush();
  std::copy(merged.begin(), merged.end(), begin);
}

// Two inputs have the same record, by phrase and values: what is the same by these is the same in its text too.
bool is_copy(const Arrival& a, const Arrival& b) {
  return a.event.place.input() != b.event.place.input() && a.settled && b.settled && a.route == 0 && b.route == 0 && a.phrase == b.phrase &&
         states_of(a.event) == states_of(b.event) && a.values == b.values;
}

// Every record but the first of its identity goes.
std::size_t drop_copies(std::vector<Arrival>& second) {
  std::vector<bool> is_copy(second.size(), false);
  bool any = false;
  for_each_record(by_identity(second), [&](auto begin, auto end) {
    for (auto it = begin + 1; it != end; ++it) any = is_copy[it->second] = true;
  });
  if (!any) return 0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < second.size(); ++i)
    if (!is_copy[i]) second[kept++] = second[i];
  const std::size_t dropped = second.size() - kept;
  second.resize(kept);
  return dropped;
}

}  // namespace

std::size_t put_in_order(std::vector<Arrival>& second, const Phrases& phrases, const InputOrder& inputs) {
  if (second.size() < 2) return 0;
  if (second.size() == 2 && is_copy(second[0], second[1])) {
    if (inputs.rank[second[1].event.place.input()] < inputs.rank[second[0].event.place.input()]) second[0] = second[1];
    second.pop_back();
    return 1;
  }
  std::string text;
  for (Arrival& a : second) {
    a.identity = identity_of(a, phrases, text);
    if (!inputs.newest_first.empty() && inputs.newest_first[a.event.place.input()]) a.position = ~a.position;
  }
  share_finest_times(second);
  std::sort(second.begin(), second.end(), [&](const Arrival& a, const Arrival& b) {
    if (a.fine != b.fine) return a.fine < b.fine;
    const std::uint32_t in_a = a.event.place.input(), in_b = b.event.place.input();
    return in_a == in_b ? a.position < b.position : inputs.rank[in_a] < inputs.rank[in_b];
  });
  for (auto tie = second.begin(); tie != second.end();) {
    const auto end = std::find_if(tie, second.end(), [fine = tie->fine](const Arrival& a) { return a.fine != fine; });
    merge_ties(tie, end);
    tie = end;
  }
  return drop_copies(second);
}

}  // namespace tunnelscope::diag
