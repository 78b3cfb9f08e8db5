// What several commands begin with: the knowledge base, and reading inputs into an Intake.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/config/model.hpp"
#include "diag/diagnose.hpp"
#include "diag/intake.hpp"
#include "diag/report.hpp"
#include "kb/knowledge.hpp"
#include "kb/loader.hpp"
#include "src/command.hpp"
#include "src/input/reader.hpp"

namespace tunnelscope::commands {

// The built-in knowledge base, or one with the folder of --kb laid over it.
class KnowledgeBase {
 public:
  KnowledgeBase() = default;
  explicit KnowledgeBase(kb::Knowledge own) : own_(std::move(own)) {}
  const kb::Knowledge& get() const { return own_ ? *own_ : kb::built_in(); }

 private:
  std::optional<kb::Knowledge> own_;
};
// The error has been told to the user; what is left is the exit status.
tl::expected<KnowledgeBase, app::Exit> knowledge_base(const app::Settings& settings, app::Console& console);

bool is_folder(const std::string& path);
void complain_about(app::Console& console, const kb::Errors& errors);

// The arguments, or standard input when there are none and it holds data; else a complaint with `hint`, and Exit::Usage.
tl::expected<std::vector<std::string>, app::Exit> inputs_of(const app::Settings& settings, app::Console& console, std::string_view hint);

// Threads to use: --jobs, else as many as the machine has cores.
unsigned jobs_of(const app::Settings& settings);

// Reads with progress on standard error; does not finish the intake.
std::vector<input::ReadProblem> read(const std::vector<std::string>& paths, const app::Settings& settings,
                                     diag::Time until, app::Console& console, diag::Intake& intake);

// The instant of --now; kNoTime: it is not given.
tl::expected<diag::Time, app::UsageError> now_of(const app::Settings& settings, const app::Console& console);

// The windows of --maintenance.
tl::expected<std::vector<diag::MaintenanceWindow>, app::UsageError> maintenance_of(const app::Settings& settings, app::Console& console);

// What a configuration has that could not be read or understood, on standard error.
void complain_of(const diag::config::Problem& problem, app::Console& console);

// Any record said what the tunnel is doing.
bool states_something(const diag::TunnelReport& tunnel);

// --tunnel names a tunnel, or a complaint was made.
bool check_tunnel(const app::Settings& settings, app::Console& console);

}  // namespace tunnelscope::commands
