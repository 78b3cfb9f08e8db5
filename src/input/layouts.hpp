// The fast path of user sessions logged as JSON: lines of a log have the same keys in the same order, and only values differ.
// In: the unread bytes at the beginning of a line. Out: the fields that the ordinary path would find in it, given to the
// same dialect; or nothing, and then the ordinary path (simdjson, Unwrap, Fields) reads the line.
//   2026-03-02T08:00:00.123456789Z ANALYTICS {"connection":{"client_ip":"198.51.100.7","id":"..."},"relays":[],...}
//   ^ line time                   ^ literal                              ^ value              ^ value
// A layout is learnt from a line that the ordinary path gave to a dialect of sessions. It keeps that line's fields, already
// found by number; a line that fits overwrites the values and nothing else, so that no key is looked up again. Texts and
// whole numbers that stand in the record or in an object of it vary; all else (envelopes, arrays, objects further in, true,
// false, null, fractions, and the word for the kind of a record) is literal, and differs only from layout to layout. Where two
// layouts part, what both have in common is not looked for again.
// Most values of a line stood in an earlier one too: what has few values is learnt together with the literals around it, as
// runs of bytes. A line that is made of known runs and of values between them is compared run by run, and the fields that lie
// in a run are changed only when it is another one than in the line before.
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
  static constexpr std::size_t kFew = 4;             // values of a slot within a run, versions of a run

  enum class Kind : std::uint8_t { Text, Number, LineTime, EnvelopeTime };
  // A value as it stands in the line.
  struct Raw {
    const char* from = nullptr;
    std::uint32_t length = 0;
    bool escaped = false, foreign = false;  // it has backslashes, bytes outside ASCII
    std::string_view text() const { return {from, length}; }
  };
  struct Slot {
    Kind kind = Kind::Text;
    Key key = Key::None;
    NameIndex name = kNoName;          // of the field; kNoName: nobody looks for it
    std::uint32_t length = 0;          // of a line's time: it tells the form; of others: as the value was that was read last
    std::uint32_t before_at = 0, before_length = 0;  // in the layout's literals: the bytes between the slot before and this one
    bool varies = false;               // it has more values than a run could know
    FieldValue *value = nullptr, *keyed = nullptr;   // what changes with it: one of the layout's
  };
  // A text with escapes, as it stood last in a slot, and what it means.
  struct Escaped {
    std::string raw, meaning;
  };
  // A value within a run.
  struct Known {
    std::uint32_t at = 0, length = 0;  // in the run's bytes
    std::string meaning;               // of a text with escapes; else empty
  };
  // The bytes of a run, as they stood in a line.
  struct Version {
    std::string bytes;                 // with kAhead bytes of nothing behind them
    std::vector<Known> values;         // of its slots
    std::size_t size() const { return bytes.size() - kAhead; }
  };
  // What stands before a slot that varies, or before the end of the line: literals, and the slots of few values among them.
  struct Run {
    const char* bytes = nullptr;        // of the version found last
    std::ptrdiff_t size = 0;
    Slot* slot = nullptr;               // the one that varies behind it; nullptr: the line ends
    Raw value;                          // of that one
    const Version *found = nullptr, *applied = nullptr;  // the version found last, and the one whose values are in the fields
    std::size_t first = 0, behind = 0;  // its slots are [first, behind)
    std::vector<Version> versions;
  };
  struct Layout {
    std::vector<Slot> slots;
    std::vector<Escaped> escaped;  // by slot
    std::vector<std::vector<std::string>> few;  // by slot: the values it had, unless it varies
    std::vector<Run> runs;       // all bytes of a line but for the slots that vary
    bool settled = false;        // each run has a version
    std::size_t located = 0;     // behind how many runs a value was found in the last line that was not made of known ones
    std::string literals;        // with kAhead bytes of nothing behind them
    std::string end;             // the bytes behind the last slot, with the line end
    std::size_t index = 0;       // among the layouts
    std::array<std::uint8_t, kMost> common{};  // how many slots are the same as in each other layout
    simdjson::dom::parser parser;  // holds what `fields` refers to
    std::string json;
    Fields fields;               // of the line learnt, or of the line read last
    FieldValue nobodys;          // stands for the values that nobody looks for
    const DialectRow* dialect = nullptr;
    Context context;
  };
  class Learner;
  struct Narrow;
  struct Wide;

  std::size_t index_at(std::size_t tried) const { return (last_ + tried) % layouts_.size(); }  // the last one that fitted is tried first
  Layout& layout_at(std::size_t tried) { return *layouts_[index_at(tried)]; }
  std::size_t locate(Layout& layout, std::string_view data);
  template <class Blocks>
  std::size_t locate_by(Layout& layout, std::string_view data);
  std::size_t locate_wide(Layout& layout, std::string_view data);
  std::size_t locate_usual(Layout& layout, const Layout* before, std::string_view data);
  template <class Blocks>
  std::size_t locate_usual_by(Layout& layout, const Layout* before, std::string_view data);
  std::size_t locate_usual_wide(Layout& layout, const Layout* before, std::string_view data);
  template <class Blocks>
  static const char* plain_value_end(const Slot& slot, const char* at, const char* end);
  template <class Blocks>
  static const char* locate_value(const Layout& layout, Slot& slot, Raw& raw, const char* at, const char* end);
  template <class Blocks>
  static bool is_at(const Run& run, const char* at, const char* end);
  static bool find_version(Run& run, const char* at, const char* end);
  static const char* locate_odd_text(const Layout& layout, const Slot& slot, Raw& raw, const char* end);
  static const char* locate_odd_number(Raw& raw, const char* end);
  bool take_values(Layout& layout);
  bool take_usual_values(Layout& layout);
  static void apply(Layout& layout, Run& run);
  bool take_value(Layout& layout, const Slot& slot, const Raw& raw);
  bool take_odd_value(Layout& layout, const Slot& slot, const Raw& raw);
  void give(Layout& layout, std::uint64_t line, Recorder& out);
  void study(Layout& layout, const char* line_end);
  static bool learn_few(std::vector<std::string>& few, std::string_view value);
  static void lay_runs(Layout& layout);
  bool learn_version(Layout& layout, Run& run, const char* line_end);
  static void let_one_vary(Layout& layout, const Run& run);
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
