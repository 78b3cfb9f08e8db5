// The words of an entry in the order in which a reader needs them; conditions are told, not printed as YAML.
#include "src/report/describe.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/escape.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

using app::Style;
using Json = nlohmann::ordered_json;

void references(Page& page, const std::vector<kb::Reference>& all) {
  if (all.empty()) return;
  page.heading("References");
  for (const kb::Reference& r : all) page.paragraph(4, reference(r), Style::Dim);
}

void steps(Page& page, std::string_view title, const std::vector<kb::Step>& all) {
  if (all.empty()) return;
  page.heading(title);
  int number = 0;
  for (const FoldedStep& step : folded_steps(all)) {
    page.item(4, fmt::format("{:>2}. ", ++number), actor(step.who) + step.text);
    for (const auto& c : step.commands) {
      if (!c.command.empty()) page.verbatim(8, c.vendor.empty() ? "" : fmt::format("{:14}", vendor_name(c.vendor)), c.command);
    }
  }
}

void conditions(Page& page, std::string_view lead, const std::vector<kb::Condition>& all) {
  for (const kb::Condition& c : all) page.item(4, std::string(lead) + " ", condition_in_words(c));
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

Json json_of(const std::vector<kb::Reference>& all) {
  Json out = Json::array();
  for (const kb::Reference& r : all) out.push_back({{"title", r.title}, {"url", r.url}, {"date", r.date}});
  return out;
}
Json json_of(const std::vector<kb::Step>& all) {
  Json out = Json::array();
  for (const kb::Step& s : all) {
    out.push_back({{"who", s.who}, {"vendor", s.vendor}, {"do", s.text}, {"command", s.command}});
  }
  return out;
}
Json json_of(const std::vector<kb::Condition>& all) {
  Json out = Json::array();
  for (const kb::Condition& c : all) {
    out.push_back({{"signal", c.signal},
                   {"at_least", c.at_least},
                   {"window", kb::name_of(c.window)},
                   {"within_s", c.within_s},
                   {"phase1", kb::name_of(c.phase1)},
                   {"phase2", kb::name_of(c.phase2)},
                   {"child", kb::name_of(c.child)}});
  }
  return out;
}

Json json_of(const std::vector<kb::ConfigCondition>& all) {
  const auto limit = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json out = Json::array();
  for (const kb::ConfigCondition& c : all) {
    out.push_back({{"attribute", c.attribute}, {"is", c.is}, {"has", c.has}, {"has_other", c.has_other},
                   {"below", limit(c.below)}, {"above", limit(c.above)}});
  }
  return out;
}
Json json_of(const std::vector<kb::ConfigExample>& all) {
  Json out = Json::array();
  for (const kb::ConfigExample& e : all) out.push_back(e.ends);
  return out;
}

void config_conditions(Page& page, std::string_view lead, const std::vector<kb::ConfigCondition>& all) {
  for (const kb::ConfigCondition& c : all) page.item(4, std::string(lead) + " ", condition_in_words(c));
}

void config_examples(Page& page, std::string_view lead, const std::vector<kb::ConfigExample>& all, Style style) {
  for (const kb::ConfigExample& e : all) {
    std::string text;
    for (const auto& [end, values] : e.ends) {
      text += text.empty() ? end + ":" : "; " + end + ":";
      for (const auto& [name, value] : values) text += fmt::format(" {} {}", name, name == "pre-shared-key" ? "(a key)" : value);
    }
    page.item(4, lead, text, style);
  }
}

std::string_view origin_in_words(kb::ConfigOrigin origin) {
  switch (origin) {
    case kb::ConfigOrigin::Stated: return "of values that are stated; a default is none";
    case kb::ConfigOrigin::Default: return "of values left to the vendor's default";
    case kb::ConfigOrigin::Any: break;
  }
  return "of values that are stated, and of defaults";
}

std::string dumped(const Json& json) {
  return app::for_json_document(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace

std::vector<FoldedStep> folded_steps(const std::vector<kb::Step>& steps) {
  std::vector<diag::Step> plain;
  for (const kb::Step& s : steps) plain.push_back({s.who, s.vendor, s.text, s.command});
  return folded(plain);
}

std::string condition_in_words(const kb::Condition& c) {
  std::string text = c.signal;
  if (c.at_least > 1) text += fmt::format(", at least {} times", c.at_least);
  if (c.window == kb::Window::Onset) text += ", around the onset";
  if (c.within_s > 0) text += fmt::format(", at most {} s before it", c.within_s);
  const auto phase = [&text](std::string_view name, kb::PhaseGuard guard) {
    if (guard != kb::PhaseGuard::Any) {
      text += fmt::format(", while {} is {}", name, guard == kb::PhaseGuard::Up ? "up" : "not up");
    }
  };
  phase("phase 1", c.phase1);
  phase("phase 2", c.phase2);
  if (c.child == kb::ChildGuard::NeverUp) text += ", before any CHILD SA was up on the IKE SA";
  if (c.child == kb::ChildGuard::WasUp) text += ", after a CHILD SA was up on the IKE SA";
  return text;
}

std::string weight_in_words(const kb::MessageRule& rule) {
  if (rule.level == "fault") return "a fault whenever it is logged";
  if (rule.level == "by-state") {
    return fmt::format("a fault while {}, normal while {}", rule.fault_while, rule.normal_while);
  }
  return "normal";
}

void describe(Page& page, const kb::Cause& c) {
  page.item(0, c.id + "  ", c.title, Style::Bold, Style::Bold);
  page.paragraph(2, fmt::format("{}{}, {}, {}, impact: {}, acts: {}", kb::name_of(c.severity),
                                c.recovered_severity == c.severity
                                    ? ""
                                    : fmt::format(" ({} once recovered)", kb::name_of(c.recovered_severity)),
                                kb::name_of(c.confidence), kb::name_of(c.role), kb::name_of(c.impact), c.owner), Style::Dim);
  page.heading("What happened");
  page.prose(4, c.what);
  page.heading("Why");
  page.prose(4, c.why);
  steps(page, "How to see for yourself", c.checks);
  steps(page, "What to do", c.fix);
  page.heading("It worked when");
  page.prose(4, c.verify);
  page.heading(fmt::format("It is this when, judged per {}",
                           c.scope == kb::Scope::Sessions ? kb::name_of(c.about) : kb::name_of(c.scope)));
  if (c.scope == kb::Scope::Configuration) page.paragraph(4, "`tunnelscope check` finds it in the configurations of both ends");
  conditions(page, "all of:", c.all);
  conditions(page, "any of:", c.any);
  conditions(page, "none of:", c.none);
  conditions(page, "certain when:", c.certain_when);
  if (c.milder) {
    page.item(4, "milder form: ", fmt::format("{} ({})", c.milder->title, kb::name_of(c.milder->severity)));
    conditions(page, "  when:", c.milder->all);
  }
  if (!c.outranks.empty()) page.item(4, "it outranks: ", joined(c.outranks));
  if (!c.explains.empty()) page.item(4, "it explains: ", joined(c.explains));
  for (const kb::RuledOut& r : c.rules_out) page.item(4, fmt::format("rules out {}: ", r.cause), r.because);
  if (c.inferred) page.paragraph(4, "a condition or threshold of this cause is deduced, not documented", Style::Dim);
  if (!c.runbook_url.empty()) page.item(2, "Runbook: ", c.runbook_url);
  references(page, c.references);
}

void describe(Page& page, const kb::MessageRule& r) {
  page.paragraph(0, r.id, Style::Bold);
  page.paragraph(2, fmt::format("{}{}, signal {}, {}", r.dialect, r.ike_version.empty() ? "" : ", " + r.ike_version,
                                r.signal, weight_in_words(r)), Style::Dim);
  page.heading("What it means");
  page.prose(4, r.explanation);
  page.heading("Pattern");
  page.verbatim(4, "", r.pattern);
  if (r.inferred) page.paragraph(4, "no document shows this text; the pattern is deduced", Style::Dim);
  if (!r.contradicts_phase1.empty()) page.item(4, "contradicted by phase 1: ", joined(r.contradicts_phase1));
  if (!r.contradicts_phase2.empty()) page.item(4, "contradicted by phase 2: ", joined(r.contradicts_phase2));
  page.heading("Examples");
  for (const kb::Example& e : r.examples) page.item(4, "+ ", e.line);
  for (const std::string& line : r.near_misses) page.item(4, "- ", line, Style::Dim);
  if (!r.owner.empty()) page.item(2, "Owner: ", r.owner);
  if (!r.runbook_url.empty()) page.item(2, "Runbook: ", r.runbook_url);
  references(page, r.references);
}

std::string condition_in_words(const kb::ConfigCondition& c) {
  std::vector<std::string> parts;
  if (c.below && c.above) parts.push_back(fmt::format("is below {} or above {}", *c.below, *c.above));
  else if (c.below) parts.push_back(fmt::format("is below {}", *c.below));
  else if (c.above) parts.push_back(fmt::format("is above {}", *c.above));
  if (!c.is.empty()) parts.push_back(fmt::format("is {}", fmt::join(c.is, " or ")));
  if (!c.has.empty()) parts.push_back(fmt::format("has {}", fmt::join(c.has, " or ")));
  if (!c.has_other.empty()) parts.push_back(fmt::format("has another than {}", joined(c.has_other)));
  return fmt::format("{} {}", c.attribute, fmt::join(parts, " and "));
}

void describe(Page& page, const kb::ConfigRule& r) {
  page.item(0, r.id + "  ", r.title, Style::Bold, Style::Bold);
  page.paragraph(2, fmt::format("{}, {}, impact: {}, acts: {}", kb::name_of(r.severity), kb::name_of(r.confidence),
                                kb::name_of(r.impact), r.owner), Style::Dim);
  page.heading("What it means");
  page.prose(4, r.explanation);
  steps(page, "What to do", r.fix);
  page.heading(fmt::format("It is this when, judged per {}", kb::name_of(r.scope)));
  if (!r.signal.empty()) page.item(4, "signal: ", r.signal);
  config_conditions(page, "all of:", r.all);
  config_conditions(page, "any of:", r.any);
  if (!r.side.empty()) page.item(4, "of an end of: ", "the " + r.side);
  if (!r.vendor.empty()) page.item(4, "of a configuration of: ", r.vendor);
  page.paragraph(4, origin_in_words(r.origin));
  if (r.inferred) page.paragraph(4, "a condition or limit of this rule is deduced, not documented", Style::Dim);
  page.heading("Examples");
  config_examples(page, "+ ", r.examples, Style::Plain);
  config_examples(page, "- ", r.near_misses, Style::Dim);
  if (!r.runbook_url.empty()) page.item(2, "Runbook: ", r.runbook_url);
  references(page, r.references);
}

std::string described_json(const kb::ConfigRule& r) {
  return dumped({{"kind", "configuration-rule"},
                 {"id", r.id},
                 {"title", r.title},
                 {"severity", kb::name_of(r.severity)},
                 {"confidence", kb::name_of(r.confidence)},
                 {"impact", kb::name_of(r.impact)},
                 {"owner", r.owner},
                 {"scope", kb::name_of(r.scope)},
                 {"when", {{"side", r.side}, {"vendor", r.vendor}, {"origin", kb::name_of(r.origin)}, {"signal", r.signal},
                           {"all", json_of(r.all)}, {"any", json_of(r.any)}}},
                 {"summary", r.summary},
                 {"explanation", r.explanation},
                 {"fix", json_of(r.fix)},
                 {"examples", json_of(r.examples)},
                 {"near_misses", json_of(r.near_misses)},
                 {"references", json_of(r.references)},
                 {"inferred", r.inferred},
                 {"runbook_url", r.runbook_url}});
}

std::string described_json(const kb::Cause& c) {
  Json rules_out = Json::array();
  for (const auto& r : c.rules_out) rules_out.push_back({{"cause", r.cause}, {"because", r.because}, {"unless", r.unless}});
  Json milder = nullptr;
  if (c.milder) {
    milder = {{"when", json_of(c.milder->all)},
              {"severity", kb::name_of(c.milder->severity)},
              {"role", kb::name_of(c.milder->role)},
              {"title", c.milder->title},
              {"summary", c.milder->summary}};
  }
  return dumped({{"kind", "cause"},
                 {"id", c.id},
                 {"title", c.title},
                 {"severity", kb::name_of(c.severity)},
                 {"recovered", kb::name_of(c.recovered_severity)},
                 {"confidence", kb::name_of(c.confidence)},
                 {"role", kb::name_of(c.role)},
                 {"impact", kb::name_of(c.impact)},
                 {"fault_class", c.fault_class},
                 {"owner", c.owner},
                 {"scope", kb::name_of(c.scope)},
                 {"about", c.scope == kb::Scope::Sessions ? Json(kb::name_of(c.about)) : Json(nullptr)},
                 {"when", {{"all", json_of(c.all)}, {"any", json_of(c.any)}, {"none", json_of(c.none)}}},
                 {"certain_when", json_of(c.certain_when)},
                 {"milder", milder},
                 {"outranks", c.outranks},
                 {"explains", c.explains},
                 {"rules_out", rules_out},
                 {"summary", c.summary},
                 {"what", c.what},
                 {"why", c.why},
                 {"checks", json_of(c.checks)},
                 {"fix", json_of(c.fix)},
                 {"verify", c.verify},
                 {"references", json_of(c.references)},
                 {"inferred", c.inferred},
                 {"runbook_url", c.runbook_url}});
}

std::string described_json(const kb::MessageRule& r) {
  Json examples = Json::array();
  for (const auto& e : r.examples) examples.push_back({{"line", e.line}, {"captures", e.captures}});
  return dumped({{"kind", "message-rule"},
                 {"id", r.id},
                 {"dialect", r.dialect},
                 {"pattern", r.pattern},
                 {"signal", r.signal},
                 {"level", r.level},
                 {"ike_version", r.ike_version},
                 {"fault_while", r.fault_while},
                 {"normal_while", r.normal_while},
                 {"contradicted_by", {{"phase1", r.contradicts_phase1}, {"phase2", r.contradicts_phase2}}},
                 {"explanation", r.explanation},
                 {"inferred", r.inferred},
                 {"examples", examples},
                 {"near_misses", r.near_misses},
                 {"references", json_of(r.references)},
                 {"owner", r.owner},
                 {"runbook_url", r.runbook_url}});
}

}  // namespace tunnelscope::report
