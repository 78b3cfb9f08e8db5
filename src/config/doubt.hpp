// An end of which something was not understood. In: the endpoint as it was read, and why it may be otherwise. Out: the same without the
// values that rest on nothing being said. And of an end that closes what nobody uses.
#pragma once
#include <string_view>

#include "diag/config/model.hpp"

namespace tunnelscope::config {

// Where something is not read that may say it, what is not stated is not known: defaults, no keys at all, no PFS.
void forget_defaults(diag::config::Endpoint& endpoint, const char* reason);

// Of a setting that says after which time without traffic the end closes its SAs.
diag::config::Reservation closed_when_idle(std::string_view setting, const diag::config::Where& where);

}  // namespace tunnelscope::config
