// The report as JSON: the contract's keys in the contract's order, ours after them.
// docs/schema/report.schema.json describes the result; knowledge that is absent is null. Evidence about sessions has its
// record's documented fields besides; evidence about tunnels has not.
#include "src/command.hpp"
#include "src/report/format.hpp"
#include "src/report/json_object.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using namespace json;

// Of reports, tunnels and the like.
template <class Stretch>
void start_and_end(JsonWriter& to, const Stretch& stretch) {
  Object(to).time("start", stretch.start).time("end", stretch.end);
}

void coverage(JsonWriter& to, const diag::Report& report) {
  const auto tally = [&report](const char* name) {
    return [&report, name](JsonWriter& inner, const diag::Tally& row) {
      Object(inner).text(name, row.what).count("count", row.count).text("first", report.at(row.first));
    };
  };
  const diag::Coverage& c = report.coverage;
  Object(to)
      .count("records", c.records)
      .count("recognised", c.recognised)
      .count("unrecognised", c.unrecognised)
      .count("skipped", c.skipped)
      .count("duplicates", c.duplicates)
      .list("skipped_by_reason", c.skipped_by_reason, tally("reason"))
      .list("unrecognised_shapes", c.unrecognised_shapes, tally("shape"))
      .count("limit_hits", c.limit_hits)
      .list("notes_by_reason", c.notes_by_reason, tally("reason"));
}

void availability(JsonWriter& to, const diag::Availability& a) {
  Object(to)
      .number("up_s", a.up_s)
      .number("down_s", a.down_s)
      .number("unknown_s", a.unknown_s)
      .ratio("ratio", a.ratio)
      .count("outages", a.outages)
      .number("mean_time_between_s", a.mean_time_between_s)
      .number("mean_time_to_recover_s", a.mean_time_to_recover_s)
      .number("longest_outage_s", a.longest_outage_s);
}

void phase(JsonWriter& to, diag::PhaseState state) {
  state == diag::PhaseState::Unknown ? to.null() : to.text(diag::name_of(state));
}
void bgp(JsonWriter& to, diag::BgpState state) {
  state == diag::BgpState::Unknown ? to.null() : to.text(state == diag::BgpState::Up ? "up" : "down");
}
void answer(JsonWriter& to, diag::Answer answer) {
  answer == diag::Answer::Unknown ? to.null() : to.truth(answer == diag::Answer::Yes);
}

void outage(JsonWriter& to, const diag::Outage& o) {
  Object(to)
      .time("start", o.start)
      .time("end", o.end)
      .text_or_null("cause", o.cause)
      .text_or_null("blocked_by", o.blocked_by)
      .texts("evidence", o.evidence);
}

std::optional<double> seconds(const std::optional<diag::Duration>& duration) {
  return duration ? std::optional(static_cast<double>(*duration) / diag::kSecond) : std::nullopt;
}

std::string_view ike_versions(bool ikev1, bool ikev2) { return ikev1 && ikev2 ? "both" : ikev1 ? "ikev1" : ikev2 ? "ikev2" : ""; }

void configured(JsonWriter& to, const diag::TunnelFacts& f) {
  const auto either = [](const std::optional<bool>& value, std::string_view yes, std::string_view no) {
    return !value ? std::string_view() : *value ? yes : no;
  };
  Object(to)
      .text_or_null("at", f.at)
      .number("phase1_lifetime_s", seconds(f.phase1_lifetime))
      .number("phase2_lifetime_s", seconds(f.phase2_lifetime))
      .number("rekey_margin_s", seconds(f.rekey_margin))
      .number("rekey_fuzz_percent", f.rekey_fuzz)
      .number("dpd_timeout_s", seconds(f.dpd_timeout))
      .text_or_null("dpd_action", f.dpd_action ? name_of(*f.dpd_action) : "")
      .text_or_null("startup_action", either(f.begins, "start", "add"))
      .text_or_null("ike", f.ikev1 && f.ikev2 ? ike_versions(*f.ikev1, *f.ikev2) : "")
      .text_or_null("routing", either(f.bgp, "bgp", "static"));
}

void tunnel(JsonWriter& to, const diag::TunnelReport& t) {
  Object out(to);
  out.text("id", t.id)
      .text_or_null("connection", t.connection)
      .text_or_null("outside_ip", t.outside_ip)
      .text_or_null("ike_version", ike_version(t.ike_version))
      .text("status", t.status)
      .member("phase1", t.phase1, phase)
      .member("phase2", t.phase2, phase)
      .member("bgp", t.bgp, bgp)
      .text_or_null("primary_cause", t.primary_cause)
      .member("availability", t.availability, availability)
      .list("outages", t.outages, outage)
      .count("interruptions", t.interruptions)
      .count("events", t.events)
      .time("first", t.first)
      .time("last", t.last)
      .member("nat_t", t.nat_t, answer)
      .member("dpd_enabled", t.dpd_enabled, answer)
      .count("impossible_steps", t.impossible_steps)
      .list("flapping", t.flapping, start_and_end<diag::Stretch<std::monostate>>);
  if (t.configured) out.member("configuration", *t.configured, configured);
}

void connection(JsonWriter& to, const diag::ConnectionReport& c) {
  Object(to)
      .text("id", c.id)
      .count("tunnels", c.tunnels)
      .text("redundancy", c.redundancy)
      .member("availability", c.availability, availability)
      .list("both_down", c.both_down, start_and_end<diag::Interval>)
      .truth("active_standby", c.active_standby);
}

void session_fields(JsonWriter& to, const std::map<std::string, std::string>& values) {
  to.begin_object();
  for (const auto& [name, value] : values) {
    to.key(name);
    to.text(value);
  }
  to.end_object();
}

void session_row(JsonWriter& to, const diag::SessionRow& r) {
  Object(to)
      .text("who", r.who)
      .count("connections", r.connections)
      .count("failed", r.failed)
      .count("short_sessions", r.short_ones)
      .number("connected_s", r.connected_s)
      .number("bytes", r.bytes)
      .time("last", r.last)
      .count("looks_failed", r.looks_failed);
}

void session_line(JsonWriter& to, const diag::SessionLine& s) {
  Object(to)
      .text_or_null("id", s.id)
      .text_or_null("user", s.user)
      .text_or_null("device", s.device)
      .text_or_null("address", s.address)
      .text_or_null("resource", s.resource)
      .text_or_null("connector", s.connector)
      .text_or_null("gateway", s.gateway)
      .text_or_null("protocol", s.protocol)
      .time("start", s.start)
      .time("end", s.end)
      .number("duration_s", s.duration_s)
      .number("bytes_to_client", s.to_client)
      .number("bytes_from_client", s.from_client)
      .text("outcome", s.outcome)
      .text_or_null("reason", s.reason)
      .text("at", s.at)
      .member("fields", s.fields, session_fields);
}

void concurrency(JsonWriter& to, const diag::Concurrency& c) {
  Object(to)
      .time("start", c.start)
      .number("step_s", c.step_s)
      .list("most", c.most, [](JsonWriter& inner, std::uint32_t most) { inner.count(most); })
      .count("peak", c.peak)
      .time("peak_at", c.peak_at);
}

void session_reason(JsonWriter& to, const diag::SessionReason& r) {
  Object(to).text("text", r.text).text_or_null("rule", r.rule).count("count", r.count).text("first", r.first);
}

void session_group(JsonWriter& to, const diag::SessionGroup& g) {
  Object(to)
      .text("system", diag::name_of(g.system))
      .text("group", g.group)
      .count("connections", g.connections)
      .count("failed", g.failed)
      .count("users", g.users)
      .text_or_null("primary_cause", g.primary_cause)
      .text_or_null("name", g.name)
      .count("looks_failed", g.looks_failed)
      .count("denied", g.denied)
      .count("open", g.open)
      .time("first", g.first)
      .time("last", g.last)
      .number("median_duration_s", g.median_duration_s)
      .number("bytes_to_client", g.to_client)
      .number("bytes_from_client", g.from_client)
      .member("concurrency", g.concurrency, concurrency)
      .list("reasons", g.reasons, session_reason)
      .list("busiest", g.busiest, session_row)
      .list("failing", g.failing, session_row)
      .list("churning", g.churning, session_row)
      .texts("caveats", g.caveats)
      .list("list", g.list, session_line)
      .count("list_omitted", g.list_omitted);
}

void step(JsonWriter& to, const diag::Step& s) {
  Object(to).text("who", s.who).text("do", s.text).text_or_null("command", s.command).text_or_null("vendor", s.vendor);
}

void detail(JsonWriter& to, const diag::Detail& value) {
  if (const auto* words = std::get_if<std::string>(&value)) return to.text(*words);
  if (const auto* figure = std::get_if<double>(&value)) return number(to, *figure);
  to.null();
}

void details(JsonWriter& to, const diag::Details& values) {
  to.begin_object();
  for (const auto& [name, value] : values) {
    to.key(name);
    detail(to, value);
  }
  to.end_object();
}

void evidence(JsonWriter& to, const diag::Evidence& e, bool with_fields) {
  Object out(to);
  out.text("at", e.at).time("time", e.time).text_or_null("rule", e.rule).text("message", e.message);
  if (with_fields) out.member("fields", e.fields, session_fields);
}

void suppressed(JsonWriter& to, const std::optional<diag::Suppressed>& s) {
  if (!s) return to.null();
  Object(to).text("reason", s->reason).text_or_null("expires", s->expires).text_or_null("owner", s->owner);
}

void ruled_out(JsonWriter& to, const diag::RuledOutNote& r) { Object(to).text("cause", r.cause).text("because", r.because); }

}  // namespace

void json::finding_members(Object& to, const diag::Finding& f) {
  const bool of_sessions = is_about_sessions(f);
  to.text("cause", f.cause)
      .text("fingerprint", f.fingerprint)
      .text("severity", kb::name_of(f.severity))
      .text("confidence", kb::name_of(f.confidence))
      .text("role", kb::name_of(f.role))
      .text("impact", kb::name_of(f.impact))
      .text("subject", f.subject)
      .text("title", f.title)
      .text("summary", f.summary)
      .text("explanation", f.explanation)
      .time("first_seen", f.first_seen)
      .time("last_seen", f.last_seen)
      .count("count", f.count)
      .truth("ongoing", f.ongoing)
      .texts("explains", f.explains)
      .list("evidence", f.evidence, [&](JsonWriter& inner, const diag::Evidence& e) { evidence(inner, e, of_sessions); })
      .list("ruled_out", f.ruled_out, ruled_out)
      .list("steps", f.steps, step)
      .text("verify", f.verify)
      .list("references", f.references, [](JsonWriter& inner, const kb::Reference& r) { inner.text(reference(r)); })
      .member("details", f.details, details)
      .text_or_null("owner", f.owner)
      .text_or_null("runbook_url", f.runbook_url)
      .text_or_null("change", f.standing.change ? diag::name_of(*f.standing.change) : "")
      .member("suppressed", f.standing.suppressed, suppressed);
}

void json::tool(JsonWriter& to, const Knowledge& knowledge) {
  Object(to)
      .text("name", "tunnelscope")
      .text("version", app::version())
      .member("knowledge_base", knowledge, [](JsonWriter& inner, const Knowledge& k) {
        Object(inner).text("version", k.version).count("message_rules", k.message_rules).count("causes", k.causes);
      });
}

namespace {

void finding(JsonWriter& to, const diag::Finding& f) {
  Object out(to);
  finding_members(out, f);
}

void input_summary(JsonWriter& to, const diag::InputSummary& i) {
  Object(to)
      .text("path", i.path)
      .text_or_null("container", i.container)
      .texts("dialects", i.dialects)
      .count("records", i.records)
      .count("skipped", i.skipped)
      .truth("newest_first", i.newest_first);
}

void note(JsonWriter& to, const Note& n) {
  Object(to).text("text", n.text).texts("subjects", n.subjects).list("steps", n.checks, step);
}

void problem(JsonWriter& to, const input::ReadProblem& p) {
  Object(to).text("path", p.path).text("reason", p.reason).text_or_null("hint", p.hint);
}

void window(JsonWriter& to, const diag::Report& report) { Object(to).time("first", report.first).time("last", report.last); }

void whole(JsonWriter& to, const Document& document) {
  const diag::Report& report = document.report;
  Object out(to);
  out.text("schema", "tunnelscope/report/1")
      .member("tool", Knowledge{report.knowledge_version, report.message_rules, report.causes}, json::tool)
      .member("window", report, window)
      .list("inputs", report.inputs, input_summary)
      .member("coverage", report, coverage)
      .list("tunnels", report.tunnels, tunnel)
      .list("connections", report.connections, connection)
      .list("sessions", report.sessions, session_group)
      .list("findings", report.findings, finding)
      .time("now", report.now)
      .truth("redacted", document.redacted)
      .list("problems", document.problems, problem)
      .list("notes", document.notes, note);
  background_members(out, document.background);
}

}  // namespace

std::string to_json(const Document& document, const app::Screen&) {
  JsonWriter to;
  whole(to, document);
  std::string text = to.take();
  text.push_back('\n');
  return text;
}

void write_json(const Document& document, const app::Screen&, const app::Sink& sink) {
  JsonWriter to(&sink);
  whole(to, document);
  sink(to.take());
  sink("\n");
}

}  // namespace tunnelscope::report
