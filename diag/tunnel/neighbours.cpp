// What only several tunnels together show. In: all subjects. Out: both_tunnels_silent on outages that begin together
// in one connection or site, nobody_initiates on tunnels that stay down in silence while other streams go on.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "diag/tunnel/connection.hpp"
#include "diag/tunnel/detectors.hpp"
#include "diag/tunnel/spacing.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

constexpr Duration kRecovery = 5 * kMinute;  // tunnels of a gateway that is back come up within this

// The gateway's addresses as the messages name them.
std::set<std::string> peers_of(const Subject& s, const Context& context, const Intake& intake, const Signals& signals) {
  std::set<std::string> peers;
  std::vector<rules::Capture> captures;
  const SignalIndex half_open = signals[kHalfOpenTimeout], mismatch = signals[kPskMismatch];
  std::string before;  // most of them are the same
  for (const Event& event : s.history.log->events) {
    if (event.signal == kNoSignal || (event.signal != half_open && event.signal != mismatch)) continue;
    std::string message = intake.message(*s.history.log, event);
    if (message == before) continue;
    captures.clear();
    context.classifier.classify(event.dialect, message, &captures);
    for (const auto& capture : captures)
      if (capture.type == rules::CaptureType::Address && capture.text.find_first_of(".:") != std::string_view::npos)
        peers.emplace(capture.text);
    if (peers.size() >= 2) break;
    before = std::move(message);
  }
  return peers;
}

// Connections that share a gateway address are one site.
using Sites = std::map<std::string, std::vector<std::size_t>>;
Sites sites(const std::vector<Subject>& subjects, const Context& context, const Intake& intake, const Signals& signals) {
  std::map<std::string, std::string> site_of_connection, site_of_peer;
  Sites result;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::string& connection = subjects[i].history.log->connection;
    if (connection.empty()) continue;
    site_of_connection.try_emplace(connection, connection);
    for (const std::string& peer : peers_of(subjects[i], context, intake, signals)) {
      const auto [it, is_new] = site_of_peer.try_emplace(peer, site_of_connection[connection]);
      if (is_new || it->second == site_of_connection[connection]) continue;
      const std::string from = site_of_connection[connection], to = it->second;
      for (auto& [c, site] : site_of_connection)
        if (site == from) site = to;
      for (auto& [p, site] : site_of_peer)
        if (site == from) site = to;
    }
  }
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::string& connection = subjects[i].history.log->connection;
    if (!connection.empty()) result[site_of_connection[connection]].push_back(i);
  }
  return result;
}

// When the endpoint began to hear nothing from the gateway in this outage; nothing when a message gives another reason,
// be it one that came only later where the silence shows in half-open attempts alone.
std::optional<Time> silence_began(const Case& c, const Context& context, const Signals& signals) {
  const bool fell = c.kind == CaseKind::Outage || c.kind == CaseKind::Stateless || (c.kind == CaseKind::Interruption && c.has(signals[kDpdTimeout]));
  if (!fell) return {};
  if (c.has(signals[kOnRekeyClock])) return {};  // a rekey fails again and again, on both tunnels at once where they came up together
  const Occurrence* reason = first_of(c, handshake_refusals(signals));
  const Limits& limits = context.limits;
  const bool deleted = at_onset(c, signals[kPeerDeletedIkeSa], limits.collision_drop, limits.onset_after) ||
                       at_onset(c, signals[kPeerDeletedChildSa], limits.collision_drop, limits.onset_after);
  const Occurrence* dpd = first_of(c, {signals[kDpdTimeout]});
  const Occurrence* half_open = first_of(c, {signals[kHalfOpenTimeout]});
  if (dpd == nullptr && (half_open == nullptr || deleted)) return {};
  if (reason != nullptr && (dpd == nullptr || reason->time <= dpd->time)) return {};
  if (dpd == nullptr) return half_open->time;
  return half_open == nullptr ? dpd->time : std::min(dpd->time, half_open->time);
}

struct Silence {
  std::size_t subject, index;  // of the case
  Time time;
};

Duration dpd_timeout_of(const Subject& s, const Limits& limits) {
  return s.history.facts != nullptr ? s.history.facts->dpd_timeout.value_or(limits.dpd_timeout) : limits.dpd_timeout;
}

// How far apart two tunnels may notice the same silence: the one with the longer DPD timeout notices it so much later.
Duration apart_at_most(const Subject& a, const Subject& b, const Limits& limits) {
  const Duration difference = dpd_timeout_of(a, limits) - dpd_timeout_of(b, limits);
  return std::max(limits.gateway_window, difference < 0 ? -difference : difference);
}

// When the first of the other tunnels was up again, if this one was down long after that.
Time back_at(const Case& c, const std::vector<Subject>& subjects, std::span<const Silence> silences) {
  Time back = kNoTime;
  for (const Silence& s : silences) {
    const Case& other = subjects[s.subject].cases[s.index];
    if (&other == &c || other.ongoing || other.end <= c.start || c.end - other.end <= kRecovery) continue;
    if (back == kNoTime || other.end < back) back = other.end;
  }
  return back;
}

// A tunnel of the same gateway in another connection was up all the while, for longer than it takes to notice a gateway that is gone.
bool gateway_answers(const std::vector<Subject>& subjects, const std::vector<std::size_t>& site, const Subject& own, const Case& c,
                     const Limits& limits) {
  return std::any_of(site.begin(), site.end(), [&](std::size_t i) {
    const History& h = subjects[i].history;
    const Time noticed = c.start + dpd_timeout_of(subjects[i], limits) + limits.gateway_window;
    const bool would_notice = h.dpd_enabled != Answer::No && c.end > noticed && h.last() > noticed;
    return would_notice && h.log->connection != own.history.log->connection && up_throughout(h, c.start, c.end, limits.grace);
  });
}

void detect_gateway_silence(std::vector<Subject>& subjects, const std::vector<std::size_t>& site,
                            const Context& context, const Signals& signals) {
  if (site.size() < 2) return;
  std::vector<Silence> silences;
  for (const std::size_t i : site)
    for (std::size_t c = 0; c < subjects[i].cases.size(); ++c)
      if (const auto time = silence_began(subjects[i].cases[c], context, signals)) silences.push_back({i, c, *time});
  const auto connection = [&](std::size_t i) -> const std::string& { return subjects[i].history.log->connection; };
  std::map<std::string, std::size_t> tunnels_of;
  for (const std::size_t i : site) ++tunnels_of[connection(i)];
  std::sort(silences.begin(), silences.end(), [](const Silence& a, const Silence& b) { return a.time < b.time; });
  const auto [first_to_notice, last_to_notice] = std::minmax_element(site.begin(), site.end(), [&](std::size_t i, std::size_t j) {
    return dpd_timeout_of(subjects[i], context.limits) < dpd_timeout_of(subjects[j], context.limits);
  });
  const Duration widest = apart_at_most(subjects[*first_to_notice], subjects[*last_to_notice], context.limits);
  auto near = silences.begin();  // the first that is not too early
  for (const Silence& a : silences) {
    while (near->time < a.time - widest) ++near;
    std::set<std::size_t> together;
    auto last = near;  // the first that is too late
    for (auto b = near; b != silences.end() && b->time <= a.time + widest; ++b, last = b) {
      const Duration apart = b->time < a.time ? a.time - b->time : b->time - a.time;
      if (apart <= apart_at_most(subjects[a.subject], subjects[b->subject], context.limits)) together.insert(b->subject);
    }
    const auto of_own = static_cast<std::size_t>(
        std::count_if(together.begin(), together.end(), [&](std::size_t i) { return connection(i) == connection(a.subject); }));
    const bool whole_connection = of_own == tunnels_of[connection(a.subject)];
    if (together.size() < 2 || !whole_connection) continue;
    Subject& s = subjects[a.subject];
    Case& c = s.cases[a.index];
    if (gateway_answers(subjects, site, s, c, context.limits)) continue;
    c.neighbour_back = back_at(c, subjects, std::span(near, last));
    std::erase_if(c.seen, [&](const Occurrence& o) { return o.signal == signals[kUnansweredChildRequest]; });
    c.details.erase("unanswered_request");
    c.seen.push_back(found(s.history, signals[kBothTunnelsSilent], c.first_event));
    c.details["tunnels"] = static_cast<double>(together.size());
  }
}

// Both tunnels of a connection replaced at once, be one of them still down: the customer changed the connection.
void note_replacement_of_both(std::vector<Subject>& subjects, const std::vector<std::size_t>& site,
                              const Context& context, const Signals& signals) {
  const std::vector<SignalIndex> words = words_of_a_fall(signals);
  for (const std::size_t i : site)
    for (Case& c : subjects[i].outages()) {
      if (!c.has(signals[kFreshNegotiation])) continue;
      c.details["both_tunnels"] = std::string("no");
      for (const std::size_t j : site) {
        if (j == i || subjects[j].history.log->connection != subjects[i].history.log->connection) continue;
        for (const Case& other : subjects[j].outages())
          if ((other.has(signals[kFreshNegotiation]) || (other.ongoing && other.left_up && first_of(other, words) == nullptr)) &&
              std::max(c.start, other.start) - std::min(c.start, other.start) <= context.limits.gateway_window)
            c.details["both_tunnels"] = std::string("yes"), c.details["other_tunnel"] = subjects[j].history.log->id;
      }
    }
}

struct Quiet {
  std::size_t event = kNoEvent;  // the last IKE record before it
  Time start = kNoTime, end = kNoTime;
};

Quiet longest_quiet(const History& h, const Spell& spell) {
  Quiet best;
  const auto& events = h.log->events;
  const std::size_t last = std::min(spell.end_event, events.size());
  std::size_t before = spell.first_event;
  const auto consider = [&](Time until) {
    if (events[before].folded > 0) return;  // routine, with short spacings
    const Time from = std::max(events[before].time, spell.start);
    if (best.event == kNoEvent || until - from > best.end - best.start) best = {before, from, until};
  };
  for (std::size_t i = spell.first_event + 1; i < last; ++i) {
    if (events[i].dialect != Dialect::AwsS2sIke) continue;
    consider(events[i].time);
    before = i;
  }
  consider(spell.end.value_or(h.now));
  return best;
}

Events::Iterator first_from(const History& h, Time from) {
  return {&h.log->events, first_at_or_after(h.log->events, from)};
}

// The longest time within [from, to] in which the log has no record of `dialect`. Those folded into a record follow it without a pause.
Duration longest_pause(const History& h, Time from, Time to, Dialect dialect) {
  const auto begin = first_from(h, from);
  const auto is_of = [dialect](const Event& e) { return e.dialect == dialect; };
  const auto before = std::find_if(std::make_reverse_iterator(begin), h.log->events.rend(), is_of);
  Duration longest = 0;
  Time last = from;
  bool goes_on = before != h.log->events.rend() && before->folded > 0;
  for (auto e = begin; e != h.log->events.end(); ++e) {
    if (!is_of(*e)) continue;
    if (e->time > last && !goes_on) longest = std::max(longest, std::min(e->time, to) - last);
    if (e->time >= to) return longest;
    last = e->time;
    goes_on = e->folded > 0;
  }
  return goes_on ? longest : std::max(longest, to - last);
}

bool has_record(const History& h, Time from, Time to, Dialect dialect) {
  for (auto e = first_from(h, from); e != h.log->events.end() && e->time <= to; ++e)
    if (e->dialect == dialect) return true;
  return false;
}

// Another tunnel of the connection was up, and its log ends with the quiet one's: it is what was exported that ends there.
bool export_ends(const std::vector<Subject>& subjects, std::size_t self, const Quiet& quiet, const Limits& limits) {
  const std::string& connection = subjects[self].history.log->connection;
  if (connection.empty()) return false;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const History& h = subjects[i].history;
    if (i == self || h.log->connection != connection || !h.has_ike || h.states.empty()) continue;
    if (carries_traffic(h.last_state().health) && h.last() < quiet.start + limits.nobody_quiet) return true;
  }
  return false;
}

// The logs went on: another tunnel's has records all through the quiet, not merely at its ends, as where that tunnel went quiet as
// well; or the tunnel's own BGP log has one.
bool others_continue(const std::vector<Subject>& subjects, std::size_t self, const Quiet& quiet, const Limits& limits) {
  const Time from = quiet.start + limits.nobody_quiet;
  if (has_record(subjects[self].history, from, quiet.end, Dialect::AwsS2sBgp)) return true;
  if (export_ends(subjects, self, quiet, limits)) return false;
  const Duration most = std::max((quiet.end - quiet.start) / 4 * 3, limits.gap_floor);
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const History& h = subjects[i].history;
    if (i == self || h.last() < from) continue;
    for (const auto& [dialect, is_there] : {std::pair(Dialect::AwsS2sIke, h.has_ike), {Dialect::AwsS2sBgp, h.has_bgp}})
      if (is_there && longest_pause(h, quiet.start, quiet.end, dialect) <= std::max(most, 2 * h.usual_spacing)) return true;
  }
  return false;
}

void detect_nobody_initiates(std::vector<Subject>& subjects, std::size_t self, const Context& context,
                             const Signals& signals) {
  Subject& s = subjects[self];
  if (!s.history.has_ike) return;
  const std::vector<SignalIndex> refusals = handshake_refusals(signals);
  for (std::size_t i = 0; i < s.history.spells.size(); ++i) {
    const Spell& spell = s.history.spells[i];
    Case& c = s.cases[i];
    const bool gateway_is_gone = c.has(signals[kBothTunnelsSilent]) && c.neighbour_back == kNoTime;
    if (!spell.is_outage || spell.ipsec_start == kNoTime || gateway_is_gone || first_of(c, refusals) != nullptr)
      continue;
    const Quiet quiet = longest_quiet(s.history, spell);
    const Duration length = quiet.end - quiet.start;
    const Duration least = spell.end ? context.limits.nobody_recovered : context.limits.nobody_quiet;
    if (length < least || 2 * length < c.end - c.start) continue;
    if (!others_continue(subjects, self, quiet, context.limits)) continue;
    c.seen.push_back(found(s.history, signals[kNobodyInitiates], quiet.event));
    c.details["silence_s"] = static_cast<double>(length) / kSecond;
    c.details["silence"] = in_words(length);
    std::erase_if(s.whole.seen, [&](const Occurrence& o) {
      return o.signal == signals[kLogGap] && o.time >= quiet.start && o.time <= quiet.end;
    });
  }
}

}  // namespace

void detect_neighbours(std::vector<Subject>& subjects, const Context& context, const Intake& intake) {
  const Signals signals(context.classifier);
  for (const auto& [name, site] : sites(subjects, context, intake, signals)) {
    detect_gateway_silence(subjects, site, context, signals);
    note_replacement_of_both(subjects, site, context, signals);
  }
  for (std::size_t i = 0; i < subjects.size(); ++i) detect_nobody_initiates(subjects, i, context, signals);
}

}  // namespace tunnelscope::diag::tunnel
