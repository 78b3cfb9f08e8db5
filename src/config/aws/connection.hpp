// AWS's end of a tunnel. In: what a document says of the connection, of the tunnel, of the customer gateway. Out: an Endpoint, with the
// dated defaults of AWS where nothing is stated, and unknown where AWS's own documents contradict each other. Internal to aws/.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/config/aws/customer_gateway_xml.hpp"
#include "src/config/aws/fields.hpp"

namespace tunnelscope::config::aws {

// The resource that describes the customer's side. Absent values are unknown with the reason.
struct CustomerGateway {
  Value<model::Addresses> address;
  Value<std::uint32_t> asn;
  Value<bool> has_certificate;  // then tunnels authenticate by certificate
};
CustomerGateway unknown_gateway(const std::string& reason, const Where& where);
CustomerGateway read_customer_gateway(const Scope& properties);

// What both tunnels of a connection share.
struct Connection {
  std::string name;            // "vpn-0123456789abcdef0", "module.vpn.aws_vpn_connection.main", a template's logical id
  Value<std::string> id;
  Scope options;               // where StaticRoutesOnly and its like stand
  Scope properties;            // where the gateways stand; the same as `options` but in describe-vpn-connections
  CustomerGateway gateway;
  Value<std::vector<model::AddressRange>> static_routes;
  std::vector<XmlTunnel> xml;  // of the embedded CustomerGatewayConfiguration; empty: none
  std::string no_address;      // why tunnels without a stated outside address have none
  bool replaced = false;
  Value<bool> deleted{};       // known only where it is said: it is gone, or going
};

// `number` is 1 or 2.
model::Endpoint make_endpoint(const Connection& connection, const Scope& tunnel, std::uint32_t number);

// AWS goes by outside addresses, as who the gateway is and as who it says it is itself.
Value<model::Identity> address_identity(const Value<model::Addresses>& addresses);

// The names of options that readers ask for themselves.
extern const Names kOutsideAddress, kStaticRoutesOnly, kCustomerGatewayId, kVpnConnectionId, kDestination;

}  // namespace tunnelscope::config::aws
