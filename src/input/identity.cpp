// Addresses are checked and normalised by inet_pton and inet_ntop, so that one tunnel has one spelling.
#include "src/input/identity.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "diag/identity_hash.hpp"
#include "src/escape.hpp"

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

// What may stand between the groups of an IPv6 address, in upper case.
constexpr std::array<std::string_view, 4> kJoints{"-", "_", ".", "%3A"};

bool starts_with_joint(std::string_view text, std::string_view joint) {
  return text.size() >= joint.size() && std::equal(joint.begin(), joint.end(), text.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

// The longest IPv6 address that the text begins with, its groups joined by `joint`.
bool set_joined(Identity& identity, std::string_view text, std::string_view joint) {
  constexpr std::size_t kLongest = 40;
  std::string address;
  std::size_t at = 0, longest = 0;
  bool found = false;
  while (at < text.size() && address.size() < kLongest) {
    const bool joins = starts_with_joint(text.substr(at), joint);
    if (!joins && !is_hex(text[at])) break;
    address += joins ? ':' : text[at];
    at += joins ? joint.size() : 1;
    const bool ends_group = at == text.size() || !is_word(text[at]);
    Identity longer;
    if (!joins && ends_group && address.find(':') != std::string::npos && longer.set_outside_ip(address)) longest = address.size(), found = true;
  }
  return found && identity.set_outside_ip(std::string_view(address).substr(0, longest));
}

bool set_address_at(Identity& identity, std::string_view text) {
  if (identity.set_outside_ip(address_at(text))) return true;
  return std::any_of(kJoints.begin(), kJoints.end(), [&](std::string_view joint) { return set_joined(identity, text, joint); });
}

Identity last_in(std::string_view text, std::string_view separators) {
  for (std::size_t at = text.size(); at-- > 0;) {
    if (lower(text[at]) != 'v' || (at > 0 && is_word(text[at - 1])) || !begins_vpn(text.substr(at))) continue;
    const auto id = text.substr(at, 4 + hex_run(text.substr(at + 4)));
    const auto rest = text.substr(at + id.size());
    Identity found;
    if (rest.empty() || separators.find(rest[0]) == std::string_view::npos) continue;
    if (found.set_connection(id) && set_address_at(found, rest.substr(1))) return found;
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
  inet_ntop(family, address.data(), end_.data(), static_cast<socklen_t>(end_.size()));
  end_length_ = static_cast<std::uint8_t>(std::strlen(end_.data()));
  is_stream_ = false;
  return true;
}

void Identity::set_stream(std::string_view name) {
  std::string text(name);
  if (text.size() > end_.size()) {
    const std::string number = fmt::format("~{:08x}", static_cast<std::uint32_t>(diag::IdentityHash{}.add(name).value()));
    text = std::string(app::first_bytes(name, end_.size() - number.size())) + number;
  }
  std::copy(text.begin(), text.end(), end_.begin());
  end_length_ = static_cast<std::uint8_t>(text.size());
  is_stream_ = true;
}

Identity identity_in(std::string_view text) { return last_in(text, "-_"); }
Identity identity_in_path(std::string_view path) { return last_in(path, "-_/"); }

Identity identity_of_stream(std::string_view name) {
  Identity found = identity_in(name);
  if (found.known() || found.set_outside_ip(address_at(name))) return found;
  for (const std::string_view end : {".log", "-IKE", "_IKE", "-BGP", "_BGP"})
    if (name.ends_with(end)) name.remove_suffix(end.size());
  const std::size_t id = begins_vpn(name) ? 4 + hex_run(name.substr(4)) : 0;
  const bool is_apart = id == name.size() || name.substr(id).starts_with('-') || name.substr(id).starts_with('_');
  if (is_apart && found.set_connection(name.substr(0, id))) name.remove_prefix(std::min(id + 1, name.size()));
  if (!name.empty() || !found.connection().empty()) found.set_stream(name);
  return found;
}

Identity identity_of_option(std::string_view option) {
  Identity identity;
  const auto slash = option.find('/');
  identity.set_connection(option.substr(0, slash));
  if (slash != std::string_view::npos) identity.set_outside_ip(option.substr(slash + 1));
  return identity;
}

}  // namespace tunnelscope::input
