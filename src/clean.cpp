// Where a document holds what: keys are taken out of every text, and with a redactor pseudonyms put in. Session records
// state their names in fields of their own; these are collected first and then replaced in free texts too.
#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "src/redact.hpp"
#include "src/report/words.hpp"
#include "src/secrets.hpp"

namespace tunnelscope::app {
namespace {

// Fields of session records whose values identify nobody: times, counts, states, protocols, reasons. By the last part of
// their names in lower case. A field that is not here is taken for a name.
constexpr std::string_view kPlainFields =
    " allowed aws-region bytes_received bytes_transferred bytesin bytesout bytesrx bytestx category cbct_freshness classification "
    "clientostype clientosversion clienttype cloudconnexalogversion connection-attempt-failure-reason "
    "connection-attempt-status connection-duration-seconds connection-end-time connection-last-update-time "
    "connection-log-type connection-reset-status connection-start-time destinationentitytype destinationparenttype "
    "destinationport device-type disconnectreason disconnectreasondescription duration egress-bytes egress-packets end_time "
    "endedat error_message evaluation-type event event_type eventname ingress-bytes ingress-packets initiatorrole "
    "initiatortype ostype osversion parententitytype port posture-compliance-statuses priority proto protocol protocolname "
    "querytype reason relay_ports resource_port result rx service sessionbytesin sessionbytesout sessiondisconnectreason "
    "sessiondisconnectreasondescription sessiondurationseconds sessionendtime sessionprotocol sessionstarttime "
    "sessiontunnelprotocol shadow-mode signatureid sourceentitytype sourceparenttype sourceport start_time started startedat "
    "status time timestamp transport-protocol tunnel_path tunnel_proto tx version ";
// Details of findings that quote what a log says.
constexpr std::string_view kQuoted = " category error provider reason reasons received token_reason ";
constexpr std::string_view kSecretFields = " key passphrase password psk secret token ";
constexpr std::string_view kKeyRemoved = "[key removed]";
constexpr std::size_t kLongestNested = 4096;  // a longer JSON text in a field is one name

bool is_one_of(std::string_view words, std::string_view word) {
  for (auto at = words.find(word); at != std::string_view::npos && !word.empty(); at = words.find(word, at + 1)) {
    const auto end = at + word.size();
    if (at > 0 && words[at - 1] == ' ' && end < words.size() && words[end] == ' ') return true;
  }
  return false;
}

// "connection.client_ip" -> "client_ip". What a provider says of a device's token is a state, by the provider's name.
std::string last_part(std::string_view name) {
  if (name.find("device-token-status.") != std::string_view::npos) return "status";
  std::string part(name.substr(name.find_last_of("./") + 1));
  std::transform(part.begin(), part.end(), part.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return part;
}

bool is_date(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  return text.size() >= kForm.size() && std::equal(kForm.begin(), kForm.end(), text.begin(), [](char form, char c) {
           return form == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == form;
         }) && text.find_first_not_of("0123456789-:.TZ+ UTC") == std::string_view::npos;
}

bool has_letters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) != 0 || (c & 0x80) != 0; });
}

// "ana, ben (3), and 2 more" -> ana, ben.
std::vector<std::string_view> names_in(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(", "), list.size());
    std::string_view name = list.substr(0, end);
    list.remove_prefix(std::min(end + 2, list.size()));
    if (name.ends_with(" more") || name.ends_with(" others")) continue;
    if (const std::size_t count = name.rfind(" ("); count != std::string_view::npos && name.ends_with(')') &&
        name.find_first_not_of("0123456789", count + 2) == name.size() - 1) {
      name = name.substr(0, count);
    }
    names.push_back(name);
  }
  return names;
}

std::string_view prefix_of_detail(std::string_view name) {
  if (name == "who") return "user-";
  if (name == "resources") return "resource-";
  if (name == "connectors") return "connector-";
  if (name == "organisation") return "organisation-";
  return name == "addresses" ? "address-" : "";
}

// `system/what` in its two parts.
std::pair<std::string_view, std::string_view> parts_of_subject(std::string_view subject) {
  const std::size_t slash = subject.find('/') + 1;
  return {subject.substr(0, slash), subject.substr(slash)};
}

// Every text of a document, in one place, with what it may hold.
class Cleaner {
 public:
  Cleaner(const Redactor* redactor, const KnownKeys* keys) : plain_(redactor), keys_(keys) {
    if (redactor != nullptr) own_ = *redactor;
    redactor_ = own_ ? &*own_ : nullptr;
  }

  void document(report::Document& d) {
    if (own_) collect(d.report);
    for (auto& p : d.problems) place(p.path), place(p.reason), place(p.hint);
    for (auto& n : d.notes) {
      for (auto& s : n.subjects) place(s);
    }
    for (auto& i : d.report.inputs) place(i.path);
    for (auto& path : d.report.paths) place(path);
    for (auto& row : d.report.coverage.unrecognised_shapes) {
      remove_keys(row.what);
      if (redactor_ != nullptr) row.what = redactor_->unknown_shape(row.what);
    }
    for (auto* rows : {&d.report.coverage.skipped_by_reason, &d.report.coverage.notes_by_reason}) {
      for (auto& row : *rows) logged(row.what);
    }
    for (auto& t : d.report.tunnels) tunnel(t);
    for (auto& c : d.report.connections) place(c.id);
    for (auto& g : d.report.sessions) group(g);
    for (auto& f : d.report.findings) finding(f);
    for (auto& f : d.background.gone) finding(f);
    for (auto& s : d.background.suppressions) suppression(s.what);
    for (auto* path : {&d.background.before, &d.background.baseline}) place(*path);
    if (redactor_ != nullptr) sort(d.report);
  }

 private:
  void remove_keys(std::string& text) const {
    if (keys_ != nullptr) keys_->hide(text, kKeyRemoved);
    app::remove_keys(text);
  }
  void place(std::string& text) const {  // a path or an id: no place for a key
    if (redactor_ != nullptr) text = redactor_->text(text);
  }
  void logged(std::string& text) const {
    remove_keys(text);
    if (redactor_ != nullptr) text = redactor_->message(text);
  }
  void quoted(std::string& text) const {  // what a record says: even beside a rule's own words it may name anybody
    remove_keys(text);
    if (redactor_ != nullptr) text = redactor_->unknown_message(text);
  }
  void word(std::string& text) const {  // a number or a time
    remove_keys(text);
    place(text);
  }
  void fingerprint(std::string& text) const {
    if (redactor_ != nullptr) text = redactor_->fingerprint(text);
  }
  void name(std::string& text, std::string_view prefix) const {  // a value that is a name as a whole
    remove_keys(text);
    if (redactor_ != nullptr) text = redactor_->name(text, prefix);
  }
  // "path:line": the line stays, whatever numbers are names.
  void at(std::string& text) const {
    if (redactor_ == nullptr) return;
    const std::size_t colon = std::min(text.rfind(':'), text.size());
    text = redactor_->text(text.substr(0, colon)) + text.substr(colon);
  }
  // The knowledge base's own words hold no keys, but a user's folder may hold addresses. `filled`: a report's values
  // stand in it.
  void known(std::string& text, bool filled = false) const {
    if (keys_ != nullptr && filled) keys_->hide(text, kKeyRemoved);
    if (plain_ != nullptr) text = (filled ? redactor_ : plain_)->sentence(text, Redactor::Hosts::Stay);
  }
  void summary(std::string& text) const {
    remove_keys(text);
    if (redactor_ != nullptr) text = redactor_->sentence(text, Redactor::Hosts::Go);
  }

  // Names first, so that they are known wherever they stand; a name that is of several kinds is of the first.
  void collect(const diag::Report& r) {
    for (const auto& g : r.sessions) {
      for (const auto& s : g.list) own_->know(s.user, "user-");
    }
    for (const auto& g : r.sessions) {
      for (const auto& s : g.list) {
        own_->know(s.device, "device-"), own_->know(s.connector, "connector-"), own_->know(s.resource, "resource-");
        own_->know(s.gateway, "gateway-"), own_->know(s.address, "address-"), own_->know(s.id, "session-");
      }
      own_->know(g.group, "group-"), own_->know(g.name, "group-");
    }
    for (const auto& f : r.findings) {
      for (const auto& [detail, value] : f.details) {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr || !report::is_about_sessions(f) || prefix_of_detail(detail).empty()) continue;
        for (const std::string_view part : names_in(*text)) {
          detail == "who" ? own_->know_client(part) : own_->know(part, prefix_of_detail(detail));
        }
      }
    }
    for (const auto& g : r.sessions) {
      for (const auto* rows : {&g.busiest, &g.failing, &g.churning}) {
        for (const auto& row : *rows) own_->know_client(row.who);
      }
      for (const auto& s : g.list) collect(s.fields);
    }
    for (const auto& t : r.tunnels) own_->know(t.stream, "stream-");
    for (const auto& f : r.findings) {
      if (report::is_about_sessions(f)) know_subject(parts_of_subject(f.subject).second);
      for (const auto& e : f.evidence) collect(e.fields);
    }
  }
  void know_subject(std::string_view what) {
    if (own_->name(what, "name-") == own_->name(what, "other-")) return;  // made of known names
    own_->know(what, "name-");
  }
  void collect(const std::map<std::string, std::string>& values) {
    for (const auto& [field, value] : values) {
      if (names_somebody(last_part(field), value)) own_->know(value, "id-");
    }
  }

  static bool names_somebody(const std::string& field, std::string_view value) {
    const bool nested = value.starts_with('{') || value.starts_with('[');
    return !nested && !is_one_of(kPlainFields, field) && !is_one_of(kSecretFields, field) && !is_date(value);
  }

  void group(diag::SessionGroup& g) const {
    name(g.group, "group-"), name(g.name, "group-");
    for (auto& r : g.reasons) quoted(r.text), at(r.first);
    for (auto* rows : {&g.busiest, &g.failing, &g.churning}) {
      for (auto& row : *rows) name(row.who, "name-");
    }
    for (auto& caveat : g.caveats) logged(caveat);
    for (auto& s : g.list) session(s);
  }
  void session(diag::SessionLine& s) const {
    name(s.id, "session-"), name(s.user, "user-"), name(s.device, "device-"), name(s.address, "address-");
    name(s.resource, "resource-"), name(s.connector, "connector-"), name(s.gateway, "gateway-");
    quoted(s.reason), at(s.at);
    fields(s.fields);
  }
  void fields(std::map<std::string, std::string>& values) const {
    for (auto& [name, value] : values) {
      const auto [known, is_new] = last_parts_.try_emplace(name);
      if (is_new) known->second = last_part(name);
      field(known->second, value);
    }
    providers(values);
  }
  // What a device's token is worth is said under its provider's name, and a company may have one of its own.
  void providers(std::map<std::string, std::string>& values) const {
    constexpr std::string_view kTokens = "device-token-status.";
    std::map<std::string, std::string> renamed;
    for (auto it = values.begin(); redactor_ != nullptr && it != values.end();) {
      const std::size_t at = it->first.find(kTokens);
      if (at == std::string::npos) {
        ++it;
        continue;
      }
      const std::size_t provider = at + kTokens.size();
      renamed.emplace(it->first.substr(0, provider) + redactor_->unknown_message(std::string_view(it->first).substr(provider)), it->second);
      it = values.erase(it);
    }
    values.merge(renamed);
  }
  void field(const std::string& field_name, std::string& value) const {
    if (is_one_of(kSecretFields, field_name)) {
      value = kKeyRemoved;
    } else if (redactor_ == nullptr) {
      remove_keys(value);
    } else if (!names_somebody(field_name, value)) {
      nested(field_name, value);
    } else {
      name(value, "id-");
    }
  }
  // A field that holds JSON keeps its form; other texts that name nobody may still quote a name.
  void nested(const std::string& field_name, std::string& value) const {
    using Json = nlohmann::ordered_json;
    const bool is_json = value.starts_with('{') || value.starts_with('[');
    if (!is_json) return has_letters(value) && !is_date(value) ? quoted(value) : word(value);
    Json json = value.size() > kLongestNested ? Json(Json::value_t::discarded) : Json::parse(value, nullptr, false);
    if (json.is_discarded()) return name(value, "id-");
    nested(field_name, json);
    value = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  void nested(const std::string& field_name, nlohmann::ordered_json& json) const {
    if (json.is_structured()) {
      for (auto& [key, value] : json.items()) {
        // What an authorization policy was given to judge by is the company's own.
        nested(field_name == "context" ? field_name : json.is_object() ? last_part(key) : field_name, value);
      }
    } else if (json.is_string() || (json.is_number() && !is_one_of(kPlainFields, field_name))) {
      std::string text = json.is_string() ? json.get<std::string>() : json.dump();
      if (text.starts_with('{') || text.starts_with('[')) {
        name(text, "id-");  // JSON in JSON
      } else {
        field(field_name, text);
      }
      json = text;
    }
  }

  // The order of the real ids would say something about them, and the report's order is that of what it shows.
  static void sort(diag::Report& r) {
    std::stable_sort(r.inputs.begin(), r.inputs.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::stable_sort(r.tunnels.begin(), r.tunnels.end(), by_id);
    std::stable_sort(r.connections.begin(), r.connections.end(), by_id);
    const auto key = [](const diag::Finding& f) {
      return std::make_tuple(f.role, -static_cast<int>(f.severity), -static_cast<int>(f.confidence),
                             std::string_view(f.subject), std::string_view(f.cause));
    };
    std::stable_sort(r.sessions.begin(), r.sessions.end(), [](const auto& a, const auto& b) {
      return std::tie(a.system, a.group) < std::tie(b.system, b.group);
    });
    std::stable_sort(r.findings.begin(), r.findings.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  }

  void tunnel(diag::TunnelReport& t) const {
    place(t.id), place(t.connection), place(t.outside_ip);
    if (t.configured) place(t.configured->connection), place(t.configured->outside_ip), at(t.configured->at);
    for (auto& o : t.outages) {
      for (auto& place : o.evidence) at(place);
    }
    for (auto& record : t.timeline.records) quoted(record.message);
  }
  void finding(diag::Finding& f) const {
    fingerprint(f.fingerprint);
    if (f.standing.suppressed) suppressed(*f.standing.suppressed);
    for (auto& e : f.explains) fingerprint(e);
    const bool of_sessions = report::is_about_sessions(f);
    of_sessions ? subject(f.subject) : place(f.subject);
    quotes(f), summary(f.summary), known(f.title, true), known(f.explanation), known(f.verify);
    known(f.owner), known(f.runbook_url);
    for (auto& e : f.evidence) evidence(e);
    for (auto& r : f.ruled_out) logged(r.because);
    for (auto& s : f.steps) known(s.text, true), known(s.command, true);
    for (auto& [detail, value] : f.details) {
      auto* text = std::get_if<std::string>(&value);
      if (text == nullptr) continue;
      const std::string_view prefix = of_sessions ? prefix_of_detail(detail) : "";
      if (!prefix.empty()) names(*text, prefix);
      else if (redactor_ == nullptr || !is_one_of(kQuoted, detail)) logged(*text);
    }
  }
  // What records say stands in the details, and from there in the sentences.
  void quotes(diag::Finding& f) const {
    if (redactor_ == nullptr) return;
    for (auto& [detail, value] : f.details) {
      auto* text = std::get_if<std::string>(&value);
      if (text == nullptr || text->empty() || !is_one_of(kQuoted, detail)) continue;
      const std::string raw = *text;
      quoted(*text);
      for (std::string* sentence : {&f.summary, &f.title, &f.explanation, &f.verify}) replace(*sentence, raw, *text);
      for (diag::Step& s : f.steps) replace(s.text, raw, *text), replace(s.command, raw, *text);
    }
  }
  static void replace(std::string& sentence, const std::string& raw, const std::string& shown) {
    for (std::size_t at = sentence.find(raw); raw != shown && at != std::string::npos; at = sentence.find(raw, at + shown.size()))
      sentence.replace(at, raw.size(), shown);
  }
  void evidence(diag::Evidence& e) const {
    at(e.at), logged(e.state), quoted(e.message);
    fields(e.fields);
  }
  // A pattern is part of a name, and the other part may be guessed.
  void suppression(diag::Suppression& s) const {
    if (s.subject.find_first_of("*?") == std::string::npos) place(s.subject);
    else if (redactor_ != nullptr) s.subject = "[pattern]";
    if (!s.fingerprint.empty()) fingerprint(s.fingerprint);
    place(s.at), suppressed(s.why);
  }
  void suppressed(diag::Suppressed& s) const { logged(s.reason), logged(s.owner); }
  void subject(std::string& text) const {
    auto [system, what] = parts_of_subject(text);
    std::string named(what);
    name(named, "name-");
    text = std::string(system) + named;
  }
  // A list of names: each may be a number or a word of one letter, which free text keeps.
  void names(std::string& text, std::string_view prefix) const {
    std::string out;
    std::size_t copied = 0;
    for (const std::string_view part : names_in(text)) {
      const auto start = static_cast<std::size_t>(part.data() - text.data());
      std::string named(part);
      name(named, prefix);
      out += text.substr(copied, start - copied) + named;
      copied = start + part.size();
    }
    text = out + text.substr(copied);
  }

  std::optional<Redactor> own_;       // with the names of this report
  const Redactor* redactor_ = nullptr;
  const Redactor* plain_;             // without them
  const KnownKeys* keys_;
  mutable std::unordered_map<std::string, std::string> last_parts_;  // of names of fields: thousands of records have the same
};

}  // namespace

void clean(report::Document& document, const Redactor* redactor, const KnownKeys* keys) {
  Cleaner(redactor, keys).document(document);
  document.redacted = redactor != nullptr;
}

}  // namespace tunnelscope::app
