// A 64-bit mixing hash over what makes two records the same record.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

namespace tunnelscope::diag {

class IdentityHash {
 public:
  IdentityHash& add(std::uint64_t value) {
    state_ ^= value + 0x9E3779B97F4A7C15ULL + (state_ << 6) + (state_ >> 2);
    state_ *= 0xFF51AFD7ED558CCDULL;
    state_ ^= state_ >> 32;
    return *this;
  }
  IdentityHash& add(std::string_view text) { return add(std::hash<std::string_view>{}(text)); }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x51ED270B7A14D3C5ULL;
};

}  // namespace tunnelscope::diag
