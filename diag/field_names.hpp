// The names of fields of user sessions, as the systems' documents spell them, each with a number.
#pragma once
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace tunnelscope::diag {

inline constexpr std::string_view kFieldNames[] = {
    // AWS Client VPN
    "connection-log-type", "connection-attempt-status", "connection-reset-status",
    "connection-attempt-failure-reason", "connection-id", "client-vpn-endpoint-id", "transport-protocol",
    "connection-start-time", "connection-last-update-time", "client-ip", "client-ip-v6", "common-name", "device-type",
    "device-ip", "port", "ingress-bytes", "egress-bytes", "ingress-packets", "egress-packets", "connection-end-time",
    "username", "connection-duration-seconds", "posture-compliance-statuses",
    "authorization-policy-evaluation.result", "authorization-policy-evaluation.evaluation-type",
    "authorization-policy-evaluation.shadow-mode", "authorization-policy-evaluation.reason",
    "authorization-policy-evaluation.device-token-status",
    // CloudConnexa
    "CloudConnexaLogVersion", "category", "eventName", "timestamp", "cloudId", "service", "traceId", "publicIp",
    "clientPublicIp", "initiatorPublicIp", "initiatorType", "initiator", "initiatorName", "initiatorRole",
    "userAgent", "initiatorClientAgent", "parentEntityType", "parentEntity", "parentEntityName", "log.clientUUID",
    "log.clientSessionId", "log.clientOsType", "log.clientOsVersion", "log.clientPublicIp", "log.clientTunnelIpV4",
    "log.clientTunnelIpV6", "log.sessionProtocol", "log.sessionTunnelProtocol", "log.sessionStartTime",
    "log.gatewayRegionName", "log.gatewayRegion", "log.gatewayId", "log.sessionBytesIn", "log.sessionBytesOut",
    "log.sessionDisconnectReason", "log.sessionDisconnectReasonDescription", "log.sessionDurationSeconds",
    "log.sessionEndTime", "log.parentEntityName", "log.sourceEntityType", "log.sourceEntityId",
    "log.sourceEntityName", "log.sourceParentType", "log.sourceParentId", "log.sourceParentName",
    "log.sourceGatewayRegion", "log.sourceGatewayRegionName", "log.sourceIp", "log.sourcePort",
    "log.destinationEntityType", "log.destinationEntityId", "log.destinationEntityName", "log.destinationParentType",
    "log.destinationParentId", "log.destinationParentName", "log.destinationEntityIp", "log.destinationIp",
    "log.destinationPort", "log.destinationGatewayRegion", "log.destinationGatewayRegionName", "log.allowed",
    "log.protocol", "log.protocolName", "log.signatureId", "log.eventName", "log.classification", "log.priority",
    "log.category", "log.domain", "log.queryType", "log.aws-s3-bucket", "log.aws-region", "id", "userName", "email",
    "deviceName", "connectorName", "hostName", "networkName", "osType", "region", "status", "disconnectReason",
    "disconnectReasonDescription", "bytesIn", "bytesOut", "protocol", "tunnelIpV4", "tunnelIpV6", "sessionStartTime",
    "sessionEndTime", "sessionDurationSeconds",
    // Pangolin
    "sessionId", "siteResourceId", "orgId", "siteId", "clientId", "clientEndpoint", "userId", "sourceAddr",
    "destAddr", "startedAt", "endedAt", "duration", "bytesTx", "bytesRx", "resourceName", "resourceNiceId",
    "siteName", "siteNiceId", "clientName", "clientNiceId", "clientType", "userEmail", "event",
    // Twingate
    "event_type", "connection.id", "connection.client_ip", "connection.resource_ip", "connection.resource_port",
    "connection.protocol", "connection.duration", "connection.rx", "connection.tx", "connection.cbct_freshness",
    "connection.error_message", "connection.tunnel_path", "connection.tunnel_proto", "connector.id", "connector.name",
    "remote_network.id", "remote_network.name", "resource.id", "resource.address", "resource.applied_rule",
    "device.id", "user.id", "user.email", "service_account.id", "service_account.name", "service_account.key_id",
    "start_time", "end_time", "user", "user_id", "device_id", "client_ip", "connector", "connector_id", "resource_ip",
    "resource_port", "resource_domain", "resource_address", "resource_id", "applied_rule", "remote_network",
    "remote_network_id", "bytes_transferred", "bytes_received", "relays", "relay_ips", "relay_ports", "location",
    "location.geoip.city", "location.geoip.country", "location.geoip.lat", "location.geoip.lon", "location.geoip.region",
    // envelopes
    "stream", "log", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "CONTAINER_NAME", "_COMM",
};

// Of a name in this very spelling; kNoNumber: it is not in the list.
inline constexpr std::uint8_t kNoNumber = 0xFF;
constexpr std::uint8_t field_number(std::string_view name) {
  const auto it = std::find(std::begin(kFieldNames), std::end(kFieldNames), name);
  return it == std::end(kFieldNames) ? kNoNumber : static_cast<std::uint8_t>(it - std::begin(kFieldNames));
}

}  // namespace tunnelscope::diag
