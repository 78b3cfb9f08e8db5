// Do the digits of long numbers matter to patterns, and those of hexadecimal ones? Whoever remembers what a text was
// classified as, by the text with its numbers masked, must know. In: PCRE2 bodies (Parsed::body). Out: true only where it
// is proved that they do not.
//
// A long number is a maximal run of word characters (\w: letters and digits of any script, underscore) that is at least
// kLongNumber long and holds nothing but 0 to 9. True means: whatever digits replace those of a long number, one for
// one, every pattern matches the same lines at the same places, captures included. Only PCRE2's limits are left out: a
// line on their very edge may pass them with one number and hit them with another.
//
// Why this can be decided. Follow PCRE2's search on a line, and on the same line with other digits in one long number.
// Both do the same until an item that tells digits apart ("picky": 4, [12]) is tried on a digit of that number. If no
// way of matching that takes such a step can succeed, both searches have the same successes in the same order, and the
// first of them is the match. A match begins and ends at the number's edges or outside it, because of the guards that
// every pattern has. So it reads the whole number: with at least kLongNumber items behind one another that take
// digits, a picky one among them, and with no letter or underscore next to them. Is there such a run of items, going
// by which item can follow which (Glushkov's construction)? If not, the pattern is blind.
// What stands in a look-around, an atomic group or a possessive repetition succeeds or fails for itself and without guards:
// there, a run at the beginning or end of the group may be part of a number that goes on, so its length does not count.
// A possessive repetition of one item ("[0-9]++") needs no such care: it takes what it can, and where it stops in a number
// because of a character, what follows has to read the rest, which is a run that the whole shows.
//
// A hexadecimal number (an SPI, a cookie) is a maximal run of word characters that is at least kHexNumber long and holds
// nothing but 0 to 9 and a to f, of both some, letters of one case. The same is proved of it in the same way: items that
// take some of these characters and not others are picky, and a run reads a number only where one of its items takes
// digits and one takes letters. "\d+" alone does not read one.
//
// Counted repetitions are read as unlimited, and classes as able to take something that is no word character: more ways
// of matching than there are, so that true can only become false by it.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace tunnelscope::rules {

inline constexpr std::size_t kLongNumber = 3, kHexNumber = 8;

bool blind_to_digits(const std::vector<std::string_view>& bodies);
bool blind_to_hex(const std::vector<std::string_view>& bodies);

}  // namespace tunnelscope::rules
