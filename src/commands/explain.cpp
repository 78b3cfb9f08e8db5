// `explain`: a cause, a message rule, or a pasted line. A pasted line goes through the same reader as a log, so every
// container is understood; a bare message is matched against the rules of every dialect, and a bare reason besides as
// the messages of session records word it.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "diag/classify.hpp"
#include "diag/session_event.hpp"
#include "diag/text_pool.hpp"
#include "src/commands/all.hpp"
#include "src/commands/common.hpp"
#include "src/commands/entries.hpp"
#include "src/escape.hpp"
#include "src/report/describe.hpp"
#include "src/secrets.hpp"

namespace tunnelscope::commands {
namespace {

using app::Console;
using app::Exit;
using app::Settings;
using app::Style;
using Json = nlohmann::ordered_json;

// What is to be explained: a message, and what its record said besides.
struct Pasted {
  std::string message;
  std::optional<diag::Dialect> dialect;
  diag::Time time = diag::kNoTime;
  diag::PhaseState phase1 = diag::PhaseState::Unknown, phase2 = diag::PhaseState::Unknown;
  // Of a session record: whom and what it is about, by name; only what it says.
  std::vector<std::pair<std::string_view, std::string>> about;
};

struct Captured {
  std::string name, text;
  rules::CaptureType type;
  std::optional<std::int64_t> number;
};

struct Verdict {
  Pasted pasted;
  std::string taken_as;                   // the message that was matched, where that is not the pasted text
  const kb::MessageRule* rule = nullptr;  // null: nothing matched
  std::vector<Captured> captures;
  bool limit_hit = false;
  const kb::MessageRule* nearest = nullptr;
  std::size_t reached = 0;                // bytes of the message that the nearest rule matched
};

// A file in memory that the reader can open by name.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : file_(memfd_create("pasted", MFD_CLOEXEC)) {
    if (file_ < 0) return;
    ok_ = write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  ~MemoryFile() {
    if (file_ >= 0) close(file_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  bool ok() const { return ok_; }
  std::string path() const { return fmt::format("/proc/self/fd/{}", file_); }

 private:
  int file_;
  bool ok_ = false;
};

Pasted pasted_from(const diag::SessionEvent& e, const diag::Intake& intake) {
  const diag::TextPool& texts = intake.texts();
  const diag::Party& p = intake.session_names().parties[e.party];
  const diag::Route& r = intake.session_names().routes[e.route];
  Pasted pasted;
  pasted.message = texts.at(e.text);
  pasted.dialect = e.dialect;
  if (!e.yearless) pasted.time = e.time;
  pasted.about.emplace_back("system", diag::name_of(diag::system_of(e.dialect)));
  const std::pair<std::string_view, std::uint32_t> names[] = {
      {"group", r.group}, {"user", p.user},         {"device", p.device},       {"address", p.address},
      {"id", e.id},       {"resource", r.resource}, {"connector", r.connector}, {"gateway", r.gateway}};
  for (const auto& [name, text] : names) {
    if (text != 0) pasted.about.emplace_back(name, texts.at(text));
  }
  return pasted;
}

// The first record in a text that some container holds; the text itself when there is none. A line about a tunnel that
// is no JSON is left as it is: its message alone says all.
Pasted pasted_from(const std::string& text, const diag::Classifier& classifier) {
  Pasted plain;
  plain.message = text;
  const MemoryFile file(text);
  if (!file.ok()) return plain;
  diag::Intake intake(classifier);
  input::read_inputs({file.path()}, {}, intake);
  intake.finish();
  if (!intake.sessions().empty()) return pasted_from(intake.sessions().front(), intake);
  if (text.find('{') == std::string::npos) return plain;
  for (const diag::TunnelLog& log : intake.tunnels()) {
    for (const diag::Event& e : log.events) {
      return {intake.message(log, e), e.dialect, e.time, e.phase1, e.phase2, {}};
    }
  }
  return plain;
}

// How the message of a session record goes on with its reason.
struct Wording {
  diag::Dialect dialect;
  std::string_view before_reason;
};
constexpr std::array kWordings{Wording{diag::Dialect::AwsClientVpn, "connection-attempt failed: "},
                               Wording{diag::Dialect::CloudConnexa, "client-disconnected: "},
                               Wording{diag::Dialect::Twingate, "failed_to_connect: "},
                               Wording{diag::Dialect::Twingate, "denied_access: "}};

// A bare reason as the message that carries it. A rule that takes any reason says nothing about this one.
std::optional<Pasted> as_reason(const std::string& text, const diag::Classifier& classifier) {
  for (const Wording& wording : kWordings) {
    const std::string before(wording.before_reason);
    const diag::Classified found = classifier.classify(wording.dialect, before + text);
    if (found.outcome != rules::Outcome::Match) continue;
    if (classifier.classify(wording.dialect, before + "zqxj vwkp").rule == found.rule) continue;
    Pasted pasted;
    pasted.message = before + text;
    pasted.dialect = wording.dialect;
    return pasted;
  }
  return std::nullopt;
}

// A reason as a system writes it, without the record around it: some words, not a sentence or another record.
bool is_reason(const Pasted& pasted) {
  constexpr std::ptrdiff_t kMostBlanks = 2;
  const std::string& text = pasted.message;
  return !pasted.dialect && std::count(text.begin(), text.end(), ' ') <= kMostBlanks && text.find('{') == std::string::npos;
}

Verdict judge(Pasted pasted, const diag::Classifier& classifier) {
  Verdict verdict;
  verdict.pasted = std::move(pasted);
  const std::string& message = verdict.pasted.message;
  std::vector<rules::Capture> captures;
  for (std::size_t i = 0; i < diag::kDialectNames.size() && verdict.rule == nullptr; ++i) {
    const auto dialect = static_cast<diag::Dialect>(i);
    if (verdict.pasted.dialect && *verdict.pasted.dialect != dialect) continue;
    const diag::Classified found = classifier.classify(dialect, message, &captures);
    verdict.limit_hit = verdict.limit_hit || found.outcome == rules::Outcome::LimitHit;
    if (found.outcome == rules::Outcome::Match) verdict.rule = &classifier.knowledge().messages[found.rule];
  }
  for (const rules::Capture& c : captures) {
    verdict.captures.push_back({std::string(c.name), std::string(c.text), c.type, c.number});
  }
  if (verdict.rule != nullptr) return verdict;
  if (const auto reason = is_reason(verdict.pasted) ? as_reason(message, classifier) : std::nullopt) {
    Verdict taken = judge(*reason, classifier);
    taken.taken_as = std::exchange(taken.pasted.message, message);
    return taken;
  }
  const auto near = classifier.nearest(message);
  if (near.rule != diag::kNoRule && near.bytes > 0) {
    verdict.nearest = &classifier.knowledge().messages[near.rule];
    verdict.reached = std::min(near.bytes, message.size());
  }
  return verdict;
}

bool holds(const std::vector<kb::Condition>& conditions, const std::string& signal) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const kb::Condition& c) { return c.signal == signal; });
}

std::vector<const kb::Cause*> causes_of(const kb::Knowledge& knowledge, const std::string& signal) {
  std::vector<const kb::Cause*> found;
  if (signal == "routine") return found;
  for (const kb::Cause& c : knowledge.causes) {
    if (holds(c.all, signal) || holds(c.any, signal) || (c.milder && holds(c.milder->all, signal))) found.push_back(&c);
  }
  return found;
}

bool names(const std::vector<std::string>& states, diag::PhaseState state) {
  return std::find(states.begin(), states.end(), diag::name_of(state)) != states.end();
}
bool contradicts(const Verdict& v) {
  return names(v.rule->contradicts_phase1, v.pasted.phase1) || names(v.rule->contradicts_phase2, v.pasted.phase2);
}

std::string clean(std::string_view text) { return app::without_keys(text); }

const std::string& matched(const Verdict& v) { return v.taken_as.empty() ? v.pasted.message : v.taken_as; }

// What a pattern captured of a message. A key is told by the words before it, which may stand outside of the capture.
std::string clean_capture(std::string_view text, const Verdict& v) {
  const std::string shown = clean(text);
  return clean(matched(v)).find(shown) == std::string::npos ? std::string(app::kKeyRemoved) : shown;
}

// How much of a message that was cleaned stands for the first `reached` bytes of it; what ended in a key ends before the first one.
std::size_t reached_in(std::string_view shown, std::string_view message, std::size_t reached) {
  const auto common = std::mismatch(message.begin(), message.end(), shown.begin(), shown.end());
  const auto same = static_cast<std::size_t>(common.first - message.begin());
  if (reached <= same) return reached;
  const auto behind = std::mismatch(message.rbegin(), message.rend(), shown.rbegin(), shown.rend());
  const auto same_behind = static_cast<std::size_t>(behind.first - message.rbegin());
  const std::size_t left = message.size() - reached;
  return left <= std::min(same_behind, shown.size() - same) ? shown.size() - left : same;
}

std::string states_in_words(const Pasted& p) {
  return fmt::format("phase 1 {}, phase 2 {}", diag::name_of(p.phase1), diag::name_of(p.phase2));
}

void matched_text(report::Page& page, const Verdict& v, const kb::Knowledge& knowledge) {
  if (!v.taken_as.empty()) page.item(2, "taken as ", clean(v.taken_as));
  page.item(2, "rule     ", v.rule->id, Style::Bold);
  page.item(2, "signal   ", v.rule->signal);
  for (const Captured& c : v.captures) {
    const std::string number = c.number ? fmt::format(" = {}", *c.number) : "";
    const std::string text = clean_capture(c.text, v);
    page.item(2, "capture  ", fmt::format("{} ({}): {}{}", c.name, rules::name_of(c.type), text,
                                          c.type == rules::CaptureType::Hex && text == c.text ? number : ""));
  }
  page.item(2, "weight   ", report::weight_in_words(*v.rule));
  const bool stated = v.pasted.phase1 != diag::PhaseState::Unknown || v.pasted.phase2 != diag::PhaseState::Unknown;
  if (stated) page.item(2, "record   ", states_in_words(v.pasted));
  if (contradicts(v)) page.item(2, "         ", "these states contradict the message", Style::Warn);
  page.heading("What it means");
  page.prose(4, v.rule->explanation);
  const auto causes = causes_of(knowledge, v.rule->signal);
  if (!causes.empty()) page.heading("It is evidence for");
  for (const kb::Cause* c : causes) page.item(4, c->id + ": ", c->title);
  if (!v.rule->runbook_url.empty()) page.item(2, "Runbook: ", v.rule->runbook_url);
}

void unmatched_text(report::Page& page, const Verdict& v) {
  page.paragraph(2, v.limit_hit ? "a pattern ran into its match limit on this line: nothing is known about it"
                                : "no message rule matches this line", Style::Warn);
  if (v.nearest == nullptr) {
    page.paragraph(2, "no rule comes near; tunnelscope rules list shows them all");
    return;
  }
  page.item(2, "nearest  ", v.nearest->id, Style::Bold);
  page.item(2, "pattern  ", v.nearest->pattern);
  // The line around the place where matching ended, and a caret under that place.
  const int room = std::max(8, page.width() - 4);
  const std::string shown = clean(v.pasted.message);
  const std::size_t reached = reached_in(shown, v.pasted.message, v.reached);
  const std::string before = app::for_terminal(shown.substr(0, reached));
  const std::string after = app::for_terminal(shown.substr(reached));
  std::string head = before;
  while (app::columns_of(head) > room * 2 / 3) head.erase(0, app::code_point_at(head, 0).length);
  const int column = app::columns_of(head);
  page.drawn(4, {head + app::cut(after, room - column, page.screen().unicode),
                 std::string(static_cast<std::size_t>(column), ' ') + painted(page.screen(), Style::Bad, "^") +
                     (room - column > 18 ? " matched up to here" : "")});
}

std::string as_text(const Verdict& v, const kb::Knowledge& knowledge, const app::Screen& screen) {
  report::Page page(screen);
  page.paragraph(0, clean(v.pasted.message), Style::Bold);
  if (v.pasted.time != diag::kNoTime) page.paragraph(0, diag::rfc3339(v.pasted.time), Style::Dim);
  for (const auto& [name, value] : v.pasted.about) page.item(2, app::padded(name, 8) + " ", clean(value));
  if (v.rule != nullptr) {
    matched_text(page, v, knowledge);
  } else {
    unmatched_text(page, v);
  }
  return page.take();
}

std::string as_json(const Verdict& v, const kb::Knowledge& knowledge) {
  const auto state = [](diag::PhaseState s) { return s == diag::PhaseState::Unknown ? Json(nullptr) : Json(diag::name_of(s)); };
  Json json{{"kind", "message"},
            {"message", clean(v.pasted.message)},
            {"time", v.pasted.time == diag::kNoTime ? Json(nullptr) : Json(diag::rfc3339(v.pasted.time))},
            {"phase1", state(v.pasted.phase1)},
            {"phase2", state(v.pasted.phase2)},
            {"matched", v.rule != nullptr}};
  if (!v.pasted.about.empty()) {
    json["about"] = Json::object();
    for (const auto& [name, value] : v.pasted.about) json["about"][std::string(name)] = clean(value);
  }
  if (!v.taken_as.empty()) json["taken_as"] = clean(v.taken_as);
  if (v.rule != nullptr) {
    Json captures = Json::array();
    for (const Captured& c : v.captures) {
      const std::string text = clean_capture(c.text, v);
      captures.push_back({{"name", c.name},
                          {"type", rules::name_of(c.type)},
                          {"text", text},
                          {"number", c.number && text == c.text ? Json(*c.number) : Json(nullptr)}});
    }
    Json causes = Json::array();
    for (const kb::Cause* c : causes_of(knowledge, v.rule->signal)) causes.push_back(c->id);
    json["rule"] = v.rule->id;
    json["signal"] = v.rule->signal;
    json["captures"] = captures;
    json["level"] = v.rule->level;
    json["weight"] = report::weight_in_words(*v.rule);
    json["contradicted"] = contradicts(v);
    json["explanation"] = v.rule->explanation;
    json["causes"] = causes;
  } else {
    json["limit_hit"] = v.limit_hit;
    json["nearest"] = v.nearest == nullptr ? Json(nullptr) : Json(v.nearest->id);
    json["matched_bytes"] = v.reached;
  }
  return app::for_json_document(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

app::Screen screen_of(const Settings& settings, const Console& console) {
  return app::screen_for(settings.color, console.out_is_terminal && settings.output.empty(), console.window,
                         console.environment);
}

template <class Entry>
Exit show(const Entry& entry, const Settings& settings, Console& console) {
  if (settings.format == "json") return app::deliver(report::described_json(entry), settings, console, Exit::Done);
  report::Page page(screen_of(settings, console));
  report::describe(page, entry);
  return app::deliver(page.take(), settings, console, Exit::Done);
}

std::optional<Exit> show_entry(const std::string& asked, const kb::Knowledge& knowledge, const Settings& settings,
                               Console& console) {
  const auto entry = entry_named(asked, knowledge);
  if (!entry) return std::nullopt;
  return std::visit([&](const auto* found) { return show(*found, settings, console); }, *entry);
}

bool looks_like_id(const std::string& text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/_") == std::string::npos;
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string asked(const Settings& settings, const Console&) {
  if (settings.arguments != std::vector<std::string>{"-"}) return fmt::format("{}", fmt::join(settings.arguments, " "));
  constexpr std::size_t kMost = 1 << 20;
  std::string text(kMost, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  return without_line_end(std::move(text));
}

}  // namespace

Exit explain(const Settings& settings, Console& console) {
  const auto base = knowledge_base(settings, console);
  if (!base) return base.error();
  const kb::Knowledge& knowledge = base->get();
  const std::string text = asked(settings, console);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    app::complain(console, "there is nothing to explain", "tunnelscope explain psk-mismatch");
    return Exit::Usage;
  }
  if (const auto shown = show_entry(text, knowledge, settings, console)) return *shown;
  const diag::Classifier classifier(knowledge);
  const Verdict verdict = judge(pasted_from(text, classifier), classifier);
  // Reasons of session records look like ids: client-connect-handler-timed-out.
  if (verdict.rule == nullptr && looks_like_id(text)) return no_such_entry(text, knowledge, console);
  const std::string answer = settings.format == "json" ? as_json(verdict, knowledge)
                                                       : as_text(verdict, knowledge, screen_of(settings, console));
  return app::deliver(answer, settings, console, verdict.rule != nullptr ? Exit::Done : Exit::Input);
}

Exit rules_show(const Settings& settings, Console& console) {
  const auto base = knowledge_base(settings, console);
  if (!base) return base.error();
  if (const auto shown = show_entry(settings.arguments[0], base->get(), settings, console)) return *shown;
  return no_such_entry(settings.arguments[0], base->get(), console);
}

}  // namespace tunnelscope::commands
