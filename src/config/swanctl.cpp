// Reads strongSwan's swanctl.conf: each connection is an endpoint with its children, and the keys of `secrets` are everyone's. Settings
// of the daemon (charon, swanctl, pools, authorities) are passed over.
#include <algorithm>

#include "src/config/doubt.hpp"
#include "src/config/key_text.hpp"
#include "src/config/rows.hpp"
#include "src/config/strongswan_proposals.hpp"
#include "src/config/strongswan_values.hpp"
#include "src/config/swanctl_syntax.hpp"

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
using model::Selectors;
using model::StartAction;
using model::Versions;

// https://docs.strongswan.org/docs/5.9/swanctl/swanctlConf.html
constexpr const char* kTable = "strongSwan 5.9 swanctl.conf, 2022-10";
constexpr Seconds kIkeRekey{14'400}, kChildRekey{3600};
constexpr int kOverPercent = 10;  // of the rekey time: how much later an SA is closed
constexpr std::uint64_t kReplayWindow = 32;

constexpr const char* kYesOrNo = "write `yes` or `no`";
constexpr const char* kTime = "write a number of seconds, or one with `s`, `m`, `h` or `d`";

const std::vector<std::string_view> kOfConnection = {
    "version", "local_addrs", "remote_addrs", "local_port", "remote_port", "proposals", "vips", "aggressive", "pull", "dscp", "encap",
    "mobike", "dpd_delay", "dpd_timeout", "fragmentation", "childless", "send_certreq", "send_cert", "ppk_id", "ppk_required",
    "keyingtries", "unique", "reauth_time", "rekey_time", "over_time", "rand_time", "pools", "if_id_in", "if_id_out", "mediation",
    "mediated_by", "mediation_peer", "ocsp"};
const std::vector<std::string_view> kOfRound = {"round", "certs", "pubkeys", "auth", "id", "eap_id", "aaa_id", "xauth_id", "groups",
                                                "cert_policy", "cacerts", "ca_id", "revocation"};
const std::vector<std::string_view> kOfChild = {
    "ah_proposals", "esp_proposals", "sha256_96", "local_ts", "remote_ts", "rekey_time", "life_time", "rand_time", "rekey_bytes",
    "life_bytes", "rand_bytes", "rekey_packets", "life_packets", "rand_packets", "updown", "hostaccess", "mode", "policies",
    "policies_fwd_out", "dpd_action", "ipcomp", "inactivity", "reqid", "priority", "interface", "mark_in", "mark_in_sa", "mark_out",
    "set_mark_in", "set_mark_out", "if_id_in", "if_id_out", "label", "label_mode", "tfc_padding", "replay_window", "hw_offload", "copy_df",
    "copy_ecn", "copy_dscp", "start_action", "close_action", "per_cpu_sas"};
const std::vector<std::string_view> kSecrets = {"ike", "eap", "xauth", "ntlm", "ppk", "private", "rsa", "ecdsa", "pkcs8", "pkcs12",
    "token"};
const std::vector<std::string_view> kTop = {"connections", "secrets", "pools", "authorities"};

Value<Seconds> time_of(const Reading& reading, std::string_view name, Seconds fallback) {
  return reading.value(name, whole_time, fallback, kTime);
}

// What another value implies when this one is not stated.
template <class F>
Value<Seconds> time_or(const Reading& reading, std::string_view name, const Value<Seconds>& from, F implied) {
  if (reading.section.find(name)) return time_of(reading, name, Seconds(0));
  if (!from.known()) return from;
  const Value<Seconds> fallback = reading.absent(implied(*from));
  return fallback.known() ? Value<Seconds>::by_default(*fallback, from.where(), kTable) : fallback;
}

Value<bool> flag_of(const Reading& reading, std::string_view name, bool fallback) {
  return reading.value(name, strongswan_bool, fallback, kYesOrNo);
}

Value<model::Proposals> proposals_of(const Reading& reading, std::string_view name, model::Protocol protocol) {
  const Setting* setting = reading.section.find(name);
  if (!setting) return reading.absent(strongswan_default(protocol, reading.section.where));
  if (setting->contested) return Value<model::Proposals>::unknown("two templates give it different values", setting->value.where);
  return strongswan_proposals(setting->value, protocol, reading.problems);
}

Value<Addresses> addresses_of(const Reading& reading, std::string_view name) {
  const Setting* setting = reading.section.find(name);
  if (!setting) return reading.absent(Addresses{true, {}, {}});
  if (setting->contested) return Value<Addresses>::unknown("two templates give it different values", setting->value.where);
  return strongswan_addresses(setting->value);
}

Value<Selectors> selectors_of(const Reading& reading, std::string_view name, const Value<Addresses>& outer) {
  const Setting* setting = reading.section.find(name);
  if (setting && setting->contested) return Value<Selectors>::unknown("two templates give it different values", setting->value.where);
  if (setting) return strongswan_selectors(setting->value, outer, reading.problems);
  if (!reading.section.incomplete.empty()) return Value<Selectors>::unknown(reading.section.incomplete, reading.section.where);
  return dynamic_selectors(outer, reading.section.where, kTable);
}

// The IKE SA. It is renewed at the earlier of both times, and closed `over` after the later.
Lifetime ike_lifetime(const Reading& reading) {
  const Value<Seconds> reauth = time_of(reading, "reauth_time", Seconds(0));
  const bool only_reauth = reauth.known() && reauth->count() > 0;
  const Value<Seconds> rekey = time_of(reading, "rekey_time", only_reauth ? Seconds(0) : kIkeRekey);
  const auto longer = derived([](Seconds a, Seconds b) { return std::max(a, b); }, rekey, reauth);
  const auto sooner = derived([](Seconds a, Seconds b) { return a.count() && (!b.count() || a < b) ? a : b; }, rekey, reauth);
  const Value<Seconds> over = time_or(reading, "over_time", longer, [](Seconds time) { return time * kOverPercent / 100; });
  const Value<Seconds> random = time_or(reading, "rand_time", over, [](Seconds time) { return time; });
  Lifetime lifetime;
  lifetime.rekeys = derived([](Seconds time) { return time.count() > 0; }, sooner);
  lifetime.hard = derived([](Seconds time, Seconds added) { return time.count() ? time + added : Seconds(0); }, longer, over);
  lifetime.latest_rekey = sooner;
  lifetime.earliest_rekey = derived([](Seconds time, Seconds most) { return std::max(Seconds(0), time - most); }, sooner, random);
  return lifetime;
}

Lifetime child_lifetime(const Reading& reading) {
  const Value<Seconds> rekey = time_of(reading, "rekey_time", kChildRekey);
  const Value<Seconds> life = time_or(reading, "life_time", rekey, [](Seconds time) { return time * (100 + kOverPercent) / 100; });
  const auto spread = derived([](Seconds end, Seconds time) { return std::max(Seconds(0), end - time); }, life, rekey);
  const Value<Seconds> random = time_or(reading, "rand_time", spread, [](Seconds time) { return time; });
  Lifetime lifetime;
  lifetime.rekeys = derived([](Seconds time) { return time.count() > 0; }, rekey);
  lifetime.hard = life;
  lifetime.latest_rekey = rekey;
  lifetime.earliest_rekey = derived([](Seconds time, Seconds most) { return std::max(Seconds(0), time - most); }, rekey, random);
  lifetime.bytes = reading.value("rekey_bytes", strongswan_bytes, std::uint64_t{0}, "write a number of bytes, or one with `k`, `m` or `g`");
  return lifetime;
}

std::optional<StartAction> start_action_of(std::string_view text) {
  return spelt<StartAction>(text, {{"none", StartAction::Wait}, {"trap", StartAction::OnTraffic}, {"route", StartAction::OnTraffic},
                                   {"start", StartAction::Start}, {"trap|start", StartAction::Start}, {"start|trap", StartAction::Start}});
}

std::optional<DownAction> close_action_of(std::string_view text) {
  return spelt<DownAction>(text, {{"none", DownAction::None}, {"trap", DownAction::OnTraffic}, {"hold", DownAction::OnTraffic},
                                  {"start", DownAction::Restart}, {"restart", DownAction::Restart}, {"trap|start", DownAction::Restart}});
}

std::optional<DownAction> dpd_action_of(std::string_view text) {
  return spelt<DownAction>(text, {{"clear", DownAction::Clear}, {"none", DownAction::Clear}, {"trap", DownAction::OnTraffic},
                                  {"hold", DownAction::OnTraffic}, {"restart", DownAction::Restart}, {"start", DownAction::Restart}});
}

// A child whose mode makes it none (pass, drop) is empty.
std::optional<Child> read_child(const Section& section, const Endpoint& endpoint, std::vector<Problem>& problems) {
  const Reading reading{section, kTable, problems};
  const Setting* mode = section.find("mode");
  if (mode && (mode->value.text == "pass" || mode->value.text == "drop")) return std::nullopt;
  Child child;
  child.name = section.name;
  child.where = section.where;
  const auto mode_of = [](std::string_view text) {
    return spelt<model::ChildMode>(text, {{"tunnel", model::ChildMode::Tunnel}, {"transport", model::ChildMode::Transport},
                                          {"transport_proxy", model::ChildMode::Transport}, {"beet", model::ChildMode::Beet}});
  };
  child.mode = reading.value("mode", mode_of, model::ChildMode::Tunnel, "write `tunnel`, `transport` or `beet`");
  const bool ah = section.find("ah_proposals") && !section.find("esp_proposals");
  const auto protocol = ah ? model::SecurityProtocol::Ah : model::SecurityProtocol::Esp;
  child.protocol = ah ? Value<model::SecurityProtocol>::stated(protocol, section.find("ah_proposals")->value.where)
      : reading.absent(protocol);
  child.proposals = proposals_of(reading, ah ? "ah_proposals" : "esp_proposals", model::Protocol::Esp);
  if (flag_of(reading, "sha256_96", false).is(true)) truncate_sha256(child.proposals);
  child.local = selectors_of(reading, "local_ts", endpoint.local_addresses);
  child.remote = selectors_of(reading, "remote_ts", endpoint.remote_addresses);
  child.lifetime = child_lifetime(reading);
  child.replay_window = reading.value("replay_window", whole_number, kReplayWindow, "write a number of packets");
  child.start = reading.value("start_action", start_action_of, StartAction::Wait, "write `none`, `trap` or `start`");
  child.dpd = reading.value("dpd_action", dpd_action_of, DownAction::Clear, "write `clear`, `trap` or `restart`");
  child.close = reading.value("close_action", close_action_of, DownAction::None, "write `none`, `trap` or `start`");
  return child;
}

// The rounds of authentication of one end, by their numbers, then as they stand.
std::vector<const Section*> rounds_of(const Section& connection, std::string_view end) {
  std::vector<const Section*> rounds;
  for (const Section& section : connection.sections)
    if (section.name.starts_with(end)) rounds.push_back(&section);
  const auto number = [](const Section* section) {
    const Setting* round = section->find("round");
    return round ? whole_number(round->value.text).value_or(0) : 0;
  };
  std::stable_sort(rounds.begin(), rounds.end(), [&](const Section* a, const Section* b) { return number(a) < number(b); });
  return rounds;
}

struct End {
  Value<Authentication> authentication;
  Value<Identity> identity;  // unknown without a place: not said
};

End read_end(const Section& connection, std::string_view end, std::vector<Problem>& problems) {
  const auto rounds = rounds_of(connection, end);
  const Reading reading{rounds.empty() ? connection : *rounds.front(), kTable, problems};
  End read;
  if (rounds.empty()) {
    read.authentication = reading.absent(Authentication::Certificate);
    return read;
  }
  read.authentication = reading.value("auth", strongswan_authentication, Authentication::Certificate, "write `psk`, `pubkey` or `eap`");
  if (rounds.size() > 1) read.authentication = Value<Authentication>::stated(Authentication::Other, rounds[1]->where);
  if (const Setting* id = reading.section.find("id"))
    read.identity = reading.stated<Identity>(*id, strongswan_identity, "write an address, a name, `user@name` or a distinguished name");
  else if (!reading.section.incomplete.empty())
    read.identity = Value<Identity>::unknown(reading.section.incomplete, reading.section.where);
  return read;
}

void read_authentication(Endpoint& endpoint, const Section& connection, std::vector<Problem>& problems) {
  End local = read_end(connection, "local", problems), remote = read_end(connection, "remote", problems);
  const bool by_certificate = local.authentication.known() && *local.authentication != Authentication::PreSharedKey;
  if (local.identity.where().known()) endpoint.local_identity = local.identity;
  else if (!connection.incomplete.empty()) endpoint.local_identity = Value<Identity>::unknown(connection.incomplete, connection.where);
  else if (by_certificate) endpoint.local_identity = Value<Identity>::unknown("it is the subject of a certificate", connection.where);
  else endpoint.local_identity = identity_of_address(endpoint.local_addresses, connection.where, kTable);
  endpoint.remote_identity = remote.identity.where().known() ? remote.identity : Reading{connection, kTable, problems}.absent(Identity{});
  endpoint.local_authentication = local.authentication;
  endpoint.remote_authentication = remote.authentication;
}

void read_versions(Endpoint& endpoint, const Reading& reading) {
  const auto accepted = [](std::string_view text) {
    return spelt<Versions>(text, {{"0", {true, true}}, {"1", {true, false}}, {"2", {false, true}}});
  };
  endpoint.accepts = reading.value("version", accepted, Versions{true, true}, "write `1` or `2`, or `0` for both");
  endpoint.initiates = derived([](Versions all) { return Versions{!all.ikev2, all.ikev2}; }, endpoint.accepts);
}

// charon answers no aggressive mode with a pre-shared key unless strongswan.conf says that it may.
void read_modes(Endpoint& endpoint, const Reading& reading) {
  const Value<bool> aggressive = flag_of(reading, "aggressive", false);
  endpoint.initiates_modes = derived([](bool yes) { return Modes{!yes, yes}; }, aggressive);
  endpoint.accepts_modes = derived([](bool yes, Authentication by) { return Modes{!yes, yes && by != Authentication::PreSharedKey}; },
                                   aggressive, endpoint.local_authentication);
}

void read_dpd(Endpoint& endpoint, const Reading& reading) {
  const Value<Seconds> delay = time_of(reading, "dpd_delay", Seconds(0)), timeout = time_of(reading, "dpd_timeout", Seconds(0));
  endpoint.dpd.delay = delay;
  endpoint.dpd.enabled = derived([](Seconds time) { return time.count() > 0; }, delay);
  const bool ikev1 = endpoint.accepts.is(Versions{true, false}), own = ikev1 && timeout.known() && timeout->count() > 0;
  endpoint.dpd.timeout = own || !timeout.known() ? timeout
                                                 : Value<Seconds>::by_default(kCharonRetransmission, reading.section.where, kCharonTable);
}

bool uses_interface(const Section& section) {
  for (const char* name : {"if_id_in", "if_id_out", "mark_in", "mark_out"})
    if (const Setting* setting = section.find(name); setting && setting->value.text != "0") return true;
  return false;
}

void read_children(Endpoint& endpoint, const Section& connection, std::vector<Problem>& problems) {
  const Section* children = connection.section("children");
  if (!children) return;
  for (const Section& section : children->sections) {
    if (auto child = read_child(section, endpoint, problems)) endpoint.children.push_back(std::move(*child));
    if (uses_interface(section)) endpoint.route_based = Value<bool>::stated(true, section.where);
  }
}

std::optional<bool> fragmentation_of(std::string_view text) {
  if (const auto flag = strongswan_bool(text)) return flag;
  return spelt<bool>(text, {{"accept", false}, {"force", true}});
}

Endpoint read_connection(const Section& section, std::vector<Problem>& problems) {
  const Reading reading{section, kTable, problems};
  Endpoint endpoint;
  endpoint.name = section.name;
  endpoint.where = section.where;
  endpoint.vendor = model::Vendor::StrongSwan;
  endpoint.disabled = Value<bool>::by_default(false, section.where, kTable);
  endpoint.local_addresses = addresses_of(reading, "local_addrs");
  endpoint.remote_addresses = addresses_of(reading, "remote_addrs");
  read_versions(endpoint, reading);
  endpoint.proposals = proposals_of(reading, "proposals", model::Protocol::Ike);
  read_authentication(endpoint, section, problems);
  read_modes(endpoint, reading);
  endpoint.lifetime = ike_lifetime(reading);
  endpoint.reauthenticates = derived([](Seconds time) { return time.count() > 0; }, time_of(reading, "reauth_time", Seconds(0)));
  endpoint.make_before_break = Value<bool>::by_default(false, section.where, kCharonTable);
  read_dpd(endpoint, reading);
  endpoint.nat_traversal = derived([](bool forced) { return forced ? model::NatTraversal::Forced : model::NatTraversal::Auto; },
                                   flag_of(reading, "encap", false));
  endpoint.mobike = flag_of(reading, "mobike", true);
  endpoint.fragmentation = reading.value("fragmentation", fragmentation_of, true, "write `yes`, `accept`, `force` or `no`");
  endpoint.single_child = Value<bool>::by_default(false, section.where, kTable);
  if (uses_interface(section)) endpoint.route_based = Value<bool>::stated(true, section.where);
  read_children(endpoint, section, problems);
  return endpoint;
}

// "ike-1" is a secret of the kind "ike".
std::string_view kind_of_secret(std::string_view name) {
  for (const std::string_view kind : kSecrets)
    if (name.starts_with(kind)) return kind;
  return {};
}

// Whom it is for is told by all of its section or not at all: a key that is not known then stands in for any.
model::Key doubtful_key(const Section& section, const char* why, const Where& where) {
  return {Value<model::Secret>::unknown(why, where), {}, section.where};
}

model::Key read_key(Section& section, std::vector<Problem>& problems) {
  const auto written = std::find_if(section.settings.begin(), section.settings.end(),
      [](const Setting& one) { return one.name == "secret"; });
  if (written == section.settings.end() || written->value.text.empty()) {
    report_unread(problems, section.where, "a key without a `secret`", "add `secret = ...`, or remove the section");
    return doubtful_key(section, "its section has no `secret`", section.where);
  }
  model::Key key{{}, {}, section.where};
  const Where& where = written->value.where;
  const bool masked = is_masked(written->value.text);
  auto secret = decoded_key(std::move(written->value.text));
  if (masked) key.secret = Value<model::Secret>::unknown(kMaskedKey, where);
  else if (written->value.cut) key.secret = Value<model::Secret>::unknown(kCutOff, where);
  else if (secret) key.secret = Value<model::Secret>::stated(std::move(*secret), where);
  else key.secret = Value<model::Secret>::unknown("it is not in the encoding that its beginning says", where);
  if (!secret && !masked && !written->value.cut)
    report_unread(problems, where, "the key is not what its beginning says", "after `0x` come hexadecimal digits, after `0s` Base64");
  if (!section.incomplete.empty()) return doubtful_key(section, "its section could not be read in full", section.where);
  for (const Setting& setting : section.settings) {
    if (setting.name == "secret") continue;
    if (!setting.name.starts_with("id")) {
      report_unread(problems, setting.where, "unknown keyword", nearest_of(setting.name, {"secret", "id"}));
      return doubtful_key(section, "a keyword in its section is unknown", setting.where);
    }
    const auto owner = strongswan_identity(setting.value.text);
    if (!owner) return doubtful_key(section, "whom it is for cannot be read", setting.value.where);
    key.owners.push_back(*owner);
  }
  return key;
}

Value<std::vector<model::Key>> read_keys(Section& root, std::vector<Problem>& problems) {
  using Keys = Value<std::vector<model::Key>>;
  const auto found = std::find_if(root.sections.begin(), root.sections.end(), [](const Section& one) { return one.name == "secrets"; });
  if (found == root.sections.end()) return Keys::unknown("no secrets were given", root.where);
  Section secrets = with_templates(*found, root, problems);
  std::vector<model::Key> keys;
  for (Section& section : secrets.sections) {
    const std::string_view kind = kind_of_secret(section.name);
    if (kind.empty()) {
      report_unread(problems, section.where, "unknown kind of secret", nearest_of(section.name, kSecrets));
      keys.push_back(doubtful_key(section, "the kind of the secret is unknown", section.where));
    }
    if (kind == "ike") keys.push_back(read_key(section, problems));
  }
  wipe(secrets);
  if (!secrets.incomplete.empty()) return Keys::unknown(secrets.incomplete, secrets.where);
  return Keys::stated(std::move(keys), secrets.where);
}

bool is_round(const Section& section) { return section.name.starts_with("local") || section.name.starts_with("remote"); }

// Names of settings and of sections that no connection has.
void refuse_unknown_names(Section& connection, std::vector<Problem>& problems) {
  for (Section& section : connection.sections) {
    if (is_round(section)) refuse_unknown(section, kOfRound, problems);
    else if (section.name == "children") for (Section& child : section.sections) refuse_unknown(child, kOfChild, problems);
  }
  const std::size_t inside = problems.size();
  for (const Section& section : connection.sections)
    if (!is_round(section) && section.name != "children")
      report_unread(problems, section.where, "unknown section of a connection", nearest_of(section.name, {"local", "remote", "children"}));
  connection.doubt(doubt_since(problems, inside));
  refuse_unknown(connection, kOfConnection, problems);
}

bool is_template(const Section& section, std::string_view name) {
  const auto refers = [&](const Word& to) { return to.text == name || (to.text.starts_with(name) && to.text[name.size()] == '.'); };
  return std::any_of(section.templates.begin(), section.templates.end(), refers) ||
         std::any_of(section.sections.begin(), section.sections.end(), [&](const Section& inner) { return is_template(inner, name); });
}

// A section of any name may be a template, or another program's; one that nobody inherits from and that is nearly a known one is a slip.
void refuse_misspelt_sections(const Section& root, std::vector<Problem>& problems) {
  for (const Section& section : root.sections) {
    if (std::find(kTop.begin(), kTop.end(), section.name) != kTop.end() || is_template(root, section.name)) continue;
    if (const std::string hint = nearest_of(section.name, kTop); !hint.empty()) report(problems, section.where, "unknown section", hint);
  }
}

// Which stages of a connection are not judged for sure although all of it was read.
std::vector<model::Reservation> beyond_judgement(const Section& connection) {
  using model::Stage;
  std::vector<model::Reservation> all;
  const auto add = [&](Stage stage, const Setting& setting, const char* why) {
    all.push_back({stage, setting.value.where.text() + ": " + setting.name + why});
  };
  for (const char* name : {"local_port", "remote_port"}) {
    const Setting* port = connection.find(name);
    if (port && port->value.text != "500" && port->value.text != "4500")
      add(Stage::PeerAddress, *port, " is neither 500 nor 4500, where AWS is");
  }
  const Setting *required = connection.find("ppk_required"), *childless = connection.find("childless");
  if (required && strongswan_bool(required->value.text) != false)
    add(Stage::Authentication, *required, ": whether the peer has the PPK is not known");
  if (childless && childless->value.text == "force")
    add(Stage::ChildProposal, *childless, ": whether the peer begins without a CHILD SA is not known");
  if (const Setting* address = connection.find("vips"))
    add(Stage::TrafficSelectors, *address, ": whether the peer gives it a virtual address is not known");
  if (const Section* children = connection.section("children"))
    for (const Section& child : children->sections)
      if (const Setting* idle = child.find("inactivity"); idle && strongswan_time(idle->value.text) != Seconds{0})
        all.push_back(closed_when_idle(idle->name, idle->value.where));
  return all;
}

std::vector<model::Configuration> read(const Content& content, const Surroundings& around) {
  model::Configuration all;
  all.path = content.path();
  all.kind = kStrongSwanSwanctl.name;
  all.side = kStrongSwanSwanctl.side;
  Section root = read_swanctl(content.source(), around.include, all.problems);
  const std::string refused = doubt_since(all.problems, 0);  // the daemon reads none of a file that has a syntax error
  if (const Section* connections = root.section("connections")) {
    Section whole = with_templates(*connections, root, all.problems);
    for (Section& section : whole.sections) {
      const std::size_t before = all.problems.size();
      refuse_unknown_names(section, all.problems);
      all.endpoints.push_back(read_connection(section, all.problems));
      const std::string unread = doubt_since(all.problems, before);
      all.endpoints.back().doubt = unread.empty() ? section.first_doubt() : unread;
      if (all.endpoints.back().doubt.empty()) all.endpoints.back().doubt = refused;
      all.endpoints.back().reservations = beyond_judgement(section);
    }
  }
  const auto keys = read_keys(root, all.problems);
  give_keys(all.endpoints, keys);
  refuse_misspelt_sections(root, all.problems);
  wipe(root);
  return {std::move(all)};
}

// A line that opens `connections` or `secrets`, the latter with a key for IKE in it.
bool opens(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t line = text.rfind('\n', at) + 1;
    const bool first_word = trimmed(text.substr(line, at - line)).empty();
    const std::size_t next = text.find_first_not_of(" \t\r\n", at + name.size());
    if (first_word && next != std::string_view::npos && text[next] == '{') return true;
  }
  return false;
}

// As distributions install it: nothing but includes of `conf.d/*.conf`, or of what is below a folder `swanctl`.
bool only_includes(std::string_view text) {
  bool any = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const bool of_swanctl = line.find("conf.d/") != std::string_view::npos || line.find("swanctl/") != std::string_view::npos;
    if (!line.starts_with("include ") || !of_swanctl) return false;
    any = true;
  }
  return any;
}

bool recognises(const Content& content) {
  if (content.form() != Content::Form::Other) return false;
  const std::string_view text = content.text();
  return only_includes(text) || opens(text, "connections") || (opens(text, "secrets") && text.find("ike") != std::string_view::npos);
}

}  // namespace

const Kind kStrongSwanSwanctl = {"strongswan-swanctl", "strongSwan swanctl.conf", model::Side::Gateway, false, recognises, read};

}  // namespace tunnelscope::config
