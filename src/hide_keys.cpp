#include "src/hide_keys.hpp"

#include "src/known_keys.hpp"

namespace tunnelscope::app {
namespace {

namespace model = diag::config;

constexpr std::string_view kShown = "[key]";

class Hider {
 public:
  explicit Hider(const diag::Check& check) {
    add(check.now);
    if (check.before) add(*check.before);
  }

  // Their names, by which changes call them.
  void hide(diag::NegotiatedState& state) const {
    for (model::Endpoint& end : state.cloud) hide(end.name);
    for (model::Endpoint& end : state.gateway) hide(end.name);
  }
  bool knows_any() const { return keys_.any(); }

  void hide(std::string& text) const { keys_.hide(text, kShown); }
  void hide(model::StageVerdict& stage) const {
    for (std::string* text : {&stage.cloud.value, &stage.cloud.note, &stage.gateway.value, &stage.gateway.note, &stage.agreed, &stage.reason}) hide(*text);
    for (std::string& message : stage.log_messages) hide(message);
    hide(stage.repair.at_cloud);
    hide(stage.repair.at_gateway);
  }
  void hide(std::vector<model::Change>& changes) const {
    for (model::Change& change : changes) hide(change.old_value), hide(change.new_value);
  }
  void hide(diag::Finding& f) const {
    for (std::string* text : {&f.subject, &f.title, &f.summary, &f.explanation, &f.verify}) hide(*text);
    for (diag::Evidence& e : f.evidence) hide(e.message), hide(e.state);
    for (diag::Step& step : f.steps) hide(step.text), hide(step.command);
    for (diag::RuledOutNote& note : f.ruled_out) hide(note.because);
    for (auto& [name, detail] : f.details)
      if (auto* text = std::get_if<std::string>(&detail)) hide(*text);
  }

 private:
  void add(const diag::NegotiatedState& state) {
    for (const model::Endpoint& end : state.cloud) keys_.add(end);
    for (const model::Endpoint& end : state.gateway) keys_.add(end);
  }

  KnownKeys keys_;
};

}  // namespace

void hide_keys(report::CheckDocument& document) {
  const Hider hider(document.check);
  if (!hider.knows_any()) return;
  hider.hide(document.check.now);
  if (document.check.before) hider.hide(*document.check.before);
  for (diag::CheckedTunnel& tunnel : document.check.tunnels) {
    hider.hide(tunnel.id);
    for (model::StageVerdict& stage : tunnel.verdict.stages) hider.hide(stage);
  }
  for (auto& tunnel : document.differences)
    for (model::SettingDifference& one : tunnel) hider.hide(one.cloud.value), hider.hide(one.gateway.value);
  for (diag::CheckFinding& one : document.check.findings) hider.hide(one.finding), hider.hide(one.at_cloud), hider.hide(one.at_gateway);
  for (model::Problem& problem : document.problems) hider.hide(problem.reason), hider.hide(problem.hint);
  for (auto& [where, line] : document.lines) hider.hide(line);
  for (auto& [changes, diff] : document.diffs) hider.hide(diff);
}

}  // namespace tunnelscope::app
