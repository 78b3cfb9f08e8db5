// An IKE identity. In: text as configurations write it. Out: its kind and value, compared as IKE does.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::diag::config {

enum class IdentityKind : std::uint8_t { Any, Address, Fqdn, UserFqdn, KeyId, DistinguishedName, Network, OneOf };

struct Identity {
  IdentityKind kind = IdentityKind::Any;
  std::string value;  // an address in its canonical text; empty for Any
  std::vector<Identity> alternatives{};  // OneOf: whoever is expected; `value` names them

  // Names (FQDN, user FQDN) are compared without case, addresses by their bytes, all else byte by byte.
  friend bool operator==(const Identity& a, const Identity& b);
  // Whether an end that expects this identity takes `presented`.
  bool accepts(const Identity& presented) const;
  // Expected names may hold "*": what they accept is then the daemon's to say.
  bool has_wildcard() const { return value.find('*') != std::string::npos; }
};

// What most daemons make of a bare text: "%any" or "" is Any, an address an address, "@#" and hex a key id, "@name" and a bare
// name an FQDN, "user@name" a user FQDN, anything with "=" a distinguished name. A vendor that reads it otherwise says so in its reader.
Identity identity_of(std::string_view text);
std::string_view name(IdentityKind kind);  // "address", "fqdn", "user-fqdn", "key-id", "dn", "any", "network", "one-of"
// What an end expects that takes each of these: Any where one of them is.
Identity one_of(std::vector<Identity> alternatives);
std::string text(const Identity& identity);  // its value; "%any"
std::string with_kind(const Identity& identity);  // what identity_of() reads as the same: "@198.51.100.20"

}  // namespace tunnelscope::diag::config
