// The formats of a report as a table: adding one is a file here and a row in format.cpp.
// In: a Document, complete. Out: its text, in pieces where it may be long. A format reads nothing else: no clock, no environment, no files.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"
#include "src/input/reader.hpp"
#include "src/report/background.hpp"
#include "src/sink.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::report {

// What the logs cannot show, said where a reader may think otherwise.
struct Note {
  std::string text;
  std::vector<std::string> subjects;  // tunnels; may be empty
  std::vector<diag::Step> checks;
};

struct Document {
  diag::Report report;
  std::vector<input::ReadProblem> problems;
  std::vector<Note> notes;
  bool redacted = false;
  Background background = {};
};

FindingList findings_of(const diag::Report& report);

struct Format {
  std::string_view name;
  void (*write)(const Document& document, const app::Screen& screen, const app::Sink& to);
  bool shows_timelines = false;
  std::size_t marked_records = 0;  // so many records of a tunnel it shows with the marks of its timeline
};
std::span<const Format> formats();
const Format* format_named(std::string_view name);

std::string to_text(const Document& document, const app::Screen& screen);
std::string to_json(const Document& document, const app::Screen& screen);
void write_json(const Document& document, const app::Screen& screen, const app::Sink& to);  // the same
std::string to_markdown(const Document& document, const app::Screen& screen);
std::string to_html(const Document& document, const app::Screen& screen);

}  // namespace tunnelscope::report
