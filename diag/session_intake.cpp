// Order and identity are those of docs/architecture.md, "Order"; each event is moved once.
#include "diag/session_intake.hpp"

#include <algorithm>
#include <cstring>

#include "diag/bytes.hpp"
#include "diag/hash.hpp"
#include "diag/session_fields.hpp"
#include "diag/session_order.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostFieldBytes = std::size_t{64} << 20;

// In the order of a Route's members.
std::array<std::string_view, 8> texts_of_route(const SessionRecord& r) {
  return {r.group, r.group_name, r.organisation, r.gateway, r.connector, r.source, r.resource, r.protocol};
}

}  // namespace

bool SessionIntake::Listing::complete(std::uint64_t total) const {
  std::uint64_t seen = 0;
  for (const auto& [from, to] : rows)
    if (from <= seen) seen = std::max(seen, to);
  return seen >= total;
}

std::uint64_t SessionIntake::Listing::count() const {
  std::uint64_t seen = 0, sum = 0;
  for (const auto& [from, to] : rows) {
    if (to > seen) sum += to - std::max(seen, from);
    seen = std::max(seen, to);
  }
  return sum;
}

// Texts that differ in their length, or in their first or last bytes, mostly have different places.
std::size_t SessionIntake::place_of(std::string_view text) {
  const Ends ends = ends_of(text);
  return Hash().add(ends.first ^ text.size() << 56).add(ends.last).value();
}

// A text that is likely to have been said a while ago.
const SessionIntake::Last& SessionIntake::kept(std::string_view text, TextPool& texts) {
  Last& known = recent_[place_of(text) % kRecent];
  if (!same_text(text, known.text)) {
    known.index = texts.intern(text);
    known.text = texts.at(known.index);
  }
  return known;
}

std::uint32_t SessionIntake::party_of(const SessionRecord& record, TextPool& texts) {
  const std::array<std::string_view, 4> said{record.user, record.device, record.address, record.is_connector ? "c" : ""};
  std::uint32_t* const known = known_parties_.find(said);
  if (known != nullptr && *known != kNotNumbered) return *known;
  const std::uint32_t user = kept(record.user, texts).index, device = kept(record.device, texts).index;
  const std::uint32_t number = names_.parties.intern({user, device, kept(record.address, texts).index, record.is_connector ? 1U : 0U});
  if (known != nullptr) *known = number;
  return number;
}

// Its texts mostly say what they said last.
std::uint32_t SessionIntake::route_of(const SessionRecord& record, TextPool& texts) {
  const auto said = texts_of_route(record);
  bool changed = false;
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (same_text(said[i], route_texts_[i].text)) continue;
    route_texts_[i] = kept(said[i], texts);
    changed = true;
  }
  if (!changed) return route_;
  const auto& t = route_texts_;
  return route_ = names_.routes.intern({t[0].index, t[1].index, t[2].index, t[3].index, t[4].index, t[5].index, t[6].index, t[7].index});
}

std::uint32_t SessionIntake::message_of(const SessionRecord& record, TextPool& texts) {
  if (!same_text(record.message, message_.text)) message_ = kept(record.message, texts);
  return message_.index;
}

const Classified& SessionIntake::meaning_of(Dialect dialect, std::uint32_t index, std::string_view text) {
  if (meanings_.empty()) meanings_.resize(kMeanings);
  Meaning& known = meanings_[index % kMeanings];
  if (known.text != index || known.dialect != dialect) known = {index, dialect, classifier_.classify(dialect, text)};
  return known.classified;
}

// The first fields of a run are kept, up to a limit: no record behind the first that does not fit has any. They are those of
// the event that is added next.
std::uint32_t SessionIntake::keep_fields(std::string_view fields, std::uint32_t input, TextPool& texts) {
  const std::size_t size = fields_size(fields);
  if (!fields_end_ && field_bytes_ + size > kMostFieldBytes) fields_end_ = {input, events_.size()};
  if (fields_end_ || fields.empty()) return 0;
  field_bytes_ += size;
  return texts.add(fields);
}

// Of events that two have taken in, those keep their fields that would have them if one had: inputs are read in the order of
// their numbers. What one of them had no room for, both have not. The first `own` events have theirs in this one's pool.
void SessionIntake::share_fields(std::size_t own, TextMap& texts) {
  std::vector<std::pair<std::uint32_t, std::size_t>> kept;
  for (std::size_t i = 0; i < events_.size(); ++i)
    if (events_[i].fields != 0) kept.emplace_back(events_[i].place.input(), i);
  std::sort(kept.begin(), kept.end());
  field_bytes_ = 0;
  for (const auto& place : kept) {
    SessionEvent& e = events_.writable(place.second);
    const bool is_own = place.second < own;
    const std::string_view fields = is_own ? texts.to().at(e.fields) : texts.from().at(e.fields);
    const std::size_t size = fields_size(fields);
    const bool fits = (!fields_end_ || place < *fields_end_) && field_bytes_ + size <= kMostFieldBytes;
    if (!fits) {
      fields_end_ = std::min(place, fields_end_.value_or(place));
      e.fields = 0;
      continue;
    }
    field_bytes_ += size;
    if (!is_own) e.fields = texts.to().add(fields);
  }
}

rules::Outcome SessionIntake::add(const SessionRecord& r, Place place, TextPool& texts) {
  const std::uint32_t message = message_of(r, texts);
  const Classified meaning = meaning_of(r.dialect, message, r.message);

  SessionEvent e;
  e.time = r.time;
  e.start = r.start;
  e.place = place;
  e.party = r.party != nullptr && *r.party != kNotNumbered ? *r.party : party_of(r, texts);
  e.route = r.route != nullptr && *r.route != kNotNumbered ? *r.route : route_of(r, texts);
  if (r.party != nullptr) *r.party = e.party;
  if (r.route != nullptr) *r.route = e.route;
  e.text = message;
  e.fields = keep_fields(r.fields, place.input, texts);
  e.closing = names_.keep({r.end, r.duration, r.to_client, r.from_client});
  e.rule = meaning.rule;
  e.signal = meaning.signal;
  e.dialect = r.dialect;
  e.happening = r.happening;
  e.relayed = r.relayed;
  e.yearless = r.yearless;
  e.states_bytes = r.to_client >= 0 || r.from_client >= 0;
  e.moved_bytes = r.to_client > 0 || r.from_client > 0;
  events_.push_back(e);
  ids_.take(r.id, events_.size() - 1, texts, give_id());
  any_yearless_ = any_yearless_ || r.yearless;
  return meaning.outcome;
}

void SessionIntake::end_reading(TextPool& texts) { ids_.end(texts, give_id()); }

void SessionIntake::page(System system, std::uint64_t offset, std::uint64_t rows, std::uint64_t total) {
  std::uint64_t& end = listings_[{system, total}].rows[offset];
  end = std::max(end, offset + rows);
}

// The numbers that another one's names have here.
SessionIntake::NameNumbers SessionIntake::take_over(const SessionNames& names, TextMap& texts) {
  NameNumbers numbers;
  for (std::uint32_t i = 0; i < names.parties.size(); ++i) {
    const Party& p = names.parties[i];
    numbers.parties.push_back(names_.parties.intern({texts(p.user), texts(p.device), texts(p.address), p.is_connector}));
  }
  for (std::uint32_t i = 0; i < names.routes.size(); ++i) {
    const Route& r = names.routes[i];
    numbers.routes.push_back(names_.routes.intern({texts(r.group), texts(r.group_name), texts(r.organisation), texts(r.gateway),
                                                   texts(r.connector), texts(r.source), texts(r.resource), texts(r.protocol)}));
  }
  return numbers;
}

void SessionIntake::absorb(SessionIntake&& later, std::uint32_t first_input, TextMap& texts) {
  const std::size_t own = events_.size();
  const auto [parties, routes] = take_over(later.names_, texts);
  for (std::size_t i = 0; i < later.events_.size(); ++i) {
    SessionEvent e = later.events_[i];
    e.id = texts(e.id);
    e.text = texts(e.text);
    e.party = parties[e.party];
    e.route = routes[e.route];
    e.closing = names_.keep(later.names_.closing(e.closing));
    e.place = Place{e.place.input() + first_input, e.place.line()};
    events_.push_back(e);
  }
  if (later.fields_end_) {
    const std::pair end(later.fields_end_->first + first_input, later.fields_end_->second + own);
    fields_end_ = std::min(end, fields_end_.value_or(end));
  }
  share_fields(own, texts);
  any_yearless_ = any_yearless_ || later.any_yearless_;
  caveat_set_.merge(later.caveat_set_);
  for (const auto& [key, listing] : later.listings_)
    for (const auto& [from, to] : listing.rows) page(key.first, from, to - from, key.second);
  later.events_.truncate(0);
}

SessionIntake::Finished SessionIntake::finish(const std::vector<InputFacts>& inputs, TextPool& texts) {
  end_reading(texts);
  Finished finished;
  finished.without_year = fill_in_years(inputs);
  finished.duplicates = order(inputs, texts);
  judge_listings();
  return finished;
}

// Logs without a year are read some days after, not years: the year that comes nearest to what is known of the time.
std::vector<Place> SessionIntake::fill_in_years(const std::vector<InputFacts>& inputs) {
  std::vector<Place> without_year;
  if (!any_yearless_) return without_year;
  Time latest = kNoTime;
  for (const InputFacts& input : inputs) latest = std::max(latest, input.latest);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    SessionEvent& e = events_.writable(i);
    const Time said = e.time;
    if (e.yearless) {
      const InputFacts& input = inputs[e.place.input()];
      // A file was written after what it tells.
      const Time before_hint = input.year_hint == kNoTime ? kNoTime : input.year_hint + kDay - 365 * kDay / 2;
      const Time near = input.latest != kNoTime ? input.latest : latest != kNoTime ? latest : before_hint;
      if (near == kNoTime) {
        without_year.push_back(e.place);
        continue;
      }
      e.time = with_year_near(e.time, near);
    }
    events_.writable(kept++) = e;
    times_as_said_.push_back(said);
  }
  events_.truncate(kept);
  return without_year;
}

// Puts the events in order, each once. Returns the number of duplicates, which are dropped.
std::uint64_t SessionIntake::order(const std::vector<InputFacts>& inputs, const TextPool& texts) {
  const std::size_t count = events_.size();
  std::vector<std::string_view> paths;
  for (const InputFacts& input : inputs) paths.push_back(input.path);
  events_.reorder(order_of({events_, times_as_said_, paths, names_, texts}));
  return count - events_.size();
}

void SessionIntake::judge_listings() {
  for (const auto& [key, listing] : listings_) {
    const auto& [system, total] = key;
    if (listing.complete(total)) continue;
    caveat_set_.insert({system, "this is a part of a longer list: " + std::to_string(listing.count()) + " of " +
                                    std::to_string(total) + " rows; fetch the other pages too"});
  }
  caveats_.assign(caveat_set_.begin(), caveat_set_.end());
}

}  // namespace tunnelscope::diag
