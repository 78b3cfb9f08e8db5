// One message pattern: the text that a rule file writes, compiled by PCRE2 (JIT), with typed captures.
// In: pattern source and a line of text. Out: Match, NoMatch or LimitHit, and the named captures.
//
// The pattern language is PCRE2 with three shorthands, so that rule files stay readable:
//   a blank        any run of white space
//   " - "          white space, then any hyphen, dash, bullet or colon, then white space
//   {name:type}    a typed named capture; type is int, hex, address, quoted, word or text
//   "              any quotation mark, also escaped or doubled;  a-b: any kind of hyphen between two letters or digits
// Matching ignores case, searches anywhere in the line, and needs a non-word character (or the end) on both sides.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace tunnelscope::rules {

enum class CaptureType : std::uint8_t { Int, Hex, Address, Quoted, Word, Text };

// "int", "hex", ... and back. Empty optional: no such type.
std::string_view name_of(CaptureType type);
std::optional<CaptureType> capture_type_named(std::string_view name);

struct CaptureField {
  std::string name;
  CaptureType type = CaptureType::Text;
};

struct Capture {
  std::string_view name;            // points into the Pattern
  CaptureType type = CaptureType::Text;
  std::string_view text;            // points into the matched line
  std::optional<std::int64_t> number;  // set for Int (decimal) and Hex (when it fits)
};

// LimitHit: PCRE2's match, depth or heap limit ended the attempt; it says nothing about the line.
enum class Outcome : std::uint8_t { Match, NoMatch, LimitHit };

struct PatternError {
  std::string reason;       // lower case, no full stop
  std::size_t offset = 0;   // bytes into the pattern source
};

// PCRE2's guards for one match call. The defaults are generous for log lines and small against hostile ones.
struct Limits {
  std::uint32_t match = 100'000;
  std::uint32_t depth = 1'000;
  std::uint32_t heap_kib = 1'024;
};

// Bytes [begin, end) of a line.
struct Reach {
  std::size_t begin = 0, end = 0;
  std::size_t length() const { return end - begin; }
  bool operator==(const Reach&) const = default;
};
// Less than this is an accident: a letter or two of some word.
inline constexpr std::size_t kLeastReach = 4;

class Pattern {
 public:
  static tl::expected<Pattern, PatternError> compile(std::string_view source, Limits limits = {});

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // `captures` is cleared and filled on Match only. Safe from several threads at once: scratch memory is per thread.
  Outcome match(std::string_view line, std::vector<Capture>* captures = nullptr) const;

  // The part of `line` that the longest beginning of the pattern matches, found by shortening the pattern item by
  // item (PCRE2's own partial matching would let {x:text} swallow any line). Empty when shorter than kLeastReach.
  // To tell which of several patterns comes nearest, compare length(), not end. Slow; for explain only.
  Reach reach(std::string_view line) const;
  std::size_t matched_up_to(std::string_view line) const;  // reach(line).end

  const std::string& source() const;
  const std::string& body() const;  // the PCRE2 text without the guards
  const std::vector<CaptureField>& fields() const;

 private:
  struct Impl;
  explicit Pattern(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The PCRE2 text that a pattern source stands for, and its capture fields. Exposed for tests and `rules show`.
struct Expansion {
  std::string pcre2;
  std::vector<CaptureField> fields;
};
tl::expected<Expansion, PatternError> expand(std::string_view source);

}  // namespace tunnelscope::rules
