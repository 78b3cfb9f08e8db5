// A value of a configuration: what it is, where it stands, and how it is known. Unknown stays unknown: whoever looks at a Value
// must ask known() first, and the reason why it is not known is words for the reader of a report.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace tunnelscope::diag::config {

// A place in an input. `line` and `column` are 1-based; 0: not known (a whole file).
struct Where {
  std::string path;
  std::size_t line = 0, column = 0;

  bool known() const { return !path.empty(); }
  // "path:line", or "path" without a line; empty when not known.
  std::string text() const { return line == 0 ? path : path + ":" + std::to_string(line); }
  // "path:line:column", as far as they are known: for a person who looks for what is wrong there.
  std::string precise_text() const { return line == 0 || column == 0 ? text() : text() + ":" + std::to_string(column); }
  auto operator<=>(const Where&) const = default;
};

enum class Origin : std::uint8_t {
  Stated,   // the configuration says it
  Default,  // the vendor's implicit default, by a dated table
  Unknown,  // nothing says it, or what says it cannot be read
};

template <class T>
class Value {
 public:
  Value() : note_("not stated") {}  // unknown

  static Value stated(T value, Where where) { return Value(std::move(value), Origin::Stated, std::move(where), {}); }
  // `table` names the table of defaults and its date: "AWS tunnel options, 2025-11". `where` is where the value would stand
  // (the connection's place).
  static Value by_default(T value, Where where, std::string table) {
    return Value(std::move(value), Origin::Default, std::move(where), std::move(table));
  }
  // `reason` completes "not known: ...": "known only after apply", "encrypted", "an include could not be read".
  static Value unknown(std::string reason, Where where) {
    return Value(std::nullopt, Origin::Unknown, std::move(where), std::move(reason));
  }

  bool known() const { return value_.has_value(); }
  bool stated() const { return origin_ == Origin::Stated; }
  Origin origin() const { return origin_; }
  // Precondition: known().
  const T& operator*() const { return *value_; }
  const T* operator->() const { return &*value_; }
  T& edit() { return *value_; }
  // Known and equal to `other`.
  bool is(const T& other) const { return value_ && *value_ == other; }
  T value_or(T other) const { return value_ ? *value_ : std::move(other); }

  // The same content, or neither known; where it stands does not count.
  bool same_as(const Value& other) const { return value_ == other.value_; }

  const Where& where() const { return where_; }
  // The table of a default, or the reason why it is unknown; empty when stated.
  const std::string& note() const { return note_; }

 private:
  Value(std::optional<T> value, Origin origin, Where where, std::string note)
      : value_(std::move(value)), origin_(origin), where_(std::move(where)), note_(std::move(note)) {}

  std::optional<T> value_;
  Origin origin_ = Origin::Unknown;
  Where where_;
  std::string note_;
};

}  // namespace tunnelscope::diag::config
