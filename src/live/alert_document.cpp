// Tested by live_alert_document_test.cpp.
#include "src/live/alert_document.hpp"

#include <nlohmann/json.hpp>

#include "src/escape.hpp"

namespace tunnelscope::live {
namespace {

using Json = nlohmann::ordered_json;
using diag::Episode;

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json time_or_null(diag::Time time) { return time == diag::kNoTime ? Json() : Json(diag::rfc3339(time)); }

Json of(const Episode& e) {
  return {{"key", e.key},
          {"kind", name_of(e.kind)},
          {"subject", e.subject},
          {"connection", text_or_null(e.connection)},
          {"severity", kb::name_of(e.severity)},
          {"impact", kb::name_of(e.impact)},
          {"cause", text_or_null(e.cause)},
          {"fingerprint", text_or_null(e.fingerprint)},
          {"title", e.title},
          {"summary", text_or_null(e.summary)},
          {"first_step", text_or_null(e.first_step)},
          {"runbook_url", text_or_null(e.runbook_url)},
          {"owner", text_or_null(e.owner)},
          {"down", e.down},
          {"start", time_or_null(e.start)},
          {"recovered", time_or_null(e.recovered)}};
}

Json stored_json(const Episode& e) {
  return {e.key,          static_cast<int>(e.kind), e.subject, e.connection, e.cause,      e.fingerprint, static_cast<int>(e.severity),
          static_cast<int>(e.impact), e.title,      e.summary, e.first_step, e.runbook_url, e.owner,      e.down,
          e.start,        e.recovered,              e.shown_by};
}

template <class Enum>
Enum one_of(const Json& json, int count) {
  const int value = json.get<int>();
  if (value < 0 || value >= count) throw std::out_of_range("no such value");
  return static_cast<Enum>(value);
}

Episode episode_of(const Json& j) {
  Episode e;
  std::size_t at = 0;
  const auto next = [&]() -> const Json& { return j.at(at++); };
  e.key = next();
  e.kind = one_of<diag::EpisodeKind>(next(), static_cast<int>(diag::kEpisodeKindNames.size()));
  for (std::string* text : {&e.subject, &e.connection, &e.cause, &e.fingerprint}) *text = next();
  e.severity = one_of<kb::Severity>(next(), 3);
  e.impact = one_of<kb::Impact>(next(), 3);
  for (std::string* text : {&e.title, &e.summary, &e.first_step, &e.runbook_url, &e.owner}) *text = next();
  e.down = next().get<std::vector<std::string>>();
  e.start = next();
  e.recovered = next();
  if (at < j.size()) e.shown_by = next().get<std::map<std::string, std::string>>();
  return e;
}

diag::AlertChange change_of(const Json& j) {
  diag::AlertChange change;
  change.id = j.at(0);
  change.kind = one_of<diag::ChangeKind>(j.at(1), static_cast<int>(diag::kChangeKindNames.size()));
  change.at = j.at(2);
  change.episode = episode_of(j.at(3));
  return change;
}

template <class Read>
auto read(std::string_view text, Read how) -> tl::expected<decltype(how(Json())), std::string> {
  try {
    return how(Json::parse(text));
  } catch (const std::exception&) {
    return tl::unexpected(std::string("it holds an alert that cannot be read"));
  }
}

}  // namespace

std::string alert_document(const diag::AlertChange& change, std::string_view delivery, bool repeated) {
  const Json document = {{"schema", "tunnelscope/alert/1"},
                         {"delivery", text_or_null(std::string(delivery))},
                         {"id", change.id},
                         {"change", name_of(change.kind)},
                         {"at", time_or_null(change.at)},
                         {"repeated", repeated},
                         {"episode", of(change.episode)}};
  return app::for_json_document(dumped(document));
}

std::string stored(const Episode& episode) { return dumped(stored_json(episode)); }
std::string stored(const diag::AlertChange& change) {
  return dumped(Json{change.id, static_cast<int>(change.kind), change.at, stored_json(change.episode)});
}

tl::expected<Episode, std::string> stored_episode(std::string_view text) { return read(text, episode_of); }
tl::expected<diag::AlertChange, std::string> stored_change(std::string_view text) { return read(text, change_of); }

}  // namespace tunnelscope::live
