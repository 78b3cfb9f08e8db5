#include "src/project_faults.hpp"

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/escape.hpp"

namespace tunnelscope::app {

using config::Entry;
using config::Node;

void ProjectFaults::add(const Node& at, std::string reason, std::string hint) {
  add(at.line, at.column, std::move(reason), std::move(hint));
}

void ProjectFaults::add(const Entry& at, std::string reason, std::string hint) {
  add(at.line, at.column, std::move(reason), std::move(hint));
}

void ProjectFaults::unknown_key(const Entry& entry, const std::vector<std::string>& known) {
  const std::string near = kb::nearest(entry.name, known);
  add(entry, fmt::format("there is no setting `{}`", for_terminal(entry.name)),
      near.empty() ? fmt::format("known here: {}", fmt::join(known, ", ")) : fmt::format("did you mean `{}`?", near));
}

std::string ProjectFaults::place(std::size_t line, std::size_t column) const {
  return line == 0 ? for_terminal(path_) : fmt::format("{}:{}:{}", for_terminal(path_), line, column);
}

void ProjectFaults::add(std::size_t line, std::size_t column, std::string reason, std::string hint) {
  if (!first_) first_ = UsageError{fmt::format("{}: {}", place(line, column), reason), std::move(hint)};
}

std::optional<std::string> text_of(const Entry& entry, ProjectFaults& faults) {
  const Node& value = entry.value;
  const bool scalar = value.is(Node::Kind::Text) || value.is(Node::Kind::Number) || value.is(Node::Kind::Boolean);
  if (scalar && value.tag.empty() && !value.text.empty()) return value.text;
  faults.add(entry, fmt::format("`{}` needs {}", for_terminal(entry.name), value.is(Node::Kind::Null) ? "a value" : "a text"),
             value.tag.empty() ? "" : "tags are not read here; a text with a leading ! needs quotes");
  return std::nullopt;
}

}  // namespace tunnelscope::app
