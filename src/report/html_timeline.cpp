// Timelines without a script: per tunnel a row of SVG for each lane, drawn from the same cells as in the text report. A state shows
// in its height as well as in its colour. The page's script puts its own timeline in their place; paper gets these.
#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "src/report/html_parts.hpp"
#include "src/report/lanes.hpp"
#include "src/report/verdict.hpp"

namespace tunnelscope::report::html {
namespace {

constexpr int kColumns = 480;
constexpr int kHeight = 10;
constexpr std::size_t kTunnels = 40;

struct Look {
  std::string_view name, meaning;
  int top, height;  // of kHeight
};
constexpr std::array<Look, kCells> kLooks{{{"empty", "", 0, 0},
                                           {"up", "up", 0, 10},
                                           {"rekeying", "rekeying", 0, 10},
                                           {"negotiating", "negotiating", 3, 4},
                                           {"down", "down", 7, 3},
                                           {"outage", "outage", 0, 10},
                                           {"rekey", "rekey", 6, 4},
                                           {"collision", "collision", 4, 6},
                                           {"failure", "failure", 2, 8},
                                           {"delete", "DELETE", 3, 4},
                                           {"dpd", "DPD timeout", 0, 10}}};

// One path a kind of cell.
void lane(Markup& to, const Lane& lane) {
  std::array<std::string, kCells> paths;
  for (std::size_t i = 0; i < lane.cells.size();) {
    std::size_t next = i;
    while (next < lane.cells.size() && lane.cells[next] == lane.cells[i]) ++next;
    const auto kind = static_cast<std::size_t>(lane.cells[i]);
    const Look& look = kLooks[kind];
    paths[kind] += fmt::format("M{} {}h{}v{}h-{}z", i, look.top, next - i, look.height, next - i);
    i = next;
  }
  to.element("span", lane.label, {{"class", "label"}});
  const Element svg(to, "svg", {{"viewBox", fmt::format("0 0 {} {}", kColumns, kHeight)},
                                {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}});
  for (std::size_t kind = 1; kind < kCells; ++kind) {
    if (!paths[kind].empty()) to.element("path", "", {{"class", fmt::format("cell-{}", kLooks[kind].name)}, {"d", paths[kind]}});
  }
}

void axis(Markup& to, const Scale& scale) {
  to.element("span", "UTC", {{"class", "label"}});
  const Element line(to, "div", {{"class", "axis"}});
  for (const diag::Time time : {scale.start, scale.start + (scale.end - scale.start) / 2, scale.end}) {
    to.element("span", diag::date_and_clock(time));
  }
}

bool has_timeline(const diag::TunnelReport& t) { return t.timeline.start != diag::kNoTime && t.timeline.end > t.timeline.start; }

// One for all, so that what happened at one time stands below each other.
Scale scale_of(const diag::Report& report) {
  Scale scale{std::numeric_limits<diag::Time>::max(), std::numeric_limits<diag::Time>::min(), kColumns};
  for (const diag::TunnelReport& t : report.tunnels) {
    if (!has_timeline(t)) continue;
    scale.start = std::min(scale.start, t.timeline.start);
    scale.end = std::max(scale.end, t.timeline.end);
  }
  return scale;
}

void figure(Markup& to, const diag::TunnelReport& t, const Scale& scale, diag::Time now) {
  const auto lanes = lanes_of(t, scale);
  if (lanes.empty()) return;
  const Element box(to, "figure");
  {
    const Element caption(to, "figcaption");
    badge(to, t.status);
    to.element("span", t.id, {{"class", "mono"}}).text(" " + tunnel_in_words(t, now));
  }
  const Element grid(to, "div", {{"class", "lanes"}});
  for (const Lane& l : lanes) lane(to, l);
  axis(to, scale);
}

template <class State>
void widen(diag::Interval& known, const std::vector<diag::Stretch<State>>& lane) {
  for (const auto& s : lane) {
    if (cell_of(s.state) == Cell::Empty) continue;
    known.start = known.end ? std::min(known.start, s.start) : s.start;
    known.end = std::max(known.end.value_or(s.end), s.end);
  }
}

// From the first record that states something of a tunnel to the last; without an end: none does.
diag::Interval known(const diag::TunnelReport& t) {
  diag::Interval known;
  widen(known, t.timeline.phase1);
  widen(known, t.timeline.phase2);
  widen(known, t.timeline.bgp);
  return known;
}

// Of all tunnels at once.
diag::Interval all_known(const Family& f) {
  diag::Interval all = known(*f.tunnels.front());
  for (const diag::TunnelReport* t : f.tunnels) {
    const diag::Interval one = known(*t);
    if (!all.end || !one.end) return {};
    all = {std::max(all.start, one.start), std::min(*all.end, *one.end)};
  }
  return all;
}

// Of a connection with several tunnels: all up, some, none; blank where nothing is known of one.
void redundancy(Markup& to, const Family& f, const Scale& scale) {
  if (f.connection == nullptr || f.tunnels.size() < 2) return;
  diag::Time start = scale.end, end = scale.start;
  for (const diag::TunnelReport* t : f.tunnels) {
    if (!has_timeline(*t)) continue;
    start = std::min(start, t->timeline.start);
    end = std::max(end, t->timeline.end);
  }
  if (end <= start) return;
  Lane tunnels("Tunnels", scale);
  if (const diag::Interval known = all_known(f); known.end && *known.end > known.start) tunnels.fill(scale, known.start, *known.end, Cell::Up);
  for (const diag::TunnelReport* t : f.tunnels) {
    for (const diag::Outage& o : t->outages) tunnels.fill(scale, o.start, o.end.value_or(end), Cell::Negotiating);
  }
  for (const diag::Interval& down : f.connection->both_down) tunnels.fill(scale, down.start, down.end.value_or(end), Cell::Outage);
  const Element box(to, "figure");
  {
    const Element caption(to, "figcaption");
    to.element("span", f.connection->id, {{"class", "mono"}});
    to.text(fmt::format(" {}; thin: not all tunnels were up, red: none, blank: not known of all", redundancy_in_words(*f.connection).text));
  }
  const Element grid(to, "div", {{"class", "lanes"}});
  lane(to, tunnels);
  axis(to, scale);
}

void legend(Markup& to) {
  const Element list(to, "ul", {{"class", "legend"}, {"aria-label", "What the timeline's marks mean"}});
  for (std::size_t kind = 1; kind < kCells; ++kind) {
    const Look& look = kLooks[kind];
    const Element item(to, "li");
    {
      const Element svg(to, "svg", {{"viewBox", fmt::format("0 0 14 {}", kHeight)}, {"aria-hidden", "true"}});
      to.element("path", "", {{"class", fmt::format("cell-{}", look.name)}, {"d", fmt::format("M0 {}h14v{}h-14z", look.top, look.height)}});
    }
    to.text(look.meaning);
  }
  const Element item(to, "li");
  {
    const Element svg(to, "svg", {{"viewBox", fmt::format("0 0 14 {}", kHeight)}, {"aria-hidden", "true"}});
    to.element("path", "", {{"class", "cell-empty"}, {"d", fmt::format("M0 0h14v{}h-14z", kHeight)}});
  }
  to.text(kBlank);
}

}  // namespace

void timelines(Markup& to, const Document& document) {
  const diag::Report& report = document.report;
  if (std::none_of(report.tunnels.begin(), report.tunnels.end(), has_timeline)) return;
  const Element section(to, "section", {{"id", "timeline"}, {"aria-labelledby", "h-timeline"}});
  to.element("h2", "Timeline", {{"id", "h-timeline"}});
  to.element("div", "", {{"id", "chart"}, {"hidden", ""}});
  const Element still(to, "div", {{"class", "still"}});
  legend(to);
  const Scale scale = scale_of(report);
  std::size_t drawn = 0, left_out = 0;
  for (const Family& f : families(report)) {
    if (drawn < kTunnels) redundancy(to, f, scale);
    for (const diag::TunnelReport* t : f.tunnels) {
      if (!has_timeline(*t)) continue;
      drawn < kTunnels ? (++drawn, figure(to, *t, scale, report.now)) : static_cast<void>(++left_out);
    }
  }
  if (left_out > 0) to.element("p", fmt::format("and {} that are not drawn here", counted(left_out, "more tunnel")));
}

}  // namespace tunnelscope::report::html
