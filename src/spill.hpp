// Room on disk for records that wait for their order: a file without a name in the folder for temporary files, gone with
// the process. In: bytes. Out: the same bytes, later.
#pragma once
#include <atomic>
#include <mutex>

#include "diag/overflow.hpp"

namespace tunnelscope::app {

class Spill final : public diag::Overflow {
 public:
  Spill() = default;
  ~Spill() override;
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // Makes the file when it is first needed: in TMPDIR, else /tmp. Nothing: there is no such folder, or no room in it.
  std::optional<std::uint64_t> put(std::string_view bytes) override;
  void get(std::uint64_t offset, char* to, std::size_t size) override;

 private:
  int file();

  std::once_flag made_;
  int file_ = -1;
  std::atomic<std::uint64_t> end_{0};
};

}  // namespace tunnelscope::app
