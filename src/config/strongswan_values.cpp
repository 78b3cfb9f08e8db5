#include "src/config/strongswan_values.hpp"

#include <charconv>
#include <utility>

namespace tunnelscope::config {
namespace {

using model::Identity;
using model::IdentityKind;
using model::Selector;
using model::Selectors;

constexpr std::uint64_t kLongest = 100ull * 365 * 86'400;  // seconds

std::string hex_of(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> 4];
    digits += kDigits[byte & 15];
  }
  return digits;
}

std::optional<Identity> prefixed(std::string_view kind, std::string_view rest) {
  if (kind == "fqdn" || kind == "dns") return Identity{IdentityKind::Fqdn, std::string(rest)};
  if (kind == "email" || kind == "rfc822" || kind == "userfqdn") return Identity{IdentityKind::UserFqdn, std::string(rest)};
  if (kind == "keyid") return Identity{IdentityKind::KeyId, hex_of(rest)};
  if (kind == "asn1dn") return rest.starts_with('#') ? std::nullopt : std::optional(Identity{IdentityKind::DistinguishedName,
      std::string(rest)});
  if (kind == "ipv4" || kind == "ipv6") return model::parse_address(rest) ? std::optional(model::identity_of(rest)) : std::nullopt;
  return std::nullopt;
}

bool is_prefix(std::string_view kind) {
  for (const std::string_view one : {"fqdn", "dns", "email", "rfc822", "userfqdn", "keyid", "asn1dn", "ipv4", "ipv6"})
    if (kind == one) return true;
  return false;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  if (const auto number = whole_number(text)) return *number <= 65535 ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
  return spelt<std::uint16_t>(text, {{"http", 80}, {"https", 443}, {"ssh", 22}, {"domain", 53}, {"ntp", 123}, {"bgp", 179}, {"snmp", 161},
                                     {"isakmp", 500}, {"l2tp", 1701}, {"l2f", 1701}, {"smtp", 25}, {"ldap", 389}, {"syslog", 514}});
}

// Network and restriction: "10.0.0.0/16[tcp/443]".
std::pair<std::string_view, std::string_view> taken_apart(std::string_view text) {
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos || !text.ends_with(']')) return {trimmed(text), {}};
  return {trimmed(text.substr(0, open)), text.substr(open + 1, text.size() - open - 2)};
}

bool restrict(Selector& selector, std::string_view restriction) {
  if (restriction.empty()) return true;
  const std::size_t slash = std::min(restriction.find('/'), restriction.size());
  if (!set_protocol(selector, restriction.substr(0, slash))) return false;
  return slash == restriction.size() || set_ports(selector, restriction.substr(slash + 1));
}

std::optional<model::IpAddress> fixed(const Value<model::Addresses>& outer) {
  return outer.known() ? outer->single() : std::nullopt;
}

constexpr const char* kNotFixed = "it follows the outside address, which is not fixed in the configuration";

}  // namespace

bool set_protocol(Selector& selector, std::string_view text) {
  if (text.empty() || text == "%any") return true;
  if (const auto number = whole_number(text)) {
    selector.protocol = static_cast<std::uint8_t>(*number);
    return *number <= 255;
  }
  const auto known = spelt<std::uint8_t>(text, {{"ip", 0}, {"any", 0}, {"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"gre", 47}, {"esp", 50},
      {"ah", 51},
                                                {"ipv6-icmp", 58}, {"icmpv6", 58}, {"ospf", 89}, {"l2tp", 115}, {"sctp", 132}});
  selector.protocol = known.value_or(0);
  return known.has_value();
}

bool set_ports(Selector& selector, std::string_view text) {
  if (text.empty() || text == "%any" || text == "any") return true;
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = port_of(text.substr(0, dash)), last = dash == text.size() ? first : port_of(text.substr(dash + 1));
  if (!first || !last || *last < *first) return false;
  selector.first_port = *first;
  selector.last_port = *last;
  if (*first == 0 && *last == 0) selector.last_port = 65535;
  return true;
}

std::optional<bool> strongswan_bool(std::string_view text) {
  return spelt<bool>(text, {{"yes", true}, {"true", true}, {"enabled", true}, {"1", true},
                            {"no", false}, {"false", false}, {"disabled", false}, {"0", false}});
}

std::optional<Seconds> strongswan_time(std::string_view text) {
  double unit = 1;
  if (!text.empty() && (text.back() < '0' || text.back() > '9')) {
    const auto known = spelt<double>(text.substr(text.size() - 1), {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}, {"w", 604'800}});
    if (!known) return std::nullopt;
    unit = *known;
    text = trimmed(text.substr(0, text.size() - 1));
  }
  double number = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || number * unit > static_cast<double>(kLongest)) return std::nullopt;
  return Seconds(static_cast<Seconds::rep>(number * unit));
}

std::optional<Seconds> whole_time(std::string_view text) {
  return text.find('.') == std::string_view::npos ? strongswan_time(text) : std::nullopt;
}

std::optional<std::uint64_t> strongswan_bytes(std::string_view text) {
  std::uint64_t unit = 1;
  if (!text.empty() && (text.back() < '0' || text.back() > '9')) {
    const auto known = spelt<std::uint64_t>(text.substr(text.size() - 1), {{"k", 1u << 10}, {"m", 1u << 20}, {"g", 1u << 30}});
    if (!known) return std::nullopt;
    unit = *known;
    text.remove_suffix(1);
  }
  const auto number = whole_number(trimmed(text));
  if (!number || *number > UINT64_MAX / unit) return std::nullopt;
  return *number * unit;
}

std::optional<model::Authentication> strongswan_authentication(std::string_view text) {
  const std::string word = lower(text);
  if (word == "psk" || word == "secret") return model::Authentication::PreSharedKey;
  if (word.starts_with("eap")) return model::Authentication::Eap;
  if (word.starts_with("xauth") || word == "any" || word == "never") return model::Authentication::Other;
  for (const std::string_view kind : {"pubkey", "rsa", "ecdsa", "ed25519", "ed448", "bliss", "ike:"})
    if (word.starts_with(kind)) return model::Authentication::Certificate;
  return std::nullopt;
}

std::optional<Identity> strongswan_identity(std::string_view text) {
  if (text == "*" || text == "0.0.0.0" || text == "::") return Identity{};
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && is_prefix(text.substr(0, colon))) return prefixed(text.substr(0, colon), text.substr(colon + 1));
  if (text.starts_with("@#")) return Identity{IdentityKind::KeyId, lower(text.substr(2))};
  // A network or a range of addresses to accept.
  if (!model::parse_address(text) && model::parse_range(text)) return std::nullopt;
  return model::identity_of(text);
}

Value<model::Addresses> strongswan_addresses(const Word& list) {
  model::Addresses all;
  for (const Word& word : split(list, ',')) {
    const bool any = word.text == "%any" || word.text == "%any4" || word.text == "%any6" || word.text == "0.0.0.0" || word.text == "::" ||
                     word.text == "0.0.0.0/0" || word.text == "::/0";
    if (any) all.any = true;
    else if (const auto range = model::parse_range(word.text)) all.ranges.push_back(*range);
    else all.names.push_back(word.text);
  }
  return Value<model::Addresses>::stated(std::move(all), list.where);
}

Value<Selectors> dynamic_selectors(const Value<model::Addresses>& outer, const Where& where, const std::string& table) {
  const auto address = fixed(outer);
  if (!address) return Value<Selectors>::unknown(kNotFixed, where);
  return Value<Selectors>::by_default({{{*address, *address}}}, where, table);
}

Value<Identity> identity_of_address(const Value<model::Addresses>& outer, const Where& where, const std::string& table) {
  const auto address = fixed(outer);
  if (!address) return Value<Identity>::unknown(kNotFixed, where);
  return Value<Identity>::by_default({IdentityKind::Address, model::text(*address)}, where, table);
}

Value<Selectors> strongswan_selectors(const Word& list, const Value<model::Addresses>& outer, std::vector<Problem>& problems) {
  Selectors all;
  std::string unknown;
  for (const Word& word : split(list, ',')) {
    const auto [network, restriction] = taken_apart(word.text);
    const bool dynamic = network == "dynamic" || network == "%dynamic";
    const auto address = dynamic ? fixed(outer) : std::nullopt;
    const auto range = address ? std::optional(model::AddressRange{*address, *address}) : model::parse_range(network);
    Selector selector{range.value_or(model::AddressRange{})};
    const bool readable = restrict(selector, restriction);
    if (range && readable) all.push_back(selector);
    else if (dynamic && readable) unknown = kNotFixed;
    else {
      unknown = "a traffic selector cannot be read";
      report_unread(problems, word.where, "this is no traffic selector", "write a network, as in `10.0.0.0/16` or `10.0.0.0/16[tcp/443]`");
    }
  }
  if (unknown.empty() && all.empty()) {
    unknown = "it names no network";
    report_unread(problems, list.where, unknown, "write a network, as in `10.0.0.0/16`, or leave the line out");
  }
  if (!unknown.empty()) return Value<Selectors>::unknown(unknown, list.where);
  return Value<Selectors>::stated(std::move(all), list.where);
}

}  // namespace tunnelscope::config
