// A hole is a word of decimal digits alone, three at least, or one of 8 or 16 hexadecimal digits (an SPI or a cookie).
// Shorter numbers are part of the phrase: there are few of them. The number of digits is part of the phrase too.
#include "diag/phrases.hpp"

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "diag/bytes.hpp"
#include "diag/hash.hpp"

namespace tunnelscope::diag {
namespace {

static_assert(std::endian::native == std::endian::little, "values are packed by their low bytes");

constexpr std::size_t kFewestDigits = 3, kMostDigits = 18;

enum : std::uint8_t { kDigit = 1, kLower = 2, kUpper = 4, kOther = 8 };  // of words; 0: no part of a word
constexpr std::array<std::uint8_t, 256> kClass = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = kDigit;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = c <= 'f' ? kLower : kOther;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = c <= 'F' ? kUpper : kOther;
  table['_'] = kOther;
  return table;
}();
std::uint8_t class_of(char c) { return kClass[static_cast<unsigned char>(c)]; }

// Bit i: byte i of 16 is a digit; bit 16 + i: it is outside ASCII.
std::uint32_t look_at_16(const char* bytes) {
#if defined(__SSE2__)
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i distance = _mm_sub_epi8(block, _mm_set1_epi8('0'));
  const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8(9)), distance);
  return static_cast<std::uint32_t>(_mm_movemask_epi8(digit)) | static_cast<std::uint32_t>(_mm_movemask_epi8(block)) << 16;
#else
  std::uint32_t seen = 0;
  for (unsigned i = 0; i < 16; ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c >= '0' && c <= '9') seen |= 1U << i;
    if (c >= 0x80) seen |= 1U << (16 + i);
  }
  return seen;
#endif
}

// Whether all are decimal digits; and their number.
bool number_in(const char* digits, std::size_t length, std::uint64_t& number) {
  unsigned wrong = 0;
  number = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const auto digit = static_cast<unsigned char>(digits[i] - '0');
    wrong |= static_cast<unsigned>(digit > 9);
    number = number * 10 + digit;
  }
  return wrong == 0;
}

// Whether digits and letters of the one case, some of both, and nothing else stand there; and their number.
bool number_in_hex(const char* digits, std::size_t length, std::uint8_t letters, std::uint64_t& number) {
  std::uint8_t classes = 0;
  number = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint8_t c = class_of(digits[i]);
    classes |= c == 0 ? static_cast<std::uint8_t>(kOther) : c;
    const auto digit = c == kDigit ? digits[i] - '0' : (digits[i] | 0x20) - 'a' + 10;
    number = number << 4 | (static_cast<std::uint64_t>(digit) & 0xF);
  }
  return classes == (kDigit | letters);
}

void append_padded(std::uint64_t number, std::size_t length, std::uint64_t base, char ten, std::string& out) {
  const std::size_t from = out.size();
  out.resize(from + length);
  for (std::size_t i = length; i-- > 0; number /= base) {
    const auto digit = static_cast<char>(number % base);
    out[from + i] = static_cast<char>(digit < 10 ? '0' + digit : ten + digit - 10);
  }
}

std::uint64_t unpacked(std::string_view values, std::size_t& at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(values[at++])) << (8 * i);
  return number;
}

// Such bytes stand in JSON as escapes: what is compared with the bytes of a line must not have them.
bool is_written_otherwise(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

}  // namespace

Phrases::Phrases(const Classifier& classifier) : classifier_(classifier), phrases_(1), table_(1024, kWholeText), recent_(kLongestText + 1) {}

// False: the text is too long, not ASCII, or has too many numbers.
bool Phrases::find_holes(std::string_view text, Holes& holes) {
  if (text.size() > kLongestText) return false;
  std::size_t done = 0;  // words before it have been looked at
  for (std::size_t block = 0; block < text.size(); block += 16) {
    char last[16] = {};
    const char* bytes = text.data() + block;
    if (text.size() - block < 16) bytes = static_cast<char*>(std::memcpy(last, bytes, text.size() - block));
    const std::uint32_t seen = look_at_16(bytes);
    if (seen >> 16 != 0) return false;
    for (std::uint32_t digits = seen; digits != 0; digits &= digits - 1) {
      std::size_t from = block + static_cast<std::size_t>(std::countr_zero(digits)), to = from;
      if (from < done) continue;
      std::uint8_t classes = 0;
      while (from > done && class_of(text[from - 1]) != 0) classes |= class_of(text[--from]);
      while (to < text.size() && class_of(text[to]) != 0) classes |= class_of(text[to++]);
      done = to;
      const std::size_t length = to - from;
      const bool number = classes == kDigit && length >= kFewestDigits && length <= kMostDigits;
      const bool hex = (classes == (kDigit | kLower) || classes == (kDigit | kUpper)) && (length == 8 || length == 16);
      if (!number && !hex) continue;
      if (holes.count == kMostHoles) return false;
      holes.list[holes.count++] = {static_cast<std::uint16_t>(from), static_cast<std::uint8_t>(length),
                                   number ? HoleKind::Digits
                                   : (classes & kLower) != 0 ? HoleKind::LowerHex : HoleKind::UpperHex};
    }
  }
  return true;
}

// Bytes that hold any number of so many digits.
std::size_t Phrases::packed_size(const Hole& hole) {
  if (hole.kind != HoleKind::Digits) return hole.length / 2U;
  constexpr std::array<std::uint8_t, kMostDigits + 1> kBytes{0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8};
  return kBytes[hole.length];
}

std::uint64_t Phrases::hash_of(Dialect dialect, std::string_view text, const Holes& holes) {
  Hash hash;
  hash.add(static_cast<std::uint64_t>(dialect) << 8 | holes.count);
  std::size_t from = 0;
  for (std::size_t i = 0; i < holes.count; ++i) {
    const Hole& hole = holes.list[i];
    hash.add(text.substr(from, hole.from - from)).add(static_cast<std::uint64_t>(hole.kind) << 8 | hole.length);
    from = std::size_t{hole.from} + hole.length;
  }
  return hash.add(text.substr(from)).value();
}

bool Phrases::is(const Phrase& phrase, Dialect dialect, std::string_view text, const Holes& holes) {
  if (phrase.dialect != dialect || phrase.holes.size() != holes.count) return false;
  std::size_t from = 0, literal = 0;
  for (std::size_t i = 0; i < holes.count; ++i) {
    const Hole& here = holes.list[i];
    const Hole& there = phrase.holes[i];
    const std::size_t before = here.from - from;
    if (there.from - literal != before || there.length != here.length || there.kind != here.kind) return false;
    if (std::memcmp(phrase.literal.data() + literal, text.data() + from, before) != 0) return false;
    literal += before;
    from = std::size_t{here.from} + here.length;
  }
  return std::string_view(phrase.literal).substr(literal) == text.substr(from);
}

bool Phrases::take_number(const char* digits, const Hole& hole, std::uint64_t& number) {
  if (hole.kind == HoleKind::Digits) return number_in(digits, hole.length, number);
  return number_in_hex(digits, hole.length, hole.kind == HoleKind::LowerHex ? kLower : kUpper, number);
}

// Whether `text`, which has the length of the phrase's texts, is one of them; packs its values. The bytes around a hole
// are the phrase's own, so a number that fills it is a word of its own here too.
bool Phrases::pack_if(const Phrase& phrase, Dialect dialect, std::string_view text) {
  if (phrase.dialect != dialect) return false;
  const char* literal = phrase.literal.data();
  const char* here = text.data();
  char* out = packed_.data();
  std::size_t before = 0;
  number_ = phrase.number;
  for (const Hole& hole : phrase.holes) {
    const std::size_t size = hole.from - before;
    std::uint64_t number = 0;
    if (!same_bytes(literal, here, size) || !take_number(here + size, hole, number)) return false;
    std::memcpy(out, &number, sizeof number);
    if (phrase.number_size > 0 && out == packed_.data() + phrase.number_from) number_ = static_cast<std::int64_t>(number);
    literal += size;
    here += size + hole.length;
    out += hole.packed;
    before = hole.from;
  }
  return same_bytes(literal, here, phrase.literal.size() - before);
}

PhraseIndex Phrases::find_recent(Dialect dialect, std::string_view text) {
  if (text.size() > kLongestText) return kWholeText;
  for (const PhraseIndex index : recent_[text.size()].list) {
    if (index == kWholeText) return kWholeText;
    if (pack_if(phrases_[index], dialect, text)) return index;
  }
  return kWholeText;
}

std::size_t Phrases::read_lately_met(Dialect dialect, std::string_view text, char end, Reading& reading) {
  if (text.size() < kSign) return 0;
  std::size_t next = buckets_[bucket_of(text.data())];
  while (next != 0) {
    const Family& family = families_[next - 1];
    next = family.next;
    const std::string &before = family.before, &behind = family.behind;
    if (family.dialect != dialect || text.size() <= before.size() + behind.size() + kMostDigits) continue;
    if (!same_bytes(text.data(), before.data(), before.size())) continue;
    const char* const digits = text.data() + before.size();
    std::uint64_t number = 0;
    std::size_t count = 0;
    for (; count <= kMostDigits && class_of(digits[count]) == kDigit; ++count)
      number = number * 10 + static_cast<std::uint64_t>(digits[count] - '0');
    if (count > kMostDigits || family.by_digits[count] == kWholeText) continue;
    if (!same_bytes(digits + count, behind.data(), behind.size()) || digits[count + behind.size()] != end) continue;
    const PhraseIndex index = family.by_digits[count];
    const Phrase& phrase = phrases_[index];
    std::memcpy(packed_.data(), &number, sizeof number);
    reading = {index, phrase.meaning, phrase.number_size > 0 ? static_cast<std::int64_t>(number) : phrase.number,
               {packed_.data(), phrase.packed}, true, static_cast<std::uint16_t>(before.size()), static_cast<std::uint8_t>(count)};
    return before.size() + count + behind.size();
  }
  return 0;
}

std::size_t Phrases::bucket_of(const char* text) {
  std::uint64_t hash = 0, word = 0;
  for (std::size_t at = 0; at < kSign; at += sizeof word) {
    std::memcpy(&word, text + at, sizeof word);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
  }
  return hash >> 58;
}

void Phrases::add_to_families(PhraseIndex index) {
  const Phrase& phrase = phrases_[index];
  const bool one_number = phrase.holes.size() == 1 && phrase.holes[0].kind == HoleKind::Digits;
  if (!phrase.settled || phrase.literal.empty() || (!phrase.holes.empty() && !one_number)) return;
  if (std::any_of(phrase.literal.begin(), phrase.literal.end(), is_written_otherwise)) return;
  const std::size_t cut = one_number ? phrase.holes[0].from : phrase.literal.size();
  const std::string_view before = std::string_view(phrase.literal).substr(0, cut);
  const std::string_view behind = std::string_view(phrase.literal).substr(cut);
  auto family = std::find_if(families_.begin(), families_.end(), [&](const Family& f) {
    return f.dialect == phrase.dialect && f.before == before && f.behind == behind;
  });
  if (family == families_.end()) {
    const std::size_t others = one_number ? families_.size() - literal_families_ : literal_families_;
    if (others == (one_number ? kNumbered : kLiteral) || before.size() < kSign) return;
    std::uint16_t* link = &buckets_[bucket_of(before.data())];
    while (!one_number && *link != 0) link = &families_[*link - 1U].next;
    const std::uint16_t rest = *link;
    *link = static_cast<std::uint16_t>(families_.size() + 1);
    families_.push_back({std::string(before), std::string(behind), phrase.dialect, {}, rest});
    if (!one_number) ++literal_families_;
    family = families_.end() - 1;
  }
  family->by_digits[one_number ? phrase.holes[0].length : 0] = index;
}

void Phrases::remember(PhraseIndex phrase, std::size_t length) {
  Recent& recent = recent_[length];
  recent.list[recent.next] = phrase;
  recent.next = (recent.next + 1) % kRecent;
}

Reading Phrases::read(Dialect dialect, std::string_view message) {
  PhraseIndex index = find_recent(dialect, message);
  if (index == kWholeText) {
    Holes holes;
    if (!find_holes(message, holes)) return classified(kWholeText, dialect, message, message);
    const std::uint64_t hash = hash_of(dialect, message, holes);
    index = find(hash, dialect, message, holes);
    if (index == kWholeText && phrases_.size() < kMost) index = add(hash, dialect, message, holes);
    if (index == kWholeText) return classified(kWholeText, dialect, message, message);
    pack_if(phrases_[index], dialect, message);
    remember(index, message.size());
  }
  const Phrase& phrase = phrases_[index];
  const std::string_view values(packed_.data(), phrase.packed);
  if (!phrase.settled) return classified(index, dialect, message, values);
  return {index, phrase.meaning, number_, values, true};
}

Reading Phrases::settled(PhraseIndex index, std::string_view values) const {
  const Phrase& phrase = phrases_[index];
  Reading reading{index, phrase.meaning, phrase.number, values, true};
  if (phrase.number_size > 0) {
    std::size_t at = phrase.number_from;
    reading.number = static_cast<std::int64_t>(unpacked(values, at, phrase.number_size));
  }
  return reading;
}

Reading Phrases::classified(PhraseIndex phrase, Dialect dialect, std::string_view text, std::string_view values) {
  captures_.clear();
  Reading reading{phrase, classifier_.classify(dialect, text, &captures_), -1, values, false};
  for (const auto& capture : captures_)
    if (capture.type == rules::CaptureType::Int && capture.number) return reading.number = *capture.number, reading;
  return reading;
}

PhraseIndex Phrases::find(std::uint64_t hash, Dialect dialect, std::string_view text, const Holes& holes) const {
  for (std::size_t slot = hash & (table_.size() - 1);; slot = (slot + 1) & (table_.size() - 1)) {
    const PhraseIndex index = table_[slot];
    if (index == kWholeText) return kWholeText;
    if (phrases_[index].hash == hash && is(phrases_[index], dialect, text, holes)) return index;
  }
}

PhraseIndex Phrases::add(std::uint64_t hash, Dialect dialect, std::string_view text, const Holes& holes) {
  Phrase phrase;
  phrase.hash = hash;
  phrase.dialect = dialect;
  std::size_t from = 0;
  for (std::size_t i = 0; i < holes.count; ++i) {
    Hole hole = holes.list[i];
    phrase.literal += text.substr(from, hole.from - from);
    from = std::size_t{hole.from} + hole.length;
    phrase.packed += packed_size(hole);
    hole.from = static_cast<std::uint16_t>(phrase.literal.size());
    hole.packed = static_cast<std::uint8_t>(packed_size(hole));
    phrase.holes.push_back(hole);
  }
  phrase.literal += text.substr(from);
  settle(phrase, text, holes);
  phrases_.push_back(std::move(phrase));
  const auto index = static_cast<PhraseIndex>(phrases_.size() - 1);
  insert(index);
  add_to_families(index);
  return index;
}

// Classifies the phrase by its first text. It stays unsettled where another text of it could mean something else, or
// where the number is neither all of a hole nor outside of all.
void Phrases::settle(Phrase& phrase, std::string_view text, const Holes& holes) {
  captures_.clear();
  phrase.meaning = classifier_.classify(phrase.dialect, text, &captures_);
  if (phrase.meaning.outcome == rules::Outcome::LimitHit) return;
  phrase.settled = std::all_of(phrase.holes.begin(), phrase.holes.end(), [&](const Hole& hole) {
    return hole.kind == HoleKind::Digits ? classifier_.blind_to_digits(phrase.dialect) : classifier_.blind_to_hex(phrase.dialect);
  });
  for (const auto& capture : captures_) {
    if (capture.type != rules::CaptureType::Int || !capture.number) continue;
    const auto from = static_cast<std::size_t>(capture.text.data() - text.data());
    const std::size_t to = from + capture.text.size();
    phrase.number = *capture.number;
    std::size_t packed = 0;
    for (std::size_t i = 0; i < holes.count; ++i) {
      const Hole& hole = holes.list[i];
      const std::size_t hole_end = std::size_t{hole.from} + hole.length;
      if (from == hole.from && to == hole_end) {
        phrase.number_from = static_cast<std::uint8_t>(packed);
        phrase.number_size = static_cast<std::uint8_t>(packed_size(hole));
      } else if (from < hole_end && to > hole.from) {
        phrase.settled = false;
      }
      packed += packed_size(hole);
    }
    return;
  }
}

void Phrases::insert(PhraseIndex index) {
  if (phrases_.size() * 2 > table_.size()) {
    table_.assign(table_.size() * 2, kWholeText);
    for (PhraseIndex i = 1; i < index; ++i) insert(i);
  }
  std::size_t slot = phrases_[index].hash & (table_.size() - 1);
  while (table_[slot] != kWholeText) slot = (slot + 1) & (table_.size() - 1);
  table_[slot] = index;
}

void Phrases::append_text(PhraseIndex index, std::string_view values, std::string& out) const {
  if (index == kWholeText) {
    out += values;
    return;
  }
  const Phrase& phrase = phrases_[index];
  std::size_t literal = 0, at = 0;
  for (const Hole& hole : phrase.holes) {
    out.append(phrase.literal, literal, hole.from - literal);
    literal = hole.from;
    const std::uint64_t number = unpacked(values, at, packed_size(hole));
    const bool digits = hole.kind == HoleKind::Digits;
    append_padded(number, hole.length, digits ? 10 : 16, hole.kind == HoleKind::UpperHex ? 'A' : 'a', out);
  }
  out.append(phrase.literal, literal);
}

std::string Phrases::text(PhraseIndex phrase, std::string_view values) const {
  std::string text;
  append_text(phrase, values, text);
  return text;
}

bool Phrases::has_one_shape(PhraseIndex index) const {
  const auto& holes = phrases_[index].holes;
  return index != kWholeText &&
         std::all_of(holes.begin(), holes.end(), [](const Hole& hole) { return hole.kind == HoleKind::Digits; });
}

std::vector<PhraseIndex> Phrases::absorb(const Phrases& other) {
  std::vector<PhraseIndex> numbers{kWholeText};
  for (std::size_t i = 1; i < other.phrases_.size(); ++i) {
    const Phrase& phrase = other.phrases_[i];
    const std::string values(phrase.packed, '\0');
    const std::string text = other.text(static_cast<PhraseIndex>(i), values);
    Holes holes;
    std::size_t removed = 0;
    for (const Hole& hole : phrase.holes) {
      holes.list[holes.count] = hole;
      holes.list[holes.count++].from = static_cast<std::uint16_t>(hole.from + removed);
      removed += hole.length;
    }
    PhraseIndex index = find(phrase.hash, phrase.dialect, text, holes);
    if (index == kWholeText) {
      phrases_.push_back(phrase);
      index = static_cast<PhraseIndex>(phrases_.size() - 1);
      insert(index);
    }
    numbers.push_back(index);
  }
  return numbers;
}

}  // namespace tunnelscope::diag
