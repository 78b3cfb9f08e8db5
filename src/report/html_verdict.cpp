// The first screen of the page: what broke, since when, why and what to do first; then each connection with its tunnels, and
// each group of user sessions, worst first.
#include <algorithm>

#include <fmt/format.h>

#include "src/report/html_parts.hpp"
#include "src/report/verdict.hpp"

namespace tunnelscope::report::html {
namespace {

using diag::Finding;
using diag::TunnelReport;

constexpr std::size_t kFamilies = 150;  // shown one by one
constexpr std::size_t kFewHealthy = 6;  // so many healthy families are not folded away
constexpr std::size_t kGroups = 40;
constexpr std::size_t kTextBytes = 600;

std::string_view name_of(Tone tone) {
  switch (tone) {
    case Tone::Good: return "good";
    case Tone::Warn: return "warn";
    case Tone::Bad: return "bad";
    case Tone::Plain: break;
  }
  return "plain";
}

void fact(Markup& to, std::string_view name, std::string_view raw) {
  const Element both(to, "div");
  to.element("dt", name).element("dd", raw);
}

void first_step(Markup& to, const Finding& f) {
  const auto steps = folded(f.steps);
  if (steps.empty()) return;
  const Element both(to, "div", {{"class", "first"}});
  to.element("dt", "Do first");
  const Element value(to, "dd");
  to.element("p", actor(steps.front().who) + steps.front().text);
  commands(to, steps.front());
}

void lead_about(Markup& to, const Document& document, const Lead& lead, const std::vector<Ill>& ill) {
  const Finding& f = *lead.finding;
  const Element box(to, "article", {{"class", fmt::format("lead is-{}", kb::name_of(f.severity))}, {"aria-labelledby", "lead-title"}});
  {
    const Element line(to, "p", {{"class", "kicker"}});
    if (lead.tunnel != nullptr) badge(to, lead.tunnel->status);
    to.element("span", f.subject, {{"class", "subject"}});
  }
  to.element("h3", f.title, {{"id", "lead-title"}});
  {
    const Element facts(to, "dl", {{"class", "facts"}});
    fact(to, "What", shortened(f.summary, kTextBytes));
    if (const std::string both = lead.tunnel == nullptr ? "" : fell_and_stays(document.report, *lead.tunnel); !both.empty()) fact(to, "Causes", both);
    if (const std::string who = is_about_sessions(f) ? affected_in_words(f) : ""; !who.empty()) fact(to, "Who", shortened(who, kTextBytes));
    if (const std::string span = when_in_words(document.report, lead); !span.empty()) fact(to, "When (UTC)", span);
    fact(to, "Certainty", fmt::format("{}, from {}", kb::name_of(f.confidence), counted(f.count, "record")));
    first_step(to, f);
    if (const std::string others = also_in_words(lead, ill); !others.empty()) fact(to, "Also", others);
  }
  const Element line(to, "p", {{"class", "more"}});
  to.element("a", "Evidence and all steps", {{"href", "#" + id_of(f)}, {"data-finding", f.fingerprint}});
}

void nothing_wrong(Markup& to, const diag::Report& report) {
  const Element box(to, "article", {{"class", "lead is-up"}});
  to.element("h3", report.tunnels.empty() && report.sessions.empty() ? "No tunnel and no session was seen" : "Nothing is the matter");
  to.element("p", "No finding above information. What these logs cannot show is said under Coverage.");
}

void first_of(Markup& to, const Finding& f) {
  const auto steps = folded(f.steps);
  if (steps.empty()) return;
  to.element("p", fmt::format("first: {}{}", actor(steps.front().who), steps.front().text), {{"class", "first-step"}});
}

void why(Markup& to, const diag::Report& report, const TunnelReport& t) {
  const Finding* f = finding_of(report, t);
  if (f == nullptr) return static_cast<void>(to.text(t.primary_cause));
  to.element("a", f->title, {{"href", "#" + id_of(*f)}, {"data-finding", f->fingerprint}});
  if (t.status != "up") first_of(to, *f);
}

// Its states are known, and too long ago.
bool is_silent(const TunnelReport& t) {
  const bool stated = t.phase1 != diag::PhaseState::Unknown || t.phase2 != diag::PhaseState::Unknown;
  return t.status == "unknown" && stated && t.last != diag::kNoTime;
}

std::string down(const TunnelReport& t, diag::Time now) {
  const bool is_out = !t.outages.empty() && !t.outages.back().end;
  if (is_silent(t) && is_out) return fmt::format("down since {}, was still down {}", diag::date_and_clock(t.outages.back().start), last_heard(t.last));
  if (is_silent(t)) return "silent since " + diag::date_and_clock(t.last);
  if (t.outages.empty()) return "";
  if (t.outages.back().end) return counted(t.outages.size(), "outage") + ", over";
  const diag::Time start = t.outages.back().start;
  return fmt::format("since {}, {}", diag::date_and_clock(start), diag::in_words(std::max<diag::Duration>(0, now - start)));
}

void tunnel_row(Table& table, Markup& to, const diag::Report& report, const TunnelReport& t) {
  table.begin_row();
  table.cell().element("span", short_name(t), {{"class", "mono"}});
  table.end_cell();
  table.cell();
  badge(to, t.status);
  table.end_cell();
  table.cell().text(down(t, report.now));
  table.end_cell();
  table.cell();
  why(to, report, t);
  table.end_cell();
  table.cell().text(percent(t.availability.ratio));
  table.end_cell();
  table.end_row();
}

void family(Markup& to, const diag::Report& report, const Family& f) {
  const std::string& connection = f.tunnels.front()->connection;
  const Element box(to, "section", {{"class", "family"}});
  {
    const Element head(to, "h3");
    to.element("span", connection.empty() ? f.tunnels.front()->id : connection, {{"class", "mono"}});
  }
  if (f.connection != nullptr) {
    const Redundancy redundancy = redundancy_in_words(*f.connection);
    to.element("p", redundancy.text, {{"class", fmt::format("standing is-{}", name_of(redundancy.tone))}});
  }
  Table table(to, fmt::format("Tunnels of {}", connection.empty() ? f.tunnels.front()->id : connection),
              {"Tunnel", "Status", "Down", "Why, and what to do first", "Available"});
  for (const TunnelReport* t : f.tunnels) tunnel_row(table, to, report, *t);
}

bool is_healthy(const Family& f) {
  return std::all_of(f.tunnels.begin(), f.tunnels.end(), [](const TunnelReport* t) { return t->status == "up"; });
}

void tunnels(Markup& to, const diag::Report& report) {
  const auto all = families(report);
  const auto healthy = std::find_if(all.begin(), all.end(), is_healthy);
  const auto ill = static_cast<std::size_t>(healthy - all.begin());
  for (std::size_t i = 0; i < std::min(ill, kFamilies); ++i) family(to, report, all[i]);
  if (ill > kFamilies) {
    to.element("p", fmt::format("and {} with a tunnel that is not up: see the timeline", counted(ill - kFamilies, "more connection")));
  }
  const std::size_t well = all.size() - ill;
  if (well == 0) return;
  const bool few = well <= kFewHealthy;
  if (!few) to.open("details", {{"class", "healthy"}});
  if (!few) to.element("summary", fmt::format("{} with all tunnels up", counted(well, "connection")));
  for (std::size_t i = ill; i < std::min(all.size(), ill + kFamilies); ++i) family(to, report, all[i]);
  if (well > kFamilies) to.element("p", fmt::format("and {} more", well - kFamilies));
  if (!few) to.close();
}

void groups(Markup& to, const diag::Report& report) {
  if (report.sessions.empty()) return;
  const auto all = judged_groups(report);
  const Element box(to, "section", {{"class", "family"}});
  to.element("h3", "User sessions");
  Table table(to, "Groups of user sessions", {"Group", "State", "Sessions", "Why, and what to do first"});
  for (std::size_t i = 0; i < std::min(all.size(), kGroups); ++i) {
    const JudgedGroup& j = all[i];
    table.begin_row();
    table.cell().element("a", group_in_words(*j.group), {{"href", "#sessions"}});
    table.end_cell();
    table.cell();
    badge(to, j.finding == nullptr ? std::string_view("healthy") : kb::name_of(j.finding->severity));
    table.end_cell();
    table.cell().text(counts_in_words(*j.group));
    table.end_cell();
    table.cell();
    if (j.finding != nullptr) {
      to.element("a", j.finding->title, {{"href", "#" + id_of(*j.finding)}, {"data-finding", j.finding->fingerprint}});
      first_of(to, *j.finding);
    }
    table.end_cell();
    table.end_row();
  }
}

}  // namespace

void verdict(Markup& to, const Document& document) {
  const diag::Report& report = document.report;
  const Element section(to, "section", {{"id", "verdict"}, {"aria-labelledby", "h-verdict"}});
  to.element("h2", "Verdict", {{"id", "h-verdict"}});
  const auto ill = ill_with_cause(report);
  const Lead lead = lead_of(report, ill);
  lead.finding == nullptr ? nothing_wrong(to, report) : lead_about(to, document, lead, ill);
  tunnels(to, report);
  groups(to, report);
}

}  // namespace tunnelscope::report::html
