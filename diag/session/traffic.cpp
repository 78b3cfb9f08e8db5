// Sessions that carried bytes in one direction only: what one end sent, nobody answered.
#include "diag/session/detectors.hpp"
#include "kb/signals.hpp"

namespace tunnelscope::diag::session {

void detect_traffic(const Scene& scene) {
  if (!scene.log.any(System::AwsClientVpn) && !scene.log.any(System::CloudConnexa)) return;
  const auto& limits = scene.limits.sessions;
  std::map<std::pair<System, std::uint32_t>, std::vector<std::size_t>> one_way;
  for (const Session& s : scene.log.sessions) {
    const bool counted = s.system == System::AwsClientVpn || s.system == System::CloudConnexa;
    if (!counted || !s.carried()) continue;
    const Closing& bytes = scene.log.bytes_of(s);
    if (bytes.to_client < 0 || bytes.from_client < 0) continue;
    const bool nothing_returned = bytes.to_client == 0 && bytes.from_client >= limits.one_way_bytes;
    const bool nothing_sent = bytes.from_client == 0 && bytes.to_client >= limits.one_way_bytes;
    if (nothing_returned || nothing_sent) one_way[{s.system, scene.log.route(s).group}].push_back(s.last_event);
  }
  for (const auto& [group, events] : one_way)
    if (events.size() >= limits.one_way_sessions)
      for (const std::size_t i : events) scene.found(scene.of(kb::About::Group, i), kb::signal::kOneWay, i);
}

}  // namespace tunnelscope::diag::session
