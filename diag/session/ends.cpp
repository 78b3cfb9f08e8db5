// How sessions end: at one maximum duration, many within a minute, or all at once with silence after.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>

#include "diag/fetch.hpp"
#include "diag/radix.hpp"
#include "diag/session/detectors.hpp"
#include "diag/session/lists.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

// A session that ended, with what it is asked for again and again.
struct Ended {
  Time start, end;
  std::uint32_t session;
  bool by_itself;  // and not because somebody ended it
};

// UDP flows end by their idle timeout, many in one second.
bool ends_by_itself(const Log& log, const Session& s) {
  return s.system == System::Pangolin && log.text(log.route(s).protocol) == "udp";
}

// How many of some sorted times lie before another one. Who asks for later and later ones is answered without a search.
class Before {
 public:
  std::ptrdiff_t count(const std::vector<Time>& times, Time time) {
    if (at_ > 0 && times[at_ - 1] >= time) at_ = 0;
    while (at_ < times.size() && times[at_] < time) ++at_;
    return static_cast<std::ptrdiff_t>(at_);
  }

 private:
  std::size_t at_ = 0;
};

// One endpoint, gateway, site or connector. Its lists are made when they are asked for, which for most logs are few.
class Carrier {
 public:
  Carrier(const Scene& scene, std::span<const std::uint32_t> sessions) : scene_(scene), sessions_(sessions) {}

  template <class Use>
  void for_each_session(const Use& use) const {
    const auto session = [&](std::uint32_t i) -> const Session& { return scene_.log.sessions[i]; };
    for_each_fetched(sessions_, session, [&](std::uint32_t i) { use(i, session(i)); });
  }

  // In order of their end.
  const std::vector<Ended>& ended() {
    if (!ended_.empty()) return ended_;
    for_each_session([&](std::uint32_t i, const Session& s) {
      if (s.outcome == Outcome::Ended) ended_.push_back({s.start, s.end, i, ends_by_itself(scene_.log, s)});
    });
    sort_by_number(ended_, [](const Ended& ended) { return ended.end; });
    return ended_;
  }
  std::size_t open() { return sessions_.size() - ended().size(); }
  std::vector<const Session*> begun() const {  // in order of their start
    std::vector<const Session*> list;
    for_each_session([&](std::uint32_t, const Session& s) { list.push_back(&s); });
    sort_by_number(list, [](const Session* s) { return s->start; });
    return list;
  }
  // Times of all its records, in order.
  const std::vector<Time>& steps() {
    if (!steps_.empty()) return steps_;
    for_each_session([&](std::uint32_t, const Session& s) {
      for (const Time time : {s.start, s.end})
        if (time != kNoTime) steps_.push_back(time);
    });
    sort_by_number(steps_, [](Time time) { return time; });
    return steps_;
  }
  // Sessions that were open at `time`: begun before it, and not ended before it.
  std::ptrdiff_t open_at(Time time) {
    if (starts_.empty()) list_times();
    return started_.count(starts_, time) - gone_.count(ends_, time);
  }

 private:
  // A session without an end counts for so long as sessions may last.
  void list_times() {
    for_each_session([&](std::uint32_t, const Session& s) {
      if (s.start == kNoTime) return;
      starts_.push_back(s.start);
      ends_.push_back(s.outcome == Outcome::Ended ? std::max(s.start, s.end) : s.start + scene_.limits.sessions.open_at_most);
    });
    for (std::vector<Time>* times : {&starts_, &ends_}) sort_by_number(*times, [](Time time) { return time; });
  }

  const Scene& scene_;
  std::span<const std::uint32_t> sessions_;
  std::vector<Ended> ended_;
  std::vector<Time> steps_, starts_, ends_;
  Before started_, gone_;
};


// How many ends within a minute are far more than usual.
class Usual {
 public:
  Usual(const Limits::Sessions& limits, std::size_t ended, Duration within)
      : limits_(limits), ended_(ended), minutes_(static_cast<double>(within) / static_cast<double>(limits.mass_window)) {}
  bool is_exceeded_by(std::size_t count) const {
    constexpr double kUsual = 3;
    const double usual = static_cast<double>(ended_ - count) / std::max(1.0, minutes_);
    return count >= limits_.mass_sessions && static_cast<double>(count) >= kUsual * usual;
  }

 private:
  const Limits::Sessions& limits_;
  std::size_t ended_;
  double minutes_;
};

// Ends that one event brings about lie no further apart. It may come just before the clock's next second.
constexpr Duration kAtOnce = kSecond;

// The sessions of a carrier counted by seconds, without putting them in order: most logs show so that there is nothing to be found.
class Seconds {
 public:
  // All times lie in [first, last].
  Seconds(const Limits::Sessions& limits, Time first, Time last) : limits_(limits), first_(first), last_(last) {}

  // Whether seconds are fine enough, and so many sessions are worth it.
  bool suit(std::size_t sessions) const {
    return limits_.restart_silence > kSecond && first_ >= 0 && place_of(last_) < 16 * sessions;
  }

  void count(const Carrier& carrier) {
    counts_.assign(place_of(last_) + 1, {});
    ended_ = 0;
    first_end_ = last_end_ = kNoTime;
    carrier.for_each_session([&](std::uint32_t, const Session& s) {
      if (s.start != kNoTime) ++counts_[place_of(s.start)].steps;
      if (s.end == kNoTime) return;
      ++counts_[place_of(s.end)].steps;
      if (s.outcome != Outcome::Ended || s.start == kNoTime) return;
      ++counts_[place_of(s.start)].begun;
      see_end(s.end);
    });
  }

  bool may_show_mass() const {
    const Usual usual(limits_, ended_, last_end_ - first_end_);
    const auto window = static_cast<std::size_t>(limits_.mass_window / kSecond) + 2;
    std::size_t in_window = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      in_window += counts_[i].ended;
      if (i >= window) in_window -= counts_[i - window].ended;
      if (usual.is_exceeded_by(in_window)) return true;
    }
    return false;
  }
  // Before `now` or the next session, after a second that with the one before had so many ends, when no session is open that ends.
  bool may_show_silence(std::size_t ends, Time now) const {
    static_assert(kAtOnce <= kSecond);
    const auto is_after = [&](std::size_t from, std::size_t to) {
      return static_cast<Duration>(to - from + 1) * kSecond >= limits_.restart_silence &&
             counts_[from].ended + (from == 0 ? 0 : counts_[from - 1].ended) >= ends;
    };
    std::optional<std::size_t> before;  // the last second in which something was
    std::int64_t open = 0;              // at its end
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i].steps == 0) continue;
      if (before && open <= 0 && is_after(*before, i)) return true;
      before = i;
      open += std::int64_t{counts_[i].begun} - counts_[i].ended;
    }
    return before && now >= first_ && place_of(now) >= *before && is_after(*before, place_of(now));
  }

 private:
  struct Second {
    std::uint32_t steps = 0;
    std::uint32_t begun = 0, ended = 0;  // of sessions that ended and whose start is known
  };
  std::size_t place_of(Time time) const { return static_cast<std::size_t>(time / kSecond - first_ / kSecond); }
  void see_end(Time end) {
    ++counts_[place_of(end)].ended;
    first_end_ = ended_ == 0 ? end : std::min(first_end_, end);
    last_end_ = std::max(last_end_, end);
    ++ended_;
  }

  const Limits::Sessions& limits_;
  Time first_, last_;
  std::vector<Second> counts_;
  std::size_t ended_ = 0;
  Time first_end_ = kNoTime, last_end_ = kNoTime;
};

constexpr Duration kClientVpnMaxima[] = {8 * kHour, 10 * kHour, 12 * kHour, 24 * kHour};

// Sessions that carried something and satisfy `is`, by what their last record belongs to. It is asked with that.
template <class Is>
Lists sessions_by(kb::About about, const Scene& scene, const Is& is) {
  const Log& log = scene.log;
  return Lists(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    if (!s.carried()) return {};
    const std::uint32_t number = log.names.of_last(about, s);
    if (!is(s.system, number, s)) return {};
    return std::pair(s.system, number);
  });
}

// How many different values there are among those that have been seen and not forgotten.
class Different {
 public:
  void see(Time value) { ++counts_[value]; }
  void forget(Time value) {
    const auto it = counts_.find(value);
    if (--it->second == 0) counts_.erase(it);
  }
  std::size_t count() const { return counts_.size(); }

 private:
  std::unordered_map<Time, std::size_t> counts_;
};

// The maximum durations that AWS lets an administrator choose: facts/session-logs.md 1.3 and the Client VPN guide.
bool is_known_maximum(System system, Duration duration, Duration width) {
  if (system != System::AwsClientVpn) return false;
  return std::any_of(std::begin(kClientVpnMaxima), std::end(kClientVpnMaxima), [&](Duration maximum) {
    return std::abs(duration - maximum) <= width;
  });
}

// Sessions of one duration that began and ended at different times, or that lasted a known maximum: a limit, not an event.
// `ended`: how many did in one group; `long_ones`: those of them that may have met one. Those found are noted in `at_maximum`, which
// has a place for each session.
void timeouts(const Scene& scene, std::size_t ended, std::span<const std::uint32_t> long_ones, std::vector<bool>& at_maximum) {
  const auto& limits = scene.limits.sessions;
  const auto is_few = [&](std::size_t count) {
    return count < limits.bunch_sessions || static_cast<double>(count) < limits.bunch_share * static_cast<double>(ended);
  };
  if (is_few(long_ones.size())) return;
  std::vector<const Session*> by_duration;
  for (const std::uint32_t i : long_ones) by_duration.push_back(&scene.log.sessions[i]);
  std::sort(by_duration.begin(), by_duration.end(), [](const Session* a, const Session* b) {
    return std::tie(a->duration, a->last_event) < std::tie(b->duration, b->last_event);
  });
  std::size_t best_from = 0, best_to = 0;
  const auto minute_of = [&](std::size_t i) { return by_duration[i]->end / limits.mass_window; };
  Different minutes;  // in which those in [from, to) ended
  for (std::size_t from = 0, to = 0; from < by_duration.size(); minutes.forget(minute_of(from++))) {
    for (; to < by_duration.size() && by_duration[to]->duration - by_duration[from]->duration <= limits.bunch_width; ++to)
      minutes.see(minute_of(to));
    const bool spread = 2 * minutes.count() > to - from ||
                        is_known_maximum(by_duration[from]->system, by_duration[from]->duration, limits.bunch_width);
    if (spread && to - from > best_to - best_from) best_from = from, best_to = to;
  }
  const std::size_t count = best_to - best_from;
  if (is_few(count)) return;
  const Duration value = by_duration[best_from + count / 2]->duration;
  Case& c = scene.of(kb::About::Group, by_duration[best_from]->last_event);
  c.details["value"] = in_words(value);
  c.details["value_s"] = static_cast<double>(value) / kSecond;
  for (std::size_t i = best_from; i < best_to; ++i) {
    scene.found(c, kb::signal::kTimeoutBunch, by_duration[i]->last_event);
    at_maximum[static_cast<std::size_t>(by_duration[i] - scene.log.sessions.data())] = true;
  }
}

constexpr Duration kBegunTogether = 10 * kSecond;

// Flows that a client opens together, as those of one page, close together: they count once.
std::size_t tries_of(const Scene& scene, std::span<const Session* const> flows) {
  std::vector<std::pair<std::uint32_t, Time>> tries;
  for (const Session* s : flows) tries.push_back({scene.log.names.of_last(kb::About::Client, *s), s->start});
  std::sort(tries.begin(), tries.end());
  std::size_t count = 0;
  for (std::size_t i = 0; i < tries.size(); ++i)
    if (i == 0 || tries[i].first != tries[i - 1].first || tries[i].second - tries[i - 1].second >= kBegunTogether) ++count;
  return count;
}

// Whether flows were lost by more than some pages that were closed: so many tries, or of so many people.
bool are_of_many(const Scene& scene, std::span<const Session* const> flows) {
  constexpr std::size_t kMany = 5;
  std::set<std::uint32_t> clients;
  for (const Session* s : flows) clients.insert(scene.log.names.of_last(kb::About::Client, *s));
  return clients.size() >= kMany || tries_of(scene, flows) >= scene.limits.sessions.mass_sessions;
}

// Only sessions that were open when the minute began: short ones come and go all the time. And far more than usual, or
// a busy site would lose its sessions every minute.
void mass(const Scene& scene, Carrier& carrier, const std::vector<bool>& at_maximum, bool flows) {
  const auto& limits = scene.limits.sessions;
  std::vector<Ended> ended;
  for (const Ended& e : carrier.ended())
    if (!at_maximum[e.session] && e.start != kNoTime && !e.by_itself) ended.push_back(e);
  if (ended.size() < limits.mass_sessions) return;
  const Usual usual(limits, ended.size(), ended.back().end - ended.front().end);
  std::size_t minutes = 0, worst = 0;  // and how many ended in the worst of these
  for (std::size_t from = 0, to = 0; from < ended.size();) {
    const Time begin = ended[from].end;
    while (to < ended.size() && ended[to].end < begin + limits.mass_window) ++to;
    if (!usual.is_exceeded_by(to - from)) {
      ++from;
      continue;
    }
    std::vector<const Session*> lost;
    for (std::size_t i = from; i < to; ++i)
      if (ended[i].start < begin) lost.push_back(&scene.log.sessions[ended[i].session]);
    const bool unusual = usual.is_exceeded_by(lost.size()) && (!flows || are_of_many(scene, lost));
    const auto open = unusual ? carrier.open_at(begin) : 0;
    const double share = open <= 0 ? 0 : static_cast<double>(lost.size()) / static_cast<double>(open);
    if (!unusual || share < limits.mass_share) {
      ++from;
      continue;
    }
    Case& c = scene.of(kb::About::Carrier, lost.front()->last_event);
    if (scene.since == kNoTime || lost.back()->last_time >= scene.since) {
      ++minutes;
      if (lost.size() > worst) {
        worst = lost.size();
        c.details["minute"] = date_and_clock(begin);
        c.details["open_sessions"] = static_cast<double>(open);
        c.details["share"] = std::round(100 * std::min(1.0, share));
      }
      if (minutes > 1) {
        c.details["worst"] = static_cast<double>(worst);
        c.details["minutes"] = static_cast<double>(minutes);
      }
    }
    for (const Session* s : lost) scene.found(c, kb::signal::kMassDisconnect, s->last_event);
    from = to;
  }
}

void restarted(const Scene& scene, const std::vector<const Session*>& lost, Duration gap) {
  if (scene.since != kNoTime && lost.back()->last_time < scene.since) return;
  Case& c = scene.of(kb::About::Carrier, lost.front()->last_event);
  const auto number = [&](const char* name) -> double& { return std::get<double>(c.details.try_emplace(name, 0.0).first->second); };
  const bool is_first = !c.details.contains("gap_s");
  if (const double seconds = static_cast<double>(gap) / kSecond; seconds > number("gap_s")) {
    number("gap_s") = seconds;
    c.details["gap"] = in_words(gap);
  }
  if (!is_first) number("restarts") = std::max(1.0, number("restarts")) + 1;
  for (const Session* s : lost) scene.found(c, kb::signal::kAgentRestarted, s->last_event);
}

// Flows of several clients or to several targets, begun at different times: one page that is closed is no restart.
bool is_mixed(const Scene& scene, const std::vector<const Session*>& lost) {
  std::set<std::uint32_t> clients;
  std::set<std::uint32_t> targets;
  Time first = lost.front()->start, last = lost.front()->start;
  for (const Session* s : lost) {
    clients.insert(scene.log.names.of_last(kb::About::Client, *s));
    targets.insert(scene.log.route(*s).resource);
    first = std::min(first, s->start);
    last = std::max(last, s->start);
  }
  return (clients.size() >= 2 || targets.size() >= 3) && last - first >= kBegunTogether;
}

constexpr Duration kTimesUsual = 5;

Duration median(std::vector<Duration>& durations) {
  if (durations.empty()) return 0;
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  return *middle;
}

Duration median_spacing(const std::vector<Time>& steps) {
  std::vector<Duration> spacings;
  for (std::size_t i = 1; i < steps.size(); ++i) spacings.push_back(steps[i] - steps[i - 1]);
  return median(spacings);
}

// Sessions that ended within a second, on whichever side of the clock's, when nothing else was open.
struct Stop {
  std::vector<const Session*> lost;
  std::size_t tries = 0;     // that they make
  Duration silence = 0;      // after the last of them
  bool is_over = false;      // something came after it
};

// Stops that chance brings about where sessions end independently of each other: a quiet carrier has silences all the time, and now and
// then some sessions end just before one.
class Chance {
 public:
  Chance(const Scene& scene, Carrier& carrier, const std::vector<Stop>& stops) {
    std::vector<Time> ends;  // one for each try; but for those of stops: they would hide each other
    std::unordered_map<std::uint32_t, const Ended*> last_of_client;
    auto stop = stops.begin();
    for (const Ended& e : carrier.ended()) {
      while (stop != stops.end() && stop->lost.back()->end < e.end) ++stop;
      const bool in_stop = stop != stops.end() && stop->lost.front()->end <= e.end;
      if (in_stop || e.start == kNoTime || e.by_itself) continue;
      const Ended*& last = last_of_client[scene.log.names.of_last(kb::About::Client, scene.log.sessions[e.session])];
      if (last == nullptr || e.end - last->end > kAtOnce || std::abs(e.start - last->start) >= kBegunTogether) ends.push_back(e.end);
      last = &e;
    }
    ends_ = static_cast<double>(ends.size());
    std::size_t pairs = 0;
    for (std::size_t from = 0, i = 0; i < ends.size(); ++i) {
      while (ends[i] - ends[from] > kAtOnce) ++from;
      pairs += i - from;
    }
    others_ = ends.empty() ? 0 : static_cast<double>(pairs) / ends_;
    const std::vector<Time>& steps = carrier.steps();
    for (std::size_t i = 1; i < steps.size(); ++i) silences_.push_back(steps[i] - steps[i - 1]);
    std::sort(silences_.begin(), silences_.end());
    for (const Stop& s : stops)
      if (s.is_over) after_stops_.push_back(s.silence);
  }

  // How many like this one chance brings about in all the log.
  double expected(const Stop& stop) const {
    const auto at_least = [&](const std::vector<Duration>& silences) {
      return std::count_if(silences.begin(), silences.end(), [&](Duration silence) { return silence >= stop.silence; });
    };
    if (silences_.empty()) return 0;
    const double share = static_cast<double>(at_least(silences_) - at_least(after_stops_)) / static_cast<double>(silences_.size());
    return ends_ * share * many(stop.tries - 1);
  }

 private:
  // How likely so many others end within the second before an end, which are `others_` on average.
  double many(std::size_t count) const {
    double fewer = 0, exactly = std::exp(-others_);
    for (std::size_t i = 0; i < count; exactly *= others_ / static_cast<double>(++i)) fewer += exactly;
    return std::max(0.0, 1 - fewer);
  }

  double ends_ = 0, others_ = 0;
  std::vector<Duration> silences_, after_stops_;
};

std::vector<Stop> stops_of(const Scene& scene, Carrier& carrier) {
  const auto& limits = scene.limits.sessions;
  const std::vector<Ended>& ended = carrier.ended();
  const std::vector<Time>& steps = carrier.steps();
  std::vector<Stop> stops;
  constexpr std::size_t kFew = 4;  // one in so many: the last of sessions that ended one after the other are no stop
  for (std::size_t first = 0, minute = 0, last = 0; last < ended.size(); ++last) {
    while (ended[last].end - ended[first].end > kAtOnce) ++first;
    while (ended[last].end - ended[minute].end > limits.mass_window) ++minute;
    if (last + 1 < ended.size() && ended[last + 1].end - ended[last].end < limits.restart_silence) continue;
    if (last + 1 - first < limits.restart_sessions || (last + 1 - first) * kFew < last + 1 - minute) continue;
    Stop stop;
    for (std::size_t i = first; i <= last; ++i)
      if (ended[i].start != kNoTime && !ended[i].by_itself) stop.lost.push_back(&scene.log.sessions[ended[i].session]);
    const Time after = ended[last].end + 1;
    stop.tries = tries_of(scene, stop.lost);
    if (stop.tries < limits.restart_sessions || carrier.open_at(after) > 0) continue;
    const auto next = std::lower_bound(steps.begin(), steps.end(), after);
    stop.is_over = next != steps.end();
    stop.silence = (stop.is_over ? *next : scene.log.now) - ended[last].end;
    if (stop.silence >= limits.restart_silence && is_mixed(scene, stop.lost)) stops.push_back(std::move(stop));
  }
  return stops;
}

// All that was open ends at once, and nothing begins for a while.
void ended_together(const Scene& scene, Carrier& carrier) {
  const std::vector<Stop> stops = stops_of(scene, carrier);
  if (stops.empty()) return;
  const Chance chance(scene, carrier, stops);
  for (const Stop& stop : stops) {
    if (chance.expected(stop) > scene.limits.sessions.restart_chance) continue;
    const Duration within_second = stop.lost.back()->end % kSecond;  // silences are told from a whole second on
    restarted(scene, stop.lost, stop.silence + within_second);
  }
}

// Sessions that never closed broke off when their carrier fell silent, or they still stand. Their clients open again what broke off; and
// where there are hardly ever such silences, what began shortly before one would have closed by now.
class BrokenOff {
 public:
  BrokenOff(const Scene& scene, Carrier& carrier, const std::vector<const Session*>& begun) : scene_(scene), begun_(begun) {
    std::vector<Duration> durations;
    for (const Ended& e : carrier.ended())
      if (e.start != kNoTime) durations.push_back(e.end - e.start);
    at_most_ = kTimesUsual * median(durations);
    const std::vector<Time>& steps = carrier.steps();
    std::vector<Duration> silences;
    for (std::size_t i = 1; i < steps.size(); ++i) silences.push_back(steps[i] - steps[i - 1]);
    constexpr std::size_t kHardlyAny = 100;  // one of so many
    const auto rare = silences.end() - 1 - static_cast<std::ptrdiff_t>(silences.size() / kHardlyAny);
    std::nth_element(silences.begin(), rare, silences.end());
    rare_silence_ = *rare;
  }

  // Whether most of these sessions, in order of their start, broke off at `last`; the next one began at `again`.
  bool most_of(std::span<const Session* const> open, Time last, Time again) const {
    const auto begun_before = [](const Session* s, Time time) { return s->start < time; };
    auto recent = std::lower_bound(open.begin(), open.end(), last - at_most_, begun_before);
    const bool is_rare = again - last >= rare_silence_, had_time_to_close = scene_.log.now - last >= at_most_;
    const bool are_many = static_cast<std::size_t>(open.end() - recent) >= scene_.limits.sessions.mass_sessions;
    if (!is_rare && !(are_many && had_time_to_close)) recent = open.end();
    const auto from = std::lower_bound(begun_.begin(), begun_.end(), again, begun_before);
    const auto to = std::lower_bound(from, begun_.end(), again + scene_.limits.sessions.restart_reopened, begun_before);
    const auto enough = [&](std::ptrdiff_t count) {
      return static_cast<std::size_t>(count) >= scene_.limits.sessions.restart_sessions && 2 * static_cast<std::size_t>(count) > open.size();
    };
    const std::ptrdiff_t recently = open.end() - recent;
    if (enough(recently)) return true;
    if (!enough(recently + (to - from))) return false;
    std::set<std::pair<std::uint32_t, std::uint32_t>> opened;
    for (auto s = from; s != to; ++s) opened.insert(connection(**s));
    return enough(recently + std::count_if(open.begin(), recent, [&](const Session* s) { return opened.contains(connection(*s)); }));
  }

 private:
  std::pair<std::uint32_t, std::uint32_t> connection(const Session& s) const {
    return {scene_.log.names.of_last(kb::About::Client, s), scene_.log.route(s).resource};
  }

  const Scene& scene_;
  const std::vector<const Session*>& begun_;
  Duration at_most_ = 0;       // how long sessions last without being unusual
  Duration rare_silence_ = 0;
};

// A connector that crashed closes nothing: what was open is never closed, and nothing comes for far longer than usual.
void never_closed(const Scene& scene, Carrier& carrier) {
  const auto& limits = scene.limits.sessions;
  if (carrier.open() < limits.restart_sessions || carrier.ended().empty()) return;
  std::vector<const Session*> begun, open;  // in order of start
  std::vector<Time> latest_end;             // when the last of those begun so far ended
  for (const Session* s : carrier.begun()) {
    if (s->start == kNoTime) continue;
    begun.push_back(s);
    if (s->outcome == Outcome::Open) open.push_back(s);
    latest_end.push_back(std::max(latest_end.empty() ? kNoTime : latest_end.back(), s->outcome == Outcome::Ended ? s->end : kNoTime));
  }
  if (open.size() < limits.restart_sessions) return;
  const Time last_begun = std::max_element(carrier.ended().begin(), carrier.ended().end(), [](const Ended& a, const Ended& b) { return a.start < b.start; })->start;
  const std::vector<Time>& steps = carrier.steps();
  const Duration silence = std::max(limits.restart_silence, kTimesUsual * median_spacing(steps));
  const BrokenOff broken_off(scene, carrier, begun);
  const auto begun_until = [](const std::vector<const Session*>& sessions, Time time) {
    return std::upper_bound(sessions.begin(), sessions.end(), time, [](Time t, const Session* s) { return t < s->start; });
  };
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const Time last = steps[i - 1], again = steps[i];
    if (again - last < silence || last_begun < again) continue;
    const auto before = begun_until(begun, last) - begun.begin();
    if (before == 0 || latest_end[static_cast<std::size_t>(before) - 1] >= again) continue;
    const std::span lost(open.begin(), begun_until(open, last));
    if (lost.size() < limits.restart_sessions || !broken_off.most_of(lost, last, again)) continue;
    const std::vector<const Session*> sessions(lost.begin(), lost.end());
    if (is_mixed(scene, sessions)) return restarted(scene, sessions, again - last);
  }
}

// newt says so itself when it is stopped.
void shutdowns(const Scene& scene) {
  if (!scene.log.any(Dialect::PangolinAgent)) return;
  for (std::size_t i = 0; i < scene.log.events.size(); ++i) {
    const SessionEvent& e = scene.log.events[i];
    if (e.dialect == Dialect::PangolinAgent && e.happening == Happening::Ended &&
        scene.log.text(e.text).find("(shutdown)") != std::string_view::npos)
      scene.found(scene.of(kb::About::Carrier, i), kb::signal::kAgentRestarted, i);
  }
}

}  // namespace

void detect_ends(const Scene& scene) {
  std::vector<bool> at_maximum(scene.log.sessions.size());
  ByNumber<std::size_t> ended;
  const Lists groups = sessions_by(kb::About::Group, scene, [&](System system, std::uint32_t group, const Session& s) {
    if (s.outcome == Outcome::Ended) ++ended(system, group);
    return s.outcome == Outcome::Ended && s.duration >= scene.limits.sessions.bunch_floor;
  });
  for (const Lists::List& group : groups.all()) timeouts(scene, ended(group.system, group.number), group.items, at_maximum);
  const bool any_at_maximum = std::find(at_maximum.begin(), at_maximum.end(), true) != at_maximum.end();
  Time first = kNoTime, last = kNoTime;
  const Lists carriers = sessions_by(kb::About::Carrier, scene, [&](System, std::uint32_t, const Session& s) {
    for (const Time time : {s.start, s.end}) {
      if (time == kNoTime) continue;
      first = first == kNoTime ? time : std::min(first, time);
      last = std::max(last, time);
    }
    return true;
  });
  const auto& limits = scene.limits.sessions;
  Seconds seconds(limits, first, last);
  for (const Lists::List& list : carriers.all()) {
    Carrier carrier(scene, list.items);
    const bool counted = !any_at_maximum && seconds.suit(list.items.size());
    if (counted) seconds.count(carrier);
    const bool flows = list.system == System::Pangolin || list.system == System::Twingate;
    if (!counted || seconds.may_show_mass()) mass(scene, carrier, at_maximum, flows);
    if (flows && (!counted || seconds.may_show_silence(limits.restart_sessions, scene.log.now))) ended_together(scene, carrier);
    if (list.system == System::Twingate && (!counted || seconds.may_show_silence(0, kNoTime))) never_closed(scene, carrier);
  }
  shutdowns(scene);
}

}  // namespace tunnelscope::diag::session
