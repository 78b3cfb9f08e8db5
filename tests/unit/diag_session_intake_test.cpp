// Sessions taken in: several intakes joined give what one gives, texts and names are kept once, numbers sort as a plain sort
// does, lists hold what maps would.
#include "diag/session_intake.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <span>

#include "diag/fetch.hpp"
#include "diag/radix.hpp"
#include "diag/session/lists.hpp"
#include "diag/session/sessions.hpp"
#include "diag/session_fields.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag {
namespace {

using ::testing::ElementsAre;

constexpr Time kStart = 1776064000000;

TEST(TextPool, KeepsEachTextOnceAndFindsItAgain) {
  TextPool pool;
  std::vector<std::uint32_t> indices;
  for (int i = 0; i < 5000; ++i) indices.push_back(pool.intern("text " + std::to_string(i)));
  for (int i = 0; i < 5000; ++i) {
    const std::string text = "text " + std::to_string(i);
    EXPECT_EQ(pool.intern(text), indices[static_cast<std::size_t>(i)]);
    EXPECT_EQ(pool.find(text), indices[static_cast<std::size_t>(i)]);
    EXPECT_EQ(pool.at(pool.find(text)), text);
  }
  EXPECT_EQ(pool.size(), 5001u);
  EXPECT_EQ(pool.intern(""), 0u);
  EXPECT_EQ(pool.add(""), 0u);
  EXPECT_EQ(pool.find("never kept"), 0u);
}

TEST(TextPool, AddKeepsATextThatIsNotFoundAgain) {
  TextPool pool;
  const auto first = pool.add("fields"), second = pool.add("fields");
  EXPECT_NE(first, second);
  EXPECT_EQ(pool.at(first), pool.at(second));
  EXPECT_EQ(pool.find("fields"), 0u);
}

TEST(TextMap, TakesTextsOverIntoAnotherPool) {
  TextPool from, to;
  to.intern("b");
  const auto a = from.intern("a"), b = from.intern("b");
  TextMap map(from, to);
  EXPECT_EQ(to.at(map(a)), "a");
  EXPECT_EQ(map(b), to.find("b"));
  EXPECT_EQ(map(a), map(a));
  EXPECT_EQ(map(0), 0u);
}

TEST(SortByNumber, KeepsTheOrderOfEqualNumbers) {
  std::mt19937_64 random(5);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{5000}}) {
    for (const std::int64_t range : {std::int64_t{3}, std::int64_t{3'000'000'000}, std::int64_t{100'000'000'000}, std::int64_t{0}}) {
      std::vector<std::pair<std::int64_t, std::size_t>> rows;
      for (std::size_t i = 0; i < size; ++i) {
        const auto drawn = static_cast<std::int64_t>(random());
        rows.emplace_back(range == 0 ? drawn : drawn % range, i);
      }
      if (size > 0 && range == 0) rows[size / 2].first = kNoTime;
      auto expected = rows;
      std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      sort_by_number(rows, [](const auto& row) { return row.first; });
      EXPECT_EQ(rows, expected) << size << " rows, range " << range;
    }
  }
}

TEST(TextPool, KeepsTextsLongerThanItsBlocksAmongOthers) {
  TextPool pool;
  std::vector<std::string> texts;
  for (const std::size_t size : {std::size_t{1}, std::size_t{300'000}, std::size_t{262'142}, std::size_t{262'143}, std::size_t{262'144}, std::size_t{5}})
    texts.push_back(std::string(size, static_cast<char>('a' + texts.size())));
  std::vector<std::uint32_t> indices;
  for (const std::string& text : texts) indices.push_back(pool.intern(text));
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(pool.at(indices[i]), texts[i]);
}

TEST(Chunked, ACopyDoesNotShowWhatIsChanged) {
  Chunked<int> list;
  for (int i = 0; i < 10'000; ++i) list.push_back(i);
  Chunked<int> copy = list;
  copy.writable(5000) = -1;
  copy.truncate(9000);
  copy.push_back(-2);
  ASSERT_EQ(list.size(), 10'000u);
  ASSERT_EQ(copy.size(), 9001u);
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(list[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(copy[5000], -1);
  EXPECT_EQ(copy.back(), -2);
  EXPECT_EQ(std::count_if(copy.begin(), copy.end(), [](int i) { return i < 0; }), 2);
}

TEST(Chunked, ReorderedIsWhatAPlainCopyInThatOrderGives) {
  std::mt19937 random(11);
  for (const std::size_t size : {0U, 1U, 64U, 1000U, 5000U}) {
    for (const bool merged : {true, false}) {
      Chunked<int, 64> list;
      std::vector<std::uint32_t> wanted;
      for (std::uint32_t i = 0; i < size; ++i) list.push_back(static_cast<int>(i)), wanted.push_back(i);
      const Chunked<int, 64> copy = list;
      if (merged) std::stable_sort(wanted.begin(), wanted.end(), [&](auto a, auto b) { return a % 500 < b % 500; });
      else std::shuffle(wanted.begin(), wanted.end(), random);
      std::erase_if(wanted, [&](auto) { return random() % 20 == 0; });
      list.reorder(wanted);
      EXPECT_TRUE(std::equal(list.begin(), list.end(), wanted.begin(), wanted.end(), [](int a, std::uint32_t b) { return a == static_cast<int>(b); }));
      for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(copy[i], static_cast<int>(i));
      Chunked<int, 64> own = list;
      list = {};
      std::vector<std::uint32_t> back(own.size());
      std::iota(back.rbegin(), back.rend(), 0U);
      own.reorder(back);
      EXPECT_TRUE(std::equal(own.begin(), own.end(), wanted.rbegin(), wanted.rend(), [](int a, std::uint32_t b) { return a == static_cast<int>(b); }));
    }
  }
}

TEST(KnownTexts, HaveTheNumberThatWasLeftForThemOrNone) {
  std::mt19937 random(13);
  const std::vector<std::string> some{"", "a", "b", "ab", "10.0.0.1", "10.0.0.2", "joe@example.com", "joe@example.org", std::string(60, 'x'), std::string(300, 'y')};
  std::map<std::string, std::uint32_t> numbers;
  std::size_t known_ones = 0;
  KnownTexts known;
  for (int i = 0; i < 20'000; ++i) {
    const auto draw = [&] { return std::string_view(some[random() % some.size()]); };
    const std::array<std::string_view, 4> said{draw(), draw(), draw(), draw()};
    std::string all;
    for (const std::string_view text : said) all.append(text).append("/");
    const std::uint32_t number = numbers.try_emplace(all, numbers.size()).first->second;
    std::uint32_t* const place = known.find(said);
    ASSERT_EQ(place == nullptr, all.size() > 120) << all;
    if (place == nullptr) continue;
    const bool is_known = *place != kNotNumbered;
    if (!is_known) *place = number;
    if (is_known) ++known_ones;
    EXPECT_EQ(*place, number);
  }
  EXPECT_GT(known_ones, 2'000u);
}

TEST(WaitingIds, GetTheNumbersThatThePoolGives) {
  std::mt19937 random(17);
  TextPool pool;
  WaitingIds ids;
  std::vector<std::string> said;
  std::map<std::size_t, std::uint32_t> numbers;
  const auto give = [&](std::size_t event, std::uint32_t number) { numbers[event] = number; };
  for (std::size_t i = 0; i < 5000; ++i) {
    said.push_back(random() % 9 == 0 ? "" : std::string(random() % 60 + 1, static_cast<char>('a' + random() % 26)));
    ids.take(said[i], i, pool, give);
    if (i % 1000 == 0) ids.end(pool, give);
  }
  ids.end(pool, give);
  for (std::size_t i = 0; i < said.size(); ++i) {
    ASSERT_EQ(numbers.contains(i), !said[i].empty());
    EXPECT_EQ(pool.at(numbers[i]), said[i]);
  }
}

TEST(Rows, KeepEachRowOnceAndNumberTheEmptyOneZero) {
  std::mt19937 random(7);
  Rows<Party> rows;
  std::vector<Party> plain{Party{}};
  for (int i = 0; i < 5000; ++i) {
    const auto below = [&](unsigned bound) { return static_cast<std::uint32_t>(random() % bound); };
    const Party party{below(8), below(8), below(8), below(2)};
    const auto known = std::find(plain.begin(), plain.end(), party);
    const auto number = rows.intern(party);
    EXPECT_EQ(number, known - plain.begin());
    if (known == plain.end()) plain.push_back(party);
    EXPECT_EQ(rows[number], party);
  }
  EXPECT_EQ(rows.size(), plain.size());
}

TEST(Lists, HoldWhatBelongsTogetherInOrder) {
  std::mt19937 random(11);
  for (const std::uint32_t range : {1U, 40U, 100'000U}) {
    std::vector<session::Lists::Owner> owners(3000);
    for (auto& owner : owners)
      if (random() % 4 != 0) owner = std::pair(random() % 2 == 0 ? System::Pangolin : System::Twingate, static_cast<std::uint32_t>(random() % range));
    const session::Lists lists(owners.size(), [&](std::uint32_t i) { return owners[i]; });
    std::vector<std::pair<System, std::uint32_t>> in_order;
    std::map<std::pair<System, std::uint32_t>, std::vector<std::uint32_t>> plain;
    for (std::uint32_t i = 0; i < owners.size(); ++i) {
      if (!owners[i]) continue;
      if (!plain.contains(*owners[i])) in_order.push_back(*owners[i]);
      plain[*owners[i]].push_back(i);
    }
    ASSERT_EQ(lists.all().size(), in_order.size());
    for (std::size_t list = 0; list < in_order.size(); ++list) {
      const auto& [system, number, items] = lists.all()[list];
      EXPECT_EQ(std::pair(system, number), in_order[list]);
      EXPECT_EQ(std::vector(items.begin(), items.end()), plain.at(in_order[list]));
      EXPECT_EQ(lists.of(system, number).data(), items.data());
    }
    EXPECT_TRUE(lists.of(System::AwsClientVpn, 0).empty());
  }
}

TEST(ForEachFetched, UsesEachItemOnceInOrder) {
  const std::vector<std::uint64_t> records(100, 7);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, kFetchAhead, kFetchAhead + 1, records.size()}) {
    std::vector<std::uint32_t> items(count), used;
    std::iota(items.rbegin(), items.rend(), 0U);
    for_each_fetched(std::span<const std::uint32_t>(items), [&](std::uint32_t i) -> const std::uint64_t& { return records[i]; },
                     [&](std::uint32_t i) { used.push_back(i); });
    EXPECT_EQ(used, items);
  }
}

// A record with texts of few values, so that records repeat, in one input.
struct Said {
  std::string id, group, user, device, message, fields;
  SessionRecord record;
};

// Fields that count as `size` bytes, whatever their text.
std::string packed(std::string_view text, std::uint32_t size) {
  return text.empty() ? std::string() : std::string(reinterpret_cast<const char*>(&size), sizeof size).append(text);
}

Said drawn(std::mt19937& random) {
  const auto one_of = [&](std::string_view name, unsigned count) {
    const auto i = random() % (count + 1);
    return i == 0 ? std::string() : std::string(name) + std::to_string(i);
  };
  Said said{one_of("id", 20), one_of("group", 3), one_of("user", 4), one_of("device", 4), "connection-attempt " + one_of("reason", 3), packed(one_of("fields", 5), 7), {}};
  SessionRecord& r = said.record;
  constexpr Happening kHappenings[] = {Happening::Message, Happening::Started, Happening::Ended, Happening::Failed, Happening::Whole};
  r.dialect = random() % 2 == 0 ? Dialect::AwsClientVpn : Dialect::TwingateConnector;
  r.happening = kHappenings[random() % std::size(kHappenings)];
  r.time = kStart + static_cast<Time>(random() % 30) * kSecond;
  r.yearless = r.dialect == Dialect::TwingateConnector && random() % 4 == 0;
  if (random() % 2 == 0) r.end = r.time, r.duration = static_cast<Duration>(random() % 3) - 1, r.to_client = static_cast<std::int64_t>(random() % 4) - 1;
  return said;
}

struct Reader {
  Reader() : sessions(classifier()) {}
  static const Classifier& classifier() {
    static const Classifier classifier(kb::built_in());
    return classifier;
  }
  void read(const std::vector<Said>& records, std::uint32_t input) {
    std::uint64_t line = 0;
    for (const Said& said : records) {
      SessionRecord r = said.record;
      r.id = said.id, r.group = said.group, r.user = said.user, r.device = said.device;
      r.message = said.message, r.fields = said.fields;
      sessions.add(r, {input, ++line}, texts);
      sessions.page(System::Pangolin, line, 1, 100);
    }
    sessions.end_reading(texts);
    sessions.caveat({System::Twingate, "input of " + std::to_string(records.size())});
  }
  std::string shown(const std::vector<InputFacts>& inputs) {
    const auto finished = sessions.finish(inputs, texts);
    std::string all = std::to_string(finished.duplicates) + " " + std::to_string(finished.without_year.size()) + "\n";
    for (const SessionEvent& e : sessions.events()) {
      const Party& p = sessions.names().parties[e.party];
      const Route& r = sessions.names().routes[e.route];
      for (const std::uint32_t text : {e.id, r.group, p.user, p.device, e.text, e.fields}) all.append(texts.at(text)).append("|");
      const Closing& closing = sessions.names().closing(e.closing);
      for (const std::int64_t said : {closing.end, closing.duration, closing.to_client, closing.from_client}) all += std::to_string(said) + "|";
      all += std::to_string(e.time) + "|" + std::to_string(e.rule) + "|" + std::to_string(e.place.input()) + ":" + std::to_string(e.place.line()) + "\n";
    }
    for (const Caveat& caveat : sessions.caveats()) all += caveat.text + "\n";
    return all;
  }
  TextPool texts;
  SessionIntake sessions;
};

TEST(SessionIntake, JoinedIntakesAreWhatOneGives) {
  const std::vector<InputFacts> facts{{"b", kStart, kNoTime}, {"a", kNoTime, kStart}, {"c", kStart, kNoTime}};
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<Said>> inputs(facts.size());
    for (auto& records : inputs)
      for (auto i = random() % 60; i > 0; --i) records.push_back(drawn(random));
    for (std::size_t split = 0; split <= inputs.size(); ++split) {
      Reader whole, first, later;
      for (std::uint32_t i = 0; i < inputs.size(); ++i) {
        whole.read(inputs[i], i);
        (i < split ? first : later).read(inputs[i], i < split ? i : i - static_cast<std::uint32_t>(split));
      }
      TextMap texts(later.texts, first.texts);
      first.sessions.absorb(std::move(later.sessions), static_cast<std::uint32_t>(split), texts);
      EXPECT_EQ(first.shown(facts), whole.shown(facts)) << "seed " << seed << ", split at " << split;
    }
  }
}

TEST(SessionIntake, PutsManyInOrderWholeAndEachOnce) {
  for (const std::size_t count : {1U, 13U, 20'000U}) {  // more than a chunk of events, than are fetched ahead, than texts of late
    std::vector<Time> times(count);
    for (std::size_t i = 0; i < count; ++i) times[i] = kStart + static_cast<Time>(i);
    std::shuffle(times.begin(), times.end(), std::mt19937(5));
    std::vector<Said> records;
    for (const Time time : times) {
      records.push_back({"id" + std::to_string(time), "group" + std::to_string(time % 7), "user" + std::to_string(time % 6000), "", "State: Online", packed(std::to_string(time), 20), {}});
      records.back().record.time = time;
    }
    Reader reader;
    reader.read(records, 0);
    EXPECT_EQ(reader.sessions.finish({{"a", kStart, kNoTime}}, reader.texts).duplicates, 0u);
    ASSERT_EQ(reader.sessions.events().size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const SessionEvent& e = reader.sessions.events()[i];
      ASSERT_EQ(e.time, kStart + static_cast<Time>(i));
      const Said& said = records[static_cast<Place>(e.place).line - 1];
      EXPECT_EQ(reader.texts.at(e.id), said.id);
      EXPECT_EQ(reader.texts.at(reader.sessions.names().parties[e.party].user), said.user);
      EXPECT_EQ(reader.texts.at(reader.sessions.names().routes[e.route].group), said.group);
      EXPECT_EQ(reader.texts.at(e.fields), said.fields);
    }
  }
}

TEST(SessionIntake, KeepsFieldsUpToTheFirstThatDoesNotFitAlsoWhenJoined) {
  const std::string most = packed("most", 40U << 20), few = packed("few", 5);
  const auto fields_of = [](const Reader& reader) {
    std::vector<std::size_t> sizes;
    for (const SessionEvent& e : reader.sessions.events()) sizes.push_back(fields_size(reader.texts.at(e.fields)));
    return sizes;
  };
  const auto said = [](std::string fields, Time time) {
    Said s{"", "", "", "", "State: Online", std::move(fields), {}};
    s.record.time = time;
    return s;
  };
  const std::vector<Said> early{said(most, kStart), said(few, kStart + 1)}, late{said(most, kStart + 2), said(few, kStart + 3)};
  Reader whole, first, later;
  whole.read(early, 0), whole.read(late, 1);
  EXPECT_FALSE(whole.sessions.wants_fields());
  first.read(early, 0), later.read(late, 0);
  EXPECT_TRUE(first.sessions.wants_fields());
  TextMap texts(later.texts, first.texts);
  first.sessions.absorb(std::move(later.sessions), 1, texts);
  EXPECT_FALSE(first.sessions.wants_fields());
  EXPECT_THAT(fields_of(whole), ElementsAre(40U << 20, 5u, 0u, 0u));
  EXPECT_EQ(fields_of(first), fields_of(whole));
}

TEST(Names, AreEqualByNumberWhereTheyAreEqualByName) {
  std::mt19937 random(3);
  TextPool texts;
  std::vector<std::uint32_t> some{0};
  for (const char* text : {"a", "b", "a/b", "b/a", "unknown", "a/b/a"}) some.push_back(texts.intern(text));
  session::Log log;
  log.texts = &texts;
  log.said = std::make_unique<SessionNames>();
  log.names = session::Names(texts, *log.said);
  const auto draw = [&] { return some[random() % some.size()]; };
  for (int i = 0; i < 300; ++i) {
    SessionEvent e;
    Route route;
    route.group = draw(), route.gateway = draw(), route.connector = draw(), route.organisation = draw(), route.resource = draw();
    e.party = log.said->parties.intern({draw(), draw(), draw(), random() % 4 == 0 ? 1U : 0U});
    e.route = log.said->routes.intern(route);
    log.events.push_back(e);
  }
  for (const kb::About about : {kb::About::Group, kb::About::Organisation, kb::About::Carrier, kb::About::Connector, kb::About::Client}) {
    for (const SessionEvent& e : log.events) {
      EXPECT_EQ(log.names.text(log.names.of(about, e)), session::name_of(about, log, e));
      const SessionEvent& other = log.events[random() % log.events.size()];
      EXPECT_EQ(log.names.of(about, e) == log.names.of(about, other),
                session::name_of(about, log, e) == session::name_of(about, log, other));
    }
  }
}

}  // namespace
}  // namespace tunnelscope::diag
