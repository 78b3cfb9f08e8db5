// A hole's mask leaves the upper half of its bytes, which all digits share; reading the number looks at the lower one.
#include "src/input/stencils.hpp"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tunnelscope::input {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::uint32_t kReach = 24;  // number_in reads so far back

// A line that is looked for: where it and its message begin, and its length with its end.
struct Line {
  const char* begin;
  std::size_t message_at, length;
};

// Of the beginning of the message and the end of the line, where the states stand.
std::size_t bucket_of(Line line) {
  const char* const sign = line.begin + line.message_at;
  const char* const end = line.begin + line.length;
  const std::uint64_t hash = word_at(sign) * 0x9E3779B97F4A7C15ULL ^ word_at(sign + 8) * 0xC2B2AE3D27D4EB4FULL ^
                             word_at(sign + 16) * 0x165667B19E3779F9ULL ^ word_at(end - 8) * 0xD6E8FEB86659FD93ULL ^
                             word_at(end - 16) * 0xA0761D6478BD642FULL ^ line.length * 0xE7037ED1A0B428DBULL;
  return (hash ^ hash >> 32) * 0x9E3779B97F4A7C15ULL >> 54;
}

// Where a stencil's bytes and masks are, and how long the line is.
struct Shape {
  const char *bytes, *masks;
  std::size_t length;
};

// Shapes are compared block by block from the end on, for there most lines that have a stencil's message and length
// differ from it.
std::size_t last_block(Shape shape) { return (shape.length - 1) / kBlock * kBlock; }


std::size_t length_of_line(const char* begin, std::size_t size) {
  const auto* const end = static_cast<const char*>(std::memchr(begin, '\n', size));
  return end == nullptr ? 0 : static_cast<std::size_t>(end - begin) + 1;
}

bool fits(const char* line, Shape shape) {
  for (std::size_t at = last_block(shape);; at -= kBlock) {
    std::uint64_t differing = 0;
    for (std::size_t i = at; i < at + kBlock; i += 8)
      differing |= (word_at(line + i) & word_at(shape.masks + i)) ^ word_at(shape.bytes + i);
    if (differing != 0) return false;
    if (at == 0) return true;
  }
}

#if defined(__x86_64__)

// The same two for processors with AVX2, which most have since 2015.
[[gnu::target("avx2,bmi")]] __m256i block(const char* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

[[gnu::target("avx2,bmi")]] std::size_t length_of_line_wide(const char* begin, std::size_t size) {
  constexpr std::size_t kWidth = 32;
  const __m256i feed = _mm256_set1_epi8('\n');
  for (std::size_t at = 0; at < size; at += kWidth) {
    const auto found = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block(begin + at), feed)));
    if (found == 0) continue;
    const std::size_t length = at + static_cast<std::size_t>(std::countr_zero(found)) + 1;
    return length <= size ? length : 0;
  }
  return 0;
}

[[gnu::target("avx2,bmi")]] bool fits_wide(const char* line, Shape shape) {
  const auto difference = [&](std::size_t at) __attribute__((target("avx2,bmi"))) {
    return _mm256_xor_si256(_mm256_and_si256(block(line + at), block(shape.masks + at)), block(shape.bytes + at));
  };
  for (std::size_t at = last_block(shape);; at -= kBlock) {
    const __m256i differing = _mm256_or_si256(difference(at), difference(at + kBlock / 2));
    if (_mm256_testz_si256(differing, differing) == 0) return false;
    if (at == 0) return true;
  }
}

const bool kHasWide = __builtin_cpu_supports("avx2") != 0;

#else

constexpr bool kHasWide = false;
std::size_t length_of_line_wide(const char* begin, std::size_t size) { return length_of_line(begin, size); }
bool fits_wide(const char* line, Shape shape) { return fits(line, shape); }

#endif

}  // namespace

const Stencils::Stencil* Stencils::find(std::string_view data, std::size_t message_at) const {
  if (buckets_.empty() || data.size() < message_at + kSign) return nullptr;
  const bool wide = kHasWide;
  const std::size_t size = std::min(data.size(), kLongestLine);
  const std::size_t length = wide ? length_of_line_wide(data.data(), size) : length_of_line(data.data(), size);
  if (length < message_at + kSign) return nullptr;
  for (std::uint32_t next = buckets_[bucket_of({data.data(), message_at, length})]; next != 0;) {
    const Stencil& stencil = stencils_[next - 1];
    const Shape shape{bytes_.data() + stencil.bytes_at, masks_.data() + stencil.mask_at, length};
    if (stencil.length == length && (wide ? fits_wide(data.data(), shape) : fits(data.data(), shape))) return &stencil;
    next = stencil.next;
  }
  return nullptr;
}

void Stencils::learn(std::string_view line, std::size_t message_at, Stencil stencil) {
  const auto reachable = [](Hole hole) { return hole.digits == 0 || (hole.digits <= 18 && hole.at + hole.digits >= kReach); };
  if (line.size() > kLongestLine || line.size() < message_at + kSign) return;
  if (!reachable(stencil.event_time) || !reachable(stencil.number)) return;
  if (stencils_.size() == kMost) stencils_.clear(), buckets_.clear(), bytes_.clear(), masks_.clear();
  if (buckets_.empty()) buckets_.resize(kBuckets);
  stencil.length = static_cast<std::uint32_t>(line.size());
  stencil.bytes_at = static_cast<std::uint32_t>(bytes_.size());
  const std::size_t filled = (line.size() + kBlock - 1) / kBlock * kBlock;
  bytes_.resize(bytes_.size() + filled);
  char* const bytes = bytes_.data() + stencil.bytes_at;
  std::memcpy(bytes, line.data(), line.size());
  std::string mask(filled, '\0');
  std::memset(mask.data(), -1, line.size());
  const auto open = [&](std::size_t at) {
    if (line[at] < '0' || line[at] > '9') return;
    mask[at] = static_cast<char>(0xF0);
    bytes[at] = '0';
  };
  for (std::size_t at = 0; at < stencil.line_time; ++at) open(at);
  for (const Hole hole : {stencil.event_time, stencil.number})
    for (std::size_t at = hole.at; at < std::size_t{hole.at} + hole.digits; ++at) open(at);
  stencil.mask_at = place_of_mask(mask);
  std::uint16_t& bucket = buckets_[bucket_of({line.data(), message_at, line.size()})];
  stencil.next = bucket;
  stencils_.push_back(stencil);
  bucket = static_cast<std::uint16_t>(stencils_.size());
}

// Any place where the same bytes stand will do.
std::uint32_t Stencils::place_of_mask(std::string_view mask) {
  std::size_t at = masks_.find(mask);
  if (at == std::string::npos) {
    at = masks_.size();
    masks_ += mask;
  }
  return static_cast<std::uint32_t>(at);
}

}  // namespace tunnelscope::input
