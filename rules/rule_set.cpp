// Literals first, then patterns: the prefilter names the candidates, which are tried in the order they were added.
#include "rules/rule_set.hpp"

#include <bit>

#include "rules/digits.hpp"
#include "rules/expansion.hpp"
#include "rules/prefilter.hpp"

namespace tunnelscope::rules {

struct RuleSet::Impl {
  std::vector<Pattern> patterns;
  Prefilter prefilter;
};

RuleSet::RuleSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

std::size_t RuleSet::size() const { return impl_->patterns.size(); }
bool RuleSet::blind_to_digits() const {
  std::vector<std::string_view> bodies;
  for (const Pattern& pattern : impl_->patterns) bodies.push_back(pattern.body());
  return rules::blind_to_digits(bodies);
}
const Pattern& RuleSet::at(std::size_t index) const { return impl_->patterns.at(index); }

tl::expected<RuleSet, RuleSet::Error> RuleSet::compile(const std::vector<std::string>& sources, Limits limits) {
  std::vector<Pattern> patterns;
  std::vector<std::vector<std::string>> needed;
  for (std::size_t index = 0; index < sources.size(); ++index) {
    auto pattern = Pattern::compile(sources[index], limits);
    if (!pattern) return tl::unexpected(Error{index, pattern.error()});
    patterns.push_back(std::move(*pattern));
    const auto parsed = parse(sources[index]);
    auto& literals = needed.emplace_back();
    for (const Branch& branch : parsed->branches) literals.push_back(branch.literal);
  }
  return RuleSet(std::make_unique<Impl>(Impl{std::move(patterns), Prefilter(needed)}));
}

SetMatch RuleSet::match(std::string_view line, std::vector<Capture>* captures) const {
  thread_local Prefilter::Candidates candidates;
  impl_->prefilter.scan(line, candidates);
  Outcome nothing = Outcome::NoMatch;
  for (std::size_t word = 0; word < candidates.size(); ++word) {
    for (std::uint64_t bits = candidates[word]; bits != 0; bits &= bits - 1) {
      const std::size_t index = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      const Outcome outcome = impl_->patterns[index].match(line, captures);
      if (outcome == Outcome::Match) return {outcome, index};
      if (outcome == Outcome::LimitHit) nothing = outcome;
    }
  }
  return {nothing, 0};
}

}  // namespace tunnelscope::rules
