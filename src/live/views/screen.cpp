// The terminal, redrawn: what is wrong first, then every tunnel with its states and when they changed last.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/live/views/kinds.hpp"

namespace tunnelscope::live {
namespace {

using app::Style;

constexpr std::string_view kBegin = "\x1b[?1049h\x1b[?25l";  // the other screen, without a cursor
constexpr std::string_view kEnd = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kRestOfLine = "\x1b[K\n";
constexpr std::string_view kRestOfScreen = "\x1b[J";
constexpr int kFewestRows = 10;
constexpr int kShortestName = 16;  // columns of a tunnel

Style style_of_status(std::string_view status) {
  if (status == "up") return Style::Good;
  if (status == "down") return Style::Bad;
  return Style::Warn;
}

std::string_view short_phase(diag::PhaseState state) { return state == diag::PhaseState::Unknown ? "-" : diag::name_of(state); }
std::string_view short_bgp(diag::BgpState state) {
  return state == diag::BgpState::Unknown ? "-" : state == diag::BgpState::Up ? "up" : "down";
}

int weight(const diag::TunnelReport& tunnel) {
  constexpr std::string_view kWorstFirst[] = {"down", "flapping", "unknown", "degraded", "up"};
  return static_cast<int>(std::find(std::begin(kWorstFirst), std::end(kWorstFirst), tunnel.status) - std::begin(kWorstFirst));
}

// Of a tunnel's name the beginning goes last but the address: "vpn-012345…/203.0.113.17".
std::string shortened(std::string_view name, int width, bool unicode) {
  if (app::columns_of(name) <= width) return std::string(name);
  const std::size_t slash = std::min(name.rfind('/'), name.size());
  const std::string_view address = name.substr(slash);
  const int room = width - app::columns_of(address);
  return room < width / 4 ? app::cut(name, width, unicode) : app::cut(name.substr(0, slash), room, unicode) + std::string(address);
}

// A table whose first column gives way where the terminal is narrow.
class Table {
 public:
  using Row = std::array<std::string, 6>;

  explicit Table(Row head) : rows_{std::move(head)} {}
  void add(Row row) { rows_.push_back(std::move(row)); }
  std::vector<std::string> lines(const app::Screen& screen) const {
    std::array<int, std::tuple_size_v<Row>> widths{};
    for (const Row& row : rows_)
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], app::columns_of(row[i]));
    const int others = std::accumulate(widths.begin() + 1, widths.end(), static_cast<int>(widths.size()));  // with the blanks between
    widths[0] = std::min(widths[0], std::max(screen.width - others, kShortestName));
    std::vector<std::string> lines;
    for (const Row& row : rows_) {
      std::string line = app::padded(shortened(row[0], widths[0], screen.unicode), widths[0]) + " ";
      for (std::size_t i = 1; i < row.size(); ++i) line += " " + app::padded(row[i], widths[i]);
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  std::vector<Row> rows_;
};

class ScreenView : public View {
 public:
  ScreenView(const app::Screen& screen, int rows) { resize(screen, rows); }

  void resize(const app::Screen& screen, int rows) override {
    screen_ = screen;
    rows_ = std::max(rows, kFewestRows);
  }
  std::string begin() override { return std::string(kBegin); }
  std::string end() override { return std::string(kEnd); }

  std::string show(const Snapshot& snapshot, const std::vector<diag::AlertChange>&) override {
    for (const TunnelChange& change : changes_.of(snapshot)) changed_[change.tunnel->id] = snapshot.now;
    lines_.clear();
    head(snapshot);
    episodes(snapshot);
    tunnels(snapshot);
    std::string text(kHome);
    for (const std::string& line : lines_) text += line + std::string(kRestOfLine);
    return text + std::string(kRestOfScreen);
  }

 private:
  void line(Style style, std::string_view text) {
    if (static_cast<int>(lines_.size()) < rows_ - 1)
      lines_.push_back(app::painted(screen_, style, app::cut(app::for_terminal(text), screen_.width, screen_.unicode)));
  }

  void head(const Snapshot& snapshot) {
    line(Style::Bold, fmt::format("tunnelscope  {} UTC  {} tunnels, {} open alerts", diag::date_and_clock(snapshot.now),
                                  snapshot.document->report.tunnels.size(), snapshot.open.size()));
    if (!snapshot.stale.empty()) line(Style::Bad, fmt::format("stale: {}", snapshot.stale));
    for (const ReceiverStatus& receiver : snapshot.receivers)
      if (!receiver.trouble.empty()) line(Style::Warn, fmt::format("{}: {}, {} waiting", receiver.name, receiver.trouble, receiver.waiting));
    line(Style::Plain, "");
  }

  void episodes(const Snapshot& snapshot) {
    for (const diag::Episode& episode : snapshot.open) {
      const Style style = episode.severity == kb::Severity::Critical ? Style::Bad : Style::Warn;
      const bool recovering = episode.recovered != diag::kNoTime;
      line(style, fmt::format("{}  {}  {}", recovering ? "recovering" : kb::name_of(episode.severity), episode.subject, episode.title));
      line(Style::Plain, fmt::format("  for {}{}{}", diag::in_words(snapshot.now - episode.start), episode.first_step.empty() ? "" : "; first: ",
                                     episode.first_step));
    }
    if (!snapshot.open.empty()) line(Style::Plain, "");
  }

  void tunnels(const Snapshot& snapshot) {
    std::vector<const diag::TunnelReport*> list;
    for (const diag::TunnelReport& tunnel : snapshot.document->report.tunnels) list.push_back(&tunnel);
    std::stable_sort(list.begin(), list.end(), [](const auto* a, const auto* b) { return weight(*a) < weight(*b); });
    const int room = rows_ - 2 - static_cast<int>(lines_.size());
    const std::size_t shown = std::min(list.size(), static_cast<std::size_t>(std::max(room, 0)));
    Table table({"tunnel", "status", "phase 1", "phase 2", "bgp", "changed"});
    for (std::size_t i = 0; i < shown; ++i) {
      const diag::TunnelReport& tunnel = *list[i];
      table.add({app::for_terminal(tunnel.id), tunnel.status, std::string(short_phase(tunnel.phase1)), std::string(short_phase(tunnel.phase2)),
                 std::string(short_bgp(tunnel.bgp)), diag::clock_only(changed_[tunnel.id])});
    }
    const std::vector<std::string> lines = table.lines(screen_);
    line(Style::Dim, lines[0]);
    for (std::size_t i = 0; i < shown; ++i) line(style_of_status(list[i]->status), lines[i + 1]);
    if (shown < list.size()) line(Style::Dim, fmt::format("and {} more", list.size() - shown));
  }

  app::Screen screen_;
  int rows_ = 0;
  TunnelChanges changes_;
  std::map<std::string, diag::Time> changed_;  // when its states changed last, by tunnel
  std::vector<std::string> lines_;
};

}  // namespace

std::unique_ptr<View> make_screen_view(const app::Screen& screen, int rows) { return std::make_unique<ScreenView>(screen, rows); }

}  // namespace tunnelscope::live
