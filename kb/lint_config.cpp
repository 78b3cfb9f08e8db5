// Configuration rules: the names in their conditions and examples exist, their texts read like all others. Whether the examples
// show what they should is for diag/config/examples.hpp, which knows how to judge them.
#include <algorithm>

#include "kb/lint_report.hpp"
#include "kb/signals.hpp"
#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

bool contains(const Words& words, const std::string& word) { return std::find(words.begin(), words.end(), word) != words.end(); }

void lint_signal(const ConfigRule& rule, LintReport& report) {
  if (rule.signal.empty()) return;
  Words names;
  for (const ConfigSignalInfo& info : known_config_signals()) {
    names.emplace_back(info.name);
    if (info.name != rule.signal) continue;
    if (info.scope != rule.scope)
      report.add(rule.id + "#when/signal",
                 "the signal `" + rule.signal + "` is given with `scope: " + std::string(name_of(info.scope)) + "` only");
    return;
  }
  report.add(rule.id + "#when/signal", "no detector gives the signal `" + rule.signal + "` about configurations",
             did_you_mean(rule.signal, names));
}

void lint_attributes(const std::string& key, const std::vector<ConfigCondition>& conditions, LintReport& report) {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::string& name = conditions[i].attribute;
    if (!contains(config_attributes(), name))
      report.add(key + "/" + std::to_string(i) + "/attribute", "there is no attribute `" + name + "`",
                 did_you_mean(name, config_attributes()));
  }
}

const Words& ends_of(ConfigScope scope) {
  static const Words endpoint{"cloud", "gateway"};
  static const Words configuration{"cloud", "cloud-2", "gateway", "gateway-2"};
  static const Words change{"before", "before-2", "after", "after-2"};
  if (scope == ConfigScope::Change) return change;
  return scope == ConfigScope::Configuration ? configuration : endpoint;
}

// Besides the attributes an example says whose configuration it is, which key it has, of which side it is, and whether the change replaces it.
Words example_attributes() {
  Words names = config_attributes();
  for (const char* more : {"vendor", "pre-shared-key", "replaced", "side"}) names.emplace_back(more);
  return names;
}

void lint_examples(const std::string& key, ConfigScope scope, const std::vector<ConfigExample>& examples, LintReport& report) {
  const Words attributes = example_attributes();
  for (std::size_t i = 0; i < examples.size(); ++i)
    for (const auto& [end, values] : examples[i].ends) {
      const std::string at = key + "/" + std::to_string(i) + "/" + end;
      if (!contains(ends_of(scope), end)) report.add(at, "an end is " + any_of_words(ends_of(scope)) + ", not `" + end + "`");
      for (const auto& [name, value] : values)
        if (!contains(attributes, name))
          report.add(at + "/" + name, "there is no attribute `" + name + "`", did_you_mean(name, attributes));
    }
}

}  // namespace

void lint_config_names(const ConfigRule& rule, LintReport& report) {
  lint_signal(rule, report);
  lint_attributes(rule.id + "#when/all", rule.all, report);
  lint_attributes(rule.id + "#when/any", rule.any, report);
}

void lint_config_rule(const ConfigRule& rule, LintReport& report) {
  lint_config_names(rule, report);
  lint_examples(rule.id + "#examples", rule.scope, rule.examples, report);
  lint_examples(rule.id + "#near_misses", rule.scope, rule.near_misses, report);
  lint_summary(rule.id + "#summary", rule.summary, config_placeholders(), report);
  lint_texts(rule, rule.id, report);
}

}  // namespace tunnelscope::kb
