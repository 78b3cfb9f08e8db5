// YAML keys to fields, one function a kind of map. The keys are those of docs/knowledge-base.md.
#include "kb/read_entry.hpp"

#include <algorithm>

#include "kb/signals.hpp"
#include "kb/text.hpp"
#include "rules/pattern.hpp"

namespace tunnelscope::kb {
namespace {

// The keys that stand beside the fields of every entry.
void read_frame(MapReader& map, const std::string& id, Layer layer) {
  std::string stated = id;
  map.text("id", stated);
  if (stated != id) map.report(*map.at("id"), "the id is `" + stated + "`, but the file's path says `" + id + "`");
  if (layer == Layer::Base) return;
  bool ignored = false;
  map.flag("override", ignored);
  map.flag("disabled", ignored);
}

void read_reference(ReadContext& context, const YamlNode& node, Reference& reference) {
  MapReader map(context, node, "a reference");
  map.text("title", reference.title, Need::Required);
  map.text("url", reference.url);
  map.iso_date("date", reference.date);
  map.finish();
}

void read_references(ReadContext& context, MapReader& map, std::vector<Reference>& references) {
  map.list("references", references, Need::Required,
           [&](const YamlNode& item, Reference& made) { read_reference(context, item, made); });
}

void read_captures(ReadContext& context, const YamlNode& node, std::map<std::string, std::string>& captures) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.value.kind != YamlNode::Kind::Scalar) {
      context.errors.push_back(context.file.error(entry.value, "the value of a capture must be a text"));
    }
    captures[entry.key.text] = scalar_text(entry.value);
  }
}

void read_example(ReadContext& context, const YamlNode& node, Example& example) {
  if (node.kind == YamlNode::Kind::Scalar) {
    example.line = scalar_text(node);
    return;
  }
  MapReader map(context, node, "an example");
  map.text("line", example.line, Need::Required);
  if (const YamlNode* captures = map.take("captures", YamlNode::Kind::Map)) read_captures(context, *captures, example.captures);
  map.finish();
}

void check_pattern(ReadContext& context, MapReader& map, const std::string& source) {
  const YamlNode* node = map.at("pattern");
  if (node == nullptr || node->kind != YamlNode::Kind::Scalar || source.empty()) return;
  const auto pattern = rules::Pattern::compile(source);
  if (pattern) return;
  context.errors.push_back(context.file.error_inside(*node, pattern.error().offset, "pattern: " + pattern.error().reason));
}

void check_signal_name(MapReader& map, std::string_view key, const std::string& name) {
  const YamlNode* node = map.at(key);
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (node == nullptr || name.empty() || std::all_of(name.begin(), name.end(), fits)) return;
  map.report(*node, "a signal's name has lower case letters, digits and `_` only");
}

void read_contradictions(ReadContext& context, MapReader& map, MessageRule& rule) {
  const YamlNode* node = map.take("contradicted_by", YamlNode::Kind::Map);
  if (node == nullptr) return;
  MapReader states(context, *node, "`contradicted_by`");
  states.words("phase1", rule.contradicts_phase1, &phase_states());
  states.words("phase2", rule.contradicts_phase2, &phase_states());
  states.finish();
}

void check_state_clauses(MapReader& map, const MessageRule& rule) {
  const bool by_state = rule.level == "by-state";
  for (const auto& [key, clause] : {std::pair{"fault_while", &rule.fault_while}, std::pair{"normal_while", &rule.normal_while}}) {
    const std::string name = "`" + std::string(key) + "`";
    if (by_state && clause->empty()) map.report(map.node(), "a message rule with `level: by-state` needs the key " + name);
    if (!by_state && map.has(key)) map.report(*map.at(key), name + " goes with `level: by-state` only");
  }
}

void read_condition(ReadContext& context, const YamlNode& node, Condition& condition) {
  MapReader map(context, node, "a condition");
  map.text("signal", condition.signal, Need::Required);
  check_signal_name(map, "signal", condition.signal);
  map.whole("at_least", condition.at_least, 1);
  map.one_of("window", condition.window);
  map.number("within", condition.within_s);
  if (map.has("within") && condition.window != Window::Onset) {
    map.report(*map.at("within"), "`within` goes with `window: onset` only");
  }
  if (const YamlNode* state = map.take("while", YamlNode::Kind::Map)) {
    MapReader guards(context, *state, "`while`");
    guards.one_of("phase1", condition.phase1);
    guards.one_of("phase2", condition.phase2);
    guards.one_of("child", condition.child);
    guards.finish();
  }
  map.finish();
}

void read_conditions(ReadContext& context, MapReader& map, std::string_view key, std::vector<Condition>& conditions,
                     Need need = Need::Optional) {
  map.list(key, conditions, need, [&](const YamlNode& item, Condition& made) { read_condition(context, item, made); });
}

void read_when(ReadContext& context, MapReader& map, Cause& cause) {
  if (cause.scope == Scope::Configuration) {
    const YamlNode* unwanted = map.take("when", YamlNode::Kind::Map);
    if (unwanted != nullptr) map.report(*unwanted, "`when` does not go with `scope: configuration`: no log is asked");
    return;
  }
  const YamlNode* node = map.take("when", YamlNode::Kind::Map, Need::Required);
  if (node == nullptr) return;
  MapReader when(context, *node, "`when`");
  cause.all.clear();
  cause.any.clear();
  cause.none.clear();
  read_conditions(context, when, "all", cause.all);
  read_conditions(context, when, "any", cause.any);
  read_conditions(context, when, "none", cause.none);
  if (cause.all.empty() && cause.any.empty()) map.report(*node, "`when` needs a condition under `all` or `any`");
  when.finish();
}

void read_milder(ReadContext& context, MapReader& map, Cause& cause) {
  const YamlNode* node = map.take("milder", YamlNode::Kind::Map);
  if (node == nullptr) return;
  MapReader inner(context, *node, "`milder`");
  Milder milder;
  read_conditions(context, inner, "all", milder.all, Need::Required);
  inner.one_of("severity", milder.severity, Need::Required);
  inner.one_of("role", milder.role);
  inner.text("title", milder.title, Need::Required);
  inner.text("summary", milder.summary, Need::Required);
  inner.finish();
  cause.milder = std::move(milder);
}

void read_facts(ReadContext& context, MapReader& map, const std::string& key, FactGuard& guard) {
  const YamlNode* node = map.take(key, YamlNode::Kind::Map);
  if (node == nullptr) return;
  MapReader facts(context, *node, "`" + key + "`");
  guard.clear();
  for (const FactInfo& fact : known_facts()) {
    std::vector<std::string> values;
    facts.words(fact.name, values, &fact.values);
    if (!values.empty()) guard[std::string(fact.name)] = std::move(values);
  }
  facts.finish();
}

void read_step(ReadContext& context, const YamlNode& node, Step& step) {
  MapReader map(context, node, "a step");
  map.word("who", step.who, actors(), Need::Required);
  map.word("vendor", step.vendor, vendors());
  map.text("do", step.text, Need::Required);
  map.text("command", step.command);
  read_facts(context, map, "unless", step.unless);
  if (const YamlNode* figures = map.take("figures", YamlNode::Kind::Map))
    for (const YamlEntry& entry : figures->entries) {
      if (entry.value.kind != YamlNode::Kind::Scalar)
        context.errors.push_back(context.file.error(entry.value, "the name of a figure must be a text"));
      step.figures[entry.key.text] = scalar_text(entry.value);
    }
  map.finish();
}

void read_configured(ReadContext& context, const YamlNode& node, ConfiguredStatement& statement) {
  MapReader map(context, node, "an entry of `configured`");
  read_facts(context, map, "when", statement.when);
  map.text("say", statement.text, Need::Required);
  map.finish();
}

void read_ruled_out(ReadContext& context, const YamlNode& node, RuledOut& entry) {
  MapReader map(context, node, "an entry of `rules_out`");
  map.text("cause", entry.cause, Need::Required);
  map.text("because", entry.because, Need::Required);
  map.words("unless", entry.unless);
  map.finish();
}

void read_severities(MapReader& map, Cause& cause) {
  const bool new_severity = map.has("severity");
  map.one_of("severity", cause.severity, Need::Required);
  if (new_severity) cause.recovered_severity = std::min(cause.severity, Severity::Warning);
  map.one_of("recovered", cause.recovered_severity);
  if (map.has("recovered") && cause.recovered_severity > cause.severity) {
    map.report(*map.at("recovered"), "`recovered` is graver than `severity`");
  }
}

void read_scope(MapReader& map, Cause& cause) {
  static const Words kSubjects{"tunnel", "connection"};
  map.one_of("scope", cause.scope, Need::Required);
  if (cause.scope == Scope::Sessions) {
    map.one_of("about", cause.about, map.has("scope") ? Need::Required : Need::Optional);
  } else if (map.has("about")) {
    map.report(*map.at("about"), "`about` goes with `scope: sessions` only");
  }
  if (map.has("scope")) cause.on_connection = cause.scope == Scope::Connection;
  std::string subject;
  map.word("subject", subject, kSubjects);
  if (!subject.empty()) cause.on_connection = subject == "connection";
  map.one_of("explains_part", cause.explains_part);
  map.flag("interruptions", cause.interruptions);
  for (const char* key : {"explains_part", "interruptions"}) {
    if (map.has(key) && cause.scope != Scope::Outage) {
      map.report(*map.at(key), "`" + std::string(key) + "` goes with `scope: outage` only");
    }
  }
}

void read_owner(MapReader& map, Layer layer, std::string& owner) {
  if (layer != Layer::Base) {
    map.text("owner", owner, Need::Required);  // a team writes its own name
  } else {
    map.word("owner", owner, actors(), Need::Required);
  }
}

void read_limit(MapReader& map, std::string_view key, std::optional<double>& limit) {
  double value = 0;
  map.number(key, value);
  if (map.has(key)) limit = value;
}

void read_config_condition(ReadContext& context, const YamlNode& node, ConfigCondition& condition) {
  MapReader map(context, node, "a condition");
  map.text("attribute", condition.attribute, Need::Required);
  map.words("is", condition.is);
  map.words("has", condition.has);
  map.words("has_other", condition.has_other);
  read_limit(map, "below", condition.below);
  read_limit(map, "above", condition.above);
  map.finish();
  const bool words = !condition.is.empty() || !condition.has.empty() || !condition.has_other.empty();
  if (!words && !condition.below && !condition.above) map.report(node, "a condition needs `is`, `has`, `has_other`, `below` or `above`");
}

void read_config_when(ReadContext& context, MapReader& map, ConfigRule& rule) {
  const YamlNode* node = map.take("when", YamlNode::Kind::Map, Need::Required);
  if (node == nullptr) return;
  MapReader when(context, *node, "`when`");
  ConfigRule fresh;
  const auto read = [&](const YamlNode& item, ConfigCondition& made) { read_config_condition(context, item, made); };
  when.word("side", fresh.side, config_sides());
  when.word("vendor", fresh.vendor, config_vendors());
  when.one_of("origin", fresh.origin);
  when.text("signal", fresh.signal);
  check_signal_name(when, "signal", fresh.signal);
  when.list("all", fresh.all, Need::Optional, read);
  when.list("any", fresh.any, Need::Optional, read);
  when.finish();
  const bool conditions = !fresh.all.empty() || !fresh.any.empty();
  if (fresh.signal.empty() != conditions) map.report(*node, "`when` needs a `signal`, or conditions under `all` or `any`, not both");
  rule.side = fresh.side;
  rule.vendor = fresh.vendor;
  rule.origin = fresh.origin;
  rule.signal = fresh.signal;
  rule.all = std::move(fresh.all);
  rule.any = std::move(fresh.any);
}

void check_config_scope(MapReader& map, const ConfigRule& rule) {
  const YamlNode* when = map.at("when");
  if (when == nullptr || rule.scope == ConfigScope::Endpoint) return;
  for (const char* key : {"side", "vendor", "all", "any"})
    if (const YamlNode* value = when->find(key)) map.report(*value, "`" + std::string(key) + "` goes with `scope: endpoint` only");
}

void read_config_end(ReadContext& context, const YamlNode& node, std::map<std::string, std::string>& values) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.value.kind != YamlNode::Kind::Scalar)
      context.errors.push_back(context.file.error(entry.value, "the value of an attribute must be a text"));
    values[entry.key.text] = scalar_text(entry.value);
  }
}

void read_config_example(ReadContext& context, const YamlNode& node, ConfigExample& example) {
  const MapReader map(context, node, "an example");
  for (const YamlEntry& end : node.entries) {
    const MapReader values(context, end.value, "an end");
    read_config_end(context, end.value, example.ends[end.key.text]);
  }
}

void read_config_examples(ReadContext& context, MapReader& map, std::string_view key, std::vector<ConfigExample>& examples) {
  map.list(key, examples, Need::Required, [&](const YamlNode& item, ConfigExample& made) { read_config_example(context, item, made); });
}

}  // namespace

void read_message(ReadContext& context, const YamlNode& root, Layer layer, MessageRule& rule) {
  MapReader map(context, root, "a message rule", layer == Layer::Override);
  read_frame(map, rule.id, layer);
  map.word("dialect", rule.dialect, dialects(), Need::Required);
  map.text("signal", rule.signal, Need::Required);
  check_signal_name(map, "signal", rule.signal);
  map.word("level", rule.level, levels(), Need::Required);
  map.text("fault_while", rule.fault_while);
  map.text("normal_while", rule.normal_while);
  check_state_clauses(map, rule);
  map.word("ike_version", rule.ike_version, ike_versions());
  map.text("explanation", rule.explanation, Need::Required);
  map.text("pattern", rule.pattern, Need::Required);
  check_pattern(context, map, rule.pattern);
  map.flag("inferred", rule.inferred);
  map.text("owner", rule.owner);
  map.text("runbook_url", rule.runbook_url);
  read_contradictions(context, map, rule);
  map.list("examples", rule.examples, Need::Required,
           [&](const YamlNode& item, Example& made) { read_example(context, item, made); });
  map.words("near_misses", rule.near_misses, nullptr, Need::Required);
  read_references(context, map, rule.references);
  map.finish();
}

void read_cause(ReadContext& context, const YamlNode& root, Layer layer, Cause& cause) {
  MapReader map(context, root, "a cause", layer == Layer::Override);
  read_frame(map, cause.id, layer);
  map.text("title", cause.title, Need::Required);
  read_severities(map, cause);
  map.one_of("confidence", cause.confidence, Need::Required);
  map.one_of("role", cause.role);
  map.one_of("impact", cause.impact, Need::Required);
  map.text("fault_class", cause.fault_class, Need::Required);
  read_owner(map, layer, cause.owner);
  read_scope(map, cause);
  map.flag("fallback", cause.fallback);
  map.words("outranks", cause.outranks);
  map.words("explains", cause.explains);
  map.words("details", cause.details);
  map.text("summary", cause.summary, Need::Required);
  map.text("what", cause.what, Need::Required);
  map.text("why", cause.why, Need::Required);
  map.text("verify", cause.verify, Need::Required);
  map.flag("inferred", cause.inferred);
  map.text("runbook_url", cause.runbook_url);
  read_when(context, map, cause);
  read_conditions(context, map, "certain_when", cause.certain_when);
  read_milder(context, map, cause);
  map.list("rules_out", cause.rules_out, Need::Optional,
           [&](const YamlNode& item, RuledOut& made) { read_ruled_out(context, item, made); });
  map.words("shows_as", cause.shows_as);
  map.list("configured", cause.configured, Need::Optional,
           [&](const YamlNode& item, ConfiguredStatement& made) { read_configured(context, item, made); });
  map.list("checks", cause.checks, Need::Required, [&](const YamlNode& item, Step& made) { read_step(context, item, made); });
  map.list("fix", cause.fix, Need::Required, [&](const YamlNode& item, Step& made) { read_step(context, item, made); });
  read_references(context, map, cause.references);
  map.finish();
}

void read_config_rule(ReadContext& context, const YamlNode& root, Layer layer, ConfigRule& rule) {
  MapReader map(context, root, "a configuration rule", layer == Layer::Override);
  read_frame(map, rule.id, layer);
  map.text("title", rule.title, Need::Required);
  map.one_of("severity", rule.severity, Need::Required);
  map.one_of("confidence", rule.confidence);
  map.one_of("impact", rule.impact, Need::Required);
  read_owner(map, layer, rule.owner);
  map.one_of("scope", rule.scope, Need::Required);
  read_config_when(context, map, rule);
  check_config_scope(map, rule);
  map.words("shows_as", rule.shows_as);
  map.text("summary", rule.summary, Need::Required);
  map.text("explanation", rule.explanation, Need::Required);
  map.list("fix", rule.fix, Need::Required, [&](const YamlNode& item, Step& made) { read_step(context, item, made); });
  read_references(context, map, rule.references);
  read_config_examples(context, map, "examples", rule.examples);
  read_config_examples(context, map, "near_misses", rule.near_misses);
  map.flag("inferred", rule.inferred);
  map.text("runbook_url", rule.runbook_url);
  map.finish();
}

void read_thresholds(ReadContext& context, const YamlNode& root, Layer layer, Thresholds& thresholds) {
  if (root.kind == YamlNode::Kind::Null) return;
  MapReader groups(context, root, "the thresholds file");
  Words known;
  for (const auto& [name, value] : thresholds) known.push_back(name);
  for (const YamlEntry& group : root.entries) {
    MapReader entries(context, group.value, "a group of thresholds");
    for (const YamlEntry& entry : group.value.entries) {
      const std::string name = group.key.text + "." + entry.key.text;
      if (layer != Layer::Base && thresholds.count(name) == 0) {
        entries.report(entry.key, "there is no threshold `" + name + "`", did_you_mean(name, known));
        continue;
      }
      MapReader map(context, entry.value, "a threshold");
      double value = 0;
      std::string ignored;
      bool inferred = false;
      const Need need = layer == Layer::Base ? Need::Required : Need::Optional;
      map.number("value", value, Need::Required);
      map.text("unit", ignored, need);
      map.text("source", ignored, need);
      map.flag("inferred", inferred);
      map.finish();
      thresholds[name] = value;
    }
  }
}

}  // namespace tunnelscope::kb
