// What `rules lint` and `rules test` found, for people and pipelines. In: faults with their places. Out: one text a format.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kb/loader.hpp"

namespace tunnelscope::report {

// An entry of the knowledge base, or one of its examples, that is not as it must be.
struct RuleFault {
  enum class Kind { Fault, Example, NearMiss };
  Kind kind = Kind::Fault;
  std::string rule;  // the entry's id; empty: the file has none
  kb::Error error;   // place, reason, hint; of an example `source_line` is the line that is matched
};

struct RulesDocument {
  std::string_view command;  // "rules lint", "rules test"
  std::string summary;       // one line: what was looked at, and how many faults there are
  std::vector<RuleFault> faults;
  std::vector<std::string> passed;  // ids of entries that have no fault
};

// The id of the entry that the file holds: what follows the last messages/ or causes/, or begins with the last config/.
std::string rule_of_file(std::string_view file);

// `format`: "markdown", "sarif", "junit", "github" or "gitlab".
std::string rules_report(const RulesDocument& document, std::string_view format);

}  // namespace tunnelscope::report
