// Everything that describes the command line, made from the tables of commands and options.
#pragma once
#include <string>
#include <string_view>

#include "src/command.hpp"

namespace tunnelscope::app {

std::string overview();                       // tunnelscope --help
std::string group_help(std::string_view group);  // "rules": the commands that begin with it; "" when there is none
std::string help_for(const Command& command);  // less than 40 lines
std::string man_page();                       // troff
std::string completions_for(std::string_view shell);  // bash, zsh, fish; "" for another

}  // namespace tunnelscope::app
