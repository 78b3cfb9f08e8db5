// A table of session records. In: a byte that says which header it has, then its rows. Must hold: quoting every cell and
// ending rows as Windows does changes nothing.
#include <string>
#include <string_view>

#include "session_reading.hpp"
#include "src/input/containers/csv.hpp"

namespace {

using namespace tunnelscope;

constexpr std::string_view kHeaders[] = {
    "sessionId,siteResourceId,orgId,siteId,clientId,clientEndpoint,userId,sourceAddr,destAddr,protocol,startedAt,endedAt,bytesTx,bytesRx",
    "sourceAddr,destAddr,protocol,timestamp,duration,bytesTx,bytesRx,userId",
    "event,timestamp,id,sessionId,orgId,sourceAddr,destAddr,protocol,startedAt,endedAt",
    "start_time,end_time,user,user_id,device_id,client_ip,connector,connector_id,resource_ip,resource_port,resource_domain,protocol,"
    "status,bytes_transferred,bytes_received,relays",
    "orgId,action,actorType,timestamp,actor",
    "@timestamp,@message",
};

// Empty: a row is broken, or looks like the beginning of something else.
std::string with_quotes(std::string_view rows) {
  std::string out;
  input::CsvRow row;
  while (!rows.empty()) {
    if (rows[0] == '{' || rows[0] == '[' || row.read(rows, ',', true) != input::CsvRow::Status::Row) return {};
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += i == 0 ? "\"" : ",\"";
      for (const char c : row.cell(i)) out.append(c == '"' ? 2 : 1, c);
      out += '"';
    }
    out += "\r\n";
    rows.remove_prefix(row.length());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string header(kHeaders[data[0] % std::size(kHeaders)]);
  const std::string rows(reinterpret_cast<const char*>(data) + 1, size - 1);
  const fuzz::Reading plain = fuzz::read(header + "\n" + rows);
  const std::string all_quoted = with_quotes(rows);
  if (!all_quoted.empty()) fuzz::must(plain == fuzz::read(header + "\n" + all_quoted));
  return 0;
}
