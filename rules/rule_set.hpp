// Many patterns as one: which of them does a line match?
// In: pattern sources, a line of text. Out: the index of the first pattern (in the order added) that matches.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/pattern.hpp"

namespace tunnelscope::rules {

struct SetMatch {
  Outcome outcome = Outcome::NoMatch;
  std::size_t index = 0;  // meaningful on Match
};

class RuleSet {
 public:
  struct Error {
    std::size_t index;  // which source
    PatternError error;
  };
  static tl::expected<RuleSet, Error> compile(const std::vector<std::string>& sources, Limits limits = {});

  // The same, each pattern compiled when the first line comes that may match it: for short inputs, compiling all costs
  // more than all else. For sources that compile; what does not is thrown as std::logic_error when its turn comes.
  static RuleSet trust(std::vector<std::string> sources, Limits limits = {});

  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  // The hot path: one pass over the line finds the few patterns whose literal text it contains; only those are run.
  // LimitHit: no pattern matched, and at least one was ended by its limits. Safe from several threads at once.
  SetMatch match(std::string_view line, std::vector<Capture>* captures = nullptr) const;

  // Can other digits in the long numbers of a line change what match() says? True: they cannot
  // (rules/digits.hpp says what a long number is). Not for the hot path.
  bool blind_to_digits() const;
  bool blind_to_hex() const;  // the same of the digits and letters of hexadecimal numbers

  std::size_t size() const;
  const Pattern& at(std::size_t index) const;  // the single pattern, for lint, explain and captures

 private:
  struct Impl;
  explicit RuleSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tunnelscope::rules
