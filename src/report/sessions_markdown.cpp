// The same content as in the text report, as tables and lists that render in any tracker.
#include "src/report/sessions_markdown.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/sessions_text.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::for_markdown;
using app::markdown_cell;
using app::markdown_code;
using diag::SessionGroup;

constexpr std::size_t kListedGroups = 100;
constexpr std::size_t kSections = 20;
constexpr std::size_t kReasons = 20;
constexpr std::size_t kTextBytes = 1000;
constexpr int kCurve = 60;

std::string connected(double seconds) {
  constexpr double kMost = 1e12;
  return diag::in_words(static_cast<diag::Duration>(std::clamp(seconds, 0.0, kMost)) * diag::kSecond);
}

std::string clients(const SessionGroup& g) {
  std::string rows;
  const auto add = [&rows](std::string_view kind, const std::vector<diag::SessionRow>& all) {
    for (const diag::SessionRow& r : all) {
      rows += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", kind, markdown_cell(r.who), r.connections, r.failed + r.looks_failed,
                          r.short_ones, connected(r.connected_s), r.bytes ? bytes_in_words(*r.bytes) : "");
    }
  };
  add("busiest", g.busiest);
  add("failing", g.failing);
  add("churning", g.churning);
  if (rows.empty()) return "";
  return fmt::format("\n| | who | connections | {} | short | connected | bytes |\n|---|---|---|---|---|---|---|\n", failed_title(g)) + rows;
}

std::string reasons(const SessionGroup& g) {
  if (g.reasons.empty()) return "";
  std::string out = "\n**Why sessions failed or ended**\n\n";
  for (std::size_t i = 0; i < std::min(g.reasons.size(), kReasons); ++i) {
    const diag::SessionReason& r = g.reasons[i];
    out += fmt::format("- {} {}{} ({} {})\n", counted(r.count, "time"), markdown_code(app::first_bytes(r.text, kTextBytes)),
                       r.rule.empty() ? ", not documented" : "", r.count == 1 ? "at" : "first at", markdown_code(r.first));
  }
  if (g.reasons.size() > kReasons) out += fmt::format("- and {} more\n", g.reasons.size() - kReasons);
  return out;
}

std::string open_at_once(const SessionGroup& g) {
  const std::string curve = sparkline(g.concurrency, kCurve, true);
  if (curve.empty() || g.concurrency.start == diag::kNoTime) return "";
  return fmt::format("\n**Open at once**: {} {}\n", markdown_code(curve), span_in_words(g.concurrency));
}

std::string section(const SessionGroup& g) {
  std::string out = fmt::format("\n## Sessions of {} {}{}\n\n{}\n", diag::name_of(g.system), markdown_code(g.group),
                                g.name.empty() || g.name == g.group ? "" : ", " + for_markdown(g.name), facts_in_words(g));
  out += open_at_once(g) + clients(g) + reasons(g);
  if (g.caveats.empty()) return out;
  out += "\n**What these records cannot show**\n\n";
  for (const std::string& caveat : g.caveats) out += "- " + for_markdown(caveat) + "\n";
  return out;
}

}  // namespace

std::string session_table(const diag::Report& report) {
  if (report.sessions.empty()) return "";
  std::string out = "| system | group | connections | failed | look failed | denied | users | cause |\n|---|---|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(report.sessions.size(), kListedGroups); ++i) {
    const SessionGroup& g = report.sessions[i];
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", diag::name_of(g.system), markdown_cell(g.group), g.connections,
                       g.failed, g.looks_failed, g.denied, g.users, g.primary_cause.empty() ? "" : markdown_cell(g.primary_cause));
  }
  if (report.sessions.size() > kListedGroups) {
    out += fmt::format("\nand {}\n", counted(report.sessions.size() - kListedGroups, "more group", "more groups"));
  }
  return out;
}

std::string session_details(const diag::Report& report) {
  std::string out;
  for (std::size_t i = 0; i < std::min(report.sessions.size(), kSections); ++i) out += section(report.sessions[i]);
  return out;
}

}  // namespace tunnelscope::report
