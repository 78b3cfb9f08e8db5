// A hole's mask leaves the upper half of its bytes, which all digits share; reading the number looks at the lower one.
#include "src/input/stencils.hpp"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tunnelscope::input {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::uint32_t kReach = 24;  // number_in reads so far back

}  // namespace

// Of the beginning of the message and the end of the line, where the states stand.
std::size_t Stencils::bucket_of(const char* line, std::size_t length, std::size_t message_at) {
  const char* const sign = line + message_at;
  const char* const end = line + length;
  const std::uint64_t hash = word_at(sign) * 0x9E3779B97F4A7C15ULL ^ word_at(sign + 8) * 0xC2B2AE3D27D4EB4FULL ^
                             word_at(sign + 16) * 0x165667B19E3779F9ULL ^ word_at(end - 8) * 0xD6E8FEB86659FD93ULL ^
                             word_at(end - 16) * 0xA0761D6478BD642FULL ^ length * 0xE7037ED1A0B428DBULL;
  return (hash ^ hash >> 32) * 0x9E3779B97F4A7C15ULL >> 54;
}

bool Stencils::fits(const char* line, const Stencil& stencil) const {
  const char* const bytes = bytes_.data() + stencil.bytes_at;
  const char* const masks = masks_.data() + stencil.bytes_at;
#if defined(__SSE2__)
  const auto block = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
  const auto difference = [&](std::size_t at) {
    return _mm_xor_si128(_mm_and_si128(block(line + at), block(masks + at)), block(bytes + at));
  };
  // From the end on, for there most lines that have a stencil's message and length differ from it.
  for (std::size_t at = (stencil.length - 1) / kBlock * kBlock;; at -= kBlock) {
    const __m128i differing = _mm_or_si128(_mm_or_si128(difference(at), difference(at + 16)),
                                           _mm_or_si128(difference(at + 32), difference(at + 48)));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(differing, _mm_setzero_si128())) != 0xFFFF) return false;
    if (at == 0) return true;
  }
#else
  for (std::size_t at = 0; at < stencil.length; ++at)
    if ((line[at] & masks[at]) != bytes[at]) return false;
  return true;
#endif
}

const Stencils::Stencil* Stencils::find(std::string_view data, std::size_t message_at) const {
  if (buckets_.empty() || data.size() < message_at + kSign) return nullptr;
  const auto* const end = static_cast<const char*>(std::memchr(data.data(), '\n', std::min(data.size(), kLongestLine)));
  if (end == nullptr) return nullptr;
  const auto length = static_cast<std::size_t>(end - data.data()) + 1;
  if (length < message_at + kSign) return nullptr;
  for (std::uint32_t next = buckets_[bucket_of(data.data(), length, message_at)]; next != 0;) {
    const Stencil& stencil = stencils_[next - 1];
    if (stencil.length == length && fits(data.data(), stencil)) return &stencil;
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
  masks_.resize(bytes_.size());
  char* const bytes = bytes_.data() + stencil.bytes_at;
  char* const masks = masks_.data() + stencil.bytes_at;
  std::memcpy(bytes, line.data(), line.size());
  std::memset(masks, -1, line.size());
  const auto open = [&](std::size_t at) {
    if (line[at] < '0' || line[at] > '9') return;
    masks[at] = static_cast<char>(0xF0);
    bytes[at] = '0';
  };
  for (std::size_t at = 0; at < stencil.line_time; ++at) open(at);
  for (const Hole hole : {stencil.event_time, stencil.number})
    for (std::size_t at = hole.at; at < std::size_t{hole.at} + hole.digits; ++at) open(at);
  std::uint16_t& bucket = buckets_[bucket_of(line.data(), line.size(), message_at)];
  stencil.next = bucket;
  stencils_.push_back(stencil);
  bucket = static_cast<std::uint16_t>(stencils_.size());
}

}  // namespace tunnelscope::input
