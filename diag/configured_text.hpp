// What a finding says where the configuration of its tunnels is known: statements of its own, steps that still make sense, figures in
// place of AWS's defaults. In: facts and texts of the knowledge base. Out: the same texts, judged by the facts.
#pragma once
#include <string>
#include <vector>

#include "diag/findings.hpp"
#include "diag/tunnel_facts.hpp"
#include "kb/knowledge.hpp"

namespace tunnelscope::diag {

class ConfiguredText {
 public:
  // Nothing is known: every step stays as it is, and nothing is said.
  ConfiguredText() = default;
  explicit ConfiguredText(const TunnelFacts& facts);

  // The statements of a cause that fit and whose placeholders are all known, as paragraphs.
  std::string statements(const kb::Cause& cause) const;
  // It is not so configured already.
  bool makes_sense(const kb::Step& step) const;
  // A text of the step with the figures that are known.
  std::string with_figures(const kb::Step& step, std::string text) const;

 private:
  bool says(const kb::FactGuard& guard) const;  // all of it is known to be so

  Values values_;  // facts and figures by name, as kb/signals.hpp lists them
};

}  // namespace tunnelscope::diag
