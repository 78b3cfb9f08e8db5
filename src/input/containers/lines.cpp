// Prefixes of lines: S3 export tasks and `aws logs tail` differ only in what stands before the record.
#include <algorithm>

#include "src/input/containers/containers.hpp"

namespace tunnelscope::input {
namespace {

std::size_t blanks_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
  return end - from;
}

bool ends_token(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '{'; }

// Any word may stand before a message; the name of a stream begins with that of a VPN connection, and says more.
bool is_stream(std::string_view token) {
  const Identity identity = identity_of_stream(token);
  return !identity.connection().empty() && (identity.known() || !identity.stream().empty());
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
  std::size_t end = at;
  while (end < line.size() && !ends_token(line[end])) ++end;
  const auto token = line.substr(at, end - at);
  const bool stands_alone = end == line.size() || line[end] != '{';
  if (!token.empty() && token.size() < 512 && stands_alone && is_stream(token)) {
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

std::optional<EventRow> event_row(std::string_view line) {
  constexpr std::string_view kEvents = "EVENTS\t";
  const auto is_number = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  const auto last = line.rfind('\t');
  if (!line.starts_with(kEvents) || last < kEvents.size() || !is_number(line.substr(last + 1))) return {};
  EventRow row;
  row.time = time_of(line.substr(last + 1)).time;
  row.message = line.substr(kEvents.size(), last - kEvents.size());
  std::size_t numbers = 0;
  for (auto tab = row.message.find('\t'); numbers < 2 && tab != std::string_view::npos; tab = row.message.find('\t')) {
    if (!is_number(row.message.substr(0, tab))) break;
    row.message.remove_prefix(tab + 1);
    ++numbers;
  }
  if (numbers == 0) return {};
  row.container = container::kGetLogEvents;
  if (const auto tab = row.message.find('\t'); numbers == 2 && tab != std::string_view::npos) {
    row.container = container::kFilterLogEvents;
    row.stream = row.message.substr(0, tab);
    row.message.remove_prefix(tab + 1);
  }
  return row;
}

bool is_wrapper(Key key) {
  return std::any_of(kWrappers.begin(), kWrappers.end(), [&](const Wrapper& row) { return row.array == key; });
}

}  // namespace tunnelscope::input
