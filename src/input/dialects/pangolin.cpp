// Pangolin connection logs: rows of the export, the API and the streams, and records as its documentation lists them;
// facts/session-logs.md section 3. One row is a whole session; a source without port stands for a burst of several.
#include <algorithm>
#include <iterator>

#include "src/input/dialects/session.hpp"

namespace tunnelscope::input {
namespace {

constexpr Name kDocumented[] = {
    "sessionId", "siteResourceId", "orgId", "siteId", "clientId", "clientEndpoint", "userId", "sourceAddr", "destAddr",
    "protocol", "startedAt", "endedAt", "timestamp", "duration", "bytesTx", "bytesRx", "id", "resourceName",
    "resourceNiceId", "siteName", "siteNiceId", "clientName", "clientNiceId", "clientType", "userEmail"};

constexpr Name kParty[] = {"userEmail", "userId", "clientName", "clientId", "clientEndpoint"};
constexpr Name kRoute[] = {"siteId", "siteName", "orgId", "destAddr", "protocol"};

// What the agent's language prints for "no time", in seconds since 1970.
constexpr std::int64_t kZeroTime = -62'135'596'800;

void set_times(const Look& look, diag::SessionRecord& record, const Context& context, Recorder& out) {
  record.start = look.time("startedAt", kZeroTime);
  if (record.start == diag::kNoTime) record.start = look.time("timestamp", kZeroTime);
  record.end = look.time("endedAt", kZeroTime);
  record.duration = look.seconds("duration");
  if (record.end == diag::kNoTime && record.start != diag::kNoTime && record.duration >= 0)
    record.end = record.start + record.duration;
  if (record.start == diag::kNoTime || record.end == diag::kNoTime) return;
  if (record.end >= record.start) {
    if (record.duration < 0) record.duration = record.end - record.start;
    return;
  }
  out.note("session ends before it starts", context);
  record.duration = -1;
  record.start = diag::kNoTime;
}

// The server knows no client by some addresses, as all of IPv6: then its address in the tunnel is all that a client is known by.
bool names_client(const Fields& fields, const Look& look) {
  static constexpr Name kNames[] = {"clientId", "userId", "clientName", "userEmail"};
  const std::string_view id = fields.named(kNames[0]).text();
  if (!id.empty() && id.front() >= '0' && id.front() <= '9') return true;  // as good as always
  return std::any_of(std::begin(kNames), std::end(kNames), [&](Name name) {
    const FieldValue& value = fields.named(name);
    return value.present() && !(value.is_text() && look.text(value).empty());
  });
}

}  // namespace

bool recognise_pangolin(const Fields& fields) {
  if (fields.has(Key::SourceAddr) && fields.has(Key::DestAddr)) return true;
  const std::string_view event = trim(fields[Key::Event].text());  // a row of a stream's table
  return !event.empty() && fields.has(Key::Timestamp) &&
         fields.named("orgId").kind() != FieldValue::Kind::Absent;
}

void read_pangolin(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  const Look look(fields, context, out, scratch, {.apostrophes = true});
  const auto event = look.text("event");
  const bool connection = fields.has(Key::SourceAddr) && fields.has(Key::DestAddr);
  if (!connection || (!event.empty() && event != "connection")) return out.skip(kOtherPangolinEvent, context);
  diag::SessionRecord record;
  record.dialect = diag::Dialect::Pangolin;
  record.happening = diag::Happening::Whole;
  set_times(look, record, context, out);
  record.time = record.end != diag::kNoTime ? record.end : record.start;
  record.id = look.text("sessionId");
  record.protocol = look.lower_case(look.text("protocol"));
  if (!names_client(fields, look)) {
    record.device = endpoint_of(look.text("sourceAddr")).address;
    record.address = endpoint_of(look.text("clientEndpoint")).address;
  } else if (!look.knows_party(record, kParty)) {
    record.user = look.first_of({"userEmail", "userId"});
    record.device = look.first_of({"clientName", "clientId"});
    record.address = endpoint_of(look.text("clientEndpoint")).address;
  }
  if (!look.knows_route(record, kRoute)) {
    record.group = look.text("siteId");
    record.group_name = look.text("siteName");
    record.organisation = look.text("orgId");
    record.resource = look.text("destAddr");
  }
  record.to_client = look.bytes("bytesRx");
  record.from_client = look.bytes("bytesTx");
  constexpr std::string_view kEnded = " session ended", kOpen = " session open";
  const std::string_view state = record.end != diag::kNoTime ? kEnded : kOpen;
  scratch.text = record.protocol;
  scratch.text += state.substr(record.protocol.empty() ? 1 : 0);
  if (endpoint_of(look.text("sourceAddr")).port.empty()) scratch.text += ", merged burst";
  record.message = scratch.text;
  if (out.wants_fields()) append_fields(scratch.fields, look, kDocumented);
  record.fields = scratch.fields.view();
  out.session(record, context);
}

}  // namespace tunnelscope::input
