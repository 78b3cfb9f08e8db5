// A hostile message pattern against a hostile line: a user writes the one, a stranger's log the other.
// In: the pattern, a line feed, the line. Must hold: an error points into the pattern; a match ends within PCRE2's
// limits; captures lie inside the line; RuleSet gives the verdict that Pattern gives.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "rules/pattern.hpp"
#include "rules/rule_set.hpp"

namespace {

namespace rules = tunnelscope::rules;

void must(bool holds) {
  if (!holds) std::abort();
}

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view source = input.substr(0, input.find('\n'));
  const std::string_view line = input.substr(std::min(size, source.size() + 1));

  const auto pattern = rules::Pattern::compile(source);
  if (!pattern) {
    must(pattern.error().offset <= source.size() && !pattern.error().reason.empty());
    return 0;
  }
  std::vector<rules::Capture> captures;
  const auto outcome = pattern->match(line, &captures);
  must(outcome == rules::Outcome::Match || captures.empty());
  for (const auto& capture : captures) must(lies_within(capture.text, line));
  must(pattern->matched_up_to(line) <= line.size());

  const auto set = rules::RuleSet::compile({std::string(source)});
  must(set.has_value());
  const auto found = set->match(line);
  // A limit may be hit by the one form and not by the other; a verdict may not differ.
  if (outcome != rules::Outcome::LimitHit && found.outcome != rules::Outcome::LimitHit) must(found.outcome == outcome);
  return 0;
}
