// CLI11 reads the words; everything that it is told, and every message that a user sees, comes from the table.
#include "src/options.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/command.hpp"
#include "src/escape.hpp"
#include "src/live/views/view.hpp"
#include "src/report/check_format.hpp"
#include "src/report/format.hpp"
#include "src/report/runbook.hpp"

namespace tunnelscope::app {
namespace {

using S = Settings;
const std::vector<std::string_view> kReading{"diagnose", "rules draft"};
const std::vector<std::string_view> kIdentifying{"diagnose", "watch", "serve", "rules draft", "check"};
const std::vector<std::string_view> kWatching{"watch"};
const std::vector<std::string_view> kFollowing{"watch", "serve"};
const std::vector<std::string_view> kKnowing{"diagnose", "watch", "serve", "check", "explain", "runbook", "rules list", "rules show", "rules draft"};
const std::vector<std::string_view> kOfAProject{"diagnose",   "watch",      "serve",      "check",      "explain",    "runbook",    "rules list",
                                                "rules show", "rules lint", "rules test", "rules draft"};

std::vector<Option> make_options() {
  std::vector<std::string_view> report_formats;
  for (const report::Format& format : report::formats()) report_formats.push_back(format.name);
  std::vector<std::string_view> check_formats;
  for (const report::CheckFormat& format : report::check_formats()) check_formats.push_back(format.name);
  std::vector<std::string_view> view_names{"auto"};
  for (const live::ViewKind& view : live::view_kinds()) view_names.push_back(view.name);
  std::vector<std::string_view> runbook_forms;
  for (const report::RunbookForm& form : report::runbook_forms()) runbook_forms.push_back(form.name);
  return {
      {"--format", "FORMAT", "how to show the report", {"diagnose"}, "text", report_formats, Completes::Nothing,
       &S::format},
      {"--format", "FORMAT", "how to show the verdicts", {"check"}, "text", check_formats, Completes::Nothing, &S::format},
      {"--format", "FORM", "how to show what changes: auto redraws a terminal, and writes lines elsewhere", kWatching, "auto", view_names,
       Completes::Nothing, &S::format},
      {"--state", "FILE", "keep there what a restart needs to go on", kFollowing, "", {}, Completes::File, &S::state},
      {"--horizon", "SPAN", "how far back records count", kFollowing, "24h", {}, Completes::Nothing, &S::horizon},
      {"--journal", "MEGABYTES", "keep at most so much, packed", kFollowing, "64", {}, Completes::Nothing, &S::journal},
      {"--stable", "SPAN", "so long all must be well for an outage to be over", kFollowing, "5m", {}, Completes::Nothing, &S::stable},
      {"--stale-after", "SPAN", "without a record, or so late, the watch is stale", kFollowing, "15m", {}, Completes::Nothing, &S::stale_after},
      {"--until", "healthy", "end with status 0 when all tunnels are up and have been for --stable", kWatching, "", {},
       Completes::Nothing, &S::until},
      {"--timeout", "SPAN", "end with status 1 when it is not so by then", kWatching, "", {}, Completes::Nothing, &S::timeout},
      {"--alert", "KIND:TARGET", "tell it of outages and their end (repeatable)", kFollowing, "", {}, Completes::Nothing, &S::alerts},
      {"--listen", "ADDRESS:PORT", "give metrics and health there; port 0 takes any", kWatching, "", {}, Completes::Nothing, &S::listen},
      {"--listen", "ADDRESS:PORT", "give the page there; port 0 takes any", {"serve"}, "127.0.0.1:4580", {}, Completes::Nothing, &S::listen},
      {"--token-file", "FILE", "ask for the token in it; needed beyond loopback", kFollowing, "", {}, Completes::File, &S::token_file},
      {"--textfile", "FILE", "metrics for the node exporter; ends in .prom", kFollowing, "", {}, Completes::File, &S::textfile},
      {"--heartbeat", "URL", "ask for it each minute while the watch is well", kFollowing, "", {}, Completes::Nothing, &S::heartbeat},
      {"--cloud", "FILE", "a configuration of the cloud's end (repeatable)", {"diagnose", "watch", "serve", "check"}, "", {}, Completes::File, &S::cloud},
      {"--gateway", "FILE", "a configuration of the gateway's end (repeatable)", {"check"}, "", {}, Completes::File, &S::gateway},
      {"--before", "FILE", "what stood there before the change (repeatable)", {"check"}, "", {}, Completes::File, &S::before},
      {"--before", "FILE", "an earlier report, JSON: findings are new, unchanged or fixed", {"diagnose"}, "", {}, Completes::File,
       &S::earlier},
      {"--baseline", "FILE", "known findings, which do not count for --fail-on", {"diagnose", "check"}, "", {}, Completes::File,
       &S::baseline},
      {"--write-baseline", "FILE", "write the findings there, for --baseline", {"diagnose", "check"}, "", {}, Completes::File,
       &S::write_baseline},
      {"--prove", "FINDING", "only the proof of a finding, by id or cause", {"diagnose"}, "", {},
       Completes::Nothing, &S::prove},
      {"--packet", "DIR", "also an incident packet, ready to send", {"diagnose"}, "", {},
       Completes::Folder, &S::packet},
      {"--logs", "INPUT", "logs of the same tunnels, to be explained (repeatable)", {"check"}, "", {}, Completes::File, &S::logs},
      {"--require-verified", "STAGE", "critical when this stage cannot be verified (repeatable)", {"check"}, "", {},
       Completes::Nothing, &S::require_verified},
      {"--config", "FILE", "settings of the project; none: no file is looked for", kOfAProject, ".tunnelscope.yaml", {},
       Completes::File, &S::config},
      {"--format", "FORMAT", "how to show the answer", {"explain", "rules show"}, "text", {"text", "json"}, Completes::Nothing,
       &S::format},
      {"--format", "FORMAT", "how to show the rules", {"rules list"}, "text", {"text", "json", "markdown"}, Completes::Nothing, &S::format},
      {"--format", "FORMAT", "how to show the results", {"rules lint", "rules test"}, "text", report_formats, Completes::Nothing,
       &S::format},
      {"--output", "FILE", "write there instead of to standard output",
       {"diagnose", "check", "explain", "rules list", "rules show", "rules lint", "rules test", "completions", "man"}, "", {},
       Completes::File, &S::output},
      {"--format", "FORMAT", "how to write the pages", {"runbook"}, "markdown", runbook_forms, Completes::Nothing, &S::format},
      {"--output", "PATH", "write the page there, or all pages below this folder", {"runbook"}, "", {}, Completes::File, &S::output},
      {"--output", "DIR", "write each rule to a file below this folder", {"rules draft"}, "", {},
       Completes::Folder, &S::output},
      {"--fail-on", "SEVERITY", "exit 1 for findings of this severity or above", {"diagnose", "watch", "check"}, "warning",
       {"critical", "warning", "info", "never"}, Completes::Nothing, &S::fail_on},
      {"--tunnel", "VPN_ID/OUTSIDE_IP", "identity for inputs that carry none", kIdentifying, "", {},
       Completes::Nothing, &S::tunnel},
      {"--since", "TIME", "no finding about earlier records alone", {"diagnose"}, "", {}, Completes::Nothing,
       &S::since},
      {"--until", "TIME", "leave out later records", {"diagnose"}, "", {}, Completes::Nothing, &S::until},
      {"--now", "TIME", "the present, for what is still going on", {"diagnose"}, "last record", {},
       Completes::Nothing, &S::now},
      {"--now", "TIME", "the present, for suppressions that expire", {"check"}, "this machine's clock", {}, Completes::Nothing, &S::now},
      {"--maintenance", "FILE", "announced windows, JSON or iCalendar (repeatable)", {"diagnose", "watch", "serve"}, "", {},
       Completes::File, &S::maintenance},
      {"--redact", "", "replace addresses, ids and names by pseudonyms", kReading, "", {}, Completes::Nothing,
       &S::redact},
      {"--redact-key", "FILE", "the key of the pseudonyms", kReading, "one made here", {}, Completes::File,
       &S::redact_key},
      {"--kb", "DIR", "a folder laid over the built-in knowledge base", kKnowing, "", {}, Completes::Folder,
       &S::kb},
      {"--samples", "DIR", "every cause must be shown by a sample below it", {"rules lint"}, "", {},
       Completes::Folder, &S::samples},
      {"--jobs", "N", "threads for reading; never changes the report", {"diagnose"}, "", {}, Completes::Nothing,
       &S::jobs},
      {"--color", "WHEN", "colours: auto is on a terminal without NO_COLOR", {}, "auto",
       {"auto", "always", "never"}, Completes::Nothing, &S::color},
      {"--progress", "WHEN", "progress on standard error", kReading, "auto", {"auto", "always", "never"},
       Completes::Nothing, &S::progress},
      {"--help", "", "this help", {}, "", {}, Completes::Nothing, &S::help},
      {"--version", "", "version of program and knowledge base", {}, "", {}, Completes::Nothing, &S::version},
  };
}

std::string joined(const std::vector<std::string_view>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

CLI::Option* declare(CLI::App& app, const Option& option, Settings& settings) {
  const std::string names = std::string(option.name) + (option.name == "--help" ? ",-h" : "");
  CLI::Option* declared = nullptr;
  if (const auto* flag = std::get_if<bool Settings::*>(&option.target)) {
    declared = app.add_flag(names, settings.*(*flag));
  } else if (const auto* text = std::get_if<std::string Settings::*>(&option.target)) {
    declared = app.add_option(names, settings.*(*text))->take_last();
  } else {
    declared = app.add_option(names, settings.*(std::get<std::vector<std::string> Settings::*>(option.target)))
                   ->expected(1)
                   ->allow_extra_args(false)
                   ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  return declared->envname(environment_name(option));
}

bool is_from_environment(const Settings& settings, std::string_view option) {
  const auto& names = settings.from_environment;
  return std::find(names.begin(), names.end(), option) != names.end();
}

bool is_choice_elsewhere(const Option& option, const std::string& value) {
  return std::any_of(options().begin(), options().end(), [&](const Option& other) {
    return other.name == option.name &&
           std::find(other.choices.begin(), other.choices.end(), value) != other.choices.end();
  });
}

std::string value_in_environment(const Option& option) {
  const std::string name = environment_name(option);
  const char* const value = name.empty() ? nullptr : std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

// CLI11 does not tell where a value came from.
std::vector<std::string_view> options_from_environment(const Command& command, const std::vector<std::string>& words) {
  std::vector<std::string_view> found;
  const auto dashes = std::find(words.begin(), words.end(), "--");
  for (const Option* option : options_of(command.name)) {
    const bool given = std::any_of(words.begin(), dashes, [&](const std::string& word) {
      return word == option->name || word.starts_with(std::string(option->name) + "=");
    });
    if (!given && !value_in_environment(*option).empty()) found.push_back(option->name);
  }
  return found;
}

tl::expected<void, UsageError> check_choice(const Option& option, Settings& settings) {
  const auto* text = std::get_if<std::string Settings::*>(&option.target);
  if (text == nullptr || option.choices.empty()) return {};
  std::string& value = settings.*(*text);
  if (value.empty()) value = option.fallback;
  if (std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end()) return {};
  if (is_from_environment(settings, option.name) && is_choice_elsewhere(option, value)) {
    value = option.fallback;  // TUNNELSCOPE_FORMAT=markdown is meant for the commands that have it
    std::erase(settings.given, option.name);
    return {};
  }
  return tl::unexpected(UsageError{fmt::format("{} cannot be `{}`", spelled(settings, option.name), for_terminal(value)),
                                   "it is one of " + joined(option.choices)});
}

UsageError unknown_option(const Command& command, const std::string& word) {
  std::vector<std::string> names;
  for (const Option* option : options_of(command.name)) names.emplace_back(option->name);
  const std::string name = word.substr(0, word.find('='));
  const bool elsewhere = std::any_of(options().begin(), options().end(),
                                     [&](const Option& option) { return option.name == name; });
  const std::string near = kb::nearest(name, names);
  std::string hint = near.empty() ? fmt::format("see tunnelscope {} --help", command.name)
                                  : fmt::format("did you mean {}?", near);
  if (elsewhere) hint = fmt::format("it belongs to other commands; see tunnelscope {} --help", command.name);
  return {fmt::format("unknown option {} for {}", for_terminal(name), command.name), hint};
}

tl::expected<void, UsageError> check_count(const Command& command, const Settings& settings) {
  const int given = static_cast<int>(settings.arguments.size());
  if (given < command.least) {
    return tl::unexpected(UsageError{fmt::format("{} needs {}", command.name, command.arguments),
                                     fmt::format("see tunnelscope {} --help", command.name)});
  }
  if (command.most >= 0 && given > command.most) {
    const std::string& extra = settings.arguments[static_cast<std::size_t>(command.most)];
    return tl::unexpected(UsageError{fmt::format("unexpected argument `{}`", for_terminal(extra)),
                                     "text with blanks needs quotes"});
  }
  return {};
}

// CLI11's own words name types and counts that no user has heard of.
UsageError explained(const CLI::ParseError& error, const Command& command, const std::vector<std::string>& words,
                     const Settings& settings) {
  for (const Option* option : options_of(command.name)) {
    const std::string value = value_in_environment(*option);
    const bool flag = std::holds_alternative<bool Settings::*>(option->target);
    if (!flag || !is_from_environment(settings, option->name)) continue;
    if (CLI::detail::to_lower(value) == "true" || CLI::detail::to_lower(value) == "false") continue;
    return {fmt::format("{} cannot be `{}`", environment_name(*option), for_terminal(value)), "it is true or false"};
  }
  if (!words.empty()) {
    for (const Option* option : options_of(command.name)) {
      if (words.back() == option->name && !option->value.empty()) {
        return {fmt::format("{} needs a value", option->name), fmt::format("{} {}", option->name, option->value)};
      }
    }
  }
  return {for_terminal(error.what()), fmt::format("see tunnelscope {} --help", command.name)};
}

}  // namespace

const std::vector<Option>& options() {
  static const std::vector<Option> table = make_options();
  return table;
}

std::vector<const Option*> options_of(std::string_view command) {
  std::vector<const Option*> found;
  for (const Option& option : options()) {
    const auto& names = option.commands;
    if (names.empty() || std::find(names.begin(), names.end(), command) != names.end()) found.push_back(&option);
  }
  return found;
}

std::string environment_name(const Option& option) {
  if (option.name == "--help" || option.name == "--version") return "";
  std::string name = "TUNNELSCOPE_" + std::string(option.name.substr(2));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return name;
}

std::string spelled(const Settings& settings, std::string_view option) {
  if (const auto place = settings.from_file.find(option); place != settings.from_file.end())
    return fmt::format("{}: {}", place->second, option.substr(2));
  if (!is_from_environment(settings, option)) return std::string(option);
  const auto found = std::find_if(options().begin(), options().end(), [&](const Option& o) { return o.name == option; });
  return environment_name(*found);
}

tl::expected<Settings, UsageError> parse_options(const Command& command, const std::vector<std::string>& words) {
  Settings settings;
  settings.from_environment = options_from_environment(command, words);
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<const Option*, CLI::Option*>> declared;
  for (const Option* option : options_of(command.name)) declared.emplace_back(option, declare(app, *option, settings));
  app.add_option("arguments", settings.arguments);
  const auto dashes = std::find(words.begin(), words.end(), "--");  // what follows it is no option
  try {
    app.parse(std::vector<std::string>(std::make_reverse_iterator(dashes), words.rend()));  // CLI11 takes them last first
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(explained(error, command, words, settings));
  }
  if (settings.help || settings.version) return settings;
  for (const auto& [option, read] : declared)
    if (read->count() > 0) settings.given.push_back(option->name);
  if (const auto extra = app.remaining(); !extra.empty()) return tl::unexpected(unknown_option(command, extra[0]));
  if (dashes != words.end()) settings.arguments.insert(settings.arguments.end(), dashes + 1, words.end());
  for (const Option* option : options_of(command.name)) {
    if (auto ok = check_choice(*option, settings); !ok) return tl::unexpected(ok.error());
  }
  if (auto ok = check_count(command, settings); !ok) return tl::unexpected(ok.error());
  return settings;
}

}  // namespace tunnelscope::app
