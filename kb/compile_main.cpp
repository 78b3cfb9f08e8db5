// kb_compile FOLDER OUTPUT: the build's step from YAML to a string literal of archive bytes.
// A fault in the YAML fails the build with the same text that a user's own folder would give.
#include <cstdio>
#include <fstream>
#include <iostream>

#include "kb/loader.hpp"

namespace {

// Three octal digits a byte, so that no digit of the next byte can join the escape.
void write_literal(std::ostream& out, const std::string& bytes) {
  constexpr std::size_t kPerLine = 96;
  for (std::size_t at = 0; at < bytes.size(); at += kPerLine) {
    out << '"';
    for (const char c : bytes.substr(at, kPerLine)) {
      const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?';
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
      if (plain) {
        out << c;
      } else {
        out << escape;
      }
    }
    out << "\"\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: kb_compile FOLDER OUTPUT\n";
    return 2;
  }
  const auto knowledge = tunnelscope::kb::load_folder(argv[1]);
  if (!knowledge) {
    for (const auto& error : knowledge.error()) std::cerr << to_text(error) << "\n";
    return 1;
  }
  std::ofstream out(argv[2], std::ios::binary);
  write_literal(out, tunnelscope::kb::to_archive(*knowledge));
  out.flush();
  if (!out) {
    std::cerr << argv[2] << ": cannot be written\n";
    return 1;
  }
  return 0;
}
