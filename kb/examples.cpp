// An example must be matched by its own rule and by no other rule of its family; a near miss by no rule of its
// dialect. Rules whose pattern does not compile are left out here: lint reports them once.
#include "kb/examples.hpp"

#include "kb/names.hpp"
#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

using rules::Outcome;

class Bench {
 public:
  Bench(const Knowledge& knowledge, PatternCache& cache) : knowledge_(knowledge) {
    for (const MessageRule& rule : knowledge.messages) patterns_.push_back(cache.get(rule.pattern));
  }

  std::vector<ExampleCheck> run() const {
    std::vector<ExampleCheck> checks;
    for (std::size_t rule = 0; rule < knowledge_.messages.size(); ++rule) {
      if (patterns_[rule] == nullptr) continue;
      const MessageRule& own = knowledge_.messages[rule];
      for (std::size_t i = 0; i < own.examples.size(); ++i) checks.push_back(example(rule, i));
      for (std::size_t i = 0; i < own.near_misses.size(); ++i) checks.push_back(near_miss(rule, i));
    }
    return checks;
  }

 private:
  ExampleCheck example(std::size_t rule, std::size_t index) const {
    const MessageRule& own = knowledge_.messages[rule];
    const Example& example = own.examples[index];
    ExampleCheck check{{own.id, example.line, false, false, {}}, rule, index, {}};
    std::vector<rules::Capture> captures;
    const Outcome outcome = patterns_[rule]->match(example.line, &captures);
    const std::string other = other_match(rule, example.line);
    if (outcome == Outcome::LimitHit) {
      check.result.message = "expected a match, but the pattern's match limit was hit";
    } else if (outcome == Outcome::NoMatch) {
      check.result.message = "expected a match, but " + (other.empty() ? "no rule matches" : "`" + other + "` matches instead");
    } else if (!other.empty()) {
      check.result.message = "expected this rule alone to match, but `" + other + "` matches as well";
    } else {
      compare_captures(example, captures, check);
    }
    check.result.passed = check.result.message.empty();
    return check;
  }

  ExampleCheck near_miss(std::size_t rule, std::size_t index) const {
    const MessageRule& own = knowledge_.messages[rule];
    const std::string& line = own.near_misses[index];
    ExampleCheck check{{own.id, line, true, true, {}}, rule, index, {}};
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      const MessageRule& other = knowledge_.messages[i];
      if (patterns_[i] == nullptr || other.dialect != own.dialect) continue;
      const Outcome outcome = patterns_[i]->match(line);
      if (outcome == Outcome::NoMatch) continue;
      check.result.passed = false;
      check.result.message = "expected no rule to match, but `" + other.id +
                             (outcome == Outcome::Match ? "` matches" : "` hits its match limit");
      break;
    }
    return check;
  }

  std::string other_match(std::size_t rule, const std::string& line) const {
    const std::string_view family = family_of(knowledge_.messages[rule].dialect);
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      const MessageRule& other = knowledge_.messages[i];
      const bool rival = i != rule && patterns_[i] != nullptr && family_of(other.dialect) == family;
      if (rival && patterns_[i]->match(line) == Outcome::Match) return other.id;
    }
    return {};
  }

  static void compare_captures(const Example& example, const std::vector<rules::Capture>& captures, ExampleCheck& check) {
    for (const auto& [name, wanted] : example.captures) {
      std::string got = "nothing";
      bool equal = false;
      for (const rules::Capture& capture : captures) {
        if (capture.name != name) continue;
        equal = capture.text == wanted;
        got = "`" + printable(capture.text) + "`";
      }
      if (equal) continue;
      check.capture = name;
      check.result.message = "expected the capture `" + name + "` to be `" + printable(wanted) + "`, got " + got;
      return;
    }
  }

  const Knowledge& knowledge_;
  std::vector<const rules::Pattern*> patterns_;
};

}  // namespace

const rules::Pattern* PatternCache::get(const std::string& source) {
  const auto [entry, is_new] = patterns_.try_emplace(source);
  if (is_new) {
    auto pattern = rules::Pattern::compile(source);
    if (pattern) entry->second = std::make_unique<rules::Pattern>(std::move(*pattern));
  }
  return entry->second.get();
}

std::vector<ExampleCheck> check_examples(const Knowledge& knowledge, PatternCache& cache) {
  return Bench(knowledge, cache).run();
}

std::vector<ExampleResult> run_examples(const Knowledge& knowledge) {
  PatternCache cache;
  std::vector<ExampleResult> results;
  for (ExampleCheck& check : check_examples(knowledge, cache)) results.push_back(std::move(check.result));
  return results;
}

}  // namespace tunnelscope::kb
