// Alertmanager's API v2. It knows an alert by its labels, so these hold only what does not change in an episode, and the severity, by which
// people route: a change of severity ends the alert of the other severities in the same request. Alerts lapse there unless they are sent
// again.
#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "src/live/receivers/kinds.hpp"

namespace tunnelscope::live {
namespace {

using Json = nlohmann::ordered_json;
using diag::ChangeKind;
using diag::Episode;

constexpr std::chrono::seconds kRepeat{60};
constexpr diag::Duration kLapses = 5 * diag::kMinute;  // Alertmanager's own default for alerts without an end
constexpr std::array kSeverities{kb::Severity::Critical, kb::Severity::Warning, kb::Severity::Info};

std::string_view alertname(const Episode& e) {
  switch (e.kind) {
    case diag::EpisodeKind::Outage: return "TunnelscopeOutage";
    case diag::EpisodeKind::Finding: return "TunnelscopeFinding";
    case diag::EpisodeKind::Stale: return "TunnelscopeWatchStale";
  }
  return "TunnelscopeFinding";
}

Json labels(const Episode& e, kb::Severity severity) {
  Json labels = {{"alertname", alertname(e)}, {"severity", kb::name_of(severity)}, {"subject", plain(e.subject, 512)}, {"key", e.key}};
  if (!e.connection.empty()) labels["connection"] = plain(e.connection, 512);
  if (!e.connection.empty() && e.subject != e.connection) labels["tunnel"] = plain(e.subject, 512);
  return labels;
}

Json annotations(const Delivery& d) {
  const Episode& e = d.change.episode;
  std::string down;
  for (const std::string& tunnel : e.down) down += (down.empty() ? "" : ", ") + tunnel;
  Json all = {{"title", plain(e.title, 512)},      {"summary", plain(e.summary, 4096)},       {"first_step", plain(e.first_step, 4096)},
              {"cause", plain(e.cause, 256)},      {"fingerprint", plain(e.fingerprint, 64)}, {"impact", kb::name_of(e.impact)},
              {"down", plain(down, 1024)},         {"owner", plain(e.owner, 256)},            {"runbook_url", plain(e.runbook_url, 2048)},
              {"delivery", d.id}};
  Json said = Json::object();
  for (auto& [name, value] : all.items())
    if (value != "") said[name] = value;
  return said;
}

Json alert(const Delivery& d, kb::Severity severity, diag::Time start, diag::Time end) {
  return {{"labels", labels(d.change.episode, severity)},
          {"annotations", annotations(d)},
          {"startsAt", diag::rfc3339(start)},
          {"endsAt", diag::rfc3339(end)}};
}

// The log's clock may be ahead of this machine's: nothing begins or ends in the future.
void add_alerts(Json& alerts, const Delivery& d, diag::Time now) {
  const Episode& e = d.change.episode;
  const diag::Time start = std::min(e.start, now - diag::kSecond);
  const bool over = d.change.kind == ChangeKind::Resolved;
  const diag::Time ended = std::clamp(d.change.at, start + 1, now);
  alerts.push_back(alert(d, e.severity, start, over ? ended : now + kLapses));
  if (d.change.kind != ChangeKind::SeverityChanged || d.repeated) return;
  for (const kb::Severity other : kSeverities)
    if (other != e.severity) alerts.push_back(alert(d, other, start, ended));
}

class Alertmanager : public Receiver {
 public:
  explicit Alertmanager(Target target) : target_(std::move(target)), url_(target_.value) {
    while (url_.ends_with('/')) url_.pop_back();
    if (!url_.ends_with("/api/v2/alerts")) url_ += "/api/v2/alerts";
  }
  const std::string& name() const override { return target_.name; }
  std::optional<std::chrono::seconds> repeat() const override { return kRepeat; }
  std::size_t most_at_once() const override { return 64; }
  int most_a_minute() const override { return 600; }

  Request request(std::span<const Delivery> deliveries, diag::Time now) const override {
    Json alerts = Json::array();
    for (const Delivery& d : deliveries) add_alerts(alerts, d, now);
    return {url_, {"Content-Type: application/json"}, dumped(alerts), target_.secret ? target_.value : std::string()};
  }

 private:
  Target target_;
  std::string url_;
};

}  // namespace

std::unique_ptr<Receiver> alertmanager(Target target) { return std::make_unique<Alertmanager>(std::move(target)); }

}  // namespace tunnelscope::live
