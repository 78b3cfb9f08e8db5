// Text lines of newt, Pangolin's site agent: "INFO: 2026/04/03 10:00:00 ACCESS START session=...".
// Its own time is local, so the times inside a line count first, then those of the container, then its own, whose zone is
// told by the lines that have both.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

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

Prefix prefix_at(std::string_view line, std::size_t from) {
  for (const std::string_view level : kLevels) {
    if (!line.substr(from).starts_with(level)) continue;
    const std::size_t at = from + level.size();
    const auto time = leading_time(line.substr(at));
    const std::size_t end = at + time.length;
    const bool good = time.iso && line[at + 4] == '/' && end < line.size() && line[end] == ' ';
    return good ? Prefix{end + 1, time.parsed.time} : Prefix{};
  }
  return {};
}

// At the beginning of the line, or behind what says where it comes from: a pod, the name of a file.
Prefix prefix_of(std::string_view line) {
  if (const Prefix prefix = prefix_at(line, 0); prefix.length > 0) return prefix;
  constexpr std::string_view kColon = ": 20", kBeforeLevel = " :|]";  // as in "INFO: 2026/"
  const auto colon = line.find(kColon);
  if (colon == std::string_view::npos || colon == 0) return {};
  const auto before = line.find_last_of(kBeforeLevel, colon - 1);
  return before == std::string_view::npos ? Prefix{} : prefix_at(line, before + 1);
}

bool is_access(std::string_view text) {
  return text.starts_with("ACCESS START session=") || text == kEnd || text.starts_with("ACCESS END ");
}

// The words "name=value" of an access line, by the order of kFields; of two with one name, the first counts.
class Words {
 public:
  explicit Words(std::string_view text) {
    for (auto blank = text.find(' '); blank != std::string_view::npos; blank = text.find(' ', blank + 1)) {
      const std::string_view rest = text.substr(blank + 1);
      const std::string_view word = rest.substr(0, rest.find(' '));
      const auto mark = word.find('=');
      if (mark == std::string_view::npos) continue;
      const auto field = std::find(std::begin(kFields), std::end(kFields), word.substr(0, mark));
      if (field == std::end(kFields) || found_[index(field)]) continue;
      found_[index(field)] = true;
      values_[index(field)] = word.substr(mark + 1);
    }
  }
  std::string_view operator[](std::string_view name) const {
    return values_[index(std::find(std::begin(kFields), std::end(kFields), name))];
  }
  std::string_view at(std::size_t field) const { return values_[field]; }

 private:
  static std::size_t index(const std::string_view* field) { return static_cast<std::size_t>(field - std::begin(kFields)); }

  std::array<std::string_view, std::size(kFields)> values_;
  std::array<bool, std::size(kFields)> found_{};
};

void read_access(std::string_view text, const Words& words, diag::SessionRecord& record) {
  record.id = words["session"];
  record.device = endpoint_of(words["src"]).address;  // in the tunnel: the agent knows no other name of a client
  record.resource = words["dst"];
  record.protocol = words["proto"];
  record.start = time_of(words[text.starts_with(kStart) ? "time" : "started"]).time;
  record.happening = text.starts_with(kStart) ? Happening::Started : Happening::Ended;
  if (record.happening == Happening::Started) return;
  record.end = time_of(words["ended"]).time;
  record.duration = std::max<diag::Duration>(go_duration(words["duration"]).value_or(-1), -1);
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
  std::optional<Words> words;
  if (is_access(text)) read_access(text, words.emplace(text), record);
  else record.resource = dialled;
  record.time = record.happening == Happening::Started ? record.start : record.end;
  if (record.time == diag::kNoTime && context.time != diag::kNoTime)
    record.time = context.time / diag::kSecond * diag::kSecond;  // as fine as the agent's other times
  record.message = text;
  if (words && out.wants_fields())
    for (std::size_t i = 0; i < std::size(kFields); ++i) scratch.fields.add(kFields[i], words->at(i));
  record.fields = scratch.fields.view();
  out.session(record, context, prefix.time);
  return true;
}

}  // namespace tunnelscope::input
