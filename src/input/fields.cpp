// The fold of names (src/input/names.hpp) happens once per key of a log: the key's bytes are remembered.
#include "src/input/fields.hpp"

#include <bit>
#include <cstring>

#include "src/input/digits.hpp"

namespace tunnelscope::input {
namespace {

FieldValue::Kind kind_of(simdjson::dom::element_type type) {
  using simdjson::dom::element_type;
  switch (type) {
    case element_type::ARRAY: return FieldValue::Kind::Array;
    case element_type::OBJECT: return FieldValue::Kind::Object;
    case element_type::INT64: return FieldValue::Kind::Integer;
    case element_type::UINT64:
    case element_type::DOUBLE: return FieldValue::Kind::Real;
    case element_type::STRING: return FieldValue::Kind::Text;
    case element_type::BOOL: return FieldValue::Kind::Bool;
    case element_type::NULL_VALUE: return FieldValue::Kind::Null;
  }
  return FieldValue::Kind::Null;
}

}  // namespace

NameIndex name_index(std::string_view name) {
  const FoldedName folded(name);
  return folded.too_long() ? kNoName : kNames.find(folded.text());
}

NameIndex member_index(NameIndex parent, std::string_view key) {
  FoldedName whole(kNames.rows[parent].name.text());
  whole.append(".");
  whole.append(key);
  return whole.too_long() ? kNoName : kNames.find(whole.text());
}

Key key_named(std::string_view name) {
  const NameIndex index = name_index(name);
  return index == kNoName ? Key::None : kNames.rows[index].key;
}

// Folds both as it goes: no name is too long for this.
bool same_name(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  for (;;) {
    while (i < a.size() && is_passed_over(a[i])) ++i;
    while (j < b.size() && is_passed_over(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (folded(a[i++]) != folded(b[j++])) return false;
  }
}

FieldValue::FieldValue(simdjson::dom::element element) : kind_(kind_of(element.type())), element_(element) {
  switch (kind_) {
    case Kind::Text: text_ = element.get_string().value_unsafe(); break;
    case Kind::Integer: integer_ = element.get_int64().value_unsafe(); break;
    case Kind::Real: real_ = element.get_double().value_unsafe(); break;
    case Kind::Bool: integer_ = element.get_bool().value_unsafe() ? 1 : 0; break;
    default: break;
  }
}

std::int64_t FieldValue::number_in(std::string_view text) {
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::int64_t number = number_of_digits(text.data(), static_cast<std::uint32_t>(text.size()));
  return negative ? -number : number;
}

simdjson::dom::object FieldValue::object() const { return element_.get_object().value_unsafe(); }
simdjson::dom::array FieldValue::array() const { return element_.get_array().value_unsafe(); }

ParsedTime time_of(const FieldValue& value) {
  switch (value.kind()) {
    case FieldValue::Kind::Integer: return time_of(value.integer());
    case FieldValue::Kind::Real: return time_of(value.real());
    case FieldValue::Kind::Text: return time_of(value.text());
    default: return {};
  }
}

FieldValue member_of(simdjson::dom::object object, std::string_view name) {
  for (const auto candidate : object)
    if (same_name(candidate.key, name)) return FieldValue(candidate.value);
  return {};
}

// Overlapping words from both ends. False: the key is empty or too long.
bool NameMemory::words_of(std::string_view key, std::array<std::uint64_t, 6>& words) {
  const char* const begin = key.data();
  const std::size_t n = key.size();
  const auto word = [](const char* from) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
  };
  const auto half = [](const char* from) {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    return std::uint64_t{bytes};
  };
  if (n == 0 || n > 48) return false;
  if (n >= 24) {
    words = {word(begin), word(begin + 8), word(begin + 16), word(begin + n - 24), word(begin + n - 16), word(begin + n - 8)};
  } else if (n >= 16) {
    words = {word(begin), word(begin + 8), 0, 0, word(begin + n - 16), word(begin + n - 8)};
  } else if (n >= 8) {
    words = {word(begin), 0, 0, 0, 0, word(begin + n - 8)};
  } else if (n >= 4) {
    words = {half(begin) | half(begin + n - 4) << 32, 0, 0, 0, 0, 0};
  } else {
    words = {};
    for (std::size_t i = 0; i < n; ++i) words[0] = words[0] << 8 | static_cast<unsigned char>(begin[i]);
  }
  return true;
}

NameIndex NameMemory::find(std::string_view key, NameIndex parent) {
  const auto look_up = [&] { return parent == kNoName ? name_index(key) : member_index(parent, key); };
  std::array<std::uint64_t, 6> words;
  if (!words_of(key, words)) return look_up();
  const std::uint64_t mixed = (words[0] ^ words[5] * 0x9E3779B97F4A7C15ULL ^ words[1] ^ key.size() << 56 ^ parent) * 0xFF51AFD7ED558CCDULL;
  const std::size_t first = mixed >> 55;  // nine bits
  const auto is_it = [&](const Entry& entry) {
    std::uint64_t different = entry.length ^ key.size();
    for (std::size_t i = 0; i < words.size(); ++i) different |= entry.words[i] ^ words[i];
    return different == 0 && entry.parent == parent;
  };
  Entry& entry = entries_[first];
  if (is_it(entry)) return entry.name;
  Entry& second = entries_[first ^ 1];
  if (is_it(second)) return second.name;
  if (entry.length != 0) second = entry;
  entry = {words, static_cast<std::uint32_t>(key.size()), parent, look_up()};
  return entry.name;
}

void Fields::set(Key key, const FieldValue& value) {
  if (key == Key::None || has(key)) return;
  values_[static_cast<std::size_t>(key)] = value;
  used_ |= std::uint64_t{1} << static_cast<unsigned>(key);
}

void Fields::find(NameIndex name, const FieldValue& value, From from) {
  Found& found = by_name_[name];
  if (found.from == From::Nothing) found_.push_back(name);
  found = {value, from};
  const bool may_be_object = value.kind() == FieldValue::Kind::Object || (from == From::Object && value.text().starts_with('{'));
  has_members_ = has_members_ || may_be_object;
}

void Fields::set(simdjson::dom::object object) {
  const bool first = !has_object_;
  if (first) object_ = object;
  has_object_ = true;
  for (const auto member : object) {
    const NameIndex name = memory_.find(member.key, kNoName);
    if (name == kNoName) continue;
    const FieldValue value(member.value);
    set(kNames.rows[name].key, value);
    if (first && by_name_[name].from != From::Object) find(name, value, From::Object);
  }
}

void Fields::set_cell(NameIndex name, Key key, FieldValue value) {
  set(key, value);
  if (name != kNoName && by_name_[name].from == From::Nothing) find(name, value, From::Cell);
}

// False: it is none.
bool Fields::object_of(const Found& parent, simdjson::dom::object& object) {
  if (parent.value.kind() == FieldValue::Kind::Object) return object = parent.value.object(), true;
  const std::string_view text = parent.value.text();
  if (parent.from != From::Object || !text.starts_with('{')) return false;
  Parsed& parsed = *parsed_.emplace_back(std::make_unique<Parsed>());
  parsed.json.assign(text);
  parsed.json.resize(text.size() + simdjson::SIMDJSON_PADDING);
  return parsed.parser.parse(parsed.json.data(), text.size(), false).get_object().get(object) == simdjson::SUCCESS;
}

void Fields::open_objects() {
  if (!has_members_) return;
  const std::size_t count = found_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const NameIndex parent = found_[i];
    simdjson::dom::object object;
    if (!kNames.rows[parent].has_members || !object_of(by_name_[parent], object)) continue;
    for (const auto member : object) {
      const NameIndex name = memory_.find(member.key, parent);
      if (name == kNoName || by_name_[name].from == From::Member || by_name_[name].value.present()) continue;
      find(name, FieldValue(member.value), From::Member);
    }
  }
}

void Fields::clear() {
  for (; used_ != 0; used_ &= used_ - 1) values_[static_cast<std::size_t>(std::countr_zero(used_))] = FieldValue();
  for (const NameIndex name : found_) by_name_[name] = Found();
  found_.clear();
  parsed_.clear();
  has_object_ = has_members_ = false;
}

}  // namespace tunnelscope::input
