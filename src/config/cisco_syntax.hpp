// A running configuration of Cisco IOS or IOS-XE: commands, and indented below them what belongs to each. In: its text. Out: the tree of
// commands as words.
#pragma once
#include "src/config/words.hpp"

namespace tunnelscope::config {

struct Command {
  std::vector<Word> words;
  Where where;
  std::vector<Command> below;

  // The text of a word; empty: there is none.
  std::string_view word(std::size_t index) const { return index < words.size() ? std::string_view(words[index].text) : std::string_view(); }
  // Whether it begins with these words, one space between them.
  bool begins(std::string_view words_apart) const;
  // The first, or all, of those below that begin so.
  const Command* find(std::string_view words_apart) const;
  std::vector<const Command*> all(std::string_view words_apart) const;
};

// A command without words, with all others below it, as the router holds them at the end: banners are passed over, a section that is
// opened again is one, the last of a word that is said once counts, and `no` takes back what stands above it.
Command read_commands(std::string_view text, const std::string& path, std::vector<Problem>& problems);
void wipe(Command& command);

// The transforms of `encryption aes-cbc-256`, `hash sha256`, `esp-gcm 256` and so on, by canonical name; empty: not known.
std::string_view cisco_cipher(std::string_view name, std::string_view key_bits);
std::string_view cisco_hash(std::string_view name);

}  // namespace tunnelscope::config
