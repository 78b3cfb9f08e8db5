// An example must be matched by its own rule and by no other rule of its family; a near miss by no rule of its
// dialect. Rules whose pattern does not compile are left out here: lint reports them once.
#include "kb/examples.hpp"

#include "kb/names.hpp"
#include "kb/text.hpp"

namespace tunnelscope::kb {

using rules::Outcome;

ExampleBench::ExampleBench(const Knowledge& knowledge, PatternCache& cache)
    : knowledge_(knowledge), patterns_(knowledge.messages.size()), seen_(knowledge.messages.size()) {
  for (std::size_t rule = 0; rule < knowledge.messages.size(); ++rule) {
    const MessageRule& own = knowledge.messages[rule];
    for (std::size_t i = 0; i < own.examples.size(); ++i) lines_.push_back({rule, i, false, &own.examples[i].line});
    for (std::size_t i = 0; i < own.near_misses.size(); ++i) lines_.push_back({rule, i, true, &own.near_misses[i]});
  }
  for (std::size_t rule = 0; rule < knowledge.messages.size(); ++rule) {
    replace(rule, cache.get(knowledge.messages[rule].pattern));
  }
}

void ExampleBench::replace(std::size_t rule, const rules::Pattern* pattern) {
  const std::string_view family = family_of(knowledge_.messages[rule].dialect);
  patterns_[rule] = pattern;
  seen_[rule].assign(lines_.size(), Outcome::NoMatch);
  for (std::size_t line = 0; pattern != nullptr && line < lines_.size(); ++line) {
    const bool related = family_of(knowledge_.messages[lines_[line].rule].dialect) == family;
    if (related) seen_[rule][line] = pattern->match(*lines_[line].text);
  }
}

std::vector<ExampleCheck> ExampleBench::run() const {
  std::vector<ExampleCheck> checks;
  for (std::size_t line = 0; line < lines_.size(); ++line) {
    if (patterns_[lines_[line].rule] != nullptr) checks.push_back(check(line));
  }
  return checks;
}

ExampleCheck ExampleBench::check(std::size_t line) const {
  const Line& at = lines_[line];
  const std::string& id = knowledge_.messages[at.rule].id;
  const std::string key = "message:" + id + (at.near_miss ? "#near_misses/" : "#examples/") + std::to_string(at.index);
  ExampleCheck check{{id, *at.text, at.near_miss, false, {}, key}, at.rule, {}, {}};
  check.result.message = at.near_miss ? why_near_miss_fails(line, check) : why_example_fails(line, check);
  check.result.passed = check.result.message.empty();
  return check;
}

std::string ExampleBench::why_example_fails(std::size_t line, ExampleCheck& check) const {
  const std::size_t own = lines_[line].rule;
  std::string& other = check.other;
  for (std::size_t rule = 0; rule < patterns_.size() && other.empty(); ++rule) {
    if (rule != own && seen_[rule][line] == Outcome::Match) other = knowledge_.messages[rule].id;
  }
  switch (seen_[own][line]) {
    case Outcome::LimitHit: return "expected a match, but the pattern's match limit was hit";
    case Outcome::NoMatch:
      return "expected a match, but " + (other.empty() ? "no rule matches" : "`" + other + "` matches instead");
    case Outcome::Match: break;
  }
  if (!other.empty()) return "expected this rule alone to match, but `" + other + "` matches as well";
  return wrong_capture(lines_[line], check);
}

std::string ExampleBench::why_near_miss_fails(std::size_t line, ExampleCheck& check) const {
  const std::string& dialect = knowledge_.messages[lines_[line].rule].dialect;
  for (std::size_t rule = 0; rule < patterns_.size(); ++rule) {
    const MessageRule& other = knowledge_.messages[rule];
    const Outcome outcome = seen_[rule][line];
    if (other.dialect != dialect || outcome == Outcome::NoMatch) continue;
    check.other = other.id;
    return "expected no rule to match, but `" + other.id + (outcome == Outcome::Match ? "` matches" : "` hits its match limit");
  }
  return {};
}

std::string ExampleBench::wrong_capture(const Line& line, ExampleCheck& check) const {
  std::vector<rules::Capture> captures;
  patterns_[line.rule]->match(*line.text, &captures);
  for (const auto& [name, wanted] : knowledge_.messages[line.rule].examples[line.index].captures) {
    std::string got = "nothing";
    bool equal = false;
    for (const rules::Capture& capture : captures) {
      if (capture.name != name) continue;
      equal = capture.text == wanted;
      got = "`" + printable(capture.text) + "`";
    }
    if (equal) continue;
    check.capture = name;
    return "expected the capture `" + name + "` to be `" + printable(wanted) + "`, got " + got;
  }
  return {};
}

const rules::Pattern* PatternCache::get(const std::string& source) {
  const auto [entry, is_new] = patterns_.try_emplace(source);
  if (is_new) {
    auto pattern = rules::Pattern::compile(source);
    if (pattern) entry->second = std::make_unique<rules::Pattern>(std::move(*pattern));
  }
  return entry->second.get();
}

std::vector<ExampleResult> run_examples(const Knowledge& knowledge) {
  PatternCache cache;
  std::vector<ExampleResult> results;
  for (ExampleCheck& check : ExampleBench(knowledge, cache).run()) results.push_back(std::move(check.result));
  return results;
}

}  // namespace tunnelscope::kb
