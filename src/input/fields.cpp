// One sorted table of names. The fold (lower case, without "_" and "-") happens once per key, in a small buffer.
#include "src/input/fields.hpp"

#include <algorithm>
#include <bit>

namespace tunnelscope::input {
namespace {

struct Name {
  std::string_view folded;
  Key key;
};

constexpr std::array kNames{
    Name{"@logstream", Key::LogStream},
    Name{"@message", Key::AtMessage},
    Name{"@timestamp", Key::AtTimestamp},
    Name{"aspath", Key::AsPath},
    Name{"awslogs", Key::AwsLogs},
    Name{"body", Key::OtherMessage},
    Name{"bytestransferred", Key::BytesTransferred},
    Name{"clientvpnendpointid", Key::ClientVpnEndpointId},
    Name{"cloudconnexalogversion", Key::CloudConnexaLogVersion},
    Name{"connectionlogtype", Key::ConnectionLogType},
    Name{"connector", Key::Connector},
    Name{"data", Key::Data},
    Name{"date", Key::OtherTime},
    Name{"destaddr", Key::DestAddr},
    Name{"detail", Key::Inner},
    Name{"details", Key::Details},
    Name{"dpdenabled", Key::DpdEnabled},
    Name{"error", Key::Error},
    Name{"event", Key::Event},
    Name{"events", Key::Events},
    Name{"eventtimestamp", Key::EventTimestamp},
    Name{"eventtype", Key::EventType},
    Name{"field", Key::Field},
    Name{"ikephase1state", Key::Phase1State},
    Name{"ikephase2state", Key::Phase2State},
    Name{"kinesis", Key::Kinesis},
    Name{"kubernetes", Key::Kubernetes},
    Name{"localpref", Key::LocalPref},
    Name{"log", Key::OtherMessage},
    Name{"logevents", Key::LogEvents},
    Name{"logstream", Key::LogStream},
    Name{"logstreamname", Key::LogStream},
    Name{"med", Key::Med},
    Name{"message", Key::Message},
    Name{"message.aspath", Key::AsPath},
    Name{"message.details", Key::Details},
    Name{"message.localpref", Key::LocalPref},
    Name{"message.med", Key::Med},
    Name{"message.nexthopip", Key::NextHopIp},
    Name{"message.prefix", Key::Prefix},
    Name{"message.weight", Key::Weight},
    Name{"messagetype", Key::MessageType},
    Name{"nattdetected", Key::NatTDetected},
    Name{"nextbackwardtoken", Key::NextToken},
    Name{"nextforwardtoken", Key::NextToken},
    Name{"nexthopip", Key::NextHopIp},
    Name{"payload", Key::Payload},
    Name{"prefix", Key::Prefix},
    Name{"raw", Key::OtherMessage},
    Name{"realtimetimestamp", Key::RealtimeTimestamp},
    Name{"records", Key::Records},
    Name{"remotenetwork", Key::RemoteNetwork},
    Name{"resourceid", Key::ResourceId},
    Name{"result", Key::Inner},
    Name{"results", Key::Results},
    Name{"service", Key::Service},
    Name{"sessionresults", Key::SessionResults},
    Name{"sessions", Key::Sessions},
    Name{"sessionstarttime", Key::SessionStartTime},
    Name{"sessionupdate", Key::SessionUpdate},
    Name{"source", Key::Inner},
    Name{"sourceaddr", Key::SourceAddr},
    Name{"status", Key::Status},
    Name{"text", Key::OtherMessage},
    Name{"time", Key::OtherTime},
    Name{"timestamp", Key::Timestamp},
    Name{"tunnelcgwnattdetectionstatus", Key::NatTDetected},
    Name{"tunneldpdenabled", Key::DpdEnabled},
    Name{"tunnelikephase1state", Key::Phase1State},
    Name{"tunnelikephase2state", Key::Phase2State},
    Name{"tunneloutsideipaddress", Key::OutsideIp},
    Name{"type", Key::Type},
    Name{"value", Key::Value},
    Name{"vpnconnectionid", Key::VpnConnectionId},
    Name{"vpnlogcreationtimestamp", Key::EventTimestamp},
    Name{"vpnlogcreationtimestampreadable", Key::Timestamp},
    Name{"vpnlogdetail", Key::Details},
    Name{"vpnlogdetails", Key::Details},
    Name{"weight", Key::Weight},
};
static_assert(std::is_sorted(kNames.begin(), kNames.end(),
                             [](const Name& a, const Name& b) { return a.folded < b.folded; }));

bool is_passed_over(char c) { return c == '_' || c == '-' || c == ' '; }
char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

FieldValue::Kind kind_of(simdjson::dom::element_type type) {
  using simdjson::dom::element_type;
  switch (type) {
    case element_type::ARRAY: return FieldValue::Kind::Array;
    case element_type::OBJECT: return FieldValue::Kind::Object;
    case element_type::INT64: return FieldValue::Kind::Integer;
    case element_type::UINT64:
    case element_type::DOUBLE: return FieldValue::Kind::Real;
    case element_type::STRING: return FieldValue::Kind::Text;
    case element_type::BOOL: return FieldValue::Kind::Bool;
    case element_type::NULL_VALUE: return FieldValue::Kind::Null;
  }
  return FieldValue::Kind::Null;
}

}  // namespace

Key key_named(std::string_view name) {
  std::array<char, 40> letters;
  std::size_t length = 0;
  for (const char c : name) {
    if (is_passed_over(c)) continue;
    if (length == letters.size()) return Key::None;
    letters[length++] = folded(c);
  }
  const std::string_view wanted(letters.data(), length);
  const auto at = std::lower_bound(kNames.begin(), kNames.end(), wanted,
                                   [](const Name& row, std::string_view text) { return row.folded < text; });
  return at != kNames.end() && at->folded == wanted ? at->key : Key::None;
}

// Folds both as it goes: no name is too long for this.
bool same_name(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  for (;;) {
    while (i < a.size() && is_passed_over(a[i])) ++i;
    while (j < b.size() && is_passed_over(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (folded(a[i++]) != folded(b[j++])) return false;
  }
}

FieldValue::FieldValue(simdjson::dom::element element) : kind_(kind_of(element.type())), element_(element) {
  switch (kind_) {
    case Kind::Text: text_ = element.get_string().value_unsafe(); break;
    case Kind::Integer: integer_ = element.get_int64().value_unsafe(); break;
    case Kind::Real: real_ = element.get_double().value_unsafe(); break;
    case Kind::Bool: integer_ = element.get_bool().value_unsafe() ? 1 : 0; break;
    default: break;
  }
}

simdjson::dom::object FieldValue::object() const { return element_.get_object().value_unsafe(); }
simdjson::dom::array FieldValue::array() const { return element_.get_array().value_unsafe(); }

ParsedTime time_of(const FieldValue& value) {
  switch (value.kind()) {
    case FieldValue::Kind::Integer: return time_of(value.integer());
    case FieldValue::Kind::Real: return time_of(value.real());
    case FieldValue::Kind::Text: return time_of(value.text());
    default: return {};
  }
}

FieldValue member_of(simdjson::dom::object object, std::string_view name) {
  for (const auto candidate : object)
    if (same_name(candidate.key, name)) return FieldValue(candidate.value);
  return {};
}

void Fields::set(Key key, FieldValue value) {
  if (key == Key::None || has(key)) return;
  values_[static_cast<std::size_t>(key)] = value;
  used_ |= std::uint64_t{1} << static_cast<unsigned>(key);
}

void Fields::set(simdjson::dom::object object) {
  if (!has_object_) object_ = object;
  has_object_ = true;
  for (const auto member : object) set(key_named(member.key), FieldValue(member.value));
}

void Fields::set_cell(Key key, std::string_view name, FieldValue value) {
  set(key, value);
  cells_.emplace_back(name, value);
}

FieldValue Fields::named(std::string_view name) const {
  if (has_object_)
    if (const FieldValue value = member_of(object_, name); value.kind() != FieldValue::Kind::Absent) return value;
  for (const auto& [cell, value] : cells_)
    if (same_name(cell, name)) return value;
  return {};
}

void Fields::clear() {
  for (; used_ != 0; used_ &= used_ - 1) values_[static_cast<std::size_t>(std::countr_zero(used_))] = FieldValue();
  has_object_ = false;
  cells_.clear();
}

}  // namespace tunnelscope::input
