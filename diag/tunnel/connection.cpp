// Tested by tunnel_connection_test.cpp.
#include "diag/tunnel/connection.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

std::vector<Interval> outages_of(const History& h) {
  std::vector<Interval> list;
  for (const Spell& spell : h.spells)
    if (spell.is_outage) list.push_back({spell.start, spell.end});
  return list;
}

// Where both overlap for `least` or longer, or without an end.
std::vector<Interval> intersect(const std::vector<Interval>& a, const std::vector<Interval>& b, Time now, Duration least) {
  std::vector<Interval> both;
  for (const Interval& x : a)
    for (const Interval& y : b) {
      const Time start = std::max(x.start, y.start);
      const Time end = std::min(x.end.value_or(now), y.end.value_or(now));
      const bool open = !x.end && !y.end;
      if (open || end - start >= least) both.push_back({start, open ? std::optional<Time>{} : end});
    }
  std::sort(both.begin(), both.end(), [](const Interval& x, const Interval& y) { return x.start < y.start; });
  return both;
}

bool is_down(const History& h) { return h.last_state().health == Health::NotUp; }
bool is_surely_up(const History& h) { return carries_traffic(h.last_state().health) && !h.silent; }
bool was_ever_up(const History& h) {
  return std::any_of(h.states.begin(), h.states.end(), [](const State& s) { return carries_traffic(s.health); });
}

std::string redundancy(const std::vector<const History*>& tunnels) {
  if (tunnels.size() < 2) return "unknown";
  const auto up = static_cast<std::size_t>(std::count_if(tunnels.begin(), tunnels.end(), [](auto* h) { return is_surely_up(*h); }));
  const auto down = static_cast<std::size_t>(std::count_if(tunnels.begin(), tunnels.end(), [](auto* h) { return is_down(*h); }));
  if (up + down < tunnels.size()) return "unknown";
  return up == tunnels.size() ? "both" : up > 0 ? "one" : "none";
}

Availability availability_of(const std::vector<const History*>& tunnels, const std::vector<Interval>& both_down,
                             Time from, Time now) {
  if (tunnels.size() == 1) return availability(*tunnels.front(), from);
  Time begin = now;
  for (const History* h : tunnels) begin = std::min(begin, h->first());
  begin = std::max(begin, from);
  // Unknown: before the first tunnel's state is known, and after all fell silent.
  Duration unknown = now - begin;
  for (const History* h : tunnels) unknown = std::min(unknown, accounts(*h, from).unknown + std::max(Time{0}, h->first() - begin));
  Duration down = 0, recovery = 0, longest = 0;
  std::uint64_t recovered = 0;
  for (const Interval& i : both_down) {
    const Duration length = i.end.value_or(now) - std::max(i.start, begin);
    down += length;
    longest = std::max(longest, length);
    if (i.end) {
      recovery += length;
      ++recovered;
    }
  }
  const auto seconds = [](Duration d) { return static_cast<double>(d) / kSecond; };
  const Duration up = std::max(Duration{0}, now - begin - down - unknown);
  Availability a;
  a.up_s = seconds(up);
  a.down_s = seconds(down);
  a.unknown_s = seconds(now - begin - down - up);
  if (up + down > 0) a.ratio = a.up_s / (a.up_s + a.down_s);
  a.outages = both_down.size();
  if (!both_down.empty()) a.longest_outage_s = seconds(longest);
  if (recovered > 0) a.mean_time_to_recover_s = seconds(recovery) / static_cast<double>(recovered);
  if (!both_down.empty() && up > 0) a.mean_time_between_s = a.up_s / static_cast<double>(both_down.size());
  return a;
}

// `time`: when it counts as seen; kNoTime: when the record says.
void add(Connection& c, SignalIndex signal, const std::vector<Subject>& subjects, std::size_t subject,
         std::size_t event, bool lasts, Time time = kNoTime) {
  c.whole.seen.push_back(found(subjects[subject].history, signal, event));
  if (time != kNoTime) c.whole.seen.back().time = time;
  c.whole.seen.back().subject = static_cast<std::uint32_t>(subject);
  if (lasts) c.lasting.push_back(c.whole.seen.back());
}

// The record with which the outage at `time` began: one nearer to that time may have been folded (diag/fold.hpp).
std::size_t event_at(const History& h, Time time) {
  const auto it = std::upper_bound(h.spells.begin(), h.spells.end(), time, [](Time t, const Spell& s) { return t < s.start; });
  return it == h.spells.begin() ? 0 : std::prev(it)->first_event;
}

bool is_declared(const std::string& connection, const Options& options) {
  return std::any_of(options.standby.begin(), options.standby.end(), [&](const StandbyTunnel& s) { return s.connection == connection; });
}

// The tunnels that are down at the end are standbys, and another is up.
bool standby_waits(const std::vector<const History*>& tunnels, const Options& options) {
  const auto any = [&](auto test) { return std::any_of(tunnels.begin(), tunnels.end(), [&](const History* h) { return test(*h); }); };
  return any(is_surely_up) && any(is_down) && !any([&](const History& h) { return is_down(h) && !is_standby(*h.log, options); });
}

void add_signals(Connection& c, const std::vector<Subject>& subjects, const Signals& signals, const Options& options) {
  for (const Interval& interval : c.report.both_down) {
    for (const std::size_t i : c.tunnels)
      add(c, signals[kAllTunnelsDown], subjects, i, event_at(subjects[i].history, interval.start), !interval.end, interval.start);
  }
  std::size_t up = 0;
  for (const std::size_t i : c.tunnels)
    if (is_surely_up(subjects[i].history)) ++up;
  if (up == 0) return;
  if (c.tunnels.size() == 1 && !c.report.active_standby) {
    const History& h = subjects[c.tunnels.front()].history;
    add(c, signals[kSecondTunnelMissing], subjects, c.tunnels.front(), h.states.size() - 1, false);
    c.whole.details["second_tunnel"] = std::string("not in the log");
  }
  for (const std::size_t i : c.tunnels) {
    const History& h = subjects[i].history;
    if (!is_down(h) || is_standby(*h.log, options)) continue;
    const bool once_up = was_ever_up(h);
    const std::size_t at = h.spells.empty() ? h.states.size() - 1 : h.spells.back().first_event;
    add(c, signals[once_up ? kOneTunnelDown : kSecondTunnelMissing], subjects, i, at, true);
    c.whole.details["down_tunnel"] = h.log->id;
    if (!once_up) c.whole.details["second_tunnel"] = std::string("never up in the log");
  }
}

}  // namespace

bool Connection::is_ongoing(const Occurrence& o) const {
  return std::any_of(lasting.begin(), lasting.end(), [&](const Occurrence& l) {
    return l.signal == o.signal && l.event == o.event && l.time == o.time;
  });
}

bool is_standby(const TunnelLog& log, const Options& options) {
  return !log.connection.empty() && std::any_of(options.standby.begin(), options.standby.end(), [&](const StandbyTunnel& s) {
    return s.connection == log.connection && (s.outside_ip.empty() || s.outside_ip == log.outside_ip);
  });
}

bool up_throughout(const History& h, Time from, Time to, Duration grace) {
  const auto& events = h.log->events;
  if (h.first() <= to) from = std::max(from, h.first());
  const Time settled = std::min(from + grace, to);
  const auto it = std::upper_bound(events.begin(), events.end(), settled, [](Time t, const Event& e) { return t < e.time; });
  if (it == events.begin()) return false;
  if (!carries_traffic(h.states[static_cast<std::size_t>(it - events.begin()) - 1].health)) return false;
  return std::none_of(h.spells.begin(), h.spells.end(), [&](const Spell& s) {
    return s.is_outage && s.start <= to && (!s.end || std::min(*s.end, to) - std::max(s.start, from) >= grace);
  });
}

std::vector<Connection> connections(const std::vector<Subject>& subjects, const Context& context) {
  const Signals signals(context.classifier);
  std::map<std::string, std::vector<std::size_t>> tunnels_of;
  for (std::size_t i = 0; i < subjects.size(); ++i)
    if (!subjects[i].history.log->connection.empty()) tunnels_of[subjects[i].history.log->connection].push_back(i);
  std::vector<Connection> list;
  for (const auto& [id, tunnels] : tunnels_of) {
    Connection c;
    c.tunnels = tunnels;
    std::vector<const History*> histories;
    for (const std::size_t i : tunnels) histories.push_back(&subjects[i].history);
    const Time now = histories.front()->now;
    c.report.id = id;
    c.report.tunnels = tunnels.size();
    c.report.redundancy = redundancy(histories);
    c.report.active_standby = is_declared(id, context.options);
    c.report.standby_waits = standby_waits(histories, context.options);
    if (tunnels.size() > 1) {
      c.report.both_down = outages_of(*histories.front());
      for (std::size_t i = 1; i < histories.size(); ++i)
        c.report.both_down = intersect(c.report.both_down, outages_of(*histories[i]), now, context.limits.grace);
    }
    const Time from = context.options.since;
    c.report.availability = availability_of(histories, c.report.both_down, from, now);
    c.whole.start = histories.front()->first();
    c.whole.end = now;
    add_signals(c, subjects, signals, context.options);
    list.push_back(std::move(c));
  }
  return list;
}

}  // namespace tunnelscope::diag::tunnel
