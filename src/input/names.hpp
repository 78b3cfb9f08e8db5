// The names of fields that anybody here looks for, each with a number, so that a record's fields are found by number.
// Names are compared ignoring case, "_", "-" and blanks, so that the guide's names and the real keys meet. "a.b" is the
// member "b" of the object "a", or a field of that very name.
// The table is made by the compiler; a name in the code that stands in neither list does not compile.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "diag/field_names.hpp"

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

struct KeyName {
  std::string_view name;
  Key key;
};

// What recognises a record or an envelope has a Key; several names may share one.
inline constexpr KeyName kKeyNames[] = {
    {"@logstream", Key::LogStream}, {"@message", Key::AtMessage}, {"@timestamp", Key::AtTimestamp},
    {"aspath", Key::AsPath}, {"awslogs", Key::AwsLogs}, {"body", Key::OtherMessage},
    {"bytestransferred", Key::BytesTransferred}, {"clientvpnendpointid", Key::ClientVpnEndpointId},
    {"cloudconnexalogversion", Key::CloudConnexaLogVersion}, {"connectionlogtype", Key::ConnectionLogType},
    {"connector", Key::Connector}, {"data", Key::Data}, {"date", Key::OtherTime}, {"destaddr", Key::DestAddr},
    {"detail", Key::Inner}, {"details", Key::Details}, {"dpdenabled", Key::DpdEnabled}, {"error", Key::Error},
    {"event", Key::Event}, {"events", Key::Events}, {"eventtimestamp", Key::EventTimestamp},
    {"eventtype", Key::EventType}, {"field", Key::Field}, {"ikephase1state", Key::Phase1State},
    {"ikephase2state", Key::Phase2State}, {"kinesis", Key::Kinesis}, {"kubernetes", Key::Kubernetes},
    {"localpref", Key::LocalPref}, {"log", Key::OtherMessage}, {"logevents", Key::LogEvents},
    {"logstream", Key::LogStream}, {"logstreamname", Key::LogStream}, {"med", Key::Med}, {"message", Key::Message},
    {"message.aspath", Key::AsPath}, {"message.details", Key::Details}, {"message.localpref", Key::LocalPref},
    {"message.med", Key::Med}, {"message.nexthopip", Key::NextHopIp}, {"message.prefix", Key::Prefix},
    {"message.weight", Key::Weight}, {"messagetype", Key::MessageType}, {"nattdetected", Key::NatTDetected},
    {"nextbackwardtoken", Key::NextToken}, {"nextforwardtoken", Key::NextToken}, {"nexthopip", Key::NextHopIp},
    {"payload", Key::Payload}, {"prefix", Key::Prefix}, {"raw", Key::OtherMessage},
    {"realtimetimestamp", Key::RealtimeTimestamp}, {"records", Key::Records}, {"remotenetwork", Key::RemoteNetwork},
    {"resourceid", Key::ResourceId}, {"result", Key::Inner}, {"results", Key::Results}, {"service", Key::Service},
    {"sessionresults", Key::SessionResults}, {"sessions", Key::Sessions}, {"sessionstarttime", Key::SessionStartTime},
    {"sessionupdate", Key::SessionUpdate}, {"source", Key::Inner}, {"sourceaddr", Key::SourceAddr},
    {"status", Key::Status}, {"text", Key::OtherMessage}, {"time", Key::OtherTime}, {"timestamp", Key::Timestamp},
    {"tunnelcgwnattdetectionstatus", Key::NatTDetected}, {"tunneldpdenabled", Key::DpdEnabled},
    {"tunnelikephase1state", Key::Phase1State}, {"tunnelikephase2state", Key::Phase2State},
    {"tunneloutsideipaddress", Key::OutsideIp}, {"type", Key::Type}, {"value", Key::Value},
    {"vpnconnectionid", Key::VpnConnectionId}, {"vpnlogcreationtimestamp", Key::EventTimestamp},
    {"vpnlogcreationtimestampreadable", Key::Timestamp}, {"vpnlogdetail", Key::Details},
    {"vpnlogdetails", Key::Details}, {"weight", Key::Weight},
};

using diag::kFieldNames;  // what else the dialects look for

constexpr bool is_passed_over(char c) { return c == '_' || c == '-' || c == ' '; }
constexpr char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// A name in the form in which names are compared.
class FoldedName {
 public:
  static constexpr std::size_t kLongest = 56;

  constexpr FoldedName() = default;
  constexpr explicit FoldedName(std::string_view name) { append(name); }
  constexpr void append(std::string_view name) {
    for (const char c : name) {
      if (is_passed_over(c)) continue;
      if (length_ == kLongest) too_long_ = true;
      else letters_[length_++] = folded(c);
    }
  }
  constexpr bool too_long() const { return too_long_; }
  constexpr std::string_view text() const { return {letters_.data(), length_}; }

 private:
  std::array<char, kLongest> letters_{};
  std::size_t length_ = 0;
  bool too_long_ = false;
};

using NameIndex = std::uint16_t;
inline constexpr NameIndex kNoName = 0xFFFF;

struct NameRow {
  FoldedName name;
  Key key = Key::None;
  bool has_members = false;  // names begin with it and "."
};

struct NameTable {
  std::array<NameRow, std::size(kKeyNames) + 2 * std::size(kFieldNames)> rows{};
  std::size_t size = 0;

  constexpr NameIndex find(std::string_view name) const {
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(size);
    const auto row = std::lower_bound(rows.begin(), end, name,
                                      [](const NameRow& r, std::string_view text) { return r.name.text() < text; });
    return row != end && row->name.text() == name ? static_cast<NameIndex>(row - rows.begin()) : kNoName;
  }
};

consteval NameTable make_name_table() {
  NameTable all;
  for (const KeyName& row : kKeyNames) all.rows[all.size++] = {FoldedName(row.name), row.key, false};
  for (const std::string_view name : kFieldNames) {
    all.rows[all.size++] = {FoldedName(name), Key::None, false};
    if (const auto dot = name.find('.'); dot != std::string_view::npos && dot == name.rfind('.'))
      all.rows[all.size++] = {FoldedName(name.substr(0, dot)), Key::None, true};
  }
  std::sort(all.rows.begin(), all.rows.begin() + static_cast<std::ptrdiff_t>(all.size),
            [](const NameRow& a, const NameRow& b) { return a.name.text() < b.name.text(); });
  NameTable table;
  for (std::size_t i = 0; i < all.size; ++i) {
    const NameRow& row = all.rows[i];
    if (table.size == 0 || table.rows[table.size - 1].name.text() != row.name.text()) table.rows[table.size++] = row;
    NameRow& kept = table.rows[table.size - 1];
    if (kept.key == Key::None) kept.key = row.key;
    kept.has_members = kept.has_members || row.has_members;
  }
  return table;
}
inline constexpr NameTable kNames = make_name_table();

// A name written in the code. It is handed over in two registers, and asked for with each field of each record.
struct Name {
  template <std::size_t N>
  consteval Name(const char (&literal)[N])
      : letters(literal), length(N - 1), index(kNames.find(FoldedName({literal, N - 1}).text())),
        number(diag::field_number({literal, N - 1})) {
    if (index == kNoName) throw "this name stands in no list of src/input/names.hpp";
  }
  std::string_view text() const { return {letters, length}; }

  const char* letters;
  std::uint32_t length;
  NameIndex index;
  std::uint8_t number;  // in diag::kFieldNames, by its spelling
};
static_assert(sizeof(Name) == 16);

}  // namespace tunnelscope::input
