// The unread bytes of a source as one contiguous view that grows on demand.
// The view is always followed by readable padding, so that simdjson can parse any part of it in place.
#pragma once
#include <cstdint>
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
    read_ += count;
    ended_ = count == 0;
    return !ended_;
  }

 private:
  static constexpr std::size_t kRead = std::size_t{1} << 18, kPage = 4096;

  void make_room() {
    if (capacity_ - to_ >= kRead) return;
    const std::size_t held = to_ - from_;
    const bool grows = capacity_ < held + kRead + kPage;
    const std::size_t wanted = grows ? held * 2 + 2 * kRead + kPage : capacity_;
    auto bigger = grows ? std::make_unique_for_overwrite<char[]>(wanted + kPadding) : nullptr;
    char* const room = grows ? bigger.get() : buffer_.get();
    if (grows) std::memset(room + wanted, 0, kPadding);
    const std::size_t from = place_in_page(room, held);
    if (held > 0) std::memmove(room + from, buffer_.get() + from_, held);
    if (grows) buffer_ = std::move(bigger);
    capacity_ = wanted;
    from_ = from;
    to_ = from + held;
  }

  // Where what is held begins so that what is read stands at the same place of a page as in the file: processors of some makers
  // copy a few bytes further on at less than half the speed.
  std::size_t place_in_page(const char* room, std::size_t held) const {
    return (read_ - held - reinterpret_cast<std::uintptr_t>(room)) % kPage;
  }

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, from_ = 0, to_ = 0;
  std::size_t read_ = 0;  // bytes of the source
  bool ended_ = false;
};

}  // namespace tunnelscope::input
