// Literals are compared, times and messages are scanned, all other values are looked up among those seen.
#include "src/input/skeletons.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "diag/bytes.hpp"
#include "src/input/dialects/dialects.hpp"
#include "src/input/timestamps.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::size_t kMostValues = 16;  // of states and answers
constexpr std::size_t kMostTails = 8;
constexpr std::size_t kEpoch = 8;        // digits of a hundred seconds

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Whether `byte` ends a plain run inside a JSON string: its quote, an escape, a control character, or no ASCII.
bool is_special(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80;
}

// How many bytes from the start are no special ones. 16 readable bytes follow the text.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
#if defined(__SSE2__)
  for (; at < text.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i escape = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i outside = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));  // signed: above ASCII too
    const int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, escape), outside));
    if (found != 0) return std::min(text.size(), at + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(found))));
  }
  return text.size();
#else
  while (at < text.size() && !is_special(text[at])) ++at;
  return at;
#endif
}

bool is_plain(std::string_view text) { return std::none_of(text.begin(), text.end(), is_special); }

bool take(std::string_view& rest, std::string_view literal) {
  if (rest.size() < literal.size()) return false;
  const bool same = literal.size() <= 32 ? diag::same_bytes(rest.data(), literal.data(), literal.size())
                                         : std::memcmp(rest.data(), literal.data(), literal.size()) == 0;
  if (!same) return false;
  rest.remove_prefix(literal.size());
  return true;
}

// "2026-03-01T00:00:00", a fraction or none, "Z": the length is what tells times of one form apart.
constexpr std::size_t kClockAt = 11, kSecondsAt = 17, kFractionAt = 20;
constexpr std::size_t kShortestTime = 20, kMilliseconds = 24, kLongestTime = 30;

bool has_time_form(std::string_view time) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (time.size() < kShortestTime || time.size() > kLongestTime || time.size() == kFractionAt + 1) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == '0' ? !is_digit(time[i]) : time[i] != kForm[i]) return false;
  return time.back() == 'Z';
}

// A digit's value; anything else becomes more than 9, which is remembered in `wrong`.
unsigned digit(char c, unsigned& wrong) {
  const auto value = static_cast<unsigned>(static_cast<unsigned char>(c - '0'));
  wrong |= static_cast<unsigned>(value > 9);
  return value;
}

constexpr diag::Duration kMinute = 60 * diag::kSecond;

// Milliseconds of ":00.000Z"; -1: it has not that form, or is a leap second.
inline diag::Duration seconds_and_milliseconds(const char* time) {
  const std::uint64_t x = word_at(time) ^ 0x5A3030302E30303AULL;  // that form, so that digits become their values
  const std::uint64_t wrong = ((x + 0x7F7676767F76767FULL) | x) & 0x8080808080808080ULL;  // more than 9, or than 0
  const std::uint64_t pairs = x * 10 + (x >> 8);  // of each digit and the one behind it
  const auto byte = [](std::uint64_t word, unsigned i) { return static_cast<diag::Duration>(word >> 8 * i & 0xFF); };
  const diag::Duration seconds = byte(pairs, 1);
  if (wrong != 0 || seconds > 59) return -1;
  return seconds * diag::kSecond + byte(pairs, 4) * 10 + byte(x, 6);
}

// Milliseconds of ":00", a fraction or none, "Z", which stand behind the minute; -1: as above.
diag::Duration seconds_of(const char* time, std::size_t length) {
  if (length == kMilliseconds) return seconds_and_milliseconds(time + kSecondsAt - 1);
  unsigned wrong = 0;
  const unsigned seconds = digit(time[kSecondsAt], wrong) * 10 + digit(time[kSecondsAt + 1], wrong);
  if (time[kSecondsAt - 1] != ':' || time[length - 1] != 'Z' || seconds > 59) return -1;
  unsigned ms = 0;
  if (length > kShortestTime) {
    if (time[kFractionAt - 1] != '.') return -1;
    constexpr std::array<unsigned, 3> kUnits{100, 10, 1};
    for (std::size_t i = 0; kFractionAt + i + 1 < length; ++i)
      ms += digit(time[kFractionAt + i], wrong) * (i < kUnits.size() ? kUnits[i] : 0);
  }
  return wrong == 0 ? static_cast<diag::Duration>(seconds * 1000 + ms) : -1;
}

// Milliseconds since midnight of "T00:00:00", a fraction or none, "Z"; -1: as above.
diag::Duration clock_of(const char* time, std::size_t length) {
  const char* const clock = time + kClockAt;
  unsigned wrong = 0;
  const auto two = [&](const char* text) { return digit(text[0], wrong) * 10 + digit(text[1], wrong); };
  const unsigned hours = two(clock), minutes = two(clock + 3);
  const diag::Duration seconds = seconds_of(time, length);
  if (clock[-1] != 'T' || clock[2] != ':' || hours > 23 || minutes > 59 || seconds < 0) return -1;
  return wrong == 0 ? static_cast<diag::Duration>(hours * 60 + minutes) * kMinute + seconds : -1;
}

template <class Meaning>
void remember(std::vector<std::pair<std::string, Meaning>>& values, std::string_view raw, Meaning meaning) {
  const bool known = std::any_of(values.begin(), values.end(), [&](const auto& value) { return value.first == raw; });
  if (!known && values.size() < kMostValues) values.emplace_back(raw, meaning);
}

}  // namespace

Skeletons::Progress Skeletons::read(std::string_view data, std::uint64_t line, std::uint64_t step, Recorder& out) {
  const Progress known = read_by_heart(data, line, step, out);
  if (known.lines > 0) return known;
  for (std::size_t tried = 0; tried < skeletons_.size(); ++tried) {
    const std::size_t index = (last_ + tried) % skeletons_.size();
    Skeleton& skeleton = skeletons_[index];
    Reading reading{data, out, skeleton.record};
    if (!read(skeleton, reading)) continue;
    last_ = index;
    skeleton.context.line = line;
    if (skeleton.line_time > 0) skeleton.context.time = line_time_;
    if (skeleton.timed_by_line) skeleton.record.time = line_time_;
    learn_by_heart(skeleton, data.substr(0, data.size() - reading.rest.size()), reading.varying, out);
    out.record(skeleton.record, skeleton.own, skeleton.context);
    return {data.size() - reading.rest.size(), 1};
  }
  return {};
}

// Lines may alternate between skeletons.
Skeletons::Progress Skeletons::read_by_heart(std::string_view data, std::uint64_t line, std::uint64_t step, Recorder& out) {
  Progress read;
  for (std::size_t failed = 0; failed < skeletons_.size(); ++failed) {
    const Progress more = read_by_heart(skeletons_[last_], data.substr(read.bytes), line + read.lines * step, step, out);
    read.bytes += more.bytes;
    read.lines += more.lines;
    if (more.lines > 0) failed = 0;
    if (++last_ >= skeletons_.size()) last_ = 0;
  }
  return read;
}

Skeletons::Progress Skeletons::read_by_heart(Skeleton& skeleton, std::string_view data, std::uint64_t line, std::uint64_t step,
                                             Recorder& out) {
  Progress read;
  std::size_t count = 0;
  const auto hand_out = [&] {
    if (count == 0) return;
    if (skeleton.tunnel_in != out.inputs_begun()) {
      skeleton.tunnel = out.tunnel_of(skeleton.record.dialect, skeleton.own, skeleton.context);
      skeleton.tunnel_in = out.inputs_begun();
    }
    out.records(skeleton.tunnel, {batch_.data(), count});
    count = 0;
  };
  for (std::size_t found = 1; found > 0;) {
    found = skeleton.stencils.find(data.substr(read.bytes), {lines_.data(), kBatch - count});
    for (const Stencils::Line& known : std::span(lines_).first(found)) {
      diag::KnownRecord& record = batch_[count];
      if (!fill(skeleton, data.data() + read.bytes, known, record)) {
        found = 0;
        break;
      }
      if (read.lines == 0) out.container(skeleton.context.container);
      record.line = line + read.lines * step;
      count += static_cast<std::size_t>(out.wants(record.time));
      read.bytes += known.length;
      ++read.lines;
    }
    if (count == kBatch) hand_out();
  }
  hand_out();
  return read;
}

// False: what stands in its holes are no times.
inline bool Skeletons::fill(const Skeleton& skeleton, const char* begin, const Stencils::Line& known, diag::KnownRecord& record) {
  record.kind = kinds_[known.kind];
  record.number = known.number;
  record.envelope_time = skeleton.context.time;
  if (skeleton.line_time > 0) {
    if (!read_line_time(begin, skeleton.line_time)) return false;
    record.envelope_time = line_time_;
  }
  if (known.event_time.digits > 0) return read_event_time(begin, known.event_time, record);
  record.time = line_time_;
  record.second = diag::second_of(line_time_);
  return true;
}

void Skeletons::learn_by_heart(Skeleton& skeleton, std::string_view line, const Varying& varying, Recorder& out) {
  const auto kind = out.kind_of(skeleton.record);
  if (!kind) return;
  if (kinds_.size() <= kind->index) kinds_.resize(kind->index + 1);
  kinds_[kind->index] = kind->kind;
  Stencils::Plan plan;
  plan.line_time = static_cast<std::uint32_t>(skeleton.line_time);
  plan.message_at = static_cast<std::uint32_t>(varying.message_at);
  plan.message_length = static_cast<std::uint32_t>(skeleton.record.message.size());
  plan.event_time = varying.event_time;
  plan.number = {plan.message_at + kind->digits_from, kind->digits};
  skeleton.stencils.learn(line, plan, kind->index);
}

bool Skeletons::read(Skeleton& skeleton, Reading& reading) {
  if (!read_slots(skeleton, 0, skeleton.tail_from, reading)) return false;
  if (read_known_tail(skeleton, reading)) return true;
  const char* const from = reading.rest.data();
  if (!read_slots(skeleton, skeleton.tail_from, skeleton.slots.size(), reading)) return false;
  if (!take(reading.rest, skeleton.end)) return false;
  const diag::TunnelRecord& r = reading.record;
  if (skeleton.tails.size() < kMostTails)
    skeleton.tails.push_back({std::string(from, reading.rest.data()), r.phase1, r.phase2, r.dpd_enabled, r.nat_t});
  return true;
}

bool Skeletons::read_slots(const Skeleton& skeleton, std::size_t from, std::size_t to, Reading& reading) {
  for (std::size_t i = from; i < to; ++i) {
    const Slot& slot = skeleton.slots[i];
    if (!take(reading.rest, slot.before) || !read_slot(skeleton, slot.kind, reading)) return false;
  }
  return true;
}

// States change rarely, so that all behind the message mostly is what it was in some line before.
bool Skeletons::read_known_tail(const Skeleton& skeleton, Reading& reading) {
  for (const Tail& tail : skeleton.tails) {
    if (!take(reading.rest, tail.bytes)) continue;
    for (std::size_t i = skeleton.tail_from; i < skeleton.slots.size(); ++i) {
      switch (skeleton.slots[i].kind) {
        case SlotKind::Phase1: reading.record.phase1 = tail.phase1; break;
        case SlotKind::Phase2: reading.record.phase2 = tail.phase2; break;
        case SlotKind::DpdEnabled: reading.record.dpd_enabled = tail.dpd_enabled; break;
        case SlotKind::NatT: reading.record.nat_t = tail.nat_t; break;
        default: break;
      }
    }
    return true;
  }
  return false;
}

bool Skeletons::read_slot(const Skeleton& skeleton, SlotKind kind, Reading& reading) {
  switch (kind) {
    case SlotKind::LineTime:
      if (reading.rest.size() < skeleton.line_time || !read_line_time(reading.rest.data(), skeleton.line_time)) return false;
      reading.rest.remove_prefix(skeleton.line_time);
      return true;
    case SlotKind::EventTime: return read_event_time(reading);
    case SlotKind::Message: return read_message(reading);
    case SlotKind::Phase1: return read_value(phases_, reading, reading.record.phase1);
    case SlotKind::Phase2: return read_value(phases_, reading, reading.record.phase2);
    case SlotKind::DpdEnabled: return read_value(answers_, reading, reading.record.dpd_enabled);
    case SlotKind::NatT: return read_value(answers_, reading, reading.record.nat_t);
  }
  return false;
}

// Of the times of a minute only the seconds are looked at.
[[gnu::always_inline]] inline bool Skeletons::read_line_time(const char* time, std::size_t length) {
  if (length != kMilliseconds || minute_begins_ == diag::kNoTime || !diag::same_bytes(time, minute_.data(), minute_.size()))
    return read_unusual_line_time(time, length);
  const diag::Duration seconds = seconds_and_milliseconds(time + kSecondsAt - 1);
  line_time_ = minute_begins_ + seconds;
  return seconds >= 0;
}

// The general parser reads the first time of a day.
bool Skeletons::read_unusual_line_time(const char* time, std::size_t length) {
  const diag::Duration clock = clock_of(time, length);
  if (clock < 0) return false;
  if (std::memcmp(time, day_.data(), day_.size()) != 0) {
    const LeadingTime parsed = leading_time({time, length});
    if (parsed.parsed.status != TimeStatus::Ok || parsed.length != length) return false;
    std::memcpy(day_.data(), time, day_.size());
    day_begins_ = parsed.parsed.time - clock;
  }
  line_time_ = day_begins_ + clock;
  std::memcpy(minute_.data(), time, minute_.size());
  minute_begins_ = line_time_ - clock % kMinute;
  return true;
}

// A time of seconds or milliseconds: as many digits as `hole` has. Of ten digits that begin as the last did two are looked at.
[[gnu::always_inline]] inline bool Skeletons::read_event_time(const char* line, Hole hole, diag::KnownRecord& record) {
  const char* const digits = line + hole.at;
  if (hole.digits != kEpoch + 2 || word_at(digits) != epoch_) return read_unusual_event_time(line, hole, record);
  unsigned wrong = 0;
  record.second = epoch_begins_ + digit(digits[kEpoch], wrong) * 10 + digit(digits[kEpoch + 1], wrong);
  record.time = record.second * diag::kSecond;
  return wrong == 0;
}

bool Skeletons::read_unusual_event_time(const char* line, Hole hole, diag::KnownRecord& record) {
  const char* const digits = line + hole.at;
  std::uint64_t epoch = 0;
  if (digits[0] == '0' || !number_in(line, hole, epoch)) return false;
  const ParsedTime parsed = time_of(static_cast<std::int64_t>(epoch));
  if (parsed.status != TimeStatus::Ok) return false;
  record.time = parsed.time;
  record.second = diag::second_of(parsed.time);
  const std::uint64_t past = epoch % 100;
  const bool all_of_them = time_of(static_cast<std::int64_t>(epoch - past + 99)).status == TimeStatus::Ok;
  if (hole.digits == kEpoch + 2 && all_of_them) epoch_ = word_at(digits), epoch_begins_ = record.second - static_cast<std::int64_t>(past);
  return true;
}

bool Skeletons::read_event_time(Reading& reading) {
  constexpr std::size_t kMostDigits = 18;
  if (reading.rest.size() <= kMostDigits || reading.rest[0] == '0') return false;
  std::int64_t epoch = 0;
  std::size_t digits = 0;
  for (; digits < kMostDigits && is_digit(reading.rest[digits]); ++digits) epoch = epoch * 10 + (reading.rest[digits] - '0');
  const ParsedTime parsed = time_of(epoch);
  if (digits == 0 || parsed.status != TimeStatus::Ok) return false;
  reading.record.time = parsed.time;
  reading.varying.event_time = {static_cast<std::uint32_t>(reading.rest.data() - reading.begin), static_cast<std::uint32_t>(digits)};
  reading.rest.remove_prefix(digits);
  return true;
}

bool Skeletons::read_message(Reading& reading) {
  reading.varying.message_at = static_cast<std::size_t>(reading.rest.data() - reading.begin);
  if (const std::size_t length = reading.out.recognise(reading.record.dialect, reading.rest, '"'); length > 0) {
    reading.record.message = reading.rest.substr(0, length);
    reading.rest.remove_prefix(length);
    return true;
  }
  const std::string_view message = reading.rest.substr(0, plain_length(reading.rest));
  if (message.empty() || message.front() == ' ' || message.back() == ' ') return false;
  reading.record.message = message;
  reading.rest.remove_prefix(message.size());
  return true;
}

// No known value is the beginning of another: each ends in its quote, or is `true` or `false`.
template <class Meaning>
bool Skeletons::read_value(const Values<Meaning>& values, Reading& reading, Meaning& meaning) {
  for (const auto& [raw, known] : values) {
    if (!take(reading.rest, raw)) continue;
    meaning = known;
    return true;
  }
  return false;
}

// The members of a flat object without escapes; nothing for any other.
std::optional<std::vector<Skeletons::Member>> Skeletons::members_of(std::string_view object) {
  std::vector<Member> members;
  std::size_t at = 0;
  const auto skip = [&](std::string_view wanted) {
    while (at < object.size() && is_blank(object[at])) ++at;
    if (at == object.size() || wanted.find(object[at]) == std::string_view::npos) return '\0';
    return object[at++];
  };
  const auto text = [&] {
    const std::size_t from = at - 1, end = object.find('"', at);
    at = end == std::string_view::npos ? object.size() : end + 1;
    return object.substr(from, at - from);
  };
  char next = skip("{");
  while (next == '{' || next == ',') {
    if (skip("\"") == '\0') return {};
    Member member;
    member.key = text();
    if (skip(":") == '\0') return {};
    while (at < object.size() && is_blank(object[at])) ++at;
    if (at == object.size()) return {};
    if (object[at] == '"') {
      ++at;
      member.value = text();
    } else {
      const std::size_t end = std::min(object.find_first_of(",} \t", at), object.size());
      member.value = object.substr(at, end - at);
      at = end;
    }
    const bool nested = member.value.empty() || member.value[0] == '{' || member.value[0] == '[';
    if (nested || member.key.size() < 2 || !is_plain(member.key.substr(1, member.key.size() - 2))) return {};
    members.push_back(member);
    next = skip(",}");
  }
  if (next != '}' || at != object.size()) return {};
  return members;
}

// The slot that a member's value fills; nothing: it must be the same bytes in every line of this skeleton.
std::optional<Skeletons::SlotKind> Skeletons::slot_for(const Member& member, const diag::TunnelRecord& record) {
  const bool quoted = member.value.front() == '"';
  const std::string_view text = quoted ? member.value.substr(1, member.value.size() - 2) : member.value;
  const bool plain = is_plain(text);
  const bool yes_or_no = member.value == "true" || member.value == "false" || quoted;
  switch (key_named(member.key.substr(1, member.key.size() - 2))) {
    case Key::EventTimestamp:
      if (!quoted && text.size() <= 18 && text[0] != '0' && std::all_of(text.begin(), text.end(), is_digit))
        return SlotKind::EventTime;
      return {};
    case Key::Details:
      if (quoted && plain && text == record.message) return SlotKind::Message;
      return {};
    case Key::Phase1State: return quoted && plain ? std::optional(SlotKind::Phase1) : std::nullopt;
    case Key::Phase2State: return quoted && plain ? std::optional(SlotKind::Phase2) : std::nullopt;
    case Key::DpdEnabled: return yes_or_no && plain ? std::optional(SlotKind::DpdEnabled) : std::nullopt;
    case Key::NatTDetected: return yes_or_no && plain ? std::optional(SlotKind::NatT) : std::nullopt;
    default: return {};
  }
}

void Skeletons::learn(std::string_view line, const Recorder::Seen& seen) {
  ++lessons_;
  const Context& context = seen.context;
  if (seen.records != 1 || seen.others != 0 || seen.record.dialect != diag::Dialect::AwsS2sIke) return;
  if (!context.source.empty() || context.yearless != diag::kNoTime) return;

  Skeleton skeleton;
  skeleton.record = seen.record;
  skeleton.record.connection = skeleton.record.outside_ip = skeleton.record.stream = skeleton.record.message = skeleton.record.route = {};
  skeleton.own = seen.own;
  skeleton.context = context;
  const auto brace = line.find('{');
  if (brace == std::string_view::npos) return;
  std::size_t literal_from = 0;
  if (const std::size_t blank = line.substr(0, brace).find(' '); blank != std::string_view::npos) {
    if (!has_time_form(line.substr(0, blank))) return;
    if (context.time != leading_time(line.substr(0, blank)).parsed.time) return;  // an envelope further in has one
    skeleton.line_time = literal_from = blank;
    skeleton.slots.push_back({SlotKind::LineTime, ""});
  } else if (brace != 0) {
    return;
  }
  const std::size_t last = line.find_last_not_of(" \t\r");
  const auto members = members_of(line.substr(brace, last + 1 - brace));
  if (!members) return;
  bool has_message = false;
  std::uint64_t filled = 0;
  for (const Member& member : *members) {
    const auto kind = slot_for(member, seen.record);
    if (!kind) continue;
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(*kind);
    if ((filled & bit) != 0) return;  // a key that stands twice
    filled |= bit;
    const auto inside = static_cast<std::size_t>(*kind == SlotKind::Message);  // behind its quote
    const auto from = static_cast<std::size_t>(member.value.data() - line.data()) + inside;
    skeleton.slots.push_back({*kind, std::string(line.substr(literal_from, from - literal_from))});
    literal_from = from + member.value.size() - 2 * inside;
    has_message = has_message || *kind == SlotKind::Message;
    if (*kind == SlotKind::Phase1) remember(phases_, member.value, seen.record.phase1);
    if (*kind == SlotKind::Phase2) remember(phases_, member.value, seen.record.phase2);
    if (*kind == SlotKind::DpdEnabled) remember(answers_, member.value, seen.record.dpd_enabled);
    if (*kind == SlotKind::NatT) remember(answers_, member.value, seen.record.nat_t);
  }
  if (!has_message) return;
  const bool own_time = (filled & (std::uint64_t{1} << static_cast<unsigned>(SlotKind::EventTime))) != 0;
  const bool names_time = std::any_of(members->begin(), members->end(), [](const Member& member) {
    const Key key = key_named(member.key.substr(1, member.key.size() - 2));
    return key == Key::EventTimestamp || key == Key::Timestamp;
  });
  if (!own_time && (names_time || skeleton.line_time == 0)) return;
  skeleton.timed_by_line = !own_time;
  const auto varies = [](const Slot& slot) {
    return slot.kind == SlotKind::LineTime || slot.kind == SlotKind::EventTime || slot.kind == SlotKind::Message;
  };
  const auto last_varying = std::find_if(skeleton.slots.rbegin(), skeleton.slots.rend(), varies);
  skeleton.tail_from = static_cast<std::size_t>(skeleton.slots.rend() - last_varying);
  skeleton.end = std::string(line.substr(literal_from)) + '\n';
  const bool known = std::any_of(skeletons_.begin(), skeletons_.end(), [&](const Skeleton& other) {
    return other.end == skeleton.end && other.line_time == skeleton.line_time && other.slots.size() == skeleton.slots.size() &&
           std::equal(other.slots.begin(), other.slots.end(), skeleton.slots.begin(), [](const Slot& a, const Slot& b) {
             return a.kind == b.kind && a.before == b.before;
           });
  });
  if (known) return;
  if (skeletons_.size() < kMost) skeletons_.push_back(std::move(skeleton));
  else skeletons_[lessons_ % kMost] = std::move(skeleton);
}

}  // namespace tunnelscope::input
