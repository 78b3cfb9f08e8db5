// The makers of sources, for the table in sources.cpp; one file a kind.
#pragma once
#include <memory>
#include <string>

#include "src/live/sources/source.hpp"

namespace tunnelscope::live {

std::unique_ptr<Source> make_file_source(const std::string& path, const std::string& cursor);

// `descriptor` stays open. What it holds when the watch begins is over when nothing has come for a second.
std::unique_ptr<Source> make_stream_source(int descriptor);

}  // namespace tunnelscope::live
