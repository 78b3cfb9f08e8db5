// Literals first, then patterns: the prefilter names the candidates, which are tried in the order they were added.
#include "rules/rule_set.hpp"

#include <bit>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "rules/digits.hpp"
#include "rules/expansion.hpp"
#include "rules/prefilter.hpp"

namespace tunnelscope::rules {

namespace {

// What one of the branches needs, for the prefilter. Sources that do not parse need nothing.
std::vector<std::vector<std::string>> literals_of(const std::vector<std::string>& sources) {
  std::vector<std::vector<std::string>> needed;
  for (const std::string& source : sources) {
    auto& literals = needed.emplace_back();
    const auto parsed = parse(source);
    if (!parsed) continue;
    for (const Branch& branch : parsed->branches) literals.push_back(branch.literal);
  }
  return needed;
}

}  // namespace

struct RuleSet::Impl {
  struct Entry {
    std::once_flag compiled;
    std::optional<Pattern> pattern;
  };

  Impl(std::vector<std::string> texts, Limits guards)
      : sources(std::move(texts)), limits(guards), entries(sources.size()), prefilter(literals_of(sources)) {}

  const Pattern& pattern(std::size_t index) {
    Entry& entry = entries[index];
    std::call_once(entry.compiled, [&] {
      auto compiled = Pattern::compile(sources[index], limits);
      if (!compiled) throw std::logic_error("a trusted pattern does not compile: " + compiled.error().reason);
      entry.pattern = std::move(*compiled);
    });
    return *entry.pattern;
  }

  void put(std::size_t index, Pattern compiled) {
    Entry& entry = entries[index];
    std::call_once(entry.compiled, [&] { entry.pattern = std::move(compiled); });
  }

  template <class Proof>
  bool each_is_blind(const Proof& proof) const {
    std::vector<std::string> bodies;
    for (const std::string& source : sources) {
      auto parsed = parse(source);
      if (!parsed) return false;
      bodies.push_back(std::move(parsed->body));
    }
    return proof({bodies.begin(), bodies.end()});
  }

  std::vector<std::string> sources;
  Limits limits;
  std::vector<Entry> entries;
  Prefilter prefilter;
};

RuleSet::RuleSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

std::size_t RuleSet::size() const { return impl_->sources.size(); }
const Pattern& RuleSet::at(std::size_t index) const {
  if (index >= size()) throw std::out_of_range("no such pattern");
  return impl_->pattern(index);
}

bool RuleSet::blind_to_digits() const { return impl_->each_is_blind(rules::blind_to_digits); }
bool RuleSet::blind_to_hex() const { return impl_->each_is_blind(rules::blind_to_hex); }

tl::expected<RuleSet, RuleSet::Error> RuleSet::compile(const std::vector<std::string>& sources, Limits limits) {
  RuleSet set = trust(sources, limits);
  for (std::size_t index = 0; index < sources.size(); ++index) {
    auto pattern = Pattern::compile(sources[index], limits);
    if (!pattern) return tl::unexpected(Error{index, pattern.error()});
    set.impl_->put(index, std::move(*pattern));
  }
  return set;
}

RuleSet RuleSet::trust(std::vector<std::string> sources, Limits limits) {
  return RuleSet(std::make_unique<Impl>(std::move(sources), limits));
}

SetMatch RuleSet::match(std::string_view line, std::vector<Capture>* captures) const {
  thread_local Prefilter::Candidates candidates;
  impl_->prefilter.scan(line, candidates);
  Outcome nothing = Outcome::NoMatch;
  for (std::size_t word = 0; word < candidates.size(); ++word) {
    for (std::uint64_t bits = candidates[word]; bits != 0; bits &= bits - 1) {
      const std::size_t index = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      const Outcome outcome = impl_->pattern(index).match(line, captures);
      if (outcome == Outcome::Match) return {outcome, index};
      if (outcome == Outcome::LimitHit) nothing = outcome;
    }
  }
  return {nothing, 0};
}

}  // namespace tunnelscope::rules
