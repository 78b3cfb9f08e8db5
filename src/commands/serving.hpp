// What a watch shows to other programs for as long as it runs: the server of --listen, the file of --textfile.
#pragma once
#include <tl/expected.hpp>

#include "kb/knowledge.hpp"
#include "src/command.hpp"
#include "src/commands/watching.hpp"
#include "src/live/board.hpp"

namespace tunnelscope::commands {

enum class Shows { MetricsAlone, Pages };

// Opens nothing yet. All references must outlive what it gives.
tl::expected<Companion, app::UsageError> companion_for(const app::Settings& settings, app::Console& console, const live::Board& board,
                                                       const kb::Knowledge& knowledge, Shows shows);

}  // namespace tunnelscope::commands
