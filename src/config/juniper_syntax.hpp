// A Junos configuration in its `set` form, as `show configuration | display set` writes it or a script sets it up. In: its text. Out: the
// statements as words, one a leaf, without those that are deleted or deactivated; and what was not understood.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "src/config/words.hpp"

namespace tunnelscope::config {

struct Statement {
  std::vector<Word> words;  // without "set"; quotes are taken off
  Where where;
};

// A word that no section has.
struct NotUnderstood {
  std::vector<std::string> object;  // what it belongs to, "security ike gateway g"; shorter: everything below
  Where where;
  std::string hint;
};

// A neighbour of BGP that was said, and switched off by `deactivate`.
struct InactiveNeighbour {
  std::string name;
  Where where;  // the line that switches it off
};

class Statements {
 public:
  Statements(std::string_view text, const std::string& path, std::vector<Problem>& problems);
  ~Statements();  // wipes, for some words are keys
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  // Those that begin with these words, in the order of the file.
  std::vector<Statement*> all(const std::vector<std::string>& path);
  // The last such statement with a word behind them: what holds. nullptr: there is none.
  Statement* last(const std::vector<std::string>& path);
  // The words that come right behind these, each once, as "gateway" has its names.
  std::vector<Word> names(const std::vector<std::string>& path);
  const std::vector<InactiveNeighbour>& inactive_neighbours() const { return inactive_neighbours_; }
  const std::vector<NotUnderstood>& not_understood() const { return not_understood_; }

 private:
  void set(std::vector<Word> words, const Where& where);
  void apply(const std::map<std::string, bool>& groups, std::vector<Problem>& problems);
  void note_neighbours(const std::vector<std::string>& path, const Where& where);  // of what is deactivated

  std::vector<Statement> statements_;
  std::vector<NotUnderstood> not_understood_;
  std::vector<InactiveNeighbour> inactive_neighbours_;
};

std::string_view juniper_cipher(std::string_view name);
std::string_view juniper_hash(std::string_view name);

}  // namespace tunnelscope::config
