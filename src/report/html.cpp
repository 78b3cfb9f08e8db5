// The report as one page that a browser shows: self-contained, and readable without a script. Nothing in it asks anybody for anything;
// the policy in its head allows the embedded style and script by their hashes, and nothing else. The live page has the same body.
#include <map>

#include <fmt/format.h>

#include "src/command.hpp"
#include "src/report/format.hpp"
#include "src/report/html_assets.hpp"
#include "src/report/html_parts.hpp"
#include "src/report/html_policy.hpp"
#include "src/report/live_page.hpp"
#include "src/report/sessions_text.hpp"

namespace tunnelscope::report {
namespace {

std::string headline(const diag::Report& report) {
  std::map<std::string_view, std::size_t> by_status;
  for (const diag::TunnelReport& t : report.tunnels) ++by_status[t.status];
  std::string text;
  for (const std::string_view name : {"down", "flapping", "degraded", "unknown", "up"}) {
    const auto found = by_status.find(name);
    if (found != by_status.end()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", found->second, name);
  }
  if (!report.tunnels.empty()) text = fmt::format("{}: {}", counted(report.tunnels.size(), "tunnel"), text);
  if (!report.sessions.empty()) text += fmt::format("{}user sessions: {}", text.empty() ? "" : "; ", sessions_in_short(report));
  return text.empty() ? "no tunnel was seen" : text;
}

std::string window(const Document& document) {
  const diag::Report& r = document.report;
  if (r.first == diag::kNoTime) return "";
  const bool judged_later = r.now != r.last && r.now != diag::kNoTime;
  return fmt::format("Records from {} to {} UTC{}{}", diag::date_and_clock(r.first), diag::date_and_clock(r.last),
                     judged_later ? ", judged at " + diag::date_and_clock(r.now) : "",
                     document.redacted ? "; addresses, ids and names are pseudonyms" : "");
}

void banner(Markup& to, const Document& document) {
  const Element header(to, "header", {{"class", "banner"}});
  {
    const Element words(to, "div");
    to.element("p", "tunnelscope", {{"class", "product"}});
    to.element("h1", headline(document.report));
    if (const std::string span = window(document); !span.empty()) to.element("p", span, {{"class", "window"}});
  }
  to.element("div", "", {{"id", "controls"}});
}

void navigation(Markup& to, const diag::Report& report) {
  const Element nav(to, "nav", {{"aria-label", "Sections"}});
  const Element list(to, "ul");
  const auto entry = [&to](const std::string& id, std::string_view title, bool there) {
    if (!there) return;
    const Element item(to, "li");
    to.element("a", title, {{"href", "#" + id}});
  };
  entry("verdict", "Verdict", true);
  entry("timeline", "Timeline", !report.tunnels.empty());
  entry("findings", fmt::format("Findings ({})", html::findings_told(report)), true);
  entry("availability", "Availability", !report.tunnels.empty());
  entry("sessions", "Sessions", !report.sessions.empty());
  entry("coverage", "Coverage", true);
}

void footer(Markup& to, const diag::Report& report) {
  const Element footer(to, "footer");
  to.element("p", fmt::format("tunnelscope {}, knowledge base {}: {} message rules, {} causes. All times are UTC.", app::version(),
                              report.knowledge_version, report.message_rules, report.causes));
}

// What the script of the live page keeps up to date.
void live_line(Markup& to, const Freshness& live) {
  const bool stale = !live.stale.empty();
  const Element line(to, "div", {{"id", "live"}, {"class", stale ? "stale" : ""}, {"data-version", std::to_string(live.version)}});
  to.element("p", stale ? "Stale: " + live.stale : "This page is asked for again each half minute", {{"class", "state"}, {"role", "status"}});
  to.element("p", live.now == diag::kNoTime ? "" : "as of " + diag::date_and_clock(live.now) + " UTC", {{"class", "time"}});
}

// `live`: null in a page that stands for itself.
void body(Markup& to, const Document& document, const Freshness* live) {
  const Element body(to, "body");
  to.element("a", "Skip to the verdict", {{"class", "skip"}, {"href", "#verdict"}});
  banner(to, document);
  if (live != nullptr) live_line(to, *live);
  navigation(to, document.report);
  {
    const Element main(to, "main");
    html::verdict(to, document);
    html::timelines(to, document);
    html::findings(to, document);
    html::availability(to, document);
    html::sessions(to, document);
    html::coverage(to, document);
  }
  footer(to, document.report);
  if (html::script().empty()) return;
  to.open("script", {{"type", "application/json"}, {"id", "data"}}).finished(json_in_html(html::data(document))).close();
  if (live != nullptr) {
    to.open("script", {{"src", "page.js"}}).close();
  } else {
    to.open("script").finished(html::script()).close();
  }
}

// Without a script the browser asks again by itself.
void live_head(Markup& to, std::string_view title) {
  const Element head(to, "head");
  to.empty("meta", {{"charset", "utf-8"}});
  to.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  to.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  to.empty("meta", {{"name", "robots"}, {"content", "noindex"}});
  to.empty("link", {{"rel", "icon"}, {"href", "data:,"}});
  to.empty("link", {{"rel", "stylesheet"}, {"href", "page.css"}});
  to.element("title", title);
  if (!html::script().empty()) to.open("noscript");
  to.empty("meta", {{"http-equiv", "refresh"}, {"content", "30"}});
  if (!html::script().empty()) to.close();
}

std::string title_of(const Document& document) { return headline(document.report) + " - tunnelscope"; }

}  // namespace

std::string to_html(const Document& document, const app::Screen&) {
  Markup to;
  to.finished("<!doctype html>\n");
  {
    const Element html(to, "html", {{"lang", "en"}});
    html::head(to, title_of(document), html::style(), html::script());
    body(to, document, nullptr);
  }
  return to.take() + "\n";
}

std::string to_live_page(const Document& document, const Freshness& freshness) {
  Markup to;
  to.finished("<!doctype html>\n");
  {
    const Element html(to, "html", {{"lang", "en"}});
    live_head(to, title_of(document));
    body(to, document, &freshness);
  }
  return to.take() + "\n";
}

}  // namespace tunnelscope::report
