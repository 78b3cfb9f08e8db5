// What is wrong with a project's settings: the first fault, with file, line, column and a way out. Shared by the readers of its sections.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "src/config/tree.hpp"
#include "src/options.hpp"

namespace tunnelscope::app {

class ProjectFaults {
 public:
  explicit ProjectFaults(std::string path) : path_(std::move(path)) {}

  // The first error is the one that is told.
  void add(const config::Node& at, std::string reason, std::string hint = {});
  void add(const config::Entry& at, std::string reason, std::string hint = {});
  void unknown_key(const config::Entry& entry, const std::vector<std::string>& known);

  // "path:line:column", for the terminal; "path" for the file as a whole, whose line is 0.
  std::string place(std::size_t line, std::size_t column) const;
  const std::string& path() const { return path_; }
  const std::optional<UsageError>& first() const { return first_; }

 private:
  void add(std::size_t line, std::size_t column, std::string reason, std::string hint);

  std::string path_;
  std::optional<UsageError> first_;
};

// The text of a scalar that is not empty; else a fault about `name`.
std::optional<std::string> text_of(const config::Entry& entry, ProjectFaults& faults);

}  // namespace tunnelscope::app
