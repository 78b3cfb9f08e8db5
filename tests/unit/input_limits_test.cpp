// Giant lines and hostile shapes: bounded memory, linear time, and the lines behind them are read.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>

#include "input_world.hpp"
#include "src/input/framing.hpp"

namespace tunnelscope::input::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kMiB = std::size_t{1} << 20;

std::string record(int i) {
  return "{\"event_timestamp\":" + std::to_string(1673252138 + i) + ",\"details\":\"AWS tunnel did thing " + std::to_string(i) + "\"}";
}

// `head`, then `filler` repeated up to `length` bytes, then `tail`: never in memory as a whole.
class Generated final : public ByteSource {
 public:
  Generated(std::string head, std::string filler, std::size_t length, std::string tail)
      : head_(std::move(head)), tail_(std::move(tail)), middle_(length / filler.size() * filler.size()) {
    while (filler_.size() < 4096) filler_ += filler;  // whole fillers; the middle ends with one
    middle_ = middle_ / filler_.size() * filler_.size();
  }

  std::size_t read(char* to, std::size_t size) override {
    std::size_t written = 0;
    while (written < size) {
      const std::string_view part = next(size - written);
      if (part.empty()) break;
      std::copy(part.begin(), part.end(), to + written);
      written += part.size();
      at_ += part.size();
    }
    return written;
  }

 private:
  std::string_view next(std::size_t most) const {
    const std::size_t middle_from = head_.size(), tail_from = middle_from + middle_;
    if (at_ < middle_from) return std::string_view(head_).substr(at_, most);
    if (at_ >= tail_from) return std::string_view(tail_).substr(std::min(at_ - tail_from, tail_.size()), most);
    return std::string_view(filler_).substr((at_ - middle_from) % filler_.size(), most);
  }
  std::string head_, filler_, tail_;
  std::size_t middle_, at_ = 0;
};

struct Outcome {
  std::uint64_t recognised_events = 0;
  Lines skipped;
  double seconds = 0;
  std::size_t grown_mib = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}
std::size_t peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

Outcome frame(ByteSource& source) {
  const kb::Knowledge nothing{};
  const diag::Classifier classifier(nothing);
  diag::Intake intake(classifier);
  Outcome outcome;
  const double start = cpu_seconds();
  const std::size_t before = peak_mib();
  {
    Recorder recorder(intake, {});
    recorder.begin_input("log");
    Unwrap unwrap(recorder);
    Window window(source);
    Context context;
    context.line = 1;
    Skeletons skeletons;
    Framing(window, skeletons, unwrap, recorder, context, 0, false).read();
  }
  outcome.seconds = cpu_seconds() - start;
  outcome.grown_mib = peak_mib() - before;
  intake.finish();
  outcome.recognised_events = intake.coverage().records - intake.coverage().skipped;
  for (const auto& tally : intake.coverage().skipped_by_reason)
    outcome.skipped.push_back(tally.what + " x" + std::to_string(tally.count) + " at " + intake.at(tally.first));
  return outcome;
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMeasures = false;
#else
constexpr bool kMeasures = true;
#endif

TEST(InputLimits, GiantLinesTakeBoundedMemoryAndTheNextLineIsRead) {
  struct Case {
    const char* label;
    std::string head, filler, tail;
    Lines skipped;
  };
  const std::string next = "\n" + record(2) + "\n";
  const std::string first = record(1) + "\n";
  for (const auto& c : std::vector<Case>{
           {"Text", first, "A", next, {"line longer than 16 MiB x1 at log:2"}},
           {"StringAtLineStart", first + "{\"event_timestamp\":1,\"details\":\"", "A", "\"}" + next, {"line longer than 16 MiB x1 at log:2"}},
           {"StringBehindPrefix", first + "2023-01-09T08:15:38.000Z {\"details\":\"", "A", "\"}" + next,
            {"line longer than 16 MiB x1 at log:2"}},
           {"StringWithoutEnd", first + "{\"details\":\"", "A", next, {"line longer than 16 MiB x1 at log:2"}},
           {"Members", first + "{\"a\":1", ",\"b\":2", "}" + next, {"line longer than 16 MiB x1 at log:2"}},
           {"ElementOfAnArray", "[" + record(1) + ",\n{\"details\":\"", "A", "\"},\n" + record(2) + "]",
            {"record longer than 16 MiB x1 at log:2"}},
           {"EventOfAWrapper", "{\"events\":[" + record(1) + ",\n{\"message\":\"", "A", "\"},\n" + record(2) + "]}",
            {"record longer than 16 MiB x1 at log:2"}},
           {"Blanks", first, " ", next, {}},
           {"Brackets", first, "[", next, {"JSON nested too deep x1 at log:2"}},
           {"BackSlashes", first + "{\"details\":\"", "\\", next, {"line longer than 16 MiB x1 at log:2"}},
           {"CsvCell", "@timestamp,details\n2023-01-09 08:15:38,AWS tunnel x\n2023-01-09 08:15:39,\"", "A", "\"\n2023-01-09 08:15:40,AWS tunnel y\n",
            {"line longer than 16 MiB x1 at log:3"}},
       }) {
    SCOPED_TRACE(c.label);
    Generated source(c.head, c.filler, 128 * kMiB, c.tail);
    const Outcome outcome = frame(source);
    EXPECT_EQ(outcome.recognised_events, 2u);
    EXPECT_EQ(outcome.skipped, c.skipped);
    if (kMeasures) {
      EXPECT_LT(outcome.grown_mib, 110u);
    }
  }
}

TEST(InputLimits, DocumentsTooLargeToBufferAreStreamed) {
  const std::string element = record(1).insert(1, "\"pad\":\"" + std::string(4096, 'x') + "\",");
  struct Case {
    const char *label;
    std::string head, tail;
  };
  for (const auto& c : {Case{"Array", "[" + element, "]\n"}, Case{"Wrapper", "{\"logStream\":\"x\",\"logEvents\":[" + element, "],\"z\":1}\n"}}) {
    SCOPED_TRACE(c.label);
    const std::string filler = "," + element;
    const std::size_t size = 80 * kMiB;
    Generated source(c.head, filler, size, c.tail + record(2) + "\n");
    const Outcome outcome = frame(source);
    EXPECT_EQ(outcome.recognised_events, size / filler.size() + 2);
    EXPECT_THAT(outcome.skipped, IsEmpty());
  }
}

// Shapes that make careless parsers take quadratic time. 4 MiB against 1 MiB must take about four times as long.
TEST(InputLimits, HostileShapesTakeLinearTime) {
  for (const std::string filler :
       {"{", "[", "{\"a\":\n", "{\"a\":1,\n", "{\"a\":[\n", "[1,\n", "{\"a\":{\"b\":1 x},\n", "{} x ", "{}{", "\"", "\"\n", "\"\"\n",
        "{\"events\":[\n", "{\"events\":[{\"a\"", "}\n", "\n", "x {\"", "2023-01-09T08:15:38Z {", "2023-01-09T08:15:38Z {\n",
        "{\"message\":\"{\\\"message\\\":\\\"{\"}\n", "[{\"a\":[", "vpn-", "vpn-11111111-", "1234567890 ", ",,,,,\n", "\x1b[\n"}) {
    for (const std::string head : {"", "{\"logEvents\":[\n"}) {
      SCOPED_TRACE(head + filler);
      Generated small(head, filler, 1 * kMiB, "\n"), large(head, filler, 4 * kMiB, "\n");
      const double few = frame(small).seconds, many = frame(large).seconds;
      EXPECT_LT(many, std::max(few, 0.03) * 10) << few << " s, then " << many << " s";
      if (kMeasures) {
        EXPECT_LT(many, 5.0);
      }
    }
  }
}

TEST(InputLimits, EveryChunkSizeGivesTheSameRecords) {
  class Dripping final : public ByteSource {
   public:
    Dripping(std::string_view text, std::size_t step) : rest_(text), step_(step) {}
    std::size_t read(char* to, std::size_t size) override {
      const std::size_t count = std::min({step_, size, rest_.size()});
      std::copy_n(rest_.data(), count, to);
      rest_.remove_prefix(count);
      return count;
    }

   private:
    std::string_view rest_;
    std::size_t step_;
  };
  const std::string text = record(1) + "\n{\n\"events\": [\n" + record(2) + ",\n" + record(3) + "\n]}{\"x\":1}" + record(4) +
                           "\r\n2023-01-09T08:15:38Z " + record(5) + "\n[" + record(6) + ",\n" + record(7) + "]\nhello\n{\"cut\":\"\n" + record(8);
  for (const std::size_t step : {1u, 2u, 3u, 7u, 64u, 1000u}) {
    SCOPED_TRACE(step);
    Dripping source(text, step);
    const Outcome outcome = frame(source);
    EXPECT_EQ(outcome.recognised_events, 8u);
    EXPECT_THAT(outcome.skipped, ElementsAre("not a VPN log record x2 at log:6", "truncated JSON x1 at log:11"));
  }
}

}  // namespace
}  // namespace tunnelscope::input::testing
