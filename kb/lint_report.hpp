// Where the parts of lint put what they find. Internal to kb/.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kb/lint.hpp"

namespace tunnelscope::kb {

class LintReport {
 public:
  explicit LintReport(const SourceMap* sources) : sources_(sources) {}

  // `key` as in kb/source_map.hpp; the nearest known place above it is used. A fault without one is left out.
  void add(const std::string& key, std::string reason, std::string hint = {}) { add_at_first({key}, std::move(reason), std::move(hint)); }
  // The first of `keys` that has a place.
  void add_at_first(const std::vector<std::string>& keys, std::string reason, std::string hint = {});
  bool has_place(const std::string& key) const { return place_of(key, sources_).has_value(); }
  std::vector<Error> take();

 private:
  const SourceMap* sources_;
  std::vector<Error> errors_;
};

// Conventions of the texts that people read: titles, summaries, clauses, paragraphs, commands.
void lint_texts(const MessageRule& rule, const std::string& key, LintReport& report);
void lint_texts(const Cause& cause, const std::string& key, LintReport& report);
void lint_texts(const ConfigRule& rule, const std::string& key, LintReport& report);

// The placeholders and brackets of a summary.
void lint_summary(const std::string& key, const std::string& summary, const std::vector<std::string>& keys, LintReport& report);

// All about one configuration rule; of it only whether what its conditions name exists.
void lint_config_rule(const ConfigRule& rule, LintReport& report);
void lint_config_names(const ConfigRule& rule, LintReport& report);

}  // namespace tunnelscope::kb
