// `watch`: follows inputs, shows what changes, and ends when they do, or when the tunnels are healthy.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "diag/health.hpp"
#include "src/commands/all.hpp"
#include "src/commands/background.hpp"
#include "src/commands/common.hpp"
#include "src/commands/diagnosed.hpp"
#include "src/commands/serving.hpp"
#include "src/commands/watching.hpp"
#include "src/escape.hpp"
#include "src/live/views/view.hpp"
#include "src/live/watch.hpp"
#include "src/moment.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
using std::chrono::steady_clock;

constexpr int kRows = 24;  // of a terminal that does not say

// What there is to show it on, as it is now: people change the size of their windows.
struct Room {
  app::Screen screen;
  int rows = kRows;
};
Room room_for(const Settings& settings, const Console& console) {
  winsize size{};
  const bool is_terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  const int columns = is_terminal && size.ws_col > 0 ? size.ws_col : console.window;
  return {app::screen_for(settings.color, console.out_is_terminal, columns, console.environment), is_terminal && size.ws_row > 0 ? size.ws_row : kRows};
}

std::unique_ptr<live::View> view_for(const Settings& settings, const Console& console) {
  const Room room = room_for(settings, console);
  const std::string_view fallback = console.out_is_terminal ? "screen" : "lines";
  const std::string_view name = settings.format == "auto" ? fallback : std::string_view(settings.format);
  const auto kinds = live::view_kinds();
  return std::find_if(kinds.begin(), kinds.end(), [&](const live::ViewKind& k) { return k.name == name; })->make(room.screen, room.rows);
}

// The end of --until healthy: reached, or out of time.
struct Goal {
  bool wanted = false;
  diag::Duration stable = live::WatchOptions{}.stable;
  steady_clock::time_point deadline = steady_clock::time_point::max();
};

tl::expected<Goal, app::UsageError> goal_of(const Settings& settings) {
  Goal goal;
  goal.wanted = !settings.until.empty();
  if (goal.wanted && settings.until != "healthy")
    return tl::unexpected(app::UsageError{fmt::format("{} cannot be `{}`", app::spelled(settings, "--until"), app::for_terminal(settings.until)), "it is healthy"});
  if (const auto stable = app::moment_of(settings.stable); stable) goal.stable = stable->distance;
  if (settings.timeout.empty()) return goal;
  if (!goal.wanted)
    return tl::unexpected(app::UsageError{fmt::format("{} waits for nothing", app::spelled(settings, "--timeout")), "it goes with --until healthy, and says how long to wait for that"});
  const auto timeout = app::moment_of(settings.timeout);
  if (!timeout || timeout->kind != app::Moment::Kind::Before || timeout->distance <= 0) {
    return tl::unexpected(app::UsageError{fmt::format("{} {} is not a span of time", app::spelled(settings, "--timeout"), app::for_terminal(settings.timeout)), "10m or 2h"});
  }
  goal.deadline = steady_clock::now() + std::chrono::milliseconds(timeout->distance);
  return goal;
}

// At the end of all inputs: as diagnose ends.
Exit ended_with(const live::Snapshot* last, const Settings& settings, Console& console) {
  const diag::Report* report = last == nullptr ? nullptr : &last->document->report;
  if (report == nullptr || nothing_recognised(*report)) {
    app::complain(console, "nothing in the inputs was recognised", "tunnelscope diagnose says what they hold");
    return Exit::Input;
  }
  return fails(report::findings_of(*report), settings.fail_on) ? Exit::Findings : Exit::Done;
}

}  // namespace

Exit watch(const Settings& settings, Console& console) {
  const auto goal = goal_of(settings);
  if (!goal) {
    app::complain(console, goal.error().reason, goal.error().hint);
    return Exit::Usage;
  }
  const auto knowledge = knowledge_base(settings, console);
  if (!knowledge) return knowledge.error();
  const auto view = view_for(settings, console);
  live::Board board;
  auto companion = companion_for(settings, console, board, knowledge->get(), Shows::MetricsAlone);
  if (!companion) {
    app::complain(console, companion.error().reason, companion.error().hint);
    return Exit::Usage;
  }
  companion->go_on = [&] { return steady_clock::now() < goal->deadline; };
  diag::Health health{false, "nothing has been read yet"};
  bool reached = false, broken_pipe = false;
  std::shared_ptr<const live::Snapshot> last;
  const auto say = [&](const std::string& text) { broken_pipe = broken_pipe || (!text.empty() && console.out(text) != 0); };
  const auto ended = [&] {
    const auto ending = follow("watch", settings, console, knowledge->get(), board, *companion, [&](const live::Snapshot& snapshot, const std::vector<diag::AlertChange>& changes) {
      if (last == nullptr) say(view->begin());  // not before: what stops a watch from starting must stay on the screen
      const Room room = room_for(settings, console);
      view->resize(room.screen, room.rows);
      say(view->show(snapshot, changes));
      last = board.newest();
      if (goal->wanted && snapshot.stale.empty()) {
        health = diag::health_of(snapshot.document->report, knowledge->get(), goal->stable);
        reached = health.healthy;
      } else {
        health.missing = snapshot.stale;
      }
      return !broken_pipe && !reached;
    });
    if (last != nullptr) say(view->end());
    return ending;
  }();
  if (!ended) return ended.error();
  if (*ended == Ending::Stopped && !goal->wanted) return Exit::Done;
  if (!goal->wanted) return ended_with(last.get(), settings, console);
  if (reached) {
    console.err("tunnelscope: healthy\n");
    return Exit::Done;
  }
  app::complain(console, fmt::format("not healthy: {}", app::for_terminal(health.missing)), "");
  return Exit::Findings;
}

}  // namespace tunnelscope::commands
