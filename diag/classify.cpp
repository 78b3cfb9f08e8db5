// One RuleSet per dialect, made when the dialect is first seen; signal names numbered, known ones first.
#include "diag/classify.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "diag/hash.hpp"
#include "kb/signals.hpp"
#include "rules/rule_set.hpp"

namespace tunnelscope::diag {
namespace {

bool is_part_of(std::string_view part, std::string_view whole) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  return std::search(whole.begin(), whole.end(), part.begin(), part.end(), same) != whole.end();
}

// The rule with the shortest example of which the text is a part: somebody typed the words that matter.
RuleIndex with_example_like(std::string_view text, const std::vector<kb::MessageRule>& rules) {
  constexpr std::size_t kFewestBytes = 8;
  RuleIndex best = kNoRule;
  std::size_t shortest = 0;
  if (text.size() < kFewestBytes) return best;
  for (std::size_t i = 0; i < rules.size(); ++i)
    for (const kb::Example& example : rules[i].examples) {
      const bool is_shorter = best == kNoRule || example.line.size() < shortest;
      if (!is_shorter || !is_part_of(text, example.line)) continue;
      best = static_cast<RuleIndex>(i);
      shortest = example.line.size();
    }
  return best;
}

}  // namespace

struct Classifier::Impl {
  struct DialectRules {
    std::vector<RuleIndex> rules;  // position in the set -> rule
    std::once_flag prepared;
    std::optional<rules::RuleSet> set;
    struct {
      std::once_flag asked;
      bool is_so = false;
    } blind_to_digits, blind_to_hex;
  };

  explicit Impl(const kb::Knowledge& k) : knowledge(k) {
    for (const auto& known : kb::known_signals()) number(known.name);
    for (const auto& rule : knowledge.messages) rule_signals.push_back(number(rule.signal));
    for (const auto& cause : knowledge.causes) {
      for (const auto* list : {&cause.all, &cause.any, &cause.none, &cause.certain_when})
        for (const auto& condition : *list) number(condition.signal);
    }
    asked_for.resize(names.size());
    for (const auto& cause : knowledge.causes) {
      for (const auto* list : {&cause.all, &cause.any, &cause.none, &cause.certain_when}) ask(*list);
      if (cause.milder) ask(cause.milder->all);
      for (const auto& other : cause.rules_out)
        for (const std::string& name : other.unless) ask(name);
    }
    for (RuleIndex i = 0; i < knowledge.messages.size(); ++i)
      for (std::size_t d = 0; d < kDialectNames.size(); ++d)
        if (knowledge.messages[i].dialect == kDialectNames[d]) dialects[d].rules.push_back(i);
  }

  SignalIndex number(std::string_view name) {
    const auto [it, is_new] = numbers.try_emplace(std::string(name), static_cast<SignalIndex>(names.size()));
    if (is_new) names.emplace_back(name);
    return it->second;
  }

  void ask(std::string_view name) {
    if (const auto it = numbers.find(name); it != numbers.end()) asked_for[it->second] = true;
  }
  void ask(const std::vector<kb::Condition>& conditions) {
    for (const kb::Condition& condition : conditions) ask(condition.signal);
  }

  DialectRules& rules_of(Dialect dialect) { return dialects[static_cast<std::size_t>(dialect)]; }

  const rules::RuleSet& set_of(Dialect dialect) {
    DialectRules& entry = rules_of(dialect);
    std::call_once(entry.prepared, [&] {
      std::vector<std::string> sources;
      for (const RuleIndex rule : entry.rules) sources.push_back(knowledge.messages[rule].pattern);
      entry.set = rules::RuleSet::trust(std::move(sources));
    });
    return *entry.set;
  }

  bool blind_to_digits(Dialect dialect) {
    auto& blind = rules_of(dialect).blind_to_digits;
    std::call_once(blind.asked, [&] { blind.is_so = set_of(dialect).blind_to_digits(); });
    return blind.is_so;
  }
  bool blind_to_hex(Dialect dialect) {
    auto& blind = rules_of(dialect).blind_to_hex;
    std::call_once(blind.asked, [&] { blind.is_so = set_of(dialect).blind_to_hex(); });
    return blind.is_so;
  }

  const kb::Knowledge& knowledge;
  std::vector<std::string> names;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return Hash{}.add(text).value(); }
  };
  std::unordered_map<std::string, SignalIndex, TextHash, std::equal_to<>> numbers;
  std::vector<SignalIndex> rule_signals;
  std::vector<bool> asked_for;  // by signal
  std::array<DialectRules, kDialectNames.size()> dialects;
};

Classifier::Classifier(const kb::Knowledge& knowledge) : impl_(std::make_unique<Impl>(knowledge)) {}
Classifier::~Classifier() = default;

Classified Classifier::classify(Dialect dialect, std::string_view text,
                                std::vector<rules::Capture>* captures) const {
  const rules::SetMatch match = impl_->set_of(dialect).match(text, captures);
  if (match.outcome != rules::Outcome::Match) return {match.outcome, kNoRule, kNoSignal};
  const RuleIndex rule = impl_->rules_of(dialect).rules[match.index];
  return {match.outcome, rule, impl_->rule_signals[rule]};
}

bool Classifier::blind_to_digits(Dialect dialect) const { return impl_->blind_to_digits(dialect); }
bool Classifier::blind_to_hex(Dialect dialect) const { return impl_->blind_to_hex(dialect); }

const kb::Knowledge& Classifier::knowledge() const { return impl_->knowledge; }
const std::vector<std::string>& Classifier::signals() const { return impl_->names; }

SignalIndex Classifier::signal(std::string_view name) const {
  const auto it = impl_->numbers.find(name);
  return it == impl_->numbers.end() ? kNoSignal : it->second;
}

bool Classifier::is_asked_for(SignalIndex signal) const { return impl_->asked_for[signal]; }

Classifier::Nearest Classifier::nearest(std::string_view text) const {
  if (const RuleIndex rule = with_example_like(text, impl_->knowledge.messages); rule != kNoRule) return {rule, text.size()};
  Nearest best;
  std::size_t longest = 0;
  for (std::size_t d = 0; d < kDialectNames.size(); ++d) {
    const rules::RuleSet& set = impl_->set_of(static_cast<Dialect>(d));
    for (std::size_t i = 0; i < set.size(); ++i) {
      const rules::Reach reach = set.at(i).reach(text);
      if (reach.length() <= longest) continue;
      longest = reach.length();
      best = {impl_->dialects[d].rules[i], reach.end};
    }
  }
  return best;
}

}  // namespace tunnelscope::diag
