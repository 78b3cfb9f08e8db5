// A neighbour's lines stand in the router's section, in address families, in its group, and in templates that it inherits.
#include "src/config/cisco_bgp.hpp"

#include <algorithm>
#include <set>

#include "src/config/cisco_keys.hpp"
#include "src/config/cisco_proposals.hpp"

namespace tunnelscope::config {
namespace {

using model::AddressRange;
using model::Endpoint;
using model::IpAddress;

constexpr Seconds kKeepalive{60}, kHold{180};
constexpr int kDeepest = 8;  // templates that inherit templates

constexpr std::string_view kOfNeighbours[] = {
    "activate", "additional-paths", "advertise", "advertise-map", "advertisement-interval", "aigp", "allow-policy", "allowas-in",
    "as-override", "bmp-activate", "capability", "cluster-id", "default-originate", "description", "disable-connected-check",
    "distribute-list", "dmzlink-bw", "dont-capability-negotiate", "ebgp-multihop", "fall-over", "filter-list", "ha-mode", "inherit",
    "internal-vpn-client", "local-as", "log-neighbor-changes", "maximum-prefix", "next-hop-self", "next-hop-unchanged", "password",
    "path-attribute", "peer-group", "prefix-list", "remote-as", "remove-private-as", "route-map", "route-reflector-client",
    "route-server-client", "send-community", "send-label", "shutdown", "slow-peer", "soft-reconfiguration", "soo", "timers",
    "translate-update", "transport", "ttl-security", "unsuppress-map", "update-source", "version", "weight"};
constexpr std::string_view kOfRouters[] = {"address-family", "bgp", "neighbor", "template"};
constexpr std::string_view kBesideNeighbours[] = {"aggregate-address", "auto-summary", "bmp", "default", "default-information", "default-metric",
                                                  "distance", "distribute-list", "exit", "exit-address-family", "exit-peer-policy",
                                                  "exit-peer-session", "maximum-paths", "network", "no", "redistribute", "scope",
                                                  "synchronization", "table-map", "timers"};

template <class T>
Value<T> stated(T value, const Command& command) {
  return Value<T>::stated(std::move(value), command.where);
}

// "65010", or as two halves, "1.10".
std::optional<std::uint32_t> as_number(std::string_view text) {
  const std::size_t dot = text.find('.');
  const auto high = dot == std::string_view::npos ? std::optional<std::uint64_t>(0) : whole_number(text.substr(0, dot));
  const auto low = whole_number(dot == std::string_view::npos ? text : text.substr(dot + 1));
  const std::uint64_t most = dot == std::string_view::npos ? UINT32_MAX : UINT16_MAX;
  if (!high || !low || *high > UINT16_MAX || *low > most) return std::nullopt;
  return static_cast<std::uint32_t>((*high << 16) | *low);
}

Value<std::uint32_t> number_at(const Command& command, std::size_t index) {
  using Number = Value<std::uint32_t>;
  if (command.word(index) == "external") return Number::unknown("any other AS than its own will do", command.where);
  const auto number = as_number(command.word(index));
  return number ? stated(*number, command) : Number::unknown("it cannot be read", command.where);
}

std::string vrf_of_interface(const Command& interface) {
  const Command* vrf = interface.find("vrf forwarding") ? interface.find("vrf forwarding") : interface.find("ip vrf forwarding");
  return vrf ? vrf->words.back().text : std::string();
}

// The name behind "address-family ipv4 unicast vrf"; empty: the global table.
std::string vrf_of_scope(const Command& scope) {
  for (std::size_t i = 0; i + 1 < scope.words.size(); ++i)
    if (scope.word(i) == "vrf") return scope.words[i + 1].text;
  return {};
}

// Whether it is this interface, whose name may be cut short: "Tu1" is Tunnel1.
bool is_interface(const Command& line, std::size_t index, const std::string& name) {
  std::string written = lower(line.word(index)), whole = lower(name);
  if (line.words.size() > index + 1) written += lower(line.word(index + 1));
  const auto letters = [](const std::string& text) { return std::min(text.find_first_of("0123456789"), text.size()); };
  const std::size_t own = letters(written), full = letters(whole);
  return own >= 2 && own <= full && whole.substr(0, own) == written.substr(0, own) && whole.substr(full) == written.substr(own);
}

// "169.254.12.q" is no address, and no group.
bool is_no_neighbour(const Command& one, const std::set<std::string_view>& groups) {
  const std::string_view name = one.word(1);
  const bool like_an_address = name.find('.') != std::string_view::npos && !name.empty() && name.front() >= '0' && name.front() <= '9';
  return like_an_address && !model::parse_address(name) && !groups.contains(name);
}

void add_slips(const Command& section, std::vector<UnknownLine>& slips) {
  const std::vector<std::string_view> known(std::begin(kOfRouters), std::end(kOfRouters));
  std::set<std::string_view> groups;
  for (const Command* one : section.all("neighbor"))
    if (one->words.size() == 3 && one->word(2) == "peer-group") groups.insert(one->word(1));
  for (const Command& one : section.below) {
    if (one.begins("address-family")) add_slips(one, slips);
    if (one.begins("neighbor") && is_no_neighbour(one, groups)) slips.push_back({one.words[1].where, "write an address"});
    const auto is_it = [&](std::string_view word) { return word == one.word(0); };
    if (std::any_of(known.begin(), known.end(), is_it)) continue;
    if (std::any_of(std::begin(kBesideNeighbours), std::end(kBesideNeighbours), is_it)) continue;
    std::string hint = nearest_of(one.word(0), known);
    if (!hint.empty()) slips.push_back({one.where, std::move(hint)});
  }
}

class Neighbour {
 public:
  Neighbour(const Command& root, const Command& interface, Endpoint& endpoint, std::vector<Problem>& problems)
      : root_(root), vrf_(vrf_of_interface(interface)), endpoint_(endpoint), problems_(problems) {}

  void read(const AddressRange& inside) {
    endpoint_.bgp.used = Value<bool>::by_default(false, endpoint_.where, kCiscoTable);
    const Command* elsewhere = nullptr;
    for (const Command* router : root_.all("router bgp")) {
      for (const Command* scope : scopes_of(*router))
        for (const Command* one : scope->all("neighbor")) {
          const auto address = model::parse_address(one->word(1));
          if (!address || !inside.contains(*address)) continue;
          if (vrf_of_scope(*scope) != vrf_) elsewhere = one;
          else read_lines(*router, *one, *address);
        }
    }
    if (endpoint_.bgp.used.is(false) && elsewhere)
      endpoint_.bgp.used = Value<bool>::unknown("the neighbour stands in another VRF than the tunnel", elsewhere->where);
    else if (const Command* listening = endpoint_.bgp.used.is(false) ? listening_to(inside) : nullptr)
      endpoint_.bgp.used = Value<bool>::unknown("it listens to whoever calls from a range, and what it says of those is not read", listening->where);
    else if (endpoint_.bgp.used.is(false)) heed_stray_neighbours();
    else heed_activation();
    heed_confederation();
  }

 private:
  // The router itself, and its address families: neighbours in a VRF stand in one of these.
  static std::vector<const Command*> scopes_of(const Command& router) {
    std::vector<const Command*> all{&router};
    for (const Command* family : router.all("address-family")) all.push_back(family);
    return all;
  }

  void reserve(const Where& where, const std::string& reason) {
    endpoint_.reservations.push_back({model::Stage::Bgp, where.text() + ": " + reason});
  }

  void not_understood(const Where& where, std::string hint) {
    report(problems_, where, "this line is not understood", std::move(hint));
    reserve(where, "this line is not understood");
  }

  // -- lines ---------------------------------------------------------------------------------------------------------------------------

  // A line, or those for which it stands: its group's, or a template's.
  void read_lines(const Command& router, const Command& one, const IpAddress& address) {
    if (one.word(2) == "peer-group" && one.words.size() > 3) {
      const std::string group = "neighbor " + std::string(one.word(3));
      for (const Command* scope : scopes_of(router))
        for (const Command* shared : scope->all(group))
          if (shared->word(2) == "inherit") inherit(router, *shared, 4, address, 0);
          else read_line(router, *shared, address);
    } else if (one.word(2) == "inherit") {
      inherit(router, one, 4, address, 0);
    } else {
      read_line(router, one, address);
    }
  }

  // "inherit peer-session NAME", the name at `index`; policies say nothing of the session.
  void inherit(const Command& router, const Command& line, std::size_t index, const IpAddress& address, int depth) {
    if (line.word(index - 1) != "peer-session" || depth > kDeepest) return;
    const Command* found = router.find("template peer-session " + std::string(line.word(index)));
    if (!found || line.words.size() <= index) {
      report(problems_, line.where, "there is no `template peer-session` of this name");
      endpoint_.bgp.used = Value<bool>::unknown("its template is not in the configuration", line.where);
      return;
    }
    for (const Command& one : found->below) {
      if (one.word(0) == "inherit") inherit(router, one, 2, address, depth + 1);
      Command whole{{{"neighbor", one.where}, {model::text(address), one.where}}, one.where, {}};
      whole.words.insert(whole.words.end(), one.words.begin(), one.words.end());
      if (one.word(0) != "inherit" && !one.word(0).starts_with("exit")) read_line(router, whole, address);
      wipe(whole);
    }
  }

  void read_line(const Command& router, const Command& one, const IpAddress& address) {
    const std::string_view word = one.word(2);
    model::Bgp& bgp = endpoint_.bgp;
    if (word == "remote-as") read_remote_as(router, one, address);
    else if (word == "local-as") bgp.local_asn = number_at(one, 3), has_own_as_ = true;
    else if (word == "shutdown") bar("the neighbour is shut down", one.where);
    else if (word == "password") bar("the neighbour has a password, which AWS does not have", one.where, Line::HoldsAKey);
    else if (word == "update-source") heed_source(one);
    else if (word == "timers") read_timers(one);
    else if (word != "no" && std::find(std::begin(kOfNeighbours), std::end(kOfNeighbours), word) == std::end(kOfNeighbours))
      not_understood(one.where, nearest_of(word, {std::begin(kOfNeighbours), std::end(kOfNeighbours)}));
  }

  void read_remote_as(const Command& router, const Command& one, const IpAddress& address) {
    model::Bgp& bgp = endpoint_.bgp;
    if (bgp.used.known()) bgp.used = stated(true, one);
    bgp.neighbour = endpoint_.inside_remote = stated(address, one);
    if (!has_own_as_) bgp.local_asn = number_at(router, 2);
    bgp.remote_asn = number_at(one, 3);
    if (!bgp.hold_time.known()) bgp.hold_time = Value<Seconds>::by_default(kHold, router.where, kCiscoTable);
    if (!bgp.keepalive.known()) bgp.keepalive = Value<Seconds>::by_default(kKeepalive, router.where, kCiscoTable);
  }

  void read_timers(const Command& one) {
    endpoint_.bgp.keepalive = cisco_seconds(one, 3, problems_);
    endpoint_.bgp.hold_time = cisco_seconds(one, 4, problems_);
    const bool least = one.word(5).empty() || whole_number(one.word(5));
    if (!least || !endpoint_.bgp.keepalive.known() || !endpoint_.bgp.hold_time.known()) reserve(one.where, "a number cannot be read");
  }

  enum class Line { HoldsNoKey, HoldsAKey };

  void bar(const char* reason, const Where& where, Line line = Line::HoldsNoKey) {
    endpoint_.bgp.barred = reason;
    endpoint_.bgp.barred_at = where;
    endpoint_.bgp.barred_by_key = line == Line::HoldsAKey;
  }

  // AWS speaks to the tunnel's inside address alone.
  void heed_source(const Command& one) {
    if (is_interface(one, 3, endpoint_.name)) return;
    const Command* interface = root_.find("interface " + std::string(one.word(3)));
    const Command* command = interface ? interface->find("ip address") : nullptr;
    const auto address = command ? model::parse_address(command->word(2)) : std::nullopt;
    if (address && endpoint_.inside_local.is(*address)) return;
    if (address && endpoint_.inside_local.known()) bar("it is spoken from another address than the tunnel's", one.where);
    else endpoint_.bgp.used = Value<bool>::unknown("it is spoken from another interface than the tunnel's", one.where);
  }

  // -- the router ----------------------------------------------------------------------------------------------------------------------

  // "no neighbor 169.254.12.1 activate", or never activated where that is not done by itself. One in a VRF stands in its family.
  void heed_activation() {
    if (!endpoint_.bgp.neighbour.known() || !endpoint_.bgp.barred.empty()) return;
    const std::string own = "neighbor " + model::text(*endpoint_.bgp.neighbour);
    for (const Command* router : root_.all("router bgp")) {
      std::vector<std::string> names{own};
      bool of_router = false;
      for (const Command* one : router->all(own)) {
        of_router = true;
        if (one->word(2) == "peer-group") names.push_back("neighbor " + std::string(one->word(3)));
      }
      const Command* off = router->find("no " + own + " activate");
      const Command* default_off = router->find("no bgp default ipv4-unicast");
      bool activated = false, elsewhere = false;
      for (const Command* family : router->all("address-family")) {
        const bool ipv4 = family->word(1) == "ipv4" && vrf_of_scope(*family).empty() && family->word(2) != "multicast";
        for (const std::string& name : names)
          if (family->find(name + " activate")) (ipv4 ? activated : elsewhere) = true;
        if (ipv4 && !off) off = family->find("no " + own + " activate");
      }
      const Command* reason = off ? off : of_router && !activated ? default_off : nullptr;
      if (!reason) continue;
      if (elsewhere || !off) endpoint_.bgp.used = Value<bool>::unknown("the neighbour is not activated for IPv4", reason->where);
      else bar("the neighbour is not activated", reason->where);
    }
  }

  // Who is not of the confederation sees its number.
  void heed_confederation() {
    if (has_own_as_ || !endpoint_.bgp.local_asn.known()) return;
    for (const Command* router : root_.all("router bgp"))
      if (const Command* whole = router->find("bgp confederation identifier")) {
        const Command* members = router->find("bgp confederation peers");
        bool member = !endpoint_.bgp.remote_asn.known();
        for (std::size_t i = 3; members && i < members->words.size(); ++i)
          member = member || as_number(members->word(i)) == *endpoint_.bgp.remote_asn;
        if (!member) endpoint_.bgp.local_asn = number_at(*whole, 3);
      }
  }

  // "bgp listen range 169.254.12.0/24 peer-group AWS", where the tunnel's peer may be in it.
  const Command* listening_to(const AddressRange& inside) const {
    for (const Command* router : root_.all("router bgp"))
      for (const Command* scope : scopes_of(*router))
        for (const Command* one : scope->all("bgp listen range"))
          if (const auto range = model::parse_range(one->word(3)); !range || intersection(*range, inside)) return one;
    return nullptr;
  }

  // The network of an interface's own address.
  static std::optional<AddressRange> network_of(const Command& interface) {
    const Command* command = interface.find("ip address");
    const auto own = command ? model::parse_address(command->word(2)) : std::nullopt;
    const auto mask = command ? model::parse_address(command->word(3)) : std::nullopt;
    return own && mask ? masked(*own, *mask) : std::nullopt;
  }

  bool lies_in_a_tunnel(const IpAddress& address) const {
    for (const Command* interface : root_.all("interface"))
      if (const auto network = network_of(*interface); network && network->contains(address)) return true;
    return false;
  }

  struct Stray {
    const Command *router, *scope, *line;
    IpAddress address;
  };

  // Neighbours that are link-local and lie in no tunnel, the first line of each.
  std::vector<Stray> strays() const {
    const AddressRange link_local = *model::parse_range("169.254.0.0/16");
    std::vector<Stray> all;
    for (const Command* router : root_.all("router bgp"))
      for (const Command* scope : scopes_of(*router))
        for (const Command* one : scope->all("neighbor")) {
          const auto address = model::parse_address(one->word(1));
          const auto is_it = [&](const Stray& stray) { return stray.address == *address; };
          if (!address || !link_local.contains(*address) || lies_in_a_tunnel(*address)) continue;
          if (std::none_of(all.begin(), all.end(), is_it)) all.push_back({router, scope, one, *address});
        }
    return all;
  }

  bool has_neighbour(const AddressRange& inside) const {
    for (const Command* router : root_.all("router bgp"))
      for (const Command* scope : scopes_of(*router))
        for (const Command* one : scope->all("neighbor"))
          if (const auto address = model::parse_address(one->word(1)); address && inside.contains(*address)) return true;
    return false;
  }

  // Of the tunnels no other is without a neighbour.
  bool is_alone_without_neighbour() const {
    std::size_t without = 0;
    for (const Command* interface : root_.all("interface")) {
      if (!interface->find("tunnel protection ipsec profile")) continue;
      if (const auto network = network_of(*interface); network && !has_neighbour(*network)) ++without;
    }
    return without == 1;
  }

  // They are meant for tunnels without a neighbour, one for one.
  void heed_stray_neighbours() {
    constexpr const char* kReason = "the neighbour that stands there lies in no tunnel";
    const std::vector<Stray> all = strays();
    if (all.empty()) return;
    const Stray& first = all.front();
    endpoint_.bgp.used = stated(true, *first.line);
    if (all.size() == 1 && is_alone_without_neighbour() && vrf_of_scope(*first.scope) == vrf_) {
      const Value<IpAddress> peer = endpoint_.inside_remote;
      for (const Command* scope : scopes_of(*first.router))
        for (const Command* one : scope->all("neighbor " + model::text(first.address))) read_lines(*first.router, *one, first.address);
      endpoint_.inside_remote = peer;
      return;
    }
    endpoint_.bgp.neighbour = Value<IpAddress>::unknown(kReason, first.line->where);
    endpoint_.bgp.remote_asn = Value<std::uint32_t>::unknown(kReason, first.line->where);
    endpoint_.bgp.local_asn = number_at(*first.router, 2);
  }

  const Command& root_;
  const std::string vrf_;  // in which the tunnel's interface is; "": the global table
  Endpoint& endpoint_;
  std::vector<Problem>& problems_;
  bool has_own_as_ = false;  // by `local-as`
};

}  // namespace

std::vector<UnknownLine> slips_of_bgp(const Command& root) {
  std::vector<UnknownLine> slips;
  for (const Command* router : root.all("router bgp")) add_slips(*router, slips);
  return slips;
}

void read_cisco_bgp(const Command& root, const Command& interface, const AddressRange& inside, Endpoint& endpoint,
                    std::vector<Problem>& problems) {
  Neighbour(root, interface, endpoint, problems).read(inside);
}

}  // namespace tunnelscope::config
