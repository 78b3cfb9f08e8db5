// Texts of configuration files under change. In: lines as they stand, and edits by the places at which values were read. Out: the changed
// texts, and what was changed as a unified diff that `patch` applies. Nothing is written to a disk.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "diag/config/value.hpp"

namespace tunnelscope::config {

class Draft {
 public:
  struct Line {
    std::string text;
    std::size_t number = 0;  // where it stood before; 0: it is new
  };

  // By path; a file that ends without an end of line keeps that.
  explicit Draft(const std::map<std::string, std::string>& texts);

  bool has(const std::string& path) const { return files_.contains(path); }
  // The line that stood at this number; nullptr: there is none, or it was removed.
  const std::string* line(const std::string& path, std::size_t number) const;
  std::size_t lines(const std::string& path) const;  // as many as there were
  const std::vector<Line>* all(const std::string& path) const;  // as they are now; nullptr: there is no such file

  // Each false when there is no such line. `text` is a whole line without its end; what takes the place of one may be several, joined
  // by "\n".
  bool replace(const std::string& path, std::size_t number, std::string text);
  bool insert_after(const std::string& path, std::size_t number, std::string text);
  bool remove(const std::string& path, std::size_t number);

  std::map<std::string, std::string> texts() const;
  // Files by path, without lines of context. Empty: nothing differs, or a line that it would show is `unfit`.
  std::string diff(bool (*unfit)(const std::string& line)) const;

 private:
  struct File {
    std::vector<std::string> before;
    std::vector<Line> now;
    bool ends_with_newline = true;
    bool marked = false;  // begins with a byte order mark, which the lines do not have
  };
  std::vector<Line>::iterator find(File& file, std::size_t number);
  static std::vector<Line> with_mark(const File& file);  // as the file is to have them
  std::map<std::string, File> files_;
};

}  // namespace tunnelscope::config
