// `aws ec2 describe-vpn-connections`, as JSON or YAML: a list of connections, one connection, or what create-vpn-connection is
// given and gives.
#include <algorithm>

#include "src/config/aws/connection.hpp"
#include "src/config/rows.hpp"
#include "src/config/words.hpp"

namespace tunnelscope::config {
namespace aws {
namespace {

constexpr std::size_t kMostConnections = 10'000;

bool looks_like_connection(const Node& node) {
  if (node.find("VpnConnectionId") && (node.find("Options") || node.find("CustomerGatewayConfiguration") || node.find("CustomerGatewayId")))
    return true;
  return node.find({"Options", "TunnelOptions"}) || (node.find("CustomerGatewayId") && node.find("Type") && !node.find("IpAddress"));
}

// Wherever a document of this kind has them.
std::vector<const Node*> connections_in(const Node& root) {
  const Node* list = root.find("VpnConnections");
  if (!list) list = &root;
  std::vector<const Node*> all;
  if (const Node* one = root.find("VpnConnection"); one && looks_like_connection(*one)) return {one};
  if (looks_like_connection(root)) return {&root};
  for (const Node& item : list->items)
    if (item.is(Node::Kind::Map) && (list != &root || looks_like_connection(item)) && all.size() < kMostConnections) all.push_back(&item);
  return all;
}

bool recognises(const Content& content) {
  if (content.form() == Content::Form::Xml) return false;
  if (content.form() == Content::Form::Other && content.text().find("VpnConnectionId:") == std::string_view::npos) return false;
  const Node& root = content.tree().root;
  return root.find("VpnConnections") || !connections_in(root).empty();
}

Value<std::vector<model::AddressRange>> static_routes(const Node& connection, Document& document) {
  using Routes = std::vector<model::AddressRange>;
  const Node* list = connection.find("Routes");
  if (!list) return Value<Routes>::unknown(connection.broken ? kBrokenOff : kNotStated, document.at(connection));
  if (list->broken) return Value<Routes>::unknown(kBrokenOff, document.at(*list));
  Routes routes;
  for (const Node& item : list->items) {
    const auto range = read_range(Scope(document, &item), kDestination);
    if (!range.known()) return Value<Routes>::unknown("a route could not be read", range.where());
    routes.push_back(*range);
  }
  return Value<Routes>::stated(std::move(routes), document.at(*list));
}

// The customer gateway is another resource; its certificate shows in the telemetry.
CustomerGateway gateway_of(const Node& connection, Document& document) {
  CustomerGateway gateway = unknown_gateway("its customer gateway is not in this document", document.at(connection));
  if (const Node* telemetry = connection.find("VgwTelemetry"))
    for (const Node& item : telemetry->items)
      if (const Node* certificate = item.find("CertificateArn"); certificate && !certificate->text.empty())
        gateway.has_certificate = Value<bool>::stated(true, document.at(*certificate));
  return gateway;
}

// A deleted connection is still described for about an hour.
Value<bool> deleted(const Node& connection, Document& document) {
  const Entry* state = connection.entry("State");
  const bool gone = state && (state->value.text == "deleted" || state->value.text == "deleting");
  return gone ? Value<bool>::stated(true, {document.path, state->line, state->column}) : Value<bool>();
}

XmlConnection embedded_xml(const Node& node, Document& document) {
  const Entry* entry = node.entry("CustomerGatewayConfiguration");
  if (!entry || !entry->value.is(Node::Kind::Text) || entry->value.text.empty() || entry->value.broken) return {};
  XmlConnection xml = read_customer_gateway_xml(entry->value.text, document.path, Where{document.path, entry->line, entry->column});
  document.problems.insert(document.problems.end(), xml.problems.begin(), xml.problems.end());
  return xml;
}

// Where no tunnel says its address, the telemetry's or the XML's addresses are the tunnels', all of them with default options: a tunnel's
// map that holds its address alone.
std::vector<Node> bare_tunnels(const Node& node, const Connection& connection) {
  std::vector<Node> all;
  const auto add = [&](const Entry& address) {
    Node& tunnel = all.emplace_back();
    tunnel.kind = Node::Kind::Map;
    tunnel.line = address.line;
    tunnel.column = address.column;
    tunnel.entries.push_back(address);
  };
  if (const Node* telemetry = node.find("VgwTelemetry"))
    for (const Node& item : telemetry->items)
      if (const Entry* address = item.entry(kOutsideAddress.request)) add(*address);
  if (all.empty())
    for (const XmlTunnel& tunnel : connection.xml)
      if (tunnel.outside.known()) {
        const auto line = static_cast<std::uint32_t>(tunnel.where.line), column = static_cast<std::uint32_t>(tunnel.where.column);
        Entry address{std::string(kOutsideAddress.request), line, column, {}};
        address.value.kind = Node::Kind::Text;
        address.value.text = text(*tunnel.outside);
        add(address);
      }
  return all;
}

bool says_nothing(const Node& tunnel) { return tunnel.entries.empty() && !tunnel.broken; }

struct Reader {
  Document& document;
  model::Configuration& configuration;

  void add(const Node& node) {
    Scope properties(document, &node);
    const Field id_field = properties.field(kVpnConnectionId);
    const auto id = read(document, id_field, word, "an id");
    const Scope options = properties.inside({"Options", "Options", "options"});
    XmlConnection xml = embedded_xml(node, document);
    Connection connection{id.value_or("vpn connection"), id, options, properties, gateway_of(node, document), static_routes(node, document),
                          std::move(xml.tunnels), {}, false, deleted(node, document)};
    const Node* tunnels = options.map() ? options.map()->find("TunnelOptions") : nullptr;
    const bool bare = !tunnels || std::all_of(tunnels->items.begin(), tunnels->items.end(), says_nothing);
    const bool cut = tunnels ? tunnels->broken : node.broken || (options.map() && options.map()->broken);
    if (std::vector<Node> found = bare ? bare_tunnels(node, connection) : std::vector<Node>(); !found.empty()) {
      for (Node& tunnel : found) tunnel.broken = cut;
      return add_tunnels(connection, found, document.at(node));
    }
    if (tunnels) add_tunnels(connection, tunnels->items, document.at(*tunnels));
    if (!tunnels || tunnels->items.empty()) without_tunnels(connection, node);
  }

 private:
  void add_tunnels(const Connection& connection, const std::vector<Node>& tunnels, const Where& where) {
    std::uint32_t number = 0;
    for (const Node& item : tunnels)
      if (number < 2) configuration.endpoints.push_back(make_endpoint(connection, Scope(document, &item), ++number));
    if (tunnels.size() > 2) document.problem(where, "more than two tunnels", "a VPN connection has two: the first two are read");
  }

  void without_tunnels(const Connection& connection, const Node& node) {
    document.problem(document.at(node), "a VPN connection without tunnels: neither TunnelOptions nor VgwTelemetry is here",
                     "give the whole output of `aws ec2 describe-vpn-connections`");
    document.problems.back().note = true;
    const Scope unknown = Scope::unknown(document, document.at(node), "its tunnels are not in this document");
    for (std::uint32_t number = 1; number <= 2; ++number) configuration.endpoints.push_back(make_endpoint(connection, unknown, number));
  }
};

std::vector<model::Configuration> read_describe(const Content& content, const Surroundings&) {
  Document document{content.path(), Spelling::Api, content.tree().problems};
  model::Configuration configuration{content.path(), "aws-describe", model::Side::Cloud, model::Moment::Now, {}, {}};
  Reader reader{document, configuration};
  const std::vector<const Node*> connections = connections_in(content.tree().root);
  const bool some_live = std::any_of(connections.begin(), connections.end(), [&](const Node* one) { return !deleted(*one, document).known(); });
  for (const Node* connection : connections) {
    const Value<bool> gone = deleted(*connection, document);
    if (gone.known() && some_live) report_note(document.problems, gone.where(), "the connection is deleted, and not looked at");
    else reader.add(*connection);
  }
  configuration.problems = std::move(document.problems);
  if (configuration.endpoints.empty() && configuration.problems.empty())
    configuration.problems.push_back(
        {{content.path(), 1, 1}, "no VPN connection is in this list", "the account or region may be another one", true});
  return {configuration};
}

}  // namespace
}  // namespace aws

const Kind kAwsDescribe{"aws-describe", "`aws ec2 describe-vpn-connections`", model::Side::Cloud, false, aws::recognises,
                        aws::read_describe};

}  // namespace tunnelscope::config
