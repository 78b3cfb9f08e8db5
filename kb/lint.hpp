// Proves that a knowledge base is sound: what loading one file at a time cannot see.
// In: a loaded Knowledge (which is well-formed YAML already). Out: every fault, with its place when the sources are known.
// `rules lint`, `rules test`, the build's own test and the mutation tool all run this code.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kb/knowledge.hpp"
#include "kb/loader.hpp"
#include "kb/source_map.hpp"

namespace tunnelscope::kb {

struct LintContext {
  // Filled by load_folder and overlay_folder; only faults of what stands in them are reported, so that an overlay
  // answers for itself alone. Null: all faults, with the file ("kb/causes/x.yaml") and without a line.
  const SourceMap* sources = nullptr;
  // The causes that some sample's expected report names. Empty optional: not checked.
  std::optional<std::set<std::string>> shown_causes;
};

// Empty: the knowledge base is sound. Errors are sorted by file and line.
std::vector<Error> lint(const Knowledge& knowledge, const LintContext& context = {});

// Of these only: causes that can never match, because nothing gives one of their signals.
std::vector<Error> lint_signals(const Knowledge& knowledge, const SourceMap& sources);

// The place of a key of kb/source_map.hpp, or of the nearest part above it, as an error without a reason. Without sources it is the
// file alone; nothing: there are sources, and they are of an overlay that does not say this part.
std::optional<Error> place_of(const std::string& key, const SourceMap* sources);

struct ExampleResult {
  std::string rule;
  std::string line;
  bool near_miss = false;
  bool passed = false;
  std::string message;  // when not passed: what was expected and what came, one line, log text escaped
  std::string key;      // where it stands, as in kb/source_map.hpp
};

// Every example and near miss of every rule, in the order of the rules, each run against all rules of its dialect.
std::vector<ExampleResult> run_examples(const Knowledge& knowledge);

}  // namespace tunnelscope::kb
