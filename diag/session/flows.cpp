#include "diag/session/flows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "diag/radix.hpp"
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

// A flow to one resource.
struct Flow {
  std::uint32_t session, client;
  Ending ending;
};

// Whether so many flows in a row may not have been ordinary ones, in order of their starts, while flows are seen in order of their ends or
// starts. Most resources show so that they were never out of reach.
class InARow {
 public:
  void see(Time start, Ending ending) {
    if (ending == Ending::Ordinary) {
      latest_ordinary_ = std::max(latest_ordinary_, start);
      return;
    }
    starts_[at_] = start;
    at_ = (at_ + 1) % kNoChance;
    ++seen_;
    any_ = any_ || (seen_ >= kNoChance && starts_[at_] >= latest_ordinary_);
  }
  bool any() const { return any_; }

 private:
  std::array<Time, kNoChance> starts_{};  // of the last ones, in turn
  std::size_t at_ = 0, seen_ = 0;
  Time latest_ordinary_ = kNoTime;
  bool any_ = false;
};

// The flows to one resource, and which of them end so that it is no chance.
class Judge {
 public:
  Judge(Log& log, Flows flows, const Limits& limits) : log_(log), flows_(flows), limits_(limits) {
    for (const std::uint32_t flow : flows) {
      const Session& s = log.sessions[flow];
      const Ending ending = ending_of(log, s, limits);
      ++counts_[place(ending)];
      in_a_row_.see(s.when(), ending);
    }
  }

  void mark() {
    if (const Ending common = common_to_all(); common != Ending::Ordinary) return mark_all(common);
    if (!in_a_row_.any()) return;
    for (const Ending ending : {Ending::TimedOut, Ending::ClosedAtOnce})
      if (counts_[place(ending)] >= kNoChance) mark_spells(ending);
  }

 private:
  static std::size_t place(Ending ending) { return static_cast<std::size_t>(ending); }
  bool is_share(Ending ending, double least) const { return static_cast<double>(counts_[place(ending)]) >= least * static_cast<double>(flows_.size()); }

  // The one way of ending that so many of all flows have in common.
  Ending common_to_all() {
    if (counts_[place(Ending::TimedOut)] >= limits_.sessions.unreachable_failures && is_share(Ending::TimedOut, limits_.sessions.unreachable_share))
      return Ending::TimedOut;
    const bool at_once = counts_[place(Ending::ClosedAtOnce)] >= kRepeats && is_share(Ending::ClosedAtOnce, kNearlyAll);
    return at_once && !most_got_through() ? Ending::ClosedAtOnce : Ending::Ordinary;
  }
  void mark_all(Ending common) {
    log_.any_looks_failed = true;
    for (const std::uint32_t flow : flows_)
      if (ending_of(log_, log_.sessions[flow], limits_) == common) log_.sessions[flow].ending = common;
  }

  const std::vector<Flow>& in_order() {
    if (!in_order_.empty()) return in_order_;
    for (const std::uint32_t flow : flows_) {
      const Session& s = log_.sessions[flow];
      in_order_.push_back({flow, log_.names.of_last(kb::About::Client, s), ending_of(log_, s, limits_)});
    }
    sort_by_number(in_order_, [&](const Flow& f) { return log_.sessions[f.session].when(); });
    for (const Flow& f : in_order_) {
      if (f.ending == Ending::Ordinary) got_through_.insert(f.client);
    }
    return in_order_;
  }
  // A probe connects and closes at once, more often than all others do anything.
  bool most_got_through() {
    std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> ordinary;  // and all, by client
    for (const Flow& f : in_order()) {
      auto& [through, all] = ordinary[f.client];
      through += f.ending == Ending::Ordinary ? 1 : 0;
      ++all;
    }
    const auto got_through = std::count_if(ordinary.begin(), ordinary.end(), [](const auto& client) { return 2 * client.second.first >= client.second.second; });
    return 2 * static_cast<std::size_t>(got_through) >= ordinary.size();
  }

  // Flows of clients that got through at other times, one after the other.
  void mark_spells(Ending ending) {
    std::vector<Flow> flows;
    for (const Flow& f : in_order())
      if (got_through_.contains(f.client)) flows.push_back(f);
    using Spell = std::span<const Flow>;
    std::vector<Spell> spells;
    std::size_t so = 0, within_spells = 0;
    for (std::size_t from = 0, to = 0; from < flows.size(); from = to + 1) {
      for (to = from; to < flows.size() && flows[to].ending == ending;) ++to;
      so += to - from;
      if (to - from < kNoChance) continue;
      spells.push_back(Spell(flows).subspan(from, to - from));
      within_spells += to - from;
    }
    if (spells.empty()) return;
    const double usual = static_cast<double>(so - within_spells) / static_cast<double>(std::max<std::size_t>(1, flows.size() - within_spells));
    for (const Spell& spell : spells) {
      const std::size_t tries = tries_in(spell);
      const double expected = static_cast<double>(flows.size()) * std::pow(usual, static_cast<double>(tries));
      if (tries < kNoChance || expected > limits_.sessions.unreachable_chance || clients_in(spell) < 2) continue;
      log_.any_looks_failed = true;
      for (const Flow& f : spell) log_.sessions[f.session].ending = ending;
    }
  }
  // What a client opens together is one try.
  std::size_t tries_in(std::span<const Flow> spell) const {
    std::map<std::uint32_t, Time> last_of_client;
    std::size_t tries = 0;
    for (const Flow& f : spell) {
      const Time when = log_.sessions[f.session].when();
      const auto [last, is_new] = last_of_client.try_emplace(f.client, when);
      if (is_new || when - last->second > limits_.sessions.dial_timeout) ++tries;
      last->second = when;
    }
    return tries;
  }
  static std::size_t clients_in(std::span<const Flow> spell) {
    std::set<std::uint32_t> clients;
    for (const Flow& f : spell) clients.insert(f.client);
    return clients.size();
  }

  Log& log_;
  Flows flows_;
  const Limits& limits_;
  std::array<std::size_t, 3> counts_{};  // by Ending
  InARow in_a_row_;
  std::vector<Flow> in_order_;           // of their starts
  std::set<std::uint32_t> got_through_;  // clients that some flow of theirs is ordinary
};

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
  for (const Lists::List& flows : by_resource.all()) Judge(log, flows.items, limits).mark();
  for (const auto& [resource, events] : agent_errors_in(log, resource_failed)) {
    Told told(log, events);
    for (const std::uint32_t flow : by_resource.of(System::Pangolin, resource))
      if (Session& s = log.sessions[flow]; ending_of(log, s, limits) != Ending::Ordinary) s.told = told.is(s);
    told.add_lone_ones(log.lone_errors);
  }
  std::sort(log.lone_errors.begin(), log.lone_errors.end());
}

}  // namespace tunnelscope::diag::session
