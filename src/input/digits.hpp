// Numbers of plain digits, several digits at a time.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tunnelscope::input {

static_assert(std::endian::native == std::endian::little, "eight digits are read as one number");

inline std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline constexpr std::uint64_t kEightDigits = 100'000'000;

// The number whose eight digits are the values of the word's bytes, the first in the lowest.
inline std::uint64_t number_of_eight(std::uint64_t x) {
  x = x * 10 + (x >> 8);  // pairs of digits in every second byte
  return (((x & 0x000000FF000000FFULL) * 0x000F424000000064ULL) + ((x >> 16 & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >> 32;
}

// The number that the last `digits` (1 to 8) of the eight bytes before `end` are; `wrong` gets bits when one is no digit.
inline std::uint64_t up_to_eight_digits(const char* end, unsigned digits, std::uint64_t& wrong) {
  const std::uint64_t x = (word_at(end - 8) ^ 0x3030303030303030ULL) & (~std::uint64_t{0} << (64 - 8 * digits));
  wrong |= ((x + 0x7676767676767676ULL) | x) & 0x8080808080808080ULL;
  return number_of_eight(x);
}

// The number that so many digits (1 to 18) are. Precondition: digits they are, and 24 bytes can be read.
inline std::int64_t number_of_digits(const char* at, std::uint32_t count) {
  const auto eight = [](const char* from) { return word_at(from) ^ 0x3030303030303030ULL; };
  std::uint64_t number = 0;
  for (; count > 8; count -= 8, at += 8) number = number * kEightDigits + number_of_eight(eight(at));
  constexpr std::uint64_t kTens[] = {1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000, kEightDigits};
  return static_cast<std::int64_t>(number * kTens[count] + number_of_eight(eight(at) << (64 - 8 * count)));
}

// The number that a text of digits alone is, which are not too many for it. False: it is no such text, and `number` is as it was.
inline bool plain_number(std::string_view text, std::int64_t& number) {
  constexpr std::size_t kMostDigits = 18;
  if (text.empty() || text.size() > kMostDigits) return false;
  const char* at = text.data();
  const char* const end = at + text.size();
  std::uint64_t read = 0, wrong = 0;
  for (; end - at >= 8; at += 8) read = read * kEightDigits + up_to_eight_digits(at + 8, 8, wrong);
  for (; at < end; ++at) {
    const auto digit = static_cast<unsigned char>(*at - '0');
    if (digit > 9) return false;
    read = read * 10 + digit;
  }
  if (wrong != 0) return false;
  number = static_cast<std::int64_t>(read);
  return true;
}

}  // namespace tunnelscope::input
