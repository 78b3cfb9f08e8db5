// OpenVPN CloudConnexa: the events of its log streaming and the sessions of its API; facts/session-logs.md section 2.
// Header variants meet here: who and from where stand under several names.
#include "src/input/dialects/session.hpp"

namespace tunnelscope::input {
namespace {

using diag::Happening;

constexpr Name kHeader[] = {
    "CloudConnexaLogVersion", "category", "eventName", "timestamp", "cloudId", "service", "traceId", "publicIp",
    "clientPublicIp", "initiatorPublicIp", "initiatorType", "initiator", "initiatorName", "initiatorRole", "userAgent",
    "initiatorClientAgent", "parentEntityType", "parentEntity", "parentEntityName"};
constexpr Name kConnection[] = {
    "log.clientUUID", "log.clientSessionId", "log.clientOsType", "log.clientOsVersion", "log.clientPublicIp",
    "log.clientTunnelIpV4", "log.clientTunnelIpV6", "log.sessionProtocol", "log.sessionTunnelProtocol",
    "log.sessionStartTime", "log.gatewayRegionName", "log.gatewayRegion", "log.gatewayId", "log.sessionBytesIn",
    "log.sessionBytesOut", "log.sessionDisconnectReason", "log.sessionDisconnectReasonDescription",
    "log.sessionDurationSeconds", "log.sessionEndTime", "log.parentEntityName"};
constexpr Name kFlow[] = {
    "log.sourceEntityType", "log.sourceEntityId", "log.sourceEntityName", "log.sourceParentType", "log.sourceParentId",
    "log.sourceParentName", "log.sourceGatewayRegion", "log.sourceGatewayRegionName", "log.sourceIp", "log.sourcePort",
    "log.destinationEntityType", "log.destinationEntityId", "log.destinationEntityName", "log.destinationParentType",
    "log.destinationParentId", "log.destinationParentName", "log.destinationEntityIp", "log.destinationIp",
    "log.destinationPort", "log.destinationGatewayRegion", "log.destinationGatewayRegionName", "log.allowed",
    "log.protocol", "log.protocolName", "log.clientSessionId", "log.parentEntityName"};
constexpr Name kBlocked[] = {
    "log.signatureId", "log.eventName", "log.classification", "log.priority", "log.category", "log.protocol",
    "log.sourceIp", "log.sourcePort", "log.destinationIp", "log.destinationPort", "log.domain", "log.queryType",
    "log.clientPublicIp", "log.parentEntityName"};
constexpr Name kStream[] = {"log.aws-s3-bucket", "log.aws-region"};
constexpr Name kSession[] = {
    "id", "userName", "email", "deviceName", "connectorName", "hostName", "networkName", "osType", "region", "status",
    "disconnectReason", "disconnectReasonDescription", "bytesIn", "bytesOut", "protocol", "publicIp", "tunnelIpV4",
    "tunnelIpV6", "sessionStartTime", "sessionEndTime", "sessionDurationSeconds"};

struct Event {
  std::string_view name;
  void (*read)(const Look& look, Scratch& scratch, diag::SessionRecord& record);
  std::span<const Name> fields;
};

std::string_view protocol_named(std::string_view text) {
  if (text == "6") return "tcp";
  if (text == "17") return "udp";
  if (text == "1") return "icmp";
  return text;
}

diag::Duration between(diag::Time start, diag::Time end) {
  return start == diag::kNoTime || end == diag::kNoTime || end < start ? -1 : end - start;
}

void read_connection(const Look& look, Scratch&, diag::SessionRecord& record) {
  record.happening = Happening::Started;
  record.start = look.time("log.sessionStartTime");
  record.gateway = look.text("log.gatewayId");
  record.group = look.text("log.gatewayRegion");
  record.group_name = look.text("log.gatewayRegionName");
  record.protocol = look.lower_case(look.text("log.sessionProtocol"));
}

void read_disconnection(const Look& look, Scratch& scratch, diag::SessionRecord& record) {
  read_connection(look, scratch, record);
  record.happening = Happening::Ended;
  record.end = look.time("log.sessionEndTime");
  record.duration = look.seconds("log.sessionDurationSeconds");
  if (record.duration < 0) record.duration = between(record.start, record.end);
  record.to_client = look.bytes("log.sessionBytesIn");
  record.from_client = look.bytes("log.sessionBytesOut");
  append_if(scratch.text, ": ", look.text("log.sessionDisconnectReason"));
  append_if(scratch.text, " (", look.text("log.sessionDisconnectReasonDescription"), ")");
}

void set_destination(const Look& look, Scratch& scratch, diag::SessionRecord& record) {
  const auto address = look.first_of({"log.destinationEntityName", "log.destinationParentName",
                                      "log.destinationEntityIp", "log.destinationIp", "log.destinationEntityId"});
  record.resource = joined(address, look.text("log.destinationPort"), scratch);
  record.protocol = look.lower_case(protocol_named(look.first_of({"log.protocolName", "log.protocol"})));
}

void read_flow(const Look& look, Scratch& scratch, diag::SessionRecord& record) {
  const auto allowed = look.text("log.allowed");
  if (same_word(allowed, "false")) record.happening = Happening::Denied;
  append_if(scratch.text, " ", same_word(allowed, "false") ? "denied" : allowed.empty() ? "" : "allowed");
  record.group = look.text("log.sourceGatewayRegion");
  record.group_name = look.text("log.sourceGatewayRegionName");
  set_destination(look, scratch, record);
}

void read_traffic_blocked(const Look& look, Scratch& scratch, diag::SessionRecord& record) {
  record.happening = Happening::Denied;
  append_if(scratch.text, " priority ", look.text("log.priority"));
  append_if(scratch.text, ": ", look.text("log.eventName"));
  set_destination(look, scratch, record);
}

void read_domain_blocked(const Look& look, Scratch& scratch, diag::SessionRecord& record) {
  record.happening = Happening::Denied;
  record.resource = look.text("log.domain");
  append_if(scratch.text, ": ", record.resource);
  append_if(scratch.text, " (", look.text("log.category"), ")");
  record.protocol = look.lower_case(protocol_named(look.text("log.protocol")));
}

void read_nothing(const Look&, Scratch&, diag::SessionRecord&) {}

constexpr Event kEvents[] = {
    {"client-connected", read_connection, kConnection},
    {"client-disconnected", read_disconnection, kConnection},
    {"flow-established", read_flow, kFlow},
    {"traffic-blocked", read_traffic_blocked, kBlocked},
    {"domain-blocked", read_domain_blocked, kBlocked},
    {"log-stream-started", read_nothing, kStream},
    {"log-stream-paused", read_nothing, kStream},
    {"test-message", read_nothing, {}},
};

// Who: the account is what the device belongs to, where the event says that.
void set_client(const Look& look, diag::SessionRecord& record) {
  const auto type = look.text("initiatorType");
  record.is_connector = same_word(type, "Connector") || same_word(look.text("parentEntityType"), "NetworkOrHost");
  record.user = look.first_of(
      {"parentEntityName", "log.parentEntityName", "initiatorName", "parentEntity", "initiator"});
  const bool names_device = same_word(type, "Device") || same_word(type, "Connector");
  if (names_device) record.device = look.text("initiatorName");
  if (record.device.empty()) record.device = look.text("log.clientUUID");
  record.address = look.first_of({"publicIp", "initiatorPublicIp", "clientPublicIp", "log.clientPublicIp"});
  record.id = look.text("log.clientSessionId");
  record.organisation = look.text("cloudId");
}

bool is_status(std::string_view text) {
  return same_word(text, "ACTIVE") || same_word(text, "COMPLETED") || same_word(text, "FAILED");
}

}  // namespace

bool recognise_cloudconnexa(const Fields& fields) { return fields.has(Key::CloudConnexaLogVersion); }

void read_cloudconnexa(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  const Look look(fields, context, out, scratch, {});
  const auto name = look.text("eventName");
  const Event* event = nullptr;
  for (const Event& row : kEvents)
    if (row.name == name) event = &row;
  if (event == nullptr) return out.skip(kOtherCloudConnexaEvent, context);
  if (look.number("CloudConnexaLogVersion") != 1) out.note("unknown CloudConnexaLogVersion", context);
  diag::SessionRecord record;
  record.dialect = diag::Dialect::CloudConnexa;
  if (!look.take_time({"timestamp", "log.sessionEndTime", "log.sessionStartTime"}, record.time)) return;
  set_client(look, record);
  scratch.text = name;
  event->read(look, scratch, record);
  record.message = scratch.text;
  if (out.wants_fields()) {
    append_fields(scratch.fields, look, kHeader);
    append_fields(scratch.fields, look, event->fields);
  }
  record.fields = scratch.fields.view();
  out.session(record, context);
}

bool recognise_cloudconnexa_session(const Fields& fields) {
  if (!is_status(trim(fields[Key::Status].text()))) return false;
  if (fields.has(Key::SessionStartTime)) return true;
  for (const Name name : std::initializer_list<Name>{"sessionEndTime", "disconnectReason", "tunnelIpV4", "sessionDurationSeconds"})
    if (fields.named(name).kind() != FieldValue::Kind::Absent) return true;
  return false;
}

void read_cloudconnexa_session(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  const Look look(fields, context, out, scratch, {});
  diag::SessionRecord record;
  record.dialect = diag::Dialect::CloudConnexa;
  if (!look.take_time({"sessionEndTime", "sessionStartTime"}, record.time)) return;
  record.start = look.time("sessionStartTime");
  record.end = look.time("sessionEndTime");
  record.duration = look.seconds("sessionDurationSeconds");
  if (record.duration < 0) record.duration = between(record.start, record.end);
  const auto status = look.text("status");
  record.happening = same_word(status, "FAILED") ? Happening::Failed : Happening::Whole;
  scratch.text = "session ";
  for (const char c : status) scratch.text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  append_if(scratch.text, ": ", look.text("disconnectReason"));
  append_if(scratch.text, " (", look.text("disconnectReasonDescription"), ")");
  record.id = look.text("id");
  record.group = look.text("region");
  record.is_connector = !look.text("connectorName").empty();
  record.user = look.first_of({"userName", "email", "networkName", "hostName"});
  record.device = look.first_of({"deviceName", "connectorName"});
  record.address = look.text("publicIp");
  record.protocol = look.lower_case(look.text("protocol"));
  record.to_client = look.bytes("bytesIn");
  record.from_client = look.bytes("bytesOut");
  record.message = scratch.text;
  if (out.wants_fields()) append_fields(scratch.fields, look, kSession);
  record.fields = scratch.fields.view();
  out.session(record, context);
}

}  // namespace tunnelscope::input
