// How a watch shows itself. In: snapshots and changes of episodes, in order. Out: text for standard output. One file and one row of views.cpp a
// form.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/alerts.hpp"
#include "src/live/board.hpp"
#include "src/terminal.hpp"

namespace tunnelscope::live {

class View {
 public:
  virtual ~View() = default;
  // The terminal as it is from now on.
  virtual void resize(const app::Screen&, int /*rows*/) {}
  // What to write now; often nothing.
  virtual std::string show(const Snapshot& snapshot, const std::vector<diag::AlertChange>& changes) = 0;
  virtual std::string begin() { return {}; }
  virtual std::string end() { return {}; }
};

struct ViewKind {
  std::string_view name;
  std::unique_ptr<View> (*make)(const app::Screen& screen, int rows);
};
std::span<const ViewKind> view_kinds();

// What differs between two snapshots, for views that tell changes.
struct TunnelChange {
  const diag::TunnelReport* tunnel = nullptr;  // as it is now
  std::string before;                          // "up, phase 1 established, phase 2 established"; empty: it is new
  std::string after;
};
class TunnelChanges {
 public:
  std::vector<TunnelChange> of(const Snapshot& snapshot);  // since the last call

 private:
  std::vector<std::pair<std::string, std::string>> states_;  // by id
};

// "status up, phase 1 established, phase 2 established, bgp up"; what is not known is left out.
std::string states_in_words(const diag::TunnelReport& tunnel);

}  // namespace tunnelscope::live
