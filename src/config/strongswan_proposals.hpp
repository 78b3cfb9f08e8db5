// The proposal strings of strongSwan: "aes256-sha256-modp2048, aes128gcm16-prfsha256-ecp256, default". In: what stands in
// `proposals`, `esp_proposals`, `ike=` or `esp=`. Out: sets of transforms, with what no table knows as it stands.
#pragma once
#include "diag/config/proposal.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {

// What `default` stands for in strongSwan 5.9. For IKE a plugin may add to it, which is marked as unrecognised; for ESP it is certain and
// has no group: no PFS.
model::Proposals strongswan_default(model::Protocol protocol, const Where& where);

// A word that is no algorithm is a problem and stays in `unrecognised`. An IKE proposal without a group is refused by the daemon: it is
// a problem and leaves the list unknown.
Value<model::Proposals> strongswan_proposals(const Word& list, model::Protocol protocol, std::vector<Problem>& problems);

// SHA-256 cut as it was before RFC 4868: `sha256_96 = yes`, or Libreswan's `sha2-truncbug=yes`.
void truncate_sha256(Value<model::Proposals>& proposals);

}  // namespace tunnelscope::config
