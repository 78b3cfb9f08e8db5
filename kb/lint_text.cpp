// Texts that read alike whoever wrote them: headlines, clauses and steps begin in lower case and end without a full
// stop, paragraphs are sentences, nothing shouts, no command asks for a secret.
#include <algorithm>
#include <array>
#include <cctype>

#include "kb/lint_report.hpp"
#include "kb/text.hpp"

namespace tunnelscope::kb {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Names that keep their capital at the beginning of a headline; words with two capitals or a digit need no entry.
constexpr std::array<std::string_view, 9> kNames{"Phase", "Pangolin", "Twingate", "Cisco",      "Fortinet",
                                                 "Juniper", "Palo",   "Client",   "Site-to-Site"};

bool keeps_capital(std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_of(" ,;:'"));
  const auto capitals = std::count_if(word.begin(), word.end(), is_upper);
  const bool digit = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  return capitals > 1 || digit || std::find(kNames.begin(), kNames.end(), word) != kNames.end();
}

class TextLint {
 public:
  TextLint(std::string key, LintReport& report) : key_(std::move(key)), report_(report) {}

  void clause(const std::string& where, const std::string& text) const {
    plain(where, text);
    if (!text.empty() && is_upper(text.front()) && !keeps_capital(text)) add(where, "must begin in lower case");
    if (text.ends_with('.')) add(where, "must not end with a full stop");
  }
  void paragraph(const std::string& where, const std::string& text) const {
    plain(where, text);
    if (!text.empty() && std::string_view(".:?)").find(text.back()) == std::string_view::npos) {
      add(where, "must end with a full stop");
    }
  }
  void command(const std::string& where, const std::string& text) const {
    if (asks_for_secret(text)) {
      add(where, "must not take a secret: it would end up in shell histories and tickets");
    }
  }
  // Pages make links of these, alerts buttons.
  void address(const std::string& where, const std::string& text) const {
    if (text.empty() || is_web_address(text)) return;
    report_.add(key_ + "#" + where, "`" + where + "` is no web address: only http and https may be linked to",
                "write it in full, for example https://wiki.example/psk");
  }
  void references(const std::vector<Reference>& references) const {
    for (std::size_t i = 0; i < references.size(); ++i) {
      address("references/" + std::to_string(i) + "/url", references[i].url);
      if (!is_iso_date(references[i].date)) add("references/" + std::to_string(i), "needs a date such as 2026-11-21");
    }
  }

 private:
  void add(const std::string& where, const std::string& what) const {
    report_.add(key_ + "#" + where, "the text of `" + where + "` " + what);
  }
  void plain(const std::string& where, const std::string& text) const {
    if (text.find('!') != std::string::npos) add(where, "must not have an exclamation mark");
    if (text.find("  ") != std::string::npos) add(where, "has two blanks in a row");
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
    if (std::any_of(text.begin(), text.end(), control)) add(where, "has a control character");
  }

  static bool is_web_address(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    std::string scheme(text.substr(0, colon));
    for (char& c : scheme) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::string_view rest = text.substr(colon);
    const bool has_host = rest.starts_with("://") && rest.size() > 3 && rest[3] != '/' && rest[3] != '?' && rest[3] != '#';
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
    return (scheme == "http" || scheme == "https") && has_host && printable;
  }

  // A placeholder (NAME, <name>, {name}, $name) that stands for a key or password.
  static bool asks_for_secret(std::string_view command) {
    constexpr std::array<std::string_view, 6> kSecrets{"PSK", "PASSWORD", "PASSWD", "SECRET", "PASSPHRASE", "SHARED_KEY"};
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; };
    for (std::size_t begin = 0; begin < command.size();) {
      if (!is_word(command[begin])) {
        ++begin;
        continue;
      }
      std::size_t end = begin;
      while (end < command.size() && is_word(command[end])) ++end;
      const bool marked = begin > 0 && std::string_view("<{$").find(command[begin - 1]) != std::string_view::npos;
      std::string word(command.substr(begin, end - begin));
      const bool capitals = std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
      for (char& c : word) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const auto names_secret = [&](std::string_view secret) { return word.find(secret) != std::string::npos; };
      if ((marked || capitals) && std::any_of(kSecrets.begin(), kSecrets.end(), names_secret)) return true;
      begin = end;
    }
    return false;
  }

  std::string key_;
  LintReport& report_;
};

void lint_steps(const TextLint& lint, const std::string& where, const std::vector<Step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string step = where + "/" + std::to_string(i);
    lint.clause(step + "/do", steps[i].text);
    lint.command(step + "/command", steps[i].command);
  }
}

}  // namespace

void lint_texts(const MessageRule& rule, const std::string& key, LintReport& report) {
  const TextLint lint(key, report);
  lint.clause("fault_while", rule.fault_while);
  lint.clause("normal_while", rule.normal_while);
  lint.paragraph("explanation", rule.explanation);
  lint.references(rule.references);
  lint.address("runbook_url", rule.runbook_url);
}

void lint_texts(const Cause& cause, const std::string& key, LintReport& report) {
  const TextLint lint(key, report);
  lint.clause("title", cause.title);
  lint.clause("summary", cause.summary);
  if (cause.milder) {
    lint.clause("milder/title", cause.milder->title);
    lint.clause("milder/summary", cause.milder->summary);
  }
  lint.paragraph("what", cause.what);
  lint.paragraph("why", cause.why);
  lint.paragraph("verify", cause.verify);
  lint_steps(lint, "checks", cause.checks);
  lint_steps(lint, "fix", cause.fix);
  for (std::size_t i = 0; i < cause.rules_out.size(); ++i) {
    lint.clause("rules_out/" + std::to_string(i) + "/because", cause.rules_out[i].because);
  }
  for (std::size_t i = 0; i < cause.configured.size(); ++i) {
    lint.paragraph("configured/" + std::to_string(i) + "/say", cause.configured[i].text);
  }
  lint.references(cause.references);
  lint.address("runbook_url", cause.runbook_url);
}

void lint_texts(const ConfigRule& rule, const std::string& key, LintReport& report) {
  const TextLint lint(key, report);
  lint.clause("title", rule.title);
  lint.clause("summary", rule.summary);
  lint.paragraph("explanation", rule.explanation);
  lint_steps(lint, "fix", rule.fix);
  lint.references(rule.references);
  lint.address("runbook_url", rule.runbook_url);
}

}  // namespace tunnelscope::kb
