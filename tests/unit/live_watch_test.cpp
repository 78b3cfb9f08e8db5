// The watch says at each instant what diagnose says of the same records, however they arrive and whatever the machine's clock does.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "diag/diagnose.hpp"
#include "diag/health.hpp"
#include "kb/loader.hpp"
#include "src/live/watch.hpp"
#include "src/redact.hpp"
#include "src/report/format.hpp"

namespace tunnelscope::live {
namespace {

using diag::kMinute;
using diag::kSecond;
using diag::Time;
using std::chrono::milliseconds;

constexpr Time kStart = 1'772'438'400'000;  // 2026-03-02T08:00:00Z

// A tunnel with a record each ten seconds that is down from one second to another.
std::string story(int seconds, int down_from, int down_until) {
  std::string text;
  for (int at = 0; at < seconds; at += 10) {
    const bool down = at >= down_from && at < down_until;
    const bool fell = down && at - 10 < down_from;
    const std::string_view state = down ? "down" : "established";
    const std::string details = fell ? "AWS tunnel DPD timed out after 5 retransmits"
                                : down ? "AWS tunnel is sending request (id=0) for IKE_SA_INIT" : fmt::format("Sending DPD request with seq_no: {}", at);
    text += fmt::format(R"({} {{"event_timestamp":{},"details":"{}","dpd_enabled":true,"nat_t_detected":false,"ike_phase1_state":"{}","ike_phase2_state":"{}"}})",
                        diag::rfc3339(kStart + at * kSecond), (kStart + at * kSecond) / 1000, details, state, state) + "\n";
  }
  return text;
}

// Gives prepared parts, the first of which are the backlog, and ends.
class Parts : public Source {
 public:
  Parts(std::vector<Lines> parts, std::size_t backlog) : parts_(std::move(parts)), backlog_(backlog) {}
  const std::string& name() const override { return name_; }
  Poll poll(milliseconds, std::size_t) override {
    Poll poll;
    if (next_ < parts_.size()) poll.lines.push_back(parts_[next_++]);
    poll.ended = next_ == parts_.size();
    poll.caught_up = poll.lines.empty();
    return poll;
  }
  std::string cursor() const override { return std::to_string(next_); }
  bool past_backlog() const override { return next_ >= backlog_; }

 private:
  std::string name_ = "vpn.log";
  std::vector<Lines> parts_;
  std::size_t next_ = 0, backlog_;
};

std::vector<Lines> cut(const std::string& text, std::mt19937& random) {
  std::vector<Lines> parts;
  std::uint64_t line = 1;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t end = from;
    std::uint64_t lines = 0;
    for (const auto wanted = 1 + random() % 30; lines < wanted && end < text.size(); ++lines) end = text.find('\n', end) + 1;
    parts.push_back({text.substr(from, end - from), line, parts.empty()});
    line += lines;
    from = end;
  }
  return parts;
}

// A watch over parts with clocks of its own, run to its end.
struct Watched {
  std::vector<std::string> changes;  // "opened id at"
  std::string report;                // JSON
  Time now = diag::kNoTime;
  std::string stale;
};

class WatchTest : public testing::Test {
 protected:
  static constexpr std::string_view kTunnel = "vpn-0a1b2c3d4e5f60718/203.0.113.17";

  std::shared_ptr<const report::Document> diagnosed(std::vector<input::OpenInput> inputs, Time now) const {
    input::ReadOptions reading;
    reading.tunnel = kTunnel;
    diag::Intake intake(classifier_, {false, nullptr});
    auto document = std::make_shared<report::Document>();
    document->problems = input::read_open_inputs(std::move(inputs), reading, intake);
    intake.finish();
    diag::Options options;
    options.now = now;
    document->report = diag::diagnose(intake, classifier_, options);
    app::clean(*document, nullptr);
    return document;
  }

  // `machine`: its clock after so many readings.
  Watched run(std::vector<Lines> parts, std::size_t backlog, const std::function<Time(int)>& machine) const {
    auto database = Database::open("");
    EXPECT_TRUE(database.has_value());
    EXPECT_TRUE(Watch::cursors(*database).has_value());
    int readings = 0;
    WatchDoors doors;
    doors.diagnose = [&](std::vector<input::OpenInput> inputs, Time now) { return diagnosed(std::move(inputs), now); };
    doors.machine_clock = [&] { return machine(readings++); };
    doors.steady_clock = [] { return diag::Duration{1}; };
    WatchOptions options;
    options.tunnel = kTunnel;
    options.stale_after = 10'000 * diag::kDay;
    Board board;
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(std::make_unique<Parts>(std::move(parts), backlog));
    Watch watch({"vpn.log"}, std::move(sources), *database, classifier_, options, std::move(doors), {}, {}, board);
    Watched result;
    const auto collect = [&] {
      for (const diag::AlertChange& change : watch.take_changes())
        result.changes.push_back(fmt::format("{} {} {}", diag::name_of(change.kind), change.id, diag::rfc3339(change.at)));
    };
    while (watch.round(milliseconds(50))) collect();
    collect();
    const auto newest = board.newest();
    result.report = report::to_json(*newest->document, {});
    result.now = newest->document->report.now;
    result.stale = newest->stale;
    return result;
  }

  std::string batch(const std::string& text, Time now) const {
    std::vector<input::OpenInput> inputs;
    inputs.push_back({"vpn.log", 1, diag::kNoTime, input::memory_source(text)});
    return report::to_json(*diagnosed(std::move(inputs), now), {});
  }

  diag::Classifier classifier_{kb::built_in()};
};

Time honest(int) { return kStart + diag::kDay; }

TEST_F(WatchTest, SaysWhatDiagnoseSaysOfTheSameRecordsHoweverTheyAreCut) {
  const std::string text = story(3000, 600, 900);
  for (unsigned seed = 0; seed < 12; ++seed) {
    std::mt19937 random(seed);
    const Watched watched = run(cut(text, random), 1, honest);
    EXPECT_EQ(watched.report, batch(text, watched.now)) << "seed " << seed;
  }
}

TEST_F(WatchTest, TellsTheSameChangesHoweverItsLinesAreCut) {
  const std::string text = story(3000, 600, 900);
  std::mt19937 random(1);
  const Watched first = run(cut(text, random), 1, honest);
  ASSERT_EQ(first.changes.size(), 2U);
  EXPECT_EQ(first.changes[0].substr(0, 6), "opened");
  EXPECT_EQ(first.changes[1].substr(0, 8), "resolved");
  for (unsigned seed = 2; seed < 12; ++seed) {
    std::mt19937 other(seed);
    EXPECT_EQ(run(cut(text, other), 1, honest).changes, first.changes) << "seed " << seed;
  }
}

TEST_F(WatchTest, AMachinesClockThatIsSetBackChangesNothing) {
  const std::string text = story(3000, 600, 900);
  std::mt19937 random(3), same(3);
  const Watched steady = run(cut(text, random), 1, honest);
  const Watched set_back = run(cut(text, same), 1, [](int reading) { return kStart + diag::kDay - (reading > 20 ? 3 * diag::kHour : 0); });
  EXPECT_EQ(set_back.changes, steady.changes);
  EXPECT_EQ(set_back.report, steady.report);
}

TEST_F(WatchTest, WhatHadEndedBeforeItCaughtUpIsHistory) {
  const std::string text = story(3000, 600, 900);
  std::mt19937 random(4);
  std::vector<Lines> parts = cut(text, random);
  const std::size_t all = parts.size();
  EXPECT_EQ(run(std::move(parts), all, honest).changes, std::vector<std::string>{});
}

TEST_F(WatchTest, ATunnelIsHealthyWhenItHasBeenUpForLongEnoughAndNotBefore) {
  const struct {
    int seconds;
    bool healthy;
  } kCases[] = {{800, false}, {1150, false}, {1250, true}};
  for (const auto& [seconds, healthy] : kCases) {
    std::vector<input::OpenInput> inputs;
    const std::string text = story(seconds, 600, 900);
    inputs.push_back({"vpn.log", 1, diag::kNoTime, input::memory_source(text)});
    const auto document = diagnosed(std::move(inputs), kStart + (seconds - 10) * kSecond);
    const diag::Health health = diag::health_of(document->report, kb::built_in(), 5 * kMinute);
    EXPECT_EQ(health.healthy, healthy) << seconds << " s: " << health.missing;
  }
}

}  // namespace
}  // namespace tunnelscope::live
