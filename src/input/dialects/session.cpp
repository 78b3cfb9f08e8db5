// Values are taken as they are written; only what cannot be one is noted and left out.
#include "src/input/dialects/session.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tunnelscope::input {
namespace {

constexpr std::size_t kLongestValue = 1024;
constexpr char kBehindName = '\x1f', kBehindValue = '\x1e';

// Not longer than allowed, and not in the middle of a character.
std::string_view cut(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0) == 0x80) --longest;
  return text.substr(0, longest);
}

// Whether the text holds one of the marks of a list of fields, which differ in their lowest bit: eight bytes at a time.
bool has_mark(std::string_view text) {
  static_assert((kBehindName & ~1) == kBehindValue);
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    const std::uint64_t other = (bytes & ~kOnes) ^ kOnes * static_cast<std::uint64_t>(kBehindValue);
    if (((other - kOnes) & ~other & kOnes << 7) != 0) return true;
  }
  for (; at < text.size(); ++at)
    if ((text[at] & ~1) == kBehindValue) return true;
  return false;
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  return !text.empty() && text.size() <= 5 && read.ptr == text.data() + text.size() && port <= 65535;
}

// An address of version 4 in the usual spelling. False: it may be one all the same.
bool is_plain_address(std::string_view text) {
  int parts = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t from = at;
    int number = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at - from < 3; ++at) number = number * 10 + (text[at] - '0');
    const bool good = at > from && number <= 255 && (text[from] != '0' || at - from == 1);
    if (!good) return false;
    ++parts;
    if (at == text.size()) return parts == 4;
    if (text[at] != '.') return false;
  }
  return false;
}

void append_number(std::string& to, const FieldValue& value) {
  std::array<char, 32> digits;
  const auto end = value.kind() == FieldValue::Kind::Integer
                       ? std::to_chars(digits.data(), digits.data() + digits.size(), value.integer()).ptr
                       : std::to_chars(digits.data(), digits.data() + digits.size(), value.real()).ptr;
  to.append(digits.data(), end);
}

}  // namespace

std::optional<std::int64_t> number_of(const FieldValue& value) {
  constexpr double kLargest = 9e18;
  double real = 0;
  if (value.kind() == FieldValue::Kind::Integer) return value.integer();
  if (value.kind() == FieldValue::Kind::Real) {
    real = value.real();
  } else {
    const std::string_view text = trim(value.text());
    const char* const end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(text.data(), end, whole); read.ptr == end && read.ec == std::errc{})
      return text.empty() ? std::nullopt : std::optional(whole);
    const auto read = std::from_chars(text.data(), end, real);
    if (read.ptr != end || read.ec != std::errc{}) return {};
  }
  if (!(std::abs(real) < kLargest)) return {};
  return static_cast<std::int64_t>(real);
}

bool Look::says_nothing(std::string_view text) const {
  if (text.size() > 4) return false;
  return text.empty() || same_word(text, "null") || (habits_.na_is_nothing && text == "NA");
}

std::string_view Look::cleaned(std::string_view text) const {
  if (habits_.apostrophes && text.size() > 1 && text[0] == '\'' &&
      std::string_view("=+-@\t\r").find(text[1]) != std::string_view::npos)
    text.remove_prefix(1);
  text = trim(text);
  return says_nothing(text) ? std::string_view{} : text;
}

FieldValue Look::at(Name name) const {
  const FieldValue& value = fields_.named(name);
  if (!value.is_text()) return value.present() ? value : FieldValue{};
  const std::string_view said = clean(value.text());
  return said.empty() ? FieldValue{} : FieldValue(said);
}

std::string_view Look::text(const FieldValue& value) const {
  switch (value.kind()) {
    case FieldValue::Kind::Text: return clean(value.text());
    case FieldValue::Kind::Bool: return value.yes() ? "true" : "false";
    case FieldValue::Kind::Integer:
    case FieldValue::Kind::Real: {
      std::string& words = scratch_.keep();
      append_number(words, value);
      return words;
    }
    case FieldValue::Kind::Array: {
      std::string& words = scratch_.keep();
      for (const auto element : value.array()) {
        const std::string_view part = FieldValue(element).kind() == FieldValue::Kind::Array ? std::string_view{}
                                                                                           : text(FieldValue(element));
        append_if(words, words.empty() ? "" : ", ", cut(part, kLongestValue));
        if (words.size() > kLongestValue) break;
      }
      return words;
    }
    default: return {};
  }
}

std::string_view Look::text(Name name) const {
  const FieldValue& value = fields_.named(name);
  if (!value.is_text()) return text(value);
  const std::string_view said = clean(value.text());
  return habits_.apostrophes ? clean(said) : said;  // as at() and text() of a value do one after the other
}

std::string_view Look::first_of(std::initializer_list<Name> names) const {
  for (const Name name : names)
    if (const auto found = text(name); !found.empty()) return found;
  return {};
}

void Look::note(std::string_view what, std::string_view name) const {
  std::string& reason = scratch_.keep();
  reason += what;
  reason += name;
  out_.note(reason, context_);
}

std::optional<std::int64_t> Look::number(Name name) const {
  const FieldValue value = at(name);
  if (!value.present()) return {};
  const auto number = number_of(value);
  if (!number) note("unreadable ", name.text);
  return number;
}

std::int64_t Look::bytes(Name name) const { return std::max<std::int64_t>(number(name).value_or(-1), -1); }

diag::Duration Look::seconds(Name name) const {
  constexpr std::int64_t kCentury = 3'155'760'000;
  const auto number = this->number(name);
  if (!number) return -1;
  if (*number < 0 || *number > kCentury) return note("unreadable ", name.text), -1;
  return *number * diag::kSecond;
}

diag::Time Look::time(Name name) const {
  const FieldValue value = at(name);
  if (!value.present()) return diag::kNoTime;
  const auto parsed = time_of(value);
  if (parsed.status != TimeStatus::Ok) note("unreadable ", name.text);
  return parsed.time;
}

bool Look::take_time(std::initializer_list<Name> names, diag::Time& time) const {
  for (const Name name : names) {
    const FieldValue value = at(name);
    if (!value.present()) continue;
    const auto parsed = time_of(value);
    if (parsed.status == TimeStatus::Before1970) return out_.skip("time before 1970", context_), false;
    if (parsed.status == TimeStatus::After2100) return out_.skip("time after 2100", context_), false;
    if (parsed.status == TimeStatus::Ok) return time = parsed.time, true;
    note("unreadable ", name.text);
  }
  return true;
}

std::string_view Look::lower_case(std::string_view text) const {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::none_of(text.begin(), text.end(), is_upper)) return text;
  std::string& lower = scratch_.keep();
  for (const char c : text) lower += is_upper(c) ? static_cast<char>(c + 32) : c;
  return lower;
}

// Marks within a text, of which hardly any has one, become blanks.
void FieldList::append(std::string_view text, char behind) {
  char* const at = bytes_.data() + size_;
  std::memcpy(at, text.data(), text.size());
  if (has_mark(text)) std::replace_if(at, at + text.size(), [](char c) { return c == kBehindName || c == kBehindValue; }, ' ');
  at[text.size()] = behind;
  size_ += text.size() + 1;
}

void FieldList::add(std::string_view name, std::string_view value) {
  value = cut(value, kLongestValue);
  if (value.empty() || size_ + name.size() + value.size() + 2 > kLongest) return;
  append(name, kBehindName);
  append(value, kBehindValue);
}

void append_fields(FieldList& list, const Look& look, std::span<const Name> names) {
  for (const Name name : names) list.add(name.text, look.text(name));
}

void append_members(FieldList& list, const Look& look, Name array, std::string_view member) {
  const FieldValue objects = look.at(array);
  if (objects.kind() != FieldValue::Kind::Array) return;
  std::string values;
  for (const auto element : objects.array()) {
    const FieldValue object(element);
    if (object.kind() != FieldValue::Kind::Object) continue;
    append_if(values, values.empty() ? "" : ", ", cut(look.text(member_of(object.object(), member)), kLongestValue));
    if (values.size() > kLongestValue) break;
  }
  list.add(std::string(array.text) + "." + std::string(member), values);
}

bool is_address(std::string_view text) { return is_plain_address(text) || Identity().set_outside_ip(text); }

Endpoint endpoint_of(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {text, {}};
    const auto port = text.substr(end + 1);
    return {text.substr(1, end - 1), port.starts_with(':') && is_port(port.substr(1)) ? port.substr(1) : port.substr(0, 0)};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return {text, {}};
  const auto address = text.substr(0, colon);
  const bool plain = address.find(':') == std::string_view::npos;
  if (address.empty() || (!plain && !is_address(address))) return {text, {}};
  return {address, text.substr(colon + 1)};
}

std::string_view joined(std::string_view address, std::string_view port, Scratch& scratch) {
  if (address.empty() || port.empty() || port == "0") return address;
  std::string& whole = scratch.keep();
  const bool brackets = address.find(':') != std::string_view::npos && is_address(address);
  append_if(whole, brackets ? "[" : "", address, brackets ? "]:" : ":");
  whole += port;
  return whole;
}

void append_if(std::string& to, std::string_view before, std::string_view text, std::string_view behind) {
  if (text.empty()) return;
  to += before;
  to += text;
  to += behind;
}

}  // namespace tunnelscope::input
