// Texts kept once each, by number, and how another pool takes them over.
// In: texts. Out: their numbers, and the texts of numbers.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "diag/hash.hpp"

namespace tunnelscope::diag {

// Texts kept once each. Index 0 is the empty text.
class TextPool {
 public:
  TextPool();
  std::uint32_t intern(std::string_view text) { return intern(text, hash_of(text)); }
  std::uint32_t intern(std::string_view text, std::uint64_t hash);  // hash: hash_of(text)
  // What intern() is going to look at for a text of this hash, one after the other, to be asked for in this order while something
  // else is done: each looks at what the one before has asked for.
  void expect_slot(std::uint64_t hash) const { __builtin_prefetch(&slot(hash)); }
  void expect_place(std::uint64_t hash) const { __builtin_prefetch(&texts_[slot(hash).index]); }
  void expect_text(std::uint64_t hash) const { __builtin_prefetch(at(slot(hash).index).data()); }
  // Keeps a text that is unlikely to come again, without looking for it.
  std::uint32_t add(std::string_view text) { return add(text, waiting_); }
  std::string_view at(std::uint32_t index) const { return texts_[index].in(blocks_); }
  std::uint32_t find(std::string_view text) const;  // 0: it is empty, or was never interned
  std::size_t size() const { return texts_.size(); }  // indices are below
  static std::uint64_t hash_of(std::string_view text) { return Hash().add(text).value(); }

  TextPool(TextPool&&) noexcept = default;
  TextPool& operator=(TextPool&&) noexcept = default;
  TextPool(const TextPool&) = delete;

 private:
  // Open addressing: a slot is free, or holds a text's index and as much of its hash as finds its place.
  struct Slot {
    std::uint32_t hash = 0, index = 0;
  };
  // A block of texts one after the other, or of a single one that is longer than most blocks.
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  // Where a text stands, in eight bytes: the block, the place in it, and the length; kWhole: it is all of the block.
  class Where {
   public:
    Where() = default;
    Where(std::size_t block, std::size_t from, std::size_t size) : packed_(block << 2 * kBits | from << kBits | size) {}
    std::string_view in(const std::vector<Block>& blocks) const {
      const Block& block = blocks[packed_ >> 2 * kBits];
      const std::size_t size = packed_ & kWhole;
      return size == kWhole ? std::string_view(block.bytes.get(), block.size)
                            : std::string_view(block.bytes.get() + (packed_ >> kBits & kWhole), size);
    }
    static constexpr unsigned kBits = 18;
    static constexpr std::size_t kWhole = (std::size_t{1} << kBits) - 1;

   private:
    std::uint64_t packed_ = 0;
  };
  static constexpr std::size_t kBlock = Where::kWhole;
  // The block that is being filled, and how many of its bytes are. Texts that are looked for stand apart from those that only wait.
  struct Filling {
    std::size_t block = 0, used = 0;
  };
  std::uint32_t add(std::string_view text, Filling& filling);
  const Slot& slot(std::uint64_t hash) const { return slots_[static_cast<std::uint32_t>(hash) & (slots_.size() - 1)]; }  // the first one
  std::size_t slot_of(std::string_view text, std::uint32_t hash) const;  // its own, or the free one where it belongs
  void grow();

  std::vector<Block> blocks_;
  Filling interned_, waiting_;
  std::vector<Where> texts_;
  std::vector<Slot> slots_;  // a power of two of them
  std::size_t taken_ = 0;
};

// Takes the texts of one pool over into another, each when it is first asked for.
class TextMap {
 public:
  TextMap(const TextPool& from, TextPool& to) : from_(from), to_(to), known_(from.size()) {}
  std::uint32_t operator()(std::uint32_t index) {
    if (index != 0 && known_[index] == 0) known_[index] = to_.intern(from_.at(index));
    return known_[index];
  }
  const TextPool& from() const { return from_; }
  TextPool& to() { return to_; }

 private:
  const TextPool& from_;
  TextPool& to_;
  std::vector<std::uint32_t> known_;  // 0: not yet
};

}  // namespace tunnelscope::diag
