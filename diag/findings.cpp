// Tested by findings_test.cpp.
#include "diag/findings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "diag/configured_text.hpp"
#include "diag/fetch.hpp"
#include "diag/session/groups.hpp"
#include "diag/threads.hpp"

namespace tunnelscope::diag {
namespace {

constexpr std::size_t kMostEvidence = 10;

std::string text_of(double number) {
  return number == std::floor(number) ? fmt::format("{:.0f}", number) : fmt::format("{:.1f}", number);
}

std::string text_of(const Detail& detail) {
  if (const auto* number = std::get_if<double>(&detail)) return text_of(*number);
  if (const auto* text = std::get_if<std::string>(&detail)) return *text;
  return {};
}

// What records of tunnels and of sessions have in common.
struct Source {
  Dialect dialect;
  RuleIndex rule;
  std::string text;
  Place place;
};
Source source_of(const EvidenceRef& ref, const FindingSources& sources) {
  if (ref.subject == kOfSessions) {
    const SessionEvent& e = sources.sessions.events[ref.event];
    return {e.dialect, e.rule, std::string(sources.intake.texts().at(e.text)), e.place};
  }
  const TunnelLog& log = *sources.subjects[ref.subject].history.log;
  const Event& e = log.events[ref.event];
  return {e.dialect, e.rule, sources.intake.message(log, e), e.place};
}

const RuleIndex& rule_of(const EvidenceRef& ref, const FindingSources& sources) {
  if (ref.subject == kOfSessions) return sources.sessions.events[ref.event].rule;
  return sources.subjects[ref.subject].history.log->events[ref.event].rule;
}

// What the last record of each rule captured, by name; later records win.
void add_captures(const Entry& entry, const FindingSources& sources, Details& details) {
  std::vector<const EvidenceRef*> last(sources.classifier.knowledge().messages.size());  // by rule
  const auto asked = [&](const EvidenceRef& ref) -> const RuleIndex& { return rule_of(ref, sources); };
  for_each_fetched(entry.evidence.all(), asked, [&](const EvidenceRef& ref) {
    const RuleIndex rule = asked(ref);
    if (rule == kNoRule) return;
    if (last[rule] == nullptr || last[rule]->time <= ref.time) last[rule] = &ref;
  });
  std::vector<rules::Capture> captures;
  for (const EvidenceRef* const ref : last) {
    if (ref == nullptr) continue;
    const Source source = source_of(*ref, sources);
    captures.clear();
    sources.classifier.classify(source.dialect, source.text, &captures);
    for (const auto& capture : captures) {
      if (capture.text.empty() || details.contains(std::string(capture.name))) continue;
      if (capture.type == rules::CaptureType::Int && !capture.number) continue;
      details[std::string(capture.name)] =
          capture.number && capture.type == rules::CaptureType::Int
              ? Detail{static_cast<double>(*capture.number)}
              : Detail{std::string(capture.text)};
    }
  }
}

// Of one tunnel its sum; of tunnels that were down together the longest, not the sum.
Duration downtime_of(const Entry& entry) {
  if (!entry.cause->on_connection || entry.downtime_by_tunnel.empty()) return entry.downtime;
  Duration longest = 0;
  for (const auto& [tunnel, downtime] : entry.downtime_by_tunnel) longest = std::max(longest, downtime);
  return longest;
}

Values values_of(const Entry& entry, const Finding& finding, const Details& details) {
  Values values;
  for (const auto& [name, detail] : details)
    if (std::string text = text_of(detail); !text.empty()) values[name] = std::move(text);
  values["subject"] = entry.subject;
  values["count"] = std::to_string(finding.count);
  if (entry.outages > 0) values["outages"] = std::to_string(entry.outages);
  if (entry.interruptions > 0) values["interruptions"] = std::to_string(entry.interruptions);
  if (const Duration downtime = downtime_of(entry); downtime > 0) values["downtime"] = in_words(downtime);
  values["first_seen"] = date_and_clock(finding.first_seen);
  values["last_seen"] = date_and_clock(finding.last_seen);
  const bool once = values["first_seen"] == values["last_seen"];
  values["first_at"] = (once ? "at " : "first at ") + values["first_seen"];
  values["last_at"] = (once ? "at " : "last at ") + values["last_seen"];
  values["span"] = once ? "at " + values["first_seen"] : values["first_seen"] + " to " + values["last_seen"];
  return values;
}

std::string state_text(const tunnel::State& s) {
  std::string text = "phase 1 ";
  text.append(name_of(s.phase1)).append(", phase 2 ").append(name_of(s.phase2));
  if (s.bgp != BgpState::Unknown) text += s.bgp == BgpState::Up ? ", BGP up" : ", BGP down";
  return text;
}

Evidence evidence_of(const EvidenceRef& ref, const FindingSources& sources) {
  const Source source = source_of(ref, sources);
  Evidence e;
  e.at = sources.intake.at(source.place);
  e.time = ref.time;
  if (source.rule != kNoRule) e.rule = sources.classifier.knowledge().messages[source.rule].id;
  e.message = source.text;
  if (ref.subject == kOfSessions) {
    const SessionEvent& event = sources.sessions.events[ref.event];
    e.state = session::client_of(sources.sessions, event);
    e.fields = session::fields_of(sources.sessions, event);
  } else {
    const tunnel::History& h = sources.subjects[ref.subject].history;
    e.time = h.log->events[ref.event].time;
    e.state = state_text(h.states[ref.event]);
  }
  return e;
}

// Of two that follow each other in an entry.
bool is_same_record(const EvidenceRef& a, const EvidenceRef& b) { return a.subject == b.subject && a.event == b.event; }

// The first records, the last ones, and some in between; one per place.
std::vector<EvidenceRef> chosen(const Entry& entry) {
  std::vector<EvidenceRef> list;
  for (const EvidenceRef& ref : entry.evidence) {
    if (list.empty() || !is_same_record(list.back(), ref)) list.push_back(ref);
    if (list.size() > 4096) break;
  }
  const auto earlier = [](const EvidenceRef& a, const EvidenceRef& b) {
    return std::tie(a.time, a.subject, a.event) < std::tie(b.time, b.subject, b.event);
  };
  if (!std::is_sorted(list.begin(), list.end(), earlier)) std::sort(list.begin(), list.end(), earlier);
  if (list.size() <= kMostEvidence) return list;
  std::vector<EvidenceRef> few;
  for (std::size_t i = 0; i < kMostEvidence; ++i) few.push_back(list[i * (list.size() - 1) / (kMostEvidence - 1)]);
  return few;
}

std::uint64_t count_of(const Entry& entry) {
  std::uint64_t records = 0;
  const EvidenceRef* last = nullptr;
  for (const EvidenceRef& ref : entry.evidence) {
    if (ref.from_detector) continue;
    if (last == nullptr || !is_same_record(*last, ref)) ++records;
    last = &ref;
  }
  if (records > 0) return records;
  const std::size_t spells = entry.outages + entry.interruptions;
  if (spells > 0) return spells;
  std::uint64_t count = 0;
  for (const EvidenceRef& ref : entry.evidence) count += ref.times;
  return count;
}

bool only_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// Names and times of this case for the words in capitals in commands: docs/knowledge-base.md lists them. People paste commands into a
// shell, so only text that can be nothing else than an id, an address, a host or a port is taken from a log; what is empty stays a
// placeholder.
using Words = std::vector<std::pair<std::string_view, std::string>>;

bool is_aws_id(std::string_view text, std::string_view kind) {
  return text.starts_with(kind) && only_of(text.substr(kind.size()), "0123456789abcdef");
}

void add_own_names(Words& words, std::string_view subject) {
  const std::size_t slash = std::min(subject.find('/'), subject.size());
  const std::string_view id = subject.substr(0, slash), part = subject.substr(std::min(slash + 1, subject.size()));
  if (is_aws_id(id, "vpn-")) words.emplace_back("VPN_ID", id);
  if (only_of(part, "0123456789abcdef.:")) words.emplace_back("TUNNEL_IP", part);
  if (is_aws_id(part, "cvpn-endpoint-")) words.emplace_back("ENDPOINT_ID", part);
}

bool is_host(std::string_view text) {
  const bool is_ipv6 = text.find(':') != std::string_view::npos;
  if (is_ipv6) return only_of(text, "0123456789abcdefABCDEF:.") && std::count(text.begin(), text.end(), ':') > 1;
  constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
  return only_of(text, kLetters) && text.front() != '-' && text.size() <= 253;
}

// "twingate/db.internal:5432", "pangolin/[fd00::5]:8080".
void add_resource(Words& words, std::string_view subject) {
  const std::string_view resource = subject.substr(std::min(subject.find('/') + 1, subject.size()));
  const std::size_t colon = resource.rfind(':');
  if (colon == std::string_view::npos) {
    if (is_host(resource)) words.emplace_back("HOST", resource);
    return;
  }
  std::string_view host = resource.substr(0, colon);
  const std::string_view port = resource.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!is_host(host) || !only_of(port, "0123456789") || port.size() > 5) return;
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  words.emplace_back("HOST:PORT", is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port));
  words.emplace_back("HOST", host);
  words.emplace_back("PORT", port);
}

std::string whole_seconds(Time time) { return rfc3339(time).substr(0, 19) + "Z"; }

// From a little before the first record to a little after the last. What lasts longer than a service gives at once (CloudWatch: 1,440
// values) is looked at where it begins.
void add_window(Words& words, Time first, Time last) {
  constexpr Duration kMargin = 10 * kMinute, kMost = 5 * kDay - kMinute;
  if (first == kNoTime || first < kMargin) return;
  const Time start = first - kMargin, end = std::min(std::max(first, last) + kMargin, start + kMost);
  words.emplace_back("START_UTC", date_and_clock(start) + " UTC");
  words.emplace_back("END_UTC", date_and_clock(end) + " UTC");
  words.emplace_back("START_MS", std::to_string(start));
  words.emplace_back("END_MS", std::to_string(end));
  words.emplace_back("START", whole_seconds(start));
  words.emplace_back("END", whole_seconds(end));
}

Words words_of(const Entry& entry) {
  Words words;
  add_own_names(words, entry.subject);
  if (entry.cause->scope == kb::Scope::Sessions && entry.cause->about == kb::About::Resource) add_resource(words, entry.subject);
  add_window(words, entry.first, entry.last);
  return words;
}

bool is_of_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void replace_word(std::string& text, std::string_view word, std::string_view value) {
  for (std::size_t i = text.find(word); i != std::string::npos; i = text.find(word, i)) {
    const std::size_t end = i + word.size();
    const bool whole = (i == 0 || !is_of_a_word(text[i - 1])) && (end == text.size() || !is_of_a_word(text[end]));
    if (whole) text.replace(i, word.size(), value);
    i += whole ? value.size() : word.size();
  }
}

std::string command_for(const Words& words, std::string command) {
  for (const auto& [word, value] : words) replace_word(command, word, value);
  return command;
}

bool any_seen(const std::vector<std::string>& signals, const Entry& entry, const FindingSources& sources) {
  if (entry.cause->scope == kb::Scope::Sessions)
    return std::any_of(signals.begin(), signals.end(), [&](const std::string& name) { return entry.seen_around.contains(name); });
  return std::any_of(signals.begin(), signals.end(), [&](const std::string& name) {
    const SignalIndex signal = sources.classifier.signal(name);
    return std::any_of(entry.downtime_by_tunnel.begin(), entry.downtime_by_tunnel.end(),
                       [&](const auto& tunnel) { return sources.subjects[tunnel.first].whole.has(signal); });
  });
}

// Steps of session causes may be for one system: "Pangolin: read ...", or a command of AWS.
bool is_for_another_system(const kb::Step& step, const Entry& entry) {
  if (entry.cause->scope != kb::Scope::Sessions) return false;
  constexpr std::array<std::pair<std::string_view, System>, 4> kLabels{{{"Client VPN: ", System::AwsClientVpn},
                                                                        {"CloudConnexa: ", System::CloudConnexa},
                                                                        {"Pangolin: ", System::Pangolin},
                                                                        {"Twingate: ", System::Twingate}}};
  const auto is_about = [&](System system) { return entry.subject.starts_with(std::string(name_of(system)) + '/'); };
  if (step.vendor == "aws-cli" && !is_about(System::AwsClientVpn)) return true;
  return std::any_of(kLabels.begin(), kLabels.end(), [&](const auto& label) {
    return step.text.starts_with(label.first) && !is_about(label.second);
  });
}

// What is configured at all tunnels that the entry concerns; nothing when it is not known of one of them.
ConfiguredText configured_text(const Entry& entry, const FindingSources& sources) {
  if (entry.cause->scope == kb::Scope::Sessions) return {};
  std::vector<const TunnelFacts*> facts;
  for (const auto& [tunnel, downtime] : entry.downtime_by_tunnel) facts.push_back(sources.subjects[tunnel].history.facts);
  const bool all_known = std::find(facts.begin(), facts.end(), nullptr) == facts.end();
  return facts.empty() || !all_known ? ConfiguredText() : ConfiguredText(common(facts));
}

Finding write(const Entry& entry, const FindingSources& sources) {
  const kb::Cause& cause = *entry.cause;
  Finding f;
  f.cause = cause.id;
  f.subject = entry.subject;
  f.fingerprint = fingerprint(cause.id, entry.subject);
  f.severity = severity_of(entry);
  f.confidence = entry.confidence;
  f.role = entry.role();
  if (f.role == kb::Role::RootCause && !entry.root) f.role = kb::Role::Symptom;
  f.impact = entry.impact;
  f.first_seen = entry.first;
  f.last_seen = entry.last;
  f.count = count_of(entry);
  f.ongoing = entry.ongoing;
  Details details = entry.details;
  add_captures(entry, sources, details);
  const auto values = values_of(entry, f, details);
  f.title = fill_in(entry.milder && !cause.milder->title.empty() ? cause.milder->title : cause.title, values);
  f.summary = fill_in(entry.milder && !cause.milder->summary.empty() ? cause.milder->summary : cause.summary, values);
  const ConfiguredText configured = configured_text(entry, sources);
  f.explanation = (cause.why.empty() ? cause.what : cause.what + "\n\n" + cause.why) + configured.statements(cause);
  const std::vector<EvidenceRef> shown = chosen(entry);
  f.evidence.reserve(shown.size());
  for (const EvidenceRef& ref : shown) f.evidence.push_back(evidence_of(ref, sources));
  for (const kb::RuledOut& r : cause.rules_out)
    if (!any_seen(r.unless, entry, sources)) f.ruled_out.push_back({r.cause, r.because});
  const Words words = words_of(entry);
  f.steps.reserve(cause.checks.size() + cause.fix.size());
  for (const auto* list : {&cause.checks, &cause.fix})
    for (const kb::Step& s : *list)
      if (!is_for_another_system(s, entry) && configured.makes_sense(s))
        f.steps.push_back({s.who, s.vendor, configured.with_figures(s, fill_in(s.text, values)),
                           command_for(words, configured.with_figures(s, s.command))});
  f.verify = cause.verify;
  f.references = cause.references;
  for (const std::string& key : cause.details) {
    const auto it = details.find(key);
    f.details[key] = it == details.end() ? Detail{} : it->second;
  }
  f.owner = cause.owner;
  f.runbook_url = cause.runbook_url;
  return f;
}

}  // namespace

std::string fingerprint(std::string_view cause, std::string_view subject) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a, 64 bits
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  };
  add(cause);
  add("\n");
  add(subject);
  return fmt::format("{:016x}", hash);
}

namespace {

// What sentences of the knowledge base count.
constexpr std::array<std::string_view, 8> kCounted{"times", "connections", "sessions", "users", "logins", "attempts", "packets", "retransmits"};

// One of what stands behind a number: "1 user was" for " users were", "once" for " times". Takes it off the text; empty: nothing counted follows.
std::string take_one(std::string_view& text) {
  const auto starts_with_word = [&](std::string_view word) {
    return text.substr(1).starts_with(word) && (text.size() == word.size() + 1 || std::isalpha(static_cast<unsigned char>(text[word.size() + 1])) == 0);
  };
  if (!text.starts_with(' ')) return {};
  const auto* const noun = std::find_if(kCounted.begin(), kCounted.end(), starts_with_word);
  if (noun == kCounted.end()) return {};
  text.remove_prefix(1 + noun->size());
  if (*noun == kCounted.front()) return "once";
  std::string one("1 ");
  one += noun->substr(0, noun->size() - 1);
  constexpr std::string_view kWere = " were ";
  if (text.starts_with(kWere)) one += " was", text.remove_prefix(kWere.size() - 1);
  return one;
}

}  // namespace

std::string fill_in(std::string_view text, const Values& values) {
  std::string out;
  std::size_t clause = std::string::npos;  // where in `out` the clause under way began
  bool missing = false;
  while (!text.empty()) {
    const std::size_t plain = std::min({text.find('['), text.find(']'), text.find('{'), text.size()});
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const bool in_clause = clause != std::string::npos;
    const std::size_t close = text.front() == '{' ? text.find('}') : std::string_view::npos;
    if (close != std::string_view::npos) {
      const auto it = values.find(text.substr(1, close - 1));
      text.remove_prefix(close + 1);
      missing = missing || it == values.end();
      const std::string_view value = it == values.end() ? "?" : std::string_view(it->second);
      const std::string one = value == "1" ? take_one(text) : std::string();
      out += one.empty() ? value : std::string_view(one);
      continue;
    }
    if (text.front() == '[' && !in_clause) {
      clause = out.size();
      missing = false;
    } else if (text.front() == ']' && in_clause) {
      if (missing) out.resize(clause);
      clause = std::string::npos;
    } else {
      out += text.front();
    }
    text.remove_prefix(1);
  }
  if (clause != std::string::npos) out.resize(clause);
  return out;
}

namespace {

// What keeps a standby from coming up would show only when it is needed; what merely took it down is as it should be.
kb::Severity most_for_a_standby(const kb::Cause& cause) {
  const bool hinders = cause.explains_part == kb::Explains::Both && !cause.fallback;
  return hinders ? kb::Severity::Warning : kb::Severity::Info;
}

}  // namespace

kb::Severity severity_of(const Entry& entry) {
  const kb::Cause& cause = *entry.cause;
  if (entry.milder) return cause.milder->severity;
  if (entry.waits) return std::min(cause.severity, most_for_a_standby(cause));
  if (entry.brings_down) return kb::Severity::Critical;
  const bool harmless = entry.impact == kb::Impact::None && cause.impact != kb::Impact::None;
  if (cause.scope == kb::Scope::Tunnel || (entry.ongoing && !harmless)) return cause.severity;
  return std::min({cause.recovered_severity, cause.severity, kb::Severity::Warning});
}

std::vector<Finding> write_findings(const Ledger& ledger, const FindingSources& sources, unsigned threads) {
  std::vector<const Entry*> entries;
  std::map<std::string, std::size_t> by_fingerprint;
  for (const auto& [key, entry] : ledger.all()) {
    by_fingerprint[fingerprint(key.first, key.second)] = entries.size();
    entries.push_back(&entry);
  }
  std::vector<Finding> findings(entries.size());
  const bool of_sessions = !sources.sessions.events.empty();  // whose names are put together when they are asked for
  on_threads(entries.size(), of_sessions ? 1 : threads, [&](std::size_t i) { findings[i] = write(*entries[i], sources); });
  for (const auto& [key, entry] : ledger.all())
    for (const EntryKey& explaining : entry.explained_by)
      findings[by_fingerprint[fingerprint(explaining.first, explaining.second)]].explains.push_back(
          fingerprint(key.first, key.second));
  for (Finding& f : findings) std::sort(f.explains.begin(), f.explains.end());
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    if (a.role != b.role) return a.role < b.role;
    if (a.severity != b.severity) return a.severity > b.severity;
    if (a.confidence != b.confidence) return a.confidence > b.confidence;
    return std::tie(a.subject, a.cause) < std::tie(b.subject, b.cause);
  });
  return findings;
}

}  // namespace tunnelscope::diag
