// The report for a ticket: the same order as the text report, as Markdown that renders in any tracker.
// Everything from a log stands in code spans or blocks; summaries, which mix both, are escaped.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/format.hpp"
#include "src/report/sessions_markdown.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::for_markdown;
using app::markdown_code;
using diag::Finding;

constexpr std::size_t kListedTunnels = 100;
constexpr std::size_t kMessageBytes = 2000;

std::string_view title(const diag::Report& report) {
  if (report.sessions.empty()) return "VPN tunnel diagnosis";
  return report.tunnels.empty() ? "VPN session diagnosis" : "VPN diagnosis";
}

// Of tunnels and of groups of sessions: what the report has of both, and the tunnels' when it has neither.
std::string tables(const diag::Report& report, std::string_view tunnels) {
  const std::string sessions = session_table(report);
  if (sessions.empty()) return std::string(tunnels);
  return report.tunnels.empty() ? sessions : fmt::format("{}\n{}", tunnels, sessions);
}

std::string verdict_table(const diag::Report& report) {
  std::vector<const diag::TunnelReport*> rows;
  for (const auto& t : report.tunnels) rows.push_back(&t);
  std::stable_partition(rows.begin(), rows.end(), [](const auto* t) { return t->status != "up"; });
  std::string out = "| tunnel | status | since | cause | outages | available |\n|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kListedTunnels); ++i) {
    const auto& t = *rows[i];
    const bool open = !t.outages.empty() && !t.outages.back().end;
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", app::markdown_cell(t.id),
                       t.status == "up" ? t.status : "**" + t.status + "**",
                       open ? diag::date_and_clock(t.outages.back().start) : "", app::markdown_cell(t.primary_cause),
                       t.outages.size(), percent(t.availability.ratio));
  }
  if (rows.size() > kListedTunnels) {
    out += fmt::format("\nand {}\n", counted(rows.size() - kListedTunnels, "more tunnel"));
  }
  return out;
}

std::string connection_lines(const diag::Report& report) {
  std::string out;
  for (const auto& c : report.connections) {
    const bool known_ill = (c.redundancy == "one" && !c.standby_waits) || c.redundancy == "none";
    if (!known_ill && c.both_down.empty()) continue;
    out += fmt::format("- {}: tunnels up at the end: {}{}\n", markdown_code(c.id), c.redundancy,
                       c.both_down.empty() ? "" : "; " + without_any_tunnel(c.both_down.size()));
  }
  return out.empty() ? "" : "\n" + out;
}

std::string evidence(const Finding& f) {
  if (f.evidence.empty()) return "";
  std::string lines;
  for (const auto& e : f.evidence) {
    lines += fmt::format("{}  {}  {}\n", diag::rfc3339(e.time), app::for_terminal(e.at),
                         app::for_terminal(app::first_bytes(e.message, kMessageBytes)));
  }
  lines.pop_back();
  return fmt::format("\n**Evidence** ({} of {})\n\n{}", f.evidence.size(), counted(f.count, "record"),
                     app::markdown_block(lines));
}

std::string steps(const std::vector<diag::Step>& all) {
  std::string out;
  int number = 0;
  for (const FoldedStep& step : folded(all)) {
    out += fmt::format("{}. {}{}\n", ++number, for_markdown(actor(step.who)), for_markdown(step.text));
    for (const auto& c : step.commands) {
      if (c.command.empty()) continue;
      const std::string vendor = c.vendor.empty() ? "" : for_markdown(vendor_name(c.vendor)) + ": ";
      out += fmt::format("   - {}{}\n", vendor, markdown_code(c.command));
    }
  }
  return out;
}

// Paragraphs of the knowledge base are separated by line breaks.
std::string prose(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out += (out.empty() ? "" : "\n\n") + for_markdown(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string heading(const Finding& f, const diag::Report& report) {
  const std::string span = span_in_words(f, report);
  const std::string change = f.standing.change ? fmt::format("\nChange: {}\n", for_markdown(change_in_words(f.standing))) : "";
  const std::string affected = is_about_sessions(f) ? for_markdown(affected_in_words(f)) : "";
  return fmt::format("\n## {}: {}\n\n{} on {}, {}, {}{}\n\n{}\n{}{}", kb::name_of(f.severity), for_markdown(f.title),
                     markdown_code(f.cause), markdown_code(f.subject), kb::name_of(f.confidence),
                     kb::name_of(f.role), span.empty() ? "" : ", " + span, for_markdown(f.summary),
                     change, affected.empty() ? "" : "\n**Affected**: " + affected + "\n");
}

std::string body(const Finding& f, bool explain) {
  std::string out;
  if (explain && !f.explanation.empty()) out += "\n" + prose(f.explanation) + "\n";
  out += evidence(f);
  if (explain && !f.steps.empty()) out += "\n**To do**\n\n" + steps(f.steps);
  if (explain && !f.verify.empty()) out += "\n**It worked when**: " + prose(f.verify) + "\n";
  if (!f.ruled_out.empty()) {
    out += "\n**Ruled out**\n\n";
    for (const auto& r : f.ruled_out) out += fmt::format("- {}: {}\n", markdown_code(r.cause), for_markdown(r.because));
  }
  if (explain && !f.references.empty()) {
    out += "\n**References**\n\n";
    for (const auto& r : f.references) {
      const bool web = r.url.starts_with("https://") && r.url.find_first_of(" <>\"\n") == std::string::npos;
      out += fmt::format("- {}{}{}\n", for_markdown(r.title), web ? " <" + r.url + ">" : "",
                         r.date.empty() ? "" : " (read " + for_markdown(r.date) + ")");
    }
  }
  if (explain && !f.owner.empty()) out += "\nOwner: " + for_markdown(f.owner) + "\n";
  if (explain && !f.runbook_url.empty()) out += "\nRunbook: " + markdown_code(f.runbook_url) + "\n";
  return out;
}

std::string findings(const diag::Report& report) {
  std::map<std::string_view, const Finding*> by_fingerprint;
  std::set<std::string_view> folded_away;
  for (const Finding& f : report.findings) {
    by_fingerprint[f.fingerprint] = &f;
    if (f.role == kb::Role::RootCause && !f.standing.suppressed) folded_away.insert(f.explains.begin(), f.explains.end());
  }
  std::set<std::string> explained;  // what was told once: a cause, with what a configuration adds to it
  std::string out;
  for (const Finding& f : report.findings) {
    if (f.standing.suppressed || (f.role != kb::Role::RootCause && folded_away.count(f.fingerprint) != 0)) continue;
    out += heading(f, report) + body(f, explained.insert(f.cause + f.explanation).second);
    std::string symptoms;
    for (const std::string& fingerprint : f.explains) {
      const auto found = by_fingerprint.find(fingerprint);
      if (found == by_fingerprint.end()) continue;
      const Finding& s = *found->second;
      symptoms += fmt::format("- {} on {}: {}\n", markdown_code(s.cause), markdown_code(s.subject), for_markdown(s.summary));
    }
    if (!symptoms.empty()) out += "\n**It explains**\n\n" + symptoms;
  }
  return out;
}

std::string tallies(const diag::Report& report, std::string_view title, const std::vector<diag::Tally>& rows) {
  std::string out;
  for (const auto& row : rows) {
    out += fmt::format("- {} {}: {} ({} {})\n", row.count, title,
                       markdown_code(app::first_bytes(row.what, kMessageBytes)), row.count == 1 ? "at" : "first at", markdown_code(report.at(row.first)));
  }
  return out;
}

std::string coverage(const Document& document) {
  const diag::Coverage& c = document.report.coverage;
  std::string out = fmt::format("\n## Coverage\n\n{} in {}: {} recognised, {} unrecognised, {} skipped, {}\n\n",
                                counted(c.records, "record"), counted(document.report.inputs.size(), "input"),
                                c.recognised, c.unrecognised, c.skipped, counted(c.duplicates, "duplicate"));
  out += tallies(document.report, "not recognised", c.unrecognised_shapes);
  out += tallies(document.report, "skipped", c.skipped_by_reason);
  out += tallies(document.report, "with an unreadable field", c.notes_by_reason);
  for (const auto& p : document.problems) {
    out += fmt::format("- could not be read: {}: {}\n", markdown_code(p.path), for_markdown(p.reason));
  }
  return out;
}

}  // namespace

std::string to_markdown(const Document& document, const app::Screen&) {
  const diag::Report& report = document.report;
  std::string out = fmt::format("# {}\n\n", title(report));
  if (report.first != diag::kNoTime) {
    out += fmt::format("Records from {} to {}, judged by tunnelscope{}\n\n", diag::rfc3339(report.first),
                       diag::rfc3339(report.last), document.redacted ? "; addresses, ids and names are pseudonyms" : "");
  }
  if (const std::string text = background_in_short(document.background, findings_of(report)); !text.empty())
    out += for_markdown(text) + "\n\n";
  out += tables(report, verdict_table(report) + connection_lines(report)) + findings(report) + session_details(report);
  out += background_markdown(document.background, findings_of(report));
  for (const Note& note : document.notes) out += "\n## Note\n\n" + for_markdown(note.text) + "\n\n" + steps(note.checks);
  return out + coverage(document);
}

}  // namespace tunnelscope::report
