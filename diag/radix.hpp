// Sorts rows by a whole number, keeping the order of rows with the same: by digits of eleven bits from the lowest up,
// which takes a few passes for times of one log, and none for rows in order.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace tunnelscope::diag {

template <class Row, class NumberOf>
void sort_by_number(std::vector<Row>& rows, const NumberOf& number_of) {
  const auto less = [&](const Row& a, const Row& b) { return number_of(a) < number_of(b); };
  if (std::is_sorted(rows.begin(), rows.end(), less)) return;
  constexpr std::size_t kFew = 256;
  if (rows.size() < kFew) return std::stable_sort(rows.begin(), rows.end(), less);

  // Numbers stand beside their rows: asking for one may mean following a pointer.
  struct Numbered {
    std::uint64_t number;
    Row row;
  };
  std::vector<Numbered> list, other(rows.size());
  list.reserve(rows.size());
  const auto base = static_cast<std::uint64_t>(number_of(*std::min_element(rows.begin(), rows.end(), less)));
  std::uint64_t span = 0;
  for (const Row& row : rows) {
    list.push_back({static_cast<std::uint64_t>(number_of(row)) - base, row});
    span = std::max(span, list.back().number);
  }
  constexpr unsigned kDigit = 11;
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kDigit) - 1;
  for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += kDigit) {
    std::array<std::size_t, kMask + 2> starts{};
    for (const Numbered& n : list) ++starts[(n.number >> shift & kMask) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    for (const Numbered& n : list) other[starts[n.number >> shift & kMask]++] = n;
    std::swap(list, other);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = list[i].row;
}

}  // namespace tunnelscope::diag
