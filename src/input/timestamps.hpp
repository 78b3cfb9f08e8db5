// Times as logs write them, to milliseconds since 1970.
// In: epoch numbers in seconds or milliseconds (told apart by magnitude), ISO forms, dates with month names.
// A time without a zone is UTC; a leap second is the first moment of the next minute.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "diag/time.hpp"

namespace tunnelscope::input {

enum class TimeStatus : std::uint8_t { Ok, Unreadable, Before1970, After2100 };

struct ParsedTime {
  TimeStatus status = TimeStatus::Unreadable;
  diag::Time time = diag::kNoTime;  // kNoTime unless Ok
};

ParsedTime time_of(std::int64_t epoch);
ParsedTime time_of(double epoch);
ParsedTime time_of(std::string_view text);  // the whole text must be a time; blanks and quotes around it are ignored

// A time at the very start of `text`, for line prefixes: ISO, or an epoch number of 10 to 19 digits (with fraction).
struct LeadingTime {
  ParsedTime parsed;
  std::size_t length = 0;  // bytes; 0: the text does not begin with a time
  bool iso = false;
  bool zone = false;       // ISO with Z or an offset
  bool zulu = false;       // ISO with Z
};
LeadingTime leading_time(std::string_view text);

// "2026-03-01T00:00:00", "." and up to nine digits or nothing, "Z", and nothing else; kNoTime: it is not.
diag::Time zulu_time(std::string_view text);

// The same two functions for times of one log: most lie in a minute that others of it lie in, so that only what stands behind
// the minute has to be read.
class TimeMemory {
 public:
  ParsedTime time_of(std::string_view text);
  diag::Time zulu_time(std::string_view text);

 private:
  static constexpr std::size_t kMinutes = 256;
  struct Minute {
    std::array<std::uint64_t, 2> text{};  // "2026-03-01T00:00", which is never all zeros
    diag::Time begins = diag::kNoTime;
  };
  diag::Time minute_of(std::string_view text);  // kNoTime: the text does not begin with one

  std::array<Minute, kMinutes> minutes_;  // by their texts
};

// "Jun 26 21:39:49" and "Jun 26 2021 21:39:49" at the very start of `text`, as syslog and journald write them.
struct LeadingDate {
  ParsedTime parsed;
  std::size_t length = 0;  // bytes; 0: the text does not begin so
  bool yearless = false;   // then `parsed` stands in the year 2000
};
LeadingDate leading_date(std::string_view text);

// "1h2m3.5s", "150ms": durations as Go writes them. Empty: it is none.
std::optional<diag::Duration> go_duration(std::string_view text);

}  // namespace tunnelscope::input
