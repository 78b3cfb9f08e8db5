// The sections of the HTML page, each written by a file of its own. All of it can be read without a script.
// In: the document. Out: elements in `to`, or, for the script that makes the page interactive, data as JSON.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"
#include "src/report/format.hpp"
#include "src/report/markup.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report::html {

void verdict(Markup& to, const Document& document);
void timelines(Markup& to, const Document& document);
void findings(Markup& to, const Document& document);
std::size_t findings_told(const diag::Report& report);  // those with a place of their own; symptoms stand under their root cause
void availability(Markup& to, const Document& document);
void sessions(Markup& to, const Document& document);
void coverage(Markup& to, const Document& document);

// What web/src/model.ts describes: timelines and findings with their places in time. Raw texts are made visible, not HTML.
std::string data(const Document& document);

// The tunnels of one connection, or one tunnel without a connection.
struct Family {
  const diag::ConnectionReport* connection = nullptr;  // null: none
  std::vector<const diag::TunnelReport*> tunnels;      // by id
};
// Each tunnel once; families with the worst tunnel first: by status, then by availability.
std::vector<Family> families(const diag::Report& report);

// The connection is said above it: its outside address where it has one, else its id. Raw.
std::string short_name(const diag::TunnelReport& tunnel);

// Ids within the page. A finding's, and that of its evidence.
std::string id_of(const diag::Finding& finding);
std::string evidence_id(const diag::Finding& finding, std::size_t index);

// "critical", "warning", "info", "healthy" and "down", "up", ...: a word of a closed list in a box of its own colour.
void badge(Markup& to, std::string_view word);
void commands(Markup& to, const FoldedStep& step);
// Paragraphs of the knowledge base are separated by line breaks.
void prose(Markup& to, std::string_view text);

// A table that becomes a list of cards on a narrow screen: cells carry their column's title.
class Table {
 public:
  Table(Markup& to, std::string_view caption, std::vector<std::string_view> titles);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // Cells in the order of the titles; the first is the row's head.
  void row(const std::vector<std::string>& raw);
  Markup& cell();  // opens the next cell of the row under way; close it with end_cell()
  void end_cell();
  void begin_row();
  void end_row();

 private:
  Markup& to_;
  std::vector<std::string_view> titles_;
  std::size_t column_ = 0;
};

}  // namespace tunnelscope::report::html
