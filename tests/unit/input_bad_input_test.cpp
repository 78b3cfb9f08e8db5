// Damaged, hostile and missing input: counted with its first place, and nothing else lost.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input_world.hpp"

namespace tunnelscope::input::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string record(int i, const std::string& extra = "") {
  return "{\"event_timestamp\":" + std::to_string(1673252138 + i) + ",\"details\":\"AWS tunnel did thing " + std::to_string(i) +
         "\"" + extra + "}";
}
std::string line(int i) { return "2023-01-09T08:15:38.000Z " + record(i) + "\n"; }
std::string pretty(int i) {
  return "{\n  \"event_timestamp\": " + std::to_string(1673252138 + i) + ",\n  \"details\": \"AWS tunnel did thing " +
         std::to_string(i) + "\"\n}\n";
}
std::string event(int i) {
  return "{\"id\":\"1\",\"timestamp\":1673252138000,\"message\":" + json_string(record(i)) + "}";
}
std::string subscription(const std::string& events) {
  return R"({"messageType":"DATA_MESSAGE","logStream":"vpn-0123456789abcdef0-203.0.113.17-IKE.log","logEvents":[)" + events + "]}";
}

// The numbers of the records that were read, in order.
std::string numbers(const Reading& reading) {
  std::string out;
  for (const auto& text : reading.events) {
    const auto at = text.rfind("thing ");
    out += (out.empty() ? "" : " ") + (at == std::string::npos ? "?" : text.substr(at + 6));
  }
  return out;
}

class InputDamage : public World {};

struct Damage {
  std::string label, bytes, read;
  Lines skipped;
};

TEST_F(InputDamage, CostsOnlyTheDamagedRecord) {
  const std::string cut = "2023-01-09T08:15:38.000Z {\"event_timestamp\":1673252139,\"details\":\"AWS tun";
  const std::string bgp_cut = R"({"resource_id":"vpn-1234abcd_1.2.3.4","message":{"details":"AWS-side pe)";
  const std::string kBadNumber = "malformed JSON: number unreadable or out of range x1 at log:2";
  const std::string kBadString = "malformed JSON: bad escape or lone surrogate in a string x1 at log:2";
  const std::string deep = "{\"a\":" + std::string(200, '[') + std::string(200, ']') + "}";
  for (const auto& c : std::vector<Damage>{
           {"TruncatedLastLine", line(1) + line(2) + cut, "1 2", {"truncated JSON x1 at log:3"}},
           {"TruncatedLineInTheMiddle", line(1) + cut + "\n" + line(3), "1 3", {"truncated JSON x1 at log:2"}},
           {"TruncatedLineWithoutItsNewline", line(1) + cut + line(3), "1 3", {"malformed JSON x1 at log:2"}},
           {"TruncatedNestedRecord", bgp_cut + "\n" + line(2), "2", {"truncated JSON x1 at log:1"}},
           {"TruncatedBareRecordBeforeTheNext", R"({"event_timestamp":1,"details":"AWS)" + record(2) + "\n" + line(3), "2 3",
            {"malformed JSON x1 at log:1"}},
           {"TruncatedBetweenFields", "{\"event_timestamp\":1673252139," + record(2), "2", {"truncated JSON x1 at log:1"}},
           {"TruncatedPrettyRecord", pretty(1) + "{\n  \"event_timestamp\": 1673252139,\n  \"det", "1", {"truncated JSON x1 at log:5"}},
           {"TruncatedPrettyRecordBeforeTheNext", "{\n  \"event_timestamp\": 1673252139,\n" + pretty(2) + pretty(3), "2 3",
            {"truncated JSON x1 at log:1"}},
           {"MissingColon", line(1) + "{\"event_timestamp\" 1673252139}\n" + line(3), "1 3", {"malformed JSON x1 at log:2"}},
           {"BadNumber", line(1) + "{\"event_timestamp\":16-7,\"details\":\"x\"}\n" + line(3), "1 3", {kBadNumber}},
           {"NumberTooBig", line(1) + record(2, ",\"id\":18446744073709551616") + "\n" + line(3), "1 3", {kBadNumber}},
           {"ExponentTooBig", line(1) + record(2, ",\"id\":1e999") + "\n" + line(3), "1 3", {kBadNumber}},
           {"LoneSurrogate", line(1) + record(2, R"(,"id":"\ud800")") + "\n" + line(3), "1 3", {kBadString}},
           {"BadEscape", line(1) + "{\"event_timestamp\":1,\"details\":\"\\q\"}\n" + line(3), "1 3", {kBadString}},
           {"InvalidUtf8", line(1) + "{\"event_timestamp\":1,\"details\":\"\xff\xfe\"}\n" + line(3), "1 3", {"invalid UTF-8 x1 at log:2"}},
           {"NulInsideARecord", line(1) + "{\"event_timestamp\":1,\"details\":\"a" + std::string(1, '\0') + "b\"}\n" + line(3), "1 3",
            {"NUL bytes x1 at log:2"}},
           {"NulsBeforeALine", line(1) + std::string(5000, '\0') + line(3), "1 3", {"NUL bytes x1 at log:2"}},
           {"NestedTooDeep", line(1) + deep + "\n" + line(3), "1 3", {"JSON nested too deep x1 at log:2"}},
           {"NestedTooDeepForever", line(1) + std::string(100000, '[') + "\n" + line(3), "1 3", {"JSON nested too deep x1 at log:2"}},
           {"ObjectsTooDeep", line(1) + [] {
              std::string text;
              for (int i = 0; i < 5000; ++i) text += "{\"a\":";
              return text;
            }() + "\n" + line(3), "1 3", {"JSON nested too deep x1 at log:2"}},
           {"UnrelatedLines", line(1) + "hello world\n{\"level\":\"info\"}\n42\n" + line(3), "1 3", {"not a VPN log record x3 at log:2"}},
           {"BracketedText", line(1) + "[INFO] started\n[ 7 ] {x}\n" + line(3), "1 3", {"not a VPN log record x2 at log:2"}},
           {"EmptyValues", line(1) + "{}\n[]\nnull\n\"\"\n" + line(3), "1 3", {"not a VPN log record x2 at log:2", "empty message x1 at log:5"}},
           {"ElementOfAnArray", "[" + record(1) + ",\n{\"event_timestamp\":16-7},\n" + record(3) + "]\n", "1 3", {kBadNumber}},
           {"ElementOfAnArrayCutOff", "[\n" + record(1) + ",\n{\"event_timestamp\":1,\"details\":\"AWS t\n" + record(3) + "\n]\n" + line(4), "1 3 4",
            {"truncated JSON x1 at log:3"}},
           {"ArrayCutOff", "[\n" + record(1) + ",\n" + record(2) + ",\n{\"event_time", "1 2", {"truncated JSON x1 at log:4"}},
           {"MessageCutOffInItsEnvelope", subscription(event(1) + ",{\"id\":\"2\",\"timestamp\":1673252138000,\"message\":\"{\\\"event_t\"}," + event(3)),
            "1 3", {"truncated JSON x1 at log:1"}},
           {"EventOfAWrapper", subscription(event(1) + ",\n{\"id\":\"2\",\"timestamp\":16732 52138000},\n" + event(3) + ",\n" + event(4)), "1 3 4",
            {"malformed JSON x1 at log:2"}},
           {"EventOfAWrapperInOneLine", subscription(event(1) + ",{\"id\":\"2\",\"timestamp\":16732 52138000}," + event(3)) + subscription(event(4)), "1 3 4",
            {"malformed JSON x1 at log:1"}},
           {"WrapperCutOff", subscription(event(1) + "," + event(2) + ",").substr(0, 300), "1", {"truncated JSON x1 at log:1"}},
           {"WrapperCutOffBeforeTheNext", subscription(event(1)).substr(0, 100) + "\n" + line(2), "2", {"truncated JSON x1 at log:1"}},
       }) {
    SCOPED_TRACE(c.label);
    const auto reading = read_bytes(c.bytes);
    EXPECT_EQ(numbers(reading), c.read);
    EXPECT_EQ(reading.skipped, c.skipped);
    EXPECT_THAT(reading.problems, IsEmpty());
  }
}

TEST_F(InputDamage, EventsBehindADamagedOneKeepTheirStream) {
  const auto reading = read_bytes(subscription(event(1) + ",\n{\"id\":\"2\",\"timestamp\":16732 52138000},\n" + event(3)));
  ASSERT_THAT(reading.events, SizeIs(2));
  for (const auto& text : reading.events) EXPECT_TRUE(text.starts_with("vpn-0123456789abcdef0/203.0.113.17 ")) << text;
}

TEST_F(InputDamage, UnreadableFieldsAreNotedAndTheRecordIsUsed) {
  struct Case {
    std::string fields, note;
  };
  for (const auto& c : std::vector<Case>{{R"("ike_phase1_state":"sideways")", "unreadable ike_phase1_state x1 at log:1"},
                                         {R"("ike_phase1_state":7)", "unreadable ike_phase1_state x1 at log:1"},
                                         {R"("ike_phase2_state":["down"])", "unreadable ike_phase2_state x1 at log:1"},
                                         {R"("ike_phase2_state":{})", "unreadable ike_phase2_state x1 at log:1"},
                                         {R"("dpd_enabled":"perhaps")", "unreadable dpd_enabled x1 at log:1"},
                                         {R"("nat_t_detected":2)", "unreadable nat_t_detected x1 at log:1"}}) {
    SCOPED_TRACE(c.fields);
    const auto reading = read_bytes(record(1, "," + c.fields));
    EXPECT_EQ(numbers(reading), "1");
    EXPECT_THAT(reading.notes, ElementsAre(c.note));
    EXPECT_THAT(reading.skipped, IsEmpty());
  }
  EXPECT_THAT(read_bytes(record(1, R"(,"ike_phase1_state":null,"ike_phase2_state":"","dpd_enabled":"NA")")).notes, IsEmpty());
}

TEST_F(InputDamage, WrongTypesInMandatoryFieldsAreSkippedOrReplaced) {
  EXPECT_THAT(read_bytes(R"({"event_timestamp":1673252138,"details":17})").skipped, ElementsAre("no message text x1 at log:1"));
  EXPECT_THAT(read_bytes(R"({"event_timestamp":1673252138})").skipped, ElementsAre("no message text x1 at log:1"));
  EXPECT_THAT(read_bytes(R"({"event_timestamp":{},"details":"AWS tunnel x"})").skipped, ElementsAre("no time x1 at log:1"));
  EXPECT_THAT(read_bytes(R"({"details":"AWS tunnel x"})").skipped, ElementsAre("no time x1 at log:1"));
  const auto replaced = read_bytes(R"(2023-01-09T08:15:38.000Z {"event_timestamp":"soon","details":"AWS tunnel x"})");
  EXPECT_THAT(replaced.events, SizeIs(1));
  EXPECT_THAT(replaced.notes, ElementsAre("unreadable event_timestamp x1 at log:1"));
  const auto impossible = read_bytes(R"(2023-01-09T08:15:38.000Z {"event_timestamp":-5,"details":"AWS tunnel x"})");
  EXPECT_THAT(impossible.events, SizeIs(1));
  EXPECT_THAT(impossible.notes, ElementsAre("unreadable event_timestamp x1 at log:1"));
  const auto states_only = read_bytes(R"({"event_timestamp":1673252138,"details":17,"ike_phase1_state":"down"})");
  EXPECT_THAT(states_only.events, SizeIs(1));
  EXPECT_THAT(states_only.notes, ElementsAre("unreadable details x1 at log:1"));
}

TEST_F(InputDamage, TimesOutOfRangeAreSkippedWhereNothingElseTellsTheTime) {
  const auto reading = read_bytes(line(1) + "{\"event_timestamp\":-5,\"details\":\"x\"}\n{\"event_timestamp\":99999999999,\"details\":\"x\"}\n" +
                                  "{\"event_timestamp\":\"1960-01-01T00:00:00Z\",\"details\":\"x\"}\n" + line(2));
  EXPECT_EQ(numbers(reading), "1 2");
  EXPECT_THAT(reading.skipped, ElementsAre("time before 1970 x2 at log:2", "time after 2100 x1 at log:3"));
}

TEST_F(InputDamage, BrokenGzipIsAProblemAndWhatCameOutIsUsed) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += line(i);
  const std::string whole = gzip(text);
  const auto cut = read_bytes(whole.substr(0, whole.size() / 2));
  EXPECT_THAT(cut.problems, ElementsAre("log: gzip data ends early"));
  EXPECT_GT(cut.events.size(), 100u);
  EXPECT_LT(cut.events.size(), 2000u);
  const std::string place = " x1 at log:" + std::to_string(cut.events.size() + 1);
  EXPECT_THAT(cut.notes, ElementsAre("gzip data ends early" + place));
  EXPECT_THAT(cut.skipped, ElementsAre("truncated JSON" + place));

  const auto nothing = read_bytes(whole.substr(0, 2));
  EXPECT_THAT(nothing.problems, ElementsAre("log: gzip data ends early"));
  EXPECT_THAT(nothing.skipped, ElementsAre("gzip data ends early x1 at log:1"));
  EXPECT_THAT(nothing.containers, ElementsAre(""));
  EXPECT_THAT(read_bytes(whole.substr(0, 12)).problems, ElementsAre("log: gzip data ends early"));
  const auto without_trailer = read_bytes(whole.substr(0, whole.size() - 8));
  EXPECT_THAT(without_trailer.problems, ElementsAre("log: gzip data ends early"));
  EXPECT_THAT(without_trailer.events, SizeIs(2000));
  EXPECT_THAT(without_trailer.notes, SizeIs(1));
  EXPECT_THAT(without_trailer.skipped, IsEmpty());

  std::string bad_sum = whole;
  bad_sum[bad_sum.size() - 8] = static_cast<char>(bad_sum[bad_sum.size() - 8] ^ 1);
  const auto summed = read_bytes(bad_sum);
  EXPECT_THAT(summed.problems, ElementsAre("log: gzip checksum does not match"));
  EXPECT_THAT(summed.events, SizeIs(2000));

  const auto second_cut = read_bytes(gzip(line(1)) + gzip(line(2)).substr(0, 20));
  EXPECT_THAT(second_cut.problems, ElementsAre("log: gzip data ends early"));
  EXPECT_EQ(numbers(second_cut).substr(0, 1), "1");
}

TEST_F(InputDamage, OnlyZeroPaddingBehindGzipIsTolerated) {
  const auto padded = read_bytes(gzip(line(1)) + std::string(1000, '\0') + gzip(line(2)) + std::string(512, '\0'));
  EXPECT_EQ(numbers(padded), "1 2");
  EXPECT_THAT(padded.problems, IsEmpty());
  const auto followed = read_bytes(gzip(line(1)) + "garbage");
  EXPECT_EQ(numbers(followed), "1");
  EXPECT_THAT(followed.problems, ElementsAre("log: data behind the gzip stream was not read"));
  EXPECT_THAT(followed.notes, ElementsAre("data behind the gzip stream was not read x1 at log:2"));
}

TEST_F(InputDamage, GzipInGzipForeverIsAProblem) {
  std::string bytes = line(1);
  for (int i = 0; i < 20; ++i) bytes = gzip(bytes);
  EXPECT_THAT(read_bytes(bytes).problems, ElementsAre("log: gzip inside gzip too many times"));
}

TEST_F(InputDamage, PayloadsWithBrokenGzipAreCounted) {
  const std::string payload = gzip(subscription(event(1)));
  const auto reading = read_bytes("{\"awslogs\":{\"data\":\"" + base64(payload.substr(0, payload.size() - 12)) + "\"}}\n" + line(2));
  EXPECT_EQ(numbers(reading).back(), '2');
  EXPECT_EQ(reading.skipped.front(), "gzip data ends early x1 at log:1");
  EXPECT_EQ(numbers(read_bytes("{\"awslogs\":{\"data\":\"***\"}}\n" + line(2))), "2");
}

TEST_F(InputDamage, EnvelopesWithoutEndAreCounted) {
  std::string text = record(1);
  for (int i = 0; i < 10; ++i) text = "{\"message\":" + json_string(text) + "}";
  const auto reading = read_bytes(text + "\n" + line(2));
  EXPECT_EQ(numbers(reading).back(), '2');
  std::string base = record(1);
  for (int i = 0; i < 30; ++i) base = "{\"data\":\"" + base64(base) + "\"}";
  EXPECT_THAT(read_bytes(base).skipped, ElementsAre("wrapped too many times x1 at log:1"));
}

TEST_F(InputDamage, EmptyAndBinaryFilesAreCounted) {
  EXPECT_THAT(read_bytes("").skipped, ElementsAre("empty file x1 at log:1"));
  EXPECT_THAT(read_bytes("").containers, ElementsAre("empty"));
  EXPECT_THAT(read_bytes("\n \r\n\t\n").skipped, ElementsAre("empty file x1 at log:1"));
  EXPECT_THAT(read_bytes(gzip("")).skipped, ElementsAre("empty file x1 at log:1"));
  std::string binary;
  for (int i = 0; i < 100000; ++i) binary += static_cast<char>(i * 2654435761u >> 24);
  EXPECT_THAT(read_bytes(binary).skipped, ElementsAre("binary file x1 at log:1"));
  EXPECT_THAT(read_bytes("PK\x03\x04 something").problems, ElementsAre("log: zip archive or spreadsheet cannot be read"));
  EXPECT_THAT(read_bytes("a.log" + std::string(252, '\0') + "ustar\0" "00" + std::string(247, '\0') + "{}\n").problems, ElementsAre("log: tar archive cannot be read"));
}

TEST_F(InputDamage, MissingUnreadableAndEmptyPlacesAreProblems) {
  std::filesystem::create_directories(path("nothing/below"));
  write("nothing/.hidden", line(1));
  const auto reading = read({path("absent"), path("nothing"), write("good", line(1))});
  EXPECT_THAT(reading.problems, ElementsAre("absent: no such file or folder", "nothing: no log files in it"));
  EXPECT_EQ(numbers(reading), "1");
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  chmod(write("secret", line(2)).c_str(), 0);
  const auto secret = read({path("secret"), path("good")});
  EXPECT_THAT(secret.problems, ElementsAre("secret: permission denied"));
  EXPECT_THAT(secret.notes, ElementsAre("cannot be read: permission denied x1 at secret:1"));
  EXPECT_THAT(secret.containers, SizeIs(2));
}

TEST_F(InputDamage, LinksInACircleEnd) {
  write("loop/a/log", line(1));
  std::filesystem::create_directory_symlink("..", path("loop/a/up"));
  std::filesystem::create_directory_symlink("self", path("loop/self"));
  const auto reading = read({path("loop")});
  EXPECT_EQ(numbers(reading), "1");
  EXPECT_EQ(reading.records, 1u);
  EXPECT_THAT(reading.problems, ElementsAre("loop/self: symbolic links lead in a circle"));
}

TEST_F(InputDamage, InputsAreReadInNameOrderAndTwiceWhenGivenTwice) {
  for (const char* name : {"f/b/1", "f/a/2", "f/a/10", "f/c"}) write(name, line(1));
  const auto reading = read({path("f"), path("f/c")});
  EXPECT_EQ(reading.records, 5u);
  EXPECT_THAT(reading.places, ElementsAre("f/a/10:1", "f/a/2:1", "f/b/1:1", "f/c:1"));
}

}  // namespace
}  // namespace tunnelscope::input::testing
