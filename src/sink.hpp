// A text in pieces: what is long need not stand in memory as a whole. In: pieces, in order. Out: up to who takes them.
#pragma once
#include <functional>
#include <string_view>

namespace tunnelscope::app {

using Sink = std::function<void(std::string_view piece)>;
using Pieces = std::function<void(const Sink& to)>;  // gives all of a text

}  // namespace tunnelscope::app
