// Which words of a Junos statement are sections, names and values, as far as VPNs are concerned. In: the words of one `set` line. Out: a
// statement for each leaf of the line, and the word that no section has.
#pragma once
#include <optional>
#include <vector>

#include "src/config/words.hpp"

namespace tunnelscope::config {

struct Leaves {
  std::vector<std::vector<Word>> statements;  // each from the root on: "security ike gateway g address 203.0.113.10"
  std::optional<std::size_t> unknown;         // which word of the line is not understood; what follows it is in no statement
  std::size_t unknown_column = 0;
  std::string hint;                           // the nearest word that the section has
};
// "interfaces st0.1" is taken for "interfaces st0 unit 1", and a line of which nothing is known here is one statement.
Leaves leaves_of(std::vector<Word> words);

}  // namespace tunnelscope::config
