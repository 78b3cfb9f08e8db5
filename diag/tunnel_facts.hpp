// What a configuration says of the cloud's end of a tunnel, in so far as its log is judged by it. Pure data; what is unset is not
// known, and the defaults of kb/thresholds.yaml hold. diag/configured.hpp makes these of configurations.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/time.hpp"

namespace tunnelscope::diag {

// What the cloud's end does when it has given the gateway up.
enum class GiveUp : std::uint8_t { None, Clear, Restart };

struct TunnelFacts {
  std::string connection, outside_ip;  // as the log names them; connection empty: not known
  std::string at;                      // "vpn.json:12"
  std::optional<Duration> phase1_lifetime, phase2_lifetime, rekey_margin, dpd_timeout;
  std::optional<double> rekey_fuzz;    // percent
  std::optional<GiveUp> dpd_action;
  std::optional<bool> begins;          // startup action `start`; false: `add`
  std::optional<bool> ikev1, ikev2;    // versions that it answers
  std::optional<bool> bgp;             // false: static routes
};

// The facts about a tunnel of the log; nullptr: there are none. A tunnel without identity has them when `only` says that it is the only
// tunnel of the log and they are about one tunnel alone.
const TunnelFacts* facts_about(const std::vector<TunnelFacts>& all, std::string_view connection, std::string_view outside_ip, bool only);

// What holds for all of `some`: what two say differently is not known.
TunnelFacts common(const std::vector<const TunnelFacts*>& some);

std::string_view name_of(GiveUp action);  // "none", "clear", "restart"

}  // namespace tunnelscope::diag
