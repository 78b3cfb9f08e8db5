// The states of a cell: plain, inside quotes, and just behind a closing quote.
#include "src/input/containers/csv.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <initializer_list>
#include <iterator>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "src/input/containers/containers.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::string_view kDelimiters = ",;\t";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

bool is_of_name(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("@_-. #$%*/()[]").find(c) != std::string_view::npos;
}

// Programs that write a table again leave cells of the header empty, or name them in their own way ("$path", "bin(5m)"); but not so that
// they look like what stands below them.
bool may_be_name(std::string_view cell) {
  constexpr std::size_t kLongestName = 256;
  const bool is_value = cell.find_first_of("{}=<>") != std::string_view::npos ||
                        (!cell.empty() && is_digit(cell.front()) && std::none_of(cell.begin(), cell.end(), [](char c) { return c == '%' || is_letter(c); })) ||
                        time_of(cell).status == TimeStatus::Ok;
  return cell.size() <= kLongestName && !is_value && std::none_of(cell.begin(), cell.end(), [](char c) { return c >= 0 && c < ' '; });
}

// Whether the line may begin with a name in a cell; most lines of text do not.
bool may_begin_with_name(std::string_view line) {
  const auto end = std::find_if_not(line.begin(), line.end(), is_of_name);
  return end == line.end() || *end == '"' || *end == '\r' || kDelimiters.find(*end) != std::string_view::npos;
}

// What Athena calls the object that a row stands in, which has the name of the stream.
constexpr std::string_view kPathOfRow = "$path";

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

// Of some bytes those that are the delimiter, and those that are a quote or of a line break: a bit each, the first is the lowest.
struct Marks {
  unsigned delimiters = 0, others = 0;
};

struct NarrowMarks {
  static constexpr std::size_t kBlock = 16;
  static Marks in(const char* bytes, char delimiter) {
    Marks marks;
#if defined(__x86_64__)
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    const auto is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
    marks.delimiters = static_cast<unsigned>(_mm_movemask_epi8(is(delimiter)));
    marks.others = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(is('"'), _mm_or_si128(is('\n'), is('\r')))));
#else
    for (std::size_t i = 0; i < kBlock; ++i) {
      if (bytes[i] == delimiter) marks.delimiters |= 1U << i;
      if (bytes[i] == '"' || bytes[i] == '\n' || bytes[i] == '\r') marks.others |= 1U << i;
    }
#endif
    return marks;
  }
};

#if defined(__x86_64__)

// For processors with AVX2, which most have since 2015.
struct WideMarks {
  static constexpr std::size_t kBlock = 32;
  [[gnu::target("avx2,bmi")]] static __m256i where(const char* bytes, char c) {
    return _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes)), _mm256_set1_epi8(c));
  }
  [[gnu::target("avx2,bmi")]] static Marks in(const char* bytes, char delimiter) {
    const __m256i others = _mm256_or_si256(where(bytes, '"'), _mm256_or_si256(where(bytes, '\n'), where(bytes, '\r')));
    return {static_cast<unsigned>(_mm256_movemask_epi8(where(bytes, delimiter))), static_cast<unsigned>(_mm256_movemask_epi8(others))};
  }
};

const bool kHasWide = __builtin_cpu_supports("avx2") != 0;

#else

constexpr bool kHasWide = false;

#endif

bool holds_records(Key key) {
  return key == Key::Message || key == Key::AtMessage || key == Key::Details || key == Key::OtherMessage || key == Key::Phase1State ||
         key == Key::Phase2State;
}

}  // namespace

// A row without quotes is cut where it stands, in one pass; any other is put together anew.
CsvRow::Status CsvRow::read(std::string_view text, char delimiter, bool ended) {
  cells_.clear();
  newlines_ = 0;
  if (read_plain(text, delimiter)) return Status::Row;
  cells_.clear();
  const bool whole = ended || text.find('\n') != std::string_view::npos;
  if (!whole && text.find('"') == std::string_view::npos) {
    length_ = text.size();
    return Status::NeedMore;
  }
  const Status status = read_quoted(text, delimiter, ended);
  if (status != Status::Row) return status;
  for (std::size_t from = 0; const std::size_t to : ends_) {
    cells_.push_back(std::string_view(unquoted_).substr(from, to - from));
    from = to;
  }
  return status;
}

// False: there are quotes in the row, or carriage returns other than before its line break, or it has no line break.
template <class Finder>
[[gnu::always_inline]] inline bool CsvRow::read_plain_by(std::string_view text, char delimiter) {
  const char* from = text.data();
  for (std::size_t block = 0; block < text.size(); block += Finder::kBlock) {
    std::array<char, Finder::kBlock> rest{};
    const char* bytes = text.data() + block;
    if (text.size() - block < rest.size()) {
      std::memcpy(rest.data(), bytes, text.size() - block);
      bytes = rest.data();
    }
    Marks marks = Finder::in(bytes, delimiter);
    if (marks.others != 0) marks.delimiters &= (marks.others & -marks.others) - 1;
    for (; marks.delimiters != 0; marks.delimiters &= marks.delimiters - 1) {
      const char* const at = text.data() + block + std::countr_zero(marks.delimiters);
      cells_.push_back({from, static_cast<std::size_t>(at - from)});
      from = at + 1;
    }
    if (marks.others == 0) continue;
    const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(marks.others));
    const std::size_t end = at + (text[at] == '\r' ? 1 : 0);
    if (end >= text.size() || text[end] != '\n') return false;
    cells_.push_back({from, static_cast<std::size_t>(text.data() + at - from)});
    newlines_ = 1;
    length_ = end + 1;
    return true;
  }
  return false;
}

// Cells are put where they belong as they are found; whatever shows that this is no such row ends it.
template <class Finder>
[[gnu::always_inline]] inline std::size_t CsvTable::fill_plain_by(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* from = text.data();
  const Place* place = places_.data();
  const Place* const last = place + places_.size() - 1;
  const auto fill = [&](const char* to) {
    const std::string_view cell(from, static_cast<std::size_t>(to - from));
    place->value->change_cell(cell);
    place->keyed->change_cell(cell);
  };
  for (const char* block = from; block < end; block += Finder::kBlock) {
    Marks marks = Finder::in(block, delimiter_);
    if (marks.others != 0) marks.delimiters &= (marks.others & -marks.others) - 1;
    for (; marks.delimiters != 0; marks.delimiters &= marks.delimiters - 1) {
      if (place == last) return 0;
      const char* const to = block + std::countr_zero(marks.delimiters);
      fill(to);
      from = to + 1;
      ++place;
    }
    if (marks.others == 0) continue;
    const char* const to = block + std::countr_zero(marks.others);
    const char* const line_end = to + (*to == '\r' ? 1 : 0);
    if (line_end >= end || *line_end != '\n' || place != last) return 0;
    fill(to);
    return static_cast<std::size_t>(line_end + 1 - text.data());
  }
  return 0;
}

#if defined(__x86_64__)

[[gnu::target("avx2,bmi")]] std::size_t CsvTable::fill_plain_wide(std::string_view text) { return fill_plain_by<WideMarks>(text); }

[[gnu::target("avx2,bmi")]] bool CsvRow::read_plain_wide(std::string_view text, char delimiter) {
  return read_plain_by<WideMarks>(text, delimiter);
}

#else

std::size_t CsvTable::fill_plain_wide(std::string_view text) { return fill_plain_by<NarrowMarks>(text); }

bool CsvRow::read_plain_wide(std::string_view text, char delimiter) { return read_plain_by<NarrowMarks>(text, delimiter); }

#endif

std::size_t CsvTable::fill_plain(std::string_view text) {
  if (places_.size() < 2 || names_column(text.substr(0, text.find(delimiter_)))) return 0;
  return kHasWide ? fill_plain_wide(text) : fill_plain_by<NarrowMarks>(text);
}

bool CsvRow::read_plain(std::string_view text, char delimiter) {
  return kHasWide ? read_plain_wide(text, delimiter) : read_plain_by<NarrowMarks>(text, delimiter);
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
  bool records = false, insights = line.starts_with('@') || line.find(std::string{table.delimiter_, '@'}) != std::string_view::npos;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto cell = row.cell(i);
    if (!may_be_name(cell)) return {};
    table.names_.emplace_back(cell);
    const FoldedName folded_name(cell);
    table.starts_ += folded_name.text().empty() ? '\0' : folded_name.text()[0];
    table.columns_.push_back(cell == kPathOfRow ? Key::LogStream : key_named(cell));
    table.indices_.push_back(name_index(cell));
    const NameIndex index = table.indices_.back();
    const Key key = table.columns_.back();
    table.repeats_ = table.repeats_ || (index != kNoName && std::count(table.indices_.begin(), table.indices_.end(), index) > 1) ||
                     (key != Key::None && std::count(table.columns_.begin(), table.columns_.end(), key) > 1);
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
  if (!plain) return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) { return same_name(name, cell); });
  for (std::size_t i = starts_.find(folded(cell[0])); i != std::string::npos; i = starts_.find(folded(cell[0]), i + 1))
    if (same_name(names_[i], cell)) return true;
  return false;
}

// Sets the columns that say something; or all, where a row may only change values then.
void CsvTable::lay_out(const CsvRow& row, Fields& fields) {
  fields.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (const auto cell = row.cell(i); !cell.empty() || !repeats_) fields.set_cell(indices_[i], columns_[i], FieldValue(cell));
  if (repeats_) return;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    places_.push_back({indices_[i] == kNoName ? &nobodys_ : &fields.place(indices_[i]),
                       columns_[i] == Key::None ? &nobodys_ : &fields.place(columns_[i])});
}

void CsvTable::fill(const CsvRow& row, Fields& fields) {
  if (places_.empty()) lay_out(row, fields);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const std::string_view cell = row.cell(i);
    places_[i].value->change_cell(cell);
    places_[i].keyed->change_cell(cell);
  }
}

}  // namespace tunnelscope::input
