// `runbook`: the knowledge base as pages, or one of them.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "src/commands/all.hpp"
#include "src/commands/common.hpp"
#include "src/commands/entries.hpp"
#include "src/escape.hpp"
#include "src/report/runbook.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
namespace fs = std::filesystem;

Exit write_pages(const std::vector<report::RunbookPage>& pages, const std::string& folder, Console& console) {
  for (const report::RunbookPage& page : pages) {
    const fs::path path = fs::path(folder) / page.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream file(path, std::ios::binary);
    file << page.text;
    file.close();
    if (file) continue;
    app::complain(console, fmt::format("{} cannot be written", app::for_terminal(path.string())), error ? error.message() : "");
    return Exit::Usage;
  }
  console.err(fmt::format("{} files; begin with {}\n", pages.size(), app::for_terminal((fs::path(folder) / pages[0].path).string())));
  return Exit::Done;
}

}  // namespace

Exit runbook(const Settings& settings, Console& console) {
  const auto base = knowledge_base(settings, console);
  if (!base) return base.error();
  const kb::Knowledge& knowledge = base->get();
  const report::RunbookForm& form = report::runbook_form(settings.format);
  if (settings.arguments.empty()) {
    if (!settings.output.empty() && settings.output != "-") return write_pages(report::Runbook(knowledge, form).all(), settings.output, console);
    app::complain(console, "a whole runbook is many pages", "tunnelscope runbook --output DIR; or one of them: tunnelscope runbook psk-mismatch");
    return Exit::Usage;
  }
  const auto entry = entry_named(settings.arguments[0], knowledge);
  if (!entry) return no_such_entry(settings.arguments[0], knowledge, console);
  const report::Runbook runbook(knowledge, form, report::Runbook::Pages::Alone);
  const auto page = std::visit([&](const auto* found) { return runbook.page(*found); }, *entry);
  return app::deliver(page.text, settings, console, Exit::Done);
}

}  // namespace tunnelscope::commands
