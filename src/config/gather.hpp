// Files named by the user made into configurations: opened, recognised, told to belong to a side, read with their secrets and includes.
// In: paths as given. Out: configurations, and what could not be read. Texts, which hold keys, are wiped before it returns.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "diag/config/model.hpp"
#include "src/options.hpp"

namespace tunnelscope::config {

// A path as given, "-" for standard input, and the side that the user said it is of; empty: told by its kind.
struct Given {
  std::string path;
  std::optional<diag::config::Side> side;
};

struct Gathered {
  std::vector<diag::config::Configuration> configurations;  // in the order given; files of secrets among them, without endpoints
  std::vector<diag::config::Problem> problems;              // of files that gave no configuration; fatal
};

// Texts by path, for what stands in files that are not written. They may hold keys: whoever owns them wipes them.
using Texts = std::map<std::string, std::string>;

// A file that cannot be read is a problem, and the others are read. Of a path in `instead`, included or given, that text is read.
// Error: whose end a file is cannot be told, or was told wrongly.
tl::expected<Gathered, app::UsageError> gather(const std::vector<Given>& files, const Texts& instead = {});

// What stood there earlier: sides are those of `now` whose tunnels have the same names or outside addresses, else their kind's.
Gathered gather_before(const std::vector<std::string>& paths, const std::vector<diag::config::Configuration>& now);

// The text of a regular file; empty: it cannot be read, or is large.
std::string text_of_file(const std::string& path);

// Whether it may be shown: no longer than `most` bytes, and nothing in it looks like a key.
bool is_harmless(const std::string& line, std::size_t most);
// The line of a file without its line break; empty: it cannot be read, is longer than `most` bytes, or holds what may be a key.
std::string harmless_line(const diag::config::Where& where, std::size_t most);

}  // namespace tunnelscope::config
