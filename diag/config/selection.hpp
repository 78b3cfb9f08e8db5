// How one proposal is agreed on. In: both ends' lists, who begins, in which exchange. Out: what is chosen, or what comes nearest.
// As measured between daemons (facts/ike-faults.md 4), which is not simply that the lists intersect.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "diag/config/proposal.hpp"
#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {

enum class Version : std::uint8_t { Ikev1, Ikev2 };

enum class Exchange : std::uint8_t {
  Ike,         // IKE_SA_INIT, Main and Aggressive Mode; and the rekey of an IKE SA
  FirstChild,  // IKE_AUTH, which carries no key exchange of its own; in IKEv1 Quick Mode, which does
  ChildRekey,  // CREATE_CHILD_SA; in IKEv1 another Quick Mode
};

// What an initiator with this list puts on the wire. IKEv2: all of it, without groups in IKE_AUTH. IKEv1: the first algorithm of
// each type of each proposal; in Quick Mode only of proposals that hold the group of the first one, with that group; in Phase 1
// no AEAD cipher. `configured` is as written; what comes out is completed().
Proposals offered(const Proposals& configured, Exchange exchange, Version version);

// What a responder takes such an offer against: its whole list; without groups in IKE_AUTH.
Proposals acceptable(const Proposals& configured, Exchange exchange, Version version);

// The types of transforms of which two proposals have nothing in common.
std::vector<TransformType> differences(const Proposal& a, const Proposal& b);

// What both have, each set in the order of `offer`. Precondition: no differences.
Proposal common(const Proposal& offer, const Proposal& accepted);

struct Selection {
  Verdict verdict = Verdict::Fails;       // Unverified: nothing agrees, but what nobody recognised might
  std::optional<Proposal> chosen;         // when it agrees: the algorithms to choose from
  std::optional<Proposal> initiators, responders;  // when not: the two, of what is recognised, that come nearest
};

Selection select(const Proposals& initiator, const Proposals& responder, Exchange exchange, Version version);

}  // namespace tunnelscope::diag::config
