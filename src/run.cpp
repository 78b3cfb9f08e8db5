// From words to a command: finds it in the table, reads its options, runs it, and turns what went wrong into a status.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/command.hpp"
#include "src/commands/all.hpp"
#include "src/escape.hpp"
#include "src/help.hpp"
#include "src/project_file.hpp"

namespace tunnelscope::app {
namespace {

constexpr std::array kCommands{
    Command{"diagnose", "[INPUT...]", "say from logs why tunnels fail",
            "Reads files, folders (walked in name order) or - for standard input, in any container that AWS or its "
            "tools write, plain or gzip. TIME is ISO (UTC without a zone), seconds since 1970, or a distance back such "
            "as 24h or 2d12h: from --now or else the last record. `--now now` is the clock of this machine.",
            0, -1, commands::diagnose},
    Command{"watch", "[INPUT...]", "follow logs and tell what changes",
            "Follows standard input (aws logs tail GROUP --follow | tunnelscope watch), and growing files over rotation. Says at each "
            "instant what diagnose would say of the records of the last hours, shows what changes, and tells the receivers of --alert "
            "of outages and of their end. With --state a restart goes on where it was.",
            0, -1, commands::watch},
    Command{"serve", "[INPUT...]", "watch, and show it as a page in the browser",
            "Follows inputs as watch does, and gives the report as a page that keeps itself up to date, with the API that feeds it: "
            "/api/report, /api/explain/ID, /api/events, /healthz, /metrics. On this machine alone, unless --listen names another address "
            "and --token-file a token.",
            0, -1, commands::serve},
    Command{"check", "[FILE...]", "say before they are applied whether two ends will agree",
            "Reads configurations of both ends of VPN tunnels: of AWS as the CLI, Terraform and CloudFormation write them, and of "
            "the customer gateway. Says for each tunnel at which stage it would fail, with both values and where they stand, "
            "what mends it, and which tunnels a change interrupts. Which end a file is of is told by its kind, or by --cloud "
            "and --gateway; - is standard input.",
            0, -1, commands::check},
    Command{"explain", "ID|MESSAGE", "explain a cause, a message rule or a pasted log line",
            "Shows a cause or a message rule in full. Anything else is taken for a log line, raw or as the JSON record "
            "that holds it (- reads it from standard input): which rule matched, what was captured, what it means, "
            "and in which state it is a fault; or the nearest rule and how far it matched.",
            1, -1, commands::explain},
    Command{"runbook", "[ID]", "write the knowledge base as pages",
            "Writes a page for a cause, a message rule or a rule of configurations: what it is, how to see it, what to do, how to see that "
            "it worked. Without ID it writes all of them below the folder of --output, with an index.",
            0, 1, commands::runbook},
    Command{"rules list", "", "list message rules and causes",
            "Lists every message rule and every cause of the knowledge base.", 0, 0, commands::rules_list},
    Command{"rules show", "ID", "show a message rule or a cause in full",
            "Shows a message rule or a cause: texts, pattern and conditions, examples, references.", 1, 1,
            commands::rules_show},
    Command{"rules lint", "[DIR]", "prove that a knowledge base is sound",
            "Checks the built-in knowledge base, or DIR: a knowledge base of its own, or a folder laid over the "
            "built-in one. With --samples the causes that expected.json files show are compared with those that exist.",
            0, 1, commands::rules_lint},
    Command{"rules test", "[DIR]", "run the examples of every message rule",
            "Runs every example and near miss of the built-in knowledge base or of DIR against all rules.", 0, 1,
            commands::rules_test},
    Command{"rules draft", "INPUT...", "turn unrecognised messages into rule files to fill in",
            "Reads inputs as diagnose does and writes a YAML rule for each of the most frequent shapes that no rule "
            "matches, with its examples in place; to standard output, or below the folder of --output.",
            1, -1, commands::rules_draft},
    Command{"completions", "bash|zsh|fish", "print the completions for a shell",
            "Prints a completion script: bash and fish source it, zsh finds it as _tunnelscope in its fpath.", 1, 1,
            commands::completions},
    Command{"man", "", "print the manual page", "Prints this manual page as troff.", 0, 0, commands::man},
};

std::string suggestion(const std::string& word, bool second_word) {
  std::vector<std::string> candidates;
  for (const Command& command : kCommands) {
    const std::size_t blank = command.name.find(' ');
    candidates.emplace_back(second_word && blank != std::string_view::npos ? command.name : command.name.substr(0, blank));
  }
  const std::string near = kb::nearest(word, candidates);
  return near.empty() ? "tunnelscope --help lists the commands" : fmt::format("did you mean `{}`?", near);
}

int unknown(Console& console, const std::string& word, bool second_word) {
  complain(console, fmt::format("unknown command `{}`", for_terminal(word)), suggestion(word, second_word));
  return status(Exit::Usage);
}

std::string version_text() {
  return fmt::format("tunnelscope {} (knowledge base {})\n", version(), kb::built_in().version);
}

// From the command line, the environment and the project's file.
tl::expected<Settings, UsageError> settings_for(const Command& command, const std::vector<std::string>& words, const Console& console) {
  auto settings = parse_options(command, words);
  const auto options = options_of(command.name);
  const bool takes_a_file = std::any_of(options.begin(), options.end(), [](const Option* o) { return o->name == "--config"; });
  if (!settings || !takes_a_file || settings->help || settings->version) return settings;
  auto file = project_file(settings->config, console.environment);
  if (!file) return tl::unexpected(file.error());
  apply(std::make_shared<const ProjectFile>(std::move(*file)), command, *settings);
  return settings;
}

// A variable that is nearly one of an option's is no option, and says so: it would be without effect in silence.
void warn_of_misspelt_variables(Console& console) {
  constexpr std::string_view kPrefix = "TUNNELSCOPE_";
  std::vector<std::string> known;
  for (const Option& option : options())
    if (const std::string name = environment_name(option); !name.empty()) known.push_back(name.substr(kPrefix.size()));
  for (const std::string& name : console.variables) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string own = name.substr(kPrefix.size());
    if (std::find(known.begin(), known.end(), own) != known.end()) continue;
    if (const std::string near = kb::nearest(own, known); !near.empty())
      complain(console, fmt::format("the environment variable {} is of no option, and has no effect", for_terminal(name)),
               fmt::format("did you mean {}{}?", kPrefix, near));
  }
}

Exit run_command(const Command& command, const std::vector<std::string>& words, Console& console) {
  const auto settings = settings_for(command, words, console);
  if (!settings) {
    complain(console, settings.error().reason, settings.error().hint);
    return Exit::Usage;
  }
  const Settings plain;
  if (settings->help) return deliver(help_for(command), plain, console, Exit::Done);
  if (settings->version) return deliver(version_text(), plain, console, Exit::Done);
  warn_of_misspelt_variables(console);
  return command.run(*settings, console);
}

int dispatch(const std::vector<std::string>& words, Console& console) {
  const Settings plain;
  if (words.empty()) {
    console.err(overview());
    return status(Exit::Usage);
  }
  const std::string& first = words[0];
  if (first == "--version") return status(deliver(version_text(), plain, console, Exit::Done));
  const bool help = first == "--help" || first == "-h" || first == "help";
  if (help && words.size() == 1) return status(deliver(overview(), plain, console, Exit::Done));
  if (help) {
    std::vector<std::string> asked(words.begin() + 1, words.end());
    asked.emplace_back("--help");
    return dispatch(asked, console);
  }
  if (first.starts_with("-")) {
    complain(console, fmt::format("`{}` stands before the command", for_terminal(first)),
             "tunnelscope COMMAND [ARGUMENT...] [OPTION...]");
    return status(Exit::Usage);
  }
  if (const Command* command = command_named(first)) {
    return status(run_command(*command, {words.begin() + 1, words.end()}, console));
  }
  const std::string group = group_help(first);
  if (group.empty()) return unknown(console, first, false);
  if (words.size() == 1) {
    console.err(group);
    return status(Exit::Usage);
  }
  if (words[1] == "--help" || words[1] == "-h") return status(deliver(group, plain, console, Exit::Done));
  const Command* command = command_named(first + " " + words[1]);
  if (command == nullptr) return unknown(console, first + " " + words[1], true);
  return status(run_command(*command, {words.begin() + 2, words.end()}, console));
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* command_named(std::string_view name) {
  const auto found = std::find_if(kCommands.begin(), kCommands.end(), [name](const Command& c) { return c.name == name; });
  return found == kCommands.end() ? nullptr : &*found;
}

std::string_view version() { return TUNNELSCOPE_VERSION; }

void complain(Console& console, std::string_view reason, std::string_view hint) {
  console.err(fmt::format("tunnelscope: {}\n", reason));
  if (!hint.empty()) console.err(fmt::format("  hint: {}\n", hint));
}

Exit deliver(const Pieces& text, const Settings& settings, Console& console, Exit when_written) {
  if (settings.output.empty() || settings.output == "-") {
    int error = 0;
    text([&](std::string_view piece) { error = error == 0 ? console.out(piece) : error; });
    if (error == 0 || error == EPIPE) return when_written;
    complain(console, fmt::format("standard output cannot be written: {}", std::strerror(error)));
    return Exit::Internal;
  }
  errno = 0;
  std::ofstream file(settings.output, std::ios::binary | std::ios::trunc);
  const bool opened = file.is_open();
  text([&](std::string_view piece) { file << piece; });
  file.close();
  if (opened && file) return when_written;
  complain(console, fmt::format("{} cannot be written: {}", for_terminal(settings.output), std::strerror(errno)));
  return opened ? Exit::Internal : Exit::Usage;
}

Exit deliver(std::string_view text, const Settings& settings, Console& console, Exit when_written) {
  return deliver([&](const Sink& to) { to(text); }, settings, console, when_written);
}

int run(const std::vector<std::string>& words, Console& console) {
  try {
    return dispatch(words, console);
  } catch (const std::exception& error) {
    complain(console, fmt::format("internal error: {}", for_terminal(error.what())),
             "please report this with the command line that led to it");
  } catch (...) {
    complain(console, "internal error of an unknown kind");
  }
  return status(Exit::Internal);
}

}  // namespace tunnelscope::app
