// What a reader of two configurations would see to differ: identities, networks, lifetimes and dead peer detection, whether it matters or
// not; the stages say that. In: the two ends of a tunnel. Out: each such setting that is known at both ends and differs, as seen from
// one place: what is local at one end is remote at the other.
#pragma once
#include <string_view>
#include <vector>

#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {

struct SettingDifference {
  std::string_view setting;  // "identity of the cloud's end", in words
  Shown cloud, gateway;
};

std::vector<SettingDifference> differences(const Endpoint& cloud, const Endpoint& gateway);

}  // namespace tunnelscope::diag::config
