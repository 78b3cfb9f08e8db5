// posix_spawn, as other threads may be running; both outputs are read at once, so that neither pipe can fill up and block the program.
#include "src/live/aws/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include <fmt/format.h>

extern char** environ;

namespace tunnelscope::live {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMostOutput = std::size_t{64} << 10;
constexpr std::chrono::milliseconds kLook{50};  // how often `stop` and the program's end are looked at

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// In a process group of its own, so that its children can be killed with it.
int spawn(const std::vector<std::string>& words, const Pipe& out, const Pipe& err, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out.writing(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.writing(), STDERR_FILENO);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int error = ::posix_spawnp(&pid, words[0].c_str(), &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

// False: the other end is closed, or there is too much.
bool take(Pipe& pipe, std::string& to) {
  std::array<char, 4096> bytes{};
  const ssize_t count = ::read(pipe.reading(), bytes.data(), bytes.size());
  if (count < 0 && errno == EINTR) return true;
  if (count > 0) to.append(bytes.data(), static_cast<std::size_t>(count));
  explicit_bzero(bytes.data(), bytes.size());
  if (count > 0 && to.size() <= kMostOutput) return true;
  pipe.close(0);
  return false;
}

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  const auto begin = text.rfind('\n');
  return std::string(begin == std::string_view::npos ? text : text.substr(begin + 1));
}

// As argparse of Python says it, by which the AWS CLI takes its command line; below follow all that there are.
bool has_no_such_command(std::string_view complaint) {
  return complaint.find("nvalid choice") != std::string_view::npos;
}

}  // namespace

tl::expected<Secret, ProgramFault> output_of(const std::vector<std::string>& words, std::chrono::milliseconds timeout,
                                             const std::atomic<bool>* stop) {
  const auto deadline = Clock::now() + timeout;
  Pipe out, err;
  pid_t pid = 0;
  if (out.reading() < 0 || err.reading() < 0) return tl::unexpected(ProgramFault{false, "no pipe could be made"});
  if (const int error = spawn(words, out, err, pid); error != 0)
    return tl::unexpected(ProgramFault{error == ENOENT, fmt::format("{}: {}", words[0], std::strerror(error))});
  out.close(1);
  err.close(1);

  std::string text, complaint;
  text.reserve(kMostOutput + 4096);  // so that no copy of a secret is left behind
  const auto in_time = [&] { return Clock::now() < deadline && (stop == nullptr || !*stop); };
  while ((out.reading() >= 0 || err.reading() >= 0) && in_time()) {
    std::array<pollfd, 2> ready{pollfd{out.reading(), POLLIN, 0}, pollfd{err.reading(), POLLIN, 0}};
    if (::poll(ready.data(), ready.size(), static_cast<int>(kLook.count())) <= 0) continue;
    if (ready[0].revents != 0) take(out, text);
    if (ready[1].revents != 0) take(err, complaint);
  }
  Secret output(text);
  wipe(text);
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (in_time()) {
      std::this_thread::sleep_for(kLook / 10);
      continue;
    }
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    return tl::unexpected(ProgramFault{
        false, fmt::format("{} did not end within {} s", words[0], std::chrono::duration_cast<std::chrono::seconds>(timeout).count())});
  }
  if (output.reveal().size() > kMostOutput) return tl::unexpected(ProgramFault{false, words[0] + " wrote too much"});
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return output;
  const std::string said = last_line(complaint);
  return tl::unexpected(ProgramFault{false, said.empty() ? words[0] + " failed" : said, has_no_such_command(complaint)});
}

}  // namespace tunnelscope::live
