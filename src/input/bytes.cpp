// ISA-L checks each member's checksum and length itself, but hands the bytes out before it can: what was
// decompressed is used, and the fault is reported as the input's problem.
#include "src/input/bytes.hpp"

#include <unistd.h>

#include <isa-l.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace tunnelscope::input {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;
constexpr std::size_t kPeek = 64;  // bytes by which layers are told
constexpr int kDeepestLayer = 6;

class FileSource final : public ByteSource {
 public:
  FileSource(int descriptor, std::function<void(std::size_t)> on_read)
      : descriptor_(descriptor), on_read_(std::move(on_read)) {}

  std::size_t read(char* to, std::size_t size) override {
    for (;;) {
      const ssize_t count = ::read(descriptor_, to, size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        problem_ = std::string("reading failed: ") + std::strerror(errno);
        return 0;
      }
      if (on_read_) on_read_(static_cast<std::size_t>(count));
      return static_cast<std::size_t>(count);
    }
  }

  std::string problem() const override { return problem_; }

 private:
  int descriptor_;
  std::function<void(std::size_t)> on_read_;
  std::string problem_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}

  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = std::min(size, rest_.size());
    std::copy_n(rest_.data(), count, to);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

// Another source whose first bytes can be looked at before they are read.
class PeekSource final : public ByteSource {
 public:
  explicit PeekSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::string_view peek() {
    while (held_ < first_.size()) {
      const std::size_t count = source_->read(first_.data() + held_, first_.size() - held_);
      if (count == 0) break;
      held_ += count;
    }
    return {first_.data(), held_};
  }

  std::size_t read(char* to, std::size_t size) override {
    if (given_ == held_) return source_->read(to, size);
    const std::size_t count = std::min(size, held_ - given_);
    std::copy_n(first_.data() + given_, count, to);
    given_ += count;
    return count;
  }

  std::string problem() const override { return source_->problem(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::array<char, kPeek> first_{};
  std::size_t held_ = 0, given_ = 0;
};

bool begins_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b\x08"); }

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), input_(std::make_unique_for_overwrite<char[]>(kChunk)),
        state_(std::make_unique<inflate_state>()) {  // all zero: a damaged block may ask its tables for codes that it never set
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  std::size_t read(char* to, std::size_t size) override {
    state_->next_out = reinterpret_cast<std::uint8_t*>(to);
    state_->avail_out = static_cast<std::uint32_t>(std::min(size, std::size_t{1} << 30));
    const std::uint32_t room = state_->avail_out;
    while (!ended_ && state_->avail_out == room) step();
    return room - state_->avail_out;
  }

  std::string problem() const override { return problem_.empty() ? source_->problem() : problem_; }

 private:
  void step() {
    if (state_->block_state == ISAL_BLOCK_FINISH) return next_member();
    if (state_->avail_in == 0) refill();
    const std::uint32_t in_before = state_->avail_in, out_before = state_->avail_out;
    const int status = isal_inflate(state_.get());
    if (status < 0) return fail(status == ISAL_INCORRECT_CHECKSUM ? "gzip checksum does not match" : "gzip data is damaged");
    const bool stuck = state_->avail_in == in_before && state_->avail_out == out_before;
    if (stuck && source_ended_ && state_->block_state != ISAL_BLOCK_FINISH) fail("gzip data ends early");
  }

  // A further member, zero padding, or something that is not gzip may follow a member.
  void next_member() {
    skip_padding();
    if (state_->avail_in == 0) {
      ended_ = true;
      return;
    }
    if (state_->avail_in < 3 && !source_ended_) refill();
    const std::string_view rest(reinterpret_cast<const char*>(state_->next_in), state_->avail_in);
    if (!begins_gzip(rest)) {
      if (std::string_view("\x1f\x8b\x08").starts_with(rest.substr(0, 3))) return fail("gzip data ends early");
      return fail("data behind the gzip stream was not read");
    }
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  void skip_padding() {
    for (;;) {
      while (state_->avail_in > 0 && *state_->next_in == 0) ++state_->next_in, --state_->avail_in;
      if (state_->avail_in > 0 || source_ended_) return;
      refill();
    }
  }

  // Keeps what is unread (a few bytes at most) and reads more behind it.
  void refill() {
    std::copy_n(state_->next_in, state_->avail_in, reinterpret_cast<std::uint8_t*>(input_.get()));
    const std::size_t count = source_->read(input_.get() + state_->avail_in, kChunk - state_->avail_in);
    source_ended_ = count == 0;
    state_->next_in = reinterpret_cast<std::uint8_t*>(input_.get());
    state_->avail_in += static_cast<std::uint32_t>(count);
  }

  void fail(std::string reason) {
    problem_ = std::move(reason);
    ended_ = true;
  }

  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<char[]> input_;  // kChunk bytes
  std::unique_ptr<inflate_state> state_;
  bool source_ended_ = false, ended_ = false;
  std::string problem_;
};

// UTF-16 by its byte-order mark, or because the first bytes are text with NUL as every second byte.
bool begins_utf16(std::string_view bytes, bool big_endian) {
  if (bytes.starts_with(big_endian ? "\xfe\xff" : "\xff\xfe")) return true;
  const std::size_t pairs = bytes.size() / 2, high = big_endian ? 0 : 1;
  bool latin = pairs >= 2;
  for (std::size_t i = 0; i < pairs && latin; ++i) latin = bytes[2 * i + high] == '\0' && bytes[2 * i + 1 - high] != '\0';
  return latin;
}

// UTF-16 (what `aws ... > file` gives in a Windows shell) to UTF-8.
class Utf16Source final : public ByteSource {
 public:
  Utf16Source(std::unique_ptr<ByteSource> source, bool big_endian)
      : source_(std::move(source)), input_(kChunk), big_endian_(big_endian) {}

  std::size_t read(char* to, std::size_t size) override {
    std::size_t written = 0;
    while (size - written >= 4) {
      const int unit = next_unit();
      if (unit < 0) break;
      written += put(to + written, code_point(static_cast<std::uint32_t>(unit)));
      if (at_ == held_) break;
    }
    return written;
  }

  std::string problem() const override { return source_->problem(); }

 private:
  int next_unit() {
    const int first = next_byte();
    const int second = first < 0 ? -1 : next_byte();
    if (second < 0) return -1;
    return big_endian_ ? first * 256 + second : second * 256 + first;
  }

  int next_byte() {
    if (at_ == held_) {
      held_ = source_->read(input_.data(), input_.size());
      at_ = 0;
      if (held_ == 0) return -1;
    }
    return static_cast<unsigned char>(input_[at_++]);
  }

  std::uint32_t code_point(std::uint32_t unit) {
    if (unit >= 0xD800 && unit < 0xDC00) {
      const int low = next_unit();
      if (low >= 0xDC00 && low < 0xE000)
        return 0x10000 + ((unit - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
      return 0xFFFD;
    }
    return unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : unit;
  }

  static std::size_t put(char* to, std::uint32_t c) {
    const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) return to[0] = static_cast<char>(c), 1;
    if (c < 0x800) return to[0] = static_cast<char>(0xC0 | (c >> 6)), to[1] = tail(0), 2;
    if (c < 0x10000) return to[0] = static_cast<char>(0xE0 | (c >> 12)), to[1] = tail(6), to[2] = tail(0), 3;
    return to[0] = static_cast<char>(0xF0 | (c >> 18)), to[1] = tail(12), to[2] = tail(6), to[3] = tail(0), 4;
  }

  std::unique_ptr<ByteSource> source_;
  std::vector<char> input_;
  std::size_t at_ = 0, held_ = 0;
  bool big_endian_;
};

// Layers were nested beyond any honest export.
class TooDeepSource final : public ByteSource {
 public:
  std::size_t read(char*, std::size_t) override { return 0; }
  std::string problem() const override { return "gzip inside gzip too many times"; }
};

}  // namespace

std::unique_ptr<ByteSource> file_source(int descriptor, std::function<void(std::size_t)> on_read) {
  return std::make_unique<FileSource>(descriptor, std::move(on_read));
}

std::unique_ptr<ByteSource> memory_source(std::string_view bytes) { return std::make_unique<MemorySource>(bytes); }

std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source) {
  for (int layer = 0; layer < kDeepestLayer; ++layer) {
    auto peeked = std::make_unique<PeekSource>(std::move(source));
    const std::string_view first = peeked->peek();
    const bool gzip = begins_gzip(first) || first == "\x1f\x8b";
    const bool big = begins_utf16(first, true), little = begins_utf16(first, false);
    source = std::move(peeked);
    if (gzip) source = std::make_unique<GzipSource>(std::move(source));
    else if (little || big) return std::make_unique<Utf16Source>(std::move(source), big);
    else return source;
  }
  return std::make_unique<TooDeepSource>();
}

}  // namespace tunnelscope::input
