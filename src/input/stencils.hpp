// Lines known by heart. A line of an export is made of parts that earlier lines had too: what stands before its message
// but for the digits of times, the message but for one number, and what stands behind. The parts are few and stay in the
// nearest cache, so that comparing them, whole and under masks, tells what a line is.
// In: unread bytes. Out: of their first lines the kinds, their numbers, and where their times stand.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/input/digits.hpp"

namespace tunnelscope::input {

// Digits that may differ from line to line; none: the line has no such number.
struct Hole {
  std::uint32_t at = 0, digits = 0;
};

// The number in a hole of 1 to 18 digits, into `number`. False: not all are digits. 24 bytes before its end must be readable.
inline bool number_in(const char* line, Hole hole, std::uint64_t& number) {
  const char* const end = line + hole.at + hole.digits;
  std::uint64_t wrong = 0;
  number = up_to_eight_digits(end, std::min(hole.digits, 8U), wrong);
  if (hole.digits > 8) number += up_to_eight_digits(end - 8, std::min(hole.digits - 8, 8U), wrong) * kEightDigits;
  if (hole.digits > 16) number += up_to_eight_digits(end - 16, hole.digits - 16, wrong) * kEightDigits * kEightDigits;
  return wrong == 0;
}

class Stencils {
 public:
  static constexpr std::size_t kLongestLine = 1024;
  static constexpr std::size_t kMostDigits = 18;

  // What is known of a line.
  struct Line {
    std::uint32_t length = 0;  // with its end
    std::uint32_t kind = 0;    // Intake::kind_of
    std::uint64_t number = 0;
    Hole event_time;           // its digits may still be other characters, and so may those of the line's own time
  };
  // Of the first lines of `data`, as many as are known and have room in `lines`; it may stop earlier, but not before the first.
  // Returns how many. 64 readable bytes must follow `data`.
  std::size_t find(std::string_view data, std::span<Line> lines);

  // Where the parts and digits of a line are.
  struct Plan {
    std::uint32_t line_time = 0;  // length of the time that the line begins with; 0: it has none
    std::uint32_t message_at = 0, message_length = 0;
    Hole event_time, number;      // the number is in the message
  };
  // `line`, with its end, is of this kind. Too long lines, messages at another place than those before, and holes too
  // near to the beginning are not learnt.
  void learn(std::string_view line, const Plan& plan, std::uint32_t kind);

 private:
  static constexpr std::size_t kMostHeads = 4, kMostTails = 32, kMostTexts = 1024, kBuckets = 4096;

  // Bytes under a mask, at this place of blocks_.
  struct Piece {
    std::uint32_t at = 0, length = 0;
  };
  struct Part {
    Piece piece;
    Hole event_time;  // counted from the part's beginning
  };
  // Messages that have the same bytes before a number, or one message without any. Indices count from 1; 0: none.
  struct Message {
    Piece before;
    std::uint32_t next = 0;    // of its bucket
    std::array<std::uint16_t, 32> endings{};  // the first of each bucket
  };
  // What stands behind the number.
  struct Ending {
    Piece piece;
    std::uint32_t next = 0;    // of its bucket
    std::array<std::uint16_t, kMostDigits + 1> texts{};  // by the number's digits
  };
  // A message that was found in a line.
  struct Found {
    std::uint32_t text = 0;    // counted from 1; 0: none was
    std::uint32_t length = 0;
    std::uint64_t number = 0;
  };

  Found find_numbered(std::string_view rest) const;
  Found find_numbered(std::string_view rest, std::size_t sign) const;
  Found find_literal(std::string_view rest) const;
  bool begins(std::string_view rest, const Part& part) const;
  std::uint32_t find_part(const std::vector<Part>& parts, std::string_view rest) const;
  std::uint32_t find_tail(std::string_view rest);
  std::size_t longest() const { return message_at_ + longest_before_ + kMostDigits + longest_ending_ + longest_tail_; }
  std::size_t guess(std::string_view data, std::span<Line> lines) const;
  std::size_t guess_wide(std::string_view data, std::span<Line> lines) const;
  bool search(std::string_view data, Line& line);
  static Hole event_time_of(const Part& head, const Part& tail, std::size_t tail_at);
  // Counted from 1; 0: not known. `text` may be 0 too.
  std::uint32_t kind_of(std::uint32_t text, std::uint32_t head, std::uint32_t tail) const {
    return kinds_[(text * kMostHeads + head) * kMostTails + tail];
  }

  void forget();
  Message& message_of(std::uint16_t& bucket, std::string_view before);
  Ending& ending_of(std::uint16_t& bucket, std::string_view behind);
  Piece piece_of(std::string_view text, std::string_view mask, std::size_t least);  // blocks for so many bytes at least
  std::uint32_t part_of(std::vector<Part>& parts, std::string_view text, std::string_view mask, Hole event_time);
  std::uint32_t text_of(std::string_view line, const Plan& plan);
  bool is(Piece piece, std::string_view text, std::string_view mask) const;

  std::uint32_t message_at_ = 0;  // of all lines; 0: none has been learnt
  std::size_t longest_before_ = 0, longest_ending_ = 0, longest_tail_ = 0;  // of those known; they may meet in one line
  std::size_t shortest_line_ = kLongestLine;
  std::string blocks_;            // each piece filled up to whole blocks: the bytes of a block, then its mask
  std::vector<Part> heads_, tails_;
  std::uint32_t likely_head_ = 0, likely_tail_ = 0;  // those of the line found last
  std::array<std::uint8_t, kMostTails> after_{};  // the tail that last followed each other than itself
  std::vector<Message> messages_;
  std::vector<Ending> endings_;
  std::array<std::uint16_t, kBuckets> numbered_{}, literal_{};  // the first of a bucket, counted from 1; so many that hardly two share one
  std::array<bool, 4> signs_{};   // there are numbered messages with signs of one word, two ...
  std::uint32_t texts_ = 0;
  std::vector<std::uint32_t> kinds_;  // by text, head and tail
};

}  // namespace tunnelscope::input
