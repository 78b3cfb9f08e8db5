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

std::string in_words(const model::Repair& repair) {
  const std::string gateway = joined(repair.at_gateway), cloud = joined(repair.at_cloud);
  if (gateway.empty()) return cloud.empty() ? "" : "cloud: " + cloud;
  return "gateway: " + gateway + (cloud.empty() ? "" : "; or cloud: " + cloud);
}

std::string key_of(const std::vector<model::Change>& changes) {
  std::string key;
  for (const model::Change& change : changes) key += fmt::format("{} {} {}\n", model::name(change.side), change.where.column, in_words(change));
  return key;
}

std::string diff_of(const std::vector<model::Change>& changes, const CheckDocument& document) {
  const auto found = document.diffs.find(key_of(changes));
  return found == document.diffs.end() ? std::string() : found->second;
}

std::string value_in_words(const model::Shown& shown) {
  std::string words = shown.value.empty() ? "not known" : shown.value;
  if (shown.origin == model::Origin::Default) words += fmt::format(" (default: {})", shown.note);
  if (shown.value.empty() && !shown.note.empty()) words += ": " + shown.note;
  return words;
}

std::string in_words(const diag::CheckedTunnel& tunnel) {
  const model::Endpoint* gateway = tunnel.verdict.gateway;
  return in_words(tunnel.effect, gateway && gateway->disabled.is(true) ? model::Side::Gateway : model::Side::Cloud);
}

std::string in_words(model::ApplyEffect effect, model::Side side) {
  if (side == model::Side::Gateway && effect == model::ApplyEffect::Tunnel) return "this tunnel, until its end is switched on again";
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

std::string_view initiator_in_words(const std::optional<model::Initiator>& initiator) {
  if (!initiator) return "not known";
  switch (*initiator) {
    case model::Initiator::Cloud: return "the cloud's end";
    case model::Initiator::Gateway: return "the gateway";
    case model::Initiator::Both: return "either end";
    case model::Initiator::Neither: break;
  }
  return "neither end by itself: somebody must start the tunnel by hand";
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
