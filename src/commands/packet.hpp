// The folder of `diagnose --packet`: what is wrong with it is said before anything is read, and it is written in full or not at all.
#pragma once
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "src/command.hpp"
#include "src/report/packet.hpp"

namespace tunnelscope::commands {

// It does not exist, or is an empty folder, and can be written.
tl::expected<void, app::UsageError> check_packet_folder(const app::Settings& settings);

// Each file appears under its name when it is complete; after a failure none is left. Complaints are made here.
app::Exit write_packet(const std::vector<report::PacketFile>& files, const std::string& folder, app::Console& console, app::Exit when_written);

}  // namespace tunnelscope::commands
