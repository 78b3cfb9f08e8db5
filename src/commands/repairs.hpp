// The repairs of a check as diffs of the files that were read. In: what was checked, and from which files. Out: for each set of changes that
// could be written in its vendor's words, the diff; each was tried: its files read and negotiated again mend the stage and break nothing.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "diag/check.hpp"
#include "src/config/gather.hpp"

namespace tunnelscope::commands {

// Says of all changes what they take in the words of their ends' vendors. First of all, for a change is known by its words.
void say_how_to_mend(diag::Check& check);

// By report::key_of() the changes.
std::map<std::string, std::string> repairs_as_diffs(const diag::Check& check, const std::vector<config::Given>& files,
                                                    const std::vector<diag::config::ConfiguredPair>& pairs, const kb::Knowledge& knowledge);

}  // namespace tunnelscope::commands
