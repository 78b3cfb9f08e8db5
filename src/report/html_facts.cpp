// What stands below the findings: availability, redundancy of connections over time, and how much of the logs was understood.
#include <algorithm>

#include <fmt/format.h>

#include "src/report/html_parts.hpp"

namespace tunnelscope::report::html {
namespace {

constexpr std::size_t kRows = 400;
constexpr std::size_t kOutages = 200;
constexpr std::size_t kTallies = 40;
constexpr std::size_t kTextBytes = 600;

std::string seconds(const std::optional<double>& s) {
  constexpr double kMost = 1e12;
  return s ? diag::in_words(static_cast<diag::Duration>(std::clamp(*s, 0.0, kMost)) * diag::kSecond) : std::string("-");
}

std::vector<std::string> availability_row(const std::string& name, const diag::Availability& a) {
  return {name, percent(a.ratio), seconds(a.up_s), seconds(a.down_s), seconds(a.unknown_s), fmt::format("{}", a.outages),
          seconds(a.longest_outage_s), seconds(a.mean_time_to_recover_s), seconds(a.mean_time_between_s)};
}

void availabilities(Markup& to, const diag::Report& report) {
  Table table(to, "Tunnels, and connections with at least one tunnel up",
              {"Tunnel or connection", "Available", "Up", "Down", "Unknown", "Outages", "Longest", "Mean to recover", "Mean between"});
  std::size_t rows = 0;
  for (const Family& f : families(report)) {
    if (rows++ >= kRows) break;
    if (f.connection != nullptr) table.row(availability_row(f.connection->id, f.connection->availability));
    for (const diag::TunnelReport* t : f.tunnels) table.row(availability_row(t->id, t->availability));
  }
}

void outages(Markup& to, const diag::Report& report) {
  struct Row {
    const diag::TunnelReport* tunnel;
    const diag::Outage* outage;
  };
  std::vector<Row> all;
  for (const diag::TunnelReport& t : report.tunnels) {
    for (const diag::Outage& o : t.outages) all.push_back({&t, &o});
  }
  if (all.empty()) return;
  std::stable_sort(all.begin(), all.end(), [](const Row& a, const Row& b) { return a.outage->start > b.outage->start; });
  const Element box(to, "details");
  to.element("summary", fmt::format("{}, the latest first", counted(all.size(), "outage")));
  {
    Table table(to, "Outages", {"Tunnel", "From", "To", "Lasted", "Cause", "Stayed down because", "Evidence"});
    for (std::size_t i = 0; i < std::min(all.size(), kOutages); ++i) {
      const diag::Outage& o = *all[i].outage;
      const diag::Time end = o.end.value_or(report.now);
      table.row({all[i].tunnel->id, diag::date_and_clock(o.start), o.end ? diag::date_and_clock(*o.end) : "still down",
                 end > o.start ? diag::in_words(end - o.start) : "", o.cause, o.blocked_by, o.evidence.empty() ? "" : o.evidence.front()});
    }
  }
  if (all.size() > kOutages) to.element("p", fmt::format("and {} earlier ones", all.size() - kOutages));
}

// How many of a connection's tunnels were in an outage, from change to change.
void redundancy(Markup& to, const diag::Report& report) {
  if (report.connections.empty()) return;
  to.element("h3", "Redundancy");
  Table table(to, "Connections and the times in which no tunnel of theirs was up",
              {"Connection", "Tunnels", "Up at the end", "Without any tunnel"});
  for (std::size_t i = 0; i < std::min(report.connections.size(), kRows); ++i) {
    const diag::ConnectionReport& c = report.connections[i];
    std::string times;
    constexpr std::size_t kMost = 6;
    for (std::size_t n = 0; n < std::min(c.both_down.size(), kMost); ++n) {
      const diag::Interval& down = c.both_down[n];
      times += fmt::format("{}{} to {}", times.empty() ? "" : "; ", diag::date_and_clock(down.start),
                           down.end ? diag::date_and_clock(*down.end) : "now");
    }
    if (c.both_down.size() > kMost) times += fmt::format("; and {} more", c.both_down.size() - kMost);
    table.row({c.id, fmt::format("{}", c.tunnels), c.redundancy, times.empty() ? "never" : times});
  }
}

void tallies(Markup& to, const diag::Report& report, std::string_view title, const std::vector<diag::Tally>& rows) {
  if (rows.empty()) return;
  const Element box(to, "details");
  to.element("summary", fmt::format("{}: {}", title, counted(rows.size(), "kind")));
  Table table(to, title, {"What", "Count", "First"});
  for (std::size_t i = 0; i < std::min(rows.size(), kTallies); ++i) {
    table.row({shortened(rows[i].what, kTextBytes), fmt::format("{}", rows[i].count), report.at(rows[i].first)});
  }
}

void inputs(Markup& to, const diag::Report& report) {
  const Element box(to, "details");
  to.element("summary", counted(report.inputs.size(), "input"));
  Table table(to, "Inputs", {"Path", "Container", "Records", "Skipped"});
  for (std::size_t i = 0; i < std::min(report.inputs.size(), kRows); ++i) {
    const diag::InputSummary& in = report.inputs[i];
    table.row({in.path, in.container.empty() ? "nothing recognised" : in.container, fmt::format("{}", in.records),
               fmt::format("{}", in.skipped)});
  }
}

void notes(Markup& to, const Document& document) {
  for (const Note& note : document.notes) {
    const Element box(to, "div", {{"class", "note"}});
    to.element("p", note.text);
    const auto checks = folded(note.checks);
    if (checks.empty()) continue;
    const Element more(to, "details");
    to.element("summary", "How to check it");
    const Element list(to, "ul");
    for (const FoldedStep& step : checks) {
      const Element item(to, "li");
      to.text(actor(step.who) + step.text);
      commands(to, step);
    }
  }
}

void problems(Markup& to, const Document& document) {
  if (document.problems.empty()) return;
  const Element box(to, "div", {{"class", "note is-bad"}});
  to.element("p", "Could not be read, or not to the end:");
  const Element list(to, "ul");
  for (const auto& p : document.problems) {
    const Element item(to, "li");
    to.element("code", p.path).text(": " + p.reason + (p.hint.empty() ? "" : " (" + p.hint + ")"));
  }
}

}  // namespace

void availability(Markup& to, const Document& document) {
  const diag::Report& report = document.report;
  if (report.tunnels.empty()) return;
  const Element section(to, "section", {{"id", "availability"}, {"aria-labelledby", "h-availability"}});
  to.element("h2", "Availability", {{"id", "h-availability"}});
  availabilities(to, report);
  outages(to, report);
  redundancy(to, report);
}

void coverage(Markup& to, const Document& document) {
  const diag::Coverage& c = document.report.coverage;
  const Element section(to, "section", {{"id", "coverage"}, {"aria-labelledby", "h-coverage"}});
  to.element("h2", "Coverage", {{"id", "h-coverage"}});
  to.element("p", fmt::format("{} in {}: {} recognised, {} unrecognised, {} skipped, {}", counted(c.records, "record"),
                              counted(document.report.inputs.size(), "input"), c.recognised, c.unrecognised, c.skipped,
                              counted(c.duplicates, "duplicate")));
  if (c.limit_hits > 0) to.element("p", fmt::format("{} ran into the match limit of a pattern", counted(c.limit_hits, "line")));
  problems(to, document);
  notes(to, document);
  tallies(to, document.report, "Not recognised", c.unrecognised_shapes);
  tallies(to, document.report, "Skipped", c.skipped_by_reason);
  tallies(to, document.report, "Used although a field was unreadable", c.notes_by_reason);
  inputs(to, document.report);
}

}  // namespace tunnelscope::report::html
