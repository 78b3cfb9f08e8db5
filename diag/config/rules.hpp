// The rules of kb/config/ held against endpoints. In: the knowledge base and what is to be judged. Out: an issue for each rule and
// thing that it holds of. A value that is not known gives no issue, a default only where the rule asks for defaults.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "diag/config/rule_signals.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag::config {

struct ConfigIssue {
  const kb::ConfigRule* rule = nullptr;  // not owned, as the endpoints; its id ("config/...") is the finding's cause
  const Endpoint* subject = nullptr;
  const Endpoint* other = nullptr;       // the other end, or the other tunnel; nullptr: none
  std::vector<IssuePlace> places;        // evidence: what stands where; never a key
  // For diag::fill_in(rule->summary, ...) and the finding's details: "endpoint", "other", "attribute", "value", "limit"; absent when empty.
  std::map<std::string, std::string, std::less<>> values;
};

// One end by itself.
std::vector<ConfigIssue> judge_endpoint(const kb::Knowledge& knowledge, const Endpoint& endpoint);
// Both ends of one tunnel.
std::vector<ConfigIssue> judge_pair(const kb::Knowledge& knowledge, const Endpoint& cloud, const Endpoint& gateway);
// What is seen of all tunnels together; `tunnels` as negotiate() gives them, those without a partner included.
std::vector<ConfigIssue> judge_configuration(const kb::Knowledge& knowledge, const std::vector<TunnelVerdict>& tunnels);
// What applying a change does; `changes` as compare() gives them.
std::vector<ConfigIssue> judge_change(const kb::Knowledge& knowledge, const std::vector<EndpointChange>& changes);

}  // namespace tunnelscope::diag::config
