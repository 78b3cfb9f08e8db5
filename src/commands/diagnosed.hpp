// What becomes of a report before anybody sees it, in `diagnose` and in a watch alike. In: a Document whose report has just been made. Out: the same
// with notes, what it was judged by, without known keys, and with its findings settled.
#pragma once
#include <vector>

#include "src/commands/background.hpp"
#include "src/commands/configured.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::commands {

// `present`: by which suppressions expire. What is left to do is app::clean().
void complete(report::Document& document, const Configured& configured, const KnownFindings& known, diag::Time present);

std::vector<diag::Finding*> findings_in(diag::Report& report);

// No record whose message is known, and none that states what a tunnel is doing either.
bool nothing_recognised(const diag::Report& report);

}  // namespace tunnelscope::commands
