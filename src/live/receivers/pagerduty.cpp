// PagerDuty's Events API v2: the episode's key is the dedup_key, so that a recovery resolves the incident that the outage opened. Its
// limits: 1024 characters of summary, 512 kB a request.
#include <nlohmann/json.hpp>

#include "src/live/receivers/kinds.hpp"

namespace tunnelscope::live {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kEndpoint = "https://events.pagerduty.com/v2/enqueue";

Json payload(const Delivery& d) {
  const diag::Episode& e = d.change.episode;
  Json details = {{"cause", plain(e.cause, 256)},
                  {"summary", plain(e.summary, 4096)},
                  {"first_step", plain(e.first_step, 4096)},
                  {"owner", plain(e.owner, 256)},
                  {"impact", kb::name_of(e.impact)},
                  {"change", name_of(d.change.kind)},
                  {"fingerprint", plain(e.fingerprint, 64)},
                  {"delivery", d.id}};
  Json down = Json::array();
  for (const std::string& tunnel : e.down) down.push_back(plain(tunnel, 512));
  details["down"] = down;
  Json all = {{"summary", headline(d.change, 1024)},
              {"source", plain(e.subject, 512)},
              {"severity", kb::name_of(e.severity)},
              {"timestamp", diag::rfc3339(e.start)},
              {"component", plain(e.subject, 512)},
              {"class", e.cause.empty() ? std::string(name_of(e.kind)) : plain(e.cause, 256)}};
  if (!e.connection.empty()) all["group"] = plain(e.connection, 512);
  all["custom_details"] = details;
  return all;
}

class PagerDuty : public Receiver {
 public:
  explicit PagerDuty(Target target) : target_(std::move(target)) {}
  const std::string& name() const override { return target_.name; }

  Request request(std::span<const Delivery> deliveries, diag::Time) const override {
    const Delivery& d = deliveries.front();
    const diag::Episode& e = d.change.episode;
    const bool over = d.change.kind == diag::ChangeKind::Resolved;
    Json event = {{"routing_key", target_.value},
                  {"event_action", over ? "resolve" : "trigger"},
                  {"dedup_key", e.key},
                  {"client", "tunnelscope"}};
    event["payload"] = payload(d);
    if (e.runbook_url.starts_with("https://") || e.runbook_url.starts_with("http://")) event["links"] = Json::array({Json{{"href", plain(e.runbook_url, 2048)}, {"text", "runbook"}}});
    return {target_.url.empty() ? kEndpoint : target_.url, {"Content-Type: application/json"}, dumped(event), target_.value};
  }

 private:
  Target target_;
};

}  // namespace

std::unique_ptr<Receiver> pagerduty(Target target) { return std::make_unique<PagerDuty>(std::move(target)); }

}  // namespace tunnelscope::live
