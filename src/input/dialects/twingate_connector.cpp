// Service lines of a Twingate Connector, which stand between its ANALYTICS lines. In: the line without what its
// container put before it. A line is known by its words, or by the program that the container names.
#include <algorithm>

#include "src/input/containers/containers.hpp"
#include "src/input/dialects/session.hpp"

namespace tunnelscope::input {
namespace {

constexpr std::string_view kStates[] = {"State: Online", "State: Offline", "State: Error", "State: Unrecoverable error"};
constexpr std::string_view kAnchors[] = {
    "failed to get an access token", "failed to get SD", "token verification failed", "Gone, code 410",
    "Too many open files (os error", "preconnect a relay listener"};

bool is_connectors(std::string_view line) {
  for (const std::string_view state : kStates)
    if (line.find(state) != std::string_view::npos) return true;
  for (const std::string_view anchor : kAnchors)
    if (line.find(anchor) != std::string_view::npos) return true;
  return line.find("relay") != std::string_view::npos && line.find("is not available, disconnect") != std::string_view::npos;
}

void emit(std::string_view message, diag::Time time, const Context& context, Recorder& out) {
  diag::SessionRecord record;
  record.dialect = diag::Dialect::TwingateConnector;
  record.time = time;
  record.message = message;
  out.session(record, context);
}

}  // namespace

bool read_connector_line(std::string_view line, const Context& context, Recorder& out, Scratch&) {
  if (!context.connector && !is_connectors(line)) return false;
  const LinePrefix prefix = line_prefix(line);
  const std::string_view message = trim(line.substr(prefix.time.length > 0 ? prefix.length : 0));
  if (message.empty()) return out.skip("no message text", context), true;
  emit(message, context.time == diag::kNoTime ? prefix.time.parsed.time : context.time, context, out);
  return true;
}

bool recognise_connector_answer(const Fields& fields) {
  return fields.has(Key::Service) && fields.has(Key::Error) &&
         same_word(trim(fields[Key::Service].text()), "Access Manager");
}

// Any object that a Connector writes: an answer it got.
void read_connector_object(const Fields& fields, const Context& context, Recorder& out, Scratch& scratch) {
  if (fields.object() == nullptr) return out.skip(kNotVpn, context);
  scratch.text = simdjson::minify(*fields.object());
  emit(scratch.text, diag::kNoTime, context, out);
}

}  // namespace tunnelscope::input
