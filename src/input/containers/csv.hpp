// CSV tables (RFC 4180): rows cut out of a growing text, and the header that says what the columns mean.
// Commas, semicolons and tabs are known as delimiters; a broken quote ends the row, not the file.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/input/fields.hpp"

namespace tunnelscope::input {

class CsvRow {
 public:
  enum class Status : std::uint8_t { Row, NeedMore, Broken };

  // Reads one row at the start of `text`; `ended`: nothing follows the text.
  Status read(std::string_view text, char delimiter, bool ended);

  std::size_t length() const { return length_; }        // with the line end; Broken: up to the damage
  std::uint64_t newlines() const { return newlines_; }  // within length()
  std::size_t size() const { return cells_.size(); }
  // Without quotes; valid until the next read, and as long as the text that was read.
  std::string_view cell(std::size_t column) const { return column < cells_.size() ? cells_[column] : std::string_view{}; }

 private:
  bool read_plain(std::string_view text, char delimiter);
  template <class Marks>
  bool read_plain_by(std::string_view text, char delimiter);
  bool read_plain_wide(std::string_view text, char delimiter);
  Status read_quoted(std::string_view text, char delimiter, bool ended);

  std::vector<std::string_view> cells_;
  std::string unquoted_;            // cells put together, where there are quotes
  std::vector<std::size_t> ends_;   // of cells in it
  std::size_t length_ = 0;
  std::uint64_t newlines_ = 0;
};

class CsvTable {
 public:
  // The table that `line` heads; empty: it is not a header of a table of log records.
  static std::optional<CsvTable> of_header(std::string_view line);

  char delimiter() const { return delimiter_; }
  std::string_view container() const { return container_; }
  bool is_header(const CsvRow& row) const;  // files put one behind the other repeat it
  bool names_column(std::string_view cell) const;
  // Makes `fields` those of the row: the same object for all rows of the table, which nobody else fills meanwhile.
  void fill(const CsvRow& row, Fields& fields);
  // The same in one pass, for a row at the start of `text` without quotes, which has a cell for each column and its line break,
  // and is no header. Returns its length; 0: it is something else, or no row has been laid out, and the fields say nothing.
  // 64 readable bytes must follow `text`.
  std::size_t fill_plain(std::string_view text);

 private:
  // What changes with the cells of a column: the fields' values of its name and of its key.
  struct Place {
    FieldValue *value = nullptr, *keyed = nullptr;
  };
  void lay_out(const CsvRow& row, Fields& fields);
  template <class Marks>
  std::size_t fill_plain_by(std::string_view text);
  std::size_t fill_plain_wide(std::string_view text);

  std::vector<Key> columns_;
  std::vector<NameIndex> indices_;
  std::vector<std::string> names_;
  std::string starts_;  // the first letter of each name, folded: few cells of records begin like one
  std::string_view container_;
  char delimiter_ = ',';
  bool repeats_ = false;  // a name or what it is to a dialect: then the first cell that is not empty counts
  std::vector<Place> places_;  // in the fields, which know all columns then; columns that nobody looks for share one
  FieldValue nobodys_;
};

}  // namespace tunnelscope::input
