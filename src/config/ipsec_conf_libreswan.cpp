// Reads ipsec.conf in Libreswan's dialect, with the keys of ipsec.secrets. Connections that share an IKE SA are one endpoint.
#include <algorithm>

#include "src/config/ipsec_conf_ends.hpp"
#include "src/config/ipsec_conf_reader.hpp"
#include "src/config/ipsec_conf_syntax.hpp"
#include "src/config/libreswan_proposals.hpp"
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

// https://libreswan.org/man/ipsec.conf.5.html
constexpr const char* kTable = "Libreswan 4.10 ipsec.conf, 2023-02";
constexpr Seconds kIkeLifetime{28'800}, kLifetime{28'800}, kMargin{540}, kNoDpd{0}, kDpdTimeout{120}, kRetransmission{60};
constexpr double kFuzzPercent = 100;

constexpr const char* kYesOrNo = "write `yes` or `no`";
constexpr const char* kTime = "write a number of seconds, or one with `s`, `m`, `h` or `d`";

const std::vector<Synonym> kSynonyms = {{"salifetime", "lifetime"}, {"ipsec-lifetime", "lifetime"}, {"keylife", "lifetime"},
                                        {"margintime", "rekeymargin"}, {"phase2alg", "esp"}, {"aggrmode", "aggressive"},
                                        {"forceencaps", "encapsulation"}, {"ike-lifetime", "ikelifetime"}};
const std::vector<std::string_view> kOfConnection = {
    "accept-redirect", "accept-redirect-to", "aggressive", "ah", "also", "auth", "authby", "auto", "cisco-unity", "clientaddrfamily",
    "cisco-split", "compress", "connaddrfamily", "debug", "decap-dscp", "dns-match-id", "dpdaction", "dpddelay", "dpdtimeout",
    "enable-tcp", "encap-dscp", "encapsulation", "esn", "esp", "failureshunt", "fake-strongswan", "fragmentation", "hostaddrfamily",
    "ignore-peer-dns", "ike", "ikelifetime", "ikepad", "ikev2", "initial-contact", "intermediate", "ipsec-interface",
    "ipsec-max-bytes", "ipsec-max-packets", "keyexchange", "keyingtries", "lifetime", "mark", "mark-in", "mark-out", "metric", "mobike",
    "modecfgbanner", "modecfgdns", "modecfgdomains", "modecfgpull", "mtu", "narrowing", "nat-ikev1-method", "nat-keepalive",
    "negotiationshunt", "nflog", "nflog-group", "nic-offload", "nm-configured", "nopmtudisc", "overlapip", "pfs", "phase2", "policy-label",
    "ppk", "ppk-ids", "priority", "reauth", "redirect-to", "rekey", "rekeyfuzz", "rekeymargin", "remote-peer-type", "replay-window",
    "reqid", "retransmit-interval", "retransmit-timeout", "sareftrack", "sec-label", "send-esp-tfc-padding-not-supported",
    "send-no-esp-tfc", "send-redirect", "send-vendorid", "sendca", "sha2-truncbug", "share-lease", "ms-dh-downgrade", "tcp-remoteport",
    "tfc", "type", "vti-interface", "vti-routing", "vti-shared", "xauthby", "xauthfail", "priority", "ikev1-natt", "initial_contact",
    "send_vendorid", "dpd", "salifetime", "phase2alg", "aggrmode", "forceencaps"};
const std::vector<std::string_view> kOfEnd = {"addresspool", "auth", "autheap", "ca", "cat", "cert", "ckaid", "id", "ikeport",
    "interface-ip",
                                              "modecfgclient", "modecfgserver", "nexthop", "protoport", "rsasigkey", "sendcert", "sourceip",
                                              "subnet", "subnets", "updown", "username", "vti", "xauthclient", "xauthserver",
                                                  "xauthusername",
                                              "ecdsakey", "pubkey", "host"};

struct Connection {
  const Reading& reading;
  Sides sides;

  const Setting* local(std::string_view name) const { return reading.section.find(sides.local + std::string(name)); }
  const Setting* remote(std::string_view name) const { return reading.section.find(sides.remote + std::string(name)); }
};

constexpr const char* kContested = "two sections give it different values";

Value<Seconds> time_of(const Reading& reading, std::string_view name, Seconds fallback) {
  return reading.value(name, strongswan_time, fallback, kTime);
}

Value<bool> flag_of(const Reading& reading, std::string_view name, bool fallback) {
  return reading.value(name, strongswan_bool, fallback, kYesOrNo);
}

Value<Addresses> addresses_of(const Reading& reading, const Setting* setting) {
  if (!setting) return Value<Addresses>::unknown("not stated", reading.section.where);
  if (setting->contested) return Value<Addresses>::unknown(kContested, setting->value.where);
  if (setting->value.text.starts_with('%')) return Value<Addresses>::stated({true, {}, {}}, setting->value.where);
  return strongswan_addresses(setting->value);
}

// A name without "@" is looked up in the DNS and stands for an address; what begins with "%" for something that is not in the file.
std::optional<Identity> libreswan_identity(std::string_view text) {
  if (text == "%any" || text == "%any4" || text == "%any6" || text == "0.0.0.0" || text == "::") return Identity{};
  if (text.starts_with('%')) return std::nullopt;
  if (text.starts_with("@[") && text.ends_with(']')) return strongswan_identity("keyid:" + std::string(text.substr(2, text.size() - 3)));
  const bool bare_name = text.find_first_of("@=") == std::string_view::npos && !model::parse_address(text);
  return bare_name ? std::nullopt : strongswan_identity(text);
}

Value<Identity> identity_of(const Reading& reading, const Setting* id, const Setting* certificate, const Value<Addresses>& outer,
    bool local) {
  if (id && id->contested) return Value<Identity>::unknown(kContested, id->value.where);
  if (id && id->value.text.starts_with('%') && !id->value.text.starts_with("%any"))
    return Value<Identity>::unknown("it is taken from elsewhere", id->value.where);
  if (id) {
    if (const auto identity = libreswan_identity(id->value.text)) return Value<Identity>::stated(*identity, id->value.where);
    report_note(reading.problems, id->value.where, "an identity without `@` is looked up in the DNS: which address it stands for is not known",
                "write `@` before a name that is meant as it stands");
    return Value<Identity>::unknown("it is looked up in the DNS", id->value.where);
  }
  if (certificate) return Value<Identity>::unknown("it is the subject of a certificate", certificate->value.where);
  if (!reading.section.incomplete.empty()) return Value<Identity>::unknown(reading.section.incomplete, reading.section.where);
  if (outer.known() && outer->any && !local) return Value<Identity>::by_default({}, reading.section.where, kTable);
  return identity_of_address(outer, reading.section.where, kTable);
}

std::optional<Authentication> authentication_text(std::string_view text) {
  const std::string word = lower(text);
  if (word == "secret" || word == "psk") return Authentication::PreSharedKey;
  if (word == "null" || word == "never" || word == "eaponly" || word.find("secret") != std::string::npos) return Authentication::Other;
  for (const std::string_view kind : {"rsa", "ecdsa", "eddsa"})
    if (word.starts_with(kind)) return Authentication::Certificate;
  return std::nullopt;
}

Value<Authentication> authentication_of(const Reading& reading, const Setting* own) {
  constexpr const char* kHint = "write `secret`, `rsasig` or `ecdsa`";
  if (own) return reading.stated<Authentication>(*own, authentication_text, kHint);
  return reading.value("authby", authentication_text, Authentication::Certificate, kHint);
}

void read_ends(Endpoint& endpoint, const Connection& connection) {
  const Reading& reading = connection.reading;
  endpoint.local_addresses = addresses_of(reading, connection.local(""));
  endpoint.remote_addresses = addresses_of(reading, connection.remote(""));
  endpoint.local_authentication = authentication_of(reading, connection.local("auth"));
  endpoint.remote_authentication = authentication_of(reading, connection.remote("auth"));
  endpoint.local_identity = identity_of(reading, connection.local("id"), connection.local("cert"), endpoint.local_addresses, true);
  endpoint.remote_identity = identity_of(reading, connection.remote("id"), connection.remote("cert"), endpoint.remote_addresses, false);
}

// `ikev2=` up to release 4, `keyexchange=` from 5 on.
void read_versions(Endpoint& endpoint, const Reading& reading) {
  const auto by_ikev2 = [](std::string_view text) {
    return spelt<Versions>(text, {{"yes", {false, true}}, {"insist", {false, true}}, {"propose", {false, true}}, {"no", {true, false}},
                                  {"never", {true, false}}, {"permit", {true, true}}});
  };
  const auto by_exchange = [](std::string_view text) {
    return spelt<Versions>(text, {{"ike", {false, true}}, {"ikev2", {false, true}}, {"ikev1", {true, false}}});
  };
  const Setting *ikev2 = reading.section.find("ikev2"), *exchange = reading.section.find("keyexchange");
  if (ikev2 || !exchange) endpoint.accepts = reading.value("ikev2", by_ikev2, Versions{false, true}, "write `yes` or `no`");
  else endpoint.accepts = reading.stated<Versions>(*exchange, by_exchange, "write `ikev1` or `ikev2`");
  endpoint.initiates = derived([](Versions all) { return all.ikev1 ? Versions{true, false} : all; }, endpoint.accepts);
}

void read_modes(Endpoint& endpoint, const Reading& reading) {
  endpoint.accepts_modes = endpoint.initiates_modes =
      derived([](bool yes) { return Modes{!yes, yes}; }, flag_of(reading, "aggressive", false));
}

Value<Proposals> proposals_of(const Reading& reading, std::string_view name, Protocol protocol) {
  const Setting* setting = reading.section.find(name);
  if (!setting) return reading.absent(libreswan_default(protocol, reading.section.where));
  if (setting->contested) return Value<Proposals>::unknown(kContested, setting->value.where);
  return Value<Proposals>::stated(libreswan_proposals(setting->value, protocol, reading.problems), setting->value.where);
}

// "esn=yes" asks for extended sequence numbers, "either" offers both.
Value<Proposals> with_sequence_numbers(Value<Proposals> proposals, const Reading& reading) {
  using Ids = std::vector<std::string_view>;
  const Setting* setting = reading.section.find("esn");
  if (!setting || !proposals.known()) return proposals;
  const auto ids_of = [](std::string_view text) {
    return spelt<Ids>(text, {{"yes", {"esn"}}, {"no", {"noesn"}}, {"either", {"esn", "noesn"}}});
  };
  const auto ids = reading.stated<Ids>(*setting, ids_of, "write `yes`, `no` or `either`");
  if (!ids.known()) return Value<Proposals>::unknown(ids.note(), ids.where());
  for (model::Proposal& one : proposals.edit())
    for (const std::string_view id : *ids) one.add(model::algorithm(id), ids.where());
  return proposals;
}

void spread_for_ikev1(Value<Proposals>& proposals, const Endpoint& endpoint) {
  if (proposals.known() && endpoint.accepts.is(Versions{true, false})) proposals.edit() = every_combination(*proposals);
}

// The one group of all proposals for the IKE SA; nullptr: there are several.
model::AlgorithmRef only_group(const Value<Proposals>& proposals) {
  model::AlgorithmRef only = nullptr;
  if (!proposals.known()) return nullptr;
  for (const model::Proposal& one : *proposals)
    for (const model::AlgorithmRef group : one.groups.algorithms) {
      if (only && only != group) return nullptr;
      only = group;
    }
  return only;
}

// pfs=no takes all groups away; pfs=yes without a group means the one that the IKE SA has.
Value<Proposals> with_pfs(Value<Proposals> proposals, const Value<bool>& pfs, const Value<Proposals>& ike) {
  if (!proposals.known()) return proposals;
  if (!pfs.known()) return Value<Proposals>::unknown(pfs.note(), pfs.where());
  const model::AlgorithmRef group = only_group(ike);
  for (model::Proposal& one : proposals.edit()) {
    if (!*pfs) one.groups = {{}, pfs.where()};
    else if (one.groups.empty() && group) one.groups = {{group}, pfs.where()};
    else if (one.groups.empty()) return Value<Proposals>::unknown("PFS takes the group of the IKE SA, which may be one of several",
        one.where);
  }
  return proposals;
}

struct Timing {
  Value<Seconds> margin;
  Value<double> fuzz;
  Value<bool> rekey;
};

// A margin that does not fit into the lifetime is no margin: the SA is replaced when it is at its end.
Lifetime lifetime_of(const Reading& reading, std::string_view name, Seconds fallback, const Timing& timing) {
  const Value<Seconds> life = time_of(reading, name, fallback);
  const auto before = [](Seconds end, Seconds margin, double fuzz) {
    const auto most = Seconds(static_cast<Seconds::rep>(static_cast<double>(margin.count()) * (1 + fuzz / 100)));
    return most < end ? end - most : margin < end ? Seconds(0) : end;
  };
  Lifetime lifetime;
  lifetime.margin = timing.margin;
  lifetime.fuzz_percent = timing.fuzz;
  lifetime.rekeys = timing.rekey;
  lifetime.hard = life;
  lifetime.earliest_rekey = derived(before, life, timing.margin, timing.fuzz);
  lifetime.latest_rekey = derived([&](Seconds end, Seconds margin) { return before(end, margin, 0); }, life, timing.margin);
  return lifetime;
}

// "subnet=10.0.0.0/16", or "subnets={10.0.0.0/16 10.1.0.0/16}", where each is a child of its own.
std::vector<Word> networks_of(const Setting* subnet, const Setting* subnets) {
  if (!subnets) return subnet ? std::vector{subnet->value} : std::vector<Word>{};
  Word list = subnets->value;
  std::replace_if(list.text.begin(), list.text.end(), [](char c) { return c == '{' || c == '}' || c == ','; }, ' ');
  return split(list, ' ');
}

Value<Selectors> selectors_of(const Reading& reading, const Word* network, const Setting* protoport, const Value<Addresses>& outer) {
  Value<Selectors> selectors = network ? strongswan_selectors(*network, outer, reading.problems)
                                       : dynamic_selectors(outer, reading.section.where, kTable);
  if (!network && !reading.section.incomplete.empty()) return Value<Selectors>::unknown(reading.section.incomplete, reading.section.where);
  if (!protoport || !selectors.known()) return selectors;
  const std::string_view text = protoport->value.text;
  const std::size_t slash = std::min(text.find('/'), text.size());
  for (model::Selector& one : selectors.edit())
    if (!set_protocol(one, text.substr(0, slash)) || (slash < text.size() && !set_ports(one, text.substr(slash + 1))))
      return Value<Selectors>::unknown("its protocol and port cannot be read", protoport->value.where);
  return selectors;
}

std::optional<StartAction> start_action_of(std::string_view text) {
  return spelt<StartAction>(text, {{"ignore", StartAction::Wait}, {"add", StartAction::Wait}, {"keep", StartAction::Wait},
                                   {"ondemand", StartAction::OnTraffic}, {"route", StartAction::OnTraffic}, {"start", StartAction::Start},
                                   {"up", StartAction::Start}});
}

std::optional<DownAction> dpd_action_of(std::string_view text) {
  return spelt<DownAction>(text, {{"hold", DownAction::OnTraffic}, {"trap", DownAction::OnTraffic}, {"clear", DownAction::Clear},
                                  {"restart", DownAction::Restart}, {"restart_by_peer", DownAction::Restart},
                                  {"none", DownAction::None}});
}

Child read_child(const Reading& reading, const Endpoint& endpoint, const Timing& timing) {
  Child child;
  child.name = reading.section.name;
  child.where = reading.section.where;
  const auto protocol_of = [](std::string_view text) {
    return spelt<model::SecurityProtocol>(text, {{"esp", model::SecurityProtocol::Esp}, {"ah", model::SecurityProtocol::Ah}});
  };
  const auto mode_of = [](std::string_view text) {
    return spelt<model::ChildMode>(text, {{"tunnel", model::ChildMode::Tunnel}, {"transport", model::ChildMode::Transport}});
  };
  child.protocol = reading.value("phase2", protocol_of, model::SecurityProtocol::Esp, "write `esp` or `ah`");
  child.mode = reading.value("type", mode_of, model::ChildMode::Tunnel, "write `tunnel` or `transport`");
  const bool ah = reading.section.find("ah") && !reading.section.find("esp");
  child.proposals = with_pfs(proposals_of(reading, ah ? "ah" : "esp", Protocol::Esp), flag_of(reading, "pfs", true), endpoint.proposals);
  if (!endpoint.accepts.is(Versions{true, false})) child.proposals = with_sequence_numbers(child.proposals, reading);
  spread_for_ikev1(child.proposals, endpoint);
  if (flag_of(reading, "sha2-truncbug", false).is(true)) truncate_sha256(child.proposals);
  child.narrows = flag_of(reading, "narrowing", false);
  child.lifetime = lifetime_of(reading, "lifetime", kLifetime, timing);
  if (const Setting* window = reading.section.find("replay-window"))
    child.replay_window = reading.stated<std::uint64_t>(*window, whole_number, "write a number of packets");
  child.start = reading.value("auto", start_action_of, StartAction::Wait, "write `add`, `ondemand` or `start`");
  child.dpd = reading.value("dpdaction", dpd_action_of, DownAction::OnTraffic, "write `hold`, `clear` or `restart`");
  child.close = Value<DownAction>::by_default(DownAction::None, reading.section.where, kTable);
  return child;
}

void read_children(Endpoint& endpoint, const Connection& connection, const Timing& timing) {
  const Child common = read_child(connection.reading, endpoint, timing);
  const auto own = networks_of(connection.local("subnet"), connection.local("subnets"));
  const auto peers = networks_of(connection.remote("subnet"), connection.remote("subnets"));
  constexpr std::size_t kMostChildren = 1000;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, own.size()); ++i)
    for (std::size_t j = 0; j < std::max<std::size_t>(1, peers.size()) && endpoint.children.size() < kMostChildren; ++j) {
      Child child = common;
      if (own.size() > 1 || peers.size() > 1) child.name += "/" + std::to_string(i + 1) + "x" + std::to_string(j + 1);
      child.local = selectors_of(connection.reading, own.empty() ? nullptr : &own[i], connection.local("protoport"),
          endpoint.local_addresses);
      child.remote = selectors_of(connection.reading, peers.empty() ? nullptr : &peers[j], connection.remote("protoport"),
          endpoint.remote_addresses);
      endpoint.children.push_back(std::move(child));
    }
}

// IKEv1 wants both the interval and the timeout; IKEv2 gives up when it has repeated a request for the retransmission timeout.
void read_dpd(Endpoint& endpoint, const Reading& reading) {
  endpoint.dpd.delay = time_of(reading, "dpddelay", kNoDpd);
  endpoint.dpd.enabled = derived([](Seconds delay) { return delay.count() > 0; }, endpoint.dpd.delay);
  const bool ikev1 = endpoint.accepts.is(Versions{true, false});
  for (const char* name : {"dpdtimeout", "retransmit-timeout"}) time_of(reading, name, kDpdTimeout);  // of either version, if it cannot be read
  endpoint.dpd.timeout = ikev1 ? time_of(reading, "dpdtimeout", kDpdTimeout) : time_of(reading, "retransmit-timeout", kRetransmission);
}

std::optional<model::NatTraversal> encapsulation_of(std::string_view text) {
  return spelt<model::NatTraversal>(text, {{"auto", model::NatTraversal::Auto}, {"yes", model::NatTraversal::Forced},
                                           {"no", model::NatTraversal::Off}});
}

std::optional<bool> fragmentation_of(std::string_view text) {
  if (const auto flag = strongswan_bool(text)) return flag;
  return spelt<bool>(text, {{"force", true}});
}

Endpoint read_connection(Section section, std::vector<Problem>& problems) {
  refuse_unknown(section, kOfConnection, kOfEnd, problems);
  const Reading reading{section, kTable, problems};
  const Connection connection{reading, sides_of(section)};
  const Timing timing{time_of(reading, "rekeymargin", kMargin),
                      reading.value("rekeyfuzz", percentage, kFuzzPercent, "write a percentage, as in `100%`"), flag_of(reading, "rekey",
                          true)};
  Endpoint endpoint;
  endpoint.name = section.name;
  endpoint.where = section.where;
  endpoint.vendor = model::Vendor::Libreswan;
  endpoint.disabled = reading.value("auto", [](std::string_view text) { return std::optional(text == "ignore"); }, true, {});
  read_ends(endpoint, connection);
  read_versions(endpoint, reading);
  read_modes(endpoint, reading);
  endpoint.proposals = proposals_of(reading, "ike", Protocol::Ike);
  endpoint.lifetime = lifetime_of(reading, "ikelifetime", kIkeLifetime, timing);
  endpoint.reauthenticates = flag_of(reading, "reauth", false);
  endpoint.make_before_break = Value<bool>::by_default(true, section.where, kTable);
  read_dpd(endpoint, reading);
  endpoint.nat_traversal = reading.value("encapsulation", encapsulation_of, model::NatTraversal::Auto, "write `auto`, `yes` or `no`");
  endpoint.mobike = flag_of(reading, "mobike", false);
  endpoint.fragmentation = reading.value("fragmentation", fragmentation_of, true, "write `yes`, `force` or `no`");
  endpoint.single_child = Value<bool>::by_default(false, section.where, kTable);
  for (const char* name : {"ipsec-interface", "vti-interface", "mark"})
    if (const Setting* setting = section.find(name); setting && setting->value.text != "no")
      endpoint.route_based = Value<bool>::stated(true, setting->where);
  for (const char* name : {"vti", "interface-ip"})
    for (const Setting* setting : {connection.local(name), connection.remote(name)})
      if (setting) reading.stated<model::AddressRange>(*setting, [](std::string_view text) { return model::parse_range(text); },
                                                       "write it as in `169.254.12.2/30`");
  read_children(endpoint, connection, timing);
  spread_for_ikev1(endpoint.proposals, endpoint);
  return endpoint;
}

// "ikev1-policy=drop" or "reject" leaves of the versions IKEv2 alone. Its default is another in each release.
void heed_setup(const Section& setup, Endpoint& endpoint) {
  const Setting* policy = setup.find("ikev1-policy");
  if (!policy || (lower(policy->value.text) != "drop" && lower(policy->value.text) != "reject")) return;
  for (Value<Versions>* versions : {&endpoint.accepts, &endpoint.initiates})
    if (versions->known() && (*versions)->ikev1) *versions = Value<Versions>::stated({false, (*versions)->ikev2}, policy->value.where);
}

std::vector<model::Reservation> beyond_judgement(const Section& section) {
  using model::Stage;
  std::vector<model::Reservation> all = other_ike_ports(section);
  const auto add = [&](Stage stage, const Setting& setting, const char* why) { all.push_back({stage, because(setting, why)}); };
  const auto is = [](const Setting* setting, std::string_view word) { return setting && lower(setting->value.text) == word; };
  for (const char* name : {"leftmodecfgclient", "rightmodecfgclient", "leftmodecfgserver", "rightmodecfgserver", "leftxauthclient",
                           "rightxauthclient", "leftxauthserver", "rightxauthserver"})
    if (const Setting* mode = section.find(name); mode && strongswan_bool(mode->value.text) != false)
      add(Stage::Authentication, *mode, ": an exchange that AWS does not have");
  const Setting *ppk = section.find("ppk"), *tcp = section.find("enable-tcp"), *esn = section.find("esn");
  if (is(ppk, "insist")) add(Stage::Authentication, *ppk, ": whether the peer has the PPK is not known");
  if (tcp && strongswan_bool(tcp->value.text) != false && !is(tcp, "fallback")) add(Stage::PeerAddress, *tcp, ": AWS has IKE over UDP only");
  const Setting *ikev2 = section.find("ikev2"), *exchange = section.find("keyexchange");
  const bool ikev1 = is(ikev2, "no") || is(ikev2, "never") || is(exchange, "ikev1");
  if (esn && ikev1 && strongswan_bool(esn->value.text) != false) add(Stage::ChildProposal, *esn, ": what it means for IKEv1 is not known");
  return all;
}

std::vector<model::Configuration> read(const Content& content, const Surroundings& around) {
  return read_connections(content, around, kLibreswanIpsecConf, {kSynonyms, {"passthrough", "drop", "reject"}, read_connection,
                                                                 beyond_judgement, {libreswan_identity, false, true}, heed_setup});
}

bool recognises(const Content& content) {
  return content.form() == Content::Form::Other && dialect_of(content.text()) == IpsecDialect::Libreswan;
}

}  // namespace

const Kind kLibreswanIpsecConf = {"libreswan-ipsec-conf", "Libreswan ipsec.conf", model::Side::Gateway, false, recognises, read};

}  // namespace tunnelscope::config
