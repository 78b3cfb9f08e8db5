#include "src/report/check_format.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "src/report/pipeline.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::report {

namespace model = diag::config;

namespace {

template <std::string (*Write)(const PipelineReport&)>
std::string to_pipeline(const CheckDocument& document, const app::Screen&) {
  return Write(pipeline_report(document));
}

bool is_part_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.'; }

// Attributes whose values every vendor spells alike.
bool is_spelled_alike(const std::string& attribute) {
  static constexpr std::array<std::string_view, 5> kNames{"outside-address", "local-identity", "remote-identity", "local-selectors",
                                                          "remote-selectors"};
  return std::find(kNames.begin(), kNames.end(), attribute) != kNames.end();
}

// Where `word` stands as a whole word behind the name of the setting, if that is one place alone.
std::optional<std::size_t> only_place_of(const std::string& word, const std::string& line) {
  std::optional<std::size_t> found;
  const std::size_t name_ends = line.find_first_of("=:");
  const std::size_t from = name_ends == std::string::npos ? 0 : name_ends;
  for (std::size_t at = line.find(word, from); at != std::string::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at > 0 && is_part_of_word(line[at - 1])) || (end < line.size() && is_part_of_word(line[end]))) continue;
    if (found) return {};
    found = at;
  }
  return found;
}

std::string joined(const std::vector<model::Change>& changes) {
  std::string all;
  for (const model::Change& change : changes) all += (all.empty() ? "" : " and ") + in_words(change);
  return all;
}

}  // namespace

std::span<const CheckFormat> check_formats() {
  static constexpr std::array kFormats{CheckFormat{"text", check_to_text}, CheckFormat{"json", check_to_json},
                                       CheckFormat{"markdown", check_to_markdown}, CheckFormat{"html", check_to_html}, CheckFormat{"sarif", to_pipeline<to_sarif>},
                                       CheckFormat{"junit", to_pipeline<to_junit>}, CheckFormat{"github", to_pipeline<to_github>},
                                       CheckFormat{"gitlab", to_pipeline<to_gitlab>}};
  return kFormats;
}

const CheckFormat* check_format_named(std::string_view name) {
  const auto all = check_formats();
  const auto found = std::find_if(all.begin(), all.end(), [name](const CheckFormat& f) { return f.name == name; });
  return found == all.end() ? nullptr : &*found;
}

FindingList findings_of(const diag::Check& check) {
  FindingList list;
  for (const diag::CheckFinding& one : check.findings) list.push_back(&one.finding);
  return list;
}

std::string in_words(const model::Change& change) {
  std::string place = change.where.known() ? "in " + change.where.path : "in its configuration";
  if (change.where.line > 0) place += fmt::format(" line {}", change.where.line);
  if (change.secret) return fmt::format("{}: set the same {} as at the other end", place, change.attribute);
  if (change.old_value.empty()) return fmt::format("{}: set {} to {}", place, change.attribute, change.new_value);
  return fmt::format("{}: {} {} -> {}", place, change.attribute, change.old_value, change.new_value);
}

std::string in_words(const model::Repair& repair) {
  const std::string gateway = joined(repair.at_gateway), cloud = joined(repair.at_cloud);
  if (gateway.empty()) return cloud.empty() ? "" : "cloud: " + cloud;
  return "gateway: " + gateway + (cloud.empty() ? "" : "; or cloud: " + cloud);
}

std::string diff_of(const model::Change& change, const std::map<model::Where, std::string>& lines) {
  const auto found = lines.find(change.where);
  if (change.secret || change.old_value.empty() || !is_spelled_alike(change.attribute) || found == lines.end()) return {};
  const std::string& line = found->second;
  const auto at = only_place_of(change.old_value, line);
  if (!at) return {};
  const std::string mended = line.substr(0, *at) + change.new_value + line.substr(*at + change.old_value.size());
  const std::string& path = change.where.path;
  return fmt::format("--- a/{0}\n+++ b/{0}\n@@ -{1} +{1} @@\n-{2}\n+{3}\n", path, change.where.line, line, mended);
}

std::string value_in_words(const model::Shown& shown) {
  std::string words = shown.value.empty() ? "not known" : shown.value;
  if (shown.origin == model::Origin::Default) words += fmt::format(" (default: {})", shown.note);
  if (shown.value.empty() && !shown.note.empty()) words += ": " + shown.note;
  return words;
}

std::string in_words(model::ApplyEffect effect) {
  switch (effect) {
    case model::ApplyEffect::None: return "nothing";
    case model::ApplyEffect::Tunnel: return "this tunnel for some minutes: its endpoint is replaced, its address stays";
    case model::ApplyEffect::Connection: return "both tunnels of the connection at once";
    case model::ApplyEffect::Deleted: return "everything for good: it is deleted, and nothing takes its place";
    case model::ApplyEffect::Replaced: break;
  }
  return "everything until the gateway is changed too: a new connection has new addresses and keys";
}

const model::StageVerdict* first_failing(const model::TunnelVerdict& tunnel) {
  const auto fails = [](const model::StageVerdict& stage) { return stage.verdict == model::Verdict::Fails; };
  const auto found = std::find_if(tunnel.stages.begin(), tunnel.stages.end(), fails);
  return found == tunnel.stages.end() ? nullptr : &*found;
}

std::string counts_in_words(const diag::Check& check) {
  std::array<std::size_t, 3> counts{};
  for (const diag::CheckedTunnel& tunnel : check.tunnels) ++counts[static_cast<std::size_t>(tunnel.verdict.verdict)];
  const auto [agree, unverified, fail] = counts;
  std::string text;
  const auto add = [&](std::size_t count, std::string_view one, std::string_view many) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, count == 1 ? one : many);
  };
  add(fail, "fails", "fail");
  add(unverified, "cannot be verified", "cannot be verified");
  add(agree, "agrees", "agree");
  return text.empty() ? "none" : text;
}

std::string in_words(const diag::ConfiguredFault& fault) {
  if (!fault.stage) return fmt::format("a setting, {}", fault.cause);
  const std::string what = fault.attribute.empty() ? std::string(model::name(*fault.stage))
                                                   : fmt::format("{}, {}", model::name(*fault.stage), fault.attribute);
  if (fault.verdict == model::Verdict::Fails) return fmt::format("{} ({})", what, fault.cause);
  return fmt::format("{}, which cannot be verified (it would be {})", what, fault.cause);
}

std::string in_words(const diag::Explanation& explanation) {
  std::string_view then;
  if (explanation.mended) then = *explanation.mended ? ", which the change mends" : ", which the change leaves as it is";
  return fmt::format("{} by {}{}", explanation.shown, in_words(explanation.by), then);
}

std::string headline(const diag::LoggedTunnel& tunnel) {
  return fmt::format("{}: {}{}", tunnel.id, tunnel.status, tunnel.primary_cause.empty() ? "" : ", " + tunnel.primary_cause);
}

std::string order_of_applying(const diag::Check& check) {
  std::map<std::string, std::size_t> interrupted;
  bool replaced = false, gateway = false, cloud = false;
  for (const model::EndpointChange& one : check.changes) {
    const model::Endpoint& end = one.after ? *one.after : *one.before;
    if (one.effect != model::ApplyEffect::Deleted) (end.side == model::Side::Cloud ? cloud : gateway) = true;
    replaced |= one.effect == model::ApplyEffect::Replaced;
    if (one.effect == model::ApplyEffect::Tunnel && end.connection.known()) ++interrupted[*end.connection];
  }
  std::string text;
  if (replaced) text = "apply the cloud's change first: the gateway needs the addresses and keys that it gives";
  const bool both = std::any_of(interrupted.begin(), interrupted.end(), [](const auto& one) { return one.second > 1; });
  if (both)
    text += std::string(text.empty() ? "" : "; ") + "change one tunnel of a connection, wait until it carries traffic, then the other";
  if (!replaced && cloud && gateway)
    text += std::string(text.empty() ? "" : "; ") + "change both ends of one tunnel together: between the two steps they may not agree";
  return text;
}

}  // namespace tunnelscope::report
