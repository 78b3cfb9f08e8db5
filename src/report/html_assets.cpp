// web_assets.inc has the bytes: kStyle, kScript, those of the runbook and the description of the API, each with a zero at its end (web/embed.cmake).
#include "src/report/html_assets.hpp"

#include <cstddef>

namespace tunnelscope::report::html {
namespace {

#include "web_assets.inc"

template <std::size_t Size>
std::string_view text_of(const unsigned char (&bytes)[Size]) {
  return {reinterpret_cast<const char*>(bytes), Size - 1};
}

}  // namespace

std::string_view style() { return text_of(kStyle); }
std::string_view script() { return text_of(kScript); }
std::string_view runbook_style() { return text_of(kRunbookStyle); }
std::string_view search_script() { return text_of(kSearchScript); }
std::string_view openapi() { return text_of(kOpenapi); }

}  // namespace tunnelscope::report::html
