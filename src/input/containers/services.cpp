// Prefixes of service lines: a time, then what tells whose line it is. Each form is tried where its time ended.
#include <algorithm>

#include "src/input/containers/containers.hpp"

namespace tunnelscope::input {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes words from the front of a line.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  std::size_t position() const { return at_; }
  void position(std::size_t at) { at_ = at; }
  std::size_t length() const { return line_.size(); }
  std::string_view rest() const { return line_.substr(at_); }

  void pass(std::size_t count) {
    at_ = std::min(at_ + count, line_.size());
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
  }

  std::string_view word() {
    std::size_t end = at_;
    while (end < line_.size() && !is_blank(line_[end])) ++end;
    const std::string_view found = line_.substr(at_, end - at_);
    pass(found.size());
    return found;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }

  std::string_view line_;
  std::size_t at_ = 0;
};

// "<34>": what syslog senders put first.
std::size_t priority_length(std::string_view line) {
  const auto end = line.substr(0, 5).find('>');
  if (line.empty() || line[0] != '<' || end == std::string_view::npos || end == 1) return 0;
  return std::all_of(line.begin() + 1, line.begin() + static_cast<std::ptrdiff_t>(end), is_digit) ? end + 1 : 0;
}

// "Sat " before an ISO time.
std::size_t weekday_length(std::string_view line) {
  const bool weekday = line.size() > 4 && line[3] == ' ' && is_digit(line[4]) &&
                       std::all_of(line.begin(), line.begin() + 3, is_letter);
  return weekday ? 4 : 0;
}

// "name", "name:" or "name[12]:" to the name; empty: it is something else.
std::string_view program_named(std::string_view word, bool& has_id) {
  if (word.ends_with(':')) word.remove_suffix(1);
  else return {};
  has_id = word.ends_with(']');
  if (has_id) word = word.substr(0, word.find('['));
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/' || c == '@' || c == '(' || c == ')';
  });
  return plain && word.size() < 256 ? word : std::string_view{};
}

bool is_service(std::string_view program) {
  return is_connector(program) || program == "newt" || program.starts_with("docker") || program.starts_with("podman");
}

// "host name[12]: ". Behind an ISO time, a program without a number must be known: sentences have colons too.
bool take_host_and_program(Words& words, ServicePrefix& prefix, bool any_program) {
  const std::size_t start = words.position();
  const auto host = words.word();
  bool has_id = false;
  const auto program = program_named(words.word(), has_id);
  const bool good = !host.empty() && !host.ends_with(':') && !program.empty() &&
                    (any_program || has_id || is_service(program));
  if (!good) return words.position(start), false;
  prefix.host = host;
  prefix.program = program;
  return true;
}

// Behind "<34>1 ": time, host, program, process, message id, structured data (RFC 5424).
bool take_rfc5424(Words& words, ServicePrefix& prefix) {
  const auto time = words.word();
  prefix.host = words.word();
  prefix.program = words.word();
  words.word();
  words.word();
  if (time != "-") prefix.time = time_of(time);
  if (prefix.host == "-") prefix.host = {};
  if (time != "-" && prefix.time.status == TimeStatus::Unreadable) return false;
  if (words.rest().starts_with('-')) return words.pass(1), true;
  bool quoted = false;
  std::size_t depth = 0, at = 0;
  const std::string_view data = words.rest();
  for (; at < data.size(); ++at) {
    const char c = data[at];
    if (quoted && c == '\\') ++at;
    else if (c == '"') quoted = !quoted;
    else if (!quoted && c == '[') ++depth;
    else if (!quoted && c == ']' && depth > 0) --depth;
    else if (depth == 0) break;
  }
  if (at == 0 || depth > 0) return false;
  words.pass(at);
  return true;
}

// "stderr F ", as Kubernetes' container runtimes write it.
bool take_stream(Words& words, ServicePrefix& prefix) {
  const std::size_t start = words.position();
  const auto stream = words.word();
  const std::size_t tag_from = words.position();
  const auto tag = words.word();
  const bool good = (stream == "stdout" || stream == "stderr") && (tag == "F" || tag == "P");
  if (!good) return words.position(start), false;
  words.position(std::min(tag_from + 2, words.length()));  // blanks behind this one are the line's own
  prefix.stream = stream;
  prefix.partial = tag == "P";
  prefix.container = container::kCri;
  return true;
}

// A stream name of any kind between a time and a JSON object.
bool take_stream_name(Words& words, ServicePrefix& prefix) {
  const std::size_t start = words.position();
  const auto name = words.word();
  const bool good = !name.empty() && name != "ANALYTICS" && words.rest().empty() &&
                    name.find_first_of("{\"") == std::string_view::npos;
  if (!good) return words.position(start), false;
  prefix.container = container::kTailDetailed;
  return true;
}

// "newt-1  | ", which `docker compose logs` writes before each line, and "[pod/newt-0/newt] ", which `kubectl logs --prefix` does.
bool take_multiplexer(Words& words, ServicePrefix& prefix) {
  const std::size_t start = words.position();
  const auto name = words.word();
  const bool pod = name.size() > 2 && name.starts_with('[') && name.ends_with(']') && name.find('/') != std::string_view::npos;
  const bool service = !pod && !name.empty() && words.rest().starts_with("| ");
  if (!pod && !service) return words.position(start), false;
  if (service) words.pass(1);
  prefix.host = prefix.program = pod ? name.substr(1, name.size() - 2) : name;
  prefix.container = container::kText;
  return true;
}

// charon's groups, with the level of the message or without.
bool is_charons(std::string_view group) {
  constexpr std::string_view kGroups = " DMN MGR IKE CHD JOB WCH CFG KNL NET ASN ENC TNC IMC IMV PTS TLS APP ESP LIB ";
  const bool length = group.size() == 3 || (group.size() == 4 && is_digit(group[3]));
  return length && group.find(' ') == std::string_view::npos && kGroups.find(group.substr(0, 3)) != std::string_view::npos;
}

}  // namespace

bool is_of_ike_daemon(std::string_view line, const ServicePrefix& prefix) {
  if (prefix.program.starts_with("charon") || prefix.program == "pluto") return true;
  constexpr std::size_t kLongestFront = 200;  // time, host, program, the connection's name
  const std::string_view front = line.substr(0, kLongestFront);
  for (auto open = front.find('['); open != std::string_view::npos; open = front.find('[', open + 1)) {
    const auto close = front.find("] ", open);
    const bool thread = open >= 2 && is_digit(front[open - 1]) && is_digit(front[open - 2]) && (open == 2 || front[open - 3] == ' ');
    if (thread && close != std::string_view::npos && is_charons(front.substr(open + 1, close - open - 1))) return true;
  }
  const auto number = front.find("\" #");
  if (number == std::string_view::npos || front.find('"') == number) return false;
  const auto behind = front.find_first_not_of("0123456789", number + 3);
  return behind != std::string_view::npos && behind > number + 3 && front.substr(behind).starts_with(": ");
}

bool is_connector(std::string_view program) { return program.find("twingate-connector") != std::string_view::npos; }

ServicePrefix service_prefix(std::string_view line) {
  ServicePrefix prefix, none;
  Words words(line);
  if (take_multiplexer(words, prefix)) none = prefix, none.length = words.position();
  const std::size_t priority = priority_length(line);
  words.pass(priority);
  if (priority > 0 && words.rest().starts_with("1 ")) {
    words.pass(2);
    if (!take_rfc5424(words, prefix)) return none;
    prefix.container = container::kSyslog;
    prefix.length = words.position();
    return prefix;
  }
  if (const auto date = leading_date(words.rest()); date.length > 0) {
    prefix.time = date.parsed;
    prefix.yearless = date.yearless;
    words.pass(date.length);
    if (!take_host_and_program(words, prefix, true)) return none;
    prefix.container = priority > 0 ? container::kSyslog : container::kJournald;
    prefix.length = words.position();
    return prefix;
  }
  words.pass(weekday_length(words.rest()));
  const auto time = leading_time(words.rest());
  if (time.length == 0) return none;
  prefix.time = time.parsed;
  words.pass(time.length);
  if (take_stream(words, prefix)) {
  } else if (take_host_and_program(words, prefix, priority > 0)) {
    prefix.container = priority > 0 ? container::kSyslog : container::kJournald;
  } else if (!take_stream_name(words, prefix) && is_dockers(time)) {
    prefix.container = container::kDockerLogs;
  }
  prefix.length = words.position();
  return prefix;
}

}  // namespace tunnelscope::input
