#include "src/config/aws/customer_gateway_xml.hpp"

#include <charconv>

#include "src/config/aws/connection.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {
namespace aws {
namespace {

class XmlReader {
 public:
  XmlReader(const std::string& path, const std::optional<Where>& embedded_at) : path_(path), embedded_at_(embedded_at) {}

  XmlConnection read(const Node& root) {
    const Node* connection = root.find("vpn_connection");
    if (!connection) return {};
    XmlConnection all;
    all.id = value(connection->find("@id"), [](const Node& node) { return std::optional(node.text); }, "an id");
    for (const std::string_view name : {"transit_gateway_id", "vpn_gateway_id"})
      if (!all.attachment.known()) all.attachment = value(connection->find(name), word, "an id");
    for (const Entry& entry : connection->entries)
      if (entry.name == "ipsec_tunnel") add_tunnel(all, entry.value);
    all.bgp = uses_bgp(*connection);
    all.problems = std::move(problems_);
    return all;
  }

 private:
  Where at(const Node& node) const { return embedded_at_ ? *embedded_at_ : Where{path_, node.line, node.column}; }

  template <class Parse, class T = typename std::invoke_result_t<Parse, const Node&>::value_type>
  Value<T> value(const Node* node, Parse parse, const char* wanted) {
    if (!node) return Value<T>::unknown(kNotStated, embedded_at_.value_or(Where{path_, 0, 0}));
    if (node->broken) return Value<T>::unknown(kBrokenOff, at(*node));
    if (auto found = parse(*node)) return Value<T>::stated(std::move(*found), at(*node));
    problems_.push_back({at(*node), std::string("not ") + wanted, {}, false});
    return Value<T>::unknown(std::string("not ") + wanted, at(*node));
  }

  void add_tunnel(XmlConnection& all, const Node& node) {
    if (all.tunnels.size() < 2) return all.tunnels.push_back(tunnel(node));
    if (!problems_.empty()) return;
    problems_.push_back({at(node), "more than two tunnels", "a VPN connection has two: the first two are read", false});
  }

  Value<bool> uses_bgp(const Node& connection) {
    const Node* attributes = connection.find("vpn_connection_attributes");
    if (attributes && attributes->text == "NoBGPVPNConnection") return Value<bool>::stated(false, at(*attributes));
    const Node* bgp = connection.find({"ipsec_tunnel", "vpn_gateway", "bgp"});
    return bgp ? Value<bool>::stated(true, at(*bgp)) : Value<bool>::unknown(connection.broken ? kBrokenOff : kNotStated, at(connection));
  }

  Value<model::Addresses> outside(const Node* end) {
    const auto parse = [](const Node& node) -> std::optional<model::Addresses> {
      const auto one = model::parse_address(node.text);
      return one ? std::optional(model::Addresses{false, {{*one, *one}}, {}}) : std::nullopt;
    };
    return value(end ? end->find({"tunnel_outside_address", "ip_address"}) : nullptr, parse, "an IP address");
  }

  Value<model::IpAddress> inside(const Node* end) {
    const auto parse = [](const Node& node) { return model::parse_address(node.text); };
    return value(end ? end->find({"tunnel_inside_address", "ip_address"}) : nullptr, parse, "an IP address");
  }

  Value<model::AddressRange> cidr(const Node* end) {
    const Node* inside = end ? end->find("tunnel_inside_address") : nullptr;
    const auto parse = [](const Node& node) -> std::optional<model::AddressRange> {
      const Node *address = node.find("ip_address"), *prefix = node.find("network_cidr");
      return address && prefix ? model::parse_range(address->text + "/" + prefix->text) : std::nullopt;
    };
    return value(inside, parse, "an address with its prefix");
  }

  Value<std::uint32_t> asn(const Node* end) {
    const auto parse = [](const Node& node) -> std::optional<std::uint32_t> {
      const auto number = whole_number(node);
      return number && *number <= 0xffffffffu ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
    };
    return value(end ? end->find({"bgp", "asn"}) : nullptr, parse, "an AS number");
  }

  Value<model::Seconds> hold_time(const Node* end) {
    const auto parse = [](const Node& node) -> std::optional<model::Seconds> {
      const auto number = whole_number(node);
      return number && *number <= 65535 ? std::optional(model::Seconds(*number)) : std::nullopt;
    };
    return value(end ? end->find({"bgp", "hold_time"}) : nullptr, parse, "a number of seconds");
  }

  Value<model::Secret> key(const Node& tunnel) {
    const auto parse = [](const Node& node) -> std::optional<model::Secret> {
      if (!node.is(Node::Kind::Text) || node.text.empty()) return std::nullopt;
      return model::Secret(std::string(node.text));
    };
    const Node* written = tunnel.find({"ike", "pre_shared_key"});
    if (written && is_masked(*written)) return Value<model::Secret>::unknown(kMasked, at(*written));
    return value(written, parse, "a key");
  }

  XmlTunnel tunnel(const Node& node) {
    const Node *cloud = node.find("vpn_gateway"), *gateway = node.find("customer_gateway");
    return {at(node), outside(cloud), outside(gateway), inside(cloud), inside(gateway), cidr(cloud), asn(cloud), asn(gateway),
            hold_time(cloud), key(node)};
  }

  const std::string& path_;
  const std::optional<Where>& embedded_at_;
  std::vector<model::Problem> problems_;
};

constexpr const char* kNoOptions = "a CustomerGatewayConfiguration does not say which options AWS has";

// Everything but addresses, keys and BGP is unknown.
model::Endpoint endpoint_of(const XmlConnection& xml, std::size_t index, Document& document) {
  const XmlTunnel& tunnel = xml.tunnels[index];
  const Scope nothing = Scope::unknown(document, tunnel.where, kNoOptions);
  Connection connection{xml.id.value_or("vpn_connection"), xml.id, nothing, nothing, unknown_gateway(kNoOptions, tunnel.where),
                        Value<std::vector<model::AddressRange>>::unknown(kNoOptions, tunnel.where), {}, {}, false};
  model::Endpoint endpoint = make_endpoint(connection, nothing, static_cast<std::uint32_t>(index + 1));
  endpoint.local_addresses = tunnel.outside;
  endpoint.remote_addresses = tunnel.gateway_outside;
  endpoint.inside_cidr = tunnel.inside_cidr;
  endpoint.inside_local = tunnel.inside;
  endpoint.inside_remote = endpoint.bgp.neighbour = tunnel.gateway_inside;
  endpoint.keys = Value<std::vector<model::Key>>::stated({model::Key{tunnel.key, {}, tunnel.key.where()}}, tunnel.key.where());
  const auto method = [&] { return Value<model::Authentication>::stated(model::Authentication::PreSharedKey, tunnel.key.where()); };
  if (tunnel.key.known()) endpoint.local_authentication = endpoint.remote_authentication = method();
  endpoint.local_identity = address_identity(tunnel.outside);
  endpoint.remote_identity = address_identity(tunnel.gateway_outside);
  endpoint.bgp.used = xml.bgp;
  endpoint.bgp.local_asn = tunnel.asn;
  endpoint.bgp.remote_asn = tunnel.gateway_asn;
  endpoint.bgp.hold_time = tunnel.hold_time;
  endpoint.cloud.attachment = xml.attachment;
  return endpoint;
}

}  // namespace

XmlConnection customer_gateway_of(const Node& root, const std::string& path, const std::optional<Where>& embedded_at) {
  return XmlReader(path, embedded_at).read(root);
}

XmlConnection read_customer_gateway_xml(const std::string& text, const std::string& path, const std::optional<Where>& embedded_at) {
  Tree tree = read_xml(text, path);
  XmlConnection all = customer_gateway_of(tree.root, path, embedded_at);
  wipe(tree.root);
  for (model::Problem& problem : tree.problems) {
    if (embedded_at) problem.where = *embedded_at;
    if (embedded_at) problem.fatal = false;
    all.problems.push_back(std::move(problem));
  }
  return all;
}

namespace {

bool recognises_xml(const Content& content) {
  return content.form() == Content::Form::Xml && content.tree().root.find({"vpn_connection"});
}

std::vector<model::Configuration> read_xml_file(const Content& content, const Surroundings&) {
  Document document{content.path(), Spelling::Api, content.tree().problems};
  XmlConnection xml = customer_gateway_of(content.tree().root, content.path(), std::nullopt);
  model::Configuration configuration{content.path(), "aws-customer-gateway-xml", model::Side::Cloud, model::Moment::Now, {}, {}};
  for (std::size_t i = 0; i < xml.tunnels.size(); ++i) configuration.endpoints.push_back(endpoint_of(xml, i, document));
  configuration.problems = std::move(document.problems);
  configuration.problems.insert(configuration.problems.end(), xml.problems.begin(), xml.problems.end());
  return {configuration};
}

}  // namespace
}  // namespace aws

const Kind kCustomerGatewayXml{"aws-customer-gateway-xml", "AWS CustomerGatewayConfiguration (XML)", model::Side::Cloud, false,
                               aws::recognises_xml, aws::read_xml_file};

}  // namespace tunnelscope::config
