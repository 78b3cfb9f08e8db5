#include "diag/config/addresses.hpp"

#include <algorithm>
#include <charconv>

namespace tunnelscope::diag::config {
namespace {

constexpr std::size_t kLongestText = 64;  // longer than any address, range or prefix

std::optional<unsigned> number(std::string_view text, unsigned most, int base = 10) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto byte = number(text.substr(0, dot), 255);
    if (!byte || dot > 3) return std::nullopt;
    address.bytes[i] = static_cast<std::uint8_t>(*byte);
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return address;
}

// Groups of four hex digits between colons; the last may be an IPv4 address. Empty when malformed.
std::optional<std::vector<std::uint8_t>> parse_groups(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  while (!text.empty() && bytes.size() < 16) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view part = text.substr(0, colon);
    if (colon == text.size() && part.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(part);
      if (!v4) return std::nullopt;
      bytes.insert(bytes.end(), v4->bytes.begin(), v4->bytes.begin() + 4);
      return bytes;
    }
    const auto value = number(part, 0xffff, 16);
    if (!value || part.size() > 4) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*value >> 8));
    bytes.push_back(static_cast<std::uint8_t>(*value & 0xff));
    if (colon == text.size()) return bytes;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return text.empty() ? std::optional(bytes) : std::nullopt;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const auto head = parse_groups(text.substr(0, gap));
  const auto tail = gap == std::string_view::npos ? parse_groups("") : parse_groups(text.substr(gap + 2));
  if (!head || !tail) return std::nullopt;
  const std::size_t size = head->size() + tail->size();
  if (gap == std::string_view::npos ? size != 16 : size > 14) return std::nullopt;
  IpAddress address;
  address.v6 = true;
  std::copy(head->begin(), head->end(), address.bytes.begin());
  std::copy(tail->rbegin(), tail->rend(), address.bytes.rbegin());
  return address;
}

std::size_t bits_of(const IpAddress& address) { return address.v6 ? 128 : 32; }

IpAddress with_host_bits(IpAddress address, std::size_t prefix, bool ones) {
  for (std::size_t bit = prefix; bit < bits_of(address); ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> (bit % 8));
    std::uint8_t& byte = address.bytes[bit / 8];
    byte = static_cast<std::uint8_t>(ones ? byte | mask : byte & ~mask);
  }
  return address;
}

AddressRange network(const IpAddress& address, std::size_t prefix) {
  return {with_host_bits(address, prefix, false), with_host_bits(address, prefix, true)};
}

std::optional<std::size_t> prefix_of(const AddressRange& range) {
  for (std::size_t prefix = 0; prefix <= bits_of(range.first); ++prefix)
    if (network(range.first, prefix) == range) return prefix;
  return std::nullopt;
}

// The longest run of zero groups, which "::" stands for.
std::pair<int, int> longest_zeros(const std::array<unsigned, 8>& groups) {
  int best = -1, length = 1;
  for (int at = 0; at < 8; ++at) {
    int end = at;
    while (end < 8 && groups[static_cast<std::size_t>(end)] == 0) ++end;
    if (end - at > length) best = at, length = end - at;
  }
  return {best, length};
}

std::string hex(unsigned value) {
  char digits[4];
  const auto end = std::to_chars(digits, digits + 4, value, 16).ptr;
  return {digits, end};
}

std::string text_v6(const IpAddress& address) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
  const auto [gap, length] = longest_zeros(groups);
  std::string text;
  for (int i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += hex(groups[static_cast<std::size_t>(i)]);
  }
  return text;
}

bool within(const IpAddress& address, std::string_view range) { return parse_range(range)->contains(address); }

template <class Item>
std::string joined(const std::vector<Item>& items) {
  std::string all;
  for (const Item& item : items) all += (all.empty() ? "" : ", ") + text(item);
  return all;
}

}  // namespace

std::optional<IpAddress> parse_address(std::string_view text) {
  if (text.empty() || text.size() > kLongestText) return std::nullopt;
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

std::string text(const IpAddress& address) {
  if (address.v6) return text_v6(address);
  std::string all;
  for (std::size_t i = 0; i < 4; ++i) all += (i ? "." : "") + std::to_string(address.bytes[i]);
  return all;
}

bool is_private(const IpAddress& address) {
  for (const std::string_view range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"})
    if (within(address, range)) return true;
  return false;
}

bool AddressRange::everything() const { return network(first, 0) == *this; }

std::optional<AddressRange> parse_range(std::string_view text) {
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const auto address = parse_address(text.substr(0, slash));
    const auto prefix = number(text.substr(slash + 1), 128);
    if (!address || !prefix || *prefix > bits_of(*address)) return std::nullopt;
    return network(*address, *prefix);
  }
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = parse_address(text.substr(0, dash));
  const auto last = dash == text.size() ? first : parse_address(text.substr(dash + 1));
  if (!first || !last || first->v6 != last->v6 || *last < *first) return std::nullopt;
  return AddressRange{*first, *last};
}

std::optional<AddressRange> range_of_mask(const IpAddress& address, const IpAddress& mask) {
  if (address.v6 || mask.v6) return std::nullopt;
  for (std::size_t prefix = 0; prefix <= 32; ++prefix) {
    const AddressRange whole = network(IpAddress{}, prefix);  // its last address is the mask inverted
    IpAddress ones = whole.last;
    for (std::size_t i = 0; i < 4; ++i) ones.bytes[i] = static_cast<std::uint8_t>(~ones.bytes[i]);
    if (mask == ones || mask == whole.last) return network(address, prefix);
  }
  return std::nullopt;
}

std::optional<AddressRange> intersection(const AddressRange& a, const AddressRange& b) {
  if (a.first.v6 != b.first.v6) return std::nullopt;
  const AddressRange both{std::max(a.first, b.first), std::min(a.last, b.last)};
  return both.first <= both.last ? std::optional(both) : std::nullopt;
}

std::string text(const AddressRange& range) {
  if (range.first == range.last) return text(range.first);
  if (const auto prefix = prefix_of(range)) return text(range.first) + "/" + std::to_string(*prefix);
  return text(range.first) + "-" + text(range.last);
}

bool Selector::contains(const Selector& other) const {
  return addresses.contains(other.addresses) && (protocol == 0 || protocol == other.protocol) && first_port <= other.first_port &&
         other.last_port <= last_port;
}

std::optional<Selector> intersection(const Selector& a, const Selector& b) {
  const auto addresses = intersection(a.addresses, b.addresses);
  const bool protocols = a.protocol == b.protocol || a.protocol == 0 || b.protocol == 0;
  const Selector both{addresses.value_or(AddressRange{}), std::max(a.protocol, b.protocol), std::max(a.first_port, b.first_port),
                      std::min(a.last_port, b.last_port)};
  return addresses && protocols && both.first_port <= both.last_port ? std::optional(both) : std::nullopt;
}

Selectors intersection(const Selectors& a, const Selectors& b) {
  Selectors kept;
  for (const Selector& one : a)
    for (const Selector& other : b) {
      const auto both = intersection(one, other);
      if (!both || std::any_of(kept.begin(), kept.end(), [&](const Selector& wider) { return wider.contains(*both); })) continue;
      std::erase_if(kept, [&](const Selector& narrower) { return both->contains(narrower); });
      kept.push_back(*both);
    }
  return kept;
}

bool overlap(const Selectors& a, const Selectors& b) {
  return std::any_of(a.begin(), a.end(), [&](const Selector& one) {
    return std::any_of(b.begin(), b.end(), [&](const Selector& other) { return intersection(one, other).has_value(); });
  });
}

std::string text(const Selector& selector) {
  std::string all = text(selector.addresses);
  const bool all_ports = selector.first_port == 0 && selector.last_port == 65535;
  if (selector.protocol == 0 && all_ports) return all;
  all += "[" + std::to_string(selector.protocol);
  if (!all_ports) all += "/" + std::to_string(selector.first_port);
  if (!all_ports && selector.last_port != selector.first_port) all += "-" + std::to_string(selector.last_port);
  return all + "]";
}

std::string text(const Selectors& selectors) { return joined(selectors); }

std::optional<IpAddress> Addresses::single() const {
  if (any || !names.empty() || ranges.size() != 1 || ranges[0].first != ranges[0].last) return std::nullopt;
  return ranges[0].first;
}

bool Addresses::accepts(const IpAddress& address) const {
  return any || std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& range) { return range.contains(address); });
}

std::string text(const Addresses& addresses) {
  if (addresses.any) return "%any";
  std::string all = joined(addresses.ranges);
  for (const std::string& one : addresses.names) all += (all.empty() ? "" : ", ") + one;
  return all;
}

}  // namespace tunnelscope::diag::config
