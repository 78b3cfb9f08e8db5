#include "diag/config/rules.hpp"

#include <algorithm>

#include "diag/config/attribute_values.hpp"

namespace tunnelscope::diag::config {
namespace {

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string with_unit(std::string text, std::string_view unit) { return unit.empty() ? text : text + " " + std::string(unit); }

// ---- conditions ----

// What a condition found in one endpoint.
struct Found {
  std::vector<IssuePlace> places;
  std::string limit;
};

std::string limit_of(const kb::ConfigCondition& condition, std::string_view unit) {
  if (condition.below && condition.above) return with_unit(number(*condition.below) + " to " + number(*condition.above), unit);
  if (condition.below) return with_unit("at least " + number(*condition.below), unit);
  if (condition.above) return with_unit("at most " + number(*condition.above), unit);
  std::string all;
  for (const std::string& word : condition.has_other) all += (all.empty() ? "" : ", ") + word;
  return all;
}

// Outside of what is allowed; without limits everything is outside.
bool outside(const kb::ConfigCondition& condition, const AttributeValue& value) {
  if (!condition.below && !condition.above) return true;
  if (!value.number) return false;
  return (condition.below && *value.number < *condition.below) || (condition.above && *value.number > *condition.above);
}

bool holds_of_word(const kb::ConfigCondition& condition, const std::string& word) {
  return (condition.has.empty() || contains(condition.has, word)) && (condition.has_other.empty() || !contains(condition.has_other, word));
}

void add_place(Found& found, IssuePlace place) {
  const auto same = [&](const IssuePlace& one) {
    return one.attribute == place.attribute && one.value == place.value && one.where == place.where;
  };
  if (std::none_of(found.places.begin(), found.places.end(), same)) found.places.push_back(std::move(place));
}

void look_at(const kb::ConfigCondition& condition, const Endpoint& endpoint, const AttributeValue& value, Found& found) {
  if (value.name != condition.attribute || !outside(condition, value)) return;
  if (!condition.is.empty() && !contains(condition.is, value.text)) return;
  const std::string limit = limit_of(condition, value.unit);
  if (found.limit.empty()) found.limit = limit;
  if (condition.has.empty() && condition.has_other.empty())
    return add_place(found, {&endpoint, value.name, with_unit(value.text, value.unit), value.where, value.origin});
  for (const AttributeWord& word : value.words)
    if (holds_of_word(condition, word.text)) add_place(found, {&endpoint, value.name, word.text, word.where, word.origin});
}

Found find(const kb::ConfigCondition& condition, const Endpoint& endpoint, const std::vector<AttributeValue>& values) {
  Found found;
  for (const AttributeValue& value : values) look_at(condition, endpoint, value, found);
  return found;
}

bool fits(const std::vector<IssuePlace>& places, kb::ConfigOrigin wanted) {
  const bool stated = std::any_of(places.begin(), places.end(), [](const IssuePlace& one) { return one.origin == Origin::Stated; });
  return wanted == kb::ConfigOrigin::Any || stated == (wanted == kb::ConfigOrigin::Stated);
}

void join(Found& all, const Found& more) {
  for (const IssuePlace& place : more.places) add_place(all, place);
  if (all.limit.empty()) all.limit = more.limit;
}

// Empty: the rule does not hold.
Found judge_conditions(const kb::ConfigRule& rule, const Endpoint& endpoint, const std::vector<AttributeValue>& values) {
  Found all;
  for (const kb::ConfigCondition& condition : rule.all) {
    const Found found = find(condition, endpoint, values);
    if (found.places.empty()) return {};
    join(all, found);
  }
  Found any;
  for (const kb::ConfigCondition& condition : rule.any) {
    Found found = find(condition, endpoint, values);
    std::erase_if(found.places, [&](const IssuePlace& place) { return !fits({place}, rule.origin); });
    if (!found.places.empty()) join(any, found);
  }
  if (!rule.any.empty() && any.places.empty()) return {};
  join(all, any);
  return fits(all.places, rule.origin) ? all : Found{};
}

// ---- issues ----

template <class Get>
std::string joined(const std::vector<IssuePlace>& places, Get get) {
  std::vector<std::string> words;
  for (const IssuePlace& place : places)
    if (const std::string& word = get(place); !word.empty() && !contains(words, word)) words.push_back(word);
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

ConfigIssue issue_of(const kb::ConfigRule& rule, const Sign& sign) {
  ConfigIssue issue{&rule, sign.subject, sign.other, sign.places, {}};
  const auto say = [&](const char* name, std::string value) {
    if (!value.empty()) issue.values.emplace(name, std::move(value));
  };
  say("endpoint", sign.subject->name);
  if (sign.other) say("other", sign.other->name);
  say("attribute", joined(sign.places, [](const IssuePlace& one) { return one.attribute; }));
  say("value", joined(sign.places, [](const IssuePlace& one) { return one.value; }));
  say("limit", sign.limit);
  return issue;
}

bool concerns(const kb::ConfigRule& rule, const Endpoint& endpoint) {
  return (rule.side.empty() || rule.side == name(endpoint.side)) && (rule.vendor.empty() || rule.vendor == name(endpoint.vendor));
}

void take_signs(const kb::ConfigRule& rule, const std::vector<Sign>& signs, std::vector<ConfigIssue>& issues) {
  for (const Sign& sign : signs)
    if (sign.signal == rule.signal && fits(sign.places, rule.origin)) issues.push_back(issue_of(rule, sign));
}

std::vector<ConfigIssue> judge_signs(const kb::Knowledge& knowledge, kb::ConfigScope scope, const std::vector<Sign>& signs) {
  std::vector<ConfigIssue> issues;
  for (const kb::ConfigRule& rule : knowledge.config)
    if (rule.scope == scope) take_signs(rule, signs, issues);
  return issues;
}

}  // namespace

std::vector<ConfigIssue> judge_endpoint(const kb::Knowledge& knowledge, const Endpoint& endpoint) {
  const std::vector<AttributeValue> values = attribute_values(endpoint);
  const std::vector<Sign> signs = signs_of_endpoint(endpoint);
  std::vector<ConfigIssue> issues;
  for (const kb::ConfigRule& rule : knowledge.config) {
    if (rule.scope != kb::ConfigScope::Endpoint || !concerns(rule, endpoint)) continue;
    if (!rule.signal.empty()) {
      take_signs(rule, signs, issues);
    } else if (Found found = judge_conditions(rule, endpoint, values); !found.places.empty()) {
      issues.push_back(issue_of(rule, {{}, &endpoint, nullptr, std::move(found.places), std::move(found.limit)}));
    }
  }
  return issues;
}

std::vector<ConfigIssue> judge_pair(const kb::Knowledge& knowledge, const Endpoint& cloud, const Endpoint& gateway) {
  return judge_signs(knowledge, kb::ConfigScope::Pair, signs_of_pair(cloud, gateway));
}

std::vector<ConfigIssue> judge_configuration(const kb::Knowledge& knowledge, const std::vector<TunnelVerdict>& tunnels) {
  return judge_signs(knowledge, kb::ConfigScope::Configuration, signs_of_configuration(tunnels));
}

std::vector<ConfigIssue> judge_change(const kb::Knowledge& knowledge, const std::vector<EndpointChange>& changes) {
  return judge_signs(knowledge, kb::ConfigScope::Change, signs_of_change(changes));
}

}  // namespace tunnelscope::diag::config
