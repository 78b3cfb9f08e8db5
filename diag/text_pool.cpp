// Texts copied once into large blocks, found again by hash.
#include "diag/text_pool.hpp"

#include <cstring>

#include "diag/bytes.hpp"

namespace tunnelscope::diag {
namespace {
constexpr std::size_t kFirstSlots = 1024;
}

// The empty text stands in a block of its own.
TextPool::TextPool() : blocks_(1), texts_(1), slots_(kFirstSlots) {}

std::size_t TextPool::slot_of(std::string_view text, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.index == 0 || (slot.hash == hash && same_text(this->at(slot.index), text))) return at;
  }
}

// Slots stay at most half full, so that searches are short.
void TextPool::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  std::swap(old, slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.index == 0) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].index != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::uint32_t TextPool::intern(std::string_view text, std::uint64_t hash) {
  if (text.empty()) return 0;
  const auto short_hash = static_cast<std::uint32_t>(hash);
  std::size_t at = slot_of(text, short_hash);
  if (slots_[at].index != 0) return slots_[at].index;
  if (2 * (taken_ + 1) > slots_.size()) {
    grow();
    at = slot_of(text, short_hash);
  }
  ++taken_;
  const std::uint32_t index = add(text, interned_);
  slots_[at] = {short_hash, index};
  return index;
}

std::uint32_t TextPool::add(std::string_view text, Filling& filling) {
  if (text.empty()) return 0;
  const bool is_long = text.size() >= kBlock;
  if (is_long || blocks_[filling.block].size - filling.used < text.size()) {
    const std::size_t size = is_long ? text.size() : kBlock;
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    if (!is_long) filling = {blocks_.size() - 1, 0};
  }
  if (is_long) {
    std::memcpy(blocks_.back().bytes.get(), text.data(), text.size());
    texts_.emplace_back(blocks_.size() - 1, 0, Where::kWhole);
  } else {
    std::memcpy(blocks_[filling.block].bytes.get() + filling.used, text.data(), text.size());
    texts_.emplace_back(filling.block, filling.used, text.size());
    filling.used += text.size();
  }
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

std::uint32_t TextPool::find(std::string_view text) const {
  return text.empty() ? 0 : slots_[slot_of(text, static_cast<std::uint32_t>(hash_of(text)))].index;
}

}  // namespace tunnelscope::diag
