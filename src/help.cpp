// Help and the man page are for people, completions for shells; none of them names an option that the table lacks.
#include "src/help.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace tunnelscope::app {
namespace {

constexpr int kWidth = 80;

struct ExitLine {
  Exit exit;
  std::string_view meaning;
};
constexpr ExitLine kExits[] = {
    {Exit::Done, "done; no finding at or above --fail-on"},
    {Exit::Findings, "done; at least one finding at or above --fail-on"},
    {Exit::Usage, "the command line or a file named on it is wrong"},
    {Exit::KnowledgeBase, "a rule or cause in the knowledge base is wrong"},
    {Exit::Input, "an input could not be read, or nothing was recognised"},
    {Exit::Internal, "an internal error"},
};

std::string_view first_word(std::string_view name) { return name.substr(0, name.find(' ')); }

std::string spelt(const Option& option) {
  return option.value.empty() ? std::string(option.name) : fmt::format("{} {}", option.name, option.value);
}

std::string choices(const Option& option) { return fmt::format("{}", fmt::join(option.choices, "|")); }

std::string meaning(const Option& option) {
  std::string text(option.help);
  if (!option.choices.empty()) text += ": " + choices(option);
  if (!option.fallback.empty()) text += fmt::format(" (default {})", option.fallback);
  return text;
}

std::string wrapped(std::string_view text, int indent, int hanging) {
  std::string out;
  const std::string margin(static_cast<std::size_t>(hanging), ' ');
  int used = indent;
  for (const std::string& line : wrap(text, kWidth - std::max(indent, hanging))) {
    out += (used == indent ? std::string(static_cast<std::size_t>(indent), ' ') : margin) + line + "\n";
    used = -1;
  }
  return out;
}

// Rows of a left column and a text, the text starting in the same column everywhere.
std::string columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  int widest = 0;
  for (const auto& [left, right] : rows) widest = std::max(widest, columns_of(left));
  const int hanging = std::min(widest, 26) + 4;
  std::string out;
  for (const auto& [left, right] : rows) {
    const std::string text = wrapped(right, hanging, hanging);
    const bool fits = columns_of(left) + 4 <= hanging;
    out += "  " + (fits ? padded(left, hanging - 2) + text.substr(static_cast<std::size_t>(hanging)) : left + "\n" + text);
  }
  return out;
}

std::string options_text(std::string_view command) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Option* option : options_of(command)) rows.emplace_back(spelt(*option), meaning(*option));
  return columns(rows);
}

std::string usage(const Command& command) {
  return fmt::format("tunnelscope {}{}{} [OPTION...]", command.name, command.arguments.empty() ? "" : " ",
                     command.arguments);
}

std::vector<const Command*> commands_in(std::string_view group) {
  std::vector<const Command*> found;
  for (const Command& command : commands()) {
    if (command.name != group && first_word(command.name) == group) found.push_back(&command);
  }
  return found;
}

// troff: a backslash, and a dot or quote at the beginning of a line, are its own.
std::string troff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && out.empty()) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string quoted_for_shell(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::set<std::string_view> first_words() {
  std::set<std::string_view> words;
  for (const Command& command : commands()) words.insert(first_word(command.name));
  return words;
}

}  // namespace

std::string overview() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command& command : commands()) rows.emplace_back(command.name, command.summary);
  std::vector<std::pair<std::string, std::string>> exits;
  for (const ExitLine& line : kExits) exits.emplace_back(std::to_string(status(line.exit)), line.meaning);
  return "tunnelscope: tells from their logs why VPN tunnels fail\n\n"
         "usage: tunnelscope COMMAND [ARGUMENT...] [OPTION...]\n\ncommands:\n" +
         columns(rows) + "\nexit status:\n" + columns(exits) +
         "\n`tunnelscope COMMAND --help` describes a command.\n"
         "Every option is also an environment variable: --fail-on is TUNNELSCOPE_FAIL_ON.\n";
}

std::string group_help(std::string_view group) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command* command : commands_in(group)) rows.emplace_back(command->name, command->summary);
  if (rows.empty()) return "";
  return fmt::format("usage: tunnelscope {} COMMAND [ARGUMENT...] [OPTION...]\n\ncommands:\n", group) + columns(rows);
}

std::string help_for(const Command& command) {
  return fmt::format("usage: {}\n\n", usage(command)) + wrapped(command.details, 0, 0) + "\noptions:\n" +
         options_text(command.name);
}

std::string man_page() {
  std::string out = fmt::format(".TH TUNNELSCOPE 1 \"\" \"tunnelscope {}\" \"User Commands\"\n", version());
  out += ".SH NAME\ntunnelscope \\- tell from their logs why VPN tunnels fail\n.SH SYNOPSIS\n";
  for (const Command& command : commands()) {
    out += fmt::format(".B tunnelscope {}\n{} [OPTION...]\n.br\n", troff(command.name), troff(command.arguments));
  }
  out += ".SH DESCRIPTION\nReads exports of VPN logs and says which tunnels are ill, since when, why, on which evidence, "
         "who has to do what about it, and how to see that it worked. It needs no network and no credentials.\n"
         ".SH COMMANDS\n";
  for (const Command& command : commands()) {
    out += fmt::format(".SS {}\n{}\n", troff(command.name), troff(command.details));
    for (const Option* option : options_of(command.name)) {
      out += fmt::format(".TP\n.BR {} {}\n{}\n", troff(option->name),
                         option->value.empty() ? "" : "\" \" " + troff(option->value), troff(meaning(*option)));
    }
  }
  out += ".SH EXIT STATUS\n";
  for (const ExitLine& line : kExits) out += fmt::format(".TP\n.B {}\n{}\n", status(line.exit), troff(line.meaning));
  out += ".SH ENVIRONMENT\nEvery option may be given as an environment variable; the command line wins.\n";
  std::set<std::string> names;
  for (const Option& option : options()) names.insert(environment_name(option));
  for (const std::string& name : names) {
    if (!name.empty()) out += fmt::format(".TP\n.B {}\n", troff(name));
  }
  out += ".TP\n.B NO_COLOR\nNo colours with \\-\\-color auto.\n.TP\n.B COLUMNS\nThe width of the report.\n"
         ".TP\n.B XDG_STATE_HOME\nBelow it, in tunnelscope/redact.key, the key for \\-\\-redact is kept.\n"
         ".SH FILES\n.TP\n.B .tunnelscope.yaml\nOptions by their names without dashes, suppressions, pairs and standbys of a project: in "
         "the working folder or above it, up to the repository or home. Command line and environment win.\n"
         ".TP\n.B $XDG_CONFIG_HOME/tunnelscope/config.yaml\nThe same where there is none; else below ~/.config.\n"
         ".SH EXAMPLES\n.nf\ntunnelscope diagnose export/\naws logs tail /vpn/logs \\-\\-since 3h | tunnelscope diagnose \\-\n"
         "tunnelscope diagnose \\-\\-format json \\-\\-fail\\-on critical export/ > report.json\n"
         "tunnelscope explain psk\\-mismatch\n.fi\n";
  return out;
}

namespace {

std::string bash_words(const Option& option) {
  if (!option.choices.empty()) return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", fmt::join(option.choices, " "));
  if (option.completes == Completes::File) return "COMPREPLY=($(compgen -f -- \"$cur\"))";
  if (option.completes == Completes::Folder) return "COMPREPLY=($(compgen -d -- \"$cur\"))";
  return "COMPREPLY=()";
}

std::string bash() {
  std::string out = "# bash completion for tunnelscope\n_tunnelscope() {\n"
                    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "  local command=${COMP_WORDS[1]}\n  COMPREPLY=()\n";
  out += fmt::format("  if [[ $COMP_CWORD -eq 1 ]]; then\n    COMPREPLY=($(compgen -W '{}' -- \"$cur\"))\n    return\n  fi\n",
                     fmt::join(first_words(), " "));
  std::set<std::string_view> groups;
  for (const Command& c : commands()) {
    if (first_word(c.name) != c.name) groups.insert(first_word(c.name));
  }
  for (const std::string_view group : groups) {
    std::vector<std::string_view> words;
    for (const Command* c : commands_in(group)) words.push_back(c->name.substr(group.size() + 1));
    out += fmt::format("  if [[ $command == {0} ]]; then\n    if [[ $COMP_CWORD -eq 2 ]]; then\n"
                       "      COMPREPLY=($(compgen -W '{1}' -- \"$cur\"))\n      return\n    fi\n"
                       "    command=\"{0} ${{COMP_WORDS[2]}}\"\n  fi\n",
                       group, fmt::join(words, " "));
  }
  out += "  case \"$command $prev\" in\n";
  for (const Command& command : commands()) {
    for (const Option* option : options_of(command.name)) {
      if (option->value.empty()) continue;
      out += fmt::format("    '{} {}') {}; return ;;\n", command.name, option->name, bash_words(*option));
    }
  }
  out += "  esac\n  if [[ $cur == -* ]]; then\n    case \"$command\" in\n";
  for (const Command& command : commands()) {
    std::vector<std::string_view> names;
    for (const Option* option : options_of(command.name)) names.push_back(option->name);
    out += fmt::format("      '{}') COMPREPLY=($(compgen -W '{}' -- \"$cur\")) ;;\n", command.name, fmt::join(names, " "));
  }
  return out + "    esac\n    return\n  fi\n  COMPREPLY=($(compgen -f -- \"$cur\"))\n}\n"
               "complete -o filenames -F _tunnelscope tunnelscope\n";
}

std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_option(const Option& option) {
  std::string spec = fmt::format("*{}[{}]", option.name, zsh_text(option.help));
  if (!option.value.empty()) {
    const std::string action = !option.choices.empty()                   ? fmt::format("({})", fmt::join(option.choices, " "))
                               : option.completes == Completes::File   ? "_files"
                               : option.completes == Completes::Folder ? "_files -/"
                                                                       : " ";
    spec += fmt::format(":{}:{}", zsh_text(option.value), action);
  }
  return quoted_for_shell(spec);
}

std::string zsh() {
  std::string out = "#compdef tunnelscope\n# zsh completion for tunnelscope\n_tunnelscope() {\n  local command=$words[2]\n";
  std::map<std::string_view, std::vector<const Command*>> groups;
  for (const Command& c : commands()) groups[first_word(c.name)].push_back(&c);
  out += fmt::format("  if (( CURRENT == 2 )); then\n    compadd {}\n    return\n  fi\n", fmt::join(first_words(), " "));
  for (const auto& [group, members] : groups) {
    if (members.size() == 1 && members[0]->name == group) continue;
    std::vector<std::string_view> words;
    for (const Command* c : members) words.push_back(c->name.substr(group.size() + 1));
    out += fmt::format("  if [[ $command == {0} ]]; then\n    if (( CURRENT == 3 )); then\n      compadd {1}\n      return\n"
                       "    fi\n    command=\"{0} $words[3]\"\n  fi\n",
                       group, fmt::join(words, " "));
  }
  out += "  case $command in\n";
  for (const Command& command : commands()) {
    out += fmt::format("    '{}') _arguments \\\n", command.name);
    for (const Option* option : options_of(command.name)) out += fmt::format("      {} \\\n", zsh_option(*option));
    out += "      '*:input:_files' ;;\n";
  }
  return out + "  esac\n}\n_tunnelscope \"$@\"\n";
}

std::string fish() {
  std::string out = "# fish completion for tunnelscope\n";
  for (const Command& command : commands()) {
    const std::string_view group = first_word(command.name);
    if (group == command.name) {
      out += fmt::format("complete -c tunnelscope -n __fish_use_subcommand -f -a {} -d {}\n", group,
                         quoted_for_shell(command.summary));
    } else {
      out += fmt::format("complete -c tunnelscope -n __fish_use_subcommand -f -a {0}\n"
                         "complete -c tunnelscope -n '__fish_seen_subcommand_from {0}' -f -a {1} -d {2}\n",
                         group, command.name.substr(group.size() + 1), quoted_for_shell(command.summary));
    }
  }
  for (const Option& option : options()) {
    std::set<std::string_view> words;
    for (const std::string_view name : option.commands) words.insert(name.substr(name.find(' ') + 1));
    const std::string condition =
        words.empty() ? "" : fmt::format(" -n '__fish_seen_subcommand_from {}'", fmt::join(words, " "));
    std::string value;
    if (!option.choices.empty()) value = fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    else if (option.completes == Completes::Folder) value = " -x -a '(__fish_complete_directories)'";
    else if (!option.value.empty()) value = option.completes == Completes::File ? " -r" : " -x";
    out += fmt::format("complete -c tunnelscope{} -l {}{} -d {}\n", condition, option.name.substr(2), value,
                       quoted_for_shell(option.help));
  }
  return out;
}

}  // namespace

std::string completions_for(std::string_view shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  return "";
}

}  // namespace tunnelscope::app
