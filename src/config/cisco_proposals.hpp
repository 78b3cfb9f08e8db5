// Policies, proposals and transform sets of Cisco IOS. In: the command that defines one. Out: a proposal, and problems.
#pragma once
#include <string_view>
#include <vector>

#include "src/config/cisco_syntax.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {

inline constexpr const char* kCiscoTable = "Cisco IOS XE 17, 2023-03";  // of defaults

// `crypto isakmp policy`, which shows what differs from DES, SHA, RSA signatures, group 1 and a day.
struct CiscoPolicy {
  model::Proposal proposal;
  Value<model::Authentication> method;
  Value<Seconds> lifetime;
};
CiscoPolicy read_isakmp_policy(const Command& command, std::vector<Problem>& problems);
model::Proposal read_ikev2_proposal(const Command& command, std::vector<Problem>& problems);
// Sets the mode of `child` where the set says it.
model::Proposal read_transform_set(const Command& set, model::Child& child, std::vector<Problem>& problems);

void add_cisco_group(model::Proposal& proposal, std::string_view number, const Word& word, std::vector<Problem>& problems);
// The word at `index` as a method of authentication.
Value<model::Authentication> cisco_method(const Command& command, std::size_t index, std::vector<Problem>& problems);
// The word at `index` as seconds.
Value<Seconds> cisco_seconds(const Command& command, std::size_t index, std::vector<Problem>& problems);

}  // namespace tunnelscope::config
