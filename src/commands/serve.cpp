// `serve`: a watch that shows itself as a page.
#include "src/commands/all.hpp"
#include "src/commands/common.hpp"
#include "src/commands/serving.hpp"
#include "src/commands/watching.hpp"

namespace tunnelscope::commands {

app::Exit serve(const app::Settings& settings, app::Console& console) {
  const auto knowledge = knowledge_base(settings, console);
  if (!knowledge) return knowledge.error();
  live::Board board;
  const auto companion = companion_for(settings, console, board, knowledge->get(), Shows::Pages);
  if (!companion) {
    app::complain(console, companion.error().reason, companion.error().hint);
    return app::Exit::Usage;
  }
  const auto ended = follow("serve", settings, console, knowledge->get(), board, *companion, [](const live::Snapshot&, const std::vector<diag::AlertChange>&) { return true; });
  return ended ? app::Exit::Done : ended.error();
}

}  // namespace tunnelscope::commands
