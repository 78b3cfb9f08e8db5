// Bytes of one input, in chunks: files and pipes, with gzip and UTF-16 taken off by looking at the first bytes.
// Nothing is mapped and nothing is kept: an input of any size, and a gzip bomb, takes the memory of one chunk per layer.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tunnelscope::input {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills up to `size` bytes and returns how many; 0: the end, or a fault (see problem()).
  virtual std::size_t read(char* to, std::size_t size) = 0;

  // Why reading ended before the end of the data, in plain words; empty: it did not.
  virtual std::string problem() const { return {}; }
  virtual std::string hint() const { return {}; }  // what to do about it; may be empty
};

// Reads `descriptor` and leaves it open. `on_read` is told of every chunk.
std::unique_ptr<ByteSource> file_source(int descriptor, std::function<void(std::size_t)> on_read = {});

// `bytes` must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes);

// Takes off gzip (several members, gzip in gzip) and UTF-16 with or without a byte-order mark, as long as the first
// bytes show them.
std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source);

}  // namespace tunnelscope::input
