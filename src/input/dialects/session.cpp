// Values are taken as they are written; only what cannot be one is noted and left out.
#include "src/input/dialects/session.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "src/input/digits.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::size_t kLongestValue = 1024;
using diag::kBehindName, diag::kBehindValue;

// Not longer than allowed, and not in the middle of a character.
std::string_view cut(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0) == 0x80) --longest;
  return text.substr(0, longest);
}

// Copies a text that is not empty. True: there may be a mark of a list of fields in it.
#if defined(__SSE2__)

// The marks differ in their lowest bit.
__m128i marks_in(__m128i bytes) { return _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8(~1)), _mm_set1_epi8(kBehindValue)); }
static_assert((kBehindName & ~1) == kBehindValue);

// Pieces of a size between that of a word and two of them: its beginning and its end, which may overlap.
template <class Word>
__m128i copy_two(char* to, const char* from, std::size_t size) {
  Word first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + size - sizeof last, &last, sizeof last);
  return _mm_set_epi64x(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last));
}

[[gnu::always_inline]] inline bool copy_and_look(char* to, const char* from, std::size_t size) {
  const auto sixteen = [&](std::size_t at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at), bytes);
    return marks_in(bytes);
  };
  __m128i marks;
  if (size >= 16) {
    marks = sixteen(size - 16);
    for (std::size_t at = 0; at + 16 < size; at += 16) marks = _mm_or_si128(marks, sixteen(at));
  } else if (size >= 8) {
    marks = marks_in(copy_two<std::uint64_t>(to, from, size));
  } else if (size >= 4) {
    marks = marks_in(copy_two<std::uint32_t>(to, from, size));
  } else if (size >= 2) {
    marks = marks_in(copy_two<std::uint16_t>(to, from, size));
  } else {
    *to = *from;
    return (*from & ~1) == kBehindValue;
  }
  return _mm_movemask_epi8(marks) != 0;
}

#else

bool copy_and_look(char* to, const char* from, std::size_t size) {
  std::memcpy(to, from, size);
  return std::memchr(to, kBehindName, size) != nullptr || std::memchr(to, kBehindValue, size) != nullptr;
}

#endif

// Where the digits of a port begin that the text ends in; its size: they are none, or no port's.
inline std::size_t port_at_end(std::string_view text) {
  constexpr unsigned kLargest = 65535, kBehindFive = 100'000;
  std::size_t from = text.size();
  unsigned port = 0;
  for (unsigned unit = 1; from > 0 && unit < kBehindFive; unit *= 10, --from) {
    const auto digit = static_cast<unsigned char>(text[from - 1] - '0');
    if (digit > 9) break;
    port += digit * unit;
  }
  return port <= kLargest ? from : text.size();
}

bool is_port(std::string_view text) { return !text.empty() && port_at_end(text) == 0; }

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

using Digits = std::array<char, 32>;

// A number in words, where they are not known in the room given.
std::string_view written(const FieldValue& value, Digits& room) {
  if (!value.spelled().empty()) return value.spelled();
  char* const end = room.data() + room.size();
  const auto written = value.kind() == FieldValue::Kind::Integer ? std::to_chars(room.data(), end, value.integer())
                                                                : std::to_chars(room.data(), end, value.real());
  return {room.data(), static_cast<std::size_t>(written.ptr - room.data())};
}

// These fill in the number, if there is one: an optional one would be written and read in different pieces, which stalls.
bool whole_of(double real, std::int64_t& number) {
  constexpr double kLargest = 9e18;
  if (!(std::abs(real) < kLargest)) return false;
  number = static_cast<std::int64_t>(real);
  return true;
}

bool number_in(std::string_view text, std::int64_t& number) {
  if (plain_number(text, number)) return true;
  text = trim(text);
  if (text.empty()) return false;
  const char* const end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, number); read.ptr == end && read.ec == std::errc{}) return true;
  double real = 0;
  const auto read = std::from_chars(text.data(), end, real);
  return read.ptr == end && read.ec == std::errc{} && whole_of(real, number);
}

bool read_number(const FieldValue& value, std::int64_t& number) {
  if (value.kind() == FieldValue::Kind::Real) return whole_of(value.real(), number);
  if (value.kind() != FieldValue::Kind::Integer) return number_in(value.text(), number);
  number = value.integer();
  return true;
}

}  // namespace

std::optional<std::int64_t> number_of(const FieldValue& value) {
  std::int64_t number = 0;
  if (!read_number(value, number)) return {};
  return number;
}

bool Look::says_nothing(std::string_view text) const {
  if (text.size() > 4) return false;
  return text.empty() || same_word(text, "null") || (habits_.na_is_nothing && text == "NA");
}

std::string_view Look::cleaned(std::string_view text) const {
  if (habits_.na_is_nothing && text == "NA") return {};
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
      if (!value.spelled().empty()) return value.spelled();
      Digits room;
      return scratch_.keep().append(written(value, room));
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

// A text is cleaned twice where there are apostrophes, as at() and text() of a value do one after the other.
std::string_view Look::text_of(const FieldValue& value) const {
  const std::string_view said = text(value);
  return value.is_text() && habits_.apostrophes ? clean(said) : said;
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

// What a field says as a number. False: it says none, which is noted where it says something else.
inline bool Look::read_whole(Name name, std::int64_t& number) const {
  const FieldValue& value = fields_.named(name);
  if (value.is_text()) {
    if (plain_number(value.text(), number)) return true;
    const std::string_view said = clean(value.text());
    if (said.empty()) return false;
    if (number_in(said, number)) return true;
  } else if (!value.present()) {
    return false;
  } else if (read_number(value, number)) {
    return true;
  }
  note("unreadable ", name.text());
  return false;
}

std::optional<std::int64_t> Look::number(Name name) const {
  std::int64_t number = 0;
  if (!read_whole(name, number)) return {};
  return number;
}

std::int64_t Look::bytes(Name name) const {
  std::int64_t number = -1;
  return read_whole(name, number) ? std::max<std::int64_t>(number, -1) : -1;
}

diag::Duration Look::seconds(Name name) const {
  constexpr std::int64_t kCentury = 3'155'760'000;
  std::int64_t number = -1;
  if (!read_whole(name, number)) return -1;
  if (number < 0 || number > kCentury) return note("unreadable ", name.text()), -1;
  return number * diag::kSecond;
}

// What a field says as a time. False: it says nothing.
bool Look::read_time(Name name, ParsedTime& time) const {
  const FieldValue& value = fields_.named(name);
  const std::string_view said = clean(value.text());
  if (value.is_text() ? said.empty() : !value.present()) return false;
  time = value.is_text() ? scratch_.times.time_of(said) : time_of(value);
  return true;
}

diag::Time Look::time(Name name, std::optional<std::int64_t> none) const {
  ParsedTime read;
  if (!read_time(name, read)) return diag::kNoTime;
  if (read.status != TimeStatus::Ok && (!none || number_of(at(name)) != none)) note("unreadable ", name.text());
  return read.time;
}

bool Look::take_time(std::initializer_list<Name> names, diag::Time& time) const {
  ParsedTime read;
  for (const Name name : names) {
    if (!read_time(name, read)) continue;
    if (read.status == TimeStatus::Before1970) return out_.skip("time before 1970", context_), false;
    if (read.status == TimeStatus::After2100) return out_.skip("time after 2100", context_), false;
    if (read.status == TimeStatus::Ok) return time = read.time, true;
    note("unreadable ", name.text());
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
[[gnu::always_inline]] inline void FieldList::append(std::string_view text, char behind) {
  char* const at = bytes_.data() + size_;
  if (copy_and_look(at, text.data(), text.size()))
    std::replace_if(at, at + text.size(), [](char c) { return c == kBehindName || c == kBehindValue; }, ' ');
  at[text.size()] = behind;
  size_ += text.size() + 1;
}

// Cuts the value. False: it is left out.
inline bool FieldList::take_room(std::size_t name, std::string_view& value) {
  if (value.size() > kLongestValue) value = cut(value, kLongestValue);
  const std::size_t size = name + value.size() + 2;
  if (value.empty() || said_ + size > kLongest) return false;
  said_ += size;
  return true;
}

void FieldList::add(std::string_view name, std::string_view value) {
  if (!take_room(name.size(), value)) return;
  append(kBehindName);
  append(name, kBehindName);
  append(value, kBehindValue);
}

void FieldList::add_named(Name name, std::string_view value) {
  if (name.number == diag::kNoNumber) return add(name.text(), value);
  if (!take_room(name.length, value)) return;
  append(static_cast<char>(name.number + diag::kFirstNumber));
  append(value, kBehindValue);
}

// A value that needs no cutting, if the list has room for it and no mark is in it. False: nothing was done.
[[gnu::always_inline]] inline bool FieldList::add_usual(Name name, std::string_view value) {
  const std::size_t said = said_ + name.length + value.size() + 2;
  char* const at = bytes_.data() + size_;
  const bool usual = name.number != diag::kNoNumber && value.size() - 1 < kLongestValue && said <= kLongest;
  if (!usual || copy_and_look(at + 1, value.data(), value.size())) return false;
  at[0] = static_cast<char>(name.number + diag::kFirstNumber);
  at[value.size() + 1] = kBehindValue;
  size_ += value.size() + 2;
  said_ = said;
  return true;
}

std::string_view FieldList::view() {
  if (said_ == 0) return {};
  const auto said = static_cast<std::uint32_t>(said_);
  std::memcpy(bytes_.data(), &said, sizeof said);
  return {bytes_.data(), size_};
}

void Look::add_to(FieldList& list, std::span<const Name> names) const {
  for (const Name name : names) {
    const FieldValue& value = fields_.named(name);
    if (!value.present()) continue;
    const std::string_view usual = value.is_text() && is_plain(value.text()) ? value.text() : value.spelled();
    if (!list.add_usual(name, usual)) add_to(list, name);
  }
}

void Look::add_to(FieldList& list, Name name) const {
  const FieldValue& value = fields_.named(name);
  Digits room;
  const bool number = value.kind() == FieldValue::Kind::Integer || value.kind() == FieldValue::Kind::Real;
  list.add_named(name, number ? written(value, room) : text(name));
}

void append_fields(FieldList& list, const Look& look, std::span<const Name> names) {
  look.add_to(list, names);
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
  if (!values.empty()) list.add(std::string(array.text()) + "." + std::string(member), values);
}

bool is_address(std::string_view text) { return is_plain_address(text) || Identity().set_outside_ip(text); }

Endpoint endpoint_of(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {text, {}};
    const auto port = text.substr(end + 1);
    return {text.substr(1, end - 1), port.starts_with(':') && is_port(port.substr(1)) ? port.substr(1) : port.substr(0, 0)};
  }
  const std::size_t from = port_at_end(text);
  if (from < 2 || from == text.size() || text[from - 1] != ':') return {text, {}};
  const std::string_view address = text.substr(0, from - 1);
  const bool plain = address.find(':') == std::string_view::npos;
  return plain || is_address(address) ? Endpoint{address, text.substr(from)} : Endpoint{text, {}};
}

std::string_view joined(std::string_view address, std::string_view port, Scratch& scratch) {
  if (address.empty() || port.empty() || port == "0") return address;
  std::string& whole = scratch.keep();
  const bool brackets = address.find(':') != std::string_view::npos && is_address(address);
  if (brackets) whole += '[';
  whole += address;
  if (brackets) whole += ']';
  whole += ':';
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
