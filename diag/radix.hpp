// Sorts rows by a whole number, keeping the order of rows with the same: by digits of eleven bits from the lowest up,
// which takes a few passes for times of one log, and none for rows in order.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tunnelscope::diag {

// A row to be sorted: its number, as far above the least as it is, and where it stood.
template <class Number>
struct Numbered {
  Number number;
  std::uint32_t place;
};

// `span`: the greatest number.
template <class Number>
void sort_numbered(std::vector<Numbered<Number>>& list, std::uint64_t span) {
  constexpr unsigned kDigit = 11;
  constexpr Number kMask = (Number{1} << kDigit) - 1;
  std::vector<Numbered<Number>> other(list.size());
  for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += kDigit) {
    std::array<std::size_t, kMask + 2> starts{};
    for (const Numbered<Number>& n : list) ++starts[(n.number >> shift & kMask) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    for (const Numbered<Number>& n : list) other[starts[n.number >> shift & kMask]++] = n;
    std::swap(list, other);
  }
}

// Numbers stand apart from their rows, and in half the room where they lie close together: asking for one may mean following a
// pointer, and memory is dear.
template <class Number, class Row, class NumberOf>
void sort_by_number_within(std::vector<Row>& rows, const NumberOf& number_of, std::uint64_t least, std::uint64_t span) {
  std::vector<Numbered<Number>> list;
  list.reserve(rows.size());
  for (const Row& row : rows)
    list.push_back({static_cast<Number>(static_cast<std::uint64_t>(number_of(row)) - least), static_cast<std::uint32_t>(list.size())});
  sort_numbered(list, span);
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (const Numbered<Number>& n : list) sorted.push_back(std::move(rows[n.place]));
  rows = std::move(sorted);
}

template <class Row, class NumberOf>
void sort_by_number(std::vector<Row>& rows, const NumberOf& number_of) {
  const auto less = [&](const Row& a, const Row& b) { return number_of(a) < number_of(b); };
  if (std::is_sorted(rows.begin(), rows.end(), less)) return;
  constexpr std::size_t kFew = 256;
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  if (rows.size() < kFew || rows.size() > kMost) return std::stable_sort(rows.begin(), rows.end(), less);
  const auto [first, last] = std::minmax_element(rows.begin(), rows.end(), less);
  const auto least = static_cast<std::uint64_t>(number_of(*first));
  const std::uint64_t span = static_cast<std::uint64_t>(number_of(*last)) - least;
  if (span <= kMost) return sort_by_number_within<std::uint32_t>(rows, number_of, least, span);
  sort_by_number_within<std::uint64_t>(rows, number_of, least, span);
}

}  // namespace tunnelscope::diag
