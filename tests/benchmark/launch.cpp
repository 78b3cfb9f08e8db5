// Runs one program and says what it took. Small, because a process starts with the peak memory of the one that starts it:
// started from Python, every program would seem to need Python's memory.
//   benchmark_launch OUTPUT COMMAND [ARGUMENT...]
// In: a file for the program's standard output; the program, looked up in PATH. Out: one JSON object: seconds that passed, seconds
// of processor time (of all that the program started, too), peak resident memory in bytes, and how it ended (128 and the
// signal's number if by a signal).
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace {

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }

int launch(const char* output, char** command) {
  posix_spawn_file_actions_t redirected;
  posix_spawn_file_actions_init(&redirected);
  posix_spawn_file_actions_addopen(&redirected, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&redirected, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  pid_t child = 0;
  int status = 0;
  rusage usage{};
  const auto begin = std::chrono::steady_clock::now();
  if (const int error = posix_spawnp(&child, command[0], &redirected, nullptr, command, environ); error != 0) {
    fmt::print(stderr, "error: {} could not be started: {}\n", command[0], std::strerror(error));
    return 1;
  }
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 1;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  fmt::print("{{\"wall\": {:.6f}, \"cpu\": {:.6f}, \"peak\": {}, \"status\": {}}}\n", wall.count(),
             seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1024,
             WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: benchmark_launch OUTPUT COMMAND [ARGUMENT...]\n");
    return 2;
  }
  return launch(argv[1], argv + 2);
}
