// A word that announces a key, then filler words, then the value. After a colon, an equals sign, a tag or a quote any
// value is taken for a key; after a mere blank only what does not look like prose ("psk mismatch with cgw" stays).
#include "src/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tunnelscope::app {
namespace {

constexpr std::string_view kRemoved = "[key removed]";

// Blanks, hyphens and underscores within a word are optional: "pre-shared key" is also PreSharedKey and pre_shared_key.
constexpr std::array<std::string_view, 10> kAnnouncers{
    "pre shared key", "pre shared secret", "preshared key", "psk secret",   "shared secret",
    "isakmp key",     "pass word",         "pass phrase",   "secret",       "psk"};
constexpr std::array<std::string_view, 21> kFillers{
    "is",  "was", "value", "of",     "received", "expected",    "configured", "sent",  "local", "remote", "key",
    "enc", "0",   "6",     "8",      "ascii-text", "hexadecimal", "address",  "ascii", "hex",   "text"};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_joint(char c) { return c == ' ' || c == '-' || c == '_' || c == '\t'; }

// How many characters of `text` the announcer takes; 0: it does not begin with it.
std::size_t announced(std::string_view text, std::string_view announcer) {
  std::size_t at = 0;
  for (const char c : announcer) {
    if (c == ' ') {
      while (at < text.size() && is_joint(text[at])) ++at;
      continue;
    }
    if (at >= text.size() || lower(text[at]) != c) return 0;
    ++at;
  }
  return at < text.size() && is_word(text[at]) ? 0 : at;
}

bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == y; });
}

bool is_address(std::string_view word) {
  return word.size() >= 3 && word.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos &&
         word.find_first_of(".:") != std::string_view::npos;
}

// Prose and placeholders are letters alone; keys mix kinds of characters or are marked as encoded.
bool looks_like_key(std::string_view word) {
  if (word.size() < 6 || is_address(word)) return false;
  if (word.starts_with("0x") || word.starts_with("0s") || word.starts_with("$9$")) return true;
  const auto any = [word](auto test) { return std::any_of(word.begin(), word.end(), test); };
  const bool digit = any([](unsigned char c) { return std::isdigit(c) != 0; });
  const bool letter = any([](unsigned char c) { return std::isalpha(c) != 0; });
  const bool sign = any([](unsigned char c) { return std::ispunct(c) != 0 && c != '.' && c != ',' && c != ':' && c != '-' && c != '\''; });
  return (digit && letter) || (sign && letter);
}

struct Value {
  std::size_t start, end;
};

// The value after an announcer that ends at `at`; start == end: there is none.
Value value_after(std::string_view text, std::size_t at) {
  bool marked = false;  // a mark was seen after which anything is a value
  for (int fillers = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t') {
      ++at;
      continue;
    }
    if (c == ':' || c == '=' || c == '>') {
      marked = true;
      ++at;
      continue;
    }
    const bool escaped = c == '\\' && at + 1 < text.size() && text[at + 1] == '"';
    if (c == '"' || c == '\'' || escaped) {
      const std::string_view quote = escaped ? std::string_view("\\\"") : text.substr(at, 1);
      const std::size_t begin = at + quote.size();
      const std::size_t after = text.find_first_not_of(" \t", begin);
      if (after != std::string_view::npos && (text[after] == ':' || text[after] == '=')) {
        at = begin;  // the quote that ends a JSON name
        continue;
      }
      const std::size_t end = std::min(text.find(quote, begin), text.size());
      return {begin, end};
    }
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'<>,;", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const bool filler = std::any_of(kFillers.begin(), kFillers.end(), [&](auto f) { return equals(word, f); });
    if ((filler || (is_address(word) && !marked)) && fillers < 4) {
      ++fillers;
      at = end;
      continue;
    }
    const bool apart = at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t');  // not "psk-mismatch-ikev2.log"
    if (marked || (apart && looks_like_key(word))) return {at, end};
    return {at, at};
  }
  return {at, at};
}

}  // namespace

std::string without_keys(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char first = lower(text[i]);
    const bool begins = (first == 'p' || first == 's' || first == 'i') && (i == 0 || !is_word(text[i - 1]) ||
                         (std::isupper(static_cast<unsigned char>(text[i])) != 0));
    if (!begins) continue;
    for (const std::string_view announcer : kAnnouncers) {
      const std::size_t length = announced(text.substr(i), announcer);
      if (length == 0) continue;
      const Value value = value_after(text, i + length);
      if (value.start < value.end) {
        out.append(text.substr(copied, value.start - copied)).append(kRemoved);
        copied = value.end;
        i = value.end > 0 ? value.end - 1 : i;
      } else {
        i += length - 1;
      }
      break;
    }
  }
  return out.append(text.substr(copied));
}

}  // namespace tunnelscope::app
