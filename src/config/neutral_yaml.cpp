// Reads the vendor-neutral YAML (docs/gateway-yaml.md), for gateways that have no reader: every value of the model by its name. Nothing has
// a default here: what is not stated is unknown.
#include <algorithm>
#include <iterator>

#include "src/config/key_text.hpp"
#include "src/config/rows.hpp"
#include "src/config/strongswan_proposals.hpp"
#include "src/config/strongswan_values.hpp"

namespace tunnelscope::config {
namespace {

using model::Addresses;
using model::AddressRange;
using model::Authentication;
using model::Child;
using model::DownAction;
using model::Endpoint;
using model::Identity;
using model::Key;
using model::Lifetime;
using model::Modes;
using model::Proposals;
using model::Secret;
using model::Selectors;
using model::StartAction;
using model::Versions;

constexpr std::string_view kVersionKey = "tunnelscope-gateway";
constexpr const char *kTwice = "its key stands twice", *kOtherVersion = "its file has another version of this format";

struct Document {
  std::string path;
  std::vector<Problem>& problems;
  std::string_view text;
  const char* unreadable = nullptr;  // why nothing of it is known; nullptr: it is read
  std::string doubt;                 // of the tunnel that is read: the first of what was not understood; empty: nothing

  // It is the last of a file that does not end with an end of line.
  bool may_be_cut(const Node& node) const {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    return node.broken || (!node.quoted && node.line == lines && !text.ends_with('\n'));
  }
  Where at(const Node& node) const { return {path, node.line, node.column}; }

  void doubt_at(const Where& where, const char* reason) {
    if (doubt.empty()) doubt = where.text() + ": " + reason;
  }
};

// A map whose keys are asked for by name; those that nobody asked for are unknown. What a key that stands twice sets is not known.
class Fields {
 public:
  // `unreadable` says why no value of it is known; nullptr: they are.
  Fields(Document& document, const Node& map, const char* unreadable = nullptr)
      : document_(document), map_(map), unreadable_(document.unreadable ? document.unreadable : unreadable) {}

  const Node* node(std::string_view name) {
    asked_.push_back(name);
    const Node* found = map_.find(name);
    if (found && stands_twice(name)) document_.doubt_at(document_.at(*found), "this key stands twice");
    return found && (!found->is(Node::Kind::Null) || stands_twice(name)) ? found : nullptr;
  }

  // Why what is below `name` is not known; nullptr: it is.
  const char* unreadable(std::string_view name) const { return unreadable_ ? unreadable_ : stands_twice(name) ? kTwice : nullptr; }

  // `parse` makes std::optional<T> of a scalar's text.
  template <class T, class Parse>
  void take(std::string_view name, Value<T>& value, Parse parse, std::string_view hint) {
    const Node* found = node(name);
    if (!found) return;
    if (const char* reason = unreadable(name)) return void(value = Value<T>::unknown(reason, document_.at(*found)));
    const bool scalar = !found->is(Node::Kind::Map) && !found->is(Node::Kind::List);
    auto parsed = scalar ? parse(std::string_view(found->text)) : std::nullopt;
    value = parsed ? Value<T>::stated(std::move(*parsed), document_.at(*found)) : bad<T>(*found, hint);
  }

  // One scalar, or a list of them, joined by commas; parsed as a list.
  template <class T, class Parse>
  void take_list(std::string_view name, Value<T>& value, Parse parse, std::string_view hint) {
    const Node* found = node(name);
    if (!found) return;
    if (const char* reason = unreadable(name)) return void(value = Value<T>::unknown(reason, document_.at(*found)));
    Word list{found->text, document_.at(*found)};
    bool flat = !found->is(Node::Kind::Map);
    for (const Node& item : found->items) {
      flat = flat && !item.is(Node::Kind::Map) && !item.is(Node::Kind::List);
      list.text += (list.text.empty() ? "" : ",") + item.text;
    }
    std::optional<T> parsed;
    if (flat) parsed = parse(list);
    value = parsed ? Value<T>::stated(std::move(*parsed), list.where) : bad<T>(*found, hint);
  }

  // The same where each item is a list itself, and what it says keeps its own place.
  template <class T, class Parse>
  void take_items(std::string_view name, Value<T>& value, Parse parse, std::string_view hint) {
    const Node* found = node(name);
    if (!found || !found->is(Node::Kind::List) || unreadable(name)) return take_list(name, value, parse, hint);
    T all;
    for (const Node& item : found->items) {
      const bool scalar = !item.is(Node::Kind::Map) && !item.is(Node::Kind::List);
      auto parsed = scalar ? parse(Word{item.text, document_.at(item)}) : std::nullopt;
      if (!parsed) return void(value = bad<T>(item, hint));
      std::move(parsed->begin(), parsed->end(), std::back_inserter(all));
    }
    value = Value<T>::stated(std::move(all), document_.at(*found));
  }

  void refuse_others() const {
    for (const Entry& entry : map_.entries) {
      if (std::find(asked_.begin(), asked_.end(), entry.name) != asked_.end()) continue;
      const Where where{document_.path, entry.line, entry.column};
      report(document_.problems, where, "unknown key", nearest_of(entry.name, asked_));
      document_.doubt_at(where, "unknown key");
    }
  }

  Document& document() { return document_; }

 private:
  bool stands_twice(std::string_view name) const {
    return std::count_if(map_.entries.begin(), map_.entries.end(), [&](const Entry& one) { return one.name == name; }) > 1;
  }

  template <class T>
  Value<T> bad(const Node& node, std::string_view hint) {
    report(document_.problems, document_.at(node), "its value cannot be read", std::string(hint));
    document_.doubt_at(document_.at(node), "its value cannot be read");
    return Value<T>::unknown("its value cannot be read", document_.at(node));
  }

  Document& document_;
  const Node& map_;
  const char* unreadable_;
  std::vector<std::string_view> asked_;
};

// -- values ----------------------------------------------------------------------------------------------------------------------------

constexpr const char* kTime = "write a number of seconds, or one with `s`, `m`, `h` or `d`";
constexpr const char* kYesOrNo = "write `true` or `false`";

// "203.0.113.999" or "10.0.0.0/33", which no name looks like.
bool is_misspelt_address(const std::string& name) {
  return name.find_first_not_of("0123456789./") == std::string::npos || name.find_first_of(":/") != std::string::npos;
}

std::optional<Addresses> addresses(const Word& list) {
  auto all = strongswan_addresses(list);
  if (std::any_of(all->names.begin(), all->names.end(), is_misspelt_address)) return std::nullopt;
  return *all;
}

std::optional<Selectors> selectors(const Word& list) {
  std::vector<Problem> ignored;
  auto all = strongswan_selectors(list, {}, ignored);
  return all.known() ? std::optional(*all) : std::nullopt;
}

std::optional<std::vector<AddressRange>> ranges(const Word& list) {
  std::vector<AddressRange> all;
  for (const Word& word : split(list, ',')) {
    const auto range = model::parse_range(word.text);
    if (!range) return std::nullopt;
    all.push_back(*range);
  }
  return all;
}

std::optional<Versions> versions(const Word& list) {
  Versions all;
  for (const Word& word : split(list, ',')) {
    const auto one = spelt<Versions>(word.text, {{"ikev1", {true, false}}, {"1", {true, false}}, {"ikev2", {false, true}}, {"2", {false,
        true}}});
    if (!one) return std::nullopt;
    all.ikev1 |= one->ikev1;
    all.ikev2 |= one->ikev2;
  }
  return all;
}

std::optional<Modes> modes(const Word& list) {
  Modes all;
  for (const Word& word : split(list, ',')) {
    const auto one = spelt<Modes>(word.text, {{"main", {true, false}}, {"aggressive", {false, true}}});
    if (!one) return std::nullopt;
    all.main |= one->main;
    all.aggressive |= one->aggressive;
  }
  return all;
}

template <class Enum>
std::optional<Enum> named(std::string_view text, std::initializer_list<Enum> all) {
  for (const Enum one : all)
    if (model::name(one) == text) return one;
  return std::nullopt;
}

std::optional<StartAction> start(std::string_view text) { return named(text, {StartAction::Wait, StartAction::OnTraffic,
    StartAction::Start}); }

std::optional<DownAction> down(std::string_view text) {
  return named(text, {DownAction::None, DownAction::Clear, DownAction::OnTraffic, DownAction::Restart});
}

std::optional<Authentication> authentication(std::string_view text) {
  return named(text, {Authentication::PreSharedKey, Authentication::Certificate, Authentication::Eap, Authentication::Other});
}

std::optional<double> percent(std::string_view text) {
  const auto number = whole_number(text);
  return number && *number <= 1000 ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

std::optional<std::uint32_t> asn(std::string_view text) {
  const auto number = whole_number(text);
  return number && *number <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

// -- parts -----------------------------------------------------------------------------------------------------------------------------

constexpr const char* kStart = "write `wait`, `on-traffic` or `start`";
constexpr const char* kDown = "write `none`, `clear`, `on-traffic` or `restart`";
constexpr const char* kAddress = "write an address, as in `169.254.12.2`";
constexpr const char* kRange = "write a network, as in `169.254.12.0/30`";

void take_proposals(Fields& fields, std::string_view name, Value<Proposals>& value, model::Protocol protocol) {
  const auto parse = [&](const Word& list) {
    auto all = strongswan_proposals(list, protocol, fields.document().problems);
    return all.known() && lower(list.text).find("default") == std::string::npos ? std::optional(*all) : std::nullopt;
  };
  fields.take_items(name, value, parse, "write proposals, as in `aes256-sha256-modp2048`");
}

void read_lifetime(Fields& parent, std::string_view name, Lifetime& lifetime) {
  const Node* map = parent.node(name);
  if (!map) return;
  Fields fields(parent.document(), *map, parent.unreadable(name));
  fields.take("rekeys", lifetime.rekeys, strongswan_bool, kYesOrNo);
  fields.take("hard", lifetime.hard, strongswan_time, kTime);
  fields.take("earliest-rekey", lifetime.earliest_rekey, strongswan_time, kTime);
  fields.take("latest-rekey", lifetime.latest_rekey, strongswan_time, kTime);
  fields.take("margin", lifetime.margin, strongswan_time, kTime);
  fields.take("fuzz-percent", lifetime.fuzz_percent, percent, "write a percentage without its sign");
  fields.take("bytes", lifetime.bytes, strongswan_bytes, "write a number of bytes");
  fields.refuse_others();
}

void read_child(Fields& fields, Child& child) {
  if (const Node* name = fields.node("name")) child.name = name->text;
  const auto protocol = [](std::string_view text) { return named(text, {model::SecurityProtocol::Esp, model::SecurityProtocol::Ah}); };
  const auto mode = [](std::string_view text) { return named(text, {model::ChildMode::Tunnel, model::ChildMode::Transport,
      model::ChildMode::Beet}); };
  fields.take("protocol", child.protocol, protocol, "write `esp` or `ah`");
  fields.take("mode", child.mode, mode, "write `tunnel`, `transport` or `beet`");
  take_proposals(fields, "proposals", child.proposals, model::Protocol::Esp);
  fields.take_list("local", child.local, selectors, kRange);
  fields.take_list("remote", child.remote, selectors, kRange);
  read_lifetime(fields, "lifetime", child.lifetime);
  fields.take("replay-window", child.replay_window, whole_number, "write a number of packets");
  const auto optional = [&](std::string_view name, auto& value, auto parse, const char* hint) {
    typename std::remove_reference_t<decltype(value)>::value_type own;
    fields.take(name, own, parse, hint);
    if (own.where().known()) value = own;
  };
  optional("start", child.start, start, kStart);
  optional("dpd-action", child.dpd, down, kDown);
  optional("close", child.close, down, kDown);
  fields.refuse_others();
}

void read_bgp(Fields& parent, model::Bgp& bgp) {
  const Node* map = parent.node("bgp");
  if (!map) return;
  Fields fields(parent.document(), *map, parent.unreadable("bgp"));
  fields.take("used", bgp.used, strongswan_bool, kYesOrNo);
  fields.take("local-asn", bgp.local_asn, asn, "write the number of an AS");
  fields.take("remote-asn", bgp.remote_asn, asn, "write the number of an AS");
  fields.take("neighbour", bgp.neighbour, model::parse_address, kAddress);
  fields.take("hold-time", bgp.hold_time, strongswan_time, kTime);
  fields.take("keepalive", bgp.keepalive, strongswan_time, kTime);
  fields.refuse_others();
}

void read_dpd(Fields& parent, model::DeadPeerDetection& dpd) {
  const Node* map = parent.node("dpd");
  if (!map) return;
  Fields fields(parent.document(), *map, parent.unreadable("dpd"));
  fields.take("enabled", dpd.enabled, strongswan_bool, kYesOrNo);
  fields.take("delay", dpd.delay, strongswan_time, kTime);
  fields.take("timeout", dpd.timeout, strongswan_time, kTime);
  fields.take("action", dpd.action, down, kDown);
  fields.refuse_others();
}

// A list of { secret, for }. `for` is one identity or a list; without it the key is for anyone.
void read_keys(Fields& parent, Value<std::vector<Key>>& value) {
  const Node* list = parent.node("keys");
  if (!list) return;
  Document& document = parent.document();
  if (const char* reason = parent.unreadable("keys")) return void(value = Value<std::vector<Key>>::unknown(reason, document.at(*list)));
  const auto is_map = [](const Node& item) { return item.is(Node::Kind::Map); };
  if (!list->is(Node::Kind::List) || !std::all_of(list->items.begin(), list->items.end(), is_map)) {
    report(document.problems, document.at(*list), "its value cannot be read", "write a list of maps with `secret`");
    document.doubt_at(document.at(*list), "its value cannot be read");
    return void(value = Value<std::vector<Key>>::unknown("its value cannot be read", document.at(*list)));
  }
  std::vector<Key> keys;
  for (const Node& item : list->items) {
    Fields fields(document, item);
    Key key{Value<Secret>::unknown("not stated", document.at(item)), {}, document.at(item)};
    const Node* secret = fields.node("secret");
    if (const char* reason = fields.unreadable("secret"))
      key.secret = Value<Secret>::unknown(reason, document.at(item));
    else if (secret && is_masked(secret->text))
      key.secret = Value<Secret>::unknown(kMaskedKey, document.at(*secret));
    else if (secret)
      key.secret = document.may_be_cut(*secret) ? Value<Secret>::unknown(kCutOff, document.at(*secret))
                                                : Value<Secret>::stated(Secret(std::string(secret->text)), document.at(*secret));
    Value<std::vector<Identity>> owners;
    fields.take_list("for", owners, [](const Word& names) {
      std::vector<Identity> all;
      for (const Word& one : split(names, ',')) all.push_back(model::identity_of(one.text));
      return std::optional(all);
    }, "write identities");
    if (owners.known()) key.owners = *owners;
    else if (owners.where().known()) key.secret = Value<Secret>::unknown("whom it is for cannot be read", owners.where());
    fields.refuse_others();
    keys.push_back(std::move(key));
  }
  value = Value<std::vector<Key>>::stated(std::move(keys), document.at(*list));
}

void read_addresses(Fields& fields, Endpoint& endpoint) {
  fields.take_list("local-addresses", endpoint.local_addresses, addresses, "write addresses");
  fields.take_list("remote-addresses", endpoint.remote_addresses, addresses, "write addresses");
  fields.take("inside-cidr", endpoint.inside_cidr, model::parse_range, kRange);
  fields.take("inside-cidr6", endpoint.inside_cidr6, model::parse_range, kRange);
  fields.take("inside-local", endpoint.inside_local, model::parse_address, kAddress);
  fields.take("inside-remote", endpoint.inside_remote, model::parse_address, kAddress);
  fields.take("inside-local6", endpoint.inside_local6, model::parse_address, kAddress);
  fields.take("inside-remote6", endpoint.inside_remote6, model::parse_address, kAddress);
  fields.take_list("static-routes", endpoint.static_routes, ranges, kRange);
}

void read_ike(Fields& fields, Endpoint& endpoint) {
  const auto identity = [](std::string_view text) { return std::optional(model::identity_of(text)); };
  constexpr const char *kVersions = "write `ikev1`, `ikev2` or both", *kModes = "write `main`, `aggressive` or both";
  constexpr const char* kMethod = "write `psk`, `certificate`, `eap` or `other`";
  fields.take_list("accepts", endpoint.accepts, versions, kVersions);
  fields.take_list("initiates", endpoint.initiates, versions, kVersions);
  fields.take_list("accepts-modes", endpoint.accepts_modes, modes, kModes);
  fields.take_list("initiates-modes", endpoint.initiates_modes, modes, kModes);
  take_proposals(fields, "proposals", endpoint.proposals, model::Protocol::Ike);
  fields.take("local-authentication", endpoint.local_authentication, authentication, kMethod);
  fields.take("remote-authentication", endpoint.remote_authentication, authentication, kMethod);
  fields.take("local-identity", endpoint.local_identity, identity, "write an identity");
  fields.take("remote-identity", endpoint.remote_identity, identity, "write an identity");
  read_keys(fields, endpoint.keys);
  read_lifetime(fields, "lifetime", endpoint.lifetime);
  fields.take("reauthenticates", endpoint.reauthenticates, strongswan_bool, kYesOrNo);
  fields.take("make-before-break", endpoint.make_before_break, strongswan_bool, kYesOrNo);
}

void read_behaviour(Fields& fields, Endpoint& endpoint) {
  const auto nat = [](std::string_view text) {
    return spelt<model::NatTraversal>(text, {{"auto", model::NatTraversal::Auto}, {"forced", model::NatTraversal::Forced}, {"off",
        model::NatTraversal::Off}});
  };
  read_dpd(fields, endpoint.dpd);
  fields.take("start", endpoint.start, start, kStart);
  fields.take("close", endpoint.close, down, kDown);
  fields.take("nat-traversal", endpoint.nat_traversal, nat, "write `auto`, `forced` or `off`");
  if (const auto& nats = endpoint.nat_traversal; !nats.known() && nats.where().known())
    endpoint.reservations.push_back({model::Stage::PeerAddress, nats.where().text() + ": nat-traversal cannot be read"});
  fields.take("mobike", endpoint.mobike, strongswan_bool, kYesOrNo);
  fields.take("fragmentation", endpoint.fragmentation, strongswan_bool, kYesOrNo);
  fields.take("route-based", endpoint.route_based, strongswan_bool, kYesOrNo);
  fields.take("single-child", endpoint.single_child, strongswan_bool, kYesOrNo);
  fields.take("disabled", endpoint.disabled, strongswan_bool, kYesOrNo);
}

Endpoint read_tunnel(Document& document, const Node& map, const char* unreadable) {
  document.doubt.clear();
  if (!map.is(Node::Kind::Map)) report(document.problems, document.at(map), "a tunnel is no map of values",
      "write `name: ...` and so on below it");
  Fields fields(document, map, unreadable);
  Endpoint endpoint;
  endpoint.where = document.at(map);
  endpoint.vendor = model::Vendor::Neutral;
  if (const Node* name = fields.node("name")) endpoint.name = name->text;
  read_addresses(fields, endpoint);
  read_ike(fields, endpoint);
  read_behaviour(fields, endpoint);
  read_bgp(fields, endpoint.bgp);
  if (const Node* children = fields.node("children"))
    for (const Node& item : children->items) {
      Fields of_child(document, item, fields.unreadable("children"));
      Child child;
      child.where = document.at(item);
      read_child(of_child, child);
      endpoint.children.push_back(std::move(child));
    }
  fields.refuse_others();
  endpoint.doubt = document.doubt;
  return endpoint;
}

std::vector<model::Configuration> read(const Content& content, const Surroundings&) {
  model::Configuration all;
  all.path = content.path();
  all.kind = kNeutralYaml.name;
  all.side = kNeutralYaml.side;
  const Tree& tree = content.tree();
  all.problems = tree.problems;
  Document document{content.path(), all.problems, content.text(), nullptr, {}};
  Fields fields(document, tree.root);
  const Node* version = fields.node(kVersionKey);
  if (!version || version->text != "1" || fields.unreadable(kVersionKey)) {
    document.unreadable = kOtherVersion;
    report(all.problems, document.at(version ? *version : tree.root), "another version of this format: what its tunnels say is not known",
           "write `1`");
  }
  const Node* tunnels = fields.node("tunnels");
  if (!tunnels || !tunnels->is(Node::Kind::List) || tunnels->items.empty())
    report_unread(all.problems, document.at(tunnels ? *tunnels : tree.root), "there is no list of tunnels", "write `tunnels:` and a list");
  if (tunnels)
    for (const Node& item : tunnels->items) all.endpoints.push_back(read_tunnel(document, item, fields.unreadable("tunnels")));
  fields.refuse_others();
  return {std::move(all)};
}

// Its first key says so.
bool recognises(const Content& content) {
  const std::string text = "\n" + std::string(content.text());
  return content.form() == Content::Form::Other && text.find("\n" + std::string(kVersionKey) + ":") != std::string::npos;
}

}  // namespace

const Kind kNeutralYaml = {"neutral-yaml", "vendor-neutral YAML", model::Side::Gateway, false, recognises, read};

}  // namespace tunnelscope::config
