// A Slack-compatible incoming webhook: text for notifications, blocks for the channel; several changes of one connection in one message. In
// mrkdwn, &, < and > are escaped, so that nothing from a log can mention or link. Limits: 150 characters of header, 3000 of a section, 50
// blocks.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/live/receivers/kinds.hpp"

namespace tunnelscope::live {
namespace {

using Json = nlohmann::ordered_json;
using diag::ChangeKind;
using diag::Episode;

// Escaped first and cut afterwards, before an escape that would be torn.
std::string mrkdwn(std::string_view text, std::size_t bytes) {
  std::string escaped;
  for (const char c : plain(text, bytes)) {
    const std::string_view more = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string_view(&c, 1);
    if (escaped.size() + more.size() > bytes) break;
    escaped += more;
  }
  return escaped;
}

std::string_view sign(const diag::AlertChange& change) {
  if (change.kind == ChangeKind::Resolved) return ":large_green_circle:";
  return change.episode.severity == kb::Severity::Critical ? ":red_circle:" : ":large_yellow_circle:";
}

std::string facts(const diag::AlertChange& change) {
  const Episode& e = change.episode;
  std::string text = fmt::format("since {} UTC", diag::date_and_clock(e.start));
  if (change.kind == ChangeKind::Resolved && e.recovered != diag::kNoTime)
    text = fmt::format("{} UTC to {} UTC, {}", diag::date_and_clock(e.start), diag::date_and_clock(e.recovered),
                       diag::in_words(e.recovered - e.start));
  if (!e.down.empty()) {
    text += "  ·  down: ";
    for (std::size_t i = 0; i < e.down.size(); ++i) text += (i > 0 ? ", " : "") + e.down[i];
  }
  if (!e.cause.empty()) text += "  ·  cause: " + e.cause;
  if (!e.owner.empty()) text += "  ·  owner: " + e.owner;
  return text;
}

void add_blocks(Json& blocks, const diag::AlertChange& change) {
  const Episode& e = change.episode;
  const auto section = [](const std::string& text) { return Json{{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}}}}; };
  std::string body = fmt::format("{} *{}*", sign(change), mrkdwn(headline(change, 300), 600));
  if (!e.summary.empty()) body += "\n" + mrkdwn(e.summary, 1000);
  if (!e.first_step.empty() && change.kind != ChangeKind::Resolved) body += "\n*First:* " + mrkdwn(e.first_step, 800);
  if (e.runbook_url.starts_with("https://") || e.runbook_url.starts_with("http://")) {
    if (e.runbook_url.find_first_of("|<> ") == std::string::npos) body += fmt::format("\n<{}|Runbook>", mrkdwn(e.runbook_url, 500));
  }
  blocks.push_back(section(body));
  blocks.push_back({{"type", "context"}, {"elements", Json::array({Json{{"type", "mrkdwn"}, {"text", mrkdwn(facts(change), 1500)}}})}});
}

class Slack : public Receiver {
 public:
  explicit Slack(Target target) : target_(std::move(target)) {}
  const std::string& name() const override { return target_.name; }
  std::size_t most_at_once() const override { return 10; }
  int most_a_minute() const override { return 50; }  // one a second is what Slack allows

  Request request(std::span<const Delivery> deliveries, diag::Time) const override {
    Json blocks = Json::array();
    std::string text;
    for (const Delivery& d : deliveries) {
      if (!text.empty()) text += "\n";
      text += mrkdwn(headline(d.change, 300), 600);
      add_blocks(blocks, d.change);
    }
    return {target_.value, {"Content-Type: application/json"}, dumped({{"text", text}, {"blocks", blocks}}), target_.value};
  }

 private:
  Target target_;
};

}  // namespace

std::unique_ptr<Receiver> slack(Target target) { return std::make_unique<Slack>(std::move(target)); }

}  // namespace tunnelscope::live
