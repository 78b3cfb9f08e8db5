// Session lines read by their layout give what they give without: the same records, fields, skips and notes. Without: each
// line in a reading of its own, where there is no earlier line to learn a layout from. Rows of tables likewise.
#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "src/input/containers/csv.hpp"
#include "src/input/dialects/dialects.hpp"
#include "tests/unit/input_world.hpp"

namespace tunnelscope::input::testing {
namespace {

// What was read, without regard to place: all lines differ.
struct Outcome {
  std::multiset<std::string> sessions, skips, notes;
  bool operator==(const Outcome&) const = default;
};

struct Form {
  const char* name;
  std::vector<const char*> lines;  // "{3}" stands for a word of few, "{}" else for a number
};
void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }

const Form kForms[] = {
    {"Client VPN as an S3 export",
     {R"(2026-03-02T08:00:00.{2}Z {{"connection-log-type":"connection-attempt","connection-attempt-status":"successful","connection-id":"c-{0}","client-vpn-endpoint-id":"cvpn-endpoint-1","connection-start-time":"2026-03-02 08:00:00","connection-last-update-time":"2026-03-02 08:0{1}:00","transport-protocol":"{3}","device-ip":"198.51.100.7","username":"u{1}"}})",
      R"(2026-03-02T08:00:00.{2}Z {{"connection-log-type":"connection-reset","connection-reset-status":"NA","connection-id":"c-{0}","client-vpn-endpoint-id":"cvpn-endpoint-1","connection-end-time":"2026-03-02 09:0{1}:00","connection-duration-seconds":"{0}","egress-bytes":"{0}","ingress-bytes":"7","authorization-policy-evaluation":{{"result":"deny","device-token-status":{{"okta":{{"status":"failed"}}}}}}}})"}},
    {"CloudConnexa",
     {R"({{"CloudConnexaLogVersion":1,"timestamp":"2026-03-02T08:00:00.{2}Z","cloudId":"acme","eventName":"client-connected","initiatorName":"l{1}","log":{{"clientSessionId":"s-{0}","gatewayId":"g1","sessionProtocol":"{3}"}}}})",
      R"({{"CloudConnexaLogVersion":1,"timestamp":"2026-03-02T08:00:00.{2}Z","cloudId":"acme","eventName":"client-disconnected","initiatorName":"l{1}","log":{{"clientSessionId":"s-{0}","sessionDurationSeconds":{1},"sessionBytesIn":{0},"sessionDisconnectReason":"User Disconnected"}}}})"}},
    {"Pangolin's stream",
     {R"({{"event":"connection","timestamp":"2026-03-02T08:00:00.{2}Z","data":{{"id":{0},"sessionId":"p-{0}","siteId":1,"sourceAddr":"100.90.128.1:{0}","destAddr":"10.0.0.1:443","protocol":"{3}","startedAt":177243{1}000,"endedAt":1772439000}}}})",
      R"({{"event":"connection","timestamp":"2026-03-02T08:00:00.{2}Z","data":{{"sessionId":"p-{0}","siteId":null,"sourceAddr":"100.90.128.1","destAddr":"10.0.0.1:443","protocol":"udp","startedAt":177243{1}000}}}})"}},
    {"Twingate behind docker's time",
     {R"(2026-03-02T08:00:00.{2}456789Z ANALYTICS {{"connection":{{"client_ip":"198.51.100.7","id":"t-{0}","protocol":"tcp","tunnel_proto":"{3}"}},"connector":{{"id":"1","name":"c{1}"}},"event_type":"established_connection","relays":[],"remote_network":{{"id":"5","name":"Office"}},"timestamp":177243{1}000000,"user":{{"email":"a@b.example","id":"{0}"}},"location":"{{\"geoip\":{{\"city\":\"B{1}\"}}}}"}})",
      R"(2026-03-02T08:00:00.{2}456789Z ANALYTICS {{"connection":{{"client_ip":"198.51.100.7","id":"t-{0}","protocol":"tcp","error_message":"no"}},"connector":{{"id":"1","name":"c{1}"}},"event_type":"failed_to_connect","relays":[{{"ip":"203.0.113.9","port":{0}}}],"remote_network":{{"id":"5","name":"Office"}},"timestamp":177243{1}000000}})"}},
};

class LineMaker {
 public:
  LineMaker(const Form& form, std::uint32_t seed) : form_(form), random_(seed) {}
  std::size_t any(std::size_t limit) { return random_() % limit; }

  std::string line() {
    static constexpr const char* kWords[] = {"tcp", "UDP", "quic\\/udp", "caf\xc3\xa9"};
    return fmt::format(fmt::runtime(form_.lines[any(form_.lines.size())]), ++number_, any(10), 100 + any(900), kWords[any(std::size(kWords))]);
  }

  // One value replaced, a member repeated or put in. The line stays one line to everybody: damage may reach further.
  std::string odd(std::string line) {
    static constexpr const char* kValues[] = {
        "\"caf\xc3\xa9\"", "\"\xff\"", "\"a\\u00e9\"", "\"a\\\"b\"", "\"\\ud83d\"", "\"\\x\"", "null", "true", "-0", "-5", "1.5", "00", "[]",
        "{}", "[{\"ip\":\"x\"}]", "\"\"", "\" x \"", "\"NA\"", "\"-\"", "12345678901234567890", "\"2026-03-02T08:00:00Z\"", "1772438400"};
    const std::string value = any(2) == 0 ? any_value() : kValues[any(std::size(kValues))];
    const std::vector<std::size_t> members = colons(line);
    if (members.empty()) return line;
    const std::size_t at = members[any(members.size())] + 1;
    const std::size_t end = std::min(line.find_first_of(",}", at), line.size());
    const std::size_t key = line.rfind('"', at - 3);
    switch (any(3)) {
      case 0: return line.replace(at, end - at, value);
      case 1: return line.insert(end, "," + line.substr(key, at - key) + value);
      default: return line.insert(end, ",\"more\":" + value);
    }
  }

  // A text or a number of any length: what is usual may be longer or shorter than a block that is looked at together.
  std::string any_value() {
    std::string value;
    if (any(3) == 0) {
      for (std::size_t n = 1 + any(20); n > 0; --n) value += static_cast<char>('0' + any(10));
      return any(3) == 0 ? "-" + value : value;
    }
    static constexpr const char* kOdd[] = {"\\\"", "\\/", "\\\\", "\\n", "\\u001f", "\xc3\xa9", " ", "\t", "'", "-", "NA", "null"};
    for (std::size_t n = any(80); n > 0; --n) value += any(40) == 0 ? kOdd[any(std::size(kOdd))] : std::string(1, static_cast<char>('a' + any(26)));
    return '"' + value + '"';
  }

 private:
  static std::vector<std::size_t> colons(const std::string& line) {
    std::vector<std::size_t> found;
    for (std::size_t at = line.find("\":"); at != std::string::npos; at = line.find("\":", at + 1)) found.push_back(at + 1);
    return found;
  }

  const Form& form_;
  std::mt19937 random_;
  std::size_t number_ = 10;
};

class FastPaths : public World {
 protected:
  void add(const std::string& text, Outcome& outcome) {
    const Reading reading = read({write("lines", text)});
    for (std::size_t i = 0; i < reading.sessions.size(); ++i)
      outcome.sessions.insert(fmt::format("{} {}", reading.sessions[i], fmt::join(reading.fields[i], " ")));
    for (const auto& [from, to] : {std::pair(&reading.skipped, &outcome.skips), {&reading.notes, &outcome.notes}})
      for (const std::string& tally : *from) {  // "reason xN at file:line"
        const std::size_t count = tally.rfind(" x"), place = tally.rfind(" at ");
        for (int n = std::stoi(tally.substr(count + 2, place - count - 2)); n > 0; --n) to->insert(tally.substr(0, count));
      }
  }
};

class Layouts : public FastPaths, public ::testing::WithParamInterface<Form> {};

TEST_P(Layouts, ReadALineAsItIsReadAlone) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    LineMaker maker(GetParam(), seed);
    std::string all;
    Outcome fast, slow;
    std::set<std::string> seen;
    for (int i = 0; i < 160; ++i) {
      const std::string usual = maker.line();
      const std::string line = i > 40 && maker.any(3) == 0 ? maker.odd(usual) : usual;
      if (line.empty() || !seen.insert(line).second) continue;
      all += line + "\n";
      add(line + "\n", slow);
    }
    add(all, fast);
    EXPECT_GT(fast.sessions.size(), 40U);
    const auto where = fmt::format("seed {}:\n{}", seed, all);
    EXPECT_THAT(fast.sessions, ::testing::ContainerEq(slow.sessions)) << where;
    EXPECT_THAT(fast.skips, ::testing::ContainerEq(slow.skips)) << where;
    EXPECT_THAT(fast.notes, ::testing::ContainerEq(slow.notes)) << where;
  }
}

TEST_F(FastPaths, ReadARowOfATableAsItIsReadAlone) {
  std::mt19937 random(1);
  const auto any = [&](std::size_t limit) { return random() % limit; };
  for (const std::string more : {"", ",Site_ID", ",note,userEmail"}) {  // a column twice, and one that nobody looks for
    const std::string header = "sessionId,siteId,userId,sourceAddr,destAddr,protocol,startedAt,endedAt,bytesTx" + more + "\n";
    std::string all = header;
    Outcome fast, slow;
    for (std::size_t i = 0; i < 200; ++i) {
      std::string row = fmt::format("s{}", i);
      for (const std::string value : {"1", "usr7", "100.90.128.1:5", "10.0.0.1:443", "tcp", "1772438000", "1772439000", "0", "2", "a@b.example"})
        row += any(5) == 0 ? "," : any(20) == 0 ? ",\"odd \"\"" + value + "\"" : "," + value;
      row += any(10) == 0 ? "\r\n" : "\n";
      all += row;
      add(header + row, slow);
    }
    add(all, fast);
    EXPECT_GT(fast.sessions.size(), 50U);
    EXPECT_EQ(fast, slow) << all;
  }
}

TEST(FieldList, KeepsValuesButTheMarksOfTheList) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    FieldList list;
    list.clear();
    std::vector<std::string> wanted;
    std::size_t size = 0;
    for (std::size_t fields = random() % 12; fields > 0; --fields) {
      std::string value;
      for (std::size_t n = random() % 70; n > 0; --n) value += random() % 50 == 0 ? "\x1e\x1f\x1d\x9e\x9f"[random() % 5] : static_cast<char>('a' + random() % 26);
      const auto kind = random() % 3;  // numbered, spelled as no list has it, of another
      if (kind == 0) list.add_named("connection-id", value);
      else if (kind == 1) list.add_named("Connection_Id", value);
      else list.add("provider\x1e", value);
      if (value.empty()) continue;
      std::replace_if(value.begin(), value.end(), [](char c) { return c == '\x1e' || c == '\x1f'; }, ' ');
      wanted.push_back((kind == 0 ? "connection-id=" : kind == 1 ? "Connection_Id=" : "provider =") + value);
      size += wanted.back().size() + 1;
    }
    EXPECT_EQ(testing::fields_of(list.view()), wanted);
    EXPECT_EQ(diag::fields_size(list.view()), size);
  }
}

TEST(FieldList, HasRoomForSoMuchAsCounts) {
  FieldList list;
  for (const std::string_view name : {"", "n", "name"}) {
    list.clear();
    std::size_t count = 0;
    for (std::size_t before = 0;; ++count) {
      list.add(name, "v");
      if (diag::fields_size(list.view()) == before) break;
      before = diag::fields_size(list.view());
    }
    EXPECT_EQ(count, 8192 / (name.size() + 3));
    EXPECT_EQ(testing::fields_of(list.view()).size(), count);
  }
}

TEST(CsvRow, IsCutAsTheSameRowInQuotesIsPutTogether) {
  std::mt19937 random(2);
  CsvRow plain, quoted;
  for (int i = 0; i < 2000; ++i) {
    const char delimiter = ",;\t"[random() % 3];
    std::string text, in_quotes;
    for (std::size_t cells = 1 + random() % 20; cells > 0; --cells) {
      std::string cell;
      for (std::size_t n = random() % (random() % 4 == 0 ? 40 : 6); n > 0; --n) cell += "ab c:\xc3\xa9."[random() % 8];
      text += cell + (cells > 1 ? std::string(1, delimiter) : "");
      in_quotes += '"' + cell + '"' + (cells > 1 ? std::string(1, delimiter) : "");
    }
    const std::string end = random() % 2 == 0 ? "\n" : "\r\n", behind = random() % 2 == 0 ? "" : "next,\"row\"\n";
    const std::string whole = text + end + behind, other = in_quotes + end + behind;
    ASSERT_EQ(plain.read(whole, delimiter, false), CsvRow::Status::Row);
    ASSERT_EQ(quoted.read(other, delimiter, false), CsvRow::Status::Row);
    EXPECT_EQ(plain.length(), text.size() + end.size());
    EXPECT_EQ(plain.newlines(), 1U);
    ASSERT_EQ(plain.size(), quoted.size());
    for (std::size_t c = 0; c < plain.size(); ++c) ASSERT_EQ(plain.cell(c), quoted.cell(c)) << text;
    EXPECT_EQ(plain.read(text, delimiter, false), CsvRow::Status::NeedMore);
    ASSERT_EQ(plain.read(text, delimiter, true), CsvRow::Status::Row);
    ASSERT_EQ(plain.size(), quoted.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, Layouts, ::testing::ValuesIn(kForms), [](const auto& form) { return fmt::format("{}", form.index); });

}  // namespace
}  // namespace tunnelscope::input::testing
