// What a page of ours may do: what its Content-Security-Policy says.
#pragma once
#include <string>
#include <string_view>

namespace tunnelscope::report::html {

// The embedded style and script by their hashes, and nothing else; an empty script: none.
std::string policy(std::string_view style, std::string_view script);

}  // namespace tunnelscope::report::html
