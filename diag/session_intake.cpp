// Order and identity are those of docs/architecture.md, "Order": sorting by numbers beside the events, which are big,
// and moving each event once.
#include "diag/session_intake.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "diag/bytes.hpp"
#include "diag/fetch.hpp"
#include "diag/hash.hpp"
#include "diag/identity_hash.hpp"
#include "diag/radix.hpp"
#include "diag/session_fields.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostFieldBytes = std::size_t{64} << 20;

// Texts of a record in the order in which their memory stands in SessionIntake: those of the Party, those of the Route, others.
enum Text { User, Device, Address, Group, GroupName, Organisation, Gateway, Connector, Source, Resource, Protocol, Message, Id };
constexpr bool is_of_party(std::size_t text) { return text <= Address; }
constexpr bool is_of_route(std::size_t text) { return text >= Group && text <= Protocol; }

std::array<std::string_view, 13> texts_of(const SessionRecord& r) {
  return {r.user,    r.device,    r.address, r.group,    r.group_name, r.organisation, r.gateway,
          r.connector, r.source, r.resource, r.protocol, r.message,    r.id};
}

// Puts `events` into the order of `wanted`, which names each once, moving each once. What is moved some steps later is
// asked for; behind the end of a cycle that is anything.
void permute(Chunked<SessionEvent>& events, std::vector<std::uint32_t>& wanted) {
  for (std::uint32_t start = 0; start < wanted.size(); ++start) {
    if (wanted[start] == start) continue;
    const SessionEvent first = events[start];
    std::uint32_t at = start, ahead = start;
    for (std::size_t steps = 0; steps < kFetchAhead; ++steps) ahead = wanted[ahead];
    while (wanted[at] != start) {
      const std::uint32_t from = wanted[at];
      fetch(events[ahead = wanted[ahead]]);
      events.writable(at) = events[from];
      wanted[at] = at;
      at = from;
    }
    events.writable(at) = first;
    wanted[at] = at;
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

// Texts that differ in their length, or in their first or last bytes, mostly have different places.
std::size_t SessionIntake::place_of(std::string_view text) {
  const auto word = [&](std::size_t from) {
    std::uint64_t bytes = 0;
    text.copy(reinterpret_cast<char*>(&bytes), sizeof bytes, from);
    return bytes;
  };
  Hash hash;
  hash.add(word(0) ^ text.size() << 56).add(word(text.size() - std::min<std::size_t>(text.size(), 8)));
  return hash.value();
}

// Ids are as good as always new, and lie where nothing else does: asked for first, kept last.
void SessionIntake::intern(const SessionRecord& record, TextPool& texts) {
  const auto said = texts_of(record);
  const auto ask = [&](std::size_t i) {
    last_[i].hash = TextPool::hash_of(said[i]);
    texts.expect(last_[i].hash);
  };
  const auto keep = [&](std::size_t i) {
    last_[i].index = texts.intern(said[i], last_[i].hash);
    last_[i].text = texts.at(last_[i].index);
  };
  const bool id_changed = !same_text(said[Id], last_[Id].text);
  if (id_changed) ask(Id);
  bool party_changed = record.is_connector != (party_.is_connector != 0), route_changed = false;
  for (std::size_t i = 0; i < Id; ++i) {
    if (same_text(said[i], last_[i].text)) continue;
    party_changed = party_changed || is_of_party(i);
    route_changed = route_changed || is_of_route(i);
    Last& known = recent(said[i]);
    if (!same_text(said[i], known.text)) {
      ask(i);
      keep(i);
      known = last_[i];
    }
    last_[i] = known;
  }
  const auto index = [&](Text text) { return last_[text].index; };
  if (party_changed) {
    party_ = {index(User), index(Device), index(Address), record.is_connector ? 1U : 0U};
    party_number_ = names_.parties.intern(party_);
  }
  if (route_changed) {
    route_ = {index(Group),     index(GroupName), index(Organisation), index(Gateway),
              index(Connector), index(Source),    index(Resource),     index(Protocol)};
    route_number_ = names_.routes.intern(route_);
  }
  if (id_changed) keep(Id);
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
  intern(r, texts);
  const Classified meaning = meaning_of(r.dialect, last_[Message].index, r.message);

  SessionEvent e;
  e.time = r.time;
  e.start = r.start;
  e.place = place;
  e.id = last_[Id].index;
  e.party = party_number_;
  e.route = route_number_;
  e.text = last_[Message].index;
  e.fields = keep_fields(r.fields, place.input, texts);
  e.closing = names_.keep({r.end, r.duration, r.to_client, r.from_client});
  e.rule = meaning.rule;
  e.signal = meaning.signal;
  e.dialect = r.dialect;
  e.happening = r.happening;
  e.relayed = r.relayed;
  e.yearless = r.yearless;
  events_.push_back(e);
  identities_.push_back(identity_of(r));
  any_yearless_ = any_yearless_ || r.yearless;
  return meaning.outcome;
}

// Of the record whose texts were interned last. Where it came from is no part of it, nor what only some containers carry; but
// for lines that name nothing else, for two agents say the same in the same second.
std::uint64_t SessionIntake::identity_of(const SessionRecord& r) const {
  const auto number = [](auto value) { return static_cast<std::uint64_t>(value); };
  IdentityHash identity;
  identity.add(number(r.dialect) | number(r.happening) << 8).add(number(r.time)).add(number(r.start)).add(number(r.end));
  for (const Text text : {Id, Group, Gateway, Connector, User, Device, Address, Resource, Message}) identity.add(last_[text].hash);
  const bool names_nothing = r.dialect == Dialect::TwingateConnector || r.dialect == Dialect::PangolinAgent;
  if (names_nothing) identity.add(last_[Source].hash);
  return identity.add(number(r.duration)).add(number(r.to_client)).add(number(r.from_client)).value();
}

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
    identities_.push_back(later.identities_[i]);
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
  std::size_t kept = 0;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    SessionEvent& e = events_.writable(i);
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
    events_.writable(kept) = e;
    identities_.writable(kept++) = identities_[i];
  }
  events_.truncate(kept);
  return without_year;
}

// By time; where no time tells records apart, by what they are, so that the order of inputs does not show. Lines of one
// log and one second stand as they were written. Returns the number of duplicates, which are dropped.
std::uint64_t SessionIntake::order(const std::vector<InputFacts>& inputs) {
  // Beside the events, which are asked in an order that leaps through memory.
  std::vector<Time> times;
  std::vector<Happening> happenings;
  times.reserve(events_.size());
  happenings.reserve(events_.size());
  for (const SessionEvent& e : events_) {
    times.push_back(e.time);
    happenings.push_back(e.happening);
  }
  const auto as_read = [&](std::uint32_t x, std::uint32_t y) {
    const Place a = events_[x].place, b = events_[y].place;
    if (a.input == b.input) return a.line < b.line;
    const std::string_view pa = inputs[a.input].path, pb = inputs[b.input].path;
    return pa != pb ? pa < pb : a.line < b.line;
  };
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    if (happenings[a] != happenings[b]) return happenings[a] < happenings[b];
    if (identities_[a] != identities_[b]) return identities_[a] < identities_[b];
    return as_read(a, b);
  };

  std::vector<std::uint32_t> wanted(events_.size()), dropped;
  std::iota(wanted.begin(), wanted.end(), 0U);
  sort_by_number(wanted, [&](std::uint32_t event) { return times[event]; });
  auto kept = wanted.begin();  // all before are in their order, each once
  for (auto from = wanted.begin(); from != wanted.end();) {
    auto to = from + 1;
    while (to != wanted.end() && times[*from] == times[*to]) ++to;
    if (to - from > 1) std::sort(from, to, before);
    const auto first = kept;
    for (; from != to; ++from) {
      if (kept != first && identities_[*from] == identities_[*(kept - 1)]) dropped.push_back(*from);
      else *kept++ = *from;
    }
    const auto messages_end = std::find_if(first, kept, [&](std::uint32_t event) { return happenings[event] != Happening::Message; });
    if (messages_end - first > 1) std::stable_sort(first, messages_end, as_read);
  }
  const auto count = static_cast<std::size_t>(kept - wanted.begin());
  std::copy(dropped.begin(), dropped.end(), kept);
  identities_.truncate(0);
  permute(events_, wanted);
  events_.truncate(count);
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
