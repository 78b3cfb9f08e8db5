// Every folder in tests/broken-kb/ is a knowledge base with one fault; expected.txt holds all that the user sees.
// TUNNELSCOPE_BLESS=1 rewrites the expectations; review the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kb/lint.hpp"

namespace tunnelscope::kb {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = fs::path(SOURCE_DIR) / "tests" / "broken-kb";

std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string as_text(const Errors& errors, const std::string& folder) {
  std::string text;
  for (Error error : errors) {
    if (error.file.starts_with(folder + "/")) error.file.erase(0, folder.size() + 1);
    if (error.file == folder) error.file = ".";
    text += to_text(error) + "\n";
  }
  return text;
}

std::string what_the_user_sees(const std::string& folder) {
  SourceMap sources;
  const auto knowledge = load_folder(folder, &sources);
  if (!knowledge) return as_text(knowledge.error(), folder);
  LintContext context;
  context.sources = &sources;
  return as_text(lint(*knowledge, context), folder);
}

class KbBroken : public testing::TestWithParam<std::string> {};

TEST_P(KbBroken, ShowsPlaceReasonAndHint) {
  const fs::path folder = kRoot / GetParam();
  const std::string got = what_the_user_sees(folder.string());
  if (std::getenv("TUNNELSCOPE_BLESS") != nullptr) std::ofstream(folder / "expected.txt", std::ios::binary) << got;
  EXPECT_FALSE(got.empty());
  EXPECT_EQ(got, read(folder / "expected.txt"));
}

INSTANTIATE_TEST_SUITE_P(Folders, KbBroken, testing::ValuesIn(folders()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(KbBrokenFolders, AreMany) { EXPECT_GE(folders().size(), 60U); }

}  // namespace
}  // namespace tunnelscope::kb
