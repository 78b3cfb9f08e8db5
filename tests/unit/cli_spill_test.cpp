// The temporary file: what goes in comes out, and where there is none everything works without it.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "diag/diagnose.hpp"
#include "kb/loader.hpp"
#include "src/report/format.hpp"
#include "src/spill.hpp"

namespace tunnelscope::app {
namespace {

namespace fs = std::filesystem;

// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (old_) ::setenv(name_, old_->c_str(), 1);
    else ::unsetenv(name_);
  }
  Variable(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// Files cannot grow beyond so many bytes for as long as it lives: what a full disk does, without filling one.
class FullDisk {
 public:
  explicit FullDisk(std::size_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit little{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &little);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;

 private:
  rlimit old_{};
  void (*handler_)(int) = nullptr;
};

std::string get(Spill& spill, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '?');
  spill.get(offset, bytes.data(), size);
  return bytes;
}

TEST(Spill, GivesBackWhatWasPutInAnyOrder) {
  std::mt19937 random(5);
  Spill spill;
  std::vector<std::pair<std::uint64_t, std::string>> all;
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 100'000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const auto offset = spill.put(bytes);
    ASSERT_TRUE(offset);
    all.emplace_back(*offset, std::move(bytes));
  }
  std::shuffle(all.begin(), all.end(), random);
  for (const auto& [offset, bytes] : all) EXPECT_EQ(get(spill, offset, bytes.size()), bytes);
}

TEST(Spill, TakesFromSeveralThreadsAtOnce) {
  Spill spill;
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::uint64_t> offsets;
      const auto bytes = [&](std::size_t i) { return std::string(1000 + i, static_cast<char>('a' + t)) + std::to_string(i); };
      for (std::size_t i = 0; i < 200; ++i) offsets.push_back(spill.put(bytes(i)).value_or(0));
      for (std::size_t i = 0; i < 200; ++i) wrong[t] += get(spill, offsets[i], bytes(i).size()) != bytes(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST(Spill, SaysThatBytesWhichNobodyPutCannotBeRead) {
  Spill spill;
  const auto offset = spill.put("abc");
  ASSERT_TRUE(offset);
  EXPECT_THROW(get(spill, *offset, 4), std::runtime_error);
  EXPECT_EQ(get(spill, *offset, 3), "abc");
}

TEST(Spill, LeavesNothingInTheFolder) {
  std::string folder = (fs::temp_directory_path() / "tunnelscope-spill-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  {
    const Variable tmpdir("TMPDIR", folder);
    Spill spill;
    ASSERT_TRUE(spill.put("abc"));
    EXPECT_TRUE(fs::is_empty(folder));
  }
  EXPECT_TRUE(fs::is_empty(folder));
  fs::remove_all(folder);
}

TEST(Spill, HasNoRoomInAFolderThatDoesNotExist) {
  const Variable tmpdir("TMPDIR", "/nonexistent/folder");
  Spill spill;
  EXPECT_FALSE(spill.put("abc"));
  EXPECT_FALSE(spill.put("abc"));
}

TEST(Spill, HasNoRoomInAFileInsteadOfAFolder) {
  const Variable tmpdir("TMPDIR", "/dev/null");
  Spill spill;
  EXPECT_FALSE(spill.put("abc"));
}

TEST(Spill, OnAFullDiskKeepsWhatItTook) {
  const FullDisk disk(10'000);
  Spill spill;
  const std::string bytes(6'000, 'x');
  const auto first = spill.put(bytes);
  ASSERT_TRUE(first);
  EXPECT_FALSE(spill.put(bytes));
  EXPECT_FALSE(spill.put(bytes));
  EXPECT_EQ(get(spill, *first, bytes.size()), bytes);
}

// More records than are kept in memory, out of order so that an overflow is read back often; the report as text.
std::string report_of_many(diag::Overflow* overflow) {
  const diag::Classifier classifier(kb::built_in());
  diag::Intake intake(classifier, {.keep_everything = false, .overflow = overflow});
  std::mt19937 random(6);
  for (const char* path : {"a.log", "b.log"}) {
    intake.begin_input(path);
    for (std::uint64_t line = 1; line <= 60'000; ++line) {
      diag::TunnelRecord r;
      const std::string ip = "203.0.113." + std::to_string(line % 7);
      // A text without a phrase is kept whole, so that the limit is reached soon.
      const std::string message = line % 3 == 0 ? fmt::format("é is doing {} things {}", line, std::string(600, 'x'))
                                                : fmt::format("AWS tunnel is sending request (id={}) for INFORMATIONAL", line);
      r.connection = "vpn-0123456789abcdef0";
      r.outside_ip = ip;
      r.time = 1772323200000 + static_cast<diag::Time>(line + random() % 600) * 5000;
      r.message = message;
      r.phase1 = r.phase2 = random() % 1000 == 0 ? diag::PhaseState::Down : diag::PhaseState::Established;
      intake.record(r, line);
    }
  }
  intake.finish(2);
  EXPECT_EQ(intake.coverage().records, 120'000U);
  const report::Document document{diagnose(intake, classifier, {}), {}, {}, false};
  return report::to_json(document, {80, false, true});
}

// Counts what the file took.
class CountingSpill final : public diag::Overflow {
 public:
  std::optional<std::uint64_t> put(std::string_view bytes) override {
    const auto offset = spill_.put(bytes);
    ++(offset ? taken : refused);
    return offset;
  }
  void get(std::uint64_t offset, char* to, std::size_t size) override { spill_.get(offset, to, size); }
  std::size_t taken = 0, refused = 0;

 private:
  Spill spill_;
};

TEST(Spill, ChangesNothingAboutAReport) {
  const std::string in_memory = report_of_many(nullptr);
  CountingSpill roomy;
  EXPECT_TRUE(report_of_many(&roomy) == in_memory);
  EXPECT_GT(roomy.taken, 100U);
  EXPECT_EQ(roomy.refused, 0U);
  {
    const Variable tmpdir("TMPDIR", "/nonexistent/folder");
    CountingSpill none;
    EXPECT_TRUE(report_of_many(&none) == in_memory);
    EXPECT_EQ(none.taken, 0U);
    EXPECT_GT(none.refused, 0U);
  }
  {
    const FullDisk disk(5'000'000);
    CountingSpill full;
    EXPECT_TRUE(report_of_many(&full) == in_memory);
    EXPECT_GT(full.taken, 10U);
    EXPECT_GT(full.refused, 0U);
  }
}

}  // namespace
}  // namespace tunnelscope::app
