// A line a change: for logs, pipes and terminals that cannot redraw.
#include <fmt/format.h>

#include "src/escape.hpp"
#include "src/live/views/kinds.hpp"

namespace tunnelscope::live {
namespace {

app::Style style_of(kb::Severity severity) {
  switch (severity) {
    case kb::Severity::Critical: return app::Style::Bad;
    case kb::Severity::Warning: return app::Style::Warn;
    default: return app::Style::Note;
  }
}

class LinesView : public View {
 public:
  explicit LinesView(const app::Screen& screen) : screen_(screen) {}

  std::string show(const Snapshot& snapshot, const std::vector<diag::AlertChange>& changes) override {
    std::string text;
    for (const TunnelChange& change : changes_.of(snapshot)) {
      const std::string step = change.before.empty() ? change.after : change.before + " -> " + change.after;
      text += line(snapshot.now, "tunnel", change.tunnel->id, step);
    }
    for (const diag::AlertChange& change : changes) text += line_of(change);
    if (snapshot.stale_kind != stale_kind_) {
      const bool live = snapshot.stale.empty();
      stale_kind_ = snapshot.stale_kind;
      text += line(snapshot.now, "watch", live ? "live" : "stale", snapshot.stale);
    }
    return text;
  }

 private:
  std::string line(diag::Time time, std::string_view what, std::string_view subject, std::string_view words) const {
    return fmt::format("{}  {}  {}  {}\n", diag::date_and_clock(time), what, app::for_terminal(subject), app::for_terminal(words));
  }

  std::string line_of(const diag::AlertChange& change) const {
    const diag::Episode& episode = change.episode;
    const bool over = change.kind == diag::ChangeKind::Resolved;
    const std::string head = over ? "resolved" : fmt::format("{}{}", kb::name_of(episode.severity),
                                                             change.kind == diag::ChangeKind::SeverityChanged ? " now" : "");
    std::string words = episode.title;
    if (over) {
      words += fmt::format("; it lasted {}", diag::in_words(episode.recovered - episode.start));
    } else if (!episode.first_step.empty()) {
      words += fmt::format("; first: {}", episode.first_step);
    }
    return fmt::format("{}  {}  {}  {}\n", diag::date_and_clock(change.at),
                       app::painted(screen_, over ? app::Style::Good : style_of(episode.severity), head), app::for_terminal(episode.subject),
                       app::for_terminal(words));
  }

  app::Screen screen_;
  TunnelChanges changes_;
  std::string stale_kind_;  // as told last
};

}  // namespace

std::unique_ptr<View> make_lines_view(const app::Screen& screen, int) { return std::make_unique<LinesView>(screen); }

}  // namespace tunnelscope::live
