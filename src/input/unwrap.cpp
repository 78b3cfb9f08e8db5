// The order of the questions matters: a record is looked for before an envelope, because both may have `message`
// and `timestamp`; wrappers are known by their arrays, payloads by their base64 fields, streamed events by an object
// beside the word that says what kind of event it is.
#include "src/input/unwrap.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "src/input/bytes.hpp"
#include "src/input/containers/containers.hpp"
#include "src/input/dialects/session.hpp"
#include "src/input/framing.hpp"
#include "src/input/window.hpp"

namespace tunnelscope::input {
namespace {

// Base64, also without its padding and with the URL alphabet. False: it is not base64.
bool decode_base64(std::string_view text, std::string& bytes) {
  std::string standard(text);
  std::erase_if(standard, [](char c) { return c == '=' || c == '\n' || c == '\r' || c == ' '; });
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  if (standard.empty() || standard.size() > std::size_t{1} << 30) return false;
  bytes.resize(standard.size() / 4 * 3);
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(standard.data()),
                                     static_cast<int>(standard.size()));
  if (length < 0) return false;
  const auto padding = static_cast<std::size_t>(std::count(standard.end() - 3, standard.end(), '='));
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return true;
}

// What the scanner cannot see: numbers and escapes.
std::string_view reason_of(simdjson::error_code refusal) {
  switch (refusal) {
    case simdjson::UTF8_ERROR: return "invalid UTF-8";
    case simdjson::NUMBER_ERROR: return "malformed JSON: number unreadable or out of range";
    case simdjson::STRING_ERROR: return "malformed JSON: bad escape or lone surrogate in a string";
    default: return "malformed JSON";
  }
}

bool is_control_message(const Fields& fields) { return same_word(fields[Key::MessageType].text(), "CONTROL_MESSAGE"); }

constexpr int kWrapperDepth = 3;  // objects within an envelope that are searched for the name of a stream
constexpr std::string_view kAnalytics = "ANALYTICS";
constexpr std::string_view kGatewaysLog =
    "line of a gateway's own IKE log, not of AWS's: tunnelscope explain LINE says what it means";

// What follows the word ANALYTICS that begins `text` or stands before its first brace. Empty optional: there is no such.
std::optional<std::string_view> behind_analytics(std::string_view text) {
  if (text.starts_with(kAnalytics) && (text.size() == kAnalytics.size() || text[kAnalytics.size()] == ' '))
    return trim(text.substr(kAnalytics.size()));
  const auto brace = text.find('{');
  if (brace == std::string_view::npos) return {};
  const std::string_view before = text.substr(0, text.find_last_not_of(" \t", brace == 0 ? 0 : brace - 1) + 1);
  if (!before.ends_with(kAnalytics) || before.size() >= brace) return {};
  const auto word = before.size() - kAnalytics.size();
  if (word > 0 && before[word - 1] != ' ' && before[word - 1] != '\t') return {};
  return trim(text.substr(brace));
}

bool is_other_pangolin_kind(std::string_view kind) {
  for (const std::string_view other : {"request", "action", "access", "aiSession"})
    if (kind == other) return true;
  return false;
}

diag::Time time_or(const Fields& envelope, diag::Time otherwise) {
  for (const Key key : {Key::AtTimestamp, Key::Timestamp, Key::OtherTime})
    if (const auto parsed = time_of(envelope[key]); parsed.status == TimeStatus::Ok) return parsed.time;
  return otherwise;
}

// What collectors add about the container that wrote a line.
void set_pod(simdjson::dom::object kubernetes, Context& context) {
  context.source = member_of(kubernetes, "pod_name").text();
  for (const std::string_view name : {"container_name", "container_image", "pod_name"})
    context.connector = context.connector || is_connector(member_of(kubernetes, name).text());
}

// Docker's json-file driver: {"log":"...\n","stream":"stdout","time":"..."}.
bool is_docker_entry(const Fields& fields) {
  const std::string_view stream = fields.named("stream").text();
  return fields.named("log").is_text() && (stream == "stdout" || stream == "stderr");
}

bool is_connection_row(const FieldValue& value) {
  if (value.kind() != FieldValue::Kind::Object) return false;
  return member_of(value.object(), "sourceAddr").present() && member_of(value.object(), "destAddr").present();
}

// Of fields that `--query` chose: the others are numbers and the name of a stream.
bool is_message(simdjson::dom::element element) {
  return FieldValue(element).text().find_first_of(" {") != std::string_view::npos;
}

// A plain name gives way to the more special one that a value shows.
void specialise(Context& context, std::string_view name) {
  if (!context.container_certain) context.container = name;
  context.container_certain = true;
}

}  // namespace

// Room for one record at first; later parses enlarge it and keep the depth. Without memory the parses fail.
Unwrap::Level::Level() {
  constexpr std::size_t kUsualRecord = 4096;
  std::ignore = parser.allocate(kUsualRecord, JsonScan::kDeepest + 1);
}

Unwrap::Level* Unwrap::at(int level, const Context& context) {
  if (level >= kDeepest) {
    out_.skip("wrapped too many times", context);
    return nullptr;
  }
  while (levels_.size() <= static_cast<std::size_t>(level)) levels_.push_back(std::make_unique<Level>());
  return levels_[static_cast<std::size_t>(level)].get();
}

std::string_view Unwrap::fault_of(std::string_view text, int level) const {
  if (text.find('\0') != std::string_view::npos) return "NUL bytes";
  JsonScan scan;
  for (;;) {
    switch (scan.next(text)) {
      case JsonScan::Event::NeedMore:
      case JsonScan::Event::CutOff: return "truncated JSON";
      case JsonScan::Event::TooDeep: return "JSON nested too deep";
      case JsonScan::Event::Damage: return "malformed JSON";
      case JsonScan::Event::Done: return reason_of(levels_[static_cast<std::size_t>(level)]->refusal);
      default: break;
    }
  }
}

bool Unwrap::try_json(std::string_view text, const Context& context, int level) {
  Level* here = at(level, context);
  if (here == nullptr) return true;
  simdjson::dom::element root;
  here->refusal = here->parser.parse(text.data(), text.size(), false).get(root);
  if (here->refusal != simdjson::SUCCESS) return false;
  value(root, context, level);
  return true;
}

void Unwrap::json(std::string_view text, const Context& context, int level) {
  if (!try_json(text, context, level)) out_.skip(fault_of(text, level), context);
}

void Unwrap::value(simdjson::dom::element element, const Context& context, int level) {
  const FieldValue value(element);
  switch (value.kind()) {
    case FieldValue::Kind::Object: return object(value.object(), context, level);
    case FieldValue::Kind::Array: return array(value.array(), context, level + 1);
    case FieldValue::Kind::Text: return message(value.text(), context, level + 1);
    default: return out_.skip(kNotVpn, context);
  }
}

void Unwrap::object(simdjson::dom::object object, const Context& context, int level) {
  Level* here = at(level, context);
  if (here == nullptr) return;
  here->fields.clear();
  here->fields.set(object);
  fields(here->fields, context, level);
}

// An Insights row is an array of {field, value}; any other array holds values.
void Unwrap::array(simdjson::dom::array array, const Context& context, int level) {
  Level* here = at(level, context);
  if (here == nullptr) return;
  here->fields.clear();
  bool row = false;
  for (const auto element : array) {
    simdjson::dom::object cell;
    std::string_view field;
    if (element.get_object().get(cell) != simdjson::SUCCESS || cell["field"].get(field) != simdjson::SUCCESS) break;
    row = true;
    simdjson::dom::element content;
    if (cell["value"].get(content) == simdjson::SUCCESS)
      here->fields.set_cell(name_index(field), key_named(field), FieldValue(content));
  }
  if (row) {
    Context inner = context;
    specialise(inner, container::kInsightsJson);
    return fields(here->fields, inner, level);
  }
  Context inner = context;
  const bool chosen = chosen_fields(array, inner);
  for (const auto element : array)
    if (!chosen || is_message(element)) value(element, inner, level + 1);
}

// `--query 'events[].[timestamp,logStreamName,message]'` makes arrays of scalars, a time among them, in any order. Lays what
// they say over `context`. False: it is another array.
bool Unwrap::chosen_fields(simdjson::dom::array array, Context& context) {
  bool timed = false, says_something = false;
  for (const auto element : array) {
    const FieldValue value(element);
    if (value.kind() == FieldValue::Kind::Object || value.kind() == FieldValue::Kind::Array) return false;
    says_something = says_something || is_message(element);
    if (value.is_text()) continue;
    const ParsedTime parsed = time_of(value);
    if (parsed.status != TimeStatus::Ok) return false;
    if (!timed) context.time = parsed.time;
    timed = true;
  }
  if (!timed || !says_something) return false;
  for (const auto element : array)
    if (const FieldValue value(element); value.is_text() && !is_message(element)) context.stream = stream_identity(value.text());
  return true;
}

void Unwrap::fields(Fields& fields, const Context& context, int level) {
  if (is_control_message(fields)) {
    out_.container(context.container_certain ? context.container : container::kSubscription);
    return out_.skip("control message", context);
  }
  const FieldValue& row_message = fields[Key::AtMessage];
  if (row_message.is_text()) return message(row_message.text(), inside(fields, context), level + 1);
  if (row_message.kind() == FieldValue::Kind::Object) return object(row_message.object(), inside(fields, context), level + 1);
  if (wrappers(fields, context, level) || dialects(fields, context, level) ||
      session_envelope(fields, context, level) || payloads(fields, context, level) || envelope(fields, context, level))
    return;
  Level* here = context.connector ? at(level, context) : nullptr;
  if (here == nullptr) return out_.skip(kNotVpn, context);
  here->scratch.clear();
  read_connector_object(fields, context, out_, here->scratch);
}

// Cells are texts: they wrap nothing but in a message, and most rows are records.
void Unwrap::row(Fields& fields, const Context& context, int level) {
  const bool is_record = !fields.has(Key::MessageType) && !fields.has(Key::AtMessage) && dialects(fields, context, level);
  if (!is_record) this->fields(fields, context, level);
}

bool Unwrap::dialects(Fields& fields, const Context& context, int level) {
  for (const DialectRow& dialect : kDialects) {
    if (!dialect.recognise(fields)) continue;
    if (seen_ != nullptr) seen_->see(dialect, fields, context);
    if (fields[Key::Message].kind() == FieldValue::Kind::Object)
      fields.set(fields[Key::Message].object());
    const bool in_row = fields.has(Key::LogStream) || fields.has(Key::AtTimestamp);
    Level* here = at(level, context);
    if (here == nullptr) return true;
    here->scratch.clear();
    fields.open_objects();
    dialect.read(fields, in_row ? inside(fields, context) : context, out_, here->scratch);
    return true;
  }
  return false;
}

bool Unwrap::wrappers(Fields& fields, const Context& context, int level) {
  for (const Wrapper& row : kWrappers) {
    if (fields[row.array].kind() != FieldValue::Kind::Array) continue;
    const Header header = header_of(fields, row.array, context);
    if (header.skip) return true;
    for (const auto element : fields[row.array].array())
      value(element, header.context, level + 1);
    return true;
  }
  if (fields[Key::SessionUpdate].kind() != FieldValue::Kind::Object) return false;
  value(fields[Key::SessionUpdate].element(), context, level + 1);
  return true;
}

Unwrap::Header Unwrap::header_of(const Fields& shell, Key array, const Context& context) {
  Header header{context, is_control_message(shell)};
  for (const Wrapper& row : kWrappers) {
    if (row.array != array || !row.applies(shell)) continue;
    specialise(header.context, row.name);
    break;
  }
  if (shell[Key::LogStream].is_text()) header.context.stream = named_stream(shell[Key::LogStream].text());
  // Kinesis events for Lambda and get-log-events are told by their elements: the first one names them.
  const bool told_by_element = header.context.container == container::kFirehose ||
                               header.context.container == container::kFilterLogEvents;
  if (header.skip || !told_by_element) out_.container(header.context.container);
  if (header.skip) out_.skip("control message", context);
  return header;
}

Unwrap::Header Unwrap::header(std::string shell, Key array, const Context& context, int level) {
  Header nothing_said{context, false};
  Level* here = at(level, context);
  if (here == nullptr) return nothing_said;
  here->text = std::move(shell);
  const std::size_t length = here->text.size();
  here->text.resize(length + simdjson::SIMDJSON_PADDING);
  simdjson::dom::object object;
  here->fields.clear();
  if (here->parser.parse(here->text.data(), length, false).get_object().get(object) == simdjson::SUCCESS)
    here->fields.set(object);
  return header_of(here->fields, array, context);
}

// Events that name their kind beside an object, a page of Pangolin's API, and an entry of the journal.
bool Unwrap::session_envelope(const Fields& fields, const Context& context, int level) {
  Context inner = context;
  const auto descend = [&](const FieldValue& value, std::string_view name) {
    if (!name.empty()) specialise(inner, name);
    this->value(value.element(), inner, level + 1);
    return true;
  };
  const auto refuse = [&](std::string_view reason) { return out_.skip(reason, context), true; };
  const FieldValue &data = fields[Key::Data], &event = fields[Key::Event], &payload = fields[Key::Payload];
  if (data.kind() == FieldValue::Kind::Object && member_of(data.object(), "log").kind() == FieldValue::Kind::Array)
    return pangolin_page(data, context, level), true;
  if (data.kind() == FieldValue::Kind::Object && event.is_text()) {
    if (is_other_pangolin_kind(event.text())) return refuse(kOtherPangolinEvent);
    inner.time = time_or(fields, inner.time);
    return descend(data, container::kPangolinStream);
  }
  if (payload.kind() == FieldValue::Kind::Object && fields[Key::Type].is_text()) {
    if (is_other_pangolin_kind(fields[Key::Type].text())) return refuse(kOtherPangolinEvent);
    inner.time = time_or(fields, inner.time);
    return descend(payload, container::kPangolinStream);
  }
  if (event.kind() == FieldValue::Kind::Object) {
    const std::string_view kind = fields[Key::EventType].text();
    if (!kind.empty() && kind != "network_access") return refuse(kOtherTwingateEvent);
    const bool pangolin = fields[Key::Inner].text() == "pangolin";
    if (pangolin && !is_connection_row(event)) return refuse(kOtherPangolinEvent);
    if (!inner.stream.known() && fields.object() != nullptr) inner.stream = stream_beside(*fields.object(), event, 0);
    inner.time = time_or(fields, inner.time);
    return descend(event, pangolin ? container::kPangolinStream : kind.empty() ? "" : container::kTwingateSync);
  }
  if (fields[Key::Error].yes() && fields[Key::Message].text().starts_with("Export limit exceeded"))
    return refuse("Pangolin refused the export: it holds more rows than its limit, so choose a shorter time range");
  if (!fields.has(Key::RealtimeTimestamp)) return false;
  return journal_entry(fields, context, level), true;
}

void Unwrap::pangolin_page(const FieldValue& data, const Context& context, int level) {
  Context inner = context;
  specialise(inner, container::kPangolinApi);
  out_.container(inner.container);
  const simdjson::dom::array rows = member_of(data.object(), "log").array();
  const FieldValue page = member_of(data.object(), "pagination");
  if (page.kind() == FieldValue::Kind::Object) {
    const auto number = [&](std::string_view name) {
      return static_cast<std::uint64_t>(std::max<std::int64_t>(number_of(member_of(page.object(), name)).value_or(0), 0));
    };
    out_.page(diag::System::Pangolin, number("offset"), rows.size(), number("total"));
  }
  for (const auto row : rows) value(row, inner, level + 1);
}

// `journalctl -o json`: a message that is no UTF-8 is an array of its bytes.
void Unwrap::journal_entry(const Fields& fields, const Context& context, int level) {
  Context inner = context;
  specialise(inner, container::kJournaldJson);
  inner.source = fields.named("_HOSTNAME").text();
  for (const Name name : std::initializer_list<Name>{"SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "CONTAINER_NAME", "_COMM"})
    inner.connector = inner.connector || is_connector(fields.named(name).text());
  if (const auto microseconds = number_of(fields[Key::RealtimeTimestamp])) {
    const auto parsed = time_of(*microseconds / 1000);
    if (parsed.status == TimeStatus::Ok) inner.time = parsed.time;
  }
  const FieldValue& text = fields[Key::Message];
  if (text.is_text()) return message(text.text(), inner, level + 1);
  if (text.kind() != FieldValue::Kind::Array) return out_.skip("no message text", context);
  std::string bytes;
  for (const auto element : text.array())
    if (const auto byte = number_of(FieldValue(element)); byte && *byte >= 0 && *byte < 256)
      bytes += static_cast<char>(*byte);
  message(bytes, inner, level + 1);
}

bool Unwrap::payloads(Fields& fields, const Context& context, int level) {
  for (const Payload& row : kPayloads) {
    const FieldValue& field = fields[row.key];
    std::string_view base64 = field.text();
    if (field.kind() == FieldValue::Kind::Object &&
        field.element()["data"].get_string().get(base64) != simdjson::SUCCESS)
      continue;
    if (base64.empty()) continue;
    Context inner = context;
    if (row.key == Key::Kinesis && inner.container == container::kFirehose) inner.container = row.name;
    specialise(inner, row.name);
    payload(base64, inner, level + 1);
    return true;
  }
  return false;
}

void Unwrap::payload(std::string_view base64, const Context& context, int level) {
  if (at(level, context) == nullptr) return;
  std::string bytes;
  if (!decode_base64(base64, bytes)) return message(base64, context, level);
  const auto source = decoded(memory_source(bytes));
  Window window(*source);
  Skeletons skeletons;
  Framing framing(window, skeletons, *this, out_, context, level, true);
  framing.read();
  if (const auto problem = source->problem(); !problem.empty()) out_.skip(problem, context);
}

Context Unwrap::inside(const Fields& fields, const Context& context) {
  Context inner = context;
  if (fields[Key::LogStream].is_text()) inner.stream = named_stream(fields[Key::LogStream].text());
  inner.time = time_or(fields, inner.time);
  if (fields[Key::Kubernetes].kind() == FieldValue::Kind::Object) set_pod(fields[Key::Kubernetes].object(), inner);
  return inner;
}

Context Unwrap::inside(const ServicePrefix& prefix, const Context& context) {
  Context inner = context;
  if (prefix.length == 0) return inner;
  if (prefix.time.status == TimeStatus::Ok) (prefix.yearless ? inner.yearless : inner.time) = prefix.time.time;
  if (!prefix.host.empty()) inner.source = host_ = prefix.host;
  inner.connector = inner.connector || is_connector(prefix.program);
  if (!inner.container_certain && !prefix.container.empty()) {
    inner.container = prefix.container;
    inner.container_certain = true;
  }
  return inner;
}

bool Unwrap::envelope(Fields& fields, const Context& context, int level) {
  for (const Key key : {Key::Message, Key::OtherMessage, Key::Inner}) {
    const FieldValue& field = fields[key];
    if (!field.is_text() && field.kind() != FieldValue::Kind::Object) continue;
    Context inner = inside(fields, context);
    const bool stream = fields[Key::LogStream].is_text();
    if (!stream && !inner.stream.known() && fields.object() != nullptr) inner.stream = stream_beside(*fields.object(), field, kWrapperDepth);
    if (stream && (inner.container == container::kNdjson || inner.container == container::kJson))
      specialise(inner, container::kLiveTail);
    if (!stream && inner.container == container::kFilterLogEvents) inner.container = container::kGetLogEvents;
    if (key == Key::OtherMessage && is_docker_entry(fields)) specialise(inner, container::kDockerJson);
    if (field.is_text()) message(field.text(), inner, level + 1);
    else value(field.element(), inner, level + 1);
    return true;
  }
  return false;
}

// Collectors file the name of the stream as they like ("source", "aws.cloudwatch.log_stream"): it is told by its form.
Identity Unwrap::stream_beside(simdjson::dom::object object, const FieldValue& message, int depth) {
  for (const auto member : object) {
    const FieldValue value(member.value);
    Identity found;
    if (value.is_text() && value.text().data() != message.text().data()) found = stream_identity(value.text());
    if (value.kind() == FieldValue::Kind::Object && message.is_text() && depth > 0) found = stream_beside(value.object(), message, depth - 1);
    if (found.known()) return found;
  }
  return {};
}

void Unwrap::message(std::string_view text, const Context& context, int level) {
  Level* here = at(level, context);
  if (here == nullptr) return;
  text = trim(text);
  if (text.empty()) return out_.skip("empty message", context);
  Context inner = context;
  auto from = text.find('{');
  if (text[0] == '[' || text[0] == '"') from = 0;
  const ServicePrefix service = from == 0 ? ServicePrefix{} : service_prefix(text);
  if (from != 0 && from != std::string_view::npos) {
    const LinePrefix prefix = line_prefix(text);
    if (prefix.found && prefix.length == from) {
      if (inner.time == diag::kNoTime) inner.time = prefix.time.parsed.time;
      if (!inner.stream.known() && !prefix.stream.empty()) inner.stream = named_stream(prefix.stream);
    } else if (service.length == from) {
      inner = inside(service, context);
    } else {
      from = std::string_view::npos;
    }
  }
  if (from != std::string_view::npos) {
    if (try_copy(text.substr(from), inner, level)) return;
    if (text[from] == '{') return out_.skip(fault_of(text.substr(from), level), inner);
  }
  if (!service_line(text, service, context, level)) any_text(text, text, service, inner, level);
}

void Unwrap::any_text(std::string_view text, std::string_view own, const ServicePrefix& service, const Context& context, int level) {
  if (const auto row = event_row(text)) {
    Context inner = context;
    if (!row->stream.empty()) inner.stream = named_stream(row->stream);
    inner.time = row->time;
    inner.container = row->container;
    inner.container_certain = true;
    return message(row->message, inner, level + 1);
  }
  if (is_of_ike_daemon(text, service)) return out_.skip(kGatewaysLog, context);
  if (record_behind_prefix(own, context, level)) return;
  if (!read_text(own, context, out_)) out_.skip(kNotVpn, context);
}

// The prefix may be anything (a pod, the name of a file, a quotation mark): it says at most whose log this is. What stands
// behind the object says nothing. False: there is no object, or it belongs to a message of text.
bool Unwrap::record_behind_prefix(std::string_view text, const Context& context, int level) {
  const auto from = text.find("{\"");
  if (from == std::string_view::npos || begins_message(text.substr(0, from))) return false;
  if (from > 0 && text.substr(from - 1).starts_with("\"{\"\"")) return record_in_cell(text, from, context, level);
  JsonScan scan;
  auto event = scan.next(text.substr(from));
  while (event < JsonScan::Event::Done && event != JsonScan::Event::NeedMore) event = scan.next(text.substr(from));
  Context inner = context;
  if (!inner.stream.known()) inner.stream = stream_identity(text.substr(0, from));
  if (event == JsonScan::Event::NeedMore) return out_.skip("truncated JSON", inner), true;
  return event == JsonScan::Event::Done && try_copy(text.substr(from, scan.position()), inner, level);
}

// A row of a table without its header: in a quoted cell each quotation mark stands twice.
bool Unwrap::record_in_cell(std::string_view text, std::size_t from, const Context& context, int level) {
  std::string json;
  std::size_t at = from;
  for (; at < text.size(); ++at) {
    if (text[at] == '"' && !text.substr(at + 1).starts_with('"')) break;
    json += text[at];
    if (text[at] == '"') ++at;
  }
  Context inner = context;
  for (const std::string_view other : {text.substr(0, from), text.substr(std::min(at, text.size()))})
    if (!inner.stream.known()) inner.stream = stream_identity(other);
  if (at == text.size()) return out_.skip("truncated JSON", inner), true;
  return try_copy(json, inner, level);
}

bool Unwrap::try_copy(std::string_view json, const Context& context, int level) {
  Level* here = at(level, context);
  if (here == nullptr) return true;
  here->text.assign(json);
  here->text.resize(json.size() + simdjson::SIMDJSON_PADDING);
  return try_json(std::string_view(here->text).substr(0, json.size()), context, level);
}

bool Unwrap::service_line(std::string_view text, const ServicePrefix& behind, const Context& context, int level) {
  Level* here = at(level, context);
  if (here == nullptr) return true;
  const Context inner = inside(behind, context);
  const std::string_view line = trim(text.substr(behind.length));
  if (const auto json = behind_analytics(line)) return analytics(*json, inner, level), true;
  for (const TextDialect& dialect : kTextDialects) {
    here->scratch.clear();
    if (dialect.read(line, inner, out_, here->scratch)) return true;
  }
  return false;
}

// One object; where a line break is missing, several, each behind a word of its own.
void Unwrap::analytics(std::string_view json, const Context& context, int level) {
  if (json.starts_with('{') && try_copy(json, context, level)) return;
  for (;;) {
    const auto next = json.find("ANALYTICS {", 1);
    const std::string_view one = trim(json.substr(0, next));
    const bool object = one.starts_with('{');
    const bool cut_off = one.empty() || (object && fault_of(one, level) == "truncated JSON");
    if (!object || !try_copy(one, context, level))
      out_.skip(cut_off ? "truncated JSON after ANALYTICS" : "malformed JSON after ANALYTICS", context);
    if (next == std::string_view::npos) return;
    json.remove_prefix(next + kAnalytics.size() + 1);
  }
}

Identity Unwrap::stream_identity(std::string_view text) {
  const Identity found = named_stream(text);
  return found.known() ? found : Identity();
}

Identity Unwrap::named_stream(std::string_view name) {
  if (name != last_stream_) {
    last_stream_ = name;
    last_identity_ = identity_of_stream(name);
  }
  return last_identity_;
}

}  // namespace tunnelscope::input
