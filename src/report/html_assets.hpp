// The style and the script of HTML pages, from web/, as the build embedded them.
#pragma once
#include <string_view>

namespace tunnelscope::report::html {

std::string_view style();
std::string_view script();  // empty: a build without node; pages then stand still

}  // namespace tunnelscope::report::html
