// The words that a text of a log may hold and still name nobody: those of the built-in message rules, and a few of IKE and of this program.
// In: one word of a text. Out: whether it is one of them.
#pragma once
#include <string_view>

namespace tunnelscope::app {

// A digit of a shape while it is redacted: a character of private use, which passes for a letter of any name.
constexpr std::string_view kMaskedDigit = "\xEE\x80\x80";

// In any case of letters. A number of at most five digits is one too (a port, a count, a time with its unit), and so is
// "phase1", "aes256" or a date; a number of more digits may be that of a device. kMaskedDigit stands for a digit.
bool is_known_word(std::string_view word);

}  // namespace tunnelscope::app
