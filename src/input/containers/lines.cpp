// Prefixes of lines: S3 export tasks and `aws logs tail` differ only in what stands before the record.
#include <algorithm>

#include "src/input/containers/containers.hpp"

namespace tunnelscope::input {
namespace {

std::size_t blanks_at(std::string_view text, std::size_t from) {
  const auto end = text.find_first_not_of(" \t", from);
  return (end == std::string_view::npos ? text.size() : end) - from;
}

}  // namespace

LinePrefix line_prefix(std::string_view line) {
  LinePrefix prefix;
  std::size_t at = !line.empty() && line[0] == '[' ? 1 : 0;
  prefix.time = leading_time(line.substr(at));
  if (prefix.time.length > 0) {
    at += prefix.time.length;
    if (at < line.size() && (line[at] == ']' || line[at] == ':' || line[at] == ',')) ++at;
    at += blanks_at(line, at);
    prefix.found = true;
  } else {
    at = 0;
  }
  const auto token = line.substr(at, line.find_first_of(" \t\r\n{", at) - at);
  const bool ends_token = at + token.size() == line.size() || line[at + token.size()] != '{';
  if (!token.empty() && token.size() < 512 && ends_token && identity_in(token).known()) {
    prefix.stream = token;
    at += token.size();
    at += blanks_at(line, at);
    prefix.found = true;
  }
  prefix.length = at;
  return prefix;
}

std::string_view line_form(const LinePrefix& prefix, bool spans_lines) {
  const auto row = std::find_if(kLineForms.begin(), kLineForms.end(),
                                [&](const LineForm& form) { return form.applies(prefix, spans_lines); });
  return row->name;
}

bool is_wrapper(Key key) {
  return std::any_of(kWrappers.begin(), kWrappers.end(), [&](const Wrapper& row) { return row.array == key; });
}

}  // namespace tunnelscope::input
