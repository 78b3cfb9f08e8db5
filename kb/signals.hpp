// The vocabulary between rules, detectors and causes: every signal that the C++ code itself names.
// Message rules may give further signals of their own, and causes may use them; only lint compares the three.
#pragma once
#include <string_view>
#include <vector>

#include "kb/names.hpp"

namespace tunnelscope::kb {

enum class SignalSource { Message, Detector };

struct SignalInfo {
  std::string_view name;
  SignalSource source;
  std::string_view meaning;
};

// Every known signal, in a fixed order.
const std::vector<SignalInfo>& known_signals();

// A key that a detector writes into a case's details, for `details:` and placeholders in summaries.
struct DetailInfo {
  std::string_view name;
  std::string_view meaning;
};
const std::vector<DetailInfo>& known_details();

// What may be known of a tunnel from its configuration, for `unless:` of steps and `when:` of `configured:`, with its values.
struct FactInfo {
  std::string_view name;
  Words values;
  std::string_view meaning;
};
const std::vector<FactInfo>& known_facts();

// Figures of a tunnel's configuration, for `figures:` of steps and placeholders of `configured:`. In seconds unless the meaning says otherwise.
const std::vector<DetailInfo>& known_figures();

// What a detector of diag/config/ gives about configurations, and on what.
struct ConfigSignalInfo {
  std::string_view name;
  ConfigScope scope;
  std::string_view meaning;
};
const std::vector<ConfigSignalInfo>& known_config_signals();

// The attributes that a condition of a configuration rule may look at, sorted; those of diag/config/attributes.hpp.
const Words& config_attributes();
// The placeholders of a configuration rule's summary.
const Words& config_placeholders();

namespace signal {
// Given by message rules of the IKE log.
inline constexpr std::string_view kDpdTimeout = "dpd_timeout";
inline constexpr std::string_view kPskMismatch = "psk_mismatch";
inline constexpr std::string_view kAuthenticationFailed = "authentication_failed";
inline constexpr std::string_view kNoProposal = "no_proposal";
inline constexpr std::string_view kChildFailed = "child_failed";
inline constexpr std::string_view kTsUnacceptable = "ts_unacceptable";
inline constexpr std::string_view kHalfOpenTimeout = "half_open_timeout";
inline constexpr std::string_view kPeerDeletedIkeSa = "peer_deleted_ike_sa";
inline constexpr std::string_view kPeerDeletedChildSa = "peer_deleted_child_sa";
inline constexpr std::string_view kRekeyCollision = "rekey_collision";
inline constexpr std::string_view kRedundantSaDeleted = "redundant_sa_deleted";
inline constexpr std::string_view kChildRequestReceived = "child_request_received";
inline constexpr std::string_view kChildResponseSent = "child_response_sent";
inline constexpr std::string_view kChildRequestSent = "child_request_sent";
inline constexpr std::string_view kChildResponseReceived = "child_response_received";
inline constexpr std::string_view kIkeInitRequestReceived = "ike_init_request_received";
inline constexpr std::string_view kIkeInitResponseSent = "ike_init_response_sent";
inline constexpr std::string_view kIkeInitRequestSent = "ike_init_request_sent";
inline constexpr std::string_view kIkeInitResponseReceived = "ike_init_response_received";
inline constexpr std::string_view kIkeAuthRequestReceived = "ike_auth_request_received";
inline constexpr std::string_view kIkeAuthResponseSent = "ike_auth_response_sent";
inline constexpr std::string_view kIkeAuthRequestSent = "ike_auth_request_sent";
inline constexpr std::string_view kIkeAuthResponseReceived = "ike_auth_response_received";
inline constexpr std::string_view kIkeEstablished = "ike_established";
inline constexpr std::string_view kChildEstablished = "child_established";
inline constexpr std::string_view kRetransmit = "retransmit";
inline constexpr std::string_view kDpdExchange = "dpd_exchange";  // a DPD request or answer, either way
inline constexpr std::string_view kNatDetected = "nat_detected";
inline constexpr std::string_view kRoutine = "routine";           // a known line without weight
// Given by message rules of the BGP log.
inline constexpr std::string_view kBgpConnecting = "bgp_connecting";
inline constexpr std::string_view kBgpEstablished = "bgp_established";
inline constexpr std::string_view kBgpLeftEstablished = "bgp_left_established";
inline constexpr std::string_view kBgpActive = "bgp_active";
inline constexpr std::string_view kBgpPrefixWarning = "bgp_prefix_warning";
inline constexpr std::string_view kBgpPrefixExceeded = "bgp_prefix_exceeded";
inline constexpr std::string_view kBgpCeaseSent = "bgp_cease_sent";
inline constexpr std::string_view kBgpCeaseReceived = "bgp_cease_received";
inline constexpr std::string_view kBgpHoldTimerExpired = "bgp_hold_timer_expired";
inline constexpr std::string_view kBgpBadOpen = "bgp_bad_open";
inline constexpr std::string_view kBgpRouteAsLoop = "bgp_route_as_loop";
inline constexpr std::string_view kBgpRouteNextHop = "bgp_route_next_hop";
// Given by message rules of the session systems' logs.
inline constexpr std::string_view kHandlerFailed = "handler_failed";
inline constexpr std::string_view kPostureRejected = "posture_rejected";
inline constexpr std::string_view kPolicyDenied = "policy_denied";
inline constexpr std::string_view kPolicyShadowed = "policy_shadowed";
inline constexpr std::string_view kLoginFailed = "login_failed";
inline constexpr std::string_view kLimitExceeded = "limit_exceeded";
inline constexpr std::string_view kAccessRefused = "access_refused";
inline constexpr std::string_view kThreatBlocked = "threat_blocked";
inline constexpr std::string_view kStreamStarted = "stream_started";
inline constexpr std::string_view kStreamPaused = "stream_paused";
inline constexpr std::string_view kResourceFailed = "resource_failed";
inline constexpr std::string_view kDnsFailed = "dns_failed";
inline constexpr std::string_view kConnectorUp = "connector_up";
inline constexpr std::string_view kConnectorDown = "connector_down";
inline constexpr std::string_view kClockDrift = "clock_drift";
inline constexpr std::string_view kConnectorCredentials = "connector_credentials";
inline constexpr std::string_view kFileLimit = "file_limit";
inline constexpr std::string_view kRelayFailed = "relay_failed";
// Given by the detectors in diag/session/.
inline constexpr std::string_view kHandlerFailedWidely = "handler_failed_widely";
inline constexpr std::string_view kLoginFailedWidely = "login_failed_widely";
inline constexpr std::string_view kGuessing = "guessing";
inline constexpr std::string_view kLoginAbandoned = "login_abandoned";
inline constexpr std::string_view kSessionChurn = "session_churn";
inline constexpr std::string_view kMassDisconnect = "mass_disconnect";
inline constexpr std::string_view kTimeoutBunch = "timeout_bunch";
inline constexpr std::string_view kResourceFailedForAll = "resource_failed_for_all";
inline constexpr std::string_view kResourceFailing = "resource_failing";
inline constexpr std::string_view kAgentRestarted = "agent_restarted";
inline constexpr std::string_view kConnectorIsDown = "connector_is_down";
inline constexpr std::string_view kRelayedShare = "relayed_share";
inline constexpr std::string_view kOneWay = "one_way";
inline constexpr std::string_view kUnlistedFailure = "unlisted_failure";
inline constexpr std::string_view kWithTunnelOutage = "with_tunnel_outage";
// Given by the detectors in diag/tunnel/.
inline constexpr std::string_view kLeftUp = "left_up";
inline constexpr std::string_view kUnansweredChildRequest = "unanswered_child_request";
inline constexpr std::string_view kOnRekeyClock = "on_rekey_clock";
inline constexpr std::string_view kQuietDelete = "quiet_delete";
inline constexpr std::string_view kCollisionDroppedChild = "collision_dropped_child";
inline constexpr std::string_view kRekeyFailsAgain = "rekey_fails_again";
inline constexpr std::string_view kChildChurn = "child_churn";
inline constexpr std::string_view kFreshNegotiation = "fresh_negotiation";
inline constexpr std::string_view kReplacementReported = "replacement_reported";
inline constexpr std::string_view kInMaintenance = "in_maintenance";
inline constexpr std::string_view kGatewayRestarted = "gateway_restarted";
inline constexpr std::string_view kNobodyInitiates = "nobody_initiates";
inline constexpr std::string_view kBothTunnelsSilent = "both_tunnels_silent";
inline constexpr std::string_view kFlappingFast = "flapping_fast";
inline constexpr std::string_view kFlappingSlow = "flapping_slow";
inline constexpr std::string_view kDownAtEnd = "down_at_end";
inline constexpr std::string_view kAllTunnelsDown = "all_tunnels_down";
inline constexpr std::string_view kOneTunnelDown = "one_tunnel_down";
inline constexpr std::string_view kSecondTunnelMissing = "second_tunnel_missing";
inline constexpr std::string_view kOutage = "outage";  // every outage gives it
inline constexpr std::string_view kLogGap = "log_gap";
inline constexpr std::string_view kContradiction = "contradiction";
inline constexpr std::string_view kUnrecognisedBeforeOutage = "unrecognised_before_outage";
inline constexpr std::string_view kUnrecognisedInBadSpells = "unrecognised_in_bad_spells";
inline constexpr std::string_view kBgpDownOverIpsec = "bgp_down_over_ipsec";
inline constexpr std::string_view kBgpFlapping = "bgp_flapping";
// Given by the detectors in diag/config/.
inline constexpr std::string_view kPhase2NotBelowPhase1 = "phase2_not_below_phase1";
inline constexpr std::string_view kMarginOverHalf = "margin_over_half";
inline constexpr std::string_view kMarginOverLifetime = "margin_over_lifetime";
inline constexpr std::string_view kRekeyAfterExpiry = "rekey_after_expiry";
inline constexpr std::string_view kAwsKeySyntax = "aws_key_syntax";
inline constexpr std::string_view kAwsInsideCidr = "aws_inside_cidr";
inline constexpr std::string_view kEqualLifetimes = "equal_lifetimes";
inline constexpr std::string_view kSeveralSelectors = "several_selectors";
inline constexpr std::string_view kSelectorsNarrowed = "selectors_narrowed";
inline constexpr std::string_view kNobodyStarts = "nobody_starts";
inline constexpr std::string_view kNobodyRestarts = "nobody_restarts";
inline constexpr std::string_view kInsideCidrTwice = "inside_cidr_twice";
inline constexpr std::string_view kOneTunnelOfTwo = "one_tunnel_of_two";
inline constexpr std::string_view kTunnelBounces = "tunnel_bounces";
inline constexpr std::string_view kBothTunnelsBounce = "both_tunnels_bounce";
inline constexpr std::string_view kConnectionBounces = "connection_bounces";
inline constexpr std::string_view kConnectionReplaced = "connection_replaced";
inline constexpr std::string_view kConnectionDeleted = "connection_deleted";
inline constexpr std::string_view kGatewayEndDeleted = "gateway_end_deleted";
}  // namespace signal

}  // namespace tunnelscope::kb
