// What strongSwan's and Libreswan's connections of ipsec.conf have in common: which of left and right is this end, and which
// connections are children of one IKE SA.
#pragma once
#include <string>
#include <vector>

#include "src/config/settings.hpp"

namespace tunnelscope::config {

// "left" and "right": the prefixes of this end's and of the peer's settings. Both daemons look at their interfaces, which are not here:
// the end with %defaultroute or %any is this one, else the left one, as the manuals recommend.
struct Sides {
  std::string local, remote;
};
Sides sides_of(const Section& connection);

// Connections between the same two, by the same identities and methods, share an IKE SA: one endpoint with their children.
std::vector<model::Endpoint> merged(std::vector<model::Endpoint> connections);

// "50%", "50".
std::optional<double> percentage(std::string_view text);

// Problems for the settings of a connection that are not known, after which none is left to its default. Those that begin with left or
// right are known by what follows: "subnet".
void refuse_unknown(Section& section, const std::vector<std::string_view>& of_connection, const std::vector<std::string_view>& of_end,
    std::vector<Problem>& problems);

// Why a connection is not judged for sure although `setting` was read: "ipsec.conf:3:5: ppk" and `why`.
std::string because(const Setting& setting, std::string_view why);
// The same of leftikeport and rightikeport that are none of AWS's ports.
std::vector<model::Reservation> other_ike_ports(const Section& connection);

}  // namespace tunnelscope::config
