// One record of a user session, in containers that all give it the same time. In: a byte that says what the record
// begins with, so that each dialect is reached at once, then its other bytes. Must hold: each container gives the same.
#include <algorithm>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "session_reading.hpp"

namespace {

using namespace tunnelscope;

struct Shape {
  std::string_view begin, end;
};
constexpr Shape kShapes[] = {
    {"{", "}"},
    {R"({"client-vpn-endpoint-id":"e","connection-log-type":"connection-attempt",)", "}"},
    {R"({"client-vpn-endpoint-id":"e","connection-log-type":"connection-reset",)", "}"},
    {R"({"CloudConnexaLogVersion":1,)", "}"},
    {R"({"sessionStartTime":"2026-03-01T10:00:00Z",)", "}"},
    {R"({"sourceAddr":"fd00::5:51820","destAddr":"10.0.0.5:443",)", "}"},
    {R"({"event_type":"closed_connection","timestamp":1775210430124,)", "}"},
    {R"({"connector":"c","bytes_transferred":1,)", "}"},
    {"ANALYTICS {", ""},
    {"ACCESS END session=", ""},
    {"ERROR: 2026/04/03 10:00:00 TCP Forwarder: Failed to connect to ", ""},
    {"State: Offline ", ""},
};

std::string json_string(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

bool is_one_object(const std::string& text) {
  static simdjson::dom::parser parser;
  simdjson::dom::object object;
  return parser.parse(text).get_object().get(object) == simdjson::SUCCESS;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Shape& shape = kShapes[data[0] % std::size(kShapes)];
  std::string record(shape.begin);
  record.append(reinterpret_cast<const char*>(data) + 1, size - 1).append(shape.end);
  std::replace_if(record.begin(), record.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');

  const std::string time = "2026-04-03T10:00:00.000Z";
  const fuzz::Reading exported = fuzz::read(time + " " + record + "\n");
  const fuzz::Reading in_kubernetes = fuzz::read(time + " stderr F " + record + "\n");
  const fuzz::Reading in_docker =
      fuzz::read(R"({"log":)" + json_string(record + "\n") + R"(,"stream":"stdout","time":")" + time + "\"}\n");
  fuzz::must(exported.skipped <= record.size() && in_kubernetes.skipped <= record.size());

  // Several values in one line are several records of a line, but one broken message; text must be valid to be escaped.
  const bool comparable = shape.end.empty() ? simdjson::validate_utf8(record) : is_one_object(record);
  if (!comparable || exported.too_deep || in_docker.too_deep) return 0;
  fuzz::must(exported == in_kubernetes);
  fuzz::must(exported == in_docker);
  return 0;
}
