// Where JSON values begin and end: a push-down automaton that is fed a growing text.
// It knows strings, nesting and the order of , : { [ but not what a number or an escape must look like; simdjson
// judges that. It stops as soon as the text cannot be JSON, so that a cut-off record does not swallow its successors.
#pragma once
#include <cstdint>
#include <string_view>

namespace tunnelscope::input {

class JsonScan {
 public:
  static constexpr int kDeepest = 64;

  enum class Event : std::uint8_t {
    NeedMore,      // the text ended inside the value
    Key,           // a key of the outermost object ended: see key()
    ArrayBegin,    // the array behind that key, or an outermost array, began
    ArrayEnd,      // and ended
    ElementBegin,  // a value directly inside that array begins at position()
    ElementEnd,    // it ended before position()
    Done,          // the outermost value ended before position()
    Damage,        // position() cannot be JSON
    CutOff,        // the same, and it looks as if the rest of a record were missing before position()
    TooDeep,
  };

  // Goes on in `text`, which begins with the same bytes as before, to the next event.
  Event next(std::string_view text);

  std::size_t position() const { return at_; }
  std::uint64_t newlines() const { return newlines_; }  // passed so far
  std::string_view key(std::string_view text) const { return text.substr(key_from_, key_to_ - key_from_); }

  // Enters the array that just began: its values become elements. Arrays not entered pass without events.
  void enter_array() { element_depth_ = depth_; }
  bool in_array() const { return element_depth_ != 0; }

  // `count` bytes have been dropped from the front of the text.
  void forget(std::size_t count) { at_ -= count; }

 private:
  enum class Expect : std::uint8_t { Value, ValueOrEnd, Key, KeyOrEnd, Colon, CommaOrEnd };

  bool in_object() const { return (objects_ >> (depth_ - 1) & 1) != 0; }
  bool skip_string(std::string_view text, Event& event);
  Event open(bool object);
  Event close(bool object);
  Event value_ended();

  std::size_t at_ = 0, key_from_ = 0, key_to_ = 0;
  std::uint64_t newlines_ = 0, objects_ = 0;
  int depth_ = 0, element_depth_ = 0;
  Expect expect_ = Expect::Value;
  bool in_string_ = false, escaped_ = false, is_key_ = false, in_scalar_ = false, element_told_ = false;
};

}  // namespace tunnelscope::input
