// Reads a Junos configuration of an SRX in its `set` form: each `security ipsec vpn` is an endpoint. Keys that Junos has obscured ($9$) are
// not known.
#include <algorithm>
#include <set>

#include "src/config/doubt.hpp"
#include "src/config/juniper_proposals.hpp"
#include "src/config/key_text.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {
namespace {

using model::AddressRange;
using model::Addresses;
using model::Authentication;
using model::Child;
using model::DownAction;
using model::Endpoint;
using model::Identity;
using model::IdentityKind;
using model::IpAddress;
using model::Key;
using model::Lifetime;
using model::Modes;
using model::Proposal;
using model::Proposals;
using model::Secret;
using model::Selectors;
using model::StartAction;
using model::Versions;
using Path = JuniperPath;

constexpr const char* kTable = kJunosTable;
constexpr Seconds kIkeLifetime{28'800}, kIpsecLifetime{3600}, kBgpHold{90};
constexpr std::uint64_t kDpdInterval = 10, kDpdThreshold = 5, kReplayWindow = 64;

constexpr const char* kNotUnderstood = "this statement is not understood";

class Srx : JuniperView {
 public:
  using JuniperView::JuniperView;

  std::vector<Endpoint> endpoints() {
    std::vector<Endpoint> all;
    for (const Word& name : statements.names({"security", "ipsec", "vpn"})) {
      used_ = {{"security", "ipsec", "vpn", name.text}};
      all.push_back(of_vpn(name));
      doubt_what_is_used(all.back());
    }
    for (const NotUnderstood* one : doubted_)
      report(problems, one->where, kNotUnderstood, one->hint);
    return all;
  }

 private:
  // An object that a tunnel uses may be other than what was read of it.
  void doubt_what_is_used(Endpoint& endpoint) {
    for (const NotUnderstood& one : statements.not_understood()) {
      if (!one.object.empty() && (one.object.front() == "protocols" || one.object.front() == "routing-instances")) {
        if (std::find(doubted_.begin(), doubted_.end(), &one) == doubted_.end()) doubted_.push_back(&one);
        endpoint.reservations.push_back({model::Stage::Bgp, one.where.text() + ": " + kNotUnderstood});
        continue;
      }
      const auto within = [&](const Path& used) {
        return std::equal(one.object.begin(), one.object.end(), used.begin(), used.begin() + static_cast<std::ptrdiff_t>(one.object.size()));
      };
      if (std::none_of(used_.begin(), used_.end(), within)) continue;
      if (std::find(doubted_.begin(), doubted_.end(), &one) == doubted_.end()) doubted_.push_back(&one);
      if (endpoint.doubt.empty()) forget_defaults(endpoint, "a statement that may say it is not understood");
      if (endpoint.doubt.empty()) endpoint.doubt = one.where.text() + ": " + kNotUnderstood;
    }
  }

  template <class T>
  static Value<T> stated(T value, const Word& word) {
    return Value<T>::stated(std::move(value), word.where);
  }

  template <class T>
  Value<T> unreadable(const Word& word) {
    report(problems, word.where, "its value cannot be read");
    return Value<T>::unknown("its value cannot be read", word.where);
  }

  static Lifetime lifetime(const Value<Seconds>& hard) {
    Lifetime all;
    all.rekeys = Value<bool>::by_default(true, hard.where(), kTable);
    all.hard = hard;
    all.earliest_rekey = all.latest_rekey = Value<Seconds>::unknown("Junos does not say how early it renews", {});
    return all;
  }

  // -- addresses and identities --------------------------------------------------------------------------------------------------------

  // "ge-0/0/0.0" with its unit; with the prefix.
  const Word* interface_address(const std::string& name, const std::string& family = "inet") {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) return nullptr;
    return word({"interfaces", name.substr(0, dot), "unit", name.substr(dot + 1), "family", family, "address"});
  }

  static std::optional<IpAddress> host_of(const Word* written) {
    if (!written || !model::parse_range(written->text)) return std::nullopt;
    return model::parse_address(std::string_view(written->text).substr(0, written->text.find('/')));
  }

  Value<Addresses> local_addresses(const Path& gateway, const Where& where) {
    const auto single = [](const IpAddress& address) { return Addresses{false, {{address, address}}, {}}; };
    const Word* own = word(below(gateway, {"local-address"}));
    const Word* interface = word(below(gateway, {"external-interface"}));
    const Word* written = own ? own : interface ? interface_address(interface->text) : nullptr;
    if (const auto address = host_of(written)) return stated(single(*address), *written);
    return Value<Addresses>::unknown("the address of its external interface is not in the configuration", interface ? interface->where
        : where);
  }

  Value<Addresses> remote_addresses(const Path& gateway, const Where& where) {
    const auto all = statements.all(below(gateway, {"address"}));
    if (all.empty()) {
      const Word* dynamic = word(below(gateway, {"dynamic"}));
      return dynamic ? stated(Addresses{true, {}, {}}, *dynamic) : Value<Addresses>::unknown("not stated", where);
    }
    Addresses addresses;
    for (const Statement* one : all) {
      if (one->words.size() <= gateway.size() + 1) continue;
      const std::string& text = one->words[gateway.size() + 1].text;
      if (const auto address = model::parse_address(text)) addresses.ranges.push_back({*address, *address});
      else addresses.names.push_back(text);
    }
    return Value<Addresses>::stated(std::move(addresses), all.front()->where);
  }

  // "inet 203.0.113.10", "hostname NAME", "user-at-hostname NAME", "key-id NAME"; else the outside address.
  Value<Identity> identity_of(const Path& path, const Value<Addresses>& outside, const Where& where) {
    const Statement* one = statements.last(path);
    if (!one) {
      const auto address = outside.known() ? outside->single() : std::nullopt;
      if (address) return Value<Identity>::by_default({IdentityKind::Address, model::text(*address)}, where, kTable);
      return Value<Identity>::unknown("it is the outside address, which is not known", where);
    }
    const std::string &kind = one->words[path.size()].text, value = one->words.back().text;
    if (kind == "inet" || kind == "inet6")
      if (const auto address = model::parse_address(value)) return Value<Identity>::stated({IdentityKind::Address, model::text(*address)},
          one->where);
    if (kind == "hostname") return Value<Identity>::stated({IdentityKind::Fqdn, value}, one->where);
    if (kind == "user-at-hostname") return Value<Identity>::stated({IdentityKind::UserFqdn, value}, one->where);
    if (kind == "key-id") return Value<Identity>::stated({IdentityKind::KeyId, value}, one->where);
    return Value<Identity>::unknown("it is of a kind that is not compared", one->where);
  }

  // -- the IKE SA ----------------------------------------------------------------------------------------------------------------------

  void read_gateway(Endpoint& endpoint, const Word& name) {
    const Path gateway{"security", "ike", "gateway", name.text};
    used_.push_back(gateway);
    const Where& where = endpoint.where;
    endpoint.local_addresses = local_addresses(gateway, where);
    endpoint.remote_addresses = remote_addresses(gateway, where);
    endpoint.local_identity = identity_of(below(gateway, {"local-identity"}), endpoint.local_addresses, where);
    endpoint.remote_identity = identity_of(below(gateway, {"remote-identity"}), endpoint.remote_addresses, where);
    if (const auto general = statements.all(below(gateway, {"general-ikeid"})); !general.empty())
      endpoint.remote_identity = Value<Identity>::stated({}, general.front()->where);
    read_version(endpoint, gateway);
    read_dpd(endpoint, gateway);
    const auto no_nat = statements.all(below(gateway, {"no-nat-traversal"}));
    endpoint.nat_traversal = no_nat.empty() ? Value<model::NatTraversal>::by_default(model::NatTraversal::Auto, where, kTable)
                                            : Value<model::NatTraversal>::stated(model::NatTraversal::Off, no_nat.front()->where);
    const Word* policy = word(below(gateway, {"ike-policy"}));
    if (policy && defined({"security", "ike", "policy"}, *policy)) read_ike_policy(endpoint, *policy);
  }

  void read_version(Endpoint& endpoint, const Path& gateway) {
    const Word* version = word(below(gateway, {"version"}));
    const auto known = version ? spelt<Versions>(version->text, {{"v1-only", {true, false}}, {"v2-only", {false, true}}}) : std::nullopt;
    if (known) endpoint.accepts = stated(*known, *version);
    else if (version) endpoint.accepts = unreadable<Versions>(*version);
    else endpoint.accepts = Value<Versions>::by_default({true, false}, endpoint.where, kTable);
    endpoint.initiates = endpoint.accepts;
  }

  void read_dpd(Endpoint& endpoint, const Path& gateway) {
    const auto all = statements.all(below(gateway, {"dead-peer-detection"}));
    endpoint.dpd.enabled = all.empty() ? Value<bool>::by_default(false, endpoint.where, kTable) : Value<bool>::stated(true,
        all.front()->where);
    if (all.empty()) return;
    const Value<Seconds> interval = seconds(below(gateway, {"dead-peer-detection", "interval"}), Seconds(kDpdInterval), all.front()->where);
    const Value<Seconds> threshold = seconds(below(gateway, {"dead-peer-detection", "threshold"}), Seconds(kDpdThreshold),
        all.front()->where);
    if (!interval.known() || !threshold.known())
      endpoint.reservations.push_back({model::Stage::Liveness, all.front()->where.text() + ": a number of seconds cannot be read"});
    endpoint.dpd.delay = interval;
    endpoint.dpd.timeout = derived([](Seconds each, Seconds times) { return Seconds(each.count() * times.count()); }, interval, threshold);
  }

  void read_ike_policy(Endpoint& endpoint, const Word& name) {
    const Path policy{"security", "ike", "policy", name.text};
    std::vector<Path> proposals;
    endpoint.proposals = read_juniper_proposals(*this, policy, "ike", name.where, proposals);
    used_.push_back(policy);
    used_.insert(used_.end(), proposals.begin(), proposals.end());
    const Word* mode = word(below(policy, {"mode"}));
    const bool aggressive = mode && mode->text == "aggressive";
    endpoint.initiates_modes = mode ? stated(Modes{!aggressive, aggressive}, *mode) : Value<Modes>::by_default({true, false}, name.where,
        kTable);
    endpoint.accepts_modes = endpoint.initiates_modes;
    if (proposals.empty()) return;
    endpoint.lifetime = lifetime(seconds(below(proposals.front(), {"lifetime-seconds"}), kIkeLifetime, name.where));
    const Word* method = word(below(proposals.front(), {"authentication-method"}));
    if (method) {
      const bool psk = method->text == "pre-shared-keys";
      endpoint.local_authentication = endpoint.remote_authentication =
          stated(psk ? Authentication::PreSharedKey : Authentication::Certificate, *method);
    }
    read_key(endpoint, policy, name.where);
  }

  // "pre-shared-key ascii-text KEY" or "hexadecimal KEY".
  void read_key(Endpoint& endpoint, const Path& policy, const Where& where) {
    using Keys = Value<std::vector<Key>>;
    Statement* statement = statements.last(below(policy, {"pre-shared-key"}));
    if (!statement) {
      endpoint.keys = Keys::stated({}, where);
      return;
    }
    Word& written = statement->words.back();
    Key key{{}, {}, statement->where};
    const bool obscured = written.text.starts_with("$9$") || written.text.starts_with("$8$") ||
        written.text.find("SECRET-DATA") != std::string::npos;
    const auto is_short_for = [&](std::string_view whole) { return whole.starts_with(statement->words[policy.size() + 1].text); };
    const bool text = is_short_for("ascii-text");
    const bool missing = statement->words.size() < policy.size() + 3;  // a comment stands in its place
    if (missing || is_masked(written.text)) key.secret = Value<Secret>::unknown(kMaskedKey, written.where);
    else if (obscured) key.secret = Value<Secret>::unknown("encrypted", written.where);
    else if (written.cut) key.secret = Value<Secret>::unknown(kCutOff, written.where);
    else if (!text) key.secret = Value<Secret>::unknown(is_short_for("hexadecimal") ? "it is given in hexadecimal" : "its kind cannot be read", written.where);
    else key.secret = Value<Secret>::stated(Secret(std::string(written.text)), written.where);
    endpoint.keys = Keys::stated({std::move(key)}, statement->where);
  }

  // -- CHILD SAs -----------------------------------------------------------------------------------------------------------------------

  Child common_child(const Path& vpn, const Word& name) {
    Child child;
    child.where = name.where;
    child.protocol = Value<model::SecurityProtocol>::by_default(model::SecurityProtocol::Esp, name.where, kTable);
    child.mode = Value<model::ChildMode>::by_default(model::ChildMode::Tunnel, name.where, kTable);
    child.replay_window = Value<std::uint64_t>::by_default(kReplayWindow, name.where, kTable);
    const Word* policy = word(below(vpn, {"ike", "ipsec-policy"}));
    if (!policy || !defined({"security", "ipsec", "policy"}, *policy)) return child;
    const Path path{"security", "ipsec", "policy", policy->text};
    std::vector<Path> proposals;
    child.proposals = read_juniper_proposals(*this, path, "ipsec", policy->where, proposals);
    used_.push_back(path);
    used_.insert(used_.end(), proposals.begin(), proposals.end());
    const Word* pfs = word(below(path, {"perfect-forward-secrecy", "keys"}));
    if (child.proposals.known())
      for (Proposal& one : child.proposals.edit()) {
        one.groups.where = pfs ? pfs->where : policy->where;
        if (pfs) add_juniper_group(*this, one, *pfs);
      }
    if (proposals.empty()) return child;
    child.lifetime = lifetime(seconds(below(proposals.front(), {"lifetime-seconds"}), kIpsecLifetime, policy->where));
    using Protocol = model::SecurityProtocol;
    const Word* protocol = word(below(proposals.front(), {"protocol"}));
    const auto known = protocol ? spelt<Protocol>(protocol->text, {{"esp", Protocol::Esp}, {"ah", Protocol::Ah}}) : std::nullopt;
    if (protocol) child.protocol = known ? stated(*known, *protocol) : unreadable<Protocol>(*protocol);
    return child;
  }

  Value<Selectors> selector_of(const Path& path, const Where& where) {
    const Word* written = word(path);
    if (!written) return Value<Selectors>::by_default({{*model::parse_range("0.0.0.0/0")}}, where, kTable);
    const auto range = model::parse_range(written->text);
    if (range) return stated(Selectors{{*range}}, *written);
    report(problems, written->where, "this is no network", "write it as in `10.0.0.0/16`");
    return Value<Selectors>::unknown("its value cannot be read", written->where);
  }

  // A proxy identity is one pair, each traffic selector one more; without any the tunnel takes everything.
  void read_children(Endpoint& endpoint, const Path& vpn, const Word& name) {
    const Child common = common_child(vpn, name);
    const auto add_child = [&](std::string child_name, const Path& local, const Path& remote) {
      Child child = common;
      child.name = std::move(child_name);
      child.local = selector_of(local, name.where);
      child.remote = selector_of(remote, name.where);
      endpoint.children.push_back(std::move(child));
    };
    for (const Word& one : statements.names(below(vpn, {"traffic-selector"})))
      add_child(one.text, below(vpn, {"traffic-selector", one.text, "local-ip"}), below(vpn, {"traffic-selector", one.text, "remote-ip"}));
    if (endpoint.children.empty()) add_child(name.text, below(vpn, {"ike", "proxy-identity", "local"}), below(vpn, {"ike",
        "proxy-identity", "remote"}));
  }

  // -- the tunnel interface ------------------------------------------------------------------------------------------------------------

  void read_interface(Endpoint& endpoint, const Word& interface) {
    endpoint.route_based = stated(true, interface);
    const Word* written = interface_address(interface.text);
    const auto address = host_of(written);
    const auto range = written ? model::parse_range(written->text) : std::nullopt;
    if (address) endpoint.inside_local = stated(*address, *written);
    if (range && range->first != range->last) endpoint.inside_cidr = stated(*range, *written);
    const Word* instance = instance_of(interface.text);
    const Path table = instance ? Path{"routing-instances", instance->text} : Path{};
    read_routes(endpoint, table, interface.text);
    if (range) read_bgp(endpoint, table, *range);
    else if (written) endpoint.bgp.used = Value<bool>::unknown("the inside address cannot be read", written->where);
    if (written && !range) report(problems, written->where, "this is no network", "write it as in `169.254.12.2/30`");
  }

  // "set interfaces st0 unit 1 disable", or all of st0.
  void heed_disabled(Endpoint& endpoint, const Word& interface) {
    const std::string& name = interface.text;
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    std::vector<Path> paths{{"interfaces", name.substr(0, dot), "disable"}};
    if (dot < name.size()) paths.push_back({"interfaces", name.substr(0, dot), "unit", name.substr(dot + 1), "disable"});
    for (const Path& path : paths)
      if (const auto all = statements.all(path); !all.empty()) endpoint.disabled = Value<bool>::stated(true, all.front()->where);
  }

  // The routing instance that an interface is in; nullptr: the main one.
  const Word* instance_of(const std::string& interface) {
    for (const Statement* one : statements.all({"routing-instances"}))
      if (one->words.size() == 4 && one->words[2].text == "interface" && one->words[3].text == interface) return &one->words[1];
    return nullptr;
  }

  void read_routes(Endpoint& endpoint, const Path& table, const std::string& interface) {
    std::vector<AddressRange> routes;
    Where where;
    const std::size_t at = table.size();
    for (const Statement* one : statements.all(below(table, {"routing-options", "static", "route"}))) {
      const bool this_way = one->words.size() == at + 6 && one->words[at + 5].text == interface;
      const auto range = this_way ? model::parse_range(one->words[at + 3].text) : std::nullopt;
      if (!range) continue;
      routes.push_back(*range);
      where = one->where;
    }
    if (!routes.empty()) endpoint.static_routes = Value<std::vector<AddressRange>>::stated(std::move(routes), where);
  }

  // -- BGP -----------------------------------------------------------------------------------------------------------------------------

  static void set_number(Value<std::uint32_t>& value, const Word* word) {
    if (!word) return;
    const auto number = whole_number(word->text);
    value = number && *number <= UINT32_MAX ? stated(static_cast<std::uint32_t>(*number), *word)
                                            : Value<std::uint32_t>::unknown("it cannot be read", word->where);
  }

  // What is said of a neighbour outweighs what is said of its group, and that what is said of all.
  const Word* of_neighbour(const Path& group, const Word& neighbour, const std::string& what) {
    const Word* own = word(below(group, {"neighbor", neighbour.text, what}));
    return own ? own : word(below(group, {what}));
  }

  // The statement without a value, of a neighbour or of its group.
  const Statement* flag_of_neighbour(const Path& group, const Word& neighbour, const std::string& what) {
    for (const Path& path : {below(group, {"neighbor", neighbour.text, what}), below(group, {what})})
      if (const auto all = statements.all(path); !all.empty()) return all.back();
    return nullptr;
  }

  enum class Line { HoldsNoKey, HoldsAKey };

  static void bar(Endpoint& endpoint, const char* reason, const Where& where, Line line = Line::HoldsNoKey) {
    endpoint.bgp.barred = reason;
    endpoint.bgp.barred_at = where;
    endpoint.bgp.barred_by_key = line == Line::HoldsAKey;
  }

  void read_bgp(Endpoint& endpoint, const Path& table, const AddressRange& inside) {
    endpoint.bgp.used = Value<bool>::by_default(false, endpoint.where, kTable);
    if (read_groups(endpoint, table, inside)) return;
    heed_other_tables(endpoint, table, inside);
    for (const InactiveNeighbour& one : statements.inactive_neighbours())
      if (const auto address = model::parse_address(one.name); address && inside.contains(*address))
        bar(endpoint, "the neighbour is deactivated", one.where);
    if (endpoint.bgp.used.is(false) && endpoint.bgp.barred.empty()) heed_stray_neighbour(endpoint, table);
  }

  std::vector<AddressRange> inside_ranges(const Path& table) {
    std::vector<AddressRange> all;
    for (const Word& vpn : statements.names({"security", "ipsec", "vpn"})) {
      const Word* interface = word({"security", "ipsec", "vpn", vpn.text, "bind-interface"});
      const Word* written = interface ? interface_address(interface->text) : nullptr;
      const auto range = written ? model::parse_range(written->text) : std::nullopt;
      const Word* instance = interface ? instance_of(interface->text) : nullptr;
      if (range && (instance ? Path{"routing-instances", instance->text} : Path{}) == table) all.push_back(*range);
    }
    return all;
  }

  // A neighbour that is link-local and lies in no tunnel is meant for the one tunnel that has none.
  void heed_stray_neighbour(Endpoint& endpoint, const Path& table) {
    const AddressRange link_local = *model::parse_range("169.254.0.0/16");
    const std::vector<AddressRange> tunnels = inside_ranges(table);
    std::vector<bool> has_neighbour(tunnels.size());
    std::vector<std::pair<Path, Word>> strays;
    for (const Word& name : statements.names(below(table, {"protocols", "bgp", "group"})))
      for (const Word& neighbour : statements.names(below(table, {"protocols", "bgp", "group", name.text, "neighbor"}))) {
        const auto address = model::parse_address(neighbour.text);
        if (!address || !link_local.contains(*address)) continue;
        const auto tunnel = std::find_if(tunnels.begin(), tunnels.end(), [&](const AddressRange& one) { return one.contains(*address); });
        if (tunnel == tunnels.end()) strays.emplace_back(below(table, {"protocols", "bgp", "group", name.text}), neighbour);
        else has_neighbour[static_cast<std::size_t>(tunnel - tunnels.begin())] = true;
      }
    if (strays.size() != 1 || std::count(has_neighbour.begin(), has_neighbour.end(), false) != 1) return;
    const auto& [group, neighbour] = strays.front();
    endpoint.bgp.used = stated(true, neighbour);
    endpoint.bgp.neighbour = stated(*model::parse_address(neighbour.text), neighbour);
    read_neighbour(endpoint, table, group, neighbour);
  }

  // Whether a neighbour lies in the tunnel.
  bool read_groups(Endpoint& endpoint, const Path& table, const AddressRange& inside) {
    bool found = false;
    for (const Word& name : statements.names(below(table, {"protocols", "bgp", "group"}))) {
      const Path group = below(table, {"protocols", "bgp", "group", name.text});
      for (const Word& neighbour : statements.names(below(group, {"neighbor"}))) {
        const auto address = model::parse_address(neighbour.text);
        if (!address && told_.insert(neighbour.where).second) report(problems, neighbour.where, "this is no address of a neighbour");
        if (!address) endpoint.reservations.push_back({model::Stage::Bgp, neighbour.where.text() + ": this is no address of a neighbour"});
        if (!address || !inside.contains(*address)) continue;
        found = true;
        endpoint.bgp.used = stated(true, neighbour);
        endpoint.bgp.neighbour = endpoint.inside_remote = stated(*address, neighbour);
        read_neighbour(endpoint, table, group, neighbour);
      }
    }
    return found;
  }

  void heed_other_tables(Endpoint& endpoint, const Path& table, const AddressRange& inside) {
    std::vector<Path> others{{}};
    for (const Word& name : statements.names({"routing-instances"})) others.push_back({"routing-instances", name.text});
    for (const Path& other : others) {
      Endpoint there = endpoint;
      if (other == table || !read_groups(there, other, inside)) continue;
      endpoint.bgp.used = Value<bool>::unknown("the neighbour stands in another routing instance than the tunnel", there.bgp.neighbour.where());
    }
  }

  void read_neighbour(Endpoint& endpoint, const Path& table, const Path& group, const Word& neighbour) {
    const Path bgp = below(table, {"protocols", "bgp"});
    for (const char* what : {"authentication-key", "authentication-key-chain"}) {
      const Word* own = of_neighbour(group, neighbour, what);
      if (const Word* key = own ? own : word(below(bgp, {what})))
        bar(endpoint, "the neighbour has a password, which AWS does not have", key->where, Line::HoldsAKey);
    }
    if (const Statement* off = flag_of_neighbour(group, neighbour, "shutdown")) bar(endpoint, "the neighbour is shut down", off->where);
    if (const auto off = statements.all(below(bgp, {"disable"})); !off.empty()) bar(endpoint, "BGP is disabled", off.back()->where);
    heed_source(endpoint, bgp, group, neighbour);
    read_numbers(endpoint, table, group, neighbour);
    heed_type(endpoint, group);
    const Word* hold = of_neighbour(group, neighbour, "hold-time");
    const auto time = hold ? whole_number(hold->text) : std::nullopt;
    if (hold && !time) {
      if (told_.insert(hold->where).second) report(problems, hold->where, "a number of seconds cannot be read", "write a whole number");
      endpoint.reservations.push_back({model::Stage::Bgp, hold->where.text() + ": a number of seconds cannot be read"});
    }
    endpoint.bgp.hold_time = time && *time < 65'536 ? stated(Seconds(static_cast<Seconds::rep>(*time)), *hold)
                                                    : Value<Seconds>::by_default(kBgpHold, neighbour.where, kTable);
  }

  // AWS speaks to the tunnel's inside address alone.
  void heed_source(Endpoint& endpoint, const Path& bgp, const Path& group, const Word& neighbour) {
    const Word* own = of_neighbour(group, neighbour, "local-address");
    const Word* from = own ? own : word(below(bgp, {"local-address"}));
    const auto address = from ? model::parse_address(from->text) : std::nullopt;
    if (!from || (address && endpoint.inside_local.is(*address))) return;
    if (address && endpoint.inside_local.known()) bar(endpoint, "it is spoken from another address than the tunnel's", from->where);
    else endpoint.bgp.used = Value<bool>::unknown("from which address it is spoken cannot be told", from->where);
  }

  // An instance without an AS of its own has the router's. Who is not of the confederation sees its number.
  void read_numbers(Endpoint& endpoint, const Path& table, const Path& group, const Word& neighbour) {
    set_number(endpoint.bgp.remote_asn, of_neighbour(group, neighbour, "peer-as"));
    const Word* own = of_neighbour(group, neighbour, "local-as");
    const Word* tables = word(below(table, {"routing-options", "autonomous-system"}));
    set_number(endpoint.bgp.local_asn, own ? own : tables ? tables : word({"routing-options", "autonomous-system"}));
    const Statement* whole = own ? nullptr : confederation(table);
    if (!whole) return;
    const std::string peer = endpoint.bgp.remote_asn.known() ? std::to_string(*endpoint.bgp.remote_asn) : std::string();
    for (const Path& path : confederations(table))
      for (const Statement* one : statements.all(path))
        for (std::size_t i = path.size() + 1; i < one->words.size(); ++i)
          if (one->words[i].text == peer) return;
    const auto at = std::find_if(whole->words.begin(), whole->words.end(), [](const Word& one) { return one.text == "confederation"; });
    set_number(endpoint.bgp.local_asn, &*std::next(at));
  }

  static std::vector<Path> confederations(const Path& table) {
    return {below(table, {"routing-options", "confederation"}), {"routing-options", "confederation"}};
  }

  // "confederation 65000 members 65010", or its members on lines of their own.
  const Statement* confederation(const Path& table) {
    for (const Path& path : confederations(table))
      for (const Statement* one : statements.all(path))
        if (one->words.size() > path.size() && whole_number(one->words[path.size()].text)) return one;
    return nullptr;
  }

  void heed_type(Endpoint& endpoint, const Path& group) {
    const Word* type = word(below(group, {"type"}));
    if (!type || type->text == "external") return;
    const bool internal = type->text == "internal";
    if (!internal) report(problems, type->where, "a type of a group is neither `external` nor `internal`");
    if (internal && endpoint.bgp.remote_asn.known() && endpoint.bgp.remote_asn.same_as(endpoint.bgp.local_asn)) return;
    endpoint.bgp.used = Value<bool>::unknown(internal ? "its group is internal, and the peer's AS is another"
                                                      : "the type of its group cannot be read", type->where);
  }

  Endpoint of_vpn(const Word& name) {
    const Path vpn{"security", "ipsec", "vpn", name.text};
    Endpoint endpoint;
    endpoint.name = name.text;
    endpoint.where = name.where;
    endpoint.vendor = model::Vendor::Juniper;
    endpoint.disabled = Value<bool>::by_default(false, name.where, kTable);
    endpoint.mobike = Value<bool>::by_default(false, name.where, kTable);
    endpoint.reauthenticates = Value<bool>::by_default(false, name.where, kTable);
    endpoint.make_before_break = Value<bool>::by_default(true, name.where, kTable);
    endpoint.single_child = Value<bool>::by_default(false, name.where, kTable);
    read_start(endpoint, vpn);
    const Word* gateway = word(below(vpn, {"ike", "gateway"}));
    if (gateway && defined({"security", "ike", "gateway"}, *gateway)) read_gateway(endpoint, *gateway);
    const Word* outside = gateway ? word({"security", "ike", "gateway", gateway->text, "external-interface"}) : nullptr;
    const Word* inside = word(below(vpn, {"bind-interface"}));
    if (inside) read_interface(endpoint, *inside);
    for (const Word* interface : {outside, inside})
      if (interface) heed_disabled(endpoint, *interface);
    read_children(endpoint, vpn, name);
    heed_no_rekey(endpoint, vpn);
    if (const Word* idle = word(below(vpn, {"ike", "idle-time"})))
      endpoint.reservations.push_back(closed_when_idle("idle-time", idle->where));
    return endpoint;
  }

  void heed_no_rekey(Endpoint& endpoint, const Path& vpn) {
    const Word* establish = word(below(vpn, {"establish-tunnels"}));
    if (!establish || establish->text != "responder-only-no-rekey") return;
    endpoint.lifetime.rekeys = stated(false, *establish);
    for (Child& child : endpoint.children) child.lifetime.rekeys = stated(false, *establish);
  }

  void read_start(Endpoint& endpoint, const Path& vpn) {
    const Word* establish = word(below(vpn, {"establish-tunnels"}));
    const auto known = establish ? spelt<StartAction>(establish->text, {{"immediately", StartAction::Start}, {"on-traffic",
        StartAction::OnTraffic},
                                                                        {"responder-only", StartAction::Wait},
                                                                        {"responder-only-no-rekey", StartAction::Wait}})
                                  : std::nullopt;
    if (establish && !known)
      endpoint.reservations.push_back({model::Stage::Liveness, establish->where.text() + ": `establish-tunnels` cannot be read"});
    if (known) endpoint.start = stated(*known, *establish);
    else if (establish) endpoint.start = unreadable<StartAction>(*establish);
    else endpoint.start = Value<StartAction>::by_default(StartAction::OnTraffic, endpoint.where, kTable);
    endpoint.dpd.action = endpoint.close = derived([](StartAction start) {
      return start == StartAction::Start ? DownAction::Restart : start == StartAction::OnTraffic ? DownAction::OnTraffic
          : DownAction::Clear;
    }, endpoint.start);
  }

  std::vector<Path> used_;                        // by the tunnel that is read: "security ike gateway g"
  std::vector<const NotUnderstood*> doubted_;     // each once
  std::set<Where> told_;                          // neighbours
};

std::vector<model::Configuration> read(const Content& content, const Surroundings&) {
  model::Configuration all;
  all.path = content.path();
  all.kind = kJuniper.name;
  all.side = kJuniper.side;
  Statements statements(content.text(), content.path(), all.problems);
  all.endpoints = Srx(statements, all.problems).endpoints();
  if (!statements.all({"apply-groups"}).empty())
    for (Endpoint& one : all.endpoints) forget_defaults(one, "groups are applied that are not read");
  return {std::move(all)};
}

// Whether some line begins so, however far it is indented.
bool has_line(std::string_view text, std::string_view beginning) {
  for (std::size_t at = text.find(beginning); at != std::string_view::npos; at = text.find(beginning, at + 1)) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.find_last_not_of(" \t", at - 1);
    if (before == std::string_view::npos || text[before] == '\n') return true;
  }
  return false;
}

bool recognises(const Content& content) {
  return has_line(content.text(), "set security ike ") || has_line(content.text(), "set security ipsec ");
}

}  // namespace

const Kind kJuniper = {"juniper-set", "Juniper Junos configuration in set form", model::Side::Gateway, false, recognises, read};

}  // namespace tunnelscope::config
