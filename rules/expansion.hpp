// A pattern source taken apart: the PCRE2 text, and what matching many patterns and explaining a miss need besides.
// Internal to rules/. In: the source. Out: Parsed, or the place of the first fault.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "rules/pattern.hpp"

namespace tunnelscope::rules {

// One branch of the pattern's outermost alternation ("a|b" has two, most patterns have one).
struct Branch {
  std::size_t begin = 0;            // into Parsed::body
  std::vector<std::size_t> cuts;    // ends of its items in body, ascending; the body up to a cut is a pattern itself
  std::string literal;              // longest text that an ASCII line must contain to match: lower case, white space
                                    // runs as one blank; empty: none
};

struct Parsed {
  std::string body;                     // PCRE2 without the guards at both ends
  std::vector<std::size_t> source_at;   // for each byte of body: the byte of the source that it comes from
  std::vector<CaptureField> fields;     // without repetitions
  std::vector<std::size_t> groups;      // for each PCRE2 group, from 1: the field that it fills
  std::vector<Branch> branches;
};

tl::expected<Parsed, PatternError> parse(std::string_view source);

// What every compiled pattern begins and ends with: a non-word character, or the line's end, on both sides.
inline constexpr std::string_view kGuardBefore = "(?<!\\w)(?:";
inline constexpr std::string_view kGuardAfter = ")(?!\\w)";

}  // namespace tunnelscope::rules
