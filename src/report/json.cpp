// The report as JSON: the contract's keys in the contract's order, ours after them.
// docs/schema/report.schema.json describes the result; knowledge that is absent is null. Evidence about sessions has its
// record's documented fields besides; evidence about tunnels has not.
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "src/command.hpp"
#include "src/escape.hpp"
#include "src/report/format.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using Json = nlohmann::ordered_json;
using diag::Time;

Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }
Json time_or_null(Time time) { return time == diag::kNoTime ? Json(nullptr) : Json(diag::rfc3339(time)); }
Json time_or_null(const std::optional<Time>& time) { return time ? time_or_null(*time) : Json(nullptr); }

// Whole numbers without ".0", others to the millisecond; what JSON cannot say is null.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == std::floor(value) && std::fabs(value) < 1e15) return static_cast<std::int64_t>(value);
  return std::round(value * 1000) / 1000;
}
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }
Json number(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(nullptr); }
Json ratio(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return std::round(*value * 1e6) / 1e6;
}

template <class Range, class Make>
Json list(const Range& range, Make make) {
  Json out = Json::array();
  for (const auto& item : range) out.push_back(make(item));
  return out;
}

Json phase(diag::PhaseState state) {
  return state == diag::PhaseState::Unknown ? Json(nullptr) : Json(diag::name_of(state));
}
Json bgp(diag::BgpState state) {
  if (state == diag::BgpState::Unknown) return nullptr;
  return state == diag::BgpState::Up ? "up" : "down";
}
Json answer(diag::Answer answer) {
  return answer == diag::Answer::Unknown ? Json(nullptr) : Json(answer == diag::Answer::Yes);
}

Json tool(const diag::Report& report) {
  return {{"name", "tunnelscope"},
          {"version", app::version()},
          {"knowledge_base",
           {{"version", report.knowledge_version},
            {"message_rules", report.message_rules},
            {"causes", report.causes}}}};
}

Json tally(const diag::Report& report, const diag::Tally& row, const char* name) {
  return {{name, row.what}, {"count", row.count}, {"first", report.at(row.first)}};
}

Json coverage(const diag::Report& report) {
  const diag::Coverage& c = report.coverage;
  const auto rows = [&report](const std::vector<diag::Tally>& tallies, const char* name) {
    return list(tallies, [&](const diag::Tally& row) { return tally(report, row, name); });
  };
  return {{"records", c.records},
          {"recognised", c.recognised},
          {"unrecognised", c.unrecognised},
          {"skipped", c.skipped},
          {"duplicates", c.duplicates},
          {"skipped_by_reason", rows(c.skipped_by_reason, "reason")},
          {"unrecognised_shapes", rows(c.unrecognised_shapes, "shape")},
          {"limit_hits", c.limit_hits},
          {"notes_by_reason", rows(c.notes_by_reason, "reason")}};
}

Json availability(const diag::Availability& a) {
  return {{"up_s", number(a.up_s)},
          {"down_s", number(a.down_s)},
          {"unknown_s", number(a.unknown_s)},
          {"ratio", ratio(a.ratio)},
          {"outages", a.outages},
          {"mean_time_between_s", number(a.mean_time_between_s)},
          {"mean_time_to_recover_s", number(a.mean_time_to_recover_s)},
          {"longest_outage_s", number(a.longest_outage_s)}};
}

Json outage(const diag::Outage& o) {
  return {{"start", time_or_null(o.start)},
          {"end", time_or_null(o.end)},
          {"cause", text_or_null(o.cause)},
          {"blocked_by", text_or_null(o.blocked_by)},
          {"evidence", o.evidence}};
}

Json tunnel(const diag::TunnelReport& t) {
  return {{"id", t.id},
          {"connection", text_or_null(t.connection)},
          {"outside_ip", text_or_null(t.outside_ip)},
          {"ike_version", text_or_null(ike_version(t.ike_version))},
          {"status", t.status},
          {"phase1", phase(t.phase1)},
          {"phase2", phase(t.phase2)},
          {"bgp", bgp(t.bgp)},
          {"primary_cause", text_or_null(t.primary_cause)},
          {"availability", availability(t.availability)},
          {"outages", list(t.outages, outage)},
          {"interruptions", t.interruptions},
          {"events", t.events},
          {"first", time_or_null(t.first)},
          {"last", time_or_null(t.last)},
          {"nat_t", answer(t.nat_t)},
          {"dpd_enabled", answer(t.dpd_enabled)},
          {"impossible_steps", t.impossible_steps},
          {"flapping", list(t.flapping, [](const auto& stretch) -> Json {
             return {{"start", time_or_null(stretch.start)}, {"end", time_or_null(stretch.end)}};
           })}};
}

Json connection(const diag::ConnectionReport& c) {
  return {{"id", c.id},
          {"tunnels", c.tunnels},
          {"redundancy", c.redundancy},
          {"availability", availability(c.availability)},
          {"both_down", list(c.both_down, [](const diag::Interval& i) -> Json {
             return {{"start", time_or_null(i.start)}, {"end", time_or_null(i.end)}};
           })}};
}

// Members put in one behind the other: far cheaper than a list in braces, and there are thousands of these objects.
class Members {
 public:
  explicit Members(std::size_t count) { members_.reserve(count); }
  Members& add(std::string name, Json value) {
    members_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Json take() { return Json(std::move(members_)); }

 private:
  Json::object_t members_;
};

Json session_fields(const std::map<std::string, std::string>& values) {
  Members out(values.size());
  for (const auto& [name, value] : values) out.add(name, value);
  return out.take();
}

Json session_row(const diag::SessionRow& r) {
  return {{"who", r.who},
          {"connections", r.connections},
          {"failed", r.failed},
          {"short_sessions", r.short_ones},
          {"connected_s", number(r.connected_s)},
          {"bytes", number(r.bytes)},
          {"last", time_or_null(r.last)}};
}

Json session_line(const diag::SessionLine& s) {
  constexpr std::size_t kMembers = 17;
  return Members(kMembers)
      .add("id", text_or_null(s.id))
      .add("user", text_or_null(s.user))
      .add("device", text_or_null(s.device))
      .add("address", text_or_null(s.address))
      .add("resource", text_or_null(s.resource))
      .add("connector", text_or_null(s.connector))
      .add("gateway", text_or_null(s.gateway))
      .add("protocol", text_or_null(s.protocol))
      .add("start", time_or_null(s.start))
      .add("end", time_or_null(s.end))
      .add("duration_s", number(s.duration_s))
      .add("bytes_to_client", number(s.to_client))
      .add("bytes_from_client", number(s.from_client))
      .add("outcome", s.outcome)
      .add("reason", text_or_null(s.reason))
      .add("at", s.at)
      .add("fields", session_fields(s.fields))
      .take();
}

Json concurrency(const diag::Concurrency& c) {
  return {{"start", time_or_null(c.start)},
          {"step_s", number(c.step_s)},
          {"most", c.most},
          {"peak", c.peak},
          {"peak_at", time_or_null(c.peak_at)}};
}

Json session_group(const diag::SessionGroup& g) {
  return {{"system", diag::name_of(g.system)},
          {"group", g.group},
          {"connections", g.connections},
          {"failed", g.failed},
          {"users", g.users},
          {"primary_cause", text_or_null(g.primary_cause)},
          {"name", text_or_null(g.name)},
          {"denied", g.denied},
          {"open", g.open},
          {"first", time_or_null(g.first)},
          {"last", time_or_null(g.last)},
          {"median_duration_s", number(g.median_duration_s)},
          {"bytes_to_client", number(g.to_client)},
          {"bytes_from_client", number(g.from_client)},
          {"concurrency", concurrency(g.concurrency)},
          {"reasons", list(g.reasons, [](const diag::SessionReason& r) -> Json {
             return {{"text", r.text}, {"rule", text_or_null(r.rule)}, {"count", r.count}, {"first", r.first}};
           })},
          {"busiest", list(g.busiest, session_row)},
          {"failing", list(g.failing, session_row)},
          {"churning", list(g.churning, session_row)},
          {"caveats", g.caveats},
          {"list", list(g.list, session_line)},
          {"list_omitted", g.list_omitted}};
}

Json step(const diag::Step& s) {
  return {{"who", s.who}, {"do", s.text}, {"command", text_or_null(s.command)}, {"vendor", text_or_null(s.vendor)}};
}

Json details(const diag::Details& values) {
  Json out = Json::object();
  for (const auto& [name, value] : values) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      out[name] = *text;
    } else if (const auto* figure = std::get_if<double>(&value)) {
      out[name] = number(*figure);
    } else {
      out[name] = nullptr;
    }
  }
  return out;
}

Json evidence(const diag::Evidence& e, bool with_fields) {
  Json out{{"at", e.at}, {"time", time_or_null(e.time)}, {"rule", text_or_null(e.rule)}, {"message", e.message}};
  if (with_fields) out["fields"] = session_fields(e.fields);
  return out;
}

Json finding(const diag::Finding& f) {
  return {{"cause", f.cause},
          {"fingerprint", f.fingerprint},
          {"severity", kb::name_of(f.severity)},
          {"confidence", kb::name_of(f.confidence)},
          {"role", kb::name_of(f.role)},
          {"impact", kb::name_of(f.impact)},
          {"subject", f.subject},
          {"title", f.title},
          {"summary", f.summary},
          {"explanation", f.explanation},
          {"first_seen", time_or_null(f.first_seen)},
          {"last_seen", time_or_null(f.last_seen)},
          {"count", f.count},
          {"ongoing", f.ongoing},
          {"explains", f.explains},
          {"evidence", list(f.evidence, [&f](const diag::Evidence& e) { return evidence(e, is_about_sessions(f)); })},
          {"ruled_out", list(f.ruled_out, [](const diag::RuledOutNote& r) -> Json {
             return {{"cause", r.cause}, {"because", r.because}};
           })},
          {"steps", list(f.steps, step)},
          {"verify", f.verify},
          {"references", list(f.references, reference)},
          {"details", details(f.details)},
          {"owner", text_or_null(f.owner)},
          {"runbook_url", text_or_null(f.runbook_url)}};
}

Json input_summary(const diag::InputSummary& i) {
  return {{"path", i.path},
          {"container", text_or_null(i.container)},
          {"dialects", i.dialects},
          {"records", i.records},
          {"skipped", i.skipped},
          {"newest_first", i.newest_first}};
}

Json note(const Note& n) {
  return {{"text", n.text}, {"subjects", n.subjects}, {"steps", list(n.checks, step)}};
}

Json problem(const input::ReadProblem& p) {
  return {{"path", p.path}, {"reason", p.reason}, {"hint", text_or_null(p.hint)}};
}

}  // namespace

std::string to_json(const Document& document, const app::Screen&) {
  const diag::Report& report = document.report;
  const Json json{{"schema", "tunnelscope/report/1"},
                  {"tool", tool(report)},
                  {"window", {{"first", time_or_null(report.first)}, {"last", time_or_null(report.last)}}},
                  {"inputs", list(report.inputs, input_summary)},
                  {"coverage", coverage(report)},
                  {"tunnels", list(report.tunnels, tunnel)},
                  {"connections", list(report.connections, connection)},
                  {"sessions", list(report.sessions, session_group)},
                  {"findings", list(report.findings, finding)},
                  {"now", time_or_null(report.now)},
                  {"redacted", document.redacted},
                  {"problems", list(document.problems, problem)},
                  {"notes", list(document.notes, note)}};
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace);
  return app::for_json_document(text) + "\n";
}

}  // namespace tunnelscope::report
