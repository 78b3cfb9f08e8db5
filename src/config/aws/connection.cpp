// The table of options and of AWS's defaults (facts of 2025-11), and how they become the vendor-neutral model.
#include "src/config/aws/connection.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "diag/config/merge.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config::aws {

const Names kOutsideAddress{"OutsideIpAddress", "OutsideIpAddress", "address"};
const Names kStaticRoutesOnly{"StaticRoutesOnly", "StaticRoutesOnly", "static_routes_only"};
const Names kCustomerGatewayId{"CustomerGatewayId", "CustomerGatewayId", "customer_gateway_id"};
const Names kVpnConnectionId{"VpnConnectionId", "VpnConnectionId", "id"};
const Names kDestination{"DestinationCidrBlock", "DestinationCidrBlock", "destination_cidr_block"};

namespace {

using model::Seconds;

constexpr Names kInsideCidr{"TunnelInsideCidr", "TunnelInsideCidr", "inside_cidr"};
constexpr Names kInsideCidr6{"TunnelInsideIpv6Cidr", "TunnelInsideIpv6Cidr", "inside_ipv6_cidr"};
constexpr Names kPreSharedKey{"PreSharedKey", "PreSharedKey", "preshared_key"};
constexpr Names kPreSharedKeyArn{"PreSharedKeyArn", "PreSharedKeyArn", "preshared_key_arn"};
constexpr Names kKeyStorage{"PreSharedKeyStorage", "PreSharedKeyStorage", "preshared_key_storage"};
constexpr Names kIkeVersions{"IKEVersions", "IkeVersions", "ike_versions"};
constexpr Names kRekeyMargin{"RekeyMarginTimeSeconds", "RekeyMarginTimeSeconds", "rekey_margin_time_seconds"};
constexpr Names kRekeyFuzz{"RekeyFuzzPercentage", "RekeyFuzzPercentage", "rekey_fuzz_percentage"};
constexpr Names kReplayWindow{"ReplayWindowSize", "ReplayWindowSize", "replay_window_size"};
constexpr Names kDpdTimeout{"DPDTimeoutSeconds", "DpdTimeoutSeconds", "dpd_timeout_seconds"};
constexpr Names kDpdAction{"DPDTimeoutAction", "DpdTimeoutAction", "dpd_timeout_action"};
constexpr Names kStartupAction{"StartupAction", "StartupAction", "startup_action"};
constexpr Names kLifecycleControl{"EnableTunnelLifecycleControl", "EnableTunnelLifecycleControl", "enable_tunnel_lifecycle_control"};
constexpr Names kLogOptions{"LogOptions", "LogOptions", "log_options"};
constexpr Names kCloudWatch{"CloudWatchLogOptions", "CloudwatchLogOptions", "cloudwatch_log_options"};
constexpr Names kVgwInside{{}, {}, "vgw_inside_address"};
constexpr Names kCgwInside{{}, {}, "cgw_inside_address"};
constexpr Names kBgpAsn{{}, {}, "bgp_asn"};
constexpr Names kBgpHoldTime{{}, {}, "bgp_holdtime"};

struct Phase {
  Names lifetime, encryption, integrity, groups;
  Seconds standard_lifetime;
  bool has_group5;
};
constexpr Phase kPhase1{{"Phase1LifetimeSeconds", "Phase1LifetimeSeconds", "phase1_lifetime_seconds"},
                        {"Phase1EncryptionAlgorithms", "Phase1EncryptionAlgorithms", "phase1_encryption_algorithms"},
                        {"Phase1IntegrityAlgorithms", "Phase1IntegrityAlgorithms", "phase1_integrity_algorithms"},
                        {"Phase1DHGroupNumbers", "Phase1DHGroupNumbers", "phase1_dh_group_numbers"}, Seconds(28800), false};
constexpr Phase kPhase2{{"Phase2LifetimeSeconds", "Phase2LifetimeSeconds", "phase2_lifetime_seconds"},
                        {"Phase2EncryptionAlgorithms", "Phase2EncryptionAlgorithms", "phase2_encryption_algorithms"},
                        {"Phase2IntegrityAlgorithms", "Phase2IntegrityAlgorithms", "phase2_integrity_algorithms"},
                        {"Phase2DHGroupNumbers", "Phase2DHGroupNumbers", "phase2_dh_group_numbers"}, Seconds(3600), true};

// How AWS spells algorithms, in the order in which its documents list them: the default is all of a phase's.
struct Spelt {
  std::string_view aws, id;
};
constexpr std::array kCiphers = {Spelt{"AES128", "aes128"}, Spelt{"AES256", "aes256"}, Spelt{"AES128-GCM-16", "aes128gcm16"},
                                 Spelt{"AES256-GCM-16", "aes256gcm16"}};
constexpr std::array kHashes = {Spelt{"SHA1", "sha1"}, Spelt{"SHA2-256", "sha256"}, Spelt{"SHA2-384", "sha384"},
                                Spelt{"SHA2-512", "sha512"}};
constexpr std::array<std::uint16_t, 13> kGroups = {2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};

template <class T>
Value<T> standard(T value, const Where& where) {
  return Value<T>::by_default(std::move(value), where, kDefaults);
}

// What one set of algorithms comes to.
struct ReadSet {
  std::vector<model::AlgorithmRef> algorithms;
  std::vector<std::string> unrecognised;
  Where where;
  bool stated = false;
  std::string unknown;
};

// An item is a word or number, or {"Value": ...} around one; responses wrap, Terraform does not.
const Node& unwrapped(const Node& item) {
  const Node* value = item.find("Value");
  return value ? *value : item;
}

template <class Recognise>
ReadSet read_set(const Scope& tunnel, const Names& names, std::vector<model::AlgorithmRef> all, Recognise recognise) {
  const Field field = tunnel.field(names);
  ReadSet set{{}, {}, field.where, field.node != nullptr, field.unknown};
  if (!field.node) set.algorithms = std::move(all);
  if (!set.stated) return set;
  const auto wrong = [&](const Where& where) {
    tunnel.document().problem(where, "`" + field.name + "` holds what is no algorithm", "a list of names or numbers is expected");
    set.unknown = "it could not be read";
    return set;
  };
  if (!field.node->is(Node::Kind::List)) return wrong(field.where);
  for (const Node& item : field.node->items) {
    const Node& value = unwrapped(item);
    set.unknown = value.broken ? kBrokenOff : tunnel.document().not_plain(value, false);
    if (!set.unknown.empty()) return set;
    const auto name = word(value);
    if (!name || name->size() > 32) return wrong(tunnel.document().at(value));
    if (const model::AlgorithmRef algorithm = recognise(*name))
      set.algorithms.push_back(algorithm);
    else
      set.unrecognised.push_back(*name);
  }
  return set;
}

template <std::size_t N>
ReadSet read_spelt(const Scope& tunnel, const Names& names, const std::array<Spelt, N>& table) {
  std::vector<model::AlgorithmRef> all;
  for (const Spelt& row : table) all.push_back(model::algorithm(row.id));
  return read_set(tunnel, names, std::move(all), [&](const std::string& name) -> model::AlgorithmRef {
    const auto row = std::find_if(table.begin(), table.end(), [&](const Spelt& one) { return one.aws == name; });
    return row == table.end() ? nullptr : model::algorithm(row->id);
  });
}

ReadSet read_groups(const Scope& tunnel, const Phase& phase) {
  std::vector<model::AlgorithmRef> all;
  for (const std::uint16_t number : kGroups)
    if (number != 5 || phase.has_group5) all.push_back(model::group(number));
  return read_set(tunnel, phase.groups, std::move(all), [](const std::string& name) -> model::AlgorithmRef {
    for (const std::uint16_t number : kGroups)
      if (name == std::to_string(number)) return model::group(number);
    return nullptr;
  });
}

// All groups are never "no PFS": AWS has no way to say that.
Value<model::Proposals> read_proposals(const Scope& tunnel, const Phase& phase) {
  const ReadSet sets[] = {read_spelt(tunnel, phase.encryption, kCiphers), read_spelt(tunnel, phase.integrity, kHashes),
                          read_groups(tunnel, phase)};
  model::Proposal proposal;
  model::TransformSet* const targets[] = {&proposal.encryption, &proposal.integrity, &proposal.groups};
  const ReadSet* first_stated = nullptr;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!sets[i].unknown.empty()) return Value<model::Proposals>::unknown(sets[i].unknown, sets[i].where);
    *targets[i] = {sets[i].algorithms, sets[i].where};
    proposal.unrecognised.insert(proposal.unrecognised.end(), sets[i].unrecognised.begin(), sets[i].unrecognised.end());
    if (!first_stated && sets[i].stated) first_stated = &sets[i];
  }
  proposal.where = first_stated ? first_stated->where : tunnel.where();
  if (first_stated) return Value<model::Proposals>::stated({proposal}, proposal.where);
  return standard<model::Proposals>({proposal}, proposal.where);
}

std::optional<model::Versions> versions_of(const Node& node) {
  model::Versions versions;
  for (const Node& item : node.items) {
    const std::string& name = unwrapped(item).text;
    if (name != "ikev1" && name != "ikev2") return std::nullopt;
    (name == "ikev1" ? versions.ikev1 : versions.ikev2) = true;
  }
  return node.is(Node::Kind::List) ? std::optional(versions) : std::nullopt;
}

std::optional<model::DownAction> dpd_action_of(const Node& node) {
  if (node.text == "clear") return model::DownAction::Clear;
  if (node.text == "none") return model::DownAction::None;
  return node.text == "restart" ? std::optional(model::DownAction::Restart) : std::nullopt;
}

std::optional<model::StartAction> startup_action_of(const Node& node) {
  if (node.text == "add") return model::StartAction::Wait;
  return node.text == "start" ? std::optional(model::StartAction::Start) : std::nullopt;
}

// Of a list the first item that is no plain value says why the list is none.
Value<model::Versions> read_versions(const Scope& tunnel) {
  const Field field = tunnel.field(kIkeVersions);
  if (field.node)
    for (const Node& item : field.node->items) {
      const Node& value = unwrapped(item);
      const std::string reason = value.broken ? kBrokenOff : tunnel.document().not_plain(value, false);
      if (!reason.empty()) return Value<model::Versions>::unknown(reason, field.where);
    }
  return read(tunnel.document(), field, versions_of, "a list of ikev1 and ikev2", std::optional(model::Versions{true, true}));
}

// AWS begins with IKEv2 only.
Value<model::Versions> initiated(const Value<model::Versions>& accepts) {
  if (!accepts.known()) return accepts;
  return standard(model::Versions{false, accepts->ikev2}, accepts.where());
}

constexpr const char* kMarginConflict = "not stated; as its default AWS's documents give 270 s, Terraform's provider 540 s";
constexpr const char* kDpdConflict = "not stated; as its default AWS's documents give both 30 s and 40 s";
constexpr const char* kFormulaOpen = "AWS does not say when within the margin it rekeys";

Value<Seconds> conflicting(const Scope& tunnel, const Names& names, const char* conflict) {
  const Value<Seconds> value = read_seconds(tunnel, names);
  return value.known() || value.note() != kNotStated ? value : Value<Seconds>::unknown(conflict, value.where());
}

Value<double> read_fuzz(const Scope& tunnel) {
  const auto parse = [](const Node& node) -> std::optional<double> {
    const auto number = whole_number(node);
    return number && *number <= 1000 ? std::optional(static_cast<double>(*number)) : std::nullopt;
  };
  const Value<double> fuzz = read(tunnel, kRekeyFuzz, parse, "a percentage", std::optional(100.0));
  // Terraform's 0 is an option that is not set; elsewhere it may have been meant.
  const Node* written = tunnel.document().spelling == Spelling::Api && tunnel.map() ? tunnel.map()->find(kRekeyFuzz.request) : nullptr;
  const bool doubtful = written && written->is(Node::Kind::Number) && !fuzz.stated() && fuzz.known();
  return doubtful ? Value<double>::unknown("0 may mean no fuzz, or AWS's default of 100", fuzz.where()) : fuzz;
}

model::Lifetime read_lifetime(const Scope& tunnel, const Phase& phase) {
  model::Lifetime lifetime;
  lifetime.rekeys = standard(true, tunnel.where());
  lifetime.renews_in_time = true;  // at some point of the margin before its lifetime ends (facts/aws-site-to-site-vpn.md 6.2)
  lifetime.hard = read_seconds(tunnel, phase.lifetime, phase.standard_lifetime);
  lifetime.margin = conflicting(tunnel, kRekeyMargin, kMarginConflict);
  lifetime.fuzz_percent = read_fuzz(tunnel);
  const Where& where = lifetime.margin.where();
  lifetime.latest_rekey = Value<Seconds>::unknown(kFormulaOpen, where);
  for (const std::string* note : {&lifetime.fuzz_percent.note(), &lifetime.margin.note(), &lifetime.hard.note()})
    if (!note->empty() && *note != kDefaults) lifetime.earliest_rekey = Value<Seconds>::unknown(*note, where);
  if (lifetime.hard.known() && lifetime.margin.known() && lifetime.fuzz_percent.known())
    lifetime.earliest_rekey = standard(model::rekey_window(*lifetime.hard, *lifetime.margin, *lifetime.fuzz_percent).earliest, where);
  lifetime.bytes = standard(std::uint64_t{0}, tunnel.where());
  return lifetime;
}

model::DeadPeerDetection read_dpd(const Scope& tunnel) {
  model::DeadPeerDetection dpd;
  dpd.enabled = standard(true, tunnel.where());
  dpd.delay = standard(Seconds(10), tunnel.where());
  dpd.timeout = conflicting(tunnel, kDpdTimeout, kDpdConflict);
  dpd.action = read(tunnel, kDpdAction, dpd_action_of, "clear, none or restart", std::optional(model::DownAction::Clear));
  return dpd;
}

Value<model::Selectors> read_selectors(const Connection& connection, const Names& v4, const Names& v6, bool is_v6) {
  const auto parse = [is_v6](const Node& node) {
    const auto network = model::parse_range(node.text);
    return network && network->first.v6 == is_v6 ? network : std::nullopt;
  };
  const auto range = is_v6 ? read(connection.options, v6, parse, "an IPv6 network", model::parse_range("::/0"))
                           : read(connection.options, v4, parse, "an IPv4 network", model::parse_range("0.0.0.0/0"));
  if (!range.known()) return Value<model::Selectors>::unknown(range.note(), range.where());
  const model::Selectors one{{*range}};
  return range.stated() ? Value<model::Selectors>::stated(one, range.where()) : standard(one, range.where());
}

// AWS calls the customer's networks local and its own remote: the model's view is that of the end itself.
void add_selectors(model::Child& child, const Connection& connection) {
  constexpr Names kLocal{"LocalIpv4NetworkCidr", "LocalIpv4NetworkCidr", "local_ipv4_network_cidr"};
  constexpr Names kRemote{"RemoteIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "remote_ipv4_network_cidr"};
  constexpr Names kLocal6{"LocalIpv6NetworkCidr", "LocalIpv6NetworkCidr", "local_ipv6_network_cidr"};
  constexpr Names kRemote6{"RemoteIpv6NetworkCidr", "RemoteIpv6NetworkCidr", "remote_ipv6_network_cidr"};
  constexpr Names kInsideVersion{"TunnelInsideIpVersion", "TunnelInsideIpVersion", "tunnel_inside_ip_version"};
  const auto version = read_word(connection.options, kInsideVersion, "ipv4");
  if (!version.known()) {
    child.local = child.remote = Value<model::Selectors>::unknown(version.note(), version.where());
    return;
  }
  child.local = read_selectors(connection, kRemote, kRemote6, *version == "ipv6");
  child.remote = read_selectors(connection, kLocal, kLocal6, *version == "ipv6");
}

Value<std::uint64_t> read_replay_window(const Scope& tunnel) {
  return read(tunnel, kReplayWindow, whole_number, "a number", std::optional<std::uint64_t>(1024));
}

model::Child make_child(const Connection& connection, const Scope& tunnel) {
  model::Child child;
  child.name = "phase 2";
  child.where = tunnel.where();
  child.protocol = standard(model::SecurityProtocol::Esp, tunnel.where());
  child.mode = standard(model::ChildMode::Tunnel, tunnel.where());
  child.proposals = read_proposals(tunnel, kPhase2);
  child.lifetime = read_lifetime(tunnel, kPhase2);
  child.replay_window = read_replay_window(tunnel);
  add_selectors(child, connection);
  return child;
}

// The tunnel in the XML that has this outside address; without one, the only one whose inside address is in this tunnel's CIDR.
const XmlTunnel* xml_of(const Connection& connection, const model::Endpoint& endpoint) {
  const auto address = endpoint.local_addresses.known() ? endpoint.local_addresses->single() : std::nullopt;
  const XmlTunnel* found = nullptr;
  for (const XmlTunnel& one : connection.xml) {
    const bool same = address ? one.outside.known() && one.outside->single() == address
                              : endpoint.inside_cidr.known() && one.inside.known() && endpoint.inside_cidr->contains(*one.inside);
    if (same && found) return nullptr;
    if (same) found = &one;
  }
  return found;
}

template <class T>
void take_if_unknown(Value<T>& value, const Value<T>& other) {
  if (!value.known() && other.known()) value = other;
}

// An address that is not stated is unknown for the reason that the document's kind has.
Value<model::Addresses> outside_address(const Connection& connection, const Scope& tunnel) {
  Value<model::Addresses> address = read_address(tunnel, kOutsideAddress);
  if (!address.known() && address.note() == kNotStated && !connection.no_address.empty())
    address = Value<model::Addresses>::unknown(connection.no_address, address.where());
  return address;
}

// Of the inside CIDR the first address is AWS's and the second the gateway's.
std::optional<model::IpAddress> host_of(const Value<model::AddressRange>& cidr, std::uint8_t number) {
  if (!cidr.known() || cidr->first == cidr->last) return std::nullopt;
  model::IpAddress address = cidr->first;
  address.bytes[address.v6 ? 15 : 3] = static_cast<std::uint8_t>(address.bytes[address.v6 ? 15 : 3] + number);
  return cidr->contains(address) ? std::optional(address) : std::nullopt;
}

void derive_inside(Value<model::IpAddress>& address, const Value<model::AddressRange>& cidr, std::uint8_t number) {
  const auto host = host_of(cidr, number);
  if (!address.known() && host) address = standard(*host, cidr.where());
  if (!address.known() && !cidr.known()) address = Value<model::IpAddress>::unknown(cidr.note(), cidr.where());
}

Value<model::IpAddress> computed_ip(const Scope& tunnel, const Names& names) {
  return tunnel.document().spelling == Spelling::Terraform ? read_ip(tunnel, names) : Value<model::IpAddress>();
}

// A plan keeps the XML of before.
void heed_contradiction(model::Endpoint& endpoint, const XmlTunnel& xml, const Scope& tunnel) {
  const auto &own = endpoint.inside_cidr, &other = xml.inside_cidr;
  if (tunnel.document().spelling == Spelling::Terraform || !own.known() || !other.known() || own.same_as(other)) return;
  const std::string reason = "two descriptions of the tunnel give it different inside networks, at " + own.where().text() + " and at " + other.where().text();
  const Where where = own.where();
  endpoint.inside_local = endpoint.inside_remote = Value<model::IpAddress>::unknown(reason, where);
  endpoint.inside_cidr = Value<model::AddressRange>::unknown(reason, where);
  endpoint.reservations.push_back({model::Stage::Bgp, reason});
}

void add_addresses(model::Endpoint& endpoint, const Connection& connection, const Scope& tunnel) {
  endpoint.local_addresses = outside_address(connection, tunnel);
  endpoint.remote_addresses = connection.gateway.address;
  endpoint.inside_cidr = read_range(tunnel, kInsideCidr);
  endpoint.inside_cidr6 = read_range(tunnel, kInsideCidr6);
  endpoint.inside_local = computed_ip(tunnel, kVgwInside);
  endpoint.inside_remote = computed_ip(tunnel, kCgwInside);
  if (const XmlTunnel* xml = xml_of(connection, endpoint)) {
    take_if_unknown(endpoint.local_addresses, xml->outside);
    take_if_unknown(endpoint.remote_addresses, xml->gateway_outside);
    heed_contradiction(endpoint, *xml, tunnel);
    take_if_unknown(endpoint.inside_cidr, xml->inside_cidr);
    take_if_unknown(endpoint.inside_local, xml->inside);
    take_if_unknown(endpoint.inside_remote, xml->gateway_inside);
  }
  derive_inside(endpoint.inside_local, endpoint.inside_cidr, 1);
  derive_inside(endpoint.inside_remote, endpoint.inside_cidr, 2);
  derive_inside(endpoint.inside_local6, endpoint.inside_cidr6, 1);
  derive_inside(endpoint.inside_remote6, endpoint.inside_cidr6, 2);
}

Value<model::Authentication> authentication(const Value<bool>& has_certificate, bool has_key) {
  using A = model::Authentication;
  if (has_certificate.is(true)) return Value<A>::stated(A::Certificate, has_certificate.where());
  if (has_key || has_certificate.is(false)) return standard(A::PreSharedKey, has_certificate.where());
  return Value<A>::unknown(has_certificate.note(), has_certificate.where());
}

constexpr const char* kKeptElsewhere = "kept in a secrets manager";

// Where the key is kept, when that is not the connection itself.
std::optional<Where> secret_arn(const Connection& connection, const Scope& tunnel) {
  for (const Scope* scope : {&tunnel, &connection.properties})
    if (const Field arn = scope->field(kPreSharedKeyArn); arn.node) return arn.where;
  return std::nullopt;
}

Value<model::Secret> read_key(const Connection& connection, const Scope& tunnel, const XmlTunnel* xml) {
  const Field field = tunnel.field(kPreSharedKey, true);
  if (!field.unknown.empty()) return Value<model::Secret>::unknown(field.unknown, field.where);
  const bool masked = field.node && is_masked(*field.node);
  if (const auto arn = secret_arn(connection, tunnel); arn && (masked || tunnel.document().spelling == Spelling::Api))
    return Value<model::Secret>::unknown(kKeptElsewhere, *arn);
  if (masked) return xml && xml->key.known() ? xml->key : Value<model::Secret>::unknown(kMasked, field.where);
  if (field.node && (field.node->is(Node::Kind::Text) || field.node->is(Node::Kind::Number))) {
    auto key = Value<model::Secret>::stated(model::Secret(std::string(field.node->text)), field.where);
    // A plan keeps the XML of before.
    const bool contradicted = tunnel.document().spelling != Spelling::Terraform && xml && xml->key.known() && !xml->key.same_as(key);
    return contradicted ? Value<model::Secret>::unknown(model::different_keys(field.where, xml->key.where()), field.where) : key;
  }
  if (field.node) {
    tunnel.document().problem(field.where, "`" + field.name + "` is not a text");
    return Value<model::Secret>::unknown("not a text", field.where);
  }
  if (xml && xml->key.known()) return xml->key;
  if (const auto arn = secret_arn(connection, tunnel)) return Value<model::Secret>::unknown(kKeptElsewhere, *arn);
  const auto storage = read_word(connection.properties, kKeyStorage);
  if (storage.is("SecretsManager")) return Value<model::Secret>::unknown(kKeptElsewhere, storage.where());
  return Value<model::Secret>::unknown("not in this document: AWS makes one up where none is given", field.where);
}

void add_authentication(model::Endpoint& endpoint, const Connection& connection, const Scope& tunnel) {
  endpoint.local_identity = address_identity(endpoint.local_addresses);
  endpoint.remote_identity = address_identity(endpoint.remote_addresses);
  const XmlTunnel* xml = xml_of(connection, endpoint);
  Value<model::Secret> key = read_key(connection, tunnel, xml);
  const bool has_key = key.known() || key.note() == kKeptElsewhere || key.note() == kMasked || (xml && xml->key.known());
  endpoint.local_authentication = authentication(connection.gateway.has_certificate, has_key);
  endpoint.remote_authentication = endpoint.local_authentication;
  if (endpoint.local_authentication.is(model::Authentication::Certificate)) {
    endpoint.keys = standard(std::vector<model::Key>{}, tunnel.where());
    endpoint.local_identity = endpoint.remote_identity = Value<model::Identity>::unknown("it stands in a certificate", tunnel.where());
    return;
  }
  const Where where = key.where();
  endpoint.keys = Value<std::vector<model::Key>>::stated({model::Key{std::move(key), {}, where}}, where);
}

Value<Seconds> computed_hold_time(const Scope& tunnel) {
  const bool terraform = tunnel.document().spelling == Spelling::Terraform;
  return terraform ? read_seconds(tunnel, kBgpHoldTime) : Value<Seconds>();
}

void add_bgp(model::Endpoint& endpoint, const Connection& connection, const Scope& tunnel) {
  const auto is_static = read_bool(connection.options, kStaticRoutesOnly, false);
  endpoint.bgp.used = !is_static.known() ? Value<bool>::unknown(is_static.note(), is_static.where())
                      : is_static.stated() ? Value<bool>::stated(!*is_static, is_static.where())
                                           : standard(!*is_static, is_static.where());
  endpoint.static_routes = connection.static_routes;
  if (endpoint.bgp.used.is(false)) return;
  const bool terraform = tunnel.document().spelling == Spelling::Terraform;
  endpoint.bgp.local_asn = terraform ? read_asn(tunnel, kBgpAsn) : Value<std::uint32_t>::unknown("not in this document", tunnel.where());
  endpoint.bgp.remote_asn = connection.gateway.asn;
  const bool only_v6 = !endpoint.inside_remote.known() && endpoint.inside_remote6.known();
  endpoint.bgp.neighbour = only_v6 ? endpoint.inside_remote6 : endpoint.inside_remote;
  endpoint.bgp.hold_time = computed_hold_time(tunnel);
  if (const XmlTunnel* xml = xml_of(connection, endpoint)) {
    take_if_unknown(endpoint.bgp.local_asn, xml->asn);
    take_if_unknown(endpoint.bgp.remote_asn, xml->gateway_asn);
    take_if_unknown(endpoint.bgp.hold_time, xml->hold_time);
  }
  if (!endpoint.bgp.hold_time.known()) endpoint.bgp.hold_time = standard(Seconds(30), tunnel.where());
}

const Names kTunnelOptions[] = {
    kOutsideAddress, kInsideCidr, kInsideCidr6, kPreSharedKey, kPreSharedKeyArn, kIkeVersions, kRekeyMargin, kRekeyFuzz, kReplayWindow,
    kDpdTimeout, kDpdAction, kStartupAction, kLifecycleControl, kLogOptions, kPhase1.lifetime, kPhase1.encryption, kPhase1.integrity,
    kPhase1.groups, kPhase2.lifetime, kPhase2.encryption, kPhase2.integrity, kPhase2.groups};

// What Terraform's provider adds of its own.
constexpr std::string_view kComputed[] = {"vgw_inside_address", "cgw_inside_address", "bgp_asn", "bgp_holdtime"};
const Names kLogOptionsOfCloudWatch[] = {
    {"LogEnabled", "LogEnabled", "log_enabled"}, {"LogGroupArn", "LogGroupArn", "log_group_arn"},
    {"LogOutputFormat", "LogOutputFormat", "log_output_format"}, {"BgpLogEnabled", "BgpLogEnabled", "bgp_log_enabled"},
    {"BgpLogGroupArn", "BgpLogGroupArn", "bgp_log_group_arn"}, {"BgpLogOutputFormat", "BgpLogOutputFormat", "bgp_log_output_format"}};

constexpr const char* kUnknownName = "unknown option of a tunnel";

std::vector<std::string> spellings(const Scope& scope, std::span<const Names> options) {
  std::vector<std::string> all;
  const bool terraform = scope.document().spelling == Spelling::Terraform;
  for (const Names& names : options) {
    if (terraform) all.push_back(scope.prefix() + std::string(names.terraform));
    else all.insert(all.end(), {std::string(names.request), std::string(names.response)});
  }
  return all;
}

// A name that AWS does not have is a problem, and the option whose name is nearest is unknown when it is not there itself.
// What is said when it is, or when none is near: it may be anything. `others`: names that are no options.
std::string heed_unknown_names(Scope& scope, std::span<const Names> options, const std::vector<std::string>& others = {}) {
  std::string doubt;
  if (!scope.map()) return doubt;
  const std::vector<std::string> known = spellings(scope, options);
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  for (const Entry& entry : scope.map()->entries) {
    const auto is_it = [&](const std::string& one) { return one == entry.name; };
    if (!entry.name.starts_with(scope.prefix()) || std::any_of(known.begin(), known.end(), is_it)) continue;
    if (std::any_of(others.begin(), others.end(), is_it)) continue;
    const Where where{scope.document().path, entry.line, entry.column};
    const std::string nearest = nearest_of(entry.name, candidates);
    scope.document().problem(where, kUnknownName, nearest);
    bool stated_itself = false;
    for (const Names& names : options)
      for (const std::string& one : spellings(scope, {&names, 1})) {
        if (nearest.find("`" + one + "`") == std::string::npos) continue;
        stated_itself = scope.map()->entry(one) != nullptr;
        scope.set_doubtful(names.request, "what stands at " + where.text() + " may have been meant for it");
      }
    if ((nearest.empty() || stated_itself) && doubt.empty()) doubt = where.text() + ": " + kUnknownName;
  }
  return doubt;
}

// Of a tunnel, and of what stands in its log options.
std::string heed_unknown_options(Scope& tunnel) {
  std::vector<std::string> computed;
  for (const std::string_view one : kComputed)
    if (tunnel.document().spelling == Spelling::Terraform) computed.push_back(tunnel.prefix() + std::string(one));
  return heed_unknown_names(tunnel, kTunnelOptions, computed);
}

void add_logs(model::CloudOptions& cloud, const Scope& tunnel) {
  Scope options = tunnel.inside(kLogOptions);
  const Names only[] = {kCloudWatch};
  heed_unknown_names(options, only);
  Scope logs = options.inside(kCloudWatch);
  heed_unknown_names(logs, kLogOptionsOfCloudWatch);
  cloud.log_enabled = read_bool(logs, {"LogEnabled", "LogEnabled", "log_enabled"}, false);
  cloud.log_format = read_word(logs, {"LogOutputFormat", "LogOutputFormat", "log_output_format"}, "json");
  cloud.log_group = read_word(logs, {"LogGroupArn", "LogGroupArn", "log_group_arn"});
  cloud.bgp_log_enabled = read_bool(logs, {"BgpLogEnabled", "BgpLogEnabled", "bgp_log_enabled"}, false);
  cloud.bgp_log_format = read_word(logs, {"BgpLogOutputFormat", "BgpLogOutputFormat", "bgp_log_output_format"}, "json");
  cloud.bgp_log_group = read_word(logs, {"BgpLogGroupArn", "BgpLogGroupArn", "bgp_log_group_arn"});
}

Value<std::string> read_attachment(const Scope& properties) {
  constexpr Names kAttachments[] = {{"TransitGatewayId", "TransitGatewayId", "transit_gateway_id"},
                                    {"VpnGatewayId", "VpnGatewayId", "vpn_gateway_id"},
                                    {"VpnConcentratorId", "VpnConcentratorId", "vpn_concentrator_id"},
                                    {"CoreNetworkArn", "CoreNetworkArn", "core_network_arn"}};
  Value<std::string> unknown = Value<std::string>::unknown(kNotStated, properties.where());
  for (const Names& names : kAttachments) {
    const auto one = read_word(properties, names);
    if (one.known()) return one;
    if (one.note() != kNotStated) unknown = one;
  }
  return unknown;
}

void add_options(model::CloudOptions& cloud, const Connection& connection, const Scope& tunnel) {
  add_logs(cloud, tunnel);
  cloud.lifecycle_control = read_bool(tunnel, kLifecycleControl, false);
  cloud.acceleration = read_bool(connection.options, {"EnableAcceleration", "EnableAcceleration", "enable_acceleration"}, false);
  cloud.tunnel_bandwidth = read_word(connection.options, {"TunnelBandwidth", "TunnelBandwidth", "tunnel_bandwidth"}, "standard");
  constexpr Names kAddressType{"OutsideIpAddressType", "OutsideIpAddressType", "outside_ip_address_type"};
  cloud.outside_address_type = read_word(connection.options, kAddressType, "PublicIpv4");
  cloud.key_storage = read_word(connection.properties, kKeyStorage, "Standard");
  cloud.attachment = read_attachment(connection.properties);
  cloud.customer_gateway = read_word(connection.properties, kCustomerGatewayId);
}

void add_habits(model::Endpoint& endpoint, const Scope& tunnel) {
  endpoint.accepts_modes = endpoint.initiates_modes = standard(model::Modes{true, false}, tunnel.where());
  endpoint.reauthenticates = standard(false, tunnel.where());
  endpoint.nat_traversal = standard(model::NatTraversal::Auto, tunnel.where());
  endpoint.route_based = standard(true, tunnel.where());
  endpoint.single_child = standard(true, tunnel.where());
  endpoint.disabled = standard(false, tunnel.where());
}

constexpr std::string_view kOfConnectionInApi[] = {
    "Category", "CoreNetworkArn", "CustomerGatewayConfiguration", "CustomerGatewayId", "EnableAcceleration", "GatewayAssociationState",
    "LocalIpv4NetworkCidr", "LocalIpv6NetworkCidr", "Options", "OutsideIpAddressType", "PreSharedKeyArn", "PreSharedKeyStorage",
    "RemoteIpv4NetworkCidr", "RemoteIpv6NetworkCidr", "Routes", "State", "StaticRoutesOnly", "Tags", "TransitGatewayId",
    "TransportTransitGatewayAttachmentId", "TunnelBandwidth", "TunnelInsideIpVersion", "TunnelOptions", "Type", "VgwTelemetry",
    "VpnConcentratorId", "VpnConnectionId", "VpnGatewayId", "VpnTunnelOptionsSpecifications"};
constexpr std::string_view kOfConnectionInTerraform[] = {
    "arn", "core_network_arn", "core_network_attachment_arn", "customer_gateway_configuration", "customer_gateway_id",
    "enable_acceleration", "id", "local_ipv4_network_cidr", "local_ipv6_network_cidr", "outside_ip_address_type", "preshared_key_arn",
    "preshared_key_storage", "region", "remote_ipv4_network_cidr", "remote_ipv6_network_cidr", "routes", "static_routes_only", "tags",
    "tags_all", "timeouts", "transit_gateway_attachment_id", "transit_gateway_id", "transport_transit_gateway_attachment_id",
    "tunnel_bandwidth", "tunnel_inside_ip_version", "type", "vgw_telemetry", "vpn_concentrator_id", "vpn_gateway_id"};

bool is_told(const std::vector<model::Problem>& problems, const Where& where) {
  constexpr std::ptrdiff_t kLast = 64;  // the two tunnels of a connection are read one after the other
  const auto count = std::min(kLast, static_cast<std::ptrdiff_t>(problems.size()));
  return std::any_of(problems.end() - count, problems.end(), [&](const model::Problem& one) { return one.where == where; });
}

// A name that is nearly one that AWS has. Other new names are AWS's own affair.
std::string heed_misspelt_names(const Scope& scope) {
  std::string doubt;
  if (!scope.map()) return doubt;
  const bool terraform = scope.document().spelling == Spelling::Terraform;
  const std::span<const std::string_view> known = terraform ? std::span<const std::string_view>(kOfConnectionInTerraform)
                                                            : std::span<const std::string_view>(kOfConnectionInApi);
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  for (const Entry& entry : scope.map()->entries) {
    const bool of_tunnel = terraform && (entry.name.starts_with("tunnel1_") || entry.name.starts_with("tunnel2_"));
    if (of_tunnel || std::find(known.begin(), known.end(), entry.name) != known.end()) continue;
    const std::string nearest = nearest_of(entry.name, candidates);
    if (nearest.empty()) continue;
    const Where where{scope.document().path, entry.line, entry.column};
    if (!is_told(scope.document().problems, where)) scope.document().problem(where, "unknown option of a connection", nearest);
    if (doubt.empty()) doubt = where.text() + ": unknown option of a connection, " + nearest;
  }
  return doubt;
}

}  // namespace

Value<model::Identity> address_identity(const Value<model::Addresses>& addresses) {
  const auto one = addresses.known() ? addresses->single() : std::nullopt;
  if (!one) return Value<model::Identity>::unknown("its outside address is not known: " + addresses.note(), addresses.where());
  return standard(model::Identity{model::IdentityKind::Address, text(*one)}, addresses.where());
}

CustomerGateway unknown_gateway(const std::string& reason, const Where& where) {
  return {Value<model::Addresses>::unknown(reason, where), Value<std::uint32_t>::unknown(reason, where),
          Value<bool>::unknown(reason, where)};
}

CustomerGateway read_customer_gateway(const Scope& properties) {
  constexpr Names kAddress{"IpAddress", "IpAddress", "ip_address"}, kAsn{"BgpAsn", "BgpAsn", "bgp_asn"};
  constexpr Names kAsnExtended{"BgpAsnExtended", "BgpAsnExtended", "bgp_asn_extended"};
  constexpr Names kCertificate{"CertificateArn", "CertificateArn", "certificate_arn"};
  CustomerGateway gateway{read_address(properties, kAddress), read_asn(properties, kAsn), {}};
  if (!gateway.asn.known() && gateway.asn.note() == kNotStated) gateway.asn = read_asn(properties, kAsnExtended);
  const Field certificate = properties.field(kCertificate);
  gateway.has_certificate = !certificate.unknown.empty() ? Value<bool>::unknown(certificate.unknown, certificate.where)
                            : certificate.node           ? Value<bool>::stated(true, certificate.where)
                                                         : standard(false, certificate.where);
  return gateway;
}

model::Endpoint make_endpoint(const Connection& connection, const Scope& stated, std::uint32_t number) {
  model::Endpoint endpoint;
  Scope tunnel = stated;
  endpoint.doubt = heed_unknown_options(tunnel);
  for (const Scope* scope : {&connection.options, &connection.properties})
    if (endpoint.doubt.empty()) endpoint.doubt = heed_misspelt_names(*scope);
  endpoint.name = connection.name + " tunnel " + std::to_string(number);
  endpoint.resource = connection.name;
  endpoint.where = tunnel.where();
  endpoint.side = model::Side::Cloud;
  endpoint.vendor = model::Vendor::Aws;
  endpoint.connection = connection.id;
  endpoint.tunnel = number;
  endpoint.replaced = connection.replaced;
  add_addresses(endpoint, connection, tunnel);
  endpoint.accepts = read_versions(tunnel);
  endpoint.initiates = initiated(endpoint.accepts);
  endpoint.proposals = read_proposals(tunnel, kPhase1);
  add_authentication(endpoint, connection, tunnel);
  endpoint.lifetime = read_lifetime(tunnel, kPhase1);
  endpoint.dpd = read_dpd(tunnel);
  endpoint.start = read(tunnel, kStartupAction, startup_action_of, "add or start", std::optional(model::StartAction::Wait));
  add_habits(endpoint, tunnel);
  if (connection.deleted.known()) endpoint.disabled = connection.deleted;
  endpoint.children.push_back(make_child(connection, tunnel));
  add_bgp(endpoint, connection, tunnel);
  add_options(endpoint.cloud, connection, tunnel);
  return endpoint;
}

}  // namespace tunnelscope::config::aws
