// Where in which YAML file a part of the knowledge base stands, for errors that lint finds after loading.
// Keys: "message:<id>", "cause:<id>", "config/<name>" or "thresholds" for a file as a whole, then "#" and the path of keys and
// list indices inside it: "message:aws-s2s/ikev2/psk-mismatch#examples/0/line".
#pragma once
#include <map>
#include <string>

namespace tunnelscope::kb {

struct Position {
  std::string file;
  int line = 0;    // 1-based; 0: the file as a whole
  int column = 0;
  std::string source_line;
};

// An overlay's positions replace those of the base.
using SourceMap = std::map<std::string, Position, std::less<>>;

}  // namespace tunnelscope::kb
