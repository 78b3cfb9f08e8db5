// Proposals of Junos. In: the path of a policy. Out: the proposals that it names; a word that is no algorithm is a problem.
#pragma once
#include "src/config/juniper_view.hpp"

namespace tunnelscope::config {

// "proposals P" or "proposals [ P Q ]" of the policy, of "ike" or "ipsec"; "proposal-set standard" is not taken apart. `paths` receives
// where each is defined.
Value<model::Proposals> read_juniper_proposals(JuniperView& view, const JuniperPath& policy, const std::string& kind, const Where& where,
                                               std::vector<JuniperPath>& paths);
void add_juniper_group(JuniperView& view, model::Proposal& proposal, const Word& word);

}  // namespace tunnelscope::config
