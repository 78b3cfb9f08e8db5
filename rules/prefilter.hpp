// Which patterns can match a line at all? In: a text that each pattern needs. Out: a set of candidates per line.
// An Aho-Corasick automaton (one table look-up a byte) over lower-case ASCII with white space runs as one blank.
// Preferred to one big PCRE2 alternation with (*MARK): measured twice as fast, a rule that hits its limit does not
// blind the others, and the first rule in order wins, not the leftmost in the line.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelscope::rules {

class Prefilter {
 public:
  // One bit a pattern.
  using Candidates = std::vector<std::uint64_t>;

  // `needed[i]`: literals of pattern i (Branch::literal), one of which a matching line contains; when one of them is
  // empty the pattern is always a candidate.
  explicit Prefilter(const std::vector<std::vector<std::string>>& needed);

  // Overwrites `candidates`. A line with bytes outside ASCII has every pattern as candidate: folding and white
  // space are Unicode's business there, and PCRE2 knows it.
  void scan(std::string_view line, Candidates& candidates) const;

 private:
  using State = std::uint32_t;
  static constexpr State kHasOutput = 0x8000'0000U;

  State grow(State state, char c);
  void add(std::string_view literal, std::uint32_t pattern);
  void link();

  std::array<std::uint8_t, 256> class_of_{};  // 0: in no literal
  std::size_t classes_ = 1;
  std::vector<State> next_;  // [state * classes_ + class]; once linked: that state's row, plus kHasOutput
  std::vector<std::vector<std::uint32_t>> outputs_;
  std::vector<bool> ends_in_blank_;
  Candidates always_, all_;
};

}  // namespace tunnelscope::rules
