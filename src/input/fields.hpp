// The fields of one JSON object, CSV row or Insights row under one set of names: what containers and dialects look at.
// Names are compared ignoring case, "_" and "-", so that the guide's names and the real keys meet. What recognises a
// record has a Key and is found at once; whatever else a record holds is looked up by its name.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "src/input/timestamps.hpp"

namespace tunnelscope::input {

enum class Key : std::uint8_t {
  // records
  EventTimestamp, Timestamp, Details, DpdEnabled, NatTDetected, Phase1State, Phase2State, VpnConnectionId, OutsideIp,
  ResourceId, Type, Status, Prefix, AsPath, NextHopIp, LocalPref, Med, Weight,
  // records of user sessions
  ConnectionLogType, ClientVpnEndpointId, CloudConnexaLogVersion, SessionStartTime, SourceAddr, DestAddr, EventType,
  Connector, RemoteNetwork, BytesTransferred, Service,
  // envelopes
  Message, AtMessage, OtherMessage, AtTimestamp, OtherTime, RealtimeTimestamp, LogStream, Inner, MessageType, Field,
  Value, Event, Payload, Error, Kubernetes,
  // wrappers
  Events, Results, LogEvents, Records, SessionResults, SessionUpdate, Sessions, NextToken, AwsLogs, Kinesis, Data,
  None,
};
inline constexpr std::size_t kKeys = static_cast<std::size_t>(Key::None);

Key key_named(std::string_view name);
bool same_name(std::string_view a, std::string_view b);  // they would have the same Key

// A value: plain text (CSV, Insights), or whatever JSON held. Views point into the parser or the row.
class FieldValue {
 public:
  enum class Kind : std::uint8_t { Absent, Null, Bool, Integer, Real, Text, Object, Array };

  FieldValue() = default;
  explicit FieldValue(std::string_view text) : kind_(Kind::Text), text_(text) {}
  explicit FieldValue(simdjson::dom::element element);

  Kind kind() const { return kind_; }
  bool present() const { return kind_ != Kind::Absent && kind_ != Kind::Null; }
  bool is_text() const { return kind_ == Kind::Text; }
  std::string_view text() const { return text_; }  // empty unless text
  const simdjson::dom::element& element() const { return element_; }
  simdjson::dom::object object() const;  // precondition: kind() says so; the same for array()
  simdjson::dom::array array() const;
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }
  bool yes() const { return integer_ != 0; }  // booleans

 private:
  Kind kind_ = Kind::Absent;
  std::string_view text_;
  simdjson::dom::element element_;
  union {
    std::int64_t integer_ = 0;
    double real_;
  };
};

ParsedTime time_of(const FieldValue& value);

// The member of an object by its name; absent when there is none.
FieldValue member_of(simdjson::dom::object object, std::string_view name);

class Fields {
 public:
  const FieldValue& operator[](Key key) const { return values_[static_cast<std::size_t>(key)]; }
  bool has(Key key) const { return (*this)[key].present(); }
  void set(Key key, FieldValue value);  // the first value of a key counts, unless it was null
  void set(simdjson::dom::object object);
  void set_cell(Key key, std::string_view name, FieldValue value);  // `name` must outlive the fields
  void clear();

  FieldValue named(std::string_view name) const;  // any field
  const simdjson::dom::object* object() const { return has_object_ ? &object_ : nullptr; }  // what was set first

 private:
  std::array<FieldValue, kKeys> values_;
  std::uint64_t used_ = 0;
  simdjson::dom::object object_;
  bool has_object_ = false;
  std::vector<std::pair<std::string_view, FieldValue>> cells_;
};
static_assert(kKeys <= 64);

}  // namespace tunnelscope::input
