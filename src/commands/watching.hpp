// What `watch` and `serve` do alike: follow inputs until they end, somebody stops the program, or the observer has seen enough.
#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "diag/alerts.hpp"
#include "kb/knowledge.hpp"
#include "src/command.hpp"
#include "src/live/board.hpp"

namespace tunnelscope::commands {

// Sees each snapshot that differs, and what changed with it. False: enough.
using Observer = std::function<bool(const live::Snapshot& snapshot, const std::vector<diag::AlertChange>& changes)>;

// A server or a file that is fed from the board for as long as the watch runs: started before it, stopped after it. Empty: none.
struct Companion {
  std::function<bool()> start;  // false: it complained, and the command line is at fault
  std::function<void()> stop;
  std::function<bool()> go_on;  // asked again and again: false ends the watch
};

enum class Ending { InputsEnded, SeenEnough, Stopped };  // the last by a signal

// `command`: that of the user, for hints. The error has been told to him; what is left is the exit status.
tl::expected<Ending, app::Exit> follow(std::string_view command, const app::Settings& settings, app::Console& console, const kb::Knowledge& knowledge,
                                       live::Board& board, const Companion& companion, const Observer& observer);

}  // namespace tunnelscope::commands
