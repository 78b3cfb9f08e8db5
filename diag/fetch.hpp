// Memory that is going to be read, asked for while something else is done.
// Lists of records are gone through in jumps that no processor foresees: whoever knows where it jumps to says so some jumps before.
#pragma once
#include <cstddef>
#include <span>

namespace tunnelscope::diag {

// How many records before one is looked at it is worth to ask for it.
inline constexpr std::size_t kFetchAhead = 16;

// Asks for all of a record.
template <class Record>
void fetch(const Record& record) {
  const char* const bytes = reinterpret_cast<const char*>(&record);
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < sizeof record; at += kLine) __builtin_prefetch(bytes + at);
  __builtin_prefetch(bytes + sizeof record - 1);
}

// Calls use(item) for each item in order. record_of(item) is what is going to be read of it.
template <class Item, class RecordOf, class Use>
void for_each_fetched(std::span<const Item> items, const RecordOf& record_of, const Use& use) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i + kFetchAhead < items.size()) fetch(record_of(items[i + kFetchAhead]));
    use(items[i]);
  }
}

}  // namespace tunnelscope::diag
