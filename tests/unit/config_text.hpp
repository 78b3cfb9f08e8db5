// Configurations as lines of text, for tests of readers: every value of an endpoint, how it is known, and its line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "src/config/readers.hpp"

namespace tunnelscope::config::test {

// What the reader of its kind makes of a text, which stands in "input".
std::vector<model::Configuration> configurations(std::string_view text);
// The only configuration that comes of it.
model::Configuration configuration(std::string_view text);

// "dpd.timeout: 30 s @12" stated in line 12, "start: wait *" by default, "dpd.timeout: ? known only after apply". A value of which nothing
// is said at all ("? not stated") is left out. A key is "set".
std::string text_of(const model::Endpoint& endpoint);
// The rest of the line that begins with `name`: "30 s @12"; "" when it is left out.
std::string line_of(const model::Endpoint& endpoint, std::string_view name);
// "input:3:7: reason (hint)", "!" before what is fatal, a line each.
std::string text_of(const std::vector<model::Problem>& problems);

}  // namespace tunnelscope::config::test
