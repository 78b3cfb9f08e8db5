// The writer of JSON says everything as nlohmann/json's dump(2) would, byte for byte.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include <nlohmann/json.hpp>

#include "src/escape.hpp"
#include "src/report/json_writer.hpp"

namespace tunnelscope::report {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
  return app::for_json_document(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

template <class Write>
std::string written(Write write) {
  JsonWriter to;
  write(to);
  return to.take();
}

std::string written_text(std::string_view text) {
  return written([&](JsonWriter& to) { to.text(text); });
}

void write(JsonWriter& to, const Json& json) {
  if (json.is_object()) {
    to.begin_object();
    for (const auto& [key, value] : json.items()) to.key(key), write(to, value);
    to.end_object();
  } else if (json.is_array()) {
    to.begin_list();
    for (const auto& value : json) write(to, value);
    to.end_list();
  } else if (json.is_string()) {
    to.text(json.get<std::string>());
  } else if (json.is_boolean()) {
    to.truth(json.get<bool>());
  } else if (json.is_number_unsigned()) {
    to.count(json.get<std::uint64_t>());
  } else if (json.is_number_integer()) {
    to.whole(json.get<std::int64_t>());
  } else if (json.is_number_float()) {
    to.decimal(json.get<double>());
  } else {
    to.null();
  }
}

TEST(JsonWriter, NestsAndIndentsByTwoBlanks) {
  const Json documents[] = {
      Json::parse(R"("alone")"),
      Json::parse("[]"),
      Json::parse("{}"),
      Json::parse(R"({"empty": {}, "none": [], "nulls": [null, null], "deep": [[], [{}], [[1, -2], {"a": {"b": true}}]], "last": false})"),
      Json::parse(R"([{"a": 1}, {"b": "x"}, [], {}, 3])"),
  };
  for (const Json& json : documents) {
    EXPECT_EQ(written([&](JsonWriter& to) { write(to, json); }), dumped(json));
  }
}

TEST(JsonWriter, EscapesWhatMustNotStandInTexts) {
  struct Row {
    std::string_view text, json;
  };
  const Row rows[] = {
      {"", R"("")"},
      {"plain, with more than sixteen characters", R"("plain, with more than sixteen characters")"},
      {"\" \\ /", R"("\" \\ /")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {std::string_view("\0\x01\x1f", 3), R"("\u0000\u0001\u001f")"},
      {"\x7f\xC2\x9B", R"("\u007f\u009b")"},
      {"\xE2\x80\xAE\xF3\xA0\x81\x81", R"("\u202e\udb40\udc41")"},
      {"gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xB1", "\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xB1\""},
  };
  for (const Row& row : rows) EXPECT_EQ(written_text(row.text), row.json);
}

TEST(JsonWriter, BrokenUtf8BecomesReplacementCharacters) {
  struct Row {
    const char* text;
    int replaced;
  };
  const Row rows[] = {
      {"\xFF", 1},         {"\xC3", 1},         {"\x80\xBF", 2},         {"\xC0\xAF", 2},         {"\xE2\x82", 1},
      {"\xE0\x80\x80", 3}, {"\xED\xA0\x80", 3}, {"\xF0\x9F\x90", 1},     {"\xF0\x80\x80\x80", 4}, {"\xF4\x90\x80\x80", 4},
      {"\xE2\xE2\x82", 2}, {"\xF1\x80\xC3", 2}, {"\xF5\x80\x80\x80", 4}, {"\xF3\x80\xC0\x80", 3},
  };
  for (const Row& row : rows) {
    std::string expected = "\"";
    for (int i = 0; i < row.replaced; ++i) expected += "\xEF\xBF\xBD";
    EXPECT_EQ(written_text(row.text), expected + '"') << testing::PrintToString(row.text);
    EXPECT_EQ(written_text(row.text), dumped(row.text));
  }
}

// A quote, an end of a character or a blank may stand anywhere in a block of sixteen.
TEST(JsonWriter, RandomTextsAreWrittenAsNlohmannWritesThem) {
  constexpr std::string_view kBytes = "abc \"\\\n\x1f\x7f\x80\xa0\x90\xae\xbf\xc2\xc3\xe0\xe2\xed\xef\xf0\xf3\xf4\xff";
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t length = random() % 40;
    const bool mostly_plain = random() % 2 == 0;
    for (std::size_t i = 0; i < length; ++i) text.push_back(mostly_plain && random() % 8 != 0 ? 'x' : kBytes[random() % kBytes.size()]);
    ASSERT_EQ(written_text(text), dumped(text)) << testing::PrintToString(text);
  }
}

TEST(JsonWriter, NumbersStandAsNlohmannWritesThem) {
  struct Row {
    double number;
    const char* json;
  };
  const Row rows[] = {
      {0, "0.0"},       {-0.0, "-0.0"},         {1, "1.0"},         {0.1, "0.1"},     {0.166667, "0.166667"},
      {1e-6, "1e-06"},  {123456.789, "123456.789"}, {1e15, "1e+15"}, {1e300, "1e+300"}, {-2.5, "-2.5"},
      {std::nan(""), "null"}, {std::numeric_limits<double>::infinity(), "null"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(written([&](JsonWriter& to) { to.decimal(row.number); }), row.json);
    EXPECT_EQ(dumped(row.number), row.json);
  }
  EXPECT_EQ(written([](JsonWriter& to) { to.whole(std::numeric_limits<std::int64_t>::min()); }), "-9223372036854775808");
  EXPECT_EQ(written([](JsonWriter& to) { to.count(std::numeric_limits<std::uint64_t>::max()); }), "18446744073709551615");
}

}  // namespace
}  // namespace tunnelscope::report
