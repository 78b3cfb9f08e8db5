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
  const auto [lowest, highest] = std::minmax_element(rows.begin(), rows.end(), less);
  const auto base = static_cast<std::uint64_t>(number_of(*lowest));
  const std::uint64_t span = static_cast<std::uint64_t>(number_of(*highest)) - base;
  constexpr unsigned kDigit = 11;
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kDigit) - 1;
  std::vector<Row> other(rows.size());
  for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += kDigit) {
    const auto digit = [&](const Row& row) { return (static_cast<std::uint64_t>(number_of(row)) - base) >> shift & kMask; };
    std::array<std::size_t, kMask + 2> starts{};
    for (const Row& row : rows) ++starts[digit(row) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    for (const Row& row : rows) other[starts[digit(row)]++] = row;
    std::swap(rows, other);
  }
}

}  // namespace tunnelscope::diag
