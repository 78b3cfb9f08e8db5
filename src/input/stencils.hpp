// Lines known by heart. Most lines of an export have the bytes of an earlier one but for the digits of their times and of
// one number, so that one masked comparison of the whole line tells what it is.
// In: unread bytes. Out: the stencil of their first line, and the numbers in its holes.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::input {

// Digits that may differ from line to line; none: the line has no such number.
struct Hole {
  std::uint32_t at = 0, digits = 0;
};

static_assert(std::endian::native == std::endian::little, "eight digits are read as one number");

inline std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The number that the last `digits` (1 to 8) of the eight bytes before `end` are; `wrong` gets bits when one is no digit.
inline std::uint64_t up_to_eight_digits(const char* end, unsigned digits, std::uint64_t& wrong) {
  std::uint64_t x = (word_at(end - 8) ^ 0x3030303030303030ULL) & (~std::uint64_t{0} << (64 - 8 * digits));
  wrong |= ((x + 0x7676767676767676ULL) | x) & 0x8080808080808080ULL;
  x = x * 10 + (x >> 8);  // pairs of digits in every second byte
  return (((x & 0x000000FF000000FFULL) * 0x000F424000000064ULL) + ((x >> 16 & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >> 32;
}

// The number in a hole of 1 to 18 digits, into `number`. False: not all are digits. 24 bytes before its end must be readable.
inline bool number_in(const char* line, Hole hole, std::uint64_t& number) {
  constexpr std::uint64_t kEightDigits = 100'000'000;
  const char* const end = line + hole.at + hole.digits;
  std::uint64_t wrong = 0;
  number = up_to_eight_digits(end, std::min(hole.digits, 8U), wrong);
  if (hole.digits > 8) number += up_to_eight_digits(end - 8, std::min(hole.digits - 8, 8U), wrong) * kEightDigits;
  if (hole.digits > 16) number += up_to_eight_digits(end - 16, hole.digits - 16, wrong) * kEightDigits * kEightDigits;
  return wrong == 0;
}

class Stencils {
 public:
  static constexpr std::size_t kLongestLine = 1024;
  static constexpr std::size_t kSign = 24;  // bytes of the message's beginning, by which a stencil is found

  struct Stencil {
    std::uint32_t length = 0;         // of the line with its end
    std::uint32_t line_time = 0;      // length of the time that the line begins with; 0: it has none
    Hole event_time, number;
    std::uint32_t kind = 0;           // Intake::kind_of
    std::uint32_t bytes_at = 0, mask_at = 0;  // into bytes_ and masks_
    std::uint32_t next = 0;           // of its bucket, counted from 1; 0: none
  };

  // The stencil of the first line of `data`, whose message begins at `message_at`; nullptr: none. All digits outside of
  // holes are right, those in holes may still be other characters. 64 readable bytes must follow `data`.
  const Stencil* find(std::string_view data, std::size_t message_at) const;

  // `line`, with its end, has its digits where `stencil` says; its message begins at `message_at`. Too long lines and
  // holes too near to the beginning are not learnt.
  void learn(std::string_view line, std::size_t message_at, Stencil stencil);

 private:
  static constexpr std::size_t kMost = 1024, kBuckets = 1024;

  std::vector<Stencil> stencils_;
  std::uint32_t place_of_mask(std::string_view mask);

  std::vector<char> bytes_;  // of all stencils, each filled up to a multiple of 64
  std::string masks_;        // likewise; stencils whose holes are at the same places have one, for few of them stay in the cache
  std::vector<std::uint16_t> buckets_;
};

}  // namespace tunnelscope::input
