// A check of configurations, complete and ready to be shown. In: both sides' configurations, of now and of before. Out: the verdict of
// each tunnel, findings as diagnose has them, and what the change interrupts. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/change.hpp"
#include "diag/config/negotiation.hpp"
#include "diag/report.hpp"

namespace tunnelscope::diag {

struct CheckInput {
  // A plan is two of them, Before and After. What is After outweighs what is Now.
  std::vector<config::Configuration> configurations;
  // What stood there earlier, from elsewhere: of these, After and Now. A side that none of them has is as in `configurations`.
  std::vector<config::Configuration> before;
  std::vector<config::ConfiguredPair> pairs;
  std::vector<config::Stage> must_be_verified;
};

struct CheckFinding {
  Finding finding;                                   // its `standing` says what it is to the state before, if there is one
  std::vector<config::Change> at_cloud, at_gateway;  // either list alone mends it
  bool deleted = false;                              // Fixed because its tunnel is deleted, not because anything is mended
};

// Refers to the endpoints of its Check.
struct CheckedTunnel {
  config::TunnelVerdict verdict;
  std::string id, connection;           // connection empty: not known
  config::ApplyEffect effect = config::ApplyEffect::None;
};

// The endpoints of both sides at one time, and how they negotiate. Movable, not copied: the verdicts refer to the endpoints.
struct NegotiatedState {
  NegotiatedState() = default;
  NegotiatedState(NegotiatedState&&) = default;
  NegotiatedState& operator=(NegotiatedState&&) = default;
  NegotiatedState(const NegotiatedState&) = delete;
  NegotiatedState& operator=(const NegotiatedState&) = delete;

  std::vector<config::Endpoint> cloud, gateway;
  std::vector<config::TunnelVerdict> tunnels;
};

struct Check {
  std::string knowledge_version;
  std::size_t message_rules = 0, causes = 0;
  NegotiatedState now;
  std::optional<NegotiatedState> before;
  std::vector<CheckedTunnel> tunnels;           // by id
  std::vector<CheckFinding> findings;           // fixed ones last; else by role, severity, subject, cause
  std::vector<config::EndpointChange> changes;  // of both sides, what differs alone; empty without a state before
};

Check check(const CheckInput& input, const kb::Knowledge& knowledge);

// Causes that no stage gives: a tunnel with stages that cannot be verified, and an end without its other end.
inline constexpr std::string_view kNotVerified = "not-verified";
inline constexpr std::string_view kNoPartner = "no-partner";
// What the causes of findings by rules of kb/config/ begin with.
inline constexpr std::string_view kConfigRule = "config/";

}  // namespace tunnelscope::diag
