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

struct RunbookPage {
  std::string path;  // below the runbook's folder
  std::string text;
};

struct RunbookForm {
  std::string_view name;    // of --format
  std::string_view suffix;  // of each page's file
  std::string_view index;   // the index's path, without the suffix
  std::unique_ptr<Sheet> (*sheet)(std::string_view path);
  std::vector<RunbookPage> (*files)();  // that all pages need; none: null
};
std::span<const RunbookForm> runbook_forms();
const RunbookForm& runbook_form(std::string_view name);  // precondition: there is one

class Runbook {
 public:
  enum class Pages { Linked, Alone };  // Alone: one page, without the others

  // Both must outlive it.
  Runbook(const kb::Knowledge& knowledge, const RunbookForm& form, Pages pages = Pages::Linked)
      : knowledge_(knowledge), form_(form), pages_(pages) {}

  RunbookPage page(const kb::Cause& cause) const;
  RunbookPage page(const kb::MessageRule& rule) const;
  RunbookPage page(const kb::ConfigRule& rule) const;
  RunbookPage index() const;
  std::vector<RunbookPage> all() const;  // the index first, and what the pages need

 private:
  std::unique_ptr<Sheet> sheet(std::string_view path) const { return form_.sheet(pages_ == Pages::Alone ? std::string_view() : path); }
  RunbookPage finished(std::string_view path, Sheet& sheet) const;

  const kb::Knowledge& knowledge_;
  const RunbookForm& form_;
  const Pages pages_;
};

}  // namespace tunnelscope::report
