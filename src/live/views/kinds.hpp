// The makers of views, for the table in views.cpp; one file a kind.
#pragma once
#include <memory>

#include "src/live/views/view.hpp"

namespace tunnelscope::live {

std::unique_ptr<View> make_screen_view(const app::Screen& screen, int rows);  // redraws the terminal
std::unique_ptr<View> make_lines_view(const app::Screen& screen, int rows);   // a line a change
std::unique_ptr<View> make_ndjson_view(const app::Screen& screen, int rows);  // a JSON object a change

}  // namespace tunnelscope::live
