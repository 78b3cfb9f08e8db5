#include "src/live/site.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/escape.hpp"
#include "src/live/metrics.hpp"
#include "src/report/html_assets.hpp"
#include "src/report/live_page.hpp"

namespace tunnelscope::live {
namespace {

using Json = nlohmann::ordered_json;

constexpr diag::Duration kLongestSilence = 5 * diag::kMinute;  // of a watch that takes steps; longer, and it is not taken for alive

constexpr std::array kRoutes{
    Route{"/healthz", false, &Site::health},
    Route{"/metrics", false, &Site::metrics},
    Route{"/", true, &Site::page},
    Route{"/page.css", true, &Site::style},
    Route{"/page.js", true, &Site::script},
    Route{"/api/report", true, &Site::report},
    Route{"/api/explain/{id}", true, &Site::explain},
    Route{"/api/events", true, &Site::events},
    Route{"/api/openapi", true, &Site::openapi},
};

std::string dumped(const Json& json, int indent) {
  return app::for_json_document(json.dump(indent, ' ', false, Json::error_handler_t::replace));
}
Json time_or_null(diag::Time time) { return time == diag::kNoTime ? Json(nullptr) : Json(diag::rfc3339(time)); }
Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

std::shared_ptr<const std::string> shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

// The id that `path` has where the route has one; nullopt: it is another route's.
std::optional<std::string> id_in(const std::string& path, std::string_view route) {
  constexpr std::string_view kId = "{id}";
  if (!route.ends_with(kId)) return path == route ? std::optional(std::string()) : std::nullopt;
  route.remove_suffix(kId.size());
  if (!path.starts_with(route) || path.size() == route.size()) return std::nullopt;
  return path.substr(route.size());
}

// Differs from that of every other process that may have stood behind the same address.
std::string run_name() {
  return fmt::format("{:x}-{:x}", getpid(), std::chrono::system_clock::now().time_since_epoch().count());
}

// Whether the list of an If-None-Match has that tag. RFC 9110, 13.1.2: weak ones are compared without their mark.
bool names(std::string_view list, std::string_view etag) {
  constexpr std::string_view kBetween = ", \t";
  while (true) {
    list.remove_prefix(std::min(list.find_first_not_of(kBetween), list.size()));
    if (list == "*") return true;
    if (list.starts_with("W/")) list.remove_prefix(2);
    const std::size_t end = list.find('"', 1);
    if (!list.starts_with('"') || end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == etag) return true;
    list.remove_prefix(end + 1);
  }
}

Answer constant(std::string_view text, std::string type, std::string etag) {
  Answer answer;
  answer.type = std::move(type);
  answer.body = shared(std::string(text));
  answer.etag = std::move(etag);
  return answer;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

Answer problem(int status, std::string_view reason) {
  Answer answer;
  answer.status = status;
  answer.body = shared(dumped({{"error", reason}}, 2) + "\n");
  return answer;
}

Site::Site(const Board& board, SiteOptions options) : board_(board), options_(std::move(options)), run_(run_name()) {}

Answer Site::answer(const std::string& path, std::string_view known) const {
  for (const Route& route : kRoutes) {
    const auto id = id_in(path, route.path);
    if (!id || (route.of_pages && !options_.pages)) continue;
    const auto snapshot = board_.newest();
    if (!snapshot) return problem(503, "the watch has only begun: nothing has been read yet");
    Answer answer = (this->*route.answer)(*snapshot, *id);
    if (answer.etag.empty() || !names(known, answer.etag)) return answer;
    answer.status = 304;
    answer.body = shared("");
    return answer;
  }
  return problem(404, "there is nothing here");
}

std::string Site::etag(std::uint64_t version) const { return fmt::format("\"{}-{}\"", run_, version); }

Answer Site::kept(Kept& kept, const Snapshot& snapshot, std::string type, const std::function<std::string()>& write) const {
  const std::lock_guard lock(kept.mutex);
  if (!kept.text || kept.version != snapshot.version) {
    kept.text = shared(write());
    kept.version = snapshot.version;
  }
  Answer answer;
  answer.type = std::move(type);
  answer.body = kept.text;
  answer.etag = etag(snapshot.version);
  return answer;
}

Answer Site::page(const Snapshot& snapshot, const std::string&) const {
  Answer answer = kept(page_, snapshot, "text/html; charset=utf-8", [&] {
    return report::to_live_page(*snapshot.document, {snapshot.version, snapshot.now, snapshot.stale});
  });
  answer.policy = report::kLivePolicy;
  return answer;
}

Answer Site::style(const Snapshot&, const std::string&) const {
  return constant(report::html::style(), "text/css; charset=utf-8", etag(0));
}

Answer Site::script(const Snapshot&, const std::string&) const {
  return constant(report::html::script(), "text/javascript; charset=utf-8", etag(0));
}

Answer Site::report(const Snapshot& snapshot, const std::string&) const {
  return kept(report_, snapshot, "application/json", [&] { return report::to_json(*snapshot.document, {}); });
}

Answer Site::explain(const Snapshot&, const std::string& id) const {
  const auto text = options_.explain(id);
  if (!text) return problem(404, "the knowledge base has no entry with this id");
  Answer answer;
  answer.body = shared(*text);
  return answer;
}

Answer Site::events(const Snapshot&, const std::string&) const {
  Answer answer;
  answer.type = "text/event-stream";
  answer.is_stream = true;
  return answer;
}

Answer Site::openapi(const Snapshot&, const std::string&) const {
  return constant(report::html::openapi(), "application/yaml", etag(0));
}

std::string Site::stale(const Snapshot& snapshot) const {
  const diag::Time now = options_.clock();
  if (!snapshot.stale.empty() || snapshot.machine_now == diag::kNoTime || now - snapshot.machine_now <= kLongestSilence) return snapshot.stale;
  return fmt::format("the watch has taken no step for {}", diag::in_words(now - snapshot.machine_now));
}

Answer Site::health(const Snapshot& snapshot, const std::string&) const {
  const std::string why = stale(snapshot);
  Answer answer;
  answer.status = why.empty() ? 200 : 503;
  answer.body = shared(dumped({{"status", why.empty() ? "live" : "stale"},
                               {"reason", text_or_null(why)},
                               {"version", snapshot.version},
                               {"now", time_or_null(snapshot.now)}},
                              2) +
                       "\n");
  return answer;
}

Answer Site::metrics(const Snapshot& snapshot, const std::string&) const {
  return constant(to_metrics(snapshot), std::string(kMetricsType), "");
}

std::string Site::event_of(const Snapshot& snapshot, bool repeated) const {
  std::map<std::string_view, std::uint64_t> tunnels;
  for (const diag::TunnelReport& t : snapshot.document->report.tunnels) ++tunnels[t.status];
  const Json data{{"version", snapshot.version},
                  {"now", time_or_null(snapshot.now)},
                  {"stale", text_or_null(stale(snapshot))},
                  {"tunnels", tunnels},
                  {"episodes", snapshot.open.size()}};
  return fmt::format("event: {}\nid: {}\ndata: {}\n\n", repeated ? "alive" : "changed", snapshot.version, dumped(data, -1));
}

}  // namespace tunnelscope::live
