// Fast and slow path give the same records: a whole line is first offered to simdjson as it stands; only what it
// refuses (values over several lines, values without separators, damage) goes through the scanner.
#include "src/input/framing.hpp"

#include <algorithm>
#include <cstring>

namespace tunnelscope::input {
namespace {

constexpr std::size_t kProbe = std::size_t{1} << 20;     // a line is looked for within so much at first
constexpr std::size_t kLongestPrefix = 4096;             // what may stand before the JSON of a line
constexpr std::size_t kLookAhead = std::size_t{1} << 18;  // where the next record is looked for behind damage
constexpr std::uint64_t kCreditPerByte = 4;
constexpr std::string_view kTooLong = "line longer than 16 MiB";
constexpr std::string_view kEmptyExport =
    "empty Pangolin export: its time range held no sessions, or connection logging keeps none (0 days, the default)";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::uint64_t count_newlines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\x1e'; }

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Without terminal colours, which `aws logs tail` may have put around time and stream name.
std::string_view without_escapes(std::string_view text, std::string& room) {
  if (text.find('\x1b') == std::string_view::npos) return text;
  room.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\x1b') {
      room += text[at];
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == '[')
      for (++at; at + 1 < text.size() && !(text[at + 1] >= '@' && text[at + 1] <= '~'); ++at) {}
    ++at;
  }
  return room;
}

// A bracket begins JSON only before a value that may hold records; "[INFO] ..." is text.
bool begins_json(std::string_view text) {
  if (text[0] != '[') return text[0] == '{';
  const auto next = text.find_first_not_of(" \t\r", 1);
  return next == std::string_view::npos || std::string_view("{[\"]").find(text[next]) != std::string_view::npos;
}

// Behind a word that may be anything, only what looks like an object from its second character on is one.
bool begins_object(std::string_view text) {
  const auto next = text.find_first_not_of(" \t\r", 1);
  return next == std::string_view::npos || text[next] == '"';
}

// Where a record may begin behind damage in the same line: a brace before a quote that is not a member's value.
std::size_t next_record(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("{\"", from); at != std::string_view::npos; at = text.find("{\"", at + 1)) {
    const auto before = at == 0 ? std::string_view::npos : text.find_last_not_of(" \t", at - 1);
    if (before == std::string_view::npos || text[before] != ':') return at;
  }
  return std::string_view::npos;
}

}  // namespace

bool Framing::read() {
  while (!window_.data().empty() || window_.more()) {
    if (mid_line_) behind_value();
    else next_line();
  }
  drop_announcement();
  for (std::size_t stream = 0; stream < pieces_.size(); ++stream) use_piece(stream);
  if (empty_export_) out_.caveat(diag::System::Pangolin, std::string(kEmptyExport));
  return any_;
}

Context Framing::here() const {
  Context context = base_;
  context.line = line_;
  return context;
}

Framing::Line Framing::peek_line(std::size_t longest) {
  for (std::size_t searched = 0;;) {
    const std::string_view data = window_.data();
    const auto end = data.find('\n', searched);
    if (end != std::string_view::npos) return {data.substr(0, end), true, end + 1};
    searched = data.size();
    if (searched >= longest) return {data, false, searched};
    if (!window_.more()) return {window_.data(), true, window_.data().size()};
  }
}

void Framing::consume(std::size_t count, std::uint64_t newlines) {
  window_.consume(count);
  credit_ += kCreditPerByte * count;
  if (!fixed_line_) line_ += newlines;
}

void Framing::consume_line(const Line& line) { consume(line.length, line.length > line.text.size() ? 1 : 0); }

void Framing::discard_line() {
  for (;;) {
    const std::string_view data = window_.data();
    const auto end = data.find('\n');
    if (end != std::string_view::npos) return consume(end + 1, 1);
    consume(data.size(), 0);
    if (!window_.more()) return;
  }
}

void Framing::next_line() {
  if (csv_ && csv_row()) return;
  if (line_with_skeleton() || lines_with_layout()) return;
  const Line line = peek_line(kProbe);
  std::string_view text = line.text;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty() && (is_blank(text.front()) || text.front() == '\0')) {
    if (text.front() == '\0') {
      any_ = true;
      out_.skip("NUL bytes", here());
      text.remove_prefix(std::min(text.find_first_not_of('\0'), text.size()));
    } else {
      text.remove_prefix(1);
    }
  }
  text = trim_end(text);
  if (text.empty()) return consume_line(line);
  any_ = true;
  if (!begins_json(text)) return text_line(text, line);
  if (line.complete && json_line(text, line)) return consume_line(line);
  Context context = here();
  if (announced_) {
    context.stream = announced_->stream;
    context.time = announced_->time;
    context.container = announced_->container;
    context.container_certain = true;
    announced_.reset();
  }
  value(static_cast<std::size_t>(text.data() - window_.data().data()), context);
}

// What is announced, or waits for its other pieces, may change what a line means.
bool Framing::line_with_skeleton() {
  if (announced_ || !pieces_[0].text.empty() || !pieces_[1].text.empty()) return false;
  const Skeletons::Progress read = skeletons_.read(window_.data(), line_, fixed_line_ ? 0 : 1, out_);
  if (read.lines == 0) return false;
  any_ = true;
  consume(read.bytes, read.lines);
  return true;
}

// The same holds for layouts, which know the outermost lines of inputs. True: so many of them as follow each other were read.
bool Framing::lines_with_layout() {
  if (level_ != 0 || announced_ || !pieces_[0].text.empty() || !pieces_[1].text.empty()) return false;
  constexpr std::size_t kAhead = std::size_t{1} << 13;  // lines are rarely longer
  Layouts& layouts = unwrap_.layouts();
  for (bool any = false;; any = any_ = true) {
    while (!layouts.empty() && window_.data().size() < kAhead && window_.more()) {}
    const std::size_t length = layouts.read(window_.data(), line_, out_);
    if (length == 0) return any;
    consume(length, 1);
  }
}

// Does with a whole line what `use` does, which says whether it read it, and lets layouts learn from it.
template <class Use>
bool Framing::watched(std::string_view line, const Use& use) {
  if (level_ != 0 || !unwrap_.layouts().wants_more()) return use();
  Layouts::Seen seen;
  unwrap_.watch(&seen);
  const bool read = use();
  unwrap_.watch(nullptr);
  if (read) unwrap_.layouts().learn(line, seen);
  return read;
}

// JSON that goes to the end of its line: the line may be the first of many.
bool Framing::whole_json(std::string_view json, const Context& context, const Line& line) {
  const auto use = [&] { return watched(line.text, [&] { return unwrap_.try_json(json, context, level_); }); };
  if (!skeletons_.wants_more()) return use();
  Recorder::Seen seen;
  out_.watch(&seen);
  const bool read = use();
  out_.watch(nullptr);
  if (read) skeletons_.learn(line.text, seen);
  return read;
}

// A line that is one JSON value from beginning to end. False: it is not, and nothing was done.
bool Framing::json_line(std::string_view text, const Line& line) {
  if (announced_ || text.size() > kLongest || (text.back() != '}' && text.back() != ']')) return false;
  Context context = here();
  if (!context.container_certain) context.container = text[0] == '[' ? container::kJsonArray : container::kNdjson;
  return whole_json(text, context, line);
}

void Framing::text_line(std::string_view text, const Line& line) {
  const char* const data = window_.data().data();
  drop_announcement();
  if (line.complete && piece_of_line(line.text)) return consume_line(line);
  const auto brace = text.substr(0, kLongestPrefix).find('{');
  if (brace != std::string_view::npos) {
    const std::string_view before = without_escapes(text.substr(0, brace), cleaned_);
    const std::string_view rest = text.substr(brace);
    const LinePrefix prefix = line_prefix(before);
    Context context = here();
    bool json = prefix.found && prefix.length == before.size();
    if (json) {
      context.time = prefix.time.parsed.time;
      if (!prefix.stream.empty()) context.stream = unwrap_.named_stream(prefix.stream);
      if (!context.container_certain) context.container = line_form(prefix, line.complete && rest.size() == 1);
      context.container_certain = true;
    } else if (const ServicePrefix service = service_prefix(before);
               service.length == before.size() &&
               (service.container != container::kTailDetailed || begins_object(rest))) {
      context = unwrap_.inside(service, context);
      if (!service.host.empty() && !context.stream.known()) context.stream = unwrap_.stream_identity(service.host);
      json = true;
    }
    if (json) {
      const bool whole = line.complete && rest.size() <= kLongest && (rest.back() == '}' || rest.back() == ']');
      if (whole && whole_json(rest, context, line)) return consume_line(line);
      return value(static_cast<std::size_t>(rest.data() - data), context);
    }
  }
  if (!line.complete) {
    const Line longer = peek_line(kLongest);
    if (longer.complete && longer.text.size() <= kLongest) {
      plain_text(longer.text, here());
      return consume_line(longer);
    }
    out_.skip(kTooLong, here());
    return discard_line();
  }
  if (text[0] == '"' && text.size() > 1 && text.back() == '"') {
    Context context = here();
    if (!context.container_certain) context.container = container::kNdjson;
    if (unwrap_.try_json(text, context, level_)) return consume_line(line);
  }
  if (level_ == 0)
    if (auto table = CsvTable::of_header(text)) {
      begin_table(std::move(*table));
      return consume_line(line);
    }
  watched(line.text, [&] { return plain_text(text, here()), true; });
  consume_line(line);
}

// No value came behind the line that seemed to announce one. Mere times and streams are no records.
void Framing::drop_announcement() {
  if (announced_ && may_be_text_) out_.skip(kNotVpn, *announced_);
  announced_.reset();
}

// A time and one word: the next line tells whether that was the stream of a value, such as Client VPN's, or a text.
bool Framing::may_announce(std::string_view text, const ServicePrefix& prefix) const {
  return prefix.length == text.size() && prefix.container == container::kTailDetailed && !out_.names_tunnel(base_);
}

void Framing::plain_text(std::string_view text, const Context& line_context) {
  const bool fragment = debris_ && std::string_view("\"}],").find(text[0]) != std::string_view::npos;
  if (fragment) return;
  if (text == "Permission Check Successful") return out_.container(container::kWriteTestMarker);
  text = without_escapes(text, cleaned_);
  if (text.find('\0') != std::string_view::npos) return out_.skip("NUL bytes", line_context);
  const ServicePrefix service = service_prefix(text);
  Context service_context = line_context;
  if (!service_context.container_certain) service_context.container = container::kText;
  if (unwrap_.service_line(text, service, service_context, level_)) return;
  Context context = line_context;
  const LinePrefix prefix = line_prefix(text);
  std::string_view rest = text;
  if (prefix.found) {
    context.time = prefix.time.parsed.time;
    if (!prefix.stream.empty()) context.stream = unwrap_.named_stream(prefix.stream);
    rest = text.substr(prefix.length);
  }
  const bool announces = prefix.found && rest.empty();
  may_be_text_ = !announces && may_announce(text, service);
  if (announces || may_be_text_) {
    if (!context.container_certain) context.container = container::kTailJson;
    announced_ = context;
    return;
  }
  if (!context.container_certain) context.container = container::kText;
  unwrap_.any_text(text, rest, service, context, level_);
}

// True: the line is a piece of a longer one, and is kept or, when it is the last, used.
bool Framing::piece_of_line(std::string_view line) {
  constexpr std::size_t kLongestTag = 64;
  const bool waiting = !pieces_[0].text.empty() || !pieces_[1].text.empty();
  if (!waiting && line.substr(0, kLongestTag).find(" P ") == std::string_view::npos) return false;
  const ServicePrefix prefix = service_prefix(line);
  if (prefix.stream.empty()) return false;
  const std::size_t stream = prefix.stream == "stderr" ? 1 : 0;
  Pieces& pieces = pieces_[stream];
  if (!prefix.partial && pieces.text.empty()) return false;
  if (pieces.text.empty()) {
    pieces.context = unwrap_.inside(prefix, here());
    pieces.too_long = false;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (pieces.text.size() + line.size() <= kLongest) pieces.text += line.substr(std::min(prefix.length, line.size()));
  else pieces.too_long = true;
  if (!prefix.partial) use_piece(stream);
  return true;
}

void Framing::use_piece(std::size_t stream) {
  Pieces& pieces = pieces_[stream];
  if (pieces.text.empty()) return;
  if (pieces.too_long) out_.skip(kTooLong, pieces.context);
  else unwrap_.message(pieces.text, pieces.context, level_);
  pieces.text.clear();
}

// What may follow a value in its line: the next value, with or without a comma, or a line that lacks its line break.
void Framing::behind_value() {
  const std::string_view data = window_.data();
  std::size_t at = 0;
  while (at < data.size() && (is_blank(data[at]) || data[at] == ',' || data[at] == ';' || data[at] == '\0' ||
                              (debris_ && (data[at] == '}' || data[at] == ']'))))
    ++at;
  if (at == data.size()) return consume(at, 0);
  if (data[at] == '\n') {
    mid_line_ = false;
    return consume(at + 1, 1);
  }
  if (data[at] == '{' || data[at] == '[') return value(at, here());
  consume(at, 0);
  while (window_.data().size() < kLongestPrefix && window_.more()) {}
  const std::string_view text = window_.data().substr(0, kLongestPrefix);
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto brace = line.find('{');
  if (brace != std::string_view::npos) {
    const LinePrefix prefix = line_prefix(line.substr(0, brace));
    if (prefix.found && prefix.length == brace) {
      Context context = here();
      context.time = prefix.time.parsed.time;
      if (!prefix.stream.empty()) context.stream = unwrap_.named_stream(prefix.stream);
      return value(brace, context);
    }
  }
  mid_line_ = false;
  if (!debris_) plain_text(trim_end(line), here());
  discard_line();
}

void Framing::begin_table(CsvTable table) {
  csv_ = std::move(table);
  empty_export_ = csv_->container() == container::kPangolinEmptyExport;
  out_.container(csv_->container());
}

// Files put one behind the other may have tables of different columns.
bool Framing::is_next_header(std::string_view line) {
  if (!csv_->names_column(row_.cell(0))) return false;
  auto table = CsvTable::of_header(trim_end(line));
  if (table) begin_table(std::move(*table));
  return table.has_value();
}

// A row as nearly all are. False: it may be any other.
bool Framing::plain_row() {
  const std::string_view data = window_.data();
  if (data.starts_with('{') || data.starts_with('[')) return false;
  const std::size_t length = csv_->fill_plain(data);
  if (length == 0 || length > kLongest) return false;
  const Context context = here();
  consume(length, 1);
  use_row(context);
  return true;
}

void Framing::use_row(const Context& place) {
  Context context = place;
  context.container = csv_->container();
  context.container_certain = true;
  unwrap_.row(row_fields_, context, level_);
}

// One row of a table. False: the table has ended and what follows is something else.
bool Framing::csv_row() {
  if (plain_row()) return true;
  while (window_.data().size() < 2 && window_.more()) {}
  const std::string_view start = window_.data();
  if (start.starts_with("{\"") || start.starts_with("[{")) {
    csv_.reset();
    return false;
  }
  auto status = CsvRow::Status::NeedMore;
  for (;;) {
    status = row_.read(window_.data(), csv_->delimiter(), window_.at_end());
    if (status == CsvRow::Status::Row && row_.length() > kLongest) status = CsvRow::Status::NeedMore;
    if (status != CsvRow::Status::NeedMore || window_.data().size() > kLongest) break;
    window_.more();
  }
  Context context = here();
  if (status == CsvRow::Status::Row) {
    const bool blank = row_.size() == 1 && trim(row_.cell(0)).empty();
    const bool header = !blank && (csv_->is_header(row_) || is_next_header(window_.data().substr(0, row_.length())));
    consume(row_.length(), row_.newlines());
    if (blank || header) return true;
    if (csv_->container() == container::kPangolinEmptyExport) {
      empty_export_ = false;
      out_.skip(kOtherPangolinEvent, context);
      return true;
    }
    csv_->fill(row_, row_fields_);
    use_row(context);
    return true;
  }
  out_.skip(status == CsvRow::Status::Broken ? "malformed CSV row" : kTooLong, context);
  resume(0, row_.length(), false);
  return true;
}

void Framing::value(std::size_t offset, Context context) {
  consume(offset, 0);
  Unit unit;
  unit.context = context;
  unit.outermost_array = window_.data()[0] == '[';
  shell_.clear();
  elements_.clear();
  for (;;) {
    const std::string_view data = window_.data();
    const auto event = unit.scan.next(data);
    const std::size_t at = unit.scan.position();
    switch (event) {
      case JsonScan::Event::NeedMore:
        if (!grow(unit)) return;
        break;
      case JsonScan::Event::Key: unit.key = key_named(unit.scan.key(data)); break;
      case JsonScan::Event::ArrayBegin:
        if (!unit.outermost_array && !is_wrapper(unit.key)) break;
        unit.scan.enter_array();
        unit.wrapper = true;
        unit.array = unit.outermost_array ? Key::None : unit.key;
        shell_ += data.substr(unit.shell_from, at - unit.shell_from);
        break;
      case JsonScan::Event::ArrayEnd:
        unit.shell_from = at - 1;
        if (unit.outermost_array) return finish(unit);
        break;
      case JsonScan::Event::ElementBegin:
        if (std::string_view("{[\"").find(data[at]) == std::string_view::npos && !unit.outermost_array)
          return damaged(unit, JsonScan::Event::CutOff);
        unit.in_element = true;
        unit.element_from = at;
        unit.element_line = fixed_line_ ? line_ : line_ + unit.scan.newlines();
        break;
      case JsonScan::Event::ElementEnd: element_ended(unit); break;
      case JsonScan::Event::Done: return finish(unit);
      case JsonScan::Event::Damage:
      case JsonScan::Event::CutOff:
      case JsonScan::Event::TooDeep: return damaged(unit, event);
    }
  }
}

// Reads more of the unit, within the limits. False: the unit has ended here.
bool Framing::grow(Unit& unit) {
  const std::size_t size = window_.data().size();
  if (unit.scan.in_array()) {
    if (unit.passing) {
      drop(unit, size);
    } else if (unit.in_element && size - unit.element_from > kLongest) {
      use_elements(unit);
      skip_element(unit);
      unit.passing = unit.streaming = true;
      drop(unit, size);
    } else if (unit.streaming || size > kLongestDocument) {
      use_elements(unit);
      unit.streaming = true;
      drop(unit, unit.in_element ? unit.element_from : size);
    }
  } else if (size - unit.shell_from > kLongest) {
    use_elements(unit);
    out_.skip(kTooLong, unit.context);
    debris_ = true;
    mid_line_ = false;
    consume(size, unit.scan.newlines());
    discard_line();
    return false;
  }
  if (window_.more()) return true;
  damaged(unit, JsonScan::Event::CutOff);
  return false;
}

void Framing::skip_element(const Unit& unit) {
  Context context = unit.context;
  context.line = unit.element_line;
  out_.skip("record longer than 16 MiB", context);
}

void Framing::drop(Unit& unit, std::size_t count) {
  window_.consume(count);
  unit.scan.forget(count);
  unit.element_from -= std::min(unit.element_from, count);
  unit.shell_from = 0;
}

void Framing::element_ended(Unit& unit) {
  unit.in_element = false;
  const std::size_t length = unit.scan.position() - unit.element_from;
  if (!unit.passing && length > kLongest) skip_element(unit);
  else if (!unit.passing) elements_.push_back({unit.element_from, length, unit.element_line});
  unit.passing = false;
  if (unit.streaming) use_elements(unit);
}

// Gives the elements found so far to Unwrap, with what the object around them has said by now.
void Framing::use_elements(Unit& unit) {
  if (!unit.wrapper) return;
  if (!unit.header) {
    unit.header = Unwrap::Header{unit.context, false};
    if (!unit.outermost_array) {
      const bool open = unit.scan.in_array();
      unit.header = unwrap_.header(open ? shell_ + "]}" : shell_, unit.array, unit.context, level_);
    } else if (!unit.context.container_certain) {
      unit.header->context.container = container::kJsonArray;
    }
  }
  const char* const data = window_.data().data();
  if (!unit.header->skip)
    for (const Element& element : elements_) {
      Context context = unit.header->context;
      context.line = element.line;
      unwrap_.json({data + element.from, element.length}, context, level_);
    }
  elements_.clear();
}

void Framing::finish(Unit& unit) {
  const std::size_t end = unit.scan.position();
  if (end == window_.data().size()) window_.more();
  const std::string_view data = window_.data();
  const bool several_lines = unit.scan.newlines() > 0;
  if (unit.wrapper) {
    shell_ += data.substr(unit.shell_from, end - unit.shell_from);
    const bool joined = end < data.size() && data[end] == '{';
    if (unit.array == Key::LogEvents && joined && !unit.context.container_certain) {
      unit.context.container = container::kFirehose;
      unit.context.container_certain = true;
    }
    use_elements(unit);
  } else {
    if (!unit.context.container_certain)
      unit.context.container = several_lines ? container::kJson : container::kNdjson;
    if (inherited_ && !unit.context.stream.known()) {
      unit.context.stream = inherited_->stream;
      unit.context.container = inherited_->container;
    }
    if (end > kLongest) out_.skip(kTooLong, unit.context);
    else unwrap_.json(data.substr(0, end), unit.context, level_);
  }
  if (unit.wrapper) inherited_.reset();
  consume(end, unit.scan.newlines());
  mid_line_ = true;
}

void Framing::damaged(Unit& unit, JsonScan::Event event) {
  const std::string_view data = window_.data();
  const std::size_t at = unit.scan.position();
  const bool no_json = unit.outermost_array && elements_.empty() && !unit.streaming && unit.scan.newlines() == 0 &&
                       event == JsonScan::Event::Damage;
  if (no_json && !mid_line_) {
    const Line line = peek_line(kProbe);
    return text_line(trim_end(line.text), line);
  }
  std::string_view reason = "malformed JSON";
  if (at < data.size() && data[at] == '\0') reason = "NUL bytes";
  else if (event == JsonScan::Event::CutOff) reason = "truncated JSON";
  else if (event == JsonScan::Event::TooDeep) reason = "JSON nested too deep";

  use_elements(unit);
  // Between two elements the damage lies behind what was read last.
  const auto last_read = data.substr(0, at).find_last_not_of(" \t\r\n");
  const std::size_t last = last_read == std::string_view::npos ? 0 : last_read;
  Context context = unit.context;
  if (unit.wrapper && unit.in_element) context.line = unit.element_line;
  else if (unit.wrapper && !fixed_line_)
    context.line = line_ + unit.scan.newlines() - count_newlines(data.substr(last, at - last));
  out_.skip(reason, context);
  debris_ = true;
  if (unit.header && unit.header->context.stream.known()) inherited_ = unit.header->context;

  const std::size_t bad_from = !unit.wrapper ? 0 : unit.in_element && !unit.passing ? unit.element_from : last;
  if (unit.streaming && !fixed_line_) line_ += unit.scan.newlines() - count_newlines(data.substr(0, at));
  resume(bad_from, at, event != JsonScan::Event::TooDeep);
}

bool Framing::pay(std::size_t bytes) {
  if (bytes > credit_) return false;
  credit_ -= bytes;
  return true;
}

// Goes on behind a damaged unit that began at `bad_from` and could not be read at `damage`: at the next line if the
// unit had one, else at the next record of the same line, else behind that line.
void Framing::resume(std::size_t bad_from, std::size_t damage, bool try_same_line) {
  const std::string_view data = window_.data();
  mid_line_ = false;
  const auto line_end = data.substr(0, damage + 1).find('\n', bad_from);
  if (line_end != std::string_view::npos && (line_end == damage || pay(damage - line_end)))
    return consume(line_end + 1, count_newlines(data.substr(0, line_end + 1)));
  if (try_same_line && line_end == std::string_view::npos && resume_in_line(std::max(bad_from + 1, damage < 2 ? 0 : damage - 2)))
    return;
  consume(damage, count_newlines(window_.data().substr(0, damage)));
  discard_line();
}

bool Framing::resume_in_line(std::size_t from) {
  while (window_.data().size() < from + kLookAhead && window_.data().find('\n', from) == std::string_view::npos &&
         window_.more()) {}
  const std::string_view data = window_.data().substr(0, from + kLookAhead);
  const auto next = next_record(data, from);
  if (next == std::string_view::npos || data.substr(from, next - from).find('\n') != std::string_view::npos) return false;
  mid_line_ = true;
  consume(next, count_newlines(data.substr(0, next)));
  return true;
}

}  // namespace tunnelscope::input
