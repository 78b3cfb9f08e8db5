// `rules draft`: unrecognised messages to rule files. The pattern is made from what the messages of one shape have in
// common, and is proved against its own examples; what a person has to judge is marked TODO.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "diag/classify.hpp"
#include "diag/session_event.hpp"
#include "diag/text_pool.hpp"
#include "rules/pattern.hpp"
#include "src/commands/all.hpp"
#include "src/commands/common.hpp"
#include "src/escape.hpp"
#include "src/redact.hpp"
#include "src/report/words.hpp"
#include "src/secrets.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
namespace fs = std::filesystem;

constexpr std::size_t kMostDrafts = 20;
constexpr std::size_t kMostExamples = 5;
constexpr std::size_t kLongestMessage = 2000;

struct Shape {
  std::string text;
  std::uint64_t count = 0;
  diag::Dialect dialect = diag::Dialect::AwsS2sIke;
  std::vector<std::string> examples;  // distinct
};

// What shapes have for values, and how the pattern language says it.
struct Mask {
  std::string_view mask, name, type;
};
constexpr std::array<Mask, 9> kMasks{{{"<n>", "number", "int"},
                                      {"<ip>", "address", "address"},
                                      {"<hex>", "id", "hex"},
                                      {"\"<text>\"", "text", "quoted"},
                                      {"<text>", "text", "text"},
                                      {"<id>", "resource", "word"},
                                      {"<time>", "time", "word"},
                                      {"<name>", "name", "word"},
                                      {"<secret>", "secret", "text"}}};

// The remover sees the shape once more: a mask may hide what made a word no key.
std::string shape_without_keys(std::string_view text) {
  std::string shape = app::without_keys(diag::shape_of(text));
  for (std::size_t at = 0; (at = shape.find(app::kKeyRemoved, at)) != std::string::npos;) {
    shape.replace(at, app::kKeyRemoved.size(), "<secret>");
  }
  return shape;
}

std::vector<Shape> unmatched_shapes(const diag::Intake& intake, const app::Redactor* redactor) {
  std::map<std::pair<diag::Dialect, std::string>, Shape> shapes;
  const auto add = [&](const auto& event, std::string_view text) {
    if (text.size() > kLongestMessage) return;
    // Keys and names go before anything is made of the text: pattern, examples, comments and file name alike.
    const std::string keyless = app::without_keys(text);
    std::string example = redactor == nullptr ? keyless : redactor->message(keyless);
    Shape& shape = shapes[{event.dialect, shape_without_keys(redactor == nullptr ? keyless : redactor->masked(keyless))}];
    ++shape.count;
    if (shape.examples.size() >= kMostExamples) return;
    if (std::find(shape.examples.begin(), shape.examples.end(), example) == shape.examples.end()) {
      shape.examples.push_back(std::move(example));
    }
  };
  for (const diag::TunnelLog& log : intake.tunnels())
    for (const diag::Event& event : log.events)
      if (event.rule == diag::kNoRule) add(event, intake.message(log, event));
  for (const diag::SessionEvent& event : intake.sessions())
    if (event.rule == diag::kNoRule) add(event, intake.texts().at(event.text));
  std::vector<Shape> out;
  for (auto& [key, shape] : shapes) {
    shape.dialect = key.first;
    shape.text = key.second;
    out.push_back(std::move(shape));
  }
  std::stable_sort(out.begin(), out.end(), [](const Shape& a, const Shape& b) { return a.count > b.count; });
  if (out.size() > kMostDrafts) out.resize(kMostDrafts);
  return out;
}

// Names that session records state in fields of their own may stand in messages too.
void know_names(const diag::Intake& intake, app::Redactor& redactor) {
  for (const diag::SessionEvent& e : intake.sessions()) {
    const auto know = [&](std::uint32_t text, std::string_view prefix) { redactor.know(intake.texts().at(text), prefix); };
    const diag::Party& p = intake.session_names().parties[e.party];
    const diag::Route& r = intake.session_names().routes[e.route];
    know(p.user, "user-"), know(p.device, "device-"), know(r.connector, "connector-"), know(r.resource, "resource-");
    know(r.gateway, "gateway-"), know(r.group, "group-"), know(r.group_name, "group-");
    know(r.organisation, "organisation-"), know(p.address, "address-");
  }
}

// What stands for certain in every text of the shape: of one that was cut, whole words.
std::string_view uncut(std::string_view shape) {
  if (shape.size() < diag::kLongestShape || !shape.ends_with("...")) return shape;
  return shape.substr(0, shape.rfind(' '));
}

// The pattern of a shape: masks become captures, what PCRE2 would read as its own is escaped.
std::string pattern_of(std::string_view shape) {
  std::string out;
  std::map<std::string_view, int> used;
  for (std::size_t i = 0; i < shape.size();) {
    const auto mask = std::find_if(kMasks.begin(), kMasks.end(), [&](const Mask& m) { return shape.substr(i).starts_with(m.mask); });
    if (mask != kMasks.end()) {
      const int number = ++used[mask->name];
      out += fmt::format("{{{}{}:{}}}", mask->name, number == 1 ? "" : std::to_string(number), mask->type);
      i += mask->mask.size();
      continue;
    }
    if (std::string_view("\\^$.|?*+()[]{}#").find(shape[i]) != std::string_view::npos) out += '\\';
    out += shape[i++];
  }
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Lines that resemble the first example: without its first, its last, and its middle word.
std::vector<std::string> near_misses_of(const std::string& example, const rules::Pattern* pattern) {
  const std::vector<std::string> words = words_of(example);
  std::vector<std::string> out;
  for (const std::size_t left_out : {std::size_t{0}, words.size() - 1, words.size() / 2}) {
    std::vector<std::string> rest = words;
    if (rest.size() < 2 || out.size() == 2) break;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
    const std::string line = fmt::format("{}", fmt::join(rest, " "));
    const bool taken = std::find(out.begin(), out.end(), line) != out.end();
    if (!taken && (pattern == nullptr || pattern->match(line) == rules::Outcome::NoMatch)) out.push_back(line);
  }
  return out;
}

// A scalar that YAML reads back as it is.
std::string yaml(std::string_view text) {
  const std::string shown = app::for_terminal(text);
  std::string out = "'";
  for (const char c : shown) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string slug_of(std::string_view shape) {
  std::string out;
  bool masked = false;
  for (const char c : shape) {
    masked = c == '<' || (masked && c != '>');
    if (masked) continue;
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
    if (out.size() >= 48) break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "message" : out;
}

struct Draft {
  std::string path;  // below a knowledge base
  std::string text;
};

std::string examples_text(const Shape& shape, const rules::Pattern* pattern) {
  std::string out;
  for (const std::string& line : shape.examples) {
    const bool matches = pattern != nullptr && pattern->match(line) == rules::Outcome::Match;
    out += fmt::format("  - {}{}\n", yaml(line), matches ? "" : "   # TODO the pattern does not match this line yet");
  }
  if (shape.examples.size() < 2) out += "  - 'TODO another line of this kind'\n";
  return out;
}

std::string_view family_of(diag::Dialect dialect) {
  const bool of_tunnels = dialect == diag::Dialect::AwsS2sIke || dialect == diag::Dialect::AwsS2sBgp;
  return of_tunnels ? "aws-s2s" : diag::name_of(diag::system_of(dialect));
}

Draft draft_of(const Shape& shape, std::set<std::string>& taken) {
  const std::string slug = slug_of(shape.text);
  const std::string folder = fmt::format("messages/{}/draft", family_of(shape.dialect));
  std::string path = fmt::format("{}/{}.yaml", folder, slug);
  for (int n = 2; !taken.insert(path).second; ++n) path = fmt::format("{}/{}-{}.yaml", folder, slug, n);
  const std::string source = pattern_of(uncut(shape.text));
  const auto compiled = rules::Pattern::compile(source);
  const rules::Pattern* pattern = compiled ? &*compiled : nullptr;
  std::string text = fmt::format("# Drafted from {}; complete what is marked TODO, then run `tunnelscope rules lint`.\n",
                                 report::counted(shape.count, "record"));
  text += fmt::format("dialect: {}\n", diag::name_of(shape.dialect));
  text += "signal: routine   # TODO routine: a line without weight; else a signal that a cause looks for\n"
          "level: normal     # TODO fault, normal, or by-state (then fault_while and normal_while are needed)\n"
          "explanation: >\n  TODO what this line means and what usually causes it\n";
  text += fmt::format("pattern: {}\n", yaml(source));
  if (pattern == nullptr) text += fmt::format("# TODO this pattern does not compile: {}\n", compiled.error().reason);
  text += "inferred: true    # no document shows this text\nexamples:\n" + examples_text(shape, pattern);
  text += "near_misses:      # made up from the first example; replace them by real lines where you can\n";
  const auto misses = shape.examples.empty() ? std::vector<std::string>{} : near_misses_of(shape.examples[0], pattern);
  for (const std::string& line : misses) text += fmt::format("  - {}\n", yaml(line));
  for (std::size_t i = misses.size(); i < 2; ++i) text += "  - 'TODO a similar line that means something else'\n";
  return {path, text + "references:\n  - {title: 'TODO where this line was seen', date: 'TODO the date'}\n"};
}

Exit write_files(const std::vector<Draft>& drafts, const std::string& folder, Console& console) {
  for (const Draft& draft : drafts) {
    const fs::path path = fs::path(folder) / draft.path;
    const std::string shown = app::for_terminal(path.string());
    std::error_code error;
    if (fs::exists(path, error)) {
      app::complain(console, fmt::format("{} exists and is left as it is", shown));
      continue;
    }
    fs::create_directories(path.parent_path(), error);
    std::ofstream file(path);
    file << draft.text;
    file.close();
    if (!file) {
      app::complain(console, fmt::format("{} cannot be written", shown), error ? error.message() : "");
      return Exit::Usage;
    }
    console.err(fmt::format("{}\n", shown));
  }
  return Exit::Done;
}

}  // namespace

Exit rules_draft(const Settings& settings, Console& console) {
  if (!check_tunnel(settings, console)) return Exit::Usage;
  std::optional<app::Redactor> redactor;
  if (settings.redact) {
    auto made = app::redactor_for(settings, console);
    if (!made) {
      app::complain(console, made.error().reason, made.error().hint);
      return Exit::Usage;
    }
    redactor = std::move(*made);
  }
  const auto base = knowledge_base(settings, console);
  if (!base) return base.error();
  const diag::Classifier classifier(base->get());
  diag::Intake intake(classifier);
  const auto problems = read(settings.arguments, settings, diag::kNoTime, console, intake);
  intake.finish();
  if (redactor) know_names(intake, *redactor);
  const auto shown = [&](const std::string& text) { return app::for_terminal(redactor ? redactor->text(text) : text); };
  for (const auto& problem : problems) {
    app::complain(console, fmt::format("{}: {}", shown(problem.path), shown(problem.reason)), shown(problem.hint));
  }
  const auto shapes = unmatched_shapes(intake, redactor ? &*redactor : nullptr);
  if (shapes.empty()) {
    const auto records = intake.coverage().records;
    const auto too_long = intake.coverage().unrecognised;
    app::complain(console, records == 0    ? "no log record was found"
                           : too_long > 0 ? fmt::format("{}, all longer than {} bytes: nothing to draft",
                                                         report::counted(too_long, "record that no rule knows", "records that no rule knows"), kLongestMessage)
                                           : "every record is recognised: nothing to draft");
    return records == 0 || !problems.empty() ? Exit::Input : Exit::Done;
  }
  std::set<std::string> taken;
  std::vector<Draft> drafts;
  for (const Shape& shape : shapes) drafts.push_back(draft_of(shape, taken));
  Exit verdict = problems.empty() ? Exit::Done : Exit::Input;
  if (!settings.output.empty()) {
    const Exit written = write_files(drafts, settings.output, console);
    return written == Exit::Done ? verdict : written;
  }
  std::string text;
  for (const Draft& draft : drafts) text += fmt::format("{}# file: {}\n{}", text.empty() ? "" : "---\n", draft.path, draft.text);
  return app::deliver(text, settings, console, verdict);
}

}  // namespace tunnelscope::commands
