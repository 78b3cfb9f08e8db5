// Addresses are checked and normalised by inet_pton and inet_ntop, so that one tunnel has one spelling.
#include "src/input/identity.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace tunnelscope::input {
namespace {

constexpr std::size_t kShortestId = 8, kLongestId = 17;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) { return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool begins_vpn(std::string_view text) {
  return text.size() > 4 && lower(text[0]) == 'v' && lower(text[1]) == 'p' && lower(text[2]) == 'n' && text[3] == '-';
}

std::size_t hex_run(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_hex) - text.begin());
}

std::string_view address_at(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return is_hex(c) || c == '.' || c == ':'; });
  text = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return text;
}

Identity last_in(std::string_view text, std::string_view separators) {
  for (std::size_t at = text.size(); at-- > 0;) {
    if (lower(text[at]) != 'v' || (at > 0 && is_word(text[at - 1])) || !begins_vpn(text.substr(at))) continue;
    const auto id = text.substr(at, 4 + hex_run(text.substr(at + 4)));
    const auto rest = text.substr(at + id.size());
    Identity found;
    if (rest.empty() || separators.find(rest[0]) == std::string_view::npos) continue;
    if (found.set_connection(id) && found.set_outside_ip(address_at(rest.substr(1)))) return found;
  }
  return {};
}

}  // namespace

bool Identity::set_connection(std::string_view id) {
  if (!begins_vpn(id)) return false;
  const std::size_t digits = id.size() - 4;
  if (digits < kShortestId || digits > kLongestId || hex_run(id.substr(4)) != digits) return false;
  std::transform(id.begin(), id.end(), connection_.begin(), lower);
  connection_length_ = static_cast<std::uint8_t>(id.size());
  return true;
}

bool Identity::set_outside_ip(std::string_view ip) {
  std::array<char, 46> text{};
  if (ip.empty() || ip.size() >= text.size()) return false;
  std::copy(ip.begin(), ip.end(), text.begin());
  const int family = ip.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  std::array<unsigned char, 16> address{};
  if (inet_pton(family, text.data(), address.data()) != 1) return false;
  inet_ntop(family, address.data(), ip_.data(), static_cast<socklen_t>(ip_.size()));
  ip_length_ = static_cast<std::uint8_t>(std::strlen(ip_.data()));
  return true;
}

Identity identity_in(std::string_view text) { return last_in(text, "-_"); }
Identity identity_in_path(std::string_view path) { return last_in(path, "-_/"); }

Identity identity_of_option(std::string_view option) {
  Identity identity;
  const auto slash = option.find('/');
  identity.set_connection(option.substr(0, slash));
  if (slash != std::string_view::npos) identity.set_outside_ip(option.substr(slash + 1));
  return identity;
}

}  // namespace tunnelscope::input
