// The BGP log of AWS Site-to-Site VPN: facts/aws-site-to-site-vpn.md section 4.
// `message` is an object there; its members have been laid beside the record's own before this is called.
#include <charconv>

#include "src/input/dialects/dialects.hpp"

namespace tunnelscope::input {
namespace {

bool is_bgp_status(const Fields& fields) { return same_word(trim(fields[Key::Type].text()), "BGPStatus"); }
bool is_route_status(const Fields& fields) { return same_word(trim(fields[Key::Type].text()), "RouteStatus"); }

// A row of Insights that was asked for some of the fields: the name of its stream says what it is of.
bool is_row_of_bgp_stream(const Fields& fields) {
  return fields[Key::LogStream].text().ends_with("-BGP.log") && fields.has(Key::Details);
}

void append(std::string& to, const FieldValue& value) {
  if (value.is_text()) {
    to += trim(value.text());
  } else if (value.kind() == FieldValue::Kind::Integer) {
    char digits[24];
    to.append(digits, std::to_chars(digits, digits + sizeof digits, value.integer()).ptr);
  } else if (value.kind() == FieldValue::Kind::Array) {
    const std::size_t start = to.size();
    for (const auto part : value.array()) {
      if (to.size() > start) to += ' ';
      append(to, FieldValue(part));
    }
  }
}

void append_part(std::string& to, std::string_view label, const FieldValue& value) {
  const std::size_t before = to.size();
  to += label;
  append(to, value);
  if (to.size() == before + label.size()) to.resize(before);
}

diag::BgpState read_state(const Fields& fields, const Context& context, Recorder& out) {
  const auto word = trim(fields[Key::Status].text());
  if (same_word(word, "up")) return diag::BgpState::Up;
  if (same_word(word, "down")) return diag::BgpState::Down;
  if (fields.has(Key::Status) && is_bgp_status(fields) && !says_nothing(word)) out.note("unreadable status", context);
  return diag::BgpState::Unknown;
}

}  // namespace

bool recognise_bgp(const Fields& fields) {
  if (is_bgp_status(fields) || is_route_status(fields)) return true;
  if (is_row_of_bgp_stream(fields)) return true;
  return fields.has(Key::ResourceId) && !fields.has(Key::Phase1State) && !fields.has(Key::Phase2State);
}

void read_bgp(const Fields& fields, const Context& context, Recorder& out, Scratch& room) {
  std::string& scratch = room.text;
  diag::TunnelRecord record;
  record.dialect = diag::Dialect::AwsS2sBgp;
  const bool route = is_route_status(fields) || (!is_bgp_status(fields) && fields.has(Key::Prefix));
  scratch.clear();
  append_part(scratch, route ? "RouteStatus " : "BGPStatus ", fields[Key::Status]);
  const std::size_t route_from = scratch.size();
  if (route) {
    append(scratch, fields[Key::Prefix]);
    append_part(scratch, " via ", fields[Key::NextHopIp]);
    append_part(scratch, " as-path ", fields[Key::AsPath]);
  }
  const std::string_view texts = scratch;
  record.message = trim(fields[Key::Details].text());
  if (record.message.empty()) record.message = trim(fields[Key::Message].text());
  if (record.message.empty()) record.message = texts.substr(0, route_from);
  if (record.message.empty()) return out.skip("no message text", context);
  if (!read_time(fields, context, out, record)) return;
  if (route) record.route = trim(texts.substr(route_from));
  else record.bgp = read_state(fields, context, out);
  out.record(record, own_identity(fields), context);
}

}  // namespace tunnelscope::input
