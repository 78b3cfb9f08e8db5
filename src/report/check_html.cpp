// The check as a page: the two ends side by side, stage by stage; what differs stands out, with its repair as a diff. No script.
#include <fmt/format.h>

#include "src/report/check_format.hpp"
#include "src/report/html_assets.hpp"
#include "src/report/html_parts.hpp"
#include "src/report/html_policy.hpp"

namespace tunnelscope::report {
namespace {

namespace model = diag::config;
using html::Table;
using model::StageVerdict;
using model::Verdict;

constexpr std::size_t kFull = 100, kListed = 500;

std::string_view who_initiates(model::Direction direction) {
  switch (direction) {
    case model::Direction::CloudInitiates: return "when the cloud initiates";
    case model::Direction::GatewayInitiates: return "when the gateway initiates";
    case model::Direction::Both: break;
  }
  return "whoever initiates";
}

class CheckPage {
 public:
  explicit CheckPage(const CheckDocument& document) : document_(document), check_(document.check) {}

  std::string write() {
    const std::string headline = fmt::format("{}: {}", counted(check_.tunnels.size(), "tunnel"), counts_in_words(check_));
    to_.finished("<!doctype html>\n");
    {
      const Element html(to_, "html", {{"lang", "en"}});
      html::head(to_, headline + " - tunnelscope check", html::style(), "");
      const Element body(to_, "body");
      {
        const Element header(to_, "header", {{"class", "banner"}});
        const Element words(to_, "div");
        to_.element("p", "tunnelscope check", {{"class", "product"}}).element("h1", headline);
        if (const std::string text = background_in_short(document_.background, findings_of(check_)); !text.empty())
          to_.element("p", text, {{"class", "window"}});
      }
      const Element main(to_, "main");
      problems();
      overview();
      changes();
      for (std::size_t i = 0; i < std::min(check_.tunnels.size(), kFull); ++i) tunnel(check_.tunnels[i], i);
      logs();
      settings();
      configurations();
    }
    return to_.take() + "\n";
  }

 private:
  static std::string anchor(std::size_t index) { return fmt::format("tunnel-{}", index + 1); }

  void heading(std::string_view text) { to_.element("h2", text); }

  void problems() {
    if (document_.problems.empty()) return;
    const Element section(to_, "section");
    heading("Not read in full");
    const Element list(to_, "ul");
    for (const model::Problem& p : document_.problems) {
      const Element item(to_, "li");
      to_.element("code", p.where.precise_text()).text(" " + p.reason);
    }
  }

  void overview() {
    const Element section(to_, "section");
    heading("Verdict");
    const Element box(to_, "div", {{"class", "group"}});
    std::vector<std::string_view> titles{"Tunnel", "Verdict", "First failing stage", "Initiates"};
    if (check_.before) titles.push_back("Applying it interrupts");
    Table table(to_, "Tunnels", titles);
    for (std::size_t i = 0; i < std::min(check_.tunnels.size(), kListed); ++i) {
      const diag::CheckedTunnel& t = check_.tunnels[i];
      const StageVerdict* first = first_failing(t.verdict);
      table.begin_row();
      if (i < kFull) table.cell().element("a", t.id, {{"href", "#" + anchor(i)}});
      else table.cell().text(t.id);
      table.end_cell();
      html::badge(table.cell(), model::name(t.verdict.verdict));
      table.end_cell();
      table.cell().text(first != nullptr ? fmt::format("{}: {}", model::name(first->stage), first->cause) : "");
      table.end_cell();
      table.cell().text(initiator_in_words(t.verdict.initiator));
      table.end_cell();
      if (check_.before) {
        table.cell().text(model::name(t.effect));
        table.end_cell();
      }
      table.end_row();
    }
  }

  void changes() {
    if (!check_.before) return;
    const Element section(to_, "section");
    heading("What the change does");
    const Element list(to_, "ul");
    for (const model::EndpointChange& one : check_.changes) {
      const model::Endpoint& end = one.after ? *one.after : *one.before;
      const std::string_view what = one.effect == model::ApplyEffect::Deleted ? "is deleted; interrupts" : "interrupts";
      to_.element("li", fmt::format("{} ({}): {} {}", end.name, model::name(end.side), what, in_words(one.effect, end.side)));
    }
    if (check_.changes.empty()) to_.element("li", "Nothing differs between before and after.");
    if (const std::string order = order_of_applying(check_); !order.empty()) to_.element("li", "Order: " + order);
    for (const diag::CheckFinding& f : check_.findings)
      if (f.finding.standing.change == diag::FindingChange::Fixed)
        to_.element("li", fmt::format("{}: {}, {}", f.deleted ? "Gone with its tunnel, which is deleted" : "Fixed", f.finding.subject, f.finding.title));
  }

  void tunnel(const diag::CheckedTunnel& t, std::size_t index) {
    const Element section(to_, "section", {{"id", anchor(index)}});
    heading(t.id);
    if (!t.verdict.paired_by) to_.element("p", "no partner: " + t.verdict.unpaired_because);
    if (t.verdict.stages.empty()) return;
    {
      const Element box(to_, "div", {{"class", "group"}});
      Table table(to_, "Stages in the order of the protocol", {"Stage", "Verdict", "Cloud", "Gateway"});
      for (const StageVerdict& stage : t.verdict.stages) row(table, stage);
    }
    if (index < document_.differences.size()) differences(document_.differences[index]);
    for (const StageVerdict& stage : t.verdict.stages)
      if (stage.verdict == Verdict::Fails) failing(stage);
  }

  // The stages say which of these matter.
  void differences(const std::vector<model::SettingDifference>& all) {
    if (all.empty()) return;
    const Element box(to_, "div", {{"class", "group"}});
    Table table(to_, "Settings that differ, whether it matters or not", {"Setting", "Cloud", "Gateway"});
    for (const model::SettingDifference& one : all) {
      table.begin_row();
      table.cell().text(one.setting);
      table.end_cell();
      for (const model::Shown* end : {&one.cloud, &one.gateway}) {
        table.cell().element("mark", end->value);
        if (end->origin == model::Origin::Default) to_.text(" (default)");
        if (end->where.known()) to_.text(" ").element("span", end->where.text(), {{"class", "at"}});
        table.end_cell();
      }
      table.end_row();
    }
  }

  void row(Table& table, const StageVerdict& stage) {
    table.begin_row();
    table.cell().text(model::name(stage.stage));
    table.end_cell();
    html::badge(table.cell(), model::name(stage.verdict));
    const bool agrees = stage.verdict == Verdict::Agrees;
    if (stage.verdict == Verdict::Unverified || (agrees && stage.agreed.empty())) to_.element("p", stage.reason, {{"class", "meta"}});
    table.end_cell();
    end(table, stage, stage.cloud, !agrees);
    end(table, stage, stage.gateway, !agrees);
    table.end_row();
  }

  void end(Table& table, const StageVerdict& stage, const model::Shown& shown, bool differs) {
    table.cell();
    if (!differs) to_.text(stage.agreed);
    else if (!stage.attribute.empty()) side(stage, shown);
    table.end_cell();
  }

  void side(const StageVerdict& stage, const model::Shown& shown) {
    const bool fails = stage.verdict == Verdict::Fails;
    const bool told_apart = stage.cloud.value != stage.gateway.value;  // two keys are both "set"
    if (fails && told_apart) to_.text(stage.attribute + " ").element("mark", value_in_words(shown));
    else to_.text(fmt::format("{} {}{}", stage.attribute, value_in_words(shown), fails ? ", and differs from the other end's" : ""));
    if (shown.where.known()) to_.text(" ").element("span", shown.where.text(), {{"class", "at"}});
    if (fails) others_that_differ(stage, &shown == &stage.cloud);
  }

  // A proposal may differ in several algorithms; its repair sets them all.
  void others_that_differ(const StageVerdict& stage, bool of_cloud) {
    const bool by_gateway = !stage.repair.at_gateway.empty();
    for (const model::Change& change : by_gateway ? stage.repair.at_gateway : stage.repair.at_cloud) {
      const bool is_algorithm = !change.proposal.empty() && !change.old_value.empty();
      if (!is_algorithm || change.attribute == stage.attribute) continue;
      const Element line(to_, "p");
      to_.text(change.attribute + " ").element("mark", by_gateway == of_cloud ? change.new_value : change.old_value);
    }
  }

  void failing(const StageVerdict& stage) {
    const Element article(to_, "article", {{"class", "finding is-critical"}});
    to_.element("h3", fmt::format("{} fails: {}", model::name(stage.stage), stage.reason));
    {
      const Element line(to_, "p", {{"class", "meta"}});
      to_.element("code", stage.cause);
      if (stage.direction) to_.text(" ").text(who_initiates(*stage.direction));
    }
    if (!stage.log_messages.empty()) {
      const Element line(to_, "p");
      to_.text("AWS would log ").element("code", stage.log_messages.front());
    }
    repair("Mend it at the gateway", stage.repair.at_gateway);
    repair("Or at the cloud's end", stage.repair.at_cloud);
    if (!stage.repair.at_cloud.empty())
      to_.element("p", "A change of a tunnel's options at AWS replaces its endpoint: that tunnel is down for some minutes.", {{"class", "meta"}});
  }

  void repair(std::string_view title, const std::vector<model::Change>& changes) {
    if (changes.empty()) return;
    to_.element("h4", title);
    for (const model::Change& change : changes) to_.element("p", in_words(change));
    if (const std::string diff = diff_of(changes, document_); !diff.empty()) patch(diff);
  }

  void patch(std::string_view diff) {
    const Element box(to_, "pre", {{"class", "diff"}});
    while (!diff.empty()) {
      const std::size_t end = std::min(diff.find('\n'), diff.size());
      const std::string_view line = diff.substr(0, end);
      const bool header = line.starts_with("+++") || line.starts_with("---");
      for_copying(header ? "span" : line.starts_with('+') ? "ins" : line.starts_with('-') ? "del" : "span", line);
      to_.finished("\n");
      diff.remove_prefix(std::min(end + 1, diff.size()));
    }
  }

  // A line with its tabs.
  void for_copying(std::string_view tag, std::string_view line) {
    const Element element(to_, tag);
    if (line.ends_with('\r')) line.remove_suffix(1);  // HTML knows one end of a line only
    for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
      to_.text(line.substr(0, tab)).finished("\t");
      line.remove_prefix(tab + 1);
    }
    to_.text(line);
  }

  void logs() {
    if (!document_.logs) return;
    const Element section(to_, "section");
    heading("What the logs show");
    for (std::size_t i = 0; i < std::min(document_.logs->tunnels.size(), kFull); ++i) {
      const diag::LoggedTunnel& tunnel = document_.logs->tunnels[i];
      to_.element("h3", headline(tunnel));
      if (tunnel.tunnel.empty()) to_.element("p", "No configuration describes it.");
      if (tunnel.assumed) to_.element("p", "Taken to be the only tunnel: the logs do not say which it is.");
      const Element list(to_, "ul");
      for (const diag::Explanation& one : tunnel.explained_by)
        to_.element("li", fmt::format("{}: {}", one.by.verdict == Verdict::Fails ? "explained" : "may be explained", in_words(one)));
      for (const diag::UnexplainedFinding& one : tunnel.unexplained)
        to_.element("li", fmt::format("not explained: {} ({})", one.title, one.cause));
      for (const diag::NotShown& one : tunnel.not_shown) to_.element("li", fmt::format("not shown: {}: {}", in_words(one.fault), one.because));
    }
    for (std::size_t i = 0; i < std::min(document_.logs->without_log.size(), kFull); ++i)
      to_.element("p", "Not in the logs: " + document_.logs->without_log[i]);
  }

  void settings() {
    std::size_t shown = 0;
    for (const diag::CheckFinding& one : check_.findings) {
      const diag::Finding& f = one.finding;
      const bool stands_elsewhere = f.standing.change == diag::FindingChange::Fixed || f.standing.suppressed;
      if (stands_elsewhere || !f.cause.starts_with(diag::kConfigRule) || shown == kListed) continue;
      if (shown++ == 0) heading("Settings to look at");
      const Element article(to_, "article", {{"class", fmt::format("finding is-{}", kb::name_of(f.severity))}});
      {
        const Element line(to_, "p", {{"class", "kicker"}});
        html::badge(to_, kb::name_of(f.severity));
        to_.element("span", f.subject, {{"class", "subject"}});
      }
      to_.element("h3", f.title).element("p", f.summary, {{"class", "summary"}});
      if (!f.evidence.empty()) {
        const Element list(to_, "ul");
        for (const diag::Evidence& e : f.evidence) {
          const Element item(to_, "li");
          to_.element("span", e.at, {{"class", "at"}}).text(": " + e.message);
        }
      }
      for (const diag::Step& step : f.steps) to_.element("p", "Do: " + step.text);
    }
  }

  void configurations() {
    const Element section(to_, "section");
    heading("Configurations");
    const Element box(to_, "div", {{"class", "group"}});
    Table table(to_, "What was read", {"File", "Kind", "End", "Tunnels"});
    for (const ReadConfiguration& c : document_.configurations)
      table.row({c.path, c.kind, std::string(model::name(c.side)), std::to_string(c.tunnels)});
  }

  const CheckDocument& document_;
  const diag::Check& check_;
  Markup to_;
};

}  // namespace

std::string check_to_html(const CheckDocument& document, const app::Screen&) { return CheckPage(document).write(); }

}  // namespace tunnelscope::report
