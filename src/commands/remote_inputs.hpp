// Inputs that are no files: log groups, by their names. In: the options that bound what is fetched. Out: what reading asks for them.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "diag/time.hpp"
#include "src/command.hpp"
#include "src/input/reader.hpp"

namespace tunnelscope::commands {

inline constexpr diag::Duration kFetchedWithoutSince = diag::kDay;

bool has_remote(const std::vector<std::string>& inputs);

// Fetched is what lies between --since (a distance counts back from --now, else from this machine's clock) and `until`; without --since the
// last day of it, which is said to the user. `console` must outlive the function.
std::function<std::optional<input::RemoteInput>(const std::string&)> remote_inputs(const app::Settings& settings, diag::Time until,
                                                                                   app::Console& console);

}  // namespace tunnelscope::commands
