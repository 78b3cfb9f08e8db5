// Room outside of memory for records that wait for their order: what diag/ needs of it. src/spill.hpp has the file.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace tunnelscope::diag {

// Safe from several threads at once.
class Overflow {
 public:
  virtual ~Overflow() = default;

  // Where the bytes are now; nothing: there is no room, and the caller keeps them.
  virtual std::optional<std::uint64_t> put(std::string_view bytes) = 0;

  // Reads back `size` bytes from `offset`. Throws std::runtime_error when they cannot be read.
  virtual void get(std::uint64_t offset, char* to, std::size_t size) = 0;
};

}  // namespace tunnelscope::diag
