// What begins every page of ours, and what a page may do: what its Content-Security-Policy says.
#pragma once
#include <string>
#include <string_view>

#include "src/report/markup.hpp"

namespace tunnelscope::report::html {

// The embedded style and script by their hashes, and nothing else; an empty script: none.
std::string policy(std::string_view style, std::string_view script);

// A page of a site: styles and scripts of the site's own files, and nothing else.
std::string policy_of_site();

struct Look {
  std::string_view embedded;  // a style; empty: `file` is linked
  std::string file = {};
};
enum class Readers { Anybody, Insiders };  // a page for insiders is no page for search engines

void head(Markup& to, std::string_view title, const std::string& policy, const Look& look, Readers readers);

// The head of a page in one file for insiders, with the style embedded and the script allowed.
void head(Markup& to, std::string_view title, std::string_view style, std::string_view script);

}  // namespace tunnelscope::report::html
