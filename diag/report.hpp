// What a diagnosis says, complete and ready to be shown: every report format reads this and nothing else.
// Field meanings are those of docs/report-schema (contract/report.md); fields not in the JSON say so.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "diag/intake.hpp"
#include "diag/standing.hpp"
#include "diag/time.hpp"
#include "diag/tunnel_facts.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

// null, number or text.
using Detail = std::variant<std::monostate, double, std::string>;
using Details = std::map<std::string, Detail>;

struct Evidence {
  std::string at;       // "path:line"
  Time time = kNoTime;
  std::string rule;     // rule id, empty when no rule matched
  std::string message;  // raw log text: escape it
  std::string state;    // "phase 1 down, phase 2 down"; or whom a session record is about; text report only
  std::map<std::string, std::string> fields;  // of a session record: its documented fields; raw log text
};

struct Step {
  std::string who;
  std::string vendor;   // text report only
  std::string text;
  std::string command;  // empty: none
};

struct RuledOutNote {
  std::string cause;
  std::string because;
};

struct Finding {
  std::string cause;
  std::string fingerprint;  // 16 hex digits
  kb::Severity severity = kb::Severity::Info;
  kb::Confidence confidence = kb::Confidence::Possible;
  kb::Role role = kb::Role::RootCause;
  kb::Impact impact = kb::Impact::None;
  std::string subject;
  std::string title, summary, explanation;
  Time first_seen = kNoTime, last_seen = kNoTime;
  std::uint64_t count = 0;
  bool ongoing = false;
  std::vector<std::string> explains;  // fingerprints
  std::vector<Evidence> evidence;     // at most 10, spread over first, turning points and last
  std::vector<RuledOutNote> ruled_out;
  std::vector<Step> steps;            // checks, then fix, in order
  std::string verify;
  std::vector<kb::Reference> references;
  Details details;
  std::string owner, runbook_url;     // from the knowledge base; text and Markdown reports
  Standing standing;                  // to other reports and to suppressions; filled in when all findings are known
};

struct Outage {
  Time start = kNoTime;
  std::optional<Time> end;  // empty: not recovered at the end of the log
  std::string cause;        // empty: none found
  std::string blocked_by;   // why it stayed down, empty when the same or unknown
  std::vector<std::string> evidence;  // "path:line"
};

struct Availability {
  double up_s = 0, down_s = 0, unknown_s = 0;
  std::optional<double> ratio;  // up / (up + down)
  std::uint64_t outages = 0;
  std::optional<double> mean_time_between_s, mean_time_to_recover_s, longest_outage_s;
};

// A stretch of time in one state, for timelines. Not in the JSON.
template <class State>
struct Stretch {
  Time start = kNoTime, end = kNoTime;
  State state{};
};
enum class MarkKind : std::uint8_t { DpdTimeout, Delete, Failure, Collision, Rekey, OutageStart, OutageEnd };
struct Mark {
  Time time = kNoTime;
  MarkKind kind{};
  std::uint32_t record = 0;  // 1-based into Timeline::records; 0: not asked for, or one of too many
};
struct MarkedRecord {
  Place place;
  std::string message;  // raw log text: escape it
};
struct Timeline {
  Time start = kNoTime, end = kNoTime;
  std::vector<Stretch<PhaseState>> phase1, phase2;
  std::vector<Stretch<BgpState>> bgp;
  std::vector<Mark> marks;
  std::vector<MarkedRecord> records;  // the latest ones; empty unless Options::marked_records asks for them
};

struct TunnelReport {
  std::string id;
  std::string connection, outside_ip;  // empty: null
  std::string stream;                  // what tells it from others where its log stream's name has no address; not in the JSON
  IkeVersion ike_version = IkeVersion::Unknown;
  std::string status;                  // unknown, down, flapping, degraded, up
  PhaseState phase1 = PhaseState::Unknown, phase2 = PhaseState::Unknown;
  BgpState bgp = BgpState::Unknown;
  std::string primary_cause;           // empty: null
  Availability availability;
  std::vector<Outage> outages;
  std::uint64_t interruptions = 0;
  std::uint64_t impossible_steps = 0;  // steps between states that mean that records are missing
  std::uint64_t events = 0;
  Time first = kNoTime, last = kNoTime;
  Answer nat_t = Answer::Unknown, dpd_enabled = Answer::Unknown;
  std::vector<Stretch<std::monostate>> flapping;  // intervals
  Timeline timeline;
  std::optional<TunnelFacts> configured;  // by what it was judged; empty: no configuration was given, or it knows no such tunnel
  bool standby = false;                // declared to wait while another tunnel of its connection is up. Not in the JSON
};

struct Interval {
  Time start = kNoTime;
  std::optional<Time> end;
};

struct ConnectionReport {
  std::string id;
  std::uint64_t tunnels = 0;
  std::string redundancy;  // both, one, none, unknown
  Availability availability;  // of at least one tunnel up
  std::vector<Interval> both_down;
  bool active_standby = false;  // so declared
  bool standby_waits = false;   // what is down at the end is a standby, and another tunnel is up. Not in the JSON
};

// A session, or an attempt that did not become one.
struct SessionLine {
  std::string id, user, device, address, resource, connector, gateway, protocol;  // empty: null
  Time start = kNoTime, end = kNoTime;       // kNoTime: not known
  std::optional<double> duration_s;
  std::optional<std::int64_t> to_client, from_client;  // bytes; empty: not reported
  std::string outcome;                       // open, ended, failed, denied, abandoned
  std::string reason;                        // raw log text of the record that ended or refused it; empty: null
  std::string at;                            // "path:line" of its last record
  bool looks_failed = false;                 // its own record does not say so; not in the JSON
  std::map<std::string, std::string> fields; // the records' documented fields by their own names; raw log text
};

// One user, device, resource or connector in a table.
struct SessionRow {
  std::string who;
  std::uint64_t connections = 0, failed = 0, short_ones = 0;
  double connected_s = 0;
  std::optional<std::int64_t> bytes;         // both directions
  Time last = kNoTime;
  std::uint64_t looks_failed = 0;            // of those that are not in `failed`
};

struct SessionReason {
  std::string text;                          // raw log text, as its system wrote it
  std::string rule;                          // empty: no document lists it
  std::uint64_t count = 0;
  std::string first;                         // "path:line"
};

// How many sessions were open at once, sampled as the most within each step.
struct Concurrency {
  Time start = kNoTime;
  double step_s = 0;
  std::vector<std::uint32_t> most;
  std::uint32_t peak = 0;
  Time peak_at = kNoTime;
};

// The sessions of one endpoint, gateway region, site or remote network.
struct SessionGroup {
  System system{};
  std::string group;                         // "unknown" when no record says
  std::string name;                          // how people call it; empty: null
  std::uint64_t connections = 0;             // sessions and failed attempts; steps of one login count once
  std::uint64_t failed = 0, denied = 0, open = 0;  // by what records say
  std::uint64_t looks_failed = 0;            // Pangolin states no failure: flows that ended as failed ones do; not in `failed`
  std::uint64_t users = 0;
  std::string primary_cause;                 // empty: null
  Time first = kNoTime, last = kNoTime;
  std::optional<double> median_duration_s;
  std::optional<std::int64_t> to_client, from_client;
  Concurrency concurrency;
  std::vector<SessionReason> reasons;        // of failures, refusals and ends; most frequent first
  std::vector<SessionRow> busiest, failing, churning;  // five each at most
  std::vector<std::string> caveats;
  std::vector<SessionLine> list;             // the thousand that matter most: refused ones first, then the latest
  std::uint64_t list_omitted = 0;
};

struct Report {
  std::string knowledge_version;
  std::size_t message_rules = 0, causes = 0;
  Time first = kNoTime, last = kNoTime, now = kNoTime;
  std::vector<InputSummary> inputs;   // sorted by path
  std::vector<std::string> paths;     // of inputs as Place numbers them
  Coverage coverage;
  std::vector<TunnelReport> tunnels;
  std::vector<ConnectionReport> connections;
  std::vector<SessionGroup> sessions;  // by system, then group
  std::vector<Finding> findings;

  std::string at(Place place) const { return paths[place.input] + ":" + std::to_string(place.line); }
};

}  // namespace tunnelscope::diag
