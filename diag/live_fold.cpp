// Tested by diag_fold_test.cpp and diag_intake_test.cpp.
#include "diag/live_fold.hpp"

#include <algorithm>

#include "diag/bytes.hpp"
#include "diag/second.hpp"

namespace tunnelscope::diag {

LiveFold::LiveFold(const FoldRules& rules, const Phrases& phrases, const std::vector<std::string>& paths)
    : phrases_(phrases), fold_(rules, phrases, paths, kNoTime, log_) {}

bool LiveFold::add(const Arrival& arrival) {
  const std::int64_t time = second_of(arrival.event.time);
  if (waiting_) {
    if (time <= time_) return time == time_ && add_to_second(arrival);
    settle();
  }
  wait(arrival, time);
  return true;
}

void LiveFold::wait(const Arrival& arrival, std::int64_t second) {
  waiting_ = true;
  time_ = second;
  first_ = arrival;
  if (arrival.values.size() <= few_.size()) copy_short(few_.data(), arrival.values);
  else values_.assign(arrival.values);
}

// Those that are alone in their seconds are folded together; the last must wait for what comes next.
bool LiveFold::add(const KnownRecords& arrivals) {
  const std::span<const KnownRecord> list = arrivals.list;
  if (list.empty()) return true;
  if (!arrivals.apart || (waiting_ && list.front().second <= time_)) return add_one_by_one(list);
  if (waiting_) settle();
  fold_.add(list.first(list.size() - 1));
  wait(arrival_of(list.back()), list.back().second);
  return true;
}

bool LiveFold::add_one_by_one(std::span<const KnownRecord> arrivals) {
  std::size_t alone = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const std::int64_t second = arrivals[i].second;
    const std::int64_t before = i > alone ? arrivals[i - 1].second : time_;
    const bool follows = i > alone || waiting_;
    if (follows && second < before) return false;
    if (follows && second == before) {
      if (i > alone) {
        fold_.add(arrivals.subspan(alone, i - 1 - alone));
        wait(arrival_of(arrivals[i - 1]), before);
      }
      if (!add_to_second(arrival_of(arrivals[i]))) return false;
      alone = i + 1;
    } else if (i == alone && waiting_) {
      settle();
      waiting_ = false;
    }
  }
  if (alone < arrivals.size()) {
    fold_.add(arrivals.subspan(alone, arrivals.size() - 1 - alone));
    wait(arrival_of(arrivals.back()), arrivals.back().second);
  }
  return true;
}

bool LiveFold::add_to_second(const Arrival& arrival) {
  if (others_.size() == kMostInSecond || arrival.event.place.input() != first_.event.place.input()) return false;
  if (others_.empty() && first_.values.size() <= few_.size()) values_.assign(few_.data(), first_.values.size());
  others_.push_back(arrival);
  values_ += arrival.values;
  return true;
}

void LiveFold::settle() {
  if (!others_.empty()) return settle_many();
  first_.values = {first_.values.size() <= few_.size() ? few_.data() : values_.data(), first_.values.size()};
  fold_.add(first_);
}

void LiveFold::settle_many() {
  const std::uint32_t input = first_.event.place.input();
  if (inputs_.empty() || inputs_.back() != input) inputs_.push_back(input);
  others_.insert(others_.begin(), first_);
  std::string_view values = values_;
  for (Arrival& arrival : others_) {
    arrival.values = values.substr(0, arrival.values.size());
    values.remove_prefix(arrival.values.size());
  }
  log_.duplicates += put_in_order(others_, phrases_, {});
  for (Arrival& arrival : others_) fold_.add(arrival);
  others_.clear();
}

void LiveFold::close() {
  if (waiting_) settle();
  waiting_ = false;
}

bool LiveFold::finish(const std::vector<bool>& newest_first) {
  close();
  fold_.finish();
  return std::none_of(inputs_.begin(), inputs_.end(), [&](std::uint32_t input) { return newest_first[input]; });
}

}  // namespace tunnelscope::diag
