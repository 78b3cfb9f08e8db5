// The pre-shared keys of a running configuration of Cisco IOS. In: its commands, of which the keys are taken and wiped.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "src/config/cisco_syntax.hpp"

namespace tunnelscope::config {

struct CiscoKeys {
  std::vector<model::Key> ikev1;                                   // `crypto isakmp key`, and those of all keyrings
  std::map<std::string, std::vector<model::Key>> keyrings;         // `crypto keyring`, by name
  std::map<std::string, std::vector<model::Key>> ikev2_keyrings;   // `crypto ikev2 keyring`, by name
};
CiscoKeys read_cisco_keys(Command& root);

inline model::Identity address_identity(const model::IpAddress& address) { return {model::IdentityKind::Address, model::text(address)}; }

}  // namespace tunnelscope::config
