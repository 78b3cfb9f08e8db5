// Numbers of texts that records have said together lately, found again by these: what was said stands here side by side, so that
// looking it up touches two lines of the cache.
// In: some texts, always as many. Out: the place for the number that somebody else gives them.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "diag/bytes.hpp"

namespace tunnelscope::diag {

inline constexpr std::uint32_t kNotNumbered = 0xFFFFFFFF;

class KnownTexts {
 public:
  static constexpr std::size_t kMost = 8;
  using Texts = std::span<const std::string_view>;

  // Valid until the next call. kNotNumbered stands there until somebody puts a number there. nullptr: they are too long.
  [[gnu::always_inline]] std::uint32_t* find(Texts texts) {
    if (entries_.empty()) entries_.resize(kEntries);
    Entry& entry = entries_[place_of(texts)];
    return entry.is(texts) || entry.keep(texts) ? &entry.number : nullptr;
  }

 private:
  static constexpr std::size_t kPlaceBits = 12, kEntries = std::size_t{1} << kPlaceBits;

  struct alignas(64) Entry {
    std::uint32_t number = kNotNumbered;
    std::array<std::uint8_t, kMost> sizes{};
    std::array<char, 128 - sizeof(std::uint32_t) - kMost> bytes;  // of the texts, one after the other

    [[gnu::always_inline]] bool is(Texts texts) const {
      const char* at = bytes.data();
#pragma GCC unroll 8
      for (std::size_t i = 0; i < texts.size(); at += sizes[i++])
        if (sizes[i] != texts[i].size() || !same_bytes(at, texts[i].data(), sizes[i])) return false;
      return true;
    }
    // False: there is no room for them.
    bool keep(Texts texts) {
      std::size_t size = 0;
      for (const std::string_view text : texts) size += text.size();
      if (size > bytes.size()) return false;
      number = kNotNumbered;
      char* at = bytes.data();
      for (std::size_t i = 0; i < texts.size(); ++i) {
        at += texts[i].copy(at, texts[i].size());
        sizes[i] = static_cast<std::uint8_t>(texts[i].size());
      }
      return true;
    }
  };
  static_assert(sizeof(Entry) == 128);

  [[gnu::always_inline]] static std::size_t place_of(Texts texts) {
    std::uint64_t sum = 0, factor = 0x9E3779B97F4A7C15ULL;
#pragma GCC unroll 8
    for (const std::string_view text : texts) {
      const Ends ends = ends_of(text);
      sum += ends.first * factor + ends.last * (factor ^ 0xC2B2AE3D27D4EB4EULL);
      factor *= 0xD6E8FEB86659FD93ULL;
    }
    return sum >> (64 - kPlaceBits);
  }

  std::vector<Entry> entries_;  // none before the first texts
};

}  // namespace tunnelscope::diag
