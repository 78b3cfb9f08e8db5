// Messages taken apart and put together again: nothing is lost, and a phrase means what its text means.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include "diag/phrases.hpp"
#include "kb/loader.hpp"

namespace tunnelscope::diag {
namespace {

const Classifier& classifier() {
  static const Classifier it(kb::built_in());
  return it;
}

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

std::string of_letters(Random& random, std::string_view letters, std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += letters[below(random, letters.size())];
  return text;
}

// What the classifier says of the whole text, without any phrase.
std::string direct(Dialect dialect, std::string_view text) {
  std::vector<rules::Capture> captures;
  const Classified meaning = classifier().classify(dialect, text, &captures);
  std::int64_t number = -1;
  for (const auto& capture : captures)
    if (number < 0 && capture.type == rules::CaptureType::Int && capture.number) number = *capture.number;
  return std::to_string(static_cast<int>(meaning.outcome)) + " rule " + std::to_string(meaning.rule) + " signal " +
         std::to_string(meaning.signal) + " number " + std::to_string(number);
}

std::string meaning_of(const Reading& reading) {
  return std::to_string(static_cast<int>(reading.meaning.outcome)) + " rule " + std::to_string(reading.meaning.rule) +
         " signal " + std::to_string(reading.meaning.signal) + " number " + std::to_string(reading.number);
}

// What is kept of a message until its record is put in its place.
struct Kept {
  Dialect dialect;
  std::string text;
  PhraseIndex phrase;
  std::string values;
  bool settled;
};

Kept keep(Phrases& phrases, Dialect dialect, const std::string& text) {
  const Reading reading = phrases.read(dialect, text);
  EXPECT_EQ(meaning_of(reading), direct(dialect, text)) << text;
  return {dialect, text, reading.phrase, std::string(reading.values), reading.settled};
}

void expect_whole(const Phrases& phrases, const Kept& kept) {
  EXPECT_EQ(phrases.text(kept.phrase, kept.values), kept.text);
  if (kept.phrase != kWholeText) {
    EXPECT_EQ(phrases.size_of_values(kept.phrase), kept.values.size()) << kept.text;
  }
  if (!kept.settled) return;
  EXPECT_EQ(meaning_of(phrases.settled(kept.phrase, kept.values)), direct(kept.dialect, kept.text)) << kept.text;
}

const std::vector<std::string> kHostile{
    "", " ", "0", "000", "00000000000000000", "000000000000000000", "0000000000000000000", "999999999999999999",
    "9223372036854775807", "18446744073709551615", "123", "12", "007 and 7", "007", "id=000123456789012345",
    "SPI: c1a2b3d4", "SPI: C1A2B3D4", "SPI: c1A2b3d4", "SPI: 0xc1a2b3d4", "SPI: 0XC1A2B3D4", "SPI: abcdefab", "SPI: 12345678",
    "SPI: c1a2b3d4_i ce5f6a7b_o", "0000000a", "0000000A", "ffffffff1fffffff", "f0000000000000000", "a0000000000000000000000000000000",
    "x123", "123x", "_123", "123_", "a_123_b", "net{123}", "1.2.3.4", "198.51.100.200:4500", "2001:db8::123", "-123", "+123", "12.345",
    "123 456 789 123 456 789 123 456", "123 456 789 123 456 789 123 456 789", "123,456;789/012", "é123", "123é", "١٢٣ 123",
    std::string("NUL \0 123", 9), "new\nline 123", "tab\t123", "\xff\xfe 123", "123\x80", "123\xe9", "aaaaaaa1", "AAAAAAA1", "1aaaaaaa",
    "deadbeef deadbee1 deadbee12 DEADBEE1 deadBEE1", "id=1234567890123456", "id=123456789012345a", "id=12345678901234567890",
};

TEST(Phrases, GiveBackHostileTextsWhole) {
  Phrases phrases(classifier());
  for (const std::string& text : kHostile)
    for (std::size_t d = 0; d < kDialectNames.size(); ++d) expect_whole(phrases, keep(phrases, static_cast<Dialect>(d), text));
}

TEST(Phrases, GiveBackTextsAroundTheLongestWhole) {
  Phrases phrases(classifier());
  for (std::size_t length = Phrases::kLongestText - 20; length < Phrases::kLongestText + 20; ++length)
    for (const char* end : {"1234", " c1a2b3d4", "_123", " 000000000000000001"})
      expect_whole(phrases, keep(phrases, Dialect::AwsS2sIke, std::string(length - std::string_view(end).size(), 'x') + end));
  expect_whole(phrases, keep(phrases, Dialect::AwsS2sIke, std::string(100'000, '7')));
}

// Pieces that holes are made of, and what makes them none, in any order and any length.
std::string random_text(Random& random) {
  static const std::vector<std::string> kWords{
      " ",  " ", ", ", "_", "0x", "0X", "-", ".", ":", "(id=", ")", "=", "AWS tunnel", "request", "cgw", "é", "\xff", "\t", "x", "G", "SPI: "};
  std::string text;
  for (std::size_t pieces = below(random, 14); pieces > 0; --pieces) {
    const std::size_t length = below(random, 4) == 0 ? 8 * (1 + below(random, 2)) : below(random, 22);
    switch (below(random, 8)) {
      case 0: text += of_letters(random, "0123456789", length); break;
      case 1: text += std::string(length / 2, '0') + of_letters(random, "0123456789", length - length / 2); break;
      case 2: text += of_letters(random, "0123456789abcdef", length); break;
      case 3: text += of_letters(random, "0123456789ABCDEF", length); break;
      case 4: text += of_letters(random, "0123456789abcdefABCDEF", length); break;
      default: text += kWords[below(random, kWords.size())];
    }
  }
  return text;
}

TEST(Phrases, GiveBackRandomTextsWhole) {
  Random random(20260301);
  Phrases phrases(classifier());
  std::vector<Kept> all;
  for (int i = 0; i < 20'000; ++i) {
    const auto dialect = static_cast<Dialect>(below(random, 4) == 0 ? below(random, kDialectNames.size()) : 0);
    // Half of the texts come again with some of their bytes replaced by others of their kind.
    std::string text = all.empty() || below(random, 2) == 0 ? random_text(random) : all[below(random, all.size())].text;
    for (char& c : text)
      if (below(random, 4) == 0 && c >= '0' && c <= '9') c = static_cast<char>('0' + below(random, 10));
    all.push_back(keep(phrases, dialect, text));
  }
  for (const Kept& kept : all) expect_whole(phrases, kept);
  EXPECT_GT(std::count_if(all.begin(), all.end(), [](const Kept& kept) { return kept.phrase != kWholeText; }), 5000);
}

Dialect dialect_named(std::string_view name) {
  const auto it = std::find(kDialectNames.begin(), kDialectNames.end(), name);
  EXPECT_NE(it, kDialectNames.end()) << name;
  return static_cast<Dialect>(it - kDialectNames.begin());
}

// The text with other digits in its numbers; sometimes with numbers of other lengths and other hexadecimal letters.
std::string with_other_numbers(Random& random, const std::string& text) {
  std::string varied;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    varied += digit ? static_cast<char>('0' + below(random, 10)) : text[i];
    const bool ends = digit && (i + 1 == text.size() || text[i + 1] < '0' || text[i + 1] > '9');
    if (ends && below(random, 4) == 0) varied += of_letters(random, "0123456789", below(random, 18));
    if (ends && below(random, 16) == 0) varied += of_letters(random, "abcdef", 1 + below(random, 8));
  }
  return varied;
}

std::vector<std::pair<Dialect, std::string>> varied_examples(Random& random, int times) {
  std::vector<std::pair<Dialect, std::string>> texts;
  for (const kb::MessageRule& rule : kb::built_in().messages) {
    std::vector<std::string> lines = rule.near_misses;
    for (const kb::Example& example : rule.examples) lines.push_back(example.line);
    for (const std::string& line : lines) {
      texts.emplace_back(dialect_named(rule.dialect), line);
      for (int i = 0; i < times; ++i) texts.emplace_back(dialect_named(rule.dialect), with_other_numbers(random, line));
    }
  }
  return texts;
}

TEST(Phrases, MeanWhatTheClassifierSaysOfEveryExampleWithOtherNumbers) {
  Random random(1);
  Phrases phrases(classifier());
  std::vector<Kept> all;
  std::size_t settled = 0;
  std::vector<bool> seen(kDialectNames.size());
  for (const auto& [dialect, text] : varied_examples(random, 20)) {
    all.push_back(keep(phrases, dialect, text));
    settled += all.back().settled ? 1U : 0U;
    seen[static_cast<std::size_t>(dialect)] = true;
  }
  for (const Kept& kept : all) expect_whole(phrases, kept);
  EXPECT_THAT(seen, ::testing::Each(true));
  EXPECT_GT(settled, all.size() / 4);
}

// The same text in several dialects, and the phrase of one met first in another.
// The bytes of a line are not the text: an escape in the one is another byte in the other.
TEST(Phrases, WithBytesThatJsonEscapesAreNotLookedForInALine) {
  for (const char* text : {"AWS tunnel is doing something odd \\n to it", "AWS tunnel is doing something\nodd to it",
                           "AWS tunnel is doing something \"odd\" to it"}) {
    Phrases phrases(classifier());
    phrases.read(Dialect::AwsS2sIke, text);
    Reading reading;
    EXPECT_EQ(phrases.read_lately_met(Dialect::AwsS2sIke, std::string(text) + "|" + std::string(64, ' '), '|', reading), 0U) << text;
  }
}

TEST(Phrases, OfOneDialectSayNothingAboutAnother) {
  Random random(2);
  Phrases phrases(classifier());
  for (const auto& [ignored, text] : varied_examples(random, 1))
    for (std::size_t d = 0; d < kDialectNames.size(); ++d) expect_whole(phrases, keep(phrases, static_cast<Dialect>(d), text));
}

TEST(Phrases, OfSeveralBooksKeepTextAndMeaningWhenTheyAreJoined) {
  Random random(3);
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Phrases>> books;
    std::vector<std::vector<Kept>> kept(3);
    const auto examples = varied_examples(random, 2);
    for (auto& list : kept) {
      Phrases& book = *books.emplace_back(std::make_unique<Phrases>(classifier()));
      for (int i = 0; i < 2000; ++i) {
        const auto& [dialect, text] = examples[below(random, examples.size())];
        list.push_back(keep(book, dialect, below(random, 4) == 0 ? random_text(random) : text));
      }
    }
    for (std::size_t b = 1; b < books.size(); ++b) {
      const std::vector<PhraseIndex> numbers = books[0]->absorb(*books[b]);
      ASSERT_EQ(numbers.size(), books[b]->size());
      for (Kept& one : kept[b]) one.phrase = numbers[one.phrase];
    }
    for (const auto& list : kept)
      for (const Kept& one : list) expect_whole(*books[0], one);
    // What is read afterwards finds the phrases that came from the others.
    const std::size_t size = books[0]->size();
    for (const Kept& one : kept[2]) {
      const Kept again = keep(*books[0], one.dialect, one.text);
      EXPECT_EQ(again.phrase, one.phrase) << one.text;
      expect_whole(*books[0], again);
    }
    EXPECT_EQ(books[0]->size(), size);
  }
}

// "AWS tunnel hggg": a phrase of its own for each number below 20^4.
std::string nth_phrase(std::size_t n) {
  std::string word;
  for (int i = 0; i < 4; ++i, n /= 20) word += static_cast<char>('g' + n % 20);
  return "AWS tunnel " + word;
}

TEST(Phrases, BeyondTheMostKeepTheWholeText) {
  Phrases phrases(classifier()), other(classifier());
  std::vector<Kept> all;
  for (std::size_t i = 0; i < Phrases::kMost + 500; ++i) {
    const std::string text = nth_phrase(i) + " did " + std::to_string(10 + i % 90) + " things, " + std::to_string(1000 + i);
    all.push_back(keep(phrases, Dialect::AwsS2sIke, text));
  }
  EXPECT_EQ(phrases.size(), Phrases::kMost);
  EXPECT_EQ(all.back().phrase, kWholeText);
  for (const Kept& kept : all) expect_whole(phrases, kept);
  // Another full book is joined: more than the most together, and still nothing is lost.
  std::vector<Kept> more;
  for (std::size_t i = 0; i < 3000; ++i)
    more.push_back(keep(other, Dialect::AwsS2sBgp, "BGP told " + std::to_string(10 + i % 90) + " " + nth_phrase(i)));
  const std::vector<PhraseIndex> numbers = phrases.absorb(other);
  for (Kept& kept : more) kept.phrase = numbers[kept.phrase];
  for (const Kept& kept : more) expect_whole(phrases, kept);
  for (const Kept& kept : all) expect_whole(phrases, kept);
}

struct ShapeRow {
  const char* text;
  bool one;
};

class OneShape : public ::testing::TestWithParam<ShapeRow> {};
TEST_P(OneShape, IsWhatAPhraseOfDecimalNumbersHas) {
  Phrases phrases(classifier());
  EXPECT_EQ(phrases.has_one_shape(phrases.read(Dialect::AwsS2sIke, GetParam().text).phrase), GetParam().one);
}
INSTANTIATE_TEST_SUITE_P(Texts, OneShape, ::testing::Values(
    ShapeRow{"AWS tunnel is doing 1234 things", true}, ShapeRow{"AWS tunnel is doing things", true},
    ShapeRow{"AWS tunnel SA c1a2b3d4", false}, ShapeRow{"AWS tunnel is doing é", false}));

TEST(Phrases, OfOneShapeHaveItWhateverTheirNumbers) {
  Random random(4);
  Phrases phrases(classifier());
  std::map<PhraseIndex, std::string> shapes;
  for (int i = 0; i < 10'000; ++i) {
    const Kept kept = keep(phrases, Dialect::AwsS2sIke, "AWS " + random_text(random).substr(0, 24));
    for (int again = 0; again < 3; ++again) {
      std::string text = kept.text;
      for (char& c : text)
        if (c >= '0' && c <= '9') c = static_cast<char>('0' + below(random, 10));
      const Reading reading = phrases.read(Dialect::AwsS2sIke, text);
      if (!phrases.has_one_shape(reading.phrase)) continue;
      EXPECT_EQ(shapes.try_emplace(reading.phrase, shape_of(text)).first->second, shape_of(text)) << text;
    }
  }
  EXPECT_GT(shapes.size(), 500U);
}

}  // namespace
}  // namespace tunnelscope::diag
