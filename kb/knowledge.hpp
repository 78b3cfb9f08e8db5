// The knowledge base as values: what a line means (MessageRule), why a tunnel is ill and what to do (Cause), what is wrong with a
// configuration by itself (ConfigRule).
// Everything here is text and numbers as the YAML says it; nothing is compiled or evaluated here.
// docs/knowledge-base.md describes the YAML; kb/loader.hpp reads it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::kb {

enum class Severity : std::uint8_t { Info, Warning, Critical };
enum class Confidence : std::uint8_t { Possible, Likely, Certain };
enum class Role : std::uint8_t { RootCause, Symptom, Context };
enum class Impact : std::uint8_t { Outage, Redundancy, None };

// What the record's own state fields said. Up in a condition means Established or Rekeying.
enum class PhaseGuard : std::uint8_t { Any, Up, NotUp };
// Whether a CHILD SA had been up on the same IKE SA before.
enum class ChildGuard : std::uint8_t { Any, NeverUp, WasUp };

// A line that a rule must match, with the captures it must give ("retry_count" -> "3"); empty map: not checked.
struct Example {
  std::string line;
  std::map<std::string, std::string> captures;
  bool operator==(const Example&) const = default;
};

struct Reference {
  std::string title;
  std::string url;   // may be empty
  std::string date;  // ISO date on which it was read
  bool operator==(const Reference&) const = default;
};

// What one log line means. The id is the path below kb/messages/ without ".yaml": "aws-s2s/ikev2/psk-mismatch".
struct MessageRule {
  std::string id;
  std::string dialect;   // "aws-s2s-ike", "aws-s2s-bgp", ...
  std::string pattern;   // language: rules/pattern.hpp
  std::string signal;    // what it gives to the diagnosis; "routine" for known lines without weight
  std::string ike_version;  // "ikev1", "ikev2" when the text occurs in that version alone, else empty
  std::string level;     // "fault", "normal" or "by-state"
  std::string fault_while;   // by-state: when it is a fault, in words ("phase 2 is down")
  std::string normal_while;  // by-state: when it is normal, in words
  // Phase states (lower case names) that contradict the message when the same record states them.
  std::vector<std::string> contradicts_phase1;
  std::vector<std::string> contradicts_phase2;
  std::string explanation;  // what it means and what usually causes it; one paragraph
  bool inferred = false;    // no document shows this text; pattern deduced
  std::vector<Example> examples;
  std::vector<std::string> near_misses;
  std::vector<Reference> references;
  std::string owner;        // a team's own (overlay)
  std::string runbook_url;  // a team's own (overlay)
  bool operator==(const MessageRule&) const = default;
};

// Where in a case a signal is looked for. A case is one outage (or interruption), or a subject's whole history.
enum class Window : std::uint8_t {
  Onset,   // around the first record that was not up, and around the first one in which IPsec itself was not up
  Case,    // from the onset's beginning to the end of the outage; for tunnel and connection scope: all of the log
};

struct Condition {
  std::string signal;
  int at_least = 1;
  Window window = Window::Case;
  double within_s = 0;  // Onset: at most so long before it; 0: threshold onset.before_s
  PhaseGuard phase1 = PhaseGuard::Any;
  PhaseGuard phase2 = PhaseGuard::Any;
  ChildGuard child = ChildGuard::Any;
  bool operator==(const Condition&) const = default;
};

// Which things a cause is judged on: every outage of a tunnel, the tunnel's whole history, the connection, or all
// session records about one thing. Configuration: on no log, but on two ends' configurations; it has no conditions.
enum class Scope : std::uint8_t { Outage, Tunnel, Connection, Sessions, Configuration };
// What that thing is, for scope sessions. Group: endpoint, gateway region, site, remote network. Carrier: the gateway or
// connector that carries the sessions, else the group.
enum class About : std::uint8_t { Group, Organisation, Carrier, Connector, Client, Resource, Address };
// Why it fell, why it stays down, or both.
enum class Explains : std::uint8_t { Fall, Stay, Both };

// What must be known of a tunnel's configuration: by fact ("dpd_action") the values that fit ("clear", "none").
using FactGuard = std::map<std::string, std::vector<std::string>>;

struct Step {
  std::string who;      // "gateway", "aws", "network", "any"
  std::string vendor;   // "strongswan", "cisco-ios-xe", "palo-alto", "fortinet", "juniper", "aws-cli" or empty
  std::string text;     // what to do
  std::string command;  // may be empty
  FactGuard unless = {};  // left out where the tunnel's configuration is known to say all of this already
  std::map<std::string, std::string> figures = {};  // figures in text and command that a known configuration replaces: "3000" -> "phase2_lead"
  bool operator==(const Step&) const = default;
};

// Said in addition where a tunnel's configuration is known and fits. Its placeholders are figures and facts.
struct ConfiguredStatement {
  FactGuard when;
  std::string text;  // a paragraph
  bool operator==(const ConfiguredStatement&) const = default;
};

struct RuledOut {
  std::string cause;
  std::string because;
  std::vector<std::string> unless;  // signals: seen anywhere on the subject, the statement is not made
  bool operator==(const RuledOut&) const = default;
};

// A gentler form of a cause, judged on the whole subject when the main form matched nothing.
struct Milder {
  std::vector<Condition> all;
  Severity severity = Severity::Info;
  Role role = Role::Context;
  std::string title, summary;  // replace the cause's own
  bool operator==(const Milder&) const = default;
};

struct Cause {
  std::string id;
  std::string title;  // a headline, lower case
  Severity severity = Severity::Warning;            // while it lasts
  Severity recovered_severity = Severity::Warning;  // once the tunnel is back
  Confidence confidence = Confidence::Likely;
  Role role = Role::RootCause;
  Impact impact = Impact::Outage;
  std::string fault_class;  // facts/peers.md section 3
  std::string owner;        // who has to act first: "gateway", "aws", "network", "any"
  Scope scope = Scope::Outage;
  Explains explains_part = Explains::Both;
  bool on_connection = false;  // the finding's subject is the connection, not the tunnel
  About about = About::Group;  // scope sessions: what the finding's subject is
  bool fallback = false;       // considered only when no other cause matched the case
  bool interruptions = false;  // also judged on interruptions shorter than the grace time
  std::vector<Condition> all;    // every one must hold
  std::vector<Condition> any;    // when not empty: at least one must hold
  std::vector<Condition> none;   // none may hold
  std::vector<Condition> certain_when;   // when not empty and all hold: confidence is certain
  std::optional<Milder> milder;
  std::vector<std::string> outranks;     // causes that it replaces for the same case; acyclic; "bgp-*", "*" are globs
  std::vector<std::string> explains;     // causes that it turns into symptoms for the same case; acyclic; globs too
  std::vector<std::string> details;      // keys of the case's details that its findings carry (null when unknown)
  std::vector<RuledOut> rules_out;
  std::vector<std::string> shows_as;     // causes that logs show in its stead, when it is found in configurations
  std::vector<ConfiguredStatement> configured;
  std::string summary;      // one sentence with placeholders; see docs/knowledge-base.md
  std::string what;         // what happened
  std::string why;          // the usual reasons
  std::vector<Step> checks;
  std::vector<Step> fix;    // in order
  std::string verify;       // the message or state that proves it worked
  std::vector<Reference> references;
  bool inferred = false;    // the condition or a threshold is a guess
  std::string runbook_url;  // a team's own (overlay)
  bool operator==(const Cause&) const = default;
};

// What a configuration rule is judged on: one end of a tunnel, both ends of it, all ends of one configuration, or what a change changes.
enum class ConfigScope : std::uint8_t { Endpoint, Pair, Configuration, Change };
// Whose values it looks at: what a configuration states, what it leaves to the vendor's default, or either.
enum class ConfigOrigin : std::uint8_t { Stated, Default, Any };

// Something about one attribute's value. What is set must all hold.
struct ConfigCondition {
  std::string attribute;               // "child-lifetime"; signals.hpp, config_attributes()
  std::vector<std::string> is;         // its text is one of these
  std::vector<std::string> has;        // it has one of these words: a proposal the algorithm, a list the item
  std::vector<std::string> has_other;  // it has a word that is none of these
  std::optional<double> below, above;  // of a number; both: outside of the two
  bool operator==(const ConfigCondition&) const = default;
};

// A configuration as text: by end ("cloud", "gateway", "cloud-2", "before") the attributes and their values.
struct ConfigExample {
  std::map<std::string, std::map<std::string, std::string>> ends;
  bool operator==(const ConfigExample&) const = default;
};

// What is wrong with a configuration although the two ends may agree. The id is "config/" and the path below kb/config/ without ".yaml".
struct ConfigRule {
  std::string id;
  std::string title;  // a headline, lower case
  Severity severity = Severity::Warning;
  Confidence confidence = Confidence::Certain;
  Impact impact = Impact::None;
  std::string owner;
  ConfigScope scope = ConfigScope::Endpoint;
  std::string side;    // scope endpoint: "cloud", "gateway"; empty: either
  std::string vendor;  // scope endpoint: "aws", "strongswan", ...; empty: any
  ConfigOrigin origin = ConfigOrigin::Stated;
  std::string signal;                // of a detector; empty: the conditions decide
  std::vector<ConfigCondition> all;  // every one must hold
  std::vector<ConfigCondition> any;  // when not empty: at least one must hold
  std::vector<std::string> shows_as;  // causes that it may lead to in the logs
  std::string summary;               // one sentence with placeholders; see docs/knowledge-base.md
  std::string explanation;
  std::vector<Step> fix;             // in order
  std::vector<Reference> references;
  std::vector<ConfigExample> examples, near_misses;
  bool inferred = false;    // the condition or a limit is a guess
  std::string runbook_url;  // a team's own (overlay)
  bool operator==(const ConfigRule&) const = default;
};

// Limits and clocks that the detectors use; data, so that a user can change them. kb/thresholds.yaml.
// Keys are "group.name"; docs/knowledge-base.md lists them with unit and source.
using Thresholds = std::map<std::string, double>;

struct Knowledge {
  std::string version;                 // ISO date
  std::vector<MessageRule> messages;   // sorted by id
  std::vector<Cause> causes;           // sorted by id
  std::vector<ConfigRule> config;      // sorted by id
  Thresholds thresholds;

  const MessageRule* message(std::string_view id) const;  // nullptr: none
  const Cause* cause(std::string_view id) const;
  const ConfigRule* config_rule(std::string_view id) const;
  bool operator==(const Knowledge&) const = default;
};

std::string_view name_of(Severity);
std::string_view name_of(Confidence);
std::string_view name_of(Role);
std::string_view name_of(Impact);
std::string_view name_of(Scope);
std::string_view name_of(About);
std::string_view name_of(Explains);
std::string_view name_of(Window);
std::string_view name_of(PhaseGuard);
std::string_view name_of(ChildGuard);
std::string_view name_of(ConfigScope);
std::string_view name_of(ConfigOrigin);

}  // namespace tunnelscope::kb
