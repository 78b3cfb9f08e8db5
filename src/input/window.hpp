// The unread bytes of a source as one contiguous view that grows on demand.
// The view is always followed by readable padding, so that simdjson can parse any part of it in place.
#pragma once
#include <cstring>
#include <memory>
#include <string_view>

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
    const std::size_t count = source_.read(buffer_.get() + to_, capacity_ - to_);
    to_ += count;
    ended_ = count == 0;
    return !ended_;
  }

 private:
  static constexpr std::size_t kRead = std::size_t{1} << 18;

  void make_room() {
    if (capacity_ - to_ >= kRead) return;
    const std::size_t held = to_ - from_;
    if (held + kRead > capacity_ || capacity_ == 0) {
      const std::size_t wanted = held * 2 + 2 * kRead;
      auto bigger = std::make_unique_for_overwrite<char[]>(wanted + kPadding);
      std::memset(bigger.get() + wanted, 0, kPadding);
      if (held > 0) std::memcpy(bigger.get(), buffer_.get() + from_, held);
      buffer_ = std::move(bigger);
      capacity_ = wanted;
    } else if (held > 0) {
      std::memmove(buffer_.get(), buffer_.get() + from_, held);
    }
    from_ = 0;
    to_ = held;
  }

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, from_ = 0, to_ = 0;
  bool ended_ = false;
};

}  // namespace tunnelscope::input
