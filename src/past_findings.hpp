// Findings of before: a JSON report that this program wrote, or a baseline file (docs/schema/baseline.schema.json). In: a file. Out: its
// findings, or what is wrong with it and where. And back: findings as a baseline file.
#pragma once
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/report.hpp"
#include "src/options.hpp"

namespace tunnelscope::app {

struct PastFindings {
  std::string path;
  bool redacted = false;                // fingerprints and subjects are pseudonyms
  std::vector<diag::Finding> findings;  // cause, fingerprint and subject; of reports severity and title too
};

enum class PastForm { Report, Baseline };  // what --before takes, and what --baseline takes: a report is one, too

// `command` is "diagnose" or "check": findings of the other are about other subjects, and refused. What the file does not say of a finding
// is taken from the knowledge base. Texts are freed of keys.
tl::expected<PastFindings, UsageError> read_past(const std::string& path, PastForm form, std::string_view command,
                                                 const kb::Knowledge& knowledge);

// By subject and cause; a member a line, so that a change of the file shows what changed.
std::string baseline_of(const std::vector<const diag::Finding*>& findings, std::string_view command, bool redacted);

}  // namespace tunnelscope::app
