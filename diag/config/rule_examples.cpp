#include "diag/config/rule_examples.hpp"

#include <algorithm>

#include "diag/config/attribute_values.hpp"
#include "diag/config/negotiation.hpp"
#include "diag/config/rules.hpp"

namespace tunnelscope::diag::config {
namespace {

std::string line_of(const kb::ConfigExample& example) {
  std::string line;
  for (const auto& [end, values] : example.ends) {
    line += (line.empty() ? "" : "; ") + end + ":";
    for (const auto& [name, value] : values) line += " " + name + " " + (name == "pre-shared-key" ? "(a key)" : value);
  }
  return line;
}

// The ends of an example, by their names in it.
struct Ends {
  std::vector<Endpoint> all;
  std::string fault;  // what could not be understood; empty: nothing

  std::vector<const Endpoint*> named(std::string_view name) const {
    std::vector<const Endpoint*> found;
    for (const Endpoint& one : all)
      if (one.where.path == name || one.where.path == std::string(name) + "-2") found.push_back(&one);
    return found;
  }
};

Endpoint empty_end(const std::string& end) {
  Endpoint endpoint;
  endpoint.name = end.ends_with("-2") ? "the second tunnel" : end.starts_with("gateway") ? "the gateway" : "the tunnel";
  endpoint.where = {end, 0, 0};
  endpoint.side = end.starts_with("gateway") ? Side::Gateway : Side::Cloud;
  endpoint.vendor = endpoint.side == Side::Cloud ? Vendor::Aws : Vendor::Neutral;
  endpoint.children.emplace_back();
  return endpoint;
}

Ends ends_of(const kb::ConfigExample& example) {
  Ends ends;
  for (const auto& [end, values] : example.ends) {
    Endpoint& endpoint = ends.all.emplace_back(empty_end(end));
    std::size_t line = 0;
    for (const auto& [name, value] : values)
      if (!set_attribute(endpoint, name, value, {end, ++line, 1})) ends.fault = "`" + value + "` is no value of `" + name + "`";
  }
  return ends;
}

std::vector<ConfigIssue> judge(const kb::Knowledge& knowledge, kb::ConfigScope scope, const Ends& ends) {
  const auto cloud = ends.named("cloud"), gateway = ends.named("gateway");
  switch (scope) {
    case kb::ConfigScope::Pair:
      return cloud.empty() || gateway.empty() ? std::vector<ConfigIssue>{} : judge_pair(knowledge, *cloud[0], *gateway[0]);
    case kb::ConfigScope::Configuration: return judge_configuration(knowledge, negotiate(cloud, gateway, {}));
    case kb::ConfigScope::Change: return judge_change(knowledge, compare(ends.named("before"), ends.named("after")));
    case kb::ConfigScope::Endpoint: break;
  }
  std::vector<ConfigIssue> issues;
  for (const Endpoint& one : ends.all)
    for (ConfigIssue& issue : judge_endpoint(knowledge, one)) issues.push_back(std::move(issue));
  return issues;
}

kb::ExampleResult run(const kb::Knowledge& knowledge, const kb::ConfigRule& rule, std::size_t index, bool near_miss) {
  const kb::ConfigExample& example = (near_miss ? rule.near_misses : rule.examples)[index];
  const std::string key = rule.id + (near_miss ? "#near_misses/" : "#examples/") + std::to_string(index);
  kb::ExampleResult result{rule.id, line_of(example), near_miss, false, {}, key};
  const Ends ends = ends_of(example);
  const std::vector<ConfigIssue> issues = judge(knowledge, rule.scope, ends);
  const bool holds = std::any_of(issues.begin(), issues.end(), [&](const ConfigIssue& issue) { return issue.rule == &rule; });
  result.passed = ends.fault.empty() && holds != near_miss;
  if (!ends.fault.empty()) result.message = ends.fault;
  else if (!result.passed) result.message = near_miss ? "the rule holds of this near miss" : "the rule does not hold of this example";
  return result;
}

}  // namespace

std::vector<kb::ExampleResult> run_config_examples(const kb::Knowledge& knowledge) {
  std::vector<kb::ExampleResult> results;
  for (const kb::ConfigRule& rule : knowledge.config) {
    for (std::size_t i = 0; i < rule.examples.size(); ++i) results.push_back(run(knowledge, rule, i, false));
    for (std::size_t i = 0; i < rule.near_misses.size(); ++i) results.push_back(run(knowledge, rule, i, true));
  }
  return results;
}

}  // namespace tunnelscope::diag::config
