// A map by text, and for each first character the lengths worth trying: texts are long, names are few.
#include "src/known_names.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

namespace tunnelscope::app {
namespace {

constexpr std::size_t kLeastDigits = 4, kLeastLetters = 2;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool of_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0; }

bool tells_apart(std::string_view name) {
  const bool digits = name.find_first_not_of("0123456789") == std::string_view::npos;
  return name.size() >= (digits ? kLeastDigits : kLeastLetters);
}

bool is_boundary(std::string_view text, std::size_t at) {
  return at == 0 || at >= text.size() || !of_a_word(text[at - 1]) || !of_a_word(text[at]);
}

}  // namespace

void KnownNames::add(std::string_view name, const std::string& replacement) {
  if (name.empty() || name.size() > kLongest) return;
  const std::string key = lowered(name);
  if (!names_.emplace(key, replacement).second || !tells_apart(key)) return;
  auto& lengths = lengths_[key[0]];
  const auto where = std::lower_bound(lengths.begin(), lengths.end(), key.size(), std::greater<>());
  if (where == lengths.end() || *where != key.size()) lengths.insert(where, key.size());
}

const std::string* KnownNames::replacement_of(std::string_view name) const {
  const auto found = names_.find(lowered(name));
  return found == names_.end() ? nullptr : &found->second;
}

KnownNames::Match KnownNames::at(std::string_view text, std::size_t place) const {
  const auto lengths = lengths_.find(lower(text[place]));
  if (lengths == lengths_.end() || !is_boundary(text, place)) return {};
  for (const std::size_t length : lengths->second) {
    if (place + length > text.size() || !is_boundary(text, place + length)) continue;
    const std::string* found = replacement_of(text.substr(place, length));
    if (found != nullptr) return {length, found};
  }
  return {};
}

}  // namespace tunnelscope::app
