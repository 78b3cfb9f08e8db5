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

// Copies a text that mostly has eight bytes at most.
inline void copy_short(char* to, std::string_view text) {
  const char* const from = text.data();
  const std::size_t size = text.size();
  const auto copy = [&](auto word, std::size_t at) {
    std::memcpy(&word, from + at, sizeof word);
    std::memcpy(to + at, &word, sizeof word);
  };
  if (size > 8) {
    std::memcpy(to, from, size);
  } else if (size >= 4) {
    copy(std::uint32_t{}, 0);
    copy(std::uint32_t{}, size - 4);
  } else if (size >= 2) {
    copy(std::uint16_t{}, 0);
    copy(std::uint16_t{}, size - 2);
  } else if (size == 1) {
    *to = *from;
  }
}

// The first eight bytes of a text, and the last; of a shorter one all of its bytes, some of them twice.
struct Ends {
  std::uint64_t first = 0, last = 0;
};
inline Ends ends_of(std::string_view text) {
  const char* const from = text.data();
  const std::size_t size = text.size();
  const auto load = [&](auto word, std::size_t at) {
    std::memcpy(&word, from + at, sizeof word);
    return std::uint64_t{word};
  };
  if (size >= 8) return {load(std::uint64_t{}, 0), load(std::uint64_t{}, size - 8)};
  if (size >= 4) return {load(std::uint32_t{}, 0), load(std::uint32_t{}, size - 4)};
  if (size >= 2) return {load(std::uint16_t{}, 0), load(std::uint16_t{}, size - 2)};
  if (size == 1) return {load(std::uint8_t{}, 0), 0};
  return {};
}

inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
}

}  // namespace tunnelscope::diag
