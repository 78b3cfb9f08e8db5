// The text pool: texts copied once into large blocks, found again by hash.
#include "diag/event.hpp"

#include <algorithm>
#include <cstring>

namespace tunnelscope::diag {

namespace {
constexpr std::size_t kBlock = 1 << 18;
}

TextPool::TextPool() { texts_.emplace_back(); }

std::uint32_t TextPool::intern(std::string_view text) {
  if (text.empty()) return 0;
  if (const auto it = index_.find(text); it != index_.end()) return it->second;
  if (block_size_ - block_used_ < text.size()) {
    block_size_ = std::max(kBlock, text.size());
    blocks_.push_back(std::make_unique<char[]>(block_size_));
    block_used_ = 0;
  }
  char* const place = blocks_.back().get() + block_used_;
  std::memcpy(place, text.data(), text.size());
  block_used_ += text.size();
  const std::string_view kept(place, text.size());
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(kept);
  index_.emplace(kept, number);
  return number;
}

std::string_view TextPool::at(std::uint32_t index) const { return texts_[index]; }

}  // namespace tunnelscope::diag
