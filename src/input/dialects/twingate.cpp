// Twingate: connections as Connectors log them (ANALYTICS, versions 1 and 2) and as the console reports them;
// facts/session-logs.md section 4. A service account's key is never looked at.
#include <algorithm>
#include <charconv>

#include "src/input/dialects/session.hpp"

namespace tunnelscope::input {
namespace {

using diag::Happening;

constexpr Name kDocumented[] = {
    "event_type", "timestamp", "connection.id", "connection.client_ip", "connection.resource_ip",
    "connection.resource_port", "connection.protocol", "connection.duration", "connection.rx", "connection.tx",
    "connection.cbct_freshness", "connection.error_message", "connection.tunnel_path", "connection.tunnel_proto",
    "connector.id", "connector.name", "remote_network.id", "remote_network.name", "resource.id", "resource.address",
    "resource.applied_rule", "device.id", "user.id", "user.email", "service_account.id", "service_account.name",
    "service_account.key_id"};
constexpr std::string_view kRelay[] = {"ip", "name", "port"};
constexpr Name kPlace[] = {"location.geoip.city", "location.geoip.country", "location.geoip.lat", "location.geoip.lon",
                          "location.geoip.region"};
constexpr std::string_view kInPlace = "location.geoip.";
constexpr Name kReport[] = {
    "start_time", "end_time", "user", "user_id", "device_id", "client_ip", "connector", "connector_id", "resource_ip",
    "resource_port", "resource_domain", "resource_address", "resource_id", "applied_rule", "remote_network",
    "remote_network_id", "protocol", "status", "bytes_transferred", "bytes_received", "relays", "relay_ips", "relay_ports"};

constexpr Name kParty[] = {"user.email", "user.id", "service_account.name", "service_account.id", "device.id", "connection.client_ip"};
constexpr Name kRoute[] = {"remote_network.name", "remote_network.id", "connector.name", "connector.id",
                           "resource.address", "connection.resource_ip", "connection.resource_port", "connection.protocol"};

struct EventType {
  std::string_view name;
  Happening happening;
};
constexpr EventType kEventTypes[] = {{"established_connection", Happening::Started},
                                     {"closed_connection", Happening::Ended},
                                     {"failed_to_connect", Happening::Failed},
                                     {"denied_access", Happening::Denied}};

const EventType* event_type_named(std::string_view name) {
  for (const EventType& row : kEventTypes)
    if (row.name == name) return &row;
  return nullptr;
}

// Mailing systems and web pages put something else in its place.
bool is_masked(std::string_view email) {
  return email.find("protected") != std::string_view::npos || email.find("xxx") != std::string_view::npos;
}

std::string_view account(const Look& look) {
  const auto email = look.text("user.email");
  if (!email.empty() && !is_masked(email)) return email;
  return look.first_of({"user.id", "service_account.name", "service_account.id"});
}

std::string_view internet_address(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (plain || is_address(text)) return text;
  return is_masked(text) ? std::string_view{} : endpoint_of(text).address;
}

// Version 1 ids have six groups of hexadecimal digits; the fifth is the second in which the connection began.
std::string_view start_in_id(std::string_view id) {
  std::string_view fifth;
  for (int group = 1; group < 6; ++group) {
    const auto end = id.find('-');
    if (end == std::string_view::npos) return {};
    fifth = id.substr(0, end);
    id.remove_prefix(end + 1);
  }
  return id.find('-') == std::string_view::npos ? fifth : std::string_view{};
}

diag::Time time_in_id(std::string_view id, diag::Time latest) {
  const auto digits = start_in_id(id);
  std::uint32_t seconds = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds, 16);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return diag::kNoTime;
  const diag::Time time = diag::Time{seconds} * diag::kSecond;
  return time <= latest + diag::kMinute ? time : diag::kNoTime;
}

diag::Answer relayed(const Look& look, std::string_view id) {
  const auto path = look.text("connection.tunnel_path");
  if (same_word(path, "relayed") || same_word(path, "relay")) return diag::Answer::Yes;
  if (same_word(path, "direct")) return diag::Answer::No;
  const FieldValue relays = look.at("relays");
  if (relays.kind() == FieldValue::Kind::Array && relays.array().size() > 0) return diag::Answer::Yes;
  const bool second_version = start_in_id(id).empty();
  return second_version ? diag::Answer::No : diag::Answer::Unknown;
}

void set_times(const Look& look, diag::SessionRecord& record) {
  record.start = time_in_id(record.id, record.time);
  if (record.happening == Happening::Started && record.start == diag::kNoTime) record.start = record.time;
  if (record.happening != Happening::Ended) return;
  const auto milliseconds = look.number("connection.duration");
  record.end = record.time;
  if (milliseconds && *milliseconds >= 0 && *milliseconds <= record.time) {
    record.duration = *milliseconds;
    record.start = record.time - *milliseconds;
  } else if (record.start != diag::kNoTime && record.start <= record.end) {
    record.duration = record.end - record.start;
  }
  record.to_client = look.bytes("connection.rx");
  record.from_client = look.bytes("connection.tx");
}

// `location` is an object written as text: a Connector's is always the same.
void read_location(const Look& look, std::string_view text, Scratch& scratch) {
  scratch.place.clear();
  simdjson::dom::object location;
  if (!text.starts_with('{')) return;
  scratch.json.assign(text);
  scratch.json.resize(text.size() + simdjson::SIMDJSON_PADDING);
  const auto parsed = scratch.parser.parse(scratch.json.data(), text.size(), false);
  if (parsed.get_object().get(location) != simdjson::SUCCESS) return;
  const FieldValue place = member_of(location, "geoip");
  if (place.kind() != FieldValue::Kind::Object) return;
  for (const Name name : kPlace)
    scratch.place.emplace_back(look.text(member_of(place.object(), name.text().substr(kInPlace.size()))));
}

void append_location(const Look& look, Scratch& scratch) {
  const std::string_view text = look.at("location").text();
  if (text != scratch.location) {
    read_location(look, text, scratch);
    scratch.location = text;
  }
  for (std::size_t i = 0; i < scratch.place.size(); ++i) scratch.fields.add_named(kPlace[i], scratch.place[i]);
}

void append_documented(const Look& look, Scratch& scratch) {
  append_fields(scratch.fields, look, kDocumented);
  if (const FieldValue relays = look.at("relays"); relays.kind() == FieldValue::Kind::Array && relays.array().size() > 0)
    for (const std::string_view name : kRelay) append_members(scratch.fields, look, "relays", name);
  append_location(look, scratch);
}

void append_error(const Look& look, std::string& message, Happening happening) {
  if (happening != Happening::Failed && happening != Happening::Denied) return;
  append_if(message, ": ", look.text("connection.error_message"));
  if (happening == Happening::Failed && look.text("connection.resource_ip").empty()) message += " (no resource address)";
}

}  // namespace

bool recognise_twingate(const Fields& fields) {
  if (!fields.has(Key::EventType)) return false;
  return event_type_named(trim(fields[Key::EventType].text())) != nullptr ||
         (fields.has(Key::Connector) && fields.has(Key::RemoteNetwork));
}

void read_twingate(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  const Look look(fields, context, out, scratch, {});
  const EventType* const type = event_type_named(look.text("event_type"));
  if (type == nullptr) return out.skip(kOtherTwingateEvent, context);
  diag::SessionRecord record;
  record.dialect = diag::Dialect::Twingate;
  record.happening = type->happening;
  record.id = look.text("connection.id");
  if (!look.take_time({"timestamp"}, record.time)) return;
  if (record.time == diag::kNoTime) record.time = context.time;
  if (record.time != diag::kNoTime) set_times(look, record);
  if (!look.knows_party(record, kParty)) {
    record.user = account(look);
    record.device = look.text("device.id");
    record.address = internet_address(look.text("connection.client_ip"));
  }
  if (!look.knows_route(record, kRoute)) {
    record.group = look.first_of({"remote_network.name", "remote_network.id"});
    record.connector = look.first_of({"connector.name", "connector.id"});
    record.resource = joined(look.first_of({"resource.address", "connection.resource_ip"}),
                             look.text("connection.resource_port"), scratch);
    record.protocol = look.lower_case(look.text("connection.protocol"));
  }
  record.relayed = relayed(look, record.id);
  scratch.text = type->name;
  append_error(look, scratch.text, type->happening);
  record.message = scratch.text;
  if (out.wants_fields()) append_documented(look, scratch);
  record.fields = scratch.fields.view();
  out.session(record, context);
}

bool recognise_twingate_report(const Fields& fields) {
  return fields.has(Key::BytesTransferred) && fields.has(Key::Status) && fields.has(Key::Connector);
}

void read_twingate_report(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  const Look look(fields, context, out, scratch, {});
  diag::SessionRecord record;
  record.dialect = diag::Dialect::Twingate;
  if (!look.take_time({"end_time", "start_time"}, record.time)) return;
  record.start = look.time("start_time");
  record.end = look.time("end_time");
  const auto status = look.text("status");
  const bool normal = same_word(status, "NORMAL");
  record.happening = normal ? Happening::Whole : Happening::Failed;
  scratch.text = normal ? "closed_connection" : "failed_to_connect";
  if (!normal) append_if(scratch.text, ": ", status);
  if (record.start != diag::kNoTime && record.end >= record.start) record.duration = record.end - record.start;
  record.group = look.first_of({"remote_network", "remote_network_id"});
  record.connector = look.first_of({"connector", "connector_id"});
  const auto email = look.text("user");
  record.user = email.empty() || is_masked(email) ? look.text("user_id") : email;
  record.device = look.text("device_id");
  record.address = internet_address(look.text("client_ip"));
  record.resource = joined(look.first_of({"resource_domain", "resource_address", "resource_ip"}), look.text("resource_port"), scratch);
  record.protocol = look.lower_case(look.text("protocol"));
  if (normal) record.to_client = look.bytes("bytes_received");
  if (normal) record.from_client = look.bytes("bytes_transferred");
  const auto relays = look.first_of({"relay_ips", "relays"});
  record.relayed = relays.empty() || relays == "[]" ? diag::Answer::Unknown : diag::Answer::Yes;
  record.message = scratch.text;
  if (out.wants_fields()) append_fields(scratch.fields, look, kReport);
  record.fields = scratch.fields.view();
  out.session(record, context);
}

}  // namespace tunnelscope::input
