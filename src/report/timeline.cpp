// Everything is drawn into one grid of cells; glyphs come from a table with a Unicode and an ASCII column.
#include "src/report/timeline.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "src/report/lanes.hpp"

namespace tunnelscope::report {
namespace {

using app::Screen;
using app::Style;
using diag::Duration;
using diag::Time;

constexpr int kLabel = 9;    // "Phase 1  "
constexpr int kLeast = 12;   // fewer columns than this say nothing
constexpr int kMost = 120;

struct Glyph {
  std::string_view unicode, ascii, meaning;
  Style style;
};
constexpr std::array<Glyph, kCells> kGlyphs{{{" ", " ", "", Style::Plain},
                                         {"\u2501", "=", "up", Style::Good},
                                         {"\u2248", "~", "rekeying", Style::Good},
                                         {"\u254c", "-", "negotiating", Style::Warn},
                                         {"\u00d7", "x", "down", Style::Bad},
                                         {"\u2588", "#", "outage", Style::Bad},
                                         {"r", "r", "rekey", Style::Dim},
                                         {"C", "C", "collision", Style::Note},
                                         {"F", "F", "failure", Style::Bad},
                                         {"D", "D", "DELETE", Style::Warn},
                                         {"T", "T", "DPD timeout", Style::Bad}}};

std::string drawn(const Lane& lane, const Screen& screen) {
  std::string out = app::padded(lane.label, kLabel);
  for (std::size_t i = 0; i < lane.cells.size();) {
    std::size_t next = i;
    std::string run;
    const Glyph& glyph = kGlyphs[static_cast<std::size_t>(lane.cells[i])];
    while (next < lane.cells.size() && lane.cells[next] == lane.cells[i]) {
      run += screen.unicode ? glyph.unicode : glyph.ascii;
      ++next;
    }
    out += app::painted(screen, glyph.style, run);
    i = next;
  }
  return out;
}

constexpr std::array<Duration, 19> kSteps{
    diag::kSecond,      5 * diag::kSecond,  15 * diag::kSecond, 30 * diag::kSecond, diag::kMinute,
    5 * diag::kMinute,  15 * diag::kMinute, 30 * diag::kMinute, diag::kHour,        2 * diag::kHour,
    3 * diag::kHour,    6 * diag::kHour,    12 * diag::kHour,   diag::kDay,         2 * diag::kDay,
    7 * diag::kDay,     30 * diag::kDay,    90 * diag::kDay,    365 * diag::kDay};

// "2026-03-01 04:30:00" to as much of it as the step needs.
std::string tick_label(Time time, Duration step) {
  const std::string full = diag::date_and_clock(time);
  if (full.size() < 19) return full;
  if (step >= diag::kDay) return full.substr(0, 10);
  if (step >= diag::kMinute) return full.substr(11, 5);
  return full.substr(11, 8);
}

// Two lines: the axis with its ticks, and the times under them.
std::vector<std::string> axis(const Scale& scale, bool unicode) {
  const double per_column = static_cast<double>(scale.end - scale.start) / scale.columns;
  Duration step = static_cast<Duration>(per_column * 13);  // for spans beyond the table
  for (const Duration candidate : kSteps) {
    const double needed = static_cast<double>(tick_label(scale.start, candidate).size()) + 3;
    if (static_cast<double>(candidate) / per_column >= needed) {
      step = candidate;
      break;
    }
  }
  std::vector<std::string_view> line(static_cast<std::size_t>(scale.columns), unicode ? "\u2500" : "-");
  std::string labels(static_cast<std::size_t>(scale.columns), ' ');
  Time tick = scale.start - (scale.start % step + step) % step;
  for (; tick <= scale.end; tick += step) {
    if (tick < scale.start) continue;
    const auto column = static_cast<std::size_t>(scale.column(tick));
    line[column] = unicode ? "\u252c" : "+";
    const std::string label = tick_label(tick, step);
    if (column + label.size() <= labels.size()) labels.replace(column, label.size(), label);
  }
  std::string drawn_line(kLabel, ' ');
  for (const std::string_view part : line) drawn_line += part;
  labels.erase(labels.find_last_not_of(' ') + 1);
  return {drawn_line, app::padded("UTC", kLabel) + labels};
}

std::vector<std::string> legend(const std::vector<Lane>& lanes, const Screen& screen) {
  std::array<bool, kGlyphs.size()> seen{};
  for (const Lane& lane : lanes) {
    for (const Cell cell : lane.cells) seen[static_cast<std::size_t>(cell)] = true;
  }
  std::string text;
  for (std::size_t i = 1; i < kGlyphs.size(); ++i) {
    if (!seen[i]) continue;
    const Glyph& glyph = kGlyphs[i];
    text += fmt::format("{}{}\u00a0{}", text.empty() ? "" : "  ", screen.unicode ? glyph.unicode : glyph.ascii,
                        glyph.meaning);
  }
  std::vector<std::string> lines;
  for (std::string line : app::wrap(text, std::min(screen.width, kLabel + kMost) - kLabel)) {
    for (std::size_t at = line.find("\u00a0"); at != std::string::npos; at = line.find("\u00a0")) {
      line.replace(at, 2, " ");
    }
    lines.push_back(std::string(kLabel, ' ') + painted(screen, Style::Dim, line));
  }
  return lines;
}

}  // namespace

std::vector<std::string> draw_timeline(const diag::TunnelReport& tunnel, const Screen& screen) {
  const diag::Timeline& timeline = tunnel.timeline;
  const Scale scale{timeline.start, timeline.end, std::min(screen.width - kLabel, kMost)};
  if (scale.columns < kLeast || timeline.start == diag::kNoTime || timeline.end <= timeline.start) return {};
  const std::vector<Lane> lanes = lanes_of(tunnel, scale);
  if (lanes.empty()) return {};
  std::vector<std::string> lines;
  for (const Lane& lane : lanes) lines.push_back(drawn(lane, screen));
  for (std::string& line : axis(scale, screen.unicode)) lines.push_back(std::move(line));
  for (std::string& line : legend(lanes, screen)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace tunnelscope::report
