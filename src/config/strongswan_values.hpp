// How strongSwan writes single values, in swanctl.conf and ipsec.conf alike. In: the text of a value. Out: what it says; empty: it
// cannot be read.
#pragma once
#include <optional>

#include "src/config/settings.hpp"

namespace tunnelscope::config {

// A strongSwan that has no say in make-before-break, retransmission and aggressive mode in its own files has these defaults.
inline constexpr const char* kCharonTable = "strongSwan 5.9 charon, 2022-10";
inline constexpr Seconds kCharonRetransmission{165};  // 4 s, five times, each 1.8 times the one before

std::optional<bool> strongswan_bool(std::string_view text);
std::optional<Seconds> strongswan_time(std::string_view text);        // "90", "90s", "1h"; "1.5h" too, as Libreswan reads it
std::optional<Seconds> whole_time(std::string_view text);             // the same without "1.5h", which strongSwan refuses
std::optional<std::uint64_t> strongswan_bytes(std::string_view text); // "1000", "64k", "5m", "1g"
std::optional<model::Authentication> strongswan_authentication(std::string_view text);
// With the prefixes "fqdn:", "email:", "keyid:" and so on. Key ids come out as hex digits.
std::optional<model::Identity> strongswan_identity(std::string_view text);

// "203.0.113.10, gw.example, 10.0.0.0/24, %any".
Value<model::Addresses> strongswan_addresses(const Word& list);
// "10.0.0.0/16[tcp/443], dynamic": `outer` is what dynamic stands for where it is one address.
Value<model::Selectors> strongswan_selectors(const Word& list, const Value<model::Addresses>& outer, std::vector<Problem>& problems);
// The whole of one outside address; unknown where it is not fixed. A default of this table.
Value<model::Selectors> dynamic_selectors(const Value<model::Addresses>& outer, const Where& where, const std::string& table);
// The address as an identity, what both ends are called when nothing is said.
Value<model::Identity> identity_of_address(const Value<model::Addresses>& outer, const Where& where, const std::string& table);

// "tcp", "6"; "443", "http", "1000-2000". Into `selector`; false: not known.
bool set_protocol(model::Selector& selector, std::string_view text);
bool set_ports(model::Selector& selector, std::string_view text);

}  // namespace tunnelscope::config
