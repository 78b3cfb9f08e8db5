// A fast 64-bit hash for texts and numbers. Not for hostile keys alone: whoever uses it compares what it finds.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tunnelscope::diag {

class Hash {
 public:
  Hash& add(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x9E3779B97F4A7C15ULL;
    state_ ^= state_ >> 29;
    return *this;
  }
  Hash& add(std::string_view text) {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    std::size_t at = 0;
    for (; at + kWord <= text.size(); at += kWord) add(word_at<std::uint64_t>(text, at));
    return add(rest_of(text, at) ^ (std::uint64_t{text.size()} << 56));
  }
  std::uint64_t value() const { return state_ ^ (state_ >> 32); }

 private:
  template <class Word>
  static std::uint64_t word_at(std::string_view text, std::size_t at) {
    Word word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    return word;
  }
  // The bytes from `at` on, fewer than eight, in a word: read at once, be it with bytes before them, or twice.
  static std::uint64_t rest_of(std::string_view text, std::size_t at) {
    const std::size_t size = text.size(), rest = size - at;
    if (rest == 0) return 0;
    if (at > 0) return word_at<std::uint64_t>(text, size - 8) >> (64 - 8 * rest);
    if (rest >= 4) return word_at<std::uint32_t>(text, 0) | word_at<std::uint32_t>(text, size - 4) << (8 * rest - 32);
    if (rest >= 2) return word_at<std::uint16_t>(text, 0) | word_at<std::uint16_t>(text, size - 2) << (8 * rest - 16);
    return word_at<std::uint8_t>(text, 0);
  }

  std::uint64_t state_ = 0x51ED270B7A14D3C5ULL;
};

}  // namespace tunnelscope::diag
