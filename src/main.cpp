// The door to the world: standard streams, terminal, environment and clock, and nothing else.
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "src/command.hpp"

namespace {

using tunnelscope::app::Console;

int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool holds_data(int file) {
  struct stat info {};
  return fstat(file, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISREG(info.st_mode) || S_ISSOCK(info.st_mode));
}

int window_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::string variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? "" : value;
}

std::vector<std::string> names_of_variables() {
  std::vector<std::string> names;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
    const std::string_view text(*one);
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

std::int64_t clock_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is no error
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is one, and is told where it is written
  Console console;
  console.out = [](std::string_view text) { return write_all(STDOUT_FILENO, text); };
  console.err = [](std::string_view text) { write_all(STDERR_FILENO, text); };
  console.environment = variable;
  console.variables = names_of_variables();
  console.clock = clock_now;
  console.in_is_data = holds_data(STDIN_FILENO);
  console.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  console.err_is_terminal = isatty(STDERR_FILENO) == 1;
  console.window = window_columns();
  return tunnelscope::app::run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), console);
}
