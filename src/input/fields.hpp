// The fields of one JSON object, CSV row or Insights row under one set of names: what containers and dialects look at.
// Names are compared ignoring case, "_" and "-", so that the guide's names and the real keys meet.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include <simdjson.h>

#include "src/input/timestamps.hpp"

namespace tunnelscope::input {

enum class Key : std::uint8_t {
  // records
  EventTimestamp, Timestamp, Details, DpdEnabled, NatTDetected, Phase1State, Phase2State, VpnConnectionId, OutsideIp,
  ResourceId, Type, Status, Prefix, AsPath, NextHopIp, LocalPref, Med, Weight,
  // envelopes
  Message, AtMessage, OtherMessage, AtTimestamp, OtherTime, LogStream, Inner, MessageType, Field, Value,
  // wrappers
  Events, Results, LogEvents, Records, SessionResults, SessionUpdate, NextToken, AwsLogs, Kinesis, Data,
  None,
};
inline constexpr std::size_t kKeys = static_cast<std::size_t>(Key::None);

Key key_named(std::string_view name);

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

class Fields {
 public:
  const FieldValue& operator[](Key key) const { return values_[static_cast<std::size_t>(key)]; }
  bool has(Key key) const { return (*this)[key].present(); }
  void set(Key key, FieldValue value);  // the first value of a key counts, unless it was null
  void set(simdjson::dom::object object);
  void clear();

 private:
  std::array<FieldValue, kKeys> values_;
  std::uint64_t used_ = 0;
};
static_assert(kKeys <= 64);

}  // namespace tunnelscope::input
