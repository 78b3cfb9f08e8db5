#include "src/input/local_times.hpp"

#include <cstdlib>
#include <utility>

namespace tunnelscope::input {

void LocalTimes::begin_input() {
  ahead_ = 0;
  near_ = diag::kNoTime;
  waiting_.clear();
  bytes_ = 0;
  full_ = false;
}

void LocalTimes::see(diag::Time local, bool yearless, diag::Time instant) {
  constexpr diag::Duration kStep = 15 * diag::kMinute, kFarthest = 14 * diag::kHour;
  constexpr diag::Duration kLate = 5 * diag::kSecond;  // a line is written as soon as it happens
  if (knows() && std::abs(local + (yearless ? to_year_ : 0) - instant - ahead_) <= kLate) {
    near_ = instant;
    return;
  }
  if (yearless) {
    to_year_ = diag::with_year_near(local, instant) - local;
    local += to_year_;
  }
  const diag::Duration difference = local - instant;
  const diag::Duration ahead = (difference + (difference < 0 ? -kStep : kStep) / 2) / kStep * kStep;
  if (std::abs(ahead) > kFarthest || std::abs(difference - ahead) > kLate) return;
  ahead_ = ahead;
  near_ = instant;
}

void LocalTimes::settle(diag::SessionRecord& record) const {
  if (record.yearless) record.time = diag::with_year_near(record.time, near_);
  record.yearless = false;
  record.time -= ahead_;
}

void LocalTimes::wait(const diag::SessionRecord& record, std::uint64_t line) {
  Waiting& waiting = waiting_.emplace_back();
  waiting.record = record;
  waiting.line = line;
  diag::SessionRecord& r = waiting.record;
  std::string_view* const texts[] = {&r.id,     &r.group,  &r.group_name, &r.organisation, &r.gateway,  &r.connector, &r.source,
                                     &r.user,   &r.device, &r.address,    &r.resource,     &r.protocol, &r.message,   &r.fields};
  for (const std::string_view* text : texts) waiting.texts += *text;
  const char* at = waiting.texts.data();
  for (std::string_view* text : texts) {
    *text = {at, text->size()};
    at += text->size();
  }
  bytes_ += sizeof waiting + waiting.texts.size();
  full_ = bytes_ > kMostBytes;
}

std::deque<LocalTimes::Waiting> LocalTimes::release() {
  bytes_ = 0;
  if (knows())
    for (Waiting& waiting : waiting_) settle(waiting.record);
  return std::exchange(waiting_, {});
}

}  // namespace tunnelscope::input
