// The commands as a table, and what a command may touch of the world: its settings and a Console.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/exit_status.hpp"
#include "src/options.hpp"
#include "src/sink.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::app {

// Where output goes. `out` gives 0 or the errno of the write that failed.
struct Console {
  std::function<int(std::string_view)> out;
  std::function<void(std::string_view)> err;
  Environment environment;
  std::vector<std::string> variables = {};  // the names of all that are set
  std::function<std::int64_t()> clock;  // milliseconds since 1970, for `--now now` alone
  bool in_is_data = false;              // standard input is a pipe or a file
  bool out_is_terminal = false, err_is_terminal = false;
  int window = 0;                       // columns of the terminal, 0: none
};

struct Command {
  std::string_view name;       // "rules list"
  std::string_view arguments;  // "[INPUT...]", empty: none
  std::string_view summary;    // one line
  std::string_view details;    // a paragraph for --help and the man page
  int least, most;             // how many arguments; most -1: any number
  Exit (*run)(const Settings& settings, Console& console);
};

std::span<const Command> commands();
const Command* command_named(std::string_view name);

// The whole program: words without the program's name. Never throws; gives the exit status.
int run(const std::vector<std::string>& words, Console& console);

// "tunnelscope: reason" and "  hint: ..." on standard error.
void complain(Console& console, std::string_view reason, std::string_view hint = {});

// Writes to --output, or to standard output; a broken pipe is quiet. Complains and gives another status on failure.
Exit deliver(const Pieces& text, const Settings& settings, Console& console, Exit when_written);
Exit deliver(std::string_view text, const Settings& settings, Console& console, Exit when_written);

std::string_view version();

}  // namespace tunnelscope::app
