#include "src/config/key_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace tunnelscope::config {
namespace {

using diag::config::Secret;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Digits may be grouped by ":" or "_". An odd number of them has a zero before the first.
std::optional<std::string> from_hex(std::string_view text) {
  std::string digits;
  digits.reserve(text.size() + 1);
  for (const char c : text)
    if (hex_digit(c) >= 0) digits += c;
    else if (c != ':' && c != '_') return std::nullopt;
  if (digits.empty()) return std::nullopt;
  if (digits.size() % 2) digits.insert(digits.begin(), '0');
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) bytes += static_cast<char>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1]));
  diag::config::wipe(digits);
  return bytes;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  bytes.reserve(text.size());
  unsigned held = 0, bits = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    held = (held << 6 | static_cast<unsigned>(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xff);
  }
  return bytes.empty() ? std::nullopt : std::optional(std::move(bytes));
}

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Without what a mask is wrapped in.
std::string_view bare(std::string_view text) {
  constexpr std::string_view kWrapping = "<>()[]{}/* \"'";
  while (!text.empty() && is_one_of(text.front(), kWrapping)) text.remove_prefix(1);
  while (!text.empty() && is_one_of(text.back(), kWrapping)) text.remove_suffix(1);
  return text;
}

bool is_placeholder(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kForms{{{"${", "}"}, {"{{", "}}"}, {"<", ">"}, {"%{", "}"}}};
  return std::any_of(kForms.begin(), kForms.end(), [&](const auto& form) { return text.starts_with(form.first) && text.ends_with(form.second); });
}

}  // namespace

bool is_masked(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords{"redacted", "removed", "key removed", "masked", "hidden", "sensitive", "sensitive value", "secret-data"};
  constexpr std::size_t kFewestSigns = 3;
  if (text.empty()) return false;
  const bool stars = text.find_first_not_of('*') == std::string_view::npos;
  const bool signs = text.size() >= kFewestSigns && is_one_of(text.front(), "xX.") && text.find_first_not_of(text.front()) == std::string_view::npos;
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  const std::string_view word = bare(text);
  return stars || signs || is_placeholder(text) ||
         std::any_of(kWords.begin(), kWords.end(), [&](std::string_view known) { return std::equal(word.begin(), word.end(), known.begin(), known.end(), same); });
}

Secret literal_key(std::string&& text) { return Secret(std::move(text)); }

std::optional<Secret> decoded_key(std::string&& text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X"), base64 = text.starts_with("0s") || text.starts_with("0S");
  if (!hex && !base64) return literal_key(std::move(text));
  std::optional<std::string> bytes = hex ? from_hex(std::string_view(text).substr(2)) : from_base64(std::string_view(text).substr(2));
  diag::config::wipe(text);
  if (!bytes) return std::nullopt;
  return Secret(std::move(*bytes));
}

void give_keys(std::vector<diag::config::Endpoint>& endpoints, const diag::config::Value<std::vector<diag::config::Key>>& keys) {
  using Keys = diag::config::Value<std::vector<diag::config::Key>>;
  constexpr std::size_t kMostCopies = 1'000'000;
  const bool too_many = keys.known() && keys->size() > kMostCopies / std::max<std::size_t>(1, endpoints.size());
  for (auto& endpoint : endpoints) endpoint.keys = too_many ? Keys::unknown("there are too many keys", keys.where()) : keys;
}

}  // namespace tunnelscope::config
