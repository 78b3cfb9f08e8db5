// The styles and scripts of HTML pages, from web/, as the build embedded them.
#pragma once
#include <string_view>

namespace tunnelscope::report::html {

std::string_view style();
std::string_view script();  // empty: a build without node; pages then stand still

std::string_view runbook_style();
std::string_view search_script();  // of the runbook's index

std::string_view openapi();  // docs/openapi.yaml

}  // namespace tunnelscope::report::html
