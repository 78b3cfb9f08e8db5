// As much of RFC 5545 as maintenance announcements use: folded lines, VEVENT, DTSTART, DTEND, DURATION, TZID, texts.
// A zone that this machine does not know counts as UTC, recurrence rules are not expanded: both give a warning.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/input/identity.hpp"
#include "src/maintenance.hpp"

namespace tunnelscope::app {
namespace {

struct Line {
  int number = 0;       // of its first part in the file
  std::string name;     // upper case
  std::string zone;     // TZID
  bool date_only = false;
  std::string value;
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// NAME;PARAM=x;PARAM="y:z":VALUE
Line split(int number, std::string_view text) {
  Line line;
  line.number = number;
  bool quoted = false;
  std::size_t colon = 0;
  while (colon < text.size() && (quoted || text[colon] != ':')) quoted ^= text[colon++] == '"';
  std::string_view head = text.substr(0, colon);
  if (colon < text.size()) line.value = text.substr(colon + 1);
  line.name = upper(head.substr(0, head.find(';')));
  for (std::size_t at = head.find(';'); at != std::string_view::npos; at = head.find(';')) {
    head.remove_prefix(at + 1);
    std::string_view parameter = head.substr(0, head.find(';'));
    if (upper(parameter).starts_with("TZID=")) {
      line.zone = parameter.substr(5);
      std::erase(line.zone, '"');
    }
    line.date_only = line.date_only || upper(parameter) == "VALUE=DATE";
  }
  return line;
}

std::vector<Line> unfolded(std::string_view text) {
  std::vector<std::pair<int, std::string>> raw;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool continues = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (continues && !raw.empty()) {
      raw.back().second += line.substr(1);
    } else {
      raw.emplace_back(number, line);
    }
  }
  std::vector<Line> lines;
  for (const auto& [first, content] : raw) lines.push_back(split(first, content));
  return lines;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Runs mktime in another zone and puts the process's own zone back.
std::time_t in_zone(const std::string& zone, std::tm local) {
  const char* before = std::getenv("TZ");
  const std::optional<std::string> saved = before == nullptr ? std::nullopt : std::optional<std::string>(before);
  setenv("TZ", zone.c_str(), 1);
  tzset();
  local.tm_isdst = -1;
  const std::time_t time = std::mktime(&local);
  if (saved) {
    setenv("TZ", saved->c_str(), 1);
  } else {
    unsetenv("TZ");
  }
  tzset();
  return time;
}

bool known_zone(const std::string& zone) {
  const bool plain = !zone.empty() && zone[0] != '/' && zone.find("..") == std::string::npos;
  std::error_code error;
  return plain && std::filesystem::is_regular_file("/usr/share/zoneinfo/" + zone, error);
}

// 20260301, 20260301T020000 or 20260301T020000Z
std::optional<diag::Time> instant(const Line& line, std::vector<std::string>& warnings) {
  const std::string_view v = line.value;
  const auto year = digits(v, 0, 4), month = digits(v, 4, 2), day = digits(v, 6, 2);
  const bool date_only = v.size() == 8;
  const auto hour = digits(v, 9, 2), minute = digits(v, 11, 2), second = digits(v, 13, 2);
  const bool has_time = v.size() >= 15 && (v[8] == 'T' || v[8] == 't') && hour && minute && second;
  const bool zulu = v.size() == 16 && (v[15] == 'Z' || v[15] == 'z');
  if (!year || !month || !day || !(date_only || (has_time && (v.size() == 15 || zulu)))) return std::nullopt;
  if (*year < 1970 || *year > 2100 || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
  std::tm local{};
  local.tm_year = *year - 1900;
  local.tm_mon = *month - 1;
  local.tm_mday = *day;
  if (has_time) {
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    local.tm_hour = *hour;
    local.tm_min = *minute;
    local.tm_sec = *second;
  }
  if (line.zone.empty() || zulu) return static_cast<diag::Time>(timegm(&local)) * diag::kSecond;
  if (!known_zone(line.zone)) {
    warnings.push_back(fmt::format("line {}: time zone {} is not known here, taken as UTC", line.number, for_terminal(line.zone)));
    return static_cast<diag::Time>(timegm(&local)) * diag::kSecond;
  }
  return static_cast<diag::Time>(in_zone(line.zone, local)) * diag::kSecond;
}

// P1DT2H30M, PT45M, P2W
std::optional<diag::Duration> duration(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  text.remove_prefix(1);
  diag::Duration total = 0, number = 0;
  bool has_number = false;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      number = number * 10 + (c - '0');
      if (number > 1'000'000) return std::nullopt;
      has_number = true;
      continue;
    }
    if (c == 'T') continue;
    const diag::Duration unit = c == 'W'   ? 7 * diag::kDay
                                : c == 'D' ? diag::kDay
                                : c == 'H' ? diag::kHour
                                : c == 'M' ? diag::kMinute
                                : c == 'S' ? diag::kSecond
                                           : 0;
    if (unit == 0 || !has_number) return std::nullopt;
    total += number * unit;
    number = 0;
    has_number = false;
  }
  return has_number ? std::nullopt : std::optional(total);
}

struct Event {
  int line = 0;
  std::optional<Line> start, end, duration;
  std::string title, texts;
  bool cancelled = false, repeats = false;
};

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' || text[i] == 'N' ? ' ' : text[i];
  }
  return out;
}

void add(Event& event, const Line& line) {
  if (line.name == "DTSTART") event.start = line;
  if (line.name == "DTEND") event.end = line;
  if (line.name == "DURATION") event.duration = line;
  if (line.name == "SUMMARY") event.title = unescaped(line.value);
  if (line.name == "STATUS") event.cancelled = upper(line.value) == "CANCELLED";
  if (line.name == "RRULE" || line.name == "RDATE") event.repeats = true;
  if (line.name == "SUMMARY" || line.name == "LOCATION" || line.name == "DESCRIPTION") {
    event.texts += unescaped(line.value) + " ";
  }
}

// A VPN id anywhere in the event's texts, with an address if one follows it.
void name_subject(diag::MaintenanceWindow& window, const std::string& texts) {
  const input::Identity identity = input::identity_in(texts);
  if (identity.known()) {
    window.connection = identity.connection();
    window.outside_ip = identity.outside_ip();
    return;
  }
  for (std::size_t at = texts.find("vpn-"); at != std::string::npos; at = texts.find("vpn-", at + 1)) {
    const std::size_t end = std::min(texts.find_first_not_of("0123456789abcdef", at + 4), texts.size());
    input::Identity alone;
    if (!alone.set_connection(std::string_view(texts).substr(at, end - at))) continue;
    window.connection = alone.connection();
    return;
  }
}

tl::expected<void, FileError> take(const Event& event, Maintenance& out) {
  if (event.cancelled) return {};
  if (!event.start) return tl::unexpected(FileError{event.line, "this event has no DTSTART", ""});
  diag::MaintenanceWindow window;
  const auto start = instant(*event.start, out.warnings);
  if (!start) return tl::unexpected(FileError{event.start->number, "DTSTART is not a time", "DTSTART:20260301T020000Z"});
  window.start = *start;
  if (event.end) {
    const auto end = instant(*event.end, out.warnings);
    if (!end) return tl::unexpected(FileError{event.end->number, "DTEND is not a time", "DTEND:20260301T040000Z"});
    window.end = *end;
  } else if (event.duration) {
    const auto length = duration(event.duration->value);
    if (!length) return tl::unexpected(FileError{event.duration->number, "DURATION is not a duration", "DURATION:PT2H"});
    window.end = window.start + *length;
  } else if (event.start->value.size() == 8) {
    window.end = window.start + diag::kDay;
  } else {
    return tl::unexpected(FileError{event.line, "this event has neither DTEND nor DURATION", "DURATION:PT2H"});
  }
  if (window.end < window.start) return tl::unexpected(FileError{event.line, "this event ends before it starts", ""});
  if (event.repeats) {
    out.warnings.push_back(fmt::format("line {}: a repeated event counts once, at its first date", event.line));
  }
  window.title = event.title;
  name_subject(window, event.texts);
  out.windows.push_back(std::move(window));
  return {};
}

}  // namespace

tl::expected<Maintenance, FileError> read_icalendar(std::string_view text) {
  const std::vector<Line> lines = unfolded(text);
  const auto first = std::find_if(lines.begin(), lines.end(), [](const Line& l) { return !l.name.empty(); });
  if (first == lines.end() || first->name != "BEGIN" || upper(first->value) != "VCALENDAR") {
    return tl::unexpected(FileError{1, "this is neither JSON nor iCalendar",
                                    "JSON begins with [ or {, iCalendar with BEGIN:VCALENDAR"});
  }
  Maintenance out;
  std::optional<Event> event;
  std::size_t events = 0;
  int nested = 0;  // VALARM and the like within an event
  for (const Line& line : lines) {
    const bool begin = line.name == "BEGIN", end = line.name == "END";
    if (begin && upper(line.value) == "VEVENT") {
      event.emplace().line = line.number;
      nested = 0;
    } else if (event && begin) {
      ++nested;
    } else if (event && end && nested > 0) {
      --nested;
    } else if (event && end) {
      ++events;
      if (auto ok = take(*event, out); !ok) return tl::unexpected(ok.error());
      event.reset();
    } else if (event && nested == 0) {
      add(*event, line);
    }
  }
  if (event) return tl::unexpected(FileError{event->line, "this event has no END:VEVENT", ""});
  if (events == 0) return tl::unexpected(FileError{0, "the calendar has no event", ""});
  return out;
}

}  // namespace tunnelscope::app
