// The shape of an unknown text: what varies from line to line is masked, so that equal shapes can be counted.
// In: any bytes. Out: the text with <n>, <ip>, <hex>, <id>, <time> and <text> for its variable parts, shortened.
#include <algorithm>
#include <cctype>

#include "diag/classify.hpp"

namespace tunnelscope::diag {
namespace {

bool is_word(char c) {
  const auto u = static_cast<unsigned char>(c);
  return std::isalnum(u) != 0 || c == '_' || c == '.' || c == ':' || c == '-' || c == '/' || u >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

bool is_ipv4(std::string_view word) {
  int dots = 0, digits = 0;
  for (const char c : word) {
    if (c == '.') {
      if (digits == 0 || ++dots > 3) return false;
      digits = 0;
    } else if (!is_digit(c) || ++digits > 3) {
      return false;
    }
  }
  return dots == 3 && digits > 0;
}

bool is_clock(std::string_view word) {  // 08:15:38 with or without a fraction
  return word.size() >= 8 && word[2] == ':' && word[5] == ':' &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == ':' || c == '.'; });
}

bool is_ipv6(std::string_view word) {
  return std::count(word.begin(), word.end(), ':') >= 2 &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_long_hex(std::string_view word) {
  if (word.starts_with("0x") || word.starts_with("0X")) return true;
  return word.size() >= 8 && std::all_of(word.begin(), word.end(), is_hex) &&
         std::any_of(word.begin(), word.end(), is_digit);
}

// Digits inside a word become <n>; letters stay.
void append_masked_numbers(std::string& out, std::string_view word) {
  for (std::size_t i = 0; i < word.size();) {
    if (!is_digit(word[i])) {
      out += word[i++];
      continue;
    }
    while (i < word.size() && is_digit(word[i])) ++i;
    out += "<n>";
  }
}

void append_masked_word(std::string& out, std::string_view word) {
  std::string_view tail;
  while (!word.empty() && (word.back() == '.' || word.back() == ':')) {
    tail = {word.data() + word.size() - 1, tail.size() + 1};
    word.remove_suffix(1);
  }
  const std::size_t port = word.find_last_of(':');
  if (port != std::string_view::npos && is_ipv4(word.substr(0, port))) {
    out += "<ip>:<n>";
    out += tail;
    return;
  }
  const std::size_t slash = word.find('/');
  const std::string_view address = word.substr(0, slash);
  if (is_clock(word)) {
    out += "<time>";
  } else if (is_ipv4(address) || is_ipv6(address)) {
    out += slash == std::string_view::npos ? "<ip>" : "<ip>/<n>";
  } else if (is_long_hex(word)) {
    out += "<hex>";
  } else if (word.size() > 12 && (word.starts_with("vpn-") || word.starts_with("cgw-"))) {
    out += "<id>";
  } else {
    append_masked_numbers(out, word);
  }
  out += tail;
}

}  // namespace

std::string shape_of(std::string_view text) {
  std::string shape;
  bool blank = false;
  std::size_t i = 0;
  while (i < text.size() && shape.size() < kLongestShape) {
    const char c = text[i];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      blank = !shape.empty();
      ++i;
      continue;
    }
    if (blank) shape += ' ';
    blank = false;
    if (c == '"') {
      if (const std::size_t end = text.find('"', i + 1); end != std::string_view::npos) {
        shape += "\"<text>\"";
        i = end + 1;
        continue;
      }
    }
    std::size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end == i) {
      shape += text[i++];
    } else {
      end = std::min(end, i + kLongestShape);
      append_masked_word(shape, text.substr(i, end - i));
      i = end;
    }
  }
  if (i < text.size() || shape.size() > kLongestShape) {
    std::size_t cut = std::min(kLongestShape, shape.size() - 1);
    while (cut > 0 && (static_cast<unsigned char>(shape[cut]) & 0xC0U) == 0x80U) --cut;
    shape.resize(cut);
    shape += "...";
  }
  return shape;
}

}  // namespace tunnelscope::diag
