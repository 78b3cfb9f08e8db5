// The proposal strings of Libreswan: "aes256-sha2_256;modp2048, aes_gcm256-sha2_512-dh20+dh19". In: what stands in `ike=` or `esp=`.
// Out: sets of transforms, with the vendor's defaults for what a string leaves out.
#pragma once
#include "diag/config/proposal.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {

// For IKE the list is marked as not recognised in full, as it differs between releases.
model::Proposals libreswan_default(model::Protocol protocol, const Where& where);

// A word that is no algorithm is a problem and stays in `unrecognised`. A proposal for ESP is left without groups when it names none: pfs=
// decides what that means.
model::Proposals libreswan_proposals(const Word& list, model::Protocol protocol, std::vector<Problem>& problems);

// One proposal for each combination, as pluto sends them in IKEv1.
model::Proposals every_combination(const model::Proposals& proposals);

}  // namespace tunnelscope::config
