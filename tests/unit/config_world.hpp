// Configurations as strings, with files to include; and endpoints as lines of text.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "src/config/readers.hpp"

namespace tunnelscope::config::test {
inline namespace world {

// Files by their paths: an include takes a path as it stands, or all that begin and end as a pattern with one "*" does.
using Files = std::map<std::string, std::string>;

// What the reader `kind` makes of the file `path` of `files`.
model::Configuration read(const Kind& kind, const std::string& path, const Files& files, std::vector<Source> secrets = {});
// The same of one text, at "gateway.conf".
model::Configuration read(const Kind& kind, const std::string& text);

// "gateway.conf:3:5: unknown keyword (did you mean `proposals`?)", one line a problem.
std::string problems_of(const model::Configuration& configuration);

// All of an endpoint that is known, a line a value: "ike-proposals aes256-sha256-modp2048 at 7", "mobike yes by strongSwan 5.9 ...",
// "keys unknown: no secrets were given". Of a key only its owners and size.
std::string text_of(const model::Endpoint& endpoint);
// The line of one value, without its name.
std::string value_of(const model::Endpoint& endpoint, const std::string& name);

}  // namespace world
}  // namespace tunnelscope::config::test
