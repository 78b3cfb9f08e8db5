// The states of a cell: plain, inside quotes, and just behind a closing quote.
#include "src/input/containers/csv.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "src/input/containers/containers.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::string_view kDelimiters = ",;\t";

bool is_name(std::string_view cell) {
  return !cell.empty() && cell.size() <= 64 && std::all_of(cell.begin(), cell.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' || c == '_' ||
           c == '-' || c == '.' || c == ' ';
  });
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

CsvRow::Status CsvRow::read(std::string_view text, char delimiter, bool ended) {
  cells_.clear();
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
      cells_ += c;
      continue;
    }
    const std::size_t cell_from = ends_.empty() ? 0 : ends_.back();
    if (c == '"' && closed) {
      cells_ += c;
      quoted = true;
      closed = false;
    } else if (c == '"' && cells_.size() == cell_from) {
      quoted = true;
    } else if (c == delimiter) {
      ends_.push_back(cells_.size());
      closed = false;
    } else if (c == '\n') {
      ++newlines_;
      ends_.push_back(cells_.size());
      return Status::Row;
    } else if (c == '\r') {
      continue;
    } else if (closed) {
      return Status::Broken;
    } else {
      cells_ += c;
    }
  }
  length_ = text.size();
  if (!ended) return Status::NeedMore;
  if (quoted) return Status::Broken;
  ends_.push_back(cells_.size());
  return Status::Row;
}

std::string_view CsvRow::cell(std::size_t column) const {
  if (column >= ends_.size()) return {};
  const std::size_t from = column == 0 ? 0 : ends_[column - 1];
  return std::string_view(cells_).substr(from, ends_[column] - from);
}

std::optional<CsvTable> CsvTable::of_header(std::string_view line) {
  if (line.size() > 4096) return {};
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
    table.columns_.push_back(key_named(cell));
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
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) { return same_name(name, cell); });
}

void CsvTable::fill(const CsvRow& row, Fields& fields) const {
  for (std::size_t i = 0; i < columns_.size() && i < row.size(); ++i)
    if (const auto cell = row.cell(i); !cell.empty()) fields.set_cell(columns_[i], names_[i], FieldValue(cell));
}

}  // namespace tunnelscope::input
