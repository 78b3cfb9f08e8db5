#include "src/commands/diagnosed.hpp"

#include <algorithm>

#include "src/commands/common.hpp"
#include "src/known_keys.hpp"
#include "src/redact.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::commands {

void complete(report::Document& document, const Configured& configured, const KnownFindings& known, diag::Time present) {
  document.notes = report::notes_on(document.report);
  note_configured(configured, document);
  if (const app::KnownKeys keys = app::keys_in(configured.configurations); keys.any()) app::clean(document, nullptr, &keys);
  known.settle(findings_in(document.report), present, document.background);
}

std::vector<diag::Finding*> findings_in(diag::Report& report) {
  std::vector<diag::Finding*> list;
  for (diag::Finding& f : report.findings) list.push_back(&f);
  return list;
}

bool nothing_recognised(const diag::Report& report) {
  const bool any_state = std::any_of(report.tunnels.begin(), report.tunnels.end(), states_something);
  const bool any_session = std::any_of(report.sessions.begin(), report.sessions.end(), [](const diag::SessionGroup& g) {
    return g.first != diag::kNoTime;
  });
  return report.coverage.recognised == 0 && !any_state && !any_session;
}

}  // namespace tunnelscope::commands
