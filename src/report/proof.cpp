// Each step names its place: a line of an input, a rule of the knowledge base, a stretch of time, a condition.
#include "src/report/proof.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "kb/signal_limits.hpp"
#include "src/report/describe.hpp"
#include "src/report/page.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::Style;
using diag::Evidence;
using diag::Finding;

constexpr std::size_t kFewestDigits = 4;   // of a fingerprint's beginning
constexpr std::size_t kStretches = 12;     // of states, around the finding's first record
constexpr std::size_t kOutages = 8;

class Proof {
 public:
  Proof(const Document& document, const diag::Classifier& classifier, const app::Screen& screen)
      : report_(document.report), classifier_(classifier), page_(screen) {}

  void write(const Finding& f) {
    page_.rule(kb::name_of(f.severity), Style::Bold, f.title);
    page_.paragraph(2, fmt::format("{} on {}, {}, fingerprint {}", f.cause, f.subject, kb::name_of(f.confidence), f.fingerprint), Style::Dim);
    page_.paragraph(2, f.summary);
    lines(f);
    states(f);
    conditions(f);
    others(f);
    replay(f);
  }

  std::string take() { return page_.take(); }

 private:
  const kb::MessageRule* rule_of(const Evidence& e) const { return e.rule.empty() ? nullptr : classifier_.knowledge().message(e.rule); }

  void lines(const Finding& f) {
    page_.heading("1. Lines: " + (f.count == 1 ? std::string("1 record says so") : fmt::format("{} records say so, these stand for them", f.count)));
    for (const Evidence& e : f.evidence) {
      page_.item(4, e.at + "  ", e.time == diag::kNoTime ? "" : diag::date_and_clock(e.time), Style::Plain, Style::Bold);
      page_.item(6, "line    ", shortened_line(e.message));
      if (!e.state.empty()) page_.item(6, "states  ", e.state);
      const kb::MessageRule* rule = rule_of(e);
      if (rule == nullptr) {
        page_.item(6, "rule    ", "none: the record counts by its states or by what is missing around it");
        continue;
      }
      page_.item(6, "rule    ", fmt::format("{}, {}", rule->id, weight_in_words(*rule)));
      if (told_.insert(rule->id).second) page_.verbatim(6, "pattern ", rule->pattern);
      captures(*rule, e);
      page_.item(6, "signal  ", rule->signal);
    }
  }

  static std::string shortened_line(const std::string& message) {
    constexpr std::size_t kBytes = 600;
    return message.size() <= kBytes ? message : message.substr(0, kBytes) + "...";
  }

  void captures(const kb::MessageRule& rule, const Evidence& e) {
    const auto dialect = std::find(diag::kDialectNames.begin(), diag::kDialectNames.end(), rule.dialect);
    if (dialect == diag::kDialectNames.end()) return;
    std::vector<rules::Capture> found;
    classifier_.classify(static_cast<diag::Dialect>(dialect - diag::kDialectNames.begin()), e.message, &found);
    for (const rules::Capture& c : found)
      if (!c.text.empty()) page_.item(6, "capture ", fmt::format("{} = {}", c.name, c.text));
  }

  // The tunnel that it is about, or those of the connection.
  std::vector<const diag::TunnelReport*> tunnels_of(const Finding& f) const {
    std::vector<const diag::TunnelReport*> all;
    for (const diag::TunnelReport& t : report_.tunnels)
      if (t.id == f.subject || (!t.connection.empty() && t.connection == f.subject)) all.push_back(&t);
    return all;
  }

  void states(const Finding& f) {
    page_.heading("2. States that the records gave");
    const auto tunnels = tunnels_of(f);
    if (tunnels.empty()) page_.paragraph(4, "none: it is not judged by the states of a tunnel");
    for (const diag::TunnelReport* t : tunnels) {
      if (tunnels.size() > 1) page_.paragraph(4, t->id, Style::Bold);
      stretches("phase 1", t->timeline.phase1, f.first_seen);
      stretches("phase 2", t->timeline.phase2, f.first_seen);
      stretches("BGP", t->timeline.bgp, f.first_seen);
      outages(f, *t);
    }
    for (const diag::ConnectionReport& c : report_.connections)
      if (c.id == f.subject) without_any_tunnel(c);
  }

  void outages(const Finding& f, const diag::TunnelReport& t) {
    std::size_t of_it = 0;
    for (const diag::Outage& o : t.outages) {
      if (o.cause != f.cause && o.blocked_by != f.cause) continue;
      if (++of_it > kOutages) continue;
      page_.item(4, "outage   ", fmt::format("{} to {}, told by {}", diag::date_and_clock(o.start), o.end ? diag::date_and_clock(*o.end) : "the end of the log",
                                             places(o.evidence)));
    }
    if (of_it > kOutages) page_.item(4, "outage   ", fmt::format("{} more after these, {} in all", of_it - kOutages, of_it));
  }

  void without_any_tunnel(const diag::ConnectionReport& c) {
    for (std::size_t i = 0; i < std::min(c.both_down.size(), kOutages); ++i)
      page_.item(4, "no tunnel up  ", fmt::format("{} to {}", diag::date_and_clock(c.both_down[i].start),
                                                  c.both_down[i].end ? diag::date_and_clock(*c.both_down[i].end) : "the end of the log"));
    if (c.both_down.size() > kOutages) page_.item(4, "no tunnel up  ", fmt::format("{} more after these", c.both_down.size() - kOutages));
  }

  // "a.log:3, a.log:5 (4 times)"
  static std::string places(const std::vector<std::string>& all) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (std::find(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i), all[i]) != all.begin() + static_cast<std::ptrdiff_t>(i)) continue;
      const auto times = static_cast<std::uint64_t>(std::count(all.begin(), all.end(), all[i]));
      shown.push_back(times == 1 ? all[i] : fmt::format("{} ({} times)", all[i], times));
    }
    return fmt::format("{}", fmt::join(shown, ", "));
  }

  static std::string_view name_of(diag::PhaseState state) { return diag::name_of(state); }
  static std::string_view name_of(diag::BgpState state) {
    return state == diag::BgpState::Up ? "up" : state == diag::BgpState::Down ? "down" : "unknown";
  }

  template <class State>
  void stretches(std::string_view name, const std::vector<diag::Stretch<State>>& all, diag::Time around) {
    const auto at = static_cast<std::size_t>(std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.end >= around; }) - all.begin());
    const std::size_t from = at < kStretches / 2 ? 0 : at - kStretches / 2;
    const std::size_t end = std::min(all.size(), from + kStretches);
    if (from > 0) page_.item(4, fmt::format("{:7}  ", name), fmt::format("{} before", counted(from, "more stretch", "more stretches")), Style::Dim);
    for (std::size_t i = from; i < end; ++i)
      page_.item(4, fmt::format("{:7}  {:12} ", name, name_of(all[i].state)),
                 fmt::format("{} to {}", diag::date_and_clock(all[i].start), diag::date_and_clock(all[i].end)));
    if (end < all.size()) page_.item(4, fmt::format("{:7}  ", name), fmt::format("{} after", counted(all.size() - end, "more stretch", "more stretches")), Style::Dim);
  }

  void conditions(const Finding& f) {
    const kb::Cause* cause = classifier_.knowledge().cause(f.cause);
    if (cause == nullptr) return;
    page_.heading(fmt::format("3. Conditions of {}, judged per {}", cause->id,
                              cause->scope == kb::Scope::Sessions ? kb::name_of(cause->about) : kb::name_of(cause->scope)));
    each("needed", cause->all, f);
    each("one of", cause->any, f);
    for (const kb::Condition& c : cause->none) page_.item(4, "not      ", condition_in_words(c) + ": it does not hold");
    each("certain when", cause->certain_when, f);
    if (cause->milder) each("milder form", cause->milder->all, f);
    if (cause->inferred) page_.paragraph(4, "a condition or threshold is deduced, not documented", Style::Dim);
  }

  void each(std::string_view lead, const std::vector<kb::Condition>& all, const Finding& f) {
    for (const kb::Condition& c : all) page_.item(4, fmt::format("{:9}", lead) + " ", fmt::format("{}: {}", condition_in_words(c), told_by(c, f)));
  }

  std::string told_by(const kb::Condition& condition, const Finding& f) const {
    std::vector<std::string> told;
    for (const Evidence& e : f.evidence)
      if (const kb::MessageRule* rule = rule_of(e); rule != nullptr && rule->signal == condition.signal) told.push_back(e.at);
    if (!told.empty()) return "told by " + places(told);
    const auto& messages = classifier_.knowledge().messages;
    const bool of_messages = std::any_of(messages.begin(), messages.end(), [&](const auto& r) { return r.signal == condition.signal; });
    return of_messages ? "not among the lines above" : found_by_detector(condition, f);
  }

  // What was measured, and the limits by which the signal is given.
  std::string found_by_detector(const kb::Condition& condition, const Finding& f) const {
    std::string text = "a detector finds it in states and times, not in one line's words";
    std::vector<std::string> measured, limits;
    for (const auto& [name, value] : f.details) {
      if (const auto* number = std::get_if<double>(&value)) measured.push_back(fmt::format("{} {}", name, *number));
      if (const auto* words = std::get_if<std::string>(&value)) measured.push_back(fmt::format("{} {}", name, *words));
    }
    const auto& thresholds = classifier_.knowledge().thresholds;
    for (const kb::SignalLimit& l : kb::signal_limits()) {
      const auto threshold = thresholds.find(std::string(l.limit));
      if (l.signal == condition.signal && threshold != thresholds.end() && applies(l, f)) limits.push_back(fmt::format("{} {}", l.limit, threshold->second));
    }
    if (!measured.empty()) text += fmt::format("; measured: {}", fmt::join(measured, ", "));
    if (!limits.empty()) text += fmt::format("; limits: {}", fmt::join(limits, ", "));
    return text;
  }

  static bool applies(const kb::SignalLimit& limit, const Finding& f) {
    if (limit.detail.empty()) return true;
    const auto detail = f.details.find(std::string(limit.detail));
    const auto* words = detail == f.details.end() ? nullptr : std::get_if<std::string>(&detail->second);
    return words != nullptr && (limit.value.empty() || *words == limit.value);
  }

  void others(const Finding& f) {
    page_.heading("4. What else was considered");
    std::size_t said = 0;
    for (const diag::RuledOutNote& r : f.ruled_out) page_.item(4, "ruled out  ", fmt::format("{}: {}", r.cause, r.because)), ++said;
    for (const Finding& other : report_.findings) {
      const bool explained = std::find(f.explains.begin(), f.explains.end(), other.fingerprint) != f.explains.end();
      const bool explains = std::find(other.explains.begin(), other.explains.end(), f.fingerprint) != other.explains.end();
      if (!explained && !explains) continue;
      ++said;
      page_.item(4, explained ? "explains   " : "follows from  ", fmt::format("{} on {}, {}", other.cause, other.subject, other.fingerprint));
    }
    const kb::Cause* cause = classifier_.knowledge().cause(f.cause);
    if (cause != nullptr && !cause->outranks.empty())
      page_.item(4, "outranks   ", fmt::format("{}: where these hold for the same case as well, this one is named", fmt::join(cause->outranks, ", "))), ++said;
    if (cause != nullptr && cause->fallback) said += judged_before(*cause);
    if (said == 0) page_.paragraph(4, "no other cause came near");
  }

  // A last resort is named only where none of the others holds, so each of these lacked something that it needs.
  std::size_t judged_before(const kb::Cause& last_resort) {
    std::size_t said = 0;
    for (const kb::Cause& other : classifier_.knowledge().causes) {
      if (other.scope != last_resort.scope || other.fallback) continue;
      if (said++ == 0) page_.paragraph(4, "each of these was judged first, and lacks something that it needs:");
      page_.item(4, "lacking    ", fmt::format("{}: {}", other.id, needs_in_words(other)));
    }
    return said;
  }

  static std::string needs_in_words(const kb::Cause& cause) {
    std::vector<std::string> needs;
    for (const kb::Condition& c : cause.all) needs.push_back(condition_in_words(c));
    std::vector<std::string> one_of;
    for (const kb::Condition& c : cause.any) one_of.push_back(condition_in_words(c));
    if (!one_of.empty()) needs.push_back(fmt::format("one of: {}", fmt::join(one_of, "; or ")));
    return fmt::format("{}", fmt::join(needs, "; and "));
  }

  void replay(const Finding& f) {
    page_.heading("Replay it by hand");
    const auto first = std::find_if(f.evidence.begin(), f.evidence.end(), [](const Evidence& e) { return !e.rule.empty(); });
    if (first != f.evidence.end()) page_.verbatim(4, "", fmt::format("tunnelscope rules show {}", first->rule));
    page_.verbatim(4, "", fmt::format("tunnelscope explain {}", f.cause));
    page_.paragraph(4, "tunnelscope explain LINE says of any line above which rule matches it; places are input:line", Style::Dim);
  }

  const diag::Report& report_;
  const diag::Classifier& classifier_;
  Page page_;
  std::set<std::string_view> told_;  // rules whose patterns have been shown
};

}  // namespace

std::vector<const Finding*> findings_meant(const diag::Report& report, std::string_view asked) {
  std::vector<const Finding*> meant;
  for (const Finding& f : report.findings) {
    const bool by_fingerprint = asked.size() >= kFewestDigits && f.fingerprint.starts_with(asked);
    if (by_fingerprint || f.cause == asked || fmt::format("{} on {}", f.cause, f.subject) == asked) meant.push_back(&f);
  }
  return meant;
}

std::string to_proof(const Document& document, const std::vector<const Finding*>& findings, const diag::Classifier& classifier,
                     const app::Screen& screen) {
  Proof proof(document, classifier, screen);
  for (const Finding* finding : findings) proof.write(*finding);
  return proof.take();
}

}  // namespace tunnelscope::report
