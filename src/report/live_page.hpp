// The report's page as `serve` gives it: with a line that says how fresh it is, and with style and script as files of their own, so that a
// page that is asked for again is small. In: the document, and what is known of the watch. Out: the page.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "src/report/format.hpp"

namespace tunnelscope::report {

struct Freshness {
  std::uint64_t version = 0;
  diag::Time now = diag::kNoTime;  // the log's clock
  std::string stale;               // why the page may not be taken for the present; empty: it may
};

std::string to_live_page(const Document& document, const Freshness& freshness);

// The page's Content-Security-Policy: its own style and script, requests to where it came from, and nothing else.
inline constexpr std::string_view kLivePolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

}  // namespace tunnelscope::report
