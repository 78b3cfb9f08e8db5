// How the parts of the Junos reader look at its statements: the word behind a path, and whether a name is defined.
#pragma once
#include <initializer_list>
#include <string>
#include <vector>

#include "src/config/juniper_syntax.hpp"
#include "src/config/rows.hpp"

namespace tunnelscope::config {

inline constexpr const char* kJunosTable = "Junos 22.4, 2022-12";  // of defaults

using JuniperPath = std::vector<std::string>;
JuniperPath below(JuniperPath path, std::initializer_list<std::string> more);

// Refers to the statements and problems of the file that is read.
struct JuniperView {
  JuniperView(Statements& all, std::vector<Problem>& told) : statements(all), problems(told) {}

  // The word behind a path, and where it stands; nullptr: not said.
  const Word* word(const JuniperPath& path);
  // Whether something of that name is there; a problem when not.
  bool defined(const JuniperPath& path, const Word& name);
  Value<Seconds> seconds(const JuniperPath& path, Seconds fallback, const Where& where);

  Statements& statements;
  std::vector<Problem>& problems;
};

}  // namespace tunnelscope::config
