// What stands on a page, in the order in which a person on call needs it: what it is, how to see it, what to do, how to see that it worked.
#include "src/report/runbook.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "src/command.hpp"
#include "src/report/describe.hpp"
#include "src/report/html_assets.hpp"

namespace tunnelscope::report {
namespace {

std::string path_of_cause(std::string_view id) { return fmt::format("causes/{}", id); }
std::string path_of_message(std::string_view id) { return fmt::format("messages/{}", id); }
std::string path_of_config(std::string_view id) { return std::string(id); }  // "config/..."

SheetLink link_to(const kb::Cause& c) { return {c.id, path_of_cause(c.id)}; }
SheetLink link_to(const kb::MessageRule& r) { return {r.id, path_of_message(r.id)}; }
SheetLink link_to(const kb::ConfigRule& r) { return {r.id, path_of_config(r.id)}; }

void steps(Sheet& to, std::string_view title, const std::vector<kb::Step>& all) {
  if (all.empty()) return;
  to.heading(title);
  to.steps(folded_steps(all));
}

void references(Sheet& to, const std::vector<kb::Reference>& all) {
  if (all.empty()) return;
  to.heading("References");
  to.references(all);
}

// A team's own words about an entry come first: they know their gateways.
void team(Sheet& to, std::string_view owner, const std::string& runbook_url) {
  if (owner.empty() && runbook_url.empty()) return;
  to.heading("Your team");
  if (!owner.empty()) to.prose(fmt::format("Owner: {}", owner));
  if (!runbook_url.empty()) to.references({{"the team's own runbook", runbook_url, ""}});
}

template <class Condition>
void add_conditions(std::vector<std::string>& items, std::string_view lead, const std::vector<Condition>& conditions) {
  for (const Condition& c : conditions) items.push_back(fmt::format("{} {}", lead, condition_in_words(c)));
}

std::vector<std::string> signals_of(const kb::Cause& cause) {
  std::vector<std::string> signals;
  const auto add = [&](const std::vector<kb::Condition>& conditions) {
    for (const kb::Condition& c : conditions) signals.push_back(c.signal);
  };
  add(cause.all);
  add(cause.any);
  if (cause.milder) add(cause.milder->all);
  return signals;
}

bool has(const std::vector<std::string>& list, std::string_view text) { return std::find(list.begin(), list.end(), text) != list.end(); }

std::string facts_of(const kb::Cause& c) {
  const std::string recovered =
      c.recovered_severity == c.severity ? "" : fmt::format(" ({} once it has recovered)", kb::name_of(c.recovered_severity));
  return fmt::format("{}{}, {}, impact: {}, who acts first: {}", kb::name_of(c.severity), recovered, kb::name_of(c.role),
                     kb::name_of(c.impact), c.owner);
}

std::string judged_on(const kb::Cause& c) {
  return std::string(c.scope == kb::Scope::Sessions ? kb::name_of(c.about) : kb::name_of(c.scope));
}

std::vector<std::string> conditions_of(const kb::Cause& c) {
  std::vector<std::string> items;
  if (c.scope == kb::Scope::Configuration) items.emplace_back("tunnelscope check finds it in the configurations of both ends");
  add_conditions(items, "needed:", c.all);
  add_conditions(items, "one of these is needed:", c.any);
  add_conditions(items, "not when:", c.none);
  add_conditions(items, "certain when:", c.certain_when);
  if (c.milder) add_conditions(items, fmt::format("milder form, {}, when:", kb::name_of(c.milder->severity)), c.milder->all);
  if (c.inferred) items.emplace_back("a condition or threshold of this cause is deduced, not documented");
  return items;
}

std::vector<RunbookPage> files_of_the_site() {
  return {{std::string(kRunbookStyleFile), std::string(html::runbook_style())}, {std::string(kSearchScriptFile), std::string(html::search_script())}};
}

constexpr std::array kForms{RunbookForm{"markdown", ".md", "README", markdown_sheet, nullptr},
                            RunbookForm{"html", ".html", "index", html_sheet, files_of_the_site}};

// They are looked for as well: who has a command at hand asks what it is good for.
std::string commands_of(const kb::Cause& c) {
  std::string text;
  for (const auto* steps : {&c.checks, &c.fix})
    for (const kb::Step& step : *steps)
      if (!step.command.empty()) text += " " + step.command;
  return text;
}

}  // namespace

std::string relative_path(std::string_view from, std::string_view to, std::string_view suffix) {
  std::string path;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::count(from.begin(), from.end(), '/')); ++i) path += "../";
  return fmt::format("{}{}{}", path, to, suffix);
}

bool is_web_address(std::string_view url) {
  const bool schemed = url.starts_with("https://") || url.starts_with("http://");
  return schemed && std::none_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '<' || c == '>' || c == '"' || c == '\'' || c == '\\';
  });
}

std::span<const RunbookForm> runbook_forms() { return kForms; }

const RunbookForm& runbook_form(std::string_view name) {
  return *std::find_if(kForms.begin(), kForms.end(), [name](const RunbookForm& form) { return form.name == name; });
}

RunbookPage Runbook::finished(std::string_view path, Sheet& sheet) const {
  if (pages_ == Pages::Linked) sheet.links("", {{"All causes, messages and rules", std::string(form_.index)}});
  return {fmt::format("{}{}", path, form_.suffix), sheet.take()};
}

RunbookPage Runbook::page(const kb::Cause& c) const {
  const std::string path = path_of_cause(c.id);
  const auto sheet = this->sheet(path);
  sheet->title(fmt::format("{}: {}", c.id, c.title));
  sheet->prose(facts_of(c));
  team(*sheet, "", c.runbook_url);
  sheet->heading("What happened");
  sheet->prose(c.what);
  sheet->heading("Why");
  sheet->prose(c.why);
  steps(*sheet, "How to see for yourself", c.checks);
  steps(*sheet, "What to do", c.fix);
  sheet->heading("It worked when");
  sheet->prose(c.verify);
  sheet->heading("How tunnelscope tells");
  sheet->prose(fmt::format("It is judged per {}.", judged_on(c)));
  sheet->items(conditions_of(c));
  const std::vector<std::string> signals = signals_of(c);
  std::vector<SheetLink> messages;
  for (const kb::MessageRule& rule : knowledge_.messages)
    if (has(signals, rule.signal)) messages.push_back(link_to(rule));
  sheet->links("Messages that say so:", messages);
  std::vector<SheetLink> others;
  for (const kb::RuledOut& r : c.rules_out)
    if (const kb::Cause* other = knowledge_.cause(r.cause)) others.push_back(link_to(*other));
  sheet->links("It rules out:", others);
  references(*sheet, c.references);
  return finished(path, *sheet);
}

RunbookPage Runbook::page(const kb::MessageRule& r) const {
  const std::string path = path_of_message(r.id);
  const auto sheet = this->sheet(path);
  sheet->title(r.id);
  sheet->prose(fmt::format("{}{}, signal {}; {}", r.dialect, r.ike_version.empty() ? "" : ", " + r.ike_version, r.signal, weight_in_words(r)));
  team(*sheet, r.owner, r.runbook_url);
  std::vector<std::string> lines;
  for (const kb::Example& e : r.examples) lines.push_back(e.line);
  sheet->heading("The message");
  sheet->lines(lines);
  sheet->heading("What it means");
  sheet->prose(r.explanation);
  std::vector<SheetLink> causes;
  for (const kb::Cause& c : knowledge_.causes)
    if (has(signals_of(c), r.signal)) causes.push_back(link_to(c));
  sheet->links("Causes that it may point to:", causes);
  sheet->heading("Pattern");
  sheet->lines({r.pattern});
  if (r.inferred) sheet->prose("No document shows this text; the pattern is deduced.");
  references(*sheet, r.references);
  return finished(path, *sheet);
}

RunbookPage Runbook::page(const kb::ConfigRule& r) const {
  const std::string path = path_of_config(r.id);
  const auto sheet = this->sheet(path);
  sheet->title(fmt::format("{}: {}", r.id, r.title));
  sheet->prose(fmt::format("{}, impact: {}, who acts first: {}", kb::name_of(r.severity), kb::name_of(r.impact), r.owner));
  team(*sheet, "", r.runbook_url);
  sheet->heading("What it means");
  sheet->prose(r.explanation);
  steps(*sheet, "What to do", r.fix);
  sheet->heading("How tunnelscope tells");
  std::vector<std::string> items{fmt::format("judged per {}", kb::name_of(r.scope))};
  if (!r.side.empty()) items.push_back(fmt::format("of the {}'s end", r.side));
  if (!r.vendor.empty()) items.push_back(fmt::format("of a configuration of {}", vendor_name(r.vendor)));
  if (!r.signal.empty()) items.push_back(fmt::format("signal {}", r.signal));
  add_conditions(items, "needed:", r.all);
  add_conditions(items, "one of these is needed:", r.any);
  if (r.inferred) items.emplace_back("a condition or limit of this rule is deduced, not documented");
  sheet->items(items);
  references(*sheet, r.references);
  return finished(path, *sheet);
}

RunbookPage Runbook::index() const {
  const auto sheet = this->sheet(form_.index);
  sheet->title("Runbook for VPN tunnels and user sessions");
  sheet->prose(fmt::format("Why tunnels and sessions fail, what each log message means, what is wrong with configurations: the knowledge base {} of "
                           "tunnelscope {}. Written by `tunnelscope runbook`.",
                           knowledge_.version, app::version()));
  sheet->search();
  std::vector<SheetRow> causes;
  for (const kb::Cause& c : knowledge_.causes)
    causes.push_back({link_to(c), {c.title, std::string(kb::name_of(c.severity)), c.owner}, fmt::format("{} {}{}", c.what, c.why, commands_of(c))});
  sheet->heading("Causes");
  sheet->table({"cause", "what it is", "severity", "acts first"}, causes);
  std::map<std::string_view, std::vector<SheetRow>> messages;
  for (const kb::MessageRule& r : knowledge_.messages) {
    std::string words = r.explanation;
    for (const kb::Example& e : r.examples) words += " " + e.line;
    messages[r.dialect].push_back({link_to(r), {r.examples.empty() ? r.pattern : r.examples[0].line, weight_in_words(r)}, std::move(words)});
  }
  for (const auto& [dialect, rows] : messages) {
    sheet->heading(fmt::format("Messages: {}", dialect));
    sheet->table({"message", "for example", "weight"}, rows);
  }
  std::vector<SheetRow> rules;
  for (const kb::ConfigRule& r : knowledge_.config)
    rules.push_back({link_to(r), {r.title, std::string(kb::name_of(r.severity)), r.owner}, r.explanation});
  if (!rules.empty()) {
    sheet->heading("Rules of configurations");
    sheet->table({"rule", "what it is", "severity", "acts first"}, rules);
  }
  return {fmt::format("{}{}", form_.index, form_.suffix), sheet->take()};
}

std::vector<RunbookPage> Runbook::all() const {
  std::vector<RunbookPage> pages{index()};
  for (const kb::Cause& c : knowledge_.causes) pages.push_back(page(c));
  for (const kb::MessageRule& r : knowledge_.messages) pages.push_back(page(r));
  for (const kb::ConfigRule& r : knowledge_.config) pages.push_back(page(r));
  if (form_.files != nullptr)
    for (RunbookPage& file : form_.files()) pages.push_back(std::move(file));
  return pages;
}

}  // namespace tunnelscope::report
