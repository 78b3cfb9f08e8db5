// What begins every page of ours, and what a page may do: what its Content-Security-Policy says.
#pragma once
#include <string>
#include <string_view>

#include "src/report/markup.hpp"

namespace tunnelscope::report::html {

// The embedded style and script by their hashes, and nothing else; an empty script: none.
std::string policy(std::string_view style, std::string_view script);

// A page's head, with the style embedded and the script allowed.
void head(Markup& to, std::string_view title, std::string_view style, std::string_view script);

}  // namespace tunnelscope::report::html
