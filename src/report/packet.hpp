// An incident packet: the files that go to those who help with an incident, as they are. In: the report with pseudonyms for all that
// identifies a company, and the same report with what AWS gave or was told left readable. Out: names and texts of files, in the
// order in which a reader wants them. Pure: whoever calls it writes them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "src/report/format.hpp"

namespace tunnelscope::report {

struct PacketFile {
  std::string name;  // without a folder
  std::string text;
};

// The account and region that wrote the logs; empty: not known.
struct AwsOrigin {
  std::string account, region;
};
// By the paths of inputs, as AWS names exports: AWSLogs/ACCOUNT/.../REGION/. Two different ones are none.
AwsOrigin aws_origin(const std::vector<diag::InputSummary>& inputs);

// Precondition: both are of one report, cleaned, without names of files (src/packet_documents.hpp).
std::vector<PacketFile> packet(const Document& pseudonymous, const Document& for_aws, const AwsOrigin& origin);

// The public addresses of the customer gateways of a connection or tunnel, as its findings and their records name them; each once, in
// order. Raw texts; an address of a private network is none.
std::vector<std::string> customer_gateways(const diag::Report& report, const std::string& connection, const std::string& tunnel);

// The parts, for packet() and for tests.
std::string packet_timeline(const diag::Report& report);                          // an SVG document
std::string aws_support_case(const Document& for_aws, const AwsOrigin& origin);  // of Site-to-Site VPN
std::string gateway_vendor_case(const Document& pseudonymous);
std::string session_vendor_case(const Document& document, diag::System system);   // Client VPN's goes to AWS, too
std::string_view product_of(diag::System system);                                 // "AWS Client VPN"
std::string packet_evidence(const Document& pseudonymous);
std::string packet_commands(const Document& for_aws);

}  // namespace tunnelscope::report
