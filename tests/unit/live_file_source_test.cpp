// A file as a source of lines, as far as no file is needed; tests/live has the rest.
#include <gtest/gtest.h>

#include "src/live/sources/kinds.hpp"

namespace tunnelscope::live {
namespace {

class DamagedCursor : public ::testing::TestWithParam<const char*> {};
TEST_P(DamagedCursor, IsNoneAndTheFileIsReadFromItsBeginning) {
  const auto source = make_file_source("/nonexistent/tunnels.log", GetParam());
  EXPECT_EQ(source->cursor(), make_file_source("/nonexistent/tunnels.log", "")->cursor());
  EXPECT_TRUE(source->poll(std::chrono::milliseconds(0), 4096).lines.empty());
}
INSTANTIATE_TEST_SUITE_P(Cursors, DamagedCursor,
                         ::testing::Values("{", "[]", R"({"inode":"x"})", R"({"inode":1,"line":[]})", R"({"device":1,"inode":2,"offset":3,"head":4})"));

}  // namespace
}  // namespace tunnelscope::live
