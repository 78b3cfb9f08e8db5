// Outages that fall into announced maintenance. In: windows from the options. Out: in_maintenance for a window,
// replacement_reported where AWS itself says that it replaced this tunnel's endpoint then.
#include "diag/tunnel/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::tunnel {
namespace {

using namespace kb::signal;

bool concerns(const MaintenanceWindow& window, const TunnelLog& log) {
  return (window.connection.empty() || window.connection == log.connection) &&
         (window.outside_ip.empty() || window.outside_ip == log.outside_ip);
}

}  // namespace

void detect_maintenance(Subject& s, const Context& context) {
  const Signals signals(context.classifier);
  const Duration slack = context.limits.maintenance_slack;
  for (const MaintenanceWindow& window : context.options.maintenance) {
    if (!concerns(window, *s.history.log)) continue;
    for (Case& c : s.outages()) {
      const bool planned = !window.replacement && c.start >= window.start && c.start <= window.end &&
                           (!c.ongoing || s.history.now <= window.end);
      const bool replaced = window.replacement && c.start >= window.start - slack && c.start <= window.start + slack;
      if (!planned && !replaced) continue;
      c.seen.push_back(found(s.history, signals[replaced ? kReplacementReported : kInMaintenance], c.first_event));
      if (!window.title.empty()) c.details["maintenance"] = window.title;
    }
  }
}

}  // namespace tunnelscope::diag::tunnel
