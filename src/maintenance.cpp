// Both JSON forms may stand alone, in an array, or under `windows`; lines come from counting while parsing.
#include "src/maintenance.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kb/loader.hpp"
#include "src/escape.hpp"
#include "src/input/identity.hpp"
#include "src/input/timestamps.hpp"
#include "src/moment.hpp"

namespace tunnelscope::app {
namespace {

using Json = nlohmann::ordered_json;

// AWS says when a replacement was applied, not how long it took; it is done within minutes.
constexpr diag::Duration kReplacement = diag::kHour;
constexpr int kDeepest = 32;

// Iterates over text and counts its lines, for a parser that does not.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  int* line;
  reference operator*() const { return *at; }
  CountingIterator& operator++() {
    if (*at == '\n') ++*line;
    ++at;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at == other.at; }
  bool operator!=(const CountingIterator& other) const { return at != other.at; }
};

struct Located {
  Json json;
  std::vector<int> object_lines;  // of every object, in document order
};

tl::expected<Located, FileError> parse(std::string_view text) {
  Located out;
  int line = 1, too_deep = 0;
  const auto note = [&](int depth, Json::parse_event_t event, Json&) {
    if (event == Json::parse_event_t::object_start) out.object_lines.push_back(line);
    if (depth > kDeepest && too_deep == 0) too_deep = line;
    return depth <= kDeepest;
  };
  try {
    out.json = Json::parse(CountingIterator{text.data(), &line}, CountingIterator{text.data() + text.size(), &line},
                           note);
  } catch (const Json::parse_error&) {
    return tl::unexpected(FileError{line, "this is not valid JSON", ""});
  }
  if (too_deep > 0) return tl::unexpected(FileError{too_deep, "the JSON is nested too deeply", ""});
  return out;
}

tl::unexpected<FileError> wrong(int line, std::string reason, std::string hint = {}) {
  return tl::unexpected(FileError{line, std::move(reason), std::move(hint)});
}

std::optional<diag::Time> instant(const Json& value) {
  if (value.is_number_integer()) {
    const auto parsed = input::time_of(value.get<std::int64_t>());
    return parsed.status == input::TimeStatus::Ok ? std::optional(parsed.time) : std::nullopt;
  }
  if (value.is_number_float()) {
    const auto parsed = input::time_of(value.get<double>());
    return parsed.status == input::TimeStatus::Ok ? std::optional(parsed.time) : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto moment = moment_of(value.get<std::string>());
  if (!moment || moment->kind != Moment::Kind::Instant) return std::nullopt;
  return moment->time;
}

class WindowReader {
 public:
  explicit WindowReader(const Located& located) : lines_(located.object_lines) {}

  tl::expected<Maintenance, FileError> read(const Json& json) {
    if (auto ok = value(json); !ok) return tl::unexpected(ok.error());
    if (out_.windows.empty() && out_.warnings.empty()) {
      return wrong(1, "no maintenance window in this file", "an array of {\"start\": TIME, \"end\": TIME}");
    }
    return std::move(out_);
  }

 private:
  using Ok = tl::expected<void, FileError>;

  Ok value(const Json& json) {
    if (json.is_array()) {
      for (const Json& item : json) {
        if (auto ok = value(item); !ok) return ok;
      }
      return {};
    }
    if (!json.is_object()) return wrong(1, "a maintenance window is an object", "{\"start\": TIME, \"end\": TIME}");
    const int line = next_line();
    if (const auto windows = json.find("windows"); windows != json.end()) return value(*windows);
    if (json.contains("MaintenanceDetails")) return replacement(json, line);
    return window(json, line);
  }

  // Objects are met in document order: the n-th visited is the n-th that the parser saw.
  int next_line() { return seen_ < lines_.size() ? lines_[seen_++] : 0; }

  Ok window(const Json& json, int line) {
    static const std::vector<std::string> kKeys{"start", "end", "duration", "connection", "outside_ip", "tunnel", "title"};
    for (const auto& [key, unused] : json.items()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
      const std::string near = kb::nearest(key, kKeys);
      return wrong(line, fmt::format("unknown key `{}` in a maintenance window", for_terminal(key)),
                   near.empty() ? fmt::format("keys are {}", fmt::join(kKeys, ", ")) : fmt::format("did you mean `{}`?", near));
    }
    diag::MaintenanceWindow out;
    if (!json.contains("start")) return wrong(line, "a maintenance window has no `start`", "\"start\": \"2026-03-01T02:00:00Z\"");
    const auto start = instant(json["start"]);
    if (!start) return wrong(line, "`start` is not a time", "2026-03-01T02:00:00Z or seconds since 1970");
    out.start = *start;
    if (auto ok = end_of(json, line, out); !ok) return ok;
    if (auto ok = who(json, line, out); !ok) return ok;
    out_.windows.push_back(std::move(out));
    return {};
  }

  static Ok end_of(const Json& json, int line, diag::MaintenanceWindow& out) {
    if (json.contains("end")) {
      const auto end = instant(json["end"]);
      if (!end) return wrong(line, "`end` is not a time", "2026-03-01T04:00:00Z or seconds since 1970");
      out.end = *end;
    } else if (json.contains("duration") && json["duration"].is_string()) {
      const auto length = moment_of(json["duration"].get<std::string>());
      if (!length || length->kind != Moment::Kind::Before) return wrong(line, "`duration` is not a duration", "90m or 2h");
      out.end = out.start + length->distance;
    } else {
      return wrong(line, "a maintenance window has neither `end` nor `duration`", "\"duration\": \"2h\"");
    }
    if (out.end < out.start) return wrong(line, "a maintenance window ends before it starts");
    return {};
  }

  static Ok who(const Json& json, int line, diag::MaintenanceWindow& out) {
    for (const auto& [key, value] : json.items()) {
      if (key == "start" || key == "end" || key == "duration") continue;
      if (!value.is_string()) return wrong(line, fmt::format("`{}` is not a text", key));
    }
    out.title = json.value("title", "");
    out.connection = json.value("connection", "");
    out.outside_ip = json.value("outside_ip", "");
    if (!json.contains("tunnel")) return {};
    const input::Identity identity = input::identity_of_option(json["tunnel"].get<std::string>());
    if (!identity.known()) return wrong(line, "`tunnel` is not a tunnel", "vpn-0123456789abcdef0/203.0.113.17");
    out.connection = identity.connection();
    out.outside_ip = identity.outside_ip();
    return {};
  }

  Ok replacement(const Json& json, int line) {
    const Json& details = json["MaintenanceDetails"];
    if (!details.is_object()) return wrong(line, "`MaintenanceDetails` is not an object");
    next_line();
    const std::string connection = text(json, "VpnConnectionId"), ip = text(json, "VpnTunnelOutsideIpAddress");
    const auto applied = details.find("LastMaintenanceApplied");
    if (applied == details.end() || applied->is_null()) {
      out_.warnings.push_back(fmt::format("{} {}: no maintenance was applied yet", for_terminal(connection), for_terminal(ip)));
      return {};
    }
    const auto start = instant(*applied);
    if (!start) return wrong(line, "`LastMaintenanceApplied` is not a time");
    out_.windows.push_back({*start, *start + kReplacement, connection, ip, "tunnel endpoint replacement by AWS", true});
    return {};
  }

  static std::string text(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
  }

  const std::vector<int>& lines_;
  std::size_t seen_ = 0;
  Maintenance out_;
};

}  // namespace

tl::expected<Maintenance, FileError> read_maintenance(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return wrong(0, "the file is empty");
  if (text[first] != '{' && text[first] != '[') return read_icalendar(text);
  const auto located = parse(text);
  if (!located) return tl::unexpected(located.error());
  return WindowReader(*located).read(located->json);
}

}  // namespace tunnelscope::app
