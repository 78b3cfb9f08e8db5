// What diagnose and check do with findings once they are found: excuse those that the project suppresses, compare with an earlier report or
// a baseline, decide whether the run fails, write a new baseline.
#pragma once
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/comparison.hpp"
#include "src/command.hpp"
#include "src/past_findings.hpp"
#include "src/report/background.hpp"

namespace tunnelscope::commands {

class KnownFindings {
 public:
  // Reads the files of --before (diagnose) and --baseline. `redacts`: the report will show pseudonyms.
  static tl::expected<KnownFindings, app::UsageError> of(const app::Settings& settings, std::string_view command,
                                                         const kb::Knowledge& knowledge, bool redacts);

  // Marks the findings, and fills in the background. Before pseudonyms are put into both, if any are.
  void settle(const std::vector<diag::Finding*>& findings, diag::Time present, report::Background& background) const;
  // The same for reports that show pseudonyms themselves, once this one does.
  void settle_pseudonyms(const std::vector<diag::Finding*>& findings, report::Background& background) const;

 private:
  struct Past {
    app::PastFindings read;
    diag::PastIs is;
  };
  KnownFindings(std::string command, const kb::Knowledge& knowledge, const std::vector<diag::Suppression>& suppressions)
      : command_(std::move(command)), knowledge_(&knowledge), suppressions_(suppressions) {}
  void compare(const std::vector<diag::Finding*>& findings, bool redacted, report::Background& background) const;
  std::string hint_for(const std::string& cause) const;
  bool is_about_this_command(const std::string& cause) const;

  std::string command_;
  const kb::Knowledge* knowledge_;
  std::vector<diag::Suppression> suppressions_;
  std::vector<Past> pasts_;
};

// Whether one that counts is of the severity of --fail-on or above.
bool fails(const report::FindingList& findings, const std::string& fail_on);

// Says on standard error which suppressions have expired.
void complain_of_expired(const report::Background& background, app::Console& console);

// Writes what --write-baseline asks for; gives `verdict`, or what went wrong. What was not read in full is no baseline.
app::Exit write_baseline(const report::FindingList& findings, std::string_view command, bool redacted, const app::Settings& settings,
                         app::Console& console, app::Exit verdict);

}  // namespace tunnelscope::commands
