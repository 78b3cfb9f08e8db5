// What a report says first: who is ill, worst first, and the one finding that a reader should act on. Formats for people share it.
// In: a report. Out: pointers into it, and words; raw texts.
#pragma once
#include <string>
#include <vector>

#include "diag/report.hpp"

namespace tunnelscope::report {

// 0 is the worst: down, flapping, degraded, unknown, up.
int rank_of(const diag::TunnelReport& tunnel);

// The root cause that stands behind a tunnel's primary cause; null: the findings do not have it.
const diag::Finding* finding_of(const diag::Report& report, const diag::TunnelReport& tunnel);

// Something ill whose cause is known: a tunnel, or a group of sessions.
struct Ill {
  const diag::TunnelReport* tunnel = nullptr;  // null: a group of sessions
  const diag::Finding* finding = nullptr;      // never null
  std::string name;
  int status_rank = 0;
};
// Worst first: by status, of equals those with something critical still going on, then the one with the lower availability. Sessions that keep failing
// stand beside tunnels that are down.
std::vector<Ill> ill_with_cause(const diag::Report& report);

// What to look at first.
struct Lead {
  const diag::Finding* finding = nullptr;      // null: nothing is the matter
  const diag::TunnelReport* tunnel = nullptr;  // null: it is not about one tunnel
};
Lead lead_of(const diag::Report& report, const std::vector<Ill>& ill);

// "fell because the gateway closed the IKE SA, stays down because ..."; empty when that is one reason. Why a tunnel went down is not always why it stays down.
std::string fell_and_stays(const diag::Report& report, const diag::TunnelReport& tunnel);

// When the lead's tunnel was without service: "down from ... to ..., 25 min, in service since"; of several outages how many and how
// long in all. For what took nothing down, the span of its records.
std::string when_in_words(const diag::Report& report, const Lead& lead);

// Who else is ill, beside the lead: how many for the same reason, and the others by name with theirs; empty: nobody.
std::string also_in_words(const Lead& lead, const std::vector<Ill>& ill);

// "psk-mismatch, since 2026-03-01 00:00:10 (53 min 20 s), 2 outages, available 99.10%".
std::string tunnel_in_words(const diag::TunnelReport& tunnel, diag::Time now);

enum class Tone { Plain, Good, Warn, Bad };
struct Redundancy {
  std::string text;
  Tone tone = Tone::Plain;
};
Redundancy redundancy_in_words(const diag::ConnectionReport& connection);

struct JudgedGroup {
  const diag::SessionGroup* group = nullptr;
  const diag::Finding* finding = nullptr;  // null: nothing wrong was found
};
// Worst first: by severity, and what goes on before what is over; then those that refused most.
std::vector<JudgedGroup> judged_groups(const diag::Report& report);

}  // namespace tunnelscope::report
