// The unread bytes of a source as one contiguous view that grows on demand.
// The view is always followed by readable padding, so that simdjson can parse any part of it in place.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "src/input/bytes.hpp"

namespace tunnelscope::input {

class Window {
 public:
  static constexpr std::size_t kPadding = 64;

  explicit Window(ByteSource& source) : source_(source) {}

  std::string_view data() const { return {buffer_.get() + from_, to_ - from_}; }
  bool at_end() const { return ended_; }  // nothing will follow data()
  void consume(std::size_t count) { from_ += count; }

  // Reads more behind data(), which moves: earlier views are void. False: the source has ended.
  bool more() {
    if (ended_) return false;
    make_room();
    const std::size_t count = source_.read(buffer_.get() + to_, limit_ - to_);
    to_ += count;
    read_ += count;
    ended_ = count == 0;
    return !ended_;
  }

 private:
  static constexpr std::size_t kRead = std::size_t{1} << 18, kPage = 4096;

  // How much is read at once does not depend on where the buffer lies: what a damaged source gives may depend on it.
  void make_room() {
    if (limit_ - to_ >= kRead) return;
    const std::size_t held = to_ - from_;
    std::unique_ptr<char[]> former;
    if (held + kRead > capacity_) {
      capacity_ = held * 2 + 2 * kRead;
      former = std::exchange(buffer_, std::make_unique_for_overwrite<char[]>(capacity_ + kPage + kPadding));
      std::memset(buffer_.get() + capacity_, 0, kPage + kPadding);
    }
    const std::size_t from = place_in_page(held);
    if (held > 0) std::memmove(buffer_.get() + from, (former ? former : buffer_).get() + from_, held);
    from_ = from;
    to_ = from + held;
    limit_ = from + capacity_;
  }

  // Where what is held begins so that what is read stands at the same place of a page as in the file: processors of some makers
  // copy a few bytes further on at less than half the speed.
  std::size_t place_in_page(std::size_t held) const {
    return (read_ - held - reinterpret_cast<std::uintptr_t>(buffer_.get())) % kPage;
  }

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;  // of capacity_ bytes, and a page to move in
  std::size_t capacity_ = 0, limit_ = 0;
  std::size_t from_ = 0, to_ = 0;
  std::size_t read_ = 0;  // bytes of the source
  bool ended_ = false;
};

}  // namespace tunnelscope::input
