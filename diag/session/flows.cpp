#include "diag/session/flows.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "diag/session/lists.hpp"

namespace tunnelscope::diag::session {
namespace {

constexpr double kNearlyAll = 0.9;  // short flows are common: closed at once is suspicious only of nearly all
constexpr std::size_t kRepeats = 5;

using Flows = std::span<const std::uint32_t>;  // sessions of one resource

Ending ending_of(const Log& log, const Session& s, const Limits& limits) {
  const bool timed_out = std::abs(s.duration - limits.sessions.dial_timeout) <= kSecond;
  if (s.duration < 0 || (!timed_out && s.duration > kSecond)) return Ending::Ordinary;
  const Closing& bytes = log.bytes_of(s);
  if (bytes.to_client > 0 || bytes.from_client > 0) return Ending::Ordinary;
  return timed_out ? Ending::TimedOut : Ending::ClosedAtOnce;
}

// The one way of ending that so many flows have in common that it is no chance.
Ending suspicious(const Log& log, Flows flows, const Limits& limits) {
  std::array<std::size_t, 3> counts{};
  for (const std::uint32_t flow : flows) ++counts[static_cast<std::size_t>(ending_of(log, log.sessions[flow], limits))];
  const auto is_share = [&](std::size_t part, double least) { return static_cast<double>(part) >= least * static_cast<double>(flows.size()); };
  const std::size_t timed_out = counts[static_cast<std::size_t>(Ending::TimedOut)];
  const std::size_t at_once = counts[static_cast<std::size_t>(Ending::ClosedAtOnce)];
  if (timed_out >= limits.sessions.unreachable_failures && is_share(timed_out, limits.sessions.unreachable_share)) return Ending::TimedOut;
  return at_once >= kRepeats && is_share(at_once, kNearlyAll) ? Ending::ClosedAtOnce : Ending::Ordinary;
}

// A flow that ended with the agent's error. Flows that end in one second may share one error: the agent's lines are alike.
class Told {
 public:
  Told(const Log& log, const std::vector<std::uint32_t>& errors) : log_(log), errors_(errors), used_(errors.size(), false) {}

  bool is(const Session& s) {
    const Time end = s.last_time;
    const auto at = std::lower_bound(errors_.begin(), errors_.end(), end - kSecond, [&](std::uint32_t event, Time time) { return log_.events[event].time < time; });
    if (at == errors_.end() || log_.events[*at].time > end + kSecond) return false;
    used_[static_cast<std::size_t>(at - errors_.begin())] = true;
    return true;
  }
  void add_lone_ones(std::vector<std::uint32_t>& to) const {
    for (std::size_t i = 0; i < errors_.size(); ++i)
      if (!used_[i]) to.push_back(errors_[i]);
  }

 private:
  const Log& log_;
  const std::vector<std::uint32_t>& errors_;
  std::vector<bool> used_;
};

}  // namespace

AgentErrors agent_errors_in(const Log& log, SignalIndex resource_failed) {
  AgentErrors errors;
  if (!log.any(Dialect::PangolinAgent) || !log.any(resource_failed)) return errors;
  for (std::uint32_t i = 0; i < log.events.size(); ++i) {
    const SessionEvent& e = log.events[i];
    if (e.dialect == Dialect::PangolinAgent && e.signal == resource_failed && log.route(e).resource != 0)
      errors[log.route(e).resource].push_back(i);
  }
  return errors;
}

void judge_flows(Log& log, SignalIndex resource_failed, const Limits& limits) {
  if (!log.any(System::Pangolin)) return;
  const std::uint32_t tcp = log.texts->find("tcp");
  const Lists by_resource(log.sessions.size(), [&](std::uint32_t i) -> Lists::Owner {
    const Session& s = log.sessions[i];
    if (s.system != System::Pangolin || tcp == 0) return {};
    const Route& route = log.route(s);
    if (route.resource == 0 || route.protocol != tcp) return {};
    return std::pair(s.system, route.resource);
  });
  for (const Lists::List& flows : by_resource.all()) {
    const Ending common = suspicious(log, flows.items, limits);
    if (common == Ending::Ordinary) continue;
    log.any_looks_failed = true;
    for (const std::uint32_t flow : flows.items)
      if (ending_of(log, log.sessions[flow], limits) == common) log.sessions[flow].ending = common;
  }
  for (const auto& [resource, events] : agent_errors_in(log, resource_failed)) {
    Told told(log, events);
    for (const std::uint32_t flow : by_resource.of(System::Pangolin, resource))
      if (Session& s = log.sessions[flow]; ending_of(log, s, limits) != Ending::Ordinary) s.told = told.is(s);
    told.add_lone_ones(log.lone_errors);
  }
  std::sort(log.lone_errors.begin(), log.lone_errors.end());
}

}  // namespace tunnelscope::diag::session
