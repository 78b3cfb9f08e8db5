// The stages of one negotiation between two ends, one of which begins, in one IKE version. Each function takes a Talk and judges its stage
// alone, as if the earlier ones had passed. negotiation.cpp puts directions and versions together.
#pragma once
#include <string>
#include <utility>

#include "diag/config/selection.hpp"
#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {

// Refers to both endpoints.
struct Talk {
  const Endpoint& initiator;
  const Endpoint& responder;
  Version version{};

  bool cloud_initiates() const { return initiator.side == Side::Cloud; }
  const Endpoint& cloud() const { return cloud_initiates() ? initiator : responder; }
  const Endpoint& gateway() const { return cloud_initiates() ? responder : initiator; }
};

// A stage's verdict in one direction: StageVerdict without `stage` and `direction`.
using Outcome = StageVerdict;

Outcome judge_peer_address(const Talk& talk);
Outcome judge_ike_version(const Talk& talk);
Outcome judge_ike_mode(const Talk& talk);
Outcome judge_ike_proposal(const Talk& talk);
Outcome judge_identity(const Talk& talk);
Outcome judge_authentication(const Talk& talk);
Outcome judge_child_proposal(const Talk& talk);
Outcome judge_traffic_selectors(const Talk& talk);
Outcome judge_child_rekey(const Talk& talk);  // the initiator is who rekeys
Outcome judge_ike_rekey(const Talk& talk);    // likewise
// The same but for what is proposed, where no proposal is agreed on yet.
Outcome judge_child_rekey_without_proposal(const Talk& talk);
Outcome judge_ike_rekey_without_proposal(const Talk& talk);
// The proposals alone of a rekey of the CHILD SAs, key exchange included.
Outcome judge_rekey_proposal(const Talk& talk);
// These two are the same whoever begins.
Outcome judge_liveness(const Endpoint& cloud, const Endpoint& gateway);
Outcome judge_bgp(const Endpoint& cloud, const Endpoint& gateway);

// The child of `responder` that one of the initiator's meets: the first whose selectors leave something in common, else the first.
// nullptr: it has none.
const Child* counterpart(const Endpoint& responder, const Child& initiators);

// When an SA is renewed, seen from both ends.
enum class Renewal : std::uint8_t { InTime, Expires, Unknown };
struct RenewalOutlook {
  Renewal renewal = Renewal::Unknown;
  bool expires_at_cloud = false;  // whose lifetime ends first, when it expires
};
// `cloud` and `gateway`: the lifetimes of the same SA at either end.
RenewalOutlook outlook(const Lifetime& cloud, const Lifetime& gateway);
enum class Likelihood : std::uint8_t { No, Maybe, Yes };
// Whether the end with lifetime `own` is the one that may begin the rekey.
Likelihood rekeys_first(const Lifetime& own, const Lifetime& peer);

// Building blocks of outcomes.
Outcome agrees(std::string agreed = {}, std::string remark = {});
Outcome unverified(std::string attribute, std::string reason);
Outcome fails(std::string cause, std::string attribute, std::string reason);

// The graver one, the first of equals.
Outcome worst(Outcome a, Outcome b);

template <class T, class ToText>
Shown shown(const Value<T>& value, ToText to_text) {
  return {value.known() ? std::string(to_text(*value)) : std::string(), value.where(), value.origin(), value.note()};
}
// Sets both values, whichever way round the talk goes.
void show(Outcome& outcome, const Endpoint& one, Shown ones, Shown others);
// "the cloud's", "the gateway's".
std::string whose(Side side);

}  // namespace tunnelscope::diag::config
