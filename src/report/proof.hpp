// How one finding follows from the log: from lines to rules and signals, to states, to the cause's conditions, and what was ruled out.
// In: a document, cleaned. Out: a page of text by which a sceptic can replay the verdict by hand.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "diag/classify.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::report {

// The findings that somebody means by a fingerprint, a beginning of one (four digits or more), a cause, or "cause on subject".
std::vector<const diag::Finding*> findings_meant(const diag::Report& report, std::string_view asked);

std::string to_proof(const Document& document, const std::vector<const diag::Finding*>& findings, const diag::Classifier& classifier,
                     const app::Screen& screen);

}  // namespace tunnelscope::report
