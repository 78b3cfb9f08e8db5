// `rules list`, `rules lint` and `rules test`: the knowledge base as a table, and the proofs of kb/lint.hpp over it.
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

// DIR is a knowledge base of its own, or a folder laid over the built-in one.
tl::expected<Checked, Exit> checked_base(const Settings& settings, Console& console) {
  Checked out;
  if (settings.arguments.empty()) {
    out.knowledge = kb::built_in();
    return out;
  }
  const std::string& folder = settings.arguments[0];
  if (!is_folder(folder)) {
    app::complain(console, fmt::format("{} is not a folder", app::for_terminal(folder)), "it holds messages/ and causes/");
    return tl::unexpected(Exit::Usage);
  }
  const bool whole = kb::stands_alone(folder, kb::built_in());
  auto loaded = whole ? kb::load_folder(folder, &out.sources) : kb::overlay_folder(kb::built_in(), folder, &out.sources);
  if (!loaded) {
    complain_about(console, loaded.error());
    return tl::unexpected(Exit::KnowledgeBase);
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

std::string test_text(const std::vector<kb::ExampleResult>& results) {
  std::string out;
  std::size_t failed = 0;
  for (const kb::ExampleResult& r : results) {
    if (r.passed) continue;
    ++failed;
    out += fmt::format("{}: {}\n  {} {}\n", r.rule, r.message, r.near_miss ? "-" : "+", app::for_terminal(r.line));
  }
  return out + fmt::format("{}, {} failed\n", report::counted(results.size(), "example"), failed);
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

std::string list_text(const kb::Knowledge& knowledge, const app::Screen& screen) {
  std::vector<Row> rules, causes, config;
  for (const auto& r : knowledge.messages) rules.push_back({r.id, r.level, r.signal});
  for (const auto& c : knowledge.causes) causes.push_back({c.id, std::string(kb::name_of(c.severity)), c.title});
  for (const auto& r : knowledge.config) config.push_back({r.id, std::string(kb::name_of(r.severity)), r.title});
  return fmt::format("message rules ({})\n", rules.size()) + table(rules, screen) +
         fmt::format("\ncauses ({})\n", causes.size()) + table(causes, screen) +
         fmt::format("\nconfiguration rules ({})\n", config.size()) + table(config, screen);
}

}  // namespace

Exit rules_list(const Settings& settings, Console& console) {
  const auto base = knowledge_base(settings, console);
  if (!base) return base.error();
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
  if (!base) return base.error();
  if (!settings.arguments.empty()) context.sources = &base->sources;
  const kb::Errors errors = kb::lint(base->knowledge, context);
  const Exit verdict = errors.empty() ? Exit::Done : Exit::KnowledgeBase;
  if (settings.format == "json") return app::deliver(lint_json(errors), settings, console, verdict);
  complain_about(console, errors);
  const std::string summary = errors.empty()
                                  ? fmt::format("{}: no fault found\n", sizes(base->knowledge))
                                  : fmt::format("{}: {}\n", sizes(base->knowledge), report::counted(errors.size(), "fault"));
  return app::deliver(summary, settings, console, verdict);
}

Exit rules_test(const Settings& settings, Console& console) {
  const auto base = checked_base(settings, console);
  if (!base) return base.error();
  auto results = kb::run_examples(base->knowledge);
  for (auto& result : diag::config::run_config_examples(base->knowledge)) results.push_back(std::move(result));
  const bool passed = std::all_of(results.begin(), results.end(), [](const auto& r) { return r.passed; });
  const Exit verdict = passed ? Exit::Done : Exit::KnowledgeBase;
  if (settings.format == "json") return app::deliver(test_json(results), settings, console, verdict);
  if (settings.format == "junit") return app::deliver(test_junit(results), settings, console, verdict);
  return app::deliver(test_text(results), settings, console, verdict);
}

}  // namespace tunnelscope::commands
