// Where the parts of lint put what they find. Internal to kb/.
#pragma once
#include <string>
#include <vector>

#include "kb/lint.hpp"

namespace tunnelscope::kb {

class LintReport {
 public:
  explicit LintReport(const SourceMap* sources) : sources_(sources) {}

  // `key` as in kb/source_map.hpp; the nearest known place above it is used.
  void add(const std::string& key, std::string reason, std::string hint = {});
  std::vector<Error> take();

 private:
  Error place_of(const std::string& key) const;

  const SourceMap* sources_;
  std::vector<Error> errors_;
};

// Conventions of the texts that people read: titles, summaries, clauses, paragraphs, commands.
void lint_texts(const MessageRule& rule, const std::string& key, LintReport& report);
void lint_texts(const Cause& cause, const std::string& key, LintReport& report);

}  // namespace tunnelscope::kb
