// The timeline as a picture of its own: all tunnels over one span of time, worst first, then how many sessions were open. It is drawn
// from the cells of the other still timelines, and carries its colours with it, for no page gives it any.
#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "src/report/html_parts.hpp"
#include "src/report/lanes.hpp"
#include "src/report/packet.hpp"
#include "src/report/verdict.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {
namespace {

constexpr int kWidth = 1000, kLeft = 90, kRight = 20, kTop = 60;
constexpr int kPlot = kWidth - kLeft - kRight;
constexpr int kTitle = 22, kLane = 18, kGap = 12, kCurve = 44;
constexpr std::size_t kTunnels = 40, kGroups = 20;

struct Look {
  std::string_view name, colour;
  double top, height;  // of a lane
};
constexpr std::array<Look, kCells> kLooks{{{"", "", 0, 0},
                                           {"up", "#4caf78", 0, 1},
                                           {"rekeying", "#a5d6b7", 0, 1},
                                           {"negotiating", "#e0a63a", .3, .4},
                                           {"down", "#d9605a", .7, .3},
                                           {"outage", "#b3261e", 0, 1},
                                           {"rekey", "#8b98a8", .6, .4},
                                           {"collision", "#7c5cbf", .4, .6},
                                           {"failure", "#c2410c", .2, .8},
                                           {"DELETE", "#a16207", .3, .4},
                                           {"DPD timeout", "#9d174d", 0, 1}}};

class Picture {
 public:
  Picture(Markup& to, const Scale& scale) : to_(to), scale_(scale) {}

  void legend() {
    int x = kLeft;
    for (std::size_t kind = 1; kind < kCells; ++kind) {
      box(x, 10, 12, 12, kind);
      text(x + 16, 20, kLooks[kind].name, "legend");
      x += 26 + 7 * static_cast<int>(kLooks[kind].name.size());
    }
    text(x, 20, kBlank, "legend");
  }

  void axis() {
    constexpr int kTicks = 4;
    for (int i = 0; i <= kTicks; ++i) {
      const int x = kLeft + kPlot * i / kTicks;
      const std::string moment = diag::date_and_clock(scale_.start + (scale_.end - scale_.start) * i / kTicks);
      text(x, 44, moment, i == 0 ? "tick" : i == kTicks ? "tick end" : "tick middle");
    }
    text(10, 44, "UTC", "label");
    y_ = kTop;
  }

  void title(std::string_view bold, std::string_view words) {
    const Element line(to_, "text", {{"x", "10"}, {"y", fmt::format("{}", y_ + 15)}, {"class", "title"}});
    to_.element("tspan", shortened(bold, 70), {{"class", "bold"}});
    to_.text(" " + shortened(words, 90));
    y_ += kTitle;
  }

  void lane(const Lane& lane) {
    text(10, y_ + 12, lane.label, "label");
    std::array<std::string, kCells> paths;
    for (std::size_t i = 0; i < lane.cells.size();) {
      std::size_t next = i;
      while (next < lane.cells.size() && lane.cells[next] == lane.cells[i]) ++next;
      const auto kind = static_cast<std::size_t>(lane.cells[i]);
      paths[kind] += path(kLeft + static_cast<int>(i), y_ + 1, static_cast<int>(next - i), kLane - 4, kind);
      i = next;
    }
    for (std::size_t kind = 1; kind < kCells; ++kind)
      if (!paths[kind].empty()) to_.element("path", "", {{"fill", std::string(kLooks[kind].colour)}, {"d", paths[kind]}});
    y_ += kLane;
  }

  // How many were open at once, as a curve over the same span.
  void curve(const diag::Concurrency& c) {
    const std::uint32_t highest = c.most.empty() ? 0 : *std::max_element(c.most.begin(), c.most.end());
    const std::uint32_t top = top_of_scale(std::max(highest, 1U));
    std::vector<std::uint32_t> columns(kPlot, 0);
    for (std::size_t i = 0; i < c.most.size(); ++i) {
      const auto step = static_cast<diag::Duration>(c.step_s * diag::kSecond);
      const diag::Time from = c.start + static_cast<diag::Duration>(i) * step;
      for (int x = scale_.column(from); x <= scale_.column(from + step - 1); ++x)
        columns[static_cast<std::size_t>(x)] = std::max(columns[static_cast<std::size_t>(x)], c.most[i]);
    }
    const int base = y_ + kCurve - 4;
    for (const std::uint32_t n : counts_on(top)) {
      const double y = base - (kCurve - 8.0) * n / top;
      text(kLeft - 6, static_cast<int>(y) + 4, fmt::format("{}", n), "label end");
      to_.element("path", "", {{"stroke", "#d5dae1"}, {"d", fmt::format("M{} {:.1f}h{}", kLeft, y, kPlot)}});
    }
    std::string d = fmt::format("M{} {}", kLeft, base);
    for (const std::uint32_t n : columns) d += fmt::format("V{:.1f}h1", base - (kCurve - 8.0) * n / top);
    to_.element("path", "", {{"fill", "#4f7cac"}, {"d", fmt::format("{}V{}z", d, base)}});
    y_ += kCurve;
  }

  void note(std::string_view words) {
    text(10, y_ + 14, words, "label");
    y_ += kTitle;
  }
  void gap() { y_ += kGap; }
  int height() const { return y_; }

 private:
  void text(int x, int y, std::string_view words, std::string_view look) {
    to_.element("text", words, {{"x", fmt::format("{}", x)}, {"y", fmt::format("{}", y)}, {"class", std::string(look)}});
  }
  static std::string path(int x, int y, int width, int height, std::size_t kind) {
    const Look& look = kLooks[kind];
    return fmt::format("M{} {:.1f}h{}v{:.1f}h-{}z", x, y + height * look.top, width, height * look.height, width);
  }
  void box(int x, int y, int width, int height, std::size_t kind) {
    to_.element("path", "", {{"fill", std::string(kLooks[kind].colour)}, {"d", path(x, y, width, height, kind)}});
  }

  Markup& to_;
  const Scale scale_;
  int y_ = 0;
};

bool has_timeline(const diag::TunnelReport& t) { return t.timeline.start != diag::kNoTime && t.timeline.end > t.timeline.start; }
bool has_curve(const diag::SessionGroup& g) { return g.concurrency.start != diag::kNoTime && !g.concurrency.most.empty() && g.concurrency.step_s > 0; }

Scale scale_of(const diag::Report& report) {
  Scale scale{std::numeric_limits<diag::Time>::max(), std::numeric_limits<diag::Time>::min(), kPlot};
  const auto widen = [&scale](diag::Time start, diag::Time end) {
    scale.start = std::min(scale.start, start);
    scale.end = std::max(scale.end, end);
  };
  for (const diag::TunnelReport& t : report.tunnels)
    if (has_timeline(t)) widen(t.timeline.start, t.timeline.end);
  for (const diag::SessionGroup& g : report.sessions) {
    const diag::Concurrency& c = g.concurrency;
    if (has_curve(g)) widen(c.start, c.start + static_cast<diag::Duration>(c.step_s * static_cast<double>(c.most.size() * diag::kSecond)));
  }
  return scale;
}

void tunnels(Picture& picture, const diag::Report& report) {
  std::size_t drawn = 0, left_out = 0;
  for (const html::Family& family : html::families(report)) {
    for (const diag::TunnelReport* t : family.tunnels) {
      if (!has_timeline(*t)) continue;
      if (drawn++ >= kTunnels) {
        ++left_out;
        continue;
      }
      picture.title(fmt::format("{} {}", t->status, t->id), tunnel_in_words(*t, report.now));
      const Scale scale = scale_of(report);
      for (const Lane& lane : lanes_of(*t, scale)) picture.lane(lane);
      picture.gap();
    }
  }
  if (left_out > 0) picture.note(fmt::format("and {} that are not drawn here", counted(left_out, "more tunnel")));
}

void groups(Picture& picture, const diag::Report& report) {
  std::size_t drawn = 0;
  for (const JudgedGroup& judged : judged_groups(report)) {
    if (!has_curve(*judged.group) || drawn++ >= kGroups) continue;
    picture.title(group_in_words(*judged.group), fmt::format("sessions open at once, most: {}; {}", judged.group->concurrency.peak, counts_in_words(*judged.group)));
    picture.curve(judged.group->concurrency);
    picture.gap();
  }
}

constexpr std::string_view kStyle =
    "text{font-family:sans-serif;font-size:12px;fill:#1c2430}.tick,.label,.legend{font-size:11px;fill:#4a5563}.middle{text-anchor:middle}"
    ".end{text-anchor:end}.bold{font-weight:bold}";

}  // namespace

std::string packet_timeline(const diag::Report& report) {
  Markup inner;
  const Scale scale = scale_of(report);
  Picture picture(inner, scale);
  if (scale.end > scale.start) {
    picture.legend();
    picture.axis();
    tunnels(picture, report);
    groups(picture, report);
  } else {
    picture.note("No record has a time, so there is nothing to draw.");
  }
  Markup to;
  to.finished("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  {
    const std::string height = fmt::format("{}", picture.height() + kGap);
    const Element svg(to, "svg", {{"xmlns", "http://www.w3.org/2000/svg"}, {"width", fmt::format("{}", kWidth)}, {"height", height},
                                  {"viewBox", fmt::format("0 0 {} {}", kWidth, height)}, {"role", "img"}});
    to.element("title", "States over time, UTC");
    to.open("style").finished(kStyle).close();
    to.element("rect", "", {{"width", "100%"}, {"height", "100%"}, {"fill", "#ffffff"}});
    to.finished(inner.take());
  }
  return to.take() + "\n";
}

}  // namespace tunnelscope::report
