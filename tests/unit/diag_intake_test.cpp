// Order, duplicates and identity: whatever the order of the inputs, the same logs come out.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "diag/intake.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag {
namespace {

constexpr Time kStart = 1772323200000;

// `at` in milliseconds after the start; the record's own time is its whole second, `envelope` the finer one.
struct Line {
  Time at;
  std::string message;
  bool envelope = true;
  std::string ip = "203.0.113.1";
  PhaseState phase1 = PhaseState::Established;
  std::string stream = "";
};

void push(Intake& intake, const Line& line, std::uint64_t number) {
  TunnelRecord r;
  r.connection = line.ip.empty() ? "" : "vpn-1";
  r.outside_ip = line.ip;
  r.stream = line.stream;
  r.time = kStart + line.at / kSecond * kSecond;
  r.envelope_time = line.envelope ? kStart + line.at : kNoTime;
  r.message = line.message;
  r.phase1 = line.phase1;
  intake.record(r, number);
}

using Input = std::pair<std::string, std::vector<Line>>;

// "vpn-1/203.0.113.1: a b c" per tunnel.
std::string logs_of(const std::vector<Input>& inputs) {
  const Classifier classifier(kb::built_in());
  Intake intake(classifier);
  for (const auto& [path, lines] : inputs) {
    intake.begin_input(path);
    for (std::size_t i = 0; i < lines.size(); ++i) push(intake, lines[i], i + 1);
  }
  intake.finish();
  std::string text;
  for (const TunnelLog& log : intake.tunnels()) {
    text += log.id + ":";
    for (const Event& event : log.events) text += " " + intake.message(log, event);
    text += "\n";
  }
  return text;
}

const std::vector<Line> kFive{{0, "a"}, {1000, "b"}, {2000, "c"}, {2400, "d"}, {3000, "e"}};
constexpr const char* kFiveInOrder = "vpn-1/203.0.113.1: a b c d e\n";

TEST(Intake, ShuffledRecordsComeOutInOrder) {
  std::mt19937 random(7);
  for (int i = 0; i < 50; ++i) {
    std::vector<Line> lines = kFive;
    std::shuffle(lines.begin(), lines.end(), random);
    EXPECT_EQ(logs_of({{"x", lines}}), kFiveInOrder);
  }
}

// A file cut within a second: nothing says how its parts stand to each other but their names.
TEST(Intake, RecordsOfOneSecondFromInputsThatShareNoneFollowEachOther) {
  const auto bare = [](const char* text) { return Line{0, text, false}; };
  EXPECT_EQ(logs_of({{"a", {bare("p"), bare("q")}}, {"b", {bare("r"), bare("s")}}}), "vpn-1/203.0.113.1: p q r s\n");
}

// Each thread has an Intake of its own, which is gone when the logs are finished.
TEST(Intake, WhatAnotherReadIsFinishedWhenThatIsGone) {
  const Classifier classifier(kb::built_in());
  Intake intake(classifier, {.keep_everything = false});
  {
    Intake other = std::move(intake.others(1).front());
    for (std::uint32_t input = 0; input < 2; ++input) {
      other.begin_input("a path that is long enough to be kept outside of its string " + std::to_string(input), input);
      push(other, {input * 100'000, "something routine"}, 1);
      push(other, {input * 100'000 + 9'000, "something unheard of"}, 2);
    }
    intake.absorb(std::move(other));
  }
  intake.finish();
  ASSERT_EQ(intake.tunnels().size(), 1U);
  EXPECT_EQ(intake.tunnels()[0].records, 4U);
}

TEST(Intake, OverlappingInputsInAnyOrderAreOneSequence) {
  const std::vector<Line> first{kFive.begin(), kFive.begin() + 4}, second{kFive.begin() + 1, kFive.end()};
  EXPECT_EQ(logs_of({{"a", first}, {"b", second}}), kFiveInOrder);
  EXPECT_EQ(logs_of({{"b", second}, {"a", first}}), kFiveInOrder);
}

TEST(Intake, RecordsOfOneSecondWithoutFinerTimeKeepTheirSequenceAcrossOverlaps) {
  const auto bare = [](const char* text) { return Line{0, text, false}; };
  const std::vector<Line> head{bare("p"), bare("q"), bare("r")}, tail{bare("q"), bare("r"), bare("s")};
  EXPECT_EQ(logs_of({{"a", head}, {"b", tail}}), "vpn-1/203.0.113.1: p q r s\n");
  EXPECT_EQ(logs_of({{"a", tail}, {"b", head}}), "vpn-1/203.0.113.1: p q r s\n");
}

TEST(Intake, NewestFirstInputIsTurnedRound) {
  const std::vector<Line> reversed{{3000, "e", false}, {2000, "d", false}, {2000, "c", false}, {1000, "b", false}, {0, "a", false}};
  EXPECT_EQ(logs_of({{"insights", reversed}}), kFiveInOrder);
}

TEST(Intake, IdenticalFirstRecordsAreOneRecord) {
  EXPECT_EQ(logs_of({{"x", {{0, "a"}, {0, "a"}, {1000, "b"}}}}), "vpn-1/203.0.113.1: a b\n");
}

TEST(Intake, RecordsWithoutIdentityAreKeptApart) {
  EXPECT_EQ(logs_of({{"x", {{0, "a", true, ""}}}, {"y", {{0, "b"}}}}), "unknown: a\nvpn-1/203.0.113.1: b\n");
  EXPECT_EQ(logs_of({{"x", {{0, "a", true, ""}}}, {"y", {{0, "b", true, ""}}}}), "unknown/x: a\nunknown/y: b\n");
}

TEST(Intake, StreamsWhoseNamesHaveNoAddressAreKeptApart) {
  const auto of_stream = [](const char* text, const char* stream) { return Line{0, text, true, "", PhaseState::Established, stream}; };
  EXPECT_EQ(logs_of({{"x", {of_stream("a", "s1"), of_stream("b", "s2"), of_stream("c", "s1")}}, {"y", {of_stream("d", "s2"), of_stream("e", "")}}}),
            "unknown: e\nunknown/s1: a c\nunknown/s2: b d\n");
}

TEST(Intake, LinesOfOtherProgramsAreNoTunnelBesideLogsOfOne) {
  const Line foreign{0, "database timed out", true, "", PhaseState::Unknown}, known{0, "AWS tunnel DPD timed out after 3 retransmits"};
  EXPECT_EQ(logs_of({{"x", {foreign}}}), "unknown: database timed out\n");
  EXPECT_EQ(logs_of({{"x", {foreign}}, {"y", {known}}}), "vpn-1/203.0.113.1: AWS tunnel DPD timed out after 3 retransmits\n");
  Line stating = foreign;
  stating.phase1 = PhaseState::Down;
  EXPECT_EQ(logs_of({{"x", {stating}}, {"y", {known}}}), "unknown: database timed out\nvpn-1/203.0.113.1: AWS tunnel DPD timed out after 3 retransmits\n");
}

TEST(Intake, CountsAddUp) {
  const Classifier classifier(kb::built_in());
  Intake intake(classifier);
  intake.begin_input("x");
  push(intake, {0, "AWS tunnel DPD timed out after 3 retransmits"}, 1);
  push(intake, {0, "AWS tunnel DPD timed out after 3 retransmits"}, 2);
  push(intake, {0, "AWS tunnel is doing 7 things"}, 3);
  push(intake, {1000, "AWS tunnel is doing 8 things"}, 4);
  intake.skip("truncated JSON", 5);
  intake.finish();
  const Coverage& c = intake.coverage();
  EXPECT_EQ(c.records, c.recognised + c.unrecognised + c.skipped + c.duplicates);
  EXPECT_EQ(c.duplicates, 1U);
  EXPECT_EQ(c.recognised, 1U);
  ASSERT_EQ(c.unrecognised_shapes.size(), 1U);
  EXPECT_EQ(c.unrecognised_shapes[0].what, "AWS tunnel is doing <n> things");
  EXPECT_EQ(c.unrecognised_shapes[0].count, 2U);
  EXPECT_EQ(intake.at(c.unrecognised_shapes[0].first), "x:3");
}

struct ShapeRow {
  const char* text;
  const char* shape;
};

class Shape : public ::testing::TestWithParam<ShapeRow> {};
TEST_P(Shape, MasksWhatVaries) { EXPECT_EQ(shape_of(GetParam().text), GetParam().shape); }
INSTANTIATE_TEST_SUITE_P(Texts, Shape, ::testing::Values(
    ShapeRow{"AWS tunnel is doing 12 things", "AWS tunnel is doing <n> things"},
    ShapeRow{"peer 198.51.100.20:4500 seen", "peer <ip>:<n> seen"},
    ShapeRow{"peer 198.51.100.20, again", "peer <ip>, again"},
    ShapeRow{"route 10.0.0.0/16 and 2001:db8::1", "route <ip>/<n> and <ip>"},
    ShapeRow{"SPI: c3a1b2d4  deleted", "SPI: <hex> deleted"},
    ShapeRow{"at 08:15:38 \"any name\" came", "at <time> \"<text>\" came"},
    ShapeRow{"  leading\tand\n trailing ", "leading and trailing"},
    ShapeRow{"", ""}));

TEST(Shape, OfALongTextIsCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "é";
  const std::string shape = shape_of(text);
  EXPECT_LE(shape.size(), 260U);
  EXPECT_EQ(shape.substr(shape.size() - 5), "é...");
}

TEST(Time, IsWrittenInUtc) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1762580429641), "2025-11-08T05:40:29.641Z");
  EXPECT_EQ(date_and_clock(1762580429641), "2025-11-08 05:40:29");
  EXPECT_EQ(in_words(53 * kMinute + 20 * kSecond), "53 min 20 s");
  EXPECT_EQ(in_words(8 * kHour), "8 h");
  EXPECT_EQ(in_words(2 * kDay + 4 * kHour + kMinute), "2 d 4 h");
}

}  // namespace
}  // namespace tunnelscope::diag
