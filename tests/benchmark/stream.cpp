#include "stream.hpp"

#include <chrono>

#include <fmt/format.h>

namespace benchmark {
namespace {

constexpr std::int64_t kStart = 1'772'438'400'000;  // 2026-03-02T08:00:00Z
constexpr std::uint64_t kJitter = 1000;             // milliseconds

}  // namespace

Stream::Stream(const Settings& settings, std::uint64_t number)
    : settings_(settings), number_(number), random_(settings.seed * 1'000'003 + number), ms_(kStart) {}

// Each record has its slot of `spacing_s` seconds and lies anywhere in the slot's first second: no two records of a
// stream share a second, so none is taken for a duplicate.
void Stream::advance() {
  ms_ = ms_ / 1000 * 1000 + static_cast<std::int64_t>(settings_.spacing_s * 1000 + random_.below(kJitter));
}

void Stream::retreat() {
  ms_ = ms_ / 1000 * 1000 - static_cast<std::int64_t>(settings_.spacing_s * 1000) + static_cast<std::int64_t>(random_.below(kJitter));
}

void Stream::append_iso(std::string& out, std::int64_t ms) const {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                 clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string Stream::id(std::size_t digits) {
  std::string text;
  while (text.size() < digits) text += fmt::format("{:016x}", random_.next());
  text.resize(digits);
  return text;
}

}  // namespace benchmark
