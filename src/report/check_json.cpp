// The check as JSON: the contract's keys in the contract's order, ours after them. docs/schema/check.schema.json describes the result.
#include "src/report/check_format.hpp"
#include "src/report/json_object.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

namespace model = diag::config;
using json::Object;

std::string_view name(model::Moment moment) {
  static constexpr std::string_view kNames[] = {"now", "before", "after"};
  return kNames[static_cast<std::size_t>(moment)];
}

void configuration(JsonWriter& to, const ReadConfiguration& c) {
  Object(to)
      .text("path", c.path)
      .text_or_null("kind", c.kind)
      .text("side", model::name(c.side))
      .count("tunnels", c.tunnels)
      .text("moment", name(c.moment));
}

void shown(JsonWriter& to, const model::Shown& s) {
  Object(to).text_or_null("value", s.value).text_or_null("at", s.where.text()).text_or_null("note", s.note);
}

class Checked {
 public:
  explicit Checked(const CheckDocument& document) : document_(document) {}

  void write(JsonWriter& to) const {
    const diag::Check& check = document_.check;
    Object out(to);
    out.text("schema", "tunnelscope/check/1")
        .member("tool", json::Knowledge{check.knowledge_version, check.message_rules, check.causes}, json::tool)
        .list("configurations", document_.configurations, configuration)
        .list("tunnels", check.tunnels, [&](JsonWriter& inner, const diag::CheckedTunnel& t) { tunnel(inner, t); })
        .list("findings", check.findings, [&](JsonWriter& inner, const diag::CheckFinding& f) { finding(inner, f); })
        .list("changes", check.changes, endpoint_change)
        .list("problems", document_.problems, problem);
    background_members(out, document_.background);
    if (document_.logs) out.member("logs", *document_.logs, logs);
  }

 private:
  void change(JsonWriter& to, const model::Change& c, const std::string& diff) const {
    Object(to)
        .text("side", model::name(c.side))
        .text_or_null("at", c.where.text())
        .text("attribute", c.attribute)
        .text_or_null("old", c.old_value)
        .text_or_null("new", c.new_value)
        .text("do", in_words(c))
        .text_or_null("diff", diff);
  }
  void changes(JsonWriter& to, const std::vector<model::Change>& all) const {
    to.begin_list();
    const std::string diff = diff_of(all, document_);
    for (const model::Change& one : all) change(to, one, &one == &all.back() ? diff : std::string());
    to.end_list();
  }

  void stage(JsonWriter& to, const model::StageVerdict& s) const {
    Object out(to);
    out.text("stage", model::name(s.stage)).text("verdict", model::name(s.verdict)).text_or_null("cause", s.cause);
    if (s.verdict != model::Verdict::Agrees) {
      out.text_or_null("attribute", s.attribute).member("cloud", s.cloud, shown).member("gateway", s.gateway, shown);
      out.text_or_null("direction", s.direction ? model::name(*s.direction) : "");
      out.text_or_null("log_message", s.log_messages.empty() ? "" : s.log_messages.front());
      out.text_or_null("repair", in_words(s.repair));
    }
    out.text_or_null("agreed", s.agreed).text_or_null("reason", s.reason);
  }

  void tunnel(JsonWriter& to, const diag::CheckedTunnel& t) const {
    const model::TunnelVerdict& v = t.verdict;
    Object(to)
        .text("id", t.id)
        .text_or_null("connection", t.connection)
        .text("verdict", model::name(v.verdict))
        .text_or_null("primary_cause", v.primary_cause)
        .list("stages", v.stages, [&](JsonWriter& inner, const model::StageVerdict& s) { stage(inner, s); })
        .text_or_null("initiator", v.initiator ? model::name(*v.initiator) : "")
        .text("apply_effect", model::name(t.effect))
        .text_or_null("cloud", v.cloud ? v.cloud->name : "")
        .text_or_null("gateway", v.gateway ? v.gateway->name : "")
        .text_or_null("paired_by", v.paired_by ? paired_by(*v.paired_by) : "")
        .text_or_null("unpaired_because", v.unpaired_because);
  }
  static std::string_view paired_by(model::PairedBy by) {
    static constexpr std::string_view kNames[] = {"outside-address", "inside-cidr", "configured"};
    return kNames[static_cast<std::size_t>(by)];
  }

  void finding(JsonWriter& to, const diag::CheckFinding& f) const {
    const auto all = [&](JsonWriter& inner, const std::vector<model::Change>& list) { changes(inner, list); };
    Object out(to);
    json::finding_members(out, f.finding);
    out.member("repair_at_gateway", f.at_gateway, all).member("repair_at_cloud", f.at_cloud, all);
  }

  static void attribute_change(JsonWriter& to, const model::AttributeChange& a) {
    Object(to)
        .text("attribute", a.attribute)
        .text_or_null("before", a.before.text())
        .text_or_null("after", a.after.text())
        .text("apply_effect", model::name(a.effect));
  }
  static void endpoint_change(JsonWriter& to, const model::EndpointChange& e) {
    const model::Endpoint& end = e.after ? *e.after : *e.before;
    Object(to)
        .text("endpoint", end.name)
        .text("side", model::name(end.side))
        .text("change", !e.before ? "appears" : !e.after ? "goes" : "changes")
        .text("apply_effect", model::name(e.effect))
        .list("attributes", e.attributes, attribute_change);
  }
  static void problem(JsonWriter& to, const model::Problem& p) {
    Object(to)
        .text("path", p.where.path)
        .text("at", p.where.text())
        .count_or_null("line", p.where.line)
        .count_or_null("column", p.where.column)
        .text("reason", p.reason)
        .text_or_null("hint", p.hint)
        .truth("fatal", !p.note);
  }

  static void fault(Object& out, const diag::ConfiguredFault& f) {
    out.text("cause", f.cause)
        .text_or_null("stage", f.stage ? model::name(*f.stage) : "")
        .text_or_null("attribute", f.attribute)
        .text("verdict", model::name(f.verdict));
  }
  static void explanation(JsonWriter& to, const diag::Explanation& e) {
    Object out(to);
    out.text("shown", e.shown);
    fault(out, e.by);
    e.mended ? out.truth("mended", *e.mended) : out.null("mended");
  }
  static void not_shown(JsonWriter& to, const diag::NotShown& n) {
    Object out(to);
    fault(out, n.fault);
    out.text("because", n.because);
  }
  static void logged(JsonWriter& to, const diag::LoggedTunnel& t) {
    std::vector<std::string> unexplained;
    for (const diag::UnexplainedFinding& one : t.unexplained) unexplained.push_back(one.cause);
    Object(to)
        .text("id", t.id)
        .text_or_null("tunnel", t.tunnel)
        .truth("assumed", t.assumed)
        .text("status", t.status)
        .text_or_null("primary_cause", t.primary_cause)
        .list("explained_by", t.explained_by, explanation)
        .texts("unexplained", unexplained)
        .list("not_shown", t.not_shown, not_shown);
  }
  static void logs(JsonWriter& to, const CheckedLogs& l) {
    Object(to).texts("inputs", l.inputs).list("tunnels", l.tunnels, logged).texts("without_log", l.without_log);
  }

  const CheckDocument& document_;
};

}  // namespace

std::string check_to_json(const CheckDocument& document, const app::Screen&) {
  JsonWriter to;
  Checked(document).write(to);
  return to.take() + "\n";
}

}  // namespace tunnelscope::report
