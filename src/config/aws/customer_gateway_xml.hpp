// The CustomerGatewayConfiguration, as a file of its own or as a text inside other documents. Only its addresses, its keys and BGP are
// read: its algorithms and lifetimes are samples of the least that AWS accepts, not what is configured. Internal to aws/.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/config/aws/fields.hpp"
#include "src/config/tree.hpp"

namespace tunnelscope::config::aws {

// One <ipsec_tunnel>; what stands there is stated, what does not is unknown.
struct XmlTunnel {
  Where where;
  Value<model::Addresses> outside, gateway_outside;
  Value<model::IpAddress> inside, gateway_inside;
  Value<model::AddressRange> inside_cidr;
  Value<std::uint32_t> asn, gateway_asn;
  Value<model::Seconds> hold_time;
  Value<model::Secret> key;
};

struct XmlConnection {
  Value<std::string> id;
  Value<std::string> attachment;
  Value<bool> bgp;
  std::vector<XmlTunnel> tunnels;
  std::vector<model::Problem> problems;
};

// `text` is the XML; with `embedded_at`, every value stands at that place of the document around it.
XmlConnection read_customer_gateway_xml(const std::string& text, const std::string& path, const std::optional<Where>& embedded_at);
// The same of a tree that has been read.
XmlConnection customer_gateway_of(const Node& root, const std::string& path, const std::optional<Where>& embedded_at);

}  // namespace tunnelscope::config::aws
