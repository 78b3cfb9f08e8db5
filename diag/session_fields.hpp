// The documented fields of a session record as one text. Many records have many, and a report shows few of them: a name of
// kFieldNames is one byte here, which halves what waits for the report.
//   size         how long all of it would be as "name\x1fvalue\x1e" each, which is what limits count; four bytes
//   fields       its number and kFirstNumber, value, kBehindValue; of another name kBehindName, name, kBehindName, value, kBehindValue
// Neither names nor values hold a mark.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>

#include "diag/field_names.hpp"

namespace tunnelscope::diag {

inline constexpr char kBehindName = '\x1f', kBehindValue = '\x1e';
inline constexpr unsigned char kFirstNumber = 0x20;
inline constexpr std::size_t kFieldsHead = sizeof(std::uint32_t);
static_assert(std::size(kFieldNames) + kFirstNumber < kNoNumber);

inline std::size_t fields_size(std::string_view fields) {
  std::uint32_t size = 0;
  if (!fields.empty()) std::memcpy(&size, fields.data(), sizeof size);
  return size;
}

// Calls use(name, value) for each.
template <class Use>
void for_each_field(std::string_view fields, const Use& use) {
  const auto take = [&](char mark) {
    const std::string_view text = fields.substr(0, fields.find(mark));
    fields.remove_prefix(std::min(text.size() + 1, fields.size()));
    return text;
  };
  for (fields.remove_prefix(std::min(kFieldsHead, fields.size())); !fields.empty();) {
    const char first = fields.front();
    fields.remove_prefix(1);
    const std::string_view name = first == kBehindName ? take(kBehindName) : kFieldNames[static_cast<unsigned char>(first) - kFirstNumber];
    use(name, take(kBehindValue));
  }
}

}  // namespace tunnelscope::diag
