// `completions SHELL` and `man`: what the install rules call.
#include <fmt/format.h>

#include "src/commands/all.hpp"
#include "src/escape.hpp"
#include "src/help.hpp"

namespace tunnelscope::commands {

app::Exit completions(const app::Settings& settings, app::Console& console) {
  const std::string& shell = settings.arguments[0];
  const std::string text = app::completions_for(shell);
  if (text.empty()) {
    app::complain(console, fmt::format("no completions for `{}`", app::for_terminal(shell)), "bash, zsh or fish");
    return app::Exit::Usage;
  }
  return app::deliver(text, settings, console, app::Exit::Done);
}

app::Exit man(const app::Settings& settings, app::Console& console) {
  return app::deliver(app::man_page(), settings, console, app::Exit::Done);
}

}  // namespace tunnelscope::commands
