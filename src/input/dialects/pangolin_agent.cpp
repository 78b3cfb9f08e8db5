// Text lines of newt, Pangolin's site agent: "INFO: 2026/04/03 10:00:00 ACCESS START session=...".
// Its own time is local, so the times inside a line count first, then those of the container, then its own.
#include <algorithm>

#include "src/input/dialects/session.hpp"

namespace tunnelscope::input {
namespace {

using diag::Happening;

constexpr std::string_view kLevels[] = {"DEBUG: ", "INFO: ", "WARN: ", "ERROR: ", "FATAL: "};
constexpr std::string_view kFields[] = {"session", "resource", "proto", "src", "dst", "time", "started", "ended", "duration"};
constexpr std::string_view kStart = "ACCESS START", kEnd = "ACCESS END", kFailed = "Failed to connect to ";

struct Prefix {
  std::size_t length = 0;  // 0: there is none
  diag::Time time = diag::kNoTime;
};

Prefix prefix_of(std::string_view line) {
  for (const std::string_view level : kLevels) {
    if (!line.starts_with(level)) continue;
    const auto time = leading_time(line.substr(level.size()));
    const std::size_t end = level.size() + time.length;
    const bool good = time.iso && line[level.size() + 4] == '/' && end < line.size() && line[end] == ' ';
    return good ? Prefix{end + 1, time.parsed.time} : Prefix{};
  }
  return {};
}

bool is_access(std::string_view text) {
  return text.starts_with("ACCESS START session=") || text == kEnd || text.starts_with("ACCESS END ");
}

// What follows "name=", up to the next blank.
std::string_view value_of(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (at == 0 || text[at - 1] != ' ' || end >= text.size() || text[end] != '=') continue;
    const auto value = text.substr(end + 1);
    return value.substr(0, value.find(' '));
  }
  return {};
}

diag::Time time_in(std::string_view text, std::string_view name) { return time_of(value_of(text, name)).time; }

void read_access(std::string_view text, diag::SessionRecord& record) {
  record.id = value_of(text, "session");
  record.resource = value_of(text, "dst");
  record.protocol = value_of(text, "proto");
  record.start = time_in(text, text.starts_with(kStart) ? "time" : "started");
  record.happening = text.starts_with(kStart) ? Happening::Started : Happening::Ended;
  if (record.happening == Happening::Started) return;
  record.end = time_in(text, "ended");
  record.duration = std::max<diag::Duration>(go_duration(value_of(text, "duration")).value_or(-1), -1);
  if (record.duration < 0 && record.start != diag::kNoTime && record.end >= record.start)
    record.duration = record.end - record.start;
}

// "Failed to connect to 10.0.0.5:443: dial tcp ..."
std::string_view address_dialled(std::string_view text) {
  const auto at = text.find(kFailed);
  if (at == std::string_view::npos) return {};
  const auto target = text.substr(at + kFailed.size());
  return target.substr(0, std::min(target.find(": "), target.find(' ')));
}

}  // namespace

bool read_agent_line(std::string_view line, const Context& context, Recorder& out, Scratch& scratch) {
  const Prefix prefix = prefix_of(line);
  const std::string_view text = trim(line.substr(prefix.length));
  const std::string_view dialled = address_dialled(text);
  const bool own = prefix.length > 0 || is_access(text) || text.starts_with(kFailed) ||
                   text.find("Forwarder: Failed to connect to ") != std::string_view::npos;
  if (!own || text.empty()) return false;
  diag::SessionRecord record;
  record.dialect = diag::Dialect::PangolinAgent;
  if (is_access(text)) read_access(text, record);
  else record.resource = dialled;
  record.time = record.happening == Happening::Started ? record.start : record.end;
  if (record.time == diag::kNoTime && context.time != diag::kNoTime)
    record.time = context.time / diag::kSecond * diag::kSecond;  // as fine as the agent's other times
  if (record.time == diag::kNoTime) record.time = prefix.time;
  record.message = text;
  if (is_access(text) && out.wants_fields())
    for (const std::string_view name : kFields) append_field(scratch.fields, name, value_of(text, name));
  record.fields = scratch.fields;
  out.session(record, context);
  return true;
}

}  // namespace tunnelscope::input
