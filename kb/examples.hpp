// The examples and near misses of all message rules, run against all patterns. Internal to kb/ and the mutation tool.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kb/lint.hpp"
#include "rules/pattern.hpp"

namespace tunnelscope::kb {

// Compiled patterns by their source, so that many similar knowledge bases can be checked at little cost.
class PatternCache {
 public:
  // Null: it does not compile.
  const rules::Pattern* get(const std::string& source);

 private:
  std::map<std::string, std::unique_ptr<rules::Pattern>> patterns_;
};

// As lint() in kb/lint.hpp, with patterns that may have been compiled before.
std::vector<Error> lint(const Knowledge& knowledge, const LintContext& context, PatternCache& cache);

struct ExampleCheck {
  ExampleResult result;
  std::size_t rule = 0;   // into Knowledge::messages
  std::string capture;    // the capture that is wrong; empty: the match itself
  std::string other;      // the rule that matches although it must not; empty: none
};

// Which rule matches which line, computed once; replacing one rule's pattern computes that rule's part anew.
class ExampleBench {
 public:
  // `knowledge` and the cache's patterns must outlive the bench.
  ExampleBench(const Knowledge& knowledge, PatternCache& cache);

  void replace(std::size_t rule, const rules::Pattern* pattern);
  std::vector<ExampleCheck> run() const;

 private:
  struct Line {
    std::size_t rule, index;
    bool near_miss;
    const std::string* text;
  };

  ExampleCheck check(std::size_t line) const;
  std::string why_example_fails(std::size_t line, ExampleCheck& check) const;
  std::string why_near_miss_fails(std::size_t line, ExampleCheck& check) const;
  std::string wrong_capture(const Line& line, ExampleCheck& check) const;

  const Knowledge& knowledge_;
  std::vector<const rules::Pattern*> patterns_;    // null: does not compile
  std::vector<Line> lines_;
  std::vector<std::vector<rules::Outcome>> seen_;  // [rule][line]; lines of other families are NoMatch
};

}  // namespace tunnelscope::kb
