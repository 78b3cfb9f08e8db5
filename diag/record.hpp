// One log record as typed fields: what a dialect in src/input/dialects makes of an envelope, before any meaning.
// Views are valid until the reader goes on to the next record.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "diag/time.hpp"

namespace tunnelscope::diag {

// The log formats; names as in contract/report.md, `inputs[].dialects`.
enum class Dialect : std::uint8_t { AwsS2sIke, AwsS2sBgp };
inline constexpr std::array<std::string_view, 2> kDialectNames{"aws-s2s-ike", "aws-s2s-bgp"};
inline std::string_view name_of(Dialect d) { return kDialectNames[static_cast<std::size_t>(d)]; }

enum class PhaseState : std::uint8_t { Unknown, Established, Rekeying, Negotiating, Down };
inline constexpr std::array<std::string_view, 5> kPhaseStateNames{"unknown", "established", "rekeying",
                                                                  "negotiating", "down"};
inline std::string_view name_of(PhaseState s) { return kPhaseStateNames[static_cast<std::size_t>(s)]; }
inline bool is_up(PhaseState s) { return s == PhaseState::Established || s == PhaseState::Rekeying; }

enum class BgpState : std::uint8_t { Unknown, Up, Down };
enum class Answer : std::uint8_t { Unknown, No, Yes };
enum class IkeVersion : std::uint8_t { Unknown, V1, V2 };

// Where a record stands: which input (as numbered by Intake::begin_input) and its line, 1-based.
struct Place {
  std::uint32_t input = 0;
  std::uint64_t line = 0;
};

struct TunnelRecord {
  Dialect dialect = Dialect::AwsS2sIke;
  std::string_view connection;  // "vpn-..." or empty
  std::string_view outside_ip;  // as logged, or empty. Both empty: a record without identity
  Time time = kNoTime;          // the record's own time, else the envelope's; never kNoTime
  Time envelope_time = kNoTime; // kNoTime when the container has none
  std::string_view message;     // the text that message rules match; for a RouteStatus record without details
                                // "RouteStatus ADVERTISED" (type, blank, status)
  PhaseState phase1 = PhaseState::Unknown;
  PhaseState phase2 = PhaseState::Unknown;
  BgpState bgp = BgpState::Unknown;  // BGPStatus records only
  Answer dpd_enabled = Answer::Unknown;
  Answer nat_t = Answer::Unknown;
  std::string_view route;       // RouteStatus records: "10.0.0.0/16 via 169.254.50.85 as-path 64512", else empty
};

}  // namespace tunnelscope::diag
