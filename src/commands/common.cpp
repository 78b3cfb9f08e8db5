// Complaints are made here, so that every command words them alike.
#include "src/commands/common.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "src/commands/remote_inputs.hpp"
#include "src/escape.hpp"
#include "src/input/identity.hpp"
#include "src/maintenance.hpp"
#include "src/moment.hpp"

namespace tunnelscope::commands {
namespace {

// One line that is written again and again on a terminal, or a line at a time elsewhere.
class Progress {
 public:
  Progress(const app::Settings& settings, app::Console& console) : console_(console) {
    shown_ = settings.progress == "always" || (settings.progress != "never" && console.err_is_terminal);
  }
  ~Progress() {
    if (shown_ && console_.err_is_terminal && written_) console_.err("\r\x1b[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool shown() const { return shown_; }
  void show(std::uint64_t bytes, const std::string& path) {
    written_ = true;
    const std::string text = fmt::format("read {:.1f} MB, {}", static_cast<double>(bytes) / 1e6, app::for_terminal(path));
    const int width = console_.window > 1 ? console_.window - 1 : 79;
    console_.err(console_.err_is_terminal ? "\r" + app::cut(text, width, false) + "\x1b[K" : text + "\n");
  }

 private:
  app::Console& console_;
  bool shown_ = false, written_ = false;
};

}  // namespace

bool is_folder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

void complain_about(app::Console& console, const kb::Errors& errors) {
  for (const kb::Error& error : errors) {
    std::string text = kb::to_text(error);
    if (!text.ends_with('\n')) text += '\n';
    console.err(text);
  }
}

tl::expected<KnowledgeBase, app::Exit> knowledge_base(const app::Settings& settings, app::Console& console) {
  if (settings.kb.empty()) return KnowledgeBase();
  if (!is_folder(settings.kb)) {
    app::complain(console, fmt::format("{} {} is not a folder", app::spelled(settings, "--kb"), app::for_terminal(settings.kb)),
                  "it holds messages/, causes/ and thresholds.yaml; any of them may be missing");
    return tl::unexpected(app::Exit::Usage);
  }
  auto knowledge = kb::overlay_folder(kb::built_in(), settings.kb);
  if (knowledge) return KnowledgeBase(std::move(*knowledge));
  complain_about(console, knowledge.error());
  return tl::unexpected(app::Exit::KnowledgeBase);
}

tl::expected<std::vector<std::string>, app::Exit> inputs_of(const app::Settings& settings, app::Console& console, std::string_view hint) {
  if (!settings.arguments.empty()) return settings.arguments;
  if (console.in_is_data) return std::vector<std::string>{"-"};
  app::complain(console, "no input was named", hint);
  return tl::unexpected(app::Exit::Usage);
}

unsigned jobs_of(const app::Settings& settings) {
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::from_chars(settings.jobs.data(), settings.jobs.data() + settings.jobs.size(), jobs);
  return jobs;
}

std::vector<input::ReadProblem> read(const std::vector<std::string>& paths, const app::Settings& settings,
                                     diag::Time until, app::Console& console, diag::Intake& intake) {
  Progress progress(settings, console);
  input::ReadOptions options;
  options.tunnel = settings.tunnel;
  options.until = until;
  options.jobs = jobs_of(settings);
  if (has_remote(paths)) options.remote = remote_inputs(settings, until, console);
  if (progress.shown()) {
    options.progress = [&progress](std::uint64_t bytes, const std::string& path) { progress.show(bytes, path); };
  }
  return input::read_inputs(paths, options, intake);
}

tl::expected<diag::Time, app::UsageError> now_of(const app::Settings& settings, const app::Console& console) {
  if (settings.now.empty()) return diag::kNoTime;
  const auto moment = app::moment_of(settings.now);
  if (!moment || moment->kind == app::Moment::Kind::Before) {
    return tl::unexpected(app::UsageError{
        fmt::format("{} {} is not an instant", app::spelled(settings, "--now"), app::for_terminal(settings.now)),
        "2026-03-01T04:00, seconds since 1970, or `now` for this machine's clock"});
  }
  return moment->kind == app::Moment::Kind::Now ? console.clock() : moment->time;
}

bool check_tunnel(const app::Settings& settings, app::Console& console) {
  const input::Identity identity = input::identity_of_option(settings.tunnel);
  if (settings.tunnel.empty() || (!identity.connection().empty() && !identity.outside_ip().empty())) return true;
  app::complain(console, fmt::format("{} {} is not a tunnel", app::spelled(settings, "--tunnel"), app::for_terminal(settings.tunnel)),
                "VPN_ID/OUTSIDE_IP, for example vpn-0123456789abcdef0/203.0.113.17");
  return false;
}

void complain_of(const diag::config::Problem& problem, app::Console& console) {
  app::complain(console, fmt::format("{}: {}", app::for_terminal(problem.where.precise_text()), app::for_terminal(problem.reason)),
                app::for_terminal(problem.hint));
}

bool states_something(const diag::TunnelReport& t) {
  return t.phase1 != diag::PhaseState::Unknown || t.phase2 != diag::PhaseState::Unknown || t.bgp != diag::BgpState::Unknown;
}

tl::expected<std::vector<diag::MaintenanceWindow>, app::UsageError> maintenance_of(const app::Settings& settings, app::Console& console) {
  std::vector<diag::MaintenanceWindow> windows;
  for (const std::string& path : settings.maintenance) {
    const std::string name = app::for_terminal(path);
    std::ifstream file(path, std::ios::binary);
    if (!file || is_folder(path)) return tl::unexpected(app::UsageError{fmt::format("{} {} cannot be read", app::spelled(settings, "--maintenance"), name), ""});
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto read = app::read_maintenance(text);
    if (!read) {
      const auto& error = read.error();
      return tl::unexpected(app::UsageError{error.line > 0 ? fmt::format("{}:{}: {}", name, error.line, error.reason)
                                                      : fmt::format("{}: {}", name, error.reason), error.hint});
    }
    for (const std::string& warning : read->warnings) app::complain(console, fmt::format("{}: {}", name, warning));
    windows.insert(windows.end(), read->windows.begin(), read->windows.end());
  }
  return windows;
}

}  // namespace tunnelscope::commands
