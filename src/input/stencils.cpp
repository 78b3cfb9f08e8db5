// A hole's mask leaves the upper half of its bytes, which all digits share; reading the number looks at the lower one.
#include "src/input/stencils.hpp"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tunnelscope::input {
namespace {

constexpr std::size_t kBlock = 32;
constexpr std::uint32_t kReach = 24;    // number_in reads so far back
constexpr std::size_t kWord = 8, kLongestSign = 4 * kWord;  // bytes before a message's number by which it is found: whole words
constexpr std::size_t kLiteralSign = 6 * kWord;  // of messages without a number, which often differ in a digit only

// So many bytes are compared before a number, though it may have fewer before it: which message it is cannot be foreseen, but most
// have no more.
constexpr std::size_t kLeastOfMessage = 2 * kBlock;

// A block as the processor takes it: at once with AVX2, in parts otherwise.
using Vector [[gnu::vector_size(kBlock), gnu::aligned(1), gnu::may_alias]] = std::uint64_t;

// A piece has one block at least, so that there is nothing to branch on where most have one.
[[gnu::always_inline]] inline void compare(Vector& differing, const char* text, const char* blocks, std::size_t length) {
  std::size_t i = 0;
  do {
    differing |= (*reinterpret_cast<const Vector*>(text + i) & *reinterpret_cast<const Vector*>(blocks + kBlock)) ^
                 *reinterpret_cast<const Vector*>(blocks);
    i += kBlock;
    blocks += 2 * kBlock;
  } while (i < length);
}

[[gnu::always_inline]] inline bool is_zero(const Vector& vector) {
  using Half [[gnu::vector_size(kBlock / 2)]] = std::uint64_t;
  const Half either = __builtin_shufflevector(vector, vector, 0, 1) | __builtin_shufflevector(vector, vector, 2, 3);
  return (either[0] | either[1]) == 0;
}

inline bool fits(const char* text, const char* blocks, std::size_t length) {
  Vector differing{};
  compare(differing, text, blocks, length);
  return is_zero(differing);
}

// A bit in the upper half of each byte that is no digit, as far as all before it are ASCII.
[[gnu::always_inline]] inline std::uint64_t no_digits_in(std::uint64_t word) {
  const std::uint64_t x = word ^ 0x3030303030303030ULL;
  return ((x + 0x7676767676767676ULL) | x) & 0x8080808080808080ULL;
}

constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15ULL;

// Of so many bytes of a message, whole words. Nothing of a line is known before it, so what counts is how soon it is there: one
// product after the other takes half as long as a vector of them and its sum.
[[gnu::always_inline]] inline std::size_t bucket_of(const char* message, std::size_t sign) {
  std::uint64_t hash = sign;
  for (std::size_t i = 0; i < sign; i += kWord) hash = (hash ^ word_at(message + i)) * kMix;
  return hash >> 52;
}

// Of what stands behind a number, by its first word.
[[gnu::always_inline]] inline std::size_t bucket_of_ending(const char* behind) { return word_at(behind) * kMix >> 59; }

// How many digits stand there; more than any number has when they go on and on. 24 bytes must be readable.
[[gnu::always_inline]] inline std::uint32_t digits_at(const char* at) {
  std::uint32_t count = 0;
  for (; count <= Stencils::kMostDigits; count += kWord) {
    const std::uint64_t other = no_digits_in(word_at(at + count));
    if (other != 0) return count + static_cast<std::uint32_t>(std::countr_zero(other)) / 8;
  }
  return count;
}

// Where the line begins that follows the first line feed of the 64 bytes from here on; if there is none, anywhere near.
[[gnu::always_inline]] inline const char* likely_next(const char* from) {
#if defined(__SSE2__)
  const auto feeds = [from](unsigned at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
    return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))))} << at;
  };
  return from + 1 + std::countr_zero(feeds(0) | feeds(16) | feeds(32) | feeds(48));
#else
  const void* const feed = std::memchr(from, '\n', 64);
  return feed == nullptr ? from : static_cast<const char*>(feed) + 1;
#endif
}

// The same address, of which the compiler cannot tell: what is compared with it does not become it.
[[gnu::always_inline]] inline const char* unrelated(const char* address) {
  __asm__("" : "+r"(address));
  return address;
}

std::string mask_of(std::size_t size) { return std::string(size, '\xFF'); }

}  // namespace

Stencils::Found Stencils::find_numbered(std::string_view rest, std::size_t sign) const {
  const char* const begin = rest.data();
  for (std::uint32_t next = numbered_[bucket_of(begin, sign)]; next != 0;) {
    const Message& message = messages_[next - 1];
    next = message.next;
    const std::uint32_t before = message.before.length;
    if (rest.size() < before + kMostDigits || !fits(begin, blocks_.data() + message.before.at, before)) continue;
    const std::uint32_t digits = digits_at(begin + before);
    if (digits == 0 || digits > kMostDigits) continue;
    const std::string_view behind = rest.substr(before + digits);
    for (std::uint32_t other = message.endings[bucket_of_ending(behind.data())]; other != 0;) {
      const Ending& ending = endings_[other - 1];
      other = ending.next;
      const std::uint32_t length = ending.piece.length;
      if (behind.size() < length || !fits(behind.data(), blocks_.data() + ending.piece.at, length)) continue;
      Found found{ending.texts[digits], before + digits + length, 0};
      number_in(begin, {before, digits}, found.number);
      return found;
    }
  }
  return {};
}

// The message with a number that begins `rest`. Most have the longest sign.
Stencils::Found Stencils::find_numbered(std::string_view rest) const {
  Found found = find_numbered(rest, kLongestSign);
  for (std::size_t words = signs_.size() - 1; words > 0 && found.text == 0; --words)
    if (signs_[words - 1]) found = find_numbered(rest, words * kWord);
  return found;
}

// The message without a number that begins `rest`.
Stencils::Found Stencils::find_literal(std::string_view rest) const {
  for (std::uint32_t next = literal_[bucket_of(rest.data(), kLiteralSign)]; next != 0;) {
    const Message& message = messages_[next - 1];
    next = message.next;
    const std::uint32_t length = message.before.length;
    if (rest.size() >= length && fits(rest.data(), blocks_.data() + message.before.at, length))
      return {endings_[message.endings[0] - 1].texts[0], length, 0};
  }
  return {};
}

// Where the time of a line with this head and tail stands.
inline Hole Stencils::event_time_of(const Part& head, const Part& tail, std::size_t tail_at) {
  if (head.event_time.digits > 0) return head.event_time;
  return {static_cast<std::uint32_t>(tail_at) + tail.event_time.at, tail.event_time.digits};
}

bool Stencils::begins(std::string_view rest, const Part& part) const {
  return rest.size() >= part.piece.length && fits(rest.data(), blocks_.data() + part.piece.at, part.piece.length);
}

// The part that begins `rest`; how many there are: none.
std::uint32_t Stencils::find_part(const std::vector<Part>& parts, std::string_view rest) const {
  const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return begins(rest, p); });
  return static_cast<std::uint32_t>(part - parts.begin());
}

// The same for tails, which change as a tunnel's states do: mostly from one to what followed it before.
std::uint32_t Stencils::find_tail(std::string_view rest) {
  if (begins(rest, tails_[likely_tail_])) return likely_tail_;
  std::uint8_t& after = after_[likely_tail_];
  if (begins(rest, tails_[after])) return after;
  const std::uint32_t tail = find_part(tails_, rest);
  if (tail < tails_.size()) after = static_cast<std::uint8_t>(tail);
  return tail;
}

// The usual lines: a message with a number and a long sign, the first of its bucket, between head and tail of the line before. All
// parts of a line are compared before it is asked whether they are the same. It ends at something else, or near to the end.
// What stands in a line tells how long it is, by a chain of look-ups. So that the next line need not wait for it, a processor is given
// the place behind the next line feed; whether that was right is seen when both are known.
[[gnu::always_inline]] inline std::size_t Stencils::guess(std::string_view data, std::span<Line> lines) const {
  const std::size_t longest = this->longest();
  const Part &head = heads_[likely_head_], &tail = tails_[likely_tail_];
  const char *const blocks = blocks_.data(), *const head_blocks = blocks + head.piece.at, *const tail_blocks = blocks + tail.piece.at;
  const std::uint32_t head_length = head.piece.length, tail_length = tail.piece.length, message_at = message_at_;
  const std::uint32_t* const kinds = &kinds_[likely_head_ * kMostTails + likely_tail_];
  const char *begin = data.data(), *const end = begin + data.size();
  std::size_t count = 0;
  while (count < lines.size() && static_cast<std::size_t>(end - begin) >= longest) {
    const char* const next = likely_next(begin + shortest_line_ - 1);
    const char* const text = begin + message_at;
    const std::uint32_t found = numbered_[bucket_of(text, kLongestSign)];
    if (found == 0) break;
    const Message& message = messages_[found - 1];
    Vector differing{};
    compare(differing, begin, head_blocks, head_length);
    compare(differing, text, blocks + message.before.at, std::max<std::size_t>(message.before.length, kLeastOfMessage));
    const char* const number = text + message.before.length;
    const std::uint64_t others = no_digits_in(word_at(number));
    const auto digits = static_cast<std::uint32_t>(std::countr_zero(others)) / 8;
    if (digits == 0 || others == 0) break;
    const char* const behind = number + digits;
    const std::uint32_t ending_found = message.endings[bucket_of_ending(behind)];
    if (ending_found == 0) break;
    const Ending& ending = endings_[ending_found - 1];
    compare(differing, behind, blocks + ending.piece.at, ending.piece.length);
    const char* const tail_at = behind + ending.piece.length;
    compare(differing, tail_at, tail_blocks, tail_length);
    const std::uint32_t kind = kinds[ending.texts[digits] * kMostHeads * kMostTails];
    if (!is_zero(differing) || kind == 0) break;
    std::uint64_t wrong = 0;
    const auto line_length = static_cast<std::uint32_t>(tail_at - begin) + tail_length;
    const Hole event_time = event_time_of(head, tail, static_cast<std::size_t>(tail_at - begin));
    lines[count] = {line_length, kind - 1, up_to_eight_digits(behind, digits, wrong), event_time};
    ++count;
    if (unrelated(begin + line_length) != next) break;
    begin = next;
  }
  return count;
}

bool Stencils::search(std::string_view data, Line& line) {
  if (data.size() <= message_at_) return false;
  const std::string_view rest = data.substr(message_at_);
  Found message = find_numbered(rest);
  if (message.text == 0) message = find_literal(rest);
  if (message.text == 0) return false;
  const std::uint32_t tail_at = message_at_ + message.length;
  const std::uint32_t head = find_part(heads_, data), tail = find_tail(data.substr(tail_at));
  if (head == heads_.size() || tail == tails_.size()) return false;
  likely_head_ = head;
  likely_tail_ = tail;
  const std::uint32_t kind = kind_of(message.text, head, tail);
  if (kind == 0) return false;
  line = {tail_at + tails_[tail].piece.length, kind - 1, message.number, event_time_of(heads_[head], tails_[tail], tail_at)};
  return true;
}

#if defined(__x86_64__)

// The same for processors with AVX2, which most have since 2015.
[[gnu::target("avx2,bmi")]] std::size_t Stencils::guess_wide(std::string_view data, std::span<Line> lines) const {
  return guess(data, lines);
}

const bool kHasWide = __builtin_cpu_supports("avx2") != 0;

#else

std::size_t Stencils::guess_wide(std::string_view data, std::span<Line> lines) const {
  return guess(data, lines);
}

constexpr bool kHasWide = false;

#endif

std::size_t Stencils::find(std::string_view data, std::span<Line> lines) {
  if (messages_.empty() || lines.empty()) return 0;
  const std::size_t count = kHasWide ? guess_wide(data, lines) : guess(data, lines);
  return count > 0 || !search(data, lines.front()) ? count : 1;
}

void Stencils::learn(std::string_view line, const Plan& plan, std::uint32_t kind) {
  const std::size_t message_end = std::size_t{plan.message_at} + plan.message_length;
  const auto reachable = [](Hole hole) { return hole.digits == 0 || (hole.digits <= kMostDigits && hole.at + hole.digits >= kReach); };
  const bool numbered = plan.number.digits > 0;
  const std::size_t sign_end = plan.message_at + (numbered ? kWord : kLiteralSign);
  if (line.size() > kLongestLine || line.size() < sign_end || !reachable(plan.event_time) || !reachable(plan.number)) return;
  if (numbered && plan.number.at < sign_end) return;
  if (message_at_ == 0) message_at_ = plan.message_at;
  if (message_at_ != plan.message_at) return;
  if (heads_.size() == kMostHeads || tails_.size() == kMostTails || texts_ == kMostTexts) forget();

  std::string mask = mask_of(line.size());
  const auto open = [&](std::size_t at) {
    if (line[at] >= '0' && line[at] <= '9') mask[at] = '\xF0';
  };
  for (std::size_t at = 0; at < plan.line_time; ++at) open(at);
  for (std::size_t i = 0; i < plan.event_time.digits; ++i) open(plan.event_time.at + i);
  const std::string_view masks = mask;
  const bool in_head = plan.event_time.at < plan.message_at;
  Hole in_tail = plan.event_time;
  in_tail.at -= static_cast<std::uint32_t>(message_end);
  const std::uint32_t head = part_of(heads_, line.substr(0, message_at_), masks.substr(0, message_at_), in_head ? plan.event_time : Hole());
  const std::uint32_t tail = part_of(tails_, line.substr(message_end), masks.substr(message_end), in_head ? Hole() : in_tail);
  longest_tail_ = std::max(longest_tail_, line.size() - message_end);
  shortest_line_ = std::min(shortest_line_, line.size());
  const std::uint32_t text = text_of(line, plan);
  kinds_[(text * kMostHeads + head) * kMostTails + tail] = kind + 1;
}

void Stencils::forget() {
  blocks_.clear();
  heads_.clear();
  tails_.clear();
  shortest_line_ = kLongestLine;
  after_ = {};
  likely_head_ = likely_tail_ = 0;
  messages_.clear();
  endings_.clear();
  numbered_ = literal_ = {};
  signs_ = {};
  texts_ = 0;
  kinds_.clear();
}

Stencils::Piece Stencils::piece_of(std::string_view text, std::string_view mask, std::size_t least) {
  const Piece piece{static_cast<std::uint32_t>(blocks_.size()), static_cast<std::uint32_t>(text.size())};
  for (std::size_t from = 0; from < std::max(text.size(), least); from += kBlock) {
    std::string masks(mask.substr(std::min(from, mask.size()), kBlock));
    std::string bytes(text.substr(std::min(from, text.size()), kBlock));
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] & masks[i]);
    bytes.resize(kBlock, '\0');
    masks.resize(kBlock, '\0');
    blocks_ += bytes + masks;
  }
  return piece;
}

std::uint32_t Stencils::part_of(std::vector<Part>& parts, std::string_view text, std::string_view mask, Hole event_time) {
  const auto known = std::find_if(parts.begin(), parts.end(), [&](const Part& part) {
    return part.event_time.digits == event_time.digits && is(part.piece, text, mask);
  });
  if (known != parts.end()) return static_cast<std::uint32_t>(known - parts.begin());
  parts.push_back({piece_of(text, mask, kBlock), event_time});
  return static_cast<std::uint32_t>(parts.size() - 1);
}

bool Stencils::is(Piece piece, std::string_view text, std::string_view mask) const {
  if (piece.length != text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t at = piece.at + i / kBlock * 2 * kBlock + i % kBlock;
    if (blocks_[at + kBlock] != mask[i] || blocks_[at] != static_cast<char>(text[i] & mask[i])) return false;
  }
  return true;
}

// The message with these bytes before its number, of that bucket.
Stencils::Message& Stencils::message_of(std::uint16_t& bucket, std::string_view before) {
  const std::string mask = mask_of(before.size());
  for (std::uint32_t next = bucket; next != 0; next = messages_[next - 1].next)
    if (is(messages_[next - 1].before, before, mask)) return messages_[next - 1];
  messages_.push_back({piece_of(before, mask, kLeastOfMessage), bucket, {}});
  bucket = static_cast<std::uint16_t>(messages_.size());
  return messages_.back();
}

Stencils::Ending& Stencils::ending_of(std::uint16_t& bucket, std::string_view behind) {
  const std::string mask = mask_of(behind.size());
  for (std::uint32_t next = bucket; next != 0; next = endings_[next - 1].next)
    if (is(endings_[next - 1].piece, behind, mask)) return endings_[next - 1];
  endings_.push_back({piece_of(behind, mask, kBlock), bucket, {}});
  bucket = static_cast<std::uint16_t>(endings_.size());
  return endings_.back();
}

// The number of the line's message, counted from 1.
std::uint32_t Stencils::text_of(std::string_view line, const Plan& plan) {
  const std::string_view rest = line.substr(message_at_), text = rest.substr(0, plan.message_length);
  const bool numbered = plan.number.digits > 0;
  const std::size_t cut = numbered ? plan.number.at - message_at_ : text.size();
  const std::size_t sign = numbered ? std::min(cut / kWord * kWord, kLongestSign) : kLiteralSign;
  if (numbered) signs_[sign / kWord - 1] = true;
  std::uint16_t& bucket = (numbered ? numbered_ : literal_)[bucket_of(rest.data(), sign)];
  Message& message = message_of(bucket, text.substr(0, cut));
  const std::string_view behind = text.substr(cut + plan.number.digits);
  longest_before_ = std::max(longest_before_, cut);
  longest_ending_ = std::max(longest_ending_, behind.size());
  Ending& ending = ending_of(message.endings[numbered ? bucket_of_ending(behind.data()) : 0], behind);
  std::uint16_t& number = ending.texts[plan.number.digits];
  if (number == 0) {
    number = static_cast<std::uint16_t>(++texts_);
    kinds_.resize((texts_ + 1) * kMostHeads * kMostTails);
  }
  return number;
}

}  // namespace tunnelscope::input
