// What the dialects of user sessions share: fields looked up by name with words that say nothing taken for absent,
// and the list of the documented fields that goes along with a record.
#pragma once
#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/input/dialects/dialects.hpp"

namespace tunnelscope::input {

// How a system writes its values.
struct Habits {
  bool na_is_nothing = false;  // "NA" stands for an absent value
  bool apostrophes = false;    // one is put before values that a spreadsheet would take for a formula
};

// The fields of one record. A name may lead into objects: "connection.client_ip".
class Look {
 public:
  Look(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch, Habits habits)
      : fields_(fields), context_(context), out_(out), scratch_(scratch), habits_(habits) {}

  FieldValue at(Name name) const;               // absent where it says nothing
  // Trimmed, numbers and booleans in words; empty: not said.
  std::string_view text(Name name) const {
    const FieldValue& value = fields_.named(name);
    if (value.kind() == FieldValue::Kind::Absent || (value.is_text() && is_plain(value.text()))) return value.text();
    return value.is_text() && !habits_.apostrophes ? cleaned(value.text()) : text_of(value);
  }
  std::string_view text(const FieldValue& value) const;
  std::string_view first_of(std::initializer_list<Name> names) const;
  std::optional<std::int64_t> number(Name name) const;
  std::int64_t bytes(Name name) const;         // -1: not said
  diag::Duration seconds(Name name) const;     // -1: not said; negative ones are noted
  // kNoTime: not said or, which is noted, unreadable. `none`: a number in place of a time that is not said.
  diag::Time time(Name name, std::optional<std::int64_t> none = {}) const;
  std::string_view lower_case(std::string_view text) const;

  // The first of these that is a time. False: it lies before 1970 or after 2100, and the record has been skipped.
  bool take_time(std::initializer_list<Name> names, diag::Time& time) const;

  // Whether earlier records had the same fields of these names, which are all that says whom it is about, or what (record.hpp):
  // then it need not be said again. Call it when the record's time is set.
  template <std::size_t kNames>
  bool knows_party(diag::SessionRecord& record, const Name (&names)[kNames]) const {
    record.party = known(record, names);
    return record.party != nullptr && *record.party != diag::kNotNumbered;
  }
  template <std::size_t kNames>
  bool knows_route(diag::SessionRecord& record, const Name (&names)[kNames]) const {
    if (context_.source.empty()) record.route = known(record, names);  // which belongs to the route
    return record.route != nullptr && *record.route != diag::kNotNumbered;
  }

  void note(std::string_view what, std::string_view name) const;
  void add_to(FieldList& list, std::span<const Name> names) const;  // to SessionRecord::fields

 private:
  // Whether a text certainly means what is written: no blanks around it, no apostrophe, nothing that says nothing.
  static bool is_plain(std::string_view text) {
    if (text.empty()) return true;
    const char first = text.front();
    constexpr std::size_t kLongestNothing = 4;  // "null", "NA"
    return first > ' ' && first != '\'' && text.back() > ' ' && (text.size() > kLongestNothing || (first != 'n' && first != 'N'));
  }
  bool says_nothing(std::string_view text) const;
  // As it is meant: without blanks around it and a spreadsheet's apostrophe; empty where it says nothing.
  std::string_view clean(std::string_view text) const { return is_plain(text) ? text : cleaned(text); }
  std::string_view cleaned(std::string_view text) const;
  std::string_view text_of(const FieldValue& value) const;
  void add_to(FieldList& list, Name name) const;
  bool read_time(Name name, ParsedTime& time) const;
  bool read_whole(Name name, std::int64_t& number) const;
  // Records that may have to wait for their time say all: what is known is forgotten meanwhile.
  template <std::size_t kNames>
  std::uint32_t* known(const diag::SessionRecord& record, const Name (&names)[kNames]) const {
    if (record.time == diag::kNoTime && context_.time == diag::kNoTime) return nullptr;
    std::array<std::string_view, kNames> said;
    for (std::size_t i = 0; i < kNames; ++i) {
      const FieldValue& value = fields_.named(names[i]);
      said[i] = value.is_text() ? value.text() : value.spelled();
      if (said[i].empty() && value.present() && !value.is_text()) return nullptr;
    }
    return scratch_.known(names).find(said);
  }

  const Fields& fields_;
  const Context& context_;
  Recorder& out_;
  Scratch& scratch_;
  Habits habits_;
};

// Adds to SessionRecord::fields.
void append_fields(FieldList& list, const Look& look, std::span<const Name> names);
// The same member of all objects in an array, as "array.member".
void append_members(FieldList& list, const Look& look, Name array, std::string_view member);

// `text` is "address:port", with or without brackets, or either half alone. The last colon of an IPv6 address without
// brackets is taken for the port's when what stands on both sides of it allows that.
struct Endpoint {
  std::string_view address, port;
};
Endpoint endpoint_of(std::string_view text);
bool is_address(std::string_view text);

// "address:port", with brackets where an IPv6 address needs them; a port that is empty or 0 is left out.
std::string_view joined(std::string_view address, std::string_view port, Scratch& scratch);

// Appends `text` with something around it when there is any.
void append_if(std::string& to, std::string_view before, std::string_view text, std::string_view behind = {});

std::optional<std::int64_t> number_of(const FieldValue& value);

}  // namespace tunnelscope::input
