// Ids on their way into the TextPool. An id is as good as always new, or was said long ago, and what it is compared with lies where
// nothing else does: that is asked for step by step while the next records are taken in.
// In: ids and the events that have them. Out: their numbers, some ids later.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "diag/text_pool.hpp"

namespace tunnelscope::diag {

class WaitingIds {
 public:
  // give(event, number) is called for this or an earlier id, or not yet.
  template <class Give>
  void take(std::string_view id, std::size_t event, TextPool& texts, const Give& give) {
    if (id.empty()) return;
    if (id.size() > kLongest) return give(event, texts.intern(id));
    if (taken_ == given_ + kMost) give_first(texts, give);
    Id& last = at(taken_++);
    last.hash = TextPool::hash_of(id);
    last.event = event;
    last.size = id.copy(last.bytes.data(), kLongest);
    texts.expect_slot(last.hash);
    if (taken_ - given_ > kStep) texts.expect_place(at(taken_ - 1 - kStep).hash);
    if (taken_ - given_ > 2 * kStep) texts.expect_text(at(taken_ - 1 - 2 * kStep).hash);
  }
  // For all that are left.
  template <class Give>
  void end(TextPool& texts, const Give& give) {
    while (given_ < taken_) give_first(texts, give);
  }

 private:
  static constexpr std::size_t kStep = 3, kMost = 8, kLongest = 40;
  struct Id {
    std::uint64_t hash = 0;
    std::size_t event = 0, size = 0;
    std::array<char, kLongest> bytes{};
  };
  Id& at(std::size_t id) { return ids_[id % kMost]; }

  template <class Give>
  void give_first(TextPool& texts, const Give& give) {
    const Id& first = at(given_++);
    give(first.event, texts.intern({first.bytes.data(), first.size}, first.hash));
  }

  std::array<Id, kMost> ids_;
  std::size_t taken_ = 0, given_ = 0;
};

}  // namespace tunnelscope::diag
