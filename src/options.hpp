// The options of every command, in one table: command line, environment, --help, man page and completions read it.
// In: the words after the command. Out: Settings, or what is wrong with them.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

namespace tunnelscope::app {

struct Command;
struct ProjectFile;

struct Settings {
  std::vector<std::string> arguments;  // what is not an option, in order
  std::string format, output, fail_on, tunnel, since, until, now, kb, color, progress, jobs;
  std::string redact_key, samples;
  std::string state, horizon, stable, stale_after, journal, timeout, heartbeat, listen, token_file, textfile;
  std::string config, earlier, baseline, write_baseline, prove, packet;
  std::vector<std::string> maintenance, alerts, cloud, gateway, before, logs, require_verified;
  bool redact = false, help = false, version = false;
  std::vector<std::string_view> given;             // names of options that the command line or the environment set
  std::vector<std::string_view> from_environment;  // those of them that an environment variable set
  std::map<std::string_view, std::string> from_file;   // names of options that the project's file set -> "path:line:column"
  std::shared_ptr<const ProjectFile> project;          // null: the command takes none
};

using Target = std::variant<std::string Settings::*, std::vector<std::string> Settings::*, bool Settings::*>;
enum class Completes { Nothing, File, Folder };

struct Option {
  std::string_view name;                   // "--format"
  std::string_view value;                  // "FORMAT"; empty: a flag
  std::string_view help;
  std::vector<std::string_view> commands;  // names of commands that take it; empty: all
  std::string_view fallback;               // the value when it is not given; may be empty
  std::vector<std::string_view> choices;   // the only values allowed; empty: any
  Completes completes;
  Target target;
};

const std::vector<Option>& options();
std::vector<const Option*> options_of(std::string_view command);
// "TUNNELSCOPE_FAIL_ON"; empty for --help and --version, which no environment variable stands for.
std::string environment_name(const Option& option);

struct UsageError {
  std::string reason;  // lower case, no full stop
  std::string hint;    // may be empty
};

// What the user calls it: "--now", "TUNNELSCOPE_NOW" when the value came from there, or "path:line:column: now".
std::string spelled(const Settings& settings, std::string_view option);

tl::expected<Settings, UsageError> parse_options(const Command& command, const std::vector<std::string>& words);

}  // namespace tunnelscope::app
