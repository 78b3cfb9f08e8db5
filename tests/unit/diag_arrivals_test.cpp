// Records packed in any order come out second by second, and nothing about them has changed.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>

#include <fmt/format.h>

#include "diag/arrivals.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag {
namespace {

constexpr Time kStart = 1772323200000;

const Classifier& classifier() {
  static const Classifier it(kb::built_in());
  return it;
}

// Takes so many puts and refuses the others.
class FewPuts final : public Overflow {
 public:
  explicit FewPuts(std::size_t most) : left_(most) {}
  std::optional<std::uint64_t> put(std::string_view bytes) override {
    if (left_ == 0) return {};
    --left_;
    ++puts;
    const std::size_t offset = bytes_.size();
    bytes_ += bytes;
    return offset;
  }
  void get(std::uint64_t offset, char* to, std::size_t size) override {
    ++gets;
    if (offset + size > bytes_.size()) throw std::runtime_error("outside of what was put");
    bytes_.copy(to, size, offset);
  }
  std::size_t puts = 0, gets = 0;

 private:
  std::size_t left_;
  std::string bytes_;
};

// Everything that a record says, as text.
std::string line_of(const Arrival& a, const Phrases& phrases) {
  const Event& e = a.event;
  const auto part = [](auto state) { return static_cast<int>(state); };
  const std::string text = phrases.text(a.phrase, a.values);
  return fmt::format("{} fine {} {}:{} position {} route {} rule {} signal {} number {} settled {} dialect {} {}/{} bgp {} "
                     "dpd {} nat {} | {} {}", e.time, a.fine, e.place.input(), e.place.line(), a.position, a.route, e.rule,
                     e.signal, e.number, a.settled, part(e.dialect), part(e.phase1), part(e.phase2), part(e.bgp),
                     part(e.dpd_enabled), part(e.nat_t), text.substr(0, 80), std::hash<std::string>{}(text));
}

class Packing {
 public:
  explicit Packing(std::uint32_t seed) : random_(seed) { begin_book(); }

  std::uint64_t any(std::uint64_t limit) { return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random_); }

  // What is added from here on has the phrase numbers of another list.
  void begin_book() {
    books_.push_back(std::make_unique<Phrases>(classifier()));
    parts_.emplace_back();
  }

  // `position`, `line`: as inputs have them; the rest is arbitrary.
  void add(Time time, std::uint32_t input, std::uint64_t line, std::uint64_t position, const std::string& text) {
    Phrases& phrases = *books_.back();
    Arrival a;
    const Reading reading = phrases.read(any(8) == 0 ? Dialect::AwsS2sBgp : Dialect::AwsS2sIke, text);
    a.phrase = reading.phrase;
    a.values = reading.values;
    a.settled = reading.settled;
    a.position = position;
    a.route = any(10) == 0 ? any(UINT64_MAX) : 0;
    Event& e = a.event;
    e.time = time;
    a.fine = any(3) == 0 ? second_of(time) * kSecond + static_cast<Time>(any(kSecond)) : any(20) == 0 ? time - 40 * kDay : time;
    e.rule = reading.meaning.rule;
    e.signal = reading.meaning.signal;
    e.number = reading.number;
    if (!a.settled && any(2) == 0) {
      e.rule = static_cast<RuleIndex>(any(65536));
      e.signal = static_cast<SignalIndex>(any(65536));
      e.number = any(2) == 0 ? INT64_MAX - static_cast<std::int64_t>(any(3)) : static_cast<std::int64_t>(any(100'000));
    }
    e.place = Place{input, line};
    if (any(4) == 0) states_ = static_cast<std::uint32_t>(any(1U << 20));
    e.dialect = (states_ & 1) != 0 ? Dialect::AwsS2sBgp : Dialect::AwsS2sIke;
    e.phase1 = static_cast<PhaseState>(states_ % 5);
    e.phase2 = static_cast<PhaseState>(states_ / 5 % 5);
    e.bgp = static_cast<BgpState>(states_ / 25 % 3);
    e.dpd_enabled = static_cast<Answer>(states_ / 75 % 3);
    e.nat_t = static_cast<Answer>(states_ / 225 % 3);
    expected_[second_of(time)].push_back(line_of(a, phrases));
    added_ += parts_.back().add(a, 0);
  }

  // Records of kinds as a reader hands them on, in batches: lines and seconds one after the other, but for some.
  void add_known(int count, std::uint32_t input, std::uint64_t line) {
    Phrases& phrases = *books_.back();
    std::vector<KnownRecord> list;
    std::uint64_t position = line;
    bool apart = true, adjacent = true;
    Time time = kStart;
    for (int i = 0; i < count; ++i) {
      const auto step = static_cast<std::int64_t>(any(30) == 0 ? any(100'000) : 1 + any(300));
      if (any(40) != 0) time += step * kSecond;
      else if (any(5) == 0) time -= step * kSecond;
      line += any(200) == 0 ? 2 : 1;
      KnownRecord a = known(phrases);
      a.time = any(200) == 0 ? time + 7 : time;
      a.second = second_of(a.time);
      if (any(2) == 0) a.envelope_time = a.time - static_cast<Time>(any(any(20) == 0 ? 90'000 : 30'000));
      a.line = line;
      a.position = ++position;
      a.input = input;
      if (!list.empty()) {
        apart = apart && a.second > list.back().second;
        adjacent = adjacent && a.second >= list.back().second && a.line == list.back().line + 1;
      }
      adjacent = adjacent && a.time == a.second * kSecond;
      expected_[a.second].push_back(line_of(arrival_of(a), phrases));
      list.push_back(a);
      if (i + 1 < count && any(50) != 0) continue;
      added_ += parts_.back().add({list, apart, adjacent}, 0);
      list.clear();
      apart = adjacent = true;
    }
  }

  void spill(Overflow& overflow) {
    parts_.back().close();
    parts_.back().spill(overflow);
  }
  std::size_t bytes_in_memory() const {
    return std::accumulate(parts_.begin(), parts_.end(), std::size_t{0}, [](auto sum, const auto& p) { return sum + p.bytes(); });
  }
  std::size_t added() const { return added_; }

  void expect_all_second_by_second(Overflow* overflow) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].close();
      parts_[i].set_book(static_cast<std::uint32_t>(i));
      if (i > 0) parts_[0].absorb(std::move(parts_[i]));
    }
    Phrases& common = *books_[0];
    std::vector<Book> books{{&common, std::vector<PhraseIndex>(common.size())}};
    std::iota(books[0].numbers.begin(), books[0].numbers.end(), PhraseIndex{0});
    for (std::size_t i = 1; i < books_.size(); ++i) books.push_back({books_[i].get(), common.absorb(*books_[i])});
    ArrivalReader reader(parts_[0], books, overflow);
    std::vector<Arrival> second;
    auto expected = expected_.begin();
    for (; reader.next(second); ++expected) {
      ASSERT_NE(expected, expected_.end());
      std::vector<std::string> lines;
      for (const Arrival& a : second) lines.push_back(line_of(a, common));
      std::sort(lines.begin(), lines.end());
      std::sort(expected->second.begin(), expected->second.end());
      ASSERT_EQ(lines, expected->second) << "second " << expected->first;
    }
    EXPECT_EQ(expected, expected_.end());
  }

 private:
  KnownRecord known(Phrases& phrases) {
    const std::string text = fmt::format("AWS tunnel is {} (id={}) for INFORMATIONAL", any(2) == 0 ? "sending request" : "sending response",
                                         any(2) == 0 ? any(1'000) : any(10'000'000'000));
    Reading reading = phrases.read(Dialect::AwsS2sIke, text);
    while (!reading.settled) reading = phrases.read(Dialect::AwsS2sIke, text);
    Event event;
    event.rule = reading.meaning.rule;
    event.signal = reading.meaning.signal;
    event.number = reading.number;
    event.dialect = Dialect::AwsS2sIke;
    event.phase1 = any(60) == 0 ? PhaseState::Rekeying : PhaseState::Established;
    kinds_.push_back(std::make_unique<const Kind>(kind_of(event, reading.phrase, phrases)));
    KnownRecord a;
    a.kind = kinds_.back().get();
    std::memcpy(&a.number, reading.values.data(), reading.values.size());
    return a;
  }

  std::mt19937 random_;
  std::vector<std::unique_ptr<const Kind>> kinds_;
  std::vector<std::unique_ptr<Phrases>> books_;
  std::vector<Arrivals> parts_;
  std::map<std::int64_t, std::vector<std::string>> expected_;
  std::uint32_t states_ = 0;
  std::size_t added_ = 0;
};

std::string some_text(Packing& packing) {
  switch (packing.any(8)) {
    case 0: return "AWS tunnel received DELETE for Phase 2 SA with SPI: 0xc" + std::to_string(1000000 + packing.any(8999999));
    case 1: return "AWS tunnel received DELETE for Phase 2 SA with SPI: c" + std::to_string(1000000 + packing.any(8999999));
    case 2: return "unknown é " + std::to_string(packing.any(1000));
    case 3: return packing.any(100) == 0 ? std::string(packing.any(200'000), 'x') : std::string();
    default: return "AWS tunnel is sending request (id=" + std::to_string(packing.any(100'000)) + ") for INFORMATIONAL";
  }
}

constexpr Time kEdges[] = {0, 1, 999, 1000, -1, -1000, -1001, 4'133'980'799'999, kStart - 1, kStart, kStart + 999};

// So many records of several inputs, which take turns; most go forward in time, some step back or far away.
void add_many(Packing& packing, int count, std::uint32_t inputs) {
  std::vector<Time> time(inputs, kStart);
  std::vector<std::uint64_t> line(inputs, 0), position(inputs, 0);
  std::uint32_t input = 0;
  for (int i = 0; i < count; ++i) {
    if (packing.any(200) == 0) input = static_cast<std::uint32_t>(packing.any(inputs));
    const auto step = static_cast<Time>(packing.any(3) * kSecond);
    time[input] += packing.any(20) == 0 ? -30 * step : step;
    line[input] += packing.any(10) == 0 ? packing.any(1U << 30) : 1;
    if (packing.any(50) == 0) line[input] = packing.any(2) == 0 ? 0 : packing.any(UINT64_MAX);
    position[input] += packing.any(20) == 0 ? 5 : 1;
    Time at = packing.any(4) == 0 ? time[input] + static_cast<Time>(packing.any(kSecond)) : time[input];
    if (packing.any(100) == 0) at = kEdges[packing.any(std::size(kEdges))];
    packing.add(at, input, line[input], position[input], some_text(packing));
  }
}

TEST(Arrivals, ComeOutSecondBySecondWithEveryField) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Packing packing(seed);
    add_many(packing, 1 + static_cast<int>(packing.any(400)), 1 + seed % 4);
    packing.expect_all_second_by_second(nullptr);
  }
}

TEST(Arrivals, OfManyChunksAndInputsComeOutSecondBySecond) {
  Packing packing(100);
  add_many(packing, 40'000, 3);
  EXPECT_GT(packing.added(), 6 * Arrivals::kLargestChunk);
  packing.expect_all_second_by_second(nullptr);
}

TEST(Arrivals, OfKindsInBatchesComeOutSecondBySecondWithEveryField) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Packing packing(600 + seed);
    FewPuts overflow(1'000'000);
    add_many(packing, static_cast<int>(packing.any(20)), 2);
    packing.add_known(1 + static_cast<int>(packing.any(3'000)), seed % 2, 10);
    add_many(packing, static_cast<int>(packing.any(20)), 2);
    if (seed % 3 == 0) packing.spill(overflow);
    packing.add_known(1 + static_cast<int>(packing.any(300)), 1, 100'000);
    packing.expect_all_second_by_second(&overflow);
  }
}

TEST(Arrivals, NewestFirstComeOutSecondBySecond) {
  Packing packing(101);
  for (std::uint64_t i = 0; i < 20'000; ++i)
    packing.add(kStart - static_cast<Time>(i) * 500, 0, i + 1, i, some_text(packing));
  packing.expect_all_second_by_second(nullptr);
}

TEST(Arrivals, OfOneInputAndSecondComeOutAsTheyArrived) {
  Phrases phrases(classifier());
  Arrivals arrivals;
  const auto add = [&](Time time, std::uint64_t line) {
    Arrival a;
    const Reading reading = phrases.read(Dialect::AwsS2sIke, "AWS tunnel is doing 1234 things");
    a.phrase = reading.phrase;
    a.values = reading.values;
    a.settled = reading.settled;
    a.event.time = a.fine = time;
    a.event.place = Place{0, line};
    a.position = line;
    arrivals.add(a, 0);
  };
  const std::vector<std::uint64_t> lines{9, 2, 7, 1, 8};
  for (const std::uint64_t line : lines) {
    add(kStart + 400, line);
    add(kStart - static_cast<Time>(line) * kSecond, 100 + line);
  }
  arrivals.close();
  std::vector<Book> books{{&phrases, std::vector<PhraseIndex>(phrases.size())}};
  std::iota(books[0].numbers.begin(), books[0].numbers.end(), PhraseIndex{0});
  ArrivalReader reader(arrivals, books, nullptr);
  std::vector<Arrival> second;
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(reader.next(second));
  ASSERT_TRUE(reader.next(second));
  std::vector<std::uint64_t> came;
  for (const Arrival& a : second) came.push_back(a.event.place.line());
  EXPECT_EQ(came, lines);
  EXPECT_FALSE(reader.next(second));
}

TEST(Arrivals, ThatWereNeverAddedDoNotComeOut) {
  Packing packing(102);
  packing.expect_all_second_by_second(nullptr);
}

TEST(Arrivals, ComeBackFromTheOverflow) {
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    FewPuts overflow(1'000'000);
    Packing packing(200 + seed);
    for (int part = 0; part < 5; ++part) {
      add_many(packing, 2'000, 2);
      packing.spill(overflow);
      EXPECT_EQ(packing.bytes_in_memory(), 0U);
    }
    add_many(packing, 300, 2);  // these stay
    packing.expect_all_second_by_second(&overflow);
    EXPECT_GT(overflow.puts, 4U);
    EXPECT_EQ(overflow.gets, overflow.puts);
  }
}

TEST(Arrivals, StayInMemoryWhereTheOverflowRefusesThem) {
  for (std::size_t most = 0; most < 12; ++most) {
    SCOPED_TRACE(most);
    FewPuts overflow(most);
    Packing packing(300);
    for (int part = 0; part < 6; ++part) {
      add_many(packing, 1'500, 2);
      packing.spill(overflow);
    }
    EXPECT_GT(packing.bytes_in_memory(), 0U);
    EXPECT_EQ(overflow.puts, most);
    packing.expect_all_second_by_second(&overflow);
  }
}

TEST(Arrivals, OfSeveralBooksComeOutTogether) {
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    FewPuts overflow(seed);
    Packing packing(400 + seed);
    for (int book = 0; book < 4; ++book) {
      if (book > 0) packing.begin_book();
      add_many(packing, 3'000, 3);
      if (book % 2 == 1) packing.spill(overflow);
    }
    packing.expect_all_second_by_second(&overflow);
  }
}

}  // namespace
}  // namespace tunnelscope::diag
