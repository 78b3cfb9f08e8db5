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

struct ExampleCheck {
  ExampleResult result;
  std::size_t rule = 0;   // into Knowledge::messages
  std::size_t index = 0;  // into the rule's examples or near misses
  std::string capture;    // the capture that is wrong; empty: the match itself
};

std::vector<ExampleCheck> check_examples(const Knowledge& knowledge, PatternCache& cache);

}  // namespace tunnelscope::kb
