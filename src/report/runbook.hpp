// The knowledge base as a runbook: a page a cause, a message and a rule of configurations, and an index that leads to them.
// In: the knowledge base, a team's own entries with their owners and runbook addresses among them. Out: pages by path.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kb/knowledge.hpp"
#include "src/report/sheet.hpp"

namespace tunnelscope::report {

struct RunbookForm {
  std::string_view name;    // of --format
  std::string_view suffix;  // of each page's file
  std::string_view index;   // the index's path, without the suffix
  std::unique_ptr<Sheet> (*sheet)(std::string_view path);
};
std::span<const RunbookForm> runbook_forms();
const RunbookForm& runbook_form(std::string_view name);  // precondition: there is one

struct RunbookPage {
  std::string path;  // below the runbook's folder
  std::string text;
};

class Runbook {
 public:
  // Both must outlive it.
  Runbook(const kb::Knowledge& knowledge, const RunbookForm& form) : knowledge_(knowledge), form_(form) {}

  RunbookPage page(const kb::Cause& cause) const;
  RunbookPage page(const kb::MessageRule& rule) const;
  RunbookPage page(const kb::ConfigRule& rule) const;
  RunbookPage index() const;
  std::vector<RunbookPage> all() const;  // the index first

 private:
  RunbookPage finished(std::string_view path, Sheet& sheet) const;

  const kb::Knowledge& knowledge_;
  const RunbookForm& form_;
};

}  // namespace tunnelscope::report
