// Small helpers for text that people wrote and that people will read. Internal to kb/.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::kb {

// Bytes of the UTF-8 character at `at` (1-4); 0: not valid UTF-8 there.
std::size_t utf8_length(std::string_view text, std::size_t at);
// Characters in the first `bytes` bytes; invalid bytes count one each.
std::size_t characters(std::string_view text, std::size_t bytes);
// Control characters, direction overrides and invalid bytes as \x1b or \u202e; nothing else changes.
std::string printable(std::string_view text);
bool is_iso_date(std::string_view text);
// "`a`, `b` or `c`".
std::string any_of_words(const std::vector<std::string>& words);
// "did you mean `a`?" for the nearest candidate, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tunnelscope::kb
