// JSON as it goes: values are appended to one text in the order in which they are written, indented by two blanks a level.
// In: keys and values, nested as begin and end say. Out: the text, or pieces of it as they come. No tree is kept.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "src/sink.hpp"

namespace tunnelscope::report {

class JsonWriter {
 public:
  JsonWriter() = default;
  // Gives `sink` (not owned) piece by piece what is written; take() has the last one.
  explicit JsonWriter(const app::Sink* sink) : sink_(sink) {}

  // Precondition of all values: the innermost value under way is a list, or an object whose key has just been written,
  // or nothing has been written yet.
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_list() { begin('['); }
  void end_list() { end(']'); }

  // Precondition: the innermost value under way is an object, and its last key has a value.
  void key(std::string_view name);
  void plain_key(std::string_view name);  // the same for a name that needs no escapes

  void null();
  void truth(bool value);
  void whole(std::int64_t value);
  void count(std::uint64_t value);
  void decimal(double value);           // shortest, with ".0" where it is whole; null where JSON cannot say it
  void text(std::string_view value);    // raw: app::append_json_string makes it harmless

  std::string take() { return std::move(out_); }

 private:
  void begin(char bracket);
  void end(char bracket);
  void before_value();
  void new_line();

  std::string out_;  // what has not been given to sink_
  const app::Sink* sink_ = nullptr;
  std::size_t depth_ = 0;
  bool is_first_ = true;   // nothing stands in the innermost object or list yet
  bool has_key_ = false;   // the next value belongs to the key just written
};

}  // namespace tunnelscope::report
