// Short texts compared without a call.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tunnelscope::diag {

inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  const auto word = [](const char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i)
      if (a[i] != b[i]) return false;
    return true;
  }
  for (std::size_t i = 0; i + 8 < size; i += 8)
    if (word(a + i) != word(b + i)) return false;
  return word(a + size - 8) == word(b + size - 8);
}

inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
}

}  // namespace tunnelscope::diag
