// A change of an episode as JSON for machines: `tunnelscope/alert/1` (docs/schema/alert.schema.json), which the webhook receiver sends and
// the watch's own NDJSON holds. And the compact form in which the outbox keeps it, which reads back.
#pragma once
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "diag/alerts.hpp"

namespace tunnelscope::live {

// One line, UTF-8, hostile characters escaped. `delivery`: its id; empty: of no delivery, and null.
std::string alert_document(const diag::AlertChange& change, std::string_view delivery, bool repeated);

std::string stored(const diag::Episode& episode);
std::string stored(const diag::AlertChange& change);
// Errors: the text is none of these.
tl::expected<diag::Episode, std::string> stored_episode(std::string_view text);
tl::expected<diag::AlertChange, std::string> stored_change(std::string_view text);

}  // namespace tunnelscope::live
