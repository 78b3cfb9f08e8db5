// The check for a person at a terminal: which tunnels will not come up or not stay up, at which stage, what to write where, and what
// applying the change interrupts. Failing tunnels first; what agrees is a line.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/check_format.hpp"
#include "src/report/page.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

namespace model = diag::config;
using app::Style;
using diag::CheckedTunnel;
using model::StageVerdict;
using model::Verdict;

constexpr std::size_t kListed = 200;   // lines of tunnels
constexpr std::size_t kFull = 20;      // tunnels with their stages
constexpr std::size_t kProblems = 20;
constexpr std::size_t kChanges = 40;
constexpr std::size_t kSettings = 40;
constexpr std::size_t kMessageBytes = 300;
constexpr int kStageWidth = 19, kVerdictWidth = 12;

Style style_of(Verdict verdict) {
  return verdict == Verdict::Fails ? Style::Bad : verdict == Verdict::Unverified ? Style::Warn : Style::Good;
}

std::string word_of(Verdict verdict) {
  return verdict == Verdict::Fails ? "FAILS" : verdict == Verdict::Unverified ? "NOT VERIFIED" : "AGREES";
}

class CheckText {
 public:
  CheckText(const CheckDocument& document, const app::Screen& screen) : document_(document), check_(document.check), page_(screen) {
    for (const CheckedTunnel& tunnel : check_.tunnels) tunnels_.push_back(&tunnel);
    std::stable_sort(tunnels_.begin(), tunnels_.end(), [](auto* a, auto* b) { return a->verdict.verdict > b->verdict.verdict; });
  }

  std::string write() {
    page_.item(0, counted(tunnels_.size(), "tunnel") + ": ", counts_in_words(check_), Style::Bold, Style::Bold);
    const std::string background = background_in_short(document_.background, findings_of(check_));
    if (!background.empty()) page_.paragraph(0, background, Style::Dim);
    page_.blank();
    for (std::size_t i = 0; i < std::min(tunnels_.size(), kListed); ++i) verdict_line(*tunnels_[i]);
    if (tunnels_.size() > kListed) page_.paragraph(0, fmt::format("and {} more", tunnels_.size() - kListed), Style::Dim);
    std::size_t full = 0;
    for (const CheckedTunnel* tunnel : tunnels_)
      if (tunnel->verdict.verdict != Verdict::Agrees && full++ < kFull) section(*tunnel);
    if (full > kFull) page_.heading(fmt::format("{} more in the JSON report", counted(full - kFull, "tunnel is", "tunnels are")));
    logs();
    settings();
    fixed();
    background_sections(page_, document_.background, findings_of(check_));
    changes();
    read();
    return page_.take();
  }

 private:
  void verdict_line(const CheckedTunnel& tunnel) {
    const model::TunnelVerdict& v = tunnel.verdict;
    const StageVerdict* first = first_failing(v);
    std::string text = tunnel.id;
    if (!tunnel.connection.empty()) text += " of " + tunnel.connection;
    if (first) text += fmt::format(": {}, {}", model::name(first->stage), title_of(first->cause));
    else if (!v.paired_by) text += ": no partner";
    else if (v.verdict == Verdict::Unverified) text += ": " + unverified_stages(v);
    page_.item(0, app::padded(word_of(v.verdict), kVerdictWidth + 2), text, Style::Plain, style_of(v.verdict));
  }

  static bool is_in_doubt(const model::TunnelVerdict& v) {
    return (v.cloud && !v.cloud->doubt.empty()) || (v.gateway && !v.gateway->doubt.empty());
  }

  // What makes all stages doubtful is said as such.
  static std::string unverified_stages(const model::TunnelVerdict& v) {
    const bool in_doubt = is_in_doubt(v);
    std::string all = in_doubt ? "not all of it could be read" : "";
    for (const StageVerdict& stage : v.stages) {
      if (stage.verdict != Verdict::Unverified || (in_doubt && stage.attribute == "configuration")) continue;
      all += (all.empty() ? "" : ", ") + std::string(model::name(stage.stage));
    }
    return all;
  }

  // The knowledge base's headline.
  std::string title_of(const std::string& cause) const {
    for (const diag::CheckFinding& f : check_.findings)
      if (f.finding.cause == cause && !f.finding.title.empty()) return f.finding.title;
    return cause;
  }
  const diag::CheckFinding* finding_of(const CheckedTunnel& tunnel, const std::string& cause) const {
    for (const diag::CheckFinding& f : check_.findings)
      if (f.finding.cause == cause && f.finding.subject == tunnel.id) return &f;
    return nullptr;
  }

  void section(const CheckedTunnel& tunnel) {
    const model::TunnelVerdict& v = tunnel.verdict;
    page_.rule(word_of(v.verdict), style_of(v.verdict), tunnel.id);
    if (v.cloud) page_.item(2, "cloud    ", end_in_words(*v.cloud));
    if (v.gateway) page_.item(2, "gateway  ", end_in_words(*v.gateway));
    if (!v.paired_by) return no_partner(v);
    page_.blank();
    for (const StageVerdict& stage : v.stages) stage_line(stage, first_with_the_reason_of(stage, v));
    bool first = true;
    for (const StageVerdict& stage : v.stages) {
      if (stage.verdict != Verdict::Fails) continue;
      failing(tunnel, stage, first);
      first = false;
    }
    page_.blank();
    page_.item(2, "initiates   ", std::string(initiator_in_words(v.initiator)));
    if (check_.before) page_.item(2, "applying it interrupts  ", in_words(tunnel));
  }

  static std::string end_in_words(const model::Endpoint& end) {
    return end.where.known() ? fmt::format("{}, {}", end.name, end.where.text()) : end.name;
  }

  void no_partner(const model::TunnelVerdict& v) {
    const std::string other = v.cloud ? "--gateway FILE" : "--cloud FILE";
    page_.item(2, "nothing was negotiated: ", v.unpaired_because);
    page_.item(2, "to do: ", fmt::format("give the other end's configuration ({}), or name both ends under `pairs:` in "
                                         ".tunnelscope.yaml", other));
  }

  // Itself, if none before it cannot be verified for the same reason.
  static const StageVerdict& first_with_the_reason_of(const StageVerdict& stage, const model::TunnelVerdict& v) {
    for (const StageVerdict& one : v.stages)
      if (one.verdict == Verdict::Unverified && one.reason == stage.reason) return one;
    return stage;
  }

  // A reason is said once, at the stage that is `first` to have it.
  void stage_line(const StageVerdict& stage, const StageVerdict& first) {
    std::string text = stage.agreed.empty() ? stage.reason : stage.agreed;
    if (stage.verdict == Verdict::Fails) text = fmt::format("{}: {}", stage.attribute, stage.reason);
    if (stage.verdict == Verdict::Unverified) {
      text = (&first == &stage ? stage.reason : fmt::format("as for {}", model::name(first.stage))) + (stage.agreed.empty() ? "" : "; what was read agrees: " + stage.agreed);
    }
    const std::string verdict = stage.verdict == Verdict::Fails ? "FAILS" : std::string(model::name(stage.verdict));
    page_.item(4, app::padded(model::name(stage.stage), kStageWidth) + app::padded(verdict, kVerdictWidth), text, Style::Plain,
               stage.verdict == Verdict::Agrees ? Style::Plain : style_of(stage.verdict));
  }

  void failing(const CheckedTunnel& tunnel, const StageVerdict& stage, bool is_first) {
    page_.blank();
    page_.item(2, std::string(model::name(stage.stage)) + "  ", fmt::format("{} ({})", title_of(stage.cause), stage.cause), Style::Bold,
               Style::Bad);
    side("cloud    ", stage.attribute, stage.cloud);
    side("gateway  ", stage.attribute, stage.gateway);
    if (stage.direction && *stage.direction != model::Direction::Both)
      page_.item(4, "when     ", *stage.direction == model::Direction::CloudInitiates ? "the cloud's end begins" : "the gateway begins");
    if (!stage.log_messages.empty()) page_.item(4, "AWS logs ", app::first_bytes(stage.log_messages.front(), kMessageBytes));
    mend(stage.repair);
    const diag::CheckFinding* finding = finding_of(tunnel, stage.cause);
    if (finding) standing(finding->finding.standing);
    if (finding && is_first && !finding->finding.explanation.empty() && explained_.insert(stage.cause).second) {
      page_.blank();
      page_.prose(4, finding->finding.explanation);
    }
  }

  void standing(const diag::Standing& s) {
    if (check_.before && s.change && !s.in_baseline)
      page_.item(4, "change   ", s.change == diag::FindingChange::New ? "new: this change brings it" : "unchanged: it was there before");
    else if (s.change) page_.item(4, "change   ", change_in_words(s));
    if (s.suppressed) page_.item(4, "suppressed ", in_words(*s.suppressed));
  }

  void side(std::string_view lead, const std::string& attribute, const model::Shown& shown) {
    std::string text = fmt::format("{} {}", attribute, value_in_words(shown));
    if (shown.where.known()) text += "  at " + shown.where.text();
    page_.item(4, lead, text);
  }

  void mend(const model::Repair& repair) {
    mend_at("mend     ", "at the gateway, ", repair.at_gateway);
    mend_at(repair.at_gateway.empty() ? "mend     " : "or       ", "at the cloud's end, ", repair.at_cloud);
  }
  void mend_at(std::string_view lead, const std::string& which, const std::vector<model::Change>& changes) {
    const std::string diff = diff_of(changes, document_);
    bool first = true;
    for (const model::Change& change : changes) {
      page_.item(4, first ? lead : "and      ", (first ? which : "") + in_words(change), Style::Good);
      first = false;
      if (diff.empty()) verbatim(line_of(change));
    }
    verbatim(diff);
  }

  void verbatim(const std::string& lines) {
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      page_.verbatim(13, "", lines.substr(at, end - at));
      at = end + 1;
    }
  }

  // Where no diff can be made, the line as it is.
  std::string line_of(const model::Change& change) const {
    const auto line = document_.lines.find(change.where);
    if (change.secret || change.beside_key || line == document_.lines.end()) return {};
    return fmt::format("line {}: {}\n", change.where.line, line->second);
  }

  void logs() {
    if (!document_.logs) return;
    page_.heading("What the logs show");
    std::size_t shown = 0;
    for (const diag::LoggedTunnel& tunnel : document_.logs->tunnels)
      if (shown++ < kFull) logged(tunnel);
    if (shown > kFull) page_.paragraph(2, fmt::format("and {} more in the JSON report", shown - kFull), Style::Dim);
    if (document_.logs->tunnels.empty()) page_.paragraph(2, "no tunnel is in them");
    for (std::size_t i = 0; i < std::min(document_.logs->without_log.size(), kFull); ++i)
      page_.item(2, "not in the logs  ", document_.logs->without_log[i], Style::Dim);
  }

  void logged(const diag::LoggedTunnel& tunnel) {
    page_.item(2, "", headline(tunnel), Style::Bold);
    if (tunnel.tunnel.empty()) return page_.item(4, "", "no configuration describes it: outside address and VPN id fit none");
    if (tunnel.assumed)
      page_.item(4, "", fmt::format("the logs do not say which tunnel it is; taken to be {}, the only one", tunnel.tunnel), Style::Warn);
    for (const diag::Explanation& one : tunnel.explained_by) {
      const bool differs = one.by.verdict == Verdict::Fails;
      page_.item(4, differs ? "explained   " : "may be      ", in_words(one), Style::Plain, differs ? Style::Good : Style::Warn);
    }
    for (const diag::UnexplainedFinding& one : tunnel.unexplained)
      page_.item(4, "unexplained ", fmt::format("{} ({}): no difference of the configurations accounts for it", one.title, one.cause),
                 Style::Plain, Style::Bad);
    for (const diag::NotShown& one : tunnel.not_shown)
      page_.item(4, "not shown   ", fmt::format("{}: {}", in_words(one.fault), one.because), Style::Plain, Style::Warn);
    if (tunnel.explained_by.empty() && tunnel.unexplained.empty()) page_.item(4, "", "the logs show no fault");
  }

  // What rules of configurations say.
  void settings() {
    std::size_t shown = 0;
    for (const diag::CheckFinding& one : check_.findings) {
      const diag::Finding& f = one.finding;
      const bool stands_elsewhere = f.standing.change == diag::FindingChange::Fixed || f.standing.suppressed;
      if (stands_elsewhere || !f.cause.starts_with(diag::kConfigRule)) continue;
      if (shown++ == 0) page_.heading("Settings to look at");
      if (shown > kSettings) continue;
      page_.item(2, app::padded(std::string(kb::name_of(f.severity)), kVerdictWidth + 2), fmt::format("{}: {} ({})", f.subject, f.title, f.cause),
                 Style::Plain, f.severity == kb::Severity::Info ? Style::Dim : Style::Bold);
      page_.item(4, "", f.summary);
      if (f.standing.in_baseline) page_.paragraph(4, change_in_words(f.standing), Style::Dim);
      for (const diag::Evidence& e : f.evidence) page_.item(4, "at ", fmt::format("{}: {}", e.at, e.message));
      for (const diag::Step& step : f.steps) page_.item(4, "do ", step.text);
    }
    if (shown > kSettings) page_.paragraph(2, fmt::format("and {} more in the JSON report", shown - kSettings), Style::Dim);
  }

  void fixed() {
    no_longer_found("Fixed by this change", "fixed  ", false, Style::Good);
    no_longer_found("Gone with a tunnel that is deleted", "gone  ", true, Style::Dim);
  }
  void no_longer_found(std::string_view heading, std::string_view mark, bool deleted, Style style) {
    bool first = true;
    for (const diag::CheckFinding& f : check_.findings) {
      if (f.finding.standing.change != diag::FindingChange::Fixed || f.deleted != deleted) continue;
      if (first) page_.heading(heading);
      first = false;
      page_.item(2, mark, fmt::format("{}: {}", f.finding.subject, f.finding.title), Style::Plain, style);
    }
  }

  void changes() {
    if (!check_.before) return;
    page_.heading("What the change does");
    if (check_.changes.empty()) page_.paragraph(2, "nothing differs between before and after");
    std::size_t shown = 0;
    for (const model::EndpointChange& one : check_.changes)
      if (shown++ < kChanges) change(one);
    if (shown > kChanges) page_.paragraph(2, fmt::format("and {} more", shown - kChanges), Style::Dim);
    if (const std::string order = order_of_applying(check_); !order.empty()) page_.item(2, "order: ", order, Style::Bold);
  }

  void change(const model::EndpointChange& one) {
    const model::Endpoint& end = one.after ? *one.after : *one.before;
    std::string what;
    for (const model::AttributeChange& attribute : one.attributes) what += (what.empty() ? "" : ", ") + attribute.attribute;
    if (!one.before) what = "appears";
    if (!one.after) what = one.effect == model::ApplyEffect::Deleted ? "is deleted" : "goes";
    const Style style = one.effect == model::ApplyEffect::None ? Style::Plain : Style::Warn;
    page_.item(2, "- ", fmt::format("{} ({}): {}; interrupts {}", end.name, model::name(end.side), what, in_words(one.effect, end.side)), style);
  }

  void read() {
    page_.heading("Read");
    for (const ReadConfiguration& c : document_.configurations) {
      static constexpr std::string_view kMoments[] = {"", ", before", ", after"};
      page_.item(2, "- ", fmt::format("{}: {}, {}{}, {}", c.path, c.kind, model::name(c.side), kMoments[static_cast<std::size_t>(c.moment)],
                                      counted(c.tunnels, "tunnel")));
    }
    std::size_t shown = 0;
    for (const model::Problem& p : document_.problems)
      if (shown++ < kProblems)
        page_.item(2, "! ", fmt::format("{}: {}{}", p.where.precise_text(), p.reason, p.hint.empty() ? "" : " (" + p.hint + ")"),
                   Style::Warn, Style::Warn);
    if (shown > kProblems) page_.paragraph(2, fmt::format("and {} more", shown - kProblems), Style::Dim);
  }

  const CheckDocument& document_;
  const diag::Check& check_;
  std::vector<const CheckedTunnel*> tunnels_;
  std::set<std::string> explained_;  // causes; each is explained once
  Page page_;
};

}  // namespace

std::string check_to_text(const CheckDocument& document, const app::Screen& screen) { return CheckText(document, screen).write(); }

}  // namespace tunnelscope::report
