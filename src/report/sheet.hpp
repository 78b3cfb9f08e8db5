// A page of the runbook as its parts. In: raw texts, in the order in which they are to be read. Out: a page in one form; the forms are a
// table (runbook.cpp), each a file of its own.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/report/words.hpp"

namespace tunnelscope::report {

// To another page of the runbook: its path below the runbook's folder, without the suffix that a form gives it.
struct SheetLink {
  std::string text, path;
};

struct SheetRow {
  SheetLink link;
  std::vector<std::string> cells;
  std::string words;  // what else a search finds it by
};

class Sheet {
 public:
  virtual ~Sheet() = default;
  virtual void title(std::string_view text) = 0;  // once, and first
  virtual void heading(std::string_view text) = 0;
  virtual void prose(std::string_view text) = 0;  // paragraphs, separated by line breaks
  virtual void items(const std::vector<std::string>& texts) = 0;
  virtual void lines(const std::vector<std::string>& texts) = 0;  // log lines, patterns: shown as they stand
  virtual void links(std::string_view lead, const std::vector<SheetLink>& links) = 0;
  virtual void steps(const std::vector<FoldedStep>& steps) = 0;
  virtual void references(const std::vector<kb::Reference>& references) = 0;
  virtual void search() = 0;  // of all rows of the page, where the form can
  virtual void table(const std::vector<std::string_view>& titles, const std::vector<SheetRow>& rows) = 0;
  virtual std::string take() = 0;
};

// `path`: of this page, as SheetLink names it; empty: the page stands alone, and its links are mere names.
std::unique_ptr<Sheet> markdown_sheet(std::string_view path);
std::unique_ptr<Sheet> html_sheet(std::string_view path);

inline constexpr std::string_view kRunbookStyleFile = "runbook.css", kSearchScriptFile = "search.js";  // beside the index of the site

// From the page `from` to the page `to`, with the suffix: "../causes/psk-mismatch.md".
std::string relative_path(std::string_view from, std::string_view to, std::string_view suffix);

// A web address that may become a link; anything else is shown as text.
bool is_web_address(std::string_view url);

}  // namespace tunnelscope::report
