// Order and identity are those of docs/architecture.md, "Order": sorting by numbers beside the events, which are big,
// and moving each event once.
#include "diag/session_intake.hpp"

#include <algorithm>
#include <tuple>

#include "diag/bytes.hpp"
#include "diag/identity_hash.hpp"
#include "diag/radix.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostFieldBytes = std::size_t{64} << 20;

// Texts of a record in the order in which their memory stands in SessionIntake.
enum Text { Id, Group, Gateway, Connector, User, Device, Address, Resource, Message, GroupName, Organisation, Source, Protocol };

std::array<std::string_view, 13> texts_of(const SessionRecord& r) {
  return {r.id,      r.group,      r.gateway,      r.connector, r.user,    r.device, r.address, r.resource,
          r.message, r.group_name, r.organisation, r.source,    r.protocol};
}

// What the sort looks at.
struct Row {
  Time time;
  std::uint64_t identity;
  std::uint32_t index;  // into the events
  Happening happening;
};

// Puts `events` into the order of `wanted`, which names each once, moving each once.
void permute(std::vector<SessionEvent>& events, std::vector<std::uint32_t>& wanted) {
  for (std::uint32_t start = 0; start < wanted.size(); ++start) {
    if (wanted[start] == start) continue;
    const SessionEvent first = events[start];
    std::uint32_t at = start;
    while (wanted[at] != start) {
      const std::uint32_t from = wanted[at];
      events[at] = events[from];
      wanted[at] = at;
      at = from;
    }
    events[at] = first;
    wanted[at] = at;
  }
}

// Calls use(begin, end) for each run of rows of one time.
template <class Use>
void for_each_time(std::vector<Row>& rows, const Use& use) {
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t to = from + 1;
    while (to < rows.size() && rows[to].time == rows[from].time) ++to;
    use(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.begin() + static_cast<std::ptrdiff_t>(to));
    from = to;
  }
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

void SessionIntake::intern(const SessionRecord& record, TextPool& texts) {
  const auto said = texts_of(record);
  for (std::size_t i = 0; i < kTexts; ++i) {
    Last& last = last_[i];
    if (same_text(said[i], last.text)) continue;
    last.hash = TextPool::hash_of(said[i]);
    last.index = texts.intern(said[i], last.hash);
    last.text = texts.at(last.index);
  }
}

const Classified& SessionIntake::meaning_of(Dialect dialect, std::uint32_t index, std::string_view text) {
  if (meanings_.empty()) meanings_.resize(kMeanings);
  Meaning& known = meanings_[index % kMeanings];
  if (known.text != index || known.dialect != dialect) known = {index, dialect, classifier_.classify(dialect, text)};
  return known.classified;
}

// The first fields of a run are kept, up to a limit: no record behind the first that does not fit has any. They are those of
// the event that was added last.
std::uint32_t SessionIntake::keep_fields(std::string_view fields, TextPool& texts) {
  if (!fields_end_ && field_bytes_ + fields.size() > kMostFieldBytes) fields_end_ = {events_.back().place.input, events_.size() - 1};
  if (fields_end_ || fields.empty()) return 0;
  field_bytes_ += fields.size();
  return texts.add(fields);
}

// Of events that two have taken in, those keep their fields that would have them if one had: inputs are read in the order of
// their numbers. What one of them had no room for, both have not. The first `own` events have theirs in this one's pool.
void SessionIntake::share_fields(std::size_t own, TextMap& texts) {
  std::vector<std::pair<std::uint32_t, std::size_t>> kept;
  for (std::size_t i = 0; i < events_.size(); ++i)
    if (events_[i].fields != 0) kept.emplace_back(events_[i].place.input, i);
  std::sort(kept.begin(), kept.end());
  field_bytes_ = 0;
  for (const auto& place : kept) {
    SessionEvent& e = events_[place.second];
    const bool is_own = place.second < own;
    const std::string_view fields = is_own ? texts.to().at(e.fields) : texts.from().at(e.fields);
    const bool fits = (!fields_end_ || place < *fields_end_) && field_bytes_ + fields.size() <= kMostFieldBytes;
    if (!fits) {
      fields_end_ = std::min(place, fields_end_.value_or(place));
      e.fields = 0;
      continue;
    }
    field_bytes_ += fields.size();
    if (!is_own) e.fields = texts.to().add(fields);
  }
}

rules::Outcome SessionIntake::add(const SessionRecord& r, Place place, TextPool& texts) {
  intern(r, texts);
  const Classified meaning = meaning_of(r.dialect, last_[Message].index, r.message);

  SessionEvent& e = events_.emplace_back();
  e.time = r.time;
  e.start = r.start;
  e.end = r.end;
  e.duration = r.duration;
  e.to_client = r.to_client;
  e.from_client = r.from_client;
  e.place = place;
  e.id = last_[Id].index;
  e.group = last_[Group].index;
  e.group_name = last_[GroupName].index;
  e.organisation = last_[Organisation].index;
  e.gateway = last_[Gateway].index;
  e.connector = last_[Connector].index;
  e.source = last_[Source].index;
  e.user = last_[User].index;
  e.device = last_[Device].index;
  e.address = last_[Address].index;
  e.resource = last_[Resource].index;
  e.protocol = last_[Protocol].index;
  e.text = last_[Message].index;
  e.fields = keep_fields(r.fields, texts);
  e.rule = meaning.rule;
  e.signal = meaning.signal;
  e.dialect = r.dialect;
  e.happening = r.happening;
  e.relayed = r.relayed;
  e.is_connector = r.is_connector;
  e.yearless = r.yearless;
  any_yearless_ = any_yearless_ || r.yearless;

  // Where the record came from is no part of it, nor what only some containers carry; but for lines that name nothing
  // else, for two agents say the same in the same second.
  const auto number = [](auto value) { return static_cast<std::uint64_t>(value); };
  IdentityHash identity;
  identity.add(number(r.dialect) | number(r.happening) << 8).add(number(r.time)).add(number(r.start)).add(number(r.end));
  for (const Text text : {Id, Group, Gateway, Connector, User, Device, Address, Resource, Message}) identity.add(last_[text].hash);
  const bool names_nothing = r.dialect == Dialect::TwingateConnector || r.dialect == Dialect::PangolinAgent;
  if (names_nothing) identity.add(last_[Source].hash);
  e.identity = identity.add(number(r.duration)).add(number(r.to_client)).add(number(r.from_client)).value();
  return meaning.outcome;
}

void SessionIntake::page(System system, std::uint64_t offset, std::uint64_t rows, std::uint64_t total) {
  std::uint64_t& end = listings_[{system, total}].rows[offset];
  end = std::max(end, offset + rows);
}

void SessionIntake::absorb(SessionIntake&& later, std::uint32_t first_input, TextMap& texts) {
  const std::size_t own = events_.size();
  events_.reserve(own + later.events_.size());
  for (SessionEvent& e : later.events_) {
    for (std::uint32_t* text : {&e.id, &e.group, &e.group_name, &e.organisation, &e.gateway, &e.connector, &e.source, &e.user,
                                &e.device, &e.address, &e.resource, &e.protocol, &e.text})
      *text = texts(*text);
    e.place.input += first_input;
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
  later.events_.clear();
}

SessionIntake::Finished SessionIntake::finish(const std::vector<InputFacts>& inputs) {
  Finished finished;
  finished.without_year = fill_in_years(inputs);
  finished.duplicates = order(inputs);
  judge_listings();
  return finished;
}

// Logs without a year are read some days after, not years: the year that comes nearest to what is known of the time.
std::vector<Place> SessionIntake::fill_in_years(const std::vector<InputFacts>& inputs) {
  std::vector<Place> without_year;
  if (!any_yearless_) return without_year;
  Time latest = kNoTime;
  for (const InputFacts& input : inputs) latest = std::max(latest, input.latest);
  for (SessionEvent& e : events_) {
    if (!e.yearless) continue;
    const InputFacts& input = inputs[e.place.input];
    // A file was written after what it tells.
    const Time before_hint = input.year_hint == kNoTime ? kNoTime : input.year_hint + kDay - 365 * kDay / 2;
    const Time near = input.latest != kNoTime ? input.latest : latest != kNoTime ? latest : before_hint;
    e.time = near == kNoTime ? kNoTime : with_year_near(e.time, near);
    if (near == kNoTime) without_year.push_back(e.place);
  }
  std::erase_if(events_, [](const SessionEvent& e) { return e.time == kNoTime; });
  return without_year;
}

// By time; where no time tells records apart, by what they are, so that the order of inputs does not show. Lines of one
// log and one second stand as they were written. Returns the number of duplicates, which are dropped.
std::uint64_t SessionIntake::order(const std::vector<InputFacts>& inputs) {
  const auto earlier = [&](const SessionEvent& a, const SessionEvent& b) {
    if (a.place.input == b.place.input) return a.place.line < b.place.line;
    const std::string_view pa = inputs[a.place.input].path, pb = inputs[b.place.input].path;
    return pa != pb ? pa < pb : a.place.line < b.place.line;
  };
  const auto as_read = [&](const Row& a, const Row& b) { return earlier(events_[a.index], events_[b.index]); };

  std::vector<Row> rows;
  rows.reserve(events_.size());
  for (std::uint32_t i = 0; i < events_.size(); ++i) rows.push_back({events_[i].time, events_[i].identity, i, events_[i].happening});
  sort_by_number(rows, [](const Row& row) { return row.time; });

  std::vector<std::uint32_t> wanted, dropped;
  wanted.reserve(rows.size());
  for_each_time(rows, [&](auto begin, auto end) {
    if (end - begin == 1) return wanted.push_back(begin->index);
    std::sort(begin, end, [&](const Row& a, const Row& b) {
      if (a.happening != b.happening) return a.happening < b.happening;
      if (a.identity != b.identity) return a.identity < b.identity;
      return as_read(a, b);
    });
    auto kept = begin;
    for (auto it = begin + 1; it != end; ++it) {
      if (it->identity == kept->identity) dropped.push_back(it->index);
      else *++kept = *it;
    }
    const auto messages_end = std::find_if(begin, kept + 1, [](const Row& row) { return row.happening != Happening::Message; });
    std::stable_sort(begin, messages_end, as_read);
    for (auto it = begin; it != kept + 1; ++it) wanted.push_back(it->index);
  });
  const std::size_t kept = wanted.size();
  wanted.insert(wanted.end(), dropped.begin(), dropped.end());
  permute(events_, wanted);
  events_.resize(kept);
  return dropped.size();
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
