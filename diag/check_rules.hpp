// What the rules of kb/config/ say about a check, as findings. In: the verdicts of one state, or a change. Out: one finding for each
// rule and subject, with the places it points at; nothing where a cause of the same tunnel says it already.
#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "diag/config/change.hpp"
#include "diag/config/verdict.hpp"
#include "diag/report.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

// The id of the tunnel that an endpoint belongs to; what is missing there goes by its own name.
using EndpointSubjects = std::map<const config::Endpoint*, std::string>;
// Subjects and causes of findings that there are already.
using KnownFindings = std::set<std::pair<std::string, std::string>>;

std::vector<Finding> findings_by_rule(const kb::Knowledge& knowledge, const std::vector<config::TunnelVerdict>& tunnels,
                                      const EndpointSubjects& subjects, const KnownFindings& known);
std::vector<Finding> findings_by_rule(const kb::Knowledge& knowledge, const std::vector<config::EndpointChange>& changes,
                                      const EndpointSubjects& subjects);

}  // namespace tunnelscope::diag
