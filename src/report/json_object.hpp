// Members of a JSON object by name, in the order of the calls. In: a writer, values. Out: text in the writer; absent knowledge is null.
#pragma once
#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/report.hpp"
#include "src/report/json_writer.hpp"

namespace tunnelscope::report::json {

using diag::Time;

inline void text(JsonWriter& to, std::string_view value) { to.text(value); }
inline void text_or_null(JsonWriter& to, std::string_view value) { value.empty() ? to.null() : to.text(value); }
inline void time_or_null(JsonWriter& to, Time time) { text_or_null(to, diag::rfc3339(time)); }

// Whole numbers without ".0", others to the millisecond; what JSON cannot say is null.
inline void number(JsonWriter& to, double value) {
  const bool whole = value == std::floor(value) && std::fabs(value) < 1e15;
  whole ? to.whole(static_cast<std::int64_t>(value)) : to.decimal(std::round(value * 1000) / 1000);
}

// An object under way: its members in the order of the calls, by names of the contract. It ends with the statement.
class Object {
 public:
  explicit Object(JsonWriter& to) : to_(to) { to_.begin_object(); }
  ~Object() { to_.end_object(); }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // `write` is one of the functions of this file that write one thing.
  template <class Value, class Write>
  Object& member(std::string_view name, const Value& value, Write write) {
    to_.plain_key(name);
    write(to_, value);
    return *this;
  }
  template <class Range, class Write>
  Object& list(std::string_view name, const Range& range, Write write) {
    to_.plain_key(name);
    to_.begin_list();
    for (const auto& item : range) write(to_, item);
    to_.end_list();
    return *this;
  }
  Object& texts(std::string_view name, const std::vector<std::string>& values) { return list(name, values, json::text); }
  Object& text(std::string_view name, std::string_view value) { return member(name, value, json::text); }
  Object& text_or_null(std::string_view name, std::string_view value) { return member(name, value, json::text_or_null); }
  Object& time(std::string_view name, Time time) { return member(name, time, time_or_null); }
  Object& time(std::string_view name, const std::optional<Time>& time) { return this->time(name, time.value_or(diag::kNoTime)); }
  Object& count(std::string_view name, std::uint64_t count) {
    to_.plain_key(name);
    to_.count(count);
    return *this;
  }
  Object& count_or_null(std::string_view name, std::uint64_t count) { return count > 0 ? this->count(name, count) : text_or_null(name, ""); }
  Object& truth(std::string_view name, bool value) {
    to_.plain_key(name);
    to_.truth(value);
    return *this;
  }
  Object& null(std::string_view name) {
    to_.plain_key(name);
    to_.null();
    return *this;
  }
  Object& number(std::string_view name, double value) { return member(name, value, json::number); }
  Object& number(std::string_view name, const std::optional<double>& value) { return value ? number(name, *value) : null(name); }
  Object& number(std::string_view name, const std::optional<std::int64_t>& value) {
    if (!value) return null(name);
    to_.plain_key(name);
    to_.whole(*value);
    return *this;
  }
  Object& ratio(std::string_view name, const std::optional<double>& value) {
    if (!value) return null(name);
    to_.plain_key(name);
    to_.decimal(std::round(*value * 1e6) / 1e6);
    return *this;
  }

 private:
  JsonWriter& to_;
};

struct Knowledge {
  std::string_view version;
  std::size_t message_rules = 0, causes = 0;
};
// This program and what it knows.
void tool(JsonWriter& to, const Knowledge& knowledge);

// Members of a finding, in the contract's order; others may follow them.
void finding_members(Object& to, const diag::Finding& finding);

}  // namespace tunnelscope::report::json
