// A fast 64-bit hash for texts and numbers. Not for hostile keys alone: whoever uses it compares what it finds.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tunnelscope::diag {

class Hash {
 public:
  Hash& add(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x9E3779B97F4A7C15ULL;
    state_ ^= state_ >> 29;
    return *this;
  }
  Hash& add(std::string_view text) {
    std::uint64_t word = text.size();
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
      std::uint64_t next = 0;
      std::memcpy(&next, text.data(), sizeof next);
      add(next);
    }
    std::uint64_t rest = 0;
    if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
    return add(rest ^ (word << 56));
  }
  std::uint64_t value() const { return state_ ^ (state_ >> 32); }

 private:
  std::uint64_t state_ = 0x51ED270B7A14D3C5ULL;
};

}  // namespace tunnelscope::diag
