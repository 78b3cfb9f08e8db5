// Tells a story in lines and shows its diagnosis as text, so that tests compare sentences.
// A line is `[h:]mm:ss PHASES message`; PHASES is one letter for Phase 1 and one for Phase 2 (e established, r rekeying,
// n negotiating, d down, - not stated), or `bgp+`, `bgp-`, `bgp?` for a BGP status record; `bgp?` states none. `2|` before a line: the second tunnel.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "diag/diagnose.hpp"

namespace tunnelscope::diag::test {

class Story {
 public:
  explicit Story(std::string_view text);

  Options options;
  Report tell();                       // the built-in knowledge base
  Report tell(const kb::Knowledge& knowledge);

 private:
  std::string text_;
};

// "1: down ed cause=psk-mismatch | 00:00-open psk-mismatch" per tunnel; an outage is `start-end cause[/blocked_by]`.
std::string tunnels_text(const Report& report);

// "critical root-cause psk-mismatch 1 x3" per finding: severity, role, cause, subject (tunnel number or connection), count.
std::string findings_text(const Report& report);

const Finding* finding(const Report& report, std::string_view cause);

}  // namespace tunnelscope::diag::test
