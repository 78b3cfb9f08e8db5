// The pre-shared keys of a running configuration of Cisco IOS. In: its commands, of which the keys are taken and wiped.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/config/cisco_syntax.hpp"

namespace tunnelscope::config {

// A key of IKEv1, which the router looks up by its peer's address.
struct CiscoKey {
  model::Key key;
  std::optional<model::AddressRange> peers;  // the addresses that it is for; empty: it is filed under a name
  std::string keyring;                       // in which it stands; empty: in none
};

struct CiscoKeys {
  std::vector<CiscoKey> ikev1;                                     // `crypto isakmp key`, and those of all keyrings
  std::map<std::string, std::vector<CiscoKey>> keyrings;           // `crypto keyring`, by name
  std::map<std::string, std::vector<model::Key>> ikev2_keyrings;   // `crypto ikev2 keyring`, by name
};
CiscoKeys read_cisco_keys(Command& root);
// Those that count for a peer: of the keys for its address the most specific outweighs the others, whatever their order.
std::vector<model::Key> keys_for_peer(const std::vector<CiscoKey>& keys, const Value<model::Addresses>& peer);

// A network and its mask, never a wildcard: 255.255.255.255 is one address.
inline std::optional<model::AddressRange> masked(const model::IpAddress& address, const model::IpAddress& mask) {
  return model::text(mask) == "255.255.255.255" ? model::AddressRange{address, address} : model::range_of_mask(address, mask);
}

// "203.0.113.10 [255.255.255.0]", "ipv6 2001:db8::1/128" or the latter alone from `index` on; 0.0.0.0 is any address. Empty: none of these.
std::optional<model::AddressRange> cisco_range(const Command& command, std::size_t index);

inline model::Identity address_identity(const model::IpAddress& address) { return {model::IdentityKind::Address, model::text(address)}; }

}  // namespace tunnelscope::config
