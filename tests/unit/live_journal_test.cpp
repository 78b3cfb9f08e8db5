// What a journal keeps when not all fits.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "src/live/journal.hpp"

namespace tunnelscope::live {
namespace {

constexpr diag::Time kNow = 1'772'438'400'000;
constexpr std::size_t kLine = 20'000;  // bytes: a piece for itself, of which packing leaves the half at least

class JournalTest : public ::testing::Test {
 protected:
  // A line of letters that hardly pack.
  void add(const std::string& source, diag::Time time) {
    std::string text(kLine, '\n');
    std::generate(text.begin(), text.end() - 1, [&] { return static_cast<char>('0' + random_() % 64); });
    Lines lines{text, ++lines_[source], lines_[source] == 1};
    journal_.begin_file(source, lines);
    journal_.append(source, lines.text, lines.first_line, time, time == diag::kNoTime ? 0 : 1);
  }

  // "source from line", of each that has something.
  std::vector<std::string> kept() const {
    std::vector<std::string> list;
    for (const input::OpenInput& input : journal_.inputs()) list.push_back(input.path + " from " + std::to_string(input.first_line));
    return list;
  }

  Database database_ = [] {
    auto database = Database::open("");
    database->begin();
    return std::move(*database);
  }();
  Journal journal_ = [this] {
    Journal journal(database_, {diag::kDay, 8 * kLine});
    journal.load();
    return journal;
  }();
  std::map<std::string, std::uint64_t> lines_;
  std::mt19937 random_{1};
};

TEST_F(JournalTest, DropsTheOldestRecordsWhicheverInputTheyAreOf) {
  for (int i = 0; i < 3; ++i) add("present.log", kNow - i);
  for (int hour = 20; hour > 0; --hour) add("added.log", kNow - hour * diag::kHour);
  EXPECT_GT(journal_.trim(kNow), 5U);
  const std::vector<std::string> rest = kept();
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0], "present.log from 1");
  EXPECT_TRUE(rest[1].starts_with("added.log from ")) << rest[1];
  EXPECT_NE(rest[1], "added.log from 1");
}

TEST_F(JournalTest, DropsOfOneInputItsBeginning) {
  for (int minute = 30; minute > 0; --minute) add("tunnels.log", kNow - minute * diag::kMinute);
  const std::uint64_t lost = journal_.trim(kNow);
  EXPECT_EQ(kept(), std::vector<std::string>{"tunnels.log from " + std::to_string(lost + 1)});
}

TEST_F(JournalTest, TakesTextWithoutRecordsForAsOldAsWhatFollowsIt) {
  add("present.log", diag::kNoTime);  // the beginning of a document, say
  add("present.log", kNow);
  for (int hour = 20; hour > 0; --hour) add("added.log", kNow - hour * diag::kHour);
  journal_.trim(kNow);
  EXPECT_EQ(kept().front(), "present.log from 1");
}

TEST_F(JournalTest, DropsWhatIsOlderThanTheHorizonWithoutCountingIt) {
  add("old.log", kNow - 30 * diag::kHour);
  add("tunnels.log", kNow - 25 * diag::kHour);
  add("tunnels.log", kNow);
  EXPECT_EQ(journal_.trim(kNow), 0U);
  EXPECT_EQ(kept(), std::vector<std::string>{"tunnels.log from 2"});
}

}  // namespace
}  // namespace tunnelscope::live
