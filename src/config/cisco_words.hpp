// Which words the crypto objects of IOS have. In: the command that defines one. Out: the lines below it that nobody knows.
#pragma once
#include <string>
#include <vector>

#include "src/config/cisco_syntax.hpp"

namespace tunnelscope::config {

struct UnknownLine {
  Where where;       // of the word
  std::string hint;  // the nearest that the object has
};
// None for a command that is no crypto object.
std::vector<UnknownLine> unknown_lines(const Command& object);
// Commands of the router whose first words are nearly those of VPNs: what they may say counts for any tunnel.
std::vector<UnknownLine> slips(const Command& root);

}  // namespace tunnelscope::config
