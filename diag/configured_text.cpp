#include "diag/configured_text.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace tunnelscope::diag {
namespace {

std::string seconds(Duration duration) { return std::to_string(duration / kSecond); }

// A lifetime for the gateway that ends before AWS begins to rekey, so that the gateway leads. `earlier`: how much before AWS's lifetime
// the knowledge base advises it for AWS's defaults.
Duration lead(Duration lifetime, Duration earlier, const TunnelFacts& facts) {
  constexpr Duration kRound = 100 * kSecond;
  Duration longest = lifetime - earlier;
  if (facts.rekey_margin) {
    const double most = static_cast<double>(*facts.rekey_margin) * (1 + facts.rekey_fuzz.value_or(100) / 100);
    longest = std::min(longest, lifetime - static_cast<Duration>(most) - kMinute);
  }
  return std::max(longest, lifetime / 2) / kRound * kRound;
}

Values values_of(const TunnelFacts& facts) {
  Values values;
  if (!facts.at.empty()) values["configured_at"] = facts.at;
  if (facts.phase1_lifetime) {
    values["phase1_lifetime"] = seconds(*facts.phase1_lifetime);
    values["phase1_lead"] = seconds(lead(*facts.phase1_lifetime, 800 * kSecond, facts));
  }
  if (facts.phase2_lifetime) {
    values["phase2_lifetime"] = seconds(*facts.phase2_lifetime);
    values["phase2_lead"] = seconds(lead(*facts.phase2_lifetime, 600 * kSecond, facts));
    values["wide_margin"] = seconds(std::min<Duration>(540 * kSecond, *facts.phase2_lifetime / 2));
  }
  if (facts.rekey_margin) values["rekey_margin"] = seconds(*facts.rekey_margin);
  if (facts.rekey_fuzz) values["rekey_fuzz"] = fmt::format("{:g}", *facts.rekey_fuzz);
  if (facts.dpd_timeout) values["dpd_timeout"] = seconds(*facts.dpd_timeout);
  if (facts.dpd_action) values["dpd_action"] = name_of(*facts.dpd_action);
  if (facts.begins) values["startup_action"] = *facts.begins ? "start" : "add";
  if (facts.bgp) values["routing"] = *facts.bgp ? "bgp" : "static";
  const bool some_version = facts.ikev1 && facts.ikev2 && (*facts.ikev1 || *facts.ikev2);
  if (some_version) values["ike"] = !*facts.ikev1 ? "ikev2" : *facts.ikev2 ? "both" : "ikev1";
  return values;
}

bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Word by word, so that 3000 is not found in 30000, and no figure that was put in is replaced again.
std::string replaced(std::string_view text, const std::map<std::string, std::string>& figures, const Values& values) {
  std::string out;
  while (!text.empty()) {
    const auto end = is_of_word(text.front()) ? std::find_if_not(text.begin(), text.end(), is_of_word) : text.begin() + 1;
    const std::string word(text.begin(), end);
    const auto figure = figures.find(word);
    const auto value = figure == figures.end() ? values.end() : values.find(figure->second);
    out += value == values.end() ? word : value->second;
    text.remove_prefix(word.size());
  }
  return out;
}

// Placeholders outside of square brackets; those inside may be missing.
bool all_known(std::string_view text, const Values& values) {
  bool in_clause = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '[') in_clause = true;
    if (text[at] == ']') in_clause = false;
    if (text[at] != '{' || in_clause) continue;
    const std::size_t close = text.find('}', at);
    if (close == std::string_view::npos || !values.contains(text.substr(at + 1, close - at - 1))) return false;
  }
  return true;
}

}  // namespace

ConfiguredText::ConfiguredText(const TunnelFacts& facts) : values_(values_of(facts)) {}

bool ConfiguredText::says(const kb::FactGuard& guard) const {
  return std::all_of(guard.begin(), guard.end(), [&](const auto& one) {
    const auto known = values_.find(one.first);
    return known != values_.end() && std::find(one.second.begin(), one.second.end(), known->second) != one.second.end();
  });
}

std::string ConfiguredText::statements(const kb::Cause& cause) const {
  std::string text;
  for (const kb::ConfiguredStatement& one : cause.configured)
    if (says(one.when) && all_known(one.text, values_)) text += "\n\n" + fill_in(one.text, values_);
  return text;
}

bool ConfiguredText::makes_sense(const kb::Step& step) const { return step.unless.empty() || !says(step.unless); }

std::string ConfiguredText::with_figures(const kb::Step& step, std::string text) const {
  return step.figures.empty() || values_.empty() ? text : replaced(text, step.figures, values_);
}

}  // namespace tunnelscope::diag
