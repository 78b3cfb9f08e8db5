// One log record as typed fields: what a dialect in src/input/dialects makes of an envelope, before any meaning.
// A TunnelRecord is about a Site-to-Site tunnel, a SessionRecord about a user's session or what carries it.
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
enum class Dialect : std::uint8_t {
  AwsS2sIke, AwsS2sBgp, AwsClientVpn, CloudConnexa, Pangolin, PangolinAgent, Twingate, TwingateConnector
};
inline constexpr std::array<std::string_view, 8> kDialectNames{
    "aws-s2s-ike", "aws-s2s-bgp",    "aws-client-vpn", "cloudconnexa",
    "pangolin",    "pangolin-agent", "twingate",       "twingate-connector"};
inline std::string_view name_of(Dialect d) { return kDialectNames[static_cast<std::size_t>(d)]; }

// The systems whose logs are about user sessions; names as in contract/report.md, `sessions[].system`.
enum class System : std::uint8_t { AwsClientVpn, CloudConnexa, Pangolin, Twingate };
inline constexpr std::array<std::string_view, 4> kSystemNames{"aws-client-vpn", "cloudconnexa", "pangolin", "twingate"};
inline std::string_view name_of(System s) { return kSystemNames[static_cast<std::size_t>(s)]; }
// Precondition: a dialect of user sessions.
inline System system_of(Dialect d) {
  switch (d) {
    case Dialect::AwsClientVpn: return System::AwsClientVpn;
    case Dialect::CloudConnexa: return System::CloudConnexa;
    case Dialect::Pangolin:
    case Dialect::PangolinAgent: return System::Pangolin;
    default: return System::Twingate;
  }
}

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

// A Place in eight bytes: up to 16 million inputs of 10^12 lines each.
class PackedPlace {
 public:
  PackedPlace() = default;
  PackedPlace(Place place) : packed_(std::uint64_t{place.input} << kLineBits | (place.line & kLines)) {}
  operator Place() const { return {input(), line()}; }
  std::uint32_t input() const { return static_cast<std::uint32_t>(packed_ >> kLineBits); }
  std::uint64_t line() const { return packed_ & kLines; }
  bool operator==(const PackedPlace&) const = default;

 private:
  static constexpr unsigned kLineBits = 40;
  static constexpr std::uint64_t kLines = (std::uint64_t{1} << kLineBits) - 1;
  std::uint64_t packed_ = 0;
};

struct TunnelRecord {
  Dialect dialect = Dialect::AwsS2sIke;
  std::string_view connection;  // "vpn-..." or empty
  std::string_view outside_ip;  // as logged, or empty
  std::string_view stream;      // of a log stream whose name has no address: what tells it from others; else empty.
                                // All three empty: a record without identity
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

// What tunnel records have in common that differ in their times and the one long number of their message, and in nothing else
// (diag/arrivals.hpp).
struct Kind;
struct RecordKind {
  const Kind* kind = nullptr;
  std::uint32_t index = 0;                    // counts on from kind to kind
  std::uint32_t digits_from = 0, digits = 0;  // where that number stands in the message; digits 0: it has none
};
struct KnownRecord {
  const Kind* kind = nullptr;
  Time time = kNoTime;           // never kNoTime
  Time envelope_time = kNoTime;
  std::int64_t second = 0;       // second_of(time)
  std::uint64_t number = 0;
  std::uint64_t line = 0;
  std::uint64_t position = 0;    // order within its input; Intake sets it, and the input
  std::uint32_t input = 0;
};

// What a record of a session system reports.
enum class Happening : std::uint8_t {
  Message,     // a service line or an event that is about no single session
  Waiting,     // a login waits for the identity provider
  HandedOver,  // the identity provider's answer came: not an end
  Started,
  Ended,
  Whole,       // one record for the whole session: ended when it has an end, else open
  Failed,      // an attempt that did not become a session
  Denied,      // something was refused to a client that is connected
};

// A record of a user session's life, or a line of the agent that carries sessions. Empty texts: not said.
struct SessionRecord {
  Dialect dialect = Dialect::AwsClientVpn;
  Happening happening = Happening::Message;
  Time time = kNoTime;           // when it happened; never kNoTime
  Time envelope_time = kNoTime;  // kNoTime when the container has none
  bool yearless = false;         // `time` has month, day and clock only, and stands in the year 2000
  std::string_view id;           // of the session, as its system names it
  std::string_view group;        // Client VPN endpoint, CloudConnexa gateway region, Pangolin site, Twingate remote network
  std::string_view group_name;   // how people call it, when that is something else
  std::string_view organisation; // CloudConnexa cloudId, Pangolin orgId
  std::string_view gateway;      // CloudConnexa gatewayId
  std::string_view connector;    // Twingate connector's name
  std::string_view source;       // host, pod or container that wrote the line
  std::string_view user;         // account of a person or a service
  std::string_view device;       // client or device
  std::string_view address;      // the client's address on the internet, without port
  std::string_view resource;     // what was to be reached, "address:port" where a port is known
  std::string_view protocol;     // of the transport: udp, tcp, icmp; lower case
  Time start = kNoTime, end = kNoTime;  // of the session
  Duration duration = -1;               // -1: not said
  std::int64_t to_client = -1, from_client = -1;  // bytes; -1: not said
  Answer relayed = Answer::Unknown;
  bool is_connector = false;     // the client is a Connector that joins a site, not a person's device
  // Where Intake leaves the numbers of user, device, address and is_connector together (party), and of group, group_name, organisation,
  // gateway, connector, source, resource and protocol (route), or finds them in a later record with the same: then these need not be
  // said. kNotNumbered (known_texts.hpp) stands there before. nullptr: nobody remembers them.
  std::uint32_t *party = nullptr, *route = nullptr;
  std::string_view message;      // the text that message rules match; never empty
  std::string_view fields;       // the documented fields, as diag/session_fields.hpp has them; nothing secret
};

}  // namespace tunnelscope::diag
