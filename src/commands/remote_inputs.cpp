#include "src/commands/remote_inputs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/commands/common.hpp"
#include "src/escape.hpp"
#include "src/live/aws/log_group.hpp"
#include "src/live/sources/cloudwatch.hpp"
#include "src/moment.hpp"

namespace tunnelscope::commands {
namespace {

// The instant from which --since and its default count back.
diag::Time present(const app::Settings& settings, const app::Console& console) {
  const auto now = now_of(settings, console);
  return now && *now != diag::kNoTime ? *now : console.clock();
}

diag::Time from_of(const app::Settings& settings, diag::Time until, const app::Console& console) {
  const diag::Time now = present(settings, console);
  const auto since = app::moment_of(settings.since);
  if (!since) return std::min(now, until == diag::kNoTime ? now : until) - kFetchedWithoutSince;
  return since->kind == app::Moment::Kind::Instant ? since->time : now - since->distance;
}

}  // namespace

bool has_remote(const std::vector<std::string>& inputs) { return std::any_of(inputs.begin(), inputs.end(), live::names_log_group); }

std::function<std::optional<input::RemoteInput>(const std::string&)> remote_inputs(const app::Settings& settings, diag::Time until,
                                                                                   app::Console& console) {
  const diag::Time from = from_of(settings, until, console);
  return [from, until, &console, bounded = !settings.since.empty()](const std::string& name) -> std::optional<input::RemoteInput> {
    if (!live::names_log_group(name)) return std::nullopt;
    const std::string path = live::path_of_log_group(name);
    if (!bounded) {
      app::complain(console, fmt::format("{}: reading what {} holds from {} on", app::for_terminal(path),
                                         until == diag::kNoTime ? "the last day" : "the day before --until", diag::date_and_clock(from)),
                    "diagnose --since 7d reads further back");
    }
    return input::RemoteInput{path, [=, &console]() -> tl::expected<std::unique_ptr<input::ByteSource>, input::ReadProblem> {
      auto bytes = live::cloudwatch_bytes(name, from, until, console.environment);
      if (!bytes) return tl::unexpected(input::ReadProblem{path, bytes.error().reason, bytes.error().hint});
      return std::move(*bytes);
    }};
  };
}

}  // namespace tunnelscope::commands
