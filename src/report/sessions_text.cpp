// A row of the table is one line where the name fits beside its numbers, and two where it does not.
#include "src/report/sessions_text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/verdict.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::Style;
using diag::SessionGroup;
using diag::SessionRow;

constexpr std::size_t kListedGroups = 12;   // on the first screen
constexpr std::size_t kFewGroups = 4;       // so many healthy ones are still listed one by one
constexpr std::size_t kSections = 8;
constexpr std::size_t kHealthySections = 4;
constexpr std::size_t kRows = 5;
constexpr std::size_t kReasons = 8;
constexpr std::size_t kTextBytes = 300;
constexpr int kIndent = 4;
constexpr int kLeastName = 12;

using Judged = JudgedGroup;

Style style_of(const Judged& j) {
  if (j.finding == nullptr) return Style::Plain;
  if (j.finding->severity == kb::Severity::Critical) return Style::Bad;
  return j.finding->severity == kb::Severity::Warning ? Style::Warn : Style::Note;
}

std::string verdict_of(const Judged& j) {
  if (j.group->primary_cause.empty()) return "";
  const bool dated = j.finding != nullptr && j.finding->ongoing && j.finding->first_seen != diag::kNoTime;
  return "; " + j.group->primary_cause + (dated ? " since " + diag::date_and_clock(j.finding->first_seen) : "");
}

// One line where it fits, else the facts below the name.
void group_line(Page& page, const Judged& j) {
  const std::string lead = app::for_terminal(group_in_words(*j.group)) + "  ";
  const std::string facts = counts_in_words(*j.group) + verdict_of(j);
  const Style style = style_of(j);
  if (app::columns_of(lead) + app::columns_of(app::for_terminal(facts)) <= page.width()) {
    return page.item(0, lead, facts, style, Style::Bold);
  }
  page.paragraph(0, group_in_words(*j.group), Style::Bold);
  page.paragraph(2, facts, style);
}

struct Column {
  std::string_view title;
  int width;
  std::string (*value)(const SessionRow& row);
};
using Columns = std::array<Column, 5>;
constexpr Columns kColumns{{
    {"connections", 11, [](const SessionRow& r) { return fmt::format("{}", r.connections); }},
    {"failed", 6, [](const SessionRow& r) { return fmt::format("{}", r.failed + r.looks_failed); }},
    {"short", 5, [](const SessionRow& r) { return fmt::format("{}", r.short_ones); }},
    {"connected", 12, [](const SessionRow& r) {
       constexpr double kMost = 1e12;  // seconds
       return diag::in_words(static_cast<diag::Duration>(std::clamp(r.connected_s, 0.0, kMost)) * diag::kSecond);
     }},
    {"bytes", 9, [](const SessionRow& r) { return r.bytes ? bytes_in_words(*r.bytes) : std::string("-"); }},
}};

Columns columns_for(const SessionGroup& g) {
  Columns columns = kColumns;
  columns[1].title = failed_title(g);
  columns[1].width = std::max(columns[1].width, app::columns_of(columns[1].title));
  return columns;
}

int numbers_width(const Columns& columns) {
  int width = 0;
  for (const Column& c : columns) width += c.width + 1;
  return width;
}

std::string right(std::string_view text, int width) {
  const std::string fitted = app::cut(text, width, true);
  return std::string(static_cast<std::size_t>(std::max(1, width + 1 - app::columns_of(fitted))), ' ') + fitted;
}

std::string numbers(const Columns& columns, const SessionRow& row) {
  std::string out;
  for (const Column& c : columns) out += right(c.value(row), c.width);
  return out;
}

std::string numbers_in_words(const Columns& columns, const SessionRow& row) {
  std::string out;
  for (const Column& c : columns) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", c.title, c.value(row));
  return out;
}

// The busiest, the failing and the churning, under one head.
class Table {
 public:
  Table(Page& page, const SessionGroup& group) : page_(page), columns_(columns_for(group)) {
    for (const auto* rows : {&group.busiest, &group.failing, &group.churning}) {
      for (const SessionRow& row : *rows) name_ = std::max(name_, app::columns_of(app::for_terminal(row.who)));
    }
    const int room = page.width() - kIndent - numbers_width(columns_);
    fits_ = room >= kLeastName;
    name_ = std::clamp(name_, kLeastName, std::max(kLeastName, room));
  }

  void head() {
    std::string line = std::string(static_cast<std::size_t>(name_), ' ');
    for (const Column& c : columns_) line += right(c.title, c.width);
    page_.blank();
    if (fits_) page_.drawn(kIndent, {app::painted(page_.screen(), Style::Dim, line)});
  }

  void rows(std::string_view title, const std::vector<SessionRow>& rows) {
    if (rows.empty()) return;
    page_.paragraph(2, title, Style::Bold);
    for (std::size_t i = 0; i < std::min(rows.size(), kRows); ++i) row(rows[i]);
  }

 private:
  void row(const SessionRow& row) {
    const std::string who = app::for_terminal(row.who);
    if (!fits_) return page_.item(kIndent, app::cut(who, page_.width(), page_.screen().unicode) + "  ", numbers_in_words(columns_, row));
    if (app::columns_of(who) <= name_) return page_.drawn(kIndent, {app::padded(who, name_) + numbers(columns_, row)});
    page_.paragraph(kIndent, row.who);
    page_.drawn(kIndent, {std::string(static_cast<std::size_t>(name_), ' ') + numbers(columns_, row)});
  }

  Page& page_;
  Columns columns_;
  int name_ = 0;
  bool fits_ = false;
};

void table(Page& page, const SessionGroup& g) {
  if (g.busiest.empty() && g.failing.empty() && g.churning.empty()) return;
  Table table(page, g);
  table.head();
  table.rows("Busiest", g.busiest);
  table.rows("Failing", g.failing);
  table.rows("Churning", g.churning);
}

void reasons(Page& page, const SessionGroup& g) {
  if (g.reasons.empty()) return;
  page.heading("Why sessions failed or ended");
  for (std::size_t i = 0; i < std::min(g.reasons.size(), kReasons); ++i) {
    const diag::SessionReason& r = g.reasons[i];
    page.item(kIndent, fmt::format("{:>6}  ", r.count),
              fmt::format("{}{}", app::first_bytes(r.text, kTextBytes), r.rule.empty() ? " (not documented)" : ""));
    page.item(12, r.count == 1 ? "at " : "first at ", r.first, Style::Dim, Style::Dim);
  }
  if (g.reasons.size() > kReasons) page.paragraph(kIndent, fmt::format("and {} more", g.reasons.size() - kReasons));
}

void open_at_once(Page& page, const SessionGroup& g) {
  const diag::Concurrency& c = g.concurrency;
  const std::string line = sparkline(c, page.width() - kIndent, page.screen().unicode);
  if (line.empty() || c.start == diag::kNoTime) return;
  page.heading("Open at once");
  page.drawn(kIndent, {line});
  page.paragraph(kIndent, span_in_words(c), Style::Dim);
}

void section(Page& page, const Judged& j) {
  const SessionGroup& g = *j.group;
  page.rule("SESSIONS", j.finding == nullptr ? Style::Good : style_of(j), group_in_words(g));
  page.paragraph(2, facts_in_words(g));
  if (!g.primary_cause.empty()) page.item(2, "main cause: ", g.primary_cause, style_of(j), Style::Plain);
  open_at_once(page, g);
  table(page, g);
  reasons(page, g);
  if (g.caveats.empty()) return;
  page.heading("What these records cannot show");
  for (const std::string& caveat : g.caveats) page.item(kIndent, "- ", caveat);
}

}  // namespace

std::string sessions_in_short(const diag::Report& report) {
  std::uint64_t connections = 0, failed = 0, looks_failed = 0;
  bool failures_are_logged = false;
  std::set<std::string_view> systems;
  for (const SessionGroup& g : report.sessions) {
    connections += g.connections;
    failed += g.failed;
    looks_failed += g.looks_failed;
    failures_are_logged |= g.system != diag::System::Pangolin;
    systems.insert(diag::name_of(g.system));
  }
  return fmt::format("{}, {} ({})", counted(connections, "connection"), failures_in_words(failed, looks_failed, failures_are_logged), fmt::join(systems, ", "));
}

void session_lines(Page& page, const diag::Report& report) {
  if (report.sessions.empty()) return;
  page.blank();
  const bool few = report.sessions.size() <= kFewGroups;
  std::size_t listed = 0, ill_left = 0, healthy_left = 0;
  for (const Judged& j : judged_groups(report)) {
    const bool healthy = j.finding == nullptr;
    if (listed < kListedGroups && (!healthy || few)) {
      ++listed;
      group_line(page, j);
    } else {
      ++(healthy ? healthy_left : ill_left);
    }
  }
  const auto groups = [](std::size_t count) { return counted(count, "group of sessions", "groups of sessions"); };
  if (ill_left > 0) page.paragraph(0, fmt::format("and {} with trouble", groups(ill_left)), Style::Warn);
  if (healthy_left > 0) page.paragraph(0, fmt::format("{} without trouble", groups(healthy_left)), Style::Good);
}

void session_sections(Page& page, const diag::Report& report) {
  std::size_t shown = 0, healthy = 0;
  for (const Judged& j : judged_groups(report)) {
    if (shown >= kSections || (j.finding == nullptr && ++healthy > kHealthySections)) continue;
    ++shown;
    section(page, j);
  }
  if (const std::size_t more = report.sessions.size() - shown; more > 0) {
    page.blank();
    page.paragraph(0, fmt::format("and {}: --format json shows them all",
                                  counted(more, "more group of sessions", "more groups of sessions")));
  }
}

std::string sparkline(const diag::Concurrency& c, int width, bool unicode) {
  constexpr std::array<std::string_view, 8> kUnicode{"\u2581", "\u2582", "\u2583", "\u2584",
                                                     "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::array<std::string_view, 8> kAscii{"_", ".", ":", "-", "=", "+", "*", "#"};
  const std::uint64_t highest = c.most.empty() ? 0 : *std::max_element(c.most.begin(), c.most.end());
  if (highest == 0 || width < 1) return "";
  const std::size_t columns = std::min(c.most.size(), static_cast<std::size_t>(width));
  std::string out;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto from = c.most.begin() + static_cast<std::ptrdiff_t>(i * c.most.size() / columns);
    const auto to = c.most.begin() + static_cast<std::ptrdiff_t>((i + 1) * c.most.size() / columns);
    const std::uint64_t most = *std::max_element(from, to);
    out += (unicode ? kUnicode : kAscii)[most == 0 ? 0 : 1 + most * 6 / highest];
  }
  return out;
}

}  // namespace tunnelscope::report
