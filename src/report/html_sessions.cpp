// User sessions: per group its facts, how many were open at once, who is busiest, failing and churning, why sessions failed or ended,
// and the sessions themselves.
#include <algorithm>

#include <fmt/format.h>

#include "src/report/html_parts.hpp"
#include "src/report/verdict.hpp"

namespace tunnelscope::report::html {
namespace {

using diag::SessionGroup;

constexpr std::size_t kSections = 60;
constexpr std::size_t kReasons = 20;
constexpr std::size_t kSessions = 200;
constexpr std::size_t kTextBytes = 300;
constexpr std::size_t kColumns = 240;
constexpr int kHeight = 40;

std::string connected(double seconds) {
  constexpr double kMost = 1e12;
  return diag::in_words(static_cast<diag::Duration>(std::clamp(seconds, 0.0, kMost)) * diag::kSecond);
}

// The most of a curve's scale, its half, and none.
void scale_of(Markup& to, std::uint32_t top) {
  const Element scale(to, "div", {{"class", "scale"}});
  for (const std::uint32_t n : counts_on(top)) to.element("span", fmt::format("{}", n));
}

void times_of(Markup& to, const diag::Concurrency& c) {
  const auto length = static_cast<diag::Duration>(c.step_s * static_cast<double>(c.most.size() * diag::kSecond));
  const Element axis(to, "div", {{"class", "axis"}});
  for (const diag::Time time : {c.start, c.start + length / 2, c.start + length}) to.element("span", diag::date_and_clock(time));
}

// The curve of `most`; a column that stands for several steps shows the most of them.
void curve(Markup& to, const diag::Concurrency& c) {
  const std::uint32_t highest = c.most.empty() ? 0 : *std::max_element(c.most.begin(), c.most.end());
  if (highest == 0 || c.start == diag::kNoTime) return;
  const std::uint32_t top = top_of_scale(highest);
  const std::size_t columns = std::min(c.most.size(), kColumns);
  std::string path = fmt::format("M0 {}", kHeight);
  for (std::size_t i = 0; i < columns; ++i) {
    const auto from = c.most.begin() + static_cast<std::ptrdiff_t>(i * c.most.size() / columns);
    const auto to_ = c.most.begin() + static_cast<std::ptrdiff_t>((i + 1) * c.most.size() / columns);
    path += fmt::format("V{:.1f}h1", kHeight - static_cast<double>(kHeight) * *std::max_element(from, to_) / top);
  }
  path += fmt::format("V{}z", kHeight);
  const Element box(to, "figure", {{"class", "curve"}});
  {
    const Element caption(to, "figcaption");
    to.text("Open at once, " + span_in_words(c));
  }
  const Element plot(to, "div", {{"class", "plot"}, {"aria-hidden", "true"}});
  scale_of(to, top);
  {
    const Element svg(to, "svg", {{"viewBox", fmt::format("0 0 {} {}", columns, kHeight)}, {"preserveAspectRatio", "none"}});
    to.element("path", "", {{"class", "grid"}, {"d", fmt::format("M0 0h{0}M0 {1}h{0}M0 {2}h{0}", columns, kHeight / 2, kHeight)}});
    to.element("path", "", {{"d", path}});
  }
  to.element("span", "UTC", {{"class", "label"}});
  times_of(to, c);
}

void clients(Markup& to, const SessionGroup& g) {
  if (g.busiest.empty() && g.failing.empty() && g.churning.empty()) return;
  Table table(to, "Busiest, failing and churning", {"Who", "Why listed", "Sessions", g.looks_failed > 0 ? "Look failed" : "Failed", "Short", "Connected", "Bytes"});
  const auto rows = [&table](const std::string& why, const std::vector<diag::SessionRow>& all) {
    for (const diag::SessionRow& r : all) {
      table.row({shortened(r.who, kTextBytes), why, fmt::format("{}", r.connections), fmt::format("{}", r.failed + r.looks_failed),
                 fmt::format("{}", r.short_ones), connected(r.connected_s), r.bytes ? bytes_in_words(*r.bytes) : "-"});
    }
  };
  rows("busiest", g.busiest);
  rows("failing", g.failing);
  rows("churning", g.churning);
}

void reasons(Markup& to, const SessionGroup& g) {
  if (g.reasons.empty()) return;
  Table table(to, "Why sessions failed or ended", {"Reason", "Count", "First"});
  for (std::size_t i = 0; i < std::min(g.reasons.size(), kReasons); ++i) {
    const diag::SessionReason& r = g.reasons[i];
    table.row({shortened(r.text, kTextBytes) + (r.rule.empty() ? " (not documented)" : ""), fmt::format("{}", r.count), r.first});
  }
}

std::string outcome_in_words(const diag::SessionLine& s) {
  const std::string outcome = s.outcome == "open" ? "no end logged" : s.outcome;
  return s.looks_failed ? outcome + ", looks failed" : outcome;
}

void list(Markup& to, const SessionGroup& g) {
  if (g.list.empty()) return;
  const Element box(to, "details");
  const std::size_t shown = std::min(g.list.size(), kSessions);
  const std::uint64_t all = g.list.size() + g.list_omitted;
  to.element("summary", shown < all ? fmt::format("{} of {} sessions, refused ones first", shown, all) : counted(all, "session"));
  Table table(to, "Sessions", {"Start", "Who", "From", "To", "Lasted", "Outcome", "Reason", "At"});
  for (std::size_t i = 0; i < shown; ++i) {
    const diag::SessionLine& s = g.list[i];
    const std::string& goal = !s.resource.empty() ? s.resource : !s.connector.empty() ? s.connector : s.gateway;
    table.row({s.start == diag::kNoTime ? "unknown" : diag::date_and_clock(s.start),
               shortened(s.user.empty() ? s.device : s.user, kTextBytes), shortened(s.address, kTextBytes), shortened(goal, kTextBytes),
               s.duration_s ? connected(*s.duration_s) : "-", outcome_in_words(s), shortened(s.reason, kTextBytes), s.at});
  }
}

void group(Markup& to, const JudgedGroup& j) {
  const SessionGroup& g = *j.group;
  const Element box(to, "article", {{"class", "group"}});
  {
    const Element head(to, "h3");
    badge(to, j.finding == nullptr ? std::string_view("healthy") : kb::name_of(j.finding->severity));
    to.element("span", group_in_words(g));
  }
  to.element("p", facts_in_words(g));
  if (j.finding != nullptr) {
    const Element line(to, "p");
    to.text("Main cause: ").element("a", j.finding->title, {{"href", "#" + id_of(*j.finding)}, {"data-finding", j.finding->fingerprint}});
  }
  curve(to, g.concurrency);
  clients(to, g);
  reasons(to, g);
  list(to, g);
  if (g.caveats.empty()) return;
  const Element more(to, "details");
  to.element("summary", "What these records cannot show");
  const Element items(to, "ul");
  for (const std::string& caveat : g.caveats) to.element("li", caveat);
}

}  // namespace

void sessions(Markup& to, const Document& document) {
  const diag::Report& report = document.report;
  if (report.sessions.empty()) return;
  const Element section(to, "section", {{"id", "sessions"}, {"aria-labelledby", "h-sessions"}});
  to.element("h2", "User sessions", {{"id", "h-sessions"}});
  const auto all = judged_groups(report);
  for (std::size_t i = 0; i < std::min(all.size(), kSections); ++i) group(to, all[i]);
  if (all.size() <= kSections) return;
  to.element("p", fmt::format("and {}: --format json shows them all", counted(all.size() - kSections, "more group")));
}

}  // namespace tunnelscope::report::html
