// Hand-written because g++ 12 has no std::chrono::parse; the table of accepted forms is in the unit test.
#include "src/input/timestamps.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>

#include "src/input/digits.hpp"

namespace tunnelscope::input {
namespace {

constexpr diag::Time kAfter2100 = 4'133'980'800'000;  // 2101-01-01T00:00:00Z

ParsedTime in_range(diag::Time ms) {
  if (ms < 0) return {TimeStatus::Before1970, diag::kNoTime};
  if (ms >= kAfter2100) return {TimeStatus::After2100, diag::kNoTime};
  return {TimeStatus::Ok, ms};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Reads forward over a text; every function leaves the position alone when it fails.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t position() const { return at_; }
  void position(std::size_t at) { at_ = at; }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool take(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }

  bool take_any(std::string_view set) {
    if (at_end() || set.find(peek()) == std::string_view::npos) return false;
    ++at_;
    return true;
  }

  std::optional<int> digits(std::size_t count) {
    if (text_.size() - at_ < count) return {};
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[at_ + i])) return {};
      value = value * 10 + (text_[at_ + i] - '0');
    }
    at_ += count;
    return value;
  }

  std::string_view run_of(bool (*belongs)(char)) {
    const std::size_t from = at_;
    while (!at_end() && belongs(peek())) ++at_;
    return text_.substr(from, at_ - from);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Clock {
  int hour = 0, minute = 0, second = 0, ms = 0;
};

struct Zone {
  bool given = false, zulu = false;
  int minutes = 0;
};

std::optional<Clock> read_clock(Cursor& cursor) {
  Clock clock;
  const auto hour = cursor.digits(2);
  const bool colons = cursor.take(':');
  const auto minute = hour ? cursor.digits(2) : std::nullopt;
  if (!minute) return {};
  clock.hour = *hour;
  clock.minute = *minute;
  if (colons ? cursor.take(':') : is_digit(cursor.peek())) {
    const auto second = cursor.digits(2);
    if (!second) return {};
    clock.second = *second;
    if ((cursor.peek() == '.' || cursor.peek() == ',') && is_digit(cursor.peek(1))) {
      cursor.take_any(".,");
      const auto fraction = cursor.run_of(is_digit);
      if (fraction.size() > 9) return {};
      for (std::size_t i = 0, unit = 100; i < 3 && i < fraction.size(); ++i, unit /= 10)
        clock.ms += (fraction[i] - '0') * static_cast<int>(unit);
    } else if (cursor.peek() == '.') {
      cursor.take('.');
    }
  }
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return {};
  return clock;
}

Zone read_zone(Cursor& cursor) {
  const std::size_t start = cursor.position();
  if (cursor.take_any("Zz")) return {true, true, 0};
  cursor.take(' ');
  const std::size_t word_at = cursor.position();
  const auto word = cursor.run_of(is_letter);
  if (word == "UTC" || word == "GMT" || word == "Z") return {true, true, 0};
  cursor.position(word_at);
  const char sign = cursor.peek();
  if (cursor.take_any("+-")) {
    if (const auto hours = cursor.digits(2)) {
      const std::size_t after_hours = cursor.position();
      cursor.take(':');
      auto minutes = cursor.digits(2);
      if (!minutes) cursor.position(after_hours), minutes = 0;
      if (*hours <= 18 && *minutes <= 59 && !is_digit(cursor.peek()))
        return {true, false, (sign == '-' ? -1 : 1) * (*hours * 60 + *minutes)};
    }
  }
  cursor.position(start);
  return {};
}

std::optional<diag::Time> instant(int year, int month, int day, const Clock& clock, const Zone& zone) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t minutes = (std::int64_t{days} * 24 + clock.hour) * 60 + clock.minute - zone.minutes;
  return (minutes * 60 + clock.second) * 1000 + clock.ms;
}

struct Iso {
  diag::Time time;
  Zone zone;
};

// YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD, then T, a blank or _, then the clock, then perhaps a zone.
std::optional<Iso> read_iso(Cursor& cursor) {
  const auto year = cursor.digits(4);
  if (!year) return {};
  const char mark = cursor.peek();
  const bool marked = cursor.take_any("-/");
  const auto month = cursor.digits(2);
  if (!month || (marked && !cursor.take(mark))) return {};
  const auto day = cursor.digits(2);
  if (!day || !cursor.take_any("Tt _")) return {};
  const auto clock = read_clock(cursor);
  if (!clock) return {};
  const Zone zone = read_zone(cursor);
  const auto time = instant(*year, *month, *day, *clock, zone);
  if (!time) return {};
  return Iso{*time, zone};
}

int month_named(std::string_view word) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() < 3) return 0;
  const std::array<char, 3> start{lower(word[0]), lower(word[1]), lower(word[2])};
  for (std::size_t i = 0; i < 12; ++i)
    if (kMonths.substr(i * 3, 3) == std::string_view(start.data(), 3)) return static_cast<int>(i) + 1;
  return 0;
}

// "Mon Jan 9 08:15:38 UTC 2023", "09 Jan 2023 08:15:38 +0000", "Jan 9, 2023 08:15:38": parts in any order.
std::optional<diag::Time> with_month_name(std::string_view text) {
  Cursor cursor(text);
  int year = 0, month = 0, day = 0;
  std::optional<Clock> clock;
  Zone zone;
  while (!cursor.at_end()) {
    if (cursor.take_any(" ,\t")) continue;
    const std::size_t start = cursor.position();
    if (is_letter(cursor.peek())) {
      const auto word = cursor.run_of(is_letter);
      if (const int named = month_named(word)) {
        if (month == 0) month = named;
      } else if (word == "PM" || word == "pm" || word == "AM" || word == "am") {
        return {};
      }
      continue;
    }
    if (clock && (zone = read_zone(cursor)).given) continue;
    const auto number = cursor.run_of(is_digit);
    if (cursor.peek() == ':' && !clock) {
      cursor.position(start);
      if (!(clock = read_clock(cursor))) return {};
    } else if (number.size() == 4 && year == 0) {
      std::from_chars(number.data(), number.data() + 4, year);
    } else if ((number.size() == 1 || number.size() == 2) && day == 0) {
      std::from_chars(number.data(), number.data() + number.size(), day);
    } else {
      return {};
    }
  }
  if (year == 0 || month == 0 || day == 0 || !clock) return {};
  return instant(year, month, day, *clock, zone);
}

static_assert(std::endian::native == std::endian::little, "eight characters are looked at as one number");

// Eight characters, and the numbers that pairs of them are. `digits` has bits where digits have to stand.
class Pairs {
 public:
  Pairs(const char* at, std::uint64_t digits) {
    std::memcpy(&values_, at, sizeof values_);
    values_ = (values_ ^ kZeros) & digits;
    wrong_ = ((values_ + 0x7676767676767676) | values_) & 0x8080808080808080;
    values_ = values_ * 10 + (values_ >> 8);
  }
  bool good() const { return wrong_ == 0; }  // digits stand where they have to
  int operator[](unsigned first) const { return static_cast<int>(values_ >> (8 * first) & 0xFF); }  // of the two from there on

 private:
  static constexpr std::uint64_t kZeros = 0x3030303030303030;
  std::uint64_t values_ = 0, wrong_ = 0;
};

// Days since 1970 of a date; negative: it is none, or before that.
std::int64_t day_number(int year, int month, int day) {
  constexpr std::array<std::int16_t, 13> kBefore{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  if (year < 1970 || month < 1 || month > 12) return -1;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const auto index = static_cast<std::size_t>(month);
  const int length = kBefore[index] - kBefore[index - 1] + (leap && month == 2 ? 1 : 0);
  if (day < 1 || day > length) return -1;
  constexpr auto leaps_until = [](int y) { return y / 4 - y / 100 + y / 400; };
  const int days = (year - 1970) * 365 + leaps_until(year - 1) - leaps_until(1969);
  return days + kBefore[index - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
}

// The layout in which programs write nearly all times, read at fixed places: YYYY-MM-DD, T or a blank, hh:mm:ss, up to
// nine digits of a fraction, Z or nothing. Or with "/" in the date. length 0: it is something else, or no time at all.
struct UsualTime {
  diag::Time time = diag::kNoTime;
  std::size_t length = 0;
  bool zulu = false;
};
constexpr std::size_t kMinute = 16, kSeconds = 19;  // "2026-04-13 07:10", and with ":39" behind it

// When the minute begins that the text begins with; kNoTime: with none. Precondition: it has kSeconds bytes.
diag::Time usual_minute(std::string_view text) {
  const char* const at = text.data();
  const bool marks = (at[4] == '-' || at[4] == '/') && at[7] == at[4] && (at[10] == 'T' || at[10] == ' ') && at[13] == ':';
  if (!marks) return diag::kNoTime;
  constexpr std::uint64_t kYearAndMonth = 0x00FFFF00FFFFFFFF, kClock = 0x000000FFFF00FFFF, kTwo = 0xFFFF;
  const Pairs date(at, kYearAndMonth), clock(at + 11, kClock), day(at + 8, kTwo);
  if (!date.good() || !clock.good() || !day.good() || clock[0] > 23 || clock[3] > 59) return diag::kNoTime;
  const std::int64_t days = day_number(date[0] * 100 + date[2], date[5], day[0]);
  return days < 0 ? diag::kNoTime : days * diag::kDay + clock[0] * diag::kHour + clock[3] * diag::kMinute;
}

// Whether six to nine digits of a fraction and "Z" are all that stands behind the seconds: two words that may overlap.
inline bool has_long_fraction(std::string_view text) {
  constexpr std::size_t kSix = kSeconds + 8, kNine = kSix + 3;
  constexpr std::uint64_t kDot = 0xFF, kZulu = kDot << 56;
  if (text.size() < kSix || text.size() > kNine || text[kSeconds] != '.' || text.back() != 'Z') return false;
  const auto odd = [](const char* word, std::uint64_t but) {
    const std::uint64_t x = (word_at(word) ^ 0x3030303030303030) & ~but;
    return ((x + 0x7676767676767676) | x) & 0x8080808080808080;
  };
  const bool one_word = text.size() == kSix;
  return (odd(text.data() + kSeconds, one_word ? kDot | kZulu : kDot) | odd(text.data() + text.size() - 8, one_word ? kDot | kZulu : kZulu)) == 0;
}

// The text, which has kSeconds bytes, from behind its minute on.
[[gnu::always_inline]] inline UsualTime behind_minute(std::string_view text, diag::Time minute) {
  const char* const at = text.data();
  const auto digit = [&](std::size_t place) { return static_cast<unsigned>(static_cast<unsigned char>(at[place]) - '0'); };
  const unsigned tens = digit(17), ones = digit(18);
  if (minute == diag::kNoTime || at[kMinute] != ':' || tens > 6 || ones > 9 || tens * 10 + ones > 60) return {};
  UsualTime usual{minute + diag::Time{tens * 10 + ones} * diag::kSecond, kSeconds, false};
  if (text.size() == kSeconds) return usual;
  if (has_long_fraction(text)) {
    usual.time += (at[20] - '0') * 100 + (at[21] - '0') * 10 + (at[22] - '0');
    usual.length = text.size() - 1;
  } else if (at[kSeconds] == '.') {
    const std::size_t from = kSeconds + 1;
    std::size_t end = from;
    for (int unit = 100; end < text.size() && digit(end) <= 9 && unit > 0; ++end, unit /= 10) usual.time += static_cast<int>(digit(end)) * unit;
    while (end < text.size() && digit(end) <= 9) ++end;
    if (end == from || end - from > 9) return {};
    usual.length = end;
  }
  usual.zulu = text.size() > usual.length && at[usual.length] == 'Z';
  if (usual.zulu) ++usual.length;
  return usual;
}

UsualTime usual_time(std::string_view text) {
  return text.size() < kSeconds ? UsualTime{} : behind_minute(text, usual_minute(text));
}

bool is_zulu(const UsualTime& usual, std::string_view text) {
  return usual.zulu && usual.length == text.size() && text[4] == '-' && text[10] == 'T';
}

// Whether a zone may follow where a time without one ends.
bool zone_may_follow(std::string_view rest) {
  if (rest.empty()) return false;
  return rest[0] != ' ' || (rest.size() > 1 && (is_digit(rest[1]) || std::string_view("UGZ+-").find(rest[1]) != std::string_view::npos));
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n\"'[(");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n\"'])") + 1 - from);
}

}  // namespace

ParsedTime time_of(std::int64_t epoch) {
  constexpr std::int64_t kMilliseconds = 100'000'000'000;
  if (epoch < 0) return {TimeStatus::Before1970, diag::kNoTime};
  return in_range(epoch < kMilliseconds ? epoch * 1000 : epoch);
}

ParsedTime time_of(double epoch) {
  if (std::isnan(epoch)) return {};
  if (epoch < 0) return {TimeStatus::Before1970, diag::kNoTime};
  if (epoch >= 9.2e18) return {TimeStatus::After2100, diag::kNoTime};
  if (epoch < 1e11) return in_range(static_cast<diag::Time>(std::llround(epoch * 1000)));
  return time_of(static_cast<std::int64_t>(epoch));
}

ParsedTime time_of(std::string_view text) {
  if (const UsualTime usual = usual_time(text); usual.length > 0 && usual.length == text.size()) return in_range(usual.time);
  std::int64_t whole = 0;
  if (plain_number(text, whole)) return time_of(whole);
  text = trimmed(text);
  if (text.empty()) return {};
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, whole); read.ptr == end) {
    if (read.ec == std::errc{}) return time_of(whole);
    return {text[0] == '-' ? TimeStatus::Before1970 : TimeStatus::After2100, diag::kNoTime};
  }
  double real = 0;
  if (const auto read = std::from_chars(text.data(), end, real); read.ptr == end)
    return read.ec == std::errc{} && std::isfinite(real) ? time_of(real) : ParsedTime{};
  Cursor cursor(text);
  if (const auto iso = read_iso(cursor); iso && cursor.at_end()) return in_range(iso->time);
  if (const auto time = with_month_name(text)) return in_range(*time);
  return {};
}

LeadingTime leading_time(std::string_view text) {
  if (const UsualTime usual = usual_time(text); usual.length > 0 && (usual.zulu || !zone_may_follow(text.substr(usual.length))))
    return {in_range(usual.time), usual.length, true, usual.zulu, usual.zulu};
  Cursor cursor(text);
  if (const auto iso = read_iso(cursor))
    return {in_range(iso->time), cursor.position(), true, iso->zone.given, iso->zone.zulu};
  cursor.position(0);
  const auto whole = cursor.run_of(is_digit);
  if (whole.size() < 10 || whole.size() > 19) return {};
  if (cursor.peek() == '.' && is_digit(cursor.peek(1))) {
    cursor.take('.');
    cursor.run_of(is_digit);
  }
  if (is_letter(cursor.peek()) || cursor.peek() == '.' || cursor.peek() == '-' || cursor.peek() == ':') return {};
  return {time_of(text.substr(0, cursor.position())), cursor.position(), false, false, false};
}

diag::Time zulu_time(std::string_view text) {
  const UsualTime usual = usual_time(text);
  return is_zulu(usual, text) ? in_range(usual.time).time : diag::kNoTime;
}

// Precondition: the text has kSeconds bytes.
inline diag::Time TimeMemory::minute_of(std::string_view text) {
  std::array<std::uint64_t, 2> words;
  static_assert(sizeof words == kMinute);
  std::memcpy(words.data(), text.data(), sizeof words);
  static_assert(kMinutes == 1 << 8);
  Minute& known = minutes_[words[1] * 0x9E3779B97F4A7C15ULL >> 56];  // day, hour and minute
  if (known.text != words) known = {words, usual_minute(text)};
  return known.begins;
}

ParsedTime TimeMemory::time_of(std::string_view text) {
  if (text.size() < kSeconds) {
    std::int64_t whole = 0;
    return plain_number(text, whole) ? input::time_of(whole) : input::time_of(text);
  }
  const UsualTime usual = behind_minute(text, minute_of(text));
  return usual.length > 0 && usual.length == text.size() ? in_range(usual.time) : input::time_of(text);
}

diag::Time TimeMemory::zulu_time(std::string_view text) {
  if (text.size() < kSeconds) return diag::kNoTime;
  const UsualTime usual = behind_minute(text, minute_of(text));
  return is_zulu(usual, text) ? in_range(usual.time).time : diag::kNoTime;
}

LeadingDate leading_date(std::string_view text) {
  Cursor cursor(text);
  const auto word = cursor.run_of(is_letter);
  const int month = word.size() == 3 ? month_named(word) : 0;
  if (month == 0 || !cursor.take(' ')) return {};
  cursor.take(' ');
  int day = 0, year = 2000;
  const auto day_digits = cursor.run_of(is_digit);
  if (day_digits.empty() || day_digits.size() > 2 || !cursor.take(' ')) return {};
  std::from_chars(day_digits.data(), day_digits.data() + day_digits.size(), day);
  const std::size_t behind_day = cursor.position();
  const auto written = cursor.digits(4);
  const bool has_year = written && cursor.take(' ');
  if (has_year) year = *written;
  else cursor.position(behind_day);
  if (cursor.peek(2) != ':') return {};
  const auto clock = read_clock(cursor);
  if (!clock) return {};
  const auto time = instant(year, month, day, *clock, {});
  if (!time) return {};
  return {in_range(*time), cursor.position(), !has_year};
}

std::optional<diag::Duration> go_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };
  constexpr Unit kUnits[] = {{"h", 3'600'000}, {"ms", 1}, {"m", 60'000}, {"s", 1000},
                             {"us", 1e-3}, {"\xc2\xb5s", 1e-3}, {"\xce\xbcs", 1e-3}, {"ns", 1e-6}};
  constexpr double kLongest = 1e15;
  if (text == "0") return 0;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return {};
  double total = 0;
  while (!text.empty()) {
    double count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count, std::chars_format::fixed);
    if (read.ec != std::errc{} || !is_digit(text[0])) return {};
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const Unit* const unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                          [&](const Unit& candidate) { return text.starts_with(candidate.name); });
    if (unit == std::end(kUnits)) return {};
    text.remove_prefix(unit->name.size());
    total += count * unit->milliseconds;
  }
  if (!(total < kLongest)) return {};
  return std::llround(negative ? -total : total);
}

}  // namespace tunnelscope::input
