// The watch as a file for the textfile collector of Prometheus's node exporter. In: a board, a path. Out: the file, always whole: it is written
// beside itself and renamed.
#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include <tl/expected.hpp>

#include "src/live/board.hpp"

namespace tunnelscope::live {

// Error: the reason, "No space left on device".
tl::expected<void, std::string> write_whole(const std::string& path, std::string_view text);

// Writes with each version, and each quarter of a minute; a disk that is full is said once, and tried again.
class Textfile {
 public:
  // `complain`: takes the reason; called by a thread of its own. The board must outlive it.
  Textfile(std::string path, const Board& board, std::function<void(const std::string& reason)> complain);
  ~Textfile();  // writes what it knew last
  Textfile(const Textfile&) = delete;

 private:
  void run();
  void write(const Snapshot& snapshot);

  const std::string path_;
  const Board& board_;
  const std::function<void(const std::string&)> complain_;
  std::atomic<bool> stopping_ = false;
  bool complained_ = false;
  std::thread thread_;
};

}  // namespace tunnelscope::live
