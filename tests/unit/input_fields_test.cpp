// Fields found by number, and rows of CSV cut where they stand: the same as the slow way.
#include "src/input/fields.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>

#include "src/input/containers/csv.hpp"

namespace tunnelscope::input {
namespace {

using ::testing::ElementsAre;

simdjson::dom::object object_of(simdjson::dom::parser& parser, std::string_view json) {
  return parser.parse(simdjson::padded_string(json)).get_object().value();
}

TEST(Names, AreComparedIgnoringCaseAndWhatJoinsWords) {
  EXPECT_EQ(name_index("Client-VPN_endpoint id"), Name("client-vpn-endpoint-id").index);
  EXPECT_EQ(name_index("nobody asks"), kNoName);
  EXPECT_EQ(name_index(std::string(200, 'a')), kNoName);
  EXPECT_EQ(key_named("EVENT_TYPE"), Key::EventType);
}

TEST(Names, MemoryGivesWhatTheTableGives) {
  NameMemory memory;
  std::mt19937 random(11);
  std::vector<std::string> keys{"", "x", "id", "ID", "connection-attempt-failure-reason", "connection_attempt_failure_reason",
                                "authorization-policy-evaluation", std::string(47, 'k'), std::string(48, 'k'), std::string(49, 'k')};
  for (const std::string_view name : kFieldNames) keys.emplace_back(name);
  for (int i = 0; i < 3000; ++i) keys.push_back("key" + std::to_string(random() % 1000));
  for (int i = 0; i < 20000; ++i) {
    const std::string& key = keys[random() % keys.size()];
    EXPECT_EQ(memory.find(key, kNoName), name_index(key)) << key;
    EXPECT_EQ(memory.find(key, Name("connection").index), name_index("connection." + key)) << key;
  }
}

TEST(Fields, TheFirstOfTwoMembersCounts) {
  simdjson::dom::parser parser;
  Fields fields;
  fields.set(object_of(parser, R"({"user_id":null,"userId":"b","timestamp":null,"Timestamp":"t"})"));
  EXPECT_EQ(fields.named("userId").kind(), FieldValue::Kind::Null);
  EXPECT_EQ(fields[Key::Timestamp].text(), "t");  // but a key passes over what says nothing
}

TEST(Fields, ANumberIsReadFromItsDigits) {
  std::mt19937_64 random(7);
  FieldValue value(std::int64_t{0});
  for (int i = 0; i < 5000; ++i) {
    const auto number = static_cast<std::int64_t>(random() % 1'000'000'000'000'000'000) >> random() % 60;
    const std::string text = std::to_string(random() % 3 == 0 ? -number : number);
    const std::string in_line = text + "," + std::string(24, '"');
    value.change_number(std::string_view(in_line).substr(0, text.size()));
    EXPECT_EQ(value.integer(), std::stoll(text));
    EXPECT_EQ(value.spelled(), text);
    EXPECT_EQ(value.text(), "");
  }
}

TEST(Fields, ANameWithADotIsAFieldOfThatNameOrAMember) {
  simdjson::dom::parser parser;
  Fields fields;
  fields.set(object_of(parser, R"({"connection":{"id":"member","rx":5,"ID":"second"},"connection.rx":null,"connection.tx":7})"));
  fields.open_objects();
  EXPECT_EQ(fields.named("connection.id").text(), "member");
  EXPECT_EQ(fields.named("connection.rx").integer(), 5);
  EXPECT_EQ(fields.named("connection.tx").integer(), 7);
  fields.clear();
  EXPECT_FALSE(fields.named("connection.id").present());
}

TEST(Fields, AnObjectCountsBeforeCells) {
  simdjson::dom::parser parser;
  Fields fields;
  fields.set_cell(name_index("user"), key_named("user"), FieldValue("of a cell"));
  fields.set_cell(name_index("protocol"), key_named("protocol"), FieldValue("udp"));
  fields.set(object_of(parser, R"({"user":"of an object"})"));
  EXPECT_EQ(fields.named("user").text(), "of an object");
  EXPECT_EQ(fields.named("protocol").text(), "udp");
}

std::vector<std::string> cells_of(std::string_view text, char delimiter, CsvRow& row) {
  EXPECT_EQ(row.read(text, delimiter, true), CsvRow::Status::Row) << text;
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < row.size(); ++i) cells.emplace_back(row.cell(i));
  return cells;
}

TEST(CsvRow, QuotesMakeNoDifferenceToCells) {
  std::mt19937 random(2);
  CsvRow row;
  for (int i = 0; i < 500; ++i) {
    const char delimiter = ",;\t"[random() % 3];
    std::string plain, quoted;
    for (std::size_t cell = 0, count = 1 + random() % 6; cell < count; ++cell) {
      std::string text;
      for (auto c = random() % 8; c > 0; --c) text += "abc .:-"[random() % 7];
      if (cell > 0) plain += delimiter, quoted += delimiter;
      plain += text;
      quoted += '"' + text + '"';
    }
    for (const char* end : {"\n", "\r\n", ""}) {
      const auto expected = cells_of(quoted + end, delimiter, row);
      const std::size_t newlines = row.newlines();
      EXPECT_EQ(cells_of(plain + end, delimiter, row), expected) << plain;
      EXPECT_EQ(row.length(), plain.size() + std::string_view(end).size());
      EXPECT_EQ(row.newlines(), newlines);
    }
  }
}

TEST(CsvRow, NeedsMoreUntilTheLineEnds) {
  CsvRow row;
  EXPECT_EQ(row.read("a,b", ',', false), CsvRow::Status::NeedMore);
  EXPECT_EQ(row.read("a,\"b", ',', false), CsvRow::Status::NeedMore);
  EXPECT_EQ(row.read("a,\"b\"c", ',', false), CsvRow::Status::Broken);
  EXPECT_THAT(cells_of("a\rb,c\n", ',', row), ElementsAre("ab", "c"));
}

}  // namespace
}  // namespace tunnelscope::input
