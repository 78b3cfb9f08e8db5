// Session cases to ledger entries: which causes hold for which endpoint, client, resource and so on, and whom they meet.
// In: a Log and its cases with all signals. Out: one Entry per cause and subject in the Ledger, linked where one explains another.
#pragma once
#include "diag/judge.hpp"
#include "diag/ledger.hpp"
#include "diag/session/cases.hpp"

namespace tunnelscope::diag::session {

// Booking again adds what holds since. `last`: no case is asked for again, and they are forgotten as they are booked, for they may
// hold as much as the log.
void book(const Scene& scene, const Judge& judge, Ledger& ledger, bool last);

}  // namespace tunnelscope::diag::session
