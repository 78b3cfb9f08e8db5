// The fast path of user sessions logged as JSON: lines of a log have the same keys in the same order, and only values differ.
// In: the unread bytes at the beginning of a line. Out: the fields that the ordinary path would find in it, given to the
// same dialect; or nothing, and then the ordinary path (simdjson, Unwrap, Fields) reads the line.
//   2026-03-02T08:00:00.123456789Z ANALYTICS {"connection":{"client_ip":"198.51.100.7","id":"..."},"relays":[],...}
//   ^ line time                   ^ literal                              ^ value              ^ value
// A layout is learnt from a line that the ordinary path gave to a dialect of sessions. It keeps that line's fields, already
// found by number; a line that fits overwrites the values and nothing else, so that no key is looked up again. Texts and
// whole numbers that stand in the record or in an object of it vary; all else (envelopes, arrays, objects further in, true,
// false, null, fractions) is literal, and differs only from layout to layout. Where two layouts part, what both have in
// common is not looked for again.
// Escapes other than \uXXXX are understood here, bytes outside ASCII are checked; whatever else is odd goes the ordinary way.
// tests/unit/input_layouts_test.cpp compares the two paths.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/input/dialects/dialects.hpp"

namespace tunnelscope::input {

class Layouts {
 public:
  // What the ordinary path made of a line, as far as a layout needs it.
  struct Seen {
    std::size_t dialects = 0;               // how often one was called
    const DialectRow* dialect = nullptr;    // the last one
    Context context;                        // that it was given
    std::string object;                     // that it was given, minified; empty: no mere object, or not of a session

    void see(const DialectRow& row, const Fields& fields, const Context& given);
  };

  // Gives the fields of the first line of `data` to their dialect. Returns the length of the line with its end; 0: no
  // layout fits, or the line is not complete. 32 readable bytes must follow `data`.
  std::size_t read(std::string_view data, std::uint64_t line, Recorder& out);

  bool empty() const { return layouts_.empty(); }
  bool wants_more() const { return lessons_ < kMostLessons; }
  // `line`, without its end, led to what is `seen`.
  void learn(std::string_view line, const Seen& seen);

 private:
  static constexpr std::size_t kMost = 32, kMostSlots = 96;
  static constexpr std::size_t kAhead = 32;  // so many bytes are looked at together
  static constexpr std::size_t kMostLessons = 1024;  // logs that have not settled by then have no layouts

  enum class Kind : std::uint8_t { Text, Number, LineTime, EnvelopeTime };
  struct Slot {
    Kind kind = Kind::Text;
    Key key = Key::None;
    NameIndex name = kNoName;          // of the field; kNoName: nobody looks for it
    std::uint32_t length = 0;          // of a line's time: it tells the form; of others: as the value was that was read last
    std::uint32_t before_at = 0, before_length = 0;  // in the layout's literals: the bytes between the slot before and this one
    FieldValue *value = nullptr, *keyed = nullptr;   // what changes with it: one of the layout's
  };
  // A text with escapes, as it stood last in a slot, and what it means.
  struct Escaped {
    std::string raw, meaning;
  };
  struct Layout {
    std::vector<Slot> slots;
    std::vector<Escaped> escaped;  // by slot
    std::string literals;        // with kAhead bytes of nothing behind them
    std::string end;             // the bytes behind the last slot, with the line end
    std::array<std::uint8_t, kMost> common{};  // how many slots are the same as in each other layout
    simdjson::dom::parser parser;  // holds what `fields` refers to
    std::string json;
    Fields fields;               // of the line learnt, or of the line read last
    FieldValue nobodys;          // stands for the values that nobody looks for
    const DialectRow* dialect = nullptr;
    Context context;
  };
  // A value as it stands in the line.
  struct Raw {
    const char* from = nullptr;
    std::uint32_t length = 0;
    bool escaped = false, foreign = false;  // it has backslashes, bytes outside ASCII
    std::string_view text() const { return {from, length}; }
  };
  class Learner;
  struct Narrow;
  struct Wide;

  std::size_t locate(Layout& layout, std::string_view data);
  template <class Blocks>
  std::size_t locate_by(Layout& layout, std::string_view data);
  std::size_t locate_wide(Layout& layout, std::string_view data);
  static const char* locate_odd_text(const Escaped& known, Raw& raw, const char* at, const char* end);
  static const char* locate_odd_number(Raw& raw, const char* end);
  bool take_values(Layout& layout);
  static bool take_odd_value(Layout& layout, const Slot& slot, const Raw& raw);
  static bool understand(Escaped& escaped, const Raw& raw, std::string_view& text);
  static std::size_t count_same(const Layout& a, const Layout& b);
  bool knows(const Layout& layout) const;
  void count_common(std::size_t index);

  std::vector<std::unique_ptr<Layout>> layouts_;
  std::array<Raw, kMostSlots> values_;               // of the line that is being read
  std::array<const char*, kMostSlots + 1> places_{}; // where what stands before each begins
  std::size_t located_ = 0;                          // how many of these hold
  std::size_t last_ = 0;  // the layout that fitted last
  std::size_t lessons_ = 0;
  Scratch scratch_;
};

}  // namespace tunnelscope::input
