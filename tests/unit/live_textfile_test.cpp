// The file of --textfile: whole or not there, and a folder that fails is said once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "src/live/metrics.hpp"
#include "src/live/textfile.hpp"
#include "tests/unit/live_snapshot.hpp"

namespace tunnelscope::live {
namespace {

namespace fs = std::filesystem;

class ATextfile : public ::testing::Test {
 protected:
  ATextfile() { fs::create_directory(folder_); }
  ~ATextfile() override { fs::remove_all(folder_); }
  std::string text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const fs::path folder_ = fs::path(testing::TempDir()) / ("textfile-" + std::to_string(getpid()));
  const std::string path_ = folder_ / "tunnelscope.prom";
};

TEST_F(ATextfile, HasWhatTheBoardHadLast) {
  Board board;
  {
    const Textfile file(path_, board, [](const std::string& reason) { ADD_FAILURE() << reason; });
    board.publish(test::ill_snapshot(1));
    board.publish(test::ill_snapshot(2));
  }
  EXPECT_EQ(text(), to_metrics(*board.newest()));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(ATextfile, IsNotMadeByAWatchThatSaysNothing) {
  Board board;
  { const Textfile file(path_, board, [](const std::string& reason) { ADD_FAILURE() << reason; }); }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ATextfile, KeepsWhatStoodThereWhenItCannotBeWritten) {
  ASSERT_TRUE(write_whole(path_, "before\n"));
  fs::create_directory(path_ + ".tmp");
  EXPECT_FALSE(write_whole(path_, "after\n"));
  EXPECT_EQ(text(), "before\n");
}

TEST_F(ATextfile, ComplainsOnceOfAFolderThatHasGone) {
  Board board;
  std::atomic<int> complaints = 0;
  {
    const Textfile file((folder_ / "gone/tunnelscope.prom").string(), board, [&](const std::string& reason) {
      EXPECT_EQ(reason, "No such file or directory");
      ++complaints;
    });
    for (std::uint64_t version = 1; version < 5; ++version) {
      board.publish(test::ill_snapshot(version));
      usleep(20'000);
    }
  }
  EXPECT_EQ(complaints, 1);
}

}  // namespace
}  // namespace tunnelscope::live
