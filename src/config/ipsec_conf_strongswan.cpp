// Reads ipsec.conf in strongSwan's dialect (stroke), with the keys of ipsec.secrets. Connections that share an IKE SA are one endpoint.
#include <algorithm>

#include "src/config/doubt.hpp"
#include "src/config/ipsec_conf_ends.hpp"
#include "src/config/ipsec_conf_reader.hpp"
#include "src/config/ipsec_conf_syntax.hpp"
#include "src/config/rows.hpp"
#include "src/config/strongswan_proposals.hpp"
#include "src/config/strongswan_values.hpp"

namespace tunnelscope::config {
namespace {

using model::Addresses;
using model::Authentication;
using model::Child;
using model::DownAction;
using model::Endpoint;
using model::Identity;
using model::Lifetime;
using model::Modes;
using model::Proposals;
using model::Protocol;
using model::Selectors;
using model::StartAction;
using model::Versions;

// https://wiki.strongswan.org/projects/strongswan/wiki/ConnSection
constexpr const char* kTable = "strongSwan 5.9 ipsec.conf, 2022-10";
constexpr Seconds kIkeLifetime{10'800}, kLifetime{3600}, kMargin{540}, kDpdDelay{30}, kDpdTimeout{150};
constexpr double kFuzzPercent = 100;
constexpr std::uint64_t kReplayWindow = 32;
constexpr const char *kIkeProposal = "aes128-sha256-modp3072", *kEspProposal = "aes128-sha256";

constexpr const char* kYesOrNo = "write `yes` or `no`";
constexpr const char* kTime = "write a number of seconds, or one with `s`, `m`, `h` or `d`";

const std::vector<Synonym> kSynonyms = {{"keylife", "lifetime"}, {"rekeymargin", "margintime"}, {"leftsubnetwithin", "leftsubnet"},
                                        {"rightsubnetwithin", "rightsubnet"}};
const std::vector<std::string_view> kOfConnection = {
    "aaa_identity", "aggressive", "ah", "also", "authby", "auto", "closeaction", "compress", "dpdaction", "dpddelay", "dpdtimeout",
    "eap", "eap_identity", "esp", "forceencaps", "fragmentation", "ike", "ikedscp", "ikelifetime", "inactivity", "installpolicy",
    "keyexchange", "keyingtries", "lifebytes", "lifepackets", "lifetime", "marginbytes", "marginpackets", "margintime", "mark",
    "mark_in", "mark_out", "me_peerid", "mediated_by", "mediation", "mobike", "modeconfig", "pfs", "pfsgroup", "reauth", "rekey",
    "rekeyfuzz", "replay_window", "reqid", "sha256_96", "tfc", "type", "xauth", "xauth_identity", "keyingtries", "auth", "ikeport",
    "hidetos", "overridemtu", "keylife", "rekeymargin"};
const std::vector<std::string_view> kOfEnd = {"allowany", "auth", "auth2", "ca", "ca2", "cert", "cert2", "certpolicy", "dns", "firewall",
                                              "groups", "groups2", "hostaccess", "id", "id2", "ikeport", "protoport", "rsasigkey",
                                              "sigkey", "sendcert", "sourceip", "subnet", "updown", "nexthop"};

struct Connection {
  const Reading& reading;
  Sides sides;

  const Setting* local(std::string_view name) const { return reading.section.find(sides.local + std::string(name)); }
  const Setting* remote(std::string_view name) const { return reading.section.find(sides.remote + std::string(name)); }
};

Value<Seconds> time_of(const Reading& reading, std::string_view name, Seconds fallback) {
  return reading.value(name, whole_time, fallback, kTime);
}

Value<bool> flag_of(const Reading& reading, std::string_view name, bool fallback) {
  return reading.value(name, strongswan_bool, fallback, kYesOrNo);
}

// "%defaultroute" is whatever address there is.
Value<Addresses> addresses_of(const Reading& reading, const Setting* setting) {
  const Addresses any{true, {}, {}};
  if (!setting) return reading.absent(any);
  if (setting->contested) return Value<Addresses>::unknown("two sections give it different values", setting->value.where);
  if (setting->value.text == "%defaultroute") return Value<Addresses>::stated(any, setting->value.where);
  return strongswan_addresses(setting->value);
}

bool allows_any(const Reading& reading, const Setting* setting) {
  return setting && strongswan_bool(setting->value.text).value_or(false) && reading.section.incomplete.empty();
}

// What an end is called when nothing says it: its address, or the name that is written in its place.
Value<Identity> implied_identity(const Reading& reading, const Value<Addresses>& outer, bool local) {
  if (!outer.known()) return Value<Identity>::unknown(outer.note(), outer.where());
  if (!reading.section.incomplete.empty()) return Value<Identity>::unknown(reading.section.incomplete, reading.section.where);
  if (outer->any && !local) return Value<Identity>::by_default({}, reading.section.where, kTable);
  const bool one_name = !outer->any && outer->ranges.empty() && outer->names.size() == 1;
  if (one_name) return Value<Identity>::by_default({model::IdentityKind::Fqdn, outer->names.front()}, reading.section.where, kTable);
  return identity_of_address(outer, reading.section.where, kTable);
}

// "%name" is expected, but not asked for by that name.
std::optional<Identity> identity_text(std::string_view text) {
  if (text.size() > 1 && text.front() == '%' && text != "%any" && text != "%any6") text.remove_prefix(1);
  if (text == "%any6") text = "%any";
  return strongswan_identity(text);
}

Value<Identity> identity_of(const Reading& reading, const Setting* id, const Setting* certificate, const Value<Addresses>& outer,
    bool local) {
  if (id) return reading.stated<Identity>(*id, identity_text, "write an address, `@name`, `user@name` or a distinguished name");
  if (certificate) return Value<Identity>::unknown("it is the subject of a certificate", certificate->value.where);
  return implied_identity(reading, outer, local);
}

std::optional<Authentication> authby(std::string_view text) {
  if (lower(text) == "xauthpsk" || lower(text) == "xauthrsasig") return Authentication::Other;
  return strongswan_authentication(text);
}

Value<Authentication> authentication_of(const Reading& reading, const Setting* own, const Setting* second) {
  constexpr const char* kHint = "write `psk`, `pubkey` or `eap`";
  if (second) return Value<Authentication>::stated(Authentication::Other, second->value.where);
  if (own) return reading.stated<Authentication>(*own, strongswan_authentication, kHint);
  return reading.value("authby", authby, Authentication::Certificate, kHint);
}

// "aes256-sha256-modp2048!": without the exclamation mark the daemon adds its own default to the list.
Value<Proposals> proposals_of(const Reading& reading, std::string_view name, Protocol protocol, const char* implied) {
  const Setting* setting = reading.section.find(name);
  if (setting && setting->contested) return Value<Proposals>::unknown("two sections give it different values", setting->value.where);
  Word list = setting ? setting->value : Word{implied, reading.section.where};
  const bool strict = list.text.ends_with('!');
  if (strict) list.text.pop_back();
  Value<Proposals> proposals = strongswan_proposals(list, protocol, reading.problems);
  if (!proposals.known()) return proposals;
  if (!strict)
    for (model::Proposal& added : strongswan_default(protocol, list.where)) proposals.edit().push_back(std::move(added));
  return setting ? proposals : reading.absent(*proposals);
}

struct Timing {
  Value<Seconds> margin;
  Value<double> fuzz;
  Value<bool> rekey;
};

Timing timing_of(const Reading& reading) {
  return {time_of(reading, "margintime", kMargin), reading.value("rekeyfuzz", percentage, kFuzzPercent, "write a percentage, as in `100%`"),
          flag_of(reading, "rekey", true)};
}

// rekey=no: the SA has no lifetime at all.
Lifetime lifetime_of(const Reading& reading, std::string_view name, Seconds fallback, const Timing& timing) {
  const Value<Seconds> life = time_of(reading, name, fallback);
  Lifetime lifetime;
  lifetime.margin = timing.margin;
  lifetime.fuzz_percent = timing.fuzz;
  lifetime.rekeys = derived([](bool yes, Seconds time) { return yes && time.count() > 0; }, timing.rekey, life);
  lifetime.hard = timing.rekey.is(false) ? Value<Seconds>::stated(Seconds(0), timing.rekey.where()) : life;
  lifetime.earliest_rekey = derived([](Seconds time, Seconds margin, double fuzz) { return model::rekey_window(time, margin,
      fuzz).earliest; },
                                    life, timing.margin, timing.fuzz);
  lifetime.latest_rekey = derived([](Seconds time, Seconds margin) { return model::rekey_window(time, margin, 0).latest; }, life,
      timing.margin);
  return lifetime;
}

Value<Selectors> selectors_of(const Connection& connection, const Setting* subnet, const Setting* protoport, const Setting* virtual_address,
                              const Value<Addresses>& outer) {
  const Reading& reading = connection.reading;
  const auto all = [&]() -> Value<Selectors> {
    if (subnet && subnet->contested) return Value<Selectors>::unknown("two sections give it different values", subnet->value.where);
    if (subnet) return strongswan_selectors(subnet->value, outer, reading.problems);
    if (virtual_address) return Value<Selectors>::unknown("it follows a virtual address", virtual_address->value.where);
    if (!reading.section.incomplete.empty()) return Value<Selectors>::unknown(reading.section.incomplete, reading.section.where);
    return dynamic_selectors(outer, reading.section.where, kTable);
  };
  Value<Selectors> selectors = all();
  if (!protoport || !selectors.known()) return selectors;
  const std::string_view text = protoport->value.text;
  const std::size_t slash = std::min(text.find('/'), text.size());
  for (model::Selector& one : selectors.edit())
    if (!set_protocol(one, text.substr(0, slash)) || (slash < text.size() && !set_ports(one, text.substr(slash + 1)))) {
      report_unread(reading.problems, protoport->value.where, "this is no protocol and port", "write `tcp/443` or `17`");
      return Value<Selectors>::unknown("its value cannot be read", protoport->value.where);
    }
  return selectors;
}

std::optional<DownAction> down_action_of(std::string_view text) {
  return spelt<DownAction>(text, {{"none", DownAction::None}, {"clear", DownAction::Clear}, {"hold", DownAction::OnTraffic},
                                  {"trap", DownAction::OnTraffic}, {"restart", DownAction::Restart}});
}

std::optional<StartAction> start_action_of(std::string_view text) {
  return spelt<StartAction>(text, {{"ignore", StartAction::Wait}, {"add", StartAction::Wait}, {"route", StartAction::OnTraffic},
                                   {"start", StartAction::Start}});
}

Child read_child(const Connection& connection, const Endpoint& endpoint, const Timing& timing) {
  const Reading& reading = connection.reading;
  Child child;
  child.name = reading.section.name;
  child.where = reading.section.where;
  const Setting* ah = reading.section.find("ah");
  const auto protocol = ah ? model::SecurityProtocol::Ah : model::SecurityProtocol::Esp;
  child.protocol = ah ? Value<model::SecurityProtocol>::stated(protocol, ah->value.where) : reading.absent(protocol);
  const auto mode_of = [](std::string_view text) {
    return spelt<model::ChildMode>(text, {{"tunnel", model::ChildMode::Tunnel}, {"transport", model::ChildMode::Transport},
                                          {"transport_proxy", model::ChildMode::Transport}, {"beet", model::ChildMode::Beet}});
  };
  child.mode = reading.value("type", mode_of, model::ChildMode::Tunnel, "write `tunnel` or `transport`");
  child.proposals = proposals_of(reading, ah ? "ah" : "esp", Protocol::Esp, kEspProposal);
  if (flag_of(reading, "sha256_96", false).is(true)) truncate_sha256(child.proposals);
  child.local = selectors_of(connection, connection.local("subnet"), connection.local("protoport"), connection.local("sourceip"),
                             endpoint.local_addresses);
  child.remote = selectors_of(connection, connection.remote("subnet"), connection.remote("protoport"), connection.remote("sourceip"),
                              endpoint.remote_addresses);
  child.lifetime = lifetime_of(reading, "lifetime", kLifetime, timing);
  child.lifetime.bytes = reading.value("lifebytes", strongswan_bytes, std::uint64_t{0}, "write a number of bytes");
  child.replay_window = reading.value("replay_window", whole_number, kReplayWindow, "write a number of packets");
  child.start = reading.value("auto", start_action_of, StartAction::Wait, "write `ignore`, `add`, `route` or `start`");
  child.dpd = reading.value("dpdaction", down_action_of, DownAction::None, "write `none`, `clear`, `hold` or `restart`");
  child.close = reading.value("closeaction", down_action_of, DownAction::None, "write `none`, `clear`, `hold` or `restart`");
  return child;
}

void read_versions(Endpoint& endpoint, const Reading& reading) {
  const auto accepted = [](std::string_view text) {
    return spelt<Versions>(text, {{"ike", {true, true}}, {"ikev1", {true, false}}, {"ikev2", {false, true}}});
  };
  endpoint.accepts = reading.value("keyexchange", accepted, Versions{true, true}, "write `ike`, `ikev1` or `ikev2`");
  endpoint.initiates = derived([](Versions all) { return Versions{!all.ikev2, all.ikev2}; }, endpoint.accepts);
}

void read_ends(Endpoint& endpoint, const Connection& connection) {
  const Reading& reading = connection.reading;
  endpoint.local_addresses = addresses_of(reading, connection.local(""));
  endpoint.remote_addresses = addresses_of(reading, connection.remote(""));
  if (allows_any(reading, connection.remote("allowany")) && endpoint.remote_addresses.known()) endpoint.remote_addresses.edit().any = true;
  endpoint.local_authentication = authentication_of(reading, connection.local("auth"), connection.local("auth2"));
  endpoint.remote_authentication = authentication_of(reading, connection.remote("auth"), connection.remote("auth2"));
  endpoint.local_identity = identity_of(reading, connection.local("id"), connection.local("cert"), endpoint.local_addresses, true);
  endpoint.remote_identity = identity_of(reading, connection.remote("id"), connection.remote("cert"), endpoint.remote_addresses, false);
}

// charon answers no aggressive mode with a pre-shared key unless strongswan.conf says that it may.
void read_modes(Endpoint& endpoint, const Reading& reading) {
  const Value<bool> aggressive = flag_of(reading, "aggressive", false);
  endpoint.initiates_modes = derived([](bool yes) { return Modes{!yes, yes}; }, aggressive);
  endpoint.accepts_modes = derived([](bool yes, Authentication by) { return Modes{!yes, yes && by != Authentication::PreSharedKey}; },
                                   aggressive, endpoint.local_authentication);
}

void read_dpd(Endpoint& endpoint, const Reading& reading) {
  const auto action = reading.value("dpdaction", down_action_of, DownAction::None, "write `none`, `clear`, `hold` or `restart`");
  endpoint.dpd.delay = time_of(reading, "dpddelay", kDpdDelay);
  endpoint.dpd.enabled = derived([](DownAction then, Seconds delay) { return then != DownAction::None && delay.count() > 0; }, action,
                                 endpoint.dpd.delay);
  const bool ikev1 = endpoint.accepts.is(Versions{true, false});
  endpoint.dpd.timeout = ikev1 ? time_of(reading, "dpdtimeout", kDpdTimeout)
                               : Value<Seconds>::by_default(kCharonRetransmission, reading.section.where, kCharonTable);
}

std::optional<bool> fragmentation_of(std::string_view text) {
  if (const auto flag = strongswan_bool(text)) return flag;
  return spelt<bool>(text, {{"accept", false}, {"force", true}});
}

Endpoint read_connection(Section section, std::vector<Problem>& problems) {
  refuse_unknown(section, kOfConnection, kOfEnd, problems);
  const Reading reading{section, kTable, problems};
  const Connection connection{reading, sides_of(section)};
  const Timing timing = timing_of(reading);
  Endpoint endpoint;
  endpoint.name = section.name;
  endpoint.where = section.where;
  endpoint.vendor = model::Vendor::StrongSwan;
  endpoint.disabled = reading.value("auto", [](std::string_view text) { return std::optional(text == "ignore"); }, true, {});
  read_ends(endpoint, connection);
  read_versions(endpoint, reading);
  read_modes(endpoint, reading);
  endpoint.proposals = proposals_of(reading, "ike", Protocol::Ike, kIkeProposal);
  endpoint.lifetime = lifetime_of(reading, "ikelifetime", kIkeLifetime, timing);
  endpoint.reauthenticates = derived([](bool reauth, bool rekey) { return reauth && rekey; }, flag_of(reading, "reauth", true),
      timing.rekey);
  endpoint.make_before_break = Value<bool>::by_default(false, section.where, kCharonTable);
  read_dpd(endpoint, reading);
  endpoint.nat_traversal = derived([](bool forced) { return forced ? model::NatTraversal::Forced : model::NatTraversal::Auto; },
                                   flag_of(reading, "forceencaps", false));
  endpoint.mobike = flag_of(reading, "mobike", true);
  endpoint.fragmentation = reading.value("fragmentation", fragmentation_of, true, "write `yes`, `accept`, `force` or `no`");
  endpoint.single_child = Value<bool>::by_default(false, section.where, kTable);
  if (const Setting* mark = section.find("mark")) endpoint.route_based = Value<bool>::stated(true, mark->where);
  endpoint.children.push_back(read_child(connection, endpoint, timing));
  return endpoint;
}

// An address is asked for that AWS does not speak of; without traffic the tunnel goes down.
std::vector<model::Reservation> beyond_judgement(const Section& section) {
  std::vector<model::Reservation> all = other_ike_ports(section);
  if (const Setting* address = section.find(sides_of(section).local + "sourceip"))
    all.push_back({model::Stage::TrafficSelectors, because(*address, ": whether the peer gives it a virtual address is not known")});
  if (const Setting* idle = section.find("inactivity"); idle && strongswan_time(idle->value.text) != Seconds{0})
    all.push_back(closed_when_idle(idle->name, idle->value.where));
  return all;
}

// The same ends as Libreswan reads them, each beside that of its name. What Libreswan alone does not understand is no complaint.
void add_other_reading(model::Configuration& own, const Content& content, const Surroundings& around) {
  report_note(own.problems, {content.path(), 0, 0},
              "strongSwan or Libreswan: which of them reads it is not said. It is taken for strongSwan's, and a stage that would come out "
              "otherwise with Libreswan is not verified",
              "a setting that only one of them has tells it: `leftauth=psk` is strongSwan's, `ikev2=yes` Libreswan's");
  for (const model::Configuration& other : kLibreswanIpsecConf.read(content, around))
    for (const Endpoint& end : other.endpoints)
      for (Endpoint& one : own.endpoints)
        if (one.name == end.name && !one.otherwise) one.otherwise = std::make_shared<const Endpoint>(end);
}

std::vector<model::Configuration> read(const Content& content, const Surroundings& around) {
  auto all = read_connections(content, around, kStrongSwanIpsecConf, {kSynonyms, {"passthrough", "pass", "drop", "reject"}, read_connection,
                                                                      beyond_judgement, {strongswan_identity, true, false}});
  if (dialect_of(content.text()) == IpsecDialect::Either)
    for (model::Configuration& one : all) add_other_reading(one, content, around);
  return all;
}

bool recognises(const Content& content) {
  if (content.form() != Content::Form::Other) return false;
  const IpsecDialect dialect = dialect_of(content.text());
  return dialect == IpsecDialect::StrongSwan || dialect == IpsecDialect::Either;
}

}  // namespace

const Kind kStrongSwanIpsecConf = {"strongswan-ipsec-conf", "strongSwan ipsec.conf", model::Side::Gateway, false, recognises, read};

}  // namespace tunnelscope::config
