// Findings in full: what to do as a checklist, how to see that it worked, the records that prove it, what else was considered.
// A cause that was explained once is not explained again; symptoms stand under their root cause.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "src/report/html_parts.hpp"

namespace tunnelscope::report::html {
namespace {

using diag::Finding;

constexpr std::size_t kFull = 100;   // the others are listed in short form
constexpr std::size_t kShort = 300;
constexpr std::size_t kMessageBytes = 2000;
constexpr std::size_t kTextBytes = 600;

class Findings {
 public:
  Findings(Markup& to, const Document& document) : to_(to), report_(document.report) {
    for (const Finding& f : report_.findings) {
      by_fingerprint_[f.fingerprint] = &f;
      if (f.role == kb::Role::RootCause) folded_.insert(f.explains.begin(), f.explains.end());
    }
  }

  void write() {
    std::size_t shown = 0, left_out = 0;
    for (const Finding& f : report_.findings) {
      if (f.role != kb::Role::RootCause && folded_.count(f.fingerprint) != 0) continue;
      if (shown >= kFull + kShort) {
        ++left_out;
      } else {
        ++shown <= kFull ? in_full(f) : in_short(f);
      }
    }
    if (shown == 0) to_.element("p", "None.");
    if (left_out > 0) to_.element("p", fmt::format("and {}: --format json shows them all", counted(left_out, "more finding")));
  }

 private:
  void open(const Finding& f) {
    const std::string id = id_of(f);
    to_.open("article", {{"class", fmt::format("finding is-{}", kb::name_of(f.severity))},
                         {"id", id}, {"aria-labelledby", id + "-t"}, {"tabindex", "-1"}});
    head(f, id);
  }

  void in_short(const Finding& f) {
    open(f);
    if (!f.evidence.empty()) {
      const Element list(to_, "ol", {{"class", "evidence"}});
      record(f, 0);
    }
    to_.close();
  }

  void in_full(const Finding& f) {
    open(f);
    const auto [first, is_new] = explained_.emplace(f.cause, &f);
    is_new ? to_do(f) : as_under(*first->second, f);
    evidence(f);
    if (is_new) what_happened(f);
    symptoms(f);
    ruled_out(f);
    if (is_new) references(f);
    to_.close();
  }

  void head(const Finding& f, const std::string& id) {
    {
      const Element line(to_, "p", {{"class", "kicker"}});
      badge(to_, kb::name_of(f.severity));
      to_.element("span", f.subject, {{"class", "subject"}});
      if (f.role == kb::Role::Symptom) to_.element("span", "symptom", {{"class", "role"}});
    }
    to_.element("h3", f.title, {{"id", id + "-t"}});
    to_.element("p", shortened(f.summary, kMessageBytes), {{"class", "summary"}});
    const Element line(to_, "p", {{"class", "meta"}});
    to_.element("code", f.cause).text(fmt::format(" {}", kb::name_of(f.confidence)));
    if (const std::string span = span_in_words(f, report_); !span.empty()) to_.text(", " + span);
    if (const std::string who = is_about_sessions(f) ? affected_in_words(f) : ""; !who.empty()) to_.text(", " + shortened(who, kTextBytes));
    if (f.first_seen != diag::kNoTime && !is_about_sessions(f)) {
      to_.text(" ").element("a", "show in the timeline", {{"href", "#timeline"}, {"data-show", f.fingerprint}});
    }
  }

  void to_do(const Finding& f) {
    const auto steps = folded(f.steps);
    if (!steps.empty()) {
      to_.element("h4", "To do");
      const Element list(to_, "ol", {{"class", "checklist"}});
      for (const FoldedStep& step : steps) {
        const Element item(to_, "li");
        {
          const Element label(to_, "label");
          to_.empty("input", {{"type", "checkbox"}, {"autocomplete", "off"}});
          const Element text(to_, "span");
          if (const std::string who = actor(step.who); !who.empty()) to_.element("b", who);
          to_.text(step.text);
        }
        commands(to_, step);
      }
    }
    if (!f.verify.empty()) {
      const Element box(to_, "div", {{"class", "worked"}});
      to_.element("h4", "It worked when");
      prose(to_, f.verify);
    }
    if (!f.owner.empty()) to_.element("p", "Owner: " + (f.owner == "aws" ? std::string("AWS") : f.owner));
    if (!f.runbook_url.empty()) {
      const Element line(to_, "p");
      to_.text("Runbook: ");
      link(f.runbook_url, f.runbook_url);
    }
  }

  void as_under(const Finding& first, const Finding& f) {
    if (f.steps.empty()) return;
    const Element line(to_, "p");
    to_.element("b", "To do: ").text("as under ").element("a", first.subject, {{"href", "#" + id_of(first)}});
  }

  void evidence(const Finding& f) {
    if (f.evidence.empty()) return;
    to_.element("h4", f.count <= f.evidence.size() ? std::string("Evidence")
                                                   : fmt::format("Evidence, {} of {} records", f.evidence.size(), f.count));
    const Element list(to_, "ol", {{"class", "evidence"}});
    for (std::size_t i = 0; i < f.evidence.size(); ++i) record(f, i);
  }

  void record(const Finding& f, std::size_t index) {
    const diag::Evidence& e = f.evidence[index];
    const Element item(to_, "li", {{"id", evidence_id(f, index)}, {"tabindex", "-1"}});
    moment(f, e.time);
    to_.element("code", shortened(e.message, kMessageBytes));
    const Element line(to_, "p", {{"class", "where"}});
    to_.element("span", e.at, {{"class", "at"}});
    if (!e.state.empty()) to_.text(" ").element("span", shortened(e.state, kTextBytes), {{"class", "state"}});
  }

  // A way to its place in the timeline, where sessions have none.
  void moment(const Finding& f, diag::Time time) {
    if (is_about_sessions(f) || time == diag::kNoTime) return static_cast<void>(to_.element("time", diag::date_and_clock(time)));
    const Element link(to_, "a", {{"class", "moment"}, {"href", "#timeline"}, {"data-show", f.fingerprint},
                                  {"data-time", fmt::format("{}", time)}});
    to_.element("time", diag::date_and_clock(time), {{"datetime", diag::rfc3339(time)}});
  }

  void what_happened(const Finding& f) {
    if (f.explanation.empty()) return;
    const Element box(to_, "details");
    to_.element("summary", "What happened");
    prose(to_, f.explanation);
    details(f);
  }

  // What explanations and steps refer to by name.
  void details(const Finding& f) {
    std::string known;
    for (const auto& [name, value] : f.details) {
      const auto* number = std::get_if<double>(&value);
      const auto* text = std::get_if<std::string>(&value);
      if (number == nullptr && text == nullptr) continue;
      const std::string shown = number != nullptr ? fmt::format("{}", *number) : shortened(*text, kTextBytes);
      known += fmt::format("{}{} {}", known.empty() ? "" : ", ", name, shown);
    }
    if (!known.empty()) to_.element("p", known, {{"class", "meta"}});
  }

  void symptoms(const Finding& f) {
    std::vector<const Finding*> all;
    for (const std::string& fingerprint : f.explains) {
      if (const auto found = by_fingerprint_.find(fingerprint); found != by_fingerprint_.end()) all.push_back(found->second);
    }
    if (all.empty()) return;
    const Element box(to_, "details");
    to_.element("summary", fmt::format("It explains {}", counted(all.size(), "other finding")));
    const Element list(to_, "ul");
    for (const Finding* s : all) {
      const Element item(to_, "li");
      to_.element("code", s->cause).text(fmt::format(" on {}: {}", s->subject, shortened(s->summary, kTextBytes)));
    }
  }

  void ruled_out(const Finding& f) {
    if (f.ruled_out.empty()) return;
    const Element box(to_, "details");
    to_.element("summary", "Ruled out");
    const Element list(to_, "ul");
    for (const auto& r : f.ruled_out) {
      const Element item(to_, "li");
      to_.element("code", r.cause).text(": " + shortened(r.because, kTextBytes));
    }
  }

  void references(const Finding& f) {
    if (f.references.empty()) return;
    const Element box(to_, "details");
    to_.element("summary", "References");
    const Element list(to_, "ul");
    for (const auto& r : f.references) {
      const Element item(to_, "li");
      link(r.url, r.title.empty() ? r.url : r.title);
      if (!r.date.empty()) to_.text(", read " + r.date);
    }
  }

  // Only what surely is a web address becomes a link; it is followed by a click alone.
  void link(const std::string& url, const std::string& text) {
    const bool web = url.starts_with("https://") && url.find_first_of(" <>\"'\n") == std::string::npos;
    if (web) {
      to_.element("a", text, {{"href", url}, {"rel", "noreferrer noopener"}});
    } else {
      to_.text(text == url || url.empty() ? text : text + ", " + url);
    }
  }

  Markup& to_;
  const diag::Report& report_;
  std::map<std::string_view, const Finding*> by_fingerprint_;
  std::set<std::string_view> folded_;                          // fingerprints that stand under their root cause
  std::map<std::string_view, const Finding*> explained_;       // the finding under which a cause was explained
};

}  // namespace

std::size_t findings_told(const diag::Report& report) {
  std::set<std::string_view> folded;
  for (const Finding& f : report.findings)
    if (f.role == kb::Role::RootCause) folded.insert(f.explains.begin(), f.explains.end());
  return static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& f) {
    return f.role == kb::Role::RootCause || folded.count(f.fingerprint) == 0;
  }));
}

void findings(Markup& to, const Document& document) {
  const Element section(to, "section", {{"id", "findings"}, {"aria-labelledby", "h-findings"}});
  to.element("h2", "Findings", {{"id", "h-findings"}});
  Findings(to, document).write();
}

}  // namespace tunnelscope::report::html
