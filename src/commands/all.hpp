// What the table in src/run.cpp runs; one file a command.
#pragma once
#include "src/command.hpp"

namespace tunnelscope::commands {

app::Exit diagnose(const app::Settings& settings, app::Console& console);
app::Exit watch(const app::Settings& settings, app::Console& console);
app::Exit serve(const app::Settings& settings, app::Console& console);
app::Exit check(const app::Settings& settings, app::Console& console);
app::Exit explain(const app::Settings& settings, app::Console& console);
app::Exit runbook(const app::Settings& settings, app::Console& console);
app::Exit rules_list(const app::Settings& settings, app::Console& console);
app::Exit rules_show(const app::Settings& settings, app::Console& console);
app::Exit rules_lint(const app::Settings& settings, app::Console& console);
app::Exit rules_test(const app::Settings& settings, app::Console& console);
app::Exit rules_draft(const app::Settings& settings, app::Console& console);
app::Exit completions(const app::Settings& settings, app::Console& console);
app::Exit man(const app::Settings& settings, app::Console& console);

}  // namespace tunnelscope::commands
