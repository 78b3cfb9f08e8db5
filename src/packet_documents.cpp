#include "src/packet_documents.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "kb/loader.hpp"
#include "src/report/words.hpp"

namespace tunnelscope::app {
namespace {

// The names of files and what stands in their place, everywhere in a document.
class FileNames {
 public:
  explicit FileNames(const report::Document& document) {
    std::vector<std::string> inputs = document.report.paths, configurations;
    for (const auto& i : document.report.inputs) inputs.push_back(i.path);
    for (const auto& p : document.problems) inputs.push_back(p.path);
    for (const auto& t : document.report.tunnels)
      if (t.configured) configurations.emplace_back(report::path_of(t.configured->at));
    add(std::move(inputs), "input");
    add(std::move(configurations), "configuration");
    // Of two names the longer is looked for first: the other may be its end.
    std::stable_sort(names_.begin(), names_.end(), [](const Name& a, const Name& b) { return a.real.size() > b.real.size(); });
  }

  void whole(std::string& text) const {
    const auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& n) { return n.real == text; });
    if (found != names_.end()) text = found->shown;
    else id(text);
  }
  // "path:line"
  void at(std::string& text) const {
    std::string path(report::path_of(text));
    const std::string line = text.substr(path.size());
    whole(path);
    text = path + line;
  }
  // "unknown/path", a tunnel that nothing else names.
  void id(std::string& text) const {
    constexpr std::string_view kUnknown = "unknown/";
    if (!text.starts_with(kUnknown)) return;
    std::string path = text.substr(kUnknown.size());
    whole(path);
    text = std::string(kUnknown) + path;
  }
  // In sentences a name that could be an ordinary word is looked for only where a line's number follows.
  void sentence(std::string& text) const {
    for (const Name& n : names_) {
      const bool telling = n.real.find_first_of("./") != std::string::npos;
      for (std::size_t from = text.find(n.real); from != std::string::npos; from = text.find(n.real, from)) {
        const std::size_t end = from + n.real.size();
        const bool bounded = (from == 0 || !is_word(text[from - 1])) && (end == text.size() || !is_word(text[end]));
        const bool line_follows = end + 1 < text.size() && text[end] == ':' && std::isdigit(static_cast<unsigned char>(text[end + 1])) != 0;
        if (bounded && (telling || line_follows)) text.replace(from, n.real.size(), n.shown), from += n.shown.size();
        else ++from;
      }
    }
  }

 private:
  struct Name {
    std::string real, shown;
  };
  static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }

  void add(std::vector<std::string> paths, std::string_view kind) {
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    const std::size_t digits = std::to_string(paths.size()).size();
    std::size_t number = 0;
    for (const std::string& path : paths) {
      ++number;
      if (!path.empty() && path != "-") names_.push_back({path, fmt::format("{}-{:0{}}", kind, number, digits)});
    }
  }

  std::vector<Name> names_;
};

void hide_files(report::Document& d) {
  const FileNames names(d);
  for (auto& p : d.problems) names.whole(p.path), names.sentence(p.reason), names.sentence(p.hint);
  for (auto& n : d.notes) {
    names.sentence(n.text);
    for (auto& s : n.subjects) names.id(s);
  }
  for (auto& i : d.report.inputs) names.whole(i.path);
  for (auto& path : d.report.paths) names.whole(path);
  for (auto& t : d.report.tunnels) {
    names.id(t.id);
    if (t.configured) names.at(t.configured->at);
    for (auto& o : t.outages)
      for (auto& at : o.evidence) names.at(at);
  }
  for (auto& g : d.report.sessions) {
    for (auto& s : g.list) names.at(s.at);
    for (auto& r : g.reasons) names.at(r.first);
  }
  for (auto& f : d.report.findings) {
    names.id(f.subject);
    for (auto* text : {&f.title, &f.summary, &f.explanation, &f.verify}) names.sentence(*text);
    for (auto& e : f.evidence) names.at(e.at), names.sentence(e.state);
    for (auto& r : f.ruled_out) names.sentence(r.because);
    for (auto& s : f.steps) names.sentence(s.text), names.sentence(s.command);
    for (auto& [name, value] : f.details)
      if (auto* text = std::get_if<std::string>(&value)) names.sentence(*text);
  }
}

// An owner of the knowledge base is a role; one of a team's own folder names people.
bool is_role(std::string_view owner) {
  constexpr std::array<std::string_view, 6> kRoles{"gateway", "aws", "network", "administrator", "user", "any"};
  return std::find(kRoles.begin(), kRoles.end(), owner) != kRoles.end();
}

void hide_what_is_ours(report::Document& d) {
  d.background = {};
  std::erase_if(d.report.findings, [](const diag::Finding& f) { return f.standing.suppressed.has_value(); });
  for (auto& f : d.report.findings) {
    f.standing = {};
    f.runbook_url.clear();
    if (!is_role(f.owner)) f.owner.clear();
  }
}

// Ids of causes that are not as the program was built with them.
std::set<std::string_view> own_causes(const kb::Knowledge& knowledge) {
  std::set<std::string_view> own;
  const auto& built_in = kb::built_in().causes;
  for (const kb::Cause& cause : knowledge.causes)
    if (std::find(built_in.begin(), built_in.end(), cause) == built_in.end()) own.insert(cause.id);
  return own;
}

// The built-in texts name hosts of documents alone; those of a team may name its own.
void redact_own_words(diag::Report& report, const std::set<std::string_view>& own, const Redactor& redactor) {
  for (diag::Finding& f : report.findings) {
    if (!own.contains(f.cause)) continue;
    for (auto* text : {&f.title, &f.explanation, &f.verify}) *text = redactor.sentence(*text, Redactor::Hosts::Go);
    for (diag::Step& s : f.steps) s.text = redactor.sentence(s.text, Redactor::Hosts::Go), s.command = redactor.sentence(s.command, Redactor::Hosts::Go);
    f.references.clear();
  }
}

// What AWS gave out or was told: the connections, their outside addresses, the gateways' public ones, Client VPN endpoints.
Redactor keeping_what_aws_knows(const Redactor& redactor, const diag::Report& report) {
  Redactor own = redactor;
  for (const auto& t : report.tunnels) {
    own.keep(t.connection), own.keep(t.outside_ip);
    for (const std::string& gateway : report::customer_gateways(report, t.connection, t.id)) own.keep(gateway);
  }
  for (const auto& g : report.sessions)
    if (g.system == diag::System::AwsClientVpn) own.keep(g.group);
  return own;
}

}  // namespace

PacketDocuments packet_documents(report::Document document, const Redactor& redactor, const kb::Knowledge& knowledge) {
  const report::AwsOrigin origin = report::aws_origin(document.report.inputs);
  hide_what_is_ours(document);
  hide_files(document);
  const std::set<std::string_view> own = own_causes(knowledge);
  PacketDocuments both{document, std::move(document), origin};
  const Redactor keeping = keeping_what_aws_knows(redactor, both.for_aws.report);
  redact_own_words(both.pseudonymous.report, own, redactor);
  redact_own_words(both.for_aws.report, own, keeping);
  clean(both.pseudonymous, &redactor);
  clean(both.for_aws, &keeping);
  return both;
}

}  // namespace tunnelscope::app
