// Words of configurations that people type: with their places, split, compared, and helped when misspelt. What a word says is never
// quoted in a problem, for any word may turn out to be a key.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/model.hpp"

namespace tunnelscope::config {

namespace model = diag::config;
using model::Problem;
using model::Seconds;
using model::Value;
using model::Where;

struct Word {
  std::string text;
  Where where;
  bool cut = false;  // the file ends within it or right behind it, without an end of line: there may have been more
};
inline constexpr const char* kCutOff = "the file ends within it or right behind it";

std::string_view trimmed(std::string_view text);
std::string lower(std::string_view text);
// "a, b" by ',': trimmed, each with its own column; empty ones are left out.
std::vector<Word> split(const Word& list, char separator);
// By white space. `line` is the text of a whole line, `where` its beginning.
std::vector<Word> words_of(std::string_view line, const Where& where);

std::optional<std::uint64_t> whole_number(std::string_view text);  // decimal digits alone

// Adds a problem; past a thousand they are no longer listed, and the last one says so.
void report(std::vector<Problem>& problems, Where where, std::string reason, std::string hint = {});
// The same of a part of the input that could not be read: fatal.
void report_unread(std::vector<Problem>& problems, Where where, std::string reason, std::string hint = {});
// What is worth knowing of a part that was read.
void report_note(std::vector<Problem>& problems, Where where, std::string reason, std::string hint = {});
// The first problem of a part that could not be read since there were `before`, with its place; empty: there is none.
std::string doubt_since(const std::vector<Problem>& problems, std::size_t before);
// A name that is none of `known`: unread. It is quoted only where it is nearly one of them, and so no key.
void report_unknown_keyword(std::vector<Problem>& problems, const Where& where, std::string_view name,
                            const std::vector<std::string_view>& known);
// "did you mean `ike`?" for the nearest of `known`, or nothing.
std::string nearest_of(std::string_view word, const std::vector<std::string_view>& known);

// One spelling of a value, in lower case.
template <class T>
struct Spelling {
  std::string_view text;
  T value;
};

// Compared without case.
template <class T>
std::optional<T> spelt(std::string_view text, std::initializer_list<Spelling<T>> spellings) {
  const std::string wanted = lower(text);
  for (const Spelling<T>& one : spellings)
    if (one.text == wanted) return one.value;
  return std::nullopt;
}

// What follows from several values: unknown when one of them is; stated when one of them is, and standing where the first such does.
template <class F, class First, class... Rest>
auto derived(F from, const Value<First>& first, const Value<Rest>&... rest) {
  using Result = Value<decltype(from(*first, *rest...))>;
  Where where = first.where();
  std::string note;
  bool known = true, stated = false;
  const auto look = [&](const auto& value) {
    if (known && !value.known()) known = false, note = value.note(), where = value.where();
    if (known && !stated && value.stated()) stated = true, where = value.where();
    if (known && note.empty()) note = value.note();
  };
  look(first);
  (look(rest), ...);
  if (!known) return Result::unknown(note, where);
  auto result = from(*first, *rest...);
  return stated ? Result::stated(std::move(result), where) : Result::by_default(std::move(result), where, note);
}

}  // namespace tunnelscope::config
