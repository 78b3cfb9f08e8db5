// Session cases to ledger entries: which causes hold for which endpoint, client, resource and so on, and whom they meet.
// In: a Log and its cases with all signals. Out: one Entry per cause and subject in the Ledger, linked where one explains another.
#pragma once
#include "diag/judge.hpp"
#include "diag/ledger.hpp"
#include "diag/session/cases.hpp"

namespace tunnelscope::diag::session {

// Booking again adds what holds since.
void book(const Scene& scene, const Judge& judge, Ledger& ledger);

}  // namespace tunnelscope::diag::session
