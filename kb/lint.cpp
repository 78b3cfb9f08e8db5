// Rules first, then the references of causes to signals and to each other, then texts.
#include "kb/lint.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "kb/examples.hpp"
#include "kb/lint_report.hpp"
#include "kb/names.hpp"
#include "kb/signals.hpp"
#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

constexpr std::size_t kLeastExamples = 2;

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Linter {
 public:
  Linter(const Knowledge& knowledge, const LintContext& context, PatternCache& cache)
      : knowledge_(knowledge), context_(context), cache_(cache), report_(context.sources) {
    for (const SignalInfo& info : known_signals()) {
      if (info.source == SignalSource::Detector) detector_signals_.emplace_back(info.name);
    }
    given_ = detector_signals_;
    for (const MessageRule& rule : knowledge.messages) given_.push_back(rule.signal);
    for (const Cause& cause : knowledge.causes) cause_ids_.push_back(cause.id);
  }

  std::vector<Error> run() {
    for (const MessageRule& rule : knowledge_.messages) lint_rule(rule);
    lint_examples();
    for (const Cause& cause : knowledge_.causes) lint_cause(cause);
    lint_cycles("outranks", &Cause::outranks);
    lint_cycles("explains", &Cause::explains);
    for (const ConfigRule& rule : knowledge_.config) {
      lint_config_rule(rule, report_);
      for (std::size_t i = 0; i < rule.shows_as.size(); ++i) {
        lint_cause_name(rule.id + "#shows_as/" + std::to_string(i), rule.shows_as[i], rule.id);
      }
    }
    return report_.take();
  }

  std::vector<Error> run_signals() {
    for (const Cause& cause : knowledge_.causes) lint_signals_of(cause);
    for (const ConfigRule& rule : knowledge_.config) lint_config_names(rule, report_);
    return report_.take();
  }

 private:
  static std::string key_of(const MessageRule& rule) { return "message:" + rule.id; }
  static std::string key_of(const Cause& cause) { return "cause:" + cause.id; }

  void lint_rule(const MessageRule& rule) {
    const std::string key = key_of(rule);
    const rules::Pattern* pattern = cache_.get(rule.pattern);
    if (pattern == nullptr) report_.add(key + "#pattern", "pattern: " + rules::Pattern::compile(rule.pattern).error().reason);
    if (rule.examples.size() < kLeastExamples) report_.add(key + "#examples", "a message rule needs two examples or more");
    if (rule.near_misses.size() < kLeastExamples) {
      report_.add(key + "#near_misses", "a message rule needs two near misses or more");
    }
    if (contains(detector_signals_, rule.signal)) {
      report_.add(key + "#signal", "the signal `" + rule.signal + "` is a detector's; a message rule cannot give it");
    }
    if (pattern != nullptr) lint_capture_names(rule, *pattern);
    lint_texts(rule, key, report_);
  }

  void lint_capture_names(const MessageRule& rule, const rules::Pattern& pattern) {
    std::vector<std::string> fields;
    for (const auto& field : pattern.fields()) fields.push_back(field.name);
    for (std::size_t i = 0; i < rule.examples.size(); ++i) {
      for (const auto& [name, text] : rule.examples[i].captures) {
        if (contains(fields, name)) continue;
        report_.add(key_of(rule) + "#examples/" + std::to_string(i) + "/captures/" + name,
                    "the pattern has no capture `" + name + "`", did_you_mean(name, fields));
      }
    }
    for (const std::string& name : fields) {
      const auto states = [&](const Example& example) { return example.captures.count(name) > 0; };
      if (std::none_of(rule.examples.begin(), rule.examples.end(), states)) {
        report_.add(key_of(rule) + "#examples", "no example states the capture `" + name + "`");
      }
    }
  }

  void lint_examples() {
    for (const ExampleCheck& check : ExampleBench(knowledge_, cache_).run()) {
      if (check.result.passed) continue;
      const MessageRule& rule = knowledge_.messages[check.rule];
      if (!check.capture.empty() && !has_field(*cache_.get(rule.pattern), check.capture)) continue;  // reported by name
      const std::string key = check.result.key + (check.capture.empty() ? "" : "/captures/" + check.capture);
      if (report_.has_place(key)) report_.add(key, check.result.message);
      else lint_foreign_example(rule, check);
    }
  }
  // A line of the built-in base that fails because of an overlay's pattern.
  void lint_foreign_example(const MessageRule& rule, const ExampleCheck& check) {
    report_.add_at_first({key_of(rule) + "#pattern", "message:" + check.other + "#pattern"},
                         (check.result.near_miss ? "near miss `" : "example `") + check.result.line + "` of `" + rule.id +
                             "`: " + check.result.message);
  }
  static bool has_field(const rules::Pattern& pattern, const std::string& name) {
    const auto& fields = pattern.fields();
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
  }

  void lint_cause(const Cause& cause) {
    const std::string key = key_of(cause);
    lint_signals_of(cause);
    lint_references(cause);
    lint_placeholders(cause);
    lint_configured(cause);
    lint_texts(cause, key, report_);
    if (context_.shown_causes && context_.shown_causes->count(cause.id) == 0) {
      report_.add(key, "no sample shows the cause `" + cause.id + "`");
    }
  }

  void lint_signals_of(const Cause& cause) {
    const std::string key = key_of(cause);
    lint_conditions(cause.all, key + "#when/all");
    lint_conditions(cause.any, key + "#when/any");
    lint_conditions(cause.none, key + "#when/none");
    lint_conditions(cause.certain_when, key + "#certain_when");
    if (cause.milder) lint_conditions(cause.milder->all, key + "#milder/all");
    for (std::size_t i = 0; i < cause.rules_out.size(); ++i) {
      for (std::size_t j = 0; j < cause.rules_out[i].unless.size(); ++j) {
        lint_signal(key + "#rules_out/" + std::to_string(i) + "/unless/" + std::to_string(j), cause.rules_out[i].unless[j]);
      }
    }
  }
  void lint_signal(const std::string& key, const std::string& signal) {
    if (contains(given_, signal)) return;
    report_.add(key, "no message rule and no detector gives the signal `" + signal + "`", did_you_mean(signal, given_));
  }
  void lint_conditions(const std::vector<Condition>& conditions, const std::string& key) {
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      lint_signal(key + "/" + std::to_string(i) + "/signal", conditions[i].signal);
    }
  }

  // The causes that a name or a glob such as "bgp-*" stands for, the cause itself left out.
  std::vector<std::string> expand(const std::string& name, const std::string& self) const {
    std::vector<std::string> ids;
    for (const std::string& id : cause_ids_) {
      if (stands_for(name, id) && (id != self || name == self)) ids.push_back(id);
    }
    return ids;
  }

  void lint_cause_name(const std::string& key, const std::string& name, const std::string& self) {
    if (name == self) return report_.add(key, "the cause `" + name + "` names itself");
    if (!expand(name, self).empty()) return;
    report_.add(key, (name.ends_with('*') ? "no cause fits `" : "there is no cause `") + name + "`",
                did_you_mean(name, cause_ids_));
  }

  void lint_references(const Cause& cause) {
    const std::string key = key_of(cause);
    for (std::size_t i = 0; i < cause.outranks.size(); ++i) {
      lint_cause_name(key + "#outranks/" + std::to_string(i), cause.outranks[i], cause.id);
    }
    for (std::size_t i = 0; i < cause.explains.size(); ++i) {
      lint_cause_name(key + "#explains/" + std::to_string(i), cause.explains[i], cause.id);
    }
    for (std::size_t i = 0; i < cause.rules_out.size(); ++i) {
      lint_cause_name(key + "#rules_out/" + std::to_string(i) + "/cause", cause.rules_out[i].cause, cause.id);
    }
    for (std::size_t i = 0; i < cause.shows_as.size(); ++i) {
      lint_cause_name(key + "#shows_as/" + std::to_string(i), cause.shows_as[i], cause.id);
    }
  }

  // Keys of details that a finding of this cause can have: detectors' and the captures of rules giving its signals.
  std::vector<std::string> details_of(const Cause& cause) {
    std::vector<std::string> keys;
    for (const DetailInfo& info : known_details()) keys.emplace_back(info.name);
    std::vector<std::string> signals;
    const auto add_signals = [&](const std::vector<Condition>& conditions) {
      for (const Condition& condition : conditions) signals.push_back(condition.signal);
    };
    add_signals(cause.all);
    add_signals(cause.any);
    add_signals(cause.certain_when);
    if (cause.milder) add_signals(cause.milder->all);
    for (const MessageRule& rule : knowledge_.messages) {
      if (!contains(signals, rule.signal)) continue;
      if (const rules::Pattern* pattern = cache_.get(rule.pattern)) {
        for (const auto& field : pattern->fields()) keys.push_back(field.name);
      }
    }
    return keys;
  }

  void lint_placeholders(const Cause& cause) {
    std::vector<std::string> keys = details_of(cause);
    const std::string key = key_of(cause);
    for (std::size_t i = 0; i < cause.details.size(); ++i) {
      if (contains(keys, cause.details[i])) continue;
      report_.add(key + "#details/" + std::to_string(i),
                  "no detector or capture of this cause's signals gives the detail `" + cause.details[i] + "`",
                  did_you_mean(cause.details[i], keys));
    }
    for (const char* name : {"subject", "count", "outages", "interruptions", "downtime", "first_seen", "last_seen", "first_at", "last_at", "span"}) {
      keys.emplace_back(name);
    }
    lint_summary(key + "#summary", cause.summary, keys, report_);
    if (cause.milder) lint_summary(key + "#milder/summary", cause.milder->summary, keys, report_);
  }

  // What is said where a tunnel's configuration is known.
  void lint_configured(const Cause& cause) {
    Words names;
    for (const DetailInfo& info : known_figures()) names.emplace_back(info.name);
    const std::string key = key_of(cause);
    for (const auto& [list, steps] : {std::pair{"#checks/", &cause.checks}, std::pair{"#fix/", &cause.fix}})
      for (std::size_t i = 0; i < steps->size(); ++i) lint_figures(key + list + std::to_string(i) + "/figures", (*steps)[i], names);
    for (const FactInfo& info : known_facts()) names.emplace_back(info.name);
    for (std::size_t i = 0; i < cause.configured.size(); ++i)
      lint_summary(key + "#configured/" + std::to_string(i) + "/say", cause.configured[i].text, names, report_);
  }
  void lint_figures(const std::string& key, const Step& step, const Words& names) {
    for (const auto& [text, name] : step.figures) {
      if (!contains(names, name)) report_.add(key, "there is no figure `" + name + "`", did_you_mean(name, names));
      const bool stands = step.text.find(text) != std::string::npos || step.command.find(text) != std::string::npos;
      if (text.empty() || !stands) report_.add(key, "`" + text + "` stands neither in `do` nor in `command`");
    }
  }

  // Depth first from each cause; a cause met again on the way closes a cycle, which is reported once.
  void lint_cycles(const std::string& what, std::vector<std::string> Cause::*edges) {
    std::vector<std::string> path, done;
    for (const Cause& cause : knowledge_.causes) walk(cause, what, edges, path, done);
  }
  void walk(const Cause& cause, const std::string& what, std::vector<std::string> Cause::*edges,
            std::vector<std::string>& path, std::vector<std::string>& done) {
    if (contains(done, cause.id)) return;
    path.push_back(cause.id);
    for (const std::string& name : cause.*edges) {
      for (const std::string& id : expand(name, cause.id)) {
        const auto begin = std::find(path.begin(), path.end(), id);
        if (begin == path.end()) {
          walk(*knowledge_.cause(id), what, edges, path, done);
        } else if (id != cause.id) {
          std::string cycle;
          std::vector<std::string> keys{key_of(cause) + "#" + what};
          for (auto step = begin; step != path.end(); ++step) {
            cycle += *step + " -> ";
            keys.push_back("cause:" + *step + "#" + what);
          }
          report_.add_at_first(keys, "`" + what + "` runs in a circle: " + cycle + id);
        }
      }
    }
    path.pop_back();
    done.push_back(cause.id);
  }

  const Knowledge& knowledge_;
  const LintContext& context_;
  PatternCache& cache_;
  LintReport report_;
  std::vector<std::string> detector_signals_, given_, cause_ids_;
};

}  // namespace

void lint_summary(const std::string& key, const std::string& summary, const std::vector<std::string>& keys, LintReport& report) {
  int depth = 0;
  for (std::size_t at = 0; at < summary.size(); ++at) {
    if (summary[at] == '[') ++depth;
    if (summary[at] == ']') --depth;
    if (depth < 0 || depth > 1) return report.add(key, "square brackets must come in pairs and not inside each other");
    if (summary[at] != '{') continue;
    const std::size_t close = summary.find('}', at);
    if (close == std::string::npos) return report.add(key, "a placeholder has no closing brace");
    const std::string name = summary.substr(at + 1, close - at - 1);
    if (!contains(keys, name)) report.add(key, "unknown placeholder `{" + name + "}`", did_you_mean(name, keys));
    at = close;
  }
  if (depth != 0) report.add(key, "square brackets must come in pairs and not inside each other");
}

// "message:a/b#examples/0" without positions: the file that should hold it.
std::string file_of(const std::string& key) {
  const std::size_t colon = key.find(':');
  if (colon == std::string::npos) return "kb/" + key.substr(0, key.find('#')) + ".yaml";  // a configuration rule's id
  return "kb/" + key.substr(0, colon) + "s/" + key.substr(colon + 1, key.find('#') - colon - 1) + ".yaml";
}

std::optional<Error> place_of(const std::string& key, const SourceMap* sources) {
  if (sources == nullptr) return Error{file_of(key), 0, 0, {}, {}, {}};
  const std::size_t entry = std::min(key.find('#'), key.size());
  const bool partial = sources->count(key.substr(0, entry) + "#override") > 0;  // says nothing about other keys
  for (std::string above = key;;) {
    if (const auto place = sources->find(above); place != sources->end()) {
      const Position& at = place->second;
      return Error{at.file, at.line, at.column, at.source_line, {}, {}};
    }
    if (above.size() == entry) return {};
    const std::size_t slash = above.rfind('/');
    above.resize(slash == std::string::npos ? entry : std::max(entry, slash));
    if (partial && above.size() == entry) return {};
  }
}

void LintReport::add_at_first(const std::vector<std::string>& keys, std::string reason, std::string hint) {
  for (const std::string& key : keys) {
    std::optional<Error> error = place_of(key, sources_);
    if (!error) continue;
    error->reason = std::move(reason);
    error->hint = std::move(hint);
    return errors_.push_back(std::move(*error));
  }
}

std::vector<Error> LintReport::take() {
  const auto place = [](const Error& e) { return std::tie(e.file, e.line, e.column, e.reason); };
  std::stable_sort(errors_.begin(), errors_.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return std::move(errors_);
}

std::vector<Error> lint(const Knowledge& knowledge, const LintContext& context, PatternCache& cache) {
  return Linter(knowledge, context, cache).run();
}

std::vector<Error> lint_signals(const Knowledge& knowledge, const SourceMap& sources) {
  PatternCache cache;
  LintContext context;
  context.sources = &sources;
  return Linter(knowledge, context, cache).run_signals();
}

std::vector<Error> lint(const Knowledge& knowledge, const LintContext& context) {
  PatternCache cache;
  return lint(knowledge, context, cache);
}

}  // namespace tunnelscope::kb
