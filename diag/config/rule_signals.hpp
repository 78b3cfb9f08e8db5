// What no single attribute shows: detectors over one end, both ends, a whole configuration, a change. In: endpoints. Out: signals
// of kb/signals.hpp, for the rules of kb/config/ to name. A value that is not known gives none.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/change.hpp"
#include "diag/config/verdict.hpp"

namespace tunnelscope::diag::config {

// One value that a rule points at.
struct IssuePlace {
  const Endpoint* endpoint = nullptr;  // not owned
  std::string attribute, value;        // a key's value is empty
  Where where;
  Origin origin = Origin::Stated;
};

struct Sign {
  std::string_view signal;
  const Endpoint* subject = nullptr;  // not owned
  const Endpoint* other = nullptr;    // the other end or tunnel, where there is one
  std::vector<IssuePlace> places;
  std::string limit;                  // what would be right: "at most 1800 s"; may be empty
};

std::vector<Sign> signs_of_endpoint(const Endpoint& endpoint);
std::vector<Sign> signs_of_pair(const Endpoint& cloud, const Endpoint& gateway);
// All tunnels of one moment, as negotiate() gives them.
std::vector<Sign> signs_of_configuration(const std::vector<TunnelVerdict>& tunnels);
std::vector<Sign> signs_of_change(const std::vector<EndpointChange>& changes);

}  // namespace tunnelscope::diag::config
