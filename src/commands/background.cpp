#include "src/commands/background.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "diag/check.hpp"
#include "diag/comparison.hpp"
#include "kb/loader.hpp"
#include "src/escape.hpp"
#include "src/project_file.hpp"

namespace tunnelscope::commands {
namespace {

using app::Exit;
using app::UsageError;
using diag::Finding;

bool is_pattern(const std::string& text) { return text.find_first_of("*?") != std::string::npos; }

UsageError redacted_before(const std::string& path) {
  return {fmt::format("{} shows pseudonyms, and this report will not: none of its findings could be found again", app::for_terminal(path)),
          "give --redact with the same --redact-key, or compare with a report without pseudonyms"};
}

}  // namespace

tl::expected<KnownFindings, UsageError> KnownFindings::of(const app::Settings& settings, std::string_view command,
                                                          const kb::Knowledge& knowledge, bool redacts) {
  KnownFindings known(std::string(command), knowledge, settings.project->suppressions);
  const auto take = [&](const std::string& path, app::PastForm form, diag::PastIs is) -> tl::expected<void, UsageError> {
    if (path.empty()) return {};
    auto read = app::read_past(path, form, command, knowledge);
    if (!read) return tl::unexpected(read.error());
    if (read->redacted && !redacts) return tl::unexpected(redacted_before(path));
    known.pasts_.push_back({std::move(*read), is});
    return {};
  };
  if (auto ok = take(settings.earlier, app::PastForm::Report, diag::PastIs::Report); !ok) return tl::unexpected(ok.error());
  if (auto ok = take(settings.baseline, app::PastForm::Baseline, diag::PastIs::Baseline); !ok) return tl::unexpected(ok.error());
  return known;
}

void KnownFindings::settle(const std::vector<Finding*>& findings, diag::Time present, report::Background& background) const {
  background.suppressions = diag::suppress(findings, suppressions_, present);
  std::erase_if(background.suppressions, [&](const diag::SuppressionUse& use) {
    return use.matched == 0 && !is_about_this_command(use.what.cause);
  });
  for (diag::SuppressionUse& use : background.suppressions)
    if (use.matched == 0) use.hint = hint_for(use.what.cause);
  for (const Past& past : pasts_) (past.is == diag::PastIs::Report ? background.before : background.baseline) = past.read.path;
  compare(findings, false, background);
}

void KnownFindings::settle_pseudonyms(const std::vector<Finding*>& findings, report::Background& background) const {
  compare(findings, true, background);
}

void KnownFindings::compare(const std::vector<Finding*>& findings, bool redacted, report::Background& background) const {
  std::set<std::string> listed;
  for (const Finding& gone : background.gone) listed.insert(gone.fingerprint);
  for (const Past& past : pasts_) {
    if (past.read.redacted != redacted) continue;
    for (Finding& gone : diag::compare(findings, past.read.findings, past.is))
      if (listed.insert(gone.fingerprint).second) background.gone.push_back(std::move(gone));
  }
}

std::string KnownFindings::hint_for(const std::string& cause) const {
  if (cause.empty() || is_pattern(cause)) return {};
  std::vector<std::string> ids;
  for (const kb::Cause& one : knowledge_->causes) ids.push_back(one.id);
  for (const auto& rule : knowledge_->config) ids.push_back(rule.id);
  if (std::find(ids.begin(), ids.end(), cause) != ids.end()) return {};
  const std::string near = kb::nearest(cause, ids);
  return near.empty() ? "there is no such cause" : fmt::format("there is no such cause, did you mean `{}`?", near);
}

// One file serves both commands, and what only configurations show cannot be in a log.
bool KnownFindings::is_about_this_command(const std::string& cause) const {
  if (command_ == "check") return true;
  const kb::Cause* known = knowledge_->cause(cause);
  return !cause.starts_with(diag::kConfigRule) && (known == nullptr || known->scope != kb::Scope::Configuration);
}

bool fails(const report::FindingList& findings, const std::string& fail_on) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding* f) {
    if (!f->standing.counts()) return false;
    if (fail_on == "info") return true;
    if (fail_on == "warning") return f->severity >= kb::Severity::Warning;
    return fail_on == "critical" && f->severity == kb::Severity::Critical;
  });
}

void complain_of_expired(const report::Background& background, app::Console& console) {
  for (const diag::SuppressionUse& use : background.suppressions)
    if (use.expired) app::complain(console, app::for_terminal(report::remark_on(use)), "renew it with a reason, or remove it");
}

Exit write_baseline(const report::FindingList& findings, std::string_view command, bool redacted, const app::Settings& settings,
                    app::Console& console, Exit verdict) {
  if (settings.write_baseline.empty()) return verdict;
  if (verdict == Exit::Input) {
    app::complain(console, fmt::format("{} was not written: not everything could be read", app::for_terminal(settings.write_baseline)));
    return verdict;
  }
  report::FindingList standing;
  for (const Finding* f : findings)
    if (!f->standing.suppressed && f->standing.change != diag::FindingChange::Fixed) standing.push_back(f);
  app::Settings to;
  to.output = settings.write_baseline;
  return app::deliver(app::baseline_of(standing, command, redacted), to, console, verdict);
}

}  // namespace tunnelscope::commands
