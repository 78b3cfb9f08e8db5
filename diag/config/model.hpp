// The vendor-neutral configuration: what every reader writes, and rules and negotiation read. Pure data; each value says where it
// stands and how it is known (value.hpp). A reader fills in what its vendor says and the vendor's dated defaults, and leaves the
// rest as it is: unknown. An endpoint is one end of one tunnel; a configuration file holds any number of them.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/addresses.hpp"
#include "diag/config/identity.hpp"
#include "diag/config/proposal.hpp"
#include "diag/config/secret.hpp"
#include "diag/config/stage.hpp"
#include "diag/config/value.hpp"

namespace tunnelscope::diag::config {

using Seconds = std::chrono::seconds;

enum class Side : std::uint8_t { Cloud, Gateway };
enum class Vendor : std::uint8_t { Neutral, Aws, StrongSwan, Libreswan, CiscoIos, Juniper };

// Which of the two IKE versions.
struct Versions {
  bool ikev1 = false, ikev2 = false;
  friend bool operator==(const Versions&, const Versions&) = default;
};

// Which modes of IKEv1's Phase 1.
struct Modes {
  bool main = false, aggressive = false;
  friend bool operator==(const Modes&, const Modes&) = default;
};

enum class Authentication : std::uint8_t { PreSharedKey, Certificate, Eap, Other };
enum class NatTraversal : std::uint8_t { Auto, Forced, Off };
enum class ChildMode : std::uint8_t { Tunnel, Transport, Beet };
enum class SecurityProtocol : std::uint8_t { Esp, Ah };

// What is done about a tunnel that is not there.
enum class StartAction : std::uint8_t {
  Wait,     // AWS `add`, `start_action = none`, `auto=add`: until the peer or an operator begins
  OnTraffic,// `trap`, `auto=route`, a crypto map
  Start,    // at once, and again when it is gone
};
// What is done when the peer is found dead, or has closed.
enum class DownAction : std::uint8_t { None, Clear, OnTraffic, Restart };

// How long an SA lasts at one end. For strongSwan's IKE SA `hard` is rekey_time plus over_time; for AWS the lifetime.
struct Lifetime {
  Value<bool> rekeys;             // false: it lets the SA expire
  Value<Seconds> hard;            // its age when it is closed; known and zero: never
  Value<Seconds> earliest_rekey;  // its age when this end begins to replace it, by the luck of the fuzz
  Value<Seconds> latest_rekey;
  bool renews_in_time = false;    // it begins before its own end, wherever in its window that is
  Value<Seconds> margin;          // as stated, where the vendor has it
  Value<double> fuzz_percent;
  Value<std::uint64_t> bytes;     // volume after which it is replaced; known and zero: none
};

// Between which ages a rekey begins: lifetime - margin * (1 + random * fuzz), where the margin is cut to the lifetime.
struct RekeyWindow {
  Seconds earliest, latest;
};
RekeyWindow rekey_window(Seconds lifetime, Seconds margin, double fuzz_percent);

struct DeadPeerDetection {
  Value<bool> enabled;
  Value<Seconds> delay, timeout;
  Value<DownAction> action;  // where the vendor sets it per tunnel; else each child says it
};

struct Child {
  std::string name;
  Where where;
  Value<SecurityProtocol> protocol;
  Value<ChildMode> mode;
  Value<Proposals> proposals;      // its groups are PFS
  Value<Selectors> local, remote;  // as this end sees them
  Value<bool> narrows;             // false: takes selectors only as they stand here; unknown: narrows them, as most vendors do
  Lifetime lifetime;
  Value<std::uint64_t> replay_window;
  // Set where the vendor sets them per child; else the endpoint's hold.
  std::optional<Value<StartAction>> start;
  std::optional<Value<DownAction>> dpd, close;
};

struct Bgp {
  Value<bool> used;  // false: static routes
  Value<std::uint32_t> local_asn, remote_asn;
  Value<IpAddress> neighbour;
  Value<Seconds> hold_time, keepalive;
  std::string barred;  // why no session comes up, although one is configured: "the neighbour is shut down"; empty: nothing is against it
  Where barred_at;
  bool barred_by_key = false;  // that line holds a key
};

// Options of a cloud endpoint that rules look at and negotiation does not.
struct CloudOptions {
  Value<bool> log_enabled, bgp_log_enabled;
  Value<std::string> log_format, bgp_log_format;      // "json", "text"
  Value<std::string> log_group, bgp_log_group;
  Value<bool> lifecycle_control;
  Value<bool> acceleration;
  Value<std::string> tunnel_bandwidth;                // "standard", "large"
  Value<std::string> outside_address_type;            // "PublicIpv4", "PrivateIpv4", "Ipv6"
  Value<std::string> key_storage;                     // "Standard", "SecretsManager"
  Value<std::string> attachment;                      // the id of its virtual private, transit gateway or core network
  Value<std::string> customer_gateway;                // the id of the resource that describes the gateway
};

// What a setting does to one stage cannot be told: it asks for something that the peer may not have.
struct Reservation {
  Stage stage{};
  std::string reason;  // with its place: "swanctl.conf:3: remote_port is neither 500 nor 4500, where AWS is"
};

// One end of one tunnel. Connections of a file that share an IKE SA (the same ends and IKE settings) are one endpoint with several
// children: merged() in merge.hpp makes them so.
struct Endpoint {
  std::string name;         // what its file calls it: "aws-tunnel1", "aws_vpn_connection.main tunnel 1"
  Where where;
  Side side = Side::Gateway;
  Vendor vendor = Vendor::Neutral;
  Value<std::string> connection;       // "vpn-0123456789abcdef0", which two tunnels share; a gateway knows none
  std::string resource;                // what its file calls the connection, "aws_vpn_connection.main"; empty: nothing
  std::uint32_t tunnel = 0;            // its number within the connection, for names and paths of attributes only; 0: none
  bool replaced = false;               // the change makes a new connection in its place: new addresses
  std::string doubt;                   // why no stage is sure: something of its files could not be read; empty: nothing
  std::vector<Reservation> reservations;  // why one stage is not, although all of it was read
  std::shared_ptr<const Endpoint> otherwise;  // the same end as another program would read its file; nullptr: there is no doubt which does
  Value<bool> disabled;                // shut down, `auto=ignore`: loaded but never negotiated

  Value<Addresses> local_addresses, remote_addresses;  // outside; empty and known: whatever route there is
  Value<AddressRange> inside_cidr, inside_cidr6;
  Value<IpAddress> inside_local, inside_remote, inside_local6, inside_remote6;

  Value<Versions> accepts, initiates;
  Value<Modes> accepts_modes, initiates_modes;         // IKEv1; of a known pair of modes to initiate one is true
  Value<Proposals> proposals;                          // for the IKE SA
  Value<Authentication> local_authentication, remote_authentication;
  Value<Identity> local_identity, remote_identity;     // Any for the peer's: whoever it says it is
  Value<std::vector<Key>> keys;                        // unknown: the secrets were not given; known and empty: there are none
  Lifetime lifetime;                                   // of the IKE SA
  Value<bool> reauthenticates;                         // replaces the IKE SA by a new one from scratch
  Value<bool> make_before_break;                       // and keeps the old one until then

  DeadPeerDetection dpd;
  Value<StartAction> start;
  Value<DownAction> close;
  Value<NatTraversal> nat_traversal;
  Value<bool> mobike;
  Value<bool> fragmentation;

  Value<bool> route_based;         // routes decide what goes in, not selectors
  Value<bool> single_child;        // keeps one SA pair only, as AWS does
  std::vector<Child> children;     // in the order of the file
  Bgp bgp;
  Value<std::vector<AddressRange>> static_routes;  // towards the peer
  CloudOptions cloud;              // of a cloud endpoint
};

// Something that could not be read. Whatever it touched is unknown in the endpoints, and the exit status is 4.
struct Problem {
  Where where;
  std::string reason, hint;
  bool fatal = false;  // what was not read may have said anything
  bool note = false;   // all was read, and something of it is worth knowing: no exit status
};

enum class Moment : std::uint8_t { Now, Before, After };

struct Configuration {
  std::string path;
  std::string kind;        // "aws-describe", "terraform-plan", "strongswan-swanctl", ...
  Side side = Side::Gateway;
  Moment moment = Moment::Now;  // a plan is two: Before and After
  std::vector<Endpoint> endpoints;
  std::vector<Problem> problems;
};

// How long the lists of an endpoint may be, for input is hostile and lists are compared item by item. No peer takes as many.
struct Bounds {
  std::size_t children = 128, selectors = 32, proposals = 64, keys = 4096;
};
// What is longer becomes unknown, with the reason; more children than that are none. True when something was.
bool bound(Endpoint& endpoint, const Bounds& bounds = {});

// What holds for a child, set by itself or by its endpoint.
const Value<StartAction>& start_action(const Endpoint& endpoint, const Child& child);
const Value<DownAction>& dpd_action(const Endpoint& endpoint, const Child& child);
const Value<DownAction>& close_action(const Endpoint& endpoint, const Child& child);

// The same for all tunnels of one connection: its id, or the resource of a document that knows no ids yet. Empty: it is not known.
std::string connection_key(const Endpoint& endpoint);

std::string_view name(Side side);                      // "cloud", "gateway"
std::string_view name(Vendor vendor);                  // "aws", "strongswan", "libreswan", "cisco-ios", "juniper", "neutral"
std::string_view name(Authentication authentication);  // "psk", "certificate", "eap", "other"
std::string_view name(StartAction action);             // "wait", "on-traffic", "start"
std::string_view name(DownAction action);              // "none", "clear", "on-traffic", "restart"
std::string_view name(ChildMode mode);
std::string_view name(SecurityProtocol protocol);      // "esp", "ah"
std::string text(Versions versions);                   // "ikev1", "ikev2", "ikev1, ikev2", "none"
std::string text(Modes modes);                         // "main", "aggressive", "main, aggressive", "none"

}  // namespace tunnelscope::diag::config
