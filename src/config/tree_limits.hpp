// What the three readers of documents share. Internal to src/config/.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/config/tree.hpp"

namespace tunnelscope::config {

Tree too_large(const std::string& path, std::size_t limit);
// Adds a problem for each key of the map that stands there again, and breaks its values. The key is not named: its place says which.
void note_repeated_keys(Node& map, const std::string& path, std::vector<diag::config::Problem>& problems);
bool is_number(std::string_view word);  // as JSON writes them
void append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace tunnelscope::config
