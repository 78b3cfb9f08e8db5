// What a report says beside its findings when they are compared with earlier ones or excused: what is gone, which suppressions worked, and
// which do not any more. In: a Background and the findings that stand against it. Out: parts of the texts of all formats; nothing where
// neither is in use.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "diag/suppression.hpp"
#include "src/report/json_object.hpp"
#include "src/report/page.hpp"

namespace tunnelscope::report {

struct Background {
  std::string before, baseline;                    // paths of what was compared with; empty: nothing
  std::vector<diag::Finding> gone;                 // what is not found any more; cause, fingerprint, severity, subject and title alone
  std::set<std::string> unseen;                    // subjects of `gone` that nothing of this report is about: that proves nothing
  std::vector<diag::SuppressionUse> suppressions;  // all of the project's file
};

using FindingList = std::vector<const diag::Finding*>;

// "compared with old.json: 1 new, 2 unchanged, 3 fixed; 1 finding is suppressed", in words; empty: neither is in use.
std::string background_in_short(const Background& background, const FindingList& findings);

// "new", "unchanged", "unchanged: it is in the baseline"; empty: not compared.
std::string change_in_words(const diag::Standing& standing);

// "until 2027-01-31: the reason (owner)".
std::string in_words(const diag::Suppressed& suppressed);

// What a suppression does not do: it expired, or it matched nothing; empty: it works.
std::string remark_on(const diag::SuppressionUse& use);

void background_sections(Page& page, const Background& background, const FindingList& findings);
std::string background_markdown(const Background& background, const FindingList& findings);

// Members of the report's object, after all others.
void background_members(json::Object& to, const Background& background);

}  // namespace tunnelscope::report
