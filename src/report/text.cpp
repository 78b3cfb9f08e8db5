// The report for a person at a terminal, at night: the first screen says what broke, since when, why, and what to do
// first; below it each finding in full, most important first, then how much of the log was understood.
// Symptoms stand under their root cause; a cause that was explained once is not explained again.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/format.hpp"
#include "src/report/page.hpp"
#include "src/report/sessions_text.hpp"
#include "src/report/timeline.hpp"
#include "src/report/verdict.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::Screen;
using app::Style;
using diag::Finding;
using diag::TunnelReport;

constexpr std::size_t kFullFindings = 8;  // the others are listed in short form
constexpr std::size_t kShortFindings = 40;
constexpr std::size_t kTimelines = 6;
constexpr std::size_t kListedTunnels = 30;
constexpr std::size_t kFewTunnels = 6;    // so many healthy ones are still listed one by one
constexpr std::size_t kTallies = 5;
constexpr std::size_t kMessageBytes = 600;

Style style_of(kb::Severity severity) {
  switch (severity) {
    case kb::Severity::Critical: return Style::Bad;
    case kb::Severity::Warning: return Style::Warn;
    case kb::Severity::Info: break;
  }
  return Style::Note;
}
Style style_of(std::string_view status) {
  if (status == "down") return Style::Bad;
  if (status == "up") return Style::Good;
  return Style::Warn;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

class TextReport {
 public:
  TextReport(const Document& document, const Screen& screen)
      : document_(document), report_(document.report), page_(screen) {
    for (const Finding& f : report_.findings) by_fingerprint_[f.fingerprint] = &f;
    for (const Finding& f : report_.findings) {
      if (f.role != kb::Role::RootCause || f.standing.suppressed) continue;
      for (const std::string& explained : f.explains) folded_.insert(explained);
    }
  }

  std::string write() {
    headline();
    verdicts();
    session_lines(page_, report_);
    first_thing();
    findings();
    remaining_timelines();
    session_sections(page_, report_);
    background_sections(page_, document_.background, findings_of(report_));
    notes();
    coverage();
    return page_.take();
  }

 private:
  void headline() {
    std::map<std::string, std::size_t> by_status;
    for (const TunnelReport& t : report_.tunnels) ++by_status[t.status];
    std::string text;
    for (const std::string_view name : {"down", "flapping", "degraded", "unknown", "up"}) {
      const auto found = by_status.find(std::string(name));
      if (found != by_status.end()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", found->second, name);
    }
    if (report_.tunnels.empty()) text = "no tunnel was seen";
    const bool of_sessions_alone = report_.tunnels.empty() && !report_.sessions.empty();
    if (!of_sessions_alone) page_.item(0, counted(report_.tunnels.size(), "tunnel") + ": ", text, Style::Bold, Style::Bold);
    if (!report_.sessions.empty()) page_.item(0, "user sessions: ", sessions_in_short(report_), Style::Bold, Style::Bold);
    if (report_.first != diag::kNoTime) {
      page_.paragraph(0, fmt::format("records from {} to {} UTC{}", diag::date_and_clock(report_.first),
                                     diag::date_and_clock(report_.last),
                                     report_.now != report_.last && report_.now != diag::kNoTime
                                         ? ", judged at " + diag::date_and_clock(report_.now)
                                         : ""), Style::Dim);
    }
    if (document_.redacted) page_.paragraph(0, "addresses, ids and names are pseudonyms", Style::Dim);
    const std::string background = background_in_short(document_.background, findings_of(report_));
    if (!background.empty()) page_.paragraph(0, background, Style::Dim);
  }

  // Connections with an ill tunnel first, then ill tunnels without a connection, then the healthy in a line.
  void verdicts() {
    std::vector<const TunnelReport*> ill, healthy;
    for (const TunnelReport& t : report_.tunnels) (t.status == "up" ? healthy : ill).push_back(&t);
    std::stable_sort(ill.begin(), ill.end(), [](auto* a, auto* b) { return rank_of(*a) < rank_of(*b); });
    const bool few = report_.tunnels.size() <= kFewTunnels;
    std::set<std::string> shown;
    std::size_t listed = 0;
    if (!report_.tunnels.empty()) page_.blank();
    for (const auto* group : {&ill, &healthy}) {
      for (const TunnelReport* tunnel : *group) {
        if (shown.count(tunnel->id) != 0 || (group == &healthy && !few) || listed >= kListedTunnels) continue;
        if (!tunnel->connection.empty()) connection_line(tunnel->connection);
        for (const TunnelReport& t : report_.tunnels) {
          const bool same = t.id == tunnel->id || (!t.connection.empty() && t.connection == tunnel->connection);
          if (!same || !shown.insert(t.id).second) continue;
          tunnel_line(t);
          ++listed;
        }
      }
    }
    summarise_rest(ill, healthy, shown);
  }

  void summarise_rest(const std::vector<const TunnelReport*>& ill, const std::vector<const TunnelReport*>& healthy,
                      const std::set<std::string>& shown) {
    const auto missing = [&](const std::vector<const TunnelReport*>& all) {
      return std::count_if(all.begin(), all.end(), [&](auto* t) { return shown.count(t->id) == 0; });
    };
    if (const auto more = missing(ill); more > 0) {
      page_.paragraph(0, fmt::format("and {} that {} not up", counted(static_cast<std::uint64_t>(more), "tunnel"),
                                     more == 1 ? "is" : "are"), Style::Warn);
    }
    if (const auto more = missing(healthy); more > 0) {
      page_.paragraph(0, counted(static_cast<std::uint64_t>(more), "other tunnel is up", "other tunnels are up"),
                      Style::Good);
    }
  }

  void connection_line(const std::string& id) {
    const auto found = std::find_if(report_.connections.begin(), report_.connections.end(),
                                    [&](const auto& c) { return c.id == id; });
    if (found == report_.connections.end()) return page_.paragraph(0, id);
    const Redundancy redundancy = redundancy_in_words(*found);
    const Style style = redundancy.tone == Tone::Good   ? Style::Good
                        : redundancy.tone == Tone::Warn ? Style::Warn
                        : redundancy.tone == Tone::Bad  ? Style::Bad
                                                                : Style::Plain;
    page_.item(0, app::for_terminal(id) + "  ", redundancy.text, style, Style::Bold);
  }

  void tunnel_line(const TunnelReport& t) {
    const std::string name = t.connection.empty() || t.outside_ip.empty() ? t.id : t.outside_ip;
    page_.item(2, fmt::format("{} {}  ", app::padded(upper(t.status), 9), app::padded(app::for_terminal(name), 15)),
               tunnel_in_words(t, report_.now), Style::Plain, style_of(t.status));
  }

  void first_thing() {
    const auto ill = ill_with_cause(report_);
    const Lead lead = lead_of(report_, ill);
    if (lead.finding != nullptr) first_thing_about(lead, ill);
  }

  void first_thing_about(const Lead& lead, const std::vector<Ill>& ill) {
    const Finding& top = *lead.finding;
    page_.blank();
    const Style style = style_of(top.severity);
    page_.item(0, "why    ", fmt::format("{} ({})", top.title, kb::name_of(top.confidence)), Style::Bold, style);
    page_.item(0, "       ", fmt::format("{}: {}", top.subject, top.summary));
    if (const std::string both = lead.tunnel == nullptr ? "" : fell_and_stays(report_, *lead.tunnel); !both.empty()) page_.item(0, "       ", both);
    const std::string affected = is_about_sessions(top) ? affected_in_words(top) : "";
    if (!affected.empty()) page_.item(0, "who    ", shortened(affected), Style::Plain, style);
    if (const std::string span = when_in_words(report_, lead); !span.empty()) {
      page_.item(0, "when   ", span, Style::Plain, style);
    }
    if (const auto steps = folded(top.steps); !steps.empty()) {
      page_.item(0, "first  ", fmt::format("{}{}", actor(steps.front().who), steps.front().text), Style::Plain, style);
      commands(9, steps.front());
    }
    if (const std::string others = also_in_words(lead, ill); !others.empty()) page_.item(0, "also:  ", others);
  }

  void commands(int indent, const FoldedStep& step) {
    std::size_t widest = 0;
    for (const auto& c : step.commands) widest = std::max(widest, vendor_name(c.vendor).size());
    for (const auto& c : step.commands) {
      if (c.command.empty()) continue;
      const std::string lead =
          widest == 0 ? "$ " : app::padded(vendor_name(c.vendor), static_cast<int>(widest)) + "  ";
      page_.verbatim(indent, lead, c.command);
    }
  }

  void findings() {
    std::size_t full = 0, brief = 0, left_out = 0;
    for (const Finding& f : report_.findings) {
      if (f.standing.suppressed || (folded_.count(f.fingerprint) != 0 && f.role != kb::Role::RootCause)) continue;
      if (f.role == kb::Role::RootCause && f.severity != kb::Severity::Info && full < kFullFindings) {
        ++full;
        in_full(f);
      } else if (brief < kShortFindings) {
        ++brief;
        in_short(f);
      } else {
        ++left_out;
      }
    }
    if (left_out > 0) {
      page_.blank();
      page_.paragraph(0, fmt::format("and {}: --format json shows them all", counted(left_out, "more finding")));
    }
  }

  void in_full(const Finding& f) {
    page_.rule(upper(kb::name_of(f.severity)), style_of(f.severity), f.title);
    page_.paragraph(2, fmt::format("{} on {}, {}", f.cause, f.subject, kb::name_of(f.confidence)), Style::Dim);
    page_.paragraph(2, f.summary);
    change(f);
    if (const std::string span = span_in_words(f, report_); !span.empty()) page_.paragraph(2, span);
    details(f);
    timelines_of(f.subject);
    const auto [known, is_new] = explained_.emplace(f.cause + "\n" + f.explanation, f.subject);
    if (is_new && !f.explanation.empty()) {
      page_.heading("What happened");
      page_.prose(4, f.explanation);
    }
    evidence(f);
    if (is_new) {
      steps(f);
    } else if (!f.steps.empty()) {
      page_.blank();
      page_.item(2, "To do: ", "as under " + known->second + " above", Style::Plain, Style::Bold);
    }
    symptoms(f);
    if (!f.ruled_out.empty()) {
      page_.heading("Ruled out");
      for (const auto& r : f.ruled_out) page_.item(4, app::for_terminal(r.cause) + ": ", r.because);
    }
    if (is_new && !f.references.empty()) {
      page_.heading("References");
      for (const auto& r : f.references) page_.paragraph(4, reference(r), Style::Dim);
    }
  }

  void change(const Finding& f) {
    if (f.standing.change) page_.item(2, "change: ", change_in_words(f.standing), Style::Plain, Style::Bold);
  }

  // What explanations and steps refer to by name.
  void details(const Finding& f) {
    std::vector<std::string> known;
    for (const auto& [name, value] : f.details) {
      if (const auto* number = std::get_if<double>(&value)) known.push_back(fmt::format("{} {}", name, *number));
      if (const auto* text = std::get_if<std::string>(&value)) known.push_back(fmt::format("{} {}", name, shortened(*text)));
    }
    if (!known.empty()) page_.item(2, "details: ", fmt::format("{}", fmt::join(known, ", ")), Style::Dim, Style::Dim);
  }

  void evidence(const Finding& f) {
    if (f.evidence.empty()) return;
    page_.heading(f.count > f.evidence.size() ? fmt::format("Evidence ({} of {} records)", f.evidence.size(), f.count)
                                              : std::string("Evidence"));
    const diag::Evidence* before = nullptr;
    for (const auto& e : f.evidence) {
      if (before == nullptr || before->message != e.message || before->state != e.state) {
        page_.paragraph(4, shortened(e.message));
        if (!e.state.empty()) page_.paragraph(4, fmt::format("({})", e.state), Style::Dim);
      }
      page_.item(6, diag::date_and_clock(e.time) + "  ", e.at, Style::Dim, Style::Dim);
      before = &e;
    }
  }

  static std::string shortened(std::string_view message) {
    const std::string_view start = app::first_bytes(message, kMessageBytes);
    if (start.size() == message.size()) return std::string(message);
    return fmt::format("{}... ({} more)", start, counted(message.size() - start.size(), "byte"));
  }

  void steps(const Finding& f) {
    const auto all = folded(f.steps);
    if (!all.empty()) {
      page_.heading("To do");
      int number = 0;
      for (const FoldedStep& step : all) {
        page_.item(4, fmt::format("{:>2}. ", ++number), actor(step.who) + step.text);
        commands(8, step);
      }
    }
    if (!f.verify.empty()) {
      page_.heading("It worked when");
      page_.prose(4, f.verify);
    }
    if (!f.owner.empty() || !f.runbook_url.empty()) {
      page_.blank();
      if (!f.owner.empty()) page_.item(2, "Owner: ", f.owner == "aws" ? "AWS" : f.owner, Style::Plain, Style::Bold);
      if (!f.runbook_url.empty()) page_.item(2, "Runbook: ", f.runbook_url, Style::Plain, Style::Bold);
    }
  }

  void symptoms(const Finding& f) {
    bool first = true;
    for (const std::string& fingerprint : f.explains) {
      const auto found = by_fingerprint_.find(fingerprint);
      if (found == by_fingerprint_.end()) continue;
      if (first) {
        page_.heading("It explains");
        first = false;
      }
      symptom(f, *found->second);
    }
  }

  void symptom(const Finding& f, const Finding& s) {
    page_.item(4, app::for_terminal(s.cause) + ": ", s.subject == f.subject ? s.summary : s.subject + ", " + s.summary);
  }

  // The exit status tells of them.
  void graver_symptoms(const Finding& f) {
    for (const std::string& fingerprint : f.explains)
      if (const auto found = by_fingerprint_.find(fingerprint); found != by_fingerprint_.end() && found->second->severity > f.severity)
        symptom(f, *found->second);
  }

  void in_short(const Finding& f) {
    page_.rule(upper(kb::name_of(f.severity)), style_of(f.severity), f.title);
    page_.paragraph(2, fmt::format("{} on {}", f.cause, f.subject), Style::Dim);
    page_.paragraph(2, f.summary);
    change(f);
    details(f);
    if (!f.evidence.empty()) {
      page_.paragraph(4, shortened(f.evidence[0].message));
      page_.item(6, diag::date_and_clock(f.evidence[0].time) + "  ", f.evidence[0].at, Style::Dim, Style::Dim);
    }
    graver_symptoms(f);
  }

  // The tunnel that a finding is about, or every tunnel of its connection; each once.
  void timelines_of(const std::string& subject) {
    for (const TunnelReport& t : report_.tunnels) {
      if (t.id == subject || t.connection == subject) timeline(t);
    }
  }
  void timeline(const TunnelReport& t) {
    if (drawn_.size() >= kTimelines || !drawn_.insert(t.id).second) return;
    app::Screen inner = page_.screen();
    inner.width = std::max(1, inner.width - 2);
    const auto lines = draw_timeline(t, inner);
    if (lines.empty()) return;
    page_.blank();
    page_.paragraph(2, t.id, Style::Bold);
    page_.drawn(2, lines);
  }
  // Tunnels with a story of their own that no finding in full has told.
  void remaining_timelines() {
    for (const TunnelReport& t : report_.tunnels) {
      if (t.status == "down" || t.status == "flapping" || !t.outages.empty()) timeline(t);
    }
  }

  void notes() {
    for (const Note& note : document_.notes) {
      page_.rule("NOTE", Style::Note, note.text);
      const bool healthy_run = std::all_of(report_.tunnels.begin(), report_.tunnels.end(),
                                           [](const TunnelReport& t) { return t.status == "up"; }) &&
                               std::all_of(report_.sessions.begin(), report_.sessions.end(),
                                           [](const diag::SessionGroup& g) { return g.primary_cause.empty(); });
      if (!healthy_run) continue;  // the other findings come first; JSON and Markdown list the checks always
      for (const FoldedStep& step : folded(note.checks)) {
        page_.item(2, "- ", actor(step.who) + step.text);
        commands(4, step);
      }
    }
  }

  void coverage() {
    const diag::Coverage& c = report_.coverage;
    page_.blank();
    page_.paragraph(0, "Coverage", Style::Bold);
    page_.paragraph(2, fmt::format("{} in {}: {} recognised, {} unrecognised, {} skipped, {}",
                                   counted(c.records, "record"), counted(report_.inputs.size(), "input"), c.recognised,
                                   c.unrecognised, c.skipped, counted(c.duplicates, "duplicate")));
    if (c.limit_hits > 0) {
      page_.paragraph(2, fmt::format("{} ran into the match limit of a pattern", counted(c.limit_hits, "line")));
    }
    tallies("not recognised (`tunnelscope rules draft INPUT` makes rules of them):", c.unrecognised_shapes);
    tallies("skipped:", c.skipped_by_reason);
    tallies("used although a field was unreadable:", c.notes_by_reason);
    if (document_.problems.empty()) return;
    page_.paragraph(2, "could not be read, or not to the end:", Style::Warn);
    for (const auto& p : document_.problems) {
      page_.item(4, app::for_terminal(p.path) + ": ", p.hint.empty() ? p.reason : p.reason + " (" + p.hint + ")");
    }
  }

  void tallies(std::string_view title, const std::vector<diag::Tally>& rows) {
    if (rows.empty()) return;
    page_.paragraph(2, title);
    for (std::size_t i = 0; i < std::min(rows.size(), kTallies); ++i) {
      page_.item(4, fmt::format("{:>6}  ", rows[i].count), shortened(rows[i].what));
      page_.item(12, "", report_.at(rows[i].first), Style::Dim);
    }
    if (rows.size() > kTallies) page_.paragraph(4, fmt::format("and {} more kinds", rows.size() - kTallies));
  }

  const Document& document_;
  const diag::Report& report_;
  Page page_;
  std::map<std::string, const Finding*> by_fingerprint_;
  std::set<std::string> folded_;                   // fingerprints that stand under their root cause
  std::map<std::string, std::string> explained_;   // cause and explanation -> subject under which it stands
  std::set<std::string> drawn_;
};

}  // namespace

std::string to_text(const Document& document, const Screen& screen) { return TextReport(document, screen).write(); }

}  // namespace tunnelscope::report
