// The states of a cell: plain, inside quotes, and just behind a closing quote.
#include "src/input/containers/csv.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "src/input/containers/containers.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::string_view kDelimiters = ",;\t";

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' || c == '_' || c == '-' ||
         c == '.' || c == ' ';
}

bool is_name(std::string_view cell) {
  return !cell.empty() && cell.size() <= 64 && std::all_of(cell.begin(), cell.end(), is_of_name);
}

// Whether the line may begin with a name in a cell; most lines of text do not.
bool may_begin_with_name(std::string_view line) {
  const auto end = std::find_if_not(line.begin(), line.end(), is_of_name);
  return end == line.end() || *end == '"' || *end == '\r' || kDelimiters.find(*end) != std::string_view::npos;
}

// Tables of session records: all of these columns, in any order.
struct SessionTable {
  std::string_view container;
  std::initializer_list<std::string_view> columns;
};
const SessionTable kSessionTables[] = {
    {container::kCsv, {"sourceAddr", "destAddr", "protocol"}},
    {container::kCsv, {"event", "timestamp", "orgId"}},
    {container::kCsv, {"start_time", "connector", "status", "bytes_transferred"}},
    {container::kCsv, {"connection-log-type", "client-vpn-endpoint-id"}},
    {container::kCsv, {"CloudConnexaLogVersion", "eventName"}},
    {container::kCsv, {"status", "sessionStartTime", "sessionDurationSeconds"}},
};

// What Pangolin writes when it has nothing to export: the columns of another log.
constexpr std::string_view kEmptyExport[] = {"orgId", "action", "actorType", "timestamp", "actor"};

bool holds_records(Key key) {
  return key == Key::Message || key == Key::AtMessage || key == Key::Details || key == Key::OtherMessage;
}

}  // namespace

// A row without quotes is cut where it stands; any other is put together anew.
CsvRow::Status CsvRow::read(std::string_view text, char delimiter, bool ended) {
  cells_.clear();
  newlines_ = 0;
  const auto end = text.find('\n');
  const bool whole = end != std::string_view::npos || ended;
  if (!whole && text.find('"') == std::string_view::npos) {
    length_ = text.size();
    return Status::NeedMore;
  }
  if (whole && read_plain(text.substr(0, end), delimiter)) {
    newlines_ = end == std::string_view::npos ? 0 : 1;
    length_ = end == std::string_view::npos ? text.size() : end + 1;
    return Status::Row;
  }
  const Status status = read_quoted(text, delimiter, ended);
  if (status != Status::Row) return status;
  for (std::size_t from = 0; const std::size_t to : ends_) {
    cells_.push_back(std::string_view(unquoted_).substr(from, to - from));
    from = to;
  }
  return status;
}

// `line` is without its line break. False: there are quotes in it, or carriage returns other than the last character.
bool CsvRow::read_plain(std::string_view line, char delimiter) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find('"') != std::string_view::npos || line.find('\r') != std::string_view::npos) return false;
  for (;;) {
    const auto mark = line.find(delimiter);
    cells_.push_back(line.substr(0, mark));
    if (mark == std::string_view::npos) return true;
    line.remove_prefix(mark + 1);
  }
}

CsvRow::Status CsvRow::read_quoted(std::string_view text, char delimiter, bool ended) {
  unquoted_.clear();
  ends_.clear();
  newlines_ = 0;
  bool quoted = false, closed = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    length_ = at + 1;
    if (quoted) {
      if (c == '"') {
        quoted = false;
        closed = true;
        continue;
      }
      if (c == '\n') ++newlines_;
      unquoted_ += c;
      continue;
    }
    const std::size_t cell_from = ends_.empty() ? 0 : ends_.back();
    if (c == '"' && closed) {
      unquoted_ += c;
      quoted = true;
      closed = false;
    } else if (c == '"' && unquoted_.size() == cell_from) {
      quoted = true;
    } else if (c == delimiter) {
      ends_.push_back(unquoted_.size());
      closed = false;
    } else if (c == '\n') {
      ++newlines_;
      ends_.push_back(unquoted_.size());
      return Status::Row;
    } else if (c == '\r') {
      continue;
    } else if (closed) {
      return Status::Broken;
    } else {
      unquoted_ += c;
    }
  }
  length_ = text.size();
  if (!ended) return Status::NeedMore;
  if (quoted) return Status::Broken;
  ends_.push_back(unquoted_.size());
  return Status::Row;
}

std::optional<CsvTable> CsvTable::of_header(std::string_view line) {
  if (line.size() > 4096 || !may_begin_with_name(line)) return {};
  CsvTable table;
  const auto first = line.find_first_of(kDelimiters);
  if (first != std::string_view::npos) table.delimiter_ = line[first];
  CsvRow row;
  if (row.read(line, table.delimiter_, true) != CsvRow::Status::Row) return {};
  bool records = false, insights = false;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto cell = row.cell(i);
    if (!is_name(cell)) return {};
    table.names_.emplace_back(cell);
    const FoldedName folded_name(cell);
    if (!folded_name.text().empty()) table.starts_ += folded_name.text()[0];
    table.columns_.push_back(key_named(cell));
    table.indices_.push_back(name_index(cell));
    records = records || holds_records(table.columns_.back());
    insights = insights || cell.starts_with('@') || table.columns_.back() == Key::Details;
  }
  if (std::equal(table.names_.begin(), table.names_.end(), std::begin(kEmptyExport), std::end(kEmptyExport))) {
    table.container_ = container::kPangolinEmptyExport;
    return table;
  }
  for (const SessionTable& known : kSessionTables) {
    const bool all = std::all_of(known.columns.begin(), known.columns.end(),
                                 [&](std::string_view name) { return table.names_column(name); });
    if (!all) continue;
    table.container_ = insights ? container::kInsightsCsv : known.container;
    return table;
  }
  const bool alone = row.size() == 1;
  if (!records || (alone && !insights)) return {};
  table.container_ = insights ? container::kInsightsCsv : container::kConsoleCsv;
  return table;
}

bool CsvTable::is_header(const CsvRow& row) const {
  if (row.size() != names_.size()) return false;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (row.cell(i) != names_[i]) return false;
  return true;
}

bool CsvTable::names_column(std::string_view cell) const {
  const bool plain = !cell.empty() && !is_passed_over(cell[0]);
  if (plain && starts_.find(folded(cell[0])) == std::string::npos) return false;
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) { return same_name(name, cell); });
}

void CsvTable::fill(const CsvRow& row, Fields& fields) const {
  for (std::size_t i = 0; i < columns_.size() && i < row.size(); ++i)
    if (const auto cell = row.cell(i); !cell.empty()) fields.set_cell(indices_[i], columns_[i], FieldValue(cell));
}

}  // namespace tunnelscope::input
