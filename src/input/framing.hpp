// Cuts the bytes of an input into units: lines, JSON values over any number of lines or without separators,
// elements of arrays, CSV rows; and gives each to Unwrap with the line at which it begins.
// Damage costs its own unit only: reading resumes behind it, and bytes read twice are paid from a credit that grows
// with the input, so that no input takes more than linear time. Memory is bounded by the limits below.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/input/containers/containers.hpp"
#include "src/input/containers/csv.hpp"
#include "src/input/json_scan.hpp"
#include "src/input/recorder.hpp"
#include "src/input/skeletons.hpp"
#include "src/input/unwrap.hpp"
#include "src/input/window.hpp"

namespace tunnelscope::input {

class Framing {
 public:
  static constexpr std::size_t kLongest = std::size_t{16} << 20;        // one line, record or element
  static constexpr std::size_t kLongestDocument = std::size_t{64} << 20;  // buffered to see all of its header

  // `skeletons` are those of earlier inputs with the same base, or none. `base` holds what is known about every unit; its line is that of the first.
  // fixed_line: all units stand there (a payload in a field).
  Framing(Window& window, Skeletons& skeletons, Unwrap& unwrap, Recorder& out, const Context& base, int level, bool fixed_line)
      : window_(window), skeletons_(skeletons), unwrap_(unwrap), out_(out), base_(base), level_(level), fixed_line_(fixed_line),
        line_(base.line) {}

  // Reads to the end. False: there was nothing but blanks.
  bool read();

  std::uint64_t line() const { return line_; }  // reading has come so far

 private:
  struct Line {
    std::string_view text;  // without the line end
    bool complete = false;  // false: longer than what was asked for, and text is only its beginning
    std::size_t length = 0; // with the line end
  };
  struct Element {
    std::size_t from, length;
    std::uint64_t line;
  };
  // One outermost JSON value while it is being scanned. Offsets are into the window.
  struct Unit {
    JsonScan scan;
    Context context;
    Key key = Key::None;     // the last key of the outermost object
    Key array = Key::None;   // the wrapper array that was entered
    bool outermost_array = false, wrapper = false;
    bool in_element = false;
    bool passing = false;    // the element is too long: it is scanned, not kept
    bool streaming = false;  // the document is too long: elements are used as they come
    std::size_t element_from = 0, shell_from = 0;
    std::uint64_t element_line = 0;
    std::optional<Unwrap::Header> header;
  };

  Line peek_line(std::size_t longest);
  void consume_line(const Line& line);
  void discard_line();
  void consume(std::size_t count, std::uint64_t newlines);
  Context here() const;

  void next_line();
  bool line_with_skeleton();
  bool lines_with_layout();
  template <class Use>
  bool watched(std::string_view line, const Use& use);
  bool whole_json(std::string_view json, const Context& context, const Line& line);
  bool json_line(std::string_view text, const Line& line);
  void text_line(std::string_view text, const Line& line);
  void behind_value();
  void drop_announcement();
  bool may_announce(std::string_view text, const ServicePrefix& prefix) const;
  void plain_text(std::string_view text, const Context& context);
  bool piece_of_line(std::string_view line);
  void use_piece(std::size_t stream);
  bool csv_row();
  bool plain_row();
  void use_row(const Context& place);
  void begin_table(CsvTable table);
  bool is_next_header(std::string_view line);

  void value(std::size_t offset, Context context);
  bool grow(Unit& unit);
  void drop(Unit& unit, std::size_t count);
  void element_ended(Unit& unit);
  void use_elements(Unit& unit);
  void finish(Unit& unit);
  void damaged(Unit& unit, JsonScan::Event event);
  void resume(std::size_t bad_from, std::size_t damage, bool try_same_line);
  bool resume_in_line(std::size_t from);
  void skip_element(const Unit& unit);
  bool pay(std::size_t bytes);

  Window& window_;
  Skeletons& skeletons_;
  Unwrap& unwrap_;
  Recorder& out_;
  Context base_;
  int level_;
  bool fixed_line_;
  std::uint64_t line_;
  bool mid_line_ = false;   // a value ended within the line
  bool any_ = false;        // something but blanks was seen
  bool debris_ = false;     // a unit was damaged: pieces of it may stand around
  std::optional<Context> announced_;  // a line held only time and stream: the value follows on the next lines
  bool may_be_text_ = false;          // or that line was a text of one word
  std::optional<Context> inherited_;  // header of a damaged wrapper, for its remaining elements
  // Lines that Kubernetes cut into pieces, until their last one comes: of stdout and of stderr.
  struct Pieces {
    std::string text;
    Context context;
    bool too_long = false;
  };
  std::array<Pieces, 2> pieces_;
  std::optional<CsvTable> csv_;
  bool empty_export_ = false;  // of Pangolin: so far nothing follows its header
  CsvRow row_;
  Fields row_fields_;
  std::string shell_, cleaned_;
  std::vector<Element> elements_;
  std::uint64_t credit_ = std::uint64_t{1} << 20;
};

}  // namespace tunnelscope::input
