// Addresses, ranges of them, and traffic selectors. In: text. Out: values that can be compared, contained and intersected.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::diag::config {

struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // IPv4 uses the first four

  auto operator<=>(const IpAddress&) const = default;
};

// "203.0.113.10", "2001:db8::1". Nothing else: no zone, no prefix, no name.
std::optional<IpAddress> parse_address(std::string_view text);
std::string text(const IpAddress& address);
// RFC 1918, RFC 6598 (carrier NAT), unique local: an address that a NAT must stand before on the internet.
bool is_private(const IpAddress& address);

// From `first` to `last`, both of one family, both included.
struct AddressRange {
  IpAddress first, last;

  bool contains(const AddressRange& other) const { return first.v6 == other.first.v6 && first <= other.first && other.last <= last; }
  bool contains(const IpAddress& address) const { return contains(AddressRange{address, address}); }
  bool everything() const;  // 0.0.0.0/0 or ::/0
  auto operator<=>(const AddressRange&) const = default;
};

// "10.0.0.0/16" (host bits are cut off), "10.0.0.1-10.0.0.9", a single address.
std::optional<AddressRange> parse_range(std::string_view text);
// A network and its mask in dotted form, as Cisco writes it; an inverted mask (0.0.0.255) too. Empty: not a mask.
std::optional<AddressRange> range_of_mask(const IpAddress& network, const IpAddress& mask);
std::optional<AddressRange> intersection(const AddressRange& a, const AddressRange& b);
std::string text(const AddressRange& range);  // CIDR where it is one, a single address bare, else "first-last"

// What goes into a CHILD SA at one end.
struct Selector {
  AddressRange addresses;
  std::uint8_t protocol = 0;                        // 0: any
  std::uint16_t first_port = 0, last_port = 65535;

  bool contains(const Selector& other) const;
  auto operator<=>(const Selector&) const = default;
};
using Selectors = std::vector<Selector>;

std::optional<Selector> intersection(const Selector& a, const Selector& b);
// Every intersection of one of `a` with one of `b`, each once; those inside another are left out.
Selectors intersection(const Selectors& a, const Selectors& b);
bool overlap(const Selectors& a, const Selectors& b);  // whether there is one
std::string text(const Selector& selector);  // "10.0.0.0/16", "10.0.0.0/16[6/443]"
std::string text(const Selectors& selectors);

// The outside addresses that one end has, or accepts of its peer.
struct Addresses {
  bool any = false;                    // %any, 0.0.0.0: whichever
  std::vector<AddressRange> ranges;
  std::vector<std::string> names;      // to be resolved: what they stand for is not known

  // The one address that it is; empty: several, a range, a name, any.
  std::optional<IpAddress> single() const;
  bool accepts(const IpAddress& address) const;  // as far as the numbers say
  friend bool operator==(const Addresses&, const Addresses&) = default;
};
std::string text(const Addresses& addresses);

}  // namespace tunnelscope::diag::config
