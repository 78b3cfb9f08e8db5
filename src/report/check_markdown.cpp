// The check for a ticket or a pull request: a table of tunnels, then what fails with its repair.
#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/report/check_format.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

namespace model = diag::config;
using model::StageVerdict;
using model::Verdict;

constexpr std::size_t kListed = 500, kFull = 50;

void side(std::string& to, std::string_view name, const StageVerdict& stage, const model::Shown& shown) {
  to += fmt::format("- {}: {} {}", name, app::for_markdown(stage.attribute), app::for_markdown(value_in_words(shown)));
  to += shown.where.known() ? " at " + app::markdown_code(shown.where.text()) + "\n" : "\n";
}

void repair(std::string& to, std::string_view name, const std::vector<model::Change>& changes, const CheckDocument& document) {
  for (const model::Change& change : changes) to += fmt::format("- mend at {}: {}\n", name, app::for_markdown(in_words(change)));
  if (const std::string diff = diff_of(changes, document); !diff.empty()) to += "\n" + app::markdown_block(diff) + "\n";
}

void failing(std::string& to, const StageVerdict& stage, const CheckDocument& document) {
  to += fmt::format("\n**{}** fails: {} ({})\n\n", model::name(stage.stage), app::for_markdown(stage.reason),
                    app::markdown_code(stage.cause));
  side(to, "cloud", stage, stage.cloud);
  side(to, "gateway", stage, stage.gateway);
  if (!stage.log_messages.empty()) to += "- AWS would log " + app::markdown_code(stage.log_messages.front()) + "\n";
  repair(to, "the gateway", stage.repair.at_gateway, document);
  repair(to, "the cloud's end", stage.repair.at_cloud, document);
}

void section(std::string& to, const diag::CheckedTunnel& tunnel, const CheckDocument& document) {
  to += "\n## " + app::for_markdown(tunnel.id) + "\n";
  if (!tunnel.verdict.paired_by) to += "\nno partner: " + app::for_markdown(tunnel.verdict.unpaired_because) + "\n";
  for (const StageVerdict& stage : tunnel.verdict.stages)
    if (stage.verdict == Verdict::Fails) failing(to, stage, document);
  for (const StageVerdict& stage : tunnel.verdict.stages)
    if (stage.verdict == Verdict::Unverified)
      to += fmt::format("\n**{}** cannot be verified: {}\n", model::name(stage.stage), app::for_markdown(stage.reason));
}

void changes(std::string& to, const diag::Check& check) {
  if (!check.before) return;
  to += "\n## What the change does\n\n";
  for (const model::EndpointChange& one : check.changes) {
    const model::Endpoint& end = one.after ? *one.after : *one.before;
    const std::string_view what = one.effect == model::ApplyEffect::Deleted ? "is deleted; interrupts" : "interrupts";
    to += fmt::format("- {} ({}): {} {}\n", app::for_markdown(end.name), model::name(end.side), what, in_words(one.effect, end.side));
  }
  if (check.changes.empty()) to += "Nothing differs between before and after.\n";
  if (const std::string order = order_of_applying(check); !order.empty()) to += "\nOrder: " + order + "\n";
}

void logs(std::string& to, const CheckDocument& document) {
  if (!document.logs) return;
  to += "\n## What the logs show\n";
  std::size_t shown = 0;
  for (const diag::LoggedTunnel& tunnel : document.logs->tunnels) {
    if (shown++ >= kFull) continue;
    to += fmt::format("\n**{}**{}\n\n", app::for_markdown(headline(tunnel)),
                      tunnel.tunnel.empty() ? ", which no configuration describes"
                      : tunnel.assumed      ? ", taken to be the only tunnel: the logs do not say which it is"
                                            : "");
    for (const diag::Explanation& one : tunnel.explained_by)
      to += fmt::format("- {}: {}\n", one.by.verdict == Verdict::Fails ? "explained" : "may be explained",
                        app::for_markdown(in_words(one)));
    for (const diag::UnexplainedFinding& one : tunnel.unexplained)
      to += fmt::format("- not explained: {} ({})\n", app::for_markdown(one.title), app::markdown_code(one.cause));
    for (const diag::NotShown& one : tunnel.not_shown)
      to += fmt::format("- not shown: {}: {}\n", app::for_markdown(in_words(one.fault)), one.because);
  }
  if (shown > kFull) to += fmt::format("\nand {} more\n", shown - kFull);
  for (std::size_t i = 0; i < std::min(document.logs->without_log.size(), kFull); ++i)
    to += fmt::format("\nNot in the logs: {}\n", app::for_markdown(document.logs->without_log[i]));
}

// What rules of configurations say.
void settings(std::string& to, const diag::Check& check) {
  std::size_t shown = 0;
  for (const diag::CheckFinding& one : check.findings) {
    const diag::Finding& f = one.finding;
    const bool stands_elsewhere = f.standing.change == diag::FindingChange::Fixed || f.standing.suppressed;
    if (stands_elsewhere || !f.cause.starts_with(diag::kConfigRule)) continue;
    if (shown++ == 0) to += "\n## Settings to look at\n\n";
    if (shown > kListed) continue;
    to += fmt::format("- {}, {}: {}", kb::name_of(f.severity), app::for_markdown(f.subject), app::for_markdown(f.summary));
    if (!f.evidence.empty()) to += fmt::format(" ({})", app::markdown_code(f.evidence.front().at));
    if (f.standing.in_baseline) to += "; " + change_in_words(f.standing);
    to += '\n';
  }
  if (shown > kListed) to += fmt::format("\nand {} more\n", shown - kListed);
}

}  // namespace

std::string check_to_markdown(const CheckDocument& document, const app::Screen&) {
  const diag::Check& check = document.check;
  std::string to = fmt::format("# {}: {}\n\n| tunnel | verdict | first failing stage | initiates | applying it interrupts |\n"
                               "|---|---|---|---|---|\n",
                               counted(check.tunnels.size(), "tunnel"), counts_in_words(check));
  std::size_t listed = 0, full = 0;
  for (const diag::CheckedTunnel& tunnel : check.tunnels) {
    if (listed++ >= kListed) continue;
    const StageVerdict* first = first_failing(tunnel.verdict);
    to += fmt::format("| {} | {} | {} | {} | {} |\n", app::markdown_cell(tunnel.id), model::name(tunnel.verdict.verdict),
                      first ? fmt::format("{}: {}", model::name(first->stage), first->cause) : "",
                      tunnel.verdict.initiator ? model::name(*tunnel.verdict.initiator) : "not known", model::name(tunnel.effect));
  }
  if (listed > kListed) to += fmt::format("\nand {} more\n", listed - kListed);
  for (const diag::CheckedTunnel& tunnel : check.tunnels)
    if (tunnel.verdict.verdict != Verdict::Agrees && full++ < kFull) section(to, tunnel, document);
  if (const std::string text = background_in_short(document.background, findings_of(check)); !text.empty())
    to += "\n" + app::for_markdown(text) + "\n";
  logs(to, document);
  settings(to, check);
  for (const diag::CheckFinding& f : check.findings)
    if (f.finding.standing.change == diag::FindingChange::Fixed)
      to += fmt::format("\n{}: {}, {}\n", f.deleted ? "Gone with its tunnel, which is deleted" : "Fixed",
                        app::for_markdown(f.finding.subject), app::for_markdown(f.finding.title));
  to += background_markdown(document.background, findings_of(check));
  changes(to, check);
  for (const model::Problem& p : document.problems)
    to += fmt::format("\n{}: {}\n", app::markdown_code(p.where.precise_text()), app::for_markdown(p.reason));
  return to;
}

}  // namespace tunnelscope::report
