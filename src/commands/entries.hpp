// Entries of the knowledge base by their ids, as people type them.
#pragma once
#include <optional>
#include <string>
#include <variant>

#include "kb/knowledge.hpp"
#include "src/command.hpp"

namespace tunnelscope::commands {

using Entry = std::variant<const kb::Cause*, const kb::MessageRule*, const kb::ConfigRule*>;

// In any case, and a message rule also by the end of its path where only one ends so.
std::optional<Entry> entry_named(const std::string& asked, const kb::Knowledge& knowledge);

// Complains, with the id that was probably meant.
app::Exit no_such_entry(const std::string& asked, const kb::Knowledge& knowledge, app::Console& console);

}  // namespace tunnelscope::commands
