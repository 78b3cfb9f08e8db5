// Patterns that take all long numbers alike, or all hexadecimal ones: which are, which are not and why; and that the proofs
// keep their word on every dialect of the built-in knowledge base.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <random>
#include <stdexcept>

#include "kb/loader.hpp"
#include "rules/digits.hpp"
#include "rules/rule_set.hpp"

namespace tunnelscope::rules {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

using Random = std::mt19937;

// A kind of number: the proof about it, and what is varied to see whether the proof keeps its word.
struct Numbers {
  bool (RuleSet::*blind)() const;
  bool (*is_one)(std::string_view word);
  std::string (*other)(std::string_view number, Random& random);  // of the same length
  std::string (*any)(Random& random);                            // some characters of such numbers, or a whole one
  std::string_view characters;
};

bool is_long_number(std::string_view word) { return word.size() >= kLongNumber && std::all_of(word.begin(), word.end(), is_digit); }
std::string of_characters(std::string_view characters, std::size_t length, Random& random) {
  std::string text(length, ' ');
  std::generate(text.begin(), text.end(), [&] { return characters[random() % characters.size()]; });
  return text;
}

constexpr std::string_view kLowerHex = "0123456789abcdef", kUpperHex = "0123456789ABCDEF";
bool is_hex_number(std::string_view word) {
  const bool one_case = word.find_first_not_of(kLowerHex) == std::string_view::npos || word.find_first_not_of(kUpperHex) == std::string_view::npos;
  const auto digits = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_digit));
  return word.size() >= kHexNumber && one_case && digits > 0 && digits < word.size();
}
std::string other_hex(std::string_view number, Random& random) {
  const bool lower = number.find_first_not_of(kLowerHex) == std::string_view::npos;
  std::string other;
  do other = of_characters(lower ? kLowerHex : kUpperHex, number.size(), random);
  while (!is_hex_number(other));
  return other;
}

constexpr Numbers kDecimal{&RuleSet::blind_to_digits, is_long_number,
                           [](std::string_view number, Random& random) { return of_characters("0123456789", number.size(), random); },
                           [](Random& random) { return of_characters("0123456789", 1 + random() % 4, random); }, "0123456789"};
constexpr Numbers kHexadecimal{&RuleSet::blind_to_hex, is_hex_number, other_hex,
                               [](Random& random) {
                                 const std::size_t length = random() % 3 == 0 ? 1 + random() % 4 : 7 + random() % 3;
                                 return of_characters(random() % 4 == 0 ? kUpperHex : kLowerHex, length, random);
                               },
                               kLowerHex};

// The same line with others in place of its numbers.
std::string with_others(std::string line, const Numbers& numbers, Random& random) {
  for (std::size_t begin = 0; begin < line.size();) {
    std::size_t end = begin;
    while (end < line.size() && is_word(line[end])) ++end;
    const std::string word = line.substr(begin, end - begin);
    if (numbers.is_one(word)) line.replace(begin, word.size(), numbers.other(word, random));
    begin = end + 1;
  }
  return line;
}

// The same line with a number put in, or one made longer.
std::string with_more(std::string line, const Numbers& numbers, Random& random) {
  const std::size_t at = random() % (line.size() + 1);
  const std::size_t inside = std::min(line.find_first_of(numbers.characters, at), line.size());
  const bool lengthen = random() % 2 == 0;
  return line.insert(lengthen ? inside : at, numbers.any(random));
}

struct Result {
  SetMatch match;
  std::vector<std::array<std::size_t, 2>> spans;
  bool operator==(const Result& other) const {
    return match.outcome == other.match.outcome && match.index == other.match.index && spans == other.spans;
  }
};

Result result_of(const RuleSet& set, const std::string& line) {
  std::vector<Capture> captures;
  Result result{set.match(line, &captures), {}};
  if (result.match.outcome != Outcome::Match) return result;
  for (const Capture& c : captures) {
    result.spans.push_back({static_cast<std::size_t>(c.text.data() - line.data()), c.text.size()});
  }
  return result;
}

// A line of which the result changed with its numbers; empty: none was found.
std::string counterexample(const RuleSet& set, const std::vector<std::string>& lines, int rounds, const Numbers& numbers = kDecimal) {
  Random random(11);
  for (const std::string& line : lines) {
    for (int round = 0; round < rounds; ++round) {
      std::string varied = line;
      for (auto n = random() % 4; n > 0; --n) varied = with_more(varied, numbers, random);
      const std::string other = with_others(varied, numbers, random);
      if (other != varied && !(result_of(set, varied) == result_of(set, other))) return varied;
    }
  }
  return {};
}

RuleSet compiled(const std::vector<std::string>& sources) {
  auto set = RuleSet::compile(sources);
  if (!set) throw std::runtime_error(sources[set.error().index] + ": " + set.error().error.reason);
  return std::move(*set);
}

struct Row {
  std::string pattern;
  bool blind;
  std::string why;
};

const std::vector<Row> kTable{
    {"peer dead", true, "no digits"},
    {"id={id:int}", true, "takes every digit"},
    {"spi {spi:hex}", true, "takes every digit; what follows 0 is x"},
    {"from {peer:address} to {what:text}|{w:word} {q:quoted}", true, "takes every digit"},
    {"Phase[-\\s]*[12] SA", true, "a number of one digit"},
    {"version 10", true, "a number of two digits"},
    {"code 410", false, "a number of three digits"},
    {"code 4[0-9]+ refused", false, "4 may be the first digit of a number"},
    {"code 4\\d+", false, "4 may be the first digit of a number"},
    {"code \\d+4", false, "4 may be the last digit of a number"},
    {"code 4\\d", true, "two digits at most"},
    {"code 4\\d?5", false, "4 and 5 may stand around another"},
    {"code .*7", false, "a dot takes digits"},
    {"code .*7z", true, "z follows"},
    {"code .*_7.*", true, "an underscore stands before it"},
    {"code [^,]*7", false, "a negated class takes digits"},
    {"code [^0-9]*7", true, "this one does not"},
    {"code \\D*7", true, "and neither does this"},
    {"code \\S+7", false, "\\S takes digits"},
    {"code \\W*7\\W", true, "\\W does not"},
    {"code [1-9][0-9]*", false, "0 is not among the first digits"},
    {"code [0-9]+", true, "all are"},
    {"code [[:digit:]\\w]+", true, "all are"},
    {"code [[:^digit:]]7", true, "none is"},
    {"code \\p{Nd}+7", false, "a property takes digits"},
    {"code \\p{Lu}+7", true, "a property of letters does not"},
    {"code \\x37+", false, "\\x37 is a 7, again and again"},
    {"code []\\]4-6]{1,2}", false, "counted repetitions count as unlimited"},
    {"code (?:1|2)+", false, "a loop over single digits"},
    {"code (?:1 ?)+", false, "the blank may be missing"},
    {"code (?:1 )+x", true, "the blank parts them"},
    {"code (?:1|22) ?(?:3)?", false, "2, 2, 3"},
    {"IKEv2", true, "letters stand before it"},
    {"[^,]*(?:otp|2fa|x509)", true, "letters stand next to every digit"},
    {"v?123", false, "the letter may be missing"},
    {"a123|b", true, "a letter stands before it"},
    {"é123", false, "letters that are not ASCII are not trusted to be letters"},
    {"code (?!4)\\d+", false, "a look-around sees one digit"},
    {"code (?=4)", false, "and so does this"},
    {"code (?=4x)\\w+", true, "this one sees a letter next to it"},
    {"code (?=x4)\\w+", true, "and this"},
    {"code (?= 4)[\\w ]+", false, "the number may go on behind the 4"},
    {"code (?= 4 )[\\w ]+", true, "here it may not"},
    {"\\w+(?<!4) code", false, "a look-behind sees one digit"},
    {"\\w+(?<!a4) code", true, "of a word with a letter"},
    {"\\w+(?<!\\d) code", true, "whether it is a digit is the same for all digits"},
    {"code (?>4|[0-9]+)x", false, "what an atomic group takes is settled before the x is seen"},
    {"code (?:4|[0-9]+)x", true, "an ordinary group gives back"},
    {"code (?:4)?+[0-9]*x", false, "a class counts as able to take what is no digit, and so to stand next to a number"},
    {"code (?:4)?+x", true, "a possessive item, and a letter behind it"},
    {"code (?:4x)?+[0-9]*", true, "4 and x are taken together"},
    {"code 4*+x", true, "a possessive loop, and a letter behind it"},
    {"code 4*+", false, "a possessive loop"},
    {"code (?:4|44)*+x", false, "a possessive loop of several items"},
    {"code 4*?x", true, "a lazy loop, with a letter behind it"},
    {"code 4{1,3}?", false, "a lazy loop"},
    {"code \\b77\\B.", false, "an edge of a word takes no character: 7, 7 and what the dot takes"},
    {"(?i:code) (?-i:77)7", false, "options do not part digits"},
};

const std::vector<Row> kHexTable{
    {"peer dead", true, "a word of four letters"},
    {"code deadbeef", true, "letters alone are no such number"},
    {"code cafe8086", false, "one such number"},
    {"code cafe8086x", true, "x follows"},
    {"SPI: {spi:hex}", true, "takes all of them"},
    {"id={id:int}", true, "digits alone"},
    {"code [a-z]+", true, "letters alone"},
    {"code [a-z]+.*", false, "and then the rest of the number"},
    {"code \\d+[a-f]*", false, "only those that begin with a digit"},
    {"code [0-9a-f]+", true, "all of them"},
    {"code \\w+ \\S+", true, "all of them"},
    {"code e\\w+", false, "the first may be an e"},
    {"code x\\w+", true, "it is an x"},
    {"code [a-f]\\d[a-f]\\d", true, "four characters at most"},
    {"code (?:[a-f]\\d){4}", false, "eight"},
    {"code \\D*7", false, "\\D takes letters"},
    {"code (?!a)\\w+", false, "a look-around sees one character"},
    {"code (?!ax)\\w+", true, "this one sees an x next to it"},
    {"code (?>\\d+|\\w+)x", false, "what an atomic group takes is settled before the x is seen"},
    {"(?-i:code A)\\w+", false, "one case of a letter"},
};

TEST(RulesDigits, Table) {
  for (const auto& [pattern, blind, why] : kTable) {
    EXPECT_EQ(compiled({pattern}).blind_to_digits(), blind) << pattern << ": " << why;
  }
  for (const auto& [pattern, blind, why] : kHexTable) {
    EXPECT_EQ(compiled({pattern}).blind_to_hex(), blind) << pattern << ": " << why;
  }
}

TEST(RulesDigits, BlindPatternsOfTheTableKeepTheirWord) {
  const std::vector<std::string> lines{"code 4 7 77 410", "code 44x 4x 7z", "a code 1 1 1x", "id=12, version 10, v123 a123 otp 2fa x509",
                                       "é123 IKEv2 Phase 1 SA spi 0x44 from 10.0.0.1 to \"7\" code", "code 777 code,", "123 code 4 code"};
  for (const Row& row : kTable) {
    if (!row.blind) continue;
    EXPECT_EQ(counterexample(compiled({row.pattern}), lines, 300), "") << row.pattern << ": " << row.why;
  }
  const std::vector<std::string> hex_lines{"code cafe8086 dead", "peer dead a1b2c3d4", "SPI: 0xc1a2b3d4 code e1a2b3c4d5e6f7a8", "id=12 code deadbeef",
                                           "code a1b2 7 C1A2B3D4", "code xe1 CAFE8086x"};
  for (const Row& row : kHexTable) {
    if (!row.blind) continue;
    EXPECT_EQ(counterexample(compiled({row.pattern}), hex_lines, 300, kHexadecimal), "") << row.pattern << ": " << row.why;
  }
}

TEST(RulesDigits, ThePropertyFindsPatternsThatSeeDigits) {
  for (const char* pattern : {"code 4[0-9]+ refused", "code (?!4)\\d+ refused", "code (?>4|[0-9]+)7? refused"}) {
    EXPECT_NE(counterexample(compiled({pattern}), {"code 4 refused", "code 47 refused"}, 300), "") << pattern;
  }
  for (const char* pattern : {"code \\d\\w+ refused", "code (?!a)\\w+ refused", "code [a-z]+.* refused"}) {
    EXPECT_NE(counterexample(compiled({pattern}), {"code a1b2c3d4 refused", "code 1 refused"}, 300, kHexadecimal), "") << pattern;
  }
}

TEST(RulesDigits, OnePatternThatSeesDigitsSpoilsTheSet) {
  EXPECT_TRUE(compiled({"a {n:int}", "b"}).blind_to_digits());
  EXPECT_FALSE(compiled({"a {n:int}", "b 404", "c"}).blind_to_digits());
  EXPECT_TRUE(compiled({}).blind_to_digits());
}

TEST(RulesDigits, WhatCannotBeReadIsNotBlind) {
  for (const char* body : {"(", "a)", "[[:<:]]a", "a\\", "\\Qa", "(?(1)a)", "a**", "(*FAIL)", "\\y"}) {
    EXPECT_FALSE(blind_to_digits({body})) << body;
    EXPECT_FALSE(blind_to_hex({body})) << body;
  }
}

TEST(RulesDigits, WhatIsTooLargeToDecideIsNotBlind) {
  const auto loop = [](int letters) {
    std::string body = "(?:";
    for (int i = 0; i < letters; ++i) body += "a?";
    return body + ")*";
  };
  EXPECT_TRUE(blind_to_digits({loop(100)}));
  EXPECT_FALSE(blind_to_digits({loop(2000)}));
  EXPECT_FALSE(blind_to_digits({std::string(100, '(') + "a" + std::string(100, ')')}));
}

// Patterns put together at random from pieces that make and break such numbers, on lines made of the same characters.
void expect_random_blind_patterns_to_keep_their_word(std::vector<std::string> pieces, std::string_view characters, std::size_t longest,
                                                     const Numbers& numbers) {
  pieces.insert(pieces.end(), {"\\d",  "-",    " ",   ".",   "\\w", "\\W", "\\D", "(?:", "(?>", "(?=",     "(?!",     "(?<=", "(?<!", ")", ")",
                               ")",    "|",    "?",   "*",   "+",   "?+",  "*+",  "*?",  "\\b", "\\B", "{n:int}", "{n:hex}", "{1,2}", "^",    "$"});
  Random random(3);
  int compiling = 0, blind = 0;
  while (compiling < 4000) {
    std::string source = "a";
    for (auto n = 2 + random() % 8; n > 0; --n) source += pieces[random() % pieces.size()];
    const auto set = RuleSet::compile({source});
    if (!set) continue;
    ++compiling;
    if (!((*set).*numbers.blind)()) continue;
    ++blind;
    std::vector<std::string> lines;
    for (int i = 0; i < 30; ++i) {
      std::string& line = lines.emplace_back("a");
      for (auto n = random() % longest; n > 0; --n) line += characters[random() % characters.size()];
    }
    EXPECT_EQ(counterexample(*set, lines, 4, numbers), "") << source;
  }
  EXPECT_GT(blind, compiling / 4);
  EXPECT_GT(compiling - blind, compiling / 10);
}

TEST(RulesDigits, RandomBlindPatternsKeepTheirWord) {
  expect_random_blind_patterns_to_keep_their_word({"1", "1", "[12]", "[0-9]", "a", "_", "[^1]"}, "1111222340 -a_", 9, kDecimal);
}

TEST(RulesDigits, RandomPatternsBlindToHexKeepTheirWord) {
  expect_random_blind_patterns_to_keep_their_word({"1", "a", "[12ab]", "[0-9a-f]", "[0-9a-f]{8}", "[a-z]+", "x", "_", "[^a]", "\\w+"},
                                                  "11aabbcf0 -x_", 24, kHexadecimal);
}

// The knowledge base's dialects.
struct Dialect {
  std::vector<std::string> patterns, lines;
};
std::map<std::string, Dialect> built_in_dialects() {
  std::map<std::string, Dialect> dialects;
  for (const auto& rule : kb::built_in().messages) {
    Dialect& dialect = dialects[rule.dialect];
    dialect.patterns.push_back(rule.pattern);
    for (const auto& example : rule.examples) dialect.lines.push_back(example.line);
    dialect.lines.insert(dialect.lines.end(), rule.near_misses.begin(), rule.near_misses.end());
  }
  return dialects;
}

TEST(RulesDigits, BlindDialectsOfTheKnowledgeBase) {
  const std::map<std::string, bool> expected{
      {"aws-s2s-ike", true}, {"aws-s2s-bgp", true},    {"aws-client-vpn", true}, {"cloudconnexa", true},
      {"pangolin", true},    {"pangolin-agent", true}, {"twingate", true},
      {"twingate-connector", false},  // "code 410"
  };
  std::map<std::string, bool> blind;
  for (const auto& [name, dialect] : built_in_dialects()) blind[name] = compiled(dialect.patterns).blind_to_digits();
  EXPECT_EQ(blind, expected);
  EXPECT_TRUE(compiled(built_in_dialects().at("aws-s2s-ike").patterns).blind_to_hex());  // a rekey names an SPI
}

TEST(RulesDigits, BlindDialectsKeepTheirWord) {
  for (const auto& [name, dialect] : built_in_dialects()) {
    const RuleSet set = compiled(dialect.patterns);
    for (const Numbers& numbers : {kDecimal, kHexadecimal})
      if ((set.*numbers.blind)()) {
        EXPECT_EQ(counterexample(set, dialect.lines, 40, numbers), "") << name;
      }
  }
}

}  // namespace
}  // namespace tunnelscope::rules
