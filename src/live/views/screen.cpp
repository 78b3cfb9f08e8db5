// The terminal, redrawn: what is wrong first, then every tunnel with its states and when they changed last.
#include <algorithm>
#include <map>

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

class ScreenView : public View {
 public:
  ScreenView(const app::Screen& screen, int rows) : screen_(screen), rows_(std::max(rows, 10)) {}

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
    int widest = 6;
    for (const diag::TunnelReport* tunnel : list) widest = std::max(widest, app::columns_of(app::for_terminal(tunnel->id)));
    line(Style::Dim, fmt::format("{}  {:<9} {:<12} {:<12} {:<5} {}", app::padded("tunnel", widest), "status", "phase 1", "phase 2", "bgp", "changed"));
    const int room = rows_ - 2 - static_cast<int>(lines_.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (static_cast<int>(i) >= room) {
        line(Style::Dim, fmt::format("and {} more", list.size() - i));
        break;
      }
      const diag::TunnelReport& tunnel = *list[i];
      line(style_of_status(tunnel.status),
           fmt::format("{}  {:<9} {:<12} {:<12} {:<5} {}", app::padded(app::for_terminal(tunnel.id), widest), tunnel.status, short_phase(tunnel.phase1),
                       short_phase(tunnel.phase2), short_bgp(tunnel.bgp), diag::clock_only(changed_[tunnel.id])));
    }
  }

  app::Screen screen_;
  int rows_;
  TunnelChanges changes_;
  std::map<std::string, diag::Time> changed_;  // when its states changed last, by tunnel
  std::vector<std::string> lines_;
};

}  // namespace

std::unique_ptr<View> make_screen_view(const app::Screen& screen, int rows) { return std::make_unique<ScreenView>(screen, rows); }

}  // namespace tunnelscope::live
