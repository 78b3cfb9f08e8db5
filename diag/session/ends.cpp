// How sessions end: at one maximum duration, many within a minute, or all at once with silence after.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <set>
#include <tuple>
#include <unordered_map>

#include "diag/fetch.hpp"
#include "diag/radix.hpp"
#include "diag/session/detectors.hpp"
#include "diag/session/lists.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {
namespace {

// A session that ended, with the times that it is asked for again and again.
struct Ended {
  Time start, end;
  const Session* session;
};

// One endpoint, gateway, site or connector. Lists that few logs ask for are made when they are.
class Carrier {
 public:
  Carrier(const Scene& scene, std::span<const std::uint32_t> sessions) : scene_(scene), sessions_(sessions) {
    for_each_session([&](const Session& s) {
      if (s.outcome == Outcome::Ended) ended_.push_back({s.start, s.end, &s});
    });
    sort_by_number(ended_, [](const Ended& ended) { return ended.end; });
  }

  const std::vector<Ended>& ended() const { return ended_; }  // in order of their end
  std::size_t open() const { return sessions_.size() - ended_.size(); }
  std::vector<const Session*> begun() const {  // in order of their start
    std::vector<const Session*> list;
    for_each_session([&](const Session& s) { list.push_back(&s); });
    sort_by_number(list, [](const Session* s) { return s->start; });
    return list;
  }
  // Times of all its records, in order.
  const std::vector<Time>& steps() {
    if (!steps_.empty()) return steps_;
    for_each_session([&](const Session& s) {
      for (const Time time : {s.start, s.end})
        if (time != kNoTime) steps_.push_back(time);
    });
    sort_by_number(steps_, [](Time time) { return time; });
    return steps_;
  }
  // Sessions that were open at `time`: begun before it, and not ended before it.
  std::ptrdiff_t open_at(Time time) {
    if (starts_.empty()) list_times();
    const auto before = [time](const std::vector<Time>& times) { return std::lower_bound(times.begin(), times.end(), time) - times.begin(); };
    return before(starts_) - before(ends_);
  }

 private:
  template <class Use>
  void for_each_session(const Use& use) const {
    const auto session = [&](std::uint32_t i) -> const Session& { return scene_.log.sessions[i]; };
    for_each_fetched(sessions_, session, [&](std::uint32_t i) { use(session(i)); });
  }

  // A session without an end counts for so long as sessions may last.
  void list_times() {
    for_each_session([&](const Session& s) {
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
};
constexpr Duration kClientVpnMaxima[] = {8 * kHour, 10 * kHour, 12 * kHour, 24 * kHour};

// Sessions that carried something and satisfy `is`, by what their last record belongs to.
template <class Is>
Lists sessions_by(kb::About about, const Scene& scene, const Is& is) {
  const Log& log = scene.log;
  return Lists(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    if (!s.carried() || !is(s)) return {};
    return std::pair(s.system, log.names.of_last(about, s));
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
// `ended`: all of one group. Those found are noted in `at_maximum`, which has a place for each session.
void timeouts(const Scene& scene, std::span<const std::uint32_t> ended, std::vector<bool>& at_maximum) {
  const auto& limits = scene.limits.sessions;
  const auto is_few = [&](std::size_t count) {
    return count < limits.bunch_sessions || static_cast<double>(count) < limits.bunch_share * static_cast<double>(ended.size());
  };
  std::vector<const Session*> by_duration;
  const auto session = [&](std::uint32_t i) -> const Session& { return scene.log.sessions[i]; };
  for_each_fetched(ended, session, [&](std::uint32_t i) {
    if (session(i).duration >= limits.bunch_floor) by_duration.push_back(&session(i));
  });
  if (is_few(by_duration.size())) return;
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

// Only sessions that were open when the minute began: short ones come and go all the time. And far more than usual, or
// a busy site would lose its sessions every minute.
void mass(const Scene& scene, Carrier& carrier, const std::vector<bool>& at_maximum) {
  const auto& limits = scene.limits.sessions;
  std::vector<Ended> ended;
  for (const Ended& e : carrier.ended())
    if (!at_maximum[static_cast<std::size_t>(e.session - scene.log.sessions.data())] && e.start != kNoTime) ended.push_back(e);
  if (ended.size() < limits.mass_sessions) return;
  constexpr double kUsual = 3;
  const double minutes = static_cast<double>(ended.back().end - ended.front().end) / static_cast<double>(limits.mass_window);
  const auto is_many = [&](std::size_t count) {
    const double usual = static_cast<double>(ended.size() - count) / std::max(1.0, minutes);
    return count >= limits.mass_sessions && static_cast<double>(count) >= kUsual * usual;
  };
  for (std::size_t from = 0, to = 0; from < ended.size();) {
    const Time begin = ended[from].end;
    while (to < ended.size() && ended[to].end < begin + limits.mass_window) ++to;
    if (!is_many(to - from)) {
      ++from;
      continue;
    }
    std::vector<const Session*> lost;
    for (std::size_t i = from; i < to; ++i)
      if (ended[i].start < begin) lost.push_back(ended[i].session);
    const auto open = is_many(lost.size()) ? carrier.open_at(begin) : 0;
    const double share = open <= 0 ? 0 : static_cast<double>(lost.size()) / static_cast<double>(open);
    if (!is_many(lost.size()) || share < limits.mass_share) {
      ++from;
      continue;
    }
    Case& c = scene.of(kb::About::Carrier, lost.front()->last_event);
    c.details["minute"] = date_and_clock(begin);
    c.details["open_sessions"] = static_cast<double>(open);
    c.details["share"] = std::round(100 * std::min(1.0, share));
    for (const Session* s : lost) scene.found(c, kb::signal::kMassDisconnect, s->last_event);
    from = to;
  }
}

void restarted(const Scene& scene, const std::vector<const Session*>& lost, Duration gap) {
  Case& c = scene.of(kb::About::Carrier, lost.front()->last_event);
  c.details["gap"] = in_words(gap);
  c.details["gap_s"] = static_cast<double>(gap) / kSecond;
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
  constexpr Duration kBegunTogether = 10 * kSecond;
  return (clients.size() >= 2 || targets.size() >= 3) && last - first >= kBegunTogether;
}

// UDP flows end by their idle timeout, many in one second.
bool ends_by_itself(const Scene& scene, const Session& s) {
  return s.system == System::Pangolin && scene.log.text(scene.log.route(s).protocol) == "udp";
}

constexpr Duration kTimesUsual = 5;

Duration median_spacing(const std::vector<Time>& steps) {
  std::vector<Duration> spacings;
  for (std::size_t i = 1; i < steps.size(); ++i) spacings.push_back(steps[i] - steps[i - 1]);
  if (spacings.empty()) return 0;
  const auto middle = spacings.begin() + static_cast<std::ptrdiff_t>(spacings.size() / 2);
  std::nth_element(spacings.begin(), middle, spacings.end());
  return *middle;
}

// All that was open ends in one second, and nothing begins for a while.
void ended_together(const Scene& scene, Carrier& carrier) {
  const auto& limits = scene.limits.sessions;
  const std::vector<Ended>& ended = carrier.ended();
  std::vector<const Session*> lost;
  for (auto from = ended.begin(); from != ended.end();) {
    const Time second = from->end / kSecond;
    lost.clear();
    for (; from != ended.end() && from->end / kSecond <= second; ++from)
      if (from->start != kNoTime && !ends_by_itself(scene, *from->session)) lost.push_back(from->session);
    const Time after = (second + 1) * kSecond;
    if (lost.size() < limits.restart_sessions || carrier.open_at(after) > 0) continue;
    const auto next = std::lower_bound(carrier.steps().begin(), carrier.steps().end(), after);
    const Duration gap = (next == carrier.steps().end() ? scene.log.now : *next) - second * kSecond;
    if (gap >= limits.restart_silence && is_mixed(scene, lost)) restarted(scene, lost, gap);
  }
}

// A connector that crashed closes nothing: what was open is never closed, and nothing comes for far longer than usual.
void never_closed(const Scene& scene, Carrier& carrier) {
  const auto& limits = scene.limits.sessions;
  if (carrier.open() < limits.restart_sessions || carrier.ended().empty()) return;
  std::vector<const Session*> open;
  std::vector<Time> starts, latest_end;  // of sessions in order of start: when the last of those so far ended
  for (const Session* s : carrier.begun()) {
    if (s->start == kNoTime) continue;
    if (s->outcome == Outcome::Open) open.push_back(s);
    starts.push_back(s->start);
    latest_end.push_back(std::max(latest_end.empty() ? kNoTime : latest_end.back(), s->outcome == Outcome::Ended ? s->end : kNoTime));
  }
  if (open.size() < limits.restart_sessions) return;
  const Time last_begun = std::max_element(carrier.ended().begin(), carrier.ended().end(), [](const Ended& a, const Ended& b) { return a.start < b.start; })->start;
  const std::vector<Time>& steps = carrier.steps();
  const Duration silence = std::max(limits.restart_silence, kTimesUsual * median_spacing(steps));
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const Time last = steps[i - 1], again = steps[i];
    if (again - last < silence || last_begun < again) continue;
    const auto before = static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), last) - starts.begin());
    if (before == 0 || latest_end[before - 1] >= again) continue;
    const auto lost_end = std::find_if(open.begin(), open.end(), [&](const Session* s) { return s->start > last; });
    const std::vector<const Session*> lost(open.begin(), lost_end);
    if (lost.size() >= limits.restart_sessions && is_mixed(scene, lost)) return restarted(scene, lost, again - last);
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
  const Lists groups = sessions_by(kb::About::Group, scene, [](const Session& s) { return s.outcome == Outcome::Ended; });
  for (const Lists::List& group : groups.all()) timeouts(scene, group.items, at_maximum);
  const Lists carriers = sessions_by(kb::About::Carrier, scene, [](const Session&) { return true; });
  for (const Lists::List& list : carriers.all()) {
    Carrier carrier(scene, list.items);
    mass(scene, carrier, at_maximum);
    if (list.system == System::Pangolin || list.system == System::Twingate) ended_together(scene, carrier);
    if (list.system == System::Twingate) never_closed(scene, carrier);
  }
  shutdowns(scene);
}

}  // namespace tunnelscope::diag::session
