#include "diag/session/judged.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "diag/fetch.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr std::size_t kNamed = 3;      // names and reasons in a detail
constexpr std::size_t kLongest = 300;  // bytes of each

// As many bytes of a long text as are whole characters of UTF-8.
std::size_t characters_in(std::string_view text) {
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end;
}

// Texts with how often each occurs, most frequent first: "joe (4), ann (2), 7 more".
std::string most_frequent(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::pair<std::string, std::size_t>> list(counts.begin(), counts.end());
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, list.size()); ++i) {
    if (i > 0) text += ", ";
    const std::string name = list[i].first.size() > kLongest ? list[i].first.substr(0, characters_in(list[i].first)) + "..." : list[i].first;
    text += list[i].second > 1 ? fmt::format("{} ({})", name, list[i].second) : name;
  }
  if (list.size() > kNamed) text += fmt::format(", {} more", list.size() - kNamed);
  return text;
}

// Whether nobody has succeeded since, or not for long.
class Recovery {
 public:
  explicit Recovery(const Scene& scene) : scene_(scene) {
    if (scene.cases.empty()) return;
    for (const auto& [key, c] : scene.cases) last_success_[key.about];
    const SignalIndex up = scene.classifier.signal(kb::signal::kConnectorUp);
    const SignalIndex resumed = scene.classifier.signal(kb::signal::kStreamStarted);
    for (const Session& s : scene.log.sessions) {
      if (s.carried() && !looks_failed(s)) succeed(s.first_event, s.when());
    }
    const bool any_sign = scene.log.any(up) || scene.log.any(resumed);
    for (std::size_t i = 0; any_sign && i < scene.log.events.size(); ++i) {
      const SignalIndex signal = scene.log.events[i].signal;
      if (signal != kNoSignal && (signal == up || signal == resumed)) succeed(i, scene.log.events[i].time);
    }
    for (auto& [about, by_number] : last_success_)
      for (const auto& [system, number, success] : by_number.entries())
        names_[{about, system, name_of(about, number)}] = success.time;
  }

  bool lasts(const SubjectKey& subject, Time last_failure) const {
    const auto it = names_.find(subject);
    const bool success = it != names_.end() && it->second > last_failure;
    return !success || scene_.log.now - last_failure < scene_.limits.sessions.recovered_quiet;
  }

 private:
  std::string name_of(kb::About about, std::uint32_t number) const {
    const bool nameless = number == Names::kUnknown && (about == kb::About::Resource || about == kb::About::Address);
    return nameless ? std::string() : std::string(scene_.log.names.text(number));
  }
  // A Pangolin flow that ended by the dial timeout or at once shows no success.
  bool looks_failed(const Session& s) const {
    return s.system == System::Pangolin && s.duration >= 0 && s.duration <= scene_.limits.sessions.dial_timeout + kSecond;
  }
  void succeed(std::size_t event, Time time) {
    const SessionEvent& e = scene_.log.events[event];
    for (auto& [about, by_number] : last_success_) {
      Time& last = by_number(system_of(e.dialect), scene_.log.names.of(about, e)).time;
      last = std::max(last, time);
    }
  }

  struct Success {
    Time time = kNoTime;
  };
  const Scene& scene_;
  std::map<kb::About, ByNumber<Success>> last_success_;  // of abouts of which there are cases
  std::map<SubjectKey, Time> names_;                     // the same by name
};

// Failures, refused logins and service lines tell of a fault that lasts until something succeeds; patterns of ends are past.
bool tells_of_fault(const SessionEvent& e, kb::About about, const Classifier& classifier) {
  const bool refused = e.happening == Happening::Ended && e.signal == classifier.signal(kb::signal::kLoginFailed);
  return refused || e.happening == Happening::Failed || e.happening == Happening::Message || about == kb::About::Resource;
}

// How often each of some numbers occurs, where the same one often comes several times in a row.
class Counts {
 public:
  void add(std::uint64_t number, std::size_t times = 1) {
    if (last_ == nullptr || number != number_) last_ = &counts_[number_ = number];
    *last_ += times;
  }
  bool empty() const { return counts_.empty(); }
  std::size_t size() const { return counts_.size(); }
  auto begin() const { return counts_.begin(); }
  auto end() const { return counts_.end(); }

 private:
  std::unordered_map<std::uint64_t, std::size_t> counts_;
  std::uint64_t number_ = 0;  // the last one
  std::size_t* last_ = nullptr;
};

std::map<std::string, std::size_t> by_name(const Counts& counts, const Log& log) {
  std::map<std::string, std::size_t> names;
  for (const auto& [text, count] : counts) names[std::string(log.text(static_cast<std::uint32_t>(text)))] += count;
  return names;
}

// Counts the sessions of the records of one finding after the other, in order: ids, and records that have none.
class SessionCounter {
 public:
  explicit SessionCounter(const Log& log) : is_seen_(log.texts->size()) {}
  void begin() {
    for (const std::uint32_t id : ids_) is_seen_[id] = false;
    ids_.clear();
    nameless_ = 0;
    last_nameless_ = kNoEvent;
  }
  void see(const SessionEvent& e, std::size_t event) {
    if (e.id == 0) {
      if (event != std::exchange(last_nameless_, event)) ++nameless_;
    } else if (!is_seen_[e.id]) {
      is_seen_[e.id] = true;
      ids_.push_back(e.id);
    }
  }
  std::size_t count() const { return ids_.size() + nameless_; }

 private:
  std::vector<bool> is_seen_;  // by id: bits, which stay in a near cache
  std::vector<std::uint32_t> ids_;
  std::size_t nameless_ = 0, last_nameless_ = kNoEvent;
};

// Whom and what the finding's own records name.
void describe(Entry& entry, const Scene& scene, SessionCounter& sessions) {
  const Log& log = scene.log;
  Counts parties, routes, reasons;
  sessions.begin();
  const auto event_of = [&](const EvidenceRef& ref) -> const SessionEvent& { return log.events[ref.event]; };
  for_each_fetched(entry.evidence.all(), event_of, [&](const EvidenceRef& ref) {
    const SessionEvent& e = event_of(ref);
    parties.add(e.party);
    routes.add(std::uint64_t{e.route} << 32 | static_cast<std::uint64_t>(e.dialect));
    if (e.text != 0) reasons.add(e.text);
    sessions.see(e, ref.event);
  });

  Counts people, addresses, resources, connectors;
  const auto add = [](Counts& counts, std::uint32_t text, std::size_t times) {
    if (text != 0) counts.add(text, times);
  };
  for (const auto& [party, times] : parties) {
    const Party& p = log.said->parties[static_cast<std::uint32_t>(party)];
    add(people, p.user != 0 ? p.user : p.device != 0 ? p.device : p.address, times);
    add(addresses, p.address, times);
  }
  for (const auto& [key, times] : routes) {
    const Route& r = log.said->routes[static_cast<std::uint32_t>(key >> 32)];
    const System system = system_of(static_cast<Dialect>(key & 0xFF));
    add(resources, r.resource, times);
    add(connectors, r.connector, times);
    entry.groups.insert(fmt::format("{}/{}", name_of(system), log.names.text(log.names.of(r.group))));
  }
  const auto tell = [&](const char* key, const Counts& counts) {
    if (!counts.empty()) entry.details[key] = most_frequent(by_name(counts, scene.log));
  };
  if (!people.empty()) entry.details["users"] = static_cast<double>(people.size());
  entry.details["sessions"] = static_cast<double>(sessions.count());
  tell("who", people);
  tell("reasons", reasons);
  tell("resources", resources);
  tell("connectors", connectors);
  tell("addresses", addresses);
}

void book_one(const kb::Cause& cause, const SubjectKey& key, const Case& c, const std::vector<Occurrence>& evidence, bool milder,
              bool certain, const Recovery& recovery, const Scene& scene, SessionCounter& sessions, Ledger& ledger) {
  Entry& entry = ledger.entry(cause, fmt::format("{}/{}", name_of(key.system), key.name));
  entry.milder = milder;
  entry.root = true;
  entry.confidence = certain ? kb::Confidence::Certain : cause.confidence;
  entry.impact = milder ? kb::Impact::None : cause.impact;
  entry.details = c.details;
  entry.evidence.reserve(evidence.size());
  for (const Occurrence& o : evidence) {
    entry.evidence.insert({kOfSessions, o.event, o.time, false});
    entry.see(o.time);
  }
  const SessionEvent& last = scene.log.events[evidence.back().event];
  const bool by_states = c.has(scene.classifier.signal(kb::signal::kConnectorIsDown));
  entry.ongoing = by_states ? c.ongoing : tells_of_fault(last, key.about, scene.classifier) && recovery.lasts(key, entry.last);
  describe(entry, scene, sessions);
}

// "explains" within one system: the explaining finding's records lie in the same groups and around the same time.
void link(Ledger& ledger) {
  std::vector<std::pair<EntryKey, const Entry*>> explaining;
  for (const auto& [key, entry] : ledger.all())
    if (entry.cause->scope == kb::Scope::Sessions && !entry.cause->explains.empty()) explaining.emplace_back(key, &entry);
  for (auto& [key, entry] : ledger.all()) {
    if (entry.cause->scope != kb::Scope::Sessions) continue;
    for (const auto& [other_key, explaining_entry] : explaining) {
      const Entry& other = *explaining_entry;
      if (other.cause == entry.cause) continue;
      if (!Judge::names(other.cause->explains, entry.cause->id)) continue;
      const bool apart = other.first > entry.last + kMinute || other.last + kMinute < entry.first;
      const bool elsewhere = std::none_of(entry.groups.begin(), entry.groups.end(), [&](const std::string& g) { return other.groups.contains(g); });
      if (apart || elsewhere) continue;
      entry.explained_by.insert(other_key);
      entry.root = false;
    }
  }
}

// Names of the signals that the records of each group gave.
std::map<std::string, std::set<std::string>> signals_by_group(const Scene& scene) {
  ByNumber<std::vector<bool>> seen;
  const std::size_t signals = scene.classifier.signals().size();
  for (const SessionEvent& e : scene.log.events) {
    if (e.signal == kNoSignal) continue;
    std::vector<bool>& of_group = seen(system_of(e.dialect), scene.log.names.of(kb::About::Group, e));
    if (of_group.empty()) of_group.resize(signals);
    of_group[e.signal] = true;
  }
  std::map<std::string, std::set<std::string>> names;
  for (const auto& [system, group, list] : seen.entries()) {
    std::set<std::string>& of_group = names[fmt::format("{}/{}", name_of(system), scene.log.names.text(group))];
    for (std::size_t signal = 0; signal < signals; ++signal)
      if (list[signal]) of_group.insert(scene.classifier.signals()[signal]);
  }
  return names;
}

}  // namespace

void book(const Scene& scene, const Judge& judge, Ledger& ledger, bool last) {
  const Recovery recovery(scene);
  SessionCounter sessions(scene.log);
  for (auto& [key, c] : scene.cases) {
    for (const kb::Cause& cause : scene.classifier.knowledge().causes) {
      if (cause.scope != kb::Scope::Sessions || key.about != cause.about) continue;
      std::vector<Occurrence> evidence;
      if (judge.holds(cause, c, evidence)) {
        book_one(cause, key, c, evidence, false, judge.certain(cause, c), recovery, scene, sessions, ledger);
        continue;
      }
      evidence.clear();
      if (cause.milder && judge.holds_milder(cause, c, evidence))
        book_one(cause, key, c, evidence, true, judge.certain(cause, c), recovery, scene, sessions, ledger);
    }
    if (last) c = {};
  }
  link(ledger);
  const auto names_group = [](const auto& e) { return !e.second.groups.empty(); };
  if (std::none_of(ledger.all().begin(), ledger.all().end(), names_group)) return;
  const auto around = signals_by_group(scene);
  for (auto& [key, entry] : ledger.all())
    for (const std::string& group : entry.groups)
      if (const auto it = around.find(group); it != around.end()) entry.seen_around.insert(it->second.begin(), it->second.end());
}

}  // namespace tunnelscope::diag::session
