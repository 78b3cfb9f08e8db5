// The access list of a crypto map as CHILD SAs. In: the commands, the list's name, what all its CHILD SAs have in common.
#pragma once
#include <string>
#include <vector>

#include "src/config/cisco_syntax.hpp"

namespace tunnelscope::config {

struct CiscoAccessList {
  bool found = false;                   // there is a line of it
  std::vector<model::Child> permitted;  // one a line; what an earlier line denies a part of has unknown selectors
};
CiscoAccessList read_cisco_access_list(const Command& root, const std::string& name, const model::Child& common);

}  // namespace tunnelscope::config
