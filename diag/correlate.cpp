#include "diag/correlate.hpp"

#include <set>

#include "kb/signals.hpp"

namespace tunnelscope::diag {
namespace {

// The first outage with whose beginning the time falls together.
const TunnelOutage* beginning_near(const std::vector<TunnelOutage>& outages, Time time, Duration slack) {
  for (const TunnelOutage& o : outages)
    if (time >= o.start - slack && time <= std::min(o.end, o.start + slack) + slack) return &o;
  return nullptr;
}

}  // namespace

bool correlate(const std::vector<TunnelOutage>& outages, const Ledger& ledger, const session::Scene& scene) {
  constexpr std::size_t kFewest = 2;  // one failure falls into some outage by chance
  bool any = false;
  for (const auto& [key, entry] : ledger.all()) {
    if (entry.cause->scope != kb::Scope::Sessions || !entry.root || entry.milder || entry.cause->severity < kb::Severity::Warning)
      continue;
    std::map<std::string, std::vector<std::size_t>> together;  // by tunnel
    for (const EvidenceRef& ref : entry.evidence)
      if (const TunnelOutage* o = beginning_near(outages, ref.time, scene.limits.sessions.together))
        together[o->tunnel].push_back(ref.event);
    for (const auto& [tunnel, events] : together) {
      if (events.size() < kFewest) continue;
      any = true;
      Case& c = scene.of(kb::About::Group, events.front());
      c.details.try_emplace("tunnel", tunnel);
      for (const std::size_t i : events) scene.found(c, kb::signal::kWithTunnelOutage, i);
    }
  }
  return any;
}

}  // namespace tunnelscope::diag
