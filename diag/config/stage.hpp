// The stages of a negotiation, in the protocol's order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tunnelscope::diag::config {

enum class Stage : std::uint8_t {
  PeerAddress, IkeVersion, IkeMode, IkeProposal, Identity, Authentication, ChildProposal, TrafficSelectors, ChildRekey, IkeRekey,
  Liveness, Bgp
};
inline constexpr std::size_t kStages = 12;

std::string_view name(Stage stage);  // "peer-address", ...

}  // namespace tunnelscope::diag::config
