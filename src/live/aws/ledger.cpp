#include "src/live/aws/ledger.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tunnelscope::live {
namespace {

using json = nlohmann::json;

constexpr int kVersion = 1;
constexpr diag::Duration kRestFactor = 20;  // a far round that takes long is followed by a rest of so many times that,
constexpr diag::Duration kLongestRest = diag::kHour;
constexpr diag::Duration kRestWhenFull = EventLedger::kFarEvery / 2;  // unless the ids, which it makes fewer, become too many
constexpr diag::Time kFarthest = 253'402'300'800'000;  // the year 10000: nothing in a cursor lies beyond

// kNoTime is left out.
void put(json& object, const char* name, diag::Time time) {
  if (time != diag::kNoTime) object[name] = time;
}
std::optional<std::int64_t> number_of(const json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  const auto number = value.get<std::int64_t>();
  return number >= -kFarthest && number <= kFarthest ? std::optional(number) : std::nullopt;
}
std::int64_t number_in(const json& object, const char* name, std::int64_t otherwise) {
  const auto found = object.find(name);
  return found != object.end() ? number_of(*found).value_or(otherwise) : otherwise;
}
diag::Time time_in(const json& object, const char* name) { return number_in(object, name, diag::kNoTime); }

std::optional<std::uint64_t> id_of(const json& value) {
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

// An event whose time lies ahead of the clock must not hide what comes after it; a clock that is ahead must not skip anything.
diag::Time EventLedger::reached_back(diag::Time now, diag::Duration distance) const {
  if (newest_ == diag::kNoTime) return from_;
  return std::max(from_, std::min(now, newest_) - distance);
}

bool EventLedger::is_far_due(diag::Time now) const {
  if (!far_since_start_ || now < far_began_) return true;
  const diag::Duration rest = ids_.size() > kMostIds / 2 ? kRestWhenFull : std::clamp(kRestFactor * far_took_, kFarEvery, kLongestRest);
  return now >= far_began_ + rest;
}

diag::Time EventLedger::begin(diag::Time now) {
  if (!round_) round_ = Round{is_far_due(now), false, now, diag::kNoTime, diag::kNoTime};
  const diag::Time start = reached_back(round_->began, round_->far ? std::max(horizon_, kNear) : kNear);
  return round_->at == diag::kNoTime ? start : round_->at;
}

bool EventLedger::is_new(const EventStamp& event) const {
  return event.time >= from_ && event.ingested > settled_ && !ids_.contains(event.id);
}

void EventLedger::give(const EventStamp& event) {
  ids_.emplace(event.id, When{event.time, event.ingested});
  newest_ = std::max(newest_, event.time);
  newest_ingested_ = std::max(newest_ingested_, event.ingested);
  round_->at = std::max(round_->at, event.time);
  ++given_;
  if (ids_.size() > kMostIds) forget();
}

// By the clock of AWS where this machine's is ahead of it.
diag::Time EventLedger::settled_by(const Round& round) const {
  if (!round.far || newest_ingested_ == diag::kNoTime) return diag::kNoTime;
  return std::min(round.began, newest_ingested_) - kUnsettled;
}

// While a round lasts, a new process would go on at `at`: the ids of what lies before it are needed only after the round, and of that
// what is settled then is not. If that is too much still, what came in first goes.
void EventLedger::forget() {
  const auto passed = [&](const When& one) { return one.time < round_->at; };
  const diag::Time settled = settled_by(*round_);
  std::erase_if(ids_, [&](const auto& one) { return passed(one.second) && one.second.ingested <= settled; });
  if (ids_.size() <= kMostIds * 3 / 4) return;
  std::vector<diag::Time> ingested;
  for (const auto& [id, one] : ids_)
    if (passed(one)) ingested.push_back(one.ingested);
  if (ingested.empty()) return;
  const auto middle = ingested.begin() + static_cast<std::ptrdiff_t>(ingested.size() / 2);
  std::nth_element(ingested.begin(), middle, ingested.end());
  round_->forgotten = std::max(round_->forgotten, *middle);
  std::erase_if(ids_, [&](const auto& one) { return passed(one.second) && one.second.ingested <= *middle; });
}

void EventLedger::end(diag::Time now) {
  settled_ = std::max({settled_, round_->forgotten, settled_by(*round_)});
  if (round_->far) {
    far_began_ = round_->began;
    far_since_start_ = true;
    far_took_ = round_->resumed ? 0 : std::max<diag::Duration>(0, now - round_->began);
  }
  round_.reset();
  std::erase_if(ids_, [&](const auto& one) { return one.second.ingested <= settled_; });
}

std::string EventLedger::cursor() const {
  json object{{"version", kVersion}, {"from", from_}, {"given", given_}};
  put(object, "newest", newest_);
  put(object, "newest_ingested", newest_ingested_);
  put(object, "settled", settled_);
  put(object, "far_began", far_began_);
  if (round_) {
    json& round = object["round"] = {{"far", round_->far ? 1 : 0}, {"began", round_->began}};
    put(round, "at", round_->at);
    put(round, "forgotten", round_->forgotten);
  }
  std::vector<std::pair<std::uint64_t, When>> sorted(ids_.begin(), ids_.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  json& ids = object["ids"] = json::array();  // id, time before the newest, ingested after its time
  for (const auto& [id, one] : sorted) ids.push_back({fmt::format("{:x}", id), newest_ - one.time, one.ingested - one.time});
  return object.dump();
}

std::optional<EventLedger> EventLedger::from_cursor(std::string_view cursor, diag::Duration horizon) {
  const auto shallow = [](int depth, json::parse_event_t, const json&) { return depth < 5; };
  const json object = json::parse(cursor, shallow, false);
  if (!object.is_object() || number_in(object, "version", 0) != kVersion) return std::nullopt;
  EventLedger ledger(time_in(object, "from"), horizon);
  ledger.newest_ = time_in(object, "newest");
  ledger.newest_ingested_ = time_in(object, "newest_ingested");
  ledger.settled_ = time_in(object, "settled");
  ledger.far_began_ = time_in(object, "far_began");
  ledger.given_ = static_cast<std::uint64_t>(number_in(object, "given", 0));
  if (const auto round = object.find("round"); round != object.end() && round->is_object())
    ledger.resume({number_in(*round, "far", 1) != 0, true, number_in(*round, "began", 0), time_in(*round, "at"), time_in(*round, "forgotten")});
  const auto ids = object.find("ids");
  if (ids == object.end() || !ids->is_array() || (!ids->empty() && ledger.newest_ == diag::kNoTime)) return std::nullopt;
  for (const json& one : *ids) {
    if (!one.is_array() || one.size() != 3) return std::nullopt;
    const auto id = id_of(one[0]);
    const auto before = number_of(one[1]), after = number_of(one[2]);
    if (!id || !before || !after) return std::nullopt;
    ledger.ids_.emplace(*id, When{ledger.newest_ - *before, ledger.newest_ - *before + *after});
  }
  return ledger;
}

// A near round is not gone on with: a far one comes first after a start, and reads more. Unless ids were dropped in it.
void EventLedger::resume(const Round& round) {
  if (round.far || round.forgotten != diag::kNoTime) round_ = round;
}

}  // namespace tunnelscope::live
