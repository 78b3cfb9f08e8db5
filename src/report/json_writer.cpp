#include "src/report/json_writer.hpp"

#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "src/escape.hpp"

namespace tunnelscope::report {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kPiece = std::size_t{1} << 16;  // bytes

template <class Integer>
void append(std::string& out, Integer value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void JsonWriter::new_line() {
  out_.push_back('\n');
  out_.append(kIndent * depth_, ' ');
}

void JsonWriter::before_value() {
  if (!has_key_ && depth_ > 0) {
    if (!is_first_) out_.push_back(',');
    new_line();
  }
  has_key_ = is_first_ = false;
}

void JsonWriter::begin(char bracket) {
  before_value();
  out_.push_back(bracket);
  ++depth_;
  is_first_ = true;
}

void JsonWriter::end(char bracket) {
  --depth_;
  if (!is_first_) new_line();
  out_.push_back(bracket);
  is_first_ = false;
  if (sink_ == nullptr || out_.size() < kPiece) return;
  (*sink_)(out_);
  out_.clear();
}

void JsonWriter::key(std::string_view name) {
  text(name);
  out_ += ": ";
  has_key_ = true;
}

void JsonWriter::plain_key(std::string_view name) {
  before_value();
  out_.push_back('"');
  out_.append(name).append("\": ");
  has_key_ = true;
}

void JsonWriter::null() {
  before_value();
  out_ += "null";
}

void JsonWriter::truth(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::whole(std::int64_t value) {
  before_value();
  append(out_, value);
}

void JsonWriter::count(std::uint64_t value) {
  before_value();
  append(out_, value);
}

void JsonWriter::decimal(double value) {
  before_value();
  out_ += nlohmann::json(value).dump();
}

void JsonWriter::text(std::string_view value) {
  before_value();
  app::append_json_string(out_, value);
}

}  // namespace tunnelscope::report
