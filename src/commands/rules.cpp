// `rules list`, `rules lint` and `rules test`: the knowledge base as a table, and the proofs of kb/lint.hpp over it, each in its formats.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "diag/config/rule_examples.hpp"
#include "kb/lint.hpp"
#include "src/commands/all.hpp"
#include "src/commands/common.hpp"
#include "src/escape.hpp"
#include "src/report/rules_report.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string dumped(const Json& json) {
  return app::for_json_document(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

// A knowledge base to be checked, with the places of its parts.
struct Checked {
  kb::Knowledge knowledge;
  kb::SourceMap sources;
};

// Why there is nothing to check. No errors: the command line is wrong.
struct Unusable {
  Exit status;
  kb::Errors errors;
};

// DIR is a knowledge base of its own, or a folder laid over the built-in one.
tl::expected<Checked, Unusable> checked_base(const Settings& settings, Console& console) {
  Checked out;
  if (settings.arguments.empty()) {
    out.knowledge = kb::built_in();
    return out;
  }
  const std::string& folder = settings.arguments[0];
  if (!is_folder(folder)) {
    app::complain(console, fmt::format("{} is not a folder", app::for_terminal(folder)), "it holds messages/ and causes/");
    return tl::unexpected(Unusable{Exit::Usage, {}});
  }
  const bool whole = kb::stands_alone(folder, kb::built_in());
  auto loaded = whole ? kb::load_folder(folder, &out.sources) : kb::overlay_folder(kb::built_in(), folder, &out.sources);
  if (!loaded) {
    complain_about(console, loaded.error());
    return tl::unexpected(Unusable{Exit::KnowledgeBase, std::move(loaded.error())});
  }
  out.knowledge = std::move(*loaded);
  return out;
}

// The causes of the findings in every expected.json below a folder.
tl::expected<std::set<std::string>, std::string> shown_causes(const std::string& folder) {
  std::set<std::string> causes;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error); it != fs::recursive_directory_iterator();
       it.increment(error)) {
    if (error) break;
    if (it->path().filename() != "expected.json") continue;
    std::ifstream file(it->path());
    const Json json = Json::parse(file, nullptr, false);
    if (json.is_discarded() || !json.is_object() || !json.contains("findings") || !json["findings"].is_array()) {
      return tl::unexpected(fmt::format("{} is not a report", app::for_terminal(it->path().string())));
    }
    for (const Json& finding : json["findings"]) {
      if (finding.is_object() && finding.contains("cause") && finding["cause"].is_string()) {
        causes.insert(finding["cause"].get<std::string>());
      }
    }
  }
  if (error) return tl::unexpected(fmt::format("{}: {}", app::for_terminal(folder), error.message()));
  return causes;
}

std::string lint_json(const kb::Errors& errors) {
  Json list = Json::array();
  for (const kb::Error& e : errors) {
    list.push_back({{"file", e.file}, {"line", e.line}, {"column", e.column}, {"reason", e.reason},
                    {"hint", e.hint.empty() ? Json(nullptr) : Json(e.hint)}});
  }
  return dumped({{"schema", "tunnelscope/lint/1"}, {"errors", list}});
}

std::string sizes(const kb::Knowledge& knowledge) {
  return fmt::format("{}, {} and {}", report::counted(knowledge.messages.size(), "message rule"),
                     report::counted(knowledge.causes.size(), "cause"), report::counted(knowledge.config.size(), "configuration rule"));
}

// The formats that findings have, too.
bool is_report(std::string_view format) { return format != "text" && format != "json"; }

std::vector<report::RuleFault> faults_of(const kb::Errors& errors) {
  std::vector<report::RuleFault> faults;
  for (const kb::Error& error : errors) faults.push_back({report::RuleFault::Kind::Fault, report::rule_of_file(error.file), error});
  return faults;
}

std::vector<std::string> ids_without(const kb::Knowledge& knowledge, const std::vector<report::RuleFault>& faults) {
  std::set<std::string> ids;
  for (const auto& rule : knowledge.messages) ids.insert(rule.id);
  for (const auto& cause : knowledge.causes) ids.insert(cause.id);
  for (const auto& rule : knowledge.config) ids.insert(rule.id);
  for (const report::RuleFault& fault : faults) ids.erase(fault.rule);
  return {ids.begin(), ids.end()};
}

// What could not be loaded, in the formats that have a place for it; standard error has it in any case.
Exit report_unusable(const Unusable& base, std::string_view command, const Settings& settings, Console& console) {
  if (base.errors.empty()) return base.status;
  if (settings.format == "json" && command == "rules lint") return app::deliver(lint_json(base.errors), settings, console, base.status);
  if (!is_report(settings.format)) return base.status;
  const std::string summary = fmt::format("the knowledge base cannot be loaded: {}", report::counted(base.errors.size(), "fault"));
  const report::RulesDocument document{command, summary, faults_of(base.errors), {}};
  return app::deliver(report::rules_report(document, settings.format), settings, console, base.status);
}

std::string summary_of(const std::vector<kb::ExampleResult>& results, std::size_t failed) {
  return fmt::format("{}, {} failed", report::counted(results.size(), "example"), failed);
}

std::vector<report::RuleFault> faults_of(const std::vector<kb::ExampleResult>& results, const kb::SourceMap* sources) {
  std::vector<report::RuleFault> faults;
  for (const kb::ExampleResult& result : results) {
    if (result.passed) continue;
    auto place = kb::place_of(result.key, sources);
    if (!place) place = kb::place_of(result.key, nullptr);  // an example of the built-in base that an overlay's pattern breaks
    place->reason = result.message;
    place->source_line = result.line;
    const auto kind = result.near_miss ? report::RuleFault::Kind::NearMiss : report::RuleFault::Kind::Example;
    faults.push_back({kind, result.rule, std::move(*place)});
  }
  return faults;
}

std::string test_text(const std::vector<kb::ExampleResult>& results) {
  std::string out;
  std::size_t failed = 0;
  for (const kb::ExampleResult& r : results) {
    if (r.passed) continue;
    ++failed;
    out += fmt::format("{}: {}\n  {} {}\n", r.rule, r.message, r.near_miss ? "-" : "+", app::for_terminal(r.line));
  }
  return out + summary_of(results, failed) + "\n";
}

std::string test_json(const std::vector<kb::ExampleResult>& results) {
  Json list = Json::array();
  std::size_t failed = 0;
  for (const kb::ExampleResult& r : results) {
    failed += r.passed ? 0 : 1;
    list.push_back({{"rule", r.rule}, {"line", r.line}, {"near_miss", r.near_miss}, {"passed", r.passed},
                    {"message", r.passed ? Json(nullptr) : Json(r.message)}});
  }
  return dumped({{"schema", "tunnelscope/rules-test/1"}, {"examples", results.size()}, {"failed", failed}, {"results", list}});
}

std::string test_junit(const std::vector<kb::ExampleResult>& results) {
  std::map<std::string, std::vector<const kb::ExampleResult*>> suites;
  std::size_t failed = 0;
  for (const kb::ExampleResult& r : results) {
    suites[r.rule].push_back(&r);
    failed += r.passed ? 0 : 1;
  }
  std::string out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tunnelscope rules\" tests=\"{}\" failures=\"{}\">\n",
                                results.size(), failed);
  for (const auto& [rule, cases] : suites) {
    std::size_t failures = 0;
    for (const auto* c : cases) failures += c->passed ? 0 : 1;
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n", app::for_xml(rule), cases.size(), failures);
    for (const auto* c : cases) {
      const std::string name = app::for_xml((c->near_miss ? "near miss: " : "example: ") + c->line);
      out += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", app::for_xml(rule), name);
      out += c->passed ? "/>\n" : fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", app::for_xml(c->message));
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string list_json(const kb::Knowledge& knowledge) {
  Json rules = Json::array(), causes = Json::array(), config = Json::array();
  for (const auto& r : knowledge.messages) {
    rules.push_back({{"id", r.id}, {"dialect", r.dialect}, {"signal", r.signal}, {"level", r.level}, {"inferred", r.inferred}});
  }
  for (const auto& c : knowledge.causes) {
    causes.push_back({{"id", c.id}, {"severity", kb::name_of(c.severity)}, {"role", kb::name_of(c.role)},
                      {"scope", kb::name_of(c.scope)}, {"title", c.title}, {"inferred", c.inferred}});
  }
  for (const auto& r : knowledge.config) {
    config.push_back({{"id", r.id}, {"severity", kb::name_of(r.severity)}, {"scope", kb::name_of(r.scope)}, {"title", r.title},
                      {"inferred", r.inferred}});
  }
  return dumped({{"schema", "tunnelscope/rules/1"}, {"version", knowledge.version}, {"message_rules", rules}, {"causes", causes},
                 {"configuration_rules", config}});
}

using Row = std::vector<std::string>;

// Columns as wide as their widest cell; the last one is cut to what is left of the screen.
std::string table(const std::vector<Row>& rows, const app::Screen& screen) {
  std::vector<int> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], app::columns_of(row[i]));
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = app::for_terminal(row[i]);
      const bool last = i + 1 == row.size();
      const int left = std::max(12, screen.width - app::columns_of(line));
      line += last ? app::cut(cell, left, screen.unicode) : app::padded(cell, widths[i] + 2);
    }
    out += line + "\n";
  }
  return out;
}

struct Rows {
  std::vector<Row> messages, causes, config;
};

Rows rows_of(const kb::Knowledge& knowledge) {
  Rows rows;
  for (const auto& r : knowledge.messages) rows.messages.push_back({r.id, r.level, r.signal});
  for (const auto& c : knowledge.causes) rows.causes.push_back({c.id, std::string(kb::name_of(c.severity)), c.title});
  for (const auto& r : knowledge.config) rows.config.push_back({r.id, std::string(kb::name_of(r.severity)), r.title});
  return rows;
}

std::string list_text(const kb::Knowledge& knowledge, const app::Screen& screen) {
  const Rows rows = rows_of(knowledge);
  return fmt::format("message rules ({})\n", rows.messages.size()) + table(rows.messages, screen) +
         fmt::format("\ncauses ({})\n", rows.causes.size()) + table(rows.causes, screen) +
         fmt::format("\nconfiguration rules ({})\n", rows.config.size()) + table(rows.config, screen);
}

std::string markdown_table(std::string_view title, std::string_view columns, const std::vector<Row>& rows) {
  std::string out = fmt::format("\n## {} ({})\n\n{}\n|---|---|---|\n", title, rows.size(), columns);
  for (const Row& row : rows) out += fmt::format("| {} | {} | {} |\n", app::markdown_cell(row[0]), row[1], app::for_markdown(row[2]));
  return out;
}

std::string list_markdown(const kb::Knowledge& knowledge) {
  const Rows rows = rows_of(knowledge);
  return fmt::format("# Knowledge base {}\n", app::for_markdown(knowledge.version)) +
         markdown_table("message rules", "| id | level | signal |", rows.messages) +
         markdown_table("causes", "| id | severity | title |", rows.causes) +
         markdown_table("configuration rules", "| id | severity | title |", rows.config);
}

}  // namespace

Exit rules_list(const Settings& settings, Console& console) {
  const auto base = knowledge_base(settings, console);
  if (!base) return base.error();
  if (settings.format == "markdown") return app::deliver(list_markdown(base->get()), settings, console, Exit::Done);
  const app::Screen screen = app::screen_for(settings.color, false, console.window, console.environment);
  return app::deliver(settings.format == "json" ? list_json(base->get()) : list_text(base->get(), screen), settings,
                      console, Exit::Done);
}

Exit rules_lint(const Settings& settings, Console& console) {
  kb::LintContext context;
  if (!settings.samples.empty()) {
    if (!is_folder(settings.samples)) {
      app::complain(console, fmt::format("{} {} is not a folder", app::spelled(settings, "--samples"), app::for_terminal(settings.samples)));
      return Exit::Usage;
    }
    auto shown = shown_causes(settings.samples);
    if (!shown) {
      app::complain(console, shown.error());
      return Exit::Usage;
    }
    context.shown_causes = std::move(*shown);
  }
  const auto base = checked_base(settings, console);
  if (!base) return report_unusable(base.error(), "rules lint", settings, console);
  if (!settings.arguments.empty()) context.sources = &base->sources;
  const kb::Errors errors = kb::lint(base->knowledge, context);
  const Exit verdict = errors.empty() ? Exit::Done : Exit::KnowledgeBase;
  if (settings.format == "json") return app::deliver(lint_json(errors), settings, console, verdict);
  const std::string summary =
      fmt::format("{}: {}", sizes(base->knowledge), errors.empty() ? "no fault found" : report::counted(errors.size(), "fault"));
  if (is_report(settings.format)) {
    report::RulesDocument document{"rules lint", summary, faults_of(errors), {}};
    document.passed = ids_without(base->knowledge, document.faults);
    return app::deliver(report::rules_report(document, settings.format), settings, console, verdict);
  }
  complain_about(console, errors);
  return app::deliver(summary + "\n", settings, console, verdict);
}

Exit rules_test(const Settings& settings, Console& console) {
  const auto base = checked_base(settings, console);
  if (!base) return report_unusable(base.error(), "rules test", settings, console);
  auto results = kb::run_examples(base->knowledge);
  for (auto& result : diag::config::run_config_examples(base->knowledge)) results.push_back(std::move(result));
  const auto faults = faults_of(results, settings.arguments.empty() ? nullptr : &base->sources);
  const Exit verdict = faults.empty() ? Exit::Done : Exit::KnowledgeBase;
  if (settings.format == "json") return app::deliver(test_json(results), settings, console, verdict);
  if (settings.format == "junit") return app::deliver(test_junit(results), settings, console, verdict);
  if (settings.format == "text") return app::deliver(test_text(results), settings, console, verdict);
  const report::RulesDocument document{"rules test", summary_of(results, faults.size()), faults, {}};
  return app::deliver(report::rules_report(document, settings.format), settings, console, verdict);
}

}  // namespace tunnelscope::commands
