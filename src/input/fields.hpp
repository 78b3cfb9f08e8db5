// The fields of one JSON object, CSV row or Insights row under one set of names: what containers and dialects look at.
// Names are compared ignoring case, "_" and "-", so that the guide's names and the real keys meet. What recognises a
// record has a Key and is found at once; whatever else a record holds is looked up by its name.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "src/input/names.hpp"
#include "src/input/timestamps.hpp"

namespace tunnelscope::input {

Key key_named(std::string_view name);
NameIndex name_index(std::string_view name);  // kNoName: nobody looks for it
NameIndex member_index(NameIndex parent, std::string_view key);  // of the member of that name's object; likewise
bool same_name(std::string_view a, std::string_view b);  // ignoring what names are compared without

// A value: plain text (CSV, Insights), or whatever JSON held. Views point into the parser or the row.
class FieldValue {
 public:
  enum class Kind : std::uint8_t { Absent, Null, Bool, Integer, Real, Text, Object, Array };

  FieldValue() = default;
  explicit FieldValue(std::string_view text) : kind_(Kind::Text), text_(text) {}
  explicit FieldValue(std::int64_t number) : kind_(Kind::Integer), integer_(number) {}
  explicit FieldValue(simdjson::dom::element element);

  Kind kind() const { return kind_; }
  bool present() const { return kind_ != Kind::Absent && kind_ != Kind::Null; }
  bool is_text() const { return kind_ == Kind::Text; }
  std::string_view text() const { return text_; }  // empty unless text
  const simdjson::dom::element& element() const { return element_; }
  simdjson::dom::object object() const;  // precondition: kind() says so; the same for array()
  simdjson::dom::array array() const;
  std::int64_t integer() const { return digits_ == 0 ? integer_ : number_in(spelled()); }
  std::string_view spelled() const { return digits_ == 0 ? std::string_view{} : std::string_view(spelling_, digits_); }  // of a whole number; empty: not known
  double real() const { return real_; }
  bool yes() const { return integer() != 0; }  // booleans
  void change(std::string_view text) { text_ = text; }          // precondition: a text it is
  void change_cell(std::string_view text) {                     // precondition: a text it is, or absent, as it is when empty
    kind_ = text.empty() ? Kind::Absent : Kind::Text;
    text_ = text;
  }
  // Precondition: a whole number it is, and so is the text in the usual spelling, of at most 18 digits, behind which 24 bytes can
  // be read. What it is is found out when somebody asks.
  void change_number(std::string_view text) {
    spelling_ = text.data();
    digits_ = static_cast<std::uint32_t>(text.size());
  }

 private:
  static std::int64_t number_in(std::string_view text);

  Kind kind_ = Kind::Absent;
  std::uint32_t digits_ = 0;  // not 0: the number stands at spelling_
  std::string_view text_;
  simdjson::dom::element element_;
  union {
    std::int64_t integer_ = 0;
    double real_;
    const char* spelling_;
  };
};

ParsedTime time_of(const FieldValue& value);

// The member of an object by its name; absent when there is none.
FieldValue member_of(simdjson::dom::object object, std::string_view name);

// Remembers which names keys were found to be: a log has few keys, and they come again with each record.
class NameMemory {
 public:
  NameMemory() : entries_(kEntries) {}
  // The name of a key of the outermost object, or of the member of that name's object.
  NameIndex find(std::string_view key, NameIndex parent);

 private:
  static constexpr std::size_t kEntries = 512;
  // A key of up to 48 bytes is told by its length, its first 24 and its last 24 bytes.
  struct Entry {
    std::array<std::uint64_t, 6> words{};
    std::uint32_t length = 0;  // 0: free
    NameIndex parent = kNoName, name = kNoName;
  };
  static bool words_of(std::string_view key, std::array<std::uint64_t, 6>& words);

  std::vector<Entry> entries_;
};

class Fields {
 public:
  const FieldValue& operator[](Key key) const { return values_[static_cast<std::size_t>(key)]; }
  bool has(Key key) const { return (*this)[key].present(); }
  void set(simdjson::dom::object object);
  void set_cell(NameIndex name, Key key, FieldValue value);  // a field of a row
  // Where the value of a name or of a key stands, to change what was set before. Precondition: nothing else was set for it.
  FieldValue& place(NameIndex name) { return by_name_[name].value; }
  FieldValue& place(Key key) { return values_[static_cast<std::size_t>(key)]; }
  // Finds the members of objects within the object, for names with a dot; tables of databases and collectors keep such objects
  // as texts of JSON. Call it before named() is asked for those.
  void open_objects();
  void clear();

  // Any field: of an object before a cell, and of two with one name the first. A name with a dot means the field of that
  // very name, or where that says nothing, the member of the object.
  const FieldValue& named(Name name) const { return by_name_[name.index].value; }
  const simdjson::dom::object* object() const { return has_object_ ? &object_ : nullptr; }  // what was set first

 private:
  enum class From : std::uint8_t { Nothing, Member, Cell, Object };  // what a name's value was found in
  struct Found {
    FieldValue value;
    From from = From::Nothing;
  };
  void set(Key key, const FieldValue& value);  // the first value of a key counts, unless it was null
  void find(NameIndex name, const FieldValue& value, From from);
  bool object_of(const Found& parent, simdjson::dom::object& object);
  struct Parsed {
    std::string json;
    simdjson::dom::parser parser;
  };

  std::array<FieldValue, kKeys + 1> values_;  // by Key; the last one stays absent
  std::uint64_t used_ = 0;
  std::vector<Found> by_name_ = std::vector<Found>(kNames.size);
  std::vector<NameIndex> found_;  // those of by_name_ that are in use
  NameMemory memory_;
  simdjson::dom::object object_;
  bool has_object_ = false;
  bool has_members_ = false;  // some of by_name_ is an object, whose members may be looked for
  std::vector<std::unique_ptr<Parsed>> parsed_;  // objects that were texts
};
static_assert(kKeys <= 64);

}  // namespace tunnelscope::input
