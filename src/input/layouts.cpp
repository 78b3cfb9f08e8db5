// First all values are located, then they are understood: a line that does not fit has changed nothing.
#include "src/input/layouts.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "diag/bytes.hpp"
#include "src/input/containers/containers.hpp"
#include "src/input/timestamps.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::size_t kMostDigits = 18;
constexpr std::size_t kLongestLine = std::size_t{1} << 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The text that JSON's short escapes stand for. False: another escape.
bool unescape(std::string_view raw, std::string& text) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  text.clear();
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\') {
      text += raw[at];
      continue;
    }
    const auto escape = ++at < raw.size() ? kEscapes.find(raw[at]) : std::string_view::npos;
    if (escape == std::string_view::npos) return false;
    text += kMeanings[escape];
  }
  return true;
}

// "2026-03-01T00:00:00", "." and a fraction or nothing, "Z". Times of one form and length are prefixes of one kind.
bool has_time_form(std::string_view time) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  constexpr std::size_t kLongest = 30;
  if (time.size() <= kForm.size() || time.size() > kLongest || time.back() != 'Z') return false;
  for (std::size_t i = 0; i + 1 < time.size(); ++i) {
    const char wanted = i < kForm.size() ? kForm[i] : i == kForm.size() ? '.' : '0';
    if (wanted == '0' ? !is_digit(time[i]) : time[i] != wanted) return false;
  }
  return time.size() != kForm.size() + 2;
}

bool reads_sessions(const DialectRow& row) {
  return row.dialect == diag::Dialect::AwsClientVpn || row.dialect == diag::Dialect::CloudConnexa ||
         row.dialect == diag::Dialect::Pangolin || row.dialect == diag::Dialect::Twingate;
}

// Keys whose words say what kind of record it is; all that recognises a record is these words, and which other fields it has.
bool tells_the_kind(Key key) {
  return key == Key::ConnectionLogType || key == Key::EventType || key == Key::Event || key == Key::Status;
}

// An object as a text, whose members count as fields.
bool may_be_object(NameIndex name, std::string_view text) {
  return text.starts_with('{') && name != kNoName && kNames.rows[name].has_members;
}

const DialectRow* dialect_of(const Fields& fields) {
  const auto row = std::find_if(kDialects.begin(), kDialects.end(), [&](const DialectRow& r) { return r.recognise(fields); });
  return row == kDialects.end() ? nullptr : &*row;
}

}  // namespace

// Many bytes at a time: where the run of plain characters of a JSON string ends that begins at `at`, which is at a quote, an
// escape, a control character or a byte outside ASCII; where a run of digits does; and whether `size` bytes are the same.
// What is looked at may reach 32 bytes further. `usual`: how long the run probably is. Where that is right, nothing has to
// wait for its length to be found out.
struct Layouts::Narrow {
  static const char* plain_end(const char* at, const char* end, std::uint32_t = 0) {
#if defined(__x86_64__)
    for (; at < end; at += 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
      const __m128i escape = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
      const __m128i outside = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));  // signed: above ASCII too
      const int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, escape), outside));
      if (found != 0) return std::min(end, at + std::countr_zero(static_cast<unsigned>(found)));
    }
    return end;
#else
    while (at < end && *at != '"' && *at != '\\' && static_cast<signed char>(*at) >= 0x20) ++at;
    return at;
#endif
  }
  static const char* digits_end(const char* at, const char* end, std::uint32_t) {
    while (at < end && is_digit(*at)) ++at;
    return at;
  }
  static bool same(const char* a, const char* b, std::size_t size) { return diag::same_bytes(a, b, size); }
};

// Finds the end of the text that begins where `raw` does. nullptr: it has none that could be understood; the same below.
const char* Layouts::locate_odd_text(const Layout& layout, const Slot& slot, Raw& raw, const char* end) {
  const char* at = Narrow::plain_end(raw.from, end);
  const Escaped& known = layout.escaped[static_cast<std::size_t>(&slot - layout.slots.data())];
  const std::size_t length = known.raw.size();
  const bool is_known = length > 0 && length < static_cast<std::size_t>(end - raw.from) && raw.from[length] == '"' &&
                        std::memcmp(raw.from, known.raw.data(), length) == 0;
  raw.escaped = is_known;
  if (is_known) at = raw.from + length;
  while (at < end && *at != '"') {
    if (static_cast<unsigned char>(*at) < 0x20 || at + 2 > end) return nullptr;
    raw.escaped = raw.escaped || *at == '\\';
    raw.foreign = raw.foreign || *at != '\\';
    at = Narrow::plain_end(at + (*at == '\\' ? 2 : 1), end);
  }
  return at < end ? at : nullptr;
}

const char* Layouts::locate_odd_number(Raw& raw, const char* end) {
  const char* at = raw.from;
  if (at < end && *at == '-') ++at;
  const char* const digits = at;
  while (at < end && is_digit(*at)) ++at;
  const auto count = static_cast<std::size_t>(at - digits);
  return count == 0 || count > kMostDigits || (*digits == '0' && at - raw.from > 1) ? nullptr : at;
}

// Where the value of a slot ends that begins at `at`; nullptr: it has no end that is seen at once.
template <class Blocks>
[[gnu::always_inline]] inline const char* Layouts::plain_value_end(const Slot& slot, const char* at, const char* end) {
  if (slot.kind == Kind::LineTime) return at + slot.length;
  if (slot.kind == Kind::Number) {
    const char* const to = Blocks::digits_end(at, end, slot.length);
    const bool plain = to > at && (*at != '0' || to == at + 1) && to <= at + kMostDigits;
    return plain ? to : nullptr;
  }
  const char* const to = Blocks::plain_end(at, end, slot.length);
  return *to == '"' ? to : nullptr;
}

// The same for any value, which becomes `raw`; nullptr: it could not be understood.
template <class Blocks>
[[gnu::always_inline]] inline const char* Layouts::locate_value(const Layout& layout, Slot& slot, Raw& raw, const char* at, const char* end) {
  const char* to = plain_value_end<Blocks>(slot, at, end);
  raw = {at, 0, false, false};
  if (to == nullptr) to = slot.kind == Kind::Number ? locate_odd_number(raw, end) : locate_odd_text(layout, slot, raw, end);
  if (to != nullptr) raw.length = slot.length = static_cast<std::uint32_t>(to - at);
  return to;
}

// Finds all values of the line. Returns its length with its end; 0: it has another layout.
template <class Blocks>
[[gnu::always_inline]] inline std::size_t Layouts::locate_by(Layout& layout, std::string_view data) {
  const char* at = located_ == 0 ? data.data() : places_[located_];
  const char* const end = data.data() + std::min(data.size(), kLongestLine);
  for (; located_ < layout.slots.size(); ++located_) {
    places_[located_] = at;
    Slot& slot = layout.slots[located_];
    const auto rest = static_cast<std::size_t>(end - at);
    if (at > end || rest < slot.before_length) return 0;
    if (!Blocks::same(at, layout.literals.data() + slot.before_at, slot.before_length)) return 0;
    at = locate_value<Blocks>(layout, slot, values_[located_], at + slot.before_length, end);
    if (at == nullptr) return 0;
  }
  places_[located_] = at;
  const auto rest = static_cast<std::size_t>(end - at);
  if (at > end || rest < layout.end.size() || !diag::same_bytes(at, layout.end.data(), layout.end.size())) return 0;
  return static_cast<std::size_t>(at - data.data()) + layout.end.size();
}

// Finds the version of a run whose bytes stand there. False: none that is known.
bool Layouts::find_version(Run& run, const char* at, const char* end) {
  const auto found = std::find_if(run.versions.begin(), run.versions.end(), [&](const Version& version) {
    return end - at >= static_cast<std::ptrdiff_t>(version.size()) && diag::same_bytes(at, version.bytes.data(), version.size());
  });
  if (found == run.versions.end()) return false;
  run.found = &*found;
  run.bytes = found->bytes.data();
  run.size = static_cast<std::ptrdiff_t>(found->size());
  return true;
}

// Whether the bytes at `at` are the run as it was found last.
template <class Blocks>
[[gnu::always_inline]] inline bool Layouts::is_at(const Run& run, const char* at, const char* end) {
  return end - at >= run.size && Blocks::same(at, run.bytes, static_cast<std::size_t>(run.size));
}

// Finds the values that vary of a line that is made of known runs otherwise. Returns its length with its end; 0: it is not.
// `before` may be a layout that has just been tried: where both have the same slots, it has found the values.
template <class Blocks>
[[gnu::always_inline]] inline std::size_t Layouts::locate_usual_by(Layout& layout, const Layout* before, std::string_view data) {
  const char* at = data.data();
  const char* const end = at + std::min(data.size(), kLongestLine);
  Run* run = layout.runs.data();
  const auto failed = [&] { return layout.located = static_cast<std::size_t>(run - layout.runs.data()), std::size_t{0}; };
  if (before != nullptr) {
    const std::size_t common = layout.common[before->index];
    const Run* known = before->runs.data();
    for (const Run* const behind = known + before->located; known < behind && run->behind == known->behind && run->behind < common; ++known, ++run) {
      if (!is_at<Blocks>(*run, at, end) && !find_version(*run, at, end)) return failed();
      run->value = known->value;
      at = run->value.from + run->value.length;
    }
  }
  for (;;) {
    // As far as all is usual, without calls: what bytes are compared with stays in registers.
    bool known = true;
    while ((known = is_at<Blocks>(*run, at, end))) {
      at += run->size;
      if (run->slot == nullptr) return static_cast<std::size_t>(at - data.data());
      const char* const to = plain_value_end<Blocks>(*run->slot, at, end);
      if (to == nullptr) break;
      run->value = {at, static_cast<std::uint32_t>(to - at), false, false};
      run->slot->length = run->value.length;
      at = to;
      ++run;
    }
    if (!known && find_version(*run, at, end)) continue;
    at = known ? locate_value<Blocks>(layout, *run->slot, run->value, at, end) : nullptr;
    if (at == nullptr) return failed();
    ++run;
  }
}

#if defined(__x86_64__)

// For processors with AVX2, which most have since 2015.
struct Layouts::Wide {
  [[gnu::target("avx2,bmi,bmi2")]] static __m256i block(const char* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  // Behind `at` by as many bytes as there are before the first bit of `found`.
  [[gnu::target("avx2,bmi,bmi2")]] static const char* first(unsigned found, const char* at, const char* end, std::uint32_t usual) {
    if (usual < 32 && _bzhi_u32(found, usual + 1) == 1U << usual) return at + usual;
    return std::min(end, at + std::countr_zero(found));
  }
  [[gnu::target("avx2,bmi,bmi2")]] static const char* plain_end(const char* at, const char* end, std::uint32_t usual) {
    for (; at < end; at += 32, usual -= 32) {
      const __m256i bytes = block(at);
      const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
      const __m256i escape = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
      const __m256i outside = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
      const auto found = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, escape), outside)));
      if (found != 0) return first(found, at, end, usual);
    }
    return end;
  }
  [[gnu::target("avx2,bmi,bmi2")]] static const char* digits_end(const char* at, const char* end, std::uint32_t usual) {
    const __m256i values = _mm256_sub_epi8(block(at), _mm256_set1_epi8('0'));
    const __m256i digits = _mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)), values);
    const auto found = ~static_cast<unsigned>(_mm256_movemask_epi8(digits));
    return found == 0 ? std::min(end, at + 32) : first(found, at, end, usual);
  }
  [[gnu::target("avx2,bmi,bmi2")]] static bool same(const char* a, const char* b, std::size_t size) {
    for (; size > 32; size -= 32, a += 32, b += 32)
      if (_mm256_movemask_epi8(_mm256_cmpeq_epi8(block(a), block(b))) != -1) return false;
    const auto same = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block(a), block(b))));
    return _bzhi_u32(~same, static_cast<unsigned>(size)) == 0;
  }
};

namespace {
const bool kHasWide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0;
}  // namespace

[[gnu::target("avx2,bmi,bmi2")]] std::size_t Layouts::locate_wide(Layout& layout, std::string_view data) {
  return locate_by<Wide>(layout, data);
}

[[gnu::target("avx2,bmi,bmi2")]] std::size_t Layouts::locate_usual_wide(Layout& layout, const Layout* before, std::string_view data) {
  return locate_usual_by<Wide>(layout, before, data);
}

std::size_t Layouts::locate(Layout& layout, std::string_view data) {
  return kHasWide ? locate_wide(layout, data) : locate_by<Narrow>(layout, data);
}

std::size_t Layouts::locate_usual(Layout& layout, const Layout* before, std::string_view data) {
  return kHasWide ? locate_usual_wide(layout, before, data) : locate_usual_by<Narrow>(layout, before, data);
}

#else

std::size_t Layouts::locate(Layout& layout, std::string_view data) { return locate_by<Narrow>(layout, data); }
std::size_t Layouts::locate_usual(Layout& layout, const Layout* before, std::string_view data) { return locate_usual_by<Narrow>(layout, before, data); }

#endif

void Layouts::Seen::see(const DialectRow& row, const Fields& fields, const Context& given) {
  ++dialects;
  if (dialects > 1 || !reads_sessions(row) || fields.object() == nullptr) return;
  dialect = &row;
  context = given;
  object = simdjson::minify(*fields.object());
}

std::size_t Layouts::read(std::string_view data, std::uint64_t line, Recorder& out) {
  const Layout* before = nullptr;
  for (std::size_t tried = 0; tried < layouts_.size(); ++tried) {
    Layout& layout = layout_at(tried);
    if (!layout.settled) continue;
    const std::size_t length = locate_usual(layout, before, data);
    before = &layout;
    if (length == 0) continue;
    if (!take_usual_values(layout)) return 0;
    last_ = index_at(tried);
    give(layout, line, out);
    return length;
  }
  located_ = 0;
  for (std::size_t tried = 0; tried < layouts_.size(); ++tried) {
    Layout& layout = layout_at(tried);
    if (tried > 0) located_ = std::min<std::size_t>(located_, layout.common[index_at(tried - 1)]);
    const std::size_t length = locate(layout, data);
    if (length == 0) continue;
    if (!take_values(layout)) return 0;
    last_ = index_at(tried);
    study(layout, data.data() + length);
    give(layout, line, out);
    return length;
  }
  return 0;
}

void Layouts::give(Layout& layout, std::uint64_t line, Recorder& out) {
  layout.context.line = line;
  scratch_.clear();
  layout.dialect->read(layout.fields, layout.context, out, scratch_);
}

// Of a line just read, whose values are in the layout's fields: what was new in it. Each line tells something that can be new
// but a few times: a value of a slot, a version of a run, or that there are too many of them.
void Layouts::study(Layout& layout, const char* line_end) {
  constexpr std::size_t kLongestStudied = 8192;
  if (static_cast<std::size_t>(line_end - places_[0]) > kLongestStudied) return;
  bool other = layout.runs.empty();
  for (std::size_t i = 0; i < layout.slots.size(); ++i) {
    Slot& slot = layout.slots[i];
    if (slot.varies || learn_few(layout.few[i], values_[i].text())) continue;
    slot.varies = other = true;
  }
  if (other) lay_runs(layout);
  for (Run& run : layout.runs) {
    if (learn_version(layout, run, line_end)) continue;
    let_one_vary(layout, run);
    return lay_runs(layout);
  }
  layout.settled = true;
}

// False: there are too many of them.
bool Layouts::learn_few(std::vector<std::string>& few, std::string_view value) {
  constexpr std::size_t kLongestFew = 512;
  if (std::find(few.begin(), few.end(), value) != few.end()) return true;
  if (few.size() == kFew || value.size() > kLongestFew) return false;
  few.emplace_back(value);
  return true;
}

void Layouts::lay_runs(Layout& layout) {
  const auto begin = [&](std::size_t first) {
    layout.runs.emplace_back();
    layout.runs.back().first = first;
  };
  layout.settled = false;
  layout.runs.clear();
  begin(0);
  for (std::size_t i = 0; i < layout.slots.size(); ++i) {
    layout.runs.back().behind = i;
    if (!layout.slots[i].varies) continue;
    layout.runs.back().slot = &layout.slots[i];
    begin(i + 1);
  }
  layout.runs.back().behind = layout.slots.size();
}

// From the line just read. False: there are too many of them.
bool Layouts::learn_version(Layout& layout, Run& run, const char* line_end) {
  const char* const from = run.first == 0 ? places_[0] : values_[run.first - 1].from + values_[run.first - 1].length;
  const char* const to = run.behind == layout.slots.size() ? line_end : values_[run.behind].from;
  const std::string_view bytes(from, static_cast<std::size_t>(to - from));
  const auto same = [&](const Version& version) { return std::string_view(version.bytes).substr(0, version.size()) == bytes; };
  if (std::any_of(run.versions.begin(), run.versions.end(), same)) return true;
  if (run.versions.size() == kFew) return false;
  Version version{std::string(bytes) + std::string(kAhead, '\0'), {}};
  for (std::size_t i = run.first; i < run.behind; ++i) {
    const Raw& raw = values_[i];
    version.values.push_back({static_cast<std::uint32_t>(raw.from - from), raw.length, {}});
    if (raw.escaped) version.values.back().meaning = layout.slots[i].value->text();
  }
  if (run.versions.empty()) run.versions.reserve(kFew);  // where they are from now on
  run.versions.push_back(std::move(version));
  find_version(run, from, line_end);
  return true;
}

// The slot of the run that had most values.
void Layouts::let_one_vary(Layout& layout, const Run& run) {
  std::size_t most = run.first;
  for (std::size_t i = run.first; i < run.behind; ++i)
    if (layout.few[i].size() > layout.few[most].size()) most = i;
  layout.slots[most].varies = true;
}

// What a text with escapes or bytes outside ASCII says. False: it is not understood here, or is no text at all.
bool Layouts::understand(Escaped& escaped, const Raw& raw, std::string_view& text) {
  text = {raw.from, raw.length};
  if (raw.foreign && !simdjson::validate_utf8(text.data(), text.size())) return false;
  if (!raw.escaped) return true;
  if (text != escaped.raw) {
    escaped.raw.clear();
    if (!unescape(text, escaped.meaning)) return false;
    escaped.raw = text;
  }
  text = escaped.meaning;
  return true;
}

// Puts the values into the layout's fields and context. False: one of them is not understood here.
bool Layouts::take_values(Layout& layout) {
  for (Run& run : layout.runs) run.applied = nullptr;
  const Raw* raw = values_.data();
  for (const Slot& slot : layout.slots)
    if (!take_value(layout, slot, *raw++)) return false;
  return true;
}

bool Layouts::take_usual_values(Layout& layout) {
  for (Run& run : layout.runs) {
    if (run.applied != run.found) apply(layout, run);
    if (run.slot != nullptr && !take_value(layout, *run.slot, run.value)) return false;
  }
  return true;
}

void Layouts::apply(Layout& layout, Run& run) {
  const Version& version = *run.found;
  for (std::size_t i = run.first; i < run.behind; ++i) {
    const Known& known = version.values[i - run.first];
    const std::string_view text = known.meaning.empty() ? std::string_view(version.bytes).substr(known.at, known.length) : known.meaning;
    const Slot& slot = layout.slots[i];
    const auto change = [&](FieldValue& value) { slot.kind == Kind::Number ? value.change_number(text) : value.change(text); };
    change(*slot.value);
    change(*slot.keyed);
  }
  run.applied = run.found;
}

[[gnu::always_inline]] inline bool Layouts::take_value(Layout& layout, const Slot& slot, const Raw& raw) {
  if (raw.escaped || raw.foreign) return take_odd_value(layout, slot, raw);
  switch (slot.kind) {
    case Kind::Text:
      slot.value->change(raw.text());
      slot.keyed->change(raw.text());
      return true;
    case Kind::Number:
      slot.value->change_number(raw.text());
      slot.keyed->change_number(raw.text());
      return true;
    case Kind::LineTime: layout.context.time = scratch_.times.zulu_time(raw.text()); break;
    case Kind::EnvelopeTime: layout.context.time = scratch_.times.time_of(raw.text()).time; break;
  }
  return layout.context.time != diag::kNoTime;
}

// A text that may mean something else than what is written.
bool Layouts::take_odd_value(Layout& layout, const Slot& slot, const Raw& raw) {
  std::string_view text;
  if (!understand(layout.escaped[static_cast<std::size_t>(&slot - layout.slots.data())], raw, text)) return false;
  if (may_be_object(slot.name, text)) return false;
  return take_value(layout, slot, {text.data(), static_cast<std::uint32_t>(text.size()), false, false});
}

// Walks over the JSON of a line, which is known to be valid, and makes slots of what may vary.
class Layouts::Learner {
 public:
  // `inside`: the key of the outermost object whose value is the record; None: that object is the record.
  Learner(std::string_view line, std::size_t json_from, Key inside) : line_(line), inside_(inside), at_(json_from) {}

  // False: lines like this one are not read here.
  bool learn(const Seen& seen, Layout& layout) {
    const std::string_view before = line_.substr(0, at_);
    const std::size_t first_word = std::min(before.find(' '), before.size());
    const bool timed = has_time_form(before.substr(0, first_word));
    if (timed) add({.kind = Kind::LineTime, .length = static_cast<std::uint32_t>(first_word)}, 0, first_word);
    if (!object(inside_ == Key::None ? Part::Record : Part::Envelope, kNoName) || record_.empty()) return false;
    if (slots_.size() > kMostSlots || line_.find_first_not_of(" \t\r", at_) != std::string_view::npos) return false;
    const bool by_envelope = envelope_times_ == 1 && !other_times_;
    if (!by_envelope && (envelope_times_ > 0 || other_times_)) return false;
    // Only the last of the times that a line has is the context's.
    diag::Time time = timed ? zulu_time(before.substr(0, first_word)) : diag::kNoTime;
    if (by_envelope) time = time_of(envelope_time_).time;
    if (time != seen.context.time || (timed && time == diag::kNoTime)) return false;
    layout.slots = std::move(slots_);
    layout.escaped.resize(layout.slots.size());
    layout.few.resize(layout.slots.size());
    layout.literals = std::move(literals_) + std::string(kAhead, '\0');
    layout.end = std::string(line_.substr(literal_from_)) + '\n';
    layout.json = record_;
    return true;
  }

 private:
  enum class Part : std::uint8_t { Envelope, Record, Member };

  char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }
  void pass_blanks() {
    while (is_blank(peek())) ++at_;
  }
  void add(Slot slot, std::size_t from, std::size_t length) {
    slot.before_at = static_cast<std::uint32_t>(literals_.size());
    slot.before_length = static_cast<std::uint32_t>(from - literal_from_);
    slot.varies = slot.kind == Kind::LineTime || slot.kind == Kind::EnvelopeTime;  // which are no fields
    literals_ += line_.substr(literal_from_, slot.before_length);
    slots_.push_back(slot);
    literal_from_ = from + length;
  }

  // The bytes between the quotes; at_ stands behind the last one then.
  std::string_view string() {
    const std::size_t from = ++at_;
    while (peek() != '"' && peek() != '\0') at_ += peek() == '\\' ? 2 : 1;
    const std::size_t end = std::min(at_, line_.size());
    at_ = end + 1;
    return line_.substr(from, end - from);
  }

  void pass_value() {
    int depth = 0;
    do {
      const char c = peek();
      if (c == '"') string();
      else ++at_;
      depth += (c == '{' || c == '[') - (c == '}' || c == ']');
      const bool scalar_ends = depth == 0 && (peek() == ',' || peek() == '}' || peek() == ']' || is_blank(peek()));
      if (scalar_ends) return;
    } while (peek() != '\0');
  }

  bool object(Part part, NameIndex parent) {
    const std::size_t from = at_++;
    pass_blanks();
    for (bool more = peek() != '}'; more;) {
      pass_blanks();
      if (peek() != '"') return false;
      const std::string_view key = string();
      const bool plain = Narrow::plain_end(key.data(), key.data() + key.size()) == key.data() + key.size();
      pass_blanks();
      if (!plain || peek() != ':') return false;
      ++at_;
      pass_blanks();
      if (!value(part, parent, key)) return false;
      pass_blanks();
      more = peek() == ',';
      if (more) ++at_;
    }
    if (peek() != '}') return false;
    ++at_;
    if (part == Part::Record) record_ = line_.substr(from, at_ - from);
    return true;
  }

  bool value(Part part, NameIndex parent, std::string_view key) {
    if (part == Part::Envelope) return envelope_value(key);
    Slot slot{.name = part == Part::Member ? member_index(parent, key) : name_index(key)};
    if (part == Part::Record && slot.name != kNoName) slot.key = kNames.rows[slot.name].key;
    if (!is_only_one(slot)) return false;
    if (tells_the_kind(slot.key)) return pass_value(), true;
    if (peek() == '"') {
      const std::string_view text = string();
      if (part == Part::Record && may_be_object(slot.name, text)) return false;
      add(slot, static_cast<std::size_t>(text.data() - line_.data()), text.size());
      return true;
    }
    const bool has_members = part == Part::Record && slot.name != kNoName && kNames.rows[slot.name].has_members;
    if (peek() == '{' && has_members) return object(Part::Member, slot.name);
    const std::size_t from = at_;
    pass_value();
    const std::string_view text = line_.substr(from, at_ - from);
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    const bool whole = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit) && digits.size() <= kMostDigits;
    slot.kind = Kind::Number;
    if (whole) add(slot, from, text.size());
    return true;
  }

  bool envelope_value(std::string_view key) {
    const Key known = key_named(key);
    if (known == inside_ && peek() == '{') return record_.empty() && object(Part::Record, kNoName);
    if (known == Key::AtTimestamp || known == Key::OtherTime) other_times_ = true;
    if (known != Key::Timestamp) return pass_value(), true;
    ++envelope_times_;
    if (peek() != '"') return false;
    envelope_time_ = string();
    add({.kind = Kind::EnvelopeTime}, static_cast<std::size_t>(envelope_time_.data() - line_.data()), envelope_time_.size());
    return true;
  }

  // Of names that stand twice, and of such that are one to a dialect, another value may count from line to line.
  bool is_only_one(const Slot& slot) {
    if (slot.name == kNoName) return true;
    if (std::find(names_.begin(), names_.end(), slot.name) != names_.end()) return false;
    names_.push_back(slot.name);
    if (slot.key == Key::None) return true;
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(slot.key);
    const bool is_new = (keys_ & bit) == 0;
    keys_ |= bit;
    return is_new;
  }

  std::string_view line_, record_, envelope_time_;
  Key inside_;
  std::size_t at_, literal_from_ = 0;
  int envelope_times_ = 0;
  bool other_times_ = false;
  std::vector<Slot> slots_;
  std::string literals_;
  std::vector<NameIndex> names_;
  std::uint64_t keys_ = 0;
};

void Layouts::learn(std::string_view line, const Seen& seen) {
  if (seen.dialects != 1 || seen.object.empty()) return;
  ++lessons_;
  const Context& context = seen.context;
  if (!context.source.empty() || context.stream.known() || context.yearless != diag::kNoTime) return;
  const std::size_t brace = line.find('{');
  if (brace == std::string_view::npos || line.size() > kLongestLine) return;
  for (const Key inside : {Key::None, Key::Data, Key::Payload, Key::Event}) {
    auto layout = std::make_unique<Layout>();
    if (!Learner(line, brace, inside).learn(seen, *layout)) continue;
    if (knows(*layout)) return;
    const std::size_t length = layout->json.size();
    layout->json.resize(length + simdjson::SIMDJSON_PADDING);
    simdjson::dom::object object;
    if (layout->parser.parse(layout->json.data(), length, false).get_object().get(object) != simdjson::SUCCESS) return;
    if (simdjson::minify(object) != seen.object) continue;
    layout->fields.set(object);
    for (const Key of_envelope : {Key::Message, Key::AtMessage, Key::MessageType, Key::LogStream, Key::AtTimestamp})
      if (layout->fields.has(of_envelope)) return;
    if (dialect_of(layout->fields) != seen.dialect) return;
    layout->fields.open_objects();
    for (Slot& slot : layout->slots) {
      slot.value = slot.name == kNoName ? &layout->nobodys : &layout->fields.place(slot.name);
      slot.keyed = slot.key == Key::None ? &layout->nobodys : &layout->fields.place(slot.key);
    }
    layout->dialect = seen.dialect;
    layout->context = context;
    if (layouts_.size() < kMost) layouts_.push_back(nullptr);
    last_ = layouts_.size() < kMost || layouts_.back() == nullptr ? layouts_.size() - 1 : lessons_ % kMost;
    layouts_[last_] = std::move(layout);
    return count_common(last_);
  }
}

// How many slots of both are the same from the first on.
std::size_t Layouts::count_same(const Layout& a, const Layout& b) {
  const auto before = [](const Layout& layout, const Slot& slot) {
    return std::string_view(layout.literals).substr(slot.before_at, slot.before_length);
  };
  const auto same = [&](const Slot& x, const Slot& y) {
    return x.kind == y.kind && x.name == y.name && (x.kind != Kind::LineTime || x.length == y.length) && before(a, x) == before(b, y);
  };
  const auto parting = std::mismatch(a.slots.begin(), a.slots.end(), b.slots.begin(), b.slots.end(), same).first;
  return static_cast<std::size_t>(parting - a.slots.begin());
}

bool Layouts::knows(const Layout& layout) const {
  return std::any_of(layouts_.begin(), layouts_.end(), [&](const auto& known) {
    const std::size_t slots = layout.slots.size();
    return known->end == layout.end && known->slots.size() == slots && count_same(*known, layout) == slots;
  });
}

void Layouts::count_common(std::size_t index) {
  Layout& layout = *layouts_[index];
  layout.index = index;
  for (std::size_t i = 0; i < layouts_.size(); ++i)
    layout.common[i] = layouts_[i]->common[index] = static_cast<std::uint8_t>(count_same(layout, *layouts_[i]));
}

}  // namespace tunnelscope::input
